"""The service on a real bus: what is kept, what is asked, and what a kill leaves."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from linewright.bus import Applied, Bus, BusAddress, NatsServer, Stream
from linewright.history import HistoryUnusable, open_history
from linewright.history.published import read_published
from linewright.history.service import run
from linewright.plant.records import Audit, chain_break, decode
from linewright.plant.samples import decode_frame
from tests.history.building import TAGS, audit, framed, state

PROGRAM = Path(__file__).with_name("history_program.py")
ROWS = 10
TEST_S = 50.0


@asynccontextmanager
async def site_bus(folder: Path) -> AsyncIterator[Bus]:
    """Bus of a site with an applied plant."""
    async with (
        await NatsServer.start(folder / "bus", site="nogales") as server,
        await Bus.connect(server.address, site="nogales", name="test") as bus,
    ):
        applied = Applied(rev="r1", text="", site="nogales", emulated=False)
        await (await bus.bucket("plant")).put("applied", applied.encode())
        yield bus


@asynccontextmanager
async def running(bus_folder: Path, folder: Path) -> AsyncIterator[None]:
    """The service within this process, stopped in good order at the end."""
    stop = asyncio.Event()
    address = BusAddress.read(bus_folder / "bus", "history")
    async with await Bus.connect(address, site="nogales", name="history") as bus:
        service = asyncio.create_task(run(bus, folder / "history", stop))
        try:
            yield
        finally:
            stop.set()
            await service


def within_time(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Play a scene; it fails when it hangs."""

    async def timed() -> None:
        async with asyncio.timeout(TEST_S):
            await scene()

    asyncio.run(timed())


async def publish(bus: Bus, *numbers: int, source: str = "mill", rows: int = ROWS) -> None:
    """Publish frames by their numbers."""
    for n in numbers:
        await bus.publish_frame(decode_frame(framed(n, source=source, rows=rows)[1]))


async def ask(bus: Bus, question: str, **request: object) -> bytes:
    """Reply of the service to a question."""
    subject = f"lw.ask.nogales.history.{question}"
    return await bus.ask(subject, msgspec.json.encode(request), timeout_s=10.0)


async def until_kept(bus: Bus) -> dict[str, Any]:
    """Counts of the service once it holds both streams whole."""
    while True:
        try:
            counts: dict[str, Any] = msgspec.json.decode(await ask(bus, "counts"))
        except Exception:  # noqa: BLE001 - it is not there yet; the scene has its own time limit
            await asyncio.sleep(0.2)
            continue
        ends = {stream.value: await bus.end_seq(stream) for stream in Stream}
        if "error" not in counts and all(
            counts["positions"].get(name, 0) >= end for name, end in ends.items()
        ):
            return counts
        await asyncio.sleep(0.1)


def test_what_was_published_is_read_back(tmp_path: Path) -> None:
    """Frames, records and links, on the bus while it runs and from the file after it."""

    async def scene() -> None:
        async with site_bus(tmp_path) as bus, running(tmp_path, tmp_path):
            await publish(bus, 0, 1, 2)
            await bus.publish(state(0))
            await bus.publish(audit("case.opened", "c0"))
            counts = await until_kept(bus)
            assert (counts["samples"], counts["records"], counts["links"]) == (3 * ROWS, 2, 1)
            read = msgspec.json.decode(await ask(bus, "read", tag=TAGS[0], limit=2))
            assert read["value"] == [0.0, 0.0]
            assert (await ask(bus, "audit", after_n=-1, limit=500)).count(b"\n") == 1

    within_time(scene)
    with open_history(tmp_path / "history") as history:
        assert history.read(TAGS[0]).value == [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]
        links = list(history.audit())
    assert (tmp_path / "history" / "audit.jsonl").read_bytes() == links[0] + b"\n"


def test_a_jump_becomes_a_gap_record_on_the_bus(tmp_path: Path) -> None:
    """It is published, comes back, and leaves the outbox."""

    async def scene() -> None:
        async with site_bus(tmp_path) as bus:
            async with running(tmp_path, tmp_path):
                await publish(bus, 0, 3)
                async for message in bus.follow(Stream.RECORDS):
                    assert message.subject == "lw.gap.nogales"
                    break
                await until_kept(bus)
                await publish(bus, 2, 1)
                while await bus.end_seq(Stream.RECORDS) < 2:  # noqa: ASYNC110 - no event to wait for
                    await asyncio.sleep(0.05)
                await until_kept(bus)
            async with running(tmp_path, tmp_path):
                counts = await until_kept(bus)
                assert (counts["gaps"], counts["records"], counts["repeated_records"]) == (1, 2, 0)

    within_time(scene)
    with open_history(tmp_path / "history") as history:
        assert [(gap.first_n, gap.last_n, gap.filled) for gap in history.gaps()] == [(1, 2, True)]


