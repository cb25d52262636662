"""What the fold remembers of sources, counters and stations: plain frozen values.

Defaults say "nothing heard yet" and are left out of a snapshot.
"""

from typing import Generic, TypeVar

import msgspec

from linewright.plant import Address
from linewright.plant.records import StationState

__all__ = [
    "Counted",
    "CounterMemory",
    "Held",
    "InputMemory",
    "Revised",
    "RunMemory",
    "Said",
    "SourceMemory",
    "StationMemory",
    "Track",
    "WearMemory",
]

S = TypeVar("S")


class SourceMemory(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """How far a source was read, and the stations that it speaks of."""

    source: str
    epoch: int
    n: int
    stations: tuple[Address, ...] = ()


class Held(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A sample that is remembered, by the time at which it counts; `raw_ns` where it has another.

    Its value is a state in the machine's own words, a reading of a counter, or what an expression
    reads; None: it may not be used.
    """

    t_ns: int
    tag: str
    value: bool | int | float | str | None
    quality: int
    seen_ns: int
    raw_ns: int | None = None


class Track(
    msgspec.Struct,
    Generic[S],
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
):
    """Something that is folded from samples, and the newest of them, so that late ones fit in.

    `before` is what was known before the samples that are held, `middle` before those from `split`
    on, `now` after all of them. Samples from before `floor_ns` on are forgotten.
    """

    before: S
    middle: S
    now: S
    held: tuple[Held, ...] = ()
    split: int = 0
    floor_ns: int = -1


class InputMemory(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """What a tag said last that a state is derived from; `good_ns`: the last usable sample."""

    tag: str
    value: bool | int | float | str | None
    quality: int
    t_ns: int
    good_ns: int = -1


class RunMemory(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A derived state that stands since `t_ns`, whether it has held for long enough or not."""

    t_ns: int
    state: StationState
    quality: int
    seen_ns: int
    counts: bool = False
    """Whether it has held for long enough."""


class Said(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """What a station said of its state: the last one that was told, and how far it was read."""

    heard: bool = False
    """Whether a state was ever told, be it that nothing is known."""
    state: StationState = StationState.UNKNOWN
    raw_state: str | None = None
    quality: int = 0
    since_ns: int = 0
    t_ns: int = 0
    """Time of the newest sample."""
    good_ns: int = -1
    """Time of the newest usable sample."""
    told_ns: int = -1
    loaded: bool = False
    """Whether it holds a part that is not counted yet; see `linewright.live.station`."""
    inputs: tuple[InputMemory, ...] = ()
    """Of a derived state: what it is derived from."""
    run: RunMemory | None = None
    """Of a derived state: what the expression gives now."""
    until_ns: int = -1
    """Of a derived state: the time up to which it was seen to hold."""


class CounterMemory(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """The last reading of a counter.

    `total` is the first reading and everything that was counted since: what the counter would
    show had it never been set back. `told_ns` is the time of its last record.
    """

    name: str
    reading: int
    t_ns: int
    total: int
    told_ns: int = -1
    doubtful: bool = False
    """Whether it was ever found set back or jumping: parts may be missing in `total`."""


class Counted(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """What the counters of a station have said."""

    counters: tuple[CounterMemory, ...] = ()
    owed: int = 0
    """Parts of the one kind counted before the counter of all parts showed them."""
    last_part_ns: int | None = None

    def counter(self, name: str | None) -> CounterMemory | None:
        """Memory of one of the counters, or None before its first reading."""
        return next((each for each in self.counters if each.name == name), None)


class WearMemory(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """The last usable reading of a counter of life used, as a ratio."""

    part: str
    used_ratio: float
    t_ns: int


class Revised(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A record that was corrected: its time, and its highest revision so far."""

    id: str
    t_ns: int
    rev: int


class StationMemory(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """A station as far as its own samples tell; nothing of any other station enters."""

    address: Address
    saying: Track[Said] = Track(before=Said(), middle=Said(), now=Said())
    counting: Track[Counted] = Track(before=Counted(), middle=Counted(), now=Counted())
    revised: tuple[Revised, ...] = ()
    first_ns: int | None = None
    t_ns: int = 0
    seen_ns: int = 0
    day_ns: int | None = None
    good: int = 0
    scrap: int = 0
    late: int = 0
    unusable: int = 0
    wears: tuple[WearMemory, ...] = ()

    @property
    def said(self) -> Said:
        """What it says of its state now."""
        return self.saying.now

    @property
    def counted(self) -> Counted:
        """What its counters say now."""
        return self.counting.now
