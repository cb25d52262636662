"""What all parts of the model share: the clock, chance, counts, and the settling of an instant."""

from collections.abc import Callable
from random import Random

import simpy
from simpy.events import EventPriority

from linewright.plant.model import Distribution
from tests.twin.oracles.simpy_plant.draws import Draw
from tests.twin.oracles.simpy_plant.telling import Counts

GRANTS = 2
"""Priority of giving people to who waits at one instant; consequences have 0 and 1."""
CALENDARS = 3
"""Priority of a calendar's edge at one instant."""
MACHINES = 10
"""Priority of the most downstream machine; those before it come after it."""


class Floor:
    """The simpy environment, in whole nanoseconds, and what everything on the floor needs.

    After each thing that happens, `settle` lets everything happen that can happen at that
    instant, until nothing changes any more: the order of `settlers` is downstream first.
    """

    def __init__(self, seed: int) -> None:
        self.env = simpy.Environment(0)
        self.seed = seed
        self.counts = Counts()
        self.settlers: list[Callable[[], bool]] = []
        self.settled: list[Callable[[], None]] = []
        self._serial = 0

    @property
    def now(self) -> int:
        """The time in ns since the beginning."""
        return int(self.env.now)

    def stream(self, element: str, purpose: str) -> Random:
        """Return the random numbers of one element for one purpose."""
        return Random(f"{self.seed}/{element}/{purpose}")  # noqa: S311  # chance, no secret

    def draw(self, distribution: Distribution | None, element: str, purpose: str) -> Draw:
        """Return a distribution with its stream."""
        return Draw(distribution, self.stream(element, purpose))

    def serial(self) -> int:
        """Return a number greater than all before: who came first."""
        self._serial += 1
        return self._serial

    def after(self, delay: int, priority: int) -> simpy.Event:
        """Return an event that happens after a delay, with its place in that instant."""
        event = simpy.Event(self.env)
        event._ok, event._value = True, None
        self.env.schedule(event, EventPriority(priority), delay)
        return event

    def wake(self, at: int) -> None:
        """Settle again at that time: a part will be available then."""
        if at > self.now:
            event = self.after(at - self.now, CALENDARS)
            assert event.callbacks is not None
            event.callbacks.append(lambda _: self.settle())

    def settle(self) -> None:
        """Let everything happen that can happen now."""
        changed = True
        while changed:
            changed = False
            for settler in self.settlers:
                changed = settler() or changed
        for tell in self.settled:
            tell()
