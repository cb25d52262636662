"""A link comes back after every kind of loss, leaks nothing, and is never green when dead."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from asyncua import ua

from linewright.bus import PlantClock
from linewright.connectors.feeding.feed import Feed
from linewright.connectors.feeding.outbox import Numbering, Outbox
from linewright.connectors.link import Around, Clocks, LinkReport
from linewright.connectors.opcua.link import UaLink, link
from linewright.connectors.sources import Endpoint, Point, Source
from linewright.plant import Address
from linewright.plant.records import Gap, Quality
from linewright.testing.relay import Relay
from tests.connectors.making import run
from tests.connectors.opcua.controller import URI, Controller, Manners, Setting, controller
from tests.connectors.opcua.keys import server_keys

PRESS = Address("nogales/shop/mills/mill")
LOOK_S = 0.02
RED_S = 3.0
"""A source that fell silent is red after so long, at the latest."""


class World:
    """A link that is kept, and what its feed holds."""

    def __init__(self, kept: UaLink) -> None:
        self.link = kept

    def report(self) -> LinkReport:
        """How its source is reached."""
        return self.link.report("press")

    def held(self) -> tuple[list[float], list[Gap]]:
        """Take what the feed has: values and gaps, in their order."""
        values: list[float] = []
        gaps: list[Gap] = []
        box = self.link.feeds[0].box
        while (head := box.head()) is not None:
            if isinstance(head, Gap):
                gaps.append(head)
            else:
                values += head.rows.value
            box.published(head)
        return values, gaps

    async def until(self, met: Callable[[], bool], longest_s: float = 20.0) -> float:
        """Wait until something holds; how long it took."""
        begun_s = time.monotonic()
        async with asyncio.timeout(longest_s):
            while not met():  # noqa: ASYNC110 - the server is in another thread
                await asyncio.sleep(LOOK_S)
        return time.monotonic() - begun_s

    async def green(self) -> None:
        """Wait until it is connected."""
        await self.until(lambda: self.report().state == "connected")


@contextlib.asynccontextmanager
async def kept(to: Endpoint, folder: Path, *items: str) -> AsyncIterator[World]:
    """A link to an endpoint for the length of a ``with``."""
    points = tuple(Point(tag=PRESS.with_tag(f"p{at}"), item=each) for at, each in enumerate(items))
    source = Source(name="press", address=PRESS, endpoint=to, points=points)
    box = Outbox(Numbering(site="nogales", source="press", epoch=1, n=0))
    clocks = Clocks(
        plant=PlantClock(wall_ns=time.time_ns, steady_s=time.monotonic),
        wall_ns=time.time_ns,
        steady_ns=time.monotonic_ns,
        begun_ns=0,
    )
    around = Around(clocks=clocks, secret={"LINE": "s3cret"}.get, folder=folder, site="nogales")
    made = link(to, [Feed(source, box, plant_rev="r1", marks=Quality.GOOD)], around)
    stop = asyncio.Event()
    task = asyncio.create_task(made.keep(stop))
    try:
        yield World(made)
    finally:
        stop.set()
        await task


@pytest.fixture(scope="module")
def press() -> Iterator[Controller]:
    """A controller for all tests that need no setting of their own."""
    with controller() as running:
        running.add("V1", "V2")
        yield running


def item(there: Controller, name: str = "V1") -> str:
    """Node id as the controller has it today."""
    return f"ns={there.space};s={name}"


def test_no_session_is_leaked_over_many_losses(press: Controller, tmp_path: Path) -> None:
    """A dropped session is taken up again instead of a new one; at the end none is left."""
    press.reset()

    async def lose() -> None:
        async with kept(Endpoint(url=press.url), tmp_path, item(press)) as world:
            for _ in range(4):
                await world.green()
                await asyncio.to_thread(press.hang_up)
                await world.until(lambda: world.report().state == "lost")
            await world.green()
            assert (press.sessions(), press.subscriptions()) == (1, 1)
            assert len(world.held()[1]) >= 4

    run(lose())
    assert (press.sessions(), press.subscriptions()) == (0, 0)


@pytest.mark.parametrize(
    "how", ["end_subscriptions", pytest.param("forget_sessions", marks=pytest.mark.faults)]
)
def test_a_subscription_that_dies_alone_is_found(
    press: Controller, tmp_path: Path, how: str
) -> None:
    """The connection stands, the subscription or the session is gone: red in time, then back."""
    press.reset()

    async def lose() -> None:
        async with kept(Endpoint(url=press.url), tmp_path, item(press)) as world:
            await world.green()
            await asyncio.to_thread(getattr(press, how))
            took_s = await world.until(lambda: world.report().state != "connected")
            assert took_s < RED_S
            await world.green()
            world.held()
            news = float(len(how))
            await asyncio.to_thread(press.show, "V1", news)
            await world.until(lambda: news in world.held()[0])

    run(lose())


@pytest.mark.parametrize("how", ["freeze", pytest.param("half_open", marks=pytest.mark.faults)])
def test_silence_of_the_network_is_red_in_time(press: Controller, tmp_path: Path, how: str) -> None:
    """A frozen machine and a connection whose other end is gone are told within three seconds."""
    press.reset()

    async def fall_silent() -> None:
        port = int(press.url.rpartition(":")[2])
        with Relay("127.0.0.1", port) as relay:
            to = Endpoint(url=f"opc.tcp://127.0.0.1:{relay.port}")
            async with kept(to, tmp_path, item(press)) as world:
                await world.green()
                await asyncio.sleep(1.0)
                world.held()
                await asyncio.to_thread(getattr(relay, how))
                took_s = await world.until(lambda: world.report().state != "connected")
                assert took_s < RED_S
                await asyncio.to_thread(relay.flow)
                await world.green()
                assert len(world.held()[1]) == 1

    run(fall_silent())


@pytest.mark.faults
def test_namespaces_are_found_by_their_uri_after_a_restart(tmp_path: Path) -> None:
    """The same port, other numbers: `namespace` and `nsu=` lead to the same variables."""
    port = 0

    async def read() -> None:
        nonlocal port
        items = ("ns=2;s=V1", f"nsu={URI};s=V2")
        there = Controller(setting=Setting())
        port = int(there.url.rpartition(":")[2])
        async with kept(Endpoint(url=there.url, namespace=URI), tmp_path, *items) as world:
            try:
                there.add("V1", "V2", value=1.0)
                await world.until(lambda: world.held()[0].count(1.0) == 2)
            finally:
                await asyncio.to_thread(there.close)
            there = await asyncio.to_thread(Controller, None, Setting(port=port, spaces_before=3))
            try:
                there.add("V1", "V2", value=5.0)
                assert there.space == 5
                await world.until(lambda: 5.0 in world.held()[0], 30)
                assert world.report().missing == ()
            finally:
                await asyncio.to_thread(there.close)

    run(read())


@pytest.mark.parametrize(("repeats", "gaps"), [(True, 0), (False, 1)])
def test_a_message_that_never_came(
    press: Controller, tmp_path: Path, *, repeats: bool, gaps: int
) -> None:
    """It is asked for again and nothing is lost; where the server lost it too, a gap says so."""
    press.reset(Manners(repeats=repeats))

    async def lose() -> None:
        async with kept(Endpoint(url=press.url), tmp_path, item(press)) as world:
            await world.green()
            await asyncio.to_thread(press.show, "V1", 100.0)
            await world.until(lambda: 100.0 in world.held()[0])
            press.manners.swallow = 1
            whole = [float(number) for number in range(101, 116)]
            for value in whole:
                await asyncio.to_thread(press.show, "V1", value)
                await asyncio.sleep(0.15)
            values, told = world.held()

            def is_last_there() -> bool:
                more, also = world.held()
                values.extend(more)
                told.extend(also)
                return whole[-1] in values and len(told) >= gaps

            await world.until(is_last_there)
            assert (values == whole) is repeats
            assert (press.seen.repeats, len(told)) == (1, gaps)
            assert world.report().state == "connected"

    run(lose())


def test_the_report_says_what_a_person_needs(tmp_path: Path) -> None:
    """State, certificate, limits, missing items, clock; a first use waits to be confirmed."""
    keys = server_keys(tmp_path / "keys")
    setting = Setting(
        security=(ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt,),
        certificate=keys,
        users={"line": "s3cret"},
        limits={11714: 9},
    )
    with controller(setting=setting) as there:
        there.add("V1")
        to = Endpoint(
            url=there.url,
            security="Basic256Sha256",
            user="line",
            secret="LINE",  # noqa: S106 - the name of a secret
        )

        async def look() -> None:
            async with kept(to, tmp_path, item(there), item(there, "None")) as world:
                await world.green()
                report = world.report()
                assert (report.points, report.missing) == (2, (item(there, "None"),))
                assert report.limits["monitor"] == 9
                assert report.offset_ns is not None
                assert abs(report.offset_ns) < 10**9
                assert report.certificate in report.next_step
                await world.link.trust(report.certificate, "p7")
                assert world.report().next_step == ""

        run(look())


def test_an_untrusted_server_is_read_as_soon_as_it_is_accepted(tmp_path: Path) -> None:
    """`trust: known` says what waits; accepting it connects at once."""
    keys = server_keys(tmp_path / "keys")
    security = (ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt,)
    with controller(setting=Setting(security=security, certificate=keys)) as there:
        to = Endpoint(url=there.url, security="Basic256Sha256", trust="known")

        async def accept() -> None:
            async with kept(to, tmp_path, item(there)) as world:
                await world.until(lambda: world.report().state == "untrusted")
                asked = world.report()
                assert "linewright trust" in asked.next_step
                assert asked.certificate in asked.next_step
                assert (asked.trusted, asked.trusted_by) == ("", "")
                await world.link.trust(asked.certificate, "p7")
                await world.until(lambda: world.report().state == "connected", 5)
                now = world.report()
                assert (now.trusted, now.trusted_by) == (asked.certificate, "p7")

        run(accept())


@pytest.mark.parametrize(("security", "state"), [("Basic256Sha256", "refused"), ("none", "lost")])
def test_a_damaged_book_is_told_in_the_report(tmp_path: Path, security: str, state: str) -> None:
    """It keeps no other link from its report, and says nothing where no certificate is used."""
    (tmp_path / "pki").mkdir()
    (tmp_path / "pki/trusted.json").write_text("")
    nobody = Endpoint(url="opc.tcp://127.0.0.1:1", security=security)

    async def live() -> None:
        async with kept(nobody, tmp_path, "i=1") as world:
            await world.until(lambda: world.report().state == state)
            assert ("trusted.json" in world.report().why) == (state == "refused")
            assert ("remove it" in world.report().next_step) == (state == "refused")

    run(live())


def test_a_fault_of_ours_leaves_no_link_as_it_was(press: Controller, tmp_path: Path) -> None:
    """A session that ends by it is told as lost; who keeps the link begins it anew."""
    press.reset()
    faults = iter([time.time_ns(), time.time_ns()])

    async def live() -> None:
        async with kept(Endpoint(url=press.url), tmp_path, item(press)) as world:
            await world.green()
            around = world.link._around
            clock = PlantClock(wall_ns=lambda: next(faults), steady_s=time.monotonic)
            clocks = msgspec.structs.replace(around.clocks, plant=clock)
            made = UaLink(world.link.endpoint, (), msgspec.structs.replace(around, clocks=clocks))
            with pytest.raises(RuntimeError, match="StopIteration"):
                await made.keep(asyncio.Event())
            assert (made._state, made.session) == ("lost", None)
            assert "see the log" in made._why

    run(live())
