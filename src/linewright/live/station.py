"""One station: its samples become its states, its parts and its wear.

A station is folded from its own samples alone, in the order of its source, so records do not
depend on how sources interleave. Rules for bad data, none of which is an error:

- A bad state sample makes the state unknown; a bad reading of a counter is passed over, because
  the next good one shows all that happened.
- A sample older than what is known of its tag is late: counted, and of no effect. An initial one
  (first value after a connection) is never late, for it says what holds now; nor is a good one
  after a bad one, whose time the connector made up. Their time is then that of what is known.
- Two changes at the same time are told one nanosecond apart, the given time in `raw_t_ns`, so that
  their order is never lost.

A station is *loaded* while it holds a part that its counters do not show yet: from when it runs
until it is blocked (the part is counted as the cycle ends), starved or set up.
"""

from collections.abc import Mapping

import msgspec

from linewright.live.counters import Movement, movement
from linewright.live.layout import Amount, CountTag, StateTag, WearTag, day_start_ns
from linewright.live.memory import CounterMemory, StationMemory, WearMemory
from linewright.plant.calendar import WorkCalendar
from linewright.plant.model import FrozenMap
from linewright.plant.records import (
    How,
    Parts,
    Quality,
    Record,
    Severity,
    State,
    StationState,
    severity,
)

__all__ = ["NAME", "Row", "arrived", "follow"]

NAME = "live"
"""What records of this room name as their source."""

READING_MAX = 2**53
"""Largest reading of a counter that is believed: what a count of parts may be."""
T_NS_MAX = 7_258_118_400 * 10**9
"""The year 2200: later times are no times, and the calendar ends there."""
RAW_CHARS_MAX = 128
"""Longest text of a state in the machine's own words."""

_SHORT_DAY_NS = 21 * 3600 * 10**9
"""No production day is shorter: within it nothing has to be looked up."""
_LOADED: Mapping[StationState, bool] = FrozenMap(
    {
        StationState.RUNNING: True,
        StationState.BLOCKED: False,
        StationState.STARVED: False,
        StationState.SET_UP: False,
    }
)


class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One sample, without its tag."""

    t_ns: int
    seen_ns: int
    value: float
    integer: int | None
    text: str | None
    quality: int

    @property
    def usable(self) -> bool:
        """Whether it may be used at all, in doubt or not."""
        return severity(self.quality) is not Severity.BAD

    @property
    def initial(self) -> bool:
        """Whether it says what holds now, not when it came to hold."""
        return bool(self.quality & Quality.INITIAL)

    def count(self) -> int | None:
        """Reading of a counter, or None where it is no count."""
        if self.integer is not None:
            return self.integer if 0 <= self.integer <= READING_MAX else None
        return int(self.value) if 0.0 <= self.value <= READING_MAX else None

    def code(self) -> str:
        """State in the machine's own words; integral numbers without a point."""
        if self.integer is not None:
            return str(self.integer)
        if self.text is not None:
            return "".join(c for c in self.text if c.isprintable())[:RAW_CHARS_MAX]
        short = self.value.is_integer() and abs(self.value) <= READING_MAX
        return str(int(self.value)) if short else str(self.value)


def arrived(memory: StationMemory, t_ns: int, calendar: WorkCalendar) -> StationMemory:
    """Note that something was heard at event time `t_ns`, be it what it may; begin a new day."""
    day_ns = memory.day_ns
    if day_ns is None or t_ns - day_ns >= _SHORT_DAY_NS:
        day_ns = day_start_ns(calendar, t_ns)
    new_day = memory.day_ns is not None and day_ns > memory.day_ns
    return msgspec.structs.replace(
        memory,
        day_ns=day_ns,
        good=0 if new_day else memory.good,
        scrap=0 if new_day else memory.scrap,
        first_ns=t_ns if memory.first_ns is None else memory.first_ns,
        t_ns=max(t_ns, memory.t_ns),
    )


def follow(
    memory: StationMemory, tag: StateTag | CountTag | WearTag, row: Row, plant_rev: str
) -> tuple[StationMemory, Record | None]:
    """Fold one sample of a tag that means something; gives a record where it tells a change."""
    if isinstance(tag, StateTag):
        return _follow_state(memory, tag, row, plant_rev)
    if isinstance(tag, CountTag):
        return _follow_count(memory, tag, row, plant_rev)
    return _follow_wear(memory, tag, row), None


def _follow_state(
    memory: StationMemory, tag: StateTag, row: Row, plant_rev: str
) -> tuple[StationMemory, Record | None]:
    recovers = row.usable and severity(memory.quality) is Severity.BAD
    if row.t_ns < memory.state_t_ns and not (row.initial or recovers):
        return _late(memory), None
    t_ns = max(row.t_ns, memory.state_t_ns)
    state, raw_state = _meaning(tag, row)
    after = msgspec.structs.replace(
        memory, quality=row.quality, raw_state=raw_state, state_t_ns=t_ns
    )
    if memory.heard and not _differs(memory, state, raw_state, row.quality):
        return after, None
    told_ns = max(t_ns, memory.told_ns + 1)
    entered = state != memory.state or not memory.heard
    after = msgspec.structs.replace(
        after,
        heard=True,
        state=state,
        since_ns=told_ns if entered else memory.since_ns,
        told_ns=told_ns,
        loaded=_LOADED.get(state, memory.loaded),
    )
    record = State(
        address=memory.address,
        t_ns=told_ns,
        seen_ns=row.seen_ns,
        plant_rev=plant_rev,
        how=How.MACHINE,
        source=NAME,
        quality=row.quality,
        raw_t_ns=None if told_ns == row.t_ns else row.t_ns,
        state=state,
        raw_state=raw_state,
    )
    return after, record


