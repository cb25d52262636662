"""The state of a line: one block of numbers that is copied, kept and forked."""

import struct
from typing import Self

import msgspec

from linewright.numeric import Block, Floats, Ints, base_of, stream, views
from linewright.numeric.tournament import FAR, clear_keys, set_key
from linewright.plant import Address
from linewright.twin.faults import StateInvalid
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import arm, fixed, server, set_rates, settle
from linewright.twin.kernel.queues.releases import gap_ns
from linewright.twin.model import BYTES, UNBOUNDED, Model, is_open, shift_at

MAGIC = b"LWTWIN04"
"""First bytes of a kept state: what it is, and the version of `linewright.twin.kernel.layout`."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a line is at one instant, its pending changes and random streams included.

    Equal states have equal futures. It has no reference to anything: copying it, or keeping
    it as bytes, is all that a fork of the plant takes.

    Parameters
    ----------
    block
        Integers, parts, then floating-point numbers, see `linewright.twin.kernel.layout`.
    ints
        How many integers, those of parts included.

    Examples
    --------
    >>> State.from_bytes(b"what is this?")
    Traceback (most recent call last):
    linewright.twin.faults.StateInvalid: state: it is not a kept state of this version; begin anew
    """

    block: bytes
    ints: int

    def __repr__(self) -> str:
        """Return when it is, not its numbers."""
        return f"State(t_ns={self.t_ns}, replication={self.replication}, bytes={len(self.block)})"

    @property
    def t_ns(self) -> int:
        """Plant time up to which everything has happened."""
        return self.head(at.T)

    @property
    def events(self) -> int:
        """How many events have happened in it: turns, changes, and whatever was due."""
        return self.head(at.EVENTS)

    @property
    def replication(self) -> int:
        """Which random streams it draws from."""
        return self.head(at.REPLICATION)

    def head(self, field: int) -> int:
        """Return an integer of the head, by its place in the layout."""
        value: int = struct.unpack_from("=q", self.block, (field - at.STATE) * BYTES)[0]
        return value

    def used(self, model: Model) -> dict[Address, dict[str, float]]:
        """Return how far the wears of each station are used up now, as shares of their lives.

        The same as `outcome` says, at a tenth of the cost where few stations wear.
        """
        found: dict[Address, dict[str, float]] = {}
        if not model.wears:
            return found
        work = open_up(model, self)
        s, f = work.s, work.f
        for k in dict.fromkeys(station for station, _ in model.wears):
            i = s[s[at.M_STATION] + k * at.MT_WIDTH + at.MT_FIRST]
            b, m = server(i), fixed(s, i)
            if s[b + at.PHASE] == at.RUNNING and s[b + at.LOAD] >= 0:
                settle(s, f, s[at.T], i)  # of this copy only
            found[model.stations[k]] = {
                model.wears[w][1]: f[s[at.FS_WEAR] + w * at.FSW_WIDTH + at.USED]
                for w in range(s[m + at.MS_WEAR], s[m + at.MS_WEAR_END])
            }
        return found

    def to_bytes(self) -> bytes:
        """Return the state as bytes to be kept; `from_bytes` reads them."""
        return MAGIC + struct.pack("=q", self.ints) + self.block

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the state that `to_bytes` kept.

        Raises
        ------
        StateInvalid
            When these are not such bytes.
        """
        start = len(MAGIC) + BYTES
        whole = len(data) >= start + (at.HEAD - at.STATE) * BYTES and len(data) % BYTES == 0
        if not whole or not data.startswith(MAGIC):
            raise StateInvalid("state", "it is not a kept state of this version", "begin anew")
        ints: int = struct.unpack_from("=q", data, len(MAGIC))[0]
        if not at.HEAD - at.STATE <= ints <= (len(data) - start) // BYTES:
            raise StateInvalid("state", "it is damaged", "begin anew")
        return cls(block=data[start:], ints=ints)


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A working block, unpacked: what the kernel's functions take."""

    memory: bytearray
    whole: int
    s: Ints
    f: Floats


def unpack(model: Model, state: State) -> bytearray:
    """Return the working block of a state, a copy.

    Raises
    ------
    StateInvalid
        When the state is of a place with other stations, modes or wears.
    """
    own = model.state_ints * BYTES
    ints = state.ints * BYTES
    parts = ints - own
    fits = parts >= 0 and len(state.block) == ints + model.state_floats * BYTES
    if not fits or state.head(at.SHAPE) != model.shape:
        what = "the state is of a place with other stations, modes, wears or products"
        raise StateInvalid(model.address, what, "begin anew, or take the model it was made with")
    block = state.block
    return bytearray(b"".join((model.head, block[:own], model.ints, block[own:], model.floats)))


