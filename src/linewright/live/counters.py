"""Counters: how many parts a change of a reading means, whatever the counter did in between.

A counter goes forward, rolls over, is set back by a person or a restart, or jumps because a
reading was wrong. What is plausible is judged by the pace of the station in the plant file.
"""

import msgspec

from linewright.live.layout import NS_PER_S, Pace

__all__ = ["Movement", "movement"]

FORWARD_FACTOR = 10.0
"""A counter that moves forward this much faster than planned is believed: plans are rough."""
FORWARD_SPARE = 1000
"""Pieces that any forward movement may have on top: a counter set forward by hand is rare."""
BACK_FACTOR = 2.0
"""After a fall of the reading at most twice the planned pace is believed: the rest is lost."""
LOSS_MAX = 1000
"""Most pieces believed after a fall where the plant file says no pace."""


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """Parts between two readings, never negative; `restarted`: some may be missing."""

    parts: int
    restarted: bool = False


def movement(
    before: int, now: int, elapsed_ns: int, pace: Pace, modulus: int | None = None
) -> Movement:
    """Parts that were made between two readings of a counter.

    Parameters
    ----------
    before, now
        The readings, 0 or more.
    elapsed_ns
        Time between them, 0 or more.
    pace
        How fast the station is by plan.
    modulus
        Reading at which the counter starts again at 0, or None.

    Returns
    -------
    Movement
        Forward: the difference, or none where it is far beyond the pace (a wrong reading).
        Backward: a roll-over where the pace allows it, else a restart from 0, where the pace
        allows that, else nothing (a person took a part back, or a wrong reading ended).

    Examples
    --------
    >>> minute = Pace(piece_s=60.0)
    >>> movement(7, 9, 120 * 10**9, minute)
    Movement(parts=2, restarted=False)
    >>> movement(65535, 1, 120 * 10**9, minute, 65536)
    Movement(parts=2, restarted=False)
    >>> movement(170, 169, 60 * 10**9, minute)
    Movement(parts=0, restarted=True)
    """
    assert min(before, now, elapsed_ns) >= 0, "readings and times are checked before"
    if now >= before:
        believed = now - before <= _forward_most(elapsed_ns, pace)
        return Movement(parts=now - before) if believed else Movement(parts=0, restarted=True)
    if modulus is not None and before < modulus:
        around = now + modulus - before
        if around <= _back_most(elapsed_ns, pace, modulus // 2):
            return Movement(parts=around)
    since = now if now <= _back_most(elapsed_ns, pace, LOSS_MAX) else 0
    return Movement(parts=since, restarted=True)


def _forward_most(elapsed_ns: int, pace: Pace) -> float:
    if pace.piece_s is None:
        return float("inf")
    return FORWARD_SPARE + FORWARD_FACTOR * (pace.pieces + elapsed_ns / NS_PER_S / pace.piece_s)


def _back_most(elapsed_ns: int, pace: Pace, unknown: int) -> float:
    if pace.piece_s is None:
        return unknown
    return pace.pieces + BACK_FACTOR * elapsed_ns / NS_PER_S / pace.piece_s
