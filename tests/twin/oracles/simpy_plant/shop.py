"""The model of a place: its queues, servers, people and vehicles, made from the plant."""

from collections.abc import Sequence

from linewright.plant import Address, Plant
from linewright.plant.model import Buffer, Line, Product, Site, Step, WorkCentre
from linewright.plant.records import Order
from tests.twin.oracles.simpy_plant.calendars import follow, working
from tests.twin.oracles.simpy_plant.draws import ns
from tests.twin.oracles.simpy_plant.floor import Floor
from tests.twin.oracles.simpy_plant.gates import Gate, Turns, arrivals, ordered
from tests.twin.oracles.simpy_plant.moving import Fleet
from tests.twin.oracles.simpy_plant.parts import Part, Recipe
from tests.twin.oracles.simpy_plant.people import People, Pool
from tests.twin.oracles.simpy_plant.places import Queue
from tests.twin.oracles.simpy_plant.routes import Routes, Spot, within
from tests.twin.oracles.simpy_plant.server import Ageing, Server
from tests.twin.oracles.simpy_plant.upkeep import (
    Effect,
    ModeState,
    Policy,
    WearState,
    change_at_the_end,
    life_s,
)


class Shop:
    """A place of a plant, ready to run for `until_s` from `at_ns` on."""

    def __init__(self, plant: Plant, at: str, *, seed: int, at_ns: int, until_s: float) -> None:
        self.plant, self.at, self.at_ns, self.until_ns = plant, at, at_ns, ns(until_s)
        self.site: Site = plant.sites[at.partition("/")[0]]
        self.floor = Floor(seed)
        self.routes = Routes(self.floor, plant, self.site)
        self.queues: list[Queue] = []
        self.gates: dict[str, Gate] = {}
        self.fleets = {
            name: Fleet(self.floor, one.count, one.carries)
            for name, one in self.site.transport.items()
        }
        self.people = People(self.floor)
        for address, group in plant.groups():
            if within(address, at):
                self._group(address, group)
        self._pools()

    def run(self, orders: Sequence[Order], product: str | None) -> None:
        """Start everything; the clock stands still yet."""
        self._recipes(product)
        self._stores()
        count = sum(len(spot.servers) for spot in self.routes.spots)
        for spot in self.routes.spots:
            for server in spot.servers:
                server.begin(self.routes, self.people, self._ageing(server))
                if len(self.routes.recipes) == 1:
                    only = Part(next(iter(self.routes.recipes.values())), 0)
                    server.key = self.routes.setup_key(only, spot.station)
                server.rank += count
                count -= 1
        self.floor.settled.extend(server.tell_rest for server in self.servers)
        self._releases(orders)
        self.floor.settle()

    @property
    def servers(self) -> list[Server]:
        """All servers, upstream first."""
        return [server for spot in self.routes.spots for server in spot.servers]

    def leaving(self) -> list[str]:
        """Return the products that leave: neither taken by others nor taken apart."""
        recipes = self.routes.recipes
        apart = {name for name, one in recipes.items() if one.steps and one.steps[-1].gives}
        return [name for name in recipes if name not in self.routes.stores and name not in apart]

    # --- stations and queues ------------------------------------------------------------------

    def _queue(self, name: str, buffer: Buffer | None = None) -> Queue:
        travel = None if buffer is None or buffer.by is not None else buffer.travel
        places = None if buffer is None else buffer.places
        queue = Queue(self.floor, name, places, travel=travel)
        self.queues.append(queue)
        return queue

    def _group(self, address: Address, group: Line | WorkCentre) -> None:
        gate = None
        if isinstance(group, Line) and group.release in ("conwip", "kanban") and group.wip:
            gate = self.gates[address] = Gate(self.floor, address, group.wip, self.routes)
            gate.each_product = group.release == "kanban"
        shared: Queue | None = None
        if isinstance(group, WorkCentre):
            shared = self._queue(address, Buffer(places=group.queue))
            shared.rule = group.dispatch
        names = list(group.stations)
        if isinstance(group, Line):
            names = [name for name in names if name not in group.flow] + list(group.flow)
        for name in names:
            queue = self._in_front(address, group, name) if isinstance(group, Line) else shared
            assert queue is not None, "a work centre has a queue"
            queue.gate = gate
            if gate is not None:
                stocks = self.routes.stocks.values()
                gate.queues += [queue, *(one for one in stocks if one.name == queue.name)]
            self._spot(Address(f"{address}/{name}"), group, name, queue)

    def _in_front(self, address: Address, line: Line, name: str) -> Queue:
        """Return the queue of a station of a line: the buffer of the flow, else without limit."""
        at = line.flow.index(name) if name in line.flow else 0
        if at == 0:
            return self._queue(f"{address}/{name}")
        link = f"{line.flow[at - 1]}-{name}"
        buffer = line.buffers.get(link, Buffer(places=0))
        queue = self._queue(f"{address}/{link}", buffer)
        if buffer.by is not None:
            stock = self._queue(f"{address}/{link}", Buffer(places=buffer.places))
            takes = buffer.travel or self.site.transport[buffer.by].takes
            draw = self.floor.draw(takes, f"{address}/{link}", "travel")
            self.fleets[buffer.by].serve(buffer, stock, queue, draw)
            self.routes.stocks[f"{address}/{line.flow[at - 1]}", id(queue)] = stock
        return queue

    def _spot(self, address: Address, group: Line | WorkCentre, name: str, queue: Queue) -> None:
        station = group.stations[name]
        spot = Spot(address, station, queue)
        self.routes.spots.append(spot)
        for place in range(station.places):
            server = Server(self.floor, f"{address}#{place}", station, queue=queue, rank=0)
            spot.servers.append(server)
            queue.takers.append(server)
            if self.site.shifts:
                shifts = station.shifts or group.shifts
                intervals = working(self.site, shifts, self.at_ns, self.until_ns)
                self.floor.env.process(follow(self.floor, intervals, server.set_open))

    def _ageing(self, server: Server) -> Ageing:
        station, tools = server.station, self.site.tools
        piece_s = self._piece_s(server)
        wears = {
            name: WearState(
                self.floor,
                f"{server.name} {name}",
                one,
                life_s(one, tools.get(one.tool or ""), piece_s),
            )
            for name, one in station.wears.items()
        }
        modes = {
            name: ModeState(self.floor, f"{server.name} {name}", one, wears)
            for name, one in station.fails.items()
        }
        for name, mode in modes.items():
            element = f"{server.name} {name}"
            for number, cause in enumerate(mode.mode.causes):
                if cause.mode in modes:
                    effect = Effect(self.floor, element, mode, number)
                    modes[cause.mode].effects.append(effect)
            mode.needs = self.routes.crew(mode.mode.crew)
        policies = []
        for name, maintenance in station.maintenance.items():
            renews = maintenance.renews or (*wears, *modes)
            policy = Policy(
                self.floor,
                f"{server.name} {name}",
                maintenance,
                wears=[one for key, one in wears.items() if key in renews],
                modes=[one for key, one in modes.items() if key in renews],
            )
            policy.needs = self.routes.crew(maintenance.crew)
            policies.append(policy)
        for name, state in wears.items():
            struck = any(state in mode.causes for mode in modes.values())
            if not struck and not any(state in policy.wears for policy in policies):
                change = change_at_the_end(state.wear, tools.get(state.wear.tool or ""))
                element = f"{server.name} {name}"
                policies.append(Policy(self.floor, element, change, wears=[state], modes=[]))
        return Ageing(list(modes.values()), list(wears.values()), policies)

    def _piece_s(self, server: Server) -> float:
        """Return the mean time of a piece on a server, over all that is done there."""
        does = server.station.does
        steps = [step for one in self.routes.recipes.values() for step in one.steps]
        done = [self.routes.operation_at(step, server) for step in steps]
        cycles = [does[name] for name in done if name is not None] or [*does.values()][:1]
        return sum(one.expected_s / one.pieces_per_cycle for one in cycles) / len(cycles)

    # --- people and things ----------------------------------------------------------------------

    def _pools(self) -> None:
        for name, crew in self.site.crews.items():
            pool = self.routes.crews[name] = Pool(name, float(crew.people))
            if crew.shifts:
                intervals = working(self.site, crew.shifts, self.at_ns, self.until_ns)
                there = {shift: crew.by_shift.get(shift, crew.people) for shift in crew.shifts}

                def change(shift: str | None, pool: Pool = pool, there: object = there) -> None:
                    assert isinstance(there, dict), "people by shift"
                    people = 0.0 if shift is None else float(there[shift])
                    pool.capacity.set(self.floor.now, people)

                self.floor.env.process(follow(self.floor, intervals, change))
        things = [(f"fixture {name}", one.count) for name, one in self.site.fixtures.items()]
        things += [(f"tool {name}", one.count) for name, one in self.site.tools.items()]
        for name, count in things:
            self.routes.things[name] = Pool(name, float(count))

    # --- products ---------------------------------------------------------------------------------

    def _recipes(self, wanted: str | None) -> None:
        for name, product in self.plant.products.items():
            routes = sorted(self.plant.routes_of(name).values(), key=lambda one: one.preference)
            made = [self._here(route.steps) for route in routes]
            steps = next((one for one in made if one), ())
            if steps and wanted in (None, name):
                self._recipe(name, product, steps)
        if not self.routes.recipes and wanted is None:  # each station does the first it can
            steps = tuple(
                Step(operation=next(iter(spot.station.does))) for spot in self.routes.spots
            )
            self._recipe("", Product(), steps)

    def _recipe(self, name: str, product: Product, steps: tuple[Step, ...]) -> None:
        lead = self.floor.draw(product.lead, name, "lead")
        self.routes.recipes[name] = Recipe(name, steps, product, lead)

    def _here(self, steps: Sequence[Step]) -> tuple[Step, ...]:
        """Return the steps that are done here, and those outside between them."""
        found = [step for step in steps if self.routes.doers(step) or self._is_outside(step)]
        return tuple(found) if any(self.routes.doers(step) for step in found) else ()

    def _is_outside(self, step: Step) -> bool:
        operation = self.plant.operations.get(step.operation)
        return operation is not None and operation.outside is not None

    def _stores(self) -> None:
        """Make a store for each product that another one takes."""
        recipes = self.routes.recipes
        given = {name for one in recipes.values() for step in one.steps for name in step.gives}
        made = {*recipes, *given}
        for recipe in list(recipes.values()):
            for step in recipe.steps:
                for item in recipe.taken(step):
                    if item in made and item not in self.routes.stores:
                        name, buffer = self._side_feed(item, step)
                        self.routes.stores[item] = self._queue(name, buffer)

    def _side_feed(self, item: str, step: Step) -> tuple[str, Buffer | None]:
        """Return the buffer in which a component waits, named by where it comes from and goes."""
        recipe = self.routes.recipes.get(item)
        last = self.routes.doers(recipe.steps[-1]) if recipe is not None else []
        lines = {a: g for a, g in self.plant.groups() if isinstance(g, Line)}
        for one in last:
            for other in self.routes.doers(step):
                line, _, up = one.address.rpartition("/")
                down = other.address.rpartition("/")[2]
                group = lines.get(Address(line))
                link = f"{up}-{down}"
                if group is not None and other.address.startswith(line) and link in group.buffers:
                    return f"{line}/{link}", group.buffers[link]
        return f"store {item}", None

    def _releases(self, orders: Sequence[Order]) -> None:
        routes, env = self.routes, self.floor.env
        if orders:
            known = [(one, routes.recipes[one.product]) for one in orders]
            env.process(ordered(self.floor, known, self.at_ns, routes))
            return
        steps = [step for one in routes.recipes.values() for step in one.steps]
        given = {name for step in steps for name in step.gives}
        groups = dict(self.plant.groups())
        for recipe in list(routes.recipes.values()):
            if recipe.name in given or not recipe.steps:
                continue
            if recipe.product.arrives is not None:
                env.process(arrivals(self.floor, recipe, routes))
                continue
            for spot in routes.doers(recipe.steps[0]):
                group = groups[Address(spot.address.rpartition("/")[0])]
                if isinstance(group, Line) and group.release == "orders":
                    continue
                turns = self._turns(spot.queue)
                if recipe not in turns.recipes:
                    turns.recipes.append(recipe)

    def _turns(self, queue: Queue) -> Turns:
        if queue.turns is None:
            queue.turns = Turns()
        return queue.turns
