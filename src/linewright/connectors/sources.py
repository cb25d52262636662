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
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from linewright.plant import Address, Plant, valid_name
from linewright.plant.model import Command, Connection, Station, Tag

__all__ = [
    "BROKERS",
    "OWN",
    "Endpoint",
    "Place",
    "Point",
    "Source",
    "connections_of",
    "emulated_item",
    "emulated_uri",
    "item_of",
    "place_of",
    "source_of",
    "sources_of",
]

PUBLISH_S = 0.1
"""How often a server sends what changed, where the plant file does not say."""

SAMPLE_S = 0.05
"""How often a server looks at a value, where the plant file does not say: twice per publishing."""

OWN = "own"
"""Instead of a URL: the MQTT listener of our own bus."""

BROKERS = ("mqtt://", "mqtts://")
"""How the URL of a broker begins; an `mqtt` endpoint without it is the root of its topics."""

BATCH = 500
"""Items in one request, where the plant file does not say."""

TIMEOUT_S = 3.0
"""Longest wait for an answer, where the plant file does not say."""

TIME_COLUMN = "t"
"""Time column of a replay, where the plant file does not say."""

WAYS: Mapping[str, frozenset[str]] = {
    "opcua": frozenset({"node"}),
    "mqtt": frozenset({"topic"}),
    "sparkplug": frozenset({"metric"}),
    "replay": frozenset({"column"}),
}
"""How the tags of each protocol are bound; other protocols are not read yet."""

_OF_BROKERS = frozenset({"mqtt", "sparkplug"})
_EMULATED_NAMESPACE = 2
_HAS_NAMESPACE = re.compile(r"ns=\d+;")
_DIGEST_CHARS = 8
_CUT_CHARS = 54


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Where one link goes, and as whom: stations with the same endpoint share it.

    Examples
    --------
    >>> Endpoint(url="opc.tcp://127.0.0.1:4840").publish_s
    0.1
    """

    protocol: str = "opcua"
    url: Annotated[str, Meta(description="of a server or broker, `own`, or files of a replay")]
    user: str | None = None
    secret: Annotated[str | None, Meta(description="name of the password, never itself")] = None
    certificate: Annotated[str | None, Meta(description="name of the client certificate")] = None
    security: str = "none"
    namespace: str | None = None
    publish_s: float = PUBLISH_S
    stale_s: Annotated[
        float | None, Meta(description="silence after which all of its values are stale")
    ] = None
    batch: int = BATCH
    connections: int = 1
    gap_s: Annotated[float, Meta(description="least time between two requests")] = 0.0
    timeout_s: float = TIMEOUT_S
    trust: Literal["first_use", "known"] = "first_use"
    speed: Annotated[float, Meta(description="pace of a replay over the recorded one")] = 1.0
    time_column: Annotated[str | None, Meta(description="time column of a replay")] = None
    times: Literal["shifted", "recorded"] = "shifted"


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One value that is read: its tag, its item and how the raw value becomes a sample.

    Examples
    --------
    >>> tag = Address("reno/shop/pump/turn#temp")
    >>> Point(tag=tag, item="ns=2;s=Temp").sample_s
    0.05
    """

    tag: Address
    item: Annotated[str, Meta(description="node, whole topic, metric or column")]
    path: Annotated[str | None, Meta(description="path inside a structured payload")] = None
    type: str | None = None
    role: str | None = None
    scale: float | None = None
    offset: float | None = None
    low: float | None = None
    high: float | None = None
    deadband: Annotated[
        float | None, Meta(description="smallest change that is kept, in the unit of the tag")
    ] = None
    sample_s: float = SAMPLE_S


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One connection of a station that is read: its name as a source, its endpoint, its points.

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
    root: Annotated[
        str, Meta(description="root of its topics, or `group/node[/device]` of Sparkplug")
    ] = ""
    stale_s: Annotated[
        float | None, Meta(description="silence after which its values are stale")
    ] = None
    connection: Annotated[
        str | None, Meta(description="further connection that it is; None: the station's own")
    ] = None


class Place(msgspec.Struct, frozen=True, order=True):
    """Where something is read or written: through which connection, how, and under which name.

    Examples
    --------
    >>> Place("", "node", "ns=2;s=Speed").can_be_read
    True
    """

    through: Annotated[str, Meta(description="further connection; empty: the station's own")]
    via: Annotated[str, Meta(description="how it is bound: `node`, `method`, `metric`, `topic`")]
    item: Annotated[str, Meta(description="in the protocol's own spelling, see `Device.read`")]

    @property
    def can_be_read(self) -> bool:
        """Whether what is written there can be read there: not what a method or a topic takes."""
        return self.via in {"node", "metric"}


