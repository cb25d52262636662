"""`linewright cases`: a case in lines for people. With a page it is tried in `test_confirm`."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from linewright.bus import NatsServer
from linewright.cli.running.cases import told
from tests.cli.conftest import Ran
from tests.cli.test_asking import say_it_runs
from tests.server.scenes import page_of

Run = Callable[..., Ran]


def test_a_closed_case_tells_how_it_ended() -> None:
    """Outcome, measured effect and what became of the command stand in its lines."""
    measured = {
        "words": "good parts", "unit": "parts", "mean": 8.25, "low": 6.0, "high": 10.0,
        "level": 0.9,
    }  # fmt: skip
    case = {
        "id": "abc", "at": "09:41:00", "stage": "closed", "outcome": "effective", "title": "",
        "kind": "cycle_time", "causes": [], "proposal": [], "expected": [], "advice": "",
        "measured": [measured],
        "commands": [{"outcome": "confirmed", "words": "read back"}],
    }  # fmt: skip
    assert told(case) == [
        "abc  09:41:00  closed (effective)",
        "  cycle_time",
        "  measured good parts +8.25 parts (6 to 10, 90 %)",
        "  command: confirmed, read back",
    ]


def test_no_case_yet(nats: NatsServer, tmp_path: Path, run: Run) -> None:
    """A line without a case is told so, and the code is 0."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            say_it_runs(page, tmp_path)
            ran = await asyncio.to_thread(run, "cases", "--data", tmp_path)
            assert (ran.code, ran.out) == (0, "no case yet: the line runs as usual\n")

    asyncio.run(scene())
