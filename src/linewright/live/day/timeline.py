"""The stretches of a station over a window: the course with the calendar laid over it."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

import msgspec

from linewright.live.day.course import SILENT, Course, Piece
from linewright.live.day.windows import intervals_of
from linewright.plant.calendar import Interval
from linewright.plant.kpi import Span, TimeCategory, Window, ledger_from_intervals
from linewright.plant.records import StationState

__all__ = ["Stretch", "timeline"]


class Stretch(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A stretch of a window as it is shown: what the station did and where the time is booked.

    Examples
    --------
    >>> Stretch(start_ns=0, end_ns=5, state=StationState.RUNNING,
    ...         category=TimeCategory.PRODUCING).length_ns
    5
    """

    start_ns: int
    end_ns: int
    state: StationState
    category: TimeCategory
    code: str = ""
    by: Literal["person", "machine", ""] = ""
    reason: str = ""
    record: str = ""
    stop: str = ""
    quality: int = 0
    is_work: bool = False
    """Whether the calendar has it as working time: no closed time, no break."""

    @property
    def length_ns(self) -> int:
        """Its length, ns."""
        return self.end_ns - self.start_ns


def timeline(course: Course, start_ns: int, end_ns: int) -> tuple[Stretch, ...]:
    """Return the stretches of a station over a window; they tile it exactly.

    Parameters
    ----------
    course
        The station.
    start_ns, end_ns
        The window, UTC; it may reach beyond what is known.

    Returns
    -------
    tuple of Stretch
        Cut where the state, its cause or the calendar changes. Their lengths by category are the
        times of `station_ledger`.

    Notes
    -----
    Linear in what overlaps the window.

    Examples
    --------
    >>> from linewright.live.day.course import course_of
    >>> from linewright.live.day.plan import StationPlan
    >>> from linewright.live.day.records import StationBook
    >>> from linewright.plant import Address
    >>> saw = Address("reno/shop/pump/saw")
    >>> course = course_of(StationPlan(address=saw), StationBook(address=saw, version=0))
    >>> [(each.category.value, each.length_ns) for each in timeline(course, 0, 7)]
    [('unknown', 7)]
    """
    if start_ns >= end_ns:
        return ()
    calendar = intervals_of(course.plan.calendar, start_ns, end_ns)
    found = []
    k = 0
    for piece in _padded(course, start_ns, end_ns):
        at_ns, stop_ns = max(piece.start_ns, start_ns), min(piece.end_ns, end_ns)
        while at_ns < stop_ns:
            while k < len(calendar) and calendar[k].end_ns <= at_ns:
                k += 1
            now = calendar[k] if k < len(calendar) and calendar[k].start_ns <= at_ns else None
            edge_ns = stop_ns
            if now is not None:
                edge_ns = now.end_ns
            elif k < len(calendar):
                edge_ns = calendar[k].start_ns
            edge_ns = min(edge_ns, stop_ns)
            found.append(_stretch(piece, at_ns, edge_ns, now))
            at_ns = edge_ns
    return tuple(found)


def _padded(course: Course, start_ns: int, end_ns: int) -> Iterator[Piece]:
    """Pieces over a window, with the unknown before the first and after the last."""
    first_ns = course.pieces[0].start_ns if course.pieces else end_ns
    last_ns = course.pieces[-1].end_ns if course.pieces else end_ns
    if start_ns < first_ns:
        yield _nothing(start_ns, min(first_ns, end_ns))
    yield from course.over(start_ns, end_ns)
    if last_ns < end_ns:
        yield _nothing(max(last_ns, start_ns), end_ns)


def _nothing(start_ns: int, end_ns: int) -> Piece:
    return Piece(
        start_ns=start_ns,
        end_ns=end_ns,
        state=StationState.UNKNOWN,
        kind="unknown",
        did=TimeCategory.UNKNOWN,
        quality=SILENT,
        run_start_ns=start_ns,
        run_end_ns=end_ns,
    )


def _stretch(piece: Piece, start_ns: int, end_ns: int, now: Interval | None) -> Stretch:
    kind, bucket = (None, None) if now is None else (now.kind, now.bucket)
    category = _category(piece.did, kind, bucket)
    return Stretch(
        start_ns=start_ns,
        end_ns=end_ns,
        state=piece.state,
        category=category,
        code=piece.code,
        by=piece.by,
        reason=piece.reason,
        record=piece.record,
        stop=piece.stop,
        quality=piece.quality,
        is_work=now is not None and now.kind == "work",
    )


@lru_cache(maxsize=1024)
def _category(did: TimeCategory, kind: str | None, bucket: str | None) -> TimeCategory:
    """Where one instant is booked: asked of `ledger_from_intervals`, which alone has the rules."""
    spans = [Span(start_ns=0, end_ns=1, category=did)]
    if bucket is not None:
        spans.append(Span(start_ns=0, end_ns=1, category=TimeCategory(bucket)))
    window = Window(address="", start_ns=0, end_ns=1)
    times = ledger_from_intervals(window, [window] if kind is not None else [], spans).times
    return next(each for each in TimeCategory if times[each])
