"""The plant file as far as a day needs it: stations, flow, standard times, reasons, shifts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import yaml

UNITS = {
    "ns": Fraction(1),
    "us": Fraction(1000),
    "ms": Fraction(10**6),
    "s": Fraction(10**9),
    "min": Fraction(60 * 10**9),
    "h": Fraction(3600 * 10**9),
    "d": Fraction(86400 * 10**9),
}
"""Nanoseconds in each unit of time."""

EMPTY = ("~", "null", "")
"""How an entry is taken out."""

Said: TypeAlias = Any
"""What stands in YAML: text, list or map."""

TYPES_MAX = 20
"""How deep types may use types."""

QUANTITY = re.compile(r"^\s*(-?[0-9.]+(?:e-?[0-9]+)?)\s*([a-z]+)")


@dataclass(frozen=True, kw_only=True)
class Tag:
    """One signal that a day is made of."""

    name: str
    role: str
    states: Mapping[str, str] = field(default_factory=dict)
    rolls_over: int | None = None
    derive: str = ""
    debounce_ns: int = 0
    through: str = ""


@dataclass(frozen=True, kw_only=True)
class Station:
    """One station with all that its types say."""

    address: str
    tags: tuple[Tag, ...]
    standard_ns: Mapping[str, int]
    cycle_pieces: int
    """Pieces that a cycle makes; 0: operations differ, or a load takes what is there."""
    micro_stop_ns: int
    reasons: str
    rate: tuple[Fraction, str] | None
    shifts: tuple[str, ...] | None
    connected: bool
    source: str

    def tag(self, role: str) -> Tag | None:
        """The tag with this role."""
        return next((tag for tag in self.tags if tag.role == role), None)


@dataclass(frozen=True, kw_only=True)
class Group:
    """A line with its flow, or a work centre."""

    address: str
    kind: str
    flow: tuple[str, ...]
    bottleneck: str


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site: its clock, its shifts, its stations."""

    name: str
    timezone: str
    day_starts: str
    shifts: Mapping[str, str]
    holidays: Mapping[str, tuple[str, ...]]
    stations: Mapping[str, Station]
    groups: Mapping[str, Group]
    trees: Mapping[str, Mapping[str, str]]


def nanoseconds(text: str) -> Fraction:
    """A time with its unit, exactly.

    >>> nanoseconds("1.5 min") == 90 * 10**9
    True
    """
    found = QUANTITY.match(str(text))
    if not found or found[2] not in UNITS:
        raise ValueError(f"no time: {text!r}")
    return Fraction(found[1]) * UNITS[found[2]]


def mean_ns(said: Said) -> Fraction:
    """Mean of a duration, short or long."""
    if isinstance(said, Mapping):
        if "mean" in said:
            return nanoseconds(said["mean"])
        corners = [nanoseconds(said[name]) for name in ("low", "mode", "high") if name in said]
        return sum(corners, Fraction(0)) / len(corners)
    parts = re.split(r"\s+to\s+", str(said))
    return sum((nanoseconds(part) for part in parts), Fraction(0)) / len(parts)


def merged(base: Said, over: Said) -> Said:
    """Maps joined key by key; what is empty takes out."""
    if not isinstance(base, Mapping) or not isinstance(over, Mapping):
        return over
    result = dict(base)
    for key, value in over.items():
        if isinstance(value, str) and value in EMPTY:
            result.pop(key, None)
        elif key in result:
            result[key] = merged(result[key], value)
        else:
            result[key] = value
    return result


