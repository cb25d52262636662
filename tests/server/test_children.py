"""Children: how long to wait for them, that they come back, and that they end."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from linewright.server.children import (
    LOG_BYTES_MAX,
    RESTARTS_PER_MINUTE_MAX,
    WAIT_FIRST_S,
    WAIT_MAX_S,
    WAIT_SLOW_S,
    Backoff,
    Child,
    ChildState,
    cause,
    keep_small,
    last_words,
)
from linewright.server.lifeline import is_alive

SLEEPER = "import time; print('awake', flush=True); time.sleep(60)"


class Told:
    """What a child said of itself."""

    def __init__(self) -> None:
        self.said: list[tuple[ChildState, str]] = []

    def __call__(self, _name: str, state: ChildState, words: str) -> None:
        """Take one saying."""
        self.said.append((state, words))


def _child(code: str, folder: Path, told: Told) -> Child:
    return Child("one", [sys.executable, "-c", code], folder / "logs" / "one.log", told, {})


async def _until_started(child: Child, times: int = 1) -> None:
    """Wait until a child has been started so often."""
    async with asyncio.timeout(10):
        while child.restarts < times - 1 or not child.pid:  # noqa: ASYNC110  # it tells no event
            await asyncio.sleep(0.01)


async def _until_awake(folder: Path) -> None:
    """Wait until the sleeper has said that it is awake."""
    log = folder / "logs" / "one.log"
    async with asyncio.timeout(10):
        while not log.exists() or "awake" not in log.read_text():  # noqa: ASYNC110  # no event
            await asyncio.sleep(0.01)


def test_waits_double_up_to_a_bound() -> None:
    """The waits are 0.2 s and its doubles, 5 s at most."""
    backoff = Backoff()
    waits = [backoff.after(now_s=20.0 * n, lived_s=0.1) for n in range(8)]
    assert waits == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0]
    assert (waits[0], waits[-1]) == (WAIT_FIRST_S, WAIT_MAX_S)


def test_a_good_life_forgets_the_bad_ones() -> None:
    """After 30 s of life the first wait comes again; 29.9 s are not enough."""
    backoff = Backoff()
    for n in range(4):
        backoff.after(now_s=float(n), lived_s=0.1)
    assert backoff.after(now_s=40.0, lived_s=29.9) == 3.2
    assert backoff.after(now_s=80.0, lived_s=30.0) == WAIT_FIRST_S


def test_too_many_deaths_in_a_minute() -> None:
    """The eleventh death in a minute makes it failing, until it has lived for 30 s."""
    backoff = Backoff()
    deaths = [(float(n), 0.1) for n in range(RESTARTS_PER_MINUTE_MAX)]
    deaths += [(11.0, 0.1), (500.0, 1.0), (600.0, 31.0)]
    waits, failing = [], []
    for now_s, lived_s in deaths:
        waits.append(backoff.after(now_s=now_s, lived_s=lived_s))
        failing.append(backoff.is_failing)
    assert waits[-3:] == [WAIT_SLOW_S, WAIT_SLOW_S, WAIT_FIRST_S]
    assert failing == [False] * RESTARTS_PER_MINUTE_MAX + [True, True, False]


def test_a_killed_child_comes_back(tmp_path: Path) -> None:
    """A child that was killed is started again under another number, and said so."""

    async def scene() -> None:
        told, stop = Told(), asyncio.Event()
        child = _child(SLEEPER, tmp_path, told)
        keeping = asyncio.create_task(child.keep(stop))
        await _until_started(child)
        await _until_awake(tmp_path)
        first = child.pid
        os.kill(first, signal.SIGKILL)
        await _until_started(child, 2)
        assert child.pid != first
        assert told.said[1][0] is ChildState.WAITING
        assert "killed by SIGKILL; again in 0.2 s" in told.said[1][1]
        stop.set()
        await keeping

    asyncio.run(scene())


def test_the_last_words_of_a_child_are_told(tmp_path: Path) -> None:
    """Why it ended stands beside it: the last line of this life, none of the one before."""

    async def scene(code: str) -> str:
        told, stop = Told(), asyncio.Event()
        keeping = asyncio.create_task(_child(code, tmp_path, told).keep(stop))
        async with asyncio.timeout(10):
            while len(told.said) < 2:  # noqa: ASYNC110  # it tells no event
                await asyncio.sleep(0.01)
        stop.set()
        await keeping
        return told.said[1][1]

    said = asyncio.run(scene("import sys; print('first'); sys.exit('no such thing')"))
    assert said.startswith("ended with 1 (no such thing); again in 0.2 s; its log: ")
    assert asyncio.run(scene("raise SystemExit(3)")).startswith("ended with 3; again")


@pytest.mark.parametrize(
    ("level", "before_s", "is_told"),
    [
        ("ERROR", 1, True),
        ("WARNING", 1, True),
        ("INFO", 1, False),
        ("ERROR", 60, False),
        ("ERROR", -60, False),
    ],
)
def test_only_what_may_be_the_cause_is_told(level: str, before_s: int, is_told: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """A line of the log is quoted where it is a warning or worse, and of the last seconds."""
    now_s = time.time()
    at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now_s - before_s))
    line = f"{at},120 {level} linewright.live: it is so"
    for is_killed in (False, True):
        assert cause(line, now_s, is_killed=is_killed) == (line if is_told else "")


def test_what_has_no_level_is_told_of_who_ended_by_itself() -> None:
    """The message of an error has no level; of a kill from outside it says nothing."""
    assert cause("ValueError: no", 0.0, is_killed=False) == "ValueError: no"
    assert cause("awake", 0.0, is_killed=True) == ""
    assert cause("2026-13-77 99:00:00,000 ERROR a: b", 0.0, is_killed=False) == ""


def test_a_child_that_cannot_be_started(tmp_path: Path) -> None:
    """A program that is not there is told and tried again; nothing else ends for it."""

    async def scene() -> None:
        told, stop = Told(), asyncio.Event()
        child = Child("one", ["/no/such/program"], tmp_path / "one.log", told, {})
        keeping = asyncio.create_task(child.keep(stop))
        async with asyncio.timeout(10):
            while len(told.said) < 2:  # noqa: ASYNC110  # it tells no event
                await asyncio.sleep(0.01)
        stop.set()
        await keeping
        assert told.said[0][0] is ChildState.WAITING
        assert "cannot be started: No such file" in told.said[0][1]

    asyncio.run(scene())


def test_last_words_of_a_cut_log(tmp_path: Path) -> None:
    """A log that was cut since is read from its start; a long line is told in part."""
    log = tmp_path / "one.log"
    log.write_text(f"{'y' * 9000}\n{'x' * 900}\n\n")
    assert last_words(log, begin=10**6) == "x" * 200
    assert last_words(log, begin=log.stat().st_size) == ""


def test_a_stopped_child_is_gone(tmp_path: Path) -> None:
    """When `keep` returns, the process is gone and nothing is started again."""

    async def scene() -> None:
        told, stop = Told(), asyncio.Event()
        child = _child(SLEEPER, tmp_path, told)
        keeping = asyncio.create_task(child.keep(stop))
        await _until_started(child)
        pid = child.pid
        stop.set()
        await keeping
        assert not is_alive(pid)
        assert child.pid == 0
        assert [state for state, _ in told.said] == [ChildState.STARTED, ChildState.STOPPED]

    asyncio.run(scene())


def test_what_it_prints_is_in_its_log(tmp_path: Path) -> None:
    """The log holds what the child printed in each of its lives, and is private."""

    async def scene() -> None:
        stop = asyncio.Event()
        child = _child("print('one life')", tmp_path, Told())
        keeping = asyncio.create_task(child.keep(stop))
        await _until_started(child, 3)
        stop.set()
        await keeping

    asyncio.run(scene())
    log = tmp_path / "logs" / "one.log"
    assert log.read_text("utf-8").count("one life\n") >= 2
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_log_is_cut_at_its_bound(tmp_path: Path) -> None:
    """A log beyond its bound is cut, and its text stands beside it; at the bound it stays."""
    log = tmp_path / "one.log"
    log.write_bytes(b"x" * LOG_BYTES_MAX)
    assert not keep_small(log)
    log.write_bytes(b"x" * (LOG_BYTES_MAX + 1))
    assert keep_small(log)
    assert log.stat().st_size == 0
    assert (tmp_path / "one.log.1").stat().st_size == LOG_BYTES_MAX + 1
    assert not keep_small(tmp_path / "absent.log")


def test_a_child_that_hangs_is_killed_and_comes_back(tmp_path: Path) -> None:
    """A stopped process does not end when asked; killed, it is started again and told why."""

    async def scene() -> None:
        told, stop = Told(), asyncio.Event()
        child = _child(SLEEPER, tmp_path, told)
        keeping = asyncio.create_task(child.keep(stop))
        await _until_started(child)
        pid = child.pid
        os.kill(pid, signal.SIGSTOP)
        child.kill("no sign of life for 16 s")
        await _until_started(child, 2)
        assert child.pid != pid
        words = [words for state, words in told.said if state is ChildState.WAITING]
        assert words[0].startswith("no sign of life for 16 s, so killed by SIGKILL; again in 0.2 s")
        stop.set()
        await keeping
        child.kill("it is gone already")

    asyncio.run(scene())
