"""A plant file played: from one tick of the plant clock to the next, with what it keeps on disk.

A play goes through the scenario silently up to the wanted time, and then from tick to tick. In
each tick the writes of clients take hold, the kernel moves on, and the samples of the tick are
put into the truth and the state is saved before anything is shown. So a play that was killed
goes on from its last tick and never shows a sample twice. Nothing here knows a clock.
"""

import datetime as dt
import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

import msgspec

from linewright.emulate.faults.links import Reach, reach_of
from linewright.emulate.faults.series import faults_of
from linewright.emulate.faults.way import Carried, Way
from linewright.emulate.flows.book import Book, booked
from linewright.emulate.folder import Fact, Folder, Saved, Written
from linewright.emulate.gauges import Showing
from linewright.emulate.kernels import KeptOtherwise, Kernels
from linewright.emulate.machines import Machine, Raw, Sample, machines
from linewright.emulate.paper.clerks import HOUR_NS, Clerks, Entry
from linewright.emulate.signals import GRID_NS, Happening, Memory, Override, Seen, voices
from linewright.plant import Address, Plant
from linewright.plant.language import load_text
from linewright.plant.records import Change, Order
from linewright.plant.scenario import (
    Occurrence,
    Scenario,
    ScenarioInvalid,
    changes,
    check_scenario_text,
    occurrences,
)

__all__ = ["Options", "Play", "PlayInvalid", "Setup", "set_up"]

_log = logging.getLogger(__name__)

NS_PER_US = 1_000
NS_PER_S = 1_000_000_000

ORDER_AFTER_NS = NS_PER_US
"""What was written takes hold so long after the tick before: later than all that it showed."""

FORWARD_NS = 60 * NS_PER_S
"""Plant time of one stretch of going forward silently; between two the process may breathe."""

FROM_NS_MAX = 2**63 - 366 * 24 * 3600 * NS_PER_S
"""Latest begin of a play: a year before the clock in 64 bits ends."""

HEARD = frozenset({"open", "refusing"})
"""How a machine is reached whose values come: one that refuses requests goes on publishing."""

SPEED_MAX = 1_000.0
"""Fastest play, in plant seconds a second."""


class PlayInvalid(ValueError):
    """What was asked for cannot be played; the text says why and what to do."""


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What whoever starts a play may choose; as JSON in the file `emulate.json` of its folder.

    Examples
    --------
    >>> Options().speed is None
    True
    """

    speed: float | None = None
    """Plant seconds in a second; left out: the scenario's, else 1."""
    begin: str | None = msgspec.field(default=None, name="from")
    """Up to when to go silently, on the scenario's clock; left out: the scenario's start."""
    from_ns: int | None = None
    """The same in ns since 1970 UTC."""
    past_s: float = 0.0
    """How much of the time before is kept as a past; no more than the scenario has."""
    wait_s: float = 0.0
    """How long at most the clock of a play that begins stands until each machine is read."""


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """A play, ready to begin. Made by `set_up`."""

    plant: Plant
    site: str
    scenario: Scenario | None
    seed: int
    start_ns: int
    from_ns: int
    past_ns: int | None = None
    """From when on what is shown is kept as a past; None: there is none."""
    wait_s: float = 0.0
    """How long at most the clock stands at `from_ns` until each machine is read."""
    speed: float
    fingerprint: str
    book: Book = Book()


