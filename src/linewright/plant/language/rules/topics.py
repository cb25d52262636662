"""Rules on the names that reach an MQTT broker: topics, and groups, nodes and devices of Sparkplug.

A broker does not refuse a bad name politely: a wildcard in a topic closes the connection of who
publishes there, and on the plant's own broker so does a space.
"""

from linewright.plant.language.rules.scene import Scene
from linewright.plant.language.syntax.reading import Path
from linewright.plant.model.equipment import Station
from linewright.plant.model.signals import Connection

__all__ = ["check_topics"]

BROKERS = ("mqtt://", "mqtts://")
"""How the URL of a broker may begin."""

TOPIC_BYTES_MAX = 65_535
"""Longest topic of MQTT; it says its length in two bytes."""

SPARKPLUG_LEVELS = (2, 3)
"""Levels of a Sparkplug endpoint: group and node, and the device where there is one."""

STATE_GROUP = "STATE"
"""Stands in Sparkplug topics where a group would: no group can have this name."""


def check_topics(scene: Scene) -> None:
    """Report names and brokers that MQTT cannot carry."""
    for path, _, station in scene.stations:
        named = {"": station.connect, **station.connections}
        for name, connection in named.items():
            if connection is not None and connection.protocol in ("mqtt", "sparkplug"):
                where = (*path, "connections", name) if name else (*path, "connect")
                _check_broker(scene, where, connection)
                _check_endpoint(scene, where, connection)
        _check_bindings(scene, path, station)


def _check_broker(scene: Scene, path: Path, connection: Connection) -> None:
    url = connection.broker
    if url is None or any(url.startswith(one) and len(url) > len(one) for one in BROKERS):
        return
    scene.fail(
        "connection-incomplete",
        (*path, "broker"),
        f"`{url[:60]}` is no address of a broker",
        hint="for example `mqtt://10.1.4.2:1883`, or leave it out for the plant's own",
    )


def _check_endpoint(scene: Scene, path: Path, connection: Connection) -> None:
    text, protocol = connection.endpoint, connection.protocol or ""
    if protocol == "mqtt" and connection.broker is None and text.startswith(BROKERS):
        return  # the broker itself; topics then stand whole at the tags
    wrong = _wrong(text, own=connection.broker is None)
    if protocol == "sparkplug" and wrong is None:
        levels = text.split("/")
        if len(levels) not in SPARKPLUG_LEVELS or levels[0] == STATE_GROUP:
            wrong = "is not `group/node` or `group/node/device`"
    if wrong is not None:
        scene.fail("broker-name", (*path, protocol), f"`{text[:60]}` {wrong}")


def _check_bindings(scene: Scene, path: Path, station: Station) -> None:
    """Topics of tags and commands; metrics travel inside messages and may be named at will."""
    for name, tag in station.tags.items():
        if tag.via == "topic" and tag.source is not None:
            _check_topic(scene, (*path, "tags", name), station, (tag.through, tag.source))
    for name, command in station.commands.items():
        if command.via == "topic":
            bound = (command.through, command.target)
            _check_topic(scene, (*path, "commands", name), station, bound)


def _check_topic(
    scene: Scene, where: Path, station: Station, bound: tuple[str | None, str]
) -> None:
    through, topic = bound
    connection = station.connections.get(through) if through else station.connect
    own = connection is not None and _is_own(connection)
    wrong = _wrong(topic, own=own)
    if wrong is not None:
        scene.fail("broker-name", (*where, "topic"), f"`{topic[:60]}` {wrong}")


def _is_own(connection: Connection) -> bool:
    """Whether it goes to the plant's own broker."""
    return connection.broker is None and not connection.endpoint.startswith(BROKERS)


def _wrong(topic: str, *, own: bool) -> str | None:
    """Why a broker would not carry a topic; None where it would.

    Parameters
    ----------
    topic
        Or the beginning of one.
    own
        Whether it goes to the plant's own broker, which takes less.
    """
    is_control = any(ord(sign) < ord(" ") or sign == "\x7f" for sign in topic)
    is_long = len(topic.encode()) > TOPIC_BYTES_MAX
    spaces = "holds a space, which the plant's own broker does not take; name another `broker:`"
    faults = (
        (not topic.strip("/"), "names no topic"),
        ("+" in topic or "#" in topic, "holds a wildcard (`+`, `#`): nobody can publish there"),
        (topic.startswith("$"), "begins with `$`, which brokers keep for themselves"),
        (is_control, "holds a control character"),
        (is_long, f"is longer than {TOPIC_BYTES_MAX} bytes"),
        ("" in topic.split("/"), "has an empty level"),
        (own and any(sign.isspace() for sign in topic), spaces),
    )
    return next((what for is_so, what in faults if is_so), None)
