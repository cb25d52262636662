"""The conformance of connectors, against a real OPC UA server, and against a link that lies."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import pytest
from asyncua import Server, ua
from asyncua.common.callback import CallbackType

from linewright.connectors import manifests
from linewright.connectors.sources import Endpoint, Point, Source
from linewright.plant import Address
from linewright.testing.connecting import GENERIC, Checked, around, check_link, check_manifest

STATION = Address("nogales/shop/mills/mill")
LIMIT_S = 90.0
QUEUE_S = 0.002
BAD_SENSOR = 0x808C0000


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Mill:
    """A real OPC UA server at one port, with a level and a state."""

    def __init__(self) -> None:
        self._url = f"opc.tcp://127.0.0.1:{free_port()}"
        self._count = 0
        self._server: Any = None
        points = tuple(
            Point(tag=STATION.with_tag(name), item=f"ns=2;s={name}", sample_s=0.01)
            for name in ("level", "state")
        )
        self.source = Source(
            name="mill", address=STATION, endpoint=Endpoint(url=self._url), points=points
        )

    async def start(self) -> None:
        """Serve."""
        server = Server()
        await server.init()
        server.set_endpoint(self._url)
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        await server.register_namespace("urn:test:mill")
        for name in ("level", "state"):
            await server.nodes.objects.add_variable(
                ua.NodeId(name, 2), ua.QualifiedName(name, 2), 1.0
            )
        server.subscribe_server_callback(CallbackType.PostWrite, self._written)
        await server.start()
        self._server = server

    async def stop(self) -> None:
        """End at once."""
        if self._server is None:
            return
        server, self._server = self._server, None
        for client in list(server.bserver.clients):
            client.transport.abort()
        with contextlib.suppress(ua.UaError):
            await server.stop()

    async def change(self, value: float) -> None:
        """Show another level."""
        await self._show(ua.DataValue(ua.Variant(value)))

    async def spoil(self) -> None:
        """Show that the sensor failed."""
        await self._show(ua.DataValue(ua.Variant(0.0), ua.StatusCode(BAD_SENSOR)))

    async def flood(self, count: int) -> None:
        """Change as fast as it goes."""
        for number in range(count):
            await self.change(float(number))
            if number % 200 == 0:
                await asyncio.sleep(QUEUE_S)

    def writes(self) -> int:
        """Writes of clients."""
        return self._count

    async def _show(self, value: Any) -> None:  # noqa: ANN401 - the library's own type
        await self._server.get_node(ua.NodeId("level", 2)).write_value(value)

    async def _written(self, event: Any, _: object) -> None:  # noqa: ANN401 - likewise
        self._count += bool(event.is_external)


class Mute(Mill):
    """One whose level never changes, whatever is asked of it: nothing of it can be heard."""

    async def change(self, value: float) -> None:
        """Do nothing."""


def run(work: Awaitable[list[Checked]]) -> list[Checked]:
    """Result within the limit."""

    async def bounded() -> list[Checked]:
        async with asyncio.timeout(LIMIT_S):
            return await work

    return asyncio.run(bounded())


def test_opcua_keeps_every_rule_that_all_links_keep(tmp_path: Path) -> None:
    """A real server comes, changes, goes, returns, fails and floods; nothing is written to it."""
    found = run(check_link(Mill(), around(tmp_path)))
    assert [one for one in found if one.problem] == []
    assert [one.rule for one in found] == list(GENERIC)


def test_a_rule_that_is_not_kept_is_named(tmp_path: Path) -> None:
    """The checks can fail: changes that never come are a problem of that rule alone."""
    found = run(check_link(Mute(), around(tmp_path), ["first", "changes"]))
    assert [(one.rule, bool(one.problem)) for one in found] == [("first", False), ("changes", True)]


@pytest.mark.parametrize("manifest", manifests(), ids=lambda each: each.name)
def test_every_connector_says_how_far_it_is_tested(manifest: Any) -> None:  # noqa: ANN401 - by name
    """Each rule of the scale is done, to do, or exempt with a reason."""
    assert check_manifest(manifest) == []
