"""Rules on what two places say about the same thing: they must agree."""

import msgspec

from linewright.plant.address import Address
from linewright.plant.calendar.shift import CalendarInvalid, Shift
from linewright.plant.calendar.work import WorkCalendar, overlaps
from linewright.plant.language.rules.scene import Scene, address_at, near
from linewright.plant.language.syntax.reading import Path
from linewright.plant.model.capacity import seconds_per_piece
from linewright.plant.model.enterprise import Tariff
from linewright.plant.model.equipment import Line
from linewright.plant.model.markers import Bounds
from linewright.plant.model.products import Product, Route
from linewright.plant.setups.tables import done_at


def check_products(scene: Scene) -> None:
    """Report products whose revision, characteristics, approvals or marks do not agree."""
    for name, made in scene.plant.products.items():
        path = ("products", name)
        if made.revision is not None and made.revisions and made.revision not in made.revisions:
            hint = near(made.revision, made.revisions)
            message = f"the revision `{made.revision}` is none of `revisions`"
            scene.fail("revision-unknown", (*path, "revision"), message, hint)
        routes = scene.plant.routes_of(name)
        _check_characteristics(scene, path, made, dict(routes))
        for route_name, route in made.routes.items():
            _check_approvals(scene, (*path, "route", route_name), route)
        if made.controlled is not None and made.controlled.sites:
            _check_controlled(scene, path, made, dict(routes))


def _check_characteristics(
    scene: Scene, path: Path, made: Product, routes: dict[str, Route]
) -> None:
    done = {
        name
        for route in routes.values()
        for step in route.steps
        for name in (step.operation, *step.alternatives, *step.rework_via)
    }
    for name, characteristic in made.characteristics.items():
        operation = characteristic.operation
        if operation in scene.operations and operation not in done and done:
            message = f"`{name}` is made by `{operation}`, which is in no route of the product"
            scene.fail(
                "characteristic-elsewhere", (*path, "characteristics", name), message,
                near(str(operation), done),
            )  # fmt: skip


def _check_approvals(scene: Scene, path: Path, route: Route) -> None:
    if not isinstance(route.approved, tuple):
        return
    places = {place for step in route.steps for place in done_at(scene.plant, step)}
    for approval in route.approved:
        station = approval.station
        if station in scene.addresses and not any(_at_or_below(place, station) for place in places):
            message = f"the approval is for `{station}`, where no step of the route is done"
            scene.fail("approval-elsewhere", (*path, "approved"), message)


def _at_or_below(place: Address, above: str) -> bool:
    return place == above or place.startswith(f"{above}/")


def _check_controlled(scene: Scene, path: Path, made: Product, routes: dict[str, Route]) -> None:
    assert made.controlled is not None, "only controlled products come here"
    allowed = set(made.controlled.sites)
    for name, route in routes.items():
        for step in route.steps:
            sites = {place.site for place in done_at(scene.plant, step)}
            outside = sorted(sites - allowed)
            if outside:
                scene.fail(
                    "controlled-elsewhere",
                    (*path, "controlled"),
                    f"`{step.operation}` of route `{name}` can be done at {', '.join(outside)}, "
                    "where the product may not be",
                    hint="name the allowed places in the step's `at:`",
                )
                return


def check_rework(scene: Scene) -> None:
    """Report steps that send pieces back, and do not say where to."""
    owners = [(("products", name), made.routes) for name, made in scene.plant.products.items()]
    owners += [(("families", name), kind.routes) for name, kind in scene.plant.families.items()]
    for path, routes in owners:
        for name, route in routes.items():
            for index, step in enumerate(route.steps):
                if (step.rework_share or step.rework_via) and step.rework_to is None:
                    scene.fail(
                        "rework-nowhere",
                        (*path, "route", name, "steps", str(index)),
                        f"`{step.operation}` sends pieces back, and nothing says where to",
                        hint="add `rework_to:` with an earlier operation",
                    )


def check_takt(scene: Scene) -> None:
    """Report stations that are slower than their line's takt on every operation they do."""
    for path, _, group in scene.groups:
        if not isinstance(group, Line) or group.takt_s is None:
            continue
        for name, station in group.stations.items():
            seconds = seconds_per_piece(station)
            if seconds is not None and seconds > group.takt_s:
                scene.fail(
                    "takt-impossible",
                    (*path, "stations", name),
                    f"`{name}` takes {seconds:g} s a piece, the line's takt is {group.takt_s:g} s",
                    hint="add places or pieces per cycle, or change the takt",
                )


