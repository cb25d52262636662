"""One thing of a plant in detail: what it is, where it stands in the file, what it says."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from linewright.cli.ending import Failed
from linewright.cli.reading import plant_of
from linewright.cli.show.flow import drawn, rate_of, rates
from linewright.cli.terminal import joined, safe, say
from linewright.plant import Address, Checked, Plant
from linewright.plant.language import element_text, nearest, unpack
from linewright.plant.model import (
    Buffer,
    Element,
    FrozenMap,
    Line,
    Operation,
    Route,
    Step,
    WorkCentre,
)
from linewright.plant.standard import StandardTimes

__all__ = ["tell"]

TABLES = {
    "product": "products",
    "material": "materials",
    "operation": "operations",
    "product family": "families",
    "station type": "types",
    "set-up table": "setups",
    "skill": "skills",
    "supplier": "suppliers",
    "lane": "lanes",
    "tariff": "tariffs",
    "ceiling": "authority",
}
"""Tables of the plant, by what their entries are called."""

SHOWN_MAX = 8
"""Things of one name that a message lists."""

CHILDREN = ("areas", "lines", "work_centres", "stations", "buffers")
"""What is listed by name instead of being written out."""

Path = tuple[str, ...]


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be shown: what it is, its name, where it stands, itself."""

    what: str
    name: str
    path: Path
    element: Element


def tell(checked: Checked, name: str) -> None:
    """Write what is known of one thing.

    Raises
    ------
    Failed
        When nothing, or more than one thing, has the name.
    """
    plant = plant_of(checked)
    thing, *others = _find(plant, name)
    say(safe(f"{thing.name}  {thing.what}"))
    place = _place(checked, thing.path)
    for fact in [f"stands in {place}" if place else "", *_facts(plant, thing)]:
        if fact:
            say(safe(f"  {fact}"))
    for line in _lines(thing.element):
        say(f"  {safe(line)}")
    if others:
        say(safe(f"  not to be taken for {_listed(others)}"))


def _lines(element: Element) -> list[str]:
    """Return what an element says itself, as in the plant file, without what stands below it."""
    nothing: dict[str, FrozenMap[str, Element]] = {
        child: FrozenMap() for child in CHILDREN if hasattr(element, child)
    }
    text = element_text(msgspec.structs.replace(element, **nothing))
    lines = [line for line in text.split("\n") if ":" in line or line.lstrip().startswith("- ")]
    return [line for line in lines if line.partition(":")[0] not in (*CHILDREN, "flow")]


def _find(plant: Plant, name: str) -> list[Thing]:
    """Return the thing that a name means, then others that it might have meant."""
    things = list(_things(plant))
    whole = [thing for thing in things if name in (thing.name, ".".join(thing.path))]
    ending = [thing for thing in things if thing.name.endswith((f"/{name}", f"#{name}"))]
    if len(whole) == 1:
        return [*whole, *ending]
    found = [*whole, *ending]
    if len(found) == 1:
        return found
    if found:
        say_which = joined([f"`{_full(thing)}`" for thing in found[:SHOWN_MAX]])
        raise Failed(f"there is more than one `{name}`", f"write one of {say_which}")
    names = [thing.name for thing in things]
    near = nearest(name, names) or nearest(name, (_last(full) for full in names))
    hint = f"did you mean `{near}`?" if near else "`linewright show PLANT` lists what there is"
    raise Failed(f"there is no `{name}`", hint)


def _listed(things: list[Thing]) -> str:
    return _some([f"{thing.what} `{thing.name}`" for thing in things])


def _full(thing: Thing) -> str:
    """Return the name under which only this thing is found."""
    return thing.name if "/" in thing.name else ".".join(thing.path)


def _last(name: str) -> str:
    return name.rpartition("#")[2] if "#" in name else name.rpartition("/")[2]


def _things(plant: Plant) -> Iterator[Thing]:
    """Yield everything that can be shown."""
    for site_name, site in plant.sites.items():
        path: Path = ("sites", site_name)
        yield Thing(what="site", name=site_name, path=path, element=site)
        for area_name, area in site.areas.items():
            below = (*path, "areas", area_name)
            place = f"{site_name}/{area_name}"
            yield Thing(what="area", name=place, path=below, element=area)
            for level, groups in (("lines", area.lines), ("work_centres", area.work_centres)):
                for name, group in groups.items():
                    yield from _group(f"{place}/{name}", (*below, level, name), group)
    for name in sorted({name for _, station in plant.stations() for name in station.does}):
        if name not in plant.operations:  # an operation need not be written out to be done
            yield Thing(what="operation", name=name, path=("operations", name), element=Operation())
    for what, attribute in TABLES.items():
        table: Mapping[str, Element] = getattr(plant, attribute)
        for name, element in table.items():
            yield Thing(what=what, name=name, path=(attribute, name), element=element)


