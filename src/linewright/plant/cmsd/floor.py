"""What stands on the floor, in: stations, lines, work centres, crews, tools, what moves."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from linewright.plant.address import Address, AddressInvalid, suggest_name
from linewright.plant.cmsd.elements import Notes, owned, properties
from linewright.plant.cmsd.scene import Scene, identified, key_of
from linewright.plant.cmsd.times import real, time_of
from linewright.plant.markup import Node

__all__ = ["Floor", "Hop"]

Hop = tuple[tuple[str, ...], str, tuple[str, ...]]
"""Stations, the queue behind them, and the stations behind it, as a process plan names them."""

Plain = dict[str, Any]

FAILS = re.compile(r"(?:mtbf|mean\s*time\s*(?:to|between)\s*failures?)(?::(.*))?", re.IGNORECASE)
REPAIR = re.compile(r"(?:mttr|mean\s*time\s*to\s*repair)(?::(.*))?", re.IGNORECASE)
STATION_LEVELS = 4
CURRENCY = re.compile("[A-Z]{3}")


class Floor:
    """The resources of a file as the keys of a site.

    Parameters
    ----------
    scene
        The file.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene, self.notes = scene, scene.notes
        self.site: Plain = {}
        self.bodies: dict[str, Plain] = {}
        self.addresses: dict[str, Address] = {}
        self.suppliers: Plain = {}
        self.skills: dict[str, None] = {}
        for identifier in scene.resources:
            if scene.kind(identifier) == "station":
                self.bodies[identifier] = self._station(identifier)
        for identifier, node in scene.resources.items():
            self._other(identifier, scene.kind(identifier), node)

    def _station(self, identifier: str) -> Plain:
        node = self.scene.resources[identifier]
        said = owned(node, self.notes)
        body: Plain = {} if not node.say("Name") else {"label": node.say("Name")}
        capacity = self.scene.capacity(identifier)
        if capacity is not None and capacity > 1:
            body["places"] = capacity
        shifts = self.scene.calendars.of(node)
        body |= {"shifts": shifts} if shifts else {}
        rate = self.rate(node)
        body |= {"rate": rate} if rate else {}
        fails = self.failures(node)
        for name, more in said.pop("fails", {}).items():
            fails[name] = {**more, **fails.get(name, {})}
        body |= {"fails": fails} if fails else {}
        order = said.pop("does", [])
        body |= said
        body["does"] = dict.fromkeys(order)
        return body

    def rate(self, node: Node) -> str:
        """Return what an hour costs, as the plant file says it."""
        for each in node.all("HourlyRate"):
            unit = each.say("Unit") or self.scene.currency
            if CURRENCY.fullmatch(unit) and each.say("Value"):
                return f"{each.say('Value')} {unit}/h"
            if each.say("Value"):
                self.notes.add("an hourly rate without a currency of ISO 4217 is left out", unit)
        return ""

    def failures(self, node: Node) -> Plain:
        """Return the failure modes that the properties of an entity tell."""
        modes: Plain = {}
        for each in properties(node):
            for key, pattern in (("every", FAILS), ("repair", REPAIR)):
                match = pattern.fullmatch(each.say("Name"))
                if match is None:
                    continue
                resolved = self.scene.resolved(each)
                time = time_of(resolved, "exponential", self.scene.unit, self.notes)
                if time is not None:
                    mode = modes.setdefault(key_of(match[1] or "failure"), {})
                    mode[key] = time
                    mode |= self._repairers(each)
        for name, mode in list(modes.items()):
            if "repair" not in mode:
                self.notes.add("a failure without a time to repair is left out", name)
                del modes[name]
        return modes

    def _repairers(self, node: Node) -> Plain:
        """Return the crew that a time to repair names, as some tools write it."""
        for inner in properties(node):
            for each in inner.all("ResourcesRequired"):
                name = each.say("ResourceIdentifier") or identified(each, "Resource")
                if self.scene.kind(name) == "people":
                    return {"crew": key_of(name.removeprefix("crew:"))}
        return {}

    def _other(self, identifier: str, kind: str, node: Node) -> None:
        said = owned(node, self.notes)
        named = {"label": node.say("Name")} if node.say("Name") else {}
        count = self.scene.capacity(identifier)
        if kind == "people":
            self.site.setdefault("crews", {})[key_of(identifier.removeprefix("crew:"))] = {
                "people": count or 1,
                **named,
                **self._skilled(node),
                **said.get("crew", {}),
            }
        elif kind in ("tool", "fixture", "transport"):
            level = kind if kind == "transport" else f"{kind}s"
            counted = {} if count is None else {"count": count}
            body = {**counted, **named, **said.get(kind, {})}
            self.site.setdefault(level, {})[key_of(identifier.removeprefix(f"{kind}:"))] = body
        elif kind == "supplier":
            self.suppliers[key_of(identifier.removeprefix("supplier:"))] = {}
        elif kind == "other":
            self.notes.add("a resource of a kind that we do not know is left out", identifier)

    def _skilled(self, node: Node) -> Plain:
        skills = [
            key_of(each.say("SkillDefinitionIdentifier")) for each in node.all("EmployeeSkill")
        ]
        self.skills.update(dict.fromkeys(skills))
        shifts, rate = self.scene.calendars.of(node), self.rate(node)
        found: Plain = {"skills": skills} if skills else {}
        found |= {"shifts": shifts} if shifts else {}
        return {**found, "rate": rate} if rate else found

    def arrange(self, hops: Sequence[Hop]) -> None:
        """Put every station into a line or a work centre, and give it its address."""
        self._prefix = self._site_and_area()
        self._areas: Plain = {}
        free = dict.fromkeys(self.bodies)
        for identifier, node in self.scene.resources.items():
            if self.scene.kind(identifier) == "group":
                members = [each for each in self.scene.members(identifier) if each in free]
                if members:
                    self._group(identifier, node, members)
                for each in members:
                    del free[each]
        self._told_by_plans(hops, free)
        for each in list(free):
            self._place(self._name(each), {"stations": {}}, "work_centres", [each])
        if free:
            what = "a station that no line or group names is a work centre with room without end"
            self.notes.add(what, ", ".join(list(free)[:3]))
        self.site["areas"] = self._areas

    def _site_and_area(self) -> tuple[str, str]:
        """Return names of a site and an area for what does not say its own."""
        for identifier in self.bodies:
            place = _address(identifier, STATION_LEVELS)
            if place is not None:
                return place.split("/")[0], place.split("/")[1]
        return "site", "area"

    def _name(self, identifier: str) -> str:
        return suggest_name(re.split("[:/]", identifier)[-1])

    def _group(self, identifier: str, node: Node, members: list[str]) -> None:
        said = owned(node, self.notes)
        body: Plain = {"label": node.say("Name")} if node.say("Name") else {}
        shifts = self.scene.calendars.of(node)
        body |= {"shifts": shifts} if shifts else {}
        body |= said.get("group", {})
        ways = [way for each in node.all("GroupDefinition") for way in each.all("Connection")]
        links = self._links(ways, members)
        flow = said.get("flow") or _path(links, members)
        level = "work_centres"
        if flow and (links or "flow" in said):
            level = "lines"
        elif links:
            self.notes.add("a group whose connections are no single line has one queue", identifier)
        if level == "work_centres":
            queue = self.scene.capacity(identifier)
            body |= {} if queue is None else {"queue": queue}
        place = self._place(self._name(identifier), {**body, "stations": {}}, level, members)
        if level == "lines":
            at = dict(zip(members, place, strict=True))
            own_names = {name: name for name in place}
            names = {**own_names, **at}
            self._line(self._last, [names.get(each, each) for each in flow], links, at)

    def _links(self, ways: list[Node], members: list[str]) -> dict[tuple[str, str], str | None]:
        """Return the queue between each two stations that are connected; None: none."""
        out: dict[str, list[str]] = {}
        for way in ways:
            one = identified(way, "Resource", "FromResource")
            two = identified(way, "Resource", "ToResource")
            out.setdefault(one, []).append(two)
        links: dict[tuple[str, str], str | None] = {}
        for one in members:
            for two in out.get(one, []):
                if two in members:
                    links[one, two] = None
                for three in out.get(two, []) if self.scene.kind(two) == "queue" else []:
                    if three in members:
                        links[one, three] = two
        return links

    def _line(
        self,
        line: Plain,
        flow: list[str],
        links: dict[tuple[str, str], str | None],
        names: dict[str, str],
    ) -> None:
        buffers = {
            f"{names[one]}-{names[two]}": self._buffer(queue) for (one, two), queue in links.items()
        }
        told: list[str | int] = flow[:1]  # type: ignore[assignment]  # grows by numbers
        for one_name, two_name in pairwise(flow):
            buffer = buffers.get(f"{one_name}-{two_name}", {"places": 0})
            told += [buffer.pop("places", "rack"), two_name]
        line["flow"] = told
        in_flow = {f"{one}-{two}" for one, two in pairwise(flow)}
        kept = {name: each for name, each in buffers.items() if each or name not in in_flow}
        if kept:
            line["buffers"] = kept

    def _buffer(self, queue: str | None) -> Plain:
        if queue is None:
            return {"places": 0}
        node = self.scene.resources[queue]
        places = self.scene.capacity(queue)
        found: Plain = {} if places is None else {"places": places}
        found |= {"label": node.say("Name")} if node.say("Name") else {}
        return {**found, **owned(node, self.notes).get("buffer", {})}

    def _told_by_plans(self, hops: Sequence[Hop], free: dict[str, None]) -> None:
        """Make lines and work centres of the queues that process plans name."""
        links: dict[tuple[str, str], str | None] = {}
        for before, queue, after in dict.fromkeys(hops):
            if len(before) == 1 == len(after) and before[0] in free and after[0] in free:
                links[before[0], after[0]] = queue
        for one, two in list(links):
            chain = _path(links, _joined(links, one))
            if chain and one in free and two in free:
                inside = {key: each for key, each in links.items() if key[0] in chain}
                names = self._place("line", {"stations": {}}, "lines", chain)
                at = dict(zip(chain, names, strict=True))
                self._line(self._last, names, inside, at)
                for each in chain:
                    free.pop(each, None)
        for before, queue, after in dict.fromkeys(hops):
            if after and all(each in free for each in after):
                places = self.scene.capacity(queue)
                body: Plain = {"stations": {}} if places is None else {"queue": places}
                self._place(self._name(queue), {**body, "stations": {}}, "work_centres", [*after])
                for each in after:
                    del free[each]
            elif len(before) != 1 or len(after) != 1:
                self.notes.add("a queue that is in no line and before no group is left out", queue)

    def _place(self, name: str, body: Plain, level: str, members: list[str]) -> list[str]:
        """Put a group with its stations into the tree; return the names of these."""
        place = _address(members[0], STATION_LEVELS)
        site, area = self._prefix
        if place is not None:
            site, area, name = place.split("/")[:3]
        groups = self._areas.setdefault(area, {}).setdefault(level, {})
        others = self._areas[area].get("lines", {}), self._areas[area].get("work_centres", {})
        name = _fresh(name, {**others[0], **others[1]})
        names: list[str] = []
        for each in members:
            own = _address(each, STATION_LEVELS)
            wished = own.split("/")[-1] if own is not None else self._name(each)
            names.append(_fresh(wished, dict.fromkeys(names)))
            body["stations"][names[-1]] = self.bodies[each]
            self.addresses[each] = Address(f"{site}/{area}/{name}/{names[-1]}")
        groups[name] = self._last = body
        return names

    @property
    def site_name(self) -> str:
        """Name of the site, once everything has its place."""
        return self._prefix[0]


