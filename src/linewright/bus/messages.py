"""Messages as readers get them, and how they are read from what the server sends."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

__all__ = ["Batch", "Delivery", "Message", "delivery_of", "stored_message"]

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


def stored_message(raw: Any) -> Message:  # noqa: ANN401 - nats-py has no types
    """Read a message that was asked for directly."""
    headers = raw.headers
    return Message(
        subject=headers["Nats-Subject"],
        data=raw.data,
        seq=int(headers["Nats-Sequence"]),
        stored_ns=time_ns_of(headers["Nats-Time-Stamp"]),
        id=headers.get(MSG_ID, ""),
        is_removal=OPERATION in headers or _MARKER in headers,
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
