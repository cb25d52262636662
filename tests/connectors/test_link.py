"""A link keeps its endpoint connected."""

import asyncio
import time

from linewright.bus import PlantClock
from linewright.connectors.feeding.feed import Feed
from linewright.connectors.feeding.outbox import Numbering, Outbox
from linewright.connectors.link import Clocks, Link, wait_any
from linewright.connectors.sources import Endpoint, Point, Source
from linewright.plant.records import Quality
from tests.connectors.making import MILL, Machine, run, until


def clocks() -> Clocks:
    """The clocks of a real plant."""
    return Clocks(
        plant=PlantClock(wall_ns=time.time_ns, steady_s=time.monotonic),
        wall_ns=time.time_ns,
        steady_ns=time.monotonic_ns,
        begun_ns=0,
    )


def feed(url: str) -> Feed:
    """A feed of the mill's counter."""
    point = Point(tag=MILL.with_tag("count"), node="ns=2;s=Count")
    source = Source(name="mill", address=MILL, endpoint=Endpoint(url=url), points=(point,))
    box = Outbox(Numbering(site="nogales", source="mill", epoch=1, n=0))
    return Feed(source, box, plant_rev="r1", marks=Quality.GOOD)


def test_a_link_comes_back_after_every_loss(machine: Machine) -> None:
    """Dropped twice, it has a new session twice, within the longest wait."""

    async def keep() -> None:
        one = feed(machine.url)
        link = Link(one.source.endpoint, [one], clocks())
        stop = asyncio.Event()
        task = asyncio.create_task(link.keep(stop))
        sessions = set()
        for _ in range(3):
            await until(lambda: connected(link))
            sessions.add(id(link.session))
            session = link.session
            machine.hang_up()
            assert session is not None
            await session.lost.wait()
        assert len(sessions) > 1
        stop.set()
        await task
        assert link.session is None

    run(keep())


async def connected(link: Link) -> bool:
    """Whether the link has a live session."""
    return link.session is not None and not link.session.lost.is_set()


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