def _address(identifier: str, levels: int) -> Address | None:
    try:
        place = Address(identifier)
    except AddressInvalid:
        return None
    return place if len(place.split("/")) == levels and "#" not in place else None


def _fresh(name: str, taken: dict[str, Any]) -> str:
    if name not in taken:
        return name
    return next(each for k in range(2, len(taken) + 3) if (each := f"{name}_{k}") not in taken)


def _joined(links: dict[tuple[str, str], str | None], start: str) -> list[str]:
    """Return the stations that hang together with one."""
    found = {start: None}
    for _ in range(len(links) + 1):
        for one, two in links:
            if one in found or two in found:
                found |= {one: None, two: None}
    return list(found)


def _path(links: dict[tuple[str, str], str | None], members: list[str]) -> list[str]:
    """Return stations in the one order in which their links join them all; empty: none."""
    after = {one: two for one, two in links if one in members}
    before = {two: one for one, two in links if two in members}
    inside = [each for each in links if each[0] in members]
    if not links or len(after) != len(inside) or len(before) != len(inside):
        return []
    start = [each for each in members if each not in before and each in after]
    if len(start) != 1:
        return []
    order = start
    for _ in inside:
        order = [*order, after[order[-1]]] if order[-1] in after else order
    return order if sorted(order) == sorted(members) else []


def seconds(node: Node, scene: Scene, notes: Notes) -> float | None:
    """Return a constant time in seconds; None: none is said."""
    time = time_of(scene.resolved(node), "constant", scene.unit, notes)
    if time is None or "mean" not in time:
        return None
    return real(str(time["mean"]).removesuffix(" s"), node.name)
