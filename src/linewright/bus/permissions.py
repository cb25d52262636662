"""Who may do what on the bus: one user per service, one subject per right, and the devices.

The rights are data: `USERS` says in words of ours what a service does, and `allowed` turns that
into subjects of the server. What is not listed is refused by the server, whatever a service tries.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from linewright.bus.address import INBOX
from linewright.bus.errors import BusUnavailable
from linewright.bus.layout import Stream, bucket_stream, key_prefix

__all__ = [
    "BUCKETS",
    "DEVICE",
    "HOST",
    "UP",
    "USERS",
    "DeviceTopics",
    "Rights",
    "allowed",
    "nats_subjects",
    "topic_rights",
]

UP = "up"
"""The one user that makes, changes and removes streams and buckets; it may do everything."""

DEVICE, HOST = "device", "host"
"""Users of the account of field devices: a device, and `connect` on the other side of it."""

BUCKETS = ("plant", "grants", "usage", "folds", "line", "cases", "endpoints", "links")
"""Every bucket of a site."""

ANSWERS = f"{INBOX}.>"
"""Where answers go. It is given outright, not as the server's "may answer what it was asked":
that would let whoever asks have the answer put on any subject, also a stored one."""


class Rights(msgspec.Struct, frozen=True, kw_only=True):
    """What a user does on the bus of its site; all of them also say that they are alive.

    Examples
    --------
    >>> USERS["live"].publishes
    ('alarm', 'call', 'parts', 'state')
    """

    reads: tuple[Stream, ...] = ()
    """Streams that it follows."""
    takes: tuple[Stream, ...] = ()
    """Streams that it takes batches of, under its own name."""
    gets: tuple[str, ...] = ()
    """Buckets that it reads; all of them read `plant`."""
    puts: tuple[str, ...] = ()
    """Buckets that it writes, each with a slash and a key or a pattern of keys."""
    publishes: tuple[str, ...] = ()
    """Classes of records, and `samples`."""
    tells: tuple[str, ...] = ()
    """What is said and not stored: `authority`, `clock`."""
    hears: tuple[str, ...] = ()
    """What is said by others; all of them hear the `clock`."""
    asks: tuple[str, ...] = ()
    """Services that it asks, or one question of one, such as `connect.browse`."""
    is_asked: bool = False
    """Whether it answers questions under its own name."""


_BOTH = (Stream.SAMPLES, Stream.RECORDS)

USERS: Mapping[str, Rights] = {
    "server": Rights(
        reads=_BOTH,
        gets=("grants", "line", "cases", "endpoints", "links"),
        puts=("grants/>",),
        publishes=(
            "alarm",
            "approval",
            "audit",
            "call",
            "case",
            "command",
            "correction",
            "job",
            "parts",
            "reason",
            "sign-on",
        ),
        tells=("authority",),
        hears=("alive",),
        asks=("connect", "history", "query"),
    ),
    "connect": Rights(
        reads=_BOTH,
        takes=(Stream.RECORDS,),
        gets=("grants", "usage", "folds", "endpoints", "links"),
        puts=("usage/>", "folds/connect.>", "links/>"),
        publishes=("samples", "gap", "ack", "audit"),
        hears=("authority",),
        is_asked=True,
    ),
    "history": Rights(reads=_BOTH, publishes=("gap",), is_asked=True),
    "live": Rights(
        reads=_BOTH,
        gets=("folds", "line"),
        puts=("folds/live", "line/>"),
        publishes=("alarm", "call", "parts", "state"),
    ),
    "think": Rights(
        reads=_BOTH,
        gets=("folds", "line", "cases"),
        puts=("folds/think", "cases/>"),
        publishes=("audit", "call", "case", "command", "forecast"),
        asks=("history",),
        is_asked=True,
    ),
    "emulate": Rights(gets=("endpoints",), puts=("endpoints/>",), tells=("clock",)),
    "query": Rights(asks=("history",), is_asked=True),
    "person": Rights(
        reads=_BOTH,
        gets=("grants", "line", "cases", "endpoints", "links"),
        hears=("alive", "authority"),
        # A decision such as `connect.trust` goes through `server`, which knows who asks.
        asks=("connect.browse", "history", "query", "think.forecasts"),
    ),
}
"""The rights of each user; `up` is not here, because it has all of them."""


class DeviceTopics(msgspec.Struct, frozen=True, kw_only=True):
    """Topics of the field devices of a site; without any there is no MQTT listener.

    Examples
    --------
    >>> DeviceTopics(publish=("spBv1.0/plant/DDATA/#",)).subscribe
    ()
    """

    publish: tuple[str, ...] = ()
    """MQTT topic filters on which devices may publish."""
    subscribe: tuple[str, ...] = ()
    """MQTT topic filters that devices may read."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say to a device, nor to hear from one."""
        return not self.publish and not self.subscribe