def source_of(plant: Plant, address: Address, connection: str | None = None) -> str:
    """Name under which the samples of a station travel: a token of a subject.

    The station's own name where no other station of the site has it, else with its line, else
    with its area and line before it. A further connection adds its name.

    Parameters
    ----------
    plant
        A checked plant.
    address
        The station.
    connection
        Name of a further connection of the station; left out: its own.

    Returns
    -------
    str
        At most 63 characters; what is longer ends in a digest.

    Raises
    ------
    KeyError
        The plant has no such station, or the station no such connection.

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
    ...           mills:
    ...             stations:
    ...               one: {does: {mill: 40 s}, connections: {meter: {mqtt: mills/meter}}}
    ... ''')
    >>> source_of(two, Address("reno/shop/mills/one"))
    'mills_one'
    >>> source_of(two, Address("reno/shop/mills/one"), "meter")
    'mills_one_meter'
    """
    return _names_at(plant, address.site)[address, connection]


def emulated_item(name: str, tag: Tag | Command) -> str:
    """Node of a tag or command on the OPC UA server that plays its station.

    Parameters
    ----------
    name
        Of the tag or command.
    tag
        Itself.

    Returns
    -------
    str
        Its own node where it is bound to one, else one that is called as it is.

    Examples
    --------
    >>> emulated_item("kw", Tag(via="node", source="ns=3;s=Power"))
    'ns=3;s=Power'
    >>> emulated_item("kw", Tag(via="register", source="40001"))
    'ns=2;s=kw'
    """
    bound = tag.target if isinstance(tag, Command) else tag.source
    if tag.via not in {"node", "method"} or bound is None:
        return f"ns={_EMULATED_NAMESPACE};s={name}"
    return bound if _HAS_NAMESPACE.match(bound) else f"ns={_EMULATED_NAMESPACE};s={bound}"


def emulated_uri(address: Address, station: Station) -> str:
    """URI of the first namespace of the OPC UA server that plays a station.

    Parameters
    ----------
    address, station
        The station, which may say its namespace.

    Returns
    -------
    str
        By which its nodes are found wherever the namespace stands after a restart.

    Examples
    --------
    >>> emulated_uri(Address("reno/shop/lathes/one"), Station())
    'urn:linewright:emulated:reno:shop:lathes:one'
    """
    named = None if station.connect is None else station.connect.namespace
    return named or f"urn:linewright:emulated:{address.replace('/', ':')}"


def item_of(connection: Connection, bound: str) -> str:
    """Item of a tag or command as its connector knows it: topics whole, all else as it is spelled.

    A topic that begins with the root of its connection is whole already.

    Examples
    --------
    >>> gauge = Connection(protocol="mqtt", endpoint="nogales/gauge")
    >>> item_of(gauge, "state"), item_of(gauge, "nogales/gauge/state")
    ('nogales/gauge/state', 'nogales/gauge/state')
    """
    root = _root(connection)
    if connection.protocol != "mqtt" or not root or f"{bound}/".startswith(f"{root}/"):
        return bound
    return f"{root}/{bound}"


def sources_of(
    plant: Plant, site: str, endpoints: Mapping[str, str] | None = None
) -> tuple[Source, ...]:
    """Every connection of a station of a site that is read, one source each.

    Parameters
    ----------
    plant
        A checked plant.
    site
        Name of the site.
    endpoints
        Of an emulated plant: address of the station to the URL of the OPC UA server that plays
        it with all of its tags, or `own` where it is played over Sparkplug on our own listener;
        nothing else is connected. Left out: the endpoints of the plant file.

    Returns
    -------
    tuple[Source, ...]
        In the order of the plant file; connections without an endpoint or of a protocol that is
        not read are left out, and those without points where they cannot be looked through.

    Notes
    -----
    Linear in the tags of the site.

    Examples
    --------
    >>> from linewright.plant.language.load import load_text
    >>> bare = load_text("{linewright: 1, enterprise: acme, sites: {}}")
    >>> sources_of(bare, "reno")
    ()
    """
    names = _names_at(plant, site)
    found: list[Source] = []
    for address, station in plant.stations_in(Address(site)):
        if endpoints is not None:
            sources = _emulated(address, station, endpoints.get(address))
        else:
            sources = _real(plant, address, station)
        found += [
            msgspec.structs.replace(each, name=names[address, each.connection])
            for each in sources
            # A machine without tags yet is connected, too: it can be looked through.
            if each.points or each.endpoint.protocol == "opcua"
        ]
    return tuple(found)


