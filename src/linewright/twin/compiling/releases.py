"""What is made in a model, and how it is let in."""

from collections.abc import Iterator, Mapping, Sequence

from linewright.numeric import draws
from linewright.plant import Address
from linewright.plant.model import Duration, Line, Route, Step
from linewright.plant.records import Order
from linewright.twin.compiling.numbers import numbers_of
from linewright.twin.compiling.rows import (
    Draft,
    LoopRow,
    OrderRow,
    ProductRow,
    QueueRow,
    SourceRow,
    StepRow,
)
from linewright.twin.compiling.scope import groups_at, stations_of
from linewright.twin.compiling.ways import Way, work_row
from linewright.twin.faults import LineInvalid
from linewright.twin.kernel import layout as at

WEEK_S = 7 * 86_400.0
STORE_LOTS = 2
"""Lots, or needs, for which a store has room where components are always made."""


def add_products(
    draft: Draft, product: str | None, orders: Sequence[Order], *, beside: bool = False
) -> None:
    """Put what is made into a draft: ways, stores, sources and loops."""
    routes = _routes(draft, product)
    if not routes:
        if product is not None:
            what = f"product {product} has no route that passes a station here"
            raise LineInvalid(draft.place, what, "name another product, or none")
        _generic(draft)
        return
    for name in routes:
        draft.products.append(_product(draft, name, routes[name]))
    numbers = {name: k for k, name in enumerate(routes)}
    given = {
        name
        for each in routes
        for route in draft.plant.routes_of(each).values()
        for step in route.steps
        for name in step.gives
    }
    for row in draft.products:
        row.made = row.name not in given
    takes = {name: _takes(draft, name, route, numbers) for name, route in routes.items()}
    _add_stores(draft, takes)
    for name, route in routes.items():
        way = Way(
            draft,
            numbers[name],
            route,
            {
                k: tuple((draft.steps[draft.products[n].store].queue, amount) for n, amount in each)
                for k, each in takes[name].items()
            },
        )
        comes = any(one.product == name for one in orders)
        draft.products[numbers[name]].step = way.begin(
            here=draft.plant.products[name].arrives is None and not comes
        )
    _add_sources(draft, routes, orders, beside=beside)


def _routes(draft: Draft, product: str | None) -> dict[str, Route]:
    """Return the products that are made here, each with the route it takes."""
    plant = draft.plant
    wanted = [product] if product is not None else [*plant.products]
    if product is not None and product in plant.products:
        wanted += [item for item in _below(draft, product) if item not in wanted]
    able = {name for row in draft.stations for name in row.station.does}
    found = {}
    for name in wanted:
        if name not in plant.products:
            continue
        routes = sorted(plant.routes_of(name).values(), key=lambda one: one.preference)
        for route in routes:
            passed = [
                step
                for step in route.steps
                if not able.isdisjoint((step.operation, *step.alternatives))
                and _stands_here(draft, step.at)
            ]
            if passed:
                found[name] = route
                if len(routes) > 1:
                    draft.note(f"{name}: of its {len(routes)} routes the preferred one is taken")
                break
    return found


def _below(draft: Draft, product: str) -> Iterator[str]:
    """Yield the products that a product is made of, however deep."""
    names, seen = [product], set[str]()
    while names:
        name = names.pop()
        made = draft.plant.products.get(name)
        if made is None or name in seen:
            continue
        seen.add(name)
        yield name
        names += [*made.bom]
        names += [
            item
            for route in draft.plant.routes_of(name).values()
            for step in route.steps
            for item in step.takes
        ]


def _stands_here(draft: Draft, places: tuple[str, ...]) -> bool:
    """Return whether any of the places that a step names is in the model."""
    return not places or any(
        row.address == place or row.address.startswith(f"{place}/")
        for row in draft.stations
        for place in places
    )


def _product(draft: Draft, name: str, route: Route) -> ProductRow:
    made = draft.plant.products[name]
    lead_ns = 0 if made.lead is None else round(made.lead.expected_s * at.NS)
    in_lines = {
        op
        for _, group in groups_at(draft.plant, draft.place)
        if isinstance(group, Line)
        for _, station in stations_of(group)
        for op in station.does
    }
    by_lot = not any(
        not in_lines.isdisjoint((step.operation, *step.alternatives)) for step in route.steps
    )
    return ProductRow(
        name=name,
        priority=made.priority,
        lead_ns=lead_ns,
        size=(made.lot_size or 1) if by_lot else 1,
        lot=made.lot_size or 1,
        weight=made.demand_per_week or 0.0,
    )


