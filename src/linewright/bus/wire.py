"""The wire: one connection to the server, and requests that outlive its restart.

nats-py keeps the connection; requests are made here, because a request that was under way when
the connection broke must fail at once and be made again, not run into its time limit.
"""

import asyncio
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import msgspec
import nats.aio.client
import nats.errors

from linewright.bus.address import BusAddress
from linewright.bus.errors import BusUnavailable, PermissionRefused

__all__ = ["VERSION_MIN", "ApiRefused", "Wire", "check_server"]

WAIT_S = 60.0
"""How long a request is made again and again; a server restarts in a few seconds."""

ATTEMPT_S = 5.0
"""How long one attempt waits for its answer while the connection stands."""

RETRY_S = 0.1
"""Pause before the next attempt."""

RECONNECT_MIN_S, RECONNECT_MAX_S = 0.25, 1.0
"""Pause between attempts to reach the server: at first, and at most."""

CONNECT_S = 2
PING_S, PINGS_LOST_MAX = 5, 2
"""A server that hangs is noticed after some fifteen seconds."""

PENDING_BYTES_MAX = 8 << 20
"""Bytes that wait to be sent before a sender is held: eight of the largest frames."""

FLUSH_S = 2.0
"""How long a sender is held then."""

CLOSE_S = 5.0
"""How long what was sent last may take to leave when the connection is closed."""

REQUESTS_MAX = 4096
"""Requests under way at once, each with one answer; further ones wait for their turn."""

DRAIN_S = 5.0
"""How long what is under way may take to be answered before the connection is closed."""

DRAIN_LOOK_S = 0.01
"""Pause between two looks whether something is still under way."""

KNOWN_MAX = 4096
"""Subjects of which is remembered whether this user may use them."""

VERSION_MIN = (2, 14)
"""Of the NATS server: the first that sets a durable consumer back to what was acknowledged."""

_VERSION = re.compile(r"v?(\d+)\.(\d+)\.")
_VIOLATION = re.compile(r'permissions violation for (publish|subscription) to "(.*?)"')
_TOKEN_BYTES = 8

NO_ANSWER = "no answer from the server, which is there,"
"""What a server does that cannot write: it acknowledges nothing, and goes on once it can."""

_NO_RESPONDERS = "503"
_UNAUTHORIZED = "authorization violation"
_UNAVAILABLE = 503
_STORE_FAILED = 10077
"""The server's code for a stream or bucket that is full and keeps what it has."""

log = logging.getLogger(__name__)


class ApiRefused(Exception):
    """The server understood and refused; `code` is its number for the reason, `what` its words."""

    def __init__(self, code: int, what: str) -> None:
        super().__init__(code, what)
        self.code = code
        self.what = what


class _Stranger(Exception):
    """The server does not take our credentials; asking again would not change that."""


class _Trouble(Exception):
    """An attempt that failed in a way that another may not."""


def check_server(where: str, told: Mapping[str, Any]) -> None:
    """Refuse a server that cannot do what is needed; `told` is what it says of itself.

    Raises
    ------
    BusUnavailable
        It is too old, or stores nothing.

    Examples
    --------
    >>> check_server("nats://broker:4222", {"version": "2.15.1", "jetstream": True})
    >>> check_server("broker", {"version": "2.11.4", "jetstream": True})
    Traceback (most recent call last):
    linewright.bus.errors.BusUnavailable: broker: NATS server 2.11.4 is older than 2.14; update it
    """
    version = str(told.get("version", ""))
    found = _VERSION.match(version)
    if found is None or (int(found[1]), int(found[2])) < VERSION_MIN:
        oldest = ".".join(str(part) for part in VERSION_MIN)
        what = f"NATS server {version or 'of no version'} is older than {oldest}"
        raise BusUnavailable(where, what, "update it")
    if not told.get("jetstream"):
        raise BusUnavailable(where, "the NATS server stores nothing", "start it with JetStream")


