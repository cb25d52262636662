"""A site on a real bus with its book; the plant clock stands where a test puts it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

import msgspec

from linewright.bus import Applied, Bus, NatsServer
from linewright.history import service as history
from linewright.plant import Address, load, to_text
from linewright.plant.records import (
    Audit,
    How,
    LineState,
    Record,
    Role,
    State,
    StationNow,
    StationState,
    decode,
)
from linewright.server.book.acting import Acting
from linewright.server.book.hearing import Book
from linewright.server.grants import Person
from linewright.server.known import Alive, Known
from tests.server.book.played import BEGIN_NS, LINE, ROOT, S_NS

TEST_S = 40.0
"""A scene that takes longer hangs."""


class Scene:
    """A running book, and the bus on which others speak."""

    def __init__(self, bus: Bus, applied: Applied, book: Book, known: Known) -> None:
        self.bus = bus
        self.applied = applied
        self.book = book
        self.known = known
        self.t_ns = BEGIN_NS

    def acting(self, person: str = "p7", role: Role = Role.SUPERVISOR) -> Acting:
        """Return what a person can do."""
        return Acting(self.book, self.bus, self.applied, Person(id=person, role=role))

    async def at(self, t_ns: int) -> None:
        """Let the plant clock stand at a time, and `live` be alive there."""
        self.t_ns = t_ns
        await until(lambda: self.book.moment().t_ns >= t_ns)
        self.known.hear_line(
            LineState(
                address=LINE,
                as_of_ns=t_ns,
                plant_rev="r1",
                stations=tuple(
                    StationNow(
                        address=LINE.child(name), state=StationState.DOWN, since_ns=0, seen_ns=1
                    )
                    for name in ("saw", "mill", "wash", "inspect")
                ),
            )
        )
        alive = Alive(pid=1, since_ns=0, heard_s=self.book.moment().mono_s + TEST_S)
        self.known.hear_alive("live", alive)

    async def heard(self, records: Iterable[Record]) -> None:
        """Publish records, and wait until the book has the last of them."""
        published = list(records)
        await asyncio.gather(*(self.bus.publish(each) for each in published))
        ids = {each.id for each in published}
        await until(lambda: ids <= held(self.book))

    async def audits(self) -> list[Audit]:
        """Return what the audit was told, in order."""
        messages = await self.bus.stored(f"lw.audit.{LINE.replace('/', '.')}.mill")
        messages += await self.bus.stored(f"lw.audit.{LINE.replace('/', '.')}")
        messages += await self.bus.stored(f"lw.audit.{LINE.replace('/', '.')}.saw")
        return sorted(
            (decode(each.data, Audit) for each in messages), key=lambda each: each.seen_ns
        )


def held(book: Book) -> set[str]:
    """Return the ids of what the book of now holds."""
    kept = book.kept
    shelves = (kept.alarms, kept.calls, kept.corrections, kept.approvals)
    found = {each.id for shelf in shelves for each in shelf}
    for station in (*kept.plan.stations, *kept.plan.lines, kept.site):
        one = kept.day.station(station)
        rows = (one.states, one.parts, one.every_reason, one.gaps, one.jobs, one.forecasts)
        found |= {each.id for row in rows for each in row}
    return found


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; the scene's own limit ends it."""
    while not holds():  # noqa: ASYNC110  # whatever it is, it sets no event
        await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def scene(folder: Path, *, with_history: bool = False) -> AsyncIterator[Scene]:
    """Yield a site with its book."""
    text = to_text(load(ROOT / "plants" / "bracket"))
    applied = Applied(rev="r1", text=text, site=LINE.site, emulated=True)
    async with (
        asyncio.timeout(TEST_S),
        await NatsServer.start(folder / "bus", site=LINE.site) as server,
        await Bus.connect(server.address, site=LINE.site, name="test") as bus,
    ):
        await (await bus.bucket("plant")).put("applied", applied.encode())
        known = Known()
        found = Scene(bus, applied, Book(bus, applied, known), known)
        ticking = asyncio.create_task(_tick(found))
        await bus.applied()
        stop = asyncio.Event()
        tasks = [asyncio.create_task(found.book.run())]
        if with_history:
            tasks.append(asyncio.create_task(history.run(bus, folder / "history", stop)))
        try:
            yield found
        finally:
            stop.set()
            if with_history:
                await tasks[1]
            for task in (ticking, tasks[0]):
                task.cancel()
            await asyncio.gather(ticking, tasks[0], return_exceptions=True)


async def _tick(found: Scene) -> None:
    while True:
        tick = msgspec.json.encode({"t_ns": found.t_ns, "speed": 1.0})
        await found.bus.tell(f"lw.clock.{LINE.site}", tick)
        await asyncio.sleep(0.02)


def state(at_s: int, said: str, station: str = "mill", **more: object) -> State:
    """Return the record of a state that a station entered, so many seconds after 06:00."""
    fields: dict[str, object] = {
        "address": Address(LINE).child(station), "t_ns": BEGIN_NS + at_s * S_NS,
        "seen_ns": BEGIN_NS + at_s * S_NS, "plant_rev": "r1", "how": How.MACHINE,
        "source": "live", "state": StationState(said),
    }  # fmt: skip
    return State(**{**fields, **more})  # type: ignore[arg-type]  # fields of a record by name
