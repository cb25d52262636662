"""What the tests of the connectors run against: a NATS server each, and one machine for all."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from linewright.bus import NatsServer
from tests.connectors.making import Machine


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    """A server of the test's own, empty: every test may call its site the same."""
    running = asyncio.run(NatsServer.start(tmp_path / "bus"))
    yield running
    asyncio.run(running.stop())


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    """A real OPC UA server that runs until the last test is over; it takes seconds to start."""
    running = Machine()
    yield running
    running.close()
