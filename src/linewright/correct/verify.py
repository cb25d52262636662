"""Verification: what an act has done, measured in the cycles after it.

An acknowledgement is no success. The cycle that was running when the value changed is left out;
the first whole ones after it are compared with what doing nothing would show: the level of the
cycles before the act, and what the cause would have added since. The rule:

- **effective**: every measured effect that was foreseen overlaps its expected interval, and has
  its sign where that interval has one;
- **harmful**: a cycle takes longer than the longest foreseen, so that fewer good parts come than
  the lower end promised; or a failure struck though the rehearsal did not expect fewer of them;
- **ineffective**: anything else, also when too few cycles came to tell.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist, fmean

import msgspec

from linewright.correct.diagnose import UNDER_WAY_CYCLES, Severity, signal_sigma
from linewright.correct.watch.cycles import CycleSeen
from linewright.correct.watch.estimates import spread
from linewright.correct.watch.stations import NS_PER_S, CauseView, StationView
from linewright.plant.records import CaseOutcome, Effect

__all__ = ["VERIFY_CYCLES", "Act", "Judgement", "after_act", "judge", "measured", "verify_s"]

VERIFY_CYCLES = 2
"""Whole cycles after the act: the least that shows its own spread."""

VERIFY_CYCLES_WAITED = 6
"""Cycles after which the effect is judged at the latest: the mixed one, the two, and three for a
short stop between them."""

BEFORE_CYCLES_MAX = 6
"""Cycles before the act that say what doing nothing shows: since the onset, the latest ones."""

SETTLE_CYCLES = 2
"""First cycles since the onset that are left out of a signal's level before the act, where later
ones are there: temperatures follow a change with a delay."""

JOINT_LEVEL = 0.99
"""Level at which all measured intervals of an act hold together (Bonferroni): at 90 % each, one
act in four that does what was foreseen would be called ineffective."""

SIGMA_SHARE = 0.01
"""Least deviation of a single cycle, as in the detection."""

SAME_SPEED = 1.0
"""Percent within which a cycle ran at the speed that was written."""


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What was done: when it was granted and acknowledged, and the speed written if it was one."""

    granted_ns: int
    acknowledged_ns: int
    speed: float | None
    onset_ns: int


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured, what it means, and why."""

    outcome: CaseOutcome
    measured: tuple[Effect, ...]
    why: str


def verify_s(view: StationView, speed: float | None) -> float:
    """Longest time in seconds after an acknowledgement until the effect is judged."""
    slow = 1.0 + max((cause.by("cycle") or 0.0 for cause in view.causes), default=0.0)
    return VERIFY_CYCLES_WAITED * view.standard_s * slow * 100.0 / (speed or 100.0)


def after_act(view: StationView, cycles: Sequence[CycleSeen], act: Act) -> list[CycleSeen]:
    """Whole cycles that ran under the act, oldest first, at most `VERIFY_CYCLES`.

    Where the speed is read, a cycle counts from when the machine showed the written speed, which
    can be before the acknowledgement; if it never did, those after the acknowledgement count.
    """
    later = [each for each in cycles if each.whole and each.began_ns >= act.acknowledged_ns]
    if view.speed_tag is None or act.speed is None:
        return later[:VERIFY_CYCLES]
    shown = [
        each
        for each in cycles
        if each.whole
        and each.began_ns >= act.granted_ns
        and abs(each.speed - act.speed) <= SAME_SPEED
    ]
    return (shown or later)[:VERIFY_CYCLES]


def measured(
    view: StationView,
    cycles: Sequence[CycleSeen],
    act: Act,
    expected: Sequence[Effect],
    growth: tuple[CauseView, Severity] | None = None,
) -> tuple[Effect, ...]:
    """Effect of an act on each signal that was foreseen.

    Parameters
    ----------
    view
        The station.
    cycles
        Its cycles, before and after.
    act
        What was done.
    expected
        Effects foreseen; those whose measure is a tag of the station are measured.
    growth
        Cause and severity: what doing nothing would have added meanwhile. None: nothing.

    Returns
    -------
    tuple[Effect, ...]
        Difference to doing nothing, with intervals that hold together at `JOINT_LEVEL`; empty
        without a cycle before and one after.
    """
    after = after_act(view, cycles, act)
    first_ns = after[0].began_ns if after else act.acknowledged_ns
    since = [e for e in cycles if e.whole and act.onset_ns < e.t_ns <= first_ns and e not in after]
    before = since[UNDER_WAY_CYCLES:][-BEFORE_CYCLES_MAX:] or since
    count = sum(bool(_values(view, after, each.measure)) for each in expected)
    level = 1.0 - (1.0 - JOINT_LEVEL) / max(1, count)
    found = []
    for effect in expected:
        is_cycle = effect.measure == view.cycle_tag
        base = before if is_cycle else since[SETTLE_CYCLES:][-BEFORE_CYCLES_MAX:] or since[-1:]
        old, new = _values(view, base, effect.measure), _values(view, after, effect.measure)
        if not old or not new:
            continue
        added = _added(view, effect.measure, (base, after), growth)
        mean = fmean(new) - fmean(old) - added
        sigma = _sigma(view, effect.measure, old, new)
        half = NormalDist().inv_cdf((1.0 + level) / 2.0) * sigma
        half *= math.sqrt(1.0 / len(old) + 1.0 / len(new))
        found.append(
            Effect(
                measure=effect.measure,
                unit=effect.unit,
                mean=mean,
                low=mean - half,
                high=mean + half,
                level=level,
            )
        )
    return tuple(found)


def judge(
    view: StationView, found: Sequence[Effect], expected: Sequence[Effect], stops: int
) -> Judgement:
    """Say what measured effects mean; the rule stands at the top of this file.

    Parameters
    ----------
    view
        The station.
    found, expected
        Effects measured and foreseen.
    stops
        Failures of the station since the act.

    Returns
    -------
    Judgement
        Effective, harmful or ineffective, with the numbers that say why.

    Examples
    --------
    >>> from linewright.plant import Address
    >>> mill = Address("a/b/c/mill")
    >>> view = StationView(
    ...     address=mill, label="Mill", standard_s=60.0, cycle_tag=mill.with_tag("cycle_time"),
    ...     speed_tag=None, state_tag=None, states={}, causes=(), units={},
    ... )
    >>> seen, foreseen = [
    ...     Effect(measure=view.cycle_tag, unit="s", mean=m, low=m - 1, high=m + 1, level=0.9)
    ...     for m in (17.2, 17.6)
    ... ]
    >>> judge(view, [seen], [foreseen], stops=0).outcome.value
    'effective'
    """
    foreseen = {each.measure: each for each in expected}
    met = [_meets(each, foreseen[each.measure]) for each in found]
    told = "; ".join(_told(each, foreseen[each.measure]) for each in found)
    fewer = "stops" in foreseen and foreseen["stops"].high < 0.0
    cycle = next((each for each in found if each.measure == view.cycle_tag), None)
    outcome = CaseOutcome.INEFFECTIVE
    if stops:
        told = f"The station failed {stops} time(s) after the act. {told}"
        outcome = CaseOutcome.INEFFECTIVE if fewer else CaseOutcome.HARMFUL
    elif not found:
        told = "Too few cycles came after the act to measure its effect."
    elif cycle is not None and cycle.low > foreseen[cycle.measure].high:
        outcome = CaseOutcome.HARMFUL
    elif all(met):
        outcome = CaseOutcome.EFFECTIVE
    return Judgement(outcome=outcome, measured=tuple(found), why=told)


def _meets(found: Effect, expected: Effect) -> bool:
    overlaps = found.low <= expected.high and expected.low <= found.high
    if expected.low > 0.0 or expected.high < 0.0:
        return overlaps and found.mean * expected.mean > 0.0
    return overlaps


def _told(found: Effect, expected: Effect) -> str:
    name = found.measure.partition("#")[2] or found.measure
    return (
        f"{name} changed by {found.mean:+.2f} {found.unit} ({found.low:+.2f} to {found.high:+.2f}),"
        f" expected {expected.low:+.2f} to {expected.high:+.2f}"
    )


def _values(view: StationView, cycles: Sequence[CycleSeen], measure: str) -> list[float]:
    if measure == view.cycle_tag:
        return [each.cycle_s for each in cycles]
    return [each.levels[measure] for each in cycles if measure in each.levels]


def _sigma(view: StationView, measure: str, old: Sequence[float], new: Sequence[float]) -> float:
    """Deviation of one cycle's value: as it is before and after, but not below its floor."""
    if measure == view.cycle_tag:
        return max(spread(old, least=4), SIGMA_SHARE * fmean(new))
    return signal_sigma(view, measure, old)


def _added(
    view: StationView,
    measure: str,
    sides: tuple[Sequence[CycleSeen], Sequence[CycleSeen]],
    growth: tuple[CauseView, Severity] | None,
) -> float:
    """What the cause would have added between the middle of the cycles before and after."""
    if growth is None or not growth[0].is_wear:
        return 0.0
    cause, severity = growth
    speed = fmean(each.speed for each in sides[0]) / 100.0
    middles = [fmean(each.t_ns for each in side) for side in sides]
    worked_s = (middles[1] - middles[0]) / NS_PER_S
    used: float = severity.faster * speed**cause.speed_exponent * worked_s / cause.life_s
    if measure == view.cycle_tag:
        return view.standard_s * (cause.by("cycle") or 0.0) * used / speed
    return (cause.by(measure) or 0.0) * used * speed
