"""LineStates: what the fold knows, line by line, as others read it.

**Units in a buffer** are estimated from counters: what the station before has made (good), less
what the station behind has taken, which is what it counts (good and scrap) and the part it holds
uncounted, less a finished part that still lies in a blocked station before. The difference of the
counters themselves is taken, so the estimate assumes that the counters of a line began together,
on an empty line; that holds for an emulated plant. Where it does not hold, the estimate leaves
the buffer's bounds, is held there and marked uncertain. A starved station says that its buffer is
empty, a blocked one that its buffer is full: both stand above counters, for buffers without travel.
"""

from collections.abc import Container

import msgspec

from linewright.live.fold import LiveFold
from linewright.live.layout import StationPlan
from linewright.live.memory import StationMemory
from linewright.plant import Address, Plant
from linewright.plant.model import Buffer, Line, WorkCentre
from linewright.plant.records import (
    BufferNow,
    InputSequence,
    LineState,
    Quality,
    Severity,
    StationNow,
    StationState,
    WearNow,
    severity,
)

__all__ = ["line_states", "shade"]

_NOT_HEARD = int(Quality.BAD | Quality.NOT_CONNECTED)
_SHADE = int(Quality.STALE | Quality.UNCERTAIN)


def line_states(
    fold: LiveFold, plant: Plant, *, only: Container[Address] | None = None
) -> tuple[LineState, ...]:
    """State of each line and work centre of the site, in the order of the plant file.

    Parameters
    ----------
    fold
        What is known.
    plant
        The plant that the fold began with.
    only
        Addresses of the lines and work centres that are wanted; left out: all of them.

    Returns
    -------
    tuple of LineState
        `as_of_ns` is the newest event time heard of any station of the line, 0 before any.
        `counted_since_ns` is the start of the production day, or the first time heard where that
        is later. Of a station that never told a state `since_ns` is 0 and the quality is bad
        (connected) or uncertain (it tells none). Buffers are estimates: see the module.

    Notes
    -----
    A function of the fold alone; linear in stations. States with the same `inputs` are equal but
    for `seen_ns`.

    Examples
    --------
    >>> from linewright.live import begin
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line("a", flow=["t"])
    >>> _ = line.station("t", does={"turn": "48 s"})
    >>> [now] = line_states(begin(plant.done(), "r1", "reno"), plant.done())
    >>> now.stations[0].state.value, now.as_of_ns
    ('unknown', 0)
    """
    inputs = tuple(
        InputSequence(source=each.source, epoch=each.epoch, n=each.n) for each in fold.sources
    )
    return tuple(
        _line_state(fold, address, group, inputs)
        for address, group in plant.groups()
        if address.site == fold.layout.site and (only is None or address in only)
    )


def shade(state: LineState, silent: frozenset[str]) -> LineState:
    """Line with the stations of silent sources marked stale, and the buffers beside them.

    Parameters
    ----------
    state
        A line as the fold knows it.
    silent
        Addresses of the stations of which nothing is heard any more.

    Returns
    -------
    LineState
        With `STALE` and `UNCERTAIN` on what these stations tell; all else as it was.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> state = example(LineState)
    >>> shaded = shade(state, frozenset([state.stations[0].address]))
    >>> Quality(shaded.stations[0].quality)
    <Quality.UNCERTAIN|STALE: 9>
    >>> shade(state, frozenset()) == state
    True
    """
    stations = tuple(
        msgspec.structs.replace(each, quality=each.quality | _SHADE)
        if each.address in silent
        else each
        for each in state.stations
    )
    buffers = tuple(
        msgspec.structs.replace(each, quality=each.quality | _SHADE)
        if any(f"{state.address}/{end}" in silent for end in each.address.ends or ())
        else each
        for each in state.buffers
    )
    return msgspec.structs.replace(state, stations=stations, buffers=buffers)


def _line_state(
    fold: LiveFold, address: Address, group: Line | WorkCentre, inputs: tuple[InputSequence, ...]
) -> LineState:
    numbers = {name: fold.layout.numbers[f"{address}/{name}"] for name in group.stations}
    memories = {name: fold.stations[number] for name, number in numbers.items()}
    plans = {name: fold.layout.stations[number] for name, number in numbers.items()}
    heard = [each for each in memories.values() if each.first_ns is not None]
    day_ns = max((each.day_ns or 0 for each in heard), default=None)
    ends = {name: _End(plan=plans[name], memory=memories[name]) for name in numbers}
    buffers = tuple(
        _buffer_now(address.child(f"{before}-{behind}"), buffer, ends[before], ends[behind])
        for before, behind, buffer in (group.links() if isinstance(group, Line) else ())
    )
    order = group.flow if isinstance(group, Line) else tuple(group.stations)
    return LineState(
        address=address,
        as_of_ns=max((each.t_ns for each in heard), default=0),
        plant_rev=fold.layout.plant_rev,
        counted_since_ns=_counted_since_ns(heard, day_ns),
        inputs=inputs,
        stations=tuple(_station_now(ends[name], day_ns) for name in dict.fromkeys(order)),
        buffers=buffers,
    )


