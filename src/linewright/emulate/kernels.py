"""The lines of a plant in the kernel: what drives the machines."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from typing import ClassVar

import msgspec

from linewright.emulate.flows.book import Book
from linewright.emulate.flows.flow import RING_EVENTS, Done, Flow, Playing
from linewright.emulate.flows.models import Given, models
from linewright.emulate.following import Track
from linewright.emulate.signals import Happening, Seen
from linewright.plant import Address, Plant
from linewright.plant.records import Change
from linewright.twin import State, TwinFault, begin, outcome, with_changes

__all__ = ["Kept", "KeptOtherwise", "Kernels"]

_log = logging.getLogger(__name__)

NONE = Book()

SEED_BYTES = 4
"""Size of the seed of a station that is played alone: each draws its own chance."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One line on disk: the kernel's state, and where its stations stand in the trace."""

    state: bytes
    tracks: Mapping[Address, Track]


class KeptOtherwise(ValueError):
    """What was kept is not of the models that play these stations now."""


class Kernels:
    """All models of the stations that are played, and the changes that are still to come.

    Which model plays whom is said in `linewright.emulate.flows.models`.

    Parameters
    ----------
    plant, stations
        The plant, and who is played.
    kept
        Models as `keep` returned them; empty: they begin at `at_ns` with `seed`.
    changes
        What a scenario does, in any order; those up to `at_ns` are over when models were kept.
    book
        What is made to order.
    at_ns, seed
        Plant time now, and what chance is drawn from.

    Raises
    ------
    KeptOtherwise
        `kept` is of another version.
    """

    ring_events: ClassVar[int] = RING_EVENTS

    def __init__(  # noqa: PLR0913  # each is named, and each is needed
        self,
        plant: Plant,
        stations: Sequence[Address],
        *,
        kept: Mapping[str, Kept],
        changes: Sequence[Change],
        book: Book = NONE,
        at_ns: int,
        seed: int,
    ) -> None:
        self._flows: dict[Address, Flow] = {}
        states = {place: one.state for place, one in kept.items()} if kept else None
        given = Given(at_ns=at_ns, seed=seed, book=book, kept=states)
        for address, playing in models(plant, stations, given):
            if kept:
                state, tracks = _kept(playing, kept.get(address))
            elif playing.begun is not None:
                state, tracks = playing.begun
            else:
                own = seed if playing.model.address == address else _seed_of(seed, address)
                state = begin(playing.model, at_ns=at_ns, seed=own)
                tracks = {one.address: Track(since_ns=at_ns) for one in playing.stations}
            self._flows[address] = Flow(playing, state, tracks, ring_events=self.ring_events)
        self._of = {one: flow for flow in self._flows.values() for one in flow.tracks}
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
        for flow in self._flows.values():
            stood = flow.stopped
            found.update(flow.advance(until_ns))
            if flow.stopped != stood:
                _log.error("%s stands from now on: %s", flow.model.address, flow.stopped)
        return found

    def change(self, change: Change) -> None:
        """Let one change take hold at its time; nothing happens at stations that stand idle."""
        flow = self._of.get(change.address)
        if flow is not None:
            flow.state = with_changes(flow.model, flow.state, [change])

    def seen(self) -> dict[Address, Seen]:
        """Return how each station stands now; costs some 20 us a station that wears."""
        found: dict[Address, Seen] = {}
        for flow in self._flows.values():
            used = flow.state.used(flow.model)
            for one in flow.stations:
                own = used.get(one.address, {})
                found[one.address] = Seen(used=own, failing=flow.tracks[one.address].failing)
        return found

    def failing(self) -> dict[Address, Mapping[str, int]]:
        """Return the failure modes that hold at each station, each with since when."""
        return {
            address: track.failing
            for flow in self._flows.values()
            for address, track in flow.tracks.items()
        }

    def states(self) -> dict[Address, str]:
        """Return the state that each station shows now."""
        return {
            address: track.state
            for flow in self._flows.values()
            for address, track in flow.tracks.items()
        }

    def counts(self) -> dict[Address, tuple[int, int]]:
        """Return the good and bad pieces of every station that is modelled; some 5 ms a site.

        A station without a wire may stand in several models: that of the narrowest place counts.
        """
        found: dict[Address, tuple[int, int]] = {}
        for place in sorted(self._flows, key=len):
            flow = self._flows[place]
            own = flow.counts().items()
            found |= {at: made for at, made in own if self._of.get(at, flow) is flow}
        return found

    def done(self, after_ns: int) -> tuple[tuple[Address, Done], ...]:
        """Return the orders that were done after a time, each with the place that made it."""
        return tuple(
            (place, one) for place, flow in self._flows.items() for one in flow.done(after_ns)
        )

    def keep(self) -> dict[str, Kept]:
        """Return all that is needed to go on from here."""
        return {
            str(address): Kept(state=flow.state.to_bytes(), tracks=flow.tracks)
            for address, flow in self._flows.items()
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