def _takes(
    draft: Draft, name: str, route: Route, numbers: Mapping[str, int]
) -> dict[int, tuple[tuple[int, int], ...]]:
    """Return the products that each step of a route takes: number and amount."""
    steps = [step for step in route.steps if step.when is None]
    named = {k: step.takes for k, step in enumerate(steps) if step.takes}
    if not named and draft.plant.products[name].bom:
        able = {op for row in draft.stations for op in row.station.does}
        first = next(
            k for k, s in enumerate(steps) if not able.isdisjoint((s.operation, *s.alternatives))
        )
        named = {first: draft.plant.products[name].bom}
    return {
        k: tuple(
            (numbers[item], max(1, round(amount.value)))
            for item, amount in each.items()
            if item in numbers and amount.value > 0.0
        )
        for k, each in named.items()
    }


def _add_stores(
    draft: Draft, takes: Mapping[str, Mapping[int, tuple[tuple[int, int], ...]]]
) -> None:
    """Give each product that another takes a store of its own, as the end of its way."""
    for taker, steps in takes.items():
        for pairs in steps.values():
            for number, amount in pairs:
                row = draft.products[number]
                if row.store < 0:
                    queue = QueueRow(name=f"store of {row.name}", flags=at.STORE)
                    made = draft.plant.products[row.name]
                    places = _side_places(draft, row.name, taker)
                    if places is not None:
                        queue.places = places
                    elif made.arrives is None and row.made:
                        row.held = STORE_LOTS * max(amount, row.lot)
                    draft.queues.append(queue)
                    draft.steps.append(StepRow(product=number, queue=len(draft.queues) - 1))
                    row.store = len(draft.steps) - 1


def _side_places(draft: Draft, component: str, taker: str) -> int | None:
    """Return the places of the side buffer between who makes a component and who takes it.

    None: there is no such buffer.
    """
    able = {row.address: row.station.does for row in draft.stations}
    last = [route.steps[-1].operation for route in draft.plant.routes_of(component).values()]
    taking = {
        step.operation for route in draft.plant.routes_of(taker).values() for step in route.steps
    }
    for address, group in groups_at(draft.plant, draft.place):
        if not isinstance(group, Line):
            continue
        for up, down, buffer in group.links():
            if up in group.flow and down in group.flow:
                continue
            from_here = able.get(Address(f"{address}/{up}"), {})
            to_here = able.get(Address(f"{address}/{down}"), {})
            if any(op in from_here for op in last) and not taking.isdisjoint(to_here):
                return buffer.places
    return None


def _generic(draft: Draft) -> None:
    """Let a line without a product of its own do the first operation of each station."""
    groups = groups_at(draft.plant, draft.place)
    draft.products.append(ProductRow(name=""))
    for address, group in groups:
        names = [name for name, _ in stations_of(group)]
        if not isinstance(group, Line):
            if len(groups) > 1:
                continue
            names = names[:1]
        after = -1
        for name in reversed(names):
            number = next(
                k for k, row in enumerate(draft.stations) if row.address == f"{address}/{name}"
            )
            row = draft.stations[number]
            able = [number]
            if not isinstance(group, Line):
                able = [k for k, one in enumerate(draft.stations) if one.queue == row.queue]
            works = tuple(
                work_row(
                    draft,
                    k,
                    [
                        (
                            Step(operation=""),
                            None,
                            next(iter(draft.stations[k].station.does.values())),
                        )
                    ],
                    1,
                )
                for k in able
            )
            draft.steps.append(StepRow(product=0, queue=row.queue, works=works, after=after))
            after = len(draft.steps) - 1
            after = moved(draft, after)
        draft.products[0].step = after
    draft.products[0].weight = 1.0
    _endless(draft, [0])


def moved(draft: Draft, number: int) -> int:
    """Return the step of being moved to where a step is done, or the step itself."""
    empty = Route(steps=())
    way = Way(draft, draft.steps[number].product, empty, {})
    return way.moved(number)


def _add_sources(
    draft: Draft, routes: Mapping[str, Route], orders: Sequence[Order], *, beside: bool
) -> None:
    """Let products in: by orders, as they arrive, or without end."""
    wanted = [one for one in orders if one.product in routes]
    _add_orders(draft, wanted)
    endless = []
    one_place = len(groups_at(draft.plant, draft.place)) == 1
    eaten = {k for k, row in enumerate(draft.products) if row.store >= 0}
    lines = dict(groups_at(draft.plant, draft.place))
    for k, name in enumerate(routes):
        row, made = draft.products[k], draft.plant.products[name]
        if row.made:
            _join_loop(draft, k, lines)
        if (
            wanted
            and not beside
            and not (k in eaten and not any(one.product == name for one in wanted))
        ):
            continue
        if not row.made and made.arrives is None:
            continue
        if made.arrives is not None:
            _arrivals(draft, k, made.arrives)
        elif not one_place and k not in eaten and made.demand_per_week:
            gap_s = WEEK_S * row.size / made.demand_per_week
            _arrivals(draft, k, Duration(mean_s=gap_s))
            draft.note(f"{name}: released evenly as its demand asks")
        else:
            endless.append(k)
            _hold(draft, k)
    _endless(draft, endless)


