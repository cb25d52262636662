"""What the tests of the emulated plant share."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

S = 1_000_000_000
LIMIT_S = 120.0
LOOK_S = 0.02


class Bracket(NamedTuple):
    """The texts of the plant and of its scenario, and when the tool is chipped."""

    plant: str
    scenario: str
    fault_ns: int = 1795449600 * S
    """09:00 on 2026-11-23 in Nogales."""

    @property
    def from_ns(self) -> int:
        """Return 08:57."""
        return self.fault_ns - 180 * S


def run(what: Coroutine[Any, Any, T]) -> T:
    """Result of a coroutine, which must be there within `LIMIT_S`."""

    async def bounded() -> T:
        async with asyncio.timeout(LIMIT_S):
            return await what

    return asyncio.run(bounded())


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, looking again and again; `run` bounds it."""
    while not holds():  # noqa: ASYNC110  # what is waited for knows no events
        await asyncio.sleep(LOOK_S)


def truth_of(folder: Path) -> list[dict[str, Any]]:
    """Return the lines of the truth in a folder."""
    text = (folder / "truth.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def keys_of(lines: Iterable[dict[str, Any]]) -> list[tuple[str, int]]:
    """Return tag and time of the samples in the truth."""
    return [(one["tag"], one["t_ns"]) for one in lines if "tag" in one]
