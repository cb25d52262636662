"""What the pages should show of a window: losses, hours, stops, Pareto, strips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tools.recompute.calendar import Window
from tools.recompute.day import STANDING, Booked, Course, overlap
from tools.recompute.ledger import Ledger, indicators, percents, waterfall
from tools.recompute.plantfile import Group, Site

SECOND = 10**9
HOUR = 3600 * SECOND
RED = Fraction(9, 10)
RED_AFTER_NS = 15 * 60 * SECOND
OUTPUT = ("speed_loss", "no_standard_time", "scrap", "rework", "unjudged")
"""Bars of what was made too slowly, or not well."""

WAITING = ("blocked", "starved")
"""Time that is no stop of the station: it is lost elsewhere."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A line, work centre, area or site with what its stations did."""

    address: str
    groups: Mapping[str, Group]
    courses: Mapping[str, Course]

    @property
    def line(self) -> Group | None:
        """The line, where the place is one."""
        group = self.groups.get(self.address)
        return group if group and group.kind == "lines" else None


def place_of(site: Site, courses: Mapping[str, Course], address: str) -> Place:
    """A place of the site."""

    def within(of: str) -> bool:
        return of == address or of.startswith(address + "/")

    return Place(
        address=address,
        groups={at: group for at, group in site.groups.items() if within(at)},
        courses={at: course for at, course in courses.items() if within(at)},
    )


def standard_of(course: Course) -> int | None:
    """Standard time of a piece at a station of one operation."""
    values = set(course.station.standard_ns.values())
    return values.pop() if len(values) == 1 else None


def line_ledger(group: Group, courses: Mapping[str, Course], a: int, b: int) -> Ledger:
    """What a line gave compared with what its bottleneck could."""
    at = {name: courses[f"{group.address}/{name}"] for name in group.flow}
    limits = at[group.bottleneck]
    standard = standard_of(limits)
    result = limits.ledger(a, b, standard)
    result.counts = {}
    behind = group.flow[group.flow.index(group.bottleneck) :]
    inside = [[made for made in at[name].made if a <= made.t_ns < b] for name in behind]
    good = sum(made.good - made.reworked for made in inside[-1])
    scrap = sum(made.scrap for station in inside for made in station)
    rework = sum(made.rework for station in inside for made in station)
    result.count(standard, (good + scrap + rework, good, scrap, rework))
    return result


def losses(place: Place, a: int, b: int) -> dict[str, Any]:
    """Bars in ns and shares, indicators of the place and of its stations."""
    whole = Ledger()
    for address, group in place.groups.items():
        if group.kind == "lines":
            whole.add(line_ledger(group, place.courses, a, b))
            continue
        for station, course in place.courses.items():
            if station.startswith(address + "/"):
                whole.add(course.ledger(a, b, standard_of(course)))
    bars = waterfall(whole)
    stations = {
        address: indicators(course.ledger(a, b, standard_of(course)))
        for address, course in place.courses.items()
    }
    return {
        "calendar_s": sum(bars.values()) / SECOND,
        "bars": {name: ns / SECOND for name, ns in bars.items()},
        "percents": percents(bars),
        "kpis": indicators(whole),
        "stations": stations,
    }


def hours(place: Place, window: Window, known_ns: int) -> dict[str, Any]:
    """Target, due, good, scrap, gap, red and losses of each hour of a line."""
    group = place.line
    if group is None:
        return {}
    limits = place.courses[f"{group.address}/{group.bottleneck}"]
    last = place.courses[f"{group.address}/{group.flow[-1]}"]
    standard = standard_of(limits)
    if not standard:
        return {}
    behind = [place.courses[f"{group.address}/{name}"] for name in group.flow]
    behind = behind[group.flow.index(group.bottleneck) :]
    rows = []
    gap = Fraction(0)
    target_end = Fraction(0)
    at = window.from_ns
    while at < window.until_ns:
        end = min(at + HOUR, window.until_ns)
        row, due = _hour(limits, standard, (at, end), known_ns)
        target_end += Fraction(overlap(limits.plan.working, at, end), standard)
        if at < known_ns:
            upto = min(end, known_ns)
            good = sum(made.good for made in last.made if at <= made.t_ns < upto)
            row["good"] = good
            row["scrap"] = sum(
                made.scrap for course in behind for made in course.made if at <= made.t_ns < upto
            )
            gap += good - due
            row["gap"] = float(gap)
            judged = end <= known_ns or overlap(limits.plan.working, at, upto) >= RED_AFTER_NS
            row["red"] = judged and good < RED * due
        rows.append(row)
        at = end
    return {"hours": rows, "target_end": float(target_end), "rate_per_h": HOUR / standard}


