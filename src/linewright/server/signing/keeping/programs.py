"""Tokens of programs: Prometheus, Grafana, the server of another site. Each reads a few things.

A token is told once and only its hash is kept. It holds at one site, for the words that it was
made with, and until a day. When and from where it was last used is kept in a file of its own,
which the server alone writes.
"""

import contextlib
from pathlib import Path

import msgspec

from linewright.server.folder import read_private, write_private
from linewright.server.signing.faults import SigningRefused
from linewright.server.signing.keeping.ledger import Ledger
from linewright.server.signing.keeping.people import Deed
from linewright.server.signing.keeping.tokens import new_id, new_token, same, sha256_of

__all__ = ["DAYS", "DAYS_MAX", "SCOPES", "TOKEN_BEGINS", "Program", "ProgramWanted", "Programs"]

SCOPES = {
    "metrics": "read `/metrics`, for Prometheus",
    "grafana": "read `/api/grafana/...`, for Grafana",
    "sites": "read this site at a glance, for the server of another site",
}
"""What a token may do, by word; all of it reads."""

TOKEN_BEGINS = "lwt_"  # noqa: S105  # how one begins, none itself
"""How every token begins, so that programs that look for leaked secrets find it."""

DAYS = 365
"""How long a token holds where nothing else is said: it is renewed once a year."""

DAYS_MAX = 730
"""Longest life: what nobody renews in two years is forgotten."""

DAY_MS = 86_400_000

PROGRAMS_MAX = 200
"""Most tokens of one site: programs that read are few."""

SHOWN_DAYS = 30
"""How long one that has ended is still listed, so that somebody sees why a program went silent."""

USED_EACH_MS = 10_000
"""How exactly the last use is known: it must not be a write for each request."""

NAME_CHARS_MAX = 64


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """A token of a program; the secret itself is kept nowhere.

    Examples
    --------
    >>> Program(id="t1", name="grafana", scopes=("grafana",), site="reno", sha256="", made_by="p",
    ...     made_ms=0, until_ms=10).lives(9)
    True
    """

    id: str
    name: str
    scopes: tuple[str, ...]
    site: str
    """The site that it may read."""
    sha256: str
    made_by: str
    """Id of the person."""
    made_ms: int
    until_ms: int

    def lives(self, now_ms: int) -> bool:
        """Tell whether it holds at a time."""
        return now_ms < self.until_ms


class Used(msgspec.Struct, frozen=True):
    """When a token was last used, and from which network address."""

    at_ms: int
    client: str


class ProgramWanted(msgspec.Struct, frozen=True, kw_only=True):
    """A token that somebody wants.

    Examples
    --------
    >>> ProgramWanted(name="grafana", scopes=("grafana",), site="reno").days
    365
    """

    name: str
    scopes: tuple[str, ...]
    site: str
    days: int = DAYS


