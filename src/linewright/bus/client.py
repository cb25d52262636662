"""The client of the bus: publishing, reading, buckets, and messages that are not stored."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Self

import msgspec

from linewright.bus.address import INBOX, BusAddress
from linewright.bus.applied import APPLIED_KEY, PLANT_BUCKET, Applied, decode_applied
from linewright.bus.bucket import Bucket
from linewright.bus.clock import PlantClock
from linewright.bus.errors import BusUnavailable, Conflict
from linewright.bus.layout import Stream
from linewright.bus.messages import MSG_ID, Batch, Message, matches
from linewright.bus.reading import Wanted, newest, ordered, present, taken
from linewright.bus.serving.preparing import found_bucket, found_streams, prepared
from linewright.bus.wire import ApiRefused, Wire
from linewright.plant.records import Record, encode, parse_subject, subject_of

if TYPE_CHECKING:
    from linewright.plant.samples import Frame

__all__ = ["Bus"]

STORED_BYTES_MAX = 256 << 20
"""Most bytes that `stored` gives in one list; a case has some ten steps of a kilobyte."""

HEARD_MAX = 1024
"""Messages that wait for a listener; the oldest are dropped then."""

ANSWERS_MAX = 256
"""Questions that wait for an answer; further ones are dropped, and their askers told nothing."""

APPLIED_S = 600.0
"""How long `applied` waits for a plant to be applied."""

TICK_S = 2.0
"""How long `applied` waits for the clock of an emulated plant, which ticks every 100 ms."""

_EXPECTED = "Nats-Expected-Last-Subject-Sequence"
_WRONG_LAST = frozenset([10071, 10164])
"""The server's codes for another last sequence than expected."""

_FAILED = "Linewright-Failed"
"""Header of an answer that is none: the words of the error."""

log = logging.getLogger(__name__)


