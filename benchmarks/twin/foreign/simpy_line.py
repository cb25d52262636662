"""The ten-station line in SimPy, as its manual teaches it."""

import random
from collections.abc import Generator

import simpy

from benchmarks.twin.line import LIFE_S, PLACES, REPAIR_S, STATIONS


class SimpyLine:
    """A process for each station, a `Store` for each buffer.

    A machine that has ended a part waits in `put` until there is room, so that it blocks after
    service. A failure is a pause of the same process: the cheaper of the two idioms.
    """

    def __init__(self, seed: int) -> None:
        self.env = simpy.Environment()
        self.out = 0
        self._chance = random.Random(seed)  # noqa: S311  # a simulation, no secret
        self._buffers = [simpy.Store(self.env, capacity=PLACES) for _ in range(STATIONS - 1)]
        for number in range(STATIONS):
            self.env.process(self._machine(number))

    def run(self, seconds: float) -> int:
        """Let so much time pass; return how many parts left meanwhile."""
        before = self.out
        self.env.run(until=self.env.now + seconds)
        return self.out - before

    def _machine(self, number: int) -> Generator[simpy.Event, None, None]:
        draw, timeout = self._chance.expovariate, self.env.timeout
        life = draw(1.0 / LIFE_S)
        while True:
            if number > 0:
                yield self._buffers[number - 1].get()
            work = draw(1.0)
            while work > life:
                yield timeout(life)
                work -= life
                yield timeout(draw(1.0 / REPAIR_S))
                life = draw(1.0 / LIFE_S)
            yield timeout(work)
            life -= work
            if number < STATIONS - 1:
                yield self._buffers[number].put(None)
            else:
                self.out += 1


def simpy_queue(count: int, seed: int) -> float:
    """Return the mean wait of so many customers before one server, nine tenths busy."""
    env, waits = simpy.Environment(), []
    server = simpy.Resource(env)
    chance = random.Random(seed)  # noqa: S311  # a simulation, no secret

    def customer() -> Generator[simpy.Event, None, None]:
        came = env.now
        with server.request() as asked:
            yield asked
            waits.append(env.now - came)
            yield env.timeout(chance.expovariate(1.0))

    def door() -> Generator[simpy.Event, None, None]:
        for _ in range(count):
            yield env.timeout(chance.expovariate(0.9))
            env.process(customer())

    env.process(door())
    env.run()
    return sum(waits) / len(waits)
