"""Where parts go: which stations do a step, what goes into a product, what leaves it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import simpy

from linewright.plant.model import Plant, Product, Site, Station, Step
from tests.twin.oracles.simpy_plant.draws import Draw, ns
from tests.twin.oracles.simpy_plant.floor import Floor
from tests.twin.oracles.simpy_plant.parts import Load, Part, Recipe, new_part
from tests.twin.oracles.simpy_plant.people import Need, Pool
from tests.twin.oracles.simpy_plant.places import Exit, Outside, Place, Queue
from tests.twin.oracles.simpy_plant.server import Server

UNKNOWN, ANY = "unknown", "any"
NEVER = float("inf")


def within(place: str, above: str) -> bool:
    """Whether an address is this one or below it."""
    return place == above or place.startswith(f"{above}/")


@dataclass(eq=False)
class Spot:
    """A station of the model with its queue."""

    address: str
    station: Station
    queue: Queue
    servers: list[Server] = field(default_factory=list)


class Routes:
    """All that a server or a queue asks about the ways of parts."""

    def __init__(self, floor: Floor, plant: Plant, site: Site) -> None:
        self.floor, self.plant, self.site = floor, plant, site
        self.spots: list[Spot] = []
        self.recipes: dict[str, Recipe] = {}
        self.stores: dict[str, Queue] = {}
        self.stocks: dict[tuple[str, int], Queue] = {}
        self.crews: dict[str, Pool] = {}
        self.things: dict[str, Pool] = {}
        self.exit = Exit(floor)
        self._outside: dict[str, Outside] = {}
        self._doers: dict[int, tuple[Step, list[Spot]]] = {}
        self._needs: dict[tuple[str, str], tuple[Need, ...]] = {}
        self._waits: dict[tuple[str, str], Draw] = {}

    # --- which station does what ------------------------------------------------------------

    def doers(self, step: Step) -> list[Spot]:
        """Return the stations that do a step: by operation, then as the plant names them."""
        if id(step) not in self._doers:
            names = (step.operation, *step.alternatives)
            found = [spot for name in names for spot in self.spots if self._does(spot, step, name)]
            self._doers[id(step)] = (step, list(dict.fromkeys(found)))
        return self._doers[id(step)][1]

    def operation_at(self, step: Step, server: Server) -> str | None:
        """Return the operation by which a server does a step."""
        for spot in self.doers(step):
            if server in spot.servers:
                names = (step.operation, *step.alternatives)
                return next(name for name in names if name in spot.station.does)
        return None

    def _does(self, spot: Spot, step: Step, name: str) -> bool:
        allowed = not step.at or any(within(spot.address, place) for place in step.at)
        return name in spot.station.does and allowed

    def batch(self, station: Station, operation: str) -> int:
        """Return how many parts one cycle takes at most."""
        cycle, known = station.does[operation], self.plant.operations.get(operation)
        said = station.batch or (None if known is None else known.batch)
        return said or cycle.pieces_per_cycle

    # --- where a part goes ------------------------------------------------------------------

    def place_for(self, part: Part) -> Place:
        """Return where a part goes for the step that it waits for."""
        return self._place(part, part.step, None)

    def next_place(self, part: Part, decided: str, server: Server) -> Place | None:
        """Return where a part would go from a server; None: it vanishes."""
        if decided == "scrap":
            return None
        step = part.first_back() if decided == "back" else part.following()
        return self._place(part, step, server)

    def behind(self, part: Part, server: Server) -> Queue | None:
        """Return the queue to which a part goes when all is well, where one has limits."""
        place = self.next_place(part, "on", server)
        limited = isinstance(place, Queue) and place.places is not None
        return place if limited and isinstance(place, Queue) else None

    def _place(self, part: Part, step: Step | None, server: Server | None) -> Place:
        if step is None:
            return self.stores.get(part.recipe.name, self.exit)
        operation = self.plant.operations.get(step.operation)
        if operation is not None and operation.outside is not None:
            made = Outside(self.floor, step.operation, operation, self)
            return self._outside.setdefault(step.operation, made)
        queues = list(dict.fromkeys(spot.queue for spot in self.doers(step)))
        queue = min(queues, key=lambda one: one.in_front())
        if part.counts and queue.gate is not None and part.gate is not queue.gate:
            return queue.gate
        if server is not None:
            return self.stocks.get((server.address, id(queue)), queue)
        return queue

    def send(
        self, part: Part, decided: str, server: Server, reserved: Queue | None
    ) -> list[simpy.Event]:
        """Let a part go as was decided; return what happens when it, or its pieces, have left."""
        counts, step = self.floor.counts, part.step
        assert step is not None, "it was in a step"
        if reserved is not None and decided != "on":
            reserved.reserved -= 1
        if decided == "scrap":
            counts.scrap[part.recipe.name] += 1
            self._vanish(part)
            return []
        if decided == "on" and step.gives:
            self._vanish(part)
            pieces = [self._piece(name) for name, many in step.gives.items() for _ in range(many)]
            return [self.place_for(piece).offer(piece) for piece in pieces]
        kept = reserved is not None and decided == "on"
        place = reserved if kept else self.next_place(part, decided, server)
        assert place is not None, "it goes somewhere"
        if decided == "back":
            counts.reworked += 1
            part.go_back()
        else:
            part.go_on()
        if step.wait is not None:
            drawn = self.floor.draw(step.wait, server.name, f"wait {step.operation}")
            drawn = self._waits.setdefault((server.name, step.operation), drawn)
            part.ready = self.floor.now + drawn.ns()
        if isinstance(place, Queue):
            return [place.offer(part, reserved=kept, back=decided == "back")]
        return [place.offer(part)]

    def _piece(self, product: str) -> Part:
        piece = new_part(self.floor, self.recipe(product))
        piece.counts = False
        return piece

    def recipe(self, product: str) -> Recipe:
        """Return the recipe of a product, without steps when it is not made here."""
        made = self.plant.products.get(product, Product())
        lead = self.floor.draw(made.lead, product, "lead")
        return self.recipes.setdefault(product, Recipe(product, (), made, lead))

    def _vanish(self, part: Part) -> None:
        if part.gate is not None:
            part.gate.left(part)

    # --- what a cycle takes -----------------------------------------------------------------

    def _components(self, part: Part) -> Mapping[str, int]:
        assert part.step is not None, "it waits for a step"
        if part.detour:
            return {}
        taken = part.recipe.taken(part.step)
        return {item: many for item, many in taken.items() if item in self.stores and many > 0}

    def components_for(self, part: Part, parts: int) -> int:
        """Return for how many parts like this one, up to so many, the components are there."""
        there = [
            len(self.stores[item].available()) // many
            for item, many in self._components(part).items()
        ]
        return min([parts, *there])

    def take(self, load: Load, server: Server) -> None:
        """Take the parts of a load, their components, and the room that they will need."""
        queue = server.queue
        for part in load.parts:
            if part in queue.available():
                queue.remove(part)
            else:
                assert queue.turns is not None, "new parts come from material"
                queue.turns.take(part.recipe)
                if queue.gate is not None:
                    queue.gate.count(part)
            for item, many in self._components(part).items():
                for component in self.stores[item].available()[:many]:
                    self.stores[item].remove(component)
        for behind in load.reserved.values():
            behind.reserved += 1

    def set_up(self, key: str | None, part: Part, station: Station) -> tuple[int, str | None]:
        """Return the set-up time for a part in ns, and the key that the server then has."""
        if station.setup is None:
            return 0, None
        table = self.plant.setups[station.setup]
        wanted = self._setup_key(part.recipe, table.by)
        times = {(one, two): s for one, row in table.times.items() for two, s in row.items()}
        if key is None:
            cells = [(UNKNOWN, wanted), (UNKNOWN, ANY)]
            said = [times[cell] for cell in cells if cell in times]
            if table.first_s is not None:
                said.append(table.first_s)
            others = {self._setup_key(one, table.by) for one in self.recipes.values()}
            known = [self.set_up(one, part, station)[0] for one in others]
            return ns(said[0]) if said else max(known), wanted
        if key == wanted and (key, wanted) not in times:
            return ns(table.same_s), wanted
        cells = [(key, wanted), (key, ANY), (ANY, wanted), (ANY, ANY)]
        said = [times[cell] for cell in cells if cell in times]
        return ns([*said, table.default_s or 0.0][0]), wanted

    def _setup_key(self, recipe: Recipe, by: str) -> str:
        family = recipe.product.family
        if by == "product" or family is None:
            return recipe.name
        return self.plant.families[family].setup or family

    def setup_key(self, part: Part, station: Station) -> str | None:
        """Return the set-up key of a part at a station with a set-up matrix."""
        if station.setup is None:
            return None
        return self._setup_key(part.recipe, self.plant.setups[station.setup].by)

    # --- whom a cycle needs ------------------------------------------------------------------

    def crew(self, name: str | None) -> tuple[Need, ...]:
        """Return the need of one person of a crew."""
        return () if name is None or name not in self.crews else (Need((self.crews[name],)),)

    def _skilled(self, skills: list[str], server: Server) -> tuple[Pool, ...]:
        """Return the crews that serve a station and have any of these skills."""
        return tuple(
            pool
            for name, pool in self.crews.items()
            if (not skills or set(skills) & set(self.site.crews[name].skills))
            and (
                not self.site.crews[name].serves
                or any(within(server.address, place) for place in self.site.crews[name].serves)
            )
        )

    def needs(self, server: Server, operation: str) -> tuple[Need, ...]:
        """Return the people, the fixture and the tools that a cycle needs."""
        key = (server.name, operation)
        if key not in self._needs:
            self._needs[key] = tuple(self._find_needs(server, operation))
        return self._needs[key]

    def _find_needs(self, server: Server, operation: str) -> list[Need]:
        station, known = server.station, self.plant.operations.get(operation)
        cycle = station.does[operation]
        people = dict(station.operators)
        skill = None if known is None else known.skill
        if known is not None and skill is not None and known.people > 0:
            people[skill] = max(people.get(skill, 0.0), known.people)
        if cycle.operator is not None:
            wanted = [skill] if skill is not None else list(people)
            found = [Need(self._skilled(wanted, server), 1.0, attends=True)]
        else:
            found = [Need(self._skilled([one], server), many) for one, many in people.items()]
        fixtures = cycle.fixtures or tuple(
            one for one in (known.fixture if known else None,) if one is not None
        )
        if fixtures:
            found.append(Need(tuple(self.things[f"fixture {name}"] for name in fixtures)))
        tools = dict.fromkeys((*cycle.tools, *(known.tools if known else ())))
        found += [Need((self.things[f"tool {name}"],)) for name in tools]
        return [one for one in found if one.pools and one.amount > 0.0]

    # --- which part is next ------------------------------------------------------------------

    def dispatch(self, part: Part, server: Server) -> float:
        """Return the rank of a part by the rule of the queue; the least is next."""
        rule, now = server.queue.rule, self.floor.now
        if rule == "setup":
            return float(self.setup_key(part, server.station) != server.key)
        if rule == "spt":
            assert part.step is not None, "it waits for a step"
            return self._mean_ns(part.step, server)
        if rule == "fifo":
            return 0.0
        if part.due is None:
            return NEVER
        if rule == "edd":
            return float(part.due)
        left = sum(self._mean_ns(step, None) for step in part.recipe.steps[part.index :])
        slack = part.due - now
        return slack - left if rule == "slack" else slack / max(left, 1.0)

    def _mean_ns(self, step: Step, server: Server | None) -> float:
        """Return the mean time of a step: at a server, or where it can be done first."""
        operation = self.plant.operations.get(step.operation)
        if operation is not None and operation.outside is not None:
            return 0.0 if operation.takes is None else float(ns(operation.takes.expected_s))
        here = [spot for spot in self.doers(step) if server is None or server in spot.servers]
        does = here[0].station.does
        name = next(one for one in (step.operation, *step.alternatives) if one in does)
        return float(ns(does[name].expected_s))
