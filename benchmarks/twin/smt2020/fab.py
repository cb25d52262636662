"""The fab as a plant: tool groups are work centres, lots are pieces.

What the tables say and the plant does not: the longest waits between steps, the tool that a lot
must come back to, set-ups (they go by step, in the plant by product or family) and the fewest
lots between two of them. A step that is done on a share of the lots is done on all of them, in
this share of its time: the tools have the same work.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.twin.smt2020.tables import SECONDS, Row, around, due_s, rows, seconds
from linewright.plant import Address, Plant, PlantBuilder
from linewright.plant.records import How, Order, OrderKind, OrderStatus

NS = 10**9
PLACE = "fab"
PIECES = 25
"""Wafers of a lot."""
PRIORITY = {"10": 0, "20": 5, "30": 9}
"""Of an order: ordinary, hot, and hotter than these."""
CASCADES = "2.0"
"""Of a tool that begins the next lot before it has ended the last one."""


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What a tool group does at a step.

    Parameters
    ----------
    operation, group
        Its name, and the tool group.
    busy
        Mean seconds of a tool, and half the width of their uniform distribution.
    after
        Likewise the seconds until the lot stands in front of the next step.
    load
        Fewest and most lots in one load.
    often
        Times a second, as lots are released.
    """

    operation: str
    group: str
    busy: tuple[float, float]
    after: tuple[float, float]
    load: tuple[int, int]
    often: float

    @property
    def share(self) -> float:
        """Tools that it keeps busy, with full loads."""
        return self.busy[0] * self.often / self.load[1]


class Fab(msgspec.Struct, frozen=True, kw_only=True):
    """The plant, and what its file has no word for.

    Parameters
    ----------
    plant, orders
        The plant, and the lots that are released.
    lots
        Those inside at the start: product, step from 0, release and due in seconds, priority.
    first_s
        When each rule of maintenance of each tool group is due first, and how often it is, in
        seconds of work or of the calendar.
    """

    plant: Plant
    orders: tuple[Order, ...]
    lots: tuple[tuple[str, int, float, float, int], ...]
    first_s: Mapping[tuple[str, str], tuple[float, float]]


def fab(tables: Path, days: float) -> Fab:
    """Return the fab, with the lots that are released in so many days."""
    tools = {row["STNFAM"]: row for row in rows(tables / "tool.txt.1l")}
    routes = {row["PART"]: rows(tables / row["ROUTEFILE"]) for row in rows(tables / "part.txt")}
    releases = rows(tables / "order.txt")
    (travel,) = rows(tables / "fromto.txt")
    way = around(travel, ("DTIME", "DTIME2", "DUNITS"))
    builder = PlantBuilder("smt2020")
    area = builder.site(PLACE, timezone="UTC", currency="USD").area("tools")
    works: dict[str, list[Work]] = defaultdict(list)
    for part, steps in routes.items():
        often = sum(1.0 / gap_s(row) for row in releases if row["PART"] == part)
        done = [work(part, row, tools[row["STNFAM"]], (way, often)) for row in steps]
        for one in done:
            works[one.group].append(one)
        builder.product(part, route=[_step(*pair) for pair in zip(done, steps, strict=True)])
    stops, breaks, first_s = _stops(tables, works)
    for name, tool in tools.items():
        centre = area.work_centre(name.lower())
        for k, keys in enumerate(_stations(works[name], int(float(tool["STNQTY"])))):
            keys |= {"maintenance": stops[name], "fails": breaks.get(tool["STNGRP"], {})}
            centre.station(f"tool_{k}", **keys)
    orders, lead_s = _orders(releases, days)
    inside = _inside(tables, lead_s, {part: len(steps) for part, steps in routes.items()})
    return Fab(plant=builder.done(), orders=orders, lots=inside, first_s=first_s)


def gap_s(row: Row) -> float:
    """Return the time between two releases of a row of the table of orders."""
    return seconds(row, "REPEAT", "RUNITS")


def text(mean: float, half: float) -> str:
    """Return a uniform time as it stands in a plant file."""
    return f"{mean - half!r} s to {mean + half!r} s" if half > 0.0 else f"{mean!r} s"


