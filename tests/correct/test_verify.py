"""Verification: what is measured after an act, and what it is called."""

import pytest

from linewright.correct.diagnose import Severity
from linewright.correct.verify import Act, after_act, judge, measured, verify_s
from linewright.correct.watch.cycles import CycleSeen
from linewright.plant.records import Effect
from tests.correct.machine import MILL, NS
from tests.correct.scene import view

CYCLE, TEMP = f"{MILL}#cycle_time", f"{MILL}#spindle_temp"


def effect(measure: str, mean: float, half: float) -> Effect:
    """Return an effect."""
    unit = "s" if measure == CYCLE else "degC"
    return Effect(
        measure=measure, unit=unit, mean=mean, low=mean - half, high=mean + half, level=0.9
    )


EXPECTED = (effect(CYCLE, 17.6, 0.3), effect(TEMP, -3.4, 0.8))


def played(*, slowed: bool, temp_after: float = 51.4, after: int = 3) -> list[CycleSeen]:
    """Cycles of 70.5 s and 54.8 degC; then a mixed one; then those after the act."""
    found, t_ns = [], 1000 * NS
    rows = [(70.5, 100.0, 54.8, True)] * 5
    length_s, speed = (88.1, 80.0) if slowed else (70.5, 100.0)
    rows += [(79.0, speed, 53.0, False)] + [(length_s, speed, temp_after, True)] * after
    for cycle_s, percent, temp, whole in rows:
        t_ns += round(cycle_s * NS)
        found.append(
            CycleSeen(
                t_ns=t_ns,
                seen_ns=t_ns,
                cycle_s=cycle_s,
                speed=percent,
                whole=whole,
                levels={TEMP: temp},
            )
        )
    return found


def act(cycles: list[CycleSeen]) -> Act:
    """Return the act in the middle of the mixed cycle."""
    at_ns = cycles[4].t_ns + 30 * NS
    return Act(
        granted_ns=at_ns - NS, acknowledged_ns=at_ns, speed=80.0, onset_ns=cycles[0].began_ns
    )


def test_the_mixed_cycle_is_left_out() -> None:
    """Of those after it two count, also when the acknowledgement came later than the cycle."""
    cycles = played(slowed=True)
    given = act(cycles)
    assert after_act(view(), cycles, given) == cycles[6:8]
    late = Act(
        granted_ns=given.granted_ns,
        acknowledged_ns=cycles[7].t_ns,
        speed=80.0,
        onset_ns=given.onset_ns,
    )
    assert after_act(view(), cycles, late) == cycles[6:8]


def test_what_was_foreseen_is_effective() -> None:
    """17.6 s longer and 3.4 degC cooler, as the rehearsal said."""
    cycles = played(slowed=True)
    found = measured(view(), cycles, act(cycles), EXPECTED)
    assert [each.measure for each in found] == [CYCLE, TEMP]
    assert found[0].mean == pytest.approx(17.6)
    assert found[0].low < 17.6 < found[0].high
    assert judge(view(), found, EXPECTED, stops=0).outcome.value == "effective"


def test_growth_is_no_effect() -> None:
    """What the wear would have added anyway is taken off."""
    cycles = played(slowed=True)
    cause = view().cause("end_mill")
    assert cause is not None
    severity = Severity(used=0.7, used_error=0.03, faster=4.0, faster_error=1.0)
    plain = measured(view(), cycles, act(cycles), EXPECTED)
    grown = measured(view(), cycles, act(cycles), EXPECTED, (cause, severity))
    before_ns = sum(each.t_ns for each in cycles[1:5]) / 4
    apart_s = ((cycles[6].t_ns + cycles[7].t_ns) / 2 - before_ns) / NS
    added_s = 60.0 * 0.25 * 4.0 * apart_s / 28800.0
    assert plain[0].mean - grown[0].mean == pytest.approx(added_s, rel=0.01)


@pytest.mark.parametrize(("slowed", "temp"), [(False, 54.8), (True, 58.0)])
def test_what_did_not_come_is_ineffective(temp: float, *, slowed: bool) -> None:
    """A machine that did not take the speed, and one that got hotter instead of cooler."""
    cycles = played(slowed=slowed, temp_after=temp)
    found = measured(view(), cycles, act(cycles), EXPECTED)
    assert judge(view(), found, EXPECTED, stops=0).outcome.value == "ineffective"


def test_too_few_cycles_tell_nothing() -> None:
    """Without a whole cycle after the act nothing is measured, and it is not called effective."""
    cycles = played(slowed=True, after=0)
    found = measured(view(), cycles, act(cycles), EXPECTED)
    judged = judge(view(), found, EXPECTED, stops=0)
    assert found == ()
    assert judged.outcome.value == "ineffective"
    assert "Too few" in judged.why


def test_longer_than_foreseen_is_harmful() -> None:
    """Cycles of 40 s more than before give fewer parts than the lower end promised."""
    found = [effect(CYCLE, 40.0, 3.0), effect(TEMP, -3.4, 1.0)]
    assert judge(view(), found, EXPECTED, stops=0).outcome.value == "harmful"


def test_a_failure_is_harmful_unless_fewer_were_expected() -> None:
    """After an act that was to prevent stops, one stop is bad luck; else it is harm."""
    stops = Effect(measure="stops", unit="1", mean=-0.5, low=-0.6, high=-0.4, level=0.9)
    found = [effect(CYCLE, 17.5, 1.0)]
    expected = [*EXPECTED, stops]
    assert judge(view(), found, EXPECTED, stops=1).outcome.value == "harmful"
    assert judge(view(), found, expected, stops=1).outcome.value == "ineffective"


def test_the_wait_is_a_few_slow_cycles() -> None:
    """Six cycles at the end of the tool's life and 80 % speed: 562.5 s."""
    assert verify_s(view(), 80.0) == pytest.approx(562.5)
