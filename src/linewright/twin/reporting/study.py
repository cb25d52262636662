"""What a report tells: plain values, whoever computed them."""

from collections.abc import Mapping

import msgspec

__all__ = [
    "STATES",
    "Asked",
    "Difference",
    "Figure",
    "Scenario",
    "Series",
    "StationFigures",
    "StoreFigures",
    "Study",
    "Value",
    "Worth",
]

STATES = ("running", "set_up", "blocked", "starved", "waiting", "down", "planned_stop", "closed")
"""States of a station in the order in which they are drawn; `waiting`: for people or things."""


class Value(msgspec.Struct, frozen=True):
    """A number with its interval, where one is known.

    Parameters
    ----------
    mean
        The estimate.
    low, high
        Ends of the interval; None: one run, no interval.
    """

    mean: float
    low: float | None = None
    high: float | None = None


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A key figure.

    Parameters
    ----------
    name
        Key of `linewright.twin.reporting.words`, or what people read.
    unit
        Its unit, empty for a count.
    value
        Mean and interval.
    note
        What else must be said.
    """

    name: str
    unit: str
    value: Value
    note: str = ""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked, and how to ask it again.

    Parameters
    ----------
    plant, address, label
        The plant, the place in it, and how people call that place.
    plant_rev, product
        Revision of the plant file; product, where only one is made.
    began_ns, timezone
        Plant time of the beginning, and the site's zone.
    hours, warm_up_h
        Time simulated in each replication, and how much of it is not counted.
    replications, seed, confidence
        How often, from which seed, and the level of the intervals.
    command
        The command that gives the same numbers.
    version
        Of linewright.
    """

    plant: str
    address: str
    label: str = ""
    plant_rev: str = ""
    product: str = ""
    began_ns: int = 0
    timezone: str = "UTC"
    hours: float
    warm_up_h: float = 0.0
    replications: int = 1
    seed: int = 0
    confidence: float = 0.95
    command: str = ""
    version: str = ""


class StationFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one station.

    Parameters
    ----------
    name, label
        Its address or name, and what people read.
    states
        Share of time in each of `STATES`.
    good, scrap
        Parts ended in a replication.
    failures
        In a replication.
    energy_kwh
        In a replication.
    is_bottleneck
        Whether it limits the line.
    """

    name: str
    label: str = ""
    states: Mapping[str, Value]
    good: Value | None = None
    scrap: Value | None = None
    failures: Value | None = None
    energy_kwh: Value | None = None
    is_bottleneck: bool = False


class StoreFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A buffer or queue: where it stands, its places and its mean level.

    Parameters
    ----------
    name, label
        Its address or name, and what people read.
    after
        Number of the station behind which it is drawn; -1: before the first; None: behind none,
        as the queue of a work centre.
    places
        None: without a limit.
    level
        Mean number of parts in it; None: not known.
    """

    name: str
    label: str = ""
    after: int | None
    places: int | None = None
    level: Value | None = None


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """Something over time, with a band.

    Parameters
    ----------
    name, unit
        As of a figure.
    hours
        Instants, from the beginning of the run.
    mean, low, high
        At each instant; without a band `low` and `high` are empty.
    """

    name: str
    unit: str
    hours: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A figure of a scenario less that of the basis, in pairs of equal chance.

    Parameters
    ----------
    figure, unit
        Which figure.
    value
        Difference and its paired interval.
    is_real
        Whether the interval, widened for all comparisons made, leaves zero out.
    """

    figure: str
    unit: str
    value: Value
    is_real: bool


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario beside the basis.

    Parameters
    ----------
    name
        What it is called.
    changes
        What differs from the basis, in words.
    figures, differences
        Its figures; against the basis (none for the basis itself).
    """

    name: str
    changes: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    differences: tuple[Difference, ...] = ()


class Worth(msgspec.Struct, frozen=True, kw_only=True):
    """What one change is worth.

    Parameters
    ----------
    change
        In words: one more place in a buffer, a tenth faster.
    unit
        Of the gain.
    gain
        With its interval.
    is_real
        Whether the interval leaves zero out.
    """

    change: str
    unit: str
    gain: Value
    is_real: bool


class Study(msgspec.Struct, frozen=True, kw_only=True):
    """All that one report tells; what is empty is left out of it.

    Parameters
    ----------
    asked
        What was asked.
    figures
        Key figures, the most important first.
    stations, stores
        In the order of the flow.
    labels
        What people call lines and work centres, by address.
    series
        Over time.
    scenarios
        The basis first.
    worth
        What is worth most, best first.
    forecast
        Bands from the state at the beginning.
    notes
        What the twin assumes and does not simulate.
    warnings
        What makes the numbers doubtful: a warm-up that was not found, too few replications.
    """

    asked: Asked
    figures: tuple[Figure, ...] = ()
    stations: tuple[StationFigures, ...] = ()
    stores: tuple[StoreFigures, ...] = ()
    labels: Mapping[str, str] = {}
    series: tuple[Series, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    worth: tuple[Worth, ...] = ()
    forecast: tuple[Series, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
