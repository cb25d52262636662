"""Detection: a cumulative sum over the deviation of cycles from their standard, upwards only.

Page's CUSUM in units of a stated sigma. What the standard, the machine's own wear counter and
the speed explain is no deviation; a cycle in which something else happened is not counted.

>>> round(in_control_cycles(0.5, 4.0))
338
"""

import math

import msgspec

from linewright.correct.watch.cycles import CycleSeen, expected_s
from linewright.correct.watch.estimates import spread
from linewright.correct.watch.stations import StationView

__all__ = ["Alarm", "Score", "in_control_cycles", "score"]

SIGMA_SHARE = 0.01
"""Least deviation of a single cycle, as a share of its standard: below it nothing is noticed."""

REFERENCE = 1.5
"""Allowance in sigma: shifts of less than it are never added up; those of twice it are found
soonest."""

THRESHOLD = 5.0
"""Sum in sigma at which a case opens. With the allowance a cycle time without any deviation and
with normal noise raises one alarm in 25 million cycles (`in_control_cycles`): 47 years of one
minute each. A shift of 7.5 sigma is found at its second cycle."""

CYCLE_MAX = 5.0
"""Most that one cycle counts, in sigma, so that no single cycle can open a case."""

SPREAD_CYCLES_MIN = 12
"""Cycles from which on the measured spread is believed."""

SPREAD_CYCLES_MAX = 40
"""Latest cycles from which the spread is measured."""


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """How far a station's deviation has added up."""

    total: float = 0.0
    onset_ns: int | None = None
    """Beginning of the cycle since which the sum has been above zero."""
    shares: tuple[float, ...] = ()
    """Deviations of the latest cycles, as shares of what was expected."""


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """The cycle that passed the threshold, and by what."""

    t_ns: int
    seen_ns: int
    onset_ns: int
    cycle_s: float
    expected_s: float
    sigma_share: float
    total: float


def in_control_cycles(reference: float, threshold: float) -> float:
    """Mean number of cycles until a false alarm, of normal noise without a shift.

    Parameters
    ----------
    reference, threshold
        In sigma, above 0.

    Returns
    -------
    float
        Cycles. Siegmund's approximation (Sequential Analysis, 1985): with b = threshold + 1.166
        it is (exp(2 k b) - 2 k b - 1) / (2 k^2); within some percent of tabled values.

    Examples
    --------
    >>> in_control_cycles(REFERENCE, THRESHOLD) > 2e7
    True
    """
    doubled = 2.0 * reference * (threshold + 1.166)
    return (math.exp(doubled) - doubled - 1.0) / (2.0 * reference**2)


def sigma_of(before: Score) -> float:
    """Deviation of one cycle as a share: what is measured, but never less than `SIGMA_SHARE`."""
    return max(SIGMA_SHARE, spread(before.shares, least=SPREAD_CYCLES_MIN))


def score(view: StationView, before: Score, cycle: CycleSeen) -> tuple[Score, Alarm | None]:
    """Add one cycle to the sum.

    Parameters
    ----------
    view
        The station.
    before
        Sum before this cycle.
    cycle
        The cycle; one that is not whole changes nothing.

    Returns
    -------
    tuple[Score, Alarm | None]
        The sum with it, and the alarm if it passed the threshold; the sum then begins anew.

    Notes
    -----
    Linear in `SPREAD_CYCLES_MAX`.

    Examples
    --------
    >>> from linewright.plant import Address
    >>> mill = Address("a/b/c/mill")
    >>> view = StationView(
    ...     address=mill, label="Mill", standard_s=60.0, cycle_tag=mill.with_tag("cycle_time"),
    ...     speed_tag=None, state_tag=None, states={}, causes=(), units={},
    ... )
    >>> slow = CycleSeen(t_ns=66 * 10**9, seen_ns=0, cycle_s=66.0, speed=100.0, whole=True)
    >>> once, alarm = score(view, Score(), slow)
    >>> once.total, alarm
    (3.5, None)
    >>> round(score(view, once, slow)[1].total, 3)
    7.0
    """
    if not cycle.whole:
        return before, None
    should_s = expected_s(view, cycle)
    share = cycle.cycle_s / should_s - 1.0
    sigma = sigma_of(before)
    total = max(0.0, before.total + min(share / sigma, CYCLE_MAX) - REFERENCE)
    onset_ns = (before.onset_ns or cycle.began_ns) if total > 0.0 else None
    shares = (*before.shares, share)[-SPREAD_CYCLES_MAX:]
    if total <= THRESHOLD or onset_ns is None:
        return Score(total=total, onset_ns=onset_ns, shares=shares), None
    alarm = Alarm(
        t_ns=cycle.t_ns,
        seen_ns=cycle.seen_ns,
        onset_ns=onset_ns,
        cycle_s=cycle.cycle_s,
        expected_s=should_s,
        sigma_share=sigma,
        total=total,
    )
    return Score(shares=shares), alarm
