"""From records to observations: cycle times, times to failure and to repair, counts."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from linewright.plant import Address, Plant
from linewright.plant.model import FailureMode, FrozenMap, Site, Station
from linewright.plant.records import Maintenance, Record, StationState, WorkStatus
from linewright.twin.calibrate.seeing.reading import Heard, heard
from linewright.twin.calibrate.seeing.timeline import NS, Stretch, Timeline, timeline

__all__ = ["Group", "Observations", "Seen", "Spell", "observe", "stations_at"]

ALONE = "failure"
"""Name of the mode of a station for which the plant file has none."""
STATES = StationState
Modes = Mapping[str, FailureMode]


class Spell(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a clock: of the life of a mode, or of a repair.

    Parameters
    ----------
    entry_s
        What the clock said when the observation began: 0 for a new one; None: not known.
    until_s
        What it said at the end; counted from the entry where that is not known.
    ended
        Whether the event came; else it was cut off (censored on the right).
    t_ns
        When it ended.
    """

    entry_s: float | None
    until_s: float
    ended: bool
    t_ns: int


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Cycles that were counted together: their number and the working time of all of them."""

    t_ns: int
    seconds: float
    count: int
    micro_s: float = 0.0
    """Micro-stops among them, which are part of the cycle for the twin."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of one station between two times.

    Parameters
    ----------
    address
        The station.
    cycles
        By operation.
    lives, repairs
        By failure mode; lives on the clock of the mode.
    waits
        Seconds for which repairs waited for a crew, by mode, where the records tell it.
    explained
        Share of the failures whose mode is known.
    good, scrap, rework
        Parts counted.
    set_ups
        Set-ups, and renewals of what wears.
    micro_stops
        Stops shorter than the threshold of the plant file.
    seconds
        In each state, as far as it is known.
    left
        What was repaired or left out, and how often.
    """

    address: Address
    cycles: FrozenMap[str, tuple[Group, ...]]
    lives: FrozenMap[str, tuple[Spell, ...]]
    repairs: FrozenMap[str, tuple[Spell, ...]]
    waits: FrozenMap[str, tuple[float, ...]]
    explained: float
    good: int
    scrap: int
    rework: int
    set_ups: tuple[Spell, ...]
    micro_stops: int
    seconds: FrozenMap[StationState, float]
    left: FrozenMap[str, int]
    line: Timeline


class Observations(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of a line between two times, station by station in the order of the flow."""

    at: Address
    since_ns: int
    until_ns: int
    stations: tuple[Seen, ...]

    def of(self, address: Address | str) -> Seen:
        """Return what was seen of one station; `KeyError` when it is not among them."""
        for one in self.stations:
            if one.address == address:
                return one
        raise KeyError(address)


class _Window(msgspec.Struct, frozen=True):
    since_ns: int
    until_ns: int


def stations_at(plant: Plant, at: Address | str) -> dict[Address, Station]:
    """Return the stations below an address; those of a line in the order of its flow."""
    place = Address(at)
    found: dict[Address, Station] = {}
    for address, group in plant.groups():
        if address == place or address.startswith(f"{place}/"):
            names = list(getattr(group, "flow", ())) or list(group.stations)
            found |= {Address(f"{address}/{name}"): group.stations[name] for name in names}
    for address, station in plant.stations():
        if address == place:
            found[address] = station
    return found


def observe(
    plant: Plant, at: Address | str, records: Iterable[Record], since_ns: int, until_ns: int
) -> Observations:
    """Return what records tell of a line between two times.

    Parameters
    ----------
    plant
        The plant they were made in.
    at
        A line, work centre, area, site or station.
    records
        In any order. Those before `since_ns` tell how old clocks were then, and count for
        nothing else; later ones than `until_ns` are not read.
    since_ns, until_ns
        Event time, ns.

    Returns
    -------
    Observations
        What could not be believed is left out and counted there.

    Notes
    -----
    An operation clock runs while the station runs; blocked, starved, idle, set-up and closed
    time does not age it. A calendar clock always runs, but not while its own mode is repaired.
    What is under way at the end or where nothing is known is cut off (right-censored); what
    was under way at the start enters at its age (left-truncated), or at an unknown one.
    Cost: linear in the records but for their sorting.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> observe(plant.done(), "reno/shop/pump", [], 0, 3600 * 10**9).stations[0].good
    0
    """
    stations = stations_at(plant, at)
    said = heard(records, stations)
    window = _Window(since_ns, until_ns)
    lines = {name: timeline(said[name], stations[name], until_ns) for name in stations}
    busy = {name: _downs(stations[name], lines[name]) for name in stations}
    found = []
    for name, station in stations.items():
        others = [each for other, each in busy.items() if other != name]
        one = _Station(station, plant.sites[name.site], said[name], lines[name], window)
        found.append(one.seen(name, others))
    return Observations(at=Address(at), since_ns=since_ns, until_ns=until_ns, stations=tuple(found))


def modes_of(station: Station) -> Modes:
    """Return the failure modes of a station; one without a word where the file has none."""
    return station.fails or {ALONE: FailureMode()}


