"""Live as a service, on a real NATS server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path

import pytest

from linewright.bus import Applied, Bus, NatsServer, Stream
from linewright.live import line_states
from linewright.live.alarms import AlarmAct, act, learn
from linewright.live.calls import CallAct, raise_call
from linewright.live.recent import STEP
from linewright.live.service import KEY, run
from linewright.plant import Plant, to_text
from linewright.plant.records import (
    Alarm,
    AlarmEvent,
    AlarmState,
    Call,
    CallEvent,
    CallKind,
    LineState,
    Quality,
    Record,
    decode,
)
from linewright.plant.samples import Frame
from tests.live.alarms.floor import heard
from tests.live.floor import LINE, SITE, SIX, Sample, batch, bracket, fresh, lamps, play, states

LINE_KEY = LINE.replace("/", ".")
WAIT_S = 25.0
"""How long anything here may take."""


def _in_time(scene: Coroutine[None, None, None]) -> None:
    """Play a scene, within bounds."""

    async def bounded() -> None:
        async with asyncio.timeout(WAIT_S):
            await scene

    asyncio.run(bounded())


@contextlib.asynccontextmanager
async def _site(folder: Path, plant: Plant | None = None) -> AsyncIterator[Bus]:
    """A bus with the bracket plant applied, or another; its server ends with the scene."""
    server = await NatsServer.start(folder / "bus")
    try:
        async with await Bus.connect(server.address, site=SITE, name="test") as bus:
            applied = Applied(rev="r1", text=to_text(plant or bracket()), site=SITE, emulated=False)
            await (await bus.bucket("plant")).put("applied", applied.encode())
            yield bus
    finally:
        await server.stop()


@contextlib.asynccontextmanager
async def _running(bus: Bus, folder: Path) -> AsyncIterator[asyncio.Event]:
    """The service, cancelled at the end as a kill would cut it off, unless it was stopped."""
    stop = asyncio.Event()
    service = asyncio.create_task(run(bus, folder, stop))
    try:
        yield stop
        if stop.is_set():
            await service
    finally:
        service.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await service


async def _line(bus: Bus, holds: Callable[[LineState], bool]) -> LineState:
    """The LineState on the bus, as soon as something holds of it."""
    bucket = await bus.bucket("line")
    while True:
        data = await bucket.get(LINE_KEY)
        if data is not None and holds(state := decode(data, LineState)):
            return state
        await asyncio.sleep(0.02)


async def _alarms(bus: Bus, count: int) -> list[Alarm]:
    """The first alarm records of the site."""
    found: list[Alarm] = []
    follows = bus.follow(Stream.RECORDS, subject=f"lw.alarm.{SITE}.>")
    async with contextlib.aclosing(follows) as messages:
        async for message in messages:
            found.append(decode(message.data, Alarm))
            if len(found) == count:
                break
    return found


async def _records(bus: Bus, count: int) -> list[Record]:
    """The first records of the site."""
    found: list[Record] = []
    async with contextlib.aclosing(bus.follow(Stream.RECORDS)) as messages:
        async for message in messages:
            found.append(decode(message.data, Record))
            if len(found) == count:
                break
    return found


def _frames(station: str, count: int) -> list[Frame]:
    """A station that makes a part a minute and stops for a while after every third."""
    frames = []
    for n in range(count):
        code = 5 if n % 3 == 2 else 1
        rows: list[Sample] = [(f"{station}#state", n * 60, code, 0)]
        rows += [(f"{station}#good", n * 60, 100 + n, 0), (f"{station}#bad", n * 60, n // 5, 0)]
        frames.append(batch(n, rows, source=station))
    return frames


def test_records_survive_a_kill(tmp_path: Path) -> None:
    """Cut off at any moment and started again: the records of one uncut run, each once."""
    frames = [
        each for pair in zip(*map(_frames, ("saw", "mill"), (30, 30)), strict=True) for each in pair
    ]
    fold, expected = play(fresh(), frames)

    async def scene() -> None:
        async with _site(tmp_path) as bus:
            for cut in (10, 17, 42):
                async with _running(bus, tmp_path):
                    for each in frames[:cut]:  # those sent before are dropped as repeats
                        await bus.publish_frame(each)
                    await _records(bus, max(1, cut - 8))
            async with _running(bus, tmp_path) as stop:
                for each in frames[42:]:
                    await bus.publish_frame(each)
                found = await _records(bus, len(expected))
                stop.set()
            assert await bus.end_seq(Stream.RECORDS) == len(expected)
            assert {each.id for each in found} == {each.id for each in expected}
            line = await _line(bus, lambda state: len(state.inputs) == 2)
            [whole] = line_states(fold, bracket())
            assert [each.good for each in line.stations] == [each.good for each in whole.stations]
            assert line.inputs == whole.inputs

    _in_time(scene())


def test_what_is_silent_is_stale_until_it_speaks(tmp_path: Path) -> None:
    """Three seconds without a frame: stale. A heartbeat of that source makes it good again."""

    async def scene() -> None:
        async with _site(tmp_path) as bus, _running(bus, tmp_path) as stop:
            await _line(bus, lambda state: not state.inputs)
            await bus.publish_frame(batch(0, [("mill#state", 0, 1, 0)]))
            mill = (await _line(bus, lambda state: bool(state.inputs))).stations[1]
            assert (mill.state.value, mill.quality) == ("running", 0)
            stale = int(Quality.STALE | Quality.UNCERTAIN)
            await _line(bus, lambda state: state.stations[1].quality == stale)
            await bus.publish_frame(batch(1, []))
            await _line(bus, lambda state: state.stations[1].quality == 0)
            stop.set()

    _in_time(scene())


def test_what_lay_there_at_the_start_is_not_now(tmp_path: Path) -> None:
    """Samples stored before the start are folded, and shown as stale until a source speaks."""

    async def scene() -> None:
        async with _site(tmp_path) as bus:
            await bus.publish_frame(batch(0, [("mill#state", 0, 1, 0)]))
            async with _running(bus, tmp_path) as stop:
                mill = (await _line(bus, lambda state: bool(state.inputs))).stations[1]
                assert mill.state.value == "running"
                assert mill.quality & Quality.STALE
                stop.set()

    _in_time(scene())


@pytest.mark.parametrize("damage", [b"no snapshot", b'{"seq":99,"fold":{}}'])
def test_a_damaged_snapshot_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    """Without a readable snapshot everything is read again, with the same records."""
    frames = _frames("mill", 6)
    _, expected = play(fresh(), frames)

    async def scene() -> None:
        async with _site(tmp_path) as bus:
            for each in frames:
                await bus.publish_frame(each)
            folds = await bus.bucket("folds")
            await folds.put(KEY, damage)
            async with _running(bus, tmp_path) as stop:
                found = await _records(bus, len(expected))
                stop.set()
            assert [each.id for each in found] == [each.id for each in expected]
            assert b'"seq":6' in (await folds.get(KEY) or b"")

    _in_time(scene())


def test_a_broken_frame_is_passed_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What is no frame is logged, and the next one is folded."""

    async def scene() -> None:
        async with _site(tmp_path) as bus, _running(bus, tmp_path) as stop:
            await _line(bus, lambda state: not state.inputs)
            await bus.tell(f"lw.samples.{SITE}.mill", b"no frame")
            await bus.publish_frame(batch(0, [("mill#state", 0, 1, 0)]))
            await _line(bus, lambda state: bool(state.inputs))
            stop.set()

    _in_time(scene())
    assert "a frame is passed over" in caplog.text


