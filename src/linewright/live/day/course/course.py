"""The course of one station as a whole, kept by the version of its book."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

import msgspec

from linewright.live.day.course.causes import Piece, pieces_of
from linewright.live.day.course.segments import Run, by_run, extents_of, runs_of, segments_of
from linewright.live.day.course.working import Hours
from linewright.live.day.plan import StationPlan
from linewright.live.day.records import StationBook, given_reasons
from linewright.live.day.windows import intervals_of
from linewright.plant.kpi import Span
from linewright.plant.records import Reason

__all__ = ["Course", "course_of", "heard_on"]


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of a station's time; made by `course_of`.

    Parameters
    ----------
    plan, book
        What it was computed from.
    until_ns
        Heard until: after it nothing is known.
    pieces
        In order, without overlap and without holes.
    spans
        The same for `ledger_from_intervals`: pieces side by side in one category are one.
    reasons
        The reasons that hold, each with its stretch.
    hours
        Planned time of the station from its first record to the time heard until.
    last
        The run that still goes on.
    """

    plan: StationPlan
    book: StationBook
    until_ns: int
    pieces: tuple[Piece, ...] = ()
    spans: tuple[Span, ...] = ()
    reasons: tuple[tuple[int, int, Reason], ...] = ()
    ends: tuple[int, ...] = ()
    span_ends: tuple[int, ...] = ()
    hours: Hours = Hours(())
    last: Run | None = None

    def over(self, start_ns: int, end_ns: int) -> Iterator[Piece]:
        """Yield the pieces that overlap a stretch, whole."""
        k = bisect_right(self.ends, start_ns)
        while k < len(self.pieces) and self.pieces[k].start_ns < end_ns:
            yield self.pieces[k]
            k += 1

    def spans_at(self, start_ns: int, end_ns: int) -> tuple[Span, ...]:
        """Return the spans that overlap a stretch or end where it starts, whole."""
        k = bisect_left(self.span_ends, start_ns)
        found = []
        while k < len(self.spans) and self.spans[k].start_ns < end_ns:
            found.append(self.spans[k])
            k += 1
        return tuple(found)


def course_of(plan: StationPlan, book: StationBook, heard_ns: int | None = None) -> Course:
    """Work out the course of a station.

    Parameters
    ----------
    plan
        The station.
    book
        Its records.
    heard_ns
        Event time until which the station was heard: the last state holds until then. None: until
        its newest record. For a station without a connection give the time now, for there a
        state holds until a person says another.

    Returns
    -------
    Course
        A function of the records alone, whatever the order in which they came.

    Notes
    -----
    Linear in the records; some 10 us each. Keep it by ``book.version`` and `heard_ns`.

    Examples
    --------
    >>> from linewright.live.day.records import Book
    >>> from linewright.plant import Address
    >>> from linewright.plant.records import How, State, StationState
    >>> saw = Address("reno/shop/pump/saw")
    >>> head = {"address": saw, "seen_ns": 9, "plant_rev": "r1", "how": How.MACHINE}
    >>> book = Book()
    >>> _ = book.take(State(t_ns=5, source="live", state=StationState.RUNNING, **head))
    >>> course = course_of(StationPlan(address=saw), book.station(saw), 20)
    >>> [(each.start_ns, each.end_ns, each.did.value) for each in course.pieces]
    [(5, 20, 'producing')]
    """
    until_ns = max(book.told_ns, heard_ns or 0)
    segments = list(segments_of(plan, book, until_ns))
    if not segments:
        return Course(plan=plan, book=book, until_ns=until_ns)
    runs = list(runs_of(segments))
    reasons = list(extents_of(given_reasons(book.reasons), runs, until_ns))
    hours = Hours(intervals_of(plan.calendar, segments[0].start_ns, until_ns))
    covering = by_run(reasons, runs)
    pieces: list[Piece] = []
    for run, covers in zip(runs, covering, strict=True):
        pieces += pieces_of(plan, run, covers, hours, pieces[-1] if pieces else None)
    empty = Course(plan=plan, book=book, until_ns=until_ns, hours=hours, last=runs[-1])
    return _with(empty, pieces, tuple(reasons), tuple(_spans(pieces)))


def heard_on(course: Course, heard_ns: int) -> Course:
    """Return the course of the same records, heard until later: only its last run is new.

    Parameters
    ----------
    course
        From `course_of`.
    heard_ns
        As there; a time before what was heard already changes nothing.

    Returns
    -------
    Course
        Equal to that of ``course_of(course.plan, course.book, heard_ns)``.

    Notes
    -----
    Some 50 us, against some 10 us a record: for lines that are looked at every second.

    Examples
    --------
    >>> from linewright.plant import Address
    >>> saw = Address("reno/shop/pump/saw")
    >>> course = course_of(StationPlan(address=saw), StationBook(address=saw, version=0))
    >>> heard_on(course, 5).until_ns
    5
    """
    now_ns, last = max(heard_ns, course.until_ns), course.last
    if now_ns == course.until_ns:
        return course
    newest = course.book.states[-1].id if course.book.states else ""
    if last is None or last.segments[-1].record != newest or _reaches_beyond(course):
        return course_of(course.plan, course.book, now_ns)
    ended = msgspec.structs.replace(last.segments[-1], end_ns=now_ns)
    run = msgspec.structs.replace(last, end_ns=now_ns, segments=(*last.segments[:-1], ended))
    reasons = tuple(
        (start_ns, now_ns if one.until_ns is None and end_ns == last.end_ns else end_ns, one)
        for start_ns, end_ns, one in course.reasons
    )
    hours = Hours(intervals_of(course.plan.calendar, course.pieces[0].start_ns, now_ns))
    k = bisect_right(course.ends, run.start_ns)
    covers = by_run(reasons, [run])[0]
    before = course.pieces[k - 1] if k else None
    pieces = [*course.pieces[:k], *pieces_of(course.plan, run, covers, hours, before)]
    kept = course.spans[: max(0, bisect_left(course.span_ends, run.start_ns))]
    first = bisect_right(course.ends, kept[-1].end_ns) if kept else 0
    spans = (*kept, *_spans(pieces[first:]))
    empty = msgspec.structs.replace(course, until_ns=now_ns, hours=hours, last=run)
    return _with(empty, pieces, reasons, spans)


def _reaches_beyond(course: Course) -> bool:
    """Whether a gap or a reason has a part behind what was heard so far."""
    gaps = any(each.until_ns > course.until_ns for each in course.book.gaps)
    told = any(
        max(each.t_ns, each.until_ns or 0) >= course.until_ns for each in course.book.reasons
    )
    return gaps or told


def _with(
    course: Course,
    pieces: Sequence[Piece],
    reasons: tuple[tuple[int, int, Reason], ...],
    spans: tuple[Span, ...],
) -> Course:
    return msgspec.structs.replace(
        course,
        pieces=tuple(pieces),
        spans=spans,
        reasons=reasons,
        ends=tuple(each.end_ns for each in pieces),
        span_ends=tuple(each.end_ns for each in spans),
    )


def _spans(pieces: Sequence[Piece]) -> Iterator[Span]:
    start = 0
    for k in range(1, len(pieces) + 1):
        if k == len(pieces) or pieces[k].did is not pieces[start].did:
            yield Span(
                start_ns=pieces[start].start_ns,
                end_ns=pieces[k - 1].end_ns,
                category=pieces[start].did,
            )
            start = k
