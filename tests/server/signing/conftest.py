"""What tests of signing in share: a front desk with quick hashes, a clock that is set, requests."""

from collections.abc import Callable
from pathlib import Path

import pytest

from linewright.plant.records import Role
from linewright.server.signing import Ask, Named
from linewright.server.signing.front import Clocks, Front, Local, Opened
from linewright.server.signing.keeping.passwords import Hashing
from linewright.server.signing.settings import SigningSettings

QUICK = Hashing(time_cost=1, memory_kib=64, lanes=1)
"""Real argon2id at its lowest cost: what is tested here is not how slow it is."""

GOOD = "four lathes and a saw"
BETTER = "two mills behind a wall"
KEY = "the-key-of-this-folder"


class Time:
    """Both clocks of a test, set by hand."""

    def __init__(self) -> None:
        self.s = 1_000_000.0

    def clocks(self) -> Clocks:
        """Return clocks that show what is set."""
        return Clocks(lambda: round(self.s * 1000), lambda: self.s)


def ask(method: str = "GET", path: str = "/api/line", **more: object) -> Ask:
    """Return a request of this machine; `headers`, `client`, `is_tls`, `is_socket` as wanted."""
    made: dict[str, object] = {"host": "127.0.0.1:8000", "client": "127.0.0.1", **more}
    return Ask(method=method, path=path, **made)  # type: ignore[arg-type]  # by name


def with_cookie(front: Front, opened: Opened, method: str = "GET") -> Ask:
    """Return a request of a browser that is signed in, from our own page, with its CSRF token."""
    headers = {
        "cookie": f"{front.cookie(ask())}={opened.token}",
        "sec-fetch-site": "same-origin",
        "x-linewright-csrf": opened.signed.csrf,
    }
    return ask(method, headers=headers)


@pytest.fixture
def clock() -> Time:
    """Both clocks of a test, set by hand."""
    return Time()


@pytest.fixture
def make_front(tmp_path: Path, clock: Time) -> Callable[..., Front]:
    """Open the front desk of one folder; twice: as after a restart."""

    def make(role: Role = Role.SUPERVISOR, **settings: float) -> Front:
        local = Local(id="local", role=role, key=KEY)
        found = SigningSettings(**settings)  # type: ignore[arg-type]  # lives of sessions
        return Front(tmp_path, local, found, hashing=QUICK, clocks=clock.clocks())

    return make


@pytest.fixture
def front(make_front: Callable[..., Front]) -> Front:
    """Return a front desk without people."""
    return make_front()


def now_ms(clock: Time) -> int:
    """Return the wall clock of a test."""
    return round(clock.s * 1000)


def add(front: Front, clock: Time, login: str = "maria", **roles: Role) -> str:
    """Add a person with the good password; return the id."""
    person = front.people.add(
        Named(login, login.title()), roles, by="", now_ms=now_ms(clock), hash=QUICK.made(GOOD)
    )
    return person.id
