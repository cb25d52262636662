"""Readers lose nothing and repeat nothing, whatever becomes of the server."""

import asyncio
import itertools
from contextlib import aclosing
from pathlib import Path

import pytest

from linewright.bus import Bus, BusUnavailable, NatsServer, Stream
from linewright.bus.reading import Wanted, present
from linewright.testing.buses import RunningBus, running_bus
from tests.bus.making import connected, gathered, run, state, subject


async def publish_for_ever(bus: Bus, acked: list[int]) -> None:
    """Publish one record after the other, and note what was acknowledged."""
    for number in itertools.count():
        acked.append(await bus.publish(state(number)))  # noqa: PERF401  # read as it grows


async def disturb(running: RunningBus, times: int) -> None:
    """Kill the server and start it again, some times."""
    for _ in range(times):
        await asyncio.sleep(0.3)
        await running.kill()
        await running.restart()
    await asyncio.sleep(0.3)


async def ended(task: "asyncio.Task[None]") -> None:
    """End a task and wait for it."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_a_follower_sees_every_sequence_once(tmp_path: Path) -> None:
    """Through five kills of the server, a follower gets 1, 2, 3 ... without gap or repeat."""

    async def story() -> tuple[list[int], list[int], int]:
        async with running_bus(tmp_path) as running:
            reader, writer = await running.connect("reader"), await running.connect("writer")
            acked: list[int] = []
            writing = asyncio.create_task(publish_for_ever(writer, acked))
            disturbing = asyncio.create_task(disturb(running, 5))
            seen = []
            async with aclosing(reader.follow(Stream.RECORDS)) as messages:
                while not disturbing.done():
                    seen.append((await anext(messages)).seq)
                await ended(writing)
                end = await writer.end_seq(Stream.RECORDS)
                seen += [each.seq for each in await gathered(messages, end - seen[-1])]
            return seen, acked, end

    seen, acked, end = run(story())
    assert seen == list(range(1, end + 1))
    assert len(acked) == len(set(acked)) > 100
    assert set(acked) <= set(seen)


def test_taking_through_kills_leaves_nothing_out(tmp_path: Path) -> None:
    """Through kills of the server, a durable reader gets every message at least once."""

    async def story() -> tuple[set[int], int]:
        async with running_bus(tmp_path) as running:
            reader, writer = await running.connect("reader"), await running.connect("writer")
            writing = asyncio.create_task(publish_for_ever(writer, []))
            disturbing = asyncio.create_task(disturb(running, 3))
            seen: set[int] = set()
            async with aclosing(reader.take(Stream.RECORDS, durable="all")) as batches:
                end = 0
                async for batch in batches:
                    seen |= {each.seq for each in batch.messages}
                    await batch.done()
                    if disturbing.done() and not end:
                        await ended(writing)
                        end = await writer.end_seq(Stream.RECORDS)
                    if end and len(seen) == end:
                        break
            return seen, end

    seen, end = run(story())
    assert seen == set(range(1, end + 1))


def test_a_follower_begins_where_it_is_told(server: NatsServer) -> None:
    """After a sequence and under a filter, only what is asked for comes, stored or new."""

    async def story() -> None:
        async with await connected(server) as bus:
            first = await bus.publish(state(1, "begin"))
            await bus.publish(state(1, "beside"))
            second = await bus.publish(state(2, "begin"))
            wanted = bus.follow(Stream.RECORDS, after=first, subject=subject("begin"))
            async with aclosing(wanted) as messages:
                assert (await anext(messages)).seq == second
                third = await bus.publish(state(3, "begin"))
                assert (await anext(messages)).seq == third

    run(story())


def test_the_time_of_storing_is_the_same_everywhere(server: NatsServer) -> None:
    """A message has the same `stored_ns` and id for a follower and for who asks directly."""

    async def story() -> None:
        async with await connected(server) as bus:
            seq = await bus.publish(state(1, "timed"))
            async with aclosing(bus.follow(Stream.RECORDS, after=seq - 1)) as messages:
                followed = await anext(messages)
            assert followed == await bus.last(subject("timed"))
            assert followed.id == f"{state(1, 'timed').id}.0"

    run(story())


def test_a_slow_follower_gets_everything(server: NatsServer) -> None:
    """More than one pull of messages, read with pauses, comes whole and in order."""

    async def story() -> None:
        async with await connected(server) as bus:
            await asyncio.gather(*(bus.publish(state(number, "slow")) for number in range(1200)))
            seqs: list[int] = []
            wanted = bus.follow(Stream.RECORDS, subject=subject("slow"))
            async with aclosing(wanted) as messages:
                while len(seqs) < 1200:
                    seqs.append((await anext(messages)).seq)
                    if len(seqs) % 400 == 0:
                        await asyncio.sleep(0.2)
            assert seqs == sorted(set(seqs))

    run(story())


def test_a_replaced_store_is_told(tmp_path: Path) -> None:
    """Whoever has read further than a stream reaches is told, and does not wait for ever."""

    async def story() -> None:
        async with running_bus(tmp_path) as running:
            bus = await running.connect()
            await bus.publish(state(1))
            with pytest.raises(BusUnavailable, match="store was replaced"):
                await anext(bus.follow(Stream.RECORDS, after=5))

    run(story())


def test_what_is_not_done_comes_again(tmp_path: Path) -> None:
    """A batch that was not done is delivered again after its time, one that was done is not."""

    async def story() -> None:
        async with running_bus(tmp_path) as running:
            bus = await running.connect()
            await bus.publish(state(1, "again"))
            taking = bus.take(Stream.RECORDS, durable="slow", ack_wait_s=0.5)
            async with aclosing(taking) as batches:
                first = await anext(batches)
                second = await anext(batches)
                assert second.messages == first.messages
                await second.done()
                await bus.publish(state(2, "again"))
                third = await anext(batches)
                assert [each.seq for each in third.messages] == [2]

    run(story())


def test_a_new_reader_takes_up_at_once(server: NatsServer) -> None:
    """What the killed reader had not done comes at once to the one that takes its place."""

    async def story() -> None:
        async with await connected(server) as bus:
            await bus.publish(state(1, "taken"))
            async with aclosing(bus.take(Stream.RECORDS, durable="d")) as batches:
                lost = await anext(batches)
            async with asyncio.timeout(3.0):
                async with aclosing(bus.take(Stream.RECORDS, durable="d")) as batches:
                    assert (await anext(batches)).messages[0] == lost.messages[0]

    run(story())


def test_what_is_present_ends_though_more_comes(server: NatsServer) -> None:
    """A list ends with what was there when it began, though a writer is quicker than its reader."""

    async def story() -> None:
        async with await connected(server) as bus:
            for number in range(4):
                await bus.publish(state(number, "grows"))
            wanted = Wanted(stream="records-nogales", subject=subject("grows"))
            seqs = []
            async with aclosing(present(bus._wire, wanted)) as messages:
                async for message in messages:
                    seqs.append(message.seq)
                    await bus.publish(state(4 + len(seqs), "grows"))
            assert len(seqs) == 4


def test_too_much_to_list_is_told(server: NatsServer) -> None:
    """A list that would be larger than its bound is refused, not cut short."""

    async def story() -> None:
        async with await connected(server) as bus:
            for number in range(4):
                await bus.publish(state(number, "large"))
            assert len(await bus.stored(subject("large"))) == 4
            with pytest.raises(BusUnavailable, match="more than 1000 bytes"):
                await bus.stored(subject("large"), bytes_max=1000)

    run(story())


def test_readers_end_with_their_bus(server: NatsServer) -> None:
    """A reader that waits for something new ends when its bus is closed."""

    async def story() -> int:
        bus = await connected(server)
        end = await bus.end_seq(Stream.SAMPLES)

        async def read() -> int:
            return len([each async for each in bus.follow(Stream.SAMPLES, after=end)])

        reading = asyncio.create_task(read())
        await asyncio.sleep(0.2)
        await bus.close()
        return await reading

    assert run(story()) == 0
