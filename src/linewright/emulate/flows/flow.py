"""One model that is played: where it is in time, and where its stations stand in its trace."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from linewright.emulate.following import Track, Watched, follow
from linewright.emulate.signals import Happening
from linewright.plant import Address
from linewright.plant.records import Order, Trace
from linewright.twin import Model, Ring, State, TwinFault, advance, outcome

__all__ = ["RING_EVENTS", "Done", "Flow", "Look", "Playing"]

RING_EVENTS = 20_000
"""Events of one model in one step of at most a few seconds of plant time; a step with more is
made in halves."""

STEP_EVENTS_MAX = 200_000
"""Events of one model in one step, some ten seconds: beyond it something goes round without end."""


FAR_NS = 2**63 - 1
"""No order is released, or done, until then."""


class Playing(msgspec.Struct, frozen=True, kw_only=True):
    """A model, the stations that it speaks for, and what a part of it counts.

    `orders` are what it makes to order; `begun` is where it stands at the beginning of the play,
    None: empty.
    """

    model: Model
    stations: tuple[Watched, ...]
    pieces: int = 1
    orders: tuple[Order, ...] = ()
    begun: tuple[State, Mapping[Address, Track]] | None = None


class Look(NamedTuple):
    """How a station stands: its wears, and what it made."""

    used: Mapping[str, float]
    made: int


class Done(NamedTuple):
    """An order that is done: good pieces, and when the last piece was."""

    name: str
    good: int
    t_ns: int


class Flow:
    """What one model plays, and where it is."""

    def __init__(
        self,
        playing: Playing,
        state: State,
        tracks: Mapping[Address, Track],
        *,
        ring_events: int = RING_EVENTS,
        events_max: int = STEP_EVENTS_MAX,
    ) -> None:
        self.model = playing.model
        self.pieces = playing.pieces
        self.stations = playing.stations
        self.orders = playing.orders
        self.ring_events = ring_events
        self.events_max = events_max
        self.stopped = ""
        self.state = state
        self.tracks = dict(tracks)
        self.ring = Ring(self.model, events=ring_events)
        self._first_ns = min((one.earliest_ns or 0 for one in self.orders), default=FAR_NS)
        self._last_ns = FAR_NS
        self._looks: tuple[State, dict[Address, Look]] | None = None

    def advance(self, until_ns: int) -> Iterator[tuple[Address, tuple[Happening, ...]]]:
        """Go on, and yield what happened at each station.

        A model that the twin stops, because more comes in than there is memory for or something
        goes round without end, stands from then on; `stopped` says why.
        """
        if self.stopped:
            return
        try:
            events = self._trace(until_ns)
        except TwinFault as fault:
            self.stopped = str(fault)
            return
        trace: dict[Address, list[Trace]] = {}
        for event in events:
            trace.setdefault(event.element, []).append(event)
        for one in self.stations:
            own = trace.get(one.address)
            if not own:
                continue
            self.tracks[one.address], found = follow(self.tracks[one.address], one, own)
            if found:
                yield one.address, found if self.pieces == 1 else tuple(self._loads(found))

    def looks(self) -> dict[Address, Look]:
        """Return how each station stands now; found once for each state, some 30 us a station."""
        if self._looks is None or self._looks[0] is not self.state:
            found = {
                one.address: Look(one.used, one.good + one.scrap + one.rework)
                for one in outcome(self.model, self.state).stations
            }
            self._looks = self.state, found
        return self._looks[1]

    def counts(self) -> dict[Address, tuple[int, int]]:
        """Return the good and bad pieces of every station of the model so far, watched or not."""
        return {
            one.address: (one.good * self.pieces, one.scrap * self.pieces)
            for one in outcome(self.model, self.state).stations
        }

    def done(self, after_ns: int) -> tuple[Done, ...]:
        """Return the orders that were done after a time, in order of time."""
        if self._first_ns > self.state.t_ns or self._last_ns <= after_ns:
            return ()
        orders = outcome(self.model, self.state).orders
        ends = [Done(one.name, one.good, one.done_ns) for one in orders if one.done_ns is not None]
        if len(ends) == len(orders):
            self._last_ns = max(one.t_ns for one in ends)
        found = [one for one in ends if one.t_ns > after_ns]
        return tuple(sorted(found, key=lambda one: one.t_ns))

    def _trace(self, until_ns: int) -> list[Trace]:
        """Go on, and return all that was noted; where the ring is too small for it, in halves."""
        state = advance(
            self.model,
            self.state,
            until_ns,
            trace=self.ring,
            jit=False,
            events_max=self.events_max,
        )
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
