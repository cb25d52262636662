"""The loop as a service on a real NATS server: frames by hand, and it is killed on the way."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from pathlib import Path

from linewright.bus import Applied, Bus, NatsServer, Stream
from linewright.correct import command_of, fold_case
from linewright.correct.service import run
from linewright.correct.watch.cycles import Sample
from linewright.plant import to_text
from linewright.plant.records import (
    Ack,
    Audit,
    Call,
    Case,
    CaseStage,
    Command,
    How,
    Outcome,
    Record,
    decode,
    encode,
)
from linewright.plant.samples import Columns, FrameHeader, frame
from tests.correct.machine import MILL
from tests.correct.scene import LINE, Scene, line_now, plant

SITE = "nogales"
WAIT_S = 50.0
"""How long a scene may take, the twin's first compilation included."""


def _in_time(scene: Coroutine[None, None, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(WAIT_S):
            await scene

    asyncio.run(bounded())


class Floor:
    """The mill of a scene on a bus, with the service beside it, which can be killed."""

    def __init__(self, bus: Bus, folder: Path, seed: int) -> None:
        self.bus = bus
        self.scene = Scene(seed=seed)
        self._folder = folder
        self._n = 0
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the service."""
        self._task = asyncio.create_task(run(self.bus, self._folder, asyncio.Event()))

    async def kill(self) -> None:
        """Cut the service off wherever it is."""
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def send(self, samples: Iterable[Sample]) -> None:
        """Publish samples as one frame of the mill."""
        rows = list(samples)
        columns = Columns(
            tag=[each.tag for each in rows],
            t_ns=[each.t_ns for each in rows],
            seen_ns=[each.seen_ns for each in rows],
            value=[each.value for each in rows],
            quality=[each.quality for each in rows],
        )
        header = FrameHeader(site=SITE, source="mill", epoch=1, n=self._n)
        self._n += 1
        await self.bus.publish_frame(frame(header, columns))

    async def work(self, seconds: float) -> None:
        """Let the mill work, and the line's state follow."""
        await self.send(self.scene.mill.run(seconds))
        state = line_now(self.scene.mill.t_ns)
        await (await self.bus.bucket("line")).put(LINE.replace("/", "."), encode(state))

    async def records(self) -> list[Record]:
        """Everything on the stream of records."""
        found: list[Record] = []
        end = await self.bus.end_seq(Stream.RECORDS)
        if not end:
            return found
        async with contextlib.aclosing(self.bus.follow(Stream.RECORDS)) as messages:
            async for message in messages:
                found.append(decode(message.data, Record))
                if message.seq >= end:
                    break
        return found

    async def until(self, holds: Callable[[list[Record]], bool]) -> list[Record]:
        """Wait until something holds of the records."""
        while not holds(found := await self.records()):
            assert self._task is None or not self._task.done(), self._task
            await asyncio.sleep(0.05)
        return found


def steps(records: list[Record]) -> list[Case]:
    """Return the steps of cases among records."""
    return [each for each in records if isinstance(each, Case)]


def reached(stage: CaseStage) -> Callable[[list[Record]], bool]:
    """Whether a case has come to a stage."""
    return lambda records: any(each.stage is stage for each in steps(records))


def granted(case: Case, t_ns: int) -> Case:
    """Return the step that the server appends when a person confirms."""
    return Case(
        address=case.address,
        t_ns=t_ns,
        seen_ns=t_ns,
        plant_rev="r1",
        how=How.PERSON,
        source="server",
        by="p7",
        stage=CaseStage.GRANTED,
        case=case.case_id,
        grant_id="g-1",
    )


@contextlib.asynccontextmanager
async def _floor(folder: Path, seed: int = 3) -> AsyncIterator[Floor]:
    async with (
        await NatsServer.start(folder / "bus") as server,
        await Bus.connect(server.address, site=SITE, name="test") as bus,
    ):
        applied = Applied(rev="r1", text=to_text(plant()), site=SITE, emulated=False)
        await (await bus.bucket("plant")).put("applied", applied.encode())
        floor = Floor(bus, folder, seed)
        await floor.start()
        try:
            yield floor
        finally:
            await floor.kill()


async def _chipped(floor: Floor) -> list[Record]:
    """Run until the loop has proposed."""
    floor.scene.mill.skip(3 * 3600.0 - 180.0)
    await floor.work(180)
    floor.scene.mill.used, floor.scene.mill.faster = 0.70, 4.0
    for _ in range(3):
        await floor.work(60)
    return await floor.until(reached(CaseStage.PROPOSED))


async def _confirmed(floor: Floor, records: list[Record], *, kill: bool) -> Command:
    """Confirm as the server does, and answer as connect does."""
    case = fold_case(steps(records))
    step = granted(case, floor.scene.mill.t_ns)
    wanted = command_of(case, plant(), step)
    subject = f"lw.case.{SITE}.{case.case_id}"
    last = await floor.bus.last(subject)
    assert last is not None
    await floor.bus.append(step, after=last.seq)
    if kill:
        await floor.kill()
        await floor.start()
    found = await floor.until(reached(CaseStage.ACTING))
    commands = [each for each in found if isinstance(each, Command)]
    assert [each.id for each in commands] == [wanted.id]
    await floor.send([floor.scene.mill.set_speed(80.0)])
    t_ns = floor.scene.mill.t_ns
    await floor.bus.publish(
        Ack(
            address=MILL,
            t_ns=t_ns,
            seen_ns=t_ns,
            plant_rev="r1",
            how=How.MACHINE,
            source="connect",
            command=wanted.id,
            outcome=Outcome.CONFIRMED,
        )
    )
    return commands[0]


async def _whole_case(folder: Path, *, kill: bool) -> tuple[Case, list[Record]]:
    """A case from its fault to its end, the service killed at each stage if asked for."""
    async with _floor(folder) as floor:
        records = await _chipped(floor)
        if kill:
            await floor.kill()
            await floor.start()
        await _confirmed(floor, records, kill=kill)
        await floor.until(reached(CaseStage.VERIFYING))
        if kill:
            await floor.kill()
            await floor.start()
        for _ in range(5):
            await floor.work(60)
        await floor.until(reached(CaseStage.CLOSED))
        records = await floor.until(
            lambda found: any(isinstance(e, Audit) and e.action == "case.closed" for e in found)
        )
        return fold_case(steps(records)), records


def test_a_chipped_tool_becomes_a_closed_case(tmp_path: Path) -> None:
    """Every stage once, in order; one command, one call; audits of what was done."""

    async def scene() -> None:
        case, records = await _whole_case(tmp_path, kill=False)
        assert [each.stage for each in steps(records)] == list(CaseStage)
        assert case.outcome is not None
        assert case.outcome.value == "effective"
        assert sum(isinstance(each, Call) for each in records) == 1
        actions = [each.action for each in records if isinstance(each, Audit)]
        assert actions == ["case.opened", "case.proposed", "case.granted", "case.closed"]

    _in_time(scene())


def test_a_killed_loop_ends_with_the_same_case(tmp_path: Path) -> None:
    """Killed after the proposal, at the grant and while verifying: same case, one command."""

    async def scene() -> None:
        calm, _ = await _whole_case(tmp_path / "calm", kill=False)
        killed, records = await _whole_case(tmp_path / "killed", kill=True)
        assert killed.case_id == calm.case_id
        assert killed.outcome == calm.outcome
        assert killed.measured == calm.measured
        chosen = [[e.name for e in case.candidates if e.chosen] for case in (calm, killed)]
        assert chosen[0] == chosen[1] == ["slow_down"]
        assert sum(isinstance(each, Command) for each in records) == 1
        assert [each.stage for each in steps(records)] == list(CaseStage)

    _in_time(scene())


def test_the_case_is_projected_for_screens(tmp_path: Path) -> None:
    """The bucket `cases` holds the fold of the records under the id of the case."""

    async def scene() -> None:
        async with _floor(tmp_path) as floor:
            case = fold_case(steps(await _chipped(floor)))
            bucket = await floor.bus.bucket("cases")
            async with contextlib.aclosing(bucket.watch(case.case_id)) as values:
                async for _, data in values:
                    if data is not None and decode(data, Case) == case:
                        return

    _in_time(scene())


def test_without_a_line_state_it_advises(tmp_path: Path) -> None:
    """Where the state of the line never comes, a person is called and nothing is proposed."""

    async def scene() -> None:
        async with _floor(tmp_path) as floor:
            floor.scene.mill.skip(3 * 3600.0 - 180.0)
            await floor.send(floor.scene.mill.run(180))
            floor.scene.mill.used = 0.70
            await floor.send(floor.scene.mill.run(180))
            records = await floor.until(reached(CaseStage.PROPOSED))
            case = fold_case(steps(records))
            assert case.proposal == ()
            assert "state of the line is not known" in case.advice

    _in_time(scene())
