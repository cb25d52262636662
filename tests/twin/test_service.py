"""Forecasts as a service: a real bus, a real history, and a plant clock that the test drives."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest

from linewright.bus import Applied, Bus, NatsServer, Stream
from linewright.history import service as history
from linewright.plant import PlantBuilder, to_text
from linewright.plant.records import Forecast, How, LineState, Parts, decode, encode
from linewright.twin import advance, begin, compile_line
from linewright.twin.service import MINUTES, SETTING, _minutes, run
from tests.twin.forecasting.lives import line_state
from tests.twin.lines import SIX_NS, minutes

SITE = "reno"
WAIT_S = 50.0
"""How long a scene may take, the twin's first compilation included."""

PLANT = PlantBuilder("acme")
SHOP = PLANT.site(SITE, timezone="UTC", currency="USD").area("shop")
PUMP = SHOP.line("pump", flow=["turn"])
PUMP.station("turn", does={"turn": "60 s"}, tags={"n": {"role": "parts.good"}})
CELL = SHOP.line("cell", flow=["weld"])
CELL.station("weld", tags={"n": {"role": "parts.good"}})
MODEL = compile_line(PLANT.done(), f"{SITE}/shop/pump")


class Floor:
    """A line of one station on a bus, at the plant time that the test says."""

    def __init__(self, bus: Bus, folder: Path) -> None:
        self.bus = bus
        self._folder = folder
        self._tasks: list[asyncio.Task[None]] = []
        self._buses: list[Bus] = []
        self._t_ns = SIX_NS
        self._ticking = asyncio.create_task(self._tick())

    async def _tick(self) -> None:
        """Tell the plant's time again and again, as an emulated plant does."""
        while True:
            told = msgspec.json.encode({"t_ns": self._t_ns, "speed": 0.001})
            await self.bus.tell(f"lw.clock.{SITE}", told)
            await asyncio.sleep(0.05)

    async def start(self) -> None:
        """Start history, and the forecasts beside it, each on a connection of its own."""
        for name, service in (("history", history.run), ("think", run)):
            folder = self._folder / name
            folder.mkdir(exist_ok=True)
            bus = await Bus.connect(self.bus.address, site=SITE, name=name)
            self._buses.append(bus)
            await bus.applied()
            assert await bus.clock.known(wait_s=5.0)
            work = service(bus, folder, asyncio.Event())
            self._tasks.append(asyncio.create_task(work))

    async def kill(self) -> None:
        """Cut both off wherever they are."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for bus in self._buses:
            await bus.close()
        self._tasks.clear()
        self._buses.clear()

    async def end(self) -> None:
        """End everything."""
        await self.kill()
        self._ticking.cancel()
        await asyncio.gather(self._ticking, return_exceptions=True)

    async def at(self, minute: float) -> None:
        """Let it be that time, at which a part is made, and tell how the line stands."""
        t_ns = self._t_ns = SIX_NS + minutes(minute)
        parts = Parts(
            address=MODEL.stations[0], t_ns=t_ns, seen_ns=t_ns, plant_rev="r1",
            how=How.MACHINE, source="turn", good=1,
        )  # fmt: skip
        await self.bus.publish(parts)
        lines = await self.bus.bucket("line")
        for line in self._lines(t_ns):
            await lines.put(line.address.replace("/", "."), encode(line))

    def _lines(self, t_ns: int) -> list[LineState]:
        now = line_state(MODEL, begin(MODEL, at_ns=t_ns, seed=1))
        pump = msgspec.structs.replace(now, counted_since_ns=SIX_NS)
        weld = msgspec.structs.replace(now.stations[0], address=f"{SITE}/shop/cell/weld")
        cell = LineState(
            address=MODEL.address.parent.child("cell"),  # type: ignore[union-attr]  # a line has one
            as_of_ns=t_ns,
            plant_rev="r1",
            stations=(weld,),
        )
        return [pump, cell]

    async def forecasts(self) -> list[Forecast]:
        """Return all forecasts on the stream of records."""
        found: list[Forecast] = []
        end = await self.bus.end_seq(Stream.RECORDS)
        async with contextlib.aclosing(self.bus.follow(Stream.RECORDS)) as messages:
            async for message in messages:
                if message.subject.startswith("lw.forecast."):
                    found.append(decode(message.data, Forecast))
                if message.seq >= end:
                    break
        return found

    async def until(self, holds: Callable[[list[Forecast]], bool]) -> list[Forecast]:
        """Wait until something holds of the forecasts."""
        while not holds(found := await self.forecasts()):
            for task in self._tasks:
                assert not task.done(), task
            await asyncio.sleep(0.1)
        return found

    async def told(self) -> list[dict[str, object]]:
        """Return what the service answers of its lines."""
        data = await self.bus.ask(f"lw.ask.{SITE}.think.forecasts", b"{}")
        return list(msgspec.json.decode(data)["lines"])


@contextlib.asynccontextmanager
async def _floor(folder: Path) -> AsyncIterator[Floor]:
    async with (
        asyncio.timeout(WAIT_S),
        await NatsServer.start(folder / "bus") as server,
        await Bus.connect(server.address, site=SITE, name="test") as bus,
    ):
        applied = Applied(rev="r1", text=to_text(PLANT.done()), site=SITE, emulated=True)
        await (await bus.bucket("plant")).put("applied", applied.encode())
        floor = Floor(bus, folder)
        await floor.at(0)
        await floor.start()
        try:
            yield floor
        finally:
            await floor.end()


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """Have the kernel compiled before a scene waits for it."""
    advance(MODEL, begin(MODEL, at_ns=SIX_NS, seed=1), SIX_NS + minutes(1))


def _settled(found: list[Forecast]) -> list[Forecast]:
    return [one for one in found if one.actual is not None]


def test_a_forecast_is_made_kept_and_scored(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Of 60 parts foreseen in the hour 31 came; a line that cannot be played is told once."""

    async def scene() -> None:
        async with _floor(tmp_path) as floor:
            found = await floor.until(lambda found: len(found) >= 10)
            assert {(one.address, one.for_ns) for one in found[:9]} == {(MODEL.address, SIX_NS)}
            for minute in range(2, 64, 2):
                await floor.at(minute)
            ends = {SIX_NS + minutes(15), SIX_NS + minutes(60)}
            found = await floor.until(lambda found: len(_settled(found)) >= 3)
            done = {(one.address.name, one.until_ns): one for one in _settled(found)}
            assert {until_ns for _, until_ns in done} == ends
            assert done["pump", SIX_NS + minutes(60)].mean == 60.0
            assert done["pump", SIX_NS + minutes(60)].actual == 30.0
            cell, pump = sorted(await floor.told(), key=lambda one: str(one["address"]))
            assert "it does nothing" in str(cell["why"])
            assert str(pump["standing"]).startswith("of 2 forecasts, 90 % intervals held 0")

    asyncio.run(scene())
    said = [one for one in caplog.messages if "is not forecast" in one]
    assert len(said) == 1


