"""Downtime events: when a station did not produce, for how long, why, and who says so.

An event is a stretch without production and with one cause, inside the time that the station
operates. Its id follows from the record in which it begins, so that a replay gives the same one.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal

import msgspec

from linewright.live.day.course import Course, Kind, Piece
from linewright.plant.kpi import TimeCategory
from linewright.plant.records import How, Reason, State, StationState

__all__ = ["Stop", "stops", "unexplained"]

ALIKE_LEAST = 2
"""So many explained stops of the same kind make a habit worth suggesting."""
CHANCE_DIGITS = 3

_WORST = (
    StationState.DOWN,
    StationState.OFF,
    StationState.IDLE,
    StationState.PLANNED_STOP,
    StationState.SET_UP,
    StationState.BLOCKED,
    StationState.STARVED,
    StationState.UNKNOWN,
)


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """A downtime event.

    Parameters
    ----------
    id
        Deterministic; unique at its station.
    start_ns, end_ns
        Event time; of an open one the end is how far it was heard.
    is_open
        Whether it still went on when the station was last heard.
    kind, state
        What the machine said; the worst of several states.
    category
        Where its working time is booked.
    worked_ns
        Its working time: without breaks. What a window lost to it is less where it is cut.
    code, by
        Reason in force and who gave it: ``person``, ``machine`` or nobody.
    reason
        Id of the person's reason record; empty: there is none.
    person, comment
        Of that record.
    suggested, chance
        Code that probably fits, from an inferred reason or from stops alike, and how sure.
    is_micro
        Whether it is below the threshold of the station type.
    is_edited
        Whether its reason was changed, split or merged.
    part_of
        Id of the event in which its stretch without production begins, where that is another.
    records
        Ids of the records that it rests on.
    """

    id: str
    address: str
    start_ns: int
    end_ns: int
    is_open: bool
    kind: Kind
    state: StationState
    category: TimeCategory
    worked_ns: int
    code: str = ""
    by: Literal["person", "machine", ""] = ""
    reason: str = ""
    person: str = ""
    comment: str = ""
    suggested: str = ""
    chance: float | None = None
    is_micro: bool = False
    is_edited: bool = False
    part_of: str = ""
    records: tuple[str, ...] = ()
    quality: int = 0

    @property
    def is_unexplained(self) -> bool:
        """Whether it waits for a reason."""
        return self.category is TimeCategory.NO_REASON


def stops(
    course: Course,
    start_ns: int | None = None,
    end_ns: int | None = None,
    *,
    kinds: Iterable[Kind] | None = None,
) -> tuple[Stop, ...]:
    """Return the downtime events that overlap a window, whole, in order.

    Parameters
    ----------
    course
        The station.
    start_ns, end_ns
        The window; left out: everything that is known.
    kinds
        Only these: ``stop``, ``planned_stop``, ``set_up``, ``blocked``, ``starved`` and
        ``unknown`` (silence); left out: all.

    Returns
    -------
    tuple of Stop
        Without those that lie in closed time or in a break alone.

    Notes
    -----
    Linear in what overlaps the window, and once in the reasons of the station.

    Examples
    --------
    >>> from linewright.live.day.plan import StationPlan
    >>> from linewright.live.day.records import Book
    >>> from linewright.live.day.course import course_of
    >>> from linewright.plant import Address
    >>> saw, book = Address("reno/shop/pump/saw"), Book()
    >>> head = {"address": saw, "seen_ns": 9, "plant_rev": "r1", "how": How.MACHINE}
    >>> for t_ns, state in ((0, "running"), (5, "down"), (9, "running")):
    ...     _ = book.take(State(t_ns=t_ns, source="live", state=StationState(state), **head))
    >>> course = course_of(StationPlan(address=saw), book.station(saw), 20)
    >>> [(each.start_ns, each.end_ns, each.category.value) for each in stops(course)]
    [(5, 9, 'no_reason')]
    """
    from_ns = course.pieces[0].start_ns if start_ns is None and course.pieces else start_ns or 0
    until_ns = course.until_ns if end_ns is None else end_ns
    wanted = None if kinds is None else frozenset(kinds)
    found = []
    known = _Known(course)
    for name, pieces in _events(course, from_ns, until_ns):
        if wanted is None or pieces[0].kind in wanted:
            stop = known.stop(name, pieces)
            if stop.start_ns < until_ns and stop.end_ns > from_ns:
                found.append(stop)
    return tuple(found)


def unexplained(found: Iterable[Stop]) -> tuple[Stop, ...]:
    """Return the stops that wait for a reason, the longest first.

    Examples
    --------
    >>> unexplained(())
    ()
    """
    waiting = [each for each in found if each.is_unexplained]
    return tuple(sorted(waiting, key=lambda each: (-each.worked_ns, each.start_ns, each.address)))


def _events(course: Course, start_ns: int, end_ns: int) -> Iterator[tuple[str, list[Piece]]]:
    """Pieces by event, whole events even where the window cuts them."""
    pieces = course.pieces
    first = bisect_right(course.ends, start_ns)
    while 0 < first < len(pieces) and pieces[first - 1].stop == pieces[first].stop:
        first -= 1
    last = first
    while last < len(pieces) and pieces[last].start_ns < end_ns:
        last += 1
    while 0 < last < len(pieces) and pieces[last].stop == pieces[last - 1].stop:
        last += 1
    # What was never known is no event, whether a record says `unknown` or there is none.
    known_ns = _known_ns(course)
    while first < last and pieces[first].start_ns < known_ns:
        first += 1
    for name, found in groupby(pieces[first:last], key=lambda each: each.stop):
        if name:
            yield name, list(found)


def _known_ns(course: Course) -> int:
    """Return when a station's state was known first; its end where it never was."""
    known = (each.start_ns for each in course.pieces if each.kind != "unknown")
    return next(known, course.until_ns)


