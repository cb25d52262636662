"""What is watched at a site: every limit and every machine's own alarm that the plant file names.

Compiled once per revision of the plant; a fold carries it along but never stores it.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from linewright.live.alarms.life import alarm_key
from linewright.plant import Address, Plant
from linewright.plant.model import FrozenMap, Station, Tag
from linewright.plant.records import AlarmKind, AlarmPriority

__all__ = ["PRIORITIES", "AlarmLayout", "TagWatch", "Watch", "watched"]

LIMITS: tuple[tuple[str, AlarmKind, AlarmPriority], ...] = (
    ("low_low", AlarmKind.LOW_LOW, AlarmPriority.HIGH),
    ("low", AlarmKind.LOW, AlarmPriority.MEDIUM),
    ("high", AlarmKind.HIGH, AlarmPriority.MEDIUM),
    ("high_high", AlarmKind.HIGH_HIGH, AlarmPriority.HIGH),
    ("alarm", AlarmKind.DISCRETE, AlarmPriority.MEDIUM),
)
"""Keys of a tag that raise an alarm, what they watch, and the priority where none is given."""

MACHINE_PRIORITY = AlarmPriority.MEDIUM
"""Priority of what a machine reports: the plant file says nothing of its single codes."""

SILENCE_PRIORITY = AlarmPriority.MEDIUM
"""Priority of a source that is silent: nothing is known of its stations, nothing is yet wrong."""

PRIORITIES: Mapping[AlarmPriority, int] = FrozenMap(
    {
        AlarmPriority.CRITICAL: 0,
        AlarmPriority.HIGH: 1,
        AlarmPriority.MEDIUM: 2,
        AlarmPriority.LOW: 3,
    }
)
"""Rank of a priority: 0 comes first."""

_NS_PER_S = 1_000_000_000

_Texts = Mapping[str, str]


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """One limit of a tag."""

    alarm: str
    kind: AlarmKind
    priority: AlarmPriority
    limit: float
    deadband: float = 0.0
    delay_ns: int = 0
    latches: bool = False
    """Whether it waits for a reset by a person once the value is back."""
    label: _Texts = FrozenMap()
    """What is wrong, per language; of the limit, or of its tag."""
    action: _Texts = FrozenMap()
    """What the operator should do, per language."""

    def beyond(self, value: float) -> bool:
        """Whether a value is beyond the limit; a value on the limit is not."""
        if self.kind is AlarmKind.DISCRETE:
            return value == self.limit
        if self.kind in {AlarmKind.HIGH, AlarmKind.HIGH_HIGH}:
            return value > self.limit
        return value < self.limit

    def back(self, value: float) -> bool:
        """Whether a value is back to normal: on the limit or within, by the deadband."""
        if self.kind is AlarmKind.DISCRETE:
            return value != self.limit
        if self.kind in {AlarmKind.HIGH, AlarmKind.HIGH_HIGH}:
            return value <= self.limit - self.deadband
        return value >= self.limit + self.deadband


class TagWatch(msgspec.Struct, frozen=True, kw_only=True):
    """All that is watched of one tag: limits, or the codes that a machine reports on it."""

    tag: Address
    station: Address
    unit: str | None = None
    limits: tuple[Watch, ...] = ()
    reports: bool = False
    """Whether its value is the machine's own alarm code: role `alarm`."""
    label: _Texts = FrozenMap()

    @property
    def form(self) -> Literal["codes", "limits"]:
        """Which of the two it is."""
        return "codes" if self.reports else "limits"

    def quiet(self) -> tuple[float, float]:
        """Bounds of the values, themselves included, at which no limit changes its mind."""
        low, high = float("-inf"), float("inf")
        for watch in self.limits:
            if watch.kind is AlarmKind.DISCRETE:
                return float("inf"), float("-inf")
            if watch.kind in {AlarmKind.HIGH, AlarmKind.HIGH_HIGH}:
                high = min(high, watch.limit - watch.deadband)
            else:
                low = max(low, watch.limit + watch.deadband)
        return low, high


class AlarmLayout(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is looked up while alarms are folded or shown.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line("a", flow=["t"])
    >>> tags = {"temp": {"node": "ns=2;s=T", "unit": "degC", "high": 80}}
    >>> _ = line.station("t", does={"turn": "48 s"}, connect={"opcua": "opc.tcp://t"}, tags=tags)
    >>> layout = watched(plant.done(), "r1", "reno")
    >>> [watch.alarm for watch in layout.tags["reno/shop/a/t#temp"].limits]
    ['high']
    """

    plant_rev: str
    site: str
    tags: Mapping[str, TagWatch]
    """What is watched, by the address of its tag."""
    limits: Mapping[str, Watch]
    """Each limit by the key of its alarm."""
    quiet: Mapping[str, tuple[float, float]]
    """Bounds within which a tag changes nothing, by its address; machine codes have none."""


def watched(plant: Plant, plant_rev: str, site: str) -> AlarmLayout:
    """Compile what is watched at a site; linear in its tags.

    Parameters
    ----------
    plant, plant_rev
        The plant as applied, and its revision.
    site
        Name of one of its sites.

    Returns
    -------
    AlarmLayout
        With a deadband of 0 and no delay where the plant file says none.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> _ = plant.site("reno", timezone="UTC", currency="USD")
    >>> dict(watched(plant.done(), "r1", "reno").tags)
    {}
    """
    assert site in plant.sites, f"the plant has no site {site!r}"
    tags: dict[str, TagWatch] = {}
    for address, station in plant.stations_in(Address(site)):
        for watch in _of_station(address, station):
            tags[watch.tag] = watch
    return AlarmLayout(
        plant_rev=plant_rev,
        site=site,
        tags=FrozenMap(tags),
        limits=FrozenMap(
            {alarm_key(each.tag, one.alarm): one for each in tags.values() for one in each.limits}
        ),
        quiet=FrozenMap({each.tag: each.quiet() for each in tags.values() if not each.reports}),
    )


def _of_station(address: Address, station: Station) -> Iterator[TagWatch]:
    for name, tag in station.tags.items():
        limits = tuple(_limits(tag))
        reports = tag.role == "alarm" and not limits
        if limits or reports:
            yield TagWatch(
                tag=address.with_tag(name),
                station=address,
                unit=tag.unit or None,
                limits=limits,
                reports=reports,
                label=tag.label,
            )


def _limits(tag: Tag) -> Iterator[Watch]:
    for name, kind, priority in LIMITS:
        given = getattr(tag, name)
        if given is not None:
            yield Watch(
                alarm=name,
                kind=kind,
                priority=AlarmPriority(given.priority) if given.priority else priority,
                limit=given.limit,
                deadband=given.deadband or 0.0,
                delay_ns=round(((given.delay_s or 0.0) + (tag.debounce_s or 0.0)) * _NS_PER_S),
                label=given.label or tag.label,
                action=given.action,
            )
