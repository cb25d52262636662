"""What is let in: products by turns, lines that hold only so many parts, arrivals, orders."""

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING

import simpy

from linewright.plant.records import Order
from tests.twin.oracles.simpy_plant.floor import CALENDARS, Floor
from tests.twin.oracles.simpy_plant.parts import Part, Recipe, new_part

if TYPE_CHECKING:
    from tests.twin.oracles.simpy_plant.places import Onwards, Queue


class Turns:
    """Products of which material is always there, made in lots by turns.

    The next lot is of the product of which least was begun for its demand; the first named on a
    tie. When a product has no demand, all count alike.
    """

    def __init__(self) -> None:
        self.recipes: list[Recipe] = []
        self.begun: Counter[str] = Counter()
        self.current: Recipe | None = None
        self.left = 0

    def next(self, fits: Callable[[Recipe], bool]) -> Recipe | None:
        """Return the product whose turn it is, of those that fit; a lot is brought to its end."""
        if self.current is not None and self.left > 0:
            return self.current if fits(self.current) else None
        demands = {one.name: one.product.demand_per_week for one in self.recipes}
        equal = any(demand is None for demand in demands.values())
        weights = {name: 1.0 if equal else demand or 0.0 for name, demand in demands.items()}
        found = [one for one in self.recipes if weights[one.name] > 0.0 and fits(one)]
        return min(found, key=lambda one: self.begun[one.name] / weights[one.name], default=None)

    def take(self, recipe: Recipe) -> None:
        """Count a piece as begun."""
        if recipe is not self.current or self.left == 0:
            self.current, self.left = recipe, recipe.product.lot_size or 1
        self.left -= 1
        self.begun[recipe.name] += 1


class Gate:
    """In front of a line that holds at most so many parts (conwip), or of each product (kanban)."""

    def __init__(self, floor: Floor, name: str, wip: int, onwards: "Onwards") -> None:
        self.floor = floor
        self.name = name
        self.wip = wip
        self.onwards = onwards
        self.each_product = False
        self.queues: list[Queue] = []
        self.inside: Counter[str] = Counter()
        self.waiting: list[Part] = []
        floor.settlers.append(self.settle)

    def offer(self, part: Part) -> simpy.Event:
        """Let a part wait until it may enter."""
        if part.gate is not None:
            part.gate.left(part)
        part.entered = self.floor.serial()
        self.waiting.append(part)
        return self.floor.env.event().succeed()

    def has_room(self) -> bool:
        """Always: parts wait in front without limit."""
        return True

    def left(self, part: Part) -> None:
        """Count a part no more."""
        self.inside[part.recipe.name] -= 1
        part.gate = None

    def settle(self) -> bool:
        """Let in those who may."""
        changed = False
        for part in sorted(self.waiting, key=urgency):
            if self.room(part.recipe):
                self.waiting.remove(part)
                self.count(part)
                self.onwards.place_for(part).offer(part)
                changed = True
        return changed

    def room(self, recipe: Recipe) -> int:
        """Return how many more parts of a product may be inside."""
        inside = self.inside[recipe.name] if self.each_product else self.inside.total()
        return max(0, self.wip - inside)

    def count(self, part: Part) -> None:
        """Count a part as inside."""
        part.gate = self
        self.inside[part.recipe.name] += 1


def urgency(part: Part) -> tuple[int, int, int]:
    """Return what goes first: orders by their priority, products by theirs, then first come."""
    return (-part.order_priority, part.recipe.product.priority, part.entered)


def arrivals(
    floor: Floor, recipe: Recipe, onwards: "Onwards"
) -> Generator[simpy.Event, None, None]:
    """Release a lot of a product every so often, the first one after the first such time."""
    between = floor.draw(recipe.product.arrives, recipe.name, "arrives")
    while True:
        yield floor.after(max(1, between.ns()), CALENDARS)
        for _ in range(recipe.product.lot_size or 1):
            part = new_part(floor, recipe)
            onwards.place_for(part).offer(part)
        floor.settle()


def ordered(
    floor: Floor, orders: Sequence[tuple[Order, Recipe]], at_ns: int, onwards: "Onwards"
) -> Generator[simpy.Event, None, None]:
    """Release a part for each piece of each order, not before its earliest time."""

    def release_ns(order: Order) -> int:
        return max(0, (order.earliest_ns or at_ns) - at_ns)

    for order, recipe in sorted(orders, key=lambda one: release_ns(one[0])):
        if release_ns(order) > floor.now:
            yield floor.after(release_ns(order) - floor.now, CALENDARS)
        due = order.due_ns if order.due_ns is not None else order.promised_ns
        for _ in range(int(order.quantity)):
            part = new_part(floor, recipe)
            part.order_priority = order.priority
            part.due = part.due if due is None else due - at_ns
            onwards.place_for(part).offer(part)
        floor.settle()
