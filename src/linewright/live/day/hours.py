"""Hour by hour of a line: target, what came, the gap, what was lost, and where it will end.

Target: the standard rate of the bottleneck times its planned working time, by the calendar.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import msgspec

from linewright.live.day.course import Course
from linewright.live.day.ledgers import Made, output_of, station_ledger
from linewright.live.day.plan import DayPlan, LinePlan
from linewright.live.day.timeline import Stretch, timeline
from linewright.live.day.windows import HOUR_NS, day_at, hour_windows, intervals_of
from linewright.plant import Address
from linewright.plant.kpi import TimeCategory, waterfall
from linewright.plant.model import FrozenMap
from linewright.plant.records import Forecast, ForecastKind

__all__ = ["Hour", "HourByHour", "Projection", "hour_by_hour"]

RED_SHARE = 0.9
"""An hour with less than this share of its target is red: a reason is asked for."""
RED_AFTER_NS = HOUR_NS // 4
"""An hour that still goes on is judged after so much working time: before, one part decides."""
FORECAST_AGE_NS = 45 * 60 * 10**9
"""A forecast older than this says nothing of now: three times the time between two."""
PACE_AFTER_NS = HOUR_NS // 4
"""Working time of a window before its pace is believed."""
PACE_HOURS = 2
"""Whole hours of a window before its slowest and fastest give the band."""
BAND = (0.1, 0.9)
"""Probabilities at the ends of the band of a forecast."""
_MIN_NS = 60 * 10**9
_OUTPUT = ("speed_loss", "scrap", "rework")


class Hour(msgspec.Struct, frozen=True, kw_only=True):
    """One hour of a line; the last of a window may be shorter.

    Parameters
    ----------
    planned_ns
        Planned working time of the bottleneck; of a work centre that of all stations.
    target, due
        Parts wanted in the hour, and of these what was due by now; None: no standard time.
    good, scrap
        Parts that came; None in an hour that has not begun.
    gap
        Good parts less what was due, from the first hour on.
    lost
        What the bottleneck lost, by bar of the waterfall: working time without production by
        category, unknown inside, and of production time what was slower than standard, scrapped
        or reworked.
    category, code, code_ns
        The largest of these, its reason code, and how long it was.
    unexplained_ns
        Of the loss, what waits for a reason.
    is_red
        Whether so little came that a reason is asked for.
    is_over
        Whether it lies in the past whole.
    """

    start_ns: int
    end_ns: int
    planned_ns: int
    target: float | None = None
    due: float | None = None
    good: int | None = None
    scrap: int = 0
    gap: float | None = None
    lost: Mapping[str, int] = FrozenMap()
    category: str = ""
    code: str = ""
    code_ns: int = 0
    unexplained_ns: int = 0
    is_red: bool = False
    is_over: bool = False


class Projection(msgspec.Struct, frozen=True, kw_only=True):
    """Good parts at the end of a window if nothing changes.

    Parameters
    ----------
    by
        ``twin``: a forecast record; ``pace``: the pace of the window so far goes on.
    mean, low, high
        Of the twin the band holds eight of ten futures. Of the pace it is what the slowest and
        the fastest whole hour would give; before two whole hours, nothing more and the standard
        rate.
    t_ns
        When it was made.
    record
        Id of the forecast.
    """

    by: Literal["twin", "pace"]
    mean: float
    low: float
    high: float
    t_ns: int
    record: str = ""


class HourByHour(msgspec.Struct, frozen=True, kw_only=True):
    """A shift or a day of a line, hour by hour.

    Parameters
    ----------
    bottleneck, standard_ns
        The station that limits the line by standard work, and its time per piece.
    target
        Parts wanted in the whole window.
    good
        Good parts until now.
    """

    address: str
    start_ns: int
    end_ns: int
    as_of_ns: int
    hours: tuple[Hour, ...]
    bottleneck: str = ""
    standard_ns: int | None = None
    target: float | None = None
    due: float | None = None
    good: int = 0
    scrap: int = 0
    projection: Projection | None = None


def hour_by_hour(
    plan: DayPlan,
    line: str,
    courses: Mapping[str, Course],
    window: tuple[int, int],
    as_of_ns: int,
    *,
    forecasts: Sequence[Forecast] = (),
) -> HourByHour:
    """Return a shift or a day of a line hour by hour.

    Parameters
    ----------
    plan
        The site.
    line
        Address of a line or work centre.
    courses
        Of its stations, by address.
    window
        Start and end, usually of a shift or production day.
    as_of_ns
        Now, event time: what lies behind is not judged.
    forecasts
        Those of the line.

    Returns
    -------
    HourByHour
        Hours of true time from the start of the window: 23 or 25 on a day with a clock change.

    Notes
    -----
    Linear in what the stations did in the window.

    Examples
    --------
    >>> from linewright.live.day.plan import plan_of
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> site = plant.site("reno", timezone="UTC", currency="USD")
    >>> _ = site.area("shop").line("pump", flow=["turn"]).station("turn", does={"turn": "60 s"})
    >>> plan = plan_of(plant.done(), "r1", "reno")
    >>> now_ns = 9001 * HOUR_NS
    >>> window = now_ns - HOUR_NS, now_ns + HOUR_NS
    >>> found = hour_by_hour(plan, "reno/shop/pump", {}, window, now_ns)
    >>> [(each.target, each.good, each.gap) for each in found.hours]
    [(60.0, 0, -60.0), (60.0, None, None)]
    """
    start_ns, end_ns = window
    rate = _Rate(plan, plan.lines[line], day_at(plan.calendar, start_ns).day)
    seen = _Seen(plan, line, courses, rate, as_of_ns)
    hours: list[Hour] = []
    for each in hour_windows(start_ns, end_ns):
        hours.append(seen.hour(start_ns, each, sum(one.good or 0 for one in hours)))
    until_ns = max(start_ns, min(as_of_ns, end_ns))
    whole = seen.made(start_ns, until_ns)
    return HourByHour(
        address=line,
        start_ns=start_ns,
        end_ns=end_ns,
        as_of_ns=as_of_ns,
        hours=tuple(hours),
        bottleneck=rate.bottleneck or "",
        standard_ns=rate.standard_ns,
        target=rate.target(start_ns, end_ns),
        due=rate.target(start_ns, until_ns),
        good=whole.good,
        scrap=whole.scrap,
        projection=_projection(seen, hours, (start_ns, end_ns), forecasts),
    )


class _Rate:
    """Planned time and target of a line."""

    def __init__(self, plan: DayPlan, line: LinePlan, day: dt.date) -> None:
        self._plan = plan
        self.bottleneck: Address | None
        self.bottleneck, self.standard_ns = plan.limit(line.address, day)
        limits = line.flow[-1:] if self.bottleneck is None else (self.bottleneck,)
        self.stations: tuple[Address, ...] = limits if line.is_flow else line.stations
        """Whose time counts: the bottleneck, or all of a work centre."""
        self._standards = {
            each: self.standard_ns if line.is_flow else plan.standards.work_ns(each, day)
            for each in self.stations
        }

    def planned_ns(self, start_ns: int, end_ns: int) -> int:
        """Return the planned working time in a window."""
        return sum(self._worked_ns(each, start_ns, end_ns) for each in self.stations)

    def target(self, start_ns: int, end_ns: int) -> float | None:
        """Return the parts wanted in a window; None where no standard time is known."""
        wanted = self.wanted(start_ns, end_ns)
        return None if wanted is None else float(wanted)

    def wanted(self, start_ns: int, end_ns: int) -> Fraction | None:
        """Return the target as an exact number, for what is taken from it."""
        known = [(each, ns) for each, ns in self._standards.items() if ns]
        if not known:
            return None
        return sum(
            (Fraction(self._worked_ns(each, start_ns, end_ns), ns) for each, ns in known),
            Fraction(0),
        )

    def _worked_ns(self, station: str, start_ns: int, end_ns: int) -> int:
        calendar = self._plan.stations[station].calendar
        intervals = intervals_of(calendar, start_ns, end_ns)
        return sum(one.end_ns - one.start_ns for one in intervals if one.kind == "work")


class _Seen:
    """What a line did, as far as it is known now."""

    def __init__(
        self,
        plan: DayPlan,
        line: str,
        courses: Mapping[str, Course],
        rate: _Rate,
        as_of_ns: int,
    ) -> None:
        self._plan, self._line, self._courses = plan, line, courses
        self._books = {address: course.book for address, course in courses.items()}
        self.rate, self.as_of_ns = rate, as_of_ns

    def made(self, start_ns: int, end_ns: int) -> Made:
        """Return the output of the line in a window."""
        return output_of(self._plan, self._line, self._books, start_ns, end_ns)

    def hour(self, first_ns: int, window: tuple[int, int], good_before: int) -> Hour:
        """Return one hour; `first_ns` is where the gap is counted from, and what came since."""
        start_ns, end_ns = window
        target = self.rate.target(start_ns, end_ns)
        planned_ns = self.rate.planned_ns(start_ns, end_ns)
        if self.as_of_ns <= start_ns:
            return Hour(start_ns=start_ns, end_ns=end_ns, planned_ns=planned_ns, target=target)
        until_ns = min(end_ns, self.as_of_ns)
        made = self.made(start_ns, until_ns)
        due, all_due = self.rate.target(start_ns, until_ns), self.rate.wanted(first_ns, until_ns)
        stretches = self._stretches(start_ns, until_ns)
        sums = self._output_losses(start_ns, until_ns)
        for each in stretches:
            code = "" if each.category is TimeCategory.MICRO_STOP else each.code
            key = each.category.value, code
            sums[key] = sums.get(key, 0) + each.length_ns
        lost: dict[str, int] = {}
        for (name, _), ns in sums.items():
            lost[name] = lost.get(name, 0) + ns
        (category, code), code_ns = _largest(sums)
        is_over = end_ns <= self.as_of_ns
        worked_ns = self.rate.planned_ns(start_ns, until_ns)
        is_judged = is_over or worked_ns >= RED_AFTER_NS * len(self.rate.stations)
        return Hour(
            start_ns=start_ns,
            end_ns=end_ns,
            planned_ns=planned_ns,
            target=target,
            due=due,
            good=made.good,
            scrap=made.scrap,
            gap=None if all_due is None else float(good_before + made.good - all_due),
            lost=FrozenMap(lost),
            category=category,
            code=code,
            code_ns=code_ns,
            unexplained_ns=lost.get(TimeCategory.NO_REASON.value, 0),
            is_red=bool(is_judged and due and made.good < RED_SHARE * due),
            is_over=is_over,
        )

    def _output_losses(self, start_ns: int, end_ns: int) -> dict[tuple[str, str], int]:
        """Production time of the bottleneck that gave no good part in standard time."""
        sums: dict[tuple[str, str], int] = {}
        for station in self.rate.stations:
            if station in self._courses:
                course = self._courses[station]
                falls = waterfall(station_ledger(self._plan, course, start_ns, end_ns))
                for code in _OUTPUT:
                    sums[code, ""] = sums.get((code, ""), 0) + falls[code]
        return {key: ns for key, ns in sums.items() if ns > 0}

    def _stretches(self, start_ns: int, end_ns: int) -> list[Stretch]:
        """Working time without production of the bottleneck."""
        return [
            each
            for station in self.rate.stations
            if station in self._courses
            for each in timeline(self._courses[station], start_ns, end_ns)
            if each.is_work and each.category is not TimeCategory.PRODUCING
        ]


def _largest(sums: Mapping[tuple[str, str], int]) -> tuple[tuple[str, str], int]:
    """Return the loss with the most time, by category and code; of equals the first by name."""
    if not sums:
        return ("", ""), 0
    return min(sums.items(), key=lambda item: (-item[1], item[0]))


def _projection(
    seen: _Seen, hours: Sequence[Hour], window: tuple[int, int], forecasts: Sequence[Forecast]
) -> Projection | None:
    start_ns, end_ns = window
    as_of_ns = seen.as_of_ns
    if not start_ns < as_of_ns < end_ns:
        return None
    good = seen.made(start_ns, as_of_ns).good
    holding = [
        each
        for each in forecasts
        if each.kind is ForecastKind.OUTPUT
        and each.subject is None
        and each.valid
        and not each.void
        and each.until_ns == end_ns
        and start_ns <= each.for_ns <= as_of_ns <= each.for_ns + FORECAST_AGE_NS
    ]
    if holding:
        best = max(holding, key=lambda each: (each.for_ns, each.seen_ns, each.id))
        before = seen.made(start_ns, best.for_ns).good
        low, high = (max(good, before + _quantile(best, p)) for p in BAND)
        mean = _quantile(best, 0.5) if best.mean is None else best.mean
        held = min(max(low, before + mean), high)
        return Projection(by="twin", mean=held, low=low, high=high, t_ns=best.t_ns, record=best.id)
    return _by_pace(seen, hours, window, good)


def _quantile(forecast: Forecast, p: float) -> float:
    """Value of a probability, on the straight line between the quantiles beside it."""
    points = forecast.quantiles
    if p <= points[0].p:
        return points[0].value
    for low, high in pairwise(points):
        if p <= high.p:
            return low.value + (p - low.p) / (high.p - low.p) * (high.value - low.value)
    return points[-1].value


def _by_pace(
    seen: _Seen, hours: Sequence[Hour], window: tuple[int, int], good: int
) -> Projection | None:
    start_ns, end_ns = window
    done_ns = seen.rate.planned_ns(start_ns, seen.as_of_ns)
    left_ns = seen.rate.planned_ns(seen.as_of_ns, end_ns)
    if done_ns < PACE_AFTER_NS:
        return None
    mean = good + good * left_ns / done_ns
    rates = [
        each.good / each.planned_ns
        for each in hours
        if each.is_over and each.good is not None and each.planned_ns >= _MIN_NS
    ]
    if len(rates) >= PACE_HOURS:
        low, high = good + min(rates) * left_ns, good + max(rates) * left_ns
    else:
        low, high = float(good), good + (seen.rate.target(seen.as_of_ns, end_ns) or 0.0)
    return Projection(
        by="pace",
        mean=mean,
        low=min(low, mean),
        high=max(high, mean),
        t_ns=seen.as_of_ns,
    )
