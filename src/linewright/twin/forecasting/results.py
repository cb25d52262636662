"""What a forecast holds: spreads at horizons, of the line, its stations and its orders."""

import itertools
import math
from collections.abc import Sequence

import msgspec

from linewright.plant import Address
from linewright.plant.records import Quantile
from linewright.twin.faults import TwinFault

__all__ = [
    "LEVELS",
    "ForecastInvalid",
    "Horizon",
    "LineForecast",
    "OrderForecast",
    "Spread",
    "StationForecast",
    "spread_of",
]

LEVELS = tuple(k / 20 for k in range(1, 20))
"""Probabilities of the quantiles: 0.05 to 0.95 in steps of 0.05."""


class ForecastInvalid(TwinFault):
    """A forecast that cannot be made or scored: no time ahead, too few futures, nothing counted."""


class Horizon(msgspec.Struct, frozen=True):
    """A moment that is looked at: its name, and when it is, plant time."""

    name: str
    at_ns: int


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution: its mean, and its quantiles with probability and value rising."""

    mean: float
    quantiles: tuple[Quantile, ...]

    def at(self, p: float) -> float:
        """Return the quantile of a probability, between the nearest two that are kept.

        Parameters
        ----------
        p
            Probability; below the first and above the last one these are given.

        Examples
        --------
        >>> spread_of([1.0, 2.0, 3.0]).at(0.5)
        2.0
        """
        known = self.quantiles
        if p <= known[0].p:
            return known[0].value
        for low, high in itertools.pairwise(known):
            if p <= high.p:
                share = (p - low.p) / (high.p - low.p)
                return low.value + share * (high.value - low.value)
        return known[-1].value


class StationForecast(msgspec.Struct, frozen=True, kw_only=True):
    """What is foreseen of one station.

    Parameters
    ----------
    address
        The station.
    good
        Good parts since the beginning, at each horizon.
    blocked, starved
        Share of the time since the beginning, at each horizon, mean over the futures.
    stops
        Probability of at least one failure since the beginning, at each horizon.
    bottleneck
        Probability that it waits least of all in the coming hour.
    """

    address: Address
    good: tuple[Spread, ...]
    blocked: tuple[float, ...]
    starved: tuple[float, ...]
    stops: tuple[float, ...]
    bottleneck: float


class OrderForecast(msgspec.Struct, frozen=True, kw_only=True):
    """When an order is expected to be done.

    Parameters
    ----------
    order
        Its number.
    left
        Good parts until then, those of the orders before it included.
    done
        Probability that it is done within the forecast.
    in_time
        Probability that it is done when it is due; None: it is not due within the forecast.
    end_s
        Seconds from the beginning until it is done. Quantiles above `done` are left out, and
        the mean is that of the futures in which it is done; None: it is done in none.
    """

    order: str
    left: int
    done: float
    in_time: float | None
    end_s: Spread | None


class LineForecast(msgspec.Struct, frozen=True, kw_only=True):
    """The next hours of a line as a distribution.

    Parameters
    ----------
    address
        The line.
    as_of_ns
        When it begins: time of the state that it was made from.
    age_s
        How old that state was; None: nobody said what time it was.
    horizons
        In order of time.
    replications, seed
        How many futures, and what they were drawn from.
    model
        What made it, with the revision of the plant.
    good
        Good parts that leave the line since the beginning, at each horizon.
    inside
        Parts in the line at each horizon.
    stations
        In the order of the flow.
    orders
        Open orders in the order in which they are made.
    valid
        Whether to rely on it.
    assumed
        What was not known and how it was taken instead, a sentence each.
    """

    address: Address
    as_of_ns: int
    age_s: float | None
    horizons: tuple[Horizon, ...]
    replications: int
    seed: int
    model: str
    good: tuple[Spread, ...]
    inside: tuple[Spread, ...]
    stations: tuple[StationForecast, ...]
    orders: tuple[OrderForecast, ...]
    valid: bool
    assumed: tuple[str, ...]

    @property
    def bottleneck(self) -> StationForecast | None:
        """The station that most likely waits least in the coming hour; None: all are closed."""
        found = max(self.stations, key=lambda one: one.bottleneck, default=None)
        return found if found is not None and found.bottleneck > 0 else None

    def at(self, address: Address | str) -> StationForecast:
        """Return what is foreseen of one station; `KeyError` when the line has none such."""
        for one in self.stations:
            if one.address == address:
                return one
        raise KeyError(address)


def spread_of(values: Sequence[float]) -> Spread:
    """Return the distribution of values, one a future.

    Parameters
    ----------
    values
        At least one, in any order.

    Returns
    -------
    Spread
        With the quantiles of `LEVELS`.

    Raises
    ------
    ForecastInvalid
        There is no value.

    Notes
    -----
    Quantile p stands at place `p (n - 1)` of the sorted values, between two neighbours in
    proportion (Hyndman and Fan 1996, definition 7). Cost: sorting.

    Examples
    --------
    >>> found = spread_of([4.0, 1.0, 3.0, 2.0, 5.0])
    >>> found.mean, found.at(0.5), found.at(0.25)
    (3.0, 3.0, 2.0)
    """
    if not values:
        raise ForecastInvalid("forecast", "there is no future", "play at least one")
    ordered = sorted(values)
    last = len(ordered) - 1
    quantiles = []
    for p in LEVELS:
        low = min(math.floor(p * last), last)
        high = min(low + 1, last)
        value = ordered[low] + (p * last - low) * (ordered[high] - ordered[low])
        quantiles.append(Quantile(p=p, value=round(value, 9)))
    return Spread(mean=math.fsum(values) / len(values), quantiles=tuple(quantiles))
