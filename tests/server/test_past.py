"""The process that makes a past: what is told of it, and how it ends."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from linewright.server.up.past import PastFailed, made
from linewright.server.up.told import Told

LINE = "print('2026-11-23 00:00:00,1 INFO linewright.emulate.past.service: {}', flush=True)"


def command(*lines: str) -> list[str]:
    """Return a program of these lines."""
    return [sys.executable, "-c", "\n".join(lines)]


def test_what_it_says_last_is_told(tmp_path: Path) -> None:
    """Words come without time and level; its environment is what was given beside ours."""
    told: list[Told] = []
    program = command("import os", LINE.format("all of ' + os.environ['DAYS'] + '"))
    asyncio.run(made(program, tmp_path / "logs" / "past.log", {"DAYS": "3 d"}, told.append))
    assert [one.state for one in told] == ["is made", "made"]
    assert told[-1].words == "all of 3 d"


def test_a_past_that_fails_is_an_error_with_its_words(tmp_path: Path) -> None:
    """It names the log, and what was said of an earlier one is not taken for it."""
    log = tmp_path / "past.log"
    log.write_text("an earlier line\n", encoding="utf-8")
    with pytest.raises(PastFailed, match="there is no such plant") as found:
        asyncio.run(made(command("raise SystemExit('there is no such plant')"), log, {}, print))
    assert found.value.log == log
    with pytest.raises(PastFailed, match="it says nothing"):
        asyncio.run(made(command("raise SystemExit(3)"), tmp_path / "new.log", {}, print))


def test_it_ends_with_whoever_waits_for_it(tmp_path: Path) -> None:
    """Cancelled, it ends its process."""
    pid = tmp_path / "pid"
    program = command("import os, time", f"open({str(pid)!r}, 'w').write(str(os.getpid()))",
                      "time.sleep(60)")  # fmt: skip

    async def scene() -> None:
        making = asyncio.create_task(made(program, tmp_path / "past.log", {}, lambda _: None))
        async with asyncio.timeout(30.0):
            while not (pid.exists() and pid.read_text()):
                await asyncio.wait({making}, timeout=0.02)
            making.cancel()
            await asyncio.wait({making})

    asyncio.run(scene())
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
