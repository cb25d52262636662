"""A CMSD file as a plant."""

import re
from pathlib import Path
from typing import Any

import msgspec

from linewright.plant.address import suggest_name
from linewright.plant.cmsd.elements import CmsdInvalid, Notes, owned
from linewright.plant.cmsd.floor import Floor, seconds
from linewright.plant.cmsd.orders import orders_in
from linewright.plant.cmsd.routes import ARRIVALS, Routes, named
from linewright.plant.cmsd.scene import Scene, identified, key_of, scene_of
from linewright.plant.cmsd.times import time_of
from linewright.plant.language.load import check_text
from linewright.plant.markup import Node
from linewright.plant.model import Plant
from linewright.plant.records import Order

__all__ = ["Read", "read_cmsd"]

Plain = dict[str, Any]

CURRENCY = re.compile("[A-Z]{3}")
WARNINGS_SHOWN = 20


class Read(msgspec.Struct, frozen=True):
    """A plant that was read, what is to be made there, and what the file said in vain.

    Parameters
    ----------
    plant
        Checked, as every plant file is.
    notes
        What was left out or had to be taken for something.
    orders
        Its orders and jobs.
    """

    plant: Plant
    notes: tuple[str, ...]
    orders: tuple[Order, ...]


def read_cmsd(source: str | Path) -> Read:
    """Return the plant that a CMSD file (SISO-STD-008-01-2012) describes.

    Parameters
    ----------
    source
        A path; or the text itself, when it is a text with `<` in it.

    Returns
    -------
    Read
        Plant, notes and orders.

    Raises
    ------
    CmsdInvalid
        When it cannot be read, is no CMSD document, or makes no plant: with the first reason.

    Notes
    -----
    Which key comes of which element is in docs/cmsd.md. Document types, and with them entities,
    are refused. Cost: linear in the file, but for set-ups, which grow with products squared.

    Examples
    --------
    >>> text = '''<CMSDDocument><DataSection>
    ... <Resource><Identifier>M1</Identifier><ResourceType>machine</ResourceType></Resource>
    ... <PartType><Identifier>P</Identifier></PartType>
    ... <ProcessPlan><Identifier>Plan</Identifier>
    ... <PartsProduced><PartType>
    ... <PartTypeIdentifier>P</PartTypeIdentifier></PartType></PartsProduced>
    ... <Process><Identifier>turn</Identifier><ResourcesRequired>
    ... <Resource><ResourceIdentifier>M1</ResourceIdentifier></Resource></ResourcesRequired>
    ... <OperationTime><Unit>minute</Unit><Value>2</Value></OperationTime></Process>
    ... </ProcessPlan></DataSection></CMSDDocument>'''
    >>> [(str(place), station.does["turn"].time.mean_s)
    ...  for place, station in read_cmsd(text).plant.stations()]
    [('site/area/m1/m1', 120.0)]
    """
    where, raw = _raw(source)
    notes = Notes()
    scene = scene_of(raw, where, notes)
    floor = Floor(scene)
    if not floor.bodies:
        raise CmsdInvalid(where, "it has no machine and no station", "add a Resource of that type")
    routes = Routes(scene, floor)
    floor.arrange(routes.hops)
    made = _Made(scene, floor, routes)
    tree = _tree(scene, floor, routes, made)
    checked = check_text(msgspec.json.encode(tree), where)
    if checked.plant is None:
        first = checked.errors[0]
        more = f" (and {len(checked.errors) - 1} more)" if len(checked.errors) > 1 else ""
        what = f"it makes no plant: {first.message} [{first.where}]{more}"
        raise CmsdInvalid(where, what, first.hint or "mend the file")
    for problem in checked.warnings[:WARNINGS_SHOWN]:
        notes.add(f"as a plant: {problem.message}")
    orders = orders_in(scene.all, made.names, floor.site_name, notes)
    return Read(checked.plant, notes.told(), orders)


def _raw(source: str | Path) -> tuple[str, bytes]:
    if isinstance(source, str) and "<" in source:
        return "CMSD document", source.encode("utf-8", "surrogatepass")
    try:
        return str(source), Path(source).read_bytes()
    except (OSError, ValueError) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise CmsdInvalid(str(source), f"it cannot be read: {what}", "check the path") from None


