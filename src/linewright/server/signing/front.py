"""The front desk: who comes in, by what, and who is known by a request. No web framework here.

Each entry (password, one-time link, key of the data folder, OpenID provider) ends in a session.
Whatever is refused says the same whether there is such a person or not, and takes as long.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal, NoReturn, Protocol, TypeVar

import msgspec

from linewright.plant.records import Role
from linewright.server.folder import read_private, write_private
from linewright.server.signing.faults import SigningRefused
from linewright.server.signing.guard import (
    Ask,
    bearer_of,
    cookie_name,
    cookie_of,
    is_loopback,
    must_be_own,
    must_have_csrf,
)
from linewright.server.signing.keeping.links import Link, LinkKind, Links
from linewright.server.signing.keeping.passwords import Hashing, must_be_good
from linewright.server.signing.keeping.people import Deed, Named, People, Person, folded
from linewright.server.signing.keeping.programs import TOKEN_BEGINS, Programs
from linewright.server.signing.keeping.sessions import Origin, Session, Sessions, Via
from linewright.server.signing.keeping.tokens import csrf_of, new_id, same
from linewright.server.signing.limits import Backoffs, Buckets, place_of
from linewright.server.signing.members import Actor, Members
from linewright.server.signing.oidc.claims import Claims
from linewright.server.signing.reading import Reading
from linewright.server.signing.roles import EVERYWHERE, may, must_may
from linewright.server.signing.settings import SigningSettings

T = TypeVar("T")

__all__ = ["Clocks", "Front", "Local", "Opened", "Signed"]

CHECKS_AT_ONCE = 2
"""Passwords that are checked at once: each takes 64 MiB and a processor."""

CHECKS_WAITING_MAX = 32
"""Passwords that may wait to be checked; more are asked to come again."""

SAVE_EACH_S = 30.0
"""How often the times of use of sessions are written."""

TELL_EACH_S = 1.0
"""How often it is looked whether there are deeds for the audit."""

DEEDS_KEPT = 1_000
"""Most sign-ins that wait for the audit; the oldest are lost where it is away for long."""

LINK_TRIES_PER_S = 0.2
LINK_TRIES = 10
"""Tries of one-time links, keys and OpenID from one place: a person needs one or two."""

REFUSALS_PER_S = 1 / 6
REFUSALS = 10
"""Refused sign-ins that are audited: an attacker must not fill the audit."""

NOBODY = "unknown"
"""Stands in the audit for a sign-in name that nobody has: people type passwords there."""


class Clocks(msgspec.Struct, frozen=True):
    """Wall clock in ms since 1970 UTC, and steady clock in s."""

    wall_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    mono_s: Callable[[], float] = time.monotonic


class Local(msgspec.Struct, frozen=True, kw_only=True):
    """Who the key of the data folder stands for, as `linewright up --as` says.

    Examples
    --------
    >>> Local(id="local", role=Role.SUPERVISOR, key="k").role.value
    'supervisor'
    """

    id: str
    role: Role
    key: str


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """Who makes a request, and what they may.

    Examples
    --------
    >>> Signed(person="p", roles={"reno": Role.OPERATOR}, via="password").may("see", "reno/shop")
    True
    """

    person: str
    roles: dict[str, Role]
    via: Via | Literal["token"]
    session: str = ""
    """Id of the session; empty for a request that brings the key itself."""
    csrf: str = ""
    """What unsafe requests of the session carry in the header `x-linewright-csrf`."""
    scopes: tuple[str, ...] = ()
    """What the token of a program may read; it has no role, so that nothing else is given."""
    site: str = ""
    """Where a token holds."""

    @property
    def is_program(self) -> bool:
        """Whether it is a program with a token of its own, and not a person."""
        return self.via == "token"

    def may_read(self, scope: str, site: str) -> bool:
        """Tell whether the token of a program was made for this."""
        return self.is_program and scope in self.scopes and site == self.site

    def may(self, permission: str, address: str) -> bool:
        """Tell whether the person may, at an address."""
        return may(self.roles, permission, address)

    def must_may(self, permission: str, address: str) -> None:
        """Refuse what the person may not.

        Raises
        ------
        SigningRefused
            The roles of the person do not give it there.
        """
        must_may(self.roles, permission, address)

    @property
    def actor(self) -> Actor:
        """The person as one who changes people."""
        return Actor(self.person, self.roles)


class Opened(msgspec.Struct, frozen=True):
    """A session that has just begun: its token for the cookie, and who it is."""

    token: str
    signed: Signed


class Told(Protocol):
    """A store that keeps what the audit is still to hear of it."""

    def deeds(self) -> tuple[Deed, ...]:
        """Return what waits, the oldest first."""

    def told(self, deeds: tuple[Deed, ...]) -> None:
        """Take away what is in the audit by now."""


class _Mark(msgspec.Struct, frozen=True):
    mark: str


class Front:
    """Signing in at one data folder.

    Parameters
    ----------
    folder
        Private folder of the server.
    local
        Who the key stands for.
    settings
        Lives of sessions.
    hashing
        Makes and checks hashes of passwords.
    clocks
        Given by tests.
    """

    def __init__(
        self,
        folder: Path,
        local: Local,
        settings: SigningSettings | None = None,
        *,
        hashing: Hashing | None = None,
        clocks: Clocks | None = None,
    ) -> None:
        settings = settings or SigningSettings()
        self.people = People(folder)
        self.links = Links(folder / "links.json")
        self.sessions = Sessions(
            folder / "sessions.json",
            idle_s=settings.idle_h * 3600,
            longest_s=settings.longest_h * 3600,
        )
        self.members = Members(self.people, self.links)
        self.programs = Programs(folder)
        self.audited: list[Told] = [self.people, self.programs.ledger]
        """Stores whose changes the audit hears of."""
        self.mark = _mark_of(folder)
        self._local = local
        self._hashing = hashing or Hashing()
        self._clocks = clocks or Clocks()
        self._backoffs = Backoffs()
        self._tries = Buckets(per_s=LINK_TRIES_PER_S, burst=LINK_TRIES)
        self._audited = Buckets(per_s=REFUSALS_PER_S, burst=REFUSALS)
        self._checking = asyncio.Semaphore(CHECKS_AT_ONCE)
        self._waiting = 0
        self._deeds: deque[Deed] = deque(maxlen=DEEDS_KEPT)
        self._reading = Reading(self.programs, self._deeds.append)
        self.people.mend()

    # ------------------------------------------------------------------ who makes a request

    def cookie(self, ask: Ask) -> str:
        """Return the name of the session's cookie, as it is on this connection."""
        return cookie_name(self.mark, is_tls=ask.is_tls)

    def signed(self, ask: Ask) -> Signed | None:
        """Return who makes a request; None where nobody is signed in.

        Raises
        ------
        SigningRefused
            A foreign page makes it, the CSRF token is missing, or a key came that is not ours.
        """
        token = cookie_of(ask, self.cookie(ask))
        bearer = bearer_of(ask)
        must_be_own(ask, has_cookie=bool(token))
        if bearer:
            is_token = bearer.startswith(TOKEN_BEGINS)
            return self._by_program(bearer, ask) if is_token else self._by_key(bearer, ask)
        found = self._by_token(token, ask) if token else None
        if found is not None:
            must_have_csrf(ask, token)
        return found

    def again(self, signed: Signed, ask: Ask) -> Signed | None:
        """Return who is at the other end of an open WebSocket now; None: it is to be closed."""
        if not signed.session:
            return signed
        return self._by_token(cookie_of(ask, self.cookie(ask)), ask)

    def _by_token(self, token: str, ask: Ask) -> Signed | None:
        session = self.sessions.find(token, now_ms=self._clocks.wall_ms())
        if session is None:
            return None
        roles = self._roles_of(session, ask)
        if roles is None:
            return None
        return Signed(
            person=session.person,
            roles=roles,
            via=session.via,
            session=session.id,
            csrf=csrf_of(token),
        )

    def _roles_of(self, session: Session, ask: Ask) -> dict[str, Role] | None:
        """Return the roles of now: a person who was disabled has none."""
        if session.via == "key":
            is_ours = session.person == self._local.id and is_loopback(ask.client)
            return {EVERYWHERE: self._local.role} if is_ours else None
        person = self.people.get(session.person)
        if person is None or not person.is_active or person.epoch != session.epoch:
            return None
        return dict(person.roles)

    def _by_key(self, key: str, ask: Ask) -> Signed:
        self._must_be_key(key, ask)
        return Signed(person=self._local.id, roles={EVERYWHERE: self._local.role}, via="key")

    def _by_program(self, secret: str, ask: Ask) -> Signed:
        now_ms, now_s = self._clocks.wall_ms(), self._clocks.mono_s()
        found = self._reading.checked(secret, ask, now_ms=now_ms, now_s=now_s)
        return Signed(person=found.id, roles={}, via="token", scopes=found.scopes, site=found.site)

    def _must_be_key(self, key: str, ask: Ask) -> None:
        if not is_loopback(ask.client):
            what = "the key of the data folder works on this machine only"
            raise SigningRefused(403, what, ask.path, "sign in with name and password")
        if not same(key, self._local.key):
            self._must_wait(ask)
            to_do = "open the page by the address that `linewright up` prints, with its key"
            raise SigningRefused(401, "this is not the key", ask.path, to_do)

    # ------------------------------------------------------------------ how a session begins

    async def sign_in(self, login: str, password: str, ask: Ask) -> Opened:
        """Begin a session with name and password.

        Raises
        ------
        SigningRefused
            401: they do not belong together. 429: too many wrong ones; `wait_s` says how long.
        """
        account = folded(login)[:256]
        wait_s = self._backoffs.begin(account, ask.client, now_s=self._clocks.mono_s())
        if wait_s > 0:
            raise _too_early(wait_s, ask)
        person = self.people.by_login(login)
        kept = person.hash if person is not None and person.is_active else ""
        is_right = await self._checked(lambda: self._hashing.is_right(kept, password))
        if person is None or not is_right:
            self._audit_refused(person, ask)
            what = "name and password do not belong together"
            raise SigningRefused(401, what, ask.path, "try again, or ask an admin for a link")
        self._backoffs.right(account, ask.client, now_s=self._clocks.mono_s())
        if self._hashing.is_old(kept):
            await self._set_hash(person.id, password, action="people.rehashed", ends_all=False)
        return self._begun(person.id, "password", ask)

    async def first(self, token: str, named: Named, password: str, ask: Ask) -> Opened:
        """Make the first admin by the link that `linewright up` printed, and begin a session.

        Raises
        ------
        SigningRefused
            401: the link has ended, or was used. 422: names or password do not do.
        """
        self._must_wait(ask)
        self._open_link(token, "first", ask)
        must_be_good(password, names=(named.login, named.name))
        made = await self._checked(lambda: self._hashing.made(password))
        self._take_link(token, "first", ask)
        person = self.people.add(
            named, {EVERYWHERE: Role.ADMIN}, by="", now_ms=self._clocks.wall_ms(), hash=made
        )
        return self._begun(person.id, "link", ask)

    async def use_link(self, token: str, password: str, ask: Ask) -> Opened:
        """Choose a password by a one-time link; sessions of before end, and one begins.

        Raises
        ------
        SigningRefused
            401: the link has ended, or was used. 422: the password does not do.
        """
        self._must_wait(ask)
        link = self._open_link(token, "sign_in", ask)
        self._must_be_good(link.person, password)
        made = await self._checked(lambda: self._hashing.made(password))
        self._take_link(token, "sign_in", ask)
        self._put_hash(link.person, made, action="people.password", ends_all=True)
        return self._begun(link.person, "link", ask)

    def link_for(self, token: str, kind: LinkKind, ask: Ask) -> Named | None:
        """Return the names of whom an open link is for, and leave it open; none for the first.

        Raises
        ------
        SigningRefused
            401: the link has ended, or was used.
        """
        self._must_wait(ask)
        return self.people.named(self._open_link(token, kind, ask).person)

    def exchange(self, key: str, ask: Ask) -> Opened:
        """Begin a session with the key of the data folder, on this machine only.

        Raises
        ------
        SigningRefused
            401: it is another key. 403: from another machine.
        """
        self._must_be_key(key, ask)
        return self._begun(self._local.id, "key", ask)

    def by_claims(self, claims: Claims, ask: Ask) -> Opened:
        """Begin a session for a person whom an OpenID provider vouches for.

        The person is made at the first time; roles are those that the provider's groups give now.

        Raises
        ------
        SigningRefused
            403: no group of the person has a role here, or the person is disabled.
        """
        now_ms = self._clocks.wall_ms()
        if not claims.roles:
            what = "none of your groups has a role here"
            raise SigningRefused(403, what, ask.path, "ask an admin of the provider for a group")
        person = self.people.by_subject(claims.subject)
        if person is None:
            named = Named(login=self._free_login(claims), name=claims.name)
            person = self.people.add(
                named, claims.roles, by="", now_ms=now_ms, subject=claims.subject
            )
        elif not person.is_active:
            raise SigningRefused(403, "you may not sign in here", ask.path, "ask an admin")
        elif person.roles != claims.roles:
            person = self.people.change(
                person.id,
                "people.roles",
                lambda p: msgspec.structs.replace(p, roles=dict(claims.roles)),
                by=person.id,
                now_ms=now_ms,
                text="as the groups at the OpenID provider say",
            )
        return self._begun(person.id, "oidc", ask)

    def _free_login(self, claims: Claims) -> str:
        """Return the name of a person at the provider, or one behind it where that is taken."""
        taken = self.people.by_login(claims.login) is not None
        return f"{claims.login[:40]}-{claims.subject[:8]}" if taken else claims.login

    # ------------------------------------------------------------------ what the person does

    async def change_password(self, signed: Signed, old: str, new: str, ask: Ask) -> Opened:
        """Change the own password; all sessions of the person end, and a new one begins.

        Raises
        ------
        SigningRefused
            401: the old one is wrong. 409: there is none. 422: the new one does not do.
        """
        person = self.people.get(signed.person)
        if person is None or not person.hash:
            what = "there is no password to change"
            raise SigningRefused(409, what, ask.path, "you sign in by other means")
        wait_s = self._backoffs.begin(person.id, ask.client, now_s=self._clocks.mono_s())
        if wait_s > 0:
            raise _too_early(wait_s, ask)
        kept = person.hash
        if not await self._checked(lambda: self._hashing.is_right(kept, old)):
            raise SigningRefused(401, "the old password is wrong", ask.path, "try again")
        self._backoffs.right(person.id, ask.client, now_s=self._clocks.mono_s())
        self._must_be_good(person.id, new)
        await self._set_hash(person.id, new, action="people.password", ends_all=True)
        return self._begun(person.id, "password", ask)

    def sign_out(self, signed: Signed) -> None:
        """End the session of a request."""
        if signed.session and self.sessions.end(signed.session):
            self._note("session.ended", signed.person, by=signed.person, text="signed out")

    def end_session(self, session_id: str, *, signed: Signed, person_id: str = "") -> None:
        """End a session: one of the own, or of a person whom one may change.

        Raises
        ------
        SigningRefused
            403: not of that person. 404: there is no such session.
        """
        whose = person_id or signed.person
        if whose != signed.person:
            person = self.people.get(whose)
            for site in person.roles if person else [EVERYWHERE]:
                signed.must_may("people", site)
        if not self.sessions.end(session_id, person=whose):
            raise SigningRefused(404, "there is no such session", session_id, "look again")
        self._note("session.ended", whose, by=signed.person, text="ended from a list")

    # ------------------------------------------------------------------ what the shell does

    async def keep(self, publish: Callable[[Deed], Awaitable[None]]) -> None:
        """Write times of use, and hand deeds to the audit, until cancelled.

        Parameters
        ----------
        publish
            Publishes one deed as an audit record and returns when the stream has it; what it
            raises ends this.
        """
        saved_s = self._clocks.mono_s()
        while True:
            for deed in self.unpublished():
                await publish(deed)
                self.published((deed,))
            if self._clocks.mono_s() - saved_s >= SAVE_EACH_S:
                saved_s = self._clocks.mono_s()
                self.save()
            await asyncio.sleep(TELL_EACH_S)

    def unpublished(self) -> tuple[Deed, ...]:
        """Return what the audit has not heard yet: changes of what is kept, then sign-ins."""
        return (*(deed for store in self.audited for deed in store.deeds()), *self._deeds)

    def published(self, deeds: tuple[Deed, ...]) -> None:
        """Take away what is in the audit by now."""
        for deed in deeds:
            if deed in self._deeds:
                self._deeds.remove(deed)
        for store in self.audited:
            kept = store.deeds()
            if any(deed in kept for deed in deeds):
                store.told(deeds)

    def save(self) -> None:
        """Write the times of use of sessions and tokens."""
        self.sessions.save(now_ms=self._clocks.wall_ms())
        self.programs.save()

    # ------------------------------------------------------------------ inside

    def _begun(self, person_id: str, via: Via, ask: Ask) -> Opened:
        person = self.people.get(person_id)
        token, session = self.sessions.begin(
            person_id,
            via,
            now_ms=self._clocks.wall_ms(),
            epoch=person.epoch if person and via != "key" else 0,
            origin=Origin(ask.client, ask.headers.get("user-agent", "")),
        )
        self._note("session.begun", person_id, by=person_id, text=f"by {via}")
        signed = self._by_token(token, ask)
        if signed is None:
            self.sessions.end(session.id)
            raise SigningRefused(403, "you may not sign in here", ask.path, "ask an admin")
        return Opened(token, signed)

    async def _checked(self, work: Callable[[], T]) -> T:
        """Do the work of a hash beside the event loop, a few at once."""
        if self._waiting >= CHECKS_WAITING_MAX:
            what = "too many sign in at this moment"
            raise SigningRefused(503, what, "sign-in", "try again in some seconds", wait_s=5.0)
        self._waiting += 1
        try:
            async with self._checking:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1

    async def _set_hash(
        self, person_id: str, password: str, *, action: str, ends_all: bool
    ) -> None:
        made = await self._checked(lambda: self._hashing.made(password))
        self._put_hash(person_id, made, action=action, ends_all=ends_all)

    def _put_hash(self, person_id: str, made: str, *, action: str, ends_all: bool) -> None:
        def with_hash(person: Person) -> Person:
            epoch = person.epoch + ends_all
            return msgspec.structs.replace(person, hash=made, epoch=epoch)

        now_ms = self._clocks.wall_ms()
        self.people.change(person_id, action, with_hash, by=person_id, now_ms=now_ms)
        if ends_all:
            self.sessions.end_all(person_id)

    def _must_be_good(self, person_id: str, password: str) -> None:
        named = self.people.named(person_id)
        must_be_good(password, names=(named.login, named.name) if named else ())

    def _open_link(self, token: str, kind: LinkKind, ask: Ask) -> Link:
        found = self.links.peek(token, kind, now_ms=self._clocks.wall_ms())
        if found is not None and kind == "first":
            if not self.people.is_empty:
                _ended(ask)
            return found
        person = self.people.get(found.person) if found is not None else None
        if found is None or person is None or not person.is_active:
            _ended(ask)
        return found

    def _take_link(self, token: str, kind: LinkKind, ask: Ask) -> None:
        if self.links.take(token, kind, now_ms=self._clocks.wall_ms()) is None:
            _ended(ask)

    def _must_wait(self, ask: Ask) -> None:
        """Slow down who tries links and keys; nobody guesses 256 bits, but trying costs us."""
        wait_s = self._tries.wait_s(place_of(ask.client), now_s=self._clocks.mono_s())
        if wait_s > 0:
            raise _too_early(wait_s, ask)

    def _note(self, action: str, of: str, *, by: str, text: str, outcome: str = "done") -> None:
        now_ms = self._clocks.wall_ms()
        deed = Deed(action=action, of=of, by=by, outcome=outcome, text=text, t_ms=now_ms)
        self._deeds.append(deed)

    def _audit_refused(self, person: Person | None, ask: Ask) -> None:
        if self._audited.wait_s("refused", now_s=self._clocks.mono_s()) > 0:
            return
        whom = person.id if person else NOBODY
        text = f"from {place_of(ask.client)}"
        self._note("session.refused", whom, by=NOBODY, text=text, outcome="wrong_password")


def _ended(ask: Ask) -> NoReturn:
    what = "this link has ended, or was used already"
    raise SigningRefused(401, what, ask.path, "ask for a new one")


def _too_early(wait_s: float, ask: Ask) -> SigningRefused:
    what = "there were too many tries"
    to_do = f"wait {wait_s:.0f} s, then try again"
    return SigningRefused(429, what, ask.path, to_do, wait_s=wait_s)


def _mark_of(folder: Path) -> str:
    """Return what tells this data folder from others in the cookies of one browser."""
    path = folder / "mark.json"
    found = read_private(path, _Mark)
    if found is None:
        found = _Mark(new_id()[:8])
        write_private(path, msgspec.json.encode(found))
    return found.mark
