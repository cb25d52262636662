"""`linewright people`: on a data folder, whether a server runs on it or not."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from linewright.plant.records import Role
from linewright.server.folder import Belongs, write_belongs
from linewright.server.signing import Ask
from linewright.server.signing.front import Front, Local
from linewright.server.signing.keeping.passwords import Hashing
from tests.cli.conftest import Ran

Run = Callable[..., Ran]
GOOD = "four lathes and a saw"
ASK = Ask(method="POST", path="/api/link", host="127.0.0.1:1", client="127.0.0.1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a data folder of the site reno."""
    write_belongs(tmp_path / "data", Belongs(site="reno", emulated=True))
    return tmp_path / "data"


@pytest.fixture
def front(folder: Path) -> Front:
    """Return what a running server has open on that folder."""
    local = Local(id="local", role=Role.SUPERVISOR, key="k")
    hashing = Hashing(time_cost=1, memory_kib=64, lanes=1)
    return Front(folder / "server", local, hashing=hashing)


def token_in(ran: Ran) -> str:
    """Return the token of the link that was printed."""
    return ran.out.rpartition("/#link=")[2].strip()


def test_a_person_is_added_and_signs_in(folder: Path, front: Front, run: Run) -> None:
    """A server that runs takes the link that the command printed, and knows the role at once."""
    assert "nobody yet" in run("people", "list", "--data", folder).out
    ran = run("people", "add", "maria", "--role", "reno=operator", "--data", folder)
    assert ran.code == 0
    opened = asyncio.run(front.use_link(token_in(ran), GOOD, ASK))
    assert opened.signed.roles == {"reno": Role.OPERATOR}
    listed = run("people", "list", "--data", folder).out
    assert opened.signed.person in listed
    assert "reno=operator" in listed
    assert "active" in listed
    assert run("people", "role", "maria", "manager", "--data", folder).code == 0
    found = front.people.get(opened.signed.person)
    assert found is not None
    assert found.roles == {"*": Role.MANAGER}


def test_disabling_ends_what_is_open(folder: Path, front: Front, run: Run) -> None:
    """A session of a running server ends when the command returns; enabling lets in again."""
    token = token_in(run("people", "add", "maria", "--role", "operator", "--data", folder))
    opened = asyncio.run(front.use_link(token, GOOD, ASK))
    headers = {"cookie": f"{front.cookie(ASK)}={opened.token}"}
    asked = Ask(method="GET", path="/", host="127.0.0.1:1", client="127.0.0.1", headers=headers)
    assert front.signed(asked) == opened.signed
    assert run("people", "disable", "maria", "--data", folder).code == 0
    assert front.signed(asked) is None
    assert "disabled" in run("people", "list", "--data", folder).out
    assert run("people", "link", "maria", "--data", folder).code == 2
    assert run("people", "enable", "maria", "--data", folder).code == 0
    again = token_in(run("people", "link", opened.signed.person, "--data", folder))
    asyncio.run(front.use_link(again, "another good one", ASK))


def test_erasing_asks_first(folder: Path, front: Front, run: Run) -> None:
    """Without a yes nothing is erased; with it no name is left, and the id stays."""
    run("people", "add", "maria", "--display-name", "Maria Lopez", "--data", folder)
    ran = run("people", "erase", "maria", "--data", folder)
    assert ran.code == 2
    assert "--yes" in ran.err
    assert "Maria Lopez" in run("people", "list", "--data", folder).out
    assert run("people", "erase", "maria", "--yes", "--data", folder).code == 0
    ran = run("people", "list", "--data", folder)
    assert "Maria" not in ran.out
    assert front.people.everyone()[0].id in ran.out
    assert "erased" in ran.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "maria", "--role", "king"], "`king` is no role"),
        (["add", "maria", "--role", "nogales=operator"], "there is no site `nogales` here"),
        (["add", "juan"], "somebody else signs in by this name"),
        (["add", "a\x1b[2J"], "characters that can be printed"),
        (["link", "juna"], "did you mean `juan`?"),
        (["disable", "nobody"], "there is no person `nobody`"),
        (["role", "juan", "king"], "`king` is no role"),
    ],
)
def test_wrong_use(words: list[str], said: str, folder: Path, run: Run) -> None:
    """What cannot be done is told in a line, with 2."""
    run("people", "add", "juan", "--data", folder)
    ran = run("people", *words, "--data", folder)
    assert (ran.code, "\x1b" in ran.err) == (2, False)
    assert said in ran.err


def test_the_last_admin_stays(folder: Path, front: Front, run: Run) -> None:
    """The command does not leave a plant without an admin by a slip."""
    ran = run("people", "add", "boss", "--role", "admin", "--data", folder)
    asyncio.run(front.use_link(token_in(ran), GOOD, ASK))
    ran = run("people", "disable", "boss", "--data", folder)
    assert ran.code == 2
    assert "nobody could sign in as admin" in ran.err


def test_a_folder_of_no_plant(tmp_path: Path, run: Run) -> None:
    """A slip in the folder makes nothing there."""
    ran = run("people", "list", "--data", tmp_path / "none")
    assert ran.code == 2
    assert "no data folder of a plant" in ran.err
    assert not (tmp_path / "none").exists()
