"""Losses: the waterfall with the events behind each bar, and stops summed by reason."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from linewright.live.day.course import Course
from linewright.live.day.plan import DayPlan
from linewright.live.day.timeline import timeline
from linewright.plant.kpi import Ledger, TimeCategory, waterfall
from linewright.plant.model import FrozenMap

__all__ = ["LossBar", "LossEvent", "Pareto", "ParetoRow", "losses", "pareto"]

EVENTS_MAX = 200
"""Events listed with one bar, the longest; what was lost in all the others stands beside them."""
_NS_PER_H = Decimal(3600 * 10**9)
_CENT = Decimal("0.01")
_GROUPS: Mapping[str, str] = FrozenMap({each.value: each.group.value for each in TimeCategory})
_WAITING = frozenset({TimeCategory.BLOCKED, TimeCategory.STARVED})
_NO_STOPS = frozenset(
    {
        TimeCategory.PRODUCING,
        TimeCategory.UNKNOWN,
        TimeCategory.NO_SHIFT,
    }
)


class LossEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What of a window one event cost; `stop` is the id of a downtime event, where it is one.

    Examples
    --------
    >>> LossEvent(address="n/m/b/saw", start_ns=0, end_ns=5, ns=5).code
    ''
    """

    address: str
    start_ns: int
    end_ns: int
    ns: int
    stop: str = ""
    code: str = ""
    by: Literal["person", "machine", ""] = ""


class LossBar(msgspec.Struct, frozen=True, kw_only=True):
    """One bar of the waterfall and the events behind it.

    Parameters
    ----------
    code
        A time category, or one of the bars of production time.
    percent
        Printed share of calendar time; all bars together give 100.0.
    group
        Group of the category; ``output`` for the bars of production time.
    count, events
        How many events there are, and the longest of them.
    """

    code: str
    ns: int
    left_ns: int
    percent: Decimal
    group: str
    count: int = 0
    events: tuple[LossEvent, ...] = ()


class ParetoRow(msgspec.Struct, frozen=True, kw_only=True):
    """Stops of one cause in a window.

    Parameters
    ----------
    code, category
        The reason, empty where none was given, and where it is booked.
    ns, count
        Time inside the window, and how many stops touch the window.
    money
        What these station hours cost; None where a rate is missing or currencies differ.
    """

    code: str
    category: TimeCategory
    ns: int
    count: int
    money: Decimal | None = None


class Pareto(msgspec.Struct, frozen=True, kw_only=True):
    """Stops summed by cause, the largest first.

    Examples
    --------
    >>> Pareto().rows
    ()
    """

    rows: tuple[ParetoRow, ...] = ()
    currency: str = ""


def losses(
    ledger: Ledger,
    courses: Sequence[Course],
    start_ns: int,
    end_ns: int,
    *,
    events_max: int = EVENTS_MAX,
) -> tuple[LossBar, ...]:
    """Return the waterfall of a ledger with the events behind each bar.

    Parameters
    ----------
    ledger
        Of a station, or rolled up from several.
    courses
        The stations it is made of; of a flow line as one work unit, its bottleneck.
    start_ns, end_ns
        The window of the ledger.
    events_max
        How many events to list with a bar.

    Returns
    -------
    tuple of LossBar
        The events of a time category together are its bar; `count` counts the unlisted too.

    Examples
    --------
    >>> from linewright.plant.kpi import Times
    >>> ledger = Ledger(address="n/m/b/saw", calendar_ns=5, times=Times(unknown_ns=5))
    >>> [(each.code, str(each.percent)) for each in losses(ledger, (), 0, 5) if each.ns]
    [('unknown', '100.0')]
    """
    falls = waterfall(ledger)
    behind: dict[str, list[LossEvent]] = {}
    for course in courses:
        for category, event in _events(course, start_ns, end_ns):
            behind.setdefault(category.value, []).append(event)
    return tuple(
        LossBar(
            code=bar.code,
            ns=bar.ns,
            left_ns=bar.left_ns,
            percent=percent,
            group=_GROUPS.get(bar.code, "output"),
            count=len(behind.get(bar.code, ())),
            events=tuple(sorted(behind.get(bar.code, ()), key=_longest)[:events_max]),
        )
        for bar, percent in zip(falls.bars, falls.percents(), strict=True)
    )


