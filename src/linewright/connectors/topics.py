"""Which topics of our own MQTT listener the devices of a site may use: those the plant declares.

>>> from linewright.plant.language.load import load_text
>>> bare = load_text("{linewright: 1, enterprise: acme, sites: {}}")
>>> device_topics(bare, "reno").is_empty
True
"""

from collections.abc import Iterator

from linewright.bus import DeviceTopics
from linewright.connectors.sources import BROKERS, connections_of, item_of
from linewright.plant import Address, Plant
from linewright.plant.model import Connection, Station

__all__ = ["device_topics"]

NAMESPACE = "spBv1.0"
"""First level of every topic of Sparkplug B."""

TOLD = ("NBIRTH", "NDATA", "NDEATH")
"""What a Sparkplug node says; a device of it says the same with a D."""

HEARD = ("NCMD", "DCMD")
"""What is said to a Sparkplug node and to its devices, on these topics and all below them: edge
nodes on sparkplug-client subscribe so, and a subscription is taken as a whole or refused."""

DEVICES_ANY = "+"
"""Where the plant file names a node: all of its devices."""


def device_topics(plant: Plant, site: str) -> DeviceTopics:
    """Topics on which the devices of a site publish, and which they read, on our own listener.

    Parameters
    ----------
    plant
        A checked plant.
    site
        Name of the site.

    Returns
    -------
    DeviceTopics
        Of `mqtt` connections without a `broker:` the topics of their tags and commands; of every
        `sparkplug` connection those of its node, for an emulated plant plays them here whatever
        their broker is.

    Notes
    -----
    Linear in the tags of the site.

    Examples
    --------
    >>> from linewright.plant.language.load import load_text
    >>> rig = load_text('''
    ... linewright: 1
    ... enterprise: acme
    ... sites:
    ...   reno:
    ...     timezone: America/Los_Angeles
    ...     currency: USD
    ...     areas:
    ...       shop:
    ...         work_centres:
    ...           rigs:
    ...             stations:
    ...               one:
    ...                 does: {test: 40 s}
    ...                 connect: {mqtt: rigs/one}
    ...                 tags: {force: {topic: force, path: $.kn}}
    ... ''')
    >>> device_topics(rig, "reno").publish
    ('rigs/one/force',)
    """
    publish: set[str] = set()
    subscribe: set[str] = set()
    for address, station in plant.stations_in(Address(site)):
        for name, connection in connections_of(plant, address, station):
            if connection.protocol == "sparkplug":
                told, heard = _of_node(connection.endpoint)
            elif connection.protocol == "mqtt" and _is_own(connection):
                told = set(_read(station, name, connection))
                heard = set(_written(station, name, connection))
            else:
                continue
            publish |= told
            subscribe |= heard
    return DeviceTopics(publish=tuple(sorted(publish)), subscribe=tuple(sorted(subscribe)))


def _is_own(connection: Connection) -> bool:
    return connection.broker is None and not connection.endpoint.startswith(BROKERS)


def _read(station: Station, name: str | None, connection: Connection) -> Iterator[str]:
    for tag in station.tags.values():
        if tag.through == name and tag.via == "topic" and tag.source is not None:
            yield item_of(connection, tag.source)


def _written(station: Station, name: str | None, connection: Connection) -> Iterator[str]:
    for command in station.commands.values():
        if command.through == name and command.via == "topic":
            yield item_of(connection, command.target)


def _of_node(root: str) -> tuple[set[str], set[str]]:
    """What a Sparkplug node says and hears; none where our listener cannot take its name."""
    group, _, rest = root.partition("/")
    node, _, device = rest.partition("/")
    if not group or not node or any(sign.isspace() for sign in root):
        return set(), set()
    device = device or DEVICES_ANY
    told = {f"{NAMESPACE}/{group}/{kind}/{node}" for kind in TOLD}
    told |= {f"{NAMESPACE}/{group}/D{kind[1:]}/{node}/{device}" for kind in TOLD}
    heard = {f"{NAMESPACE}/{group}/{kind}/{node}/#" for kind in HEARD}
    # The second is where nodes on mqtt-spb-wrapper look for it.
    return told, heard | {f"{NAMESPACE}/STATE/+", f"{NAMESPACE}/{group}/STATE/+"}
