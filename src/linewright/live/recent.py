"""The newest samples of a station, so that a late one takes the place in time where it belongs.

A track is folded sample by sample; beside what is known now it keeps what was known some samples
ago, and the samples since. A late sample is put among them, and the fold goes through them once
more: what comes out is what would have come out had it been in time, and the difference is told.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

import msgspec

from linewright.live.memory import Held, Revised, Track
from linewright.plant.records import Record

__all__ = ["STEP", "Change", "Rules", "Run", "corrected", "forgotten", "moved"]

S = TypeVar("S")

STEP = 1000
"""From one of our revisions of a record to the next. Those between are people's, who raise the
latest by one: no two ever bear one number, and what the machine counts anew stands above them."""

Run = Callable[[S, Sequence[Held], int], tuple[S, list[Record]]]
"""Fold samples in order of time onto what is known; the number is a time up to which it holds."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a step changes: records told for the first time, with others as before, taken back."""

    told: tuple[Record, ...] = ()
    altered: tuple[tuple[Record, Record], ...] = ()
    """Each as it was and as it is."""
    gone: tuple[Record, ...] = ()
    too_late: tuple[Held, ...] = ()
    """Samples from before what is remembered; nothing came of them."""
    is_correction: bool = False
    """Whether samples were put in before others that had come."""
    late: int = 0
    """Samples that came late, those that came too late with them."""
    seen_ns: int = 0
    """When the newest of the late samples came."""


class Rules(msgspec.Struct, Generic[S], frozen=True, kw_only=True):
    """How a track is folded: `run`, how samples of one time are ordered, how many are held."""

    run: Run[S]
    rank: Callable[[Held], int] = lambda _: 0
    kept: int = 64


def moved(
    track: Track[S], new: Sequence[Held], rules: Rules[S], *, after_ns: int, until_ns: int
) -> tuple[Track[S], Change]:
    """Fold new samples: those in time onto what is known, late ones where they belong.

    Parameters
    ----------
    track
        What is known.
    new
        Samples as they came, each with the time at which it counts.
    rules
        How the track is folded.
    after_ns
        Samples from this time on are in time.
    until_ns
        Time up to which the newest sample is known to hold; it matters to derived states.
    """
    new = sorted(new, key=lambda each: (each.t_ns, rules.rank(each)))
    late = 0
    if new and (new[0].t_ns < after_ns or _is_before(new[0], track, rules)):
        late = sum(each.t_ns < after_ns or _is_before(each, track, rules) for each in new)
        whole_ns = until_ns if late == len(new) else -1
        track, change = _inserted(track, new[:late], rules, whole_ns)
        if late == len(new):
            return track, change
    else:
        change = Change()
    told: list[Record] = []
    at = late
    while at < len(new):
        track = _turned(track, new[at], rules.kept)
        stop = _whole(new, min(len(new), at + rules.kept))
        chunk = tuple(new[at:stop])
        now, records = rules.run(track.now, chunk, until_ns if stop == len(new) else -1)
        told += records
        track = msgspec.structs.replace(track, now=now, held=track.held + chunk)
        at = stop
    if not new:
        now, records = rules.run(track.now, (), until_ns)
        told += records
        track = msgspec.structs.replace(track, now=now) if records else track
    return track, msgspec.structs.replace(change, told=(*change.told, *told))


def _is_before(sample: Held, track: Track[S], rules: Rules[S]) -> bool:
    """Whether a sample belongs before the newest one that is held."""
    if not track.held:
        return False
    last = track.held[-1]
    return (sample.t_ns, rules.rank(sample)) < (last.t_ns, rules.rank(last))


def _whole(samples: Sequence[Held], end: int) -> int:
    """Return the end of a part of samples, moved behind all samples of its last time."""
    while 0 < end < len(samples) and samples[end].t_ns == samples[end - 1].t_ns:
        end += 1
    return end


def _turned(track: Track[S], coming: Held, kept: int) -> Track[S]:
    """Forget the older half of the samples, where the newer one is full."""
    held, split = track.held, track.split
    if len(held) - split < kept or held[-1].t_ns >= coming.t_ns:
        return track
    return Track(
        before=track.middle,
        middle=track.now,
        now=track.now,
        held=held[split:],
        split=len(held) - split,
        floor_ns=held[split - 1].t_ns if split else track.floor_ns,
    )