class Programs:
    """The tokens of a data folder.

    Parameters
    ----------
    folder
        Private folder of the server.

    Examples
    --------
    >>> Programs(Path("no/such/folder")).everyone(now_ms=0)
    ()
    """

    def __init__(self, folder: Path) -> None:
        self.ledger = Ledger(folder / "programs.json", Program)
        self._used_path = folder / "programs-used.json"
        self._used: dict[str, Used] = read_private(self._used_path, dict[str, Used]) or {}
        self._is_dirty = False

    def everyone(self, *, now_ms: int) -> tuple[Program, ...]:
        """Return the tokens by name, those that ended lately too."""
        there = self.ledger.things().values()
        found = [each for each in there if now_ms < each.until_ms + SHOWN_DAYS * DAY_MS]
        return tuple(sorted(found, key=lambda each: (each.name, each.made_ms, each.id)))

    def used(self, program_id: str) -> Used | None:
        """Return when a token was last used; None: never."""
        return self._used.get(program_id)

    def add(self, wanted: ProgramWanted, *, by: str, now_ms: int) -> tuple[Program, str]:
        """Make a token; returns what is kept, and the secret, which is told this once.

        Parameters
        ----------
        wanted
            Name, scopes, site and days.
        by
            Id of who makes it.
        now_ms
            Wall clock.

        Raises
        ------
        SigningRefused
            Something of it cannot be used, the name is taken, or there are too many.
        """
        wanted = _checked(wanted)
        secret = f"{TOKEN_BEGINS}{new_token()}"
        made = Program(
            id=f"t-{new_id()}",
            name=wanted.name,
            scopes=wanted.scopes,
            site=wanted.site,
            sha256=sha256_of(secret),
            made_by=by,
            made_ms=now_ms,
            until_ms=now_ms + wanted.days * DAY_MS,
        )
        with self.ledger.change() as held:
            things = {i: t for i, t in held.things.items() if now_ms < t.until_ms}
            _must_fit(made, things)
            text = f"{made.name}: {', '.join(made.scopes)} of {made.site}, {wanted.days} days"
            deed = _deed("tokens.added", made.id, by, text=text, now_ms=now_ms)
            held.write(things | {made.id: made}, deed)
        return made, secret

    def revoke(self, program_id: str, *, by: str, now_ms: int) -> Program:
        """End a token at once and for good.

        Raises
        ------
        SigningRefused
            There is no such token.
        """
        with self.ledger.change() as held:
            found = held.things.get(program_id)
            if found is None:
                raise SigningRefused(404, "there is no such token", program_id, "list them first")
            left = {i: each for i, each in held.things.items() if i != program_id}
            deed = _deed("tokens.revoked", program_id, by, text=found.name, now_ms=now_ms)
            held.write(left, deed)
        return found

    def find(self, secret: str, *, client: str, now_ms: int, is_use: bool = True) -> Program | None:
        """Return whose a secret is, also where it has ended.

        Parameters
        ----------
        secret
            As it came.
        client
            Network address from which.
        now_ms
            Wall clock.
        is_use
            Whether the use of one that holds is noted.
        """
        wanted = sha256_of(secret)
        there = self.ledger.things().values()
        found = next((each for each in there if same(each.sha256, wanted)), None)
        if is_use and found is not None and found.lives(now_ms):
            before = self._used.get(found.id)
            is_new = before is None or before.client != client
            if before is None or is_new or now_ms - before.at_ms >= USED_EACH_MS:
                self._used[found.id] = Used(now_ms, client[:64])
                self._is_dirty = True
        return found

    def save(self) -> None:
        """Write the times of use; nothing where nothing changed."""
        if not self._is_dirty:
            return
        there = self.ledger.things()
        self._used = {each: used for each, used in self._used.items() if each in there}
        with contextlib.suppress(OSError):  # a full disk must not keep anybody from reading
            write_private(self._used_path, msgspec.json.encode(self._used))
            self._is_dirty = False


def _deed(action: str, of: str, by: str, *, text: str, now_ms: int) -> Deed:
    return Deed(action=action, of=of, of_class="token", by=by, text=text, t_ms=now_ms)


def _checked(wanted: ProgramWanted) -> ProgramWanted:
    name = wanted.name.strip()
    if not 1 <= len(name) <= NAME_CHARS_MAX or not name.isprintable():
        what = f"a name has 1 to {NAME_CHARS_MAX} characters that can be printed"
        raise SigningRefused(422, what, "name", "name the program, such as prometheus")
    scopes = tuple(dict.fromkeys(wanted.scopes))
    wrong = next((word for word in scopes if word not in SCOPES), None)
    if wrong is not None or not scopes:
        what = f"`{wrong}` is no scope" if scopes else "it may read nothing"
        raise SigningRefused(422, what, "scopes", f"there are: {', '.join(SCOPES)}")
    if not 1 <= wanted.days <= DAYS_MAX:
        what = f"a token holds for 1 to {DAYS_MAX} days"
        raise SigningRefused(422, what, "days", "choose a number of days between them")
    return msgspec.structs.replace(wanted, name=name, scopes=scopes)


def _must_fit(made: Program, things: dict[str, Program]) -> None:
    if any(each.name == made.name for each in things.values()):
        what = "there is a token of this name"
        raise SigningRefused(409, what, made.name, "revoke it first, or choose another name")
    if len(things) >= PROGRAMS_MAX:
        what = f"there are {PROGRAMS_MAX} tokens already"
        raise SigningRefused(409, what, "tokens", "revoke those that nobody uses")
