"""One-time links: for the first admin, and for a person who has no password or forgot it.

Only the hash of a link's token is kept. `linewright up` and `linewright people` make links, the
server takes them; whoever takes one first has it, and then it is gone.
"""

from pathlib import Path
from typing import Literal

import msgspec

from linewright.server.signing.keeping.locked import LockedFile
from linewright.server.signing.keeping.tokens import new_token, same, sha256_of

__all__ = ["Link", "LinkKind", "Links"]

FIRST_S = 3600
"""Life of the link for the first admin: who starts the plant stands before it."""

SIGN_IN_S = 24 * 3600
"""Life of a link for a person: it has to reach them."""

LINKS_MAX = 1_000
"""Most links that are open at once; the oldest makes room."""

LinkKind = Literal["first", "sign_in"]


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One link that is open; the token itself is kept nowhere.

    Examples
    --------
    >>> Link(kind="first", sha256="", until_ms=0).person
    ''
    """

    kind: LinkKind
    sha256: str
    until_ms: int
    """Wall clock at which it ends."""
    person: str = ""
    """Id of whom it is for; empty for the first admin."""


class Links:
    """The open links of a data folder.

    Parameters
    ----------
    path
        Private file.

    Examples
    --------
    >>> Links(Path("no/such/file")).peek("token", "first", now_ms=0) is None
    True
    """

    def __init__(self, path: Path) -> None:
        empty: tuple[Link, ...] = ()
        self._file = LockedFile(path, tuple[Link, ...], empty)

    def make(self, kind: LinkKind, *, now_ms: int, person: str = "") -> str:
        """Return the token of a new link; an older one of the same kind and person ends."""
        token = new_token()
        life_s = FIRST_S if kind == "first" else SIGN_IN_S
        made = Link(
            kind=kind, sha256=sha256_of(token), until_ms=now_ms + life_s * 1000, person=person
        )
        with self._file.lock() as links:
            kept = [
                link
                for link in links
                if link.until_ms > now_ms and (link.kind, link.person) != (kind, person)
            ]
            self._file.write((*kept[-(LINKS_MAX - 1) :], made))
        return token

    def peek(self, token: str, kind: LinkKind, *, now_ms: int) -> Link | None:
        """Return the open link of a token, and leave it open; None where there is none."""
        return _found(self._file.read(), token, kind, now_ms)

    def take(self, token: str, kind: LinkKind, *, now_ms: int) -> Link | None:
        """Return the open link of a token and end it; None where there is none, or it is taken."""
        with self._file.lock() as links:
            found = _found(links, token, kind, now_ms)
            if found is not None:
                self._file.write(tuple(link for link in links if link is not found))
        return found

    def end(self, kind: LinkKind, *, person: str = "") -> None:
        """End the links of a kind and person."""
        if any((link.kind, link.person) == (kind, person) for link in self._file.read()):
            with self._file.lock() as links:
                left = (link for link in links if (link.kind, link.person) != (kind, person))
                self._file.write(tuple(left))


def _found(links: tuple[Link, ...], token: str, kind: LinkKind, now_ms: int) -> Link | None:
    wanted = sha256_of(token)
    found = [link for link in links if link.kind == kind and same(link.sha256, wanted)]
    return next((link for link in found if now_ms < link.until_ms), None)