def place_of(
    plant: Plant, address: Address, name: str, bound: Tag | Command, *, played: str | None = None
) -> Place | None:
    """Where a tag or a command of a station is read and written; None where it is nowhere.

    Parameters
    ----------
    plant
        A checked plant.
    address
        The station.
    name, bound
        Of the tag or command, and itself.
    played
        Where the station is played, as in `sources_of`; None for a real one.

    Examples
    --------
    >>> from linewright.plant.language.load import load_text
    >>> bare = load_text("{linewright: 1, enterprise: acme, sites: {}}")
    >>> one = Address("reno/shop/mills/one")
    >>> place_of(bare, one, "kw", Tag(), played="opc.tcp://127.0.0.1:4840")
    Place(through='', via='node', item='ns=2;s=kw')
    """
    item = bound.target if isinstance(bound, Command) else bound.source
    if played == OWN:
        return Place("", "metric", item if bound.via == "metric" and item is not None else name)
    if played is not None:
        return Place("", "method" if bound.via == "method" else "node", emulated_item(name, bound))
    station = dict(plant.stations_in(address)).get(address)
    if station is None or item is None or bound.via is None:
        return None
    connection = dict(connections_of(plant, address, station)).get(bound.through)
    if connection is None:
        return None
    whole = item_of(connection, item)
    path = bound.path if isinstance(bound, Tag) else None
    return Place(bound.through or "", bound.via, whole if path is None else f"{whole}#{path}")


# --- names


def _names_at(plant: Plant, site: str) -> dict[tuple[Address, str | None], str]:
    """Names of all sources that a site can have, each once."""
    stations = list(plant.stations_in(Address(site)))
    candidates = [(address, _names(address)) for address, _ in stations]
    shorts = Counter(names[0] for _, names in candidates)
    longs = Counter(names[1] for _, names in candidates)
    found: dict[tuple[Address, str | None], str] = {}
    for address, (short, longer, whole) in candidates:
        if shorts[short] == 1:
            found[address, None] = short
        elif longs[longer] == 1 and longer not in shorts:
            found[address, None] = longer
        else:
            found[address, None] = whole
    taken = Counter(found.values())
    further = {
        (address, name): _fit(f"{found[address, None]}_{name}")
        for address, station in stations
        for name in station.connections
    }
    taken += Counter(further.values())
    for (address, name), wanted in further.items():
        is_alone = taken[wanted] == 1
        found[address, name] = wanted if is_alone else _cut(wanted, f"{address} {name}")
    return found


def _names(address: Address) -> tuple[str, str, str]:
    """Three names of a station, each longer than the one before."""
    parts = address.split("/")
    assert address.station is not None, "a source is a station"
    return parts[-1], _fit("_".join(parts[-2:])), _fit("_".join(parts[1:]))


def _fit(name: str) -> str:
    """`name`, or a part of it and a digest where it is too long to be one."""
    return name if valid_name(name) else _cut(name, name)


def _cut(name: str, of: str) -> str:
    """Beginning of `name` with the digest of what it stands for."""
    return f"{name[:_CUT_CHARS]}_{hashlib.sha256(of.encode()).hexdigest()[:_DIGEST_CHARS]}"


# --- endpoints


def connections_of(
    plant: Plant, address: Address, station: Station
) -> Iterator[tuple[str | None, Connection]]:
    """Connections of a station by name, None being its own; for a gateway that of the gateway.

    Examples
    --------
    >>> from linewright.plant.language.load import load_text
    >>> bare = load_text("{linewright: 1, enterprise: acme, sites: {}}")
    >>> list(connections_of(bare, Address("reno/shop/mills/one"), Station()))
    []
    """
    for name in (None, *station.connections):
        connection = station.connect if name is None else station.connections[name]
        if connection is not None and connection.protocol == "gateway":
            connection = plant.sites[address.site].gateways.get(connection.endpoint)
        if connection is not None:
            yield name, connection


