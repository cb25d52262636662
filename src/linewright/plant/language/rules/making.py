"""Rules on what is made: routes, bills of material, set-ups, options, dates."""

import datetime as dt
from itertools import islice, pairwise
from itertools import product as every_choice

from linewright.plant.address import Address
from linewright.plant.expressions.evaluation import evaluate
from linewright.plant.expressions.text import ExpressionInvalid, parse
from linewright.plant.language.rules.references import find_circle
from linewright.plant.language.rules.scene import Scene, near
from linewright.plant.language.syntax.quantities import QuantityInvalid, unit_of
from linewright.plant.language.syntax.reading import Path
from linewright.plant.model.equipment import Line
from linewright.plant.model.products import Amount, Option, Product, Route, Step
from linewright.plant.setups.matrix import SetupsInvalid, compile_setups, holes, triangle_violations
from linewright.plant.setups.tables import setup_keys, setup_rules, unknown_keys

DETOUR_KEYS_MAX = 100
"""Most keys for which detours are sought; the search is cubic."""

CHOICES_MAX = 20_000
"""Most combinations of options that are tried against the constraints."""

SHOWN = 5
"""How many of many are named in a message."""


def check_routes(scene: Scene) -> None:
    """Report routes that no station, or no line in its order, can do."""
    families, given = scene.plant.families, _given(scene)
    for name, group in families.items():
        for route_name, route in group.routes.items():
            _check_route(scene, ("families", name, "route", route_name), route)
    for name, made in scene.plant.products.items():
        path = ("products", name)
        family = families.get(made.family or "")
        routes = made.routes or (family is not None and family.routes)
        if not routes and name not in given:
            scene.fail(
                "route-missing",
                path,
                f"nothing says how `{name}` is made",
                hint="add `route: [...]`, or a family that has one",
            )
        for route_name, route in made.routes.items():
            _check_route(scene, (*path, "route", route_name), route)
        if made.routes and not any(route.approved for route in made.routes.values()):
            scene.fail("route-not-approved", path, f"no route of `{name}` is approved")


def _check_route(scene: Scene, path: Path, route: Route) -> None:
    if not route.steps:
        scene.fail("value-empty", path, "a route has no steps")
    for index, step in enumerate(route.steps):
        earlier = {name for done in route.steps[: index + 1] for name in _names(done)}
        if step.rework_to is not None and step.rework_to not in earlier:
            scene.fail(
                "rework-target",
                _step_path(path, index),
                f"rework goes to `{step.rework_to}`, which is not earlier in the route",
            )
        for item, amount in step.takes.items():
            _check_amount(scene, (*_step_path(path, index), "takes", item), item, amount)
        for name in _names(step):
            _check_step(scene, _step_path(path, index), step, name)
    if isinstance(route.approved, tuple):
        for approval in route.approved:
            _check_dates(scene, (*path, "approved"), approval.since, approval.until)
    _check_end(scene, path, route)
    _check_order(scene, path, route)


def _given(scene: Scene) -> frozenset[str]:
    """Return the products into which others are taken apart: these need no route of their own."""
    routes = (route for name in scene.plant.products for route in _routes(scene, name))
    return frozenset(name for route in routes for step in route.steps for name in step.gives)


def _routes(scene: Scene, product: str) -> tuple[Route, ...]:
    return tuple(scene.plant.routes_of(product).values())


def _check_end(scene: Scene, path: Path, route: Route) -> None:
    """Report a step that no piece reaches, because it became other products before."""
    for index, (step, following) in enumerate(pairwise(route.steps)):
        if step.gives and step.when is None:
            scene.fail(
                "route-ends-early",
                _step_path(path, index + 1),
                f"`{following.operation}` comes after `{step.operation}`, where the piece ends",
                hint="put the step with `gives:` last",
            )


def _names(step: Step) -> tuple[str, ...]:
    return (step.operation, *step.alternatives)