def _hot(n: int) -> Frame:
    """A spindle above and below both its limits, in turn."""
    return batch(n, [("mill#spindle_temp", n * 20, 60 if n % 2 else 90, 0)])


def test_alarms_survive_a_kill(tmp_path: Path) -> None:
    """Cut off at any moment and started again: the alarms of one uncut run, each once."""
    frames = [_hot(n) for n in range(40)]
    _, expected = heard([("mill#spindle_temp", n * 20, 60 if n % 2 else 90, 0) for n in range(40)])

    async def scene() -> None:
        async with _site(tmp_path) as bus:
            for cut in (7, 8, 29):
                async with _running(bus, tmp_path):
                    for each in frames[:cut]:  # those sent before are dropped as repeats
                        await bus.publish_frame(each)
                    await _alarms(bus, max(1, cut - 4))
            async with _running(bus, tmp_path) as stop:
                for each in frames[29:]:
                    await bus.publish_frame(each)
                found = await _alarms(bus, len(expected))
                stop.set()
            assert await bus.end_seq(Stream.RECORDS) == len(expected)
            assert sorted(each.id for each in found) == sorted(each.id for each in expected)

    _in_time(scene())


def test_what_a_person_did_outlives_a_kill(tmp_path: Path) -> None:
    """Acknowledged before the kill: the return after it says that somebody had seen it."""

    async def scene() -> None:
        async with _site(tmp_path) as bus:
            async with _running(bus, tmp_path):
                await bus.publish_frame(_hot(0))
                [raised] = await _alarms(bus, 1)
                wanted = AlarmAct(event=AlarmEvent.ACKNOWLEDGED, by="p7", now_ns=raised.t_ns + 5)
                await bus.publish(act(learn(None, raised), wanted))
                await _kept(bus, b'"p7"')
            async with _running(bus, tmp_path) as stop:
                await bus.publish_frame(_hot(1))
                alarms = await _alarms(bus, 4)
                stop.set()
            [back] = [e for e in alarms if e.occurrence == raised.id and e.by is None]
            assert (back.event, back.state) == (AlarmEvent.RETURNED, AlarmState.NORMAL)

    _in_time(scene())