def _tree(scene: Scene, floor: Floor, routes: Routes, made: "_Made") -> Plain:
    """Return the plant in the words of the plant file."""
    _maintain(scene, floor)
    setups = _setups(scene, floor, routes, made)
    site = {**_place(scene, floor), **scene.calendars.site, **floor.site}
    for body in floor.bodies.values():
        body["does"] = {key: cycle for key, cycle in body["does"].items() if cycle is not None}
        floor.skills.update(dict.fromkeys(body.get("operators", {})))
    works = routes.operations.values()
    floor.skills.update(dict.fromkeys(work["skill"] for work in works if "skill" in work))
    found = {
        "operations": routes.operations,
        "families": made.families,
        "products": made.products,
        "materials": made.materials,
        "setups": setups,
        "skills": {key: {} for key in floor.skills},
        "suppliers": floor.suppliers,
    }
    enterprise = suggest_name(scene.document.partition(":")[0] or "imported")
    start: Plain = {"linewright": 1, "enterprise": enterprise, "sites": {floor.site_name: site}}
    return start | {key: value for key, value in found.items() if value}


def _place(scene: Scene, floor: Floor) -> Plain:
    """Return time zone and currency, which a site needs and CMSD does not ask for."""
    rates = [body["rate"] for body in floor.bodies.values() if "rate" in body]
    currency = scene.currency if CURRENCY.fullmatch(scene.currency) else ""
    currency = currency or (rates[0].split()[1].removesuffix("/h") if rates else "")
    if not currency:
        scene.notes.add("the file says no currency: USD stands in its place")
    if "timezone" not in scene.calendars.site:
        scene.notes.add("the file says no time zone: UTC stands in its place")
    return {"timezone": "UTC", "currency": currency or "USD"}


