"""Diagnosis: the two causes that heat the spindle are told apart, and the rest is unknown."""

import msgspec
import pytest

from linewright.correct.diagnose import UNKNOWN, Shift, diagnose, explain, onset_of
from linewright.correct.watch.cycles import CycleSeen
from linewright.correct.watch.detect import Alarm
from linewright.correct.watch.stations import CYCLE
from tests.correct.machine import MILL, NS
from tests.correct.scene import Scene, view

TEMP, POWER, LEVEL = (
    f"{MILL}#{name}" for name in ("spindle_temp", "active_power", "coolant_level")
)


def shift(signal: str, by: float, error: float) -> Shift:
    """Return a shift."""
    return Shift(signal=signal, by=by, error=error)


def now(cycle_s: float = 65.6) -> list[CycleSeen]:
    """Return a cycle with 37.5 % of the tool's life booked."""
    booked = {"end_mill": 0.375}
    one = CycleSeen(
        t_ns=60 * NS, seen_ns=0, cycle_s=cycle_s, speed=100.0, whole=True, booked=booked
    )
    return [one]


def test_what_slows_and_heats_is_the_tool() -> None:
    """Cycle +7.4 %, spindle +7.8 degC, power +0.6 kW, coolant as before: the end mill at 70 %."""
    moved = [
        shift(CYCLE, 0.074, 0.007),
        shift(TEMP, 7.8, 0.4),
        shift(POWER, 0.585, 0.03),
        shift(LEVEL, 0.1, 0.6),
    ]
    found = explain(view(), moved, now(70.5))
    assert found.best == "end_mill"
    assert found.causes[0].probability > 0.99
    assert found.severity.used == pytest.approx(0.70, abs=0.05)
    assert 0.01 < found.severity.used_error < 0.1


def test_what_heats_and_drains_is_the_coolant() -> None:
    """Spindle +8 degC, coolant -16 %, cycle and power as before: coolant at 40 % of its effect."""
    moved = [
        shift(CYCLE, 0.001, 0.007),
        shift(TEMP, 8.0, 0.4),
        shift(POWER, 0.01, 0.03),
        shift(LEVEL, -16.0, 0.6),
    ]
    found = explain(view(), moved, now())
    assert found.best == "coolant_low"
    assert found.causes[0].probability > 0.99
    assert found.severity.used == pytest.approx(0.40, abs=0.05)


def test_a_signal_that_stayed_speaks_against_a_cause() -> None:
    """Without the coolant level the heat leaves doubt; the level that stayed takes it away."""
    heat = [shift(CYCLE, 0.0, 0.02), shift(TEMP, 6.0, 0.4)]
    of = {each.cause: each.probability for each in explain(view(), heat, now()).causes}
    still = [*heat, shift(LEVEL, 0.0, 0.6)]
    after = {each.cause: each.probability for each in explain(view(), still, now()).causes}
    assert of["coolant_low"] > 0.3
    assert after["coolant_low"] < 0.01


def test_what_no_cause_explains_is_unknown() -> None:
    """A cycle that is much longer while nothing else moves is no cause of the plant file."""
    moved = [
        shift(CYCLE, 0.20, 0.007),
        shift(TEMP, 0.0, 0.4),
        shift(POWER, 0.0, 0.03),
        shift(LEVEL, 0.0, 0.6),
    ]
    found = explain(view(), moved, now())
    assert found.best == UNKNOWN
    assert sum(each.probability for each in found.causes) == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(4))
def test_a_chipped_tool_is_found_from_samples(seed: int) -> None:
    """From the first two cycles after it: the tool, 70 % within three errors, growth unknown."""
    scene = Scene(seed=seed)
    fault_ns = scene.until_fault()
    opened = scene.until_opened()
    scene.settle()
    case = scene.case()
    assert opened.t_ns - fault_ns <= 200 * NS
    assert case.causes[0].cause == "end_mill"
    work = scene.thinking.to_rehearse()[0][1]
    severity = work.diagnosis.severity
    assert abs(severity.used - 0.70) < 3.0 * severity.used_error
    assert severity.faster > 1.0
    assert severity.faster_error > 0.5


def test_growth_is_found_where_cycles_allow() -> None:
    """With sixty cycles since the onset a wear that grows eight times as fast is seen to."""
    scene = Scene(seed=2)
    scene.until_fault()
    scene.mill.used, scene.mill.faster = 0.45, 8.0
    fault_ns = scene.mill.t_ns
    scene.feed(scene.mill.run(2400))
    cycles = scene.thinking.memory().cycles[str(MILL)]
    last = cycles[-1]
    alarm = Alarm(
        t_ns=last.t_ns,
        seen_ns=0,
        onset_ns=fault_ns,
        cycle_s=last.cycle_s,
        expected_s=65.0,
        sigma_share=0.01,
        total=7.0,
    )
    severity = diagnose(view(), cycles, alarm).severity
    assert severity.faster == pytest.approx(8.0, abs=2.5)
    assert severity.faster_error < 1.5


def test_the_onset_leaves_out_noise_before_it() -> None:
    """A cycle that was 2 % too long by chance just before the fault is not of the deviation."""
    rows = [(65.6, 1), (66.9, 2), (70.5, 3), (70.6, 4)]
    cycles = [
        msgspec.structs.replace(now(cycle_s)[0], t_ns=round(70 * NS * n)) for cycle_s, n in rows
    ]
    alarm = Alarm(
        t_ns=cycles[-1].t_ns,
        seen_ns=0,
        onset_ns=cycles[1].began_ns,
        cycle_s=70.6,
        expected_s=65.6,
        sigma_share=0.01,
        total=7.0,
    )
    assert onset_of(view(), cycles, alarm) == cycles[2].began_ns
    assert diagnose(view(), cycles, alarm).onset_ns == cycles[2].began_ns


def test_a_cycle_that_was_under_way_says_nothing_of_growth() -> None:
    """A cycle of which half ran before the fault is shorter; that is no slope."""
    rows = [(65.6, 1), (65.7, 2), (68.9, 3), (71.0, 4)]
    cycles = [msgspec.structs.replace(now(each)[0], t_ns=70 * NS * n) for each, n in rows]
    moved = [shift(CYCLE, 0.07, 0.007)]
    found = explain(view(), moved, cycles[2:], cycles[:2]).severity
    steady = explain(view(), moved, cycles[3:], cycles[:2]).severity
    assert found.faster == steady.faster