def test_a_restart_goes_on(tmp_path: Path) -> None:
    """After a kill the open forecasts of before are scored once; the naive one knows the hour."""

    async def scene() -> None:
        async with _floor(tmp_path) as floor:
            await floor.until(lambda found: len(found) >= 10)
            for minute in range(2, 14, 2):
                await floor.at(minute)
            await floor.kill()
            for minute in range(14, 40, 2):
                await floor.at(minute)
            await floor.start()
            found = await floor.until(lambda found: len(_settled(found)) >= 1)
            [first] = {one.id: one for one in _settled(found)}.values()
            assert (first.for_ns, first.actual, first.rev) == (SIX_NS, 7.0, 1)
            found = await floor.until(lambda found: any(one.for_ns > SIX_NS for one in found))
            later = next(one for one in found if one.for_ns > SIX_NS)
            assert later.naive == pytest.approx(30.0 / 4, rel=0.1)

    asyncio.run(scene())


def test_zero_minutes_make_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is forecast, and who asks is told that."""
    monkeypatch.setenv(SETTING, "0")

    async def scene() -> None:
        async with _floor(tmp_path) as floor:
            while True:
                with contextlib.suppress(Exception):
                    told = await floor.told()
                    break
            assert {one.get("forecasts", 0) for one in told} == {0}
            assert await floor.forecasts() == []

    asyncio.run(scene())


@pytest.mark.parametrize("text", ["-1", "soon", "1e9", "nan"])
def test_a_setting_that_is_none_is_told(text: str, caplog: pytest.LogCaptureFixture) -> None:
    """The default is taken, and the log says what can be given."""
    assert _minutes(text) == MINUTES
    assert "give 0 to 1440" in caplog.text