class _Made:
    """What is made: products with their routes and bills of material, and materials."""

    def __init__(self, scene: Scene, floor: Floor, routes: Routes) -> None:
        self.scene, self.floor, self.routes = scene, floor, routes
        self.products: Plain = {}
        self.materials: Plain = {}
        self.families: Plain = {}
        self.names: dict[str, str] = {}
        self.parts = {node.say("Identifier"): node for node in scene.all.get("PartType", [])}
        self.plans = self._plans()
        for part in self.plans:
            if part not in self.parts:
                scene.notes.add("a plan makes a part type that the file does not have", part)
            self.names[part] = key_of(part)
        for part, plans in self.plans.items():
            node = self.parts.get(part, Node(name="PartType", attributes={}, children=[]))
            self.products[self.names[part]] = self._product(part, node, plans)
        self._materials()

    def _plans(self) -> dict[str, list[str]]:
        """Return the plans of each part type that has one with steps."""
        found: dict[str, list[str]] = {}
        nodes = {node.say("Identifier"): node for node in self.scene.all.get("ProcessPlan", [])}
        claimed: set[str] = set()
        for part, node in self.parts.items():
            for each in node.all("ProcessPlan"):
                name = each.say("ProcessPlanIdentifier")
                if name in nodes and self.routes.routes[name]["steps"]:
                    found.setdefault(part, []).append(name)
                    claimed.add(name)
        for name, node in nodes.items():
            made = [one for group in node.all("PartsProduced") for one in group.all("PartType")]
            for each in made if self.routes.routes[name]["steps"] else []:
                part = each.say("PartTypeIdentifier")
                if name not in claimed or (part in found and name not in found[part]):
                    found.setdefault(part, []).append(name)
        return {part: found[part] for part in [*self.parts, *found] if part in found}

    def _product(self, part: str, node: Node, plans: list[str]) -> Plain:
        said = owned(node, self.scene.notes)
        body: Plain = {"label": node.say("Name")} if node.say("Name") else {}
        bom = self._bom(part, node)
        routes = {}
        for k, name in enumerate(plans, 1):
            told = dict(self.routes.routes[name]["said"])
            key = told.pop("name", "standard" if len(plans) == 1 else f"plan_{k}")
            routes[key] = {"steps": self._steps(name, bom), **told}
        body |= {"route": routes} | ({"bom": bom} if bom else {})
        arrives = self._arrives(node) or self.routes.arrives.get(plans[0])
        body |= {"arrives": arrives} if arrives else {}
        family = said.get("family")
        if family:
            key = {} if family["setup"] == family["name"] else {"setup": family["setup"]}
            self.families[family["name"]] = key
            body["family"] = family["name"]
        return {**body, **said.get("product", {})}

    def _arrives(self, node: Node) -> Plain | None:
        for each in named(node, ARRIVALS):
            time = self.scene.resolved(each)
            return time_of(time, "constant", self.scene.unit, self.scene.notes)
        return None

    def _steps(self, plan: str, bom: Plain) -> list[Plain]:
        """Return the steps of a plan, each with the components that it takes."""
        steps = []
        named_parts: set[str] = set()
        for done in self.routes.routes[plan]["steps"]:
            step = self.routes.placed(done)
            taken = {}
            for part, count in done.consumed.items():
                name = key_of(part)
                if name in bom:
                    taken[name] = bom[name]
                elif part in self.plans and plan not in self.plans[part]:
                    taken[name] = count
                else:
                    what = "what is consumed but in no bill of material is taken for the piece"
                    self.scene.notes.add(what, part)
            named_parts |= set(taken)
            steps.append({**step, **({"takes": taken} if taken else {})})
        rest = {name: amount for name, amount in bom.items() if name not in named_parts}
        if named_parts and rest and steps:
            steps[0]["takes"] = {**steps[0].get("takes", {}), **rest}
        return steps

    def _bom(self, part: str, node: Node) -> Plain:
        wanted = {each.say("BillOfMaterialsIdentifier") for each in node.all("BillOfMaterials")}
        bom: Plain = {}
        for bill in self.scene.all.get("BillOfMaterials", []):
            of = {each.say("PartTypeIdentifier") for each in bill.all("PartType")}
            if bill.say("Identifier") not in wanted and part not in of:
                continue
            for each in bill.all("BillOfMaterialsComponent"):
                name = next((one.say("PartTypeIdentifier") for one in each.all("PartType")), "")
                units = [one.say("Value") for one in each.all("Property") if _is_unit(one)]
                amount = f"{each.say('Quantity') or '1'} {units[0] if units else ''}".strip()
                if name and name != part:
                    bom[key_of(name)] = amount
        return bom

    def _materials(self) -> None:
        used: dict[str, None] = {}
        for product in self.products.values():
            used.update(dict.fromkeys(product.get("bom", {})))
            for route in product["route"].values():
                for step in route["steps"]:
                    used.update(dict.fromkeys((*step.get("takes", {}), *step.get("gives", {}))))
        for part, node in self.parts.items():
            name = key_of(part)
            if name in used and name not in self.products:
                label = {"label": node.say("Name")} if node.say("Name") else {}
                said = owned(node, self.scene.notes).get("material", {})
                self.materials[name] = {**label, **said}
            elif part not in self.plans:
                self.scene.notes.add("left out: a part type that nothing uses or makes", part)
        for name in used:
            if name not in self.products and name not in self.materials:
                self.materials[name] = {}


def _is_unit(node: Node) -> bool:
    return node.say("Name") == "Unit"


def _maintain(scene: Scene, floor: Floor) -> None:
    """Give stations their maintenance."""
    for node in scene.all.get("MaintenancePlan", []):
        name = node.say("Identifier")
        said = owned(node, scene.notes).get("maintenance", {})
        works = node.all("MaintenanceProcess")
        times = [
            time_of(scene.resolved(time), "constant", scene.unit, scene.notes)
            for work in works
            for time in work.all("OperationTime")
        ]
        if len(times) != 1 or times[0] is None:
            scene.notes.add("left out: a maintenance plan without one time", name)
            continue
        body: Plain = {"takes": times[0]}
        for each in node.all("Periodicity"):
            every = seconds(each, scene, scene.notes)
            body |= {} if every is None else {"every": f"{every!r} s"}
        needs = [need for work in works for need in work.all("ResourcesRequired")]
        crews = [identified(need, "Resource") for need in needs]
        people = [each for each in crews if scene.kind(each) == "people"]
        body |= {"crew": key_of(people[0].removeprefix("crew:"))} if people else {}
        key = said.pop("name", "") or suggest_name(name)
        for station in scene.members(identified(node, "Resource", "MaintainedResource")):
            floor.bodies[station].setdefault("maintenance", {})[key] = {**body, **said}