def fill_disk_of(path: Path) -> None:
    """Let writing to a file that this process has open fail, as on a full disk."""
    (opened,) = [fd for fd in Path("/proc/self/fd").iterdir() if fd.resolve() == path]
    with Path("/dev/full").open("wb") as full:
        os.dup2(full.fileno(), int(opened.name))


def test_a_gap_is_published_though_the_audit_file_fails(tmp_path: Path) -> None:
    """It is stored in the transaction before: once the file is open again, it is told."""

    async def scene() -> None:
        async with site_bus(tmp_path) as bus, running(tmp_path, tmp_path):
            await publish(bus, 0)
            await until_kept(bus)
            fill_disk_of(tmp_path / "history" / "audit.jsonl")
            await asyncio.gather(bus.publish(audit("case.opened", "c0")), publish(bus, 3))
            while await bus.end_seq(Stream.RECORDS) < 2:  # noqa: ASYNC110 - no event to wait for
                await asyncio.sleep(0.05)
            assert (await until_kept(bus))["gaps"] == 1

    within_time(scene)
    assert (tmp_path / "history" / "audit.jsonl").read_bytes().count(b"\n") == 1


def test_a_stream_that_was_lost_is_read_anew(tmp_path: Path) -> None:
    """A bus that begins again with empty streams does not stop the history."""

    async def scene() -> None:
        counts: dict[str, Any] = {}
        for at, numbers in ((tmp_path / "a", range(6)), (tmp_path / "b", range(4, 8))):
            async with site_bus(at) as bus, running(at, tmp_path):
                await publish(bus, *numbers)
                counts = await until_kept(bus)
        assert (counts["frames"], counts["repeated_frames"], counts["gaps"]) == (8, 2, 0)

    within_time(scene)


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    """The program ends with the typed error while this process has the file."""

    async def scene() -> None:
        async with site_bus(tmp_path) as bus, running(tmp_path, tmp_path):
            await until_kept(bus)
            with _started(tmp_path, stderr=subprocess.PIPE) as other:
                _, told = await asyncio.to_thread(other.communicate, timeout=30)
            assert other.returncode == 1
            assert HistoryUnusable.__name__ in told.decode()

    within_time(scene)


def test_killed_again_and_again_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    """Exactly once across SIGKILL: every frame, every record, and one whole chain."""

    async def scene() -> None:
        async with site_bus(tmp_path) as bus:
            publishing = asyncio.create_task(_publish_steadily(bus))
            for life_s in (1.2, 1.9, 1.5, 2.3):
                with _started(tmp_path) as program:
                    await asyncio.sleep(life_s)
                    program.send_signal(signal.SIGKILL)
            await publishing
            with _started(tmp_path) as program:
                await until_kept(bus)
                program.send_signal(signal.SIGKILL)

    within_time(scene)
    frames = set(range(STEPS)) - SKIPPED
    with open_history(tmp_path / "history") as history:
        counts = history.counts()
        values = [value for tag in TAGS for value in history.read(tag).value]
        links = [decode(line, Audit) for line in history.audit()]
        gaps = [(gap.first_n, gap.last_n) for gap in history.gaps("mill")]
        assert history.doubled() == 0
    assert sorted(values) == sorted(float(n) for n in frames for _ in range(ROWS))
    assert counts.frames == len(frames)
    assert gaps == sorted((n, n) for n in SKIPPED)
    assert counts.records == 2 * STEPS + len(SKIPPED)
    assert [each.of for each in links] == [f"c{n}" for n in range(STEPS)]
    assert chain_break(links) is None


STEPS = 900
SKIPPED = frozenset([137, 500, 730])


async def _publish_steadily(bus: Bus) -> None:
    """Frames, states and audit records for some ten seconds; a few frames are left out."""
    for n in range(STEPS):
        if n not in SKIPPED:
            await publish(bus, n)
        await bus.publish(state(n))
        await bus.publish(audit("case.opened", f"c{n}", at=n))
        await asyncio.sleep(0.005)


def _started(folder: Path, *, stderr: int | None = None) -> "subprocess.Popen[bytes]":
    command = [sys.executable, str(PROGRAM), str(folder / "bus"), str(folder / "history")]
    return subprocess.Popen(command, stderr=stderr)


def test_what_is_on_the_stream_at_the_stop_is_kept(tmp_path: Path) -> None:
    """The last messages before the end are in the file, though nobody waited for them."""

    async def scene() -> None:
        async with site_bus(tmp_path) as bus:
            async with running(tmp_path, tmp_path):
                await publish(bus, 0)
                await until_kept(bus)
                await publish(bus, 1, 2, 3)
            with open_history(tmp_path / "history") as history:
                assert history.counts().frames == 4

    within_time(scene)


async def until_read(bus: Bus, rows: int) -> None:
    """Wait until so many rows of the first tag are in the answer."""
    while len(msgspec.json.decode(await ask(bus, "read", tag=TAGS[0]))["t_ns"]) < rows:  # noqa: ASYNC110 - no event to wait for
        await asyncio.sleep(0.02)