def _group(place: str, path: Path, group: Line | WorkCentre) -> Iterator[Thing]:
    what = "line" if isinstance(group, Line) else "work centre"
    yield Thing(what=what, name=place, path=path, element=group)
    for name, buffer in group.buffers.items() if isinstance(group, Line) else ():
        below = (*path, "buffers", name)
        yield Thing(what="buffer", name=f"{place}/{name}", path=below, element=buffer)
    for name, station in group.stations.items():
        below = (*path, "stations", name)
        yield Thing(what="station", name=f"{place}/{name}", path=below, element=station)
        for kind, table in (("tag", station.tags), ("command", station.commands)):
            for inner, element in table.items():
                where = (*below, f"{kind}s", inner)
                full = f"{place}/{name}#{inner}"
                yield Thing(what=kind, name=full, path=where, element=element)


def _place(checked: Checked, path: Path) -> str:
    """Return file and line of a path; of a buffer of the flow, where the flow stands."""
    mark = checked.locator.mark(path)
    if path[-2] == "buffers" and mark == checked.locator.mark(path[:-2]):
        mark = checked.locator.mark((*path[:-2], "flow"))
    file, line, _ = unpack(mark)
    return f"{checked.files[file]}:{line}" if line and checked.files else ""


def _facts(plant: Plant, thing: Thing) -> Iterator[str]:
    """Yield what follows from the rest of the plant."""
    element = thing.element
    if isinstance(element, Line):
        yield drawn(element)
        yield rate_of(rates(plant, Address(thing.name), element, StandardTimes(plant)))
    elif isinstance(element, WorkCentre):
        yield "stations " + joined(list(element.stations))
    elif thing.what in ("site", "area"):
        children = [name for key in CHILDREN for name in getattr(element, key, ())]
        yield "holds " + joined(children) if children else "holds nothing yet"
    elif thing.what == "station":
        yield from _station_facts(plant, Address(thing.name))
    elif isinstance(element, Buffer):
        places = "a rack without bounds" if element.places is None else f"{element.places} places"
        upstream, _, downstream = thing.path[-1].partition("-")
        yield f"{places} between {upstream} and {downstream}"
    elif thing.what == "product":
        yield from _product_facts(plant, thing.name)
    elif thing.what == "operation":
        yield from _operation_facts(plant, thing.name)


def _station_facts(plant: Plant, place: Address) -> Iterator[str]:
    group = next(group for address, group in plant.groups() if address == place.parent)
    if isinstance(group, Line):
        for upstream, downstream, buffer in group.links():
            places = "rack" if buffer.places is None else f"{buffer.places} places"
            if downstream == place.name:
                yield f"fed by {upstream} ({places})"
            if upstream == place.name:
                yield f"feeds {downstream} ({places})"
    station = group.stations[place.name]
    made = [
        name
        for name in plant.products
        if any(
            operation in station.does
            for step in _all_steps(plant.routes_of(name))
            for operation in _names(step)
        )
    ]
    yield "works on " + _some(made) if made else ""


def _all_steps(routes: Mapping[str, Route]) -> Iterator[Step]:
    for route in routes.values():
        yield from route.steps


def _some(names: Sequence[str]) -> str:
    """Return the first of many names, and how many more there are."""
    more = f" and {len(names) - SHOWN_MAX} more" if len(names) > SHOWN_MAX else ""
    return joined([*names[:SHOWN_MAX]]) + more


def _operation_facts(plant: Plant, operation: str) -> Iterator[str]:
    able = [address for address, station in plant.stations() if operation in station.does]
    yield "done at " + _some(able) if able else "done at no station"
    needed = [
        name
        for name in plant.products
        if any(operation in _names(step) for step in _all_steps(plant.routes_of(name)))
    ]
    yield "needed by " + _some(needed) if needed else "needed by no product"


def _names(step: Step) -> tuple[str, ...]:
    return (step.operation, *step.alternatives, *step.rework_via)


def _product_facts(plant: Plant, product: str) -> Iterator[str]:
    doers: dict[str, list[str]] = {}
    for address, station in plant.stations():
        for operation in station.does:
            doers.setdefault(operation, []).append(address)
    for name, route in plant.routes_of(product).items():
        yield f"route {name}:"
        for step in route.steps:
            names = (step.operation, *step.alternatives)
            able = [place for name in names for place in doers.get(name, ())]
            allowed = [
                doer
                for doer in able
                if not step.at or any(Address(at).contains(Address(doer)) for at in step.at)
            ]
            where = _some(allowed) or "outside the plant's stations"
            yield f"  {' or '.join(names)}: {where}"