def _inserted(
    track: Track[S], new: Sequence[Held], rules: Rules[S], until_ns: int
) -> tuple[Track[S], Change]:
    """Put samples in among those that are held, and go through them once more."""
    newest_ns = track.held[-1].t_ns if track.held else track.floor_ns
    late = sum(each.t_ns < newest_ns for each in new)
    fitting = [each for each in new if each.t_ns > track.floor_ns]
    too_late = tuple(each for each in new if each.t_ns <= track.floor_ns)
    if not fitting:
        return track, Change(too_late=too_late, late=late)
    told_until_ns = getattr(track.now, "until_ns", -1)
    _, old = rules.run(track.before, track.held, told_until_ns)
    held = sorted((*track.held, *fitting), key=lambda each: (each.t_ns, rules.rank(each)))
    edge_ns = track.held[track.split - 1].t_ns if track.split else track.floor_ns
    split = track.split + sum(each.t_ns <= edge_ns for each in fitting)
    cut = _whole(held, max(0, len(held) - 2 * rules.kept))
    split = max(split, cut)
    before, first = rules.run(track.before, held[:cut], -1)
    middle, second = rules.run(before, held[cut:split], -1)
    now, third = rules.run(middle, held[split:], max(until_ns, told_until_ns))
    after = Track(
        before=before,
        middle=middle,
        now=now,
        held=tuple(held[cut:]),
        split=split - cut,
        floor_ns=held[cut - 1].t_ns if cut else track.floor_ns,
    )
    seen_ns = max(each.seen_ns for each in fitting)
    change = _difference(old, (*first, *second, *third))
    return after, msgspec.structs.replace(
        change, is_correction=True, too_late=too_late, late=late, seen_ns=seen_ns
    )


def _difference(old: Iterable[Record], new: Iterable[Record]) -> Change:
    was, now = {each.id: each for each in old}, {each.id: each for each in new}
    both = [(was[name], each) for name, each in now.items() if name in was]
    return Change(
        told=tuple(each for name, each in now.items() if name not in was),
        altered=tuple(pair for pair in both if _said(pair[0]) != _said(pair[1])),
        gone=tuple(each for name, each in was.items() if name not in now),
    )


def _said(record: Record) -> Record:
    """Return what a record says, whenever it came."""
    return msgspec.structs.replace(record, seen_ns=0)


def corrected(
    revised: tuple[Revised, ...], change: Change, forgotten_ns: int
) -> tuple[tuple[Revised, ...], tuple[Record, ...]]:
    """Give the records of a change their revisions; what cannot change any more is forgotten.

    Parameters
    ----------
    revised
        What was corrected before.
    change
        As `moved` gave it.
    forgotten_ns
        Records from before this time stay as they are.
    """
    if not (revised or change.is_correction):
        return revised, change.told
    revs = {each.id: each.rev for each in revised}
    records: list[Record] = []
    new: dict[str, Revised] = {}
    told = [(each, each.id in revs, False) for each in change.told]
    told += [(each, True, False) for _, each in change.altered]
    told += [(each, True, True) for each in change.gone]
    for record, again, void in told:
        seen_ns = max(record.seen_ns, change.seen_ns)
        rev = revs.get(record.id, 0) + STEP if again else 0
        records.append(msgspec.structs.replace(record, rev=rev, void=void, seen_ns=seen_ns))
        if again:
            new[record.id] = Revised(record.id, record.t_ns, rev)
    if not new:
        return revised, tuple(records)
    kept = [e for e in revised if e.id not in new and e.t_ns > forgotten_ns]
    return (*kept, *new.values()), tuple(records)


def forgotten(track: Track[S]) -> Track[S]:
    """Keep what is known, and forget the samples that it came from."""
    floor_ns = track.held[-1].t_ns if track.held else track.floor_ns
    return Track(before=track.now, middle=track.now, now=track.now, floor_ns=floor_ns)
