"""A line as records tell that it was at the end of a time: where its twin may begin."""

from collections.abc import Iterator

from linewright.plant import Address, Plant
from linewright.plant.model import Line
from linewright.plant.records import BufferNow, LineState, StationNow, StationState
from linewright.twin.calibrate.seeing.levels import level_at, mean_level
from linewright.twin.calibrate.seeing.observe import Observations, Seen

__all__ = ["present"]


def present(plant: Plant, seen: Observations) -> LineState:
    """Return a line as it was when a time of observation ended.

    Parameters
    ----------
    plant
        The plant.
    seen
        What was seen of the line until then: `Calibration.seen`.

    Returns
    -------
    LineState
        The last known state of each station, and the parts in each buffer of a flow.

    Notes
    -----
    Where the parts in a buffer cannot be told at that moment, it is their mean over the time;
    where that cannot be told either, it is none. Cost: n log n in the stretches and counts.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin.calibrate import observe
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> plant = plant.done()
    >>> now = present(plant, observe(plant, "reno/shop/pump", [], 0, 3600 * 10**9))
    >>> now.as_of_ns, now.stations[0].state.value
    (3600000000000, 'unknown')
    """
    return LineState(
        address=seen.at,
        as_of_ns=seen.until_ns,
        plant_rev=REVISION,
        stations=tuple(_now(one, seen.until_ns) for one in seen.stations),
        buffers=tuple(_levels(plant, seen)),
    )


REVISION = "calibrated"
"""What stands for the revision of a plant that is no file."""


def _now(one: Seen, t_ns: int) -> StationNow:
    last = next((each for each in reversed(one.line.stretches) if each.since_ns < t_ns), None)
    if last is None:
        state = StationState.UNKNOWN
        return StationNow(address=one.address, state=state, since_ns=t_ns, seen_ns=t_ns)
    return StationNow(
        address=one.address,
        state=last.state,
        since_ns=last.since_ns,
        seen_ns=min(last.until_ns, t_ns),
        reason=last.code or None,
    )


def _levels(plant: Plant, seen: Observations) -> Iterator[BufferNow]:
    group = dict(plant.groups()).get(seen.at)
    if not isinstance(group, Line):
        return
    lines = {one.address.name: one.line for one in seen.stations}
    for up, down in zip(group.flow, group.flow[1:], strict=False):
        buffer = group.buffers.get(f"{up}-{down}")
        places = 0 if buffer is None else buffer.places
        level: float | None = level_at(lines[up], lines[down], places, seen.until_ns)
        if level is None:
            level = mean_level(lines[up], lines[down], places, seen) or 0.0
        yield BufferNow(address=Address(f"{seen.at}/{up}-{down}"), count=round(level))
