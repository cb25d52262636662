"""Real servers and a real client between them."""

import datetime as dt
import socket
from collections import defaultdict
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from asyncua import Client, ua

from linewright.emulate import PortTaken, Sample, machines
from linewright.emulate.folder import OrdersFull, Written
from linewright.emulate.opcua.servers import Servers, Start, serving
from linewright.plant import Address
from linewright.plant.language import load_text
from tests.emulate.playing import Bracket, S, run, until

MILL = Address("nogales/machining/bracket/mill")
TEMP = MILL.with_tag("spindle_temp")
NOW_NS = 1795449420 * S


def mill(
    bracket: Bracket, kept: list[Written], ports: dict[Address, int] | None = None
) -> AbstractAsyncContextManager[Servers]:
    """Serve the mill alone."""
    played = [one for one in machines(load_text(bracket.plant)) if one.address == MILL]
    first = (Sample(TEMP, NOW_NS - 1000, 21.5),)
    orders = {MILL.with_tag("speed"): 90.0}
    start = Start(ports=ports or {}, orders=orders, first=first, now_ns=NOW_NS)
    return serving(played, start, kept.append)


def client(servers: Servers) -> Client:
    """Return a client of the mill."""
    made = Client(servers.endpoints[MILL])
    made.session_timeout = 60_000
    return made


async def status_of(what: Any) -> str:  # noqa: ANN401  # the library's own types
    """Return the status of a request."""
    try:
        await what
    except ua.UaStatusCodeError as error:
        return str(ua.StatusCode(error.code).name)
    return "Good"


class Heard:
    """What a subscription brought, by node."""

    def __init__(self) -> None:
        self.values: dict[str, list[tuple[dt.datetime, Any]]] = defaultdict(list)

    def datachange_notification(self, node: Any, value: Any, data: Any) -> None:  # noqa: ANN401  # its own
        """Keep a value with its time."""
        shown = data.monitored_item.Value
        self.values[node.nodeid.Identifier].append((shown.SourceTimestamp, value))


def test_values_have_the_time_of_the_plant(bracket: Bracket) -> None:
    """A value is read with the source's time to the microsecond, a tag without any as waiting."""

    async def reads() -> list[Any]:
        async with mill(bracket, []) as servers, client(servers) as one:
            nodes = ["ns=2;s=SpindleTemp", "ns=2;s=CycleTime", "ns=2;s=SpeedSet", "i=2258"]
            return [
                await one.get_node(node).read_data_value(raise_on_bad_status=False)
                for node in nodes
            ]

    temp, cycle, speed, clock = run(reads())
    seconds = dt.timedelta(seconds=NOW_NS // S)
    now = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + seconds
    assert temp.Value.Value == 21.5
    assert temp.SourceTimestamp == now - dt.timedelta(microseconds=1)
    assert cycle.StatusCode.name == "BadWaitingForInitialData"
    assert (speed.Value.Value, clock.Value.Value) == (90.0, now)


def test_every_value_of_a_tick_reaches_a_subscriber_in_order(bracket: Bracket) -> None:
    """Fifty values of one tag, shown at once, all arrive with their times."""
    wanted = [Sample(TEMP, NOW_NS + k * S, float(k)) for k in range(1, 51)]

    async def hears() -> list[tuple[dt.datetime, Any]]:
        heard = Heard()
        async with mill(bracket, []) as servers, client(servers) as one:
            subscription = await one.create_subscription(50, heard)
            node = one.get_node("ns=2;s=SpindleTemp")
            await subscription.subscribe_data_change(node, queuesize=1000)
            await servers.show(wanted, NOW_NS + 51 * S)
            await until(lambda: len(heard.values["SpindleTemp"]) > len(wanted))
            await subscription.delete()
        return heard.values["SpindleTemp"]

    found = run(hears())[1:]
    assert [value for _, value in found] == [one.value for one in wanted]
    assert [round(at.timestamp()) * S for at, _ in found] == [one.t_ns for one in wanted]


def test_a_write_is_kept_before_it_is_answered(bracket: Bracket) -> None:
    """A value in range is kept, shown on its node, and known by the name of who wrote it."""
    kept: list[Written] = []

    async def writes() -> Any:  # noqa: ANN401  # a value of the library
        async with mill(bracket, kept) as servers:
            one = client(servers)
            one.set_user("connect")
            async with one:
                await one.get_node("ns=2;s=SpeedSet").write_value(80.0)
                return await one.get_node("ns=2;s=SpeedSet").read_value()

    assert run(writes()) == 80.0
    assert kept == [Written(command=MILL.with_tag("speed"), value=80.0, by="connect")]


@pytest.mark.parametrize(
    ("node", "value", "status"),
    [
        ("SpeedSet", 120.5, "BadOutOfRange"),
        ("SpeedSet", 49.9, "BadOutOfRange"),
        ("SpeedSet", float("nan"), "BadOutOfRange"),
        ("SpeedSet", 80, "BadTypeMismatch"),
        ("SpeedSet", [80.0, 90.0], "BadTypeMismatch"),
        ("SpindleTemp", 80.0, "BadNotWritable"),
        ("RemoteEnabled", True, "BadNotWritable"),
        ("Nothing", 1.0, "BadNotWritable"),
    ],
)
def test_what_may_not_be_written_is_refused(
    bracket: Bracket, node: str, value: object, status: str
) -> None:
    """Values out of range, of another type or on signals are refused, and nothing changes."""

    async def writes() -> tuple[str, Any]:
        async with mill(bracket, []) as servers, client(servers) as one:
            found = await status_of(one.get_node(f"ns=2;s={node}").write_value(value))
            return found, await one.get_node("ns=2;s=SpeedSet").read_value()

    assert run(writes()) == (status, 90.0)


def test_nobody_is_an_administrator(bracket: Bracket) -> None:
    """Who calls himself admin can neither write a signal nor delete a node."""

    async def tries() -> tuple[str, str]:
        async with mill(bracket, []) as servers:
            one = client(servers)
            one.set_user("admin")
            async with one:
                node = one.get_node("ns=2;s=State")
                write = await status_of(node.write_value(ua.Variant(3, ua.VariantType.Int32)))
                return write, await status_of(one.delete_nodes([node]))

    write, _ = run(tries())
    assert write == "BadNotWritable"


def test_a_write_that_cannot_be_kept_is_refused(bracket: Bracket) -> None:
    """When the disk takes no more, the client is told and the machine holds what it had."""

    def full(written: Written) -> None:
        raise OrdersFull(written.command)

    async def writes() -> tuple[str, Any]:
        played = [one for one in machines(load_text(bracket.plant)) if one.address == MILL]
        start = Start(ports={}, orders={}, first=(), now_ns=NOW_NS)
        async with serving(played, start, full) as servers, client(servers) as one:
            node = one.get_node("ns=2;s=SpeedSet")
            return await status_of(node.write_value(80.0)), await node.read_value()

    assert run(writes()) == ("BadTooManyOperations", 100.0)


def test_a_machine_comes_back_at_its_port_or_says_why_not(bracket: Bracket) -> None:
    """The same port is taken again; a port that is not free is an error that names it."""

    async def ports() -> tuple[int, int]:
        async with mill(bracket, []) as servers:
            port = servers.ports[MILL]
        async with mill(bracket, [], {MILL: port}) as again:
            return port, again.ports[MILL]

    first, second = run(ports())
    assert first == second

    async def taken() -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            async with mill(bracket, [], {MILL: other.getsockname()[1]}):
                pass

    with pytest.raises(PortTaken, match="mill: port"):
        run(taken())
