"""The next hours of a line: its live state played on, many times."""

from array import array
from collections.abc import Iterator, Sequence

from linewright.plant import Address, suggest_name
from linewright.plant.records import LineState, Severity, StationState, severity
from linewright.twin.engine import advance
from linewright.twin.forecasting.horizons import NS, NS_PER_H, horizons
from linewright.twin.forecasting.orders import Wanted, ends, order_forecast, wanted
from linewright.twin.forecasting.results import (
    ForecastInvalid,
    Horizon,
    LineForecast,
    OrderForecast,
    Spread,
    StationForecast,
    spread_of,
)
from linewright.twin.model import Model
from linewright.twin.outcome import Outcome, StationOutcome, outcome
from linewright.twin.starting import PerWear, from_line
from linewright.twin.state import State

__all__ = ["forecast"]

LEAST = 2
"""Fewest futures: of one nobody knows how far others are from it."""
MOST = 10_000
OLD_S = 600.0
"""A state that is older than this is not relied on."""
NAMED_MAX = 5
"""Stations named in a sentence; the rest are counted."""

BUSY = (StationState.RUNNING, StationState.DOWN, StationState.SET_UP)
WAITING = (StationState.BLOCKED, StationState.STARVED)


def forecast(  # noqa: PLR0913  # keywords, each of its own kind
    model: Model,
    line: LineState,
    *,
    hours: float,
    replications: int,
    seed: int,
    used: PerWear | None = None,
    shift_end_ns: int | None = None,
    now_ns: int | None = None,
    jit: bool = True,
) -> LineForecast:
    """Return the next hours of a line as a distribution, from its live state.

    Parameters
    ----------
    model
        The line.
    line
        Its state now.
    hours
        How far, above 0, at most 72.
    replications
        How many futures, 2 to 10,000: the error of a quantile falls with their square root.
    seed
        Same seed, same forecast.
    used
        Share of life used, where it is supposed to differ from `line`.
    shift_end_ns
        End of the shift, looked at where it is within the forecast (`end_of_shift` finds it).
    now_ns
        Plant time now, to tell how old the state is.
    jit
        As for `advance`.

    Returns
    -------
    LineForecast
        With what was not known of the line and how it was taken instead.

    Raises
    ------
    ForecastInvalid
        The length or the number of futures is none.
    StateInvalid
        It is the state of another line.

    Notes
    -----
    Each future begins with `from_line` and another replication: what cannot be seen (how long
    cycles and repairs under way still take, when clocks strike) is drawn given what is known.
    Spreads tell the chance in the plant, not how wrong the model may be; `standing` tells that,
    by past forecasts. The bottleneck is the station with the largest busy share (running, down,
    set up) of the coming hour. Cost: futures times the events of `hours`, and some 20 us a
    station, future and horizon.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import compile_line
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "60 s"})
    >>> model = compile_line(plant.done(), "reno/shop/pump")
    >>> now = LineState(address=model.address, as_of_ns=0, plant_rev="r1")
    >>> found = forecast(model, now, hours=1, replications=5, seed=1, jit=False)
    >>> [(one.name, spread.mean) for one, spread in zip(found.horizons, found.good)]
    [('15 min', 15.0), ('1 h', 60.0)]
    """
    if not LEAST <= replications <= MOST:
        what = f"{replications} futures are no distribution"
        raise ForecastInvalid(line.address, what, f"give {LEAST} to {MOST:,}")
    when = horizons(line.as_of_ns, hours, shift_end_ns, address=line.address)
    known, left_out = wanted(line, model.product)
    seen = _Seen(model, line.as_of_ns, when)
    order_ends: list[list[int | None]] = []
    for replication in range(replications):
        start = from_line(model, line, seed=seed, replication=replication, used=used)
        states = _played(model, start, when, jit=jit)
        outcomes = [outcome(model, each) for each in states[1:]]
        seen.add(outcomes)
        if known:
            goods = [0, *(each.good for each in outcomes)]
            order_ends.append(ends(model, states, goods, known, jit=jit))
    age_s = None if now_ns is None else (now_ns - line.as_of_ns) / NS
    return LineForecast(
        address=model.address,
        as_of_ns=line.as_of_ns,
        age_s=age_s,
        horizons=when,
        replications=replications,
        seed=seed,
        model=f"twin@{line.plant_rev}",
        good=seen.good(),
        inside=seen.inside(),
        stations=seen.stations(),
        orders=_orders(known, order_ends, line.as_of_ns, when[-1].at_ns),
        valid=_is_valid(model, line, age_s),
        assumed=(*_assumed(model, line, used, age_s), *left_out),
    )


def _played(model: Model, start: State, when: Sequence[Horizon], *, jit: bool) -> list[State]:
    """Return a future: its states at the beginning and at each horizon."""
    states = [start]
    for one in when:
        states.append(advance(model, states[-1], one.at_ns, jit=jit))
    return states


