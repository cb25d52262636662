"""What the server holds of its site: the records of some days, newest values, and versions.

The shell (`hearing`) fills it; the pure functions of this room read it. A version rises with every
change of one kind at one line, so that a view is made anew only when what it shows has changed.
"""

import itertools
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from linewright.live.alarms import AlarmNow, alarm_key, watched
from linewright.live.alarms import learn as learn_alarm
from linewright.live.calls import CallNow
from linewright.live.calls import learn as learn_call
from linewright.live.day import Book, StationBook, plan_of
from linewright.plant import Plant
from linewright.plant.records import (
    Alarm,
    Approval,
    Call,
    Correction,
    Forecast,
    Gap,
    How,
    Job,
    Maintenance,
    Parts,
    Quality,
    Reason,
    Record,
    SignOn,
    State,
    order_of,
)
from linewright.server.book.held.newest import Newest
from linewright.server.book.held.shelf import Shelf
from linewright.server.book.reckoning.plain import NS_PER_S
from linewright.server.book.reckoning.windows import settled_ns
from linewright.server.known import ALIVE_S, Known, Moment

__all__ = ["ACT", "CLASSES", "Kept"]

CLASSES: Mapping[type[Record], str] = {
    State: "day",
    Parts: "day",
    Reason: "day",
    Gap: "day",
    Job: "day",
    Forecast: "forecast",
    Alarm: "alarm",
    Call: "call",
    Correction: "note",
    Approval: "note",
    SignOn: "people",
    Maintenance: "upkeep",
}
"""Classes of records that are kept, and the kind of their version."""

ACT = "act"
"""Kind of the version that counts what people did just now: who looks on sees it at once."""

ACTORS_MAX = 10_000
"""Most people whose acts are remembered by their id: more than work at any site."""

LATE_NS = 60 * NS_PER_S
"""A record of a window that came so long after its end changes what was told: a late one."""

LIVE = "live"
"""Who makes the records of machines: in order of time, but for what late samples correct."""

LATE_MAX = 10_000
"""Most late records that are counted for revisions; the oldest go first."""

SILENT_NS = 3 * NS_PER_S
"""A source that sent no frame for so long, heartbeats included, is silent: three missed ones."""

BEHIND_NS = 15 * NS_PER_S
"""What is behind by less, in time of the wall clock, still comes: figures end where it is heard.
What is behind by more is silent, and figures go on without it, as unknown time."""

SPREAD_NS = 2 * NS_PER_S
"""Stations that are behind by about as much, in time of the wall clock, are behind together: two
heartbeats. One that is behind the others by more is silent."""

STANDING_NS = 14 * 86_400 * NS_PER_S
"""How much longer alarms, calls and maintenance orders are kept: they may stand for days."""

MEMO_MAX = 4000
"""Most intermediate results that are kept: some of each station and window that is looked at."""

T = TypeVar("T")

_GROUP_PARTS = 3
_UNHEARD = Quality.STALE | Quality.NOT_CONNECTED


