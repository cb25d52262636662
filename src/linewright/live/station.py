"""One station: its samples become its states, its parts and its wear.

A station is folded from its own samples alone, so records do not depend on how sources
interleave. Rules for bad data, none of which is an error:

- A bad state sample makes the state unknown; a bad reading of a counter is passed over, because
  the next good one shows all that happened.
- A late sample takes the place in time where it belongs, as long as what came then is held
  (`linewright.live.recent`): records that are not as they should be are revised or taken back, and
  missing ones are told. An older state is told in doubt, an older reading is passed over: its parts
  stand with the next reading.
- An initial sample (first value after a connection) is never late, for it says what holds now; nor
  is a good state after a bad one, whose time the connector made up. Their time is then that of
  what is known.
- Two changes at the same time are told one nanosecond apart, the given time in `raw_t_ns`, so that
  their order is never lost. Of tags from which a state is derived, what has one time is one moment.

A station is *loaded* while it holds a part that its counters do not show yet: from when it runs
until it is blocked (the part is counted as the cycle ends), starved or set up.
"""

import math
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Literal

import msgspec

from linewright.live.counters import count, rank
from linewright.live.layout import (
    CountTag,
    InputTag,
    Layout,
    StateTag,
    StationPlan,
    WearTag,
    day_start_ns,
)
from linewright.live.memory import Counted, Held, Said, StationMemory, WearMemory
from linewright.live.recent import Change, Rules, corrected, forgotten, moved
from linewright.live.states import NAME, Teller, in_time_ns
from linewright.plant.calendar import WorkCalendar
from linewright.plant.records import Parts, Quality, Record, Severity, severity

__all__ = ["NAME", "Row", "Rows", "anew", "arrived", "follow", "ripened", "value_of"]

READING_MAX = 2**53
"""Largest reading of a counter that is believed: what a count of parts may be."""
T_NS_MAX = 7_258_118_400 * 10**9
"""The year 2200: later times are no times, and the calendar ends there."""
RAW_CHARS_MAX = 128
"""Longest text of a state in the machine's own words."""

_SHORT_DAY_NS = 21 * 3600 * 10**9
"""No production day is shorter: within it nothing has to be looked up."""


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


class Rows:
    """Samples of one station in one frame, by what they mean, in the order of the frame."""

    def __init__(self) -> None:
        self.states: list[tuple[StateTag | InputTag, Row]] = []
        self.counts: list[tuple[CountTag, Row]] = []
        self.wears: list[tuple[WearTag, Row]] = []

    def put(self, tag: StateTag | InputTag | CountTag | WearTag, row: Row) -> None:
        """Add a sample."""
        if isinstance(tag, CountTag):
            self.counts.append((tag, row))
        elif isinstance(tag, WearTag):
            self.wears.append((tag, row))
        else:
            self.states.append((tag, row))


def arrived(
    memory: StationMemory, first_ns: int, t_ns: int, calendar: WorkCalendar
) -> StationMemory:
    """Note that samples from one event time to another were heard; begin a new day."""
    day_ns = memory.day_ns
    if day_ns is None or t_ns - day_ns >= _SHORT_DAY_NS:
        day_ns = day_start_ns(calendar, t_ns)
    new_day = memory.day_ns is not None and day_ns > memory.day_ns
    return msgspec.structs.replace(
        memory,
        day_ns=day_ns if memory.day_ns is None else max(day_ns, memory.day_ns),
        good=0 if new_day else memory.good,
        scrap=0 if new_day else memory.scrap,
        first_ns=first_ns if memory.first_ns is None else min(first_ns, memory.first_ns),
        t_ns=max(t_ns, memory.t_ns),
    )


def follow(
    memory: StationMemory, layout: Layout, plan: StationPlan, rows: Rows, until_ns: int
) -> tuple[StationMemory, tuple[Record, ...]]:
    """Fold the samples of one station in one frame; gives the records that tell a change.

    Parameters
    ----------
    memory
        What is known of the station.
    layout, plan
        What is watched there.
    rows
        Its samples.
    until_ns
        Newest event time of the station in the frame: what was said before held until then.
    """
    records: tuple[Record, ...] = ()
    if rows.states or (plan.derived is not None and memory.said.run is not None):
        memory, records = _follow_states(memory, layout, plan, rows, until_ns)
    if rows.counts:
        memory, more = _follow_counts(memory, layout, plan, rows.counts)
        records += more
    for tag, row in rows.wears:
        memory = _follow_wear(memory, tag, row)
    return memory, records


def ripened(
    memory: StationMemory, layout: Layout, plan: StationPlan, settled_ns: int
) -> tuple[StationMemory, tuple[Record, ...]]:
    """Fold the time: a derived state counts once it has held, though no further sample came.

    Parameters
    ----------
    memory
        What is known of the station.
    layout, plan
        What is watched there.
    settled_ns
        No sample of an earlier time is under way.
    """
    run = memory.said.run
    if plan.derived is None or run is None or run.counts:
        return memory, ()
    return _follow_states(memory, layout, plan, Rows(), settled_ns)


def anew(memory: StationMemory) -> StationMemory:
    """Go on under another plant file: what is known stays, late samples from before do not fit."""
    return msgspec.structs.replace(
        memory,
        saying=forgotten(memory.saying),
        counting=forgotten(memory.counting),
        revised=(),
    )


# --- states


