"""The lines of a plant in the kernel: what drives the machines."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, NamedTuple

import msgspec

from linewright.emulate.following import Track, follow, looked, started
from linewright.emulate.models import Playing, models
from linewright.emulate.signals import GRID_NS, Happening, Seen
from linewright.plant import Address, Plant
from linewright.plant.records import Change, StationState, Trace
from linewright.twin import Ring, State, TwinFault, advance, begin, outcome, with_changes

__all__ = ["Kept", "KeptOtherwise", "Kernels"]

RING_EVENTS = 20_000
"""Events of one line in one step of at most a few seconds of plant time; a step with more is
made in halves."""

SEED_BYTES = 4
"""Size of the seed of a station that is played alone: each draws its own chance."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One line on disk: the kernel's state, and where its stations stand in the trace."""

    state: bytes
    tracks: Mapping[Address, Track]


class KeptOtherwise(ValueError):
    """What was kept is not of the models that play these stations now."""


class _Look(NamedTuple):
    """How a station stands: what it does since when, and its wears."""

    state: StationState
    since_ns: int
    used: Mapping[str, float]


class _Line:
    """What one model plays, and where it is."""

    def __init__(
        self, playing: Playing, state: State, tracks: Mapping[Address, Track], *, ring_events: int
    ) -> None:
        self.model = playing.model
        self.pieces = playing.pieces
        self.stations = playing.stations
        self.ring_events = ring_events
        self.state = state
        self.tracks = dict(tracks)
        self.ring = Ring(self.model, events=ring_events)
        self._looks: tuple[State, dict[Address, _Look]] | None = None

    def advance(self, until_ns: int) -> Iterator[tuple[Address, tuple[Happening, ...]]]:
        """Go on, and yield what happened at each station."""
        trace: dict[Address, list[Trace]] = {}
        for event in self._trace(until_ns):
            trace.setdefault(event.element, []).append(event)
        for one in self.stations:
            track, own = self.tracks[one.address], trace.get(one.address, [])
            found: tuple[Happening, ...] = ()
            if own or track.turn_ns <= until_ns:
                track, found = follow(track, one, own, until_ns)
            if until_ns % GRID_NS == 0:
                now = self.looks()[one.address]
                track, more = looked(track, one, (now.state, now.since_ns), until_ns)
                found += more
            self.tracks[one.address] = track
            if found:
                yield one.address, found if self.pieces == 1 else tuple(self._loads(found))

    def looks(self) -> dict[Address, _Look]:
        """Return how each station stands now; found once for each state, some 30 us a station."""
        if self._looks is None or self._looks[0] is not self.state:
            found = {
                one.address: _Look(one.state, one.since_ns, one.used)
                for one in outcome(self.model, self.state).stations
            }
            self._looks = self.state, found
        return self._looks[1]

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
            is_part = one.what in {"good", "bad", "reworked"}
            yield msgspec.structs.replace(one, value=float(self.pieces)) if is_part else one


class Kernels:
    """All models of the stations that are played, and the changes that are still to come.

    Which model plays whom is said in `linewright.emulate.models`.

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

    Raises
    ------
    KeptOtherwise
        `kept` is of another version.
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
        for address, playing in models(plant, stations):
            model = playing.model
            if kept:
                state, tracks = _kept(playing, kept.get(address))
            else:
                own = seed if model.address == address else _seed_of(seed, address)
                state = begin(model, at_ns=at_ns, seed=own)
                tracks = {one.address: started(one, at_ns) for one in playing.stations}
            self._lines[address] = _Line(playing, state, tracks, ring_events=self.ring_events)
        self._of = {one: line for line in self._lines.values() for one in line.tracks}
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
            one.address: Seen(
                used=line.looks()[one.address].used, failing=line.tracks[one.address].failing
            )
            for line in self._lines.values()
            for one in line.stations
        }

    def keep(self) -> dict[str, Kept]:
        """Return all that is needed to go on from here."""
        return {
            str(address): Kept(state=line.state.to_bytes(), tracks=line.tracks)
            for address, line in self._lines.items()
        }


def _kept(playing: Playing, kept: Kept | None) -> tuple[State, Mapping[Address, Track]]:
    """Return the state and the tracks that were kept of a model."""
    if kept is None or kept.tracks.keys() != {one.address for one in playing.stations}:
        raise KeptOtherwise(f"{playing.model.address} was played by another model")
    try:
        state = State.from_bytes(kept.state)
        outcome(playing.model, state)
    except TwinFault as error:
        raise KeptOtherwise(str(error)) from error
    return state, kept.tracks


def _seed_of(seed: int, address: Address) -> int:
    digest = hashlib.blake2b(f"{seed}/{address}".encode(), digest_size=SEED_BYTES).digest()
    return int.from_bytes(digest)