def _real(plant: Plant, address: Address, station: Station) -> Iterator[Source]:
    """Sources of a station as the plant file says where it is."""
    for name, connection in connections_of(plant, address, station):
        if connection.protocol not in WAYS:
            continue
        yield Source(
            name="",
            address=address,
            endpoint=_endpoint(connection),
            points=tuple(_points(address, station, connection, name)),
            root=_root(connection),
            stale_s=connection.stale_s,
            connection=name,
        )


def _endpoint(connection: Connection) -> Endpoint:
    budget = connection.budget
    protocol = connection.protocol or ""
    is_of_broker = protocol in _OF_BROKERS
    secret, certificate = connection.password, connection.certificate
    return Endpoint(
        protocol=protocol,
        url=_broker(connection) if is_of_broker else connection.endpoint,
        user=connection.user,
        secret=None if secret is None else secret.name,
        certificate=None if certificate is None else certificate.name,
        security=connection.security or "none",
        namespace=connection.namespace,
        publish_s=connection.every_s or PUBLISH_S,
        # Stations share the connection to their broker however patient each of them is.
        stale_s=None if is_of_broker else connection.stale_s,
        batch=(budget and budget.batch) or BATCH,
        connections=1 if budget is None else budget.connections,
        gap_s=(budget and budget.gap_s) or 0.0,
        timeout_s=(budget and budget.timeout_s) or TIMEOUT_S,
        trust=connection.trust or "first_use",
        speed=connection.speed or 1.0,
        time_column=(connection.time or TIME_COLUMN) if protocol == "replay" else None,
        times=connection.times or "shifted",
    )


def _broker(connection: Connection) -> str:
    if connection.broker is not None:
        return connection.broker
    return connection.endpoint if connection.endpoint.startswith(BROKERS) else OWN


def _root(connection: Connection) -> str:
    if connection.protocol not in _OF_BROKERS or connection.endpoint.startswith(BROKERS):
        return ""
    return connection.endpoint.strip("/")


def _points(
    address: Address, station: Station, connection: Connection, name: str | None
) -> Iterator[Point]:
    """Tags of a station that are read through one of its connections."""
    protocol = connection.protocol or ""
    for called, tag in station.tags.items():
        if tag.through != name or tag.formula is not None:
            continue
        if tag.source is None and protocol == "replay":
            yield _point(address.with_tag(called), tag, called)
        elif tag.source is not None and tag.via in WAYS[protocol]:
            yield _point(address.with_tag(called), tag, item_of(connection, tag.source))


def _emulated(address: Address, station: Station, url: str | None) -> Iterator[Source]:
    """The one source of a station that is played: with all of its tags."""
    if url is None:
        return
    is_own = url == OWN
    tags = [(name, tag) for name, tag in station.tags.items() if tag.formula is None]
    connection = station.connect or Connection()
    endpoint = Endpoint(protocol="sparkplug", url=url)
    if not is_own:
        namespace = emulated_uri(address, station) if _has_one_namespace(station) else None
        endpoint = Endpoint(protocol="opcua", url=url, namespace=namespace)
    yield Source(
        name="",
        address=address,
        endpoint=endpoint,
        points=tuple(
            msgspec.structs.replace(
                _point(
                    address.with_tag(name),
                    tag,
                    _metric(name, tag) if is_own else emulated_item(name, tag),
                ),
                path=None,
            )
            for name, tag in tags
        ),
        root=connection.endpoint if is_own else "",
        stale_s=connection.stale_s,
    )


def _has_one_namespace(station: Station) -> bool:
    """Whether all nodes of a station that is played stand in the first namespace of its server."""
    items = [emulated_item(name, tag) for name, tag in station.tags.items()]
    items += [emulated_item(name, command) for name, command in station.commands.items()]
    return all(item.startswith(f"ns={_EMULATED_NAMESPACE};") for item in items)


def _metric(name: str, tag: Tag) -> str:
    return tag.source if tag.via == "metric" and tag.source is not None else name


def _point(tag: Address, described: Tag, item: str) -> Point:
    bounds = described.range
    return Point(
        tag=tag,
        item=item,
        path=described.path,
        type=described.type,
        role=described.role,
        scale=described.scale,
        offset=described.offset,
        low=None if bounds is None else bounds.low,
        high=None if bounds is None else bounds.high,
        deadband=described.deadband,
        sample_s=described.every_s or SAMPLE_S,
    )
