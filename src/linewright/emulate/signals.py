"""What a machine's tags show: samples as a pure function of what happened and of how it stands.

The kernel says when states change, cycles end, modes fail and parts come out, and how far the
machine is worn at an instant. From these `Voice.samples` makes what the control would show:
states, lamps, words, alarms, counters, cycle times, power, energy, tool life, and measured
values on a fixed grid of plant time. Cut an interval where you like: the samples are the same.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from linewright.emulate.gauges import (
    DIGITS,
    FOLLOWING,
    Gauge,
    Showing,
    gauge_of,
    normal,
    settled,
)
from linewright.emulate.machines import Raw, Sample, fitting, kind_of, raw_of
from linewright.emulate.words import (
    STATES,
    alarm_of,
    exact_of,
    job_of,
    lamp_of,
    power_kw,
    told_by_state,
    word_of,
)
from linewright.plant import Address, Plant
from linewright.plant.model import Command, Station, Tag
from linewright.twin import symptom_level

__all__ = ["GRID_NS", "Happening", "Memory", "Override", "Seen", "Voice", "What", "voices"]

NS_PER_S = 1_000_000_000
NS_PER_US = 1_000

GRID_NS = 5 * NS_PER_S
"""Measured values are shown at whole multiples of it since 1970, plant time."""

CYCLE_NOISE_SHARE = 0.005
"""Standard deviation of the time that a control takes for a cycle."""

POWER_NOISE_SHARE = 0.01
"""Standard deviation of power, as a share of what the machine takes now."""

LIFE_STEP_S = 60.0
LIFE_STEP_SHARE = 0.001
"""A tool-life counter moves each so many seconds of cutting, or each such part of the life."""

TOLERANCE_DEVIATIONS = 4.0
"""Standard deviations between the nominal value and the nearer limit: a capable process."""

OUTSIDE_SHARE = 0.15
"""How far beyond a limit a bad part is measured, in tolerances."""

FULL_SPEED = 100.0
"""Speed of a machine that nobody has slowed, in percent."""

ENERGY_GRIDS = 12
"""Points of the grid between two values of an energy counter: a minute."""

NS_PER_H = 3600 * NS_PER_S

PERMITTED = frozenset({"permit.remote_enabled", "permit.automatic"})
"""Permits that must be true before a command; the others must be false."""

NEW: Mapping[str, float] = {}
"""Wears of a machine that has done nothing yet."""

What = Literal["state", "ended", "good", "bad", "reworked", "renewed", "order", "failing"]


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened at a station.

    `value` is the state (ours, as text), the planned time of the cycle that ended in seconds, the
    number of parts, the life used of what was renewed, the failure mode that holds from now on
    (empty: none), or what was written to the command `name`.
    """

    t_ns: int
    station: Address
    what: What
    value: Raw
    name: str = ""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """How a station stands at an instant: part of each wear's life used, and what fails since."""

    used: Mapping[str, float]
    failing: Mapping[str, int]


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """What a machine's control remembers: counts since the scenario began, levels, tool life."""

    state: str = "off"
    changes: int = 0
    good: int = 0
    bad: int = 0
    rework: int = 0
    cycles: int = 0
    speed: float = FULL_SPEED
    t_ns: int = 0
    cut_ns: Mapping[Address, int] = {}
    levels: Mapping[Address, float] = {}
    used: Mapping[str, float] = {}
    failing: Mapping[str, int] = {}
    since_ns: int = 0
    energy_kwh: float = 0.0
    """Energy taken up to `since_ns`, when the state began."""
    mode: str = ""
    orders: Mapping[str, float] = {}
    """What was written to commands that a measured value follows."""


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """How far a scenario says that a cause moves a tag, from when until when."""

    tag: Address
    showing: Showing
    from_ns: int
    until_ns: int | None = None

    def holds(self, t_ns: int) -> bool:
        """Return whether it is in force."""
        return self.from_ns <= t_ns and (self.until_ns is None or t_ns < self.until_ns)


