"""What is in the outboxes reaches the bus once, and the next start knows how far it went."""

import msgspec
from msgspec.structs import replace

from linewright.bus import Bus, NatsServer
from linewright.connectors.feeding.feed import Feed, Now
from linewright.connectors.feeding.pump import Pump, restored_feed
from linewright.connectors.sources import Endpoint, Point, Source
from linewright.connectors.values import Heard
from linewright.plant.records import Gap, decode
from tests.connectors.making import MILL, SITE, run

SOURCE = Source(
    name="mill",
    address=MILL,
    endpoint=Endpoint(url="opc.tcp://a"),
    points=(Point(tag=MILL.with_tag("count"), item="ns=2;s=Count"),),
)
S = 10**9
T0 = 1_000_000 * S


def now(after_s: float) -> Now:
    """A moment after the beginning."""
    at = T0 + round(after_s * S)
    return Now(plant_ns=at, seen_ns=at, steady_ns=at)


def counted(after_s: float, *, is_historical: bool = False) -> Heard:
    """One value of the counter."""
    source_ns = [T0 + round(after_s * S)]
    return Heard(
        points=[0], values=[1], statuses=[0], source_ns=source_ns, is_historical=is_historical
    )


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
            one.take(counted(1), now(1))
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
            one.take(counted(1), now(1))
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


def test_what_is_told_late_does_not_lower_what_is_accounted_for(server: NatsServer) -> None:
    """Behind a newest frame of old values the next start still knows how far the source was."""

    async def play() -> None:
        async with await Bus.connect(server.address, site=SITE, name="test") as bus:
            one = await restored(bus)
            pump = Pump(bus, await bus.bucket("folds"))
            one.connected((), asked_ns=T0, now=now(0))
            one.take(counted(60), now(60))
            await pump.round([one], steady_ns=0)
            one.take(counted(5, is_historical=True), now(61))
            await pump.round([one], steady_ns=S)
            assert (await restored(bus)).box.stored_ns == T0 + 60 * S

    run(play())


def test_gaps_of_two_sources_of_one_station_are_told_apart(server: NatsServer) -> None:
    """The station's newest gap may be the other source's: each start knows the own one."""

    async def play() -> None:
        async with await Bus.connect(server.address, site=SITE, name="test") as bus:
            folds = await bus.bucket("folds")
            pump = Pump(bus, folds)
            for name in ("mill", "mill_meter"):
                source = replace(SOURCE, name=name)
                feed = await restored_feed(
                    bus, folds, source, plant_rev="r1", simulated=False, epoch=7
                )
                feed.connected((), asked_ns=T0, now=now(0))
                feed.take(counted(1), now(1))
                feed.lost(now(2))
                feed.connected((), asked_ns=T0 + 9 * S, now=now(9))
                await pump.round([feed], steady_ns=0)
            again = await restored(bus)
            assert again.box.stored_ns is not None
            assert again.box.stored_ns > T0 + 9 * S
            gaps = await bus.stored(f"lw.gap.{MILL.subject()}")
            assert [decode(each.data, Gap).of_source for each in gaps] == ["mill", "mill_meter"]

    run(play())


def test_a_mark_says_how_far_a_source_was_when_its_frames_are_gone(server: NatsServer) -> None:
    """After days off no frame is left: the mark stays, and the next start tells the gap."""

    async def play() -> None:
        async with await Bus.connect(server.address, site=SITE, name="test") as bus:
            folds = await bus.bucket("folds")
            other = replace(SOURCE, name="other")
            marks: list[int] = []
            one = await restored_feed(bus, folds, other, plant_rev="r1", simulated=False, epoch=7)
            pump = Pump(bus, folds)
            one.connected((), asked_ns=T0, now=now(0))
            for after_s, is_last in ((1, False), (2, False), (62, False), (63, False), (64, True)):
                one.take(counted(after_s), now(after_s))
                await pump.round([one], steady_ns=after_s * S, is_last=is_last)
                marks.append(await marked(bus, "other"))
            one.take(counted(65), now(65))
            one.lost(now(66))
            await pump.round([one], steady_ns=66 * S)
            marks.append(await marked(bus, "other"))
            assert [(each - T0) // S for each in marks] == [1, 1, 62, 62, 64, 65]
            await folds.put("connect.mill", await folds.get("connect.other") or b"")
            again = await restored(bus)  # no frame of the mill was ever sent
            assert (again.box.epoch, again.box.stored_ns) == (7, T0 + 65 * S)

    run(play())


async def marked(bus: Bus, name: str) -> int:
    """Time up to which a source is said to be accounted for."""
    data = await (await bus.bucket("folds")).get(f"connect.{name}")
    assert data is not None
    return int(msgspec.json.decode(data)["stored_ns"])