def _counted_since_ns(heard: list[StationMemory], day_ns: int | None) -> int | None:
    firsts = [each.first_ns for each in heard if each.first_ns is not None]
    return None if day_ns is None else max(day_ns, min(firsts))


class _End(msgspec.Struct, frozen=True, kw_only=True):
    """A station with what it is by plan: one end of a buffer."""

    plan: StationPlan
    memory: StationMemory

    @property
    def made(self) -> int | None:
        """Good parts by its counters, as if they had never been set back; None: not known."""
        good = self.memory.counted.counter(self.plan.good)
        if good is not None:
            return good.total
        counted = self.memory.counted
        total, scrap = counted.counter(self.plan.total), counted.counter(self.plan.scrap)
        if total is None or (self.plan.scrap is not None and scrap is None):
            return None
        return max(0, total.total - (scrap.total if scrap is not None else 0))

    @property
    def taken(self) -> int | None:
        """Parts that are through, good or not, and the one it holds uncounted; None: not known."""
        good, scrap, total = (
            self.memory.counted.counter(name)
            for name in (self.plan.good, self.plan.scrap, self.plan.total)
        )
        counted: int | None = None
        if total is not None:
            counted = total.total
        elif good is not None and (self.plan.scrap is None or scrap is not None):
            counted = good.total + (scrap.total if scrap is not None else 0)
        return None if counted is None else counted + self.memory.said.loaded

    @property
    def doubtful(self) -> bool:
        """Whether a counter was ever found set back, or scrap is not counted."""
        unseen = self.plan.scrap is None and self.plan.total is None
        return unseen or any(each.doubtful for each in self.memory.counted.counters)

    def says(self, state: StationState) -> bool:
        """Whether it is in this state, for certain."""
        said = self.memory.said
        return said.state is state and severity(said.quality) is Severity.GOOD


def _station_now(end: _End, day_ns: int | None) -> StationNow:
    memory, plan = end.memory, end.plan
    quality = memory.said.quality
    if not memory.said.heard:
        quality = _NOT_HEARD if plan.connected and plan.tells_state else int(Quality.UNCERTAIN)
    today = memory.day_ns == day_ns
    return StationNow(
        address=memory.address,
        state=memory.said.state,
        since_ns=memory.said.since_ns,
        seen_ns=memory.seen_ns,
        quality=quality,
        good=memory.good if today else 0,
        scrap=memory.scrap if today else 0,
        cycle_began_ns=_cycle_began_ns(memory),
        wear=tuple(WearNow(part=each.part, used_ratio=each.used_ratio) for each in memory.wears),
    )


def _cycle_began_ns(memory: StationMemory) -> int | None:
    """Time of the last part, or since when it runs where that is later; None: it does not run."""
    if memory.said.state is not StationState.RUNNING:
        return None
    return max(memory.said.since_ns, memory.counted.last_part_ns or 0)


def _buffer_now(address: Address, buffer: Buffer, before: _End, behind: _End) -> BufferNow:
    simulated = (before.memory.said.quality | behind.memory.said.quality) & Quality.SIMULATED
    quality = int(Quality.ESTIMATED | simulated)
    certain = buffer.travel is None
    if certain and behind.says(StationState.STARVED):
        return BufferNow(address=address, count=0, quality=quality)
    if certain and buffer.places is not None and before.says(StationState.BLOCKED):
        return BufferNow(address=address, count=buffer.places, quality=quality)
    made, taken = before.made, behind.taken
    if made is None or taken is None:
        return BufferNow(address=address, count=0, quality=quality | Quality.BAD)
    held = before.memory.said.state is StationState.BLOCKED
    estimate = made - held - taken
    count = max(0, estimate if buffer.places is None else min(estimate, buffer.places))
    if count != estimate or before.doubtful or behind.doubtful:
        quality |= Quality.UNCERTAIN
    return BufferNow(address=address, count=count, quality=int(quality))