def allowed(user: str, site: str) -> dict[str, Any]:
    """Permissions of a user in the form of the server's configuration.

    Parameters
    ----------
    user
        A key of `USERS`.
    site
        Site of the streams and buckets.

    Examples
    --------
    >>> allowed("live", "nogales")["publish"]["allow"][:3]
    ['lw.alive.nogales.live', 'lw.alarm.nogales', 'lw.alarm.nogales.>']
    """
    rights = USERS[user]
    publish = [f"lw.alive.{site}.{user}"]
    for name in rights.publishes:
        here = f"lw.{name}.{site}"
        publish += [f"{here}.*"] if name == "samples" else [here, f"{here}.>"]
    publish += [f"lw.{name}.{site}" for name in rights.tells]
    publish += [f"lw.ask.{site}.{name}{'' if '.' in name else '.>'}" for name in rights.asks]
    for put in rights.puts:
        name, _, key = put.partition("/")
        publish.append(f"{key_prefix(name, site)}{key}")
    for stream in rights.reads:
        publish += _reading(stream.of(site))
    for stream in rights.takes:
        publish += _taking(stream.of(site), user)
    for name in ("plant", *rights.gets):
        publish += _reading(bucket_stream(name, site))
    subscribe = [f"{INBOX}.{user}.>", f"lw.clock.{site}"]
    subscribe += [f"lw.{name}.{site}" + (".*" if name == "alive" else "") for name in rights.hears]
    if rights.is_asked:
        publish.append(ANSWERS)
        subscribe.append(f"lw.ask.{site}.{user}.>")
    return {
        "publish": {"allow": publish, "deny": _of_others(user)},
        "subscribe": {"allow": subscribe},
    }


def topic_rights(topics: DeviceTopics, user: str) -> dict[str, Any]:
    """Permissions of `device` or `host` in the form of the server's configuration.

    Raises
    ------
    BusUnavailable
        A topic is none that the server can take.

    Examples
    --------
    >>> topic_rights(DeviceTopics(publish=("cells/1",)), "device")
    {'publish': {'allow': ['cells.1']}, 'subscribe': {'deny': ['>']}}
    """
    told, heard = _subjects(topics.publish), _subjects(topics.subscribe)
    if user == DEVICE:
        return {"publish": _only(told), "subscribe": _only(heard)}
    # The host reads what it says itself, too: a Sparkplug host must know its own STATE.
    return {"publish": _only(heard), "subscribe": _only([*told, *heard])}


def nats_subjects(topic: str) -> tuple[str, ...]:
    """Subjects of an MQTT topic filter: two where it ends with ``#``, which means its parent, too.

    Raises
    ------
    BusUnavailable
        A space, a character that means something to the server, or a wildcard that is no level.

    Examples
    --------
    >>> nats_subjects("spBv1.0/plant/DDATA/+/#")
    ('spBv1//0.plant.DDATA.*', 'spBv1//0.plant.DDATA.*.>')
    >>> nats_subjects("/a//b/")
    ('/.a./.b./',)
    """
    levels = topic.split("/")
    *before, last = levels
    for level in levels:
        is_odd = any(character in " *>\0" or not character.isprintable() for character in level)
        is_wild = len(level) > 1 and ("+" in level or "#" in level)
        if not topic or is_odd or is_wild or "#" in before:
            what = "the server cannot take this MQTT topic"
            hint = "use no space, no * and no >; + and # stand alone, # at the end"
            raise BusUnavailable(topic or "''", what, hint)
    names = [_token(level) for level in levels]
    if last != "#":
        return (".".join(names),)
    if not before:
        return (">",)
    return ".".join(names[:-1]), ".".join(names)


def _token(level: str) -> str:
    if level == "+":
        return "*"
    if level == "#":
        return ">"
    return level.replace(".", "//") or "/"


def _subjects(topics: tuple[str, ...]) -> list[str]:
    found = [subject for topic in topics for subject in nats_subjects(topic)]
    return sorted(set(found))


def _only(subjects: list[str]) -> dict[str, list[str]]:
    """Allow these; an empty list would allow everything."""
    return {"allow": subjects} if subjects else {"deny": [">"]}


def _reading(stream: str) -> list[str]:
    """Return what a reader of a stream asks; the filter of a consumer stands in its subject.

    Messages are got through the API, whose answer is wrapped. A direct get would answer with the
    bare message: asked with a foreign subject for the answer, it would forge a message there.
    """
    return [
        f"$JS.API.STREAM.INFO.{stream}",
        f"$JS.API.STREAM.MSG.GET.{stream}",
        f"$JS.API.CONSUMER.CREATE.{stream}.*.>",
        f"$JS.API.CONSUMER.MSG.NEXT.{stream}.*",
        f"$JS.API.CONSUMER.DELETE.{stream}.*",
    ]


def _taking(stream: str, durable: str) -> list[str]:
    return [
        f"$JS.API.CONSUMER.CREATE.{stream}.{durable}",
        f"$JS.API.CONSUMER.RESET.{stream}.{durable}",
        f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}",
        f"$JS.ACK.{stream}.{durable}.>",
    ]


def _of_others(user: str) -> list[str]:
    """Return what nobody but its owner does to a consumer that the server remembers."""
    denied = []
    for name, rights in USERS.items():
        if not rights.takes:
            continue
        denied.append(f"$JS.API.CONSUMER.DELETE.*.{name}")
        denied.append(f"$JS.API.CONSUMER.CREATE.*.{name}.>")
        if name != user:
            denied.append(f"$JS.API.CONSUMER.MSG.NEXT.*.{name}")
    return denied
