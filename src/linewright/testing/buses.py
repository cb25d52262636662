"""A real bus for tests: a NATS server of their own in a folder, with a plant applied.

Hides how a server is started, where it listens and how it ends. The verbs: `running_bus`, then
`connect`, `kill`, `restart`.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from linewright.bus import Applied, Bus, BusAddress, DeviceTopics, NatsServer

__all__ = ["RunningBus", "running_bus"]

_REV_CHARS = 12
_NO_DEVICES = DeviceTopics()


class RunningBus:
    """A server that runs and its connections; got from `running_bus`."""

    def __init__(self, folder: Path, site: str, server: NatsServer, devices: DeviceTopics) -> None:
        self.folder = folder
        """Folder of the server, for `BusAddress.read`."""
        self.site = site
        self.server = server
        self.devices = devices
        """Topics of field devices."""
        self._open: list[Bus] = []

    @property
    def address(self) -> BusAddress:
        """Where the server is, for the user `up`; stays the same over restarts."""
        return self.server.address

    async def connect(self, name: str = "test", *, user: str = "up") -> Bus:
        """Return a new connection; closed at the end of `running_bus`, or before by its user.

        Parameters
        ----------
        name
            Name of the connection.
        user
            Whose rights it has: a service, `person`, or `up`, which may do everything.
        """
        address = BusAddress.read(self.folder, user)
        bus = await Bus.connect(address, site=self.site, name=name)
        self._open.append(bus)
        return bus

    async def kill(self) -> None:
        """Kill the server's process at once, as `kill -9` does."""
        await self.server.kill()

    async def restart(self) -> None:
        """Start the server again in its folder; the one before is ended if it still runs."""
        await self.server.stop()
        self.server = await NatsServer.start(self.folder, site=self.site, devices=self.devices)

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
    devices: DeviceTopics = _NO_DEVICES,
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
    devices
        Topics of field devices; without any there is no MQTT listener.

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
    server = await NatsServer.start(folder, site=site, devices=devices)
    running = RunningBus(folder, site, server, devices)
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
