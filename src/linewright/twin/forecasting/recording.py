"""Forecasts as records, so that history keeps each as it was made, and what came beside it."""

from collections.abc import Mapping

from linewright.plant import Address
from linewright.plant.records import Forecast, ForecastKind, How, Quality, Quantile, revise
from linewright.twin.forecasting.horizons import NS, NS_PER_H
from linewright.twin.forecasting.results import ForecastInvalid, LineForecast, Spread

__all__ = ["PIECES", "SOURCE", "records_of", "settled"]

SOURCE = "twin"
PIECES = "pieces"
"""Unit of forecasts of output."""
HOURS = "h"
"""Unit of forecasts of completion: since the beginning."""
TEXT_MAX = 2000
"""Longest caveat that a record takes."""
RULE = "naive: the rate of the last hour goes on"
NAIVE_DIGITS = 6


def records_of(
    made: LineForecast,
    *,
    seen_ns: int,
    rates: Mapping[Address, float] | None = None,
    simulated: bool = False,
) -> tuple[Forecast, ...]:
    """Return a forecast as records: good parts of the line and its stations, ends of orders.

    Parameters
    ----------
    made
        The forecast.
    seen_ns
        Wall clock.
    rates
        Good parts an hour in the last hour, by line and station: the naive forecast.
    simulated
        Whether the plant is emulated.

    Returns
    -------
    tuple
        Of kind `output` one for each horizon of the line, and for each station that of the
        first hour (of a shorter forecast its last horizon); of kind `completion` one for each
        order that is done in some future. Their ids follow from line, time, model and horizon:
        the same forecast made twice is one.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.plant.records import LineState
    >>> from linewright.twin import compile_line
    >>> from linewright.twin.forecasting.forecasting import forecast
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "60 s"})
    >>> model = compile_line(plant.done(), "reno/shop/pump")
    >>> now = LineState(address=model.address, as_of_ns=0, plant_rev="r1")
    >>> made = forecast(model, now, hours=1, replications=2, seed=1, jit=False)
    >>> [(each.address.name, each.mean) for each in records_of(made, seen_ns=1)]
    [('pump', 15.0), ('pump', 60.0), ('turn', 60.0)]
    """
    quality = Quality.ESTIMATED | (Quality.SIMULATED if simulated else 0)
    caveat = _caveat(made, named_rule=bool(rates))
    found: list[Forecast] = []

    def add(address: Address, until_ns: int, spread: Spread, order: str | None = None) -> None:
        is_output = order is None
        hours = (until_ns - made.as_of_ns) / NS_PER_H
        rate = (rates or {}).get(address) if is_output else None
        found.append(
            Forecast(
                address=address,
                t_ns=made.as_of_ns,
                seen_ns=seen_ns,
                plant_rev=made.model.partition("@")[2],
                how=How.INFERRED,
                source=SOURCE,
                quality=int(quality),
                kind=ForecastKind.OUTPUT if is_output else ForecastKind.COMPLETION,
                subject=order,
                for_ns=made.as_of_ns,
                until_ns=until_ns,
                unit=PIECES if is_output else HOURS,
                mean=spread.mean,
                quantiles=spread.quantiles,
                model=made.model,
                naive=None if rate is None else round(rate * hours, NAIVE_DIGITS),
                trained_until_ns=made.as_of_ns,
                valid=made.valid,
                caveat=caveat,
            )
        )

    for horizon, spread in zip(made.horizons, made.good, strict=True):
        add(made.address, horizon.at_ns, spread)
    k = _first_hour(made)
    for one in made.stations:
        add(one.address, made.horizons[k].at_ns, one.good[k])
    for order in made.orders:
        if order.end_s is not None:
            add(made.address, made.horizons[-1].at_ns, _in_hours(order.end_s), order.order)
    return tuple(found)


def _first_hour(made: LineForecast) -> int:
    """Return which horizon is kept of stations: more of each would outweigh what they made."""
    hour_ns = made.as_of_ns + NS_PER_H
    last = len(made.horizons) - 1
    return next((k for k, one in enumerate(made.horizons) if one.at_ns == hour_ns), last)


def _in_hours(spread: Spread) -> Spread:
    per_h = NS / NS_PER_H
    quantiles = tuple(Quantile(p=one.p, value=one.value * per_h) for one in spread.quantiles)
    return Spread(mean=spread.mean * per_h, quantiles=quantiles)


def _caveat(made: LineForecast, *, named_rule: bool) -> str:
    said = [f"{made.replications} futures, seed {made.seed}", *made.assumed]
    said += [RULE] if named_rule else []
    text = "; ".join(said)
    return text if len(text) <= TEXT_MAX else text[: TEXT_MAX - 3] + "..."


def settled(record: Forecast, actual: float, *, seen_ns: int) -> Forecast:
    """Return the revision of a forecast that says what came.

    Parameters
    ----------
    record
        The forecast as it was made.
    actual
        What came, in its unit.
    seen_ns
        Wall clock.

    Raises
    ------
    ForecastInvalid
        It says already what came.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> settled(example(Forecast), 6.0, seen_ns=2 * 10**18).actual
    6.0
    """
    if record.actual is not None:
        what = f"forecast {record.id} is settled already"
        raise ForecastInvalid(record.address, what, "take one that is open")
    return revise(record, seen_ns=seen_ns, how=How.INFERRED, actual=actual)
