"""A relay between a client and a server that makes the faults of a network and touches neither.

    with Relay("127.0.0.1", 4840) as relay:
        client.connect(f"opc.tcp://127.0.0.1:{relay.port}")
        relay.freeze()       # both ways; every socket stays open
        relay.flow()         # what was held back is passed on
        relay.half_open()    # the server is gone, the client is never told
        relay.cut()          # both ends get a reset; new connections are taken
        relay.refuse()       # nobody listens any more

One thread with a loop of its own; bytes are passed on unread.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Literal, Self

__all__ = ["Relay"]

CHUNK = 65_536
DO_S = 10.0
"""Longest wait for one order to be carried out."""

LOOK_S = 0.005
OPENING_LOOKS = 200
"""Looks at connections that are being made, a second in all: a dead target must not hold us up."""

_RESET = struct.pack("ii", 1, 0)

Mode = Literal["flow", "freeze"]


class Relay:
    """A port of this computer that leads to another one, for the length of a ``with``.

    Parameters
    ----------
    host, port
        Where it leads; `lead_to` changes it for new connections.

    Examples
    --------
    >>> with socket.create_server(("127.0.0.1", 0)) as server:
    ...     with Relay("127.0.0.1", server.getsockname()[1]) as relay:
    ...         with socket.create_connection(("127.0.0.1", relay.port)) as client:
    ...             client.sendall(b"hello")
    ...             peer, _ = server.accept()
    ...             with peer:
    ...                 peer.recv(5)
    b'hello'
    """

    def __init__(self, host: str, port: int) -> None:
        self.port = 0
        """Where clients connect; kept over `refuse`."""
        self.delay_s = 0.0
        """How much later bytes arrive, either way."""
        self.taken = 0
        """Connections taken so far."""
        self._target = (host, port)
        self._mode: Mode = "flow"
        self._opening = 0
        self._pairs: set[_Pair] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="relay", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DO_S)
        self._loop.close()

    def lead_to(self, host: str, port: int) -> None:
        """Lead new connections to another place."""
        self._target = (host, port)

    def flow(self) -> None:
        """Pass bytes on again, and listen again; what a freeze held back comes now."""
        self._do(self._set("flow"))

    def freeze(self) -> None:
        """Pass nothing on, either way, on old and new connections; none is closed."""
        self._do(self._set("freeze"))

    def half_open(self) -> None:
        """Close every connection to the server; clients keep theirs and hear nothing any more.

        New connections get through, as after a firewall that forgot the old ones.
        """
        self._do(self._vanish())

    def cut(self) -> None:
        """Reset every connection at both ends; new ones get through."""
        self._do(self._cut())

    def refuse(self) -> None:
        """Cut, and listen no more until `flow`."""
        self._do(self._refuse())

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(self._after_opening(what), self._loop).result(DO_S)

    async def _after_opening(self, what: Coroutine[Any, Any, None]) -> None:
        """Carry out an order when no connection is half made, so that it is part of it too."""
        for _ in range(OPENING_LOOKS):
            if not self._opening:
                break
            await asyncio.sleep(LOOK_S)
        await what

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._take, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _set(self, mode: Mode) -> None:
        self._mode = mode
        await self._listen()
        for pair in self._pairs:
            pair.hold(mode == "freeze")

    async def _vanish(self) -> None:
        for pair in self._pairs:
            pair.vanish()

    async def _cut(self) -> None:
        for pair in list(self._pairs):
            pair.reset()
        self._pairs.clear()

    async def _refuse(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._cut()

    async def _end(self) -> None:
        await self._refuse()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.taken += 1
        self._opening += 1
        try:
            upstream = await asyncio.open_connection(*self._target)
        except OSError:
            _reset(writer)
            return
        finally:
            self._opening -= 1
        pair = _Pair((reader, writer), upstream, lambda: self.delay_s)
        pair.hold(self._mode == "freeze")
        self._pairs.add(pair)
        try:
            await pair.run()
        finally:
            self._pairs.discard(pair)


_End = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Pair:
    """A connection of a client and the one to the server that goes with it."""

    def __init__(self, client: _End, server: _End, delay_s: Callable[[], float]) -> None:
        self._client, self._server = client, server
        self._delay_s = delay_s
        self._flowing = asyncio.Event()
        self._vanished = False

    def hold(self, on: bool) -> None:  # noqa: FBT001 - one yes or no
        (self._flowing.clear if on else self._flowing.set)()

    def vanish(self) -> None:
        self._vanished = True
        _reset(self._server[1])

    def reset(self) -> None:
        _reset(self._client[1])
        _reset(self._server[1])

    async def run(self) -> None:
        there = self._pass(self._client[0], self._server[1])
        back = self._pass(self._server[0], self._client[1])
        await asyncio.gather(there, back)
        for _, writer in (self._client, self._server):
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._flowing.wait()
                if delay_s := self._delay_s():
                    await asyncio.sleep(delay_s)
                if self._vanished:
                    continue
                writer.write(data)
                await writer.drain()
        if not self._vanished:
            await self._flowing.wait()
            with contextlib.suppress(OSError):
                writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close a connection so that the other end gets a reset, not an end."""
    with contextlib.suppress(OSError):
        found = writer.get_extra_info("socket")
        if found is not None:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
