"""Where a plant is: the only one there is, or the one that is named; running or not."""

import asyncio
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from linewright.cli.ending import Failed
from linewright.cli.looking.place import asked, place_of, reached
from linewright.server.folder import Belongs, write_belongs, write_running
from tests.cli.conftest import Ran
from tests.cli.test_asking import HERE
from tests.server.test_supervise import Up

Run = Callable[..., Ran]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder of state of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "linewright"


def test_the_only_one_is_meant(state: Path) -> None:
    """Of several folders the one that runs is meant; of several that run one must be named."""
    with pytest.raises(Failed, match="no plant ever ran in a folder"):
        place_of(None)
    write_belongs(state / "demo", Belongs(site="nogales", emulated=True))
    assert (place_of(None).site, place_of(None).running) == ("nogales", None)
    write_running(state / "up", HERE)
    assert place_of(None).data == state / "up"
    write_running(state / "demo", HERE)
    with pytest.raises(Failed, match="several plants are there"):
        place_of(None)
    assert place_of(str(state / "demo")).running == HERE


def test_a_folder_of_something_else(tmp_path: Path) -> None:
    """A folder in which no plant ever ran is told with what to do."""
    with pytest.raises(Failed, match="no plant ever ran on") as failed:
        place_of(str(tmp_path))
    assert "prints as `data`" in failed.value.to_do


def test_the_zone_is_that_of_the_site(stopped: Path, tmp_path: Path) -> None:
    """It comes from the plant that was kept; without one times are those of UTC."""
    assert place_of(str(stopped)).zone() == ZoneInfo("America/Hermosillo")
    write_belongs(tmp_path, Belongs(site="nogales", emulated=True))
    assert place_of(str(tmp_path)).zone() == dt.UTC
    (tmp_path / "plant.yaml").write_bytes(b"\xff{")
    assert place_of(str(tmp_path)).plant() is None


def test_a_bus_that_is_away(tmp_path: Path) -> None:
    """A plant that is said to run without a bus is told in words, within seconds."""
    write_running(tmp_path, HERE)

    async def look() -> None:
        async with reached(place_of(str(tmp_path))):
            pass

    with pytest.raises(Failed, match="not found"):
        asyncio.run(look())


@pytest.mark.xdist_group("looking")
def test_a_service_that_refuses(played: Up) -> None:
    """What a service refuses, and one that is not there, are told with its name."""

    async def ask(service: str, question: str, request: object) -> None:
        async with reached(place_of(str(played.data))) as bus:
            await asked(bus, service, question, request)

    with pytest.raises(Failed, match="the service history refuses: read: "):
        asyncio.run(ask("history", "read", {"tag": 7}))


@pytest.mark.parametrize(
    "words",
    [["tail", "mill"], ["browse", "saw"], ["query", "SELECT 1"], ["send", "mill#speed", "90"]],
)
def test_commands_that_need_a_plant_that_runs(words: list[str], stopped: Path, run: Run) -> None:
    """Each says that nothing runs there and how to start it, and ends with 2."""
    ran = run(*words, "--data", stopped)
    assert ran.code == 2
    assert "no plant runs on" in ran.err