def _meaning(tag: StateTag, row: Row) -> tuple[StationState, str | None]:
    """Our state and the machine's own word for it; unknown where the plant file has no meaning."""
    if not row.usable:
        return StationState.UNKNOWN, None
    code = row.code()
    if tag.states:
        state = tag.states.get(code, StationState.UNKNOWN)
    else:
        state = _OURS.get(code, StationState.UNKNOWN)
    return state, code or None


_OURS: Mapping[str, StationState] = FrozenMap({each.value: each for each in StationState})


def _differs(
    memory: StationMemory, state: StationState, raw_state: str | None, quality: int
) -> bool:
    """Whether a state is news: another state, or the unknown for another cause."""
    if state is not memory.state:
        return True
    if state is not StationState.UNKNOWN:
        return False
    changed = (quality ^ memory.quality) & ~Quality.INITIAL
    return raw_state != memory.raw_state or bool(changed)


def _follow_count(
    memory: StationMemory, tag: CountTag, row: Row, plant_rev: str
) -> tuple[StationMemory, Record | None]:
    reading = row.count()
    if not row.usable or reading is None:
        return _unusable(memory), None
    before = memory.counter(tag.name)
    if before is None:
        first = CounterMemory(name=tag.name, reading=reading, t_ns=row.t_ns, total=reading)
        return _keep(memory, first), None
    if row.t_ns < before.t_ns and not row.initial:
        return _late(memory), None
    t_ns = max(row.t_ns, before.t_ns)
    moved = movement(before.reading, reading, t_ns - before.t_ns, tag.pace, tag.modulus)
    parts, owed = _settled(memory, tag, moved)
    tells = parts > 0 or moved.restarted
    counter = CounterMemory(
        name=tag.name,
        reading=reading,
        t_ns=t_ns,
        total=before.total + moved.parts,
        told_ns=max(t_ns, before.told_ns + 1) if tells else before.told_ns,
        doubtful=before.doubtful or moved.restarted,
    )
    after = _keep(memory, counter)
    if moved.parts:
        last_ns = max(t_ns, memory.last_part_ns or 0)
        after = msgspec.structs.replace(after, owed=owed, last_part_ns=last_ns)
    after = _counted(after, tag.amount, parts)
    if not tells:
        return after, None
    record = Parts(
        address=memory.address,
        t_ns=counter.told_ns,
        seen_ns=row.seen_ns,
        plant_rev=plant_rev,
        how=How.INFERRED if tag.derived else How.MACHINE,
        source=NAME,
        quality=_parts_quality(tag, row, moved),
        raw_t_ns=None if counter.told_ns == row.t_ns else row.t_ns,
        from_ns=before.t_ns,
        counter=tag.name,
        reading=reading,
        restarted=moved.restarted,
        good=parts if tag.amount == "good" else 0,
        scrap=parts if tag.amount == "scrap" else 0,
        rework=parts if tag.amount == "rework" else 0,
    )
    return after, record


def _settled(memory: StationMemory, tag: CountTag, moved: Movement) -> tuple[int, int]:
    """Parts that a movement adds to its amount, and what is then owed to the other kind."""
    if tag.less is not None:
        paid = min(moved.parts, memory.owed)
        return moved.parts - paid, memory.owed - paid
    return moved.parts, memory.owed + (moved.parts if tag.owes else 0)


def _parts_quality(tag: CountTag, row: Row, moved: Movement) -> int:
    quality = row.quality
    if tag.derived:
        quality |= Quality.ESTIMATED
    if moved.restarted:
        quality |= Quality.UNCERTAIN
    return int(quality)


def _counted(memory: StationMemory, amount: Amount, parts: int) -> StationMemory:
    if amount == "good":
        return msgspec.structs.replace(memory, good=memory.good + parts)
    if amount == "scrap":
        return msgspec.structs.replace(memory, scrap=memory.scrap + parts)
    return memory


def _keep(memory: StationMemory, counter: CounterMemory) -> StationMemory:
    others = tuple(each for each in memory.counters if each.name != counter.name)
    return msgspec.structs.replace(memory, counters=(*others, counter))


def _follow_wear(memory: StationMemory, tag: WearTag, row: Row) -> StationMemory:
    """Keep the last usable reading; a bad one makes the wear unknown until a good one comes."""
    known = {each.part: each for each in memory.wears}
    ratio = row.value / _PERCENT
    usable = row.usable and 0.0 <= ratio < float("inf")
    for part in tag.parts:
        before = known.get(part)
        if before is not None and row.t_ns < before.t_ns and not row.initial:
            return _late(memory)
        if usable:
            known[part] = WearMemory(part=part, used_ratio=ratio, t_ns=row.t_ns)
        else:
            known.pop(part, None)
    wears = tuple(known[part] for part in sorted(known))
    after = msgspec.structs.replace(memory, wears=wears)
    return after if usable else _unusable(after)


_PERCENT = 100.0


def _late(memory: StationMemory) -> StationMemory:
    return msgspec.structs.replace(memory, late=memory.late + 1)


def _unusable(memory: StationMemory) -> StationMemory:
    return msgspec.structs.replace(memory, unusable=memory.unusable + 1)
