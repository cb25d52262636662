"""Vehicles: they fetch parts behind a station and bring them into the queue of the next one."""

from collections.abc import Generator
from dataclasses import dataclass

import simpy

from linewright.plant.model import Buffer
from tests.twin.oracles.simpy_plant.draws import Draw
from tests.twin.oracles.simpy_plant.floor import CALENDARS, Floor
from tests.twin.oracles.simpy_plant.parts import Part
from tests.twin.oracles.simpy_plant.places import Queue


@dataclass
class Way:
    """From where to where a fleet brings parts, how many at once, and how long it takes."""

    stock: Queue
    queue: Queue
    least: int
    most: int
    takes: Draw


class Fleet:
    """Vehicles of one kind; a free one goes where the first part waits longest."""

    def __init__(self, floor: Floor, count: int, carries: int) -> None:
        self.floor = floor
        self.free = count
        self.carries = carries
        self.ways: list[Way] = []
        floor.settlers.append(self.settle)

    def serve(self, buffer: Buffer, stock: Queue, queue: Queue, takes: Draw) -> None:
        """Serve one more buffer."""
        most = self.carries if buffer.batch is None else min(buffer.batch, self.carries)
        least = 1 if buffer.batch is None else most
        self.ways.append(Way(stock, queue, least, most, takes))

    def settle(self) -> bool:
        """Send free vehicles to where a load is."""
        changed = False
        while self.free > 0:
            loads = [(way, way.stock.available()) for way in self.ways]
            there = [(way, parts) for way, parts in loads if len(parts) >= way.least]
            if not there:
                break
            way, parts = min(there, key=lambda one: one[1][0].entered)
            self.free -= 1
            taken = parts[: way.most]
            for part in taken:
                way.stock.remove(part)
            self.floor.env.process(self._trip(way, taken))
            changed = True
        return changed

    def _trip(self, way: Way, parts: list[Part]) -> Generator[simpy.Event, None, None]:
        yield self.floor.after(way.takes.ns(), CALENDARS)
        put = [way.queue.offer(part) for part in parts]
        self.floor.settle()
        yield self.floor.env.all_of(put)
        self.free += 1
        self.floor.settle()
