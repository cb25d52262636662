"""One endpoint, kept connected for ever: a session, and after its loss the next one.

`keep` is the whole of it; the waiting between two tries is bounded both ways.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence

import msgspec

from linewright.bus import PlantClock
from linewright.connectors.faults import LinkLost
from linewright.connectors.feeding.feed import Feed, Now
from linewright.connectors.opcua.session import Heard, Session
from linewright.connectors.sources import Endpoint, Point

__all__ = ["Clocks", "Link", "wait_any"]

RETRY_FIRST_S = 0.25
"""Wait before the first new try."""

RETRY_LONGEST_S = 2.0
"""Longest wait between two tries: a machine that comes back is heard within two seconds."""

_log = logging.getLogger(__name__)


class Clocks(msgspec.Struct, frozen=True, kw_only=True):
    """The clocks that a connector reads; given by the shell, so that a test can set them."""

    plant: PlantClock
    wall_ns: Callable[[], int]
    steady_ns: Callable[[], int]
    begun_ns: int
    """What the wall clock said when the steady one said 0."""

    def utc_ns(self) -> int:
        """UTC that nobody can set: grants and commands end by it."""
        return self.begun_ns + self.steady_ns()

    def now(self) -> Now:
        """Return this moment on all of them."""
        return Now(
            plant_ns=self.plant.now_ns(),
            seen_ns=self.wall_ns(),
            steady_ns=self.steady_ns(),
            speed=max(1.0, self.plant.speed),
            is_steady=self.plant.is_steady,
        )


class Link:
    """The sources behind one endpoint, and the session that reads them.

    Parameters
    ----------
    endpoint
        Where the session goes.
    feeds
        The sources there.
    clocks
        The clocks.
    password
        Of the endpoint's user, if it has one.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        feeds: Sequence[Feed],
        clocks: Clocks,
        *,
        password: str | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.feeds = tuple(feeds)
        self.session: Session | None = None
        """The live session, or None while the endpoint is not reached."""
        self._clocks = clocks
        self._password = password
        self._lived: Now | None = None
        self._owners = tuple(
            (feed, index) for feed in self.feeds for index in range(len(feed.source.points))
        )

    async def keep(self, stop: asyncio.Event) -> None:
        """Stay connected until `stop` is set; loss of the device is never an error here."""
        wait_s = RETRY_FIRST_S
        while not stop.is_set():
            if not await self._clocks.plant.known(wait_s=RETRY_LONGEST_S):
                continue
            try:
                session = await Session.open(self.endpoint, self._password)
            except LinkLost as error:
                _log.info("%s", error)
                self._lost()
                await wait_any((stop,), wait_s)
                wait_s = min(2 * wait_s, RETRY_LONGEST_S)
                continue
            if await self._serve(session, stop):
                wait_s = RETRY_FIRST_S
            await wait_any((stop,), wait_s)
            wait_s = min(2 * wait_s, RETRY_LONGEST_S)

    async def _serve(self, session: Session, stop: asyncio.Event) -> bool:
        """Read through one session until its end; whether it ever brought the points."""
        try:
            try:
                await self._subscribe(session)
            except LinkLost as error:
                _log.info("%s", error)
                return False
            self.session = session
            _log.info("%s is connected", self.endpoint.url)
            await wait_any((stop, session.lost), None)
            return True
        finally:
            self.session = None
            if session.lost.is_set():
                _log.warning("%s is lost: %s", self.endpoint.url, session.lost_because)
            await session.close()
            if not stop.is_set():
                self._lost()

    async def _subscribe(self, session: Session) -> None:
        points: list[Point] = [feed.source.points[index] for feed, index in self._owners]
        asked_ns = self._clocks.now().near(await session.server_ns())
        refused = await session.subscribe(points, self._heard)
        now = self._lived = self._clocks.now()
        for feed in self.feeds:
            missing = [self._owners[each][1] for each in refused if self._owners[each][0] is feed]
            feed.connected(missing, asked_ns=asked_ns, now=now)
        session.listen()

    def _heard(self, values: list[Heard]) -> None:
        now = self._lived = self._clocks.now()
        for value in values:
            feed, index = self._owners[value.index]
            feed.heard(index, value.raw, now, first=value.first)
        for feed in self.feeds:
            feed.flush()

    def _lost(self) -> None:
        """Tell the feeds, as of the last sign of life: nothing is known of later."""
        now = self._lived or self._clocks.now()
        self._lived = None
        for feed in self.feeds:
            feed.lost(now)


async def wait_any(events: Sequence[asyncio.Event], longest_s: float | None) -> bool:
    """Wait until one of the events is set, at most so long; whether one is."""
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, timeout=longest_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return any(event.is_set() for event in events)
