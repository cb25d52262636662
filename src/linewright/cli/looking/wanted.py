"""What a person names: addresses with their tags, times, and spans of time."""

import datetime as dt
import re
from collections.abc import Iterable

import msgspec

from linewright.cli.ending import Failed
from linewright.plant import Address, Plant
from linewright.plant.language import nearest
from linewright.plant.model import Tag, label_in

__all__ = ["Tagged", "address_of", "instant", "span", "station_of", "tags_under", "window"]

NS_PER_S = 1_000_000_000

SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0, "ms": 0.001}
"""Units of a span."""

SPAN_MAX_S = 200 * 365 * 86_400.0
"""Longest span: a clock of 64 bits has no more."""

YEARS = range(1971, 2262)
"""Years that a clock of 64 bits has in ns since 1970, in every time zone."""

SHOWN_MAX = 5
"""Addresses that a message lists."""

_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|min|h|d|w)\s*")


class Tagged(msgspec.Struct, frozen=True, kw_only=True):
    """A tag of a plant: where it is, its unit and what people read."""

    address: Address
    unit: str = ""
    label: str = ""
    tag: Tag | None = None


def tags_under(plant: Plant, address: Address) -> list[Tagged]:
    """Return the tags of a site, area, line, station, or the one tag that is meant."""
    found = []
    for place, station in plant.stations_in(Address(address.owner)):
        for name, tag in station.tags.items():
            each = place.with_tag(name)
            if address.tag is None or each == address:
                label = label_in(tag.label, "en", name)
                found.append(Tagged(address=each, unit=tag.unit or "", label=label, tag=tag))
    return found


def address_of(plant: Plant, site: str, text: str) -> Address:
    """Return the address that is meant: a whole one, or the end of one that only one thing has.

    Parameters
    ----------
    plant
        The plant in force.
    site
        Its site that is looked at.
    text
        Such as ``nogales/machining/bracket/saw#temp`` or ``saw#temp``.

    Raises
    ------
    Failed
        Nothing is there, or several things end so; the nearest spelling is told.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line("x", flow=["a"])
    >>> _ = line.station("a", does={"cut": "48 s"}, tags={"kw": {}})
    >>> address_of(plant.done(), "reno", "a#kw")
    Address('reno/shop/x/a#kw')
    """
    known = _addresses(plant, site)
    return _chosen(text, known, "address")


def station_of(plant: Plant, site: str, text: str) -> tuple[Address, str]:
    """Return the station and the command of ``ADDRESS#COMMAND``.

    Raises
    ------
    Failed
        It is not written so, or there is no such station or command.
    """
    known = [
        place.with_tag(name)
        for place, station in plant.stations_in(Address(site))
        for name in station.commands
    ]
    if "#" not in text:
        raise Failed(f"`{text}` names no command", "write ADDRESS#COMMAND, such as mill#speed")
    if not known:
        raise Failed(f"the site {site} has no commands", "see `commands:` in docs/plant-file.md")
    found = _chosen(text, known, "command")
    return found.owner, found.tag or ""


def _chosen(text: str, known: Iterable[Address], what: str) -> Address:
    wanted = text.strip().strip("/")
    pool = list(known)
    for each in pool:
        if each == wanted:
            return each
    found = [each for each in pool if each.endswith((f"/{wanted}", f"#{wanted}"))]
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        names = ", ".join(found[:SHOWN_MAX]) + (" and more" if len(found) > SHOWN_MAX else "")
        raise Failed(f"{len(found)} things end with `{text}`", f"name one: {names}")
    depth = wanted.count("/") + 1
    ends = {"/".join(each.split("/")[-depth:]): each for each in pool}
    near = nearest(wanted, [*ends, *pool])
    to_do = f"did you mean `{near}`?" if near else "`linewright show PLANT` lists what there is"
    raise Failed(f"there is no {what} `{text}`", to_do)


def _addresses(plant: Plant, site: str) -> list[Address]:
    """Every address of a site: itself, its areas, lines, stations and tags."""
    found = {Address(site): None}
    for address, _ in plant.groups():
        if address.site == site:
            found |= {parent: None for parent in [address.parent, address] if parent is not None}
    for place, station in plant.stations_in(Address(site)):
        found[place] = None
        found |= {place.with_tag(name): None for name in station.tags}
    return list(found)


def span(text: str) -> int:
    """Return a span of time in ns, such as ``1 h`` or ``90s``.

    Raises
    ------
    Failed
        It is not written so, or is not above zero.

    Examples
    --------
    >>> span("1.5 min")
    90000000000
    """
    found = _SPAN.fullmatch(text)
    seconds = float(found[1]) * SECONDS[found[2]] if found else 0.0
    if seconds > SPAN_MAX_S:
        raise Failed(f"`{text}` is too long a span of time", f"at most {SPAN_MAX_S / 86_400:.0f} d")
    if not seconds > 0:
        raise Failed(f"`{text}` is no span of time", "write it as `90 s`, `15 min`, `1 h` or `7 d`")
    return round(seconds * NS_PER_S)


def instant(text: str, zone: dt.tzinfo, now_ns: int) -> int:
    """Return a time in ns since 1970: a local time of the site, with or without its date.

    Parameters
    ----------
    text
        Such as ``2026-11-23 08:57``, ``08:57`` (of today) or ``2026-11-23T15:57Z``.
    zone
        Of the site; a time that names its own zone is taken so.
    now_ns
        What is today.

    Raises
    ------
    Failed
        It is no time, or one that no clock has.

    Examples
    --------
    >>> instant("1971-01-02", dt.UTC, 0) // NS_PER_S
    31622400
    """
    to_do = 'write it as "2026-11-23 08:57", "08:57" or "2026-11-23T15:57Z"'
    try:
        local = _local(text.strip(), zone, now_ns)
    except ValueError as error:
        raise Failed(f"`{text}` is no time", to_do) from error
    if local.year not in YEARS:
        raise Failed(f"`{text}` is no time that history can hold", to_do)
    whole = local.replace(microsecond=0)
    return int(whole.timestamp()) * NS_PER_S + local.microsecond * 1000


def _local(text: str, zone: dt.tzinfo, now_ns: int) -> dt.datetime:
    if re.fullmatch(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?", text):
        today = dt.datetime.fromtimestamp(now_ns // NS_PER_S, zone).date()
        time = dt.time.fromisoformat(text.zfill(len(text) + (text[1] == ":")))
        return dt.datetime.combine(today, time, zone)
    found = dt.datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def window(
    given: tuple[str | None, str | None, str | None], zone: dt.tzinfo, now_ns: int, last_ns: int
) -> tuple[int, int]:
    """Return from when until when to read, in ns; the first is in it, the last is not.

    Parameters
    ----------
    given
        What --from, --to and --last say.
    zone
        Of the site.
    now_ns
        Plant time now: until then where --to says nothing.
    last_ns
        How far back where nothing is said.

    Raises
    ------
    Failed
        They contradict each other, or one of them is no time.
    """
    start, end, last = given
    if last is not None and start is not None:
        raise Failed("--from and --last both say where to begin", "leave one of them out")
    until_ns = now_ns if end is None else instant(end, zone, now_ns)
    if start is not None:
        from_ns = instant(start, zone, now_ns)
    else:
        from_ns = until_ns - (last_ns if last is None else span(last))
    if from_ns >= until_ns:
        raise Failed("the time to read ends before it begins", "see --from and --to")
    return max(0, from_ns), until_ns
