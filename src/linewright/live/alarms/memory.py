"""What is known of the alarms of a site, as plain frozen values, and its snapshot."""

from collections.abc import Mapping, Sequence

import msgspec

from linewright.live.alarms.condition import TagMemory
from linewright.live.alarms.life import AlarmNow, alarm_key, learn
from linewright.live.alarms.watches import AlarmLayout, watched
from linewright.plant import Address, Plant
from linewright.plant.records import Alarm, AlarmState, StationState

__all__ = [
    "AlarmFold",
    "Silence",
    "Tick",
    "begin",
    "bounded",
    "decode_fold",
    "encode_fold",
    "key_of",
    "learned",
]

FORM = 1
"""Number of the form of a snapshot; another number is not read."""

KEPT_MAX = 5_000
"""Alarms that are remembered; beyond it those that are normal are forgotten, the oldest first."""


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """A source and the stations that it speaks of.

    Examples
    --------
    >>> stations = (Address("reno/shop/a/t"), Address("reno/shop/a/u"))
    >>> Silence(source="gateway", stations=stations).address
    Address('reno/shop/a')
    """

    source: str
    stations: tuple[Address, ...]

    @property
    def address(self) -> Address:
        """The lowest place that has all these stations; of several areas the first.

        Examples
        --------
        >>> Silence(source="t", stations=(Address("reno/shop/a/t"),)).address
        Address('reno/shop/a/t')
        """
        place = self.stations[0]
        for each in self.stations:
            while not place.contains(each):
                above = place.parent
                if above is None or above.area is None:
                    return place
                place = above
        return place


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """What time it is, once everything that was stored has been read.

    Examples
    --------
    >>> Tick(now_ns=5, settled_ns=3).silent
    ()
    """

    now_ns: int
    """Plant time."""
    settled_ns: int
    """Time before which no sample comes any more: plant time less the longest way of a sample."""
    silent: tuple[Silence, ...] = ()
    """Sources that have been silent for too long."""
    heard: tuple[Silence, ...] = ()
    """Sources that speak; of a source in neither nothing is known yet."""


class AlarmFold(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of the alarms of a site: made by `begin`, moved on by `step`.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> _ = plant.site("reno", timezone="UTC", currency="USD")
    >>> begin(plant.done(), "r1", "reno").alarms
    {}
    """

    layout: AlarmLayout
    """What is watched; not part of a snapshot."""
    tags: Mapping[str, TagMemory]
    """Watched tags that were heard, by address."""
    stations: Mapping[str, StationState]
    """Newest known state of each station that told one."""
    alarms: Mapping[str, AlarmNow]
    """Alarms that were ever raised, by key."""


class _Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The form of a snapshot."""

    form: int
    site: str
    tags: dict[str, TagMemory]
    stations: dict[str, StationState]
    alarms: dict[str, AlarmNow]


def begin(plant: Plant, plant_rev: str, site: str) -> AlarmFold:
    """Fold that has heard nothing yet.

    Parameters
    ----------
    plant, plant_rev
        The plant as applied, and its revision.
    site
        Name of one of its sites.

    Returns
    -------
    AlarmFold
        Without any alarm.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> _ = plant.site("reno", timezone="UTC", currency="USD")
    >>> begin(plant.done(), "r1", "reno").layout.site
    'reno'
    """
    return AlarmFold(layout=watched(plant, plant_rev, site), tags={}, stations={}, alarms={})


def encode_fold(fold: AlarmFold) -> bytes:
    """Snapshot of a fold as JSON, without the plant; some 50 bytes a tag.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> _ = plant.site("reno", timezone="UTC", currency="USD")
    >>> fold = begin(plant.done(), "r1", "reno")
    >>> decode_fold(encode_fold(fold), plant.done(), "r1", "reno") == fold
    True
    """
    kept = _Kept(
        form=FORM,
        site=fold.layout.site,
        tags=dict(fold.tags),
        stations=dict(fold.stations),
        alarms=dict(fold.alarms),
    )
    return msgspec.json.encode(kept, enc_hook=str, order="sorted")


def decode_fold(data: bytes, plant: Plant, plant_rev: str, site: str) -> AlarmFold:
    """Fold of a snapshot, to go on with, also under a newer revision of the plant.

    Parameters
    ----------
    data
        What `encode_fold` gave.
    plant, plant_rev, site
        As for `begin`.

    Raises
    ------
    ValueError
        The snapshot is damaged, of another form or of another site.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> _ = plant.site("reno", timezone="UTC", currency="USD")
    >>> try:
    ...     decode_fold(b"{}", plant.done(), "r1", "reno")
    ... except ValueError as error:
    ...     str(error)
    'Object missing required field `form`'
    """
    kept = msgspec.json.decode(data, type=_Kept, dec_hook=lambda _, value: Address(value))
    if (kept.form, kept.site) != (FORM, site):
        raise ValueError(f"it is of site {kept.site!r} in form {kept.form}")
    fold = begin(plant, plant_rev, site)
    return msgspec.structs.replace(
        fold,
        tags={name: each for name, each in kept.tags.items() if name in fold.layout.tags},
        stations=kept.stations,
        alarms=kept.alarms,
    )


def learned(fold: AlarmFold, records: Sequence[Alarm]) -> AlarmFold:
    """Fold with records that came out of it, or came back."""
    if not records:
        return fold
    alarms = dict(fold.alarms)
    for record in records:
        alarms[key_of(record)] = learn(alarms.get(key_of(record)), record)
    if alarms == fold.alarms:
        return fold
    return msgspec.structs.replace(fold, alarms=bounded(alarms))


def key_of(record: Alarm) -> str:
    """Key of the alarm that a record is of."""
    return alarm_key(record.address, record.alarm)


def bounded(alarms: dict[str, AlarmNow]) -> dict[str, AlarmNow]:
    """Forget what is over of the oldest alarms, where a machine made up very many codes."""
    if len(alarms) <= KEPT_MAX:
        return alarms
    over = [
        (now.current.order if now.current is not None else (0, ""), key)
        for key, now in alarms.items()
        if now.state_at(0) in _OVER and (now.current is None or not now.current.is_active)
    ]
    for _, key in sorted(over)[: len(alarms) - KEPT_MAX]:
        del alarms[key]
    return alarms


_OVER = frozenset([AlarmState.NORMAL, AlarmState.RETURNED_UNACKNOWLEDGED])
