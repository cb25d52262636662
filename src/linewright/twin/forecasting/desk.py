"""What the service of forecasts has in hand: lines that are due, forecasts that are open."""

import hashlib
from collections import deque
from collections.abc import Iterable

import msgspec

from linewright.plant import Address, Plant
from linewright.plant.model import Line
from linewright.plant.records import Forecast, ForecastKind, LineState, StationState
from linewright.twin.compiling import compile_line
from linewright.twin.faults import TwinFault
from linewright.twin.forecasting.forecasting import forecast
from linewright.twin.forecasting.horizons import end_of_shift
from linewright.twin.forecasting.results import LineForecast
from linewright.twin.forecasting.scoring import Score, score, standing
from linewright.twin.model import Model

__all__ = ["HOURS", "Desk", "LineTold"]

HOURS = 8.0
"""Length of a forecast: a shift."""
FUTURES = 200
FUTURES_LEAST = 40
STATION_FUTURES_MAX = 4000
"""Stations times futures of one forecast: it is over within a second or two."""
OPEN_MAX = 100_000
"""Open forecasts that are held; the oldest are left without a score then."""
SCORES_MAX = 1000
"""Scores of a line that its standing is of, the newest."""
SEED_BYTES = 4
COUNTS = ("parts.good", "parts.total")
"""Roles of tags from which parts are counted."""


