"""`linewright demo`: what it may take away, and that the fault ends as a closed case."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from linewright.bus import NatsServer
from linewright.cli.ending import Failed
from linewright.cli.running.demo import Closing, fresh
from linewright.server import Running
from linewright.server.folder import write_running
from tests.cli.conftest import Ran
from tests.cli.test_asking import say_it_runs
from tests.server.scenes import page_of

Run = Callable[..., Ran]


def test_only_a_folder_of_the_demo_is_emptied(tmp_path: Path) -> None:
    """A folder that the demo made is emptied; one with anything else is left as it is."""
    folder = fresh(tmp_path / "demo")
    (folder / "old.json").write_text("{}")
    assert sorted(each.name for each in fresh(folder).iterdir()) == ["demo.txt"]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(Failed, match="holds something that no demo made"):
        fresh(tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_a_folder_that_cannot_be_emptied(tmp_path: Path) -> None:
    """A place that can be no folder is told with what to do."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(Failed, match="cannot be used: Not a directory") as refused:
        fresh(tmp_path / "file" / "demo")
    assert "--data" in refused.value.to_do


@pytest.mark.parametrize(
    ("words", "said"), [(["--for", "nan"], "no number"), (["--for", "0"], "x>0")]
)
def test_wrong_use(words: list[str], said: str, tmp_path: Path, run: Run) -> None:
    """A wait that could never end, or not begin, is refused before anything is made."""
    ran = run("demo", "--until-closed", "--data", tmp_path / "demo", *words)
    assert ran.code == 2
    assert said in ran.err
    assert not (tmp_path / "demo").exists()


def test_a_running_demo_is_not_emptied(tmp_path: Path, run: Run) -> None:
    """While a demo runs on a folder, another one is refused and the folder stays."""
    folder = fresh(tmp_path / "demo")
    running = Running(pid=os.getpid(), site="reno", plant="acme", started_ns=7)
    write_running(folder, running)
    ran = run("demo", "--data", folder)
    assert ran.code == 2
    assert "a plant runs on" in ran.err
    assert (folder / "up.json").exists()


def test_it_confirms_when_told_so(
    nats: NatsServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A proposal is confirmed once, and said to be; without --confirm it waits for a person."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            say_it_runs(page, tmp_path)
            case_id = await page.open_case()
            while not (await page.ask("/api/state"))[1]["cases"]:  # noqa: ASYNC110  # a page
                await asyncio.sleep(0.02)
            waits = Closing(tmp_path, for_s=60.0, confirms=False)
            assert not await asyncio.to_thread(waits.look)
            confirms = Closing(tmp_path, for_s=60.0, confirms=True)
            assert not await asyncio.to_thread(confirms.look)
            status, said, _ = await page.ask(f"/api/cases/{case_id}/confirm", post=True)
            assert (status, "is granted" in said["what"]) == (409, True)

    asyncio.run(scene())
    said = capsys.readouterr().out
    assert "confirming, as if a person had pressed the button" in said
    assert "case     proposed   Set speed of Machining centre to 80 %" in said


def test_it_gives_up_in_time(tmp_path: Path) -> None:
    """Where nothing answers it goes on looking, until its time is over."""
    assert not Closing(tmp_path, for_s=60.0, confirms=False).look()
    assert Closing(tmp_path, for_s=0.0, confirms=False).look()
    assert not Closing(tmp_path, for_s=None, confirms=True).look()