class _Seen:
    """Numbers of the futures played so far, by horizon and station."""

    def __init__(self, model: Model, as_of_ns: int, when: Sequence[Horizon]) -> None:
        n = len(model.stations)
        self._addresses = model.stations
        self._hour = _of_first_hour(as_of_ns, when)
        self._good = [array("d") for _ in when]
        self._inside = [array("d") for _ in when]
        self._made = [[array("d") for _ in range(n)] for _ in when]
        self._blocked = [[0.0] * n for _ in when]
        self._starved = [[0.0] * n for _ in when]
        self._stopped = [[0] * n for _ in when]
        self._tight = [0] * n
        self._count = 0

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Count one future."""
        self._count += 1
        for h, came in enumerate(outcomes):
            length_s = (came.t_ns - came.since_ns) / NS
            self._good[h].append(came.good)
            self._inside[h].append(came.inside)
            for i, one in enumerate(came.stations):
                self._made[h][i].append(one.good)
                self._blocked[h][i] += one.seconds[StationState.BLOCKED] / length_s
                self._starved[h][i] += one.seconds[StationState.STARVED] / length_s
                self._stopped[h][i] += any(one.failures.values())
        tight = _tightest(outcomes[self._hour].stations)
        if tight is not None:
            self._tight[tight] += 1

    def good(self) -> tuple[Spread, ...]:
        """Good parts of the line at each horizon."""
        return tuple(spread_of(each) for each in self._good)

    def inside(self) -> tuple[Spread, ...]:
        """Parts in the line at each horizon."""
        return tuple(spread_of(each) for each in self._inside)

    def stations(self) -> tuple[StationForecast, ...]:
        """What is foreseen of each station."""
        return tuple(
            StationForecast(
                address=address,
                good=tuple(spread_of(row[i]) for row in self._made),
                blocked=self._means(self._blocked, i),
                starved=self._means(self._starved, i),
                stops=self._means(self._stopped, i),
                bottleneck=self._tight[i] / self._count,
            )
            for i, address in enumerate(self._addresses)
        )

    def _means(self, rows: Sequence[Sequence[float]], i: int) -> tuple[float, ...]:
        return tuple(row[i] / self._count for row in rows)


def _of_first_hour(as_of_ns: int, when: Sequence[Horizon]) -> int:
    """Return which horizon is the last one of the coming hour; the first where none is in it."""
    within = (k for k, one in enumerate(when) if one.at_ns <= as_of_ns + NS_PER_H)
    return max(within, default=0)


def _tightest(stations: Sequence[StationOutcome]) -> int | None:
    """Return the station that is busy for the largest share of its open time; None: none is."""
    best: tuple[float, int] | None = None
    for i, one in enumerate(stations):
        busy_s = sum(one.seconds[each] for each in BUSY)
        open_s = busy_s + sum(one.seconds[each] for each in WAITING)
        if open_s > 0 and busy_s > 0 and (best is None or busy_s / open_s > best[0]):
            best = (busy_s / open_s, i)
    return None if best is None else best[1]


def _orders(
    known: Sequence[Wanted], found: Sequence[Sequence[int | None]], as_of_ns: int, until_ns: int
) -> tuple[OrderForecast, ...]:
    columns = [[row[k] for row in found] for k in range(len(known))]
    return tuple(
        order_forecast(one, column, as_of_ns=as_of_ns, until_ns=until_ns)
        for one, column in zip(known, columns, strict=True)
    )


def _unknown(model: Model, line: LineState) -> list[Address]:
    """Return the stations of which nothing certain is known."""
    sure = {
        one.address
        for one in line.stations
        if one.state is not StationState.UNKNOWN and severity(one.quality) is Severity.GOOD
    }
    return [each for each in model.stations if each not in sure]


def _is_valid(model: Model, line: LineState, age_s: float | None) -> bool:
    """Whether the state is young, and known of at least half of the stations."""
    is_young = age_s is None or age_s <= OLD_S
    return is_young and 2 * len(_unknown(model, line)) <= len(model.stations)


def _assumed(
    model: Model, line: LineState, used: PerWear | None, age_s: float | None
) -> Iterator[str]:
    """Yield what was not known, and how it was taken instead."""
    if age_s is not None and age_s > OLD_S:
        yield f"the state of the line is {age_s / 60:.0f} min old"
    if model.plant_rev and model.plant_rev != line.plant_rev:
        yield f"the state is of plant {line.plant_rev}, the twin of plant {model.plant_rev}"
    if unknown := _unknown(model, line):
        yield f"nothing certain is known of {_named(unknown)}: taken as they were last told"
    counts = {one.address: one for one in line.buffers}
    unsure = [
        each
        for each in model.buffers
        if each not in counts or severity(counts[each].quality) is Severity.BAD
    ]
    if unsure:
        yield f"the level of {_named(unsure)} is not known: taken as empty"
    worn = {(one.address, wear.part) for one in line.stations for wear in one.wear}
    new = [
        f"{name} of {model.stations[i].name}"
        for i, name in model.wears
        if (model.stations[i], name) not in (used or {})
        and not worn & {(model.stations[i], name), (model.stations[i], suggest_name(name))}
    ]
    if new:
        yield f"the wear of {_listed(new)} is not known: taken as new"
    yield "material is always there, and what leaves the line always has room"
    yield from getattr(model, "notes", ())


def _named(addresses: Sequence[Address]) -> str:
    return _listed([each.name for each in addresses])


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED_MAX} more" if len(names) > NAMED_MAX else ""
    return ", ".join(names[:NAMED_MAX]) + more
