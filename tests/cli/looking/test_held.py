"""History from the running service and from the stopped file: the same answers."""

import asyncio
from pathlib import Path

import pytest

from linewright.cli.ending import Failed
from linewright.cli.looking.held import opened
from linewright.cli.looking.place import place_of
from linewright.server.folder import Belongs, write_belongs
from tests.cli.looking.conftest import ROWS, S_NS, T0_NS, TAG
from tests.server.test_supervise import Up

MILL = "nogales/machining/bracket/mill#active_power"
NS_MAX = 2**63 - 1


def test_a_stopped_history_is_read_page_by_page(stopped: Path) -> None:
    """Each page goes on where the one before has ended; the last one says so."""

    async def look() -> list[int]:
        found: list[int] = []
        async with opened(place_of(str(stopped))) as held:
            after = (0, 0)
            for _ in range(10):
                columns, further = await held.read(TAG, after, NS_MAX)
                found += columns["t_ns"]
                if further is None:
                    return found
                after = further
        raise AssertionError("it does not end")

    assert asyncio.run(look()) == [T0_NS + n * S_NS for n in range(ROWS)]


def test_buckets_and_points_of_a_stopped_history(stopped: Path) -> None:
    """A minute of values from 0 to 59 has these as least and greatest; a plot keeps them."""

    async def look() -> None:
        async with opened(place_of(str(stopped))) as held:
            (found,) = await held.aggregate([TAG], T0_NS, T0_NS + 120 * S_NS, 60 * S_NS)
            assert (found.count, found.min, found.max) == ([60, 60], [0.0, 0.0], [59.0, 59.0])
            few = await held.decimate(TAG, T0_NS, T0_NS + ROWS * S_NS, 40)
            assert len(few["t_ns"]) <= 40
            assert {min(few["value"]), max(few["value"])} == {0.0, 59.0}
            with pytest.raises(Failed, match="history refuses"):
                await held.aggregate([TAG], T0_NS, NS_MAX, 1)

    asyncio.run(look())


@pytest.mark.xdist_group("looking")
def test_a_running_history_answers_the_same_way(played: Up) -> None:
    """Rows, buckets and points come from the service in the same columns."""

    async def look() -> None:
        async with opened(place_of(str(played.data))) as held:
            columns, _ = await held.read(MILL, (0, 0), NS_MAX)
            assert {"t_ns", "seen_ns", "value", "int", "text", "quality"} <= set(columns)
            first, last = columns["t_ns"][0], columns["t_ns"][-1]
            (found,) = await held.aggregate([MILL], first, last + 1, last + 1 - first)
            assert sum(found.count) >= len(columns["t_ns"]) - 1
            assert set(await held.decimate(MILL, first, last + 1, 4)) >= {"t_ns", "value"}

    asyncio.run(look())


def test_a_history_that_is_not_there(tmp_path: Path) -> None:
    """Where nothing was stored yet, it is said what to do."""
    write_belongs(tmp_path, Belongs(site="nogales", emulated=True))

    async def look() -> None:
        async with opened(place_of(str(tmp_path))):
            pass

    with pytest.raises(Failed, match="cannot be read"):
        asyncio.run(look())
