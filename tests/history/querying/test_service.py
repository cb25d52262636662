"""The service `query`: asked over a real bus, and ended in order."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec
import pyarrow as pa

from linewright.history.querying import service
from linewright.testing.buses import running_bus
from tests.history.querying.made import ROWS, publish
from tests.history.querying.test_worker import CROSS


def _with_service(folder: Path, look: Callable[[Callable[..., object]], object]) -> None:
    async def scene() -> None:
        async with running_bus(folder / "bus") as running:
            publish(folder / "history")
            bus = await running.connect("query", user="query")
            asker = await running.connect("person", user="person")
            stop = asyncio.Event()
            work = asyncio.create_task(service.run(bus, folder / "query", stop))

            async def ask(question: str, **request: str) -> tuple[dict[str, object], bytes]:
                subject = f"lw.ask.{running.site}.query.{question}"
                data = await asker.ask(subject, msgspec.json.encode(request), timeout_s=20)
                head, _, rows = data.partition(b"\n")
                return msgspec.json.decode(head), rows

            await look(ask)  # type: ignore[misc]  # a coroutine function
            stop.set()
            await asyncio.wait_for(work, 10)
            assert list((folder / "query" / "spill").glob("*")) == []

    asyncio.run(scene())


def test_rows_over_the_bus(tmp_path: Path) -> None:
    """Pieces are asked for until there is no more; they hold every row once."""

    async def look(ask: Callable[..., object]) -> None:
        head, data = await ask("sql", sql="SELECT n FROM samples ORDER BY n")  # type: ignore[misc]  # as above
        found: list[int] = []
        while head["id"]:
            found += pa.ipc.open_stream(data).read_all()["n"].to_pylist() if data else []
            if not head.get("more"):
                break
            head, data = await ask("next", id=head["id"])  # type: ignore[misc]  # as above
        assert found == list(range(ROWS))

    _with_service(tmp_path, look)


def test_what_is_wrong_is_an_answer(tmp_path: Path) -> None:
    """A bad query gets its failure at once, and an open one is ended with the service."""

    async def look(ask: Callable[..., object]) -> None:
        head, _ = await ask("sql", sql="FROM sample")  # type: ignore[misc]  # as above
        while head.get("more"):
            head, _ = await ask("next", id=head["id"])  # type: ignore[misc]  # as above
        assert head["failure"]["what"] == "there is no table `sample`"
        head, _ = await ask("sql", sql=CROSS)  # type: ignore[misc]  # as above
        assert head["more"]

    _with_service(tmp_path, look)