def _setups(scene: Scene, floor: Floor, routes: Routes, made: _Made) -> Plain:
    """Return the set-up tables; stations learn which is theirs."""
    names = {node.say("Identifier"): node for node in scene.all.get("SetupDefinition", [])}
    times: dict[tuple[str, str], float] = {}
    for node in scene.all.get("SetupChangeoverDefinition", []):
        one = identified(node, "SetupDefinition", "CurrentSetup")
        for new in node.all("NewSetup"):
            for each in new.all("ChangeoverTime"):
                time = seconds(each, scene, scene.notes)
                if time is None:
                    scene.notes.add("a random set-up time is left out", one)
                else:
                    times[one, new.say("SetupDefinitionIdentifier")] = time
    tables: Plain = {}
    for identifier, node in names.items():
        told = owned(node, scene.notes).get("setup")
        if told and "plain" in told:
            tables[told["table"]] = told["plain"]
        if told and "by" in told:
            table = tables.setdefault(told.pop("table"), {"keys": [], "times": {}, **told})
            key = node.say("Name")
            table["keys"].append(key)
            row = {names[b].say("Name"): t for (a, b), t in times.items() if a == identifier}
            table["times"][key] = {each: f"{time!r} s" for each, time in row.items()}
    if not tables:
        _foreign(scene, floor, _wanted(routes, made), times, tables)
    if not tables and routes.lasting:
        _by_process(scene, floor, routes, made, tables)
    return tables


def _wanted(routes: Routes, made: _Made) -> dict[str, dict[str, str]]:
    """Return the set-up of each product at each station."""
    found: dict[str, dict[str, str]] = {}
    for part, plans in made.plans.items():
        for plan in plans:
            for station, setup in routes.setups.get(plan, []):
                found.setdefault(station, {}).setdefault(made.names[part], setup)
    return found


def _foreign(
    scene: Scene,
    floor: Floor,
    wanted: dict[str, dict[str, str]],
    times: dict[tuple[str, str], float],
    tables: Plain,
) -> None:
    """Make tables from product to product of set-ups that processes allow."""
    for station, setups in wanted.items():
        rows: Plain = {}
        for one, from_setup in setups.items():
            row = {
                two: 0.0 if from_setup == to else times.get((from_setup, to))
                for two, to in setups.items()
            }
            if None in row.values():
                scene.notes.add("a set-up without a time from another takes none", from_setup)
            rows[one] = {two: f"{time or 0.0!r} s" for two, time in row.items()}
        _shared(floor, station, {"by": "product", "times": rows, "default": "0 s"}, tables)


def _by_process(scene: Scene, floor: Floor, routes: Routes, made: _Made, tables: Plain) -> None:
    """Make tables of the set-up times that processes have of their own."""
    what = "the set-up time of a process is taken for the change to its product"
    scene.notes.add(what)
    for station in floor.bodies:
        row: Plain = {}
        for part, plans in made.plans.items():
            steps = [done for plan in plans for done in routes.routes[plan]["steps"]]
            for name, where in (place for done in steps for place in done.places):
                time = routes.lasting.get((station, name))
                if time is not None and where == station and "mean" in time:
                    row.setdefault(made.names[part], time["mean"])
        if row:
            table = {"by": "product", "times": {"any": row}, "default": "0 s", "first": "0 s"}
            _shared(floor, station, table, tables)


def _shared(floor: Floor, station: str, table: Plain, tables: Plain) -> None:
    """Give a station a table, one that is there already where it is the same."""
    name = next((key for key, each in tables.items() if each == table), f"setup_{len(tables) + 1}")
    tables[name] = table
    floor.bodies[station]["setup"] = name
