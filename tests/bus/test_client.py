"""The client: what is acknowledged is stored once; a lost race is told; questions are answered."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path

import pytest

from linewright.bus import Applied, Bus, BusAddress, BusUnavailable, Conflict, NatsServer, Stream
from linewright.bus.layout import stream_settings
from linewright.plant.records import encode
from linewright.plant.samples import Columns, Frame, FrameHeader, frame, frame_from
from linewright.testing.buses import running_bus
from tests.bus.making import SITE, connected, run, state, subject


def one_frame(number: int) -> Frame:
    """The `number`-th frame of a source, with one sample."""
    tag = f"{SITE}/machining/bracket/saw#blade_temp"
    columns = Columns(tag=[tag], t_ns=[number], seen_ns=[number], value=[80.5], quality=[0])
    return frame(FrameHeader(site=SITE, source="saw", epoch=1, n=number), columns)


def test_published_twice_is_stored_once(server: NatsServer) -> None:
    """The same record has the same sequence again; the next has the next."""

    async def story() -> None:
        async with await connected(server) as bus:
            seq = await bus.publish(state(1, "twice"))
            assert await bus.publish(state(1, "twice")) == seq
            assert await bus.publish(state(2, "twice")) == seq + 1
            assert [each.seq for each in await bus.stored(subject("twice"))] == [seq, seq + 1]

    run(story())


def test_acknowledged_is_stored_once_through_kills(tmp_path: Path) -> None:
    """While the server is killed four times, every publish ends, and is stored exactly once."""

    async def writing(bus: Bus, station: str) -> list[int]:
        return [await bus.publish(state(number, station)) for number in range(400)]

    async def story() -> tuple[list[int], list[int]]:
        async with running_bus(tmp_path) as running:
            bus = await running.connect()
            stations = ("saw", "mill", "wash")
            tasks = [asyncio.create_task(writing(bus, station)) for station in stations]
            for _ in range(4):
                await asyncio.sleep(0.05)
                await running.kill()
                await running.restart()
            acked = [seq for seqs in await asyncio.gather(*tasks) for seq in seqs]
            kept = [each.seq for at in stations for each in await bus.stored(subject(at))]
            return sorted(acked), sorted(kept)

    acked, kept = run(story())
    assert acked == kept == list(range(1, 1201))


def test_frames_are_stored_once(server: NatsServer) -> None:
    """A frame survives the bus; sent again with the same number, it is one."""

    async def story() -> None:
        async with await connected(server) as bus:
            before = await bus.end_seq(Stream.SAMPLES)
            assert await bus.publish_frame(one_frame(1)) == before + 1
            assert await bus.publish_frame(one_frame(1)) == before + 1
            found = await bus.last("lw.samples.nogales.saw")
            assert found is not None
            assert frame_from(found.subject, found.data) == one_frame(1)
            assert await bus.end_seq(Stream.SAMPLES) == before + 1

    run(story())


def test_appending_needs_the_newest(server: NatsServer) -> None:
    """Who has not read the newest message of a subject gets a conflict that tells it."""

    async def story() -> None:
        async with await connected(server) as bus:
            first = await bus.append(state(1, "case"), after=0)
            second = await bus.append(state(2, "case"), after=first)
            for stale in (0, first):
                with pytest.raises(Conflict) as found:
                    await bus.append(state(3, "case"), after=stale)
                assert (found.value.subject, found.value.last) == (subject("case"), second)
            assert len(await bus.stored(subject("case"))) == 2

    run(story())


def test_of_a_race_one_wins(server: NatsServer) -> None:
    """Ten who append after the same message: one is stored, nine are told."""

    async def story() -> None:
        async with await connected(server) as bus:
            tries = (bus.append(state(number, "race"), after=0) for number in range(10))
            ends = await asyncio.gather(*tries, return_exceptions=True)
            assert sum(isinstance(each, int) for each in ends) == 1
            assert sum(isinstance(each, Conflict) for each in ends) == 9
            assert len(await bus.stored(subject("race"))) == 1

    run(story())


def test_appending_again_what_is_stored_is_no_conflict(tmp_path: Path) -> None:
    """Our own message is known again, also when the server has forgotten its id."""

    async def story() -> None:
        async with running_bus(tmp_path) as running:
            bus = await running.connect()
            seq = await bus.append(state(1), after=0)
            assert await bus.append(state(1), after=0) == seq
            short = stream_settings(Stream.RECORDS, SITE) | {"duplicate_window": 10**8}
            await bus._wire.api(f"STREAM.UPDATE.records-{SITE}", short)
            await asyncio.sleep(0.5)
            assert await bus.append(state(1), after=0) == seq
            assert len(await bus.stored(subject())) == 1

    run(story())


def test_appending_through_kills(tmp_path: Path) -> None:
    """A chain of appended records, each after the one before, is whole after three kills."""

    async def story() -> None:
        async with running_bus(tmp_path) as running:
            bus = await running.connect()

            async def chain() -> list[int]:
                seqs = [0]
                for number in range(300):
                    seqs.append(await bus.append(state(number), after=seqs[-1]))
                return seqs[1:]

            task = asyncio.create_task(chain())
            for _ in range(3):
                await asyncio.sleep(0.05)
                await running.kill()
                await running.restart()
            seqs = await task
            assert [each.seq for each in await bus.stored(subject())] == seqs

    run(story())


def test_old_messages_are_found_among_very_many(server: NatsServer) -> None:
    """Twelve thousand messages of one subject are listed, and the first is still known as ours."""

    async def story() -> None:
        async with await connected(server) as bus:
            old = await bus.append(state(0, "many"), after=0)
            for part in range(24):
                numbers = range(1 + part * 500, 501 + part * 500)
                await asyncio.gather(*(bus.publish(state(each, "many")) for each in numbers))
            assert len(await bus.stored(subject("many"))) == 12_001
            assert (
                await bus._stored_before(
                    subject("many"), encode(state(0, "many")), f"{state(0, 'many').id}.0"
                )
                == old
            )
            async with aclosing(bus.past(subject("many"), after=old)) as messages:
                assert (await anext(messages)).seq == old + 1

    run(story())


def test_what_a_full_stream_dropped_can_be_seen(tmp_path: Path) -> None:
    """A reader that came too late learns where the stream begins now, also where it is empty."""

    async def story() -> None:
        async with running_bus(tmp_path) as running:
            bus = await running.connect()
            assert await bus.first_seq(Stream.RECORDS) == 1
            small = stream_settings(Stream.RECORDS, SITE) | {"max_msgs": 10}
            await bus._wire.api(f"STREAM.UPDATE.records-{SITE}", small)
            for number in range(25):
                await bus.publish(state(number))
            assert (await bus.first_seq(Stream.RECORDS), await bus.end_seq(Stream.RECORDS)) == (
                16,
                25,
            )
            await bus._wire.api(f"STREAM.PURGE.records-{SITE}")
            assert await bus.first_seq(Stream.RECORDS) == 26

    run(story())


def test_a_publisher_waits_for_the_server_and_gives_up(tmp_path: Path) -> None:
    """While the server is away nothing is stored twice; a drain says what is still under way."""

    async def story() -> None:
        async with running_bus(tmp_path) as running:
            bus = await running.connect("live", user="live")
            await running.kill()
            waiting = asyncio.create_task(bus.publish(state(1)))
            await asyncio.sleep(0.3)
            assert not waiting.done()
            await bus.tell(f"lw.alive.{SITE}.live", b"dropped")
            await running.restart()
            assert await waiting == 1
            assert await bus.drain() == 0

    run(story())


def test_a_slow_follower_holds_nobody_up(tmp_path: Path) -> None:
    """A follower that reads nothing for a while gets all, and the publisher never waited."""

    async def story() -> None:
        async with running_bus(tmp_path) as running:
            bus, slow = await running.connect(), await running.connect("slow")
            async with aclosing(slow.follow(Stream.RECORDS)) as messages:
                await bus.publish(state(0))
                assert (await anext(messages)).seq == 1
                for part in range(6):
                    numbers = range(1 + part * 500, 501 + part * 500)
                    await asyncio.gather(*(bus.publish(state(each)) for each in numbers))
                seqs = [(await anext(messages)).seq for _ in range(3000)]
                assert seqs == list(range(2, 3002))

    run(story())


def test_a_foreign_server_is_used_with_its_one_user(tmp_path: Path) -> None:
    """Where the server is not ours, its user makes what is absent, and finds what is there."""

    async def story() -> None:
        async with await NatsServer.start(tmp_path) as server:
            url = server.address.url.replace("//", f"//up:{server.address.password}@")
            address = BusAddress.of_url(url, {})
            async with await Bus.connect(address, site=SITE, name="up") as bus:
                await bus.prepare()
                await bus.prepare()
                await (await bus.bucket("grants")).put("a", b"1")
                assert await bus.publish(state(1)) == 1

    run(story())


def test_nothing_stored_is_none(server: NatsServer) -> None:
    """A subject without messages has no last one and an empty list."""

    async def story() -> None:
        async with await connected(server) as bus:
            assert await bus.last(subject("empty")) is None
            assert await bus.stored(subject("empty")) == []

    run(story())


def test_told_is_heard(server: NatsServer) -> None:
    """A listener hears what is told after it began; it is not stored."""

    async def story() -> None:
        async with await connected(server) as bus:
            async with aclosing(bus.listen("lw.alive.nogales.*")) as heard:
                waiting = asyncio.ensure_future(anext(heard))
                while not waiting.done():
                    await bus.tell("lw.alive.nogales.live", b"1")
                    await asyncio.wait([waiting], timeout=0.02)
                message = waiting.result()
            assert (message.subject, message.data, message.seq) == (
                "lw.alive.nogales.live",
                b"1",
                0,
            )

    run(story())


def test_a_slow_listener_loses_the_oldest(server: NatsServer) -> None:
    """A listener that reads nothing keeps the newest messages, and the teller is not held."""

    async def story() -> None:
        async with await connected(server) as bus:
            async with aclosing(bus.listen("lw.alive.nogales.slow")) as heard:
                waiting = asyncio.ensure_future(anext(heard))
                while not waiting.done():
                    await bus.tell("lw.alive.nogales.slow", b"0")
                    await asyncio.wait([waiting], timeout=0.02)
                for number in range(1, 3001):
                    await bus.tell("lw.alive.nogales.slow", str(number).encode())
                    await asyncio.sleep(0)
                await bus.end_seq(Stream.RECORDS)
                numbers = [int((await anext(heard)).data)]
                while numbers[-1] < 3000:
                    numbers.append(int((await anext(heard)).data))
            assert len(numbers) <= 1024
            assert numbers == list(range(numbers[0], 3001))

    run(story())


def failing(word: str) -> Callable[[bytes], Awaitable[bytes]]:
    """Return an answer that echoes, but fails on one word."""

    async def reply(question: bytes) -> bytes:
        if question.decode() == word:
            raise ValueError(word)
        return question.upper()

    return reply


def test_questions_are_answered(server: NatsServer) -> None:
    """An answer comes back; one that fails comes back as an error with its words."""

    async def story() -> None:
        async with await connected(server) as one, await connected(server) as other:
            await one.answer("lw.ask.nogales.think.echo", failing("no"))
            assert await other.ask("lw.ask.nogales.think.echo", b"yes") == b"YES"
            with pytest.raises(BusUnavailable, match="ValueError: no"):
                await other.ask("lw.ask.nogales.think.echo", b"no")
            assert await other.ask("lw.ask.nogales.think.echo", b"again") == b"AGAIN"

    run(story())


def test_nobody_answers(server: NatsServer) -> None:
    """A question that nobody answers ends when it was said to."""

    async def story() -> None:
        async with await connected(server) as bus:
            with pytest.raises(BusUnavailable, match="nobody listens"):
                await bus.ask("lw.ask.nogales.none.x", b"", timeout_s=0.3)

    run(story())


def test_answers_outlive_the_server(tmp_path: Path) -> None:
    """After a kill and a restart, questions are still answered."""

    async def story() -> None:
        async with running_bus(tmp_path) as running:
            one, other = await running.connect("one"), await running.connect("other")
            await one.answer("lw.ask.nogales.think.echo", failing("no"))
            await running.kill()
            asked = asyncio.create_task(
                other.ask("lw.ask.nogales.think.echo", b"yes", timeout_s=20.0)
            )
            await running.restart()
            assert await asked == b"YES"

    run(story())


def test_applied_waits_for_a_plant(tmp_path: Path) -> None:
    """A service that starts first waits for the plant, and says so when none comes."""

    async def story() -> None:
        async with running_bus(tmp_path) as running:
            bus = await running.connect()
            with pytest.raises(BusUnavailable, match="no plant was applied"):
                await bus.applied(wait_s=0.2)
            waiting = asyncio.create_task(bus.applied())
            one = Applied(rev="r1", text="x", site=SITE, emulated=False)
            await (await bus.bucket("plant")).put("applied", one.encode())
            assert await waiting == one
            assert (bus.clock.is_emulated, bus.clock.speed) == (False, 1.0)

    run(story())


def test_the_clock_of_an_emulated_plant_is_heard(tmp_path: Path) -> None:
    """With ticks on the bus, plant time is known after `applied` and goes on by itself."""

    async def story() -> None:
        async with running_bus(tmp_path, plant_text="x", emulated=True) as running:
            plays, reads = await running.connect("emulate"), await running.connect("live")
            waiting = asyncio.create_task(reads.applied())
            while not waiting.done():
                await plays.tell("lw.clock.nogales", b'{"t_ns": 1000, "speed": 20.0}')
                await asyncio.wait([waiting], timeout=0.05)
            before_ns = reads.clock.now_ns()
            await asyncio.sleep(0.1)
            assert 1000 <= before_ns < reads.clock.now_ns()
            assert reads.clock.speed == 20.0

    run(story())


def test_a_foreign_record_is_our_mistake(server: NatsServer) -> None:
    """A record of another site is refused before it is sent."""

    async def story() -> None:
        async with await Bus.connect(server.address, site="reno", name="test") as bus:
            with pytest.raises(AssertionError, match="nogales"):
                await bus.publish(state(1))

    run(story())
