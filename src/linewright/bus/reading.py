"""Reading streams: in order without loss or repeat, and by a durable consumer that acknowledges.

Both pull: the server sends at most what was asked for, so a slow reader holds nobody up and no
queue grows. Whatever goes wrong (a restart, silence, a number left out), the consumer is dropped
and a new one starts after the last message that was handed over.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

import msgspec

from linewright.bus.errors import BusUnavailable
from linewright.bus.layout import S_NS
from linewright.bus.messages import Batch, Delivery, Message, delivery_of, stored_message
from linewright.bus.wire import ApiRefused, Wire

__all__ = ["Wanted", "newest", "ordered", "present", "taken"]

PULL_MESSAGES = 500
"""Messages asked for at a time."""

PULL_BYTES = 8 << 20
"""Bytes asked for at a time: eight of the largest frames."""

PULL_S = 30
"""How long a pull stands before it is made again."""

HEARTBEAT_S = 1
"""How often the server says that it has nothing."""

SILENCE_S = 3.5
"""Silence after which the consumer is taken for lost: three heartbeats."""

FORGET_S = 60
"""After how long the server drops a consumer that nobody reads."""

GATHER_S = 0.02
"""How long a batch waits for more before it is handed over."""

RETRY_S = 0.1
"""Pause before a lost consumer is replaced."""

UNACKED_BATCHES_MAX = 4
"""Batches that may be under way at once."""

ACK_S = 2.0
"""How long the confirmation of an acknowledgement is waited for."""

_ACK = b"+ACK"
_NO_MESSAGE = 10037
"""The server's code for a subject without a message."""
_QUEUE_SPARE = 8
"""Room beside a pull's messages for what the server says about the pull."""

_HEARTBEAT, _NO_MESSAGES, _EXPIRED, _CONFLICT = "100", "404", "408", "409"
_PULL_OVER = ("Message Size Exceeds MaxBytes", "Batch Completed")

