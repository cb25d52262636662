"""Which minute of a station, and which place of a buffer, is worth most to the coming hours."""

from collections.abc import Mapping, Sequence

import msgspec

from linewright.plant import Address, Plant
from linewright.plant.model import Line
from linewright.plant.records import Change, LineState
from linewright.twin.changes import with_changes
from linewright.twin.compiling import compile_line
from linewright.twin.engine import advance
from linewright.twin.experiment.intervals import paired
from linewright.twin.experiment.results import Scenario, Setting
from linewright.twin.experiment.settings import with_settings
from linewright.twin.faults import TwinFault
from linewright.twin.forecasting.horizons import NS, NS_PER_H
from linewright.twin.forecasting.results import ForecastInvalid
from linewright.twin.model import Model
from linewright.twin.outcome import outcome
from linewright.twin.starting import PerWear, from_line

__all__ = ["Worth", "one_more_place", "worth"]

STOP_MIN = 10.0
"""How long a station is held in the fork that tells what a minute of it is worth."""
CREEP = 1.0
"""Speed of a station that is held, %: the least that a change may set."""
LEVEL = 0.95
MINUTE, PLACE = "minute", "place"


class Worth(msgspec.Struct, frozen=True, kw_only=True):
    """What one more of something is worth in good parts, by the end of the forecast.

    Parameters
    ----------
    what
        `minute`: of the station, now; `place`: of the buffer.
    address
        The station or buffer.
    good
        Good parts, mean of the differences within each future.
    half_width
        Of their 95 % Student interval.
    """

    what: str
    address: Address
    good: float
    half_width: float

    @property
    def is_certain(self) -> bool:
        """Whether its interval lies above zero."""
        return self.good > self.half_width


def worth(  # noqa: PLR0913  # keywords, each of its own kind
    model: Model,
    line: LineState,
    *,
    hours: float,
    replications: int,
    seed: int,
    used: PerWear | None = None,
    places: Mapping[Address, Model] | None = None,
    jit: bool = True,
) -> tuple[Worth, ...]:
    """Return what a minute of each station and a place of each buffer is worth, the most first.

    Parameters
    ----------
    model, line, hours, replications, seed, used, jit
        As for `forecast`.
    places
        Models of the line with one more place in a buffer, by the buffer (`one_more_place`
        makes them).

    Raises
    ------
    ForecastInvalid
        There is no time ahead, or fewer than two futures.
    StateInvalid
        It is the state of another line.

    Notes
    -----
    Each future is played once as it is, once with each station held for ten minutes from now
    (its speed at 1 %), and once with each other model; all share their random numbers, so that
    a difference is known far better than either (Law, Simulation Modeling and Analysis, 11.2).
    Cost: (1 + stations + buffers) x futures x the events of `hours`.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.plant.records import BufferNow
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> pump = shop.line("pump", flow=["turn", 40, "test"])
    >>> _ = pump.station("turn", does={"turn": "30 s"})
    >>> _ = pump.station("test", does={"test": "60 s"})
    >>> model = compile_line(plant.done(), "reno/shop/pump")
    >>> level = BufferNow(address=model.buffers[0], count=20)
    >>> now = LineState(address=model.address, as_of_ns=0, plant_rev="r1", buffers=(level,))
    >>> first = worth(model, now, hours=2, replications=2, seed=1, jit=False)[0]
    >>> first.what, first.address.name, round(first.good, 1)
    ('minute', 'test', 1.0)
    """
    if replications < 2 or hours <= 0.0:  # noqa: PLR2004  # one pair has no spread
        what = f"{replications} futures of {hours:g} h tell no difference"
        raise ForecastInvalid(line.address, what, "give two futures and some time")
    until_ns = line.as_of_ns + round(hours * NS_PER_H)
    stops = {each: _held(each, line.as_of_ns, until_ns) for each in model.stations}
    plain: list[float] = []
    others: dict[tuple[str, Address], list[float]] = {}
    for replication in range(replications):
        start = from_line(model, line, seed=seed, replication=replication, used=used)
        plain.append(outcome(model, advance(model, start, until_ns, jit=jit)).good)
        for each, stop in stops.items():
            end = advance(model, with_changes(model, start, [stop]), until_ns, jit=jit)
            others.setdefault((MINUTE, each), []).append(outcome(model, end).good)
        for each, more in (places or {}).items():
            start_ = from_line(more, line, seed=seed, replication=replication, used=used)
            end = advance(more, start_, until_ns, jit=jit)
            others.setdefault((PLACE, each), []).append(outcome(more, end).good)
    lost_min = min(STOP_MIN, hours * 60.0) * (1.0 - CREEP / 100.0)
    found = [_worth(key, plain, values, lost_min) for key, values in others.items()]
    return tuple(sorted(found, key=lambda one: -one.good))


def _held(station: Address, as_of_ns: int, until_ns: int) -> Change:
    end_ns = min(until_ns, as_of_ns + round(STOP_MIN * 60) * NS)
    return Change(address=station, parameter="speed", value=CREEP, at_ns=as_of_ns, until_ns=end_ns)


def _worth(
    key: tuple[str, Address], plain: Sequence[float], other: Sequence[float], lost_min: float
) -> Worth:
    what, address = key
    found = paired(plain, other, LEVEL)
    scale = -1.0 / lost_min if what == MINUTE else 1.0
    return Worth(
        what=what,
        address=address,
        good=found.mean * scale,
        half_width=found.half_width * abs(scale),
    )


def one_more_place(
    plant: Plant, address: Address | str, *, product: str | None = None
) -> dict[Address, Model]:
    """Return models of a line, each with one more place in one of its buffers.

    Parameters
    ----------
    plant
        A checked plant.
    address
        The line.
    product
        As for `compile_line`.

    Returns
    -------
    dict
        By the buffer; one without a limit is left out.

    Raises
    ------
    LineInvalid
        As `compile_line`.

    Notes
    -----
    Cost: the plant is written and checked once a buffer, some milliseconds for a line.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> pump = shop.line("pump", flow=["turn", 4, "test"])
    >>> _ = pump.station("turn", does={"turn": "30 s"})
    >>> _ = pump.station("test", does={"test": "60 s"})
    >>> [each.name for each in one_more_place(plant.done(), "reno/shop/pump")]
    ['turn-test']
    """
    group = dict(plant.groups()).get(Address(address))
    found: dict[Address, Model] = {}
    for up, down, buffer in group.links() if isinstance(group, Line) else ():
        if buffer.places is None:
            continue
        at = Address(f"{address}/{up}-{down}")
        more = Setting(f"{at}.places", str(buffer.places + 1))
        try:
            changed = with_settings(plant, Scenario(name=str(at), settings=(more,)))
        except TwinFault as fault:
            raise ForecastInvalid(at, f"no place can be added: {fault.what}", fault.do) from fault
        found[at] = compile_line(changed, address, product=product)
    return found
