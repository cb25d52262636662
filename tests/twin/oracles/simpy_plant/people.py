"""People, fixtures and tools: taken all at once or not at all, in order of priority."""

from dataclasses import dataclass, field

import simpy

from tests.twin.oracles.simpy_plant.floor import GRANTS, Floor
from tests.twin.oracles.simpy_plant.telling import Level

NEARLY = 1e-9


class Pool:
    """A crew, or a kind of fixture or tool: how many there are now, how many are in use."""

    def __init__(self, name: str, capacity: float) -> None:
        self.name = name
        self.capacity = Level(capacity)
        self.busy = Level()

    @property
    def free(self) -> float:
        """How many could be taken; below zero when some work on after their shift."""
        return self.capacity.value - self.busy.value


@dataclass(frozen=True)
class Need:
    """So many, from any one of these pools."""

    pools: tuple[Pool, ...]
    amount: float = 1.0
    attends: bool = False


@dataclass(eq=False)
class Request:
    """Who waits for what, and what was given."""

    needs: tuple[Need, ...]
    order: tuple[int, int, int]
    granted: simpy.Event
    given: list[tuple[Need, Pool]] = field(default_factory=list)


class People:
    """All pools of a site, and everyone who waits for something of them."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.waiting: list[Request] = []
        self.scheduled = False
        floor.settled.append(self.soon)

    def ask(self, needs: tuple[Need, ...], priority: int, rank: int) -> Request:
        """Ask for all of this; it is given once everybody has asked who asks at this instant."""
        floor = self.floor
        request = Request(needs, (priority, floor.now, rank), floor.env.event())
        if needs:
            self.waiting.append(request)
            self.soon()
        else:
            request.granted.succeed()
        return request

    def cancel(self, request: Request) -> None:
        """Wait no longer."""
        if request in self.waiting:
            self.waiting.remove(request)
        self.give_back(request)

    def give_back(self, request: Request, *, attending: bool = False) -> None:
        """Give back what was given: all, or only who attends."""
        kept = []
        for need, pool in request.given:
            if attending and not need.attends:
                kept.append((need, pool))
            else:
                pool.busy.set(self.floor.now, pool.busy.value - need.amount)
        request.given = kept
        self.soon()

    def could(self, needs: tuple[Need, ...]) -> list[tuple[Need, Pool]] | None:
        """Return from which pools all of it could be given now, or None."""
        found: list[tuple[Need, Pool]] = []
        for need in needs:
            for pool in need.pools:
                taken = sum(one.amount for one, other in found if other is pool)
                if pool.free - taken >= need.amount - NEARLY:
                    found.append((need, pool))
                    break
            else:
                return None
        return found

    def soon(self) -> None:
        """Give to those who wait when all else of this instant has happened."""
        if self.waiting and not self.scheduled:
            self.scheduled = True
            event = self.floor.after(0, GRANTS)
            assert event.callbacks is not None
            event.callbacks.append(self.settle)

    def settle(self, _: simpy.Event) -> None:
        """Give to those who wait: lower priority first, then first come, downstream first.

        Who fits may overtake.
        """
        self.scheduled = False
        for request in sorted(self.waiting, key=lambda one: one.order):
            found = self.could(request.needs)
            if found is None:
                continue
            for need, pool in found:
                pool.busy.set(self.floor.now, pool.busy.value + need.amount)
            request.given = found
            self.waiting.remove(request)
            request.granted.succeed()
