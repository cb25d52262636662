"""The figures of a place over a window: each kind comes from one function here, for every page.

Sites, Line, Losses and the shift report show the same OEE because they call `figures` with the
same address and window; what was worked out for one of them is there for the others.
"""

from bisect import bisect_left

import msgspec

from linewright.live.day import (
    Course,
    Made,
    Period,
    StationBook,
    Stop,
    course_of,
    group_ledger,
    heard_on,
    line_ledger,
    made_in,
    output_of,
    station_ledger,
    stops,
)
from linewright.plant import Address
from linewright.plant.kpi import Ledger, kpis
from linewright.server.book.keeping import Kept
from linewright.server.book.reckoning.plain import NS_PER_H, finite
from linewright.server.book.reckoning.windows import window_view
from linewright.server.known import Moment
from linewright.server.views.day import WindowView

__all__ = [
    "Figures",
    "course_at",
    "cut_ns",
    "figures",
    "ledger_at",
    "lines_of",
    "made_at",
    "so_far",
    "stops_at",
    "window_of",
]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a place did over a window."""

    ledger: Ledger
    made: Made

    @property
    def oee(self) -> float | None:
        """OEE; None where it is not defined."""
        return finite(kpis(self.ledger).oee)

    def kpis(self) -> dict[str, float]:
        """Return the indicators that are defined, by name."""
        found = msgspec.structs.asdict(kpis(self.ledger))
        return {name: value for name, value in found.items() if finite(value) is not None}


def course_at(kept: Kept, moment: Moment, station: str) -> Course:
    """Return the course of a station as far as it was heard.

    What was worked out before is used again: where nothing came only the last run is new, and
    parts do not change the course.
    """
    book = kept.book_of(station)
    heard_ns = kept.heard_ns(station, moment)
    before: Course | None = kept.latest(("course", station))

    def made() -> Course:
        if before is None or heard_ns < before.until_ns or not _same(before.book, book):
            return course_of(kept.plan.stations[station], book, heard_ns)
        newest_ns = max(heard_ns, book.told_ns)
        return heard_on(msgspec.structs.replace(before, book=book), newest_ns)

    return kept.memo(("course", station), (book.version, heard_ns), made)


def _same(one: StationBook, other: StationBook) -> bool:
    """Whether two books give one course: they may differ in parts, jobs and forecasts."""
    if one.version == other.version:
        return True
    return (one.since_ns, one.states, one.reasons, one.gaps) == (
        other.since_ns,
        other.states,
        other.reasons,
        other.gaps,
    )


def ledger_at(kept: Kept, moment: Moment, station: str, period: Period) -> Ledger:
    """Return the ledger of a station over a window: the sum of its hours, each kept by itself.

    An hour is worked out anew only when a span or a part of it has changed.
    """
    course = course_at(kept, moment, station)
    hours = [
        _hour(kept, course, from_ns, min(from_ns + NS_PER_H, period.end_ns))
        for from_ns in range(period.start_ns, period.end_ns, NS_PER_H)
    ]
    if not hours:
        return station_ledger(kept.plan, course, period.start_ns, period.end_ns)
    return hours[0] if len(hours) == 1 else group_ledger(hours, str(station))


def _hour(kept: Kept, course: Course, from_ns: int, until_ns: int) -> Ledger:
    first, last = (
        bisect_left(course.book.parts, t_ns, key=lambda each: each.t_ns)
        for t_ns in (from_ns, until_ns)
    )
    jobs = course.book.jobs
    version = until_ns, course.spans_at(from_ns, until_ns), course.book.parts[first:last], jobs
    return kept.memo(
        ("ledger", course.plan.address, from_ns),
        version,
        lambda: station_ledger(kept.plan, course, from_ns, until_ns),
    )


def stops_at(kept: Kept, moment: Moment, station: str, period: Period) -> tuple[Stop, ...]:
    """Return the downtime events of a station that overlap a window, whole.

    What was heard of an event behind `cut_ns` is left out: there it still goes on.
    """
    course = course_at(kept, moment, station)
    until_ns = cut_ns(kept, moment, station)
    key = "stops", station, period.start_ns, period.end_ns
    version = course.book.version, course.until_ns, until_ns

    def made() -> tuple[Stop, ...]:
        found = stops(course, period.start_ns, min(period.end_ns, until_ns))
        return tuple(_cut(course, each, until_ns) for each in found)

    return kept.memo(key, version, made)


def _cut(course: Course, stop: Stop, until_ns: int) -> Stop:
    if stop.end_ns <= until_ns:
        return stop
    return msgspec.structs.replace(
        stop,
        end_ns=until_ns,
        is_open=stop.kind != "unknown",
        worked_ns=course.hours.worked_ns(stop.start_ns, until_ns),
    )


def figures(kept: Kept, moment: Moment, address: str, period: Period) -> Figures:
    """Return what a place did over a window.

    Parameters
    ----------
    kept, moment
        The book, and now.
    address
        A station, line, work centre, area or the site.
    period
        The window; for one that is open, as far as it is known (`so_far`).

    Returns
    -------
    Figures
        Of a flow line as one work unit, with the time of its bottleneck and the output of its
        end; of a work centre, area or site the sum of what stands in it, lines as work units.
    """
    key = "figures", address, period.start_ns, period.end_ns
    stations = [str(each.address) for each in kept.plan.stations_in(address)]
    version = tuple(
        (course.book.version, min(course.until_ns, period.end_ns))
        for course in (course_at(kept, moment, each) for each in stations)
    )
    return kept.memo(key, version, lambda: _figures(kept, moment, Address(address), period))


def made_at(kept: Kept, address: str, from_ns: int, until_ns: int) -> Made:
    """Return what left the lines of a place in a window."""
    found = [_made(kept, address, line, from_ns, until_ns) for line in lines_of(kept, address)]
    return Made(
        good=sum(each.good for each in found),
        scrap=sum(each.scrap for each in found),
        rework=sum(each.rework for each in found),
    )


def cut_ns(kept: Kept, moment: Moment, address: str) -> int:
    """Return the instant at which every figure of a place ends; of a station that of its line."""
    return kept.told_ns(_stations_of(kept, address), moment)


def so_far(kept: Kept, moment: Moment, address: str, period: Period) -> Period:
    """Return a window as far as it is known: that of every figure of one answer.

    Parameters
    ----------
    kept, moment
        The book, and now.
    address
        The place that the answer is about.
    period
        The whole window.
    """
    end_ns = max(period.start_ns, min(period.end_ns, cut_ns(kept, moment, address)))
    return msgspec.structs.replace(period, end_ns=end_ns)


def window_of(kept: Kept, moment: Moment, address: str, period: Period) -> WindowView:
    """Return a window as views tell it: how far its figures go, how often late data changed it.

    Its watermark is the end of `so_far`; None: nothing was ever heard of the place.
    """
    is_heard = any(kept.heard_ns(each, moment) for each in _stations_of(kept, address))
    return window_view(
        period,
        moment,
        watermark_ns=cut_ns(kept, moment, address) if is_heard else None,
        revision=kept.revision(address, period.start_ns, period.end_ns),
    )


def _stations_of(kept: Kept, address: str) -> list[str]:
    lines = (kept.plan.lines[line] for line in lines_of(kept, address))
    return [str(each) for line in lines for each in line.stations]


def lines_of(kept: Kept, address: str) -> list[str]:
    """Return the lines and work centres of a place; of a station the one that it stands in."""
    return [
        str(line)
        for line in kept.plan.lines
        if f"{line}/".startswith(f"{address}/") or address.startswith(f"{line}/")
    ]


def _made(kept: Kept, address: str, line: str, from_ns: int, until_ns: int) -> Made:
    if address.startswith(f"{line}/"):
        return made_in(kept.day.station(address), from_ns, until_ns)
    books = {str(each): kept.day.station(each) for each in kept.plan.lines[line].stations}
    return output_of(kept.plan, line, books, from_ns, until_ns)


def _figures(kept: Kept, moment: Moment, address: Address, period: Period) -> Figures:
    made = made_at(kept, address, period.start_ns, period.end_ns)
    if address.station is not None:
        return Figures(ledger=ledger_at(kept, moment, address, period), made=made)
    if address in kept.plan.lines:
        return Figures(ledger=_unit(kept, moment, address, period), made=made)
    units = [
        _unit(kept, moment, Address(line), period)
        for line in kept.plan.lines
        if line.startswith(f"{address}/")
    ]
    return Figures(ledger=group_ledger(units, address), made=made)


def _unit(kept: Kept, moment: Moment, line: Address, period: Period) -> Ledger:
    """Return a flow line as one work unit; a work centre as the sum of its stations."""
    stations = kept.plan.lines[line].stations
    ledgers = {str(each): ledger_at(kept, moment, each, period) for each in stations}
    found = line_ledger(kept.plan, line, ledgers, period.day)
    return group_ledger(list(ledgers.values()), line) if found is None else found
