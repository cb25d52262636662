"""What the routes ask: what is known, who acts, what is watched, and when all of it ends."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from linewright.server.acting.sending import Sending
from linewright.server.acting.trusting import Decision
from linewright.server.book.acting import Acting
from linewright.server.book.hearing import Book
from linewright.server.desk import Desk
from linewright.server.grants import Person
from linewright.server.known import Known, Moment
from linewright.server.peers import Following
from linewright.server.signing.front import Front
from linewright.server.watching import Hub, Watching

if TYPE_CHECKING:
    from linewright.server.signing.oidc.provider import Provider

__all__ = ["Acts", "Site"]


class Acts(msgspec.Struct, frozen=True, kw_only=True):
    """What a person can do here, and what is known of it."""

    desk: Desk
    sending: Sending
    trust: Callable[[Desk, Decision], Awaitable[dict[str, Any]]]
    known: Known
    audit: Callable[[int], Awaitable[bytes]]
    """Audit records after a number of the chain, as JSON; asks the history service."""
    services: tuple[str, ...]
    """Those that should run."""

    def by(self, person: Person) -> "Acts":
        """Return the same for another person; acts go on one at a time for all of them."""
        desk = self.desk.by(person)
        return msgspec.structs.replace(self, desk=desk, sending=self.sending.by(desk))


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """What the routes of one site ask for."""

    name: str
    picture: Callable[[], tuple[int, bytes]]
    """The version of what is known, and the state as the old page shows it, as JSON."""
    moment: Callable[[], Moment]
    acts: Acts
    book: Book
    acting: Callable[[Person], Acting]
    """What a person can do to the records of the site."""
    front: Front
    following: Following
    """Sites of other servers."""
    provider: "Provider | None" = None
    """OpenID provider that people sign in at, where one is set."""
    authority: Path | None = None
    """Certificate that devices trust, where it is our own."""
    inputs: Callable[[], object]
    """Version of all that is known: what is made from it is made again when it differs."""
    hub: Hub
    watching: Watching
    stop: asyncio.Event
    """Ends the streams."""
    written: Mapping[str, str] = {}
    """`file:line` of stations and tags in the plant file, by address."""

    def state(self) -> dict[str, Any]:
        """Return the state of the old page as data."""
        found: dict[str, Any] = msgspec.json.decode(self.picture()[1])
        return found
