"""What every link is given and tells."""

import asyncio

import msgspec
import pytest

from linewright.bus import PlantClock
from linewright.connectors.link import Clocks, LinkReport, link_state, wait_any
from tests.connectors.making import MILL, run


def test_waiting_ends_with_the_first_event_or_the_time() -> None:
    """The answer says which of the two it was."""

    async def wait() -> None:
        never, now = asyncio.Event(), asyncio.Event()
        now.set()
        assert await wait_any((never, now), None)
        assert not await wait_any((never,), 0.01)

    run(wait())


def test_the_steady_clock_is_utc_that_nobody_sets() -> None:
    """It is what the wall clock said at the start and the steady time since."""
    one = Clocks(
        plant=PlantClock(wall_ns=lambda: 9, steady_s=lambda: 0.0),
        wall_ns=lambda: 9,
        steady_ns=lambda: 5,
        begun_ns=100,
    )
    assert one.utc_ns() == 105
    assert (one.now().plant_ns, one.now().speed) == (9, 1.0)


def test_a_report_goes_through_a_bucket_as_it_is() -> None:
    """Every field is JSON, the address a text."""
    report = LinkReport(
        source="mill",
        address=MILL,
        protocol="opcua",
        endpoint="opc.tcp://a",
        state="refused",
        since_ns=5,
        why="no",
        next_step="yes",
        limits={"batch": 100},
    )
    found = msgspec.json.decode(msgspec.json.encode(report, enc_hook=str))
    assert (found["address"], found["limits"]) == (str(MILL), {"batch": 100})
    assert set(found) == set(LinkReport.__struct_fields__)


@pytest.mark.parametrize(
    ("told_ns", "said"),
    [(None, "connected"), (85 * 10**9, "connected"), (85 * 10**9 - 1, "not told")],
)
def test_a_report_is_good_for_a_while(told_ns: int | None, said: str) -> None:
    """One of more than 15 s ago says nothing of now; one without its time counts as told now."""
    assert link_state({"state": "connected", "told_ns": told_ns}, 100 * 10**9) == said