class Life(msgspec.Struct, frozen=True):
    """The control's own count of a tool's life: operating time, whatever the tool really is."""

    tag: Address
    wear: str
    life_ns: int

    @property
    def step_ns(self) -> int:
        """Operating time between two samples."""
        return max(1, round(min(LIFE_STEP_S * NS_PER_S, self.life_ns * LIFE_STEP_SHARE)))


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A tag that measures a characteristic of each part."""

    tag: Address
    nominal: float
    lower: float
    upper: float

    def value(self, seed: int, k: int, *, is_bad: bool) -> float:
        """Return what part `k` measures: within the limits, or for a bad part beyond one."""
        reach = min(self.upper - self.nominal, self.nominal - self.lower)
        drawn = normal(seed, self.tag, k)
        if is_bad:
            beyond = OUTSIDE_SHARE * (self.upper - self.lower) * (1.0 + abs(drawn))
            found = self.upper + beyond if drawn > 0.0 else self.lower - beyond
        else:
            shift = min(max(drawn / TOLERANCE_DEVIATIONS, -1.0), 1.0)
            found = self.nominal + shift * reach
        return round(found, max(DIGITS, 1 - math.floor(math.log10(reach)) if reach else DIGITS))


class Voice:
    """What one station shows. Made from the plant file once; everything that changes is `Memory`.

    Cost of `samples`: linear in what happened and in the tags.
    """

    def __init__(self, address: Address, station: Station, plant: Plant, seed: int) -> None:
        self.address = address
        self.station = station
        self.seed = seed
        tags = {address.with_tag(name): tag for name, tag in station.tags.items()}
        self.tags = {tag: one for tag, one in tags.items() if one.formula is None}
        self._of_role: dict[str | None, tuple[Address, ...]] = {}
        for tag, one in self.tags.items():
            self._of_role[one.role] = (*self._of_role.get(one.role, ()), tag)
        self.job = job_of(plant, station)
        self.modes = tuple(station.fails)
        self.overrides: tuple[Override, ...] = ()
        self.lives = tuple(one for one in _lives(address, station) if one.tag in self.tags)
        self.measures = tuple(one for one in _measures(address, plant) if one.tag in self.tags)
        special = {one.tag for one in self.lives} | {one.tag for one in self.measures}
        for command in station.commands.values():
            special.update(self.echoes(command))
        plain = [
            (tag, one) for tag, one in self.tags.items() if one.role is None and tag not in special
        ]
        self.told = told_by_state(station)
        exact = exact_of(station)
        words = {tag for tag, one in plain if kind_of(one) in {"bool", "text"} or tag.tag in exact}
        self.gauges = tuple(self._gauge(tag, one) for tag, one in plain if tag not in words)
        self.words = {tag: self._words(tag, one) for tag, one in plain if tag in words}
        self.lamps = {
            tag: self._words(tag, one)
            for tag, one in self.tags.items()
            if one.role == "stack_light"
        }
        self.powers = {
            tag: tuple(gauge_of(tag, one, station).showings)
            for tag, one in self.tags.items()
            if one.role == "power"
        }

    def _gauge(self, tag: Address, one: Tag) -> Gauge:
        """Return a gauge, at the levels from which the plant file derives states."""
        found = gauge_of(tag, one, self.station)
        levels = {state: told.get(tag.tag or "") for state, told in self.told.items()}
        work, rest = levels.get("running"), levels.get("idle")
        if isinstance(work, float) and isinstance(rest, float):
            found = msgspec.structs.replace(found, work=work, rest=rest)
        return found

    def _words(self, tag: Address, one: Tag) -> dict[str, Raw]:
        """Return what a lamp or a word shows, by state."""
        name = tag.tag or ""
        found: dict[str, Raw] = {}
        for state in STATES:
            said = self.told.get(state, {}).get(name)
            if isinstance(said, int | float):
                said = raw_of(one, said)
            if one.role == "stack_light" and said is None:
                said = lamp_of(name, one, state)
            elif kind_of(one) == "text" and not said:
                said = state.upper() if name in self.told.get(state, {}) else None
                said = said or word_of(tag, self.station, state)
            found[state] = False if said is None else said
        return found

    def with_role(self, role: str) -> tuple[Address, ...]:
        """Return the tags of a role."""
        return self._of_role.get(role, ())

    def echoes(self, command: Command) -> tuple[Address, ...]:
        """Return the tags that show what was written to a command."""
        found = [] if isinstance(command.readback, bool) else [command.readback]
        if command.sets == "speed":
            found += [name for name, tag in self.station.tags.items() if tag.role == "speed"]
        echoes = (self.address.with_tag(name) for name in dict.fromkeys(found))
        return tuple(tag for tag in echoes if tag in self.tags)

    def begin(self, state: str, t_ns: int, used: Mapping[str, float] = NEW) -> Memory:
        """Return what the control remembers when the scenario begins, with lives used so far."""
        running = state == "running"
        levels = {one.tag: one.work if running else one.rest for one in self.gauges}
        return Memory(
            state=state,
            t_ns=t_ns,
            since_ns=t_ns,
            levels=levels,
            cut_ns={one.tag: round(used.get(one.wear, 0.0) * one.life_ns) for one in self.lives},
        )

    def samples(
        self, memory: Memory, happenings: Sequence[Happening], seen: Seen, until_ns: int
    ) -> tuple[Memory, tuple[Sample, ...]]:
        """Return what the tags show after `memory.t_ns` and up to `until_ns`, and the new memory.

        Parameters
        ----------
        memory
            As the last call left it.
        happenings
            What happened at this station in between, in order of time.
        seen
            How it stands at `until_ns`; only looked at where that lies on the grid.
        until_ns
            The end of the interval, no later than the next multiple of `GRID_NS`.

        Returns
        -------
        tuple
            Samples in order of time; several of one tag may have one time.
        """
        assert until_ns <= (memory.t_ns // GRID_NS + 1) * GRID_NS, "the grid is not skipped"
        telling = _Telling(self, memory)
        for happening in _settled_states(happenings):
            telling.hear(happening)
        telling.elapse(until_ns)
        if until_ns % GRID_NS == 0:
            telling.measure(until_ns, seen)
        return telling.memory(), tuple(telling.told)

    def snapshot(self, memory: Memory, orders: Mapping[Address, Raw]) -> tuple[Sample, ...]:
        """Return what the tags show now, but for those that show a cycle or a part.

        `orders` is what stands on the station's commands.
        """
        telling = _Telling(self, memory)
        telling.everything(orders)
        return tuple(telling.told)


class _Telling:
    """One interval of one machine; lives no longer than a call of `Voice.samples`."""

    def __init__(self, voice: Voice, memory: Memory) -> None:
        self.voice = voice
        self.was = memory
        self.told: list[Sample] = []
        self.t_ns = memory.t_ns
        self.state, self.changes, self.speed = memory.state, memory.changes, memory.speed
        self.good, self.bad, self.cycles = memory.good, memory.bad, memory.cycles
        self.rework = memory.rework
        self.cut_ns, self.levels = dict(memory.cut_ns), dict(memory.levels)
        self.used, self.failing = memory.used, memory.failing
        self.since_ns, self.energy_kwh = memory.since_ns, memory.energy_kwh
        self.mode, self.orders = memory.mode, memory.orders

    def memory(self) -> Memory:
        return Memory(
            state=self.state,
            changes=self.changes,
            good=self.good,
            bad=self.bad,
            rework=self.rework,
            cycles=self.cycles,
            speed=self.speed,
            t_ns=self.t_ns,
            cut_ns=self.cut_ns,
            levels=self.levels,
            used=self.used,
            failing=self.failing,
            since_ns=self.since_ns,
            energy_kwh=self.energy_kwh,
            mode=self.mode,
            orders=self.orders,
        )

    def tell(self, tag: Address, t_ns: int, value: Raw) -> None:
        whole_ns = -(-t_ns // NS_PER_US) * NS_PER_US
        one = self.voice.tags[tag]
        raw = raw_of(one, value)
        means = None
        if not isinstance(raw, str | bool) and (one.scale is not None or one.offset is not None):
            means = raw * (1.0 if one.scale is None else one.scale) + (one.offset or 0.0)
        self.told.append(Sample(tag, whole_ns, raw, means=means))

    def tell_raw(self, tag: Address, t_ns: int, raw: Raw) -> None:
        """Tell what needs no way back to the machine's own form."""
        shown = fitting(kind_of(self.voice.tags[tag]), raw)
        self.told.append(Sample(tag, -(-t_ns // NS_PER_US) * NS_PER_US, shown))

    def hear(self, happening: Happening) -> None:
        """Tell what one happening shows."""
        t_ns, value = happening.t_ns, happening.value
        self.elapse(t_ns)
        match happening.what:
            case "state":
                if value != self.state:
                    self.energy_kwh, self.since_ns = self.energy(t_ns), t_ns
                    self.state, self.changes = str(value), self.changes + 1
                    self.tell_state(t_ns)
            case "failing":
                self.mode = str(value)
                self.tell_alarms(t_ns)
            case "ended":
                self.tell_cycle(t_ns, float(value))
            case "good":
                self.good += round(float(value))
                self.tell_parts(t_ns, is_bad=False)
            case "bad":
                self.bad += round(float(value))
                self.tell_parts(t_ns, is_bad=True)
            case "reworked":
                self.rework += round(float(value))
                self.tell_counts(t_ns, "parts.rework")
                self.tell_measures(t_ns, is_bad=True)
            case "renewed":
                self.renew(float(value), t_ns)
            case "order":
                self.obey(happening.name, t_ns, value)

    def obey(self, name: str, t_ns: int, value: Raw) -> None:
        """Take what was written, and tell it on the tags on which it is read back."""
        command = self.voice.station.commands[name]
        if isinstance(value, str):  # a choice: no speed, no level
            pass
        elif command.sets == "speed":
            self.speed = float(value)
        elif command.sets in FOLLOWING:
            self.orders = {**self.orders, name: float(value)}
        for tag in self.voice.echoes(command):
            self.tell(tag, t_ns, value)

    def elapse(self, to_ns: int) -> None:
        """Let operating time go by, and tell the counters of tool life that move meanwhile."""
        passed_ns = max(0, to_ns - self.t_ns)
        if self.state == "running":
            for life in self.voice.lives:
                before_ns = self.cut_ns[life.tag]
                for k in range(
                    before_ns // life.step_ns + 1, (before_ns + passed_ns) // life.step_ns + 1
                ):
                    at_ns = self.t_ns + k * life.step_ns - before_ns
                    self.tell_life(life, at_ns, k * life.step_ns)
                self.cut_ns[life.tag] = before_ns + passed_ns
        self.t_ns = max(self.t_ns, to_ns)

    def measure(self, t_ns: int, seen: Seen) -> None:
        """Tell the measured values of one point of the grid."""
        self.used, self.failing = seen.used, seen.failing
        for gauge in self.voice.gauges:
            target = gauge.work if self.state == "running" else gauge.rest
            if gauge.by_speed:
                target *= self.speed / FULL_SPEED
            target += self.orders.get(gauge.follows, gauge.first) - gauge.first
            target += self.shift(gauge.tag, gauge.showings, t_ns)
            self.levels[gauge.tag] = settled(
                self.levels[gauge.tag], target, GRID_NS / NS_PER_S, gauge.settling_s
            )
            self.tell_gauge(gauge, t_ns)
        self.tell_power(t_ns, t_ns // GRID_NS)
        if t_ns // GRID_NS % ENERGY_GRIDS == 0:
            self.tell_energy(t_ns)

    def everything(self, orders: Mapping[Address, Raw]) -> None:
        """Tell what stands on every tag that shows more than a cycle or a part."""
        t_ns = self.t_ns
        self.tell_state(t_ns)
        for name, command in self.voice.station.commands.items():
            for tag in self.voice.echoes(command):
                self.tell(tag, t_ns, orders[self.voice.address.with_tag(name)])
        for life in self.voice.lives:
            self.tell_life(life, t_ns, self.cut_ns[life.tag] // life.step_ns * life.step_ns)
        for gauge in self.voice.gauges:
            self.tell_gauge(gauge, t_ns)
        self.tell_counts(t_ns, "parts.good", "parts.scrap", "parts.rework", "parts.total", "cycle")
        self.tell_alarms(t_ns)
        self.tell_energy(t_ns)
        self.tell_lots(t_ns)
        job = self.voice.job
        words = {"program": job.program, "product": job.product, "operator": ""}
        echoed = {
            tag for one in self.voice.station.commands.values() for tag in self.voice.echoes(one)
        }
        for tag, one in self.voice.tags.items():
            role = one.role or ""
            if role.startswith("permit."):
                self.tell(tag, t_ns, role in PERMITTED)
            elif role == "tool":
                self.tell(tag, t_ns, job.tool if kind_of(one) == "text" else 1)
            elif role in words:
                self.tell(tag, t_ns, words[role])
            elif role == "speed" and tag not in echoed:
                self.tell(tag, t_ns, FULL_SPEED)

    def tell_state(self, t_ns: int) -> None:
        for tag in self.voice.with_role("state"):
            self.tell(tag, t_ns, self.state)
        for shown in (self.voice.lamps, self.voice.words):
            for tag, words in shown.items():
                self.tell_raw(tag, t_ns, words.get(self.state, words["idle"]))
        self.tell_power(t_ns, -1 - self.changes)

    def tell_alarms(self, t_ns: int) -> None:
        for tag in self.voice.with_role("alarm"):
            self.tell_raw(tag, t_ns, alarm_of(self.voice.tags[tag], self.voice.modes, self.mode))

    def energy(self, t_ns: int) -> float:
        """Return the energy taken since the scenario began, in kWh."""
        passed_h = max(0, t_ns - self.since_ns) / NS_PER_H
        return self.energy_kwh + power_kw(self.voice.station, self.state) * passed_h

    def tell_energy(self, t_ns: int) -> None:
        for tag in self.voice.with_role("energy"):
            self.tell(tag, t_ns, round(self.energy(t_ns), DIGITS))

    def tell_lots(self, t_ns: int) -> None:
        lot = self.voice.job.lot(self.good + self.bad)
        for role in ("lot", "order"):
            for tag in self.voice.with_role(role):
                self.tell(tag, t_ns, lot)

    def tell_cycle(self, t_ns: int, planned_s: float) -> None:
        self.cycles += 1
        for tag in self.voice.with_role("cycle_time"):
            noise = CYCLE_NOISE_SHARE * normal(self.voice.seed, tag, self.cycles)
            self.tell(tag, t_ns, round(planned_s * (1.0 + noise), DIGITS))
        self.tell_counts(t_ns, "cycle")

    def tell_parts(self, t_ns: int, *, is_bad: bool) -> None:
        self.tell_counts(t_ns, "parts.scrap" if is_bad else "parts.good", "parts.total")
        self.tell_lots(t_ns)
        self.tell_measures(t_ns, is_bad=is_bad)

    def tell_measures(self, t_ns: int, *, is_bad: bool) -> None:
        k = self.good + self.bad + self.rework
        for one in self.voice.measures:
            self.tell(one.tag, t_ns, one.value(self.voice.seed, k, is_bad=is_bad))

    def tell_counts(self, t_ns: int, *roles: str) -> None:
        counts = {
            "parts.good": self.good,
            "parts.scrap": self.bad,
            "parts.rework": self.rework,
            "parts.total": self.good + self.bad,
            "cycle": self.cycles,
        }
        for role in roles:
            for tag in self.voice.with_role(role):
                self.tell(tag, t_ns, counts[role])

    def tell_life(self, life: Life, t_ns: int, cut_ns: int) -> None:
        self.tell(life.tag, t_ns, round(100.0 * cut_ns / life.life_ns, DIGITS))

    def renew(self, used: float, t_ns: int) -> None:
        """Set the counter of what was renewed to 0: the one that was nearest to that use."""
        if self.voice.lives:
            life = min(self.voice.lives, key=lambda one: abs(self.used.get(one.wear, 0.0) - used))
            self.cut_ns[life.tag] = 0
            self.tell_life(life, t_ns, 0)

    def tell_gauge(self, gauge: Gauge, t_ns: int) -> None:
        noise = gauge.noise * normal(self.voice.seed, gauge.tag, t_ns // GRID_NS)
        shown = min(max(self.levels[gauge.tag] + noise, gauge.low), gauge.high)
        self.tell(gauge.tag, t_ns, round(shown, DIGITS))

    def tell_power(self, t_ns: int, k: int) -> None:
        for tag, showings in self.voice.powers.items():
            level = power_kw(self.voice.station, self.state)
            if self.state == "running":
                level += self.shift(tag, showings, t_ns)
            noise = POWER_NOISE_SHARE * level * normal(self.voice.seed, tag, k)
            self.tell(tag, t_ns, round(max(0.0, level + noise), DIGITS))

    def shift(self, tag: Address, showings: tuple[Showing, ...], t_ns: int) -> float:
        """Return by how much causes move a tag, by what was seen last."""
        said = [one for one in self.voice.overrides if one.tag == tag and one.holds(t_ns)]
        replaced = {one.showing.cause for one in said}
        moving = [one for one in showings if one.cause not in replaced]
        moving += [one.showing for one in said]
        return sum((one.by * self.share(one, t_ns) for one in moving), 0.0)

    def share(self, showing: Showing, t_ns: int) -> float:
        if showing.is_wear:
            return symptom_level(self.used.get(showing.cause, 0.0), self.speed)
        since_ns = self.failing.get(showing.cause)
        if since_ns is None:
            return 0.0
        passed_s = (t_ns - since_ns) / NS_PER_S
        return min(1.0, max(0.0, passed_s) / showing.over_s) if showing.over_s else 1.0


def _settled_states(happenings: Sequence[Happening]) -> Iterator[Happening]:
    """Yield what happened without the states that lasted no time."""
    last = {one.t_ns: n for n, one in enumerate(happenings) if one.what == "state"}
    for n, one in enumerate(happenings):
        if one.what != "state" or last[one.t_ns] == n:
            yield one


def _lives(address: Address, station: Station) -> Iterator[Life]:
    for name, wear in station.wears.items():
        if wear.counter is not None and wear.counter in station.tags and wear.life_s is not None:
            yield Life(address.with_tag(wear.counter), name, round(wear.life_s * NS_PER_S))


def _measures(address: Address, plant: Plant) -> Iterator[Measure]:
    """Yield the tags of a station that products measure their characteristics with, each once."""
    found = set()
    for product in plant.products.values():
        for one in product.characteristics.values():
            tag = None if one.tag is None else Address(one.tag)
            if tag is None or tag.owner != address or tag in found or one.nominal is None:
                continue
            lower = one.nominal if one.lower is None else one.lower
            upper = one.nominal if one.upper is None else one.upper
            found.add(tag)
            yield Measure(tag=tag, nominal=one.nominal, lower=lower, upper=upper)


def voices(plant: Plant, stations: Sequence[Address], seed: int) -> dict[Address, Voice]:
    """Return the voices of stations.

    Parameters
    ----------
    plant, stations
        The plant, and which of its stations.
    seed
        Of all noise.

    Returns
    -------
    dict
        By address, in the order of `stations`.
    """
    placed = dict(plant.stations())
    return {address: Voice(address, placed[address], plant, seed) for address in stations}
