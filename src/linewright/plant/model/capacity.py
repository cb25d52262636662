"""How fast equipment is on paper: the least time between two pieces."""

from linewright.plant.model.equipment import Station


def seconds_per_piece(station: Station) -> float | None:
    """Return the least time between two pieces of a station in seconds; None when it makes none.

    The fastest of its operations counts, with all places at work and full loads.

    Examples
    --------
    >>> from linewright.plant.model.behaviour import Duration
    >>> from linewright.plant.model.equipment import Cycle
    >>> seconds_per_piece(Station(does={"mill": Cycle(time=Duration(mean_s=60.0), pieces=4)}))
    15.0
    """
    times = [
        cycle.expected_s / (cycle.pieces_per_cycle * station.places * (station.batch or 1))
        for cycle in station.does.values()
        if cycle.pieces_per_cycle
    ]
    return min(times, default=None)
