"""`linewright status`: what runs, what does not, and what to do."""

import asyncio
import datetime as dt
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from linewright.bus import NatsServer
from linewright.cli.looking.status import _gaps, _old, _step, _tell_gaps, _tell_links
from tests.cli.conftest import Ran
from tests.server.scenes import page_of
from tests.server.test_supervise import Up

Run = Callable[..., Ran]

pytestmark = pytest.mark.xdist_group("looking")  # they share one plant that runs


def test_all_is_well(played: Up, run: Run) -> None:
    """Services, links, history: all are up, and the code is 0."""
    began_s = time.monotonic()
    ran = run("status", "--data", played.data)
    took_s = time.monotonic() - began_s
    assert (ran.code, ran.err) == (0, "")
    assert took_s < 5, "it does not listen on when all have spoken"
    lines = ran.out.splitlines()
    assert "site     nogales, an emulated plant" in lines
    assert "bus      up" in lines
    assert "links    4 connected" in lines
    assert len([line for line in lines if line.startswith("service") and " up," in line]) == 7


def test_the_same_as_json(played: Up, run: Run) -> None:
    """Programs get every number."""
    found = json.loads(run("status", "--json", "--data", played.data).out)
    assert (found["ok"], found["running"], found["site"]) == (True, True, "nogales")
    assert {each["state"] for each in found["services"]} == {"up"}
    assert found["history"]["samples"] > 0
    assert {link["source"] for link in found["links"]} == {"saw", "mill", "wash", "inspect"}


def test_a_service_that_is_down(played: Up, run: Run) -> None:
    """A stopped service is told as down, and the code is 1; it hangs, so it is started again."""
    pid = played.running().pids["live"]
    os.kill(pid, signal.SIGSTOP)
    try:
        ran = run("status", "--data", played.data)
        assert ran.code == 1
        assert "service  live     down" in ran.out
    finally:
        os.kill(pid, signal.SIGCONT)
    played.until_it_runs(60)


def test_connect_that_is_down(played: Up, run: Run) -> None:
    """What is told of the links then is told as old; afterwards all is well again."""
    pid = played.running().pids["connect"]
    os.kill(pid, signal.SIGSTOP)
    try:
        ran = run("status", "--data", played.data)
        assert ran.code == 1
        assert "links    connect is not running: links as of" in ran.out
    finally:
        os.kill(pid, signal.SIGCONT)
    played.until(lambda: run("status", "--data", played.data).code == 0, 60)


def test_nothing_runs(stopped: Path, run: Run) -> None:
    """Of a plant that is stopped its folder and the size of its history are told."""
    ran = run("status", "--data", stopped)
    assert ran.code == 1
    assert "state    nothing runs here" in ran.out
    found = json.loads(run("status", "--json", "--data", stopped).out)
    assert (found["running"], found["ok"], found["site"]) == (False, False, "nogales")
    assert found["history"]["bytes"] > 0


def test_no_plant_at_all(tmp_path: Path, run: Run) -> None:
    """A folder of something else is no plant."""
    ran = run("status", "--data", tmp_path)
    assert ran.code == 2
    assert "no plant ever ran on" in ran.err


LINK: dict[str, object] = {"source": "saw", "state": "connected", "endpoint": "opc.tcp://saw:4840"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, ""),
        ({"state": "lost", "why": "no answer"}, "no answer; look at cable, firewall, address"),
        ({"missing": list("abcde")}, "it does not have 5 nodes of the plant file: a, b, c and 2"),
        ({"missing": ["a"]}, "`linewright browse saw` shows what it has; correct `node:`"),
        ({"certificate": "ab", "next_step": "compare ab"}, "`linewright trust saw`"),
        (
            {"state": "refused", "why": "the secret P is missing", "next_step": "set it"},
            "end `up` and start it again with the setting",
        ),
    ],
)
def test_what_to_do_about_a_source(more: dict[str, object], said: str) -> None:
    """A source that is well has no words; every other one has some, and something to do."""
    told = _step(LINK | more, 0)
    assert said in told
    assert bool(told) is bool(said)


def test_a_link_that_is_not_told_is_not_green(capsys: pytest.CaptureFixture[str]) -> None:
    """A report older than 15 s counts no more; one of now does, and one that was never reached."""
    now_ns = time.time_ns()
    links = [
        LINK | {"told_ns": now_ns - 40 * 10**9, "since_ns": now_ns - 90 * 10**9},
        LINK | {"source": "mill", "told_ns": now_ns, "since_ns": now_ns},
        LINK | {"source": "wash", "told_ns": now_ns, "since_ns": 0, "state": "connecting"},
    ]
    _tell_links(links)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "links    1 not told, 1 connected, 1 connecting"
    assert "not told since 40 s, connected then; `connect` does not get on with it" in lines[2]
    assert lines[3].split()[:2] == ["mill", "connected"]
    assert lines[4].split()[:3] == ["wash", "connecting", "wait"]
    assert all(line == line.rstrip() for line in lines)


def test_links_of_a_connect_that_does_not_run() -> None:
    """What was told last is told as old, and since when."""
    links = [LINK | {"heard_ns": time.time_ns() - 9 * 10**9}]
    assert _old(links, is_told=False).startswith("connect is not running: links as of 9.")
    assert _old(links, is_told=True) == ""


def test_short_gaps_are_counted_only(capsys: pytest.CaptureFixture[str]) -> None:
    """Gaps of a second or less stand in one line, longer ones one by one."""
    gap = {"of_source": "saw", "t_ns": 0, "until_ns": 10**9, "reason": "restart", "count": 1}
    _tell_gaps([gap, gap, gap | {"until_ns": 10**10, "of_source": "mill"}], dt.UTC)
    lines = capsys.readouterr().out.splitlines()
    assert "2 gaps of a second or less" in lines[1]
    assert [line.split()[0] for line in lines[3:]] == ["mill"]


def test_gaps_that_nobody_tells(capsys: pytest.CaptureFixture[str]) -> None:
    """Where history does not answer nothing is said to be none; an hour is not called a day."""
    _tell_gaps(None, dt.UTC)
    _tell_gaps([], dt.UTC, of="hour")
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "gaps     not known: history does not answer",
        "gaps     none in the last hour, more before that",
    ]


@pytest.mark.parametrize(("many", "of"), [(498, "day"), (499, "hour")])
def test_the_latest_gaps_are_among_those_told(
    many: int, of: str, nats: NatsServer, tmp_path: Path
) -> None:
    """History gives the earliest of a span; of too many a shorter span is asked, and named."""

    async def history(question: bytes) -> bytes:
        asked = json.loads(question)
        now_ns = asked["until_ns"] - 86_400 * 10**9
        times = [now_ns - 7200 * 10**9 + n for n in range(many)] + [now_ns - 10**9]
        gaps = [{"id": f"{now_ns - t_ns}", "t_ns": t_ns} for t_ns in times]
        found = [gap for gap in gaps if gap["t_ns"] >= asked["from_ns"]][: asked["limit"]]
        return b"\n".join(json.dumps(gap).encode() for gap in found)

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            await page.bus.answer(f"lw.ask.{page.site}.history.records", history)
            gaps, span = await _gaps(page.bus)
            assert gaps is not None
            assert (gaps[0]["id"], span) == (f"{10**9}", of)

    asyncio.run(scene())