def work(part: str, row: Row, tool: Row, how: tuple[tuple[float, float], float]) -> Work:
    """Return what is done at a step; `how`: the way to the next one, and how often lots come.

    A tool that cascades is free for the next lot after its interval, while the lot stays inside
    for its whole time; loading and unloading then count for the lot only.
    """
    (way_s, way_half), often = how
    whole, half = around(row, ("PTIME", "PTIME2", "PTUNITS"))
    handling = seconds(tool, "LTIME", "LTUNITS") + seconds(tool, "ULTIME", "ULTUNITS")
    share = float(row["StepPercent"] or 100.0) / 100.0
    own, own_half = whole, half
    if row["PartInterval"]:
        each = seconds(row, "PartInterval", "PartIntUnits")
        whole, own, own_half = whole + (PIECES - 1) * each, PIECES * each, 0.0
    elif row["PTPER"] == "per_piece":
        whole = own = whole * PIECES
        half = own_half = half * PIECES
    elif row["BatchInterval"]:
        own, own_half = seconds(row, "BatchInterval", "BatchIntUnits"), 0.0
    busy, more, spread = own + handling, 0.0, way_half
    if tool["STNCAP"] == CASCADES:
        busy, more = own, whole + handling - own
        spread = (way_half**2 + (half * share) ** 2) ** 0.5  # of equal variance
    least, most = (int(row[name]) // PIECES if row[name] else 1 for name in ("BATCHMN", "BATCHMX"))
    return Work(
        operation=f"{part}_{row['STEP']}",
        group=row["STNFAM"],
        busy=(busy * share, own_half * share),
        after=(way_s + more * share, spread),
        load=(least, most),
        often=often,
    )


def _step(done: Work, row: Row) -> dict[str, Any]:
    """Return a step of a route; a lot that comes back often is never scrapped for it."""
    keys: dict[str, Any] = {"operation": done.operation, "wait": text(*done.after)}
    if row["REWORK"]:
        part = done.operation.rsplit("_", 1)[0]
        back = {"rework_to": f"{part}_{row['RWKSTEP']}", "rework": f"{row['REWORK']} %"}
        keys |= {**back, "rework_limit": 100}
    return keys


def _stations(works: Sequence[Work], tools: int) -> list[dict[str, Any]]:
    """Return the stations of a tool group: one for each size of load, tools by the work it has."""
    loads: dict[tuple[int, int], list[Work]] = defaultdict(list)
    for one in works:
        loads[one.load].append(one)
    total = sum(one.share for one in works)
    found, left = [], tools
    for k, (load, those) in enumerate(sorted(loads.items())):
        others = len(loads) - 1 - k
        wanted = round(tools * sum(one.share for one in those) / total)
        places = max(1, min(wanted, left - others)) if others else left
        left -= places
        does = {one.operation: text(*one.busy) for one in those}
        keys: dict[str, Any] = {"places": places, "does": does}
        if load[1] > 1:
            keys |= {"batch_least": load[0], "batch": load[1]}
        found.append(keys)
    return found


Stops = dict[str, dict[str, Any]]


def _stops(
    tables: Path, works: Mapping[str, Sequence[Work]]
) -> tuple[Stops, Stops, dict[tuple[str, str], tuple[float, float]]]:
    """Return maintenance by tool group, breakdowns by kind of tool, and first instants."""
    down = {row["DOWNCALNAME"]: row for row in rows(tables / "downcal.txt")}
    kept = {row["PMCALNAME"]: row for row in rows(tables / "pmcal.txt")}
    stops: Stops = defaultdict(dict)
    breaks: Stops = {}
    first_s: dict[tuple[str, str], tuple[float, float]] = {}
    for row in rows(tables / "attach.txt"):
        group, name = row["RESNAME"], row["CALNAME"]
        if row["CALTYPE"] == "down":
            life, repair = (seconds(down[name], one, f"{one}UNITS") for one in ("MTTF", "MTTR"))
            breaks[group] = {"every": f"{life!r} s", "repair": f"{repair!r} s", "clock": "calendar"}
            continue
        rule = kept[name]
        clock = "calendar" if rule["MTBPMUNITS"] in SECONDS else "operation"
        unit_s = SECONDS.get(rule["MTBPMUNITS"]) or piece_s(works[group])
        every_s, foa_s = float(rule["MTBPM"]) * unit_s, float(row["FOA"]) * unit_s
        takes = text(*around(rule, ("MTTR", "MTTR2", "MTTRUNITS")))
        short = name.rsplit("_", 1)[1].lower()
        stops[group][short] = {"every": f"{every_s!r} s", "clock": clock, "takes": takes}
        first_s[group.lower(), short] = (foa_s, every_s)
    return stops, breaks, first_s


def piece_s(works: Sequence[Work]) -> float:
    """Return the seconds of a tool for a wafer, over all that a tool group does."""
    return sum(one.share for one in works) / sum(one.often for one in works) / PIECES


def _orders(releases: Sequence[Row], days: float) -> tuple[tuple[Order, ...], dict[str, float]]:
    """Return the lots that are released, and how long after it each kind is due."""
    found: list[Order] = []
    lead_s = {row["LOT"]: due_s(row) for row in releases}
    for row in releases:
        found += [_order(row, k) for k in range(int(days * 86_400.0 / gap_s(row)) + 1)]
    return tuple(found), lead_s


def _order(row: Row, k: int) -> Order:
    """Return the order for one lot; the first one is released at the start."""
    begins_s = k * gap_s(row)
    return Order(
        address=Address(PLACE),
        t_ns=0,
        seen_ns=0,
        plant_rev="r1",
        how=How.IMPORT,
        source="smt2020",
        kind=OrderKind.PRODUCTION,
        order=f"{row['LOT']}-{k}",
        status=OrderStatus.RELEASED,
        product=row["PART"],
        quantity=Decimal(1),
        earliest_ns=round(begins_s * NS),
        due_ns=round((begins_s + due_s(row)) * NS),
        priority=PRIORITY[row["PRIOR"]],
    )


def _inside(
    tables: Path, lead_s: Mapping[str, float], steps: Mapping[str, int]
) -> tuple[tuple[str, int, float, float, int], ...]:
    """Return the lots inside, first released first; those at their last steps are left out."""
    found = []
    for row in rows(tables / "WIP.txt"):
        part, step = row["PART"], int(row["CURSTEP"])
        if step >= steps[part] - 1:
            continue
        kind = row["LOT"].removeprefix("Init_").rsplit("_", 1)[0]
        due = due_s(row)
        found.append((due - lead_s[kind], part, step - 1, due, PRIORITY[row["PRIOR"]]))
    return tuple((part, k, born, due, first) for born, part, k, due, first in sorted(found))
