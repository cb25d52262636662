"""What the fold remembers of sources, counters and stations: plain frozen values.

Defaults say "nothing heard yet" and are left out of a snapshot.
"""

import msgspec

from linewright.plant import Address
from linewright.plant.records import StationState

__all__ = ["CounterMemory", "SourceMemory", "StationMemory", "WearMemory"]


class SourceMemory(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """How far a source was read, and the stations that it speaks of."""

    source: str
    epoch: int
    n: int
    stations: tuple[Address, ...] = ()


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


class WearMemory(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """The last usable reading of a counter of life used, as a ratio."""

    part: str
    used_ratio: float
    t_ns: int


class StationMemory(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """A station as far as its own samples tell; nothing of any other station enters."""

    address: Address
    heard: bool = False
    """Whether a state was ever told, be it that nothing is known."""
    state: StationState = StationState.UNKNOWN
    raw_state: str | None = None
    quality: int = 0
    since_ns: int = 0
    state_t_ns: int = 0
    told_ns: int = -1
    loaded: bool = False
    """Whether it holds a part that is not counted yet; see `linewright.live.station`."""
    first_ns: int | None = None
    t_ns: int = 0
    seen_ns: int = 0
    day_ns: int | None = None
    good: int = 0
    scrap: int = 0
    owed: int = 0
    """Parts of the one kind counted before the counter of all parts showed them."""
    last_part_ns: int | None = None
    late: int = 0
    unusable: int = 0
    counters: tuple[CounterMemory, ...] = ()
    wears: tuple[WearMemory, ...] = ()

    def counter(self, name: str | None) -> CounterMemory | None:
        """Memory of one of its counters, or None before its first reading."""
        return next((each for each in self.counters if each.name == name), None)
