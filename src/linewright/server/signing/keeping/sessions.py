"""Sessions: who is signed in, by the hash of a token that only the browser has.

A session ends when it is not used for a while, when it is too old, when it is ended, or when the
person has a later `epoch`. The file is written when sessions begin and end,
and now and then for the times of use; one that is killed forgets some seconds of these.
"""

import contextlib
from pathlib import Path
from typing import Literal

import msgspec

from linewright.server.folder import read_private, write_private
from linewright.server.signing.keeping.tokens import new_id, new_token, same, sha256_of

__all__ = ["Origin", "Session", "Sessions", "Via"]

IDLE_S = 12 * 3600
"""Unused for so long, a session ends: a shift and its hand-over."""

LONGEST_S = 7 * 24 * 3600
"""So old, a session ends however much it is used."""

OF_PERSON_MAX = 20
"""Most sessions of one person; the one that was not used for longest makes room."""

SESSIONS_MAX = 5_000
"""Most sessions of all; the one that was not used for longest makes room."""

USED_EACH_MS = 30_000
"""How often a use is noted: not at each request."""

AGENT_CHARS_MAX = 120

Via = Literal["password", "link", "key", "oidc"]
"""How a session began."""


class Origin(msgspec.Struct, frozen=True):
    """From where a session begins: network address, and what the browser calls itself."""

    client: str
    agent: str = ""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One session; the token itself is kept nowhere.

    Examples
    --------
    >>> Session(id="s", sha256="", person="p", via="key", made_ms=0, used_ms=0).agent
    ''
    """

    id: str
    """By which it is listed and ended; tells nothing of the token."""
    sha256: str
    person: str
    via: Via
    made_ms: int
    used_ms: int
    epoch: int = 0
    """Of the person when it began: a person of a later one has ended it."""
    client: str = ""
    """Network address from which it began."""
    agent: str = ""
    """Browser and device, as they call themselves."""


class Sessions:
    """The sessions of a data folder; one process writes them.

    Parameters
    ----------
    path
        Private file.
    idle_s, longest_s
        When sessions end.

    Examples
    --------
    >>> Sessions(Path("no/such/file")).of_person("p")
    ()
    """

    def __init__(self, path: Path, *, idle_s: float = IDLE_S, longest_s: float = LONGEST_S) -> None:
        self._path = path
        self.idle_s = idle_s
        self.longest_s = longest_s
        found = read_private(path, list[Session]) or []  # a damaged file: all sign in anew
        self._by_hash = {session.sha256: session for session in found}
        self._is_dirty = False

    def begin(
        self,
        person: str,
        via: Via,
        *,
        now_ms: int,
        epoch: int = 0,
        origin: Origin | None = None,
    ) -> tuple[str, Session]:
        """Begin a session and return its token, which is told once, and what is kept.

        Parameters
        ----------
        person
            Id of who signed in.
        via
            How.
        now_ms
            Wall clock.
        epoch
            Of the person.
        origin
            From where, for the person who looks through the own sessions.
        """
        token = new_token()
        session = Session(
            id=new_id(),
            sha256=sha256_of(token),
            person=person,
            via=via,
            made_ms=now_ms,
            used_ms=now_ms,
            epoch=epoch,
            client=origin.client if origin else "",
            agent=origin.agent[:AGENT_CHARS_MAX] if origin else "",
        )
        self._forget_ended(now_ms)
        self._make_room([s for s in self._by_hash.values() if s.person == person], OF_PERSON_MAX)
        self._make_room(list(self._by_hash.values()), SESSIONS_MAX)
        self._by_hash[session.sha256] = session
        self._write()
        return token, session

    def find(self, token: str, *, now_ms: int) -> Session | None:
        """Return the session of a token, and note that it is used; None where it has none."""
        wanted = sha256_of(token)
        session = self._by_hash.get(wanted)
        if session is None or not same(session.sha256, wanted):
            return None
        if not self._lives(session, now_ms):
            self._drop([session])
            return None
        if now_ms - session.used_ms >= USED_EACH_MS:
            session = msgspec.structs.replace(session, used_ms=now_ms)
            self._by_hash[wanted] = session
            self._is_dirty = True
        return session

    def of_person(self, person: str) -> tuple[Session, ...]:
        """Return the sessions of a person, the one used last first."""
        found = [s for s in self._by_hash.values() if s.person == person]
        return tuple(sorted(found, key=lambda s: (-s.used_ms, s.id)))

    def end(self, session_id: str, *, person: str | None = None) -> bool:
        """End a session, of this person only where one is named; whether there was one."""
        found = [
            s
            for s in self._by_hash.values()
            if s.id == session_id and (person is None or s.person == person)
        ]
        self._drop(found)
        return bool(found)

    def end_all(self, person: str, *, but: str = "") -> int:
        """End the sessions of a person, one aside where it is named; how many there were."""
        found = [s for s in self._by_hash.values() if s.person == person and s.id != but]
        self._drop(found)
        return len(found)

    def save(self, *, now_ms: int) -> None:
        """Write the times of use, and forget what has ended; nothing where nothing changed."""
        self._forget_ended(now_ms)
        if self._is_dirty:
            self._write()

    def _lives(self, session: Session, now_ms: int) -> bool:
        is_used = now_ms - session.used_ms < self.idle_s * 1000
        return is_used and now_ms - session.made_ms < self.longest_s * 1000

    def _forget_ended(self, now_ms: int) -> None:
        ended = [s for s in self._by_hash.values() if not self._lives(s, now_ms)]
        for session in ended:
            del self._by_hash[session.sha256]
        self._is_dirty = self._is_dirty or bool(ended)

    def _make_room(self, among: list[Session], most: int) -> None:
        among.sort(key=lambda s: s.used_ms)
        for session in among[: max(0, len(among) - most + 1)]:
            del self._by_hash[session.sha256]

    def _drop(self, ended: list[Session]) -> None:
        for session in ended:
            with contextlib.suppress(KeyError):
                del self._by_hash[session.sha256]
        if ended:
            self._write()

    def _write(self) -> None:
        write_private(self._path, msgspec.json.encode(list(self._by_hash.values())))
        self._is_dirty = False
