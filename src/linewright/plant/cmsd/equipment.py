"""What stands on the floor, out: resources, their groups and the ways between them."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from linewright.plant.address import Address
from linewright.plant.cmsd.calendars import assigned
from linewright.plant.cmsd.elements import own, prop, reference, said, tag
from linewright.plant.cmsd.scope import Scope, kept
from linewright.plant.cmsd.times import number, timed
from linewright.plant.markup import Node
from linewright.plant.model import (
    Buffer,
    Line,
    Maintenance,
    Station,
    WorkCentre,
    label_in,
)
from linewright.plant.money import Money

__all__ = ["CLASSES", "resources", "services"]

CLASSES = {
    "Machine": "machine",
    "ManualStation": "station",
    "Line": "other",
    "WorkCentre": "other",
    "Queue": "other",
    "Crew": "employee",
    "Tool": "tool",
    "Fixture": "fixture",
    "Transport": "other",
    "Supplier": "other",
}
"""Resource classes that are written, each with its type of resource."""

STATION_KEYS = "manual operators setup_crew power batch batch_least blocking priority unattended"
STATION_OWN = (*STATION_KEYS.split(), "make", "serial", "wears")
STATION_NATIVE = (
    *["label", "does", "places", "fails", "maintenance", "setup", "shifts", "rate", "use"],
)
MODE_OWN = ("label", "clock", "crew", "causes")
SERVICE_OWN = ("label", "renews", "clock", "at", "opportunity")
LINE_OWN = ("takt", "target_oee", "release", "wip")
WEAR_LOST = ("symptoms", "remedies", "counter")
MOVES = {"vehicle": "transporter", "forklift": "transporter", "cart": "carrier"}


def resources(scope: Scope) -> Iterator[Node]:
    """Yield every resource of a place: stations, groups, buffers, crews, tools, what moves."""
    for address, station in scope.stations.items():
        yield _station(scope, address, station)
    for address, group in scope.groups.items():
        yield from _group(scope, address, group)
    yield from _people(scope)
    site = scope.site
    for key, tool in site.tools.items():
        rest = kept(tool, ("life", "life_parts", "change", "cost"), scope, key, ("label", "count"))
        yield _pool("tool", key, "Tool", tool, own("tool", rest))
    for key, fixture in site.fixtures.items():
        rest = kept(fixture, ("pieces", "blocked"), scope, key, ("label", "count", "at"))
        rest |= _at("at", scope.inside(fixture.at))
        yield _pool("fixture", key, "Fixture", fixture, own("fixture", rest))
    for key, mover in site.transport.items():
        rest = kept(mover, ("kind", "speed", "carries", "takes"), scope, key, ("label", "count"))
        rest |= _at("serves", scope.inside(mover.serves))
        kind = MOVES.get(mover.kind, mover.kind)
        counted = prop("Capacity", mover.count)
        yield _resource(
            f"transport:{key}", kind, "Transport", _label(mover), counted, own("transport", rest)
        )
    for key in scope.plant.suppliers:
        if key in scope.suppliers:
            yield _resource(
                f"supplier:{key}", "other", "Supplier", key, prop("linewright:supplier", "{}")
            )


def _at(key: str, places: list[str]) -> dict[str, Any]:
    return {key: places} if places else {}


def _label(element: Any) -> str:  # noqa: ANN401  # any element with a label
    return label_in(element.label, "en") if element.label else ""


def _resource(identifier: str, kind: str, of: str, name: str, *more: Node | None) -> Node:
    return tag(
        "Resource",
        tag("Identifier", text=identifier),
        tag("ResourceType", text=kind),
        reference("ResourceClass", "ResourceClass", of),
        said("Name", name),
        *more,
    )


def _pool(kind: str, key: str, of: str, element: Any, *more: Node | None) -> Node:  # noqa: ANN401  # a tool or a fixture
    counted = prop("Capacity", element.count)
    return _resource(f"{kind}:{key}", CLASSES[of], of, _label(element), counted, *more)


def _rate(rate: Money | None) -> Node | None:
    if rate is None:
        return None
    unit, value = tag("Unit", text=rate.currency), tag("Value", text=str(rate.amount))
    return tag("HourlyRate", unit, value)


def _station(scope: Scope, address: Address, station: Station) -> Node:
    rest = kept(station, STATION_OWN, scope, str(address), STATION_NATIVE)
    for wear in rest.get("wears", {}).values():
        for key in WEAR_LOST:
            if isinstance(wear, dict) and wear.pop(key, None) is not None:
                scope.notes.add(f"left out: `{key}` of Wear", str(address))
    scope.skills.update(dict.fromkeys(station.operators))
    rest["does"] = list(station.does)
    of = "ManualStation" if station.manual else "Machine"
    times, modes = _failures(scope, address, station)
    own_keys = {"setup": station.setup, "fails": modes, **rest}
    return _resource(
        str(address),
        CLASSES[of],
        of,
        _label(station),
        *assigned(scope.site_name, station.shifts),
        _rate(station.rate_per_h),
        prop("Capacity", station.places),
        *times,
        *[own(key, value) for key, value in own_keys.items()],
    )


def _failures(
    scope: Scope, address: Address, station: Station
) -> tuple[list[Node], dict[str, Any]]:
    """Return times to failure and to repair, and what else the modes say."""
    times, modes = [], {}
    for name, mode in station.fails.items():
        where = f"{address}, {name}"
        modes[name] = kept(mode, MODE_OWN, scope, where, ("every", "repair"))
        for word, time in (("MTBF", mode.every), ("MTTR", mode.repair)):
            if time is not None:
                named = tag("Name", text=f"{word}:{name}")
                times.append(timed("Property", time, "exponential", named))
    return times, modes


def _group(scope: Scope, address: Address, group: Line | WorkCentre) -> Iterator[Node]:
    members = [
        tag("ResourceGroupMember", tag("ResourceIdentifier", text=f"{address}/{name}"))
        for name in group.stations
    ]
    shifts = assigned(scope.site_name, group.shifts)
    native = ("label", "stations", "shifts", "flow", "buffers", "queue")
    if isinstance(group, WorkCentre):
        rest = kept(group, ("dispatch", "target_oee"), scope, str(address), native)
        places = None if group.queue is None else prop("Capacity", group.queue)
        parts = (tag("GroupDefinition", *members), places, own("group", rest))
        yield _resource(str(address), "other", "WorkCentre", _label(group), *shifts, *parts)
        return
    rest = kept(group, LINE_OWN, scope, str(address), native)
    ways: list[Node] = []
    for up, down, buffer in group.links():
        queue = f"{address}/{up}-{down}"
        ends = [f"{address}/{up}", queue, f"{address}/{down}"]
        if buffer == Buffer(places=0):
            del ends[1]
        else:
            yield _buffer(scope, queue, buffer)
        ways += [_way(one, two) for one, two in pairwise(ends)]
    defined = tag("GroupDefinition", *members, *ways)
    flow = own("flow", list(group.flow))
    parts = (defined, flow, own("group", rest))
    yield _resource(str(address), "other", "Line", _label(group), *shifts, *parts)


def _way(one: str, two: str) -> Node:
    return tag(
        "Connection",
        tag("Identifier", text=f"{one} to {two}"),
        reference("FromResource", "Resource", one),
        reference("ToResource", "Resource", two),
    )


def _buffer(scope: Scope, identifier: str, buffer: Buffer) -> Node:
    rest = kept(buffer, ("travel", "by", "batch"), scope, identifier, ("places", "label"))
    places = None if buffer.places is None else prop("Capacity", buffer.places)
    return _resource(
        identifier, CLASSES["Queue"], "Queue", _label(buffer), places, own("buffer", rest)
    )


def _people(scope: Scope) -> Iterator[Node]:
    for key, crew in scope.site.crews.items():
        serves = scope.inside(crew.serves)
        if crew.serves and not serves:
            scope.notes.add("left out: a crew that serves other places", key)
            continue
        scope.skills.update(dict.fromkeys(crew.skills))
        native = ("people", "skills", "shifts", "rate", "label", "serves")
        rest = kept(crew, ("by_shift",), scope, key, native)
        rest |= _at("serves", serves)
        yield _resource(
            f"crew:{key}",
            CLASSES["Crew"],
            "Crew",
            _label(crew),
            *assigned(scope.site_name, crew.shifts),
            _rate(crew.rate_per_h),
            *[reference("EmployeeSkill", "SkillDefinition", skill) for skill in crew.skills],
            prop("Capacity", crew.people),
            own("crew", rest),
        )


def services(scope: Scope) -> Iterator[Node]:
    """Yield the maintenance plans of the stations."""
    for address, station in scope.stations.items():
        for name, service in station.maintenance.items():
            yield _service(scope, address, name, service)


def _service(scope: Scope, address: Address, name: str, service: Maintenance) -> Node:
    identifier = f"{address}:{name}"
    native = ("every", "takes", "crew", "reason")
    rest = kept(service, SERVICE_OWN, scope, identifier, native)
    if service.reason:
        scope.notes.add("left out: `reason` of Maintenance", identifier)
    every = None
    if service.every_s is not None:
        unit, value = tag("Unit", text="second"), tag("Value", text=number(service.every_s))
        every = tag("Periodicity", unit, value)
    people = None
    if service.crew:
        people = tag("ResourcesRequired", reference("Resource", "Resource", f"crew:{service.crew}"))
    return tag(
        "MaintenancePlan",
        tag("Identifier", text=identifier),
        reference("MaintainedResource", "Resource", str(address)),
        every,
        tag("FirstProcess", tag("MaintenanceProcessIdentifier", text=name)),
        tag(
            "MaintenanceProcess",
            tag("Identifier", text=name),
            people,
            timed("OperationTime", service.takes, "constant"),
        ),
        own("maintenance", {"name": name, **rest}),
    )