def mode_of(modes: Modes, code: str) -> str:
    """Return the mode that a reason speaks of; empty where it cannot be told.

    Examples
    --------
    >>> mode_of({"jam": FailureMode(), "belt": FailureMode(reason="mechanical/belt")}, "belt")
    'belt'
    """
    last = code.rpartition("/")[2]
    for name, mode in modes.items():
        if code and (code in {name, mode.reason} or last == name):
            return name
    return next(iter(modes)) if len(modes) == 1 and not code else ""


def _downs(station: Station, line: Timeline) -> list[tuple[str | None, int, int]]:
    """Return the crew, start and end of each stop of a station by a mode with a crew."""
    modes = modes_of(station)
    found = []
    for one in line.stretches:
        name = mode_of(modes, one.code) if one.state is STATES.DOWN else ""
        if name and modes[name].crew:
            found.append((modes[name].crew, one.since_ns, one.until_ns))
    return found


class _Station:
    """One station: its stretches and what is made of them."""

    def __init__(
        self, station: Station, site: Site, said: Heard, line: Timeline, window: _Window
    ) -> None:
        self.station, self.site, self.said, self.line = station, site, said, line
        self.modes = modes_of(station)
        self.window = window
        self.left: Counter[str] = Counter(line.left)
        self.micro_ns = round((station.micro_stop_s or 0.0) * NS)
        self.stops = [self._stop(one) for one in line.stretches]
        """Mode of each stretch that is a failure; None: no failure, empty: of unknown mode."""

    def _stop(self, one: Stretch) -> str | None:
        if one.state is not STATES.DOWN or self._micro(one):
            return None
        told = mode_of(self.modes, one.code)
        works = [each.failure_mode for each in self._works(one) if each.failure_mode in self.modes]
        return works[0] or "" if works else told

    def _micro(self, one: Stretch) -> bool:
        short = one.until_ns - one.since_ns < self.micro_ns
        return short and one.state in (STATES.DOWN, STATES.IDLE)

    def _works(self, one: Stretch) -> list[Maintenance]:
        return [each for each in self.said.works if one.since_ns <= each.t_ns <= one.until_ns]

    def seen(self, address: Address, others: Sequence[list[tuple[str | None, int, int]]]) -> Seen:
        """Return everything that was seen of it."""
        lives = {name: tuple(self._lives(name)) for name in self.modes}
        cycles = self._cycles()
        waits: dict[str, list[float]] = {}
        repairs = {name: tuple(self._repairs(name, others, waits)) for name in self.modes}
        inside = [one for one in self.line.made if self._within(one.t_ns)]
        begun = [
            mode
            for one, mode in zip(self.line.stretches, self.stops, strict=True)
            if mode is not None and self._within(one.since_ns)
        ]
        unexplained = sum(not mode for mode in begun)
        if unexplained:
            self.left["stops of a mode that is not told"] += unexplained
        micro = sum(self._micro(one) for one in self.line.stretches if self._within(one.since_ns))
        return Seen(
            address=address,
            cycles=FrozenMap({name: tuple(groups) for name, groups in cycles.items()}),
            lives=FrozenMap(lives),
            repairs=FrozenMap(repairs),
            waits=FrozenMap({name: tuple(each) for name, each in waits.items()}),
            explained=1.0 - unexplained / len(begun) if begun else 1.0,
            good=sum(one.good for one in inside),
            scrap=sum(one.scrap for one in inside),
            rework=sum(one.rework for one in inside),
            set_ups=tuple(self._spells(STATES.SET_UP)),
            micro_stops=micro,
            seconds=FrozenMap(self._seconds()),
            left=FrozenMap({what: count for what, count in self.left.items() if count}),
            line=self.line,
        )

    def _within(self, t_ns: int) -> bool:
        return self.window.since_ns <= t_ns < self.window.until_ns

    def _part(self, one: Stretch) -> float:
        """Return the seconds of a stretch that lie in the window."""
        low = max(one.since_ns, self.window.since_ns)
        return max(0, min(one.until_ns, self.window.until_ns) - low) / NS

    def _seconds(self) -> dict[StationState, float]:
        total: dict[StationState, float] = {}
        for one in self.line.stretches:
            total[one.state] = total.get(one.state, 0.0) + self._part(one)
        whole = (self.window.until_ns - self.window.since_ns) / NS
        unheard = whole - sum(total.values())
        if unheard > 0.0:
            total[STATES.UNKNOWN] = total.get(STATES.UNKNOWN, 0.0) + unheard
        return total

    def _lives(self, name: str) -> Iterator[Spell]:
        """Yield the spells of the clock of one mode."""
        calendar = self.modes[name].clock == "calendar"
        entry: float | None = None
        age = seen = 0.0
        for one, mode in zip(self.line.stretches, self.stops, strict=True):
            ends = mode in (name, "") or one.state is STATES.UNKNOWN  # None is no stop
            if ends and seen > 0.0:
                cut_ns = min(one.since_ns, self.window.until_ns)
                yield Spell(entry_s=entry, until_s=age, ended=mode == name, t_ns=cut_ns)
            if ends:
                entry, age, seen = (0.0 if mode == name else None), 0.0, 0.0
                continue
            if not (one.state is STATES.RUNNING or (calendar and one.state is not STATES.UNKNOWN)):
                continue
            inside = self._part(one)
            if seen == 0.0 and entry is not None:
                entry = age + one.seconds - inside if inside else age + one.seconds
            age += one.seconds if entry is not None else inside
            seen += inside
        if seen > 0.0:
            yield Spell(entry_s=entry, until_s=age, ended=False, t_ns=self.window.until_ns)

    def _spells(self, state: StationState, name: str | None = None) -> Iterator[Spell]:
        """Yield how long a state lasted, each time that it was entered."""
        pairs = list(zip(self.line.stretches, self.stops, strict=True))
        for k, (one, mode) in enumerate(pairs):
            if one.state is not state or mode != name or not self._part(one):
                continue
            after = pairs[k + 1][0].state if k + 1 < len(pairs) else STATES.UNKNOWN
            whole = after is not STATES.UNKNOWN and one.until_ns < self.window.until_ns
            yield Spell(
                entry_s=max(0.0, (self.window.since_ns - one.since_ns) / NS),
                until_s=one.seconds,
                ended=whole,
                t_ns=one.until_ns,
            )

    def _repairs(
        self,
        name: str,
        others: Sequence[list[tuple[str | None, int, int]]],
        waits: dict[str, list[float]],
    ) -> Iterator[Spell]:
        """Yield the repairs of a mode, without the waiting for a crew as far as it is told."""
        began = {one.until_ns: one for one in self.line.stretches}
        for spell in self._spells(STATES.DOWN, name):
            stop = began[spell.t_ns]
            starts = [each.t_ns for each in self._works(stop) if each.status is WorkStatus.STARTED]
            wait_s = (starts[0] - stop.since_ns) / NS if starts else 0.0
            if starts:
                waits.setdefault(name, []).append(wait_s)
            elif self._contended(name, stop, others):
                self.left["repairs that may have waited for a crew"] += 1
                continue
            entry = max(0.0, (spell.entry_s or 0.0) - wait_s)
            if spell.until_s > wait_s:
                yield msgspec.structs.replace(spell, entry_s=entry, until_s=spell.until_s - wait_s)

    def _contended(
        self, name: str, stop: Stretch, others: Sequence[list[tuple[str | None, int, int]]]
    ) -> bool:
        crew = self.modes[name].crew
        if crew is None or crew not in self.site.crews:
            return False
        busy = sum(
            any(c == crew and since <= stop.since_ns < until for c, since, until in each)
            for each in others
        )
        return busy >= self.site.crews[crew].people

    def _cycles(self) -> dict[str, list[Group]]:
        """Return the working time of cycles by operation, as far as all of it is known."""
        if self.station.places > 1:
            self.left["cycles of a station with several places: not told apart"] += 1
            return {}
        found: dict[str, list[Group]] = {}
        meter = _Meter([one for one in self.line.stretches if not self._micro(one)])
        micro = _Meter([one for one in self.line.stretches if self._micro(one)], micro=True)
        before: int | None = None
        for one in self.line.made:
            since_ns = before if one.since_ns is None else one.since_ns
            before = one.t_ns
            operation = one.operation or next(iter(self.station.does), "")
            cycle = self.station.does.get(operation)
            if cycle is None or not self._within(one.t_ns) or not one.whole:
                continue
            if len(self.station.does) > 1 and not one.operation:
                self.left["parts of which the operation is not told"] += one.parts
                continue
            count = max(1, math.ceil(one.parts / max(1, cycle.pieces_per_cycle)))
            if one.cycle_s is not None:
                seconds: float | None = one.cycle_s * count
            elif since_ns is None or since_ns < self.window.since_ns:
                continue
            else:
                seconds = meter.work(since_ns, one.t_ns)
            if not seconds:
                self.left["cycles of which not all is known"] += count
                continue
            micro_s = micro.work(since_ns, one.t_ns) or 0.0 if since_ns is not None else 0.0
            found.setdefault(operation, []).append(
                Group(t_ns=one.t_ns, seconds=seconds, count=count, micro_s=micro_s)
            )
        return found


class _Meter:
    """Working time between two moments, read forward."""

    def __init__(self, stretches: Sequence[Stretch], *, micro: bool = False) -> None:
        self._stretches = stretches
        self._micro = micro
        self._at = 0

    def work(self, since_ns: int, until_ns: int) -> float | None:
        """Return the seconds of work in it; None where a part of it is unknown."""
        rows = self._stretches
        while self._at < len(rows) and rows[self._at].until_ns <= since_ns:
            self._at += 1
        total, known, k = 0, True, self._at
        while k < len(rows) and rows[k].since_ns < until_ns:
            inside = min(rows[k].until_ns, until_ns) - max(rows[k].since_ns, since_ns)
            if self._micro or rows[k].state is STATES.RUNNING:
                total += inside
            known = known and rows[k].state is not STATES.UNKNOWN
            k += 1
        heard_all = self._micro or (k > self._at and rows[self._at].since_ns <= since_ns)
        return total / NS if known and heard_all else None
