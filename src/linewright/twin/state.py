"""The state of a line: one block of numbers that is copied, kept and forked."""

import struct
from typing import Self

import msgspec

from linewright.numeric import Floats, Ints, base_of, views
from linewright.numeric.tournament import FAR, clear_keys
from linewright.twin.faults import StateInvalid
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.clocks import arm, set_rates, station
from linewright.twin.model import Model, is_open

BYTES = 8
MAGIC = b"LWTWIN01"
"""First bytes of a kept state: what it is, and the version of `linewright.twin.kernel.layout`."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a line is at one instant, its pending changes and random streams included.

    Equal states have equal futures. It has no reference to anything: copying it, or keeping
    it as bytes, is all that a fork of the plant takes.

    Parameters
    ----------
    block
        Integers, then floating-point numbers, see `linewright.twin.kernel.layout`.
    ints
        How many integers.

    Examples
    --------
    >>> State.from_bytes(b"what is this?")
    Traceback (most recent call last):
    linewright.twin.faults.StateInvalid: state: it is not a kept state of this version; begin anew
    """

    block: bytes
    ints: int

    @property
    def t_ns(self) -> int:
        """Plant time up to which everything has happened."""
        return self.head(at.T)

    @property
    def replication(self) -> int:
        """Which random streams it draws from."""
        return self.head(at.REPLICATION)

    def head(self, field: int) -> int:
        """Return an integer of the head, by its place in the layout."""
        value: int = struct.unpack_from("=q", self.block, field * BYTES)[0]
        return value

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
        whole = len(data) >= start + at.HEAD * BYTES and len(data) % BYTES == 0
        if not whole or not data.startswith(MAGIC):
            raise StateInvalid("state", "it is not a kept state of this version", "begin anew")
        ints: int = struct.unpack_from("=q", data, len(MAGIC))[0]
        if not at.HEAD <= ints <= (len(data) - start) // BYTES:
            raise StateInvalid("state", "it is damaged", "begin anew")
        return cls(block=data[start:], ints=ints)


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A working block, unpacked: what the kernel's functions take."""

    memory: bytearray
    whole: int
    s: Ints
    f: Floats


def unpack(model: Model, state: State) -> bytearray:
    """Return the working block of a state, a copy: [model, state] integers, then numbers.

    Raises
    ------
    StateInvalid
        When the state is of a line with other stations, modes or wears.
    """
    ints, floats = model.state_ints * BYTES, model.state_floats * BYTES
    fits = state.ints == model.state_ints and len(state.block) == ints + floats
    if not fits or state.head(at.SHAPE) != model.shape:
        what = "the state is of a line with other stations, modes or wears"
        raise StateInvalid(model.address, what, "begin anew, or take the model it was made with")
    return bytearray(b"".join((model.ints, state.block[:ints], model.floats, state.block[ints:])))


def pack(model: Model, memory: bytearray) -> State:
    """Return the state that stands in a working block."""
    first = len(model.ints)
    ints = model.state_ints * BYTES
    numbers = first + ints + len(model.floats)
    return State(
        block=bytes(memory[first : first + ints]) + bytes(memory[numbers:]), ints=model.state_ints
    )


def open_up(model: Model, state: State) -> Work:
    """Return a working block with plain views, for the functions of this room."""
    memory = unpack(model, state)
    whole = len(model.ints) // BYTES + model.state_ints
    s, f = views(memory, whole)
    return Work(memory=memory, whole=whole, s=s, f=f)


def begin(model: Model, *, at_ns: int, seed: int, replication: int = 0) -> State:
    """Return the line empty and fresh at an instant.

    All stations are free, all wears new, all failure clocks just drawn. What the stations do
    first happens when time is advanced, also by nothing.

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
    >>> from linewright.twin.compiling import compile_line
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> begin(compile_line(plant.done(), "reno/shop/pump"), at_ns=7, seed=1).t_ns
    7
    """
    blank = bytes((model.state_ints + model.state_floats) * BYTES)
    memory = bytearray(_with_shape(blank, model))
    work = open_up(model, State(block=bytes(memory), ints=model.state_ints))
    s, f = work.s, work.f
    head = s[at.STATE]
    s[head + at.T] = s[head + at.BEGAN_AT] = at_ns
    s[head + at.SEED], s[head + at.REPLICATION] = seed, replication
    s[head + at.BASE] = base_of(seed, replication)
    s[head + at.OPEN] = int(is_open(model.calendar, at_ns))
    s[head + at.NEXT_CHANGE] = FAR
    s[head + at.FRESH] = 1
    clear_keys(s, s[at.S_NEXT], s[at.PLACES])
    for w in range(s[at.WEARS]):
        q = s[at.FS_WEAR] + w * at.FSW_WIDTH
        f[q + at.FASTER] = f[q + at.FASTER_OWN] = 1.0
    for i in range(s[at.STATIONS]):
        _set_station(s, f, at_ns, i)
    for j in range(s[at.MODES]):
        arm(s, f, at_ns, j)
    return pack(model, work.memory)


def _with_shape(blank: bytes, model: Model) -> bytes:
    where = at.SHAPE * BYTES
    return blank[:where] + struct.pack("=q", model.shape) + blank[where + BYTES :]


def _set_station(s: Ints, f: Floats, t: int, i: int) -> None:
    b = station(s, i)
    s[b + at.PHASE], s[b + at.CAUSE] = at.IDLE, -1
    s[b + at.SINCE] = s[b + at.SETTLED] = t
    p = s[at.FS_STATION] + i * at.FSS_WIDTH
    scraps = f[i * at.FMS_WIDTH + at.FMS_SCRAPS]
    for own in (0, at.OWN):
        f[p + own + at.SPEED], f[p + own + at.FACTOR], f[p + own + at.SCRAPS] = 100.0, 1.0, scraps
    set_rates(s, f, i)