class Kept:
    """The book of a site.

    Parameters
    ----------
    plant
        The plant in force.
    rev
        Its revision.
    site
        Name of the site.
    known
        What is known of lines, links, services and cases.
    until_ns
        Of a book of the past: all of it is known up to here. None: the book of now.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> _ = plant.site("reno", timezone="UTC", currency="USD")
    >>> kept = Kept(plant.done(), "r1", "reno", Known())
    >>> kept.version("day", "reno")
    0
    """

    def __init__(
        self, plant: Plant, rev: str, site: str, known: Known, until_ns: int | None = None
    ) -> None:
        self.plant = plant
        self.rev = rev
        self.site = site
        self.known = known
        self.until_ns = until_ns
        self.plan = plan_of(plant, rev, site)
        self.day = Book()
        self.watched = watched(plant, rev, site)
        self.alarms: Shelf[Alarm] = Shelf()
        self.alarm_now: dict[str, AlarmNow] = {}
        """Every alarm that was told of, by its key; as many as limits and codes of machines."""
        self.calls: Shelf[Call] = Shelf()
        self.call_now: dict[str, CallNow] = {}
        """Every call that was told of, by the id of the record that raised it."""
        self.corrections: Shelf[Correction] = Shelf()
        self.approvals: Shelf[Approval] = Shelf()
        self.sign_ons: Shelf[SignOn] = Shelf()
        self.upkeep: Shelf[Maintenance] = Shelf()
        self._shelves: Mapping[type[Record], Shelf[Any]] = {
            Alarm: self.alarms,
            Call: self.calls,
            Correction: self.corrections,
            Approval: self.approvals,
            SignOn: self.sign_ons,
            Maintenance: self.upkeep,
        }
        self.newest = Newest()
        self.actors: dict[str, None] = {}
        """Ids of those who did or signed something, in the order in which they are first met."""
        self.is_whole = until_ns is not None
        """Whether what lies in history has been read."""
        self._versions: dict[tuple[str, str], int] = {}
        self._late: list[tuple[int, str]] = []
        self._told_ns: dict[tuple[type[Record], str, str | None], int] = {}
        """Newest record of each station and counter; as many as there are."""
        self._memo: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()
        self.begun_s: float | None = None
        """Monotonic clock when the shell began to hear; None: nobody hears."""

    # --- filling

    def hear(self, record: Record, plant_ns: int) -> bool:
        """Take a record; returns whether it changes anything.

        Parameters
        ----------
        record
            Of any class and revision, in any order.
        plant_ns
            Plant time at which it came; 0: it was read from history, and is not late.
        """
        kind = CLASSES.get(type(record))
        if kind is None or not self._put(record):
            return False
        place = _group(record.address)
        if record.how is How.PERSON and record.by and len(self.actors) < ACTORS_MAX:
            self.actors[record.by] = None
        kinds = (kind, ACT) if plant_ns and record.how is How.PERSON else (kind,)
        for each in itertools.product(kinds, {place, self.site}):
            self._versions[each] = self._versions.get(each, 0) + 1
        if self._is_correction(record, plant_ns):
            self._late.append((record.t_ns, place))
            if len(self._late) > LATE_MAX:
                del self._late[: LATE_MAX // 2]
        return True

    def _is_correction(self, record: Record, plant_ns: int) -> bool:
        """Return whether a record changes what was told of the time before.

        Those of `live` come in order, however long a state had to hold, or a link took: one that
        revises another, or that comes after a newer one of its kind, is due to late samples. Of a
        window of the past everything had come that was in time.
        """
        if record.source != LIVE or not isinstance(record, State | Parts):
            return record.t_ns + LATE_NS < plant_ns
        counter = record.counter if isinstance(record, Parts) else None
        key = (type(record), record.address, counter)
        newest_ns = self._told_ns.get(key, 0)
        self._told_ns[key] = max(newest_ns, record.t_ns)
        is_past = self.until_ns is not None  # what had come of it was read
        return record.rev > 0 or (plant_ns > 0 and (is_past or record.t_ns < newest_ns))

    def _put(self, record: Record) -> bool:
        shelf: Shelf[Any] | None = self._shelves.get(type(record))
        if shelf is None:
            return self.day.take(record)
        if not shelf.put(record):
            return False
        if isinstance(record, Alarm):
            key = alarm_key(record.address, record.alarm)
            self.alarm_now[key] = learn_alarm(self.alarm_now.get(key), record)
        if isinstance(record, Call):
            name = record.call or record.id
            self.call_now[name] = learn_call(self.call_now.get(name), record)
        return True

    def forget(self, before_ns: int) -> None:
        """Let go of what happened before a time, but for what still holds then."""
        self.day.forget(before_ns)
        self.call_now = {
            name: call
            for name, call in self.call_now.items()
            if call.is_open or (call.ended_ns or 0) >= before_ns
        }
        for shelf in (self.alarms, self.calls, self.upkeep):
            shelf.forget(before_ns - STANDING_NS)
        self.sign_ons.forget(before_ns)

    # --- versions

    def version(self, kind: str, address: str) -> int:
        """Return how often something of a kind changed at a line, or at the whole site."""
        return self._versions.get((kind, _group(address)), 0)

    def revision(self, address: str, from_ns: int, until_ns: int) -> int:
        """Return how many records of a window came late, or corrected another."""
        return sum(
            1
            for t_ns, place in self._late
            if from_ns <= t_ns < until_ns
            and (place.startswith(address) or address.startswith(place))
        )

    def latest(self, key: Hashable) -> Any:  # noqa: ANN401  # as it was kept
        """Return what was made last under a key, of whatever version; None: nothing."""
        found = self._memo.get(key)
        return None if found is None else found[1]

    def memo(self, key: Hashable, version: Hashable, make: Callable[[], T]) -> T:
        """Return what was made of a version, or make it; the least used go first."""
        found = self._memo.get(key)
        if found is None or found[0] != version:
            found = (version, make())
            self._memo[key] = found
            while len(self._memo) > MEMO_MAX:
                self._memo.popitem(last=False)
        self._memo.move_to_end(key)
        value: T = found[1]
        return value

    def stamp(self, *addresses: str) -> tuple[Hashable, ...]:
        """Return versions of all that a view of some places is made from, but for time itself.

        The same stamp means: nothing came. It costs some look-ups in a map.

        Parameters
        ----------
        addresses
            Of the places; none: all of the site.
        """
        places = addresses or (self.site,)
        kinds = sorted({*CLASSES.values()})
        return (
            self.known.version,
            self.newest.version,
            *(self.version(kind, place) for place in places for kind in kinds),
        )

    # --- reading

    def book_of(self, station: str) -> StationBook:
        """Return what is known of a station, with the gaps of its source that the site was told.

        `history` finds missing batches by their numbers, and knows no station: such a gap has the
        address of the site, and the name of the source.
        """
        own, site = self.day.station(station), self.day.station(self.site)
        if not site.version or station == self.site:
            return own

        def made() -> StationBook:
            names = self.plan.stations[station].sources
            told = (each for each in site.gaps if each.of_source in names)
            gaps = tuple(sorted((*own.gaps, *told), key=order_of))
            version = own.version + site.version  # neither falls: each change gives another sum
            return msgspec.structs.replace(own, version=version, gaps=gaps)

        return self.memo(("book", station), (own.version, site.version), made)

    def micro_stop_s(self, station: str) -> float:
        """Return the threshold of micro-stops of a station, as the day's book decides it."""
        return self.plan.stations[station].micro_stop_ns / NS_PER_S

    def heard_ns(self, station: str, moment: Moment) -> int:
        """Return the plant time up to which a station was heard; beyond it nothing is known."""
        now_ns = settled_ns(moment)
        if self.until_ns is not None:
            return min(self.until_ns, now_ns)
        told_ns = min(now_ns, self._live_ns(moment))
        sources = self.newest.sources_of(station)
        if not sources:
            return told_ns if self._is_told(station) else self._last_ns(station)
        fresh = any(moment.wall_ns - each.wall_ns <= SILENT_NS for each in sources)
        return told_ns if fresh else min(told_ns, max(each.plant_ns for each in sources))

    def told_ns(self, stations: Iterable[str], moment: Moment) -> int:
        """Return the instant at which every figure of some stations ends: one for one answer.

        It is now, to the second; where all of them are a little behind, how far they are heard.
        A silent one does not hold it back: its time after it was heard is unknown.
        """
        now_ns = settled_ns(moment)
        if self.until_ns is not None:
            now_ns = min(self.until_ns, now_ns)
        heard = [self.heard_ns(each, moment) for each in stations]
        newest_ns, speed = max(heard, default=now_ns), max(1.0, moment.speed)
        if newest_ns < now_ns - round(BEHIND_NS * speed):
            return now_ns
        least_ns = newest_ns - round(SPREAD_NS * speed)
        return min((each for each in heard if each >= least_ns), default=now_ns)

    def _live_ns(self, moment: Moment) -> int:
        """Return the plant time up to which `live` made records of what was heard."""
        alive = self.known.alive.get("live")
        heard_s = alive.heard_s if alive is not None else self.begun_s
        age_s = 0.0 if heard_s is None else moment.mono_s - heard_s
        is_up = age_s <= ALIVE_S if alive is None else self.known.is_up("live", moment.mono_s)
        return moment.t_ns if is_up else moment.t_ns - round(age_s * moment.speed * 1e9)

    def _is_told(self, station: str) -> bool:
        """Whether `live` says that it hears a station: before a frame of it came to us."""
        line = self.known.lines.get(_group(station))
        now = (
            next((each for each in line.stations if each.address == station), None)
            if line
            else None
        )
        return now is not None and bool(now.seen_ns) and not now.quality & _UNHEARD

    def _last_ns(self, station: str) -> int:
        held = self.day.station(station)
        return max((each.t_ns for each in (*held.states[-1:], *held.parts[-1:])), default=0)


def _group(address: str) -> str:
    """Return the line or work centre of an address, or what stands above it."""
    return "/".join(address.partition("#")[0].split("/")[:_GROUP_PARTS])
