"""Live as a service, on a real NATS server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path

import pytest

from linewright.bus import Applied, Bus, NatsServer, Stream
from linewright.live import line_states
from linewright.live.service import KEY, run
from linewright.plant import to_text
from linewright.plant.records import LineState, Quality, Record, decode
from linewright.plant.samples import Frame
from tests.live.floor import LINE, SITE, Sample, batch, bracket, fresh, play

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
async def _site(folder: Path) -> AsyncIterator[Bus]:
    """A bus with the bracket plant applied; its server ends with the scene."""
    server = await NatsServer.start(folder / "bus")
    try:
        async with await Bus.connect(server.address, site=SITE, name="test") as bus:
            applied = Applied(rev="r1", text=to_text(bracket()), site=SITE, emulated=False)
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
