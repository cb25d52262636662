"""One server of a station: a simpy process that works, fails, is repaired, set up, maintained."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import simpy

from linewright.plant.model import Cycle, Station
from tests.twin.oracles.simpy_plant.draws import ns
from tests.twin.oracles.simpy_plant.floor import CALENDARS, MACHINES, Floor
from tests.twin.oracles.simpy_plant.gates import urgency
from tests.twin.oracles.simpy_plant.parts import Load, Part, Recipe, new_part
from tests.twin.oracles.simpy_plant.people import Need, People, Request
from tests.twin.oracles.simpy_plant.places import Queue
from tests.twin.oracles.simpy_plant.telling import (
    BLOCKED,
    DOWN,
    IDLE,
    RUNNING,
    SET_UP,
    STARVED,
    WAITING,
    Level,
    Times,
)
from tests.twin.oracles.simpy_plant.upkeep import Effect, ModeState, Policy, WearState

if TYPE_CHECKING:
    from tests.twin.oracles.simpy_plant.routes import Routes

Steps = Generator[simpy.Event, None, None]


@dataclass
class Ageing:
    """What ages on a server."""

    modes: list[ModeState]
    wears: list[WearState]
    policies: list[Policy]


@dataclass
class Task:
    """A stretch of work: how long it takes, as which state, and whom it needs."""

    takes: int
    state: str
    needs: tuple[Need, ...] = ()
    attends: int = 0
    progress: int = 0

    def needed(self) -> tuple[Need, ...]:
        """Return whom it needs from here on."""
        return tuple(one for one in self.needs if not one.attends or self.progress < self.attends)


class Server:
    """One of the places of a station."""

    def __init__(
        self, floor: Floor, name: str, station: Station, *, queue: Queue, rank: int
    ) -> None:
        self.floor, self.name, self.station, self.queue = floor, name, station, queue
        self.rank = MACHINES + rank
        self.address = name.partition("#")[0]
        self.times = Times()
        self.open = True
        self.idle = False
        self.idle_since = 0
        self.for_crew = Level()
        self.load: Load | None = None
        self.leaving: list[simpy.Event] = []
        self.key: str | None = None
        self.failed: list[ModeState] = []
        self.stopped = False
        self.short_of_room = False
        self.running_ns = 0
        self.listening = False
        self.start = floor.env.event()
        self.quality = floor.stream(name, "quality")
        self.noticed = floor.stream(name, "noticed")
        self.defects = floor.stream(name, "defects")
        self.slots = floor.stream(name, "slots")
        self.draws = {
            (operation, what): floor.draw(time, name, f"{operation} {what}")
            for operation, cycle in station.does.items()
            for what, time in (
                ("time", cycle.time),
                ("per_piece", cycle.per_piece),
                ("operator", cycle.operator),
            )
        }

    def begin(self, routes: "Routes", people: People, ageing: Ageing) -> None:
        """Start its processes, once everything on the floor is there."""
        self.routes, self.people, self.ageing = routes, people, ageing
        self.process = self.floor.env.process(self._life())
        for mode in ageing.modes:
            if not mode.works:
                mode.clock = self.floor.env.process(self._calendar_clock(mode))
        for policy in ageing.policies:
            self._remind(policy)

    # --- what others ask and tell ---------------------------------------------------------

    def at_work(self) -> int:
        """How many parts are on it."""
        if self.leaving:
            return sum(not one.triggered for one in self.leaving)
        return 0 if self.load is None else len(self.load.parts)

    def may_begin(self) -> bool:
        """Whether it could begin at once, were there a part."""
        return self.idle and self.open and not self.failed and self._due() is None

    def try_begin(self) -> bool:
        """Begin with parts of the queue, if they and all that they need are there."""
        load = self._pick()
        if load is None:
            return False
        self.routes.take(load, self)
        self.load, self.idle = load, False
        self.start.succeed()
        return True

    def set_open(self, shift: str | None) -> None:
        """Take the edge of working time."""
        self.open = shift is not None
        self.news()

    def news(self) -> None:
        """Look up: something has changed for this server."""
        if self.listening:
            self.listening = False
            self.process.interrupt()

    def tell_rest(self) -> None:
        """Tell why it rests."""
        if self.idle and not self.failed:
            resting = BLOCKED if self.short_of_room else STARVED
            self._tell(resting if self.open else IDLE)

    def can(self, part: Part) -> str | None:
        """Return the operation by which it does the step that a part waits for."""
        return None if part.step is None else self.routes.operation_at(part.step, self)

    # --- its life ------------------------------------------------------------------------

    def _life(self) -> Steps:
        while True:
            yield from self._rest()
            load = self.load
            assert load is not None, "it rests until it has a load"
            self.stopped = False
            yield from self._set_up(load)
            while True:  # a slotted station tries anew while there is no room behind
                yield from self._cycle(load)
                if load.cycle.succeeds_share is None or self._room_for(load.parts):
                    break
            decided = [(part, self._decide(part, load.cycle)) for part in load.parts]
            yield from self._hand_over(load, decided)
            self.load = None

    def _rest(self) -> Steps:
        while self.load is None:
            yield from self._repairs()
            yield from self._maintenance()
            if self.failed:
                continue
            self.start = self.floor.env.event()
            self.idle, self.idle_since = True, self.floor.serial()
            self.floor.settle()
            if self.load is None:
                yield from self._until(self.start)
            self.idle = False

    def _until(self, event: simpy.Event | None = None) -> Steps:
        """Wait for an event, or for news."""
        self.listening = True
        try:
            yield self.floor.env.event() if event is None else event
        except simpy.Interrupt:
            pass
        finally:
            self.listening = False

    def _tell(self, state: str) -> None:
        if state != self.times.state:
            self.times.tell(self.floor.now, state)

    # --- taking parts --------------------------------------------------------------------

    def _pick(self) -> Load | None:
        self.short_of_room = False
        waiting = [part for part in self.queue.available() if self.can(part) is not None]
        waiting.sort(key=self._order)
        for first in waiting:
            load = self._load([one for one in waiting if one.stands_at == first.stands_at])
            if load is not None:
                return load
        turns = self.queue.turns
        recipe = None if turns is None else turns.next(self._may_make)
        return None if recipe is None else self._load([self._new(recipe)])

    def _new(self, recipe: Recipe) -> Part:
        """Return a part of material that is always there; it counts once it is taken."""
        part = new_part(self.floor, recipe)
        part.gate = self.queue.gate
        return part

    def _may_make(self, recipe: Recipe) -> bool:
        gate = self.queue.gate
        if gate is not None and not gate.room(recipe):
            return False
        return self.routes.operation_at(recipe.steps[0], self) is not None

    def _load(self, parts: list[Part]) -> Load | None:
        """Return the load of as many parts of one step as can be taken, if they are enough."""
        first = parts[0]
        operation, step = self.can(first), first.step
        assert operation is not None, "it was asked before"
        assert step is not None, "it was asked before"
        cycle = self.station.does[operation]
        most = self.routes.batch(self.station, operation)
        turns = self.queue.turns
        if turns is not None and first.recipe in turns.recipes and first.index == 0:
            new = most - len(parts)
            if self.queue.gate is not None:
                new = min(new, self.queue.gate.room(first.recipe))
            parts = parts + [self._new(first.recipe) for _ in range(new)]
        parts = parts[: self.routes.components_for(first, min(most, len(parts)))]
        reserved: dict[int, Queue] = {}
        least = max(1, min(self.station.batch_least, most))
        if len(parts) >= least and self.station.blocking == "before_service":
            behind = self.routes.behind(first, self)
            if behind is not None:
                parts = parts[: behind.room(len(parts))]
                self.short_of_room = len(parts) < least
                reserved = {id(part): behind for part in parts}
        if len(parts) < least:
            return None
        return Load(parts, operation, cycle, reserved)

    def _order(self, part: Part) -> tuple[float, ...]:
        order, product, came = urgency(part)
        return (order, product, self.routes.dispatch(part, self), came)

    # --- set-up and cycle ------------------------------------------------------------------

    def _set_up(self, load: Load) -> Steps:
        takes, key = self.routes.set_up(self.key, load.parts[0], self.station)
        if takes > 0:
            needs = self.routes.crew(self.station.setup_crew)
            yield from self._work(Task(takes, SET_UP, needs))
        self.key = key

    def _cycle(self, load: Load) -> Steps:
        task = Task(
            takes=self._takes(load),
            state=RUNNING,
            needs=self.routes.needs(self, load.operation),
            attends=self.draws[load.operation, "operator"].ns(),
        )
        yield from self._work(task)

    def _takes(self, load: Load) -> int:
        seconds = self.draws[load.operation, "time"].seconds()
        for _ in load.parts:
            seconds += self.draws[load.operation, "per_piece"].seconds()
        if load.cycle.succeeds_share is not None:
            while self.slots.random() >= load.cycle.succeeds_share:
                seconds += self.draws[load.operation, "time"].seconds()
        seconds *= 1.0 + sum(one.wear.slows_share * one.used for one in self.ageing.wears)
        return max(1, ns(seconds))

    def _work(self, task: Task) -> Steps:
        """Do a task; it stops for repairs and outside working time, and goes on afterwards."""
        request: Request | None = None
        while task.progress < task.takes:
            yield from self._repairs()
            unattended = self.station.unattended and task.state == RUNNING and task.progress > 0
            if not self.open and not unattended:
                self._tell(IDLE)
                yield from self._until()
                continue
            if request is None:
                needed = task.needed()
                request = self.people.ask(needed, self.station.priority, self.rank)
            if not request.granted.triggered:
                self._tell(WAITING)
                yield from self._until(request.granted)
            if request.granted.triggered and not self.failed and (self.open or unattended):
                self._tell(task.state)
                yield from self._stretch(task, request)
            request = self._kept(task, request)
        if request is not None:
            self.people.give_back(request)

    def _stretch(self, task: Task, request: Request) -> Steps:
        """Work until something ends or interrupts it."""
        length = float(task.takes - task.progress)
        if task.progress < task.attends:
            length = min(length, task.attends - task.progress)
        if task.state == RUNNING:
            strikes = [one.strikes_in() for one in self.ageing.modes if one.works]
            length = min([length, *strikes])
        began = self.floor.now
        yield from self._until(self.floor.after(max(1, int(-(-length // 1))), self.rank))
        done = self.floor.now - began
        task.progress += done
        if task.state == RUNNING:
            self._age(done)
        if task.attends and task.progress >= task.attends:
            self.people.give_back(request, attending=True)

    def _kept(self, task: Task, request: Request) -> Request | None:
        """Give back what a failure or the end of working time frees; return what is kept."""
        goes_on = self.station.unattended and task.state == RUNNING and task.progress > 0
        goes_on = goes_on and request.granted.triggered
        if self.failed or not (self.open or goes_on):
            self.people.cancel(request)
            return None
        return request

    def _age(self, done: int) -> None:
        self.running_ns += done
        before = [(one, one.strikes_in(), one.factor()) for one in self.ageing.modes if one.works]
        for wear in self.ageing.wears:
            wear.used += done / wear.life_ns
        for mode, strikes, factor in before:
            mode.left -= done * factor
            if strikes <= done:
                self._strike(mode)

    # --- the end of a cycle -----------------------------------------------------------------

    def _decide(self, part: Part, cycle: Cycle) -> str:
        """Return `scrap`, `back` or `on` for a part whose cycle has ended."""
        step = part.step
        assert step is not None, "it is in a step"
        if self.defects.random() < step.defects_share:
            part.bad = True
        good = (1.0 - step.scrap_share) * (1.0 - cycle.scrap_share)
        good -= sum(one.wear.scraps_share * one.used for one in self.ageing.wears)
        rework = 1.0 - (1.0 - step.rework_share) * (1.0 - cycle.rework_share)
        chance, noticed = self.quality.random(), self.noticed.random()
        if chance < 1.0 - good:
            return "scrap"
        found = noticed < (step.detects_share if part.bad else step.false_alarms_share)
        if chance < 1.0 - good + rework or found:
            return "back" if part.may_go_back() else "scrap"
        return "on"

    def _room_for(self, parts: list[Part]) -> bool:
        places = [self.routes.next_place(part, "on", self) for part in parts]
        return all(place is None or place.has_room() for place in places)

    def _hand_over(self, load: Load, decided: list[tuple[Part, str]]) -> Steps:
        """Let the parts go, one by one as there is room."""
        self.leaving = []
        for part, what in decided:
            self.leaving += self.routes.send(part, what, self, load.reserved.get(id(part)))
        self.floor.settle()
        while not all(one.triggered for one in self.leaving):
            yield from self._repairs()
            self._tell(BLOCKED if self.open else IDLE)
            waits = [one for one in self.leaving if not one.triggered]
            if waits:
                yield from self._until(self.floor.env.any_of(waits))
        self.leaving = []

    # --- failures and maintenance ------------------------------------------------------------

    def _strike(self, mode: ModeState) -> None:
        self.failed.append(mode)
        for effect in mode.effects:
            if effect.chance.random() < effect.share:
                self.floor.env.process(self._bring_on(effect))

    def _bring_on(self, effect: Effect) -> Steps:
        yield self.floor.after(effect.delay.ns(), CALENDARS)
        if effect.mode not in self.failed:
            self._strike(effect.mode)
            self.news()

    def _calendar_clock(self, mode: ModeState) -> Steps:
        while True:
            try:
                yield self.floor.after(int(mode.left), CALENDARS)
            except simpy.Interrupt:  # renewed by maintenance
                continue
            self._strike(mode)
            mode.mended = self.floor.env.event()
            self.news()
            yield mode.mended

    def _repairs(self) -> Steps:
        while self.failed:
            mode = self.failed[0]
            self.stopped = True
            self._tell(DOWN)
            request = self.people.ask(mode.needs, self.station.priority, self.rank)
            self.for_crew.set(self.floor.now, float(not request.granted.triggered))
            yield request.granted
            self.for_crew.set(self.floor.now, 0.0)
            yield self.floor.after(mode.repair.ns(), self.rank)
            self.people.give_back(request)
            self.failed.remove(mode)
            mode.repaired()
            if not mode.works:
                mode.mended.succeed()

    def _due(self) -> Policy | None:
        return next((one for one in self.ageing.policies if one.used(self.running_ns) >= 1.0), None)

    def _opportune(self) -> Policy | None:
        """Return a maintenance for which a stop may be used, if who does it is free."""
        if self.open and not self.stopped:
            return None
        for one in self.ageing.policies:
            share = one.maintenance.opportunity_share
            near = share is not None and one.used(self.running_ns) >= share
            if near and self.people.could(one.needs) is not None:
                return one
        return None

    def _maintenance(self) -> Steps:
        while not self.failed and (policy := self._due() or self._opportune()) is not None:
            self._tell(policy.state)
            request = self.people.ask(policy.needs, self.station.priority, self.rank)
            yield request.granted
            yield self.floor.after(policy.takes.ns(), self.rank)
            self.people.give_back(request)
            policy.done(self.running_ns)
            for mode in policy.modes:
                if not mode.works and mode not in self.failed:
                    mode.clock.interrupt()
            self._remind(policy)
            self.stopped = True

    def _remind(self, policy: Policy) -> None:
        """Look up when a maintenance is due by the calendar."""
        one = policy.maintenance
        if one.every_s is not None and one.clock == "calendar":
            event = self.floor.after(ns(one.every_s), CALENDARS)
            assert event.callbacks is not None
            event.callbacks.append(lambda _: self.news())
