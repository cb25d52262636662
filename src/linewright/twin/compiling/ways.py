"""The ways of products through a model: routes as steps that the kernel can follow."""

import math
from collections.abc import Iterator, Mapping, Sequence

from linewright.plant import Address
from linewright.plant.model import Cycle, Line, Operation, Route, Step
from linewright.twin.compiling.numbers import numbers_of
from linewright.twin.compiling.pools import attending, running
from linewright.twin.compiling.rows import (
    Draft,
    Numbers,
    ProductRow,
    QueueRow,
    StationRow,
    StepRow,
    WorkRow,
)
from linewright.twin.compiling.scope import trip
from linewright.twin.kernel import layout as at

Taken = Mapping[int, tuple[tuple[int, int], ...]]
"""Stores and amounts, by number of the step of a route."""

Done = Sequence[tuple[Step, Operation | None, Cycle]]
"""What a station does in one cycle: steps of a route, each with its operation."""


class Way:
    """The way of one product along one route; each place on it becomes one step of the kernel.

    Parameters
    ----------
    draft, product, route
        The draft that steps go into, the number of the product, and its route.
    takes
        Stores and amounts of components, by number of the step of the route.
    """

    def __init__(self, draft: Draft, product: int, route: Route, takes: Taken) -> None:
        self.draft = draft
        self.product = product
        self.takes = takes
        self.end = draft.products[product].store
        self.steps = [step for step in route.steps if step.when is None]
        if len(self.steps) < len(route.steps):
            draft.note(f"{draft.products[product].name}: optional steps of its route are left out")
        self.known: dict[object, int] = {}
        self.open: list[tuple[StepRow, int, Address | None]] = []
        self.places = {row.address: k for k, row in enumerate(draft.stations)}
        self.lines = {
            address: group for address, group in draft.plant.groups() if isinstance(group, Line)
        }

    def begin(self, *, here: bool) -> int:
        """Return the first step of the way; -1: none of it is in the model.

        Parameters
        ----------
        here
            Whether it begins at the first station that does something, and leaves out what is
            done outside before: material that is always there would be sent out without end.
        """
        first = 0
        while here and first < len(self.steps) and not self.targets(first, None):
            first += 1
        step = self.go(first, None)
        while self.open:  # a step at a time: a route may have a thousand
            row, k, where = self.open.pop()
            row.after = self.go(k, where)
        return step

    def go(self, k: int, here: Address | None) -> int:
        """Return the step at which a piece goes on from a station, with step `k` of the route."""
        while k < len(self.steps):
            operation = self.draft.plant.operations.get(self.steps[k].operation)
            if operation is not None and operation.outside is not None:
                return self.away(k, here)
            found = self.targets(k, here)
            if found:
                return self.one_of([self.at(k, name) for name in found])
            k += 1
        return self.end

    def targets(self, k: int, here: Address | None) -> list[Address]:
        """Return where step `k` can be done: on along the line, else at the head of each place.

        A work centre stands for all of its stations that can.
        """
        able = [one for one in self.places if self.done(k, one)]
        if here is not None and here.parent in self.lines:
            flow = self.lines[here.parent].flow
            first = flow.index(here.name) if here.name in flow else 0
            on = [one for one in able if one.parent == here.parent and one.name in flow[first:]]
            if on:
                return [min(on, key=lambda one: flow.index(one.name))]
        found: dict[Address, Address] = {}
        for one in able:
            parent = one.parent
            assert parent is not None, "a station stands in a line or a work centre"
            found.setdefault(parent, one)
        return list(found.values())

    def done(self, k: int, where: Address) -> Cycle | None:
        """Return what a station does at step `k`; None: it cannot."""
        step = self.steps[k]
        if step.at and not any(where == a or where.startswith(f"{a}/") for a in step.at):
            return None
        station = self.draft.stations[self.places[where]].station
        for name in (step.operation, *step.alternatives):
            if name in station.does:
                return station.does[name]
        return None

    def one_of(self, steps: Sequence[int]) -> int:
        """Return a step that is a choice among several, or the only one."""
        if len(steps) == 1:
            return steps[0]
        key = ("choice", tuple(steps))
        if key not in self.known:
            self.draft.steps.append(StepRow(product=self.product, choices=tuple(steps)))
            self.known[key] = len(self.draft.steps) - 1
        return self.known[key]

    def at(self, k: int, where: Address) -> int:
        """Return the step that is step `k` of the route at a station, or at its work centre."""
        place = where if where.parent in self.lines else where.parent
        key = (k, place)
        if key in self.known:
            return self.known[key]
        row = StepRow(product=self.product, queue=self.draft.stations[self.places[where]].queue)
        self.draft.steps.append(row)
        number = len(self.draft.steps) - 1
        self.known[key] = number
        self.known[key] = front = self.moved(number)
        end = self.last(k, where)
        self.fill(row, range(k, end), where)
        self.open.append((row, end, where))
        return front

    def moved(self, number: int) -> int:
        """Return the step of being moved to a station, or its own where nothing moves parts."""
        queue = self.draft.steps[number].queue
        name = self.draft.queues[queue].name
        if not name.endswith("+"):
            return number
        k = next(
            k
            for k, row in enumerate(self.draft.stations)
            if row.flags & at.MOVER and str(row.address) == name[:-1]
        )
        mover = self.draft.stations[k]
        work = WorkRow(station=k, times=((trip(self.draft, mover), False),))
        work.needs = mover.setup_needs
        step = StepRow(product=self.product, queue=mover.queue, works=(work,), after=number)
        self.draft.steps.append(step)
        return len(self.draft.steps) - 1

    def last(self, k: int, where: Address) -> int:
        """Return the end of the steps that a station of a line does in one go from `k` on."""
        end = k + 1
        if where.parent in self.lines:
            while end < len(self.steps) and self.done(end, where) and self.joined(end - 1):
                end += 1
        return end

    def joined(self, k: int) -> bool:
        """Return whether the step after `k` can be done in the same cycle."""
        step = self.steps[k]
        return step.wait is None and not step.gives and step.rework_to is None

    def fill(self, row: StepRow, steps: range, where: Address) -> None:
        """Say what is done at a step, and what becomes of bad pieces."""
        parent = where.parent
        able = (
            [where]
            if parent in self.lines
            else [one for one in self.places if one.parent == parent and self.done(steps[0], one)]
        )
        row.works = tuple(self.work(one, steps) for one in able)
        row.queue_limit_ns = round((self.steps[steps[0]].queue_limit_s or 0.0) * at.NS)
        row.takes = tuple(pair for k in steps for pair in self.takes.get(k, ()))
        last = self.steps[steps[-1]]
        row.gives = tuple((self.number(name), n) for name, n in last.gives.items())
        row.wait = None if last.wait is None else numbers_of(last.wait, "constant")
        if last.rework_to is not None:
            row.limit = last.rework_limit
            row.rework = self.back(steps[-1], where)
        if row.wait is not None and row.wait[1] <= 0.0 and row.wait[0] == 0:
            row.wait = None

    def number(self, name: str) -> int:
        """Return the number of a product that pieces are taken apart to."""
        for k, one in enumerate(self.draft.products):
            if one.name == name:
                return k
        self.draft.products.append(ProductRow(name=name))
        return len(self.draft.products) - 1

    def back(self, k: int, where: Address) -> int:
        """Return the step at which bad pieces go on: through what only they pass."""
        step = self.steps[k]
        names = [one.operation for one in self.steps]
        target = names.index(step.rework_to) if step.rework_to in names else k
        if step.rework_via:
            return self.via(k, 0, target)
        line = self.lines.get(where.parent) if where.parent is not None else None
        start = Address(f"{where.parent}/{line.flow[0]}") if line is not None else None
        return self.go(target, start)

    def via(self, k: int, n: int, target: int) -> int:
        """Return the step that does operation `n` of those that only bad pieces pass."""
        names = self.steps[k].rework_via
        if n == len(names):
            return self.go(target, None)
        key = ("via", k, n)
        if key in self.known:
            return self.known[key]
        step = Step(operation=names[n])
        able = [
            one
            for one in self.places
            if names[n] in self.draft.stations[self.places[one]].station.does
        ]
        if not able:
            return self.via(k, n + 1, target)
        parent = able[0].parent
        line = parent in self.lines
        able = able[:1] if line else [one for one in able if one.parent == parent]
        row = StepRow(product=self.product, queue=self.draft.stations[self.places[able[0]]].queue)
        self.draft.steps.append(row)
        self.known[key] = len(self.draft.steps) - 1
        row.works = tuple(
            self.work_of(one, [(step, self.operation(names[n]), self.does(one, names[n]))])
            for one in able
        )
        row.after = self.via(k, n + 1, target)
        return self.known[key]

    def does(self, where: Address, operation: str) -> Cycle:
        """Return what a station does for an operation."""
        return self.draft.stations[self.places[where]].station.does[operation]

    def operation(self, name: str) -> Operation | None:
        """Return an operation of the plant, where it is described."""
        return self.draft.plant.operations.get(name)

    def away(self, k: int, here: Address | None) -> int:
        """Return the step of being away at a supplier, for as long as that takes."""
        key = ("away", k)
        if key in self.known:
            return self.known[key]
        operation = self.draft.plant.operations[self.steps[k].operation]
        made = self.draft.products[self.product].name
        queue = QueueRow(name=f"{made} at {operation.outside}", servers=1)
        queue.flags |= at.DELAYED
        queue.travel = numbers_of(operation.takes, "constant")
        self.draft.queues.append(queue)
        place = Address(f"{self.draft.place.site}/outside")
        row = self.draft.stations[0]
        gate = StationRow(
            address=place,
            station=type(row.station)(),
            queue=len(self.draft.queues) - 1,
            calendar=-1,
            element=-1,
            flags=at.MOVER | at.GATE,
        )
        self.draft.stations.append(gate)
        work = WorkRow(station=len(self.draft.stations) - 1, times=(((0, 0.0, 0.0, 0.0), False),))
        step = StepRow(product=self.product, queue=gate.queue, works=(work,))
        self.draft.steps.append(step)
        self.known[key] = len(self.draft.steps) - 1
        self.open.append((step, k + 1, here))
        return self.known[key]

    def work(self, where: Address, steps: range) -> WorkRow:
        """Return what a station does in one cycle for some steps of the route."""
        done = []
        for k in steps:
            cycle = self.done(k, where)
            assert cycle is not None, "it was asked whether the station can"
            done.append((self.steps[k], self.operation(self.steps[k].operation), cycle))
        return self.work_of(where, done)

    def work_of(self, where: Address, done: Done) -> WorkRow:
        """Return what a station does in one cycle."""
        number = self.places[where]
        return work_row(self.draft, number, done, self.draft.products[self.product].size)