async def _kept(bus: Bus, text: bytes) -> None:
    """Wait until the snapshot holds a text."""
    folds = await bus.bucket("folds")
    async with contextlib.aclosing(folds.watch(KEY)) as kept:
        async for _, data in kept:
            if text in (data or b""):
                break


async def _beats(bus: Bus) -> None:
    """The mill lives and has nothing new, ten times a second."""
    for n in range(1, 250):
        await bus.publish_frame(batch(n, []))
        await asyncio.sleep(0.1)


def test_a_silent_source_is_told_once(tmp_path: Path) -> None:
    """Ten seconds without a frame raise an alarm; a frame ends it; a kill between doubles none."""

    async def scene() -> None:
        async with _site(tmp_path) as bus:
            async with _running(bus, tmp_path):
                await bus.publish_frame(batch(0, [("mill#state", 0, 1, 0)]))
                [silent] = await _alarms(bus, 1)
                assert (silent.alarm, silent.address) == ("silence_mill", LINE.child("mill"))
            async with _running(bus, tmp_path) as stop:
                beats = asyncio.create_task(_beats(bus))
                _, back = await _alarms(bus, 2)
                beats.cancel()
                stop.set()
            assert (back.event, back.occurrence) == (AlarmEvent.RETURNED, silent.id)
            assert await bus.end_seq(Stream.RECORDS) == 3  # the state, and both of the alarm

    _in_time(scene())


def test_a_call_that_nobody_answers_is_escalated(tmp_path: Path) -> None:
    """Raised an hour ago and read only now: both levels, each at its own time."""

    async def scene() -> None:
        async with _site(tmp_path) as bus, _running(bus, tmp_path) as stop:
            wanted = CallAct(
                event=CallEvent.RAISED,
                by="p7",
                now_ns=bus.clock.now_ns() - 3600 * 10**9,
                kind=CallKind.QUALITY,
            )
            raised = raise_call(LINE.child("mill"), wanted)
            await bus.publish(raised)
            found = [each for each in await _records(bus, 3) if isinstance(each, Call)]
            stop.set()
            assert [each.level for each in found] == [0, 1, 2]
            assert {each.call for each in found[1:]} == {raised.id}

    _in_time(scene())


def test_a_change_is_put_at_once(tmp_path: Path) -> None:
    """A state that changes is in the line sooner than the next time that all lines are put."""

    async def scene() -> None:
        async with _site(tmp_path) as bus, _running(bus, tmp_path) as stop:
            await _line(bus, lambda state: not state.inputs)
            lines = await bus.bucket("line")
            seen: list[int] = []
            async with contextlib.aclosing(lines.watch(LINE_KEY)) as watched:
                await anext(watched)
                for n in range(6):
                    await bus.publish_frame(batch(n, [("mill#state", n, n % 2, 0)]))
                    while len(seen) <= n:
                        _, data = await anext(watched)
                        now = decode(data or b"", LineState)
                        seen += [n] if now.as_of_ns >= SIX + n * 10**9 else []
            assert seen == list(range(6))
            stop.set()

    _in_time(scene())


def _lit(n: int, at_s: int, lamp: str) -> Frame:
    return batch(n, [(f"mill#{e}", at_s, int(e == lamp), 0) for e in ("green", "yellow", "red")])


def test_what_time_told_is_taken_back_after_a_kill(tmp_path: Path) -> None:
    """Red for 5 s: down. A green of 2 s after red, come after a kill: it never was."""

    async def scene() -> None:
        async with _site(tmp_path, lamps()) as bus:
            async with _running(bus, tmp_path):
                for n, (at_s, lamp) in enumerate(((0, "green"), (60, "red"))):
                    await bus.publish_frame(_lit(n, at_s, lamp))
                line = await _line(bus, lambda state: state.stations[0].state.value == "down")
                assert line.stations[0].since_ns == SIX + 60 * 10**9
            async with _running(bus, tmp_path) as stop:
                await bus.publish_frame(_lit(2, 62, "green"))
                found = states(await _records(bus, 3))
                stop.set()
            told = [(each.state.value, each.rev, each.void) for each in found]
            assert told == [("running", 0, False), ("down", 0, False), ("down", STEP, True)]
            assert await bus.end_seq(Stream.RECORDS) == 3

    _in_time(scene())
