"""Ledgers of stations over any window, and of lines, areas and the site from them."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Mapping, Sequence

import msgspec

from linewright.live.day.course import Course
from linewright.live.day.plan import DayPlan
from linewright.live.day.records import StationBook
from linewright.live.day.windows import day_at, intervals_of
from linewright.plant.kpi import (
    Counts,
    Ledger,
    Span,
    TimeCategory,
    Window,
    flow_line,
    ledger_from_intervals,
    roll_up,
)
from linewright.plant.records import JobStatus, Parts, Quality

__all__ = ["Made", "group_ledger", "line_ledger", "made_in", "output_of", "station_ledger"]

_BAD = int(Quality.BAD)
_WORKED_ON = frozenset({JobStatus.SET_UP, JobStatus.STARTED, JobStatus.RESUMED})


class Made(msgspec.Struct, frozen=True):
    """Parts that left a station in a window: all good ones, those after rework too, and scrap.

    Examples
    --------
    >>> Made(good=3, scrap=1).good
    3
    """

    good: int = 0
    scrap: int = 0
    rework: int = 0


def station_ledger(plan: DayPlan, course: Course, start_ns: int, end_ns: int) -> Ledger:
    """Return the ledger of a station over a window: time by category, parts, failures.

    Parameters
    ----------
    plan
        The site.
    course
        The station.
    start_ns, end_ns
        The window, UTC; the end is not inside.

    Returns
    -------
    Ledger
        Its times are those of `timeline`. Parts belong to the window that holds their time, be it
        the window's first instant, and count by product and standard time.

    Notes
    -----
    Windows side by side add up to the ledger of the whole. Linear in what overlaps the window.

    Examples
    --------
    >>> from linewright.live.day.plan import plan_of
    >>> from linewright.live.day.course import course_of
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> site = plant.site("reno", timezone="UTC", currency="USD")
    >>> _ = site.area("shop").line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> plan = plan_of(plant.done(), "r1", "reno")
    >>> turn = plan.stations["reno/shop/pump/turn"]
    >>> course = course_of(turn, StationBook(address=turn.address, version=0))
    >>> station_ledger(plan, course, 0, 60).times.unknown_ns
    60
    """
    calendar = intervals_of(course.plan.calendar, start_ns, end_ns)
    breaks = tuple(
        Span(start_ns=one.start_ns, end_ns=one.end_ns, category=TimeCategory(one.bucket))
        for one in calendar
        if one.bucket is not None
    )
    window = Window(address=course.plan.address, start_ns=start_ns, end_ns=end_ns)
    ledger = ledger_from_intervals(window, calendar, (*course.spans_at(start_ns, end_ns), *breaks))
    counts = _counts(plan, course.book, start_ns, end_ns)
    return msgspec.structs.replace(ledger, counts=counts)


def made_in(book: StationBook, start_ns: int, end_ns: int) -> Made:
    """Return the parts that left a station in a window, whatever they were.

    Parameters
    ----------
    book
        The station's records.
    start_ns, end_ns
        The window.

    Returns
    -------
    Made
        Good ones with those that came back from rework: what goes on to the next station.

    Examples
    --------
    >>> made_in(StationBook(address="reno/shop/pump/turn", version=0), 0, 5)
    Made(good=0, scrap=0, rework=0)
    """
    rows = _parts(book, start_ns, end_ns)
    return Made(
        good=sum(each.good for each in rows),
        scrap=sum(each.scrap for each in rows),
        rework=sum(each.rework for each in rows),
    )


def output_of(
    plan: DayPlan, line: str, books: Mapping[str, StationBook], start_ns: int, end_ns: int
) -> Made:
    """Return the output of a line in a window: of its last station, or of all of a work centre.

    Scrap and rework are those of all of its stations.

    Parameters
    ----------
    plan
        The site.
    line
        Address of the line or work centre.
    books
        Records of its stations, by address.
    start_ns, end_ns
        The window.

    Examples
    --------
    >>> from linewright.live.day.plan import plan_of
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> site = plant.site("reno", timezone="UTC", currency="USD")
    >>> _ = site.area("shop").line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> output_of(plan_of(plant.done(), "r1", "reno"), "reno/shop/pump", {}, 0, 5).good
    0
    """
    found = plan.lines[line]
    made = {
        each: made_in(books[each], start_ns, end_ns) for each in found.stations if each in books
    }
    return Made(
        good=sum(made[each].good for each in found.outputs if each in made),
        scrap=sum(each.scrap for each in made.values()),
        rework=sum(each.rework for each in made.values()),
    )


def group_ledger(ledgers: Sequence[Ledger], address: str) -> Ledger:
    """Add the ledgers of stations: of a line, work centre, area or site.

    Parameters
    ----------
    ledgers
        Of the stations, of one window or several.
    address
        What the sum is about.

    Examples
    --------
    >>> group_ledger([], "reno").calendar_ns
    0
    """
    return roll_up(ledgers, address)


def line_ledger(
    plan: DayPlan, line: str, ledgers: Mapping[str, Ledger], day: dt.date
) -> Ledger | None:
    """Return a flow line as one work unit: the time of its bottleneck, the output of its end.

    Parameters
    ----------
    plan
        The site.
    line
        Address of the line.
    ledgers
        Of its stations over one window, by address.
    day
        Day whose standard times say which station is the bottleneck.

    Returns
    -------
    Ledger or None
        None for a work centre, and where no bottleneck is known or a standard time changed
        within the window.

    Examples
    --------
    >>> from linewright.live.day.plan import plan_of
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> site = plant.site("reno", timezone="UTC", currency="USD")
    >>> _ = site.area("shop").work_centre("pump").station("turn", does={"turn": "48 s"})
    >>> plan = plan_of(plant.done(), "r1", "reno")
    >>> line_ledger(plan, "reno/shop/pump", {}, dt.date(2026, 1, 5)) is None
    True
    """
    found = plan.lines[line]
    limit, _ = plan.limit(line, day)
    flow = [ledgers[each] for each in found.flow if each in ledgers]
    if limit is None or len(flow) < len(found.flow):
        return None
    try:
        return flow_line(flow, line, limited_by=found.flow.index(limit))
    except ValueError:
        return None


def _counts(plan: DayPlan, book: StationBook, start_ns: int, end_ns: int) -> tuple[Counts, ...]:
    """Pieces by product and standard time; good means in the first pass (docs/kpi.md)."""
    sums: dict[tuple[str, int], list[int]] = {}
    products = _Products(book)
    dates = _Dates(plan)
    for each in _parts(book, start_ns, end_ns):
        product = each.product or products.at(each.t_ns)
        standard_ns = plan.standards.ns(
            book.address, product, each.operation or "", dates.at(each.t_ns)
        )
        row = sums.setdefault((product, standard_ns or 0), [0, 0, 0])
        row[0] += each.good - each.reworked
        row[1] += each.scrap
        row[2] += each.rework
    return tuple(
        Counts(
            product=product,
            standard_ns=standard_ns or None,
            produced=sum(row),
            good=row[0],
            scrap=row[1],
            rework=row[2],
        )
        for (product, standard_ns), row in sorted(sums.items())
    )


def _parts(book: StationBook, start_ns: int, end_ns: int) -> list[Parts]:
    first = bisect_left(book.parts, start_ns, key=lambda each: each.t_ns)
    last = bisect_left(book.parts, end_ns, key=lambda each: each.t_ns)
    return [each for each in book.parts[first:last] if not each.quality & _BAD]


class _Products:
    """Which product a station worked on, by its jobs; empty where that is not known."""

    def __init__(self, book: StationBook) -> None:
        self._jobs = [
            each for each in book.jobs if each.status in _WORKED_ON and each.product is not None
        ]

    def at(self, t_ns: int) -> str:
        """Return the product of the last job that was begun."""
        k = bisect_left(self._jobs, t_ns + 1, key=lambda each: each.t_ns)
        return (self._jobs[k - 1].product or "") if k else ""


class _Dates:
    """Production day of an instant, looked up only where standard times depend on it."""

    def __init__(self, plan: DayPlan) -> None:
        self._plan = plan
        self._day = dt.date(2000, 1, 1)
        self._start_ns = self._end_ns = 0

    def at(self, t_ns: int) -> dt.date:
        """Return the day; parts come in order of time, so the last day is looked at first."""
        if self._plan.standards.is_dated and not self._start_ns <= t_ns < self._end_ns:
            found = day_at(self._plan.calendar, t_ns)
            self._day, self._start_ns, self._end_ns = found.day, found.start_ns, found.end_ns
        return self._day
