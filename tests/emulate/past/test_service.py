"""The shell of a past: where everything is put, and what a kill leaves."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import msgspec

from linewright.bus import Applied, Bus, NatsServer, Stream
from linewright.emulate.folder import Folder
from linewright.emulate.past import service
from linewright.emulate.past.recording import EPOCH
from linewright.emulate.play import Play
from linewright.emulate.service import setup_of
from linewright.history import open_history
from linewright.live import resume
from linewright.plant.language import load_text
from linewright.plant.records import decode_from
from tests.emulate.past.conftest import EVENTS, FROM_NS, PAST_S
from tests.emulate.playing import Bracket

SITE = "nogales"

LIMIT_S = 120.0
"""Longest a scene may take, on a machine that has much else to do."""


@contextlib.asynccontextmanager
async def house(path: Path, bracket: Bracket) -> AsyncIterator[tuple[Bus, Applied]]:
    """A data folder with a bus, on which the two hours are applied."""
    (path / "emulate").mkdir(parents=True, exist_ok=True)
    options = {"from_ns": FROM_NS, "past_s": PAST_S}
    (path / "emulate" / "emulate.json").write_bytes(msgspec.json.encode(options))
    applied = Applied(rev="r1", text=bracket.plant, site=SITE, emulated=True, scenario=EVENTS)
    server = await NatsServer.start(path / "bus")
    try:
        async with await Bus.connect(server.address, site=SITE, name="up") as bus:
            await (await bus.bucket("plant")).put("applied", applied.encode())
            yield bus, applied
    finally:
        await server.stop()


def within(path: Path, bracket: Bracket, scene: Callable[[Bus, Applied], Awaitable[None]]) -> None:
    """Let a scene happen in a house."""

    async def happens() -> None:
        async with asyncio.timeout(LIMIT_S), house(path, bracket) as (bus, applied):
            await scene(bus, applied)

    asyncio.run(happens())


async def stored(bus: Bus) -> list[str]:
    """Return the ids on the stream of records, in their order."""
    end = await bus.end_seq(Stream.RECORDS)
    found: list[str] = []
    async with contextlib.aclosing(bus.follow(Stream.RECORDS)) as messages:
        async for one in messages:
            found.append(decode_from(one.subject, one.data).id)
            if one.seq >= end:
                break
    return found


def test_everything_lies_where_a_house_would_have_put_it(bracket: Bracket, tmp_path: Path) -> None:
    """Samples in the history, records on their stream, and a fold that live goes on from."""

    async def scene(bus: Bus, applied: Applied) -> None:
        await service.run(bus, tmp_path / "past", asyncio.Event())
        ids = await stored(bus)
        assert len(ids) == len(set(ids)) > 300
        folds = await bus.bucket("folds")
        kept = msgspec.json.decode(await folds.get("live") or b"")
        assert kept["seq"] == await bus.end_seq(Stream.SAMPLES) == 0
        fold = resume(msgspec.json.encode(kept["fold"]), applied.plant(), "r1", SITE)
        assert {one.epoch for one in fold.sources} == {EPOCH}
        mark = msgspec.json.decode(await folds.get("connect.mill") or b"")
        assert FROM_NS - mark["stored_ns"] == service.BEFORE_NS

    within(tmp_path, bracket, scene)
    with open_history(tmp_path / "history") as history:
        assert history.counts().samples > 5000
        assert history.doubled() == 0


def test_the_play_goes_on_where_its_past_ends(bracket: Bracket, tmp_path: Path) -> None:
    """Its first values come behind all of the past, and its counters go on."""

    async def scene(bus: Bus, applied: Applied) -> None:
        await service.run(bus, tmp_path / "past", asyncio.Event())
        with contextlib.closing(Folder(tmp_path / "emulate")) as folder:
            play = Play(setup_of(applied, tmp_path / "emulate"), folder, has_broker=True)
            assert not play.is_fresh
            shown = {str(one.tag): one for one in play.standing()[1]}
            after = play.step(play.t_ns + 600 * 10**9)
        with open_history(tmp_path / "history") as history:
            for tag, one in shown.items():
                past = history.last([tag])
                assert past.t_ns[-1] < one.t_ns == FROM_NS - service.BEFORE_NS
                if tag.endswith("#good"):
                    assert past.value[-1] == float(one.value) > 20.0
        good = [one for one in after if str(one.tag).endswith("mill#good")]
        assert good[0].value == int(shown[str(good[0].tag)].value) + 1

    within(tmp_path, bracket, scene)


def test_a_past_is_made_once(bracket: Bracket, tmp_path: Path) -> None:
    """A second start finds its mark, and one in a folder that was played in leaves it alone."""

    async def scene(bus: Bus, _: Applied) -> None:
        await service.run(bus, tmp_path / "past", asyncio.Event())
        end = await bus.end_seq(Stream.RECORDS)
        state = (tmp_path / "emulate" / "state").read_bytes()
        for _again in range(2):
            await service.run(bus, tmp_path / "past", asyncio.Event())
            assert await bus.end_seq(Stream.RECORDS) == end
            assert (tmp_path / "emulate" / "state").read_bytes() == state
            shutil.rmtree(tmp_path / "past")
            (tmp_path / "past").mkdir()

    within(tmp_path, bracket, scene)


def test_a_past_that_was_ended_is_made_anew(bracket: Bracket, tmp_path: Path) -> None:
    """What it left is thrown away, and its records stand on the stream once, in one order."""

    async def whole(bus: Bus, _: Applied) -> None:
        await service.run(bus, tmp_path / "whole" / "past", asyncio.Event())
        wanted.extend(await stored(bus))

    async def ended(bus: Bus, _: Applied) -> None:
        folder, stop = tmp_path / "ended" / "past", asyncio.Event()
        making = asyncio.create_task(service.run(bus, folder, stop))
        while await bus.end_seq(Stream.RECORDS) < 100 and not making.done():
            await asyncio.wait({making}, timeout=0.01)
        stop.set()
        await making
        assert 100 <= await bus.end_seq(Stream.RECORDS) < len(wanted)
        assert not (tmp_path / "ended" / "emulate" / "state").exists()
        assert not await (await bus.bucket("folds")).keys()
        await service.run(bus, folder, asyncio.Event())
        assert await stored(bus) == wanted

    wanted: list[str] = []
    within(tmp_path / "whole", bracket, whole)
    within(tmp_path / "ended", bracket, ended)
    counts = []
    for name in ("whole", "ended"):
        with open_history(tmp_path / name / "history") as history:
            counts.append((history.counts().samples, history.counts().frames))
    assert counts[0] == counts[1]


def test_without_a_past_nothing_is_made(bracket: Bracket, tmp_path: Path) -> None:
    """A play that is shown from its start on is left to begin by itself."""

    async def scene(bus: Bus, _: Applied) -> None:
        (tmp_path / "emulate" / "emulate.json").write_bytes(b'{"past_s": 3600}')
        await service.run(bus, tmp_path / "past", asyncio.Event())
        assert not (tmp_path / "past").exists()
        assert not (tmp_path / "history").exists()

    within(tmp_path, bracket, scene)
    assert load_text(bracket.plant).sites
