"""The shell of the server: hears the bus, confirms authority, and serves the page."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from linewright.bus import Applied, Bus, BusUnavailable, Message, Stream
from linewright.plant.records import (
    Ack,
    Audit,
    Case,
    Command,
    LineState,
    RecordInvalid,
    Role,
    decode,
)
from linewright.server.acting.sending import Sending
from linewright.server.acting.trusting import Decision, trust
from linewright.server.assemble import SERVICES
from linewright.server.book.acting import Acting
from linewright.server.book.hearing import Book
from linewright.server.desk import Desk
from linewright.server.folder import http_key, read_private, read_written
from linewright.server.grants import Grants, Person
from linewright.server.known import Alive, Known
from linewright.server.peers import Following
from linewright.server.picture import picture
from linewright.server.signing.front import Front, Local, Signed
from linewright.server.signing.guard import Ask
from linewright.server.signing.keeping.people import Deed
from linewright.server.signing.keeping.tokens import new_id
from linewright.server.signing.settings import SigningSettings, oidc_secret, read_settings
from linewright.server.signing.tls.naming import Wanted
from linewright.server.watching import Hub, Source, Watching
from linewright.server.web import Acts, Site, source_of
from linewright.server.web.serving import serve

if TYPE_CHECKING:
    from linewright.server.signing.oidc.provider import Provider

__all__ = ["Settings", "run"]

LOG = logging.getLogger(__name__)

AUTHORITY_EACH_S = 1.0
"""How often what is allowed is confirmed; `connect` refuses after 5 s without."""

RECORDS_BACK = 200_000
"""How far back in the stream audit records, commands and outcomes are read at the start."""

AUDIT_S = 5.0
"""How long the history service may take to give its audit."""

CLOSE_S = 3.0
"""How long the page may take to end."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the supervisor leaves for the server in `server.json`.

    Examples
    --------
    >>> Settings().port
    0
    """

    port: int = 0
    """0: the port of the last time, or a free one."""
    person: str = "local"
    role: Role = Role.SUPERVISOR
    listen: Wanted = Wanted()
    """Address, names and certificate of the page."""


async def run(bus: Bus, folder: Path, stop: asyncio.Event) -> None:
    """Serve the page of a site until `stop`.

    Parameters
    ----------
    bus
        Of the site.
    folder
        Private folder; `server.json` there says port, person and role.
    stop
        Ends it.

    Raises
    ------
    BusUnavailable
        The bus stayed away for long.
    OSError
        The port is taken by somebody else.
    """
    settings = read_private(folder / "server.json", Settings) or Settings()
    applied, clock = await _applied(bus)
    known = Known()
    grants = Grants(bus, folder / "grants.json", known.hear_stop)
    await grants.load()
    person = Person(id=settings.person, role=settings.role)
    desk = Desk(bus, applied, grants, person)
    book = Book(bus, applied, known)
    shown = _Shown(book, known)
    sending = Sending(desk, bus, applied, grants, known, book=folder / "changes.json")

    async def trusting(asked: Desk, decision: Decision) -> dict[str, Any]:
        return await trust(bus, asked, known, decision)

    acts = Acts(
        desk=desk,
        sending=sending,
        trust=trusting,
        known=known,
        audit=_asks_history(bus),
        services=shown.services,
    )
    local = Local(id=person.id, role=person.role, key=http_key(folder.parent))
    signing = read_settings(folder)
    front = Front(folder, local, signing)
    following = Following(folder, applied.site)
    front.audited.append(following.peers.ledger)

    def acting(person: Person) -> Acting:
        return Acting(book, bus, applied, person)

    site = _site(shown, acts, acting, (front, following), stop)
    site = msgspec.structs.replace(
        site, provider=_provider(signing), written=read_written(folder, applied.rev)
    )
    tasks = [
        asyncio.create_task(work)
        for work in (
            _hear_lines(bus, known),
            _hear_cases(bus, known),
            _hear_alive(bus, known),
            _hear_links(bus, known),
            sending.take_back(),
            *(_hear_records(bus, known, name) for name in ("audit", "command", "ack")),
            _confirm(grants),
            book.run(),
            _keep_signing(site, desk),
            following.run(),
            site.watching.run(stop),
            serve(site, folder, settings.port, settings.listen),
            stop.wait(),
        )
    ]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        if not stop.is_set():  # a reader ends without an error only when the bus is closed
            raise BusUnavailable(applied.site, "the bus was closed", "start the service again")
        await asyncio.wait({tasks[-2]}, timeout=CLOSE_S)
    finally:
        clock.cancel()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, clock, return_exceptions=True)


def _site(
    shown: "_Shown",
    acts: Acts,
    acting: Callable[[Person], Acting],
    others: tuple[Front, Following],
    stop: asyncio.Event,
) -> Site:
    """Return what the routes ask for; what is watched asks the same routes."""
    hub = Hub(new_id()[:8])
    found: list[Site] = []

    def source(text: str, who: tuple[Signed, Ask]) -> Source:
        return source_of(found[0], text, who[0])

    async def again(who: tuple[Signed, Ask]) -> tuple[Signed, Ask] | None:
        signed = others[0].again(*who)
        return None if signed is None else (signed, who[1])

    found.append(
        Site(
            name=shown.book.kept.site,
            picture=shown.picture,
            moment=shown.book.moment,
            acts=acts,
            book=shown.book,
            acting=acting,
            front=others[0],
            following=others[1],
            inputs=shown.version,
            hub=hub,
            watching=Watching(hub, source, again),
            stop=stop,
        )
    )
    return found[0]


def _provider(settings: SigningSettings) -> "Provider | None":
    """Return the OpenID provider that people sign in at; None where none is set."""
    if settings.oidc is None:
        return None
    from linewright.server.signing.oidc.provider import (  # noqa: PLC0415  # of the extra `oidc`
        Provider as OpenIdProvider,
    )

    return OpenIdProvider(settings.oidc, oidc_secret(), time.monotonic)


async def _keep_signing(site: Site, desk: Desk) -> None:
    """Have the audit hear who signs in and what is done to people, for ever."""

    async def publish(deed: Deed) -> None:
        actor = desk.by(Person(id=deed.by or deed.of, role=desk.person.role))
        of = {"of": deed.of, "of_class": deed.of_class, "of_rev": deed.rev}
        await actor.audit(deed.action, deed.outcome, text=deed.text, **of)

    while True:
        with contextlib.suppress(BusUnavailable):
            await site.front.keep(publish)
        await asyncio.sleep(AUTHORITY_EACH_S)


async def _applied(bus: Bus) -> tuple[Applied, "asyncio.Task[Applied]"]:
    """Return the plant in force, and what makes the plant clock known.

    The page does not wait for the clock of an emulated plant, which takes some seconds to begin.
    """
    data = await (await bus.bucket("plant")).get("applied")
    clock = asyncio.create_task(bus.applied())
    if data is None:
        return await clock, clock
    applied = msgspec.json.decode(data, type=Applied)
    bus.clock.use(emulated=applied.emulated)
    return applied, clock


class _Shown:
    """The picture of now as JSON, made once for all who ask while nothing has changed."""

    def __init__(self, book: Book, known: Known) -> None:
        self.book = book
        self._known = known
        self._data = b""
        self._made: tuple[int, float] = (-1, 0.0)
        emulated = book.moment().emulated
        self.services = tuple(s for s in SERVICES if s != "emulate" or emulated)

    def version(self) -> int:
        """Return the version of what is known; it rises with every change."""
        return self._known.version

    def picture(self) -> tuple[int, bytes]:
        """Return the version of what is known, and the state of now."""
        now_s = time.monotonic()
        made, made_s = self._made
        if made != self.version() or now_s - made_s > 0.1:  # noqa: PLR2004  # ages go on
            shown = picture(self._known, self.book.moment(), self.services)
            self._data = msgspec.json.encode(shown)
            self._made = (self._known.version, now_s)
        return self._known.version, self._data


def _asks_history(bus: Bus) -> Callable[[int], Awaitable[bytes]]:
    subject = f"lw.ask.{bus.site}.history.audit"

    async def audit(after_n: int) -> bytes:
        """Return audit records as a JSON list; history answers with a record a line."""
        question = msgspec.json.encode({"after_n": after_n})
        lines = (await bus.ask(subject, question, timeout_s=AUDIT_S)).splitlines()
        if lines and lines[0].startswith(b'{"error"'):
            raise BusUnavailable(subject, lines[0].decode("utf-8", "replace"))
        return b"[" + b",".join(lines) + b"]"

    return audit


async def _hear_lines(bus: Bus, known: Known) -> None:
    bucket = await bus.bucket("line")
    async with aclosing(bucket.watch()) as values:
        async for key, data in values:
            if data is not None:
                with _passed_over("line", key):
                    known.hear_line(decode(data, LineState))


async def _hear_cases(bus: Bus, known: Known) -> None:
    bucket = await bus.bucket("cases")
    async with aclosing(bucket.watch()) as values:
        async for key, data in values:
            if data is not None:
                with _passed_over("case", key):
                    known.hear_case(decode(data, Case))


async def _hear_links(bus: Bus, known: Known) -> None:
    bucket = await bus.bucket("links")
    async with aclosing(bucket.watch()) as values:
        async for key, data in values:
            with _passed_over("link", key):
                link = None if data is None else msgspec.json.decode(data, type=dict[str, Any])
                known.hear_link(key, link)


async def _hear_alive(bus: Bus, known: Known) -> None:
    async with aclosing(bus.listen(f"lw.alive.{bus.site}.*")) as messages:
        async for message in messages:
            service = message.subject.rpartition(".")[2]
            with _passed_over("sign of life", service):
                alive = msgspec.json.decode(message.data, type=Alive)
                known.hear_alive(service, msgspec.structs.replace(alive, heard_s=time.monotonic()))


async def _hear_records(bus: Bus, known: Known, name: str) -> None:
    """Hear one class of records, from some way back on."""
    classes: dict[str, type[Audit | Command | Ack]] = {
        "audit": Audit,
        "command": Command,
        "ack": Ack,
    }
    after = max(0, await bus.end_seq(Stream.RECORDS) - RECORDS_BACK)
    stream = bus.follow(Stream.RECORDS, after=after, subject=f"lw.{name}.>")
    async for message in _closing(stream):
        with _passed_over(name, message.subject):
            known.hear_record(decode(message.data, classes[name]))


async def _closing(stream: AsyncIterator[Message]) -> AsyncIterator[Message]:
    try:
        async for message in stream:
            yield message
    finally:
        close = getattr(stream, "aclose", None)
        if close is not None:
            await close()


@contextlib.contextmanager
def _passed_over(what: str, where: str) -> Iterator[None]:
    """Log what cannot be read, and go on: the page of the rest is worth more."""
    try:
        yield
    except (RecordInvalid, msgspec.MsgspecError) as error:
        LOG.warning("a %s at %s cannot be read: %s", what, where, error)


async def _confirm(grants: Grants) -> None:
    """Say once a second what is allowed."""
    while True:
        with contextlib.suppress(BusUnavailable):
            await grants.confirm(time.time_ns())
        await asyncio.sleep(AUTHORITY_EACH_S)