def pack(model: Model, memory: Block) -> State:
    """Return the state that stands in a working block."""
    first = len(model.head)
    own = first + model.state_ints * BYTES
    parts = own + len(model.ints)
    end = len(memory) - len(model.floats)
    block = bytes(memory[first:own]) + bytes(memory[parts:end])
    return State(block=block, ints=len(block) // BYTES - model.state_floats)


def ints_of(model: Model, memory: Block) -> int:
    """Return how many integers a working block has."""
    return (len(memory) - len(model.floats)) // BYTES - model.state_floats


def views_of(model: Model, memory: bytearray) -> tuple[Ints, Floats]:
    """Return plain views of a working block."""
    return views(memory, ints_of(model, memory))


def open_up(model: Model, state: State) -> Work:
    """Return a working block with plain views, for the functions of this room."""
    memory = unpack(model, state)
    whole = ints_of(model, memory)
    s, f = views(memory, whole)
    return Work(memory=memory, whole=whole, s=s, f=f)


def grown(model: Model, memory: Block, parts: int) -> bytearray:
    """Return a working block with memory for more parts; the new ones are free, first to last."""
    whole = ints_of(model, memory)
    more = bytearray(parts * at.PART_WIDTH * BYTES)
    larger = bytearray(memory[: whole * BYTES]) + more + memory[whole * BYTES :]
    s, _ = views(larger, whole + parts * at.PART_WIDTH)
    free_parts(s, s[at.CAPACITY], parts)
    return larger


def free_parts(s: Ints, first: int, parts: int) -> None:
    """Put memory for parts before what is free."""
    for back in range(parts):
        p = first + parts - 1 - back
        s[s[at.S_PART] + p * at.PART_WIDTH + at.NEXT] = s[at.FREE]
        s[at.FREE] = p
    s[at.FREE_COUNT] += parts
    s[at.CAPACITY] += parts


def begin(model: Model, *, at_ns: int, seed: int, replication: int = 0) -> State:
    """Return a place empty and fresh at an instant.

    All stations are free, all wears new, all failure clocks just drawn, all buffers empty. What
    happens first happens when time is advanced, also by nothing.

    Parameters
    ----------
    model
        The line.
    at_ns
        Plant time.
    seed, replication
        Name the random streams; equal ones give equal runs.

    Notes
    -----
    Cost: linear in the number of failure modes, some 5 us each.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin.compiling import compile_plant
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> begin(compile_plant(plant.done(), "reno/shop/pump"), at_ns=7, seed=1).t_ns
    7
    """
    spare = model.count(at.MARGIN) + PARTS
    blank = bytes((model.state_ints + spare * at.PART_WIDTH + model.state_floats) * BYTES)
    where = (at.SHAPE - at.STATE) * BYTES
    blank = blank[:where] + struct.pack("=q", model.shape) + blank[where + BYTES :]
    ints = model.state_ints + spare * at.PART_WIDTH
    work = open_up(model, State(block=blank, ints=ints))
    s, f = work.s, work.f
    s[at.T] = s[at.BEGAN_AT] = at_ns
    s[at.SEED], s[at.REPLICATION] = seed, replication
    s[at.BASE] = base_of(seed, replication)
    s[at.NEXT_CHANGE] = FAR
    s[at.FRESH] = 1
    s[at.FREE] = -1
    free_parts(s, 0, spare)
    for field in (at.TODO_HEAD, at.TODO_TAIL, at.REQUEST_HEAD, at.REQUEST_TAIL):
        s[field] = -1
    clear_keys(s, s[at.S_NEXT], s[at.LEAVES])
    _set_calendars(model, s, at_ns)
    _set_queues(model, s, at_ns)
    for k in range(s[at.STATIONS]):
        _set_station(f, k)
    for w in range(s[at.WEARS]):
        q = s[at.FS_WEAR] + w * at.FSW_WIDTH
        f[q + at.FASTER] = f[q + at.FASTER_OWN] = 1.0
    for i in range(s[at.SERVERS]):
        _set_server(s, f, at_ns, i)
    for k in range(s[at.UPKEEPS]):
        rule = s[at.M_UPKEEP] + k * at.MU_WIDTH
        if s[rule + at.MU_CLOCK] == at.CALENDAR_CLOCK:
            s[s[at.S_UPKEEP] + k * at.SU_WIDTH + at.DONE_AT] = at_ns
    for j in range(s[at.MODES]):
        arm(s, f, at_ns, j)
    _set_sources(s, f, at_ns)
    return pack(model, work.memory)


PARTS = 64
"""Parts that there is memory for at first, besides those that one event may need."""


def _set_calendars(model: Model, s: Ints, t: int) -> None:
    for k, calendar in enumerate(model.calendars):
        s[s[at.S_CALENDAR] + k] = int(is_open(calendar, t))
    for k, crew in enumerate(model.crews):
        b = s[at.S_POOL] + k * at.SP_WIDTH
        s[b + at.PRESENT] = s[b + at.PRESENT_OWN] = crew.present(shift_at(crew.calendar, t))
        s[b + at.USED_SINCE] = t


def _set_queues(model: Model, s: Ints, t: int) -> None:
    for q, store in enumerate(model.stores):
        b = s[at.S_QUEUE] + q * at.SQ_WIDTH
        for field in (at.FRONT, at.BACK, at.WAITER, at.WAITER_TAIL, at.IDLER, at.IDLER_TAIL):
            s[b + field] = -1
        places = UNBOUNDED if store.places is None else store.places
        s[b + at.PLACES] = s[b + at.PLACES_OWN] = places
        s[b + at.LEVEL_SINCE] = t
        s[b + at.RULE] = store.rule
    for k, limit in enumerate(model.limits):
        b = s[at.S_LOOP] + k * at.SLP_WIDTH
        s[b + at.LOOP_LIMIT] = s[b + at.LOOP_OWN] = limit[0]
        s[b + at.LOOP_QUEUE] = limit[1]
    for k in range(s[at.ORDERS]):
        pieces = s[s[at.M_ORDER] + k * at.MX_WIDTH + at.MX_PIECES]
        s[s[at.S_ORDER] + k * at.SX_WIDTH + at.X_LEFT] = pieces


def _set_station(f: Floats, k: int) -> None:
    p = k * at.FST_WIDTH
    for own in (0, at.OWN):
        f[p + own + at.SPEED], f[p + own + at.FACTOR], f[p + own + at.SCRAPS] = 100.0, 1.0, -1.0
    f[p + at.PACE] = 1.0


def _set_server(s: Ints, f: Floats, t: int, i: int) -> None:
    b = server(i)
    s[b + at.PHASE] = at.IDLE
    s[b + at.SINCE] = s[b + at.SETTLED] = t
    s[b + at.STRIKE] = s[b + at.DUE] = FAR
    s[b + at.SET_FOR] = 0 if s[at.PRODUCTS] == 1 else -1
    s[b + at.CAUSE] = s[b + at.UPKEEP] = -1
    for field in (at.LOAD, at.HELD, at.HELD_TAIL, at.WAITS_AT, at.RESERVES):
        s[b + field] = -1
    for field in (at.NEXT_REQUEST, at.NEXT_IDLE, at.NEXT_WAITER, at.NEXT_TODO):
        s[b + field] = -1
    for n in range(at.HOLDS):
        s[s[at.S_HOLD] + i * at.HOLD_WIDTH + 2 * n] = -1
    set_keys(s, i)
    set_rates(s, f, i)


def set_keys(s: Ints, i: int) -> None:
    """Keep the key of the stream of a server's cycle times, as a signed integer."""
    key = stream(s[at.BASE], s[fixed(s, i) + at.MS_ELEMENT], at.CYCLE)
    s[server(i) + at.KEY] = key - (1 << 64) if key >= 1 << 63 else key


def _set_sources(s: Ints, f: Floats, t: int) -> None:
    """Set when each source gives its first part."""
    for k in range(s[at.SOURCES]):
        m = s[at.M_SOURCE] + k * at.ML_WIDTH
        when = FAR
        if s[m + at.ML_KIND] == at.ARRIVALS:
            when = t + gap_ns(s, f, k)
        elif s[m + at.ML_KIND] == at.ORDERED and s[at.ORDERS] > 0:
            when = max(t, s[s[at.M_ORDER] + at.MX_T])
        set_key(s, s[at.S_NEXT], s[at.LEAVES], s[at.SOURCES_AT] + k, when)
