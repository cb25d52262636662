"""`linewright tokens`: on a data folder, whether a server runs on it or not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from linewright.cli.ending import Code
from linewright.plant.records import Role
from linewright.server.folder import Belongs, write_belongs
from linewright.server.signing import Ask, SigningRefused
from linewright.server.signing.front import Front, Local
from tests.cli.conftest import Ran

Run = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a data folder of the site reno."""
    write_belongs(tmp_path / "data", Belongs(site="reno", emulated=True))
    return tmp_path / "data"


@pytest.fixture
def front(folder: Path) -> Front:
    """Return what a running server has open on that folder."""
    return Front(folder / "server", Local(id="local", role=Role.SUPERVISOR, key="k"))


def ask(secret: str) -> Ask:
    """Return a request with a token."""
    headers = {"authorization": f"Bearer {secret}"}
    return Ask(method="GET", path="/metrics", host="h", client="127.0.0.1", headers=headers)


def test_a_token_is_made_used_listed_and_revoked(folder: Path, front: Front, run: Run) -> None:
    """A running server takes what the command printed, and no longer once it was revoked."""
    assert "no tokens" in run("tokens", "list", "--data", folder).out
    made = run("tokens", "add", "prometheus", "--scope", "metrics", "--data", folder)
    assert made.code == 0
    secret = made.out.rpartition("token    ")[2].strip()
    signed = front.signed(ask(secret))
    assert signed is not None
    assert signed.may_read("metrics", "reno")
    front.save()
    listed = run("tokens", "list", "--data", folder).out
    assert "prometheus" in listed
    assert "from 127.0.0.1" in listed
    assert secret not in listed
    assert run("tokens", "revoke", "prometheus", "--data", folder).code == 0
    with pytest.raises(SigningRefused):
        front.signed(ask(secret))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "a"), "metrics, grafana, sites"),
        (("add", "a", "--scope", "see"), "`see` is no scope"),
        (("add", "a", "--scope", "sites", "--days", "9999"), "1 to 730"),
        (("revoke", "prometeus"), "did you mean `prometheus`?"),
    ],
)
def test_mistakes_are_told(words: tuple[str, ...], said: str, folder: Path, run: Run) -> None:
    """What is wrong and what to do; nothing is made."""
    run("tokens", "add", "prometheus", "--scope", "metrics", "--data", folder)
    ran = run("tokens", *words, "--data", folder)
    assert ran.code == Code.FAILED
    assert said in ran.err
    assert run("tokens", "list", "--data", folder).out.count("\n") == 1
