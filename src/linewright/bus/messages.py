"""Messages as readers get them, and how they are read from what the server sends."""

import base64
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

__all__ = ["Batch", "Delivery", "Message", "delivery_of", "matches", "stored_message"]

MSG_ID = "Nats-Msg-Id"
"""Header by which the server drops repeats."""

OPERATION = "KV-Operation"
"""Header that says that a key of a bucket is taken away."""

_MARKER = "Nats-Marker-Reason"
"""Header of what the server puts in the place of a removed key."""

_ACK_TOKENS = 9
"""``$JS.ACK.<stream>.<consumer>.<delivered>.<seq>.<consumer seq>.<time>.<pending>``; newer forms
put two tokens more after ``ACK``."""

_S_NS = 1_000_000_000


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message of the bus.

    Examples
    --------
    >>> Message(subject="lw.clock.nogales", data=b"{}").seq
    0
    """

    subject: str
    data: bytes
    seq: int = 0
    """Its number in the stream, from 1; 0 where it is not stored."""
    stored_ns: int = 0
    """When the server stored it, wall clock; 0 where it is not stored."""
    id: str = ""
    """Id by which repeats were dropped; empty where it has none."""
    is_removal: bool = False
    """Whether it takes a key of a bucket away."""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Messages that were taken together; not done in time, they are delivered again.

    Examples
    --------
    >>> async def nothing() -> None:
    ...     return
    >>> Batch(messages=[], acknowledge=nothing).messages
    []
    """

    messages: list[Message]
    acknowledge: Callable[[], Awaitable[None]]

    async def done(self) -> None:
        """Say that all of them are dealt with; returns when the server knows.

        Where the server was lost meanwhile, it returns too, and the messages come again.

        Raises
        ------
        BusUnavailable
            The bus is closed.
        """
        await self.acknowledge()


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A message with what its consumer says of it."""

    message: Message
    reply: str
    number: int
    """How manieth delivery of its consumer, from 1."""
    pending: int
    """How many messages the consumer has yet to deliver."""


def delivery_of(raw: Any) -> Delivery:  # noqa: ANN401 - nats-py has no types
    """Read a message that a consumer delivered.

    Raises
    ------
    ValueError
        Its reply subject is none of a consumer.
    """
    tokens = raw.reply.split(".")
    if tokens[:2] != ["$JS", "ACK"] or len(tokens) < _ACK_TOKENS:
        raise ValueError(raw.reply)
    first = 5 if len(tokens) == _ACK_TOKENS else 7
    seq, number, stored_ns, pending = (int(text) for text in tokens[first : first + 4])
    headers = raw.headers or {}
    message = Message(
        subject=raw.subject,
        data=raw.data,
        seq=seq,
        stored_ns=stored_ns,
        id=headers.get(MSG_ID, ""),
        is_removal=OPERATION in headers or _MARKER in headers,
    )
    return Delivery(message=message, reply=raw.reply, number=number, pending=pending)


def stored_message(told: Mapping[str, Any]) -> Message:
    """Read a message that was asked for by its subject, as the server's API gives it.

    Examples
    --------
    >>> time = "1970-01-01T00:00:01Z"
    >>> stored_message({"subject": "a", "seq": 3, "time": time, "data": "eA=="}).data
    b'x'
    """
    headers = _headers(base64.b64decode(told.get("hdrs", "")))
    return Message(
        subject=told["subject"],
        data=base64.b64decode(told.get("data", "")),
        seq=int(told["seq"]),
        stored_ns=time_ns_of(told["time"]),
        id=headers.get(MSG_ID, ""),
        is_removal=OPERATION in headers or _MARKER in headers,
    )


def _headers(data: bytes) -> dict[str, str]:
    """Headers of a stored message: a line with the version, then one line for each."""
    lines = data.decode("utf-8", "replace").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines if line)
    return {name: value.strip() for name, _, value in pairs}


def matches(pattern: str, subject: str) -> bool:
    """Whether a subject is one of those that a pattern means.

    Examples
    --------
    >>> matches("lw.alive.*.>", "lw.alive.nogales.live"), matches("lw.*", "lw.a.b")
    (True, False)
    """
    wanted, given = pattern.split("."), subject.split(".")
    if wanted[-1] == ">":
        if len(given) < len(wanted):
            return False
        wanted.pop()
        given = given[: len(wanted)]
    return len(wanted) == len(given) and all(
        one in {"*", other} for one, other in zip(wanted, given, strict=True)
    )


def time_ns_of(text: str) -> int:
    """Nanoseconds since 1970 of a time as the server writes it.

    Examples
    --------
    >>> time_ns_of("1970-01-01T00:00:01.000000005Z"), time_ns_of("1970-01-01T00:00:02Z")
    (1000000005, 2000000000)
    """
    whole, _, rest = text.removesuffix("Z").partition(".")
    seconds = int(datetime.fromisoformat(whole).replace(tzinfo=UTC).timestamp())
    return seconds * _S_NS + int(rest.ljust(9, "0") or "0")