def read(path: Path) -> dict[str, Any]:
    """All files of a plant as one map; everything in it is text."""
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    whole: Any = {}
    for file in files:
        said = yaml.load(file.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader makes text alone
        whole = merged(whole, said or {})
    return dict(whole)


def _resolved(said: Mapping[str, Any], types: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """What a station or type says, with what its types say below it."""
    if depth > TYPES_MAX:
        raise ValueError("types that use each other")
    used = said.get("use", [])
    whole: Any = {}
    for name in [used] if isinstance(used, str) else used:
        whole = merged(whole, _resolved(types[name], types, depth + 1))
    own = {key: value for key, value in said.items() if key != "use"}
    return dict(merged(whole, own))


def _cycle(said: Said) -> tuple[Fraction, int]:
    """Time of a cycle and its pieces."""
    if not isinstance(said, Mapping) or "time" not in said:
        return mean_ns(said), 1
    pieces = int(said.get("pieces", 1)) - int(said.get("blocked", 0))
    time = mean_ns(said["time"])
    if "per_piece" in said:
        time += mean_ns(said["per_piece"]) * pieces
    return time, pieces


def _cycle_pieces(station: Mapping[str, Any], plant: Mapping[str, Any]) -> int:
    """Pieces of a cycle of a station, where all of its operations give as many."""
    found = set()
    for operation, said in station.get("does", {}).items():
        batch = station.get("batch") or plant.get("operations", {}).get(operation, {}).get("batch")
        _, pieces = _cycle(said)
        is_load = int(batch or 1) > 1 and not (isinstance(said, Mapping) and "pieces" in said)
        found.add(0 if is_load else pieces)
    return found.pop() if len(found) == 1 else 0


def standards(station: Mapping[str, Any], address: str, plant: Mapping[str, Any]) -> dict[str, int]:
    """Standard time of a piece by operation, in ns, rounded down."""
    result = {}
    for operation, said in station.get("does", {}).items():
        time, pieces = _cycle(said)
        for other in plant.get("standard_times", []):
            at = other.get("at", "")
            if other["operation"] != operation or "product" in other:
                continue
            if not at or address == at or address.startswith(at + "/"):
                time = mean_ns(other["time"])
                pieces = 1 if other.get("per") == "piece" else pieces
        batch = station.get("batch") or plant.get("operations", {}).get(operation, {}).get("batch")
        is_load = isinstance(said, Mapping) and "pieces" in said  # its pieces are the load
        pieces *= int(station.get("places", 1)) * (1 if is_load else int(batch or 1))
        cycle_ns = time.numerator // time.denominator
        result[operation] = cycle_ns // pieces
    return result


def _tags(said: Mapping[str, Any]) -> tuple[Tag, ...]:
    return tuple(
        Tag(
            name=name,
            role=tag["role"],
            states=tag.get("map", {}),
            rolls_over=int(tag["rolls_over"]) if "rolls_over" in tag else None,
            derive=tag.get("derive", ""),
            debounce_ns=int(nanoseconds(tag["debounce"])) if "debounce" in tag else 0,
            through=tag.get("through", ""),
        )
        for name, tag in said.items()
        if isinstance(tag, Mapping) and "role" in tag
    )


def _rate(text: str | None) -> tuple[Fraction, str] | None:
    if not text:
        return None
    amount, rest = text.split()
    return Fraction(amount), rest.split("/")[0]


def _station(
    address: str, said: Mapping[str, Any], above: Mapping[str, Any], plant: Mapping[str, Any]
) -> Station:
    whole = _resolved(said, plant.get("types", {}))
    shifts = whole.get("shifts", above.get("shifts"))
    connect = whole.get("connect")
    gateway = connect.get("gateway") if isinstance(connect, Mapping) else None
    return Station(
        address=address,
        tags=_tags(whole.get("tags", {})),
        standard_ns=standards(whole, address, plant),
        cycle_pieces=_cycle_pieces(whole, plant),
        micro_stop_ns=int(nanoseconds(whole["micro_stop"])) if "micro_stop" in whole else 0,
        reasons=whole.get("reasons", ""),
        rate=_rate(whole.get("rate")),
        shifts=None if shifts is None else tuple([shifts] if isinstance(shifts, str) else shifts),
        connected=connect is not None,
        source=gateway or address.rsplit("/", maxsplit=1)[-1],
    )


def tree(said: Mapping[str, Any], above: str = "", bucket: str = "") -> dict[str, str]:
    """Bucket of each code of a reason tree, its own or that of the node above."""
    found = {}
    for name, node in said.items():
        code = f"{above}/{name}" if above else name
        here = node.get("bucket", bucket) if isinstance(node, Mapping) else bucket
        found[code] = here
        if isinstance(node, Mapping) and "reasons" in node:
            found.update(tree(node["reasons"], code, here))
    return found


def _mix(plant: Mapping[str, Any]) -> dict[str, tuple[Fraction, list[str]]]:
    """Weight and operations of the first route of each product."""
    products = {}
    demands = {
        name: Fraction(said["demand_per_week"])
        for name, said in plant.get("products", {}).items()
        if "demand_per_week" in said
    }
    for name, said in plant.get("products", {}).items():
        family = plant.get("families", {}).get(said.get("family", ""), {})
        route = said.get("route", family.get("route", []))
        if isinstance(route, Mapping):
            first = min(route.values(), key=lambda way: int(_keyed(way).get("preference", 1)))
            route = _keyed(first)["steps"]
        steps = [step if isinstance(step, str) else step["operation"] for step in route]
        weight = demands.get(name, Fraction(0)) if demands else Fraction(1)
        products[name] = (weight, steps)
    return products


def _keyed(way: Said) -> Mapping[str, Any]:
    return way if isinstance(way, Mapping) else {"steps": way}


def _bottleneck(flow: list[Station], plant: Mapping[str, Any]) -> str:
    """Of the flow, the station with the most standard time for a piece of the mix."""
    done = {operation for station in flow for operation in station.standard_ns}
    mix = [
        (weight, [step for step in steps if step in done]) for weight, steps in _mix(plant).values()
    ]
    work = []
    for station in flow:
        total = Fraction(0)
        for weight, steps in mix:
            for step in steps:
                if step in station.standard_ns:
                    able = sum(step in other.standard_ns for other in flow)
                    total += weight * station.standard_ns[step] / able
        work.append(total)
    return flow[work.index(max(work))].address.split("/")[-1] if flow else ""


def site_of(plant: Mapping[str, Any], name: str = "") -> Site:
    """One site of the plant."""
    name = name or next(iter(plant["sites"]))
    said = plant["sites"][name]
    stations: dict[str, Station] = {}
    groups: dict[str, Group] = {}
    for area, within in said.get("areas", {}).items():
        for kind in ("lines", "work_centres"):
            for group, content in within.get(kind, {}).items():
                at = f"{name}/{area}/{group}"
                for station, own in content["stations"].items():
                    address = f"{at}/{station}"
                    stations[address] = _station(address, own, content, plant)
                flow = [x for x in content.get("flow", []) if x in content["stations"]]
                members = flow or list(content["stations"])
                in_flow = [stations[f"{at}/{x}"] for x in members]
                groups[at] = Group(
                    address=at,
                    kind=kind,
                    flow=tuple(members),
                    bottleneck=_bottleneck(in_flow, plant) if kind == "lines" else "",
                )
    holidays = {
        day: tuple(what.get("open", ())) if isinstance(what, Mapping) else ()
        for day, what in said.get("holidays", {}).items()
    }
    return Site(
        name=name,
        timezone=said["timezone"],
        day_starts=said.get("day_starts", "00:00"),
        shifts=said.get("shifts", {}),
        holidays=holidays,
        stations=stations,
        groups=groups,
        trees={name: tree(nodes) for name, nodes in plant.get("reasons", {}).items()},
    )