def _follow_states(
    memory: StationMemory, layout: Layout, plan: StationPlan, rows: Rows, until_ns: int
) -> tuple[StationMemory, tuple[Record, ...]]:
    teller, derived = Teller(plan.address, layout.plant_rev), plan.derived
    tag = next((each for each, _ in rows.states if isinstance(each, StateTag)), None)
    samples = _samples(memory.said, rows.states)

    def run(said: Said, held: Sequence[Held], holds_ns: int) -> tuple[Said, list[Record]]:
        if derived is not None:
            return teller.derived(derived, said, held, holds_ns)
        assert tag is not None, "a state that is not derived comes from its tag"
        return teller.told(tag, said, held)

    bound_ns = in_time_ns(memory.said)
    rules = Rules(run=run, kept=layout.kept)
    track, change = moved(memory.saying, samples, rules, after_ns=bound_ns, until_ns=until_ns)
    memory = msgspec.structs.replace(memory, saying=track)
    memory, records = _revised(memory, change)
    if tag is not None:
        records += tuple(teller.doubtful(tag, each) for each in change.too_late)
    return memory, records


def _revised(memory: StationMemory, change: Change) -> tuple[StationMemory, tuple[Record, ...]]:
    """Give records their revisions; of what was corrected, remember what may change again."""
    floor_ns = min(memory.saying.floor_ns, memory.counting.floor_ns)
    revised, records = corrected(memory.revised, change, floor_ns)
    if change.late or revised is not memory.revised:
        late = memory.late + change.late
        memory = msgspec.structs.replace(memory, revised=revised, late=late)
    return memory, records


def _samples(said: Said, rows: Iterable[tuple[StateTag | InputTag, Row]]) -> list[Held]:
    """Samples of a state, or of what it is derived from, each with the time at which it counts."""
    known = {e.tag: (e.t_ns, e.good_ns, _is_bad(e.quality)) for e in said.inputs}
    told = (said.t_ns, said.good_ns, _is_bad(said.quality))
    found = []
    for tag, row in rows:
        name = tag.name if isinstance(tag, InputTag) else ""
        newest_ns, good_ns, bad = known.get(name, (0, -1, False) if name else told)
        recovers = row.usable and bad and row.t_ns >= good_ns
        t_ns = max(row.t_ns, newest_ns) if row.initial or recovers else row.t_ns
        raw_ns = None if t_ns == row.t_ns else row.t_ns
        found.append(
            Held(
                t_ns=t_ns,
                tag=name,
                value=value_of(tag, row),
                quality=row.quality,
                seen_ns=row.seen_ns,
                raw_ns=raw_ns,
            )
        )
        if t_ns >= newest_ns:
            newest_ns, bad = t_ns, not row.usable
        known[name] = (newest_ns, max(good_ns, t_ns) if row.usable else good_ns, bad)
    return found


def _is_bad(quality: int) -> bool:
    return severity(quality) is Severity.BAD


def value_of(tag: StateTag | InputTag, row: Row) -> bool | float | str | None:
    """Return a state in the machine's own words, or what an expression reads; None: not usable."""
    if not row.usable:
        return None
    if isinstance(tag, StateTag):
        return row.code()
    if tag.states:
        state = tag.states.get(row.code())
        return None if state is None else state.value
    if tag.kind == "text" or row.text is not None:
        return row.code()
    number = row.value if row.integer is None else row.integer
    if not math.isfinite(number):
        return None
    return bool(number) if tag.kind == "bool" else number


# --- parts and wear


def _follow_counts(
    memory: StationMemory,
    layout: Layout,
    plan: StationPlan,
    rows: Iterable[tuple[CountTag, Row]],
) -> tuple[StationMemory, tuple[Record, ...]]:
    samples, unusable = _readings(memory.counted, rows)
    run = partial(_count, plan, layout.plant_rev)
    rules = Rules(run=run, rank=partial(rank, plan.counts), kept=layout.kept)
    track, change = moved(
        memory.counting, samples, rules, after_ns=memory.counting.floor_ns, until_ns=-1
    )
    memory = msgspec.structs.replace(
        memory,
        counting=track,
        unusable=memory.unusable + unusable,
        good=max(0, memory.good + _added(change, memory.day_ns, "good")),
        scrap=max(0, memory.scrap + _added(change, memory.day_ns, "scrap")),
    )
    return _revised(memory, change)


def _count(
    plan: StationPlan, plant_rev: str, counted: Counted, held: Sequence[Held], until_ns: int
) -> tuple[Counted, list[Record]]:
    del until_ns  # a reading counts at once
    return count(plan.address, plant_rev, plan.counts, counted, held)


def _readings(counted: Counted, rows: Iterable[tuple[CountTag, Row]]) -> tuple[list[Held], int]:
    """Readings, each with the time at which it counts, and how many samples are none."""
    newest = {each.name: each.t_ns for each in counted.counters}
    found, unusable = [], 0
    for tag, row in rows:
        reading = row.count()
        if not row.usable or reading is None:
            unusable += 1
            continue
        newest_ns = newest.get(tag.name, 0)
        t_ns = max(row.t_ns, newest_ns) if row.initial else row.t_ns
        newest[tag.name] = max(t_ns, newest_ns)
        raw_ns = None if t_ns == row.t_ns else row.t_ns
        found.append(
            Held(
                t_ns=t_ns,
                tag=tag.name,
                value=reading,
                quality=row.quality,
                seen_ns=row.seen_ns,
                raw_ns=raw_ns,
            )
        )
    return found, unusable


def _added(change: Change, day_ns: int | None, amount: Literal["good", "scrap"]) -> int:
    """Parts that a change adds to what was made today."""

    def of(record: Record) -> int:
        assert isinstance(record, Parts), "counters make parts"
        return getattr(record, amount) if record.t_ns >= (day_ns or 0) else 0

    added = sum(of(each) for each in change.told) - sum(of(each) for each in change.gone)
    return added + sum(of(now) - of(was) for was, now in change.altered)


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