def _hold(draft: Draft, k: int) -> None:
    """Bound a component that is always made: what its store holds, and one load a station.

    It comes in only as its store is emptied, so that it never stands in the way of what would
    empty it.
    """
    row = draft.products[k]
    if not row.held:
        return
    loads = sum(
        max(
            draft.stations[work.station].servers * draft.stations[work.station].batch
            for work in step.works
        )
        for step in draft.steps
        if step.product == k and step.works
    )
    most = row.held + loads
    queues = _first_queues(draft, row.step)
    entry = queues[0][0] if len(queues) == 1 else -1
    limit = -(-most // row.size)
    draft.loops.append(LoopRow(name=f"{draft.place}/{row.name}", limit=limit, queue=entry))
    row.hold = len(draft.loops) - 1
    draft.note(
        f"{row.name}: it is made for other products; "
        f"at most {most} pieces are on their way or in its store"
    )


def _first_queues(draft: Draft, step: int) -> list[tuple[int, int]]:
    """Return the queues at which a way may begin, each with the step there."""
    row = draft.steps[step]
    if row.choices:
        return [pair for each in row.choices for pair in _first_queues(draft, each)]
    return [(row.queue, step)]


def _endless(draft: Draft, products: Sequence[int]) -> None:
    """Let the products whose material is always there share a source at each queue."""
    by_queue: dict[int, list[int]] = {}
    for k in products:
        for queue, _ in _first_queues(draft, draft.products[k].step):
            by_queue.setdefault(queue, []).append(k)
    for queue, makes in by_queue.items():
        if any(draft.products[k].weight <= 0.0 for k in makes):
            for k in makes:
                draft.products[k].weight = 1.0
        draft.queues[queue].source = len(draft.sources)
        draft.sources.append(
            SourceRow(
                kind=at.ENDLESS, queue=queue, element=_element(draft, queue), products=tuple(makes)
            )
        )


def _arrivals(draft: Draft, k: int, gap: Duration) -> None:
    queue = _first_queues(draft, draft.products[k].step)[0][0]
    draft.sources.append(
        SourceRow(
            kind=at.ARRIVALS,
            queue=queue,
            element=_element(draft, queue),
            products=(k,),
            gap=numbers_of(gap, "constant"),
        )
    )


def _add_orders(draft: Draft, orders: Sequence[Order]) -> None:
    if not orders:
        return
    numbers = {row.name: k for k, row in enumerate(draft.products)}
    for one in sorted(orders, key=lambda each: (each.earliest_ns or 0, each.order, each.item)):
        pieces = int(one.quantity - (one.delivered or 0))
        if pieces <= 0:
            continue
        row = draft.products[numbers[one.product]]
        draft.orders.append(
            OrderRow(
                name=one.order,
                t_ns=one.earliest_ns or 0,
                product=numbers[one.product],
                pieces=pieces,
                due_ns=one.due_ns or 0,
                priority=-one.priority,  # 9 goes first, and any before what is made anyway
                size=max(1, row.size),
            )
        )
    queue = _first_queues(draft, draft.products[draft.orders[0].product].step)[0][0]
    draft.sources.append(
        SourceRow(
            kind=at.ORDERED,
            queue=queue,
            element=_element(draft, queue),
            orders=(0, len(draft.orders)),
        )
    )


def _element(draft: Draft, queue: int) -> int:
    """Return the number in a trace of the first station that takes from a queue."""
    for row in draft.stations:
        if row.queue == queue and row.element >= 0:
            return row.element
    return 0


def _join_loop(draft: Draft, k: int, lines: Mapping[Address, object]) -> None:
    """Put a product into the loop of the line where its way begins, where there is one."""
    queue = _first_queues(draft, draft.products[k].step)[0][0]
    for row in draft.stations:
        line = lines.get(row.address.parent or draft.place)
        if row.queue != queue or not isinstance(line, Line):
            continue
        if line.release not in {"conwip", "kanban"} or line.wip is None:
            return
        _mark_left(draft, k, row.address.parent or draft.place)
        own = f"{row.address.parent}/{draft.products[k].name if line.release == 'kanban' else ''}"
        for number, loop in enumerate(draft.loops):
            if loop.name == own:
                draft.products[k].loop = number
                return
        draft.loops.append(LoopRow(name=own, limit=line.wip, queue=queue))
        draft.queues[queue].flags |= at.ENTRY
        draft.products[k].loop = len(draft.loops) - 1
        return


def _mark_left(draft: Draft, k: int, line: Address) -> None:
    """Mark the steps of a product from which its way does not lead into a line any more."""
    own = {number: row for number, row in enumerate(draft.steps) if row.product == k}
    leads = {
        number
        for number, row in own.items()
        if any(draft.stations[work.station].address.parent == line for work in row.works)
    }
    found = True
    while found:  # each round finds one at least
        found = False
        for number in reversed(own):
            row = own[number]
            if number not in leads and not leads.isdisjoint((*row.choices, row.after)):
                leads.add(number)
                found = True
    for number, row in own.items():
        row.left = number not in leads


__all__ = ["add_products", "draws"]