class _Known:
    """What is looked up for each stop of a course."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._states = {each.id: each for each in course.book.states}
        self._reasons = {each.id: each for each in course.book.reasons}
        self._inferred = [each for each in course.book.reasons if each.how is How.INFERRED]
        self._habits = _habits(course, self._states)

    def stop(self, name: str, pieces: Sequence[Piece]) -> Stop:
        """Make the event of these pieces."""
        first, last = pieces[0], pieces[-1]
        reason = self._reasons.get(first.reason)
        code, chance = self._suggested(first, last) if not reason else ("", None)
        run = self._course.over(first.run_start_ns, first.run_end_ns)
        begun = next(each.stop for each in run if each.stop)
        quality = 0
        for each in pieces:
            quality |= each.quality
        return Stop(
            id=name,
            address=self._course.plan.address,
            start_ns=first.start_ns,
            end_ns=last.end_ns,
            is_open=last.end_ns == self._course.until_ns and first.kind != "unknown",
            kind=first.kind,
            state=min((each.state for each in pieces), key=_WORST.index),
            category=first.did,
            worked_ns=self._course.hours.worked_ns(first.start_ns, last.end_ns),
            code=first.code,
            by=first.by,
            reason=first.reason,
            person=(reason.by or "") if reason else "",
            comment=reason.comment if reason else "",
            suggested=code,
            chance=chance,
            is_micro=first.did is TimeCategory.MICRO_STOP,
            is_edited=bool(reason and (reason.rev or reason.replaces)),
            part_of="" if begun == name else begun,
            records=tuple(dict.fromkeys(each.record for each in pieces if each.record)),
            quality=quality,
        )

    def _suggested(self, first: Piece, last: Piece) -> tuple[str, float | None]:
        """Code that probably fits: inferred by a program, or what people said of stops alike."""
        if first.kind not in {"stop", "unknown"} or first.by:
            return "", None
        near = [
            each
            for each in self._inferred
            if each.t_ns < last.end_ns and (each.until_ns or last.end_ns) > first.start_ns
        ]
        if near:
            best = max(near, key=lambda each: (each.probability or 0.0, each.seen_ns, each.id))
            return best.code, best.probability
        alike = self._habits.get(_likeness(first, self._states))
        if alike is None:
            return "", None
        code, count = min(alike.items(), key=lambda item: (-item[1], item[0]))
        whole = sum(alike.values())
        return (code, round(count / whole, CHANCE_DIGITS)) if whole >= ALIKE_LEAST else ("", None)


def _likeness(piece: Piece, states: dict[str, State]) -> tuple[str, str]:
    state = states.get(piece.record)
    return piece.kind, (state.raw_state or state.state.value) if state is not None else ""


def _habits(course: Course, states: dict[str, State]) -> dict[tuple[str, str], Counter[str]]:
    """How often people gave each code, by how the stop began."""
    found: dict[tuple[str, str], Counter[str]] = {}
    seen: set[str] = set()
    for piece in course.pieces:
        if piece.by == "person" and piece.stop not in seen:
            seen.add(piece.stop)
            found.setdefault(_likeness(piece, states), Counter())[piece.code] += 1
    return found


def reason_of(course: Course, stop: Stop) -> Reason | None:
    """Return the person's reason that a stop has now; None: there is none."""
    return next((one for _, _, one in course.reasons if one.id == stop.reason), None)