def test_closed_hours_are_compacted_while_it_answers(tmp_path: Path) -> None:
    """Old frames become Parquet and a listing, and every answer is the same as before."""

    async def scene() -> None:
        async with site_bus(tmp_path) as bus:
            async with running(tmp_path, tmp_path):
                await publish(bus, 0, 1, 2)
                await until_kept(bus)
                before = await ask(bus, "read", tag=TAGS[0])
            async with running(tmp_path, tmp_path):
                while not msgspec.json.decode(await ask(bus, "counts"))["files"]:  # noqa: ASYNC110 - no event to wait for
                    await asyncio.sleep(0.1)
                assert await ask(bus, "read", tag=TAGS[0]) == before
                state = msgspec.json.decode(await ask(bus, "state"))
                assert set(state) <= {"compacted_ns", "published_ns"}
                while (published := read_published(tmp_path / "history")) is None:  # noqa: ASYNC110 - no event to wait for
                    await asyncio.sleep(0.1)
                assert sum(file.rows for file in (*published.files, *published.tail)) == 3 * ROWS

    within_time(scene)


def test_an_export_is_begun_and_asked_for_on_the_bus(tmp_path: Path) -> None:
    """It answers at once with a number, and the file is there when it says so."""

    async def scene() -> None:
        async with site_bus(tmp_path) as bus, running(tmp_path, tmp_path):
            await publish(bus, 0)
            await until_kept(bus)
            begun = msgspec.json.decode(await ask(bus, "export", name="all.csv", form="csv"))
            while True:
                told = msgspec.json.decode(await ask(bus, "exporting", id=begun["id"]))
                (one,) = told["exports"]
                if one["state"] == "done":
                    break
                await asyncio.sleep(0.05)
            assert (one["rows"], one["of"]) == (ROWS, len(TAGS))
            refused = msgspec.json.decode(await ask(bus, "export", name="../all.csv"))
            assert "below exports" in refused["error"]

    within_time(scene)
    assert (tmp_path / "history" / "exports" / "all.csv").read_bytes().count(b"\n") == ROWS + 1


def test_what_arrives_can_be_read_soon(tmp_path: Path) -> None:
    """Within two seconds of its arrival a row is in the answer, most of them within one."""

    async def scene() -> None:
        async with site_bus(tmp_path) as bus, running(tmp_path, tmp_path):
            clock = asyncio.get_running_loop().time
            waits = []
            for n in range(8):
                await publish(bus, n)
                began = clock()
                await until_read(bus, 2 * n + 2)
                waits.append(clock() - began)
            assert sorted(waits)[-2] < 2.0, waits

    within_time(scene)


async def until_damage(bus: Bus, rows: int) -> dict[str, Any]:
    """State of the service once so many rows of the first tag are read without an error."""
    while len(msgspec.json.decode(await ask(bus, "read", tag=TAGS[0])).get("t_ns", ())) != rows:  # noqa: ASYNC110 - no event to wait for
        await asyncio.sleep(0.05)
    while True:
        state: dict[str, Any] = msgspec.json.decode(await ask(bus, "state"))
        if bool(state.get("damage")) == (rows == 0):
            return state
        await asyncio.sleep(0.05)


def test_a_damaged_file_is_put_aside_and_back_while_it_answers(tmp_path: Path) -> None:
    """The failed read has it looked at; a gap is on the stream; a copy brings everything back."""
    folder = tmp_path / "history"

    async def scene() -> None:
        async with site_bus(tmp_path) as bus:
            async with running(tmp_path, tmp_path):
                await publish(bus, 0)
                await until_kept(bus)
            async with running(tmp_path, tmp_path):
                while not msgspec.json.decode(await ask(bus, "counts"))["files"]:  # noqa: ASYNC110 - no event to wait for
                    await asyncio.sleep(0.1)
                (path,) = folder.glob("parquet/*/??-000001.parquet")
                copy = path.read_bytes()
                path.write_bytes(copy[:4] + bytes(len(copy) // 2) + copy[4 + len(copy) // 2 :])
                state = await until_damage(bus, 0)
                assert "10 rows" in state["damage"][0]
                await until_revisions(bus, 1)
            (folder / "damaged" / f"{path.parent.name}_{path.name}").write_bytes(copy)
            async with running(tmp_path, tmp_path):
                await until_damage(bus, 2)
                await until_revisions(bus, 2)

    within_time(scene)
    with open_history(folder) as history:
        assert [(gap.count, gap.filled, len(gap.tags)) for gap in history.gaps()] == [(10, True, 5)]


async def until_revisions(bus: Bus, count: int) -> None:
    """Wait until so many gap records are on the stream and in the history."""
    while await bus.end_seq(Stream.RECORDS) < count:  # noqa: ASYNC110 - no event to wait for
        await asyncio.sleep(0.05)
    await until_kept(bus)