def set_up(
    text: str,
    site: str | None,
    scenario: str,
    options: Options,
    *,
    orders: Sequence[Order] = (),
) -> Setup:
    """Return the play of a plant and a scenario.

    Parameters
    ----------
    text
        Plant file.
    site
        Site whose machines are played; None: the first.
    scenario
        Scenario file; empty: nothing happens but what the plant file says, and `options` must
        say from when.
    options
        Speed, and when it begins to be shown.
    orders
        What the site makes to order, in place of material without end. Rush orders of the
        scenario come beside either.

    Returns
    -------
    Setup
        Equal arguments give equal plays.

    Raises
    ------
    PlantInvalid, ScenarioInvalid
        A file has mistakes.
    PlayInvalid
        The options do not fit, or nothing says when to begin.

    Examples
    --------
    >>> plant = '''
    ... linewright: 1
    ... enterprise: acme
    ... sites: {reno: {timezone: America/Los_Angeles, currency: USD, areas: {}}}
    ... '''
    >>> set_up(plant, None, "", Options(begin="2026-11-23 06:00", speed=20)).from_ns
    1795442400000000000
    """
    plant = load_text(text)
    site = next(iter(plant.sites)) if site is None else site
    if site not in plant.sites:
        raise PlayInvalid(f"the plant has no site {site!r}, but {', '.join(plant.sites)}")
    checked = _scenario(scenario, plant)
    zone = ZoneInfo(plant.sites[site].timezone) if checked is None else checked.clock_of(plant)
    start_ns = None if checked is None else checked.start_ns(plant)
    from_ns = _begin_ns(options, zone)
    past_ns = round(options.past_s * NS_PER_S)
    if start_ns is None and from_ns is not None:
        start_ns = from_ns - past_ns
    if start_ns is None:
        raise PlayInvalid("nothing says when the play begins: give a scenario, or `from`")
    from_ns = start_ns if from_ns is None else from_ns
    if from_ns < start_ns:
        raise PlayInvalid("`from` is before the start of the scenario")
    if checked is not None and from_ns >= checked.end_ns(plant):
        raise PlayInvalid("`from` is not before the end of the scenario; choose an earlier one")
    if not 0 < from_ns < FROM_NS_MAX:
        raise PlayInvalid("`from` is no time between 1970 and 2261")
    speed = options.speed or (checked.speed if checked is not None else 1.0)
    if not 0.0 < speed <= SPEED_MAX:
        raise PlayInvalid(f"speed {speed} is not above 0 and at most {SPEED_MAX:.0f}")
    return Setup(
        plant=plant,
        site=site,
        scenario=checked,
        seed=1 if checked is None else checked.seed,
        start_ns=start_ns,
        from_ns=from_ns // NS_PER_US * NS_PER_US,
        past_ns=_past_ns(start_ns, from_ns, past_ns),
        wait_s=options.wait_s,
        speed=speed,
        fingerprint=_fingerprint(text, site, scenario, orders),
        book=booked(orders, checked, plant, site),
    )


def _past_ns(start_ns: int, from_ns: int, long_ns: int) -> int | None:
    """Return from when on a past is kept; None: there is none, or no time for one."""
    begin_ns = max(start_ns, from_ns - long_ns) // NS_PER_US * NS_PER_US
    return begin_ns if begin_ns < from_ns else None


def _fingerprint(text: str, site: str, scenario: str, orders: Sequence[Order]) -> str:
    """Return what tells one play from another; without orders as it always was."""
    named = "".join(f"\0{one.id}.{one.rev}" for one in orders)
    return hashlib.sha256(f"{text}\0{site}\0{scenario}{named}".encode()).hexdigest()


def _scenario(text: str, plant: Plant) -> Scenario | None:
    if not text.strip():
        return None
    checked = check_scenario_text(text, plant)
    if checked.scenario is None:
        raise ScenarioInvalid(checked.problems)
    return checked.scenario


def _begin_ns(options: Options, zone: ZoneInfo) -> int | None:
    if options.from_ns is not None or options.begin is None:
        return options.from_ns
    try:
        local = dt.datetime.fromisoformat(options.begin)
    except ValueError as error:
        raise PlayInvalid(f"`from` {options.begin!r} is no time: {error}") from error
    at = local if local.tzinfo is not None else local.replace(tzinfo=zone)
    return round(at.timestamp()) * NS_PER_S