def work_row(draft: Draft, number: int, done: Done, size: int) -> WorkRow:
    """Return what a station does in one cycle: times, people, and shares of bad pieces."""
    row = draft.stations[number]
    times = tuple(times_of(done))
    _, operation, cycle = done[0]
    pieces = min(max(1, one.pieces_per_cycle) for _, _, one in done)
    work = WorkRow(station=number, times=times)
    loads = [op.batch for _, op, _ in done if op is not None and op.batch]
    load = row.station.batch or max(loads, default=1)
    if size > 1 or len(times) > 1 or any(per for _, per in times):
        work.pieces = max(pieces, load)
    if size == 1:
        row.batch = max(row.batch, *(one.pieces_per_cycle for _, _, one in done))
    row.batch = max(row.batch, load)
    good = math.prod((1.0 - s.scrap_share) * (1.0 - c.scrap_share) for s, _, c in done)
    work.scrap = 1.0 - good
    sound = math.prod((1.0 - s.rework_share) * (1.0 - c.rework_share) for s, _, c in done)
    work.rework = 1.0 - sound
    work.defects = 1.0 - math.prod(1.0 - s.defects_share for s, _, _ in done)
    work.detects = 1.0 - math.prod(1.0 - s.detects_share for s, _, _ in done)
    work.false_alarms = 1.0 - math.prod(1.0 - s.false_alarms_share for s, _, _ in done)
    succeeds = [c.succeeds_share for _, _, c in done if c.succeeds_share is not None]
    if succeeds:
        work.succeeds = math.prod(succeeds)
        row.flags |= at.SLOTTED
    attended = sum(c.operator.expected_s for _, _, c in done if c.operator is not None)
    if attended > 0.0:
        work.attendant = attending(draft, row.address, row.station, operation)
        work.attend_ns = round(attended * at.NS) if work.attendant else 0
    manned = attended == 0.0
    work.needs = running(draft, row.address, row.station, (operation, cycle), manned=manned)
    each = load if size > 1 else 1
    work.mean_s = sum(c.expected_s / max(each, c.pieces_per_cycle) for _, _, c in done)
    work.mean_s /= work.succeeds
    return work


def times_of(done: Done) -> Iterator[tuple[Numbers, bool]]:
    """Yield the times of a cycle: for the whole of it, or for each piece in it."""
    constant = 0.0
    for _, _, cycle in done:
        for time, per in ((cycle.time, False), (cycle.per_piece, True)):
            if time is None:
                continue
            numbers = numbers_of(time, "constant")
            if numbers[0] == 0 and not per and len(done) > 1:
                constant += numbers[1]
            else:
                yield numbers, per
    if constant > 0.0:
        yield (0, constant, 0.0, 0.0), False
