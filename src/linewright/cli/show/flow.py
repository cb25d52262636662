"""A line as people draw it, and how fast it is on paper."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import msgspec

from linewright.cli.ending import counted
from linewright.cli.terminal import joined
from linewright.plant import Address, Plant
from linewright.plant.model import Connection, Cycle, Line, Route, Station, Step, seconds_per_piece
from linewright.plant.standard import StandardTimes

__all__ = ["Rate", "drawn", "protocols", "rate_of", "rates", "side_buffers"]

SHOWN_MAX = 3
"""Bottlenecks that are named with their products; more are counted."""


class Rate(msgspec.Struct, frozen=True):
    """How fast a line makes a product on paper: the station that needs longest for a piece."""

    product: str
    station: str
    piece_s: float


def drawn(line: Line) -> str:
    """Return the flow of a line with the places of its buffers: `saw -(12)- mill -(rack)- wash`."""
    parts = list(line.flow[:1])
    for upstream, downstream in zip(line.flow, line.flow[1:], strict=False):
        buffer = line.buffers.get(f"{upstream}-{downstream}")
        if buffer is None or buffer.places == 0:
            parts.append("---")
        else:
            parts.append(f"-({'rack' if buffer.places is None else buffer.places})-")
        parts.append(downstream)
    return " ".join(parts)


def side_buffers(line: Line) -> Iterator[str]:
    """Yield the buffers that are not between two neighbours of the flow, drawn."""
    neighbours = set(zip(line.flow, line.flow[1:], strict=False))
    for upstream, downstream, buffer in line.links():
        if (upstream, downstream) not in neighbours:
            places = "rack" if buffer.places is None else buffer.places
            yield f"{upstream} -({places})- {downstream}"


def rates(plant: Plant, place: Address, line: Line, times: StandardTimes) -> list[Rate]:
    """Return how fast a line makes each product that it makes, on paper.

    A product's preferred route counts, with the steps that the line can do;
    stations that can do the same share it, so that none is busier than it need
    be. Without failures, set-ups, breaks, scrap and rework. Without products:
    the slowest station, each at the fastest of its operations.

    Notes
    -----
    Cost: products times steps times the stations that do a step.
    """
    found = []
    for product in plant.products:
        loads = _loads(plant, place, line, (product, times))
        if any(loads.values()):
            station, load_s = max(loads.items(), key=lambda item: item[1])
            found.append(Rate(product, station, load_s))
    if plant.products:
        return found
    known = {name: seconds_per_piece(station) or 0.0 for name, station in line.stations.items()}
    slowest = max(known, key=lambda name: known[name], default="")
    return [Rate("", slowest, known[slowest])] if known.get(slowest) else []


def _loads(
    plant: Plant, place: Address, line: Line, made: tuple[str, StandardTimes]
) -> dict[str, float]:
    """Return seconds of work that one piece of a product brings to each station of a line."""
    product, times = made
    day = dt.datetime.now(dt.UTC).date()
    needs: list[dict[str, float]] = []
    for step in _steps(plant, product):
        able = {}
        for name, station in line.stations.items():
            address = place.child(name)
            cycle = times.cycle(step.operation, product, address, day)
            if cycle is not None and _allowed(step, address) and cycle.pieces_per_cycle:
                able[name] = _piece_s(cycle, station)
        needs.append(able)
    loads: dict[str, float] = {}
    for able in sorted(filter(None, needs), key=len):
        _share(loads, able)
    return loads


def _share(loads: dict[str, float], able: dict[str, float]) -> None:
    """Add a step to the stations that can do it, so that the busiest of them is least busy.

    Some of them end equally busy, at (1 + sum of load / need) / (sum of 1 / need); those that
    are busier than that already do nothing of it.
    """
    weight, speed, level = 1.0, 0.0, float("inf")
    for name in sorted(able, key=lambda name: loads.get(name, 0.0)):
        if loads.get(name, 0.0) >= level:
            break
        if not able[name]:
            return  # what takes no time keeps nobody busy
        weight += loads.get(name, 0.0) / able[name]
        speed += 1.0 / able[name]
        level = weight / speed
    for name in able:
        loads[name] = max(loads.get(name, 0.0), level)


def _steps(plant: Plant, product: str) -> tuple[Step, ...]:
    routes = [route for route in plant.routes_of(product).values() if route.approved]
    best: Route | None = min(routes, key=lambda route: route.preference, default=None)
    return () if best is None else tuple(step for step in best.steps if step.when is None)


def _allowed(step: Step, address: Address) -> bool:
    return not step.at or any(Address(place).contains(address) for place in step.at)


def _piece_s(cycle: Cycle, station: Station) -> float:
    return cycle.expected_s / (cycle.pieces_per_cycle * station.places * (station.batch or 1))


def rate_of(found: list[Rate]) -> str:
    """Return rates as people read them, with the bottleneck.

    Examples
    --------
    >>> rate_of([Rate("p1", "mill", 58.0)])
    'standard rate 62.1/h, bottleneck mill (58 s a piece)'
    >>> rate_of([Rate("p1", "mill", 58.0), Rate("p2", "wash", 90.0)])
    'standard rate 40 to 62.1/h for 2 products, bottleneck mill (p1), wash (p2)'
    """
    if not found:
        return ""
    speeds = sorted({_number(3600 / rate.piece_s): rate.piece_s for rate in found}.items(), key=_s)
    stations: dict[str, list[str]] = {}
    for rate in found:
        stations.setdefault(rate.station, []).append(rate.product)
    if len(speeds) == 1 and len(stations) == 1:
        ((speed, piece_s),) = speeds
        return (
            f"standard rate {speed}/h, bottleneck {found[0].station} ({_number(piece_s)} s a piece)"
        )
    span = " to ".join(dict.fromkeys((speeds[0][0], speeds[-1][0])))
    named = joined([f"{name} ({_products(made)})" for name, made in stations.items()])
    return f"standard rate {span}/h for {counted(len(found), 'product')}, bottleneck {named}"


def _number(value: float) -> str:
    """Return a number with three digits that count."""
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if rounded == int(rounded) else f"{rounded:g}"


def _s(speed: tuple[str, float]) -> float:
    return -speed[1]


def _products(names: list[str]) -> str:
    return joined(names) if len(names) <= SHOWN_MAX else counted(len(names), "product")


def protocols(plant: Plant, site: str, stations: dict[str, Station]) -> str:
    """Return how many stations are reached by each protocol, and how many are not."""
    counts = Counter(
        _protocol(plant, site, connection)
        for station in stations.values()
        for connection in [station.connect, *station.connections.values()]
        if connection is not None
    )
    alone = sum(not station.connected for station in stations.values())
    parts = [f"{name} {count}" for name, count in sorted(counts.items())]
    if not parts:
        return "not connected"
    return joined([*parts, f"not connected {alone}" if alone else ""])


def _protocol(plant: Plant, site: str, connection: Connection) -> str:
    if connection.protocol != "gateway":
        return connection.protocol or "unknown"
    gateway = plant.sites[site].gateways.get(connection.endpoint or "")
    name = gateway.protocol if gateway is not None else None
    return f"{name or 'unknown'} by {connection.endpoint}"