class Wire:
    """A connection that comes back by itself; `close` it."""

    def __init__(self, address: BusAddress) -> None:
        self._address = address
        self._nc: Any = nats.aio.client.Client()
        self._back = asyncio.Event()
        self._ended = asyncio.Event()
        self._waiting: dict[str, tuple[str, asyncio.Future[Any]]] = {}
        self._requests = asyncio.Semaphore(REQUESTS_MAX)
        self._allowed: dict[str, None] = {}
        self._denied: dict[tuple[str, str], None] = {}
        self._on_lost: set[Callable[[], None]] = set()
        self._prefix = ""
        self._last_error = ""
        self._is_opening = True

    @property
    def address(self) -> BusAddress:
        """Address it was made with."""
        return self._address

    @property
    def where(self) -> str:
        """Address of the server, for messages."""
        return self._address.url

    @property
    def user(self) -> str:
        """User as whom it is connected, for messages."""
        return self._address.user

    @property
    def is_up(self) -> bool:
        """Whether the connection stands, as far as is known."""
        return bool(self._back.is_set() and self._nc.is_connected)

    @property
    def is_closed(self) -> bool:
        """Whether it was closed, by us or for good by nats-py."""
        return self._ended.is_set()

    async def open(self, *, name: str, wait_s: float) -> None:
        """Connect, trying until `wait_s` are over.

        Raises
        ------
        BusUnavailable
            The server did not answer, refused our credentials, or is none that will do.
        """
        options: dict[str, Any] = {}
        if self._address.user:
            options = {"user": self._address.user, "password": self._address.password}
        try:
            async with asyncio.timeout(wait_s):
                await self._nc.connect(
                    self._address.url,
                    name=name,
                    error_cb=self._failed,
                    disconnected_cb=self._lost,
                    reconnected_cb=self._came_back,
                    closed_cb=self._was_closed,
                    connect_timeout=CONNECT_S,
                    reconnect_time_wait=RECONNECT_MIN_S,
                    max_reconnect_attempts=-1,
                    reconnect_to_server_handler=_next_attempt,
                    ping_interval=PING_S,
                    max_outstanding_pings=PINGS_LOST_MAX,
                    pending_size=PENDING_BYTES_MAX,
                    flush_timeout=FLUSH_S,
                    inbox_prefix=self._address.inbox.encode(),
                    **options,
                )
        except _Stranger as error:
            await self.close()
            hint = "read its address and credentials anew"
            raise BusUnavailable(self.where, str(error), hint) from error
        except TimeoutError as error:
            await self.close()
            what = f"no connection in {wait_s:g} s ({self._last_error or 'no answer'})"
            raise BusUnavailable(self.where, what, "check that the bus runs") from error
        except BaseException:
            await self.close()
            raise
        self._is_opening = False
        try:
            check_server(self.where, self._nc._server_info)  # noqa: SLF001  # it has no name for this
        except BusUnavailable:
            await self.close()
            raise
        self._prefix = f"{self._nc.new_inbox()}."
        await self._nc.subscribe(
            f"{self._prefix}*", cb=self._answered, pending_msgs_limit=REQUESTS_MAX
        )
        self._back.set()

    async def close(self) -> None:
        """End the connection; everything that waits on it fails with `BusUnavailable`."""
        if not self._ended.is_set():
            self._ended.set()
            self._break()
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_S):
                    await self._nc.close()

    async def drain(self, wait_s: float = DRAIN_S) -> int:
        """Wait until every request under way is answered; how many were not in that time."""
        clock = asyncio.get_running_loop().time
        end_s = clock() + wait_s
        while self._waiting and clock() < end_s and not self.is_closed:
            await self.pause(DRAIN_LOOK_S)
        return len(self._waiting)

    def watch_losses(self, told: Callable[[], None]) -> Callable[[], None]:
        """Have `told` called whenever the connection breaks; call what is returned to end that."""
        self._on_lost.add(told)
        return lambda: self._on_lost.discard(told)

    def inbox(self) -> str:
        """Return a subject that nobody else uses."""
        return str(self._nc.new_inbox())

    async def subscribe(
        self, subject: str, arrived: Callable[[Any], Awaitable[None]], *, pending_max: int
    ) -> Any:  # noqa: ANN401 - nats-py has no types
        """Have `arrived` awaited for each message, one after the other; survives reconnects.

        Raises
        ------
        BusUnavailable
            The wire is closed.
        PermissionRefused
            This user may not hear the subject.
        """
        self.check()
        made = await self._nc.subscribe(subject, cb=arrived, pending_msgs_limit=pending_max)
        # What begins with the user's own inbox is never refused, and asked for often.
        if self.is_up and not subject.startswith(f"{self._address.inbox}."):
            await self._settle()
            if self._was_denied("subscription", subject):
                await self.unsubscribe(made)
                raise PermissionRefused(subject, self.user, "subscribe")
        return made

    async def unsubscribe(self, subscription: Any) -> None:  # noqa: ANN401 - nats-py has no types
        """End a subscription; harmless where the connection is gone."""
        try:
            await subscription.unsubscribe()
        except (nats.errors.Error, OSError) as error:
            log.debug("unsubscribing: %s", error)

    async def send(
        self,
        subject: str,
        data: bytes = b"",
        *,
        reply: str = "",
        headers: dict[str, str] | None = None,
        sure: bool = False,
    ) -> bool:
        """Send without an answer; False where the connection is down and nothing was sent.

        Parameters
        ----------
        sure
            Whether to make sure, once for each subject and connection, that the server lets it.

        Raises
        ------
        BusUnavailable
            The wire is closed, or the message too large.
        PermissionRefused
            This user may not publish there.
        """
        if not self.is_up:
            self.check()
            return False
        try:
            await self._nc.publish(subject, data, reply=reply, headers=headers)
        except (nats.errors.Error, OSError) as error:
            self._refuse_size(subject, error)
            return False
        if sure and subject not in self._allowed:
            await self._make_sure(subject)
        return True

    async def call(
        self,
        subject: str,
        data: bytes = b"",
        *,
        headers: dict[str, str] | None = None,
        wait_s: float | None = None,
    ) -> Any:  # noqa: ANN401 - nats-py has no types
        """Answer to a request, which is made again until it is answered.

        Raises
        ------
        BusUnavailable
            No answer in `wait_s`, or the wire is closed.
        PermissionRefused
            This user may not ask that.
        """
        clock = asyncio.get_running_loop().time
        limit_s = WAIT_S if wait_s is None else wait_s
        end_s = clock() + limit_s
        trouble = NO_ANSWER
        while True:
            self.check()
            left_s = end_s - clock()
            if left_s <= 0:
                hint = "see whether its disk is full" if trouble == NO_ANSWER else "check the bus"
                raise BusUnavailable(subject, f"{trouble} in {limit_s:.3g} s", hint)
            try:
                if not self._back.is_set():
                    async with asyncio.timeout(left_s):
                        await self._back.wait()
                return await self._attempt(subject, data, headers, min(ATTEMPT_S, left_s))
            except (_Trouble, TimeoutError) as error:
                trouble = str(error) or "no connection"
            await self.pause(min(RETRY_S, max(end_s - clock(), 0.0)))

    async def call_once(self, subject: str, data: bytes, *, wait_s: float) -> bool:
        """Whether a request was answered, made once, while the connection stood.

        Raises
        ------
        BusUnavailable
            The wire is closed.
        PermissionRefused
            This user may not ask that.
        """
        self.check()
        if not self.is_up:
            return False
        try:
            await self._attempt(subject, data, None, wait_s)
        except _Trouble as error:
            log.debug("%s: %s", subject, error)
            return False
        return True

    async def api(
        self, what: str, body: object = None, *, wait_s: float | None = None
    ) -> dict[str, Any]:
        """Answer of the server's JetStream API.

        Raises
        ------
        ApiRefused
            The server refused.
        BusUnavailable
            It did not answer in time.
        """
        data = b"" if body is None else msgspec.json.encode(body)
        return await self.call_json(f"$JS.API.{what}", data, wait_s=wait_s)

    async def call_json(
        self,
        subject: str,
        data: bytes,
        *,
        headers: dict[str, str] | None = None,
        wait_s: float | None = None,
    ) -> dict[str, Any]:
        """Answer in the server's JSON, asked again while it says that it is not ready.

        Raises
        ------
        ApiRefused
            The server refused.
        BusUnavailable
            It did not answer in time.
        """
        clock = asyncio.get_running_loop().time
        limit_s = WAIT_S if wait_s is None else wait_s
        end_s = clock() + limit_s
        while True:
            left_s = max(end_s - clock(), 0.0)
            raw = await self.call(subject, data, headers=headers, wait_s=left_s)
            answer: dict[str, Any] = msgspec.json.decode(raw.data)
            error = answer.get("error")
            if error is None:
                return answer
            is_full = error.get("err_code") == _STORE_FAILED
            if error.get("code") != _UNAVAILABLE or is_full or left_s <= RETRY_S:
                raise ApiRefused(error.get("err_code", 0), error.get("description", "refused"))
            await self.pause(RETRY_S)

    async def pause(self, wait_s: float) -> None:
        """Wait, but not beyond the end of the wire."""
        try:
            async with asyncio.timeout(wait_s):
                await self._ended.wait()
        except TimeoutError:
            return

    def check(self) -> None:
        """Refuse to go on once the wire is closed."""
        if self._ended.is_set():
            raise BusUnavailable(self.where, "the connection is closed", "connect again")

    async def _attempt(
        self, subject: str, data: bytes, headers: dict[str, str] | None, limit_s: float
    ) -> Any:  # noqa: ANN401 - nats-py has no types
        async with self._requests:
            return await self._request(subject, data, headers, limit_s)

    async def _request(
        self, subject: str, data: bytes, headers: dict[str, str] | None, limit_s: float
    ) -> Any:  # noqa: ANN401 - nats-py has no types
        loop = asyncio.get_running_loop()
        # Unguessable: who answers one question must not be able to answer the next one as well.
        token = secrets.token_hex(_TOKEN_BYTES)
        future: asyncio.Future[Any] = loop.create_future()
        self._waiting[token] = subject, future
        # A timer, not a time limit around the await: nats-py swallows a cancellation while it
        # flushes, and the limit would be lost with it.
        timer = loop.call_later(limit_s, _fail, future, NO_ANSWER)
        try:
            await self._nc.publish(subject, data, reply=self._prefix + token, headers=headers)
            raw = await future
        except (nats.errors.Error, OSError) as error:
            self._refuse_size(subject, error)
            raise _Trouble(str(error)) from error
        finally:
            timer.cancel()
            del self._waiting[token]
            if future.done() and not future.cancelled():
                future.exception()
        if not raw.data and (raw.headers or {}).get("Status") == _NO_RESPONDERS:
            raise _Trouble("nobody listens")
        return raw

    def _refuse_size(self, subject: str, error: Exception) -> None:
        if isinstance(error, nats.errors.MaxPayloadError):
            raise BusUnavailable(subject, "the message is too large for the bus") from error

    def _break(self) -> None:
        self._back.clear()
        for _, future in list(self._waiting.values()):
            _fail(future, "the connection broke")
        for told in list(self._on_lost):
            told()

    async def _answered(self, raw: Any) -> None:  # noqa: ANN401 - nats-py has no types
        found = self._waiting.get(raw.subject.rpartition(".")[2])
        if found is not None and not found[1].done():
            found[1].set_result(raw)

    async def _settle(self) -> None:
        """Wait until the server has dealt with everything sent so far, or is away."""
        try:
            # Twice: nats-py sends the ping of a flush ahead of what still waits to be sent.
            for _ in range(2):
                await self._nc.flush(FLUSH_S)
        except (nats.errors.Error, OSError) as error:
            log.debug("bus %s: %s", self.where, error)

    async def _make_sure(self, subject: str) -> None:
        await self._settle()
        if self._was_denied("publish", subject):
            raise PermissionRefused(subject, self.user, "publish")
        if self.is_up:
            self._allowed[subject] = None
            while len(self._allowed) > KNOWN_MAX:
                del self._allowed[next(iter(self._allowed))]

    def _was_denied(self, what: str, subject: str) -> bool:
        key = (what, subject.lower())
        if key not in self._denied:
            return False
        del self._denied[key]
        return True

    def _violated(self, what: str, subject: str) -> None:
        """Take in that something was refused; nats-py gives the subject in small letters."""
        log.warning("bus %s: %s may not %s: %s", self.where, self.user, what, subject)
        is_waited_for = False
        for asked, future in list(self._waiting.values()) if what == "publish" else ():
            if asked.lower() == subject:
                is_waited_for = True
                if not future.done():
                    future.set_exception(PermissionRefused(asked, self.user, what))
        if not is_waited_for:
            self._denied[(what, subject)] = None
            while len(self._denied) > KNOWN_MAX:
                del self._denied[next(iter(self._denied))]

    async def _lost(self) -> None:
        if not self._ended.is_set():
            log.warning("bus %s: connection lost", self.where)
            self._break()

    async def _came_back(self) -> None:
        log.info("bus %s: connected again", self.where)
        self._allowed.clear()
        self._denied.clear()
        self._back.set()

    async def _was_closed(self) -> None:
        if not self._ended.is_set():
            log.error("bus %s: closed for good: %s", self.where, self._last_error)
            self._ended.set()
            self._break()

    async def _failed(self, error: Exception) -> None:
        self._last_error = str(error) or type(error).__name__
        if self._is_opening and _UNAUTHORIZED in self._last_error.lower():
            raise _Stranger(self._last_error)
        found = _VIOLATION.search(self._last_error.lower())
        if found is not None:
            self._violated(found[1], found[2])
        elif isinstance(error, nats.errors.SlowConsumerError):
            log.warning("bus %s: %s", self.where, error)
        else:
            log.debug("bus %s: %s", self.where, self._last_error)


def _fail(future: "asyncio.Future[Any]", what: str) -> None:
    if not future.done():
        future.set_exception(_Trouble(what))


def _next_attempt(servers: list[Any], _info: dict[str, Any]) -> tuple[Any, float]:
    """Which server to try next, and after how long."""
    tried = servers[0].reconnects
    return servers[0], min(RECONNECT_MIN_S * 2 ** min(tried, 2), RECONNECT_MAX_S)
