"""Every point is watched within what a server bears, or it is known why not."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from linewright.connectors.opcua.limits import Limits
from linewright.connectors.opcua.session import Session
from linewright.connectors.sources import Endpoint, Point
from linewright.connectors.values import Heard
from linewright.plant import Address
from tests.connectors.making import run
from tests.connectors.opcua.controller import Controller, Manners, Setting, controller

PRESS = Address("nogales/shop/mills/mill")
LOOK_S = 0.02


def points(there: Controller, names: list[str], **described: float) -> list[Point]:
    """Points of the controller."""
    return [
        Point(tag=PRESS.with_tag(name.lower()), item=f"ns={there.space};s={name}", **described)  # type: ignore[arg-type]  # by name
        for name in names
    ]


class Listening:
    """A session that listens, and what it heard."""

    def __init__(self, session: Session, missing: tuple[int, ...]) -> None:
        self.session = session
        self.missing = missing
        self.heard: list[Heard] = []

    def values(self) -> dict[int, list[object]]:
        """Values by point."""
        found: dict[int, list[object]] = {}
        for each in self.heard:
            for point, value in zip(each.points, each.values, strict=True):
                found.setdefault(point, []).append(value)
        return found

    async def until(self, met: Callable[[], bool], longest_s: float = 20.0) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(longest_s):
            while not met():  # noqa: ASYNC110 - the server is in another thread
                await asyncio.sleep(LOOK_S)


@contextlib.asynccontextmanager
async def listening(
    there: Controller, wanted: list[Point], limits: Limits | None = None, batch: int = 500
) -> AsyncIterator[Listening]:
    """A session that watches points of the controller."""
    session = await Session.open(Endpoint(url=there.url, batch=batch), limits=limits)
    try:
        world = Listening(session, ())
        world.missing = await session.subscribe(wanted, world.heard.append)
        session.listen()
        yield world
    finally:
        await session.close()


NAMES = [f"V{number}" for number in range(60)]


@pytest.fixture(scope="module")
def press() -> Iterator[Controller]:
    """A controller for all tests that need no setting of their own; it takes seconds to start."""
    with controller() as running:
        running.add(*NAMES, value=7.0)
        yield running


@pytest.mark.parametrize(
    ("manners", "subscriptions"),
    [
        (Manners(monitor=20), 1),
        (Manners(per_subscription=25), 3),
        (Manners(monitor=7, per_subscription=25), 3),
        (Manners(read_pairs=5, monitor=50, slow_s=0.05), 1),
    ],
)
def test_limits_that_are_not_published_are_found(
    press: Controller, manners: Manners, subscriptions: int
) -> None:
    """Every item is created and every first value comes, whatever is refused on the way."""
    press.reset(manners)

    async def watch() -> None:
        limits = Limits(500)
        async with listening(press, points(press, NAMES), limits) as world:
            assert world.missing == ()
            await world.until(lambda: len(world.values()) == len(NAMES))
            assert press.subscriptions() == subscriptions
        before = len(press.seen.monitors)
        async with listening(press, points(press, NAMES), limits) as world:
            assert world.missing == ()
        # What was learned is kept: no request of the second session is refused for its size.
        assert max(press.seen.monitors[before:]) <= max(manners.monitor, 1)

    run(watch())


def test_published_limits_are_kept_from_the_first_request_on() -> None:
    """No request is larger than what the server says it bears."""
    limits = {11705: 6, 11714: 9}
    with controller(Manners(read_pairs=6, monitor=9), Setting(limits=limits)) as there:
        there.add(*NAMES)

        async def watch() -> None:
            async with listening(there, points(there, NAMES)) as world:
                told = world.session.limits.told()
                assert (told["read"], told["monitor"]) == (6, 9)
                assert max(there.seen.monitors) == 9
                # The first question comes before the limits are known.
                assert max(there.seen.reads[3:]) <= 6

        run(watch())


def test_a_server_that_is_full_says_which_points_are_missing(press: Controller) -> None:
    """What no longer fits is told with its reason; what fits is watched."""
    press.reset(Manners(items=40))

    async def watch() -> None:
        async with listening(press, points(press, NAMES)) as world:
            assert len(world.missing) == len(NAMES) - 40
            reasons = {world.session.missing[each] for each in world.missing}
            assert reasons == {"BadTooManyMonitoredItems"}
            await world.until(lambda: len(world.values()) == 40)
            assert press.subscriptions() == 1

    run(watch())


def test_refused_filters_are_left_out(press: Controller) -> None:
    """A server without filters is asked again without, once for all."""
    press.reset(Manners(filters=False))

    async def watch() -> None:
        async with listening(press, points(press, NAMES, deadband=0.5), batch=30) as world:
            assert world.missing == ()
            await world.until(lambda: len(world.values()) == len(NAMES))
            assert press.seen.filters == 30

    run(watch())


def test_a_deadband_is_asked_for_in_the_unit_of_the_machine(press: Controller) -> None:
    """With a scale of 0.1, a deadband of 1 is 10 at the machine: smaller steps stay press."""
    press.reset()

    press.add("Level")

    async def watch() -> None:
        async with listening(press, points(press, ["Level"], deadband=1.0, scale=0.1)) as world:
            await world.until(lambda: len(world.values().get(0, [])) == 1)
            for value in (4.0, 5.0, 30.0, 31.0, 60.0):
                await asyncio.to_thread(press.show, "Level", value)
            await world.until(lambda: len(world.values()[0]) == 3)
            assert world.values()[0] == [0.0, 30.0, 60.0]

    run(watch())


def test_an_item_that_stays_silent_is_read_once_and_told(press: Controller) -> None:
    """A good result without any value is found out: the value is read and the item reported."""
    press.reset(Manners(silent=frozenset({"V3"})))

    async def watch() -> None:
        async with listening(press, points(press, ["V2", "V3"])) as world:
            assert world.missing == ()
            await world.until(lambda: 1 in world.session.missing)
            assert world.values()[1] == [7.0]

    run(watch())


def test_a_node_that_comes_later_is_watched_then(press: Controller) -> None:
    """A missing node is tried again; the others go on in the same subscription."""
    press.reset()

    press.add("Early")

    async def watch() -> None:
        async with listening(press, points(press, ["Early", "Late"])) as world:
            assert world.missing == (1,)
            await asyncio.to_thread(press.add, "Late")
            await world.until(lambda: 1 in world.values(), 30)
            assert world.session.missing == {}
            assert press.subscriptions() == 1
            late = [each for each in world.heard if 1 in each.points]
            assert late[0].is_first
            assert late[0].asked_ns is not None

    run(watch())


@pytest.mark.faults
def test_a_slow_publisher_is_asked_for_more_signs_of_life(press: Controller) -> None:
    """Where the publishing interval is revised upwards, the keep-alive stays within seconds."""
    press.reset(Manners(publish_least_ms=1000.0))

    async def watch() -> None:
        async with listening(press, points(press, ["V1"])) as world:
            (held,) = world.session._monitoring.held.values()
            assert held.interval_s == 1.0
            assert held.interval_s * held.keep_alive <= 2.0
            await asyncio.sleep(4.0)
            assert not world.session.lost.is_set()

    run(watch())
