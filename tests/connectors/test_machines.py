"""The machines of a plant: kept, reported, and left alone where a new plant leaves them."""

import time

import msgspec
import pytest

from linewright.bus import NatsServer
from linewright.connectors.linking.machines import SECRET
from linewright.plant.records import Quality
from tests.connectors.making import Connected, Machine, connected, run, until


def test_the_state_of_a_link_is_told_and_follows_the_machine(
    server: NatsServer, machine: Machine
) -> None:
    """Connected with what is missing, lost with a reason: in the bucket within seconds."""

    async def play() -> None:
        async with connected(server, machine) as world:
            await until(lambda: says(world, "connected"))
            report = await world.report()
            assert report["missing"] == ["ns=2;s=Nowhere"]
            assert (report["address"], report["points"]) == ("nogales/shop/mills/mill", 7)
            await world.desk.move("opc.tcp://127.0.0.1:1")
            await until(lambda: says(world, "lost"))
            assert (await world.report())["why"]

    run(play())


async def says(world: Connected, state: str) -> bool:
    """Whether the link is reported as in this state."""
    return (await world.report()).get("state") == state


def test_a_new_plant_that_changes_nothing_here_keeps_the_session(
    server: NatsServer, machine: Machine
) -> None:
    """Another revision with the same machines: no loss, no gap, no new first reading."""

    async def play() -> None:
        async with connected(server, machine, emulated=False) as world:
            await machine.show("Count", 1)
            await until(lambda: stored(world, "count", 1.0))
            before = await world.gaps()
            await world.desk.apply("r2", **{"range: [50, 120]": "range: [50, 110]"})
            await world.bus.applied()
            await machine.show("Count", 2)
            await until(lambda: stored(world, "count", 2.0))
            assert await world.gaps() == before
            assert len(await readings(world, "count")) == 1

    run(play())


def test_a_new_plant_that_changes_a_tag_reads_it_anew(server: NatsServer, machine: Machine) -> None:
    """The changed station is connected again, its samples go on in number and time."""

    async def play() -> None:
        async with connected(server, machine, emulated=False) as world:
            await machine.show("Level", 3.0)
            await until(lambda: stored(world, "level", 3.0))
            await world.desk.apply("r2", **{"range: [0, 150]": "scale: 2, range: [0, 150]"})
            await until(lambda: stored(world, "level", 6.0))
            rows = [row for frame in await world.frames() for row in frame.batch.to_pylist()]
            keys = [(row["tag"], row["t_ns"]) for row in rows]
            assert len(keys) == len(set(keys))
            numbers = [frame.header.n for frame in await world.frames()]
            assert numbers == list(range(len(numbers)))

    run(play())


async def stored(world: Connected, tag: str, value: float) -> bool:
    """Whether a tag was stored with a value."""
    rows = [row for frame in await world.frames() for row in frame.batch.to_pylist()]
    return any(row["tag"].endswith(f"#{tag}") and row["value"] == value for row in rows)


async def readings(world: Connected, tag: str) -> list[float]:
    """First readings of a tag."""
    rows = [row for frame in await world.frames() for row in frame.batch.to_pylist()]
    first = [row for row in rows if row["quality"] & Quality.INITIAL]
    return [row["value"] for row in first if row["tag"].endswith(f"#{tag}")]


def test_a_missing_secret_is_said_and_not_tried(
    server: NatsServer, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its password a machine is not asked at all; the report names the setting."""
    monkeypatch.delenv(f"{SECRET}MILL", raising=False)

    async def play() -> None:
        async with connected(server, machine, emulated=False) as world:
            asks = "connect: {user: u, password: {secret: MILL}, opcua"
            await world.desk.apply("r2", **{"connect: {opcua": asks})
            await until(lambda: says(world, "refused"))
            report = await world.report()
            assert f"{SECRET}MILL" in report["next_step"]
            assert "`linewright up`" in report["next_step"]
            since_ns = report["since_ns"]
            assert abs(time.time_ns() - since_ns) < 60e9

    run(play())


def test_what_is_asked_about_no_source_is_answered(server: NatsServer, machine: Machine) -> None:
    """A question that cannot be answered says why."""

    async def play() -> None:
        async with connected(server, machine) as world:
            for question, words in (("trust", "no source"), ("browse", "no source")):
                asked = {"source": "nobody", "fingerprint": "ab", "by": "p7", "node": ""}
                data = msgspec.json.encode(asked)
                answer = await world.bus.ask(f"lw.ask.nogales.connect.{question}", data)
                assert words in msgspec.json.decode(answer)["error"]

    run(play())


@pytest.mark.parametrize(
    ("url", "state"),
    [
        ("opc.tcp://192.0.2.7:4840", "refused"),
        ("opc.tcp://mill.example:4840", "refused"),
        ("opc.tcp://localhost:1", "lost"),
        ("opc.tcp://[::1]:1", "lost"),
    ],
)
def test_an_emulated_station_is_on_this_machine(
    server: NatsServer, machine: Machine, url: str, state: str
) -> None:
    """What an emulated plant says of another machine is refused: it may be a real one."""

    async def play() -> None:
        async with connected(server, machine) as world:
            await world.desk.move(url)
            await until(lambda: says(world, state))

    run(play())


def test_a_report_says_when_it_was_told(server: NatsServer, machine: Machine) -> None:
    """It is told again and again, so that a `connect` that is stuck can be seen."""

    async def play() -> None:
        async with connected(server, machine) as world:
            await until(lambda: says(world, "connected"))
            first = (await world.report())["told_ns"]
            assert abs(time.time_ns() - first) < 60e9

            async def is_later() -> bool:
                return bool((await world.report())["told_ns"] > first)

            await until(is_later)

    run(play())