class Play:
    """One play in one folder: where it stands, and how it goes on.

    Parameters
    ----------
    setup
        What is played.
    folder
        Where it is kept; a play that was killed goes on where it stood.

    Attributes
    ----------
    t_ns
        Plant time, in whole microseconds.
    is_fresh
        Whether nothing was shown yet: `forward` and `begin` come first.
    """

    def __init__(self, setup: Setup, folder: Folder, *, has_broker: bool = False) -> None:
        self.setup = setup
        self.folder = folder
        self.machines: tuple[Machine, ...] = tuple(
            one
            for one in machines(setup.plant, has_broker=has_broker)
            if one.address.site == setup.site
        )
        places = {setup.site, *(one.address for one in self.machines)}
        self.strikes = tuple(
            one
            for one in (() if setup.scenario is None else occurrences(setup.scenario, setup.plant))
            if one.address.owner in places or one.address in places
        )
        self.voices = voices(setup.plant, [one.address for one in self.machines], setup.seed)
        for address, voice in self.voices.items():
            voice.overrides = tuple(_overrides(setup, self.strikes, address))
        faults = faults_of(setup.scenario, setup.plant, self.machines)
        tags = {tag: one for voice in self.voices.values() for tag, one in voice.tags.items()}
        self._way = Way(faults, self.machines, tags, setup.seed)
        self._signals = {tag for tag in tags if tag in self._way.kinds}
        saved = folder.restore(setup.fingerprint)
        try:
            self.kernels = self._kernels(saved)
        except KeptOtherwise as error:
            _log.warning("the saved state is of another version, the play begins anew: %s", error)
            saved = None
            self.kernels = self._kernels(saved)
        self.clerks = Clerks(setup.plant, setup.site, scenario=setup.scenario, seed=setup.seed)
        self._entered: list[Entry] = []
        self.is_fresh = saved is None
        if saved is None:
            self._begin_anew()
        else:
            self._go_on(saved)

    def _kernels(self, saved: Saved | None) -> Kernels:
        setup = self.setup
        return Kernels(
            setup.plant,
            tuple(self.voices),
            kept={} if saved is None else saved.lines,
            changes=() if setup.scenario is None else changes(setup.scenario, setup.plant),
            book=setup.book,
            at_ns=setup.start_ns if saved is None else saved.t_ns,
            seed=setup.seed,
        )

    def _begin_anew(self) -> None:
        setup = self.setup
        self.folder.begin()
        self.t_ns = setup.start_ns
        states, seen = self.kernels.states(), self.kernels.seen()
        self.memories: dict[Address, Memory] = {
            address: voice.begin(
                states.get(address, "idle"), self.t_ns, seen.get(address, NOTHING).used
            )
            for address, voice in self.voices.items()
        }
        self._carried = Carried(t_ns=self.t_ns)
        self.births: dict[Address, int] = {}
        self.orders: dict[Address, Raw] = {
            point.command: point.first
            for machine in self.machines
            for point in machine.points
            if point.command is not None and point.first is not None
        }
        self.writes: dict[Address, int] = {}
        self.ports: dict[Address, int] = {}

    def _go_on(self, saved: Saved) -> None:
        self.t_ns = saved.t_ns
        self.memories = dict(saved.memories)
        self._carried = saved.carried
        self.births = dict(saved.births)
        self.orders = dict(saved.orders)
        self.writes = dict(saved.writes)
        self.ports = dict(saved.ports)

    def forward(self, until_ns: int | None = None) -> Iterator[int]:
        """Go silently to where the play begins to be shown; yields plant time now and then."""
        until_ns = self.setup.from_ns if until_ns is None else until_ns
        while self.t_ns < until_ns:
            found = self._advance(min(self.t_ns + FORWARD_NS, until_ns), {})
            if self._way.faults.tags:
                self._carry(found)
            yield self.t_ns

    def begin(self) -> None:
        """Make the first samples, all of the present time."""
        setup = self.setup
        # whatever was shown until now, nobody is connected who has seen it
        self._carried = msgspec.structs.replace(self._carried, t_ns=self.t_ns, shown={}, ahead={})
        samples = self._carry(self._stands())
        begun = Fact(event="play.begun", t_ns=self.t_ns, value=float(setup.speed))
        self.folder.tell([begun, *self._struck(setup.start_ns - 1)], samples)
        self._entered.clear()
        self.clerks.look(self.t_ns, self.kernels.counts())

    def past(self, until_ns: int) -> Iterator[tuple[int, tuple[Sample, ...]]]:
        """Go as silently to `until_ns`, and tell what machines that are connected would show.

        Nothing is put on disk. `begin` comes afterwards, as after `forward`.

        Yields
        ------
        int, tuple of Sample
            Plant time, and what came out since the time before; at first what stands at the
            beginning.
        """
        self._entered.clear()
        self.clerks.look(self.t_ns, self.kernels.counts())
        yield self.t_ns, _told(self._carry(self._stands()))
        while self.t_ns < until_ns:
            found = self._advance(min(self.t_ns + FORWARD_NS, until_ns), {})
            if self.t_ns >= until_ns and self.t_ns % HOUR_NS:
                self._entered += self.clerks.look(self.t_ns, self.kernels.counts())
            yield self.t_ns, _told(self._carry(found))

    def _stands(self) -> list[Sample]:
        """Return what stands on the tags of all machines."""
        return [
            sample
            for address, voice in self.voices.items()
            for sample in voice.snapshot(self.memories[address], self.orders)
        ]

    def standing(self) -> tuple[dict[Address, Raw], tuple[Sample, ...]]:
        """Return what stands on the commands, writes that wait included, and on the tags."""
        orders = dict(self.orders)
        for written in self.folder.waiting():
            if written.status == "Good" and written.value is not None:
                orders[written.command] = written.value
        return orders, tuple(self._carried.shown.values())

    def reach(self) -> dict[Address, Reach]:
        """Return how each machine is reached now, and what its clock says."""
        return {
            one.address: reach_of(
                self._way.faults,
                one.address,
                self.t_ns,
                ahead_ns=self._way.ahead_ns(one.address, self.t_ns),
            )
            for one in self.machines
        }

    def is_reached(self, station: Address, t_ns: int) -> bool:
        """Return whether somebody who is connected to a machine hears it at an instant."""
        if not self._way.faults.at_station(station):
            return True
        return reach_of(self._way.faults, station, t_ns).state in HEARD

    def step(self, until_ns: int) -> tuple[Sample, ...]:
        """Go on to `until_ns`, put it on disk, and return what is to be shown.

        Parameters
        ----------
        until_ns
            The end of the tick; no earlier than now.

        Returns
        -------
        tuple of Sample
            In the order in which they come out; what a fault withholds is not among them. They
            count as shown: after the process was killed they do not come again.
        """
        before_ns = self.t_ns
        facts, happenings = self._obey(self.folder.take())
        samples = self._carry(self._advance(until_ns // NS_PER_US * NS_PER_US, happenings))
        told = [*facts, *self._struck(before_ns)]
        self.folder.tell(told, samples, before_ns)
        self.enter()
        self.save()
        return _told(samples)

    def enter(self) -> None:
        """Put on disk what people have to enter of the time since the last call."""
        self.folder.enter(self._entered)
        self._entered.clear()

    def next_birth(self, station: Address) -> int:
        """Return the number of an edge node's next connection, put on disk before it is used."""
        found = self.births.get(station, -1) + 1
        self.births[station] = found
        self.save()
        return found

    def save(self) -> None:
        """Put on disk where the play stands."""
        self.folder.save(
            Saved(
                play=self.setup.fingerprint,
                t_ns=self.t_ns,
                lines=self.kernels.keep(),
                memories=self.memories,
                carried=self._carried,
                orders=self.orders,
                writes=self.writes,
                ports=self.ports,
                births=self.births,
            )
        )

    def _obey(
        self, written: tuple[Written, ...]
    ) -> tuple[list[Fact], dict[Address, list[Happening]]]:
        """Let what was written take hold, and return it as facts and as happenings."""
        facts: list[Fact] = []
        happenings: dict[Address, list[Happening]] = {}
        for n, one in enumerate(written):
            at_ns = self.t_ns + ORDER_AFTER_NS * (n + 1)
            station = one.command.owner
            is_good = one.status == "Good" and one.value is not None
            if is_good and one.value is not None:
                self.orders[one.command] = one.value
                self.writes[one.command] = self.writes.get(one.command, 0) + 1
                name = one.command.tag or ""
                happening = Happening(
                    t_ns=at_ns, station=station, what="order", value=one.value, name=name
                )
                happenings.setdefault(station, []).append(happening)
                sets = self.voices[station].station.commands[name].sets
                if sets == "speed" and not isinstance(one.value, str):
                    value = float(one.value)
                    self.kernels.change(
                        Change(address=station, parameter="speed", value=value, at_ns=at_ns)
                    )
            facts.append(
                Fact(
                    event="command.written",
                    t_ns=at_ns,
                    address=one.command,
                    value=one.value,
                    by=one.by,
                    status=one.status,
                    n=self.writes.get(one.command, 0),
                )
            )
        return facts, happenings

    def _advance(self, until_ns: int, orders: Mapping[Address, list[Happening]]) -> list[Sample]:
        """Go on in stretches that end on the grid, and return what the tags show."""
        found: list[Sample] = []
        waiting = dict(orders)
        while self.t_ns < until_ns:
            next_ns = min(until_ns, (self.t_ns // GRID_NS + 1) * GRID_NS)
            heard = self.kernels.advance(next_ns)
            seen = self.kernels.seen() if next_ns % GRID_NS == 0 else {}
            for address, voice in self.voices.items():
                happenings = [*waiting.pop(address, []), *heard.get(address, [])]
                self.memories[address], samples = voice.samples(
                    self.memories[address], happenings, seen.get(address, NOTHING), next_ns
                )
                found += samples
            self.t_ns = next_ns
            if next_ns % HOUR_NS == 0:
                self._entered += self.clerks.look(next_ns, self.kernels.counts())
        return found

    def _carry(self, found: list[Sample]) -> tuple[Sample, ...]:
        """Return what of the machines' samples comes out until now, and what is withheld.

        A value that repeats the one before is left out: an OPC UA server does not report it.
        Each tag's true times rise.
        """
        own = [one for one in found if one.tag in self._signals]
        self._carried, samples = self._way.carry(self._carried, own, self.t_ns)
        return samples

    def _struck(self, after_ns: int) -> list[Fact]:
        """Return the scenario's events and the orders that were done after a time, up to now."""
        done = [
            Fact(
                event="order.done",
                t_ns=one.t_ns,
                address=place,
                happens=one.name,
                value=one.good,
            )
            for place, one in self.kernels.done(after_ns)
        ]
        return done + [
            Fact(
                event=one.event,
                t_ns=one.at_ns,
                address=one.address,
                happens=one.happens,
                until_ns=one.until_ns,
            )
            for one in self.strikes
            if after_ns < one.at_ns <= self.t_ns
        ]


def _told(samples: tuple[Sample, ...]) -> tuple[Sample, ...]:
    """Return what of samples comes out."""
    return tuple(one for one in samples if one.fate != "withheld")


def _overrides(
    setup: Setup, strikes: tuple[Occurrence, ...], station: Address
) -> Iterator[Override]:
    """Yield how far a scenario says that a cause moves the tags of a station."""
    for strike in strikes:
        if setup.scenario is None or strike.address != station:
            continue
        lists, _, name = strike.event.partition(".")
        event = setup.scenario.machines.get(name) if lists == "machines" else None
        cause = None if event is None else event.wears or event.fails
        if event is None or cause is None:
            continue
        for tag, level in event.shows.items():
            showing = Showing(cause=cause, is_wear=event.wears is not None, by=level.value)
            yield Override(
                tag=station.with_tag(tag),
                showing=showing,
                from_ns=strike.at_ns,
                until_ns=None
                if event.wears is not None and event.lasts is None
                else strike.until_ns,
            )


NOTHING = Seen(used={}, failing={})
"""How a station stands where nobody looks: off the grid."""
