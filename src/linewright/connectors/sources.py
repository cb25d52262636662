"""From the plant file to what is read where: sources, their points, and the names of sources.

>>> from linewright.plant import PlantBuilder
>>> plant = PlantBuilder("acme")
>>> line = plant.site("reno", timezone="America/Los_Angeles", currency="USD").area("shop").line(
...     "pump", flow=["turn"]
... )
>>> _ = line.station("turn", does={"turn": "48 s"})
>>> plant.product("p1", route=["turn"])
>>> source_of(plant.done(), Address("reno/shop/pump/turn"))
'turn'
"""

import hashlib
import logging
from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from linewright.plant import Address, Plant, valid_name
from linewright.plant.model import Connection, Station, Tag

__all__ = ["Endpoint", "Point", "Source", "source_of", "sources_of"]

PUBLISH_S = 0.1
"""How often a server sends what changed, where the plant file does not say."""

SAMPLE_S = 0.05
"""How often a server looks at a value, where the plant file does not say: twice per publishing."""

PROTOCOL = "opcua"
_DIGEST_CHARS = 8
_CUT_CHARS = 54

_log = logging.getLogger(__name__)


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Where one session goes, and as whom.

    Examples
    --------
    >>> Endpoint(url="opc.tcp://127.0.0.1:4840").publish_s
    0.1
    """

    url: str
    user: str | None = None
    secret: Annotated[str | None, Meta(description="name of the password, never itself")] = None
    security: str = "none"
    namespace: str | None = None
    publish_s: float = PUBLISH_S
    batch: int = 500


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One value that is read: its tag, its node and how the raw value becomes a sample.

    Examples
    --------
    >>> tag = Address("reno/shop/pump/turn#temp")
    >>> Point(tag=tag, node="ns=2;s=Temp").sample_s
    0.05
    """

    tag: Address
    node: str
    type: str | None = None
    role: str | None = None
    scale: float | None = None
    offset: float | None = None
    low: float | None = None
    high: float | None = None
    sample_s: float = SAMPLE_S


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One station that is read: its name as a source, its endpoint and its points.

    Examples
    --------
    >>> mill = Address("reno/shop/pump/turn")
    >>> Source(name="turn", address=mill, endpoint=Endpoint(url="opc.tcp://a"), points=()).name
    'turn'
    """

    name: str
    address: Address
    endpoint: Endpoint
    points: tuple[Point, ...]


def source_of(plant: Plant, address: Address) -> str:
    """Name under which the samples of a station travel: a token of a subject.

    The station's own name where no other station of the site has it, else with its line, else
    with its area and line before it.

    Parameters
    ----------
    plant
        A checked plant.
    address
        The station.

    Returns
    -------
    str
        At most 63 characters; what is longer ends in a digest.

    Notes
    -----
    Linear in the stations of the site.

    Examples
    --------
    >>> from linewright.plant.language.load import load_text
    >>> two = load_text('''
    ... linewright: 1
    ... enterprise: acme
    ... sites:
    ...   reno:
    ...     timezone: America/Los_Angeles
    ...     currency: USD
    ...     areas:
    ...       shop:
    ...         work_centres:
    ...           lathes: {stations: {one: {does: {turn: 40 s}}}}
    ...           mills: {stations: {one: {does: {mill: 40 s}}}}
    ... ''')
    >>> source_of(two, Address("reno/shop/mills/one"))
    'mills_one'
    """
    others = [place for place, _ in plant.stations_in(Address(address.site)) if place != address]
    taken = {place.name for place in others}
    short, longer, whole = _names(address)
    if short not in taken:
        return short
    if longer not in taken | {_names(place)[1] for place in others}:
        return longer
    return whole


def sources_of(
    plant: Plant, site: str, endpoints: Mapping[str, str] | None = None
) -> tuple[Source, ...]:
    """Every station of a site that is read over OPC UA.

    Parameters
    ----------
    plant
        A checked plant.
    site
        Name of the site.
    endpoints
        Of an emulated plant: address of the station to URL, and nothing else is connected. Left
        out: the endpoints of the plant file.

    Returns
    -------
    tuple[Source, ...]
        In the order of the plant file; stations without an endpoint or points are left out.

    Notes
    -----
    Quadratic in the stations of a site for their names, milliseconds for hundreds.

    Examples
    --------
    >>> from linewright.plant.language.load import load_text
    >>> bare = load_text("{linewright: 1, enterprise: acme, sites: {}}")
    >>> sources_of(bare, "reno")
    ()
    """
    found = []
    for address, station in plant.stations_in(Address(site)):
        endpoint = _endpoint(plant, address, station, endpoints)
        points = tuple(_points(address, station, emulated=endpoints is not None))
        if endpoint is not None and points:
            name = source_of(plant, address)
            found.append(Source(name=name, address=address, endpoint=endpoint, points=points))
    return tuple(found)


def _names(address: Address) -> tuple[str, str, str]:
    """Three names of a station, each longer than the one before."""
    parts = address.split("/")
    assert address.station is not None, "a source is a station"
    return parts[-1], _fit("_".join(parts[-2:])), _fit("_".join(parts[1:]))


def _fit(name: str) -> str:
    """`name`, or a part of it and a digest where it is too long to be one."""
    if valid_name(name):
        return name
    return f"{name[:_CUT_CHARS]}_{hashlib.sha256(name.encode()).hexdigest()[:_DIGEST_CHARS]}"


def _endpoint(
    plant: Plant, address: Address, station: Station, endpoints: Mapping[str, str] | None
) -> Endpoint | None:
    """Where the station is reached, or None where it is not over OPC UA."""
    connection = station.connect
    if endpoints is not None:
        url = endpoints.get(address)
        return None if url is None else Endpoint(url=url)
    if connection is not None and connection.protocol == "gateway":
        connection = plant.sites[address.site].gateways.get(connection.endpoint)
    if connection is None or connection.protocol != PROTOCOL:
        return None
    return _from_file(connection)


def _from_file(connection: Connection) -> Endpoint:
    budget = connection.budget
    return Endpoint(
        url=connection.endpoint,
        user=connection.user,
        secret=None if connection.password is None else connection.password.name,
        security=connection.security or "none",
        namespace=connection.namespace,
        publish_s=connection.every_s or PUBLISH_S,
        batch=(budget.batch if budget is not None else None) or 500,
    )


def _points(address: Address, station: Station, *, emulated: bool) -> Iterator[Point]:
    """Tags of a station that are read at a node of its endpoint."""
    for name, tag in station.tags.items():
        if tag.via != "node" or tag.source is None or tag.formula is not None:
            continue
        if tag.through is not None and not emulated:
            _log.warning("%s#%s is not read: it goes through %s", address, name, tag.through)
            continue
        yield _point(address.with_tag(name), tag, tag.source)


def _point(tag: Address, described: Tag, node: str) -> Point:
    bounds = described.range
    return Point(
        tag=tag,
        node=node,
        type=described.type,
        role=described.role,
        scale=described.scale,
        offset=described.offset,
        low=None if bounds is None else bounds.low,
        high=None if bounds is None else bounds.high,
        sample_s=described.every_s or SAMPLE_S,
    )