log = logging.getLogger(__name__)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader asks for."""

    stream: str
    """Name of the stream on the server."""
    after: int = 0
    """Sequence after which it begins."""
    subject: str | None = None
    """Filter; None for everything."""
    newest: bool = False
    """Only the newest message of each subject, then whatever comes."""


class _Lost(Exception):
    """The consumer is not to be relied on any longer."""


class _Pull:
    """A consumer that is pulled from, and the messages that arrived from it."""

    def __init__(self, wire: Wire, stream: str, *, batch: int) -> None:
        self._wire = wire
        self._stream = stream
        self._batch = batch
        self._queue: asyncio.Queue[Any] = asyncio.Queue(maxsize=2 * batch + _QUEUE_SPARE)
        self._inbox = wire.inbox()
        self._subscription: Any = None
        self._unwatch = wire.watch_losses(self._lost)
        self._open = 0
        self.is_lost = False
        """Whether the consumer is not to be relied on any longer."""
        self.consumer = ""
        self.pending = 0

    async def start(self, consumer: str, settings: dict[str, Any]) -> None:
        """Make the consumer and listen for what it sends."""
        self.consumer = consumer
        name = f"{self._stream}.{consumer}"
        subject = settings.get("filter_subject")
        body = {"stream_name": self._stream, "config": {"name": consumer, **settings}}
        made = await self._wire.api(
            f"CONSUMER.CREATE.{name}" + (f".{subject}" if subject else ""), body
        )
        self.pending = made.get("num_pending", 0)
        self._subscription = await self._wire.subscribe(
            self._inbox, self._arrived, pending_max=self._queue.maxsize
        )

    async def stop(self, *, drop: bool) -> None:
        """Listen no longer; `drop` the consumer on the server too."""
        self._unwatch()
        if self._subscription is not None:
            await self._wire.unsubscribe(self._subscription)
        if drop and not self._wire.is_closed:
            await self._wire.send(f"$JS.API.CONSUMER.DELETE.{self._stream}.{self.consumer}")

    def check(self) -> None:
        """Go no further with a consumer that was lost.

        Raises
        ------
        _Lost
            It was.
        """
        if self.is_lost:
            raise _Lost("its state is not known")

    def ready(self) -> bool:
        """Whether something has arrived that `next` gives without waiting."""
        return not self._queue.empty()

    async def next(self, wait_s: float | None = None) -> Delivery | None:
        """Next message; None when there was none in `wait_s`.

        Raises
        ------
        _Lost
            The consumer is silent, gone, or cut off.
        """
        while True:
            if self._open <= 0:
                await self._ask()
            if self.is_lost and self._queue.empty():
                raise _Lost("the connection broke")
            try:
                async with asyncio.timeout(SILENCE_S if wait_s is None else wait_s):
                    raw = await self._queue.get()
            except TimeoutError:
                if wait_s is not None:
                    return None
                raise _Lost("silence") from None
            found = self._read(raw)
            if found is not None:
                return found

    async def numbered(self, number: int) -> Delivery:
        """Next message, which must be the consumer's `number`-th.

        Raises
        ------
        _Lost
            It is another one: something was lost on the way.
        """
        found = await self.next()
        assert found is not None, "without a limit of its own, it waits or fails"
        if found.number != number:
            raise _Lost(f"delivery {found.number} came in the place of {number}")
        return found

    async def _ask(self) -> None:
        want = {
            "batch": self._batch,
            "max_bytes": PULL_BYTES,
            "expires": PULL_S * S_NS,
            "idle_heartbeat": HEARTBEAT_S * S_NS,
        }
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{self.consumer}"
        if not await self._wire.send(subject, msgspec.json.encode(want), reply=self._inbox):
            raise _Lost("no connection")
        self._open = self._batch

    def _read(self, raw: Any) -> Delivery | None:  # noqa: ANN401 - nats-py has no types
        """Message that arrived; None for what is only about the pull."""
        if raw is None:
            raise _Lost("the connection broke")
        status = (raw.headers or {}).get("Status")
        if status is None:
            self._open -= 1
            try:
                found = delivery_of(raw)
            except ValueError as error:
                raise _Lost(f"what arrived is no delivery: {error}") from error
            self.pending = found.pending
            return found
        words = (raw.headers or {}).get("Description", "")
        if status in {_NO_MESSAGES, _EXPIRED} or (status == _CONFLICT and words in _PULL_OVER):
            self._open = 0
        elif status != _HEARTBEAT:
            raise _Lost(f"{status} {words}".strip())
        return None

    async def _arrived(self, raw: Any) -> None:  # noqa: ANN401 - nats-py has no types
        is_heartbeat = (raw.headers or {}).get("Status") == _HEARTBEAT
        if is_heartbeat and not self._queue.empty():
            return
        try:
            self._queue.put_nowait(raw)
        except asyncio.QueueFull:
            self.is_lost = True

    def _lost(self) -> None:
        self.is_lost = True
        with suppress(asyncio.QueueFull):
            self._queue.put_nowait(None)


async def ordered(wire: Wire, wanted: Wanted) -> AsyncGenerator[Message, None]:
    """Messages in their order, each once, from `wanted.after` on; waits for new ones for ever.

    Raises
    ------
    BusUnavailable
        The server stayed away for a minute, or the stream is gone.
    """
    last, only_newest = wanted.after, wanted.newest
    while not wire.is_closed:
        pull = _Pull(wire, wanted.stream, batch=PULL_MESSAGES)
        try:
            await _start_ordered(wire, pull, wanted, after=last, newest=only_newest)
            number = 0
            while True:
                number += 1
                found = await pull.numbered(number)
                if found.message.seq > last:
                    last, only_newest = found.message.seq, False
                    yield found.message
        except _Lost as error:
            log.info("%s after %d: read again, %s", wanted.stream, last, error)
        except ApiRefused as error:
            raise BusUnavailable(wanted.stream, error.what) from error
        except BusUnavailable:
            if not wire.is_closed:
                raise
        finally:
            await pull.stop(drop=True)
        await wire.pause(RETRY_S)


async def present(wire: Wire, wanted: Wanted) -> AsyncGenerator[Message, None]:
    """Messages that are stored now, oldest first, read piece by piece; then it ends.

    Raises
    ------
    BusUnavailable
        The server did not answer in time, or the connection was closed.
    """
    last, only_newest = wanted.after, wanted.newest
    while True:
        pull = _Pull(wire, wanted.stream, batch=PULL_MESSAGES)
        try:
            await _start_ordered(wire, pull, wanted, after=last, newest=only_newest)
            number, left = 0, pull.pending
            # What is stored meanwhile is not waited for: a writer may be quicker than the reader.
            while pull.pending > 0 and number < left:
                number += 1
                found = await pull.numbered(number)
                if found.message.seq > last:
                    last, only_newest = found.message.seq, False
                    yield found.message
        except _Lost as error:
            log.info("%s after %d: read again, %s", wanted.stream, last, error)
        except ApiRefused as error:
            raise BusUnavailable(wanted.stream, error.what) from error
        else:
            return
        finally:
            await pull.stop(drop=True)
        await wire.pause(RETRY_S)


async def newest(wire: Wire, stream: str, subject: str) -> Message | None:
    """Newest stored message of a subject; None where there is none.

    Raises
    ------
    BusUnavailable
        The server did not answer in time, or there is no such stream.
    """
    try:
        told = await wire.api(f"STREAM.MSG.GET.{stream}", {"last_by_subj": subject})
    except ApiRefused as error:
        if error.code == _NO_MESSAGE:
            return None
        raise BusUnavailable(stream, error.what) from error
    return stored_message(told["message"])


async def _start_ordered(
    wire: Wire, pull: _Pull, wanted: Wanted, *, after: int, newest: bool
) -> None:
    settings: dict[str, Any] = {
        # Always one: a right to read is a right to a filter.
        "filter_subject": wanted.subject or ">",
        "ack_policy": "none",
        "replay_policy": "instant",
        "mem_storage": True,
        "num_replicas": 1,
        "inactive_threshold": FORGET_S * S_NS,
    }
    if newest:
        settings["deliver_policy"] = "last_per_subject"
    else:
        await _check_end(wire, wanted.stream, after)
        settings |= {"deliver_policy": "by_start_sequence", "opt_start_seq": after + 1}
    await pull.start(wire.inbox().rpartition(".")[2], settings)


async def _check_end(wire: Wire, stream: str, after: int) -> None:
    """Refuse to wait behind the end of a stream: what is read there was stored somewhere else.

    Raises
    ------
    BusUnavailable
        The stream ends before `after`.
    """
    if after == 0:
        return
    last = (await wire.api(f"STREAM.INFO.{stream}"))["state"]["last_seq"]
    if last < after:
        what = f"it ends at {last}, and {after} was read from it before: its store was replaced"
        raise BusUnavailable(stream, what, "bring the store back, or begin anew at 0")


async def taken(
    wire: Wire, stream: str, *, durable: str, batch: int, ack_wait_s: float
) -> AsyncGenerator[Batch, None]:
    """Batches of a durable consumer; what was not done comes again.

    Raises
    ------
    BusUnavailable
        The server stayed away for a minute, or the stream is gone.
    """
    settings = {
        "durable_name": durable,
        "deliver_policy": "all",
        "ack_policy": "explicit",
        "replay_policy": "instant",
        "ack_wait": int(ack_wait_s * S_NS),
        "max_ack_pending": UNACKED_BATCHES_MAX * batch,
    }
    while not wire.is_closed:
        pull = _Pull(wire, stream, batch=batch)
        try:
            await pull.start(durable, settings)
            await wire.api(f"CONSUMER.RESET.{stream}.{durable}")
            while True:
                pull.check()
                group = await _gather(pull, batch)
                yield Batch(
                    messages=[each.message for each in group],
                    acknowledge=_Acknowledging(wire, pull, [each.reply for each in group]),
                )
        except _Lost as error:
            log.info("%s for %s: taken up again, %s", stream, durable, error)
        except ApiRefused as error:
            raise BusUnavailable(stream, error.what) from error
        except BusUnavailable:
            if not wire.is_closed:
                raise
        finally:
            await pull.stop(drop=False)
        await wire.pause(RETRY_S)


async def _gather(pull: _Pull, batch: int) -> list[Delivery]:
    """Messages that are there together, at least one."""
    group: list[Delivery] = []
    while len(group) < batch:
        if not group:
            found = await pull.next()
        elif pull.ready() or pull.pending > 0:
            found = await pull.next(GATHER_S)
        else:
            break
        if found is None:
            break
        group.append(found)
    return group


class _Acknowledging:
    """Tells the server that a batch is dealt with.

    Where the server does not confirm, because it or the connection was lost, the consumer is
    taken up again, and the batch comes again: what it remembers of the deliveries is not known.
    """

    def __init__(self, wire: Wire, pull: _Pull, replies: list[str]) -> None:
        self._wire = wire
        self._pull = pull
        self._replies = replies

    async def __call__(self) -> None:
        if self._pull.is_lost:
            return
        for reply in self._replies[:-1]:
            await self._wire.send(reply, _ACK)
        if not await self._wire.call_once(self._replies[-1], _ACK, wait_s=ACK_S):
            log.info("a batch of %d is not confirmed; it comes again", len(self._replies))
            self._pull.is_lost = True
