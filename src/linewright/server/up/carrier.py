"""The bus of a plant: a NATS server of our own, or one that runs already.

Ours is started, kept alive and ended with the plant; another one is only joined.
"""

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from linewright.bus import Bus, BusAddress, BusUnavailable, DeviceTopics, NatsServer
from linewright.server.up.refusals import Refused

__all__ = ["Carrier", "carrier_of"]

LOG = logging.getLogger(__name__)

JOIN_S = 15.0
"""How long a server that is not ours may take to answer."""

ALONE_S = 4.0
"""How long another `up` of the site is listened for there: it gives a sign of life each second."""

DENIED = "Authorization"
"""What a NATS server says of a wrong user or password begins with it."""


class Carrier(Protocol):
    """What carries the messages of a plant."""

    pid: int
    """Of its process; 0 where it is not ours."""

    @property
    def address(self) -> BusAddress:
        """Where it is, with all rights."""

    @property
    def is_running(self) -> bool:
        """Whether it runs; of one that is not ours that is not asked."""

    async def start(self) -> None:
        """Start or join it; returns when it answers.

        Raises
        ------
        BusUnavailable
            It does not start or answer.
        """

    async def stop(self) -> None:
        """End it where it is ours; harmless where it is gone already."""

    def violations(self) -> Sequence[Refused]:
        """What it refused since the last look; of one that is not ours that is not known."""

    def environment(self) -> Mapping[str, str]:
        """What a service needs to join it, beside the data folder."""

    def options(self) -> tuple[str, ...]:
        """Options of `linewright run` with which a service joins it."""


def carrier_of(
    data: Path, site: str, *, url: str, binary: Path | None, devices: DeviceTopics
) -> Carrier:
    """Return what carries the messages of a site.

    Parameters
    ----------
    data
        Data folder.
    site
        Name of the site.
    url
        Of a server that runs already; empty for one of our own.
    binary
        Program of our own; None takes the one that was installed.
    devices
        Topics of field devices.

    Raises
    ------
    BusUnavailable
        It is no URL of a NATS server.
    """
    if url:
        return _Joined(BusAddress.of_url(url), site)
    return _Own(data, site, binary, devices)


class _Own:
    """Our own server."""

    def __init__(self, data: Path, site: str, binary: Path | None, devices: DeviceTopics) -> None:
        self._data = data
        self._site = site
        self._binary = binary
        self._devices = devices
        self._server: NatsServer | None = None
        self.pid = 0

    @property
    def address(self) -> BusAddress:
        assert self._server is not None, "it was started before"
        return self._server.address

    @property
    def is_running(self) -> bool:
        return self._server is not None and self._server.is_running

    async def start(self) -> None:
        await self.stop()
        self._server = await NatsServer.start(
            self._data,
            binary=self._binary,
            ends_with_parent=True,
            site=self._site,
            devices=self._devices,
        )
        self.pid = self._server.pid

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.stop()

    def violations(self) -> Sequence[Refused]:
        return [] if self._server is None else self._server.violations()

    def environment(self) -> Mapping[str, str]:
        return {}

    def options(self) -> tuple[str, ...]:
        return ()


class _Joined:
    """A server of somebody else, with credentials of its own for all services together."""

    pid = 0
    is_running = True

    def __init__(self, address: BusAddress, site: str) -> None:
        self.address = address
        self._site = site

    async def start(self) -> None:
        try:
            bus = await Bus.connect(self.address, site=self._site, name="up", wait_s=JOIN_S)
        except BusUnavailable as error:
            if DENIED not in error.what:
                raise
            to_do = "give its user and password in the URL or the settings LINEWRIGHT_NATS_USER"
            to_do += " and LINEWRIGHT_NATS_PASSWORD"
            raise BusUnavailable(error.where, "wrong user or password", to_do) from error
        async with bus:
            await self._must_be_alone(bus)
            await bus.prepare()

    async def _must_be_alone(self, bus: Bus) -> None:
        """Refuse a site that another `up` runs there: both would share out its samples."""
        subject = f"lw.alive.{self._site}.up"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ALONE_S), contextlib.aclosing(bus.listen(subject)) as beats:
                async for _ in beats:
                    what = f"the site {self._site} is run there already, from another data folder"
                    to_do = "end that `linewright up`, or use another NATS server"
                    raise BusUnavailable(self.address.url, what, to_do)

    async def stop(self) -> None:
        """Leave it alone: it is not ours."""
        LOG.info("the NATS server at %s runs on", self.address.url)

    def violations(self) -> Sequence[Refused]:
        return []

    def environment(self) -> Mapping[str, str]:
        # Not on the command line, which every user of the machine can read.
        if not self.address.user:
            return {}
        return {
            "LINEWRIGHT_NATS_USER": self.address.user,
            "LINEWRIGHT_NATS_PASSWORD": self.address.password,
        }

    def options(self) -> tuple[str, ...]:
        return ("--nats", self.address.url)