def _step_path(path: Path, index: int) -> Path:
    # The locator skips keys that are not in the file: `standard` and `steps` of a short form.
    return (*path, "steps", str(index))


def _check_step(scene: Scene, path: Path, step: Step, name: str) -> None:
    if name not in scene.operations or scene.operation(name).outside is not None:
        return
    doers = scene.doers.get(name, [])
    if not doers:
        scene.fail(
            "route-impossible",
            path,
            f"no station does `{name}`",
            hint=near(name, [other for other in scene.doers if other != name]),
        )
    elif step.at and not any(_within(doer, place) for doer in doers for place in step.at):
        places = ", ".join(step.at)
        if all(place in scene.addresses for place in step.at):
            scene.fail(
                "route-impossible",
                path,
                f"no station at {places} does `{name}`",
                hint="it is done at " + ", ".join(str(doer) for doer in doers[:SHOWN]),
            )


def _within(doer: Address, place: str) -> bool:
    return doer == place or doer.startswith(f"{place}/")


def _check_order(scene: Scene, path: Path, route: Route) -> None:
    """Report a route all of whose steps are in one line, against the line's flow."""
    homes: set[str] = set()
    stations: list[str] = []
    for step in route.steps:
        doers = [doer for doer in scene.doers.get(step.operation, []) if _allowed(doer, step)]
        if len(doers) != 1 or step.alternatives:
            return
        homes.add(doers[0].rpartition("/")[0])
        stations.append(doers[0].rpartition("/")[2])
    line = next((g for p, _, g in scene.groups if "/".join(p[1::2]) in homes), None)
    if len(homes) != 1 or not isinstance(line, Line):
        return
    positions = [line.flow.index(name) for name in stations if name in line.flow]
    if len(positions) == len(stations) and positions != sorted(positions):
        scene.fail(
            "route-order",
            path,
            f"the steps run {' -> '.join(stations)}, the line flows {' -> '.join(line.flow)}",
            hint="change the route or the flow; a re-entrant route needs a work centre",
        )


def _allowed(doer: Address, step: Step) -> bool:
    return not step.at or any(_within(doer, place) for place in step.at)


def _check_dates(scene: Scene, path: Path, since: dt.date | None, until: dt.date | None) -> None:
    if since is not None and until is not None and until < since:
        scene.fail("dates-upside-down", path, f"it ends on {until} and begins on {since}")


def check_standard_times(scene: Scene) -> None:
    """Report standard times that end before they begin, or hold for the same work at once."""
    spans: dict[tuple[str, str | None, str | None], list[tuple[dt.date, dt.date, int]]] = {}
    for index, standard in enumerate(scene.plant.standard_times):
        path = ("standard_times", str(index))
        _check_dates(scene, path, standard.since, standard.until)
        key = (standard.operation, standard.product, standard.at)
        span = (standard.since or dt.date.min, standard.until or dt.date.max, index)
        spans.setdefault(key, []).append(span)
    for same in spans.values():
        for (_, until, _), (since, _, index) in pairwise(sorted(same)):
            if since <= until:
                scene.fail(
                    "standard-time-doubled",
                    ("standard_times", str(index)),
                    "another standard time for the same work "
                    + ("has no end" if until == dt.date.max else f"holds until {until}"),
                    hint=f"end it before {since}, or begin this one later",
                )


def check_boms(scene: Scene) -> None:
    """Report products that contain themselves, and amounts in units that do not fit."""
    products = scene.plant.products
    graph = {
        name: {*made.bom, *_taken(scene, name)} & {*products} for name, made in products.items()
    }
    circle = find_circle(graph)
    if circle:
        around = " -> ".join(circle)
        message = f"`{circle[0]}` contains itself" + (f": {around}" if len(circle) > 2 else "")  # noqa: PLR2004  # a longer way around
        scene.fail("bom-cycle", ("products", circle[0], "bom"), message)
    for name, made in products.items():
        for item, amount in made.bom.items():
            _check_amount(scene, ("products", name, "bom", item), item, amount)


