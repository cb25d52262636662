"""What is in the outboxes reaches the bus once, and the next start knows how far it went."""

from linewright.bus import Bus, NatsServer
from linewright.connectors.feeding.feed import Feed, Now
from linewright.connectors.feeding.pump import Pump, restored_feed
from linewright.connectors.sources import Endpoint, Point, Source
from linewright.connectors.values import Raw
from tests.connectors.making import MILL, SITE, run

SOURCE = Source(
    name="mill",
    address=MILL,
    endpoint=Endpoint(url="opc.tcp://a"),
    points=(Point(tag=MILL.with_tag("count"), node="ns=2;s=Count"),),
)
S = 10**9
T0 = 1_000_000 * S


def now(after_s: float) -> Now:
    """A moment after the beginning."""
    at = T0 + round(after_s * S)
    return Now(plant_ns=at, seen_ns=at, steady_ns=at)


async def restored(bus: Bus) -> Feed:
    """The feed as a new process would have it."""
    folds = await bus.bucket("folds")
    return await restored_feed(bus, folds, SOURCE, plant_rev="r1", simulated=False, epoch=7)


def test_a_new_process_goes_on_where_the_last_one_stored(server: NatsServer) -> None:
    """Epoch and number go on, also behind heartbeats, and the newest stored time is known."""

    async def play() -> None:
        async with await Bus.connect(server.address, site=SITE, name="test") as bus:
            one = await restored(bus)
            assert (one.box.epoch, one.box.stored_ns) == (7, None)
            pump = Pump(bus, await bus.bucket("folds"))
            one.connected((), asked_ns=T0, now=now(0))
            one.heard(0, Raw(value=1, source_ns=T0 + S), now(1), first=False)
            one.flush()
            await pump.round([one], steady_ns=0)
            assert (await restored(bus)).box.stored_ns == T0 + S
            await pump.round([one], steady_ns=2 * S)
            again = await restored(bus)
            assert again.box.stored_ns == T0 + S
            assert again.box.heartbeat().numbering.n == 2

    run(play())


def test_a_loss_does_not_hide_how_far_the_samples_went(server: NatsServer) -> None:
    """Bad samples after a loss bear its time; the next gap begins at the last change before it."""

    async def play() -> None:
        async with await Bus.connect(server.address, site=SITE, name="test") as bus:
            one = await restored(bus)
            pump = Pump(bus, await bus.bucket("folds"))
            one.connected((), asked_ns=T0, now=now(0))
            one.heard(0, Raw(value=1, source_ns=T0 + S), now(1), first=False)
            one.flush()
            await pump.round([one], steady_ns=0)
            one.lost(now(60))
            await pump.round([one], steady_ns=S)
            assert (await restored(bus)).box.stored_ns == T0 + S

    run(play())


def test_a_source_that_is_lost_sends_no_heartbeat(server: NatsServer) -> None:
    """A heartbeat says that the source lives: only a connected one says it."""

    async def play() -> None:
        async with await Bus.connect(server.address, site=SITE, name="test") as bus:
            one = await restored(bus)
            pump = Pump(bus, await bus.bucket("folds"))
            for second in range(4):
                await pump.round([one], steady_ns=second * S)
            assert await bus.last(f"lw.samples.{SITE}.mill") is None

    run(play())
