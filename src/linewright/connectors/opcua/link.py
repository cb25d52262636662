"""One OPC UA endpoint, kept connected for ever: a session, and after its loss the next one.

`keep` is the whole of it; the waiting between two tries is bounded both ways.
"""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

from linewright.connectors.faults import LinkLost
from linewright.connectors.feeding.feed import Feed, Now
from linewright.connectors.feeding.spread import Spread
from linewright.connectors.link import (
    Around,
    Browsed,
    Device,
    LinkReport,
    LinkState,
    wait_any,
)
from linewright.connectors.opcua.browsing import Bounds, Found
from linewright.connectors.opcua.limits import Limits
from linewright.connectors.opcua.session import Session
from linewright.connectors.opcua.stack import Former, LinkRefused, Opening
from linewright.connectors.opcua.trust import Pin, Trusted
from linewright.connectors.sources import Endpoint
from linewright.connectors.values import Heard, Raw
from linewright.plant import Address
from linewright.plant.records import Value

__all__ = ["UaDevice", "UaLink", "link"]

RETRY_FIRST_S = 0.25
"""Wait before the first new try."""

RETRY_LONGEST_S = 2.0
"""Longest wait between two tries: a machine that comes back is heard within two seconds."""

REFUSED_S = 10.0
"""Wait after a refusal that needs a person: wrong logins too often lock a user out."""

CLOCK_S = 60.0
"""How often the server's clock is compared."""

BROWSE_S = 600.0
"""Longest look through a server for one question."""

MISSING_MAX = 200
"""Missing items that a report names; the log has the reasons."""

PKI = "pki"
TRUSTED = "trusted.json"
MEND_BOOK = f"put {PKI}/{TRUSTED} right, or remove it and accept the certificates again"

_log = logging.getLogger(__name__)


def link(endpoint: Endpoint, feeds: Sequence[Feed], around: Around) -> "UaLink":
    """Link to an OPC UA server.

    Parameters
    ----------
    endpoint
        Where it goes.
    feeds
        The sources there.
    around
        Clocks, secrets and the folder for certificates.

    Returns
    -------
    UaLink
        It does nothing before `keep`.
    """
    return UaLink(endpoint, feeds, around)