def _taken(scene: Scene, product: str) -> set[str]:
    steps = (step for route in _routes(scene, product) for step in route.steps)
    return {item for step in steps for item in step.takes}


def check_gives(scene: Scene) -> None:
    """Report products that are taken apart into each other in a circle."""
    graph = {
        name: {each for route in _routes(scene, name) for s in route.steps for each in s.gives}
        for name in scene.plant.products
    }
    circle = find_circle(graph)
    if circle:
        around = " -> ".join(circle)
        scene.fail("gives-cycle", ("products", circle[0]), f"products become each other: {around}")


def _check_amount(scene: Scene, path: Path, item: str, amount: Amount) -> None:
    if item in scene.plant.products:
        unit = ""
    elif item in scene.plant.materials:
        unit = scene.plant.materials[item].unit
    else:
        return
    try:
        fits = unit_of(amount.unit).dimension == unit_of(unit).dimension
    except QuantityInvalid:
        return
    if not fits:
        counted = f"in `{unit}`" if unit else "in pieces"
        scene.fail(
            "bom-unit",
            path,
            f"`{item}` is counted {counted}, not in `{amount.unit or 'pieces'}`",
            hint=f"for example `0.5 {unit}`" if unit else "give a number",
        )


def check_setups(scene: Scene) -> None:
    """Report set-up matrices with holes, and detours that are shorter."""
    for name, table in scene.plant.setups.items():
        path = ("setups", name)
        keys = setup_keys(scene.plant, name)
        try:
            rules = setup_rules(name, table)
            compile_setups(rules, keys) if not holes(rules, keys) else None
        except SetupsInvalid as error:
            scene.fail("setup-invalid", path, error.what, error.suggestion)
            continue
        for key in unknown_keys(scene.plant, name):
            known = [mine for mine in keys if mine != key]
            scene.fail(
                "setup-key-unknown",
                path,
                f"no product has the set-up key `{key}`",
                near(key, known),
            )
        missing = holes(rules, keys)
        if missing:
            pairs = ", ".join(f"{one} -> {two}" for one, two in missing[:SHOWN])
            more = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
            scene.fail(
                "setup-hole",
                path,
                f"no set-up time for {pairs}{more}",
                hint="add the times, an `any` row, or `default:`",
            )
            continue
        if len(keys) > DETOUR_KEYS_MAX:
            continue
        for detour in triangle_violations(compile_setups(rules, keys), limit=1):
            scene.fail("setup-triangle", path, str(detour))


def check_options(scene: Scene) -> None:
    """Report options without values, and constraints that no choice can keep."""
    for name, made in scene.plant.products.items():
        path = ("products", name, "options")
        for option_name, option in made.options.items():
            _check_option(scene, (*path, option_name), option)
        if made.constraints and made.options and all(o.values for o in made.options.values()):
            _check_constraints(scene, ("products", name, "constraints"), made)


def _check_option(scene: Scene, path: Path, option: Option) -> None:
    if not option.values:
        scene.fail("option-invalid", path, "an option has no values")
    elif len(set(option.values)) < len(option.values):
        scene.fail("option-invalid", path, "a value stands twice")
    elif option.default is not None and option.default not in option.values:
        message = f"the default `{option.default}` is none of the values"
        scene.fail("option-invalid", path, message, hint=near(option.default, option.values))


def _check_constraints(scene: Scene, path: Path, made: Product) -> None:
    try:
        rules = [parse(text) for text in made.constraints]
    except ExpressionInvalid:
        return  # reported with the formulas
    names = list(made.options)
    choices = every_choice(*(option.values for option in made.options.values()))
    tried = 0
    for choice in islice(choices, CHOICES_MAX):
        tried += 1
        values = dict(zip(names, choice, strict=True))
        if all(evaluate(rule, values) is not False for rule in rules):
            return
    if tried < CHOICES_MAX:
        message = f"none of the {tried} combinations of options keeps all constraints"
        scene.fail("constraints-unsatisfiable", path, message)