class Bus:
    """A connection to the bus of one site; made by `connect`, used as an async context.

    It comes back by itself after the server was away. Publishing and reading go on where they
    were; only after a minute do they raise `BusUnavailable`.
    """

    def __init__(self, wire: Wire, *, site: str, name: str) -> None:
        self._wire = wire
        self.site = site
        """Site that it is connected to."""
        self.name = name
        """Name of the service that is connected."""
        self.clock = PlantClock(wall_ns=time.time_ns, steady_s=time.monotonic)
        """What time it is in the plant; to be used after `applied`."""
        self._buckets: dict[str, Bucket] = {}
        self._ticks: Any = None

    @property
    def address(self) -> BusAddress:
        """Where the server is, with the credentials of this connection's user."""
        return self._wire.address

    @classmethod
    async def connect(
        cls, address: BusAddress, *, site: str, name: str, wait_s: float = 30.0
    ) -> "Bus":
        """Connect to the bus of a site.

        The user `up` makes its streams where they are absent, and so does a user of a server that
        is not ours; any other waits for them.

        Parameters
        ----------
        address
            Where the server is.
        site
            Name of the site.
        name
            Name of the service, shown by the server's tools.
        wait_s
            How long to wait for the server.

        Raises
        ------
        BusUnavailable
            The server did not answer in time, is too old, or cannot keep the streams.
        """
        wire = Wire(address)
        await wire.open(name=name, wait_s=wait_s)
        try:
            await found_streams(wire, site, wait_s=wait_s)
        except BaseException:
            await wire.close()
            raise
        return cls(wire, site=site, name=name)

    async def prepare(self) -> None:
        """Make every bucket of the site, or bring its settings up to date; for the user `up`.

        Raises
        ------
        BusUnavailable
            The server did not answer in time, or cannot keep them.
        PermissionRefused
            This user makes none.
        """
        await prepared(self._wire, self.site)

    async def drain(self) -> int:
        """Wait a moment until all that is being published is acknowledged; before `close`.

        Returns
        -------
        int
            How much is not: 0 unless the server is away.
        """
        return await self._wire.drain()

    async def close(self) -> None:
        """End the connection; readers end, everything else that waits raises `BusUnavailable`."""
        await self._wire.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def publish(self, record: Record) -> int:
        """Store a record on its subject; returns its sequence once the server has it.

        Made again until it is answered, up to a minute. The same record published twice (same
        id and revision) within ten minutes is stored once.

        Raises
        ------
        BusUnavailable
            The server did not answer in time; the record may or may not be stored. Or the stream is
            full: it is not.
        PermissionRefused
            This user may not publish such a record; nothing is stored.
        RecordInvalid
            The record breaks its contract.
        """
        subject, data, headers = self._outgoing(record)
        try:
            stored = await self._wire.call_json(subject, data, headers=headers)
        except ApiRefused as error:
            raise BusUnavailable(subject, error.what) from error
        return int(stored["seq"])

    async def append(self, record: Record, *, after: int) -> int:
        """Store a record if nothing came to its subject since sequence `after`.

        Parameters
        ----------
        record
            The record.
        after
            Sequence of the subject's newest message as it was read; 0 for the first.

        Returns
        -------
        int
            Its sequence. A record that was stored before, byte for byte the same, is no
            conflict: its sequence is returned again.

        Raises
        ------
        Conflict
            Something else was stored there since.
        BusUnavailable
            The server did not answer in time; the record may or may not be stored.
        """
        subject, data, headers = self._outgoing(record)
        headers[_EXPECTED] = str(after)
        try:
            answer = await self._wire.call_json(subject, data, headers=headers)
        except ApiRefused as error:
            if error.code not in _WRONG_LAST:
                raise BusUnavailable(subject, error.what) from error
        else:
            if not answer.get("duplicate"):
                return int(answer["seq"])
        return await self._stored_before(subject, data, headers[MSG_ID])

    async def publish_frame(self, frame: "Frame") -> int:
        """Store a frame of samples; returns its sequence once the server has it.

        The same frame (source, epoch and number) published twice within ten minutes is stored
        once.

        Raises
        ------
        BusUnavailable
            The server did not answer in time; the frame may or may not be stored.
        FrameInvalid
            The frame is too large.
        """
        from linewright.plant.samples import (  # noqa: PLC0415  # only who sends frames loads Arrow
            encode_frame,
            samples_subject,
        )

        header = frame.header
        assert header.site == self.site, f"a frame of {header.site} on the bus of {self.site}"
        subject = samples_subject(header)
        unique = f"{header.source}.{header.epoch}.{header.n}"
        try:
            stored = await self._wire.call_json(
                subject, encode_frame(frame), headers={MSG_ID: unique}
            )
        except ApiRefused as error:
            raise BusUnavailable(subject, error.what) from error
        return int(stored["seq"])

    async def last(self, subject: str) -> Message | None:
        """Newest stored message of a subject; None where there is none.

        Raises
        ------
        BusUnavailable
            The server did not answer in time.
        """
        return await newest(self._wire, self._stream_of(subject).of(self.site), subject)

    async def stored(self, subject: str, *, bytes_max: int = STORED_BYTES_MAX) -> list[Message]:
        """Every stored message of a subject, oldest first; linear in their number.

        Parameters
        ----------
        subject
            Subject; no pattern.
        bytes_max
            Most bytes of messages that are held in memory.

        Raises
        ------
        BusUnavailable
            There are more, or the server did not answer in time.
        """
        found: list[Message] = []
        left = bytes_max
        async with aclosing(self.past(subject)) as messages:
            async for message in messages:
                found.append(message)
                left -= len(message.data)
                if left < 0:
                    what = f"more than {bytes_max} bytes of messages"
                    raise BusUnavailable(subject, what, "read them one by one with `past`")
        return found

    def past(self, subject: str, *, after: int = 0) -> AsyncGenerator[Message, None]:
        """Stored messages of a subject one after the other, oldest first; ends with the newest.

        However many there are, only a few hundred are held at a time.

        Parameters
        ----------
        subject
            Subject; at its end ``.>`` stands for everything below.
        after
            Sequence after which to begin.

        Raises
        ------
        BusUnavailable
            While reading: the server did not answer in time.
        """
        stream = self._stream_of(subject).of(self.site)
        return present(self._wire, Wanted(stream=stream, subject=subject, after=after))

    def follow(
        self, stream: Stream, *, after: int = 0, subject: str | None = None
    ) -> AsyncGenerator[Message, None]:
        """Messages of a stream in their order, each once; waits for new ones until the bus closes.

        Parameters
        ----------
        stream
            Which.
        after
            Sequence after which to begin; 0 begins with the first that is stored.
        subject
            Filter, with ``*`` for one part and ``>`` for all the rest; None for everything.

        Raises
        ------
        BusUnavailable
            While reading: the server stayed away for a minute.
        """
        wanted = Wanted(stream=stream.of(self.site), after=after, subject=subject)
        return ordered(self._wire, wanted)

    def take(
        self, stream: Stream, *, durable: str, batch: int = 500, ack_wait_s: float = 30.0
    ) -> AsyncGenerator[Batch, None]:
        """Batches of a stream for one reader that the server remembers by its name.

        What was not `done` is delivered again: at once when the reader begins anew, else after
        `ack_wait_s`. A message may therefore come twice, and none is left out.

        Parameters
        ----------
        stream
            Which.
        durable
            Name of the reader; only one reads under it at a time.
        batch
            Most messages of a batch.
        ack_wait_s
            How long a batch may take.

        Raises
        ------
        BusUnavailable
            While reading: the server stayed away for a minute.
        """
        name = stream.of(self.site)
        return taken(self._wire, name, durable=durable, batch=batch, ack_wait_s=ack_wait_s)

    async def end_seq(self, stream: Stream) -> int:
        """Sequence of the newest message of a stream; 0 where it is empty.

        Raises
        ------
        BusUnavailable
            The server did not answer in time.
        """
        return int((await self._state(stream))["last_seq"])

    async def first_seq(self, stream: Stream) -> int:
        """Sequence of the oldest message of a stream; one above its end where it is empty.

        A reader that has not come as far has lost what lay between: a full stream, or one whose
        messages grew too old, drops its oldest.

        Raises
        ------
        BusUnavailable
            The server did not answer in time.
        """
        state = await self._state(stream)
        return int(state["first_seq"]) if state["messages"] else int(state["last_seq"]) + 1

    async def bucket(self, name: str) -> Bucket:
        """Bucket of the site by its name; made where it is absent, by a user who makes them.

        Raises
        ------
        BusUnavailable
            The server did not answer in time, cannot keep the bucket, or nobody has made it.
        PermissionRefused
            This user has no business with it.
        """
        if name not in self._buckets:
            await found_bucket(self._wire, name, self.site)
            self._buckets[name] = Bucket(self._wire, name, self.site)
        return self._buckets[name]

    async def tell(self, subject: str, data: bytes) -> None:
        """Send to whoever listens now; dropped where nobody does or the server is away.

        Raises
        ------
        BusUnavailable
            The bus is closed, or the message too large.
        PermissionRefused
            This user may not say that.
        """
        await self._wire.send(subject, data, sure=True)

    async def listen(self, subject: str) -> AsyncGenerator[Message, None]:
        """Messages as they are told, from the first `anext` on; nothing of before, nothing stored.

        A listener that is `HEARD_MAX` messages behind loses the oldest.

        Parameters
        ----------
        subject
            Subject, with ``*`` for one part and ``>`` for all the rest.

        Raises
        ------
        BusUnavailable
            The bus is closed when it begins.
        PermissionRefused
            This user may not hear that.
        """
        queue: asyncio.Queue[Message | None] = asyncio.Queue(maxsize=HEARD_MAX)

        async def arrived(raw: Any) -> None:  # noqa: ANN401 - nats-py has no types
            # A stored message can be sent anywhere by who may read it, but shows its own subject.
            if matches(subject, raw.subject):
                _put_newest(queue, Message(subject=raw.subject, data=raw.data))

        def lost() -> None:
            if self._wire.is_closed:
                _put_newest(queue, None)

        subscription = await self._wire.subscribe(subject, arrived, pending_max=HEARD_MAX)
        unwatch = self._wire.watch_losses(lost)
        try:
            while (message := await queue.get()) is not None:
                yield message
        finally:
            unwatch()
            await self._wire.unsubscribe(subscription)

    async def ask(self, subject: str, data: bytes, *, timeout_s: float = 5.0) -> bytes:
        """Answer of whoever answers a subject; asked again while nobody is there.

        Parameters
        ----------
        subject
            Subject of the question.
        data
            The question.
        timeout_s
            How long to wait, all in all.

        Raises
        ------
        BusUnavailable
            Nobody answered in time, or the one who should have failed.
        """
        raw = await self._wire.call(subject, data, wait_s=timeout_s)
        failed = (raw.headers or {}).get(_FAILED)
        if failed is not None:
            raise BusUnavailable(subject, f"the question failed: {failed}")
        return bytes(raw.data)

    async def answer(self, subject: str, reply: Callable[[bytes], Awaitable[bytes]]) -> None:
        """Answer the questions of a subject with `reply`, one at a time, until the bus closes.

        Where `reply` raises, the asker gets a `BusUnavailable` with its words. A stored message
        that is sent here is no question: who may read a stream could else ask whatever it holds.

        Parameters
        ----------
        subject
            Subject of the questions.
        reply
            Makes the answer from the question.

        Raises
        ------
        BusUnavailable
            The bus is closed.
        PermissionRefused
            This user may not answer that.
        """

        async def arrived(raw: Any) -> None:  # noqa: ANN401 - nats-py has no types
            if not matches(subject, raw.subject):  # as in `listen`
                return
            headers = None
            try:
                data = await reply(raw.data)
            except Exception as error:  # the asker is told, whatever it is
                log.exception("answering %s", raw.subject)
                data, headers = b"", {_FAILED: f"{type(error).__name__}: {error}"}
            # Nowhere else, or whoever asks could have us say something in our name.
            if raw.reply.startswith(f"{INBOX}."):
                await self._wire.send(raw.reply, data, headers=headers)

        await self._wire.subscribe(subject, arrived, pending_max=ANSWERS_MAX)

    async def applied(self, *, wait_s: float = APPLIED_S) -> Applied:
        """Plant that is in force; waits until one is applied, and starts the plant clock.

        On an emulated site it also waits a moment for the first tick; where `emulate` does not
        run yet, the clock is told apart by `PlantClock.known`.

        Parameters
        ----------
        wait_s
            How long to wait.

        Raises
        ------
        BusUnavailable
            No plant was applied in time, or what was applied cannot be read.
        """
        plants = await self.bucket(PLANT_BUCKET)
        try:
            async with asyncio.timeout(wait_s), aclosing(plants.watch(APPLIED_KEY)) as values:
                data = await _first(values)
        except TimeoutError as error:
            what = f"no plant was applied in {wait_s:g} s"
            raise BusUnavailable(f"{PLANT_BUCKET}/{APPLIED_KEY}", what, "apply one") from error
        try:
            found = decode_applied(data)
        except msgspec.MsgspecError as error:
            raise BusUnavailable(f"{PLANT_BUCKET}/{APPLIED_KEY}", str(error)) from error
        self.clock.use(emulated=found.emulated)
        if found.emulated:
            await self._hear_clock()
            await self.clock.known(wait_s=TICK_S)
        return found

    def _outgoing(self, record: Record) -> tuple[str, bytes, dict[str, str]]:
        at = record.address.site
        assert at == self.site, f"a record of {at} on the bus of {self.site}"
        return subject_of(record), encode(record), {MSG_ID: f"{record.id}.{record.rev}"}

    async def _stored_before(self, subject: str, data: bytes, unique: str) -> int:
        """Sequence of a message that we stored ourselves, though the answer was lost."""
        last = 0
        async with aclosing(self.past(subject)) as messages:
            async for message in messages:
                last = message.seq
                if message.id == unique and message.data == data:
                    return message.seq
        raise Conflict(subject, last)

    async def _state(self, stream: Stream) -> dict[str, Any]:
        name = stream.of(self.site)
        try:
            found = await self._wire.api(f"STREAM.INFO.{name}")
        except ApiRefused as error:
            raise BusUnavailable(name, error.what) from error
        state: dict[str, Any] = found["state"]
        return state

    def _stream_of(self, subject: str) -> Stream:
        if subject.startswith("lw.samples."):
            return Stream.SAMPLES
        parse_subject(subject.removesuffix(".>"))
        return Stream.RECORDS

    async def _hear_clock(self) -> None:
        if self._ticks is not None:
            return

        subject = f"lw.clock.{self.site}"

        async def ticked(raw: Any) -> None:  # noqa: ANN401 - nats-py has no types
            if matches(subject, raw.subject):  # as in `listen`
                self.clock.hear(raw.data)

        self._ticks = await self._wire.subscribe(subject, ticked, pending_max=HEARD_MAX)


async def _first(values: AsyncIterator[tuple[str, bytes | None]]) -> bytes:
    async for _, data in values:
        if data is not None:
            return data
    raise BusUnavailable(f"{PLANT_BUCKET}/{APPLIED_KEY}", "the connection is closed")


def _put_newest(queue: "asyncio.Queue[Message | None]", message: Message | None) -> None:
    """Put a message in, in the place of the oldest where the queue is full."""
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(message)
