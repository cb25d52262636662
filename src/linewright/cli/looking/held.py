"""History as a command reads it: from the running service, or from the stopped file."""

import math
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Protocol

import msgspec

from linewright.bus import Bus
from linewright.cli.ending import Failed
from linewright.cli.looking.place import Place, asked, reached
from linewright.history import History, HistoryUnusable, open_history

__all__ = ["After", "Buckets", "Columns", "Held", "opened"]

PAGE_ROWS = 5000
"""Most rows of one answer of the service; who wants more asks on from the last one."""

Columns = dict[str, list[Any]]

After = tuple[int, int]
"""An event time, and how many rows of it are known already."""


class Buckets(msgspec.Struct, frozen=True, kw_only=True):
    """What history tells of one tag, bucket by bucket; the other columns are not needed here."""

    tag: str
    every_ns: int
    start_ns: list[int] = []
    count: list[int] = []
    bad: list[int] = []
    min: list[float | None] = []
    max: list[float | None] = []
    mean: list[float | None] = []
    time_mean: list[float | None] = []
    last: list[float | None] = []
    gap: list[bool] = []


class Held(Protocol):
    """What a command asks history for."""

    async def read(self, tag: str, after: After, until_ns: int) -> tuple[Columns, After | None]:
        """Return t_ns, seen_ns, value, int, text, quality of one tag, and where to go on.

        Parameters
        ----------
        tag
            Its address.
        after
            Event time from which to read, and how many rows of it are known already.
        until_ns
            Event time that is not read any more.
        """

    async def aggregate(
        self, tags: Sequence[str], from_ns: int, until_ns: int, every_ns: int
    ) -> list[Buckets]:
        """Return the buckets of each tag."""

    async def decimate(self, tag: str, from_ns: int, until_ns: int, points: int) -> Columns:
        """Return t_ns, value, quality of the few rows that a plot needs."""


@asynccontextmanager
async def opened(place: Place) -> AsyncGenerator[Held, None]:
    """Open the history of a place: by its service while the plant runs, else its file.

    Raises
    ------
    Failed
        The service does not answer, or there is no history to open.
    """
    if place.running is not None:
        async with reached(place) as bus:
            yield _Asked(bus)
        return
    try:
        history = open_history(place.data / "history")
    except HistoryUnusable as error:
        raise Failed(f"the history cannot be read: {error.what}", error.advice) from error
    with history:
        yield _Opened(history)


class _Asked:
    """The service of a running plant."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def read(self, tag: str, after: After, until_ns: int) -> tuple[Columns, After | None]:
        question = {
            "tag": tag, "from_ns": after[0], "until_ns": until_ns, "limit": PAGE_ROWS,
            "cursor": f"{after[0]}:{after[1]}",
        }  # fmt: skip
        data = await asked(self._bus, "history", "read", question)
        found = msgspec.json.decode(data, type=dict[str, Any])
        cursor = found.pop("cursor", None)
        if cursor is None:
            return found, None
        t_ns, _, known = str(cursor).partition(":")
        return found, (int(t_ns), int(known))

    async def aggregate(
        self, tags: Sequence[str], from_ns: int, until_ns: int, every_ns: int
    ) -> list[Buckets]:
        question = {"tags": tags, "from_ns": from_ns, "until_ns": until_ns, "every_ns": every_ns}
        data = await asked(self._bus, "history", "aggregate", question)
        return msgspec.json.decode(data, type=dict[str, list[Buckets]])["buckets"]

    async def decimate(self, tag: str, from_ns: int, until_ns: int, points: int) -> Columns:
        question = {"tag": tag, "from_ns": from_ns, "until_ns": until_ns, "points": points}
        data = await asked(self._bus, "history", "decimate", question)
        found = msgspec.json.decode(data, type=dict[str, Any])
        found.pop("rows", None)  # of how many they are the outline
        return found


class _Opened:
    """The file of a stopped plant."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def read(self, tag: str, after: After, until_ns: int) -> tuple[Columns, After | None]:
        with _refused():
            rows, further = self._history.page(tag, after, until_ns, PAGE_ROWS)
        columns: Columns = rows.to_pydict()
        return columns | {"value": _finite(columns["value"])}, further

    async def aggregate(
        self, tags: Sequence[str], from_ns: int, until_ns: int, every_ns: int
    ) -> list[Buckets]:
        with _refused():
            found = self._history.aggregate(tags, from_ns, until_ns, every_ns=every_ns)
        return [msgspec.convert(_plain(each), Buckets) for each in found]

    async def decimate(self, tag: str, from_ns: int, until_ns: int, points: int) -> Columns:
        with _refused():
            table = self._history.decimate(tag, from_ns, until_ns, points)
        columns: Columns = table.to_pydict()
        return columns | {"value": _finite(columns["value"])}


@contextmanager
def _refused() -> Generator[None, None, None]:
    """Turn what history refuses to do into a line for people."""
    try:
        yield
    except (ValueError, RuntimeError) as error:  # a damaged file is one of the latter
        raise Failed(f"history refuses: {error}") from error


def _plain(buckets: Any) -> dict[str, Any]:  # noqa: ANN401  # history's own
    plain: dict[str, Any] = msgspec.structs.asdict(buckets)
    return {
        name: _finite(value) if isinstance(value, list) else value for name, value in plain.items()
    }


def _finite(values: Sequence[Any]) -> list[Any]:
    """Return values with nothing in the place of what is no number."""
    return [
        None if isinstance(value, float) and not math.isfinite(value) else value for value in values
    ]
