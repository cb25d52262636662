"""Servers that fail as a scenario says, seen by a real client over a real network."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from asyncua import Client, ua
from asyncua.crypto.cert_gen import setup_self_signed_certificate

from linewright.emulate.faults.links import Reach
from linewright.emulate.folder import Written
from linewright.emulate.machines import Machine, Raw, Sample, machines
from linewright.emulate.opcua.servers import Servers, Start, serving
from linewright.plant import Address
from linewright.plant.language import load_text
from tests.emulate.faulty import ONE, PLANT, START_NS, TEMP, S, played
from tests.emulate.playing import run, until

FIRST = (Sample(TEMP, START_NS, 21.5),)
NODE = "ns=2;s=Temp"
SHORT_S = 0.5
"""Longer than any answer takes on this computer."""


def standing() -> tuple[Mapping[Address, Raw], tuple[Sample, ...]]:
    """Return what a server shows that comes up."""
    return {}, FIRST


@asynccontextmanager
async def lathe(
    kept: list[Written] | None = None, machine: Machine | None = None, folder: Path | None = None
) -> AsyncIterator[Servers]:
    """Serve the lathe alone."""
    start = Start(ports={}, orders={}, first=FIRST, now_ns=START_NS, certificates=folder)
    one = machine or next(one for one in played() if one.address == ONE)
    written: list[Written] = [] if kept is None else kept
    async with serving([one], start, written.append) as servers:
        yield servers


def client(servers: Servers) -> Client:
    """Return a client that waits no longer than `SHORT_S`."""
    return Client(servers.endpoints[ONE], timeout=SHORT_S)


async def turned(servers: Servers, state: str, **more: int) -> None:
    """Have the lathe reached in another way."""
    reach = Reach(state=state, **more)  # type: ignore[arg-type]  # one of its states
    await servers.turn({ONE: reach}, standing, START_NS)


async def is_reached(servers: Servers) -> bool:
    """Return whether a new client can read the temperature."""
    try:
        async with client(servers) as one:
            return bool(await one.get_node(NODE).read_value() == 21.5)
    except (OSError, TimeoutError, asyncio.CancelledError, ua.UaError):
        return False


class Heard:
    """Values of a subscription, in order."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def datachange_notification(self, _node: Any, value: Any, _data: Any) -> None:  # noqa: ANN401  # its own
        """Keep a value."""
        self.values.append(value)


@pytest.mark.parametrize("state", ["cut", "half_open", "frozen", "refusing", "away"])
def test_a_machine_that_fails_is_not_reached_until_it_is_mended(state: str) -> None:
    """No new client gets a value meanwhile; at the same address one does as soon as it is over."""

    async def reached() -> list[bool]:
        async with lathe() as servers:
            found = [await is_reached(servers)]
            await turned(servers, state)
            found.append(await is_reached(servers))
            await turned(servers, "open")
            found.append(await is_reached(servers))
        return found

    assert run(reached()) == [True, False, True]


def test_a_cut_link_closes_connections_and_a_half_open_one_does_not() -> None:
    """A peer of a cut link reads the end at once; of a half-open one it hears nothing."""

    async def ends(state: str) -> bool:
        async with lathe() as servers:
            reader, writer = await asyncio.open_connection("127.0.0.1", servers.ports[ONE])
            await turned(servers, state)
            try:
                async with asyncio.timeout(SHORT_S):
                    return await reader.read(1) == b""
            except ConnectionResetError:
                return True
            except TimeoutError:
                return False
            finally:
                writer.close()

    assert run(ends("cut"))
    assert not run(ends("half_open"))


def test_a_frozen_server_goes_on_with_its_sessions_when_it_thaws() -> None:
    """A read that was sent into the freeze is answered after it, in the same session."""

    async def reads() -> tuple[bool, float]:
        async with lathe() as servers:
            patient = Client(servers.endpoints[ONE], timeout=20.0)
            async with patient:
                await turned(servers, "frozen")
                read = asyncio.create_task(patient.get_node(NODE).read_value())
                await asyncio.sleep(SHORT_S)
                was_silent = not read.done()
                await turned(servers, "open")
                return was_silent, await read

    assert run(reads()) == (True, 21.5)


def test_a_server_that_refuses_still_publishes() -> None:
    """Requests are refused as too many, while the subscription that stands goes on."""

    async def hears() -> tuple[str, list[Any]]:
        heard = Heard()
        async with lathe() as servers, client(servers) as one:
            node = one.get_node(NODE)
            subscription = await one.create_subscription(50, heard)
            await subscription.subscribe_data_change(node)
            await turned(servers, "refusing")
            try:
                refused = str(await node.read_value())
            except ua.UaStatusCodeError as error:
                refused = ua.StatusCode(error.code).name
            await servers.show([Sample(TEMP, START_NS + S, 30.0)], START_NS + S)
            await until(lambda: 30.0 in heard.values)
            await turned(servers, "open")
        return refused, heard.values

    assert run(hears()) == ("BadTooManyOperations", [21.5, 30.0])


