"""A controller for tests: asyncua's server in a thread, with limits and manners of real ones.

What it refuses is what the profiles of real servers say; see the names of `Manners`.
"""

import asyncio
import contextlib
import dataclasses
import threading
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from asyncua import Server, ua
from asyncua.common.utils import ServiceError
from asyncua.crypto.permission_rules import SimpleRoleRuleset, User, UserRole
from asyncua.server.user_managers import UserManager

T = TypeVar("T")
Wire = Any
"""What asyncua passes around, without types."""

URI = "urn:test:controller"
LIMIT_S = 60.0


@dataclasses.dataclass
class Manners:
    """How the controller behaves towards its clients."""

    read_pairs: int = 10_000
    monitor: int = 10_000
    per_subscription: int = 10_000
    items: int = 100_000
    subscriptions: int = 100
    publish_least_ms: float = 0.0
    filters: bool = True
    browse: int = 10_000
    references: int = 100_000
    """References above which a node is answered only when it is asked for alone."""

    deaf: bool = False
    """Whether a call breaks the connection instead of being answered."""

    swallow: int = 0
    """Messages of subscriptions that are counted and never sent."""

    repeats: bool = True
    """Whether a message is sent again when it is asked for."""

    silent: frozenset[str] = frozenset()
    """Items that are taken with a good result and never send anything."""

    slow_s: float = 0.0
    """Time that each request of the set-up takes; another one meanwhile is refused."""


@dataclasses.dataclass(frozen=True)
class Setting:
    """How the controller is set up."""

    port: int = 0
    spaces_before: int = 0
    """Namespaces that come before the one of the variables."""

    advertised: str | None = None
    """URL in its endpoints; left out: the true one."""

    security: tuple[Wire, ...] = (ua.SecurityPolicyType.NoSecurity,)
    certificate: tuple[Path, Path] | None = None
    users: Mapping[str, str] | None = None
    knows_clients: bool = True
    """Whether it takes certificates of clients; else the secure channel is refused."""

    limits: Mapping[int, int] = dataclasses.field(default_factory=dict)
    """Nodes of limits and the numbers that they show."""


@dataclasses.dataclass
class Seen:
    """What the controller was asked for."""

    reads: list[int] = dataclasses.field(default_factory=list)
    monitors: list[int] = dataclasses.field(default_factory=list)
    filters: int = 0
    repeats: int = 0
    subscriptions: int = 0
    calls: list[Wire] = dataclasses.field(default_factory=list)


