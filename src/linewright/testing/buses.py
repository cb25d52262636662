"""A real bus for tests: a NATS server of their own in a folder, with a plant applied.

Hides how a server is started, where it listens and how it ends. The verbs: `running_bus`, then
`connect`, `kill`, `restart`.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from linewright.bus import Applied, Bus, BusAddress, NatsServer

__all__ = ["RunningBus", "running_bus"]

_REV_CHARS = 12


class RunningBus:
    """A server that runs and its connections; got from `running_bus`."""

    def __init__(self, folder: Path, site: str, server: NatsServer) -> None:
        self.folder = folder
        """Folder of the server, for `BusAddress.read`."""
        self.site = site
        self.server = server
        self._open: list[Bus] = []

    @property
    def address(self) -> BusAddress:
        """Where the server is; stays the same over restarts."""
        return self.server.address

    async def connect(self, name: str = "test") -> Bus:
        """Return a new connection; closed at the end of `running_bus`, or before by its user."""
        bus = await Bus.connect(self.address, site=self.site, name=name)
        self._open.append(bus)
        return bus

    async def kill(self) -> None:
        """Kill the server's process at once, as `kill -9` does."""
        await self.server.kill()

    async def restart(self) -> None:
        """Start the server again in its folder; the one before is ended if it still runs."""
        await self.server.stop()
        self.server = await NatsServer.start(self.folder)

    async def close(self) -> None:
        """Close the connections and end the server."""
        for bus in self._open:
            await bus.close()
        await self.server.stop()


@asynccontextmanager
async def running_bus(
    folder: Path,
    site: str = "nogales",
    plant_text: str | None = None,
    *,
    emulated: bool = False,
    scenario: str = "",
) -> AsyncIterator[RunningBus]:
    """Run a server for the length of an `async with`.

    Parameters
    ----------
    folder
        Folder for its data; empty, or of a bus that ran before.
    site
        Site of its connections.
    plant_text
        Plant file to apply before anything connects; None applies none.
    emulated
        Whether the plant is applied as an emulated one.
    scenario
        Scenario file of an emulated plant.

    Yields
    ------
    RunningBus
        The server and the maker of connections.

    Raises
    ------
    BusUnavailable
        The server does not start.

    Examples
    --------
    >>> import asyncio
    >>> from tempfile import TemporaryDirectory
    >>> async def site_of_a_plant(folder: Path) -> str:
    ...     text = "{linewright: 1, enterprise: acme, sites: {}}"
    ...     async with running_bus(folder, "reno", text) as running:
    ...         bus = await running.connect()
    ...         return (await bus.applied()).site
    >>> with TemporaryDirectory() as name:
    ...     asyncio.run(site_of_a_plant(Path(name)))
    'reno'
    """
    running = RunningBus(folder, site, await NatsServer.start(folder))
    try:
        if plant_text is not None:
            applied = Applied(
                rev=hashlib.sha256(plant_text.encode()).hexdigest()[:_REV_CHARS],
                text=plant_text,
                site=site,
                emulated=emulated,
                scenario=scenario,
            )
            async with await Bus.connect(running.address, site=site, name="setup") as bus:
                await (await bus.bucket("plant")).put("applied", applied.encode())
        yield running
    finally:
        await running.close()