class LineTold(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the forecasts of one line stand, for who asks.

    Parameters
    ----------
    address
        The line.
    why
        Why it is not forecast; empty where it is.
    as_of_ns
        When the last forecast begins; 0: there was none.
    forecasts, scored
        How many forecasts were made, and how many single ones scored, since the start or read
        back then.
    standing
        How they did, in words.
    """

    address: Address
    why: str = ""
    as_of_ns: int = 0
    forecasts: int = 0
    scored: int = 0
    standing: str = ""


class Desk:
    """Which lines are to be forecast now, and which forecasts can be scored.

    Parameters
    ----------
    plant
        Plant in force.
    site
        Site whose lines are forecast.
    every_ns
        Plant time between two forecasts of a line.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "60 s"})
    >>> desk = Desk(plant.done(), "reno", every_ns=900 * 10**9)
    >>> [str(each) for each in desk.lines]
    ['reno/shop/pump']
    """

    def __init__(self, plant: Plant, site: str, *, every_ns: int) -> None:
        groups = {each: group for each, group in plant.groups() if each.site == site}
        self._plant = plant
        self._every_ns = every_ns
        self.lines: tuple[Address, ...] = tuple(groups)
        """Lines and work centres of the site."""
        self._outputs = {
            address: (address.child(group.flow[-1]),)
            if isinstance(group, Line)
            else tuple(address.child(name) for name in group.stations)
            for address, group in groups.items()
        }
        self._counting = {
            address
            for address, station in plant.stations_in(Address(site))
            if any(tag.role in COUNTS for tag in station.tags.values())
        }
        self._models: dict[Address, Model] = {}
        self._why: dict[Address, str] = {}
        self._slots: dict[Address, int] = {}
        self._as_of_ns: dict[Address, int] = {}
        self._made = dict.fromkeys(groups, 0)
        self._open: dict[str, Forecast] = {}
        self._scores: dict[Address, deque[Score]] = {}

    def is_due(self, line: LineState) -> bool:
        """Whether a line is to be forecast from this state.

        It is once in each stretch of `every_ns`, as soon as something is known of it.
        """
        known = any(one.state is not StationState.UNKNOWN for one in line.stations)
        new = line.as_of_ns // self._every_ns > self._slots.get(line.address, -1)
        return known and new and line.address not in self._why

    def make(self, line: LineState, *, now_ns: int) -> LineForecast:
        """Return the forecast of a line.

        Parameters
        ----------
        line
            Its state.
        now_ns
            Plant time.

        Raises
        ------
        TwinFault
            The twin cannot play this line.

        Notes
        -----
        The seed follows from line and time. 200 futures; fewer where the line has more than 20
        stations, so that it takes a second or two.
        """
        model = self._models.get(line.address)
        if model is None:
            model = compile_line(self._plant, line.address, plant_rev=line.plant_rev)
            self._models[line.address] = model
        most = STATION_FUTURES_MAX // len(model.stations)
        return forecast(
            model,
            line,
            hours=HOURS,
            replications=max(FUTURES_LEAST, min(FUTURES, most)),
            seed=_seed_of(line),
            shift_end_ns=end_of_shift(self._plant, line.address, line.as_of_ns),
            now_ns=now_ns,
        )

    def done(self, line: LineState, records: Iterable[Forecast]) -> None:
        """Take note of a forecast: its stretch is over, and its records are open."""
        self._made[line.address] += 1
        self.skip(line)
        self._as_of_ns[line.address] = line.as_of_ns
        self.take(records)

    def skip(self, line: LineState) -> None:
        """Leave a line alone for the rest of this stretch."""
        self._slots[line.address] = line.as_of_ns // self._every_ns

    def refuse(self, address: Address, fault: TwinFault) -> bool:
        """Leave a line alone for good; whether it is the first time that this is told."""
        first = address not in self._why
        self._why[address] = str(fault)
        return first

    def take(self, records: Iterable[Forecast]) -> None:
        """Take records of forecasts as history has them: open ones wait, settled ones count."""
        latest = {one.id: one for one in sorted(records, key=lambda one: one.rev)}
        for one in latest.values():
            if one.kind is not ForecastKind.OUTPUT or one.void:
                continue
            line = one.address if one.address in self._outputs else one.address.parent
            if line is None or line not in self._outputs:
                continue
            slot = one.for_ns // self._every_ns
            self._slots[line] = max(slot, self._slots.get(line, -1))
            self._as_of_ns[line] = max(one.for_ns, self._as_of_ns.get(line, 0))
            if one.actual is not None:
                self._open.pop(one.id, None)
                self._count(one)
            elif self.counted(one.address):
                self._open[one.id] = one
        while len(self._open) > OPEN_MAX:
            del self._open[next(iter(self._open))]

    def over(self, line: Address, as_of_ns: int) -> list[Forecast]:
        """Return the open forecasts of a line and its stations whose time is over."""
        found = (one for one in self._open.values() if one.until_ns <= as_of_ns)
        return [one for one in found if line.contains(one.address)]

    def counted(self, address: Address) -> tuple[Address, ...]:
        """Return the stations whose good parts are those of an address; none: nobody counts."""
        stations = self._outputs.get(address, (address,))
        return stations if all(each in self._counting for each in stations) else ()

    def places(self) -> tuple[Address, ...]:
        """Return the lines and the stations whose parts are counted: where records may come."""
        return (*self.lines, *sorted(self._counting))

    def since_ns(self) -> int | None:
        """Return when the oldest open forecast begins; None: none is open."""
        return min((one.for_ns for one in self._open.values()), default=None)

    def standing(self, line: Address) -> str:
        """Return how the forecasts of a line did, in words; empty before any was scored."""
        scores = self._scores.get(line, ())
        return standing(scores).words if scores else ""

    def told(self) -> tuple[LineTold, ...]:
        """Return how each line stands."""
        return tuple(self._told(each) for each in self.lines)

    def _told(self, line: Address) -> LineTold:
        return LineTold(
            address=line,
            why=self._why.get(line, ""),
            as_of_ns=self._as_of_ns.get(line, 0),
            forecasts=self._made[line],
            scored=len(self._scores.get(line, ())),
            standing=self.standing(line),
        )

    def _count(self, one: Forecast) -> None:
        """Count the score of a line; those of its stations stand in their records."""
        if one.address in self._outputs and one.valid:
            kept = self._scores.setdefault(one.address, deque(maxlen=SCORES_MAX))
            kept.append(score(one))


def _seed_of(line: LineState) -> int:
    text = f"{line.address}/{line.as_of_ns}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=SEED_BYTES).digest())
