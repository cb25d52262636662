"""Parts, the recipes by which they are made, and loads of parts that a cycle works on."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from linewright.plant.model import Cycle, Product, Step
from tests.twin.oracles.simpy_plant.draws import Draw
from tests.twin.oracles.simpy_plant.floor import Floor

if TYPE_CHECKING:
    from tests.twin.oracles.simpy_plant.gates import Gate
    from tests.twin.oracles.simpy_plant.places import Queue


@dataclass(eq=False)
class Recipe:
    """How a product is made: its steps here, and the ways back of those that rework."""

    name: str
    steps: tuple[Step, ...]
    product: Product
    lead: Draw
    via: dict[int, tuple[Step, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for index, step in enumerate(self.steps):
            self.via[index] = tuple(Step(operation=name) for name in step.rework_via)

    def taken(self, step: Step) -> dict[str, int]:
        """Return the pieces of other products that a step takes, materials too."""
        said = any(one.takes for one in self.steps)
        first = bool(self.steps) and step is self.steps[0]
        amounts = step.takes if said else self.product.bom if first else {}
        return {item: round(one.value) for item, one in amounts.items() if not one.unit}

    def back_to(self, index: int) -> int:
        """Return the step to which the bad pieces of a step go back."""
        target = self.steps[index].rework_to
        return max(
            k
            for k, step in enumerate(self.steps[: index + 1])
            if target in (step.operation, *step.alternatives)
        )


@dataclass(eq=False)
class Part:
    """A part on its way."""

    recipe: Recipe
    born: int
    due: int | None = None
    order_priority: int = 0
    index: int = 0
    detour: list[Step] = field(default_factory=list)
    sent_back: Counter[int] = field(default_factory=Counter)
    bad: bool = False
    ready: int = 0
    entered: int = 0
    gate: "Gate | None" = None
    counts: bool = True
    """Whether a gate counts it; pieces of what was taken apart do not count."""

    @property
    def step(self) -> Step | None:
        """The step that it waits for or is in; None: it is finished."""
        if self.detour:
            return self.detour[0]
        return self.recipe.steps[self.index] if self.index < len(self.recipe.steps) else None

    @property
    def stands_at(self) -> tuple[str, int, int]:
        """What parts of one load have in common: product and step."""
        return (self.recipe.name, self.index, len(self.detour))

    def following(self) -> Step | None:
        """Return the step after this one, when it goes well."""
        if self.detour:
            return self.detour[1] if len(self.detour) > 1 else self.recipe.steps[self.index]
        later = self.recipe.steps[self.index + 1 :]
        return later[0] if later else None

    def go_on(self) -> None:
        """Count the step as done."""
        if self.detour:
            self.detour.pop(0)
        else:
            self.index += 1

    def may_go_back(self) -> bool:
        """Whether bad pieces of this step go back, and this one not too often yet."""
        if self.detour or self.step is None or self.step.rework_to is None:
            return False
        return self.sent_back[self.index] < self.step.rework_limit

    def first_back(self) -> Step:
        """Return the step to which it would go back."""
        via = self.recipe.via[self.index]
        return via[0] if via else self.recipe.steps[self.recipe.back_to(self.index)]

    def go_back(self) -> None:
        """Send it back; what was wrong with it will be put right."""
        self.sent_back[self.index] += 1
        self.detour = list(self.recipe.via[self.index])
        self.index = self.recipe.back_to(self.index)
        self.bad = False


@dataclass
class Load:
    """The parts of one cycle, and the places that are reserved behind for them."""

    parts: list[Part]
    operation: str
    cycle: Cycle
    reserved: "dict[int, Queue]"


def new_part(floor: Floor, recipe: Recipe) -> Part:
    """Return a part that begins now."""
    lead = recipe.lead.ns()
    return Part(
        recipe=recipe,
        born=floor.now,
        due=None if recipe.product.lead is None else floor.now + lead,
        entered=floor.serial(),
    )
