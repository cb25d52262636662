"""What is made and how, out: part types, bills of material, process plans, set-ups."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from linewright.plant.address import Address
from linewright.plant.cmsd.elements import own, prop, reference, said, tag
from linewright.plant.cmsd.scope import Scope, Way, kept
from linewright.plant.cmsd.times import number, timed
from linewright.plant.language.shapes.compiler import element_shape
from linewright.plant.markup import Node
from linewright.plant.model import Cycle, Operation, Product, Route, Step, label_in
from linewright.plant.model.products import SetupTable
from linewright.plant.setups import setup_key, setup_keys, setup_matrix

__all__ = ["materials", "parts", "plans", "setups"]

PRODUCT_KEYS = "revision units_per_pack lot_size customer demand_per_week priority lead price"
PRODUCT_OWN = (*PRODUCT_KEYS.split(), "scrap_cost", "weight")
PRODUCT_NATIVE = ("label", "route", "bom", "arrives", "family")
CYCLE_KEYS = "per_piece pieces blocked succeeds operator fixture tools program scrap rework"
STEP_KEYS = "takes gives defects detects false_alarms wait queue_limit program scrap rework"
STEP_OWN = (*STEP_KEYS.split(), "rework_to", "rework_via", "rework_limit")
WORK_KEYS = "label skill people tools fixture batch outside takes instruction"
ALLOWED = "AllowableSetup"
SETUP_KEYS_MAX = 60
"""Keys up to which a set-up table is written from each to each."""
TENS = 10
"""Step between the numbers of two processes."""


def items(scope: Scope) -> list[str]:
    """Return what products are made of or taken apart into, each once, products here aside."""
    found: dict[str, None] = {}
    for name, routes in scope.products.items():
        found.update(dict.fromkeys(_bom(scope.plant.products[name])))
        for route in routes.values():
            for step, _ in scope.steps(route):
                found.update(dict.fromkeys((*step.takes, *step.gives)))
    return [name for name in found if name not in scope.products]


def _bom(product: Product) -> Mapping[str, Any]:
    return {key: amount for key, amount in product.bom.items() if amount.when is None}


def parts(scope: Scope) -> Iterator[Node]:
    """Yield part types and bills of material of the products that are made here."""
    for name, routes in scope.products.items():
        product = scope.plant.products[name]
        rest = kept(product, PRODUCT_OWN, scope, name, PRODUCT_NATIVE)
        if len(_bom(product)) < len(product.bom):
            scope.notes.add("left out: components for some options only", name)
        key = setup_key(scope.plant, name, "family")
        family = {"name": product.family, "setup": key} if product.family else None
        arrives = None
        if product.arrives is not None:
            arrives = timed("Property", product.arrives, "constant", tag("Name", text="arrivals"))
        yield tag(
            "PartType",
            tag("Identifier", text=name),
            said("Name", label_in(product.label, "en") if product.label else ""),
            reference("BillOfMaterials", "BillOfMaterials", f"bom:{name}") if product.bom else None,
            reference("ProcessPlan", "ProcessPlan", _plan(name, next(iter(routes)))),
            arrives,
            own("product", rest),
            own("family", family),
        )
        if product.bom:
            yield _bill(name, product)


def _bill(name: str, product: Product) -> Node:
    return tag(
        "BillOfMaterials",
        tag("Identifier", text=f"bom:{name}"),
        reference("PartType", "PartType", name),
        *[
            tag(
                "BillOfMaterialsComponent",
                tag("Identifier", text=item),
                tag("Quantity", text=number(amount.value)),
                reference("PartType", "PartType", item),
                prop("Unit", amount.unit) if amount.unit else None,
            )
            for item, amount in _bom(product).items()
        ],
    )


def materials(scope: Scope) -> Iterator[Node]:
    """Yield part types of what comes from elsewhere."""
    for name in items(scope):
        material = scope.plant.materials.get(name)
        if material is None:
            scope.notes.add("made elsewhere, so it is a material here", name)
            yield tag("PartType", tag("Identifier", text=name), prop("linewright:material", "{}"))
            continue
        keys = ("unit", "cost", "lead", "carbon", "origin", "hs", "spare")
        rest = kept(material, keys, scope, name, ("label",))
        label = label_in(material.label, "en") if material.label else ""
        told = prop("linewright:material", msgspec.json.encode(rest).decode())
        yield tag("PartType", tag("Identifier", text=name), said("Name", label), told)


def _plan(product: str, route: str) -> str:
    return f"plan:{product}:{route}"


def plans(scope: Scope) -> Iterator[Node]:
    """Yield the process plans: one a route, and one of what stations can do besides."""
    done: set[tuple[str, Address]] = set()
    for name, routes in scope.products.items():
        for key, route in routes.items():
            yield _route(scope, name, key, route, done)
    rest = [
        (operation, address, cycle)
        for address, station in scope.stations.items()
        for operation, cycle in station.does.items()
        if (operation, address) not in done
    ]
    if rest:
        made = [_leaf(scope, f"{way[0]}@{way[1]}", [way]) for way in rest]
        sequence = _sequence("all", [each.say("Identifier") for each in made])
        first = tag("FirstProcess", tag("ProcessIdentifier", text="all"))
        about = "What the stations can do that no route needs."
        described = tag("Description", text=about)
        identifier = tag("Identifier", text="plan:stations")
        yield tag("ProcessPlan", identifier, described, first, sequence, *made)


def _route(scope: Scope, name: str, key: str, route: Route, done: set[tuple[str, Address]]) -> Node:
    processes: list[Node] = []
    order: list[str] = []
    for k, (step, ways) in enumerate(scope.steps(route), 1):
        identifier = f"{k * TENS}:{step.operation}"
        order.append(identifier)
        processes += _step(scope, identifier, step, ways, name)
        done.update((operation, address) for operation, address, _ in ways)
    rest: dict[str, Any] = {"name": key}
    rest |= {"preference": route.preference} if route.preference != 1 else {}
    if route.approved is not True:
        rest["approved"] = False
        scope.notes.add("of approvals only that they are missing or limited is told", name)
    group = tag("PartType", tag("PartTypeIdentifier", text=name))
    return tag(
        "ProcessPlan",
        tag("Identifier", text=_plan(name, key)),
        tag("PartsProduced", group, tag("PartQuantity", text="1")),
        tag("FirstProcess", tag("ProcessIdentifier", text="all")),
        _sequence("all", order),
        *processes,
        own("route", rest),
    )


def _sequence(identifier: str, order: Sequence[str], kind: str = "sequence", *more: Node) -> Node:
    inside = [tag("Process", tag("ProcessIdentifier", text=each)) for each in order]
    grouped = tag("SubProcessGroup", tag("Type", text=kind), *inside)
    return tag("Process", tag("Identifier", text=identifier), grouped, *more)


def _step(scope: Scope, identifier: str, step: Step, ways: list[Way], product: str) -> list[Node]:
    """Return the processes of a step: one, or a decision among several."""
    native = ("operation", "at", "alternatives", "when")
    rest = kept(step, STEP_OWN, scope, identifier, native)
    steps = _known_only(scope, rest, step)
    told = prop("linewright:step", msgspec.json.encode(steps).decode())
    more = [told, *_parts_of(step), *_shares(step)]
    cycles = list(dict.fromkeys((operation, cycle) for operation, _, cycle in ways))
    if len(cycles) <= 1:
        return [_leaf(scope, identifier, ways, *more, *_allowed(scope, product, ways), step=step)]
    leaves = []
    for cycle in cycles:
        same = [way for way in ways if (way[0], way[2]) == cycle]
        allowed = _allowed(scope, product, same)
        leaves.append(_leaf(scope, f"{identifier}@{same[0][1]}", same, *allowed))
    names = [leaf.say("Identifier") for leaf in leaves]
    return [_sequence(identifier, names, "decision", *more), *leaves]


def _allowed(scope: Scope, product: str, ways: Sequence[Way]) -> list[Node]:
    """Return the set-ups in which stations can do a product."""
    tables = dict.fromkeys(scope.stations[address].setup for _, address, _ in ways)
    return [
        reference(ALLOWED, "SetupDefinition", f"{name}:{key}")
        for name in tables
        if name is not None
        for key in [setup_key(scope.plant, product, scope.plant.setups[name].by)]
    ]


def _known_only(scope: Scope, rest: dict[str, Any], step: Step) -> dict[str, Any]:
    """Leave out references to operations that nobody does here."""
    able = {name for station in scope.stations.values() for name in station.does}
    if step.rework_to is not None and step.rework_to not in able:
        scope.notes.add("left out: rework that is done elsewhere", step.operation)
        for key in ("rework_to", "rework_via", "rework_limit", "rework"):
            rest.pop(key, None)
    return rest


def _parts_of(step: Step) -> Iterator[Node]:
    given = {item: 1.0 * count for item, count in step.gives.items()}
    taken = {item: amount.value for item, amount in step.takes.items()}
    for word, amounts in (("PartsProduced", given), ("PartsConsumed", taken)):
        for item, amount in amounts.items():
            group = tag("PartType", tag("PartTypeIdentifier", text=item))
            yield tag(word, group, tag("PartQuantity", text=number(amount)))


def _shares(step: Step) -> Iterator[Node]:
    if step.scrap_share:
        yield prop("ScrapPercentage", number(step.scrap_share * 100.0))
    if step.rework_share:
        yield prop("ReworkPercentage", number(step.rework_share * 100.0))


def _leaf(
    scope: Scope, identifier: str, ways: Sequence[Way], *more: Node, step: Step | None = None
) -> Node:
    """Return a process that stations do, or a supplier."""
    name = ways[0][0] if ways else step.operation if step is not None else identifier
    work = scope.plant.operations.get(name) or Operation()
    rest = kept(work, WORK_KEYS.split(), scope, name)
    scope.skills.update(dict.fromkeys([work.skill] if work.skill else []))
    time = timed("OperationTime", work.takes, "constant") if work.takes and not ways else None
    cycle: dict[str, Any] | None = None
    if ways:
        time = timed("OperationTime", ways[0][2].time, "constant")
        cycle = _cycle(scope, identifier, ways[0][2])
    return tag(
        "Process",
        tag("Identifier", text=identifier),
        *[each for each in more if each.name.startswith("Parts")],
        *_needed(scope, work, ways, [each for each in more if each.name == ALLOWED]),
        time,
        *[each for each in more if each.name == "Property"],
        own("operation", name),
        own("work", rest),
        own("cycle", cycle),
    )


def _cycle(scope: Scope, where: str, cycle: Cycle) -> dict[str, Any]:
    return kept(cycle, CYCLE_KEYS.split(), scope, where, ("time",))


def _needed(
    scope: Scope, work: Operation, ways: Sequence[Way], allowed: Sequence[Node]
) -> Iterator[Node]:
    """Yield what a process needs: one of some stations, people, tools, a fixture."""
    places = [reference("Resource", "Resource", str(address)) for _, address, _ in ways]
    one = (tag("MinimumNumber", text="1"), tag("MaximumNumber", text="1"))
    if places:
        yield tag("ResourcesRequired", *one, *places, *allowed)
    if work.outside and not ways:
        yield _of("supplier", work.outside)
    people = {work.skill: work.people} if work.skill and work.people else {}
    for _, address, _ in ways[:1]:
        people |= dict(scope.stations[address].operators)
    for skill, count in people.items():
        if count >= 1:
            number_of = tag("MinimumNumber", text=str(int(count)))
            skilled = reference("RequiredEmployeeSkill", "SkillDefinition", skill or "")
            yield tag("ResourcesRequired", number_of, skilled)
    cycle_tools = ways[0][2].tools if ways else ()
    for tool in dict.fromkeys((*work.tools, *cycle_tools)):
        yield _of("tool", tool)
    if work.fixture:
        yield _of("fixture", work.fixture)


def _of(kind: str, key: str) -> Node:
    return tag("ResourcesRequired", reference("Resource", "Resource", f"{kind}:{key}"))


def setups(scope: Scope) -> Iterator[Node]:
    """Yield the set-ups of the stations here, and the times from one to another."""
    for name, table in scope.plant.setups.items():
        users = [address for address, each in scope.stations.items() if each.setup == name]
        if not users:
            continue
        keys = setup_keys(scope.plant, name)
        told: dict[str, Any] = {"table": name, "by": table.by}
        told |= {} if table.first_s is None else {"first": f"{table.first_s!r} s"}
        is_long = len(keys) > SETUP_KEYS_MAX
        if is_long:
            scope.notes.add("set-ups of many keys: only named ones are written out", name)
            told = {"table": name, "plain": element_shape(SetupTable).write(table)}
        for key in keys:
            yield tag(
                "SetupDefinition",
                tag("Identifier", text=f"{name}:{key}"),
                *[reference("SetupResource", "Resource", str(each)) for each in users],
                tag("Name", text=key),
                own("setup", told if key == keys[0] or not is_long else {"table": name}),
            )
        yield from _changeovers(scope, name, keys, named_only=is_long)
        if "unknown" in table.times and not is_long:
            scope.notes.add("left out: set-ups from `unknown`", name)


def _changeovers(
    scope: Scope, name: str, keys: Sequence[str], *, named_only: bool
) -> Iterator[Node]:
    matrix, times = setup_matrix(scope.plant, name), scope.plant.setups[name].times
    for one in keys:
        twos = [two for two in times.get(one, {}) if two in keys] if named_only else keys
        if twos:
            yield tag(
                "SetupChangeoverDefinition",
                tag("Identifier", text=f"{name}:from:{one}"),
                reference("CurrentSetup", "SetupDefinition", f"{name}:{one}"),
                *[_new(name, two, matrix.between_ns(one, two)) for two in twos],
            )


def _new(table: str, key: str, time_ns: int) -> Node:
    unit, value = tag("Unit", text="second"), tag("Value", text=number(time_ns / 1e9))
    identified = tag("SetupDefinitionIdentifier", text=f"{table}:{key}")
    return tag("NewSetup", identified, tag("ChangeoverTime", unit, value))
