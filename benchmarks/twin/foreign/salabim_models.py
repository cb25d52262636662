"""salabim: a component for each machine and a finite store for each buffer, as in SimPy."""

import importlib
import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from benchmarks.twin.foreign.same import (
    ARRIVALS,
    LIFE,
    PLACES,
    REPAIR,
    SERVICES,
    STATIONS,
    THROUGHPUT,
    WARM_SHARE,
    Answer,
    answer,
)

sim: Any = importlib.import_module("salabim")
Component: Any = sim.Component


class Customer(Component):  # type: ignore[misc]  # a class of the peer
    """Waits for the server, is served and leaves."""

    def process(self, server: object, chance: random.Random, waits: list[float]) -> Iterator[Any]:
        """Live."""
        came = self.env.now()
        yield self.request(server)
        waits.append(self.env.now() - came)
        yield self.hold(chance.expovariate(SERVICES))


class Source(Component):  # type: ignore[misc]  # likewise
    """Lets customers come."""

    def process(
        self, count: int, server: object, chance: random.Random, waits: list[float]
    ) -> Iterator[Any]:
        """Live."""
        for _ in range(count):
            yield self.hold(chance.expovariate(ARRIVALS))
            Customer(server=server, chance=chance, waits=waits)


class Machine(Component):  # type: ignore[misc]  # likewise
    """Takes from the store in front, works, fails, and gives to the store behind."""

    def process(
        self, front: object, behind: object, chance: random.Random, out: list[int]
    ) -> Iterator[Any]:
        """Live."""
        life = chance.expovariate(1.0 / LIFE)
        part: object = None
        while True:
            if front is not None:
                part = yield self.from_store(front)
            work = chance.expovariate(1.0)
            while work > life:
                yield self.hold(life)
                work -= life
                yield self.hold(chance.expovariate(1.0 / REPAIR))
                life = chance.expovariate(1.0 / LIFE)
            yield self.hold(work)
            life -= work
            if behind is not None:
                yield self.to_store(behind, Component() if part is None else part)
            else:
                out[0] += 1


def queue(count: int, seed: int) -> Answer:
    """Run the queue."""
    env = sim.Environment(yieldless=False, trace=False)
    waits: list[float] = []
    chance = random.Random(seed)  # noqa: S311  # a simulation, no secret
    Source(count=count, server=sim.Resource(), chance=chance, waits=waits)
    env.run()
    return len(waits), sum(waits) / len(waits)


def line(count: int, seed: int) -> Answer:
    """Run the line."""
    env = sim.Environment(yieldless=False, trace=False)
    chance = random.Random(seed)  # noqa: S311  # likewise
    stores = [None, *(sim.Store(capacity=PLACES) for _ in range(STATIONS - 1)), None]
    out = [0]
    for front, behind in pairwise(stores):
        Machine(front=front, behind=behind, chance=chance, out=out)
    end = count / THROUGHPUT
    env.run(till=WARM_SHARE * end)
    warm = out[0]
    env.run(till=end)
    return out[0], (out[0] - warm) / (end * (1.0 - WARM_SHARE))


if __name__ == "__main__":
    answer(queue, line)
