"""Where parts go and wait: queues with room or without, stores, the exit, and outside."""

from collections.abc import Generator
from typing import Protocol

import simpy

from linewright.plant.model import Duration, Operation
from tests.twin.oracles.simpy_plant.draws import Draw
from tests.twin.oracles.simpy_plant.floor import CALENDARS, Floor
from tests.twin.oracles.simpy_plant.gates import Gate, Turns
from tests.twin.oracles.simpy_plant.parts import Part
from tests.twin.oracles.simpy_plant.telling import Level


class Place(Protocol):
    """Somewhere a part can go."""

    def offer(self, part: Part) -> simpy.Event:
        """Bring a part; the event happens when it is taken in."""

    def has_room(self) -> bool:
        """Whether it would be taken in at once."""


class Taker(Protocol):
    """Who takes parts out of a queue."""

    idle_since: int
    """Who has been idle longest has the least."""

    def may_begin(self) -> bool:
        """Whether it could begin at once, were there a part."""

    def try_begin(self) -> bool:
        """Begin with parts of the queue, if they are there."""

    def at_work(self) -> int:
        """How many parts are on it."""


class Queue:
    """Parts that wait, and behind them those that wait elsewhere for room in it.

    `places` None: without limit; 0: a part is handed directly from who brings it to who takes it.
    """

    def __init__(
        self, floor: Floor, name: str, places: int | None, *, travel: Duration | None = None
    ) -> None:
        self.floor = floor
        self.name = name
        self.places = places
        self.travel: Draw | None = None if travel is None else floor.draw(travel, name, "travel")
        self.rule = "fifo"
        self.content: list[Part] = []
        self.coming: list[tuple[Part, simpy.Event]] = []
        self.reserved = 0
        self.takers: list[Taker] = []
        self.turns: Turns | None = None
        self.gate: Gate | None = None
        self.level = Level()
        floor.settlers.insert(0, self.settle)  # queues made later are downstream

    def has_room(self, pieces: int = 1) -> bool:
        """Whether so many more parts would be taken in at once."""
        if self.places is None:
            return True
        if self.coming:
            return False
        if self.places == 0:
            free = sum(taker.may_begin() for taker in self.takers)
            return free - self.reserved - len(self.content) >= pieces
        return len(self.content) + self.reserved + pieces <= self.places

    def room(self, most: int) -> int:
        """Return how many parts, up to so many, would be taken in at once."""
        return max((k for k in range(1, most + 1) if self.has_room(k)), default=0)

    def offer(self, part: Part, *, reserved: bool = False, back: bool = False) -> simpy.Event:
        """Bring a part; the event happens when it is taken in: sent back, at once."""
        taken = self.floor.env.event()
        if reserved:
            self.reserved -= 1
        if back or (reserved and self.places != 0):
            self._take_in(part, taken)
        else:
            self.coming.append((part, taken))
            if self.places == 0:
                part.entered = self.floor.serial()
                self.floor.wake(part.ready)
        return taken

    def available(self) -> list[Part]:
        """Return the parts that may be taken now, those that came first first."""
        handed = [part for part, _ in self.coming] if self.places == 0 else []
        return [part for part in (*self.content, *handed) if part.ready <= self.floor.now]

    def remove(self, part: Part) -> None:
        """Take a part out."""
        if part in self.content:
            self.content.remove(part)
            self.level.set(self.floor.now, len(self.content))
            return
        found = next(one for one in self.coming if one[0] is part)
        self.coming.remove(found)
        self._arrived(part)
        found[1].succeed()

    def in_front(self) -> float:
        """Return the parts that wait and are in work, per server."""
        at_work = sum(taker.at_work() for taker in self.takers)
        return (len(self.content) + at_work) / max(1, len(self.takers))

    def settle(self) -> bool:
        """Let in whom there is room for, and let takers begin."""
        changed = False
        while self.coming and self.places != 0:
            if self.places is not None and len(self.content) + self.reserved >= self.places:
                break
            self._take_in(*self.coming.pop(0))
            changed = True
        for taker in sorted(self.takers, key=lambda one: one.idle_since):
            if taker.may_begin() and taker.try_begin():
                changed = True
        return changed

    def _take_in(self, part: Part, taken: simpy.Event) -> None:
        self._arrived(part)
        if self.travel is not None:
            part.ready = max(part.ready, self.floor.now + self.travel.ns())
        self.floor.wake(part.ready)
        self.content.append(part)
        self.level.set(self.floor.now, len(self.content))
        taken.succeed()

    def _arrived(self, part: Part) -> None:
        part.entered = self.floor.serial()
        if part.gate is not None and self not in part.gate.queues:
            part.gate.left(part)


class Exit:
    """Where good parts leave."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor

    def offer(self, part: Part) -> simpy.Event:
        """Count a part."""
        if part.gate is not None:
            part.gate.left(part)
        counts = self.floor.counts
        counts.left(part.recipe.name, self.floor.now - part.born, bad=part.bad)
        return self.floor.env.event().succeed()

    def has_room(self) -> bool:
        """Always."""
        return True


class Onwards(Protocol):
    """Who knows where a part goes."""

    def place_for(self, part: Part) -> Place:
        """Return where a part goes for the step that it waits for."""


class Outside:
    """A supplier, where each part is away for a time, without limit."""

    def __init__(self, floor: Floor, name: str, operation: Operation, onwards: Onwards) -> None:
        self.floor = floor
        self.takes = floor.draw(operation.takes, name, "outside")
        self.onwards = onwards

    def offer(self, part: Part) -> simpy.Event:
        """Send a part away."""
        if part.gate is not None:
            part.gate.left(part)
        self.floor.env.process(self._away(part))
        return self.floor.env.event().succeed()

    def has_room(self) -> bool:
        """Always."""
        return True

    def _away(self, part: Part) -> Generator[simpy.Event, None, None]:
        yield self.floor.after(self.takes.ns(), CALENDARS)
        part.go_on()
        self.onwards.place_for(part).offer(part)
        self.floor.settle()
