"""Asking a running plant: where it is found, and what is said when it is not."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from linewright.bus import NatsServer
from linewright.cli.ending import Failed
from linewright.cli.running.asking import ask, data_folder, running_at, state_folder
from linewright.server import Running
from linewright.server.folder import write_running
from tests.cli.conftest import Ran
from tests.server.scenes import Page, page_of

Run = Callable[..., Ran]
HERE = Running(pid=os.getpid(), site="reno", plant="acme", started_ns=7, url="http://127.0.0.1:9")


def say_it_runs(page: Page, data: Path) -> None:
    """Leave the file by which commands find the page."""
    running = Running(
        pid=os.getpid(), site=page.site, plant="acme", started_ns=7, url=page.url, key=page.key
    )
    write_running(data, running)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder of state of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "linewright"


def test_data_stand_in_the_users_folder(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --data they stand below XDG_STATE_HOME; what is no absolute path there is ignored."""
    assert data_folder(None, "demo") == state / "demo"
    assert data_folder("x", "demo") == Path.cwd() / "x"
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert state_folder() == Path.home() / ".local" / "state" / "linewright"


def test_the_only_plant_is_meant(state: Path) -> None:
    """One running plant is found by itself, of two one must be named, none is told."""
    with pytest.raises(Failed, match="no plant runs in a folder of") as none:
        running_at(None)
    assert "linewright demo" in none.value.to_do
    assert "--data" in none.value.to_do
    write_running(state / "demo", HERE)
    assert running_at(None) == HERE
    write_running(state / "up", HERE)
    with pytest.raises(Failed, match="several plants run"):
        running_at(None)
    assert running_at(str(state / "up")) == HERE


def test_a_plant_that_is_just_starting(state: Path) -> None:
    """While there is no address yet, people are asked to wait."""
    starting = Running(pid=os.getpid(), site="reno", plant="acme", started_ns=7)
    write_running(state / "demo", starting)
    with pytest.raises(Failed, match="just starting"):
        running_at(None)


def test_a_server_that_does_not_answer() -> None:
    """A closed port is told in words, not as an error of Python."""
    with pytest.raises(Failed, match="does not answer"):
        ask(HERE, "/api/state")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("cases", "no plant runs on"),
        ("audit", "no plant ever ran on"),  # of a stopped one it would name the file to read
        ("confirm", "no plant runs on"),
    ],
)
def test_commands_without_a_plant(command: str, said: str, state: Path, run: Run) -> None:
    """Each command that asks says that no plant runs, and ends with 2."""
    ran = run(command, "--data", state)
    assert ran.code == 2
    assert said in ran.err


def test_an_answer_that_is_no(nats: NatsServer, tmp_path: Path) -> None:
    """A status that is none of success comes back with what the server said."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            say_it_runs(page, tmp_path)
            running = running_at(str(tmp_path))
            answer = await asyncio.to_thread(ask, running, "/api/cases/abc/confirm", post=True)
            assert (answer.status, answer.body["what"]) == (404, "there is no such case")

    asyncio.run(scene())