def _hour(
    limits: Course, standard: int, span: tuple[int, int], known_ns: int
) -> tuple[dict[str, Any], Fraction]:
    at, end = span
    planned = overlap(limits.plan.working, at, end)
    row: dict[str, Any] = {
        "from_ms": at // 10**6,
        "until_ms": end // 10**6,
        "planned_s": planned / SECOND,
        "target": planned / standard,
        "unexplained_s": 0.0,
    }
    upto = min(end, known_ns)
    if upto <= at:
        return row, Fraction(0)
    due = Fraction(overlap(limits.plan.working, at, upto), standard)
    row["due"] = float(due)
    ledger = limits.ledger(at, upto, standard)
    bars = {name: ns for name, ns in waterfall(ledger).items() if name in OUTPUT}
    for x, y, category in limits.stretches(at, upto):
        if category != "producing":
            bars[category] = bars.get(category, 0) + overlap(limits.plan.working, x, y)
    row["lost_s"] = {name: ns / SECOND for name, ns in bars.items() if ns > 0}
    row["unexplained_s"] = ledger.ns["no_reason"] / SECOND
    return row, due


def touching(course: Course, a: int, b: int) -> list[Booked]:
    """Parts of events with working time inside a window; of silence only what once was known."""
    known_ns = next((p.from_ns for p in course.pieces if p.state != "unknown"), b)
    return [
        one
        for one in course.booked
        if one.until_ns > a
        and one.from_ns < b
        and (one.state != "unknown" or one.from_ns >= known_ns)
        and overlap(course.plan.working, max(a, one.from_ns), min(b, one.until_ns))
    ]


def stops(place: Place, a: int, b: int) -> dict[str, Any]:
    """Stops that are no micro-stops, and how many micro-stops each station had."""
    listed = []
    micro: dict[str, int] = {}
    for address, course in place.courses.items():
        for one in touching(course, a, b):
            if one.category == "micro_stop":
                micro[address] = micro.get(address, 0) + 1
            elif one.category not in WAITING:
                listed.append(
                    {
                        "address": address,
                        "from_ms": one.from_ns // 10**6,
                        "s": (one.until_ns - one.from_ns) / SECOND,
                        "state": one.state,
                        "category": one.category,
                        "reason": one.code,
                        "by": one.by,
                    }
                )
    return {
        "stops": sorted(listed, key=lambda stop: (stop["address"], stop["from_ms"])),
        "micro": micro,
    }


def pareto(place: Place, a: int, b: int) -> list[tuple[str, float, int]]:
    """Working time of stops by code, with how many touch the window."""
    sums: dict[tuple[str, str], list[int]] = {}
    for course in place.courses.values():
        for one in touching(course, a, b):
            if one.state not in (*STANDING, "set_up", "planned_stop") and not one.code:
                continue
            x, y = max(a, one.from_ns), min(b, one.until_ns)
            row = sums.setdefault((one.category, one.code), [0, 0])
            row[0] += overlap(course.plan.working, x, y)
            row[1] += 1
    rows = [
        (code or ("" if kind == "no_reason" else kind), ns / SECOND, count)
        for (kind, code), (ns, count) in sums.items()
    ]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def strips(course: Course, a: int, b: int) -> Sequence[tuple[int, int, str]]:
    """Stretches with their categories, in ms."""
    return [(x // 10**6, y // 10**6, category) for x, y, category in course.stretches(a, b)]
