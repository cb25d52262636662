"""States of a station: those that its machine tells, and those that the plant file derives.

**Derived** from lamps, status words, currents: all samples of one time are one moment, and the
expression is asked once for it, whatever the order in which they came. What it gives counts once
it has held for the tag's `debounce`, and then from where it began; what did not hold so long never
was, and the state before it goes on. That nothing is known is told at once, and what comes after it
must hold anew.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby

import msgspec

from linewright.live.layout import DerivedState, StateTag
from linewright.live.memory import Held, InputMemory, RunMemory, Said
from linewright.plant import Address
from linewright.plant.expressions import evaluate
from linewright.plant.model import FrozenMap
from linewright.plant.records import (
    How,
    Quality,
    Record,
    Severity,
    State,
    StationState,
    severity,
)

__all__ = ["NAME", "Teller", "in_time_ns"]

NAME = "live"
"""What records of this room name as their source."""

_INITIAL = int(Quality.INITIAL)
_OURS: Mapping[str, StationState] = FrozenMap({each.value: each for each in StationState})
_LOADED: Mapping[StationState, bool] = FrozenMap(
    {
        StationState.RUNNING: True,
        StationState.BLOCKED: False,
        StationState.STARVED: False,
        StationState.SET_UP: False,
    }
)


def in_time_ns(said: Said) -> int:
    """Return the time from which on samples are in time; earlier ones may change what was told."""
    return max(said.t_ns + 1, said.until_ns) if said.inputs else said.t_ns


class Teller(msgspec.Struct, frozen=True):
    """Folds samples of states in order of time into records of one station."""

    address: Address
    plant_rev: str

    def told(self, tag: StateTag, said: Said, samples: Sequence[Held]) -> tuple[Said, list[Record]]:
        """Fold samples of the tag on which the machine tells its state."""
        records: list[Record] = []
        last: Held | None = None
        good_ns = said.good_ns
        for each in samples:
            code = each.value if isinstance(each.value, str) else None
            good_ns = good_ns if code is None else each.t_ns
            state, last = _meaning(tag.states, code), each
            if not said.heard or _differs(said, state, code or None, each.quality):
                said, record = self._tell(said, state, each, code or None)
                records.append(record)
            elif said.raw_state != (code or None) or said.quality != each.quality:
                said = msgspec.structs.replace(said, raw_state=code or None, quality=each.quality)
        if last is not None:
            said = msgspec.structs.replace(said, t_ns=last.t_ns, good_ns=good_ns)
        return said, records

    def derived(
        self, plan: DerivedState, said: Said, samples: Sequence[Held], until_ns: int
    ) -> tuple[Said, list[Record]]:
        """Fold samples of the tags that a state is derived from; the last hold up to `until_ns`."""
        records: list[Record] = []
        inputs = {each.tag: each for each in said.inputs}
        for t_ns, group in groupby(samples, key=lambda each: each.t_ns):
            said = self._ripe(plan, said, t_ns, records)
            moment = tuple(group)
            for each in moment:
                inputs[each.tag] = _input(each, inputs.get(each.tag))
            state, quality = _given(plan, inputs, frozenset(each.tag for each in moment))
            if said.run is None or _other(said.run, state, quality):
                seen_ns = max(each.seen_ns for each in moment)
                run = RunMemory(t_ns=t_ns, state=state, quality=quality, seen_ns=seen_ns)
                said = msgspec.structs.replace(said, run=run)
            if plan.debounce_ns == 0 or state is StationState.UNKNOWN:
                said = self._counting(said, records)
        last_ns = samples[-1].t_ns if samples else said.t_ns
        held_ns = max(until_ns, last_ns)
        ripe = self._ripe(plan, said, held_ns, records)
        known = tuple(inputs[name] for name in sorted(inputs))
        until_ns = said.until_ns if ripe is said else held_ns
        return msgspec.structs.replace(ripe, inputs=known, t_ns=last_ns, until_ns=until_ns), records

    def doubtful(self, tag: StateTag, sample: Held) -> Record:
        """Tell a state that came so late that nobody knows whether another one came soon after."""
        code = sample.value if isinstance(sample.value, str) else None
        doubt = msgspec.structs.replace(sample, quality=sample.quality | Quality.UNCERTAIN)
        _, record = self._tell(Said(), _meaning(tag.states, code), doubt, code or None)
        return record

    def _ripe(self, plan: DerivedState, said: Said, t_ns: int, records: list[Record]) -> Said:
        """Let a derived state count that has held for long enough at a time."""
        run = said.run
        if run is None or run.counts or t_ns - run.t_ns < plan.debounce_ns:
            return said
        return self._counting(said, records)

    def _counting(self, said: Said, records: list[Record]) -> Said:
        run = said.run
        assert run is not None, "there is something that holds"
        if run.counts:
            return said
        said = msgspec.structs.replace(said, run=msgspec.structs.replace(run, counts=True))
        if said.heard and not _differs(said, run.state, None, run.quality):
            return msgspec.structs.replace(said, quality=run.quality)
        sample = Held(t_ns=run.t_ns, tag="", value=None, quality=run.quality, seen_ns=run.seen_ns)
        said, record = self._tell(said, run.state, sample, None)
        records.append(record)
        return said

    def _tell(
        self, said: Said, state: StationState, sample: Held, raw_state: str | None
    ) -> tuple[Said, State]:
        told_ns = max(sample.t_ns, said.told_ns + 1)
        given_ns = sample.t_ns if sample.raw_ns is None else sample.raw_ns
        entered = state != said.state or not said.heard
        after = msgspec.structs.replace(
            said,
            heard=True,
            state=state,
            raw_state=raw_state,
            quality=sample.quality,
            since_ns=told_ns if entered else said.since_ns,
            told_ns=told_ns,
            loaded=_LOADED.get(state, said.loaded),
        )
        record = State(
            address=self.address,
            t_ns=told_ns,
            seen_ns=sample.seen_ns,
            plant_rev=self.plant_rev,
            how=How.MACHINE,
            source=NAME,
            quality=sample.quality,
            raw_t_ns=None if told_ns == given_ns else given_ns,
            state=state,
            raw_state=raw_state,
        )
        return after, record


def _meaning(states: Mapping[str, StationState], code: str | None) -> StationState:
    """Our state; unknown where the plant file has no meaning, or the sample is not usable."""
    if code is None:
        return StationState.UNKNOWN
    return (states or _OURS).get(code, StationState.UNKNOWN)


def _differs(said: Said, state: StationState, raw_state: str | None, quality: int) -> bool:
    """Whether a state is news: another state, or the unknown for another cause."""
    if state is not said.state:
        return True
    if state is not StationState.UNKNOWN:
        return False
    return raw_state != said.raw_state or bool((quality ^ said.quality) & ~_INITIAL)


def _other(run: RunMemory, state: StationState, quality: int) -> bool:
    if run.state is not state:
        return True
    return state is StationState.UNKNOWN and bool((run.quality ^ quality) & ~_INITIAL)


def _input(sample: Held, before: InputMemory | None) -> InputMemory:
    good_ns = -1 if before is None else before.good_ns
    if severity(sample.quality) is not Severity.BAD:
        good_ns = max(good_ns, sample.t_ns)
    return InputMemory(
        tag=sample.tag,
        value=sample.value,
        quality=sample.quality,
        t_ns=sample.t_ns,
        good_ns=good_ns,
    )


def _given(
    plan: DerivedState, inputs: Mapping[str, InputMemory], moved: frozenset[str]
) -> tuple[StationState, int]:
    """Return what the expression gives: unknown where something that it needs is not usable.

    A state that is known is as doubtful as the usable tags; one that is not, as bad as all.
    """
    values: dict[str, bool | int | float | str | None] = {
        name: each.value for name, each in inputs.items()
    }
    for name, expression in plan.steps:
        values[name] = evaluate(expression, values)
    found = evaluate(plan.expression, values)
    word = None if found is None else str(found)
    state = _meaning(plan.states, word)
    quality = 0
    for name, each in inputs.items():
        if state is StationState.UNKNOWN or severity(each.quality) is not Severity.BAD:
            quality |= each.quality if name in moved else each.quality & ~_INITIAL
    return state, quality
