"""The lines of a plant in the kernel: what drives the machines."""

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

import msgspec

from linewright.emulate.alone import alone, pieces_of
from linewright.emulate.following import Track, follow
from linewright.emulate.signals import Happening, Seen
from linewright.plant import Address, Plant
from linewright.plant.records import Change, Trace
from linewright.twin import (
    Model,
    Ring,
    State,
    TwinFault,
    advance,
    begin,
    compile_line,
    outcome,
    with_changes,
)

__all__ = ["Kept", "Kernels"]

RING_EVENTS = 20_000
"""Events of one line in one step of at most a few seconds of plant time; a step with more is
made in halves."""

SEED_BYTES = 4
"""Size of the seed of a station that is played alone: each draws its own chance."""

_log = logging.getLogger(__name__)


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One line on disk: the kernel's state, and where its stations stand in the trace."""

    state: bytes
    tracks: Mapping[Address, Track]


class _Line:
    """One line: its model and where it is. `pieces` are what a cycle of it gives."""

    def __init__(
        self,
        model: Model,
        state: State,
        tracks: Mapping[Address, Track],
        pieces: int,
        *,
        ring_events: int,
    ) -> None:
        self.model = model
        self.pieces = pieces
        self.ring_events = ring_events
        self.state = state
        self.tracks = dict(tracks)
        self.ring = Ring(model, events=ring_events)
        self.modes = {
            address: tuple(name for number, name in model.modes if number == i)
            for i, address in enumerate(model.stations)
        }

    def advance(self, until_ns: int) -> Iterator[tuple[Address, tuple[Happening, ...]]]:
        """Go on, and yield what happened at each station."""
        trace = self._trace(until_ns)
        if not trace:
            return
        for address, track in self.tracks.items():
            self.tracks[address], found = follow(track, address, self.modes[address], trace)
            yield address, found if self.pieces == 1 else tuple(self._loads(found))

    def _trace(self, until_ns: int) -> list[Trace]:
        """Go on, and return all that was noted; where the ring is too small for it, in halves."""
        state = advance(self.model, self.state, until_ns, trace=self.ring, jit=False)
        trace = self.ring.read()
        if not self.ring.dropped:
            self.state = state
            return trace
        self.ring = Ring(self.model, events=self.ring_events)
        half_ns = (self.state.t_ns + until_ns) // 2
        assert half_ns > self.state.t_ns, "an instant has fewer events than the ring holds"
        return [*self._trace(half_ns), *self._trace(until_ns)]

    def _loads(self, found: Sequence[Happening]) -> Iterator[Happening]:
        """Yield what happened, with the pieces of whole loads."""
        for one in found:
            is_part = one.what in {"good", "bad"}
            yield msgspec.structs.replace(one, value=float(self.pieces)) if is_part else one


class Kernels:
    """All lines of the stations that are played, and the changes that are still to come.

    Stations of a line that the kernel does not simulate, and those of work centres, are played
    without flow: each by itself, see `linewright.emulate.alone`.

    Parameters
    ----------
    plant, stations
        The plant, and who is played.
    kept
        Lines as `keep` returned them; empty: they begin at `at_ns` with `seed`.
    changes
        What a scenario does, in any order; those up to `at_ns` are over when lines were kept.
    at_ns, seed
        Plant time now, and what chance is drawn from.
    """

    ring_events: ClassVar[int] = RING_EVENTS

    def __init__(
        self,
        plant: Plant,
        stations: Sequence[Address],
        *,
        kept: Mapping[str, Kept],
        changes: Sequence[Change],
        at_ns: int,
        seed: int,
    ) -> None:
        self._lines: dict[Address, _Line] = {}
        for address, model, pieces in _models(plant, stations):
            before = kept.get(address)
            if before is None:
                tracks = {one: Track(since_ns=at_ns) for one in model.stations}
                own = seed if model.address == address else _seed_of(seed, address)
                state = begin(model, at_ns=at_ns, seed=own)
            else:
                tracks, state = dict(before.tracks), State.from_bytes(before.state)
            line = _Line(model, state, tracks, pieces, ring_events=self.ring_events)
            self._lines[address] = line
        self._of = {one: line for line in self._lines.values() for one in line.model.stations}
        self._to_come = sorted(
            (one for one in changes if self._concerns(one) and (not kept or one.at_ns > at_ns)),
            key=lambda one: one.at_ns,
        )

    def _concerns(self, change: Change) -> bool:
        return change.address in self._of

    def advance(self, until_ns: int) -> dict[Address, tuple[Happening, ...]]:
        """Go on to a later time, and return what happened at each station, in order of time."""
        while self._to_come and self._to_come[0].at_ns <= until_ns:
            self.change(self._to_come.pop(0))
        found: dict[Address, tuple[Happening, ...]] = {}
        for line in self._lines.values():
            found.update(line.advance(until_ns))
        return found

    def change(self, change: Change) -> None:
        """Let one change take hold at its time; nothing happens at stations that stand idle."""
        line = self._of.get(change.address)
        if line is not None:
            line.state = with_changes(line.model, line.state, [change])

    def seen(self) -> dict[Address, Seen]:
        """Return how each station stands now; costs some 20 us a station."""
        return {
            one.address: Seen(used=one.used, failing=line.tracks[one.address].failing)
            for line in self._lines.values()
            for one in outcome(line.model, line.state).stations
        }

    def keep(self) -> dict[str, Kept]:
        """Return all that is needed to go on from here."""
        return {
            str(address): Kept(state=line.state.to_bytes(), tracks=line.tracks)
            for address, line in self._lines.items()
        }


def _models(plant: Plant, stations: Sequence[Address]) -> Iterator[tuple[Address, Model, int]]:
    """Yield the lines of stations, and each station that is played without flow."""
    placed = dict(plant.stations())
    for place in dict.fromkeys(one.parent for one in stations):
        if place is None:
            continue
        own = [one for one in stations if one.parent == place]
        try:
            line = compile_line(plant, place)
        except TwinFault as error:
            _log.info("%d machines of %s are played without flow: %s", len(own), place, error)
        else:
            yield place, line, 1
            continue
        for address in own:
            try:
                yield address, alone(plant, address), pieces_of(placed[address])
            except TwinFault as error:
                _log.warning("%s stands idle: %s", address, error)


def _seed_of(seed: int, address: Address) -> int:
    digest = hashlib.blake2b(f"{seed}/{address}".encode(), digest_size=SEED_BYTES).digest()
    return int.from_bytes(digest)