class UaDevice:
    """A live session as commands use it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def read(self, items: list[str]) -> list[Raw]:
        """Present values; raises `LinkLost`."""
        return await self._session.read(items)

    async def write(self, via: str, item: str, value: Value) -> None:
        """Write once; raises `WriteRefused`, `WriteUnanswered` or `LinkLost`."""
        await self._session.write(via, item, value)


class UaLink:
    """The sources behind one endpoint, and the session that reads them.

    Parameters
    ----------
    endpoint
        Where the session goes.
    feeds
        The sources there.
    around
        Clocks, secrets and the folder for certificates.
    """

    def __init__(self, endpoint: Endpoint, feeds: Sequence[Feed], around: Around) -> None:
        self.endpoint = endpoint
        self.feeds = tuple(feeds)
        self.session: Session | None = None
        """The live session, or None while the endpoint is not reached."""
        self._spread = Spread(feeds)
        self._around = around
        self._clocks = around.clocks
        self._limits = Limits(endpoint.batch)
        self._trusted = Trusted(around.folder / PKI / TRUSTED)
        self._accepted = asyncio.Event()
        self._former: Former | None = None
        self._lived: Now | None = None
        self._heard_ns: int | None = None
        self._offset_ns: int | None = None
        self._state: LinkState = "connecting"
        self._why = self._next_step = ""
        self._since_ns = self._clocks.wall_ns()

    def device(self, address: Address) -> Device | None:
        """What a station is read and written through, None while it is not reached."""
        del address
        return None if self.session is None else UaDevice(self.session)

    def report(self, source: str) -> LinkReport:
        """How one of its sources is reached now.

        While a certificate was taken on first use and no person has confirmed it, `next_step`
        says so, however well the link works.
        """
        begin = 0
        for feed in self.feeds:
            if feed.source.name == source:
                break
            begin += len(feed.source.points)
        else:
            raise KeyError(source)
        points = range(begin, begin + len(feed.source.points))
        missing = {} if self.session is None else self.session.missing
        pin, shown, fault = self._certificates()
        is_barred = bool(fault) and self._state != "connected"
        return LinkReport(
            source=source,
            address=feed.source.address,
            protocol=self.endpoint.protocol,
            endpoint=self.endpoint.url,
            state="refused" if is_barred else self._state,
            since_ns=self._since_ns,
            why=fault
            or self._why
            or ("" if pin is None else pin.shown.fault(self._clocks.wall_ns())),
            next_step=(MEND_BOOK if fault else "")
            or self._next_step
            or ("" if pin is None else pin.next_step),
            heard_ns=self._heard_ns,
            points=len(points),
            missing=tuple(self._spread.points[each].item for each in points if each in missing)[
                :MISSING_MAX
            ],
            offset_ns=self._offset_ns,
            limits=self._limits.told(),
            security=self.endpoint.security,
            certificate=shown,
            trusted="" if pin is None else pin.shown.fingerprint,
            trusted_by="" if pin is None else pin.by,
        )

    def _certificates(self) -> tuple[Pin | None, str, str]:
        """What is taken for the server, what it shows, and why that cannot be known.

        A session that stands goes on; without the book no new one is opened.
        """
        url = self.endpoint.url
        try:
            return self._trusted.taken(url), self._trusted.shown(url), ""
        except ValueError as error:
            # Without security and login the book is never asked.
            is_asked = self.endpoint.security != "none" or self.endpoint.user is not None
            return None, "", str(error) if is_asked else ""

    async def keep(self, stop: asyncio.Event) -> None:
        """Stay connected until `stop` is set; loss of the device is never an error here."""
        wait_s = RETRY_FIRST_S
        while not stop.is_set():
            if not await self._clocks.plant.known(wait_s=RETRY_LONGEST_S):
                continue
            self._accepted.clear()
            former, self._former = self._former, None
            try:
                session = await Session.open(self.endpoint, self._opening(former), self._limits)
            except LinkRefused as error:
                self._former = former
                self._say(error.state, error.what, error.next_step)
                self._lost()
                await wait_any((stop, self._accepted), REFUSED_S)
                continue
            except LinkLost as error:
                if former is not None and not former.is_spent:
                    self._former = former  # the server was not reached: it may still hold it
                self._say("lost", error.what)
                self._lost()
                await wait_any((stop,), wait_s)
                wait_s = min(2 * wait_s, RETRY_LONGEST_S)
                continue
            if await self._serve(session, stop):
                wait_s = RETRY_FIRST_S
            await wait_any((stop,), wait_s)
            wait_s = min(2 * wait_s, RETRY_LONGEST_S)

    async def trust(self, fingerprint: str, by: str) -> str:
        """Accept the certificate with this fingerprint; what became of it, in words.

        Parameters
        ----------
        fingerprint
            Of the certificate as it was reported.
        by
            Who accepts it.

        Raises
        ------
        ValueError
            The server never showed such a certificate.
        """
        said = self._trusted.accept(
            self.endpoint.url, fingerprint, by=by, now_ns=self._clocks.wall_ns()
        )
        _log.warning("%s", said)
        self._accepted.set()
        return said

    async def browse(self, node: str, limit: int) -> list[Browsed]:
        """What stands below a node, breadth first: what is directly below it comes first.

        Raises
        ------
        LinkLost
            The device is not reached, or has no such node.
        """
        return [
            Browsed(
                item=each.item,
                name=each.path,
                type=each.type,
                has_value=each.is_variable,
                has_more=each.has_more,
            )
            for each in await self.survey(node, Bounds(nodes=limit, seconds=BROWSE_S))
        ]

    async def survey(self, node: str, bounds: Bounds) -> list[Found]:
        """As `browse`, with all that is known of each node.

        Raises
        ------
        LinkLost
            The device is not reached, or has no such node.
        """
        if self.session is None:
            raise LinkLost(self.endpoint.url, self._why or "it is not reached yet")
        return await self.session.browse(node, bounds)

    # --- one session

    def _opening(self, former: Former | None) -> Opening:
        secret, named = self.endpoint.secret, self.endpoint.certificate
        file = None if named is None else self._around.secret(named)
        if named is not None and not file:
            raise LinkRefused(
                self.endpoint.url,
                f"the certificate {named} is missing",
                f"give the secret {named}: the path of a PEM file with certificate and key",
            )
        return Opening(
            password=None if secret is None else self._around.secret(secret),
            pki=self._around.folder / PKI,
            certificate=None if file is None else Path(file),
            trusted=self._trusted,
            now_ns=self._clocks.wall_ns,
            former=former,
        )

    async def _serve(self, session: Session, stop: asyncio.Event) -> bool:
        """Read through one session until its end; whether it ever brought the points."""
        try:
            try:
                await self._subscribe(session)
            except LinkLost as error:
                self._say("lost", error.what)
                return False
            self.session = session
            self._say("connected")
            while not await wait_any((stop, session.lost), CLOCK_S):
                await self._compare_clocks(session)
            return True
        finally:
            try:
                self._end(session, stop)
            finally:
                await session.close()

    def _end(self, session: Session, stop: asyncio.Event) -> None:
        """Know that a session is over, whatever ended it, and keep what is left of it."""
        self.session = None
        if session.lost.is_set():
            self._say("lost", session.lost_because)
        elif not stop.is_set():
            self._say("lost", "the session was given up: see the log of `connect`")
        self._former = session.former()
        if not stop.is_set():
            self._lost()

    async def _subscribe(self, session: Session) -> None:
        asked_ns = self._clocks.now().near(await self._compare_clocks(session))
        refused = await session.subscribe(self._spread.points, self._hear, self._missed)
        if all(feed.box.taken_ns is None for feed in self.feeds):
            # Of a new machine the account begins when all is watched.
            asked_ns = self._clocks.now().near(await self._compare_clocks(session))
        now = self._alive()
        self._spread.connected(refused, asked_ns=asked_ns, now=now)
        session.listen()

    async def _compare_clocks(self, session: Session) -> int | None:
        """Time of the server now; by how much it is off is kept for the report."""
        before_ns = self._clocks.plant.now_ns()
        try:
            server_ns = await session.server_ns()
        except LinkLost:
            if session.lost.is_set():
                raise
            return None
        if server_ns is not None:
            between_ns = (before_ns + self._clocks.plant.now_ns()) // 2
            self._offset_ns = server_ns - between_ns
        return server_ns

    def _hear(self, heard: Heard) -> None:
        self._spread.heard(heard, self._alive())

    def _missed(self) -> None:
        now = self._clocks.now()
        for feed in self.feeds:
            feed.missed(None, now)

    def _alive(self) -> Now:
        now = self._lived = self._clocks.now()
        self._heard_ns = now.seen_ns
        self._spread.alive(now)
        return now

    def _lost(self) -> None:
        """Tell the feeds, as of the last sign of life: nothing is known of later."""
        now = self._lived or self._clocks.now()
        self._lived = None
        self._spread.lost(now)

    # --- what is told

    def _say(self, state: LinkState, why: str = "", next_step: str = "") -> None:
        """Remember the state, and write a line where it is another one."""
        self._next_step = next_step
        if (state, why) == (self._state, self._why):
            return
        self._state, self._why, self._since_ns = state, why, self._clocks.wall_ns()
        level = logging.INFO if state == "connected" else logging.WARNING
        _log.log(level, "%s is %s%s", self.endpoint.url, state, f": {why}" if why else "")
