"""Counters: how many parts a change of a reading means, whatever the counter did in between.

Readings of a station, in order of time, become parts records.

A counter goes forward, rolls over, is set back by a person or a restart, or jumps because a
reading was wrong. What is plausible is judged by the pace of the station in the plant file.
"""

from collections.abc import Mapping, Sequence

import msgspec

from linewright.live.layout import NS_PER_S, CountTag, Pace
from linewright.live.memory import Counted, CounterMemory, Held
from linewright.live.states import NAME
from linewright.plant import Address
from linewright.plant.records import How, Parts, Quality, Record

__all__ = ["Movement", "count", "movement", "rank"]

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


def rank(tags: Mapping[str, CountTag], sample: Held) -> int:
    """Order of readings of one time: counters that stand for others come after those."""
    return int(tags[sample.tag].derived)


def count(
    address: Address,
    plant_rev: str,
    tags: Mapping[str, CountTag],
    counted: Counted,
    samples: Sequence[Held],
) -> tuple[Counted, list[Record]]:
    """Fold readings of the counters of a station.

    Parameters
    ----------
    address, plant_rev
        What records carry.
    tags
        What each counter counts, by its name.
    counted
        What is known.
    samples
        Readings in order of time and, of one time, of `rank`.
    """
    records: list[Record] = []
    for each in samples:
        tag = tags[each.tag]
        reading = each.value
        assert isinstance(reading, int), "only readings are held"
        before = counted.counter(tag.name)
        if before is None:
            total = reading * tag.pieces
            first = CounterMemory(name=tag.name, reading=reading, t_ns=each.t_ns, total=total)
            counted = _keep(counted, first)
            continue
        moved = movement(before.reading, reading, each.t_ns - before.t_ns, tag.pace, tag.modulus)
        made = moved.parts * tag.pieces
        parts, owed = _settled(counted, tag, made)
        tells = parts > 0 or moved.restarted
        counter = CounterMemory(
            name=tag.name,
            reading=reading,
            t_ns=each.t_ns,
            total=before.total + made,
            told_ns=max(each.t_ns, before.told_ns + 1) if tells else before.told_ns,
            doubtful=before.doubtful or moved.restarted,
        )
        counted = _keep(counted, counter)
        if made:
            last_ns = max(each.t_ns, counted.last_part_ns or 0)
            counted = msgspec.structs.replace(counted, owed=owed, last_part_ns=last_ns)
        if tells:
            given_ns = each.t_ns if each.raw_ns is None else each.raw_ns
            records.append(
                Parts(
                    address=address,
                    t_ns=counter.told_ns,
                    seen_ns=each.seen_ns,
                    plant_rev=plant_rev,
                    how=How.INFERRED if tag.derived else How.MACHINE,
                    source=NAME,
                    quality=_quality(tag, each, moved),
                    raw_t_ns=None if counter.told_ns == given_ns else given_ns,
                    from_ns=before.t_ns,
                    counter=tag.name,
                    reading=reading,
                    restarted=moved.restarted,
                    good=parts if tag.amount == "good" else 0,
                    scrap=parts if tag.amount == "scrap" else 0,
                    rework=parts if tag.amount == "rework" else 0,
                )
            )
    return counted, records


def _settled(counted: Counted, tag: CountTag, made: int) -> tuple[int, int]:
    """Parts that a movement adds to its amount, and what is then owed to the other kind."""
    if tag.less is not None:
        paid = min(made, counted.owed)
        return made - paid, counted.owed - paid
    return made, counted.owed + (made if tag.owes else 0)


def _quality(tag: CountTag, sample: Held, moved: Movement) -> int:
    quality = sample.quality
    if tag.derived:
        quality |= Quality.ESTIMATED
    if moved.restarted:
        quality |= Quality.UNCERTAIN
    return int(quality)


def _keep(counted: Counted, counter: CounterMemory) -> Counted:
    others = tuple(each for each in counted.counters if each.name != counter.name)
    return msgspec.structs.replace(counted, counters=(*others, counter))