def pareto(
    plan: DayPlan,
    courses: Sequence[Course],
    start_ns: int,
    end_ns: int,
    *,
    by: Literal["time", "count", "money"] = "time",
    waiting: bool = False,
) -> Pareto:
    """Return the stops of stations summed by cause.

    Parameters
    ----------
    plan
        The site; it knows what a station hour costs.
    courses
        The stations.
    start_ns, end_ns
        The window.
    by
        What the order goes by.
    waiting
        Whether blocked and starved count too.

    Returns
    -------
    Pareto
        Its times by category are those of the ledgers. Micro-stops are one row, whatever the
        machine says of them. Planned breaks are no stops.

    Examples
    --------
    >>> from linewright.live.day.plan import plan_of
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> _ = plant.site("reno", timezone="UTC", currency="USD")
    >>> pareto(plan_of(plant.done(), "r1", "reno"), (), 0, 5)
    Pareto(rows=(), currency='')
    """
    sums: dict[tuple[TimeCategory, str], list[tuple[str, str, int]]] = {}
    for course in courses:
        for each in timeline(course, start_ns, end_ns):
            counts = each.is_work and each.category not in _NO_STOPS
            if counts and (waiting or each.category not in _WAITING):
                code = "" if each.category is TimeCategory.MICRO_STOP else each.code
                found = sums.setdefault((each.category, code), [])
                found.append((course.plan.address, each.stop, each.length_ns))
    rates = {
        address: (plan.stations[address].rate_per_h, plan.stations[address].currency)
        for found in sums.values()
        for address, _, _ in found
    }
    currencies = {currency for rate, currency in rates.values() if rate is not None}
    is_known = len(currencies) == 1 and all(rate is not None for rate, _ in rates.values())
    rows = [
        ParetoRow(
            code=code,
            category=category,
            ns=sum(ns for _, _, ns in found),
            count=len({(address, stop) for address, stop, _ in found}),
            money=_money(found, rates) if is_known else None,
        )
        for (category, code), found in sums.items()
    ]
    rows.sort(key=lambda row: (-_weight(row, by), -row.ns, row.category.value, row.code))
    return Pareto(rows=tuple(rows), currency=currencies.pop() if is_known else "")


def _weight(row: ParetoRow, by: str) -> Decimal | int:
    if by == "count":
        return row.count
    return row.money if by == "money" and row.money is not None else row.ns


def _money(
    found: Sequence[tuple[str, str, int]], rates: Mapping[str, tuple[Decimal | None, str]]
) -> Decimal:
    whole = sum(((rates[address][0] or 0) * Decimal(ns) for address, _, ns in found), Decimal(0))
    return (whole / _NS_PER_H).quantize(_CENT)


def _longest(event: LossEvent) -> tuple[int, int, str]:
    return -event.ns, event.start_ns, event.address


def _events(course: Course, start_ns: int, end_ns: int) -> Iterator[tuple[TimeCategory, LossEvent]]:
    """Stretches side by side in one category and of one stop, as one event each."""
    held: tuple[TimeCategory, LossEvent] | None = None
    for each in timeline(course, start_ns, end_ns):
        if held is not None:
            category, event = held
            same = category is each.category and (event.stop, event.code) == (each.stop, each.code)
            if same:
                held = (
                    category,
                    msgspec.structs.replace(
                        event, end_ns=each.end_ns, ns=event.ns + each.length_ns
                    ),
                )
                continue
            yield held
        held = (
            each.category,
            LossEvent(
                address=course.plan.address,
                start_ns=each.start_ns,
                end_ns=each.end_ns,
                ns=each.length_ns,
                stop=each.stop,
                code=each.code,
                by=each.by,
            ),
        )
    if held is not None:
        yield held