class Controller:
    """A server whose manners a test sets; `limits` are also published where they are given."""

    def __init__(self, manners: Manners | None = None, setting: Setting | None = None) -> None:
        self.manners = manners or Manners()
        self.seen = Seen()
        self.url = ""
        self._busy = 0
        self._server: Wire = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        try:
            self.do(self._start(setting or Setting()))
        except BaseException:
            self._end()
            raise

    def reset(self, manners: Manners | None = None) -> None:
        """Behave so from now on, and forget what was asked for."""
        self.manners, self.seen = manners or Manners(), Seen()

    def do(self, work: Coroutine[Wire, Wire, T]) -> T:
        """Result of something that is done in the controller's own loop."""
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(LIMIT_S)

    def close(self) -> None:
        """End it."""
        self.do(self._stop())
        self._end()

    def add(self, *names: str, value: float = 0.0) -> None:
        """Put variables of these names below the objects."""
        self.do(self._add(names, value))

    def show(self, name: str, value: Wire, kind: Wire = None) -> None:
        """Change a value."""
        self.do(self._node(name).write_value(ua.DataValue(ua.Variant(value, kind))))

    def sessions(self) -> int:
        """Sessions that clients hold, also those without a connection."""
        return len(self._server.iserver._external_sessions)

    def subscriptions(self) -> int:
        """Subscriptions that live."""
        return len(self._server.iserver.subscription_service.subscriptions)

    def end_subscriptions(self) -> None:
        """Drop all subscriptions without a word."""

        async def end() -> None:
            service = self._server.iserver.subscription_service
            await service.delete_subscriptions(list(service.subscriptions))

        self.do(end())

    def forget_sessions(self) -> None:
        """Answer every further request of the present sessions with BadSessionIdInvalid."""
        for session in list(self._server.iserver._external_sessions.values()):
            session.read = self._forgotten
            session.publish = self._forgotten_at_once

    def hang_up(self) -> None:
        """Drop every connection without a word."""

        async def drop() -> None:
            self._drop()

        self.do(drop())

    def _drop(self) -> None:
        for client in list(self._server.bserver.clients):
            client.transport.abort()

    async def _forgotten(self, _: object) -> None:
        raise ServiceError(ua.StatusCodes.BadSessionIdInvalid)

    def _forgotten_at_once(self, *_: object) -> None:
        raise ServiceError(ua.StatusCodes.BadSessionIdInvalid)

    # --- inside the loop

    def _node(self, name: str) -> Wire:
        return self._server.get_node(ua.NodeId(name, self.space))

    async def _add(self, names: tuple[str, ...], value: float) -> None:
        for name in names:
            node, called = ua.NodeId(name, self.space), ua.QualifiedName(name, self.space)
            await self._server.nodes.objects.add_variable(node, called, value)

    async def _start(self, setting: Setting) -> None:
        server = Server(user_manager=_Users(dict(setting.users)) if setting.users else None)
        await server.init()
        server.set_endpoint(f"opc.tcp://127.0.0.1:{setting.port}")
        server.set_security_policy(list(setting.security), SimpleRoleRuleset())
        if setting.certificate is not None:
            await server.load_certificate(str(setting.certificate[0]))
            await server.load_private_key(str(setting.certificate[1]))
        if not setting.knows_clients:
            server.set_certificate_validator(_unknown)
        for number in range(setting.spaces_before):
            await server.register_namespace(f"urn:test:other:{number}")
        self.space = await server.register_namespace(URI)
        self._server = server
        for number, value in setting.limits.items():
            await server.get_node(ua.NodeId(number)).write_value(
                ua.Variant(value, ua.VariantType.UInt32)
            )
        sessions = server.iserver.create_session
        server.iserver.create_session = lambda *args, **named: self._mannered(
            sessions(*args, **named)
        )
        await server.start()
        self.url = f"opc.tcp://127.0.0.1:{server.bserver.port}"
        if setting.advertised is not None:
            server.iserver._mangle_endpoint_url = lambda *_, **__: setting.advertised

    async def _stop(self) -> None:
        with contextlib.suppress(Exception):
            await self._server.stop()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _mannered(self, session: Wire) -> Wire:
        read, monitor = session.read, session.create_monitored_items
        subscribe, call = session.create_subscription, session.call
        session.browse = self._browsing(session.browse)
        held: dict[int, int] = {}

        async def reading(params: Wire) -> Wire:
            self.seen.reads.append(len(params.NodesToRead))
            if len(params.NodesToRead) > self.manners.read_pairs:
                raise ServiceError(ua.StatusCodes.BadTooManyOperations)
            return await read(params)

        async def subscribing(params: Wire, *rest: Wire, **named: Wire) -> Wire:
            if len(held) >= self.manners.subscriptions:
                raise ServiceError(ua.StatusCodes.BadTooManySubscriptions)
            self.seen.subscriptions += 1
            least = self.manners.publish_least_ms
            params.RequestedPublishingInterval = max(params.RequestedPublishingInterval, least)
            found = await subscribe(params, self._swallowing(rest[0]), *rest[1:], **named)
            held[found.SubscriptionId] = 0
            return found

        async def monitoring(params: Wire) -> Wire:
            return await self._monitor(params, monitor, held)

        async def calling(params: Wire) -> Wire:
            self.seen.calls += params
            if self.manners.deaf:
                self._drop()
            return await call(params)

        again = session.republish

        def repeating(params: Wire) -> Wire:
            self.seen.repeats += 1
            if not self.manners.repeats:
                raise ServiceError(ua.StatusCodes.BadMessageNotAvailable)
            return again(params)

        session.republish = repeating
        session.read, session.create_monitored_items = reading, monitoring
        session.create_subscription, session.call = subscribing, calling
        return session

    def _swallowing(self, tell: Wire) -> Wire:
        async def telling(result: Wire, *rest: Wire) -> None:
            if self.manners.swallow and result.NotificationMessage.NotificationData:
                self.manners.swallow -= 1
            else:
                await tell(result, *rest)

        return telling

    def _browsing(self, browse: Wire) -> Wire:
        async def browsing(params: Wire) -> Wire:
            count, manners = len(params.NodesToBrowse), self.manners
            if count > manners.browse:
                raise ServiceError(ua.StatusCodes.BadTooManyOperations)
            scarce = ua.BrowseResult(ua.StatusCode(ua.StatusCodes.BadNoContinuationPoints))
            found = await browse(params)
            if count == 1:
                return found
            return [
                each if len(each.References) <= manners.references else scarce for each in found
            ]

        return browsing

    async def _monitor(self, params: Wire, monitor: Wire, held: dict[int, int]) -> Wire:
        count, manners = len(params.ItemsToCreate), self.manners
        self.seen.monitors.append(count)
        if count > manners.monitor or self._busy:
            raise ServiceError(ua.StatusCodes.BadTooManyOperations)
        self._busy += 1
        await asyncio.sleep(manners.slow_s)
        self._busy -= 1
        results, taken = [], []
        for item in params.ItemsToCreate:
            name = item.ItemToMonitor.NodeId.Identifier
            is_full = held[params.SubscriptionId] >= manners.per_subscription
            has_filter = hasattr(item.RequestedParameters.Filter, "DeadbandValue")
            self.seen.filters += has_filter
            if not manners.filters and has_filter:
                results.append(_refusal("BadFilterNotAllowed"))
            elif is_full or sum(held.values()) >= manners.items:
                results.append(_refusal("BadTooManyMonitoredItems"))
            elif name in manners.silent:
                results.append(ua.MonitoredItemCreateResult(MonitoredItemId=10_000 + len(results)))
            else:
                held[params.SubscriptionId] += 1
                taken.append(item)
                results.append(None)
        params.ItemsToCreate = taken
        made = iter(await monitor(params))
        return [next(made) if each is None else each for each in results]


class _Users(UserManager):  # type: ignore[misc]  # asyncua is not typed for us
    """Users with passwords, and nobody else."""

    def __init__(self, users: dict[str, str]) -> None:
        self._users = users

    def get_user(
        self,
        iserver: Wire,
        username: str | None = None,
        password: str | None = None,
        certificate: Wire = None,
    ) -> Wire:
        """User of a name and its password, None for everybody else."""
        del iserver, certificate
        if username is not None and self._users.get(username) == password:
            return User(role=UserRole.Admin, name=username)
        return None


async def _unknown(*_: Wire) -> None:
    raise ServiceError(ua.StatusCodes.BadSecurityChecksFailed)


def _refusal(name: str) -> Wire:
    return ua.MonitoredItemCreateResult(ua.StatusCode(getattr(ua.StatusCodes, name)))


@contextlib.contextmanager
def controller(
    manners: Manners | None = None, setting: Setting | None = None
) -> Iterator[Controller]:
    """A controller for the length of a ``with``."""
    running = Controller(manners, setting)
    try:
        yield running
    finally:
        running.close()
