"""What every protocol gives: a link that keeps one endpoint connected, and what it tells of it.

A protocol's folder has `link.py` with `link(endpoint, feeds, around) -> Link`. The link calls its
feeds through a `Spread`; it never ends by itself, and loss of the device is never an error.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, runtime_checkable

import msgspec
from msgspec import Meta

from linewright.bus import BusAddress, PlantClock
from linewright.connectors.feeding.feed import Feed, Now
from linewright.connectors.sources import Endpoint
from linewright.connectors.values import Raw
from linewright.plant import Address
from linewright.plant.records import Value

__all__ = [
    "NOT_TOLD",
    "Around",
    "Browsed",
    "Browsing",
    "Clocks",
    "Device",
    "Link",
    "LinkReport",
    "LinkState",
    "Trusting",
    "link_state",
    "wait_any",
]

LinkState = Literal["connecting", "connected", "lost", "refused", "untrusted"]

TOLD_LONGEST_NS = 15_000_000_000
"""How long the report of a link may be old: `connect` writes each at least every 5 s."""

NOT_TOLD = "not told"
"""State of a link whose report is too old: what it says may hold no more."""


class Clocks(msgspec.Struct, frozen=True, kw_only=True):
    """The clocks that a connector reads; given by the shell, so that a test can set them."""

    plant: PlantClock
    wall_ns: Callable[[], int]
    steady_ns: Callable[[], int]
    begun_ns: int
    """What the wall clock said when the steady one said 0."""

    def utc_ns(self) -> int:
        """UTC that nobody can set: grants and commands end by it."""
        return self.begun_ns + self.steady_ns()

    def now(self) -> Now:
        """Return this moment on all of them."""
        return Now(
            plant_ns=self.plant.now_ns(),
            seen_ns=self.wall_ns(),
            steady_ns=self.steady_ns(),
            speed=max(1.0, self.plant.speed),
            is_steady=self.plant.is_steady,
        )


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What every link gets: clocks, secrets, folders and the listener of our own bus."""

    clocks: Clocks
    secret: Annotated[
        Callable[[str], str | None], Meta(description="value of a secret, None where it is missing")
    ]
    folder: Annotated[Path, Meta(description="private folder of the service")]
    site: str
    files: Annotated[Path | None, Meta(description="folder of the plant file")] = None
    broker: Annotated[BusAddress | None, Meta(description="our own listener, as `host`")] = None


class Device(Protocol):
    """What is read and written through: a live session of a connector."""

    async def read(self, items: list[str]) -> list[Raw]:
        """Present values, in the order of the items; raises `LinkLost`.

        Where values only come by themselves, the last ones that came, with a bad status where the
        device has not said since that it lives.

        Parameters
        ----------
        items
            As in `Point`; where a point has a path too, the item, ``#`` and the path.
        """

    async def write(self, via: str, item: str, value: Value) -> None:
        """Write once; raises `WriteRefused`, `WriteUnanswered` or `LinkLost`.

        Parameters
        ----------
        via
            How the command is bound: `node`, `method`, `metric` or `topic`.
        item
            What it is bound to, in the protocol's own spelling.
        value
            What to write.
        """


class LinkReport(msgspec.Struct, frozen=True, kw_only=True):
    """How one source is reached now; stored in the bucket `links` under its name."""

    source: str
    address: Address
    protocol: str
    endpoint: str
    state: LinkState
    since_ns: Annotated[int, Meta(description="wall time since which the state holds")]
    why: Annotated[str, Meta(description="of a state that is not connected")] = ""
    next_step: Annotated[str, Meta(description="what a person can do about it")] = ""
    heard_ns: Annotated[int | None, Meta(description="wall time of the last sign of life")] = None
    told_ns: Annotated[
        int | None, Meta(description="wall time at which this was told, at least every 5 s")
    ] = None
    points: int = 0
    missing: Annotated[tuple[str, ...], Meta(description="items the device does not have")] = ()
    offset_ns: Annotated[int | None, Meta(description="device's clock less plant time")] = None
    limits: Annotated[Mapping[str, int], Meta(description="bounds the device gave")] = {}
    security: str = ""
    certificate: Annotated[str, Meta(description="fingerprint of the one the device shows")] = ""
    trusted: Annotated[str, Meta(description="fingerprint of the one that is taken")] = ""
    trusted_by: Annotated[str, Meta(description="who accepted it; `first use`: nobody yet")] = ""


class Link(Protocol):
    """One endpoint, kept connected for ever, with the sources behind it."""

    endpoint: Endpoint
    feeds: tuple[Feed, ...]

    def device(self, address: Address) -> Device | None:
        """What a station is read and written through, None while it is not reached."""

    def report(self, source: str) -> LinkReport:
        """How one of its sources is reached now; cheap, it is asked often."""

    async def keep(self, stop: asyncio.Event) -> None:
        """Stay connected until `stop` is set."""


@runtime_checkable
class Trusting(Protocol):
    """A link whose device shows a certificate that a person may have to accept."""

    async def trust(self, fingerprint: str, by: str) -> str:
        """Accept the certificate with this fingerprint; what became of it, in words.

        Parameters
        ----------
        fingerprint
            Of the certificate as it was reported.
        by
            Who accepts it.
        """


class Browsed(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a device has: its item, its name, whether it holds a value or more things."""

    item: str
    name: str
    type: str = ""
    has_value: bool = True
    has_more: bool = False


@runtime_checkable
class Browsing(Protocol):
    """A link whose device can be looked through."""

    async def browse(self, node: str, limit: int) -> list[Browsed]:
        """What stands below a node, the top where it is empty; at most `limit` things.

        Raises
        ------
        LinkLost
            The device is not reached.
        """


def link_state(link: Mapping[str, Any], now_ns: int) -> str:
    """Return the state of a link as its report says, or that it was not told for too long.

    Parameters
    ----------
    link
        The report, as JSON gives it; one without `told_ns` counts as told now.
    now_ns
        Wall clock.

    Returns
    -------
    str
        `NOT_TOLD` where the report is older than 15 s: what it says may hold no more.

    Examples
    --------
    >>> link_state({"state": "connected", "told_ns": 0}, 15_000_000_000)
    'connected'
    >>> link_state({"state": "connected", "told_ns": 0}, 15_000_000_001)
    'not told'
    """
    told_ns = link.get("told_ns")
    is_old = told_ns is not None and now_ns - told_ns > TOLD_LONGEST_NS
    return NOT_TOLD if is_old else str(link.get("state", "not known"))


async def wait_any(events: Sequence[asyncio.Event], longest_s: float | None) -> bool:
    """Wait until one of the events is set, at most so long; whether one is."""
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, timeout=longest_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return any(event.is_set() for event in events)
