"""Process plans, in: what stations do, and the routes of products."""

from collections.abc import Iterator
from typing import Any

import msgspec

from linewright.plant.cmsd.elements import CmsdInvalid, owned, properties
from linewright.plant.cmsd.floor import Floor, Hop
from linewright.plant.cmsd.scene import Scene, identified, key_of
from linewright.plant.cmsd.times import real, time_of
from linewright.plant.markup import Node

__all__ = ["ARRIVALS", "Done", "Routes", "named"]

Plain = dict[str, Any]


class Done(msgspec.Struct, frozen=True):
    """A step of a route: its keys, the operations with their stations, and what it consumes."""

    plain: Plain
    places: list[tuple[str, str]]
    consumed: dict[str, float]


DEPTH_MAX = 32
"""Deepest process inside a process."""
STEPS_MAX = 2000
"""Most steps of one plan."""
REPEATS_MAX = 100
"""Most repetitions of one process."""

ARRIVALS = ("interarrivaltime", "arrivals", "arrivalinterval")
SCRAP = ("scrappercentage", "scraprate")
REWORK = ("reworkpercentage",)
WORK_TIME = ("processtime", "processingtime", "operationtime", "cycletime")


class Routes:
    """The process plans of a file: operations, cycles of stations, and routes by plan.

    Parameters
    ----------
    scene, floor
        The file, and what stands on its floor; stations get what they do.
    """

    def __init__(self, scene: Scene, floor: Floor) -> None:
        self.scene, self.floor, self.notes = scene, floor, scene.notes
        self.operations: Plain = {}
        self.routes: dict[str, Plain] = {}
        self.arrives: dict[str, Plain] = {}
        self.hops: list[Hop] = []
        self.setups: dict[str, list[tuple[str, str]]] = {}
        self.lasting: dict[tuple[str, str], Plain] = {}
        for plan in scene.all.get("ProcessPlan", []):
            self._plan(plan)

    def _plan(self, plan: Node) -> None:
        name = plan.say("Identifier")
        known = {node.say("Identifier"): node for node in plan.all("Process")}
        steps: list[Done] = []
        here: tuple[str, ...] = ()
        queue = ""
        for leaves in self._leaves(self._first(plan, known), known, 0):
            if len(steps) >= STEPS_MAX:
                raise CmsdInvalid(name, f"more than {STEPS_MAX} steps", "split the plan")
            kind = self._passing(leaves, name)
            if kind == "queue":
                queue = self._resources(leaves[-1])[0]
                self.scene.said_of(queue, leaves[-1])
            elif kind == "step":
                step, there = self._step(leaves, name)
                steps.append(step)
                if queue:
                    self.hops.append((here, queue, there))
                here, queue = there, ""
        said = owned(plan, self.notes).get("route", {})
        self.routes[name] = {"said": said, "steps": steps}

    def _first(self, plan: Node, known: dict[str, Node]) -> list[Node]:
        """Return the processes with which a plan begins: the first, or all that are in no other."""
        first = identified(plan, "Process", "FirstProcess")
        if first in known:
            return [known[first]]
        inner = {
            each.say("ProcessIdentifier")
            for node in known.values()
            for group in node.all("SubProcessGroup")
            for each in group.all("Process")
        }
        return [node for key, node in known.items() if key not in inner]

    def _leaves(
        self, nodes: list[Node], known: dict[str, Node], depth: int
    ) -> Iterator[list[Node]]:
        """Yield the steps in order: each the processes of which one is done, outermost first."""
        if depth > DEPTH_MAX:
            where = nodes[0].say("Identifier") if nodes else "ProcessPlan"
            raise CmsdInvalid(where, f"processes nested deeper than {DEPTH_MAX}", "mend the plan")
        for node in nodes:
            for _ in range(self._times(node)):
                groups = node.all("SubProcessGroup")
                if not groups:
                    yield [node]
                for group in groups:
                    inner = self._inner(group, known, node)
                    if group.say("Type", "sequence") == "decision":
                        yield self._decision(node, inner)
                        continue
                    if group.say("Type") == "concurrent":
                        self.notes.add("processes at the same time are done in turn", _name(node))
                    yield from self._leaves(inner, known, depth + 1)

    def _times(self, node: Node) -> int:
        text = node.say("RepetitionCount") or "1"
        if text.isdigit() and 1 <= int(text) <= REPEATS_MAX:
            return int(text)
        self.notes.add("a repetition that is no number from 1 to 100 is left out", _name(node))
        return 1

    def _inner(self, group: Node, known: dict[str, Node], node: Node) -> list[Node]:
        wanted = [each.say("ProcessIdentifier") for each in group.all("Process")]
        for each in wanted:
            if each not in known:
                what = f"it names process `{each}`, which the plan does not have"
                raise CmsdInvalid(f"Process {_name(node)}", what, "add it, or take it out")
        return [known[each] for each in wanted]

    def _decision(self, node: Node, inner: list[Node]) -> list[Node]:
        if any(each.all("SubProcessGroup") for each in inner):
            self.notes.add("a decision among whole sequences is left out", _name(node))
        return [node, *[each for each in inner if not each.all("SubProcessGroup")]]

    def _passing(self, leaves: list[Node], plan: str) -> str:
        """Return what a step is: `step`, `queue`, or a source or exit, which is left out."""
        ids = [each for leaf in leaves for each in self._resources(leaf)]
        kinds = {self.scene.kind(each) for each in ids}
        if kinds == {"queue"}:
            return "queue"
        if kinds and kinds <= {"source", "exit"}:
            of = [*leaves, *[self.scene.resources[each] for each in ids]]
            found = next((each for node in of for each in named(node, ARRIVALS)), None)
            if found is not None:
                time = self._time(found)
                if time is not None:
                    self.arrives.setdefault(plan, time)
            return "none"
        return "step"

    def _resources(self, leaf: Node) -> list[str]:
        """Return the resources that a process names, those of a class included."""
        found: dict[str, None] = {}
        for need in leaf.all("ResourcesRequired"):
            for each in need.all("Resource"):
                name = each.say("ResourceIdentifier")
                if name not in self.scene.resources:
                    what = f"it needs resource `{name}`, which the file does not have"
                    raise CmsdInvalid(f"Process {_name(leaf)}", what, "add it, or take it out")
                found[name] = None
            of = identified(need, "ResourceClass")
            found.update(dict.fromkeys(self.scene.of_class(of) if of else []))
        return list(found)

    def _time(self, node: Node) -> Plain | None:
        return time_of(self.scene.resolved(node), "constant", self.scene.unit, self.notes)

    def _step(self, leaves: list[Node], plan: str) -> tuple[Done, tuple[str, ...]]:
        """Return a step of a route, and the stations at which it is done."""
        step: Plain = {}
        places: list[tuple[str, str]] = []
        names: list[str] = []
        parts: dict[str, float] = {}
        for leaf in leaves:
            said = owned(leaf, self.notes)
            step |= said["step"] if "step" in said else self._shares(leaf)
            parts |= _consumed(leaf) if "step" not in said else {}
            if leaf.all("SubProcessGroup"):
                continue
            name = key_of(said.get("operation") or _name(leaf))
            stations = [each for one in self._resources(leaf) for each in self.scene.members(one)]
            name = self._operation(name, leaf, stations, plan)
            names.append(name)
            places += [(name, each) for each in stations]
            for each in stations:
                self._allowed(leaf, each, plan)
        names = list(dict.fromkeys(names))
        if not names:
            raise CmsdInvalid(f"ProcessPlan {plan}", "a decision among nothing", "mend the plan")
        step = {"operation": names[0], **({"alternatives": names[1:]} if names[1:] else {}), **step}
        return Done(step, places, parts), tuple(dict.fromkeys(each for _, each in places))

    def _shares(self, leaf: Node) -> Plain:
        found: Plain = {}
        for key, words in (("scrap", SCRAP), ("rework", REWORK)):
            for each in named(leaf, words):
                share = real(each.say("Value") or "0", f"Process {_name(leaf)}") / 100.0
                if key == "rework" and share:
                    self.notes.add("rework without a place to go back to is left out", _name(leaf))
                elif share:
                    found[key] = f"{share!r}"
        return found

    def _operation(self, name: str, leaf: Node, stations: list[str], plan: str) -> str:
        """Put an operation and its cycles in; return its name."""
        said = owned(leaf, self.notes)
        cycle = self._cycle(leaf, stations, said)
        for each in stations:
            body = self.floor.bodies[each]
            known = body["does"].get(name)
            if known is not None and known != cycle:
                self.notes.add("an operation with two times became two", name)
                name = key_of(f"{name}-{plan.removeprefix('plan:')}")
        for each in stations:
            self.floor.bodies[each]["does"][name] = cycle
            fails = self.floor.failures(leaf)
            if fails:
                self.floor.bodies[each].setdefault("fails", fails)
        work = said.get("work", {} if "operation" in said else self._work(leaf))
        if not stations and "outside" not in work:
            self.notes.add("a process without a station takes place outside", name)
            self.floor.suppliers["elsewhere"] = {}
            work |= {"outside": "elsewhere"}
        if not stations and "takes" not in work:
            work |= {"takes": cycle["time"]}
        if work:
            self.operations.setdefault(name, {}).update(work)
        return name

    def _cycle(self, leaf: Node, stations: list[str], said: Plain) -> Plain:
        time = next((self._time(each) for each in leaf.all("OperationTime")), None)
        if time is None:
            of = [self.scene.resources[each] for each in stations]
            told = [each for node in (leaf, *of) for each in named(node, WORK_TIME)]
            time = next((self._time(each) for each in told), None)
        if time is None:
            self.notes.add("a process without a time takes 1 s", _name(leaf))
            time = {"mean": "1.0 s"}
        if "operation" not in said:
            self._set_up(leaf, stations)
            return {"time": time, **self._tools(leaf)}
        return {"time": time, **said.get("cycle", {})}

    def _set_up(self, leaf: Node, stations: list[str]) -> None:
        for each in leaf.all("SetupTime"):
            time = self._time(each)
            for station in stations if time is not None else []:
                assert time is not None
                self.lasting[station, key_of(_name(leaf))] = time

    def _tools(self, leaf: Node) -> Plain:
        tools = [key_of(each) for each in self._resources(leaf) if self.scene.kind(each) == "tool"]
        holders = [e for e in self._resources(leaf) if self.scene.kind(e) == "fixture"]
        found: Plain = {"tools": tools} if tools else {}
        found |= {"fixture": [key_of(each) for each in holders]} if holders else {}
        program = [each.say("MachineProgramName") for each in leaf.all("MachineProgramInformation")]
        return {**found, "program": program[0]} if program and program[0] else found

    def _work(self, leaf: Node) -> Plain:
        """Return what an operation needs of people."""
        work: Plain = {}
        if leaf.say("Description"):
            work["label"] = leaf.say("Description")[:200]
        for need in leaf.all("ResourcesRequired"):
            skill = identified(need, "SkillDefinition", "RequiredEmployeeSkill")
            crews = [
                key_of(each.say("ResourceIdentifier").removeprefix("crew:"))
                for each in need.all("Resource")
                if self.scene.kind(each.say("ResourceIdentifier")) == "people"
            ]
            name = key_of(skill) if skill else crews[0] if crews else ""
            if not name:
                continue
            self._skill(name, [] if skill else crews)
            if "skill" in work:
                self.notes.add("of several people at one process the first is taken", _name(leaf))
                continue
            count = need.say("MinimumNumber") or "1"
            work |= {"skill": name, "people": real(count, f"Process {_name(leaf)}")}
        return work

    def _skill(self, name: str, crews: list[str]) -> None:
        """Make a skill known, and have these crews."""
        self.floor.skills[name] = None
        for crew in crews:
            skills = self.floor.site["crews"][crew].setdefault("skills", [])
            if name not in skills:
                skills.append(name)

    def _allowed(self, leaf: Node, station: str, plan: str) -> None:
        for need in leaf.all("ResourcesRequired"):
            for each in need.all("AllowableSetup"):
                wanted = (station, each.say("SetupDefinitionIdentifier"))
                self.setups.setdefault(plan, []).append(wanted)

    def placed(self, done: Done) -> Plain:
        """Return a step with where it is done, where that is not everywhere it can be."""
        step = done.plain
        names = [step["operation"], *step.get("alternatives", [])]
        told = {each for _, each in done.places}
        able = {
            key for key, body in self.floor.bodies.items() if any(n in body["does"] for n in names)
        }
        if told == able or not told:
            return dict(step)
        at = [str(self.floor.addresses[each]) for each in self.floor.bodies if each in told]
        return {**step, "at": at}


def _name(node: Node) -> str:
    return node.say("Identifier") or "process"


def named(node: Node, words: tuple[str, ...]) -> list[Node]:
    """Return the properties of an entity with one of some names."""
    return [each for each in properties(node) if each.say("Name").lower().replace(" ", "") in words]


def _consumed(leaf: Node) -> dict[str, float]:
    """Return the part types that a process consumes, and how many of each."""
    return {
        each.say("PartTypeIdentifier"): real(group.say("PartQuantity") or "1", _name(leaf))
        for group in leaf.all("PartsConsumed")
        for each in group.all("PartType")
    }
