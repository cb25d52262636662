"""The edge nodes of a play: connected again and again, and storing while they are not."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

import msgspec

from linewright.bus import BusAddress
from linewright.emulate.faults.links import OPEN, Reach
from linewright.emulate.faults.way import STORED_MAX
from linewright.emulate.folder import OrdersFull, Written
from linewright.emulate.machines import Machine, Raw, Sample
from linewright.emulate.sparkplug.broker import Line, LineLost
from linewright.emulate.sparkplug.node import NS_PER_MS, EdgeNode, edge_nodes
from linewright.plant import Address

__all__ = ["Edges", "Life", "edging"]

RETRY_S = 1.0
"""From one try to connect to the next."""

SIGNS = 3.0
"""Signs of life within the time after which a machine is taken for lost: one may be late. That
time is one of the wall clock, whatever the speed of the plant, and so is this one."""

SHUT = frozenset({"cut", "away"})
SILENT = frozenset({"half_open", "frozen"})

_log = logging.getLogger(__name__)


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """What edge nodes need to know of the play: the present, and where writes go.

    `standing` gives orders and samples that stand; `births` is the number of a node's next
    connection, kept before it is used; `keep` takes a write.
    """

    now_ns: Callable[[], int]
    standing: Callable[[], tuple[Mapping[Address, Raw], Sequence[Sample]]]
    births: Callable[[Address], int]
    keep: Callable[[Written], None]


class _Edge:
    """One node and its connection."""

    def __init__(self, node: EdgeNode, broker: BusAddress, life: Life) -> None:
        self.node = node
        self.broker = broker
        self.life = life
        self.reach = OPEN
        self.line: Line | None = None
        self.birth = 0
        stale = [one.stale_s for one in node.machines if one.stale_s is not None]
        self._sign_s = min(stale) / SIGNS if stale else None
        self._may = asyncio.Event()
        self._may.set()
        self._leaving = asyncio.Event()
        self._stored: deque[Sample] = deque(maxlen=STORED_MAX * (len(node.machines) + 1))

    @property
    def now_ms(self) -> int:
        """Plant time as the node's clock says."""
        return (self.life.now_ns() + self.reach.ahead_ns) // NS_PER_MS

    @property
    def name(self) -> str:
        """Name of its MQTT client."""
        return f"{self.node.group}-{self.node.node}"

    async def keep(self) -> None:
        """Connect again and again until it leaves."""
        while not self._leaving.is_set():
            await self._may.wait()
            line = Line()
            self.birth = self.life.births(self.node.machines[0].address)
            will = self.node.death(self.birth, self.now_ms)
            try:
                await line.open(self.broker, self.name, will, self.node.topics, self.heard)
            except LineLost as error:
                _log.info("edge node %s: %s", self.name, error)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(RETRY_S):
                        await self._leaving.wait()
                continue
            self.line = line
            self.be_born()
            stored, kept = tuple(self._stored), self._stored
            kept.clear()
            self.send(self.node.data(stored, self.now_ms))
            await self._live(line)
            line.cut()
            self.line = None

    async def _live(self, line: Line) -> None:
        """Give signs of life until the connection is lost, where the plant file wants them."""
        while not line.lost.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._sign_s):
                    await line.lost.wait()
            if not line.lost.is_set() and self.reach.state not in SILENT:
                self.send(self.node.sign(self.now_ms))

    def be_born(self) -> None:
        """Say all births."""
        orders, samples = self.life.standing()
        shown = {one.tag: one for one in samples}
        self.send(self.node.birth(self.birth, shown, orders, self.now_ms))

    def send(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """Publish in order."""
        if self.line is not None:
            for topic, body in messages:
                self.line.send(topic, body)

    def heard(self, topic: str, body: bytes) -> None:
        """Take a command message."""
        if self.reach.state != "open":
            return
        found = self.node.hear(topic, body)
        kept = []
        for written in found.written:
            try:
                self.life.keep(written)
            except OrdersFull as error:
                _log.warning("a write to %s is refused: %s", written.command, error)
            else:
                kept.append(written)
        self.send(self.node.echo(kept, self.now_ms))
        if found.is_rebirth:
            self.be_born()

    def show(self, samples: Sequence[Sample]) -> None:
        """Publish samples, or store them until there is a connection."""
        if self.line is None or self.reach.state in SILENT:
            most, before = self._stored.maxlen or 0, len(self._stored)
            self._stored.extend(msgspec.structs.replace(one, historical=True) for one in samples)
            if before + len(samples) > most:
                _log.warning("edge node %s is full: its oldest samples are lost", self.name)
        else:
            self.send(self.node.data(samples, self.now_ms))

    def turn(self, reach: Reach) -> None:
        """Let the link fail or come back."""
        before, self.reach = self.reach, reach
        broken = (reach.restarts, reach.breaks) != (before.restarts, before.breaks)
        if reach.state in SHUT or broken or before.state == "half_open" != reach.state:
            if self.line is not None:
                self.line.cut()
        elif self.line is not None and before.state != reach.state:
            if reach.state in SILENT:
                self.line.hush()
            elif before.state in SILENT:
                self.line.wake()
        if reach.state in SHUT or reach.state in SILENT:
            self._may.clear()
        else:
            self._may.set()

    async def leave(self) -> None:
        """Say goodbye."""
        self._leaving.set()
        if self.line is not None:
            await self.line.leave(*self.node.death(self.birth, self.now_ms))


class Edges:
    """All edge nodes of a play; made by `edging`."""

    def __init__(self, nodes: Sequence[_Edge], tasks: Sequence[asyncio.Task[None]]) -> None:
        self._edges = tuple(nodes)
        self._tasks = tuple(tasks)
        self._of = {one.address: edge for edge in nodes for one in edge.node.machines}

    @property
    def stations(self) -> tuple[Address, ...]:
        """Return the stations that are played as edge nodes."""
        return tuple(self._of)

    def show(self, samples: Sequence[Sample]) -> None:
        """Publish what is shown, node by node, in order."""
        found: dict[str, tuple[_Edge, list[Sample]]] = {}
        for sample in samples:
            edge = self._of.get(sample.tag.owner)
            if edge is not None:
                found.setdefault(edge.name, (edge, []))[1].append(sample)
        for edge, own in found.values():
            edge.show(own)

    def turn(self, reach: Mapping[Address, Reach]) -> None:
        """Let links fail and come back; of the stations of one node the first that fails counts.

        Raises
        ------
        Exception
            Whatever has ended a node for good: a play without it would be another one.
        """
        for task in self._tasks:
            if task.done():
                task.result()
        for edge in self._edges:
            own = [reach.get(one.address, OPEN) for one in edge.node.machines]
            wanted = msgspec.structs.replace(
                next((one for one in own if one.state != "open"), own[0]),
                restarts=sum(one.restarts for one in own),
                breaks=sum(one.breaks for one in own),
            )
            if wanted != edge.reach:
                edge.turn(wanted)


@contextlib.asynccontextmanager
async def edging(
    machines: Sequence[Machine], broker: BusAddress | None, life: Life
) -> AsyncIterator[Edges]:
    """Keep edge nodes connected while the block runs.

    Parameters
    ----------
    machines
        Those of another protocol than Sparkplug are passed over.
    broker
        The listener for field devices; None: there are no edge nodes.
    life
        The play.
    """
    nodes = edge_nodes(machines) if broker is not None else ()
    edges = [_Edge(node, broker, life) for node in nodes if broker is not None]
    tasks = [asyncio.create_task(edge.keep()) for edge in edges]
    try:
        yield Edges(edges, tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for edge in edges:
            await edge.leave()