def check_wears(scene: Scene) -> None:
    """Report wears without a life of their own or their tool, or counted in another unit than %."""
    for path, site, station in scene.stations:
        for name, wear in station.wears.items():
            tool = site.tools.get(wear.tool or "")
            lives = [wear.life_s, wear.life_parts]
            lives += [tool.life_s, tool.life_parts] if tool is not None else []
            if all(life is None for life in lives):
                message = f"nothing says when `{name}` is worn"
                hint = "add `life: 6 h` or `life_parts: 400`, here or at the tool"
                scene.fail("wear-without-life", (*path, "wears", name), message, hint)
            counter = station.tags.get(wear.counter or "")
            if counter is not None and counter.unit != "%":
                message = f"`{wear.counter}` counts in `{counter.unit}`, the life used is in %"
                hint = 'give the tag `unit: "%"`, with `scale:` where the machine counts otherwise'
                where = (*path, "wears", name, "counter")
                scene.fail("wear-counter-unit", where, message, hint)


def check_fixture_places(scene: Scene) -> None:
    """Report stations that use a fixture which fits elsewhere only."""
    for path, site, station in scene.stations:
        address = address_at(path)
        for operation, cycle in station.does.items():
            for name in cycle.fixtures:
                fixture = site.fixtures.get(name)
                if fixture is None or not fixture.at:
                    continue
                if not any(_at_or_below(address, place) for place in fixture.at):
                    message = f"`{name}` fits at {', '.join(fixture.at)} only"
                    scene.fail("fixture-elsewhere", (*path, "does", operation), message)


def check_standard_places(scene: Scene) -> None:
    """Report standard times for places that do not do the operation."""
    for index, standard in enumerate(scene.plant.standard_times):
        doers = scene.doers.get(standard.operation, [])
        place = standard.at
        if place in scene.addresses and not any(_at_or_below(doer, str(place)) for doer in doers):
            scene.fail(
                "standard-time-elsewhere",
                ("standard_times", str(index)),
                f"`{place}` does not do `{standard.operation}`",
                hint="it is done at "
                + (", ".join(str(doer) for doer in doers[:5]) or "no station"),
            )


def check_ceilings(scene: Scene) -> None:
    """Report ceilings whose command is at none of their places, or goes beyond its range."""
    for name, ceiling in scene.plant.authority.items():
        path = ("authority", name)
        for action in ceiling.actions:
            if action == "call" or action not in scene.commands:
                continue
            ranges = [
                station.commands[action].range
                for place in ceiling.at
                if place in scene.addresses
                for _, station in scene.plant.stations_in(Address(place))
                if action in station.commands
            ]
            if not ranges and all(place in scene.addresses for place in ceiling.at):
                message = f"no station at {', '.join(ceiling.at)} has the command `{action}`"
                scene.fail("ceiling-elsewhere", path, message)
            limits = ceiling.range
            if limits is not None and any(_beyond(limits, found) for found in ranges):
                message = (
                    f"the ceiling [{limits.low:g}, {limits.high:g}] goes beyond the range "
                    f"of `{action}`, {_shown(ranges)}"
                )
                scene.fail("ceiling-beyond-range", (*path, "range"), message)


def _shown(ranges: list[Bounds | None]) -> str:
    return " and ".join(sorted({f"[{one.low:g}, {one.high:g}]" for one in ranges if one}))


def _beyond(limits: Bounds, found: Bounds | None) -> bool:
    return found is not None and (limits.low < found.low or limits.high > found.high)


def check_tariff_periods(scene: Scene) -> None:
    """Report tariffs with two periods that hold at the same time."""
    for name, tariff in scene.plant.tariffs.items():
        hours = _renamed(tariff)
        if not hours:
            continue
        try:
            clashes = overlaps(WorkCalendar(timezone="UTC", shifts=hours))
        except CalendarInvalid:
            continue
        for clash in clashes[:1]:
            first, second = (text.partition(" ")[0] for text in (clash.first, clash.second))
            message = f"`{first}` and `{second}` hold at the same time on {clash.date:%A}s"
            scene.fail("tariff-periods-overlap", ("tariffs", name, "periods", second), message)


def _renamed(tariff: Tariff) -> tuple[Shift, ...]:
    """Return all hours of a tariff's periods, each named after its period."""
    return tuple(
        msgspec.structs.replace(shift, name=f"{name} {index}")
        for name, period in tariff.periods.items()
        for index, shift in enumerate(period.hours)
    )
