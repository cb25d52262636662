"""The WebSocket of `/api/watch`: reads what is asked for, sends what is owed, beats each second."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.websockets import WebSocket, WebSocketDisconnect

from linewright.server.desk import Refusal
from linewright.server.watching.hub import Client, Hub, Source, error_of

__all__ = ["MESSAGE_BYTES_MAX", "SOCKETS_MAX", "Watching", "Word"]

LOG = logging.getLogger(__name__)

SOCKETS_MAX = 200
"""Sockets at once: every screen of a large site, and some."""

MESSAGE_BYTES_MAX = 256 * 1024
"""Largest message of a client: 2,000 tags with long names fit."""

BURST = 256
"""Messages that a client may send at once: four times all of its watches."""

PER_S = 32.0
"""Messages a second that it may send on and on."""

TICK_S = (0.02, 0.05)
"""How often it is looked for what is due: where a look takes long less often, and at the least so
often that half the time of the fastest resource goes by."""

LOOK_COST = 10.0
"""A look waits so many times as long as the one before took: it takes no more than a tenth."""

BEAT_S = 1.0
"""How often each client hears that the connection lives; it says after 3 s that it does not."""

SEND_S = 20.0
"""How long a client may take nothing at all before its socket is closed."""

POLICY, TRY_LATER, SIGNED_OUT = 1008, 1013, 4401
"""Codes of closing: against the rules, too many, and (ours) the session has ended."""


class Word(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client says.

    Examples
    --------
    >>> msgspec.json.decode(b'{"watch": "/api/sites", "id": 1}', type=Word).id
    1
    """

    watch: Annotated[str, Meta(max_length=MESSAGE_BYTES_MAX)] | None = None
    """Path and query of a resource."""
    id: Annotated[int, Meta(ge=0, le=2**31)] | None = None
    """Number under which its messages come."""
    version: Annotated[str, Meta(max_length=64)] = ""
    """The version that the client holds."""
    unwatch: Annotated[int, Meta(ge=0, le=2**31)] | None = None
    """Number that ends."""


class Watching:
    """The sockets of a site.

    Parameters
    ----------
    hub
        What is watched.
    source
        Gives the source of a path for somebody, or raises `Refusal`; checked at each watch.
    again
        Gives who somebody is now, None when the session has ended; asked each second.
    """

    def __init__(
        self,
        hub: Hub,
        source: Callable[[str, Any], Source],
        again: Callable[[Any], Awaitable[Any]],
    ) -> None:
        self._hub = hub
        self._source = source
        self._again = again
        self._sockets: set[_Socket] = set()
        self._making: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._sockets)

    async def run(self, stop: asyncio.Event) -> None:
        """Make what is due and beat, until `stop`; then close every socket."""
        beat_s = 0.0
        while not stop.is_set():
            look_s = time.monotonic()
            due = self._hub.due()
            wait_s = LOOK_COST * (time.monotonic() - look_s)
            for kept in due:
                task = asyncio.create_task(self._hub.make(kept))
                self._making.add(task)
                task.add_done_callback(self._made)
            now_s = time.monotonic()
            if now_s - beat_s >= BEAT_S:
                beat_s = now_s
                await self._beat()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), min(max(wait_s, TICK_S[0]), TICK_S[1]))
        for socket in list(self._sockets):
            await socket.close(1001, "the server ends")

    async def serve(self, websocket: WebSocket, who: Any) -> None:  # noqa: ANN401  # of the routes
        """Serve one socket until it ends; whoever calls has checked origin and session."""
        if len(self._sockets) >= SOCKETS_MAX:
            await websocket.close(TRY_LATER, f"{SOCKETS_MAX} sockets are open already")
            return
        await websocket.accept()
        socket = _Socket(websocket, who)
        self._sockets.add(socket)
        sending = asyncio.create_task(socket.send_on())
        try:
            await self._hear(socket)
        finally:
            self._sockets.discard(socket)
            self._hub.leave(socket.client)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _hear(self, socket: "_Socket") -> None:
        left, at_s = float(BURST), time.monotonic()
        while True:
            try:
                text = await socket.websocket.receive_text()
            except (WebSocketDisconnect, KeyError, RuntimeError):
                return  # it has gone, or sent what is no text
            now_s = time.monotonic()
            left, at_s = min(BURST, left + PER_S * (now_s - at_s)) - 1, now_s
            if left < 0:
                await socket.close(POLICY, "too many messages")
                return
            try:
                word = msgspec.json.decode(text, type=Word)
            except (msgspec.MsgspecError, UnicodeError) as error:
                await socket.close(POLICY, f"not readable: {str(error)[:80]}")
                return
            self._act(socket, word)

    def _act(self, socket: "_Socket", word: Word) -> None:
        if word.unwatch is not None:
            self._hub.unwatch(socket.client, word.unwatch)
        if word.watch is None or word.id is None:
            return
        try:
            source = self._source(word.watch, socket.who)
            self._hub.watch(socket.client, word.id, source, word.version)
            socket.watched[word.id] = word.watch
        except Refusal as refusal:
            socket.client.note(b'{"id":%d,%s}' % (word.id, error_of(refusal)))

    async def _beat(self) -> None:
        """Say that all is well, and end what somebody may not see any more."""
        beat = b'{"beat":%d}' % (time.time_ns() // 1_000_000)
        for socket in list(self._sockets):
            who = await self._again(socket.who)
            if who is None:
                await socket.close(SIGNED_OUT, "the session has ended")
                continue
            if who != socket.who:
                socket.who = who
                self._look_again(socket)
            socket.beat = beat
            socket.due.set()

    def _look_again(self, socket: "_Socket") -> None:
        """End the watches that somebody with other roles may not have."""
        for number in list(socket.client.watches):
            try:
                self._source(socket.watched[number], socket.who)
            except Refusal as refusal:
                self._hub.unwatch(socket.client, number)
                socket.client.note(b'{"id":%d,%s}' % (number, error_of(refusal)))

    def _made(self, task: "asyncio.Task[None]") -> None:
        self._making.discard(task)
        if not task.cancelled() and task.exception() is not None:
            LOG.error("a resource could not be made", exc_info=task.exception())


class _Socket:
    """One socket: who is there, and what is owed."""

    def __init__(self, websocket: WebSocket, who: Any) -> None:  # noqa: ANN401  # of the routes
        self.websocket = websocket
        self.who = who
        self.due = asyncio.Event()
        self.client = Client(self.due.set)
        self.watched: dict[int, str] = {}
        self.beat = b""

    async def send_on(self) -> None:
        """Send what is owed, as fast as the client takes it; end when it takes nothing."""
        try:
            while True:
                await self.due.wait()
                self.due.clear()
                while said := self._next():
                    async with asyncio.timeout(SEND_S):
                        await self.websocket.send_text(said.decode())
        except (TimeoutError, WebSocketDisconnect, RuntimeError, OSError):
            await self.close(TRY_LATER, "nothing is taken")

    def _next(self) -> bytes | None:
        if self.beat:
            beat, self.beat = self.beat, b""
            return beat
        return self.client.take()

    async def close(self, code: int, why: str) -> None:
        """Close the socket; nothing where it is closed."""
        with contextlib.suppress(RuntimeError, WebSocketDisconnect, OSError, TimeoutError):
            await asyncio.wait_for(self.websocket.close(code, why[:120]), 1.0)