def test_a_restart_may_move_the_namespaces_and_keeps_the_port() -> None:
    """After a renumbered restart the machine's names stand one namespace further on."""

    async def restarts() -> tuple[list[str], float, int, int]:
        async with lathe() as servers:
            before = servers.ports[ONE]
            await turned(servers, "open", restarts=1, shift=1)
            async with client(servers) as one:
                names = await one.get_namespace_array()
                value = await one.get_node("ns=3;s=Temp").read_value()
                return names[2:], value, before, servers.ports[ONE]

    names, value, before, after = run(restarts())
    assert names == ["urn:linewright:moved:1", "urn:linewright:emulated:reno:shop:lathes:one"]
    assert (value, before) == (21.5, after)


def test_a_doubled_sample_is_told_twice() -> None:
    """A value that is shown again reaches the subscriber again, though nothing has changed."""

    async def hears() -> list[Any]:
        heard = Heard()
        async with lathe() as servers, client(servers) as one:
            subscription = await one.create_subscription(50, heard)
            await subscription.subscribe_data_change(one.get_node(NODE), queuesize=10)
            again = Sample(TEMP, START_NS + S, 30.0, fate="again")
            await servers.show([Sample(TEMP, START_NS + S, 30.0), again], START_NS + S)
            await until(lambda: len(heard.values) > 2)
        return heard.values

    assert run(hears()) == [21.5, 30.0, 30.0]


def test_a_method_takes_what_its_command_may_take() -> None:
    """A call in range is kept as a write, one beyond it is refused and in the truth as refused."""
    kept: list[Written] = []

    async def calls() -> str:
        async with lathe(kept) as servers, client(servers) as one:
            method = one.get_node("ns=2;s=SetFeed")
            parent = await method.get_parent()
            await parent.call_method(method, 80.0)
            try:
                await parent.call_method(method, 500.0)
            except ua.UaStatusCodeError as error:
                return str(ua.StatusCode(error.code).name)
        return "Good"

    assert run(calls()) == "BadOutOfRange"
    assert [(one.command.tag, one.value, one.status) for one in kept] == [
        ("feed", 80.0, "Good"),
        ("feed", 500.0, "BadOutOfRange"),
    ]


def test_a_server_offers_the_security_that_the_plant_file_says(tmp_path: Path) -> None:
    """A client that signs and encrypts as the plant says gets in; the key is the owner's alone."""
    text = PLANT.replace('"opc.tcp://one:4840"', '"opc.tcp://one:4840", security: basic256sha256')
    machine = next(one for one in machines(load_text(text)) if one.address == ONE)
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.der"

    async def reads() -> float:
        await setup_self_signed_certificate(
            key, certificate, "urn:client", socket.gethostname(), [], {}
        )
        async with lathe(machine=machine, folder=tmp_path / "own") as servers:
            one = Client(servers.endpoints[ONE], timeout=5.0)
            one.application_uri = "urn:client"
            await one.set_security_string(f"Basic256Sha256,SignAndEncrypt,{certificate},{key}")
            async with one:
                return float(await one.get_node(NODE).read_value())

    assert run(reads()) == 21.5
    assert [one.stat().st_mode & 0o077 for one in (tmp_path / "own").glob("*.pem")] == [0]


def test_a_cut_that_is_over_already_ends_the_connections() -> None:
    """Shorter than a tick, it is played all the same: sessions end, and new ones begin."""

    async def played_through() -> tuple[bytes, bool]:
        async with lathe() as servers:
            reader, writer = await asyncio.open_connection("127.0.0.1", servers.ports[ONE])
            await turned(servers, "open", breaks=1)
            with contextlib.suppress(ConnectionResetError):
                assert await reader.read(1) == b""
            writer.close()
            return b"", await is_reached(servers)

    assert run(played_through()) == (b"", True)


def test_a_wrong_clock_stamps_also_what_the_server_stamps() -> None:
    """Server and machine have one clock: both times of a value are ahead."""

    async def stamped() -> Any:  # noqa: ANN401  # the library's own
        async with lathe() as servers, client(servers) as one:
            await turned(servers, "open", ahead_ns=60 * S)
            await servers.show([Sample(TEMP, START_NS + 61 * S, 22.5)], START_NS + S)
            return await one.get_node(NODE).read_data_value()

    found = run(stamped())
    assert found.ServerTimestamp == found.SourceTimestamp
