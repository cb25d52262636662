"""Reading a scenario file, with every mistake in one report, and checking it against its plant."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path as FilePath

import msgspec

from linewright.plant.address import Address
from linewright.plant.language.rules.scene import Scene, near
from linewright.plant.language.shapes.compiler import element_shape
from linewright.plant.language.syntax.nodes import parse
from linewright.plant.language.syntax.problems import Problem, Report, pack
from linewright.plant.language.syntax.quantities import QuantityInvalid, unit_of
from linewright.plant.language.syntax.reading import Locator, Path, Reading, Reference
from linewright.plant.model.behaviour import Distribution
from linewright.plant.model.enterprise import Plant
from linewright.plant.model.equipment import Station
from linewright.plant.model.products import Amount
from linewright.plant.model.signals import Tag
from linewright.plant.scenario.events import Event, MachineFault, Scenario, SignalFault
from linewright.plant.scenario.occurrences import DRAWN, OCCURRENCES_MAX, targets

__all__ = [
    "CheckedScenario",
    "ScenarioInvalid",
    "check_scenario",
    "check_scenario_text",
    "load_scenario",
]


NOTHING = "nothing"
"""The remedy that every cause has."""


class ScenarioInvalid(ValueError):
    """A scenario file with mistakes; `problems` lists them all."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first = str(problems[0]) if problems else "no scenario"
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(first + more)
        self.problems = problems


class CheckedScenario(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found: the scenario, or None when anything is wrong, and all problems."""

    scenario: Scenario | None
    problems: tuple[Problem, ...]


def check_scenario(path: str | FilePath, plant: Plant) -> CheckedScenario:
    """Read a scenario file and say everything that is wrong with it.

    Parameters
    ----------
    path
        A YAML file; by custom in the folder `scenarios` beside the plant.
    plant
        The plant that it is for: all addresses, tags, failure modes, wears, products,
        materials and gateways must exist there.

    Returns
    -------
    CheckedScenario
        The scenario when nothing is wrong. Never raises for anything that stands in the file.

    Examples
    --------
    >>> from linewright.plant.language.builder import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> _ = plant.site("reno", timezone="UTC", currency="USD")
    >>> check_scenario("nowhere.yaml", plant.done()).problems[0].code
    'file-missing'
    """
    name = str(path)
    try:
        raw = FilePath(path).read_bytes()
    except (OSError, ValueError) as error:
        report = Report([name])
        reason = getattr(error, "strerror", None) or str(error)
        report.add("file-missing", pack(0, 0, 0), f"`{name}` cannot be read: {reason}")
        return CheckedScenario(scenario=None, problems=report.problems())
    return check_scenario_text(raw, plant, name)


def check_scenario_text(
    text: str | bytes, plant: Plant, name: str = "scenario.yaml"
) -> CheckedScenario:
    """Check a scenario given as text; `name` stands in for its file.

    Parameters
    ----------
    text
        YAML.
    plant
        As for `check_scenario`.
    name
        What problems call the file.

    Returns
    -------
    CheckedScenario
        As for `check_scenario`.

    Examples
    --------
    >>> from linewright.plant.language.builder import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> _ = plant.site("reno", timezone="UTC", currency="USD")
    >>> text = '''
    ... {scenario: s, plant: acne, seed: 1, starts: 2026-11-23 06:00, lasts: 8 h}
    ... '''
    >>> print(check_scenario_text(text, plant.done()).problems[0])  # doctest: +ELLIPSIS
    scenario.yaml:2:22: error: there is no enterprise `acne` (did you mean `acme`?) ...
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    report = Report([name])
    root = parse(raw, 0, report)
    if root is None:
        if not report.problems():
            report.add("file-empty", pack(0, 0, 0), "there is nothing in the scenario file")
        return CheckedScenario(scenario=None, problems=report.problems())
    reading = Reading(report)
    scenario = element_shape(Scenario).read(root, reading)
    assert isinstance(scenario, Scenario), "its shape reads a scenario"
    _Check(scenario, Scene(plant, reading, Locator(root))).everything()
    problems = report.problems()
    bad = any(problem.severity == "error" for problem in problems)
    return CheckedScenario(scenario=None if bad else scenario, problems=problems)


def load_scenario(path: str | FilePath, plant: Plant) -> Scenario:
    """Return the scenario that a file describes.

    Parameters
    ----------
    path, plant
        As for `check_scenario`.

    Returns
    -------
    Scenario
        Checked against the plant.

    Raises
    ------
    ScenarioInvalid
        With all problems, when anything is wrong.

    Examples
    --------
    >>> from linewright.plant.language.builder import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> _ = plant.site("reno", timezone="UTC", currency="USD")
    >>> try:
    ...     load_scenario("nowhere.yaml", plant.done())
    ... except ScenarioInvalid as error:
    ...     error.problems[0].code
    'file-missing'
    """
    checked = check_scenario(path, plant)
    if checked.scenario is None:
        raise ScenarioInvalid(checked.problems)
    return checked.scenario


Names = Iterable[str]

_ANYWHERE: dict[str, Callable[[Plant], Names]] = {
    "enterprise": lambda plant: [plant.enterprise],
    "site": lambda plant: plant.sites,
    "product": lambda plant: plant.products,
    "material": lambda plant: plant.materials,
    "supplier": lambda plant: plant.suppliers,
}
"""Names that do not depend on where the event is, by kind."""

_AT_STATION: dict[str, Callable[[Station], Names]] = {
    "tag": lambda station: station.tags,
    "mode": lambda station: station.fails,
    "wear": lambda station: station.wears,
    "cause": lambda station: [*station.fails, *station.wears],
}
"""Names of a station, by kind."""

_WORDS = {"mode": "failure mode", "cause": "failure mode or wear"}


class _Check:
    """The rules that look at a whole scenario and at its plant."""

    def __init__(self, scenario: Scenario, scene: Scene) -> None:
        self.scenario = scenario
        self.scene = scene
        self.plant = scene.plant
        self.events = dict(scenario.events())

    def everything(self) -> None:
        """Report all; of an event that names what does not exist only that is said."""
        dangling = {reference.path[:2] for reference in self._dangling()}
        clock_known = self._clock()
        for name, event in self.events.items():
            path = _path(name)
            self._durations(path, event)
            if clock_known:
                self._begin(path, event)
            if path not in dangling:
                self._places(path, event)
                self._levels(path, event)

    def _dangling(self) -> list[Reference]:
        """Report names of what does not exist, and return them."""
        found = []
        for reference in self.scene.reading.references:
            names = self._names(reference)
            if reference.name in names:
                continue
            found.append(reference)
            event = self._event_of(reference)
            local = reference.kind not in (*_ANYWHERE, "address", "event") and event is not None
            where = f" at {_listed(event.at)}" if local and event is not None else ""
            self.scene.reading.report.add(
                "reference-dangling",
                reference.at,
                f"there is no {_WORDS.get(reference.kind, reference.kind)} "
                f"`{reference.name[:60]}`{where}",
                where=".".join(reference.path),
                hint=near(reference.name, names),
            )
        return found

    def _names(self, reference: Reference) -> frozenset[str]:
        """Return the names that are possible where a reference stands."""
        kind = reference.kind
        if kind == "address":
            return self.scene.addresses
        if kind == "event":
            return frozenset(self.events)
        if kind in _ANYWHERE:
            return frozenset(_ANYWHERE[kind](self.plant))
        event = self._event_of(reference)
        if event is None or not self.scene.addresses.issuperset(event.at):
            return frozenset({reference.name})  # what is wrong there has its own report
        return frozenset(self._local_names(reference, event))

    def _local_names(self, reference: Reference, event: Event) -> Iterator[str]:
        if reference.kind == "gateway":
            named = {place.split("/")[0] for place in event.at}
            for name, site in self.plant.sites.items():
                if name in named or not named:
                    yield from site.gateways
        elif reference.kind == "remedy":
            yield NOTHING
            for station in self._stations(event):
                yield from _remedies(station, self.scenario.truth[reference.path[1]].cause)
        else:
            for station in self._stations(event):
                yield from _AT_STATION[reference.kind](station)

    def _event_of(self, reference: Reference) -> Event | None:
        """Return the event in which a reference stands; for a truth, the event it is about."""
        if reference.path[0] == "truth":
            return self.events.get(self.scenario.truth[reference.path[1]].of)
        return self.events.get(".".join(reference.path[:2]))

    def _stations(self, event: Event) -> Iterator[Station]:
        for place in event.at or tuple(self.plant.sites):
            if place in self.scene.addresses:
                for _, station in self.plant.stations_in(Address(place)):
                    yield station

    def _clock(self) -> bool:
        """Report times that the clock never shows; return whether the site is known."""
        scenario, sites = self.scenario, self.plant.sites
        if scenario.site is None and len(sites) != 1:
            hint = f"add `site:`, one of {', '.join(sites)}" if sites else "the plant has none"
            self.scene.fail("key-missing", (), "nothing says which site's clock is meant", hint)
            return False
        if scenario.site is not None and scenario.site not in sites:
            return False
        zone = scenario.clock_of(self.plant)
        times: list[tuple[Path, dt.datetime]] = [(("starts",), scenario.starts)]
        for name, event in self.events.items():
            if event.begins.local is not None:
                times.append(((*_path(name), "from"), event.begins.local))
        for path, local in times:
            shown = local.replace(tzinfo=zone).astimezone(dt.UTC).astimezone(zone)
            if shown.replace(tzinfo=None) != local:
                message = f"the clock in {zone.key} goes forward over {local}"
                self.scene.fail("date-invalid", path, message, "give a time an hour later")
        return True

    def _begin(self, path: Path, event: Event) -> None:
        scenario = self.scenario
        begins_ns = scenario.begins_ns(event, self.plant)
        if begins_ns < scenario.start_ns(self.plant):
            self.scene.fail("out-of-range", (*path, "from"), "it begins before the scenario")
        elif begins_ns >= scenario.end_ns(self.plant):
            message = "it begins when the scenario has ended"
            self.scene.fail("out-of-range", (*path, "from"), message)

    def _durations(self, path: Path, event: Event) -> None:
        """Report durations that cannot be drawn, and repetitions that never end or are endless."""
        for field in element_shape(type(event)).fields:
            value = getattr(event, field.attribute)
            if isinstance(value, Distribution) and value.family not in DRAWN:
                self.scene.fail(
                    "distribution-invalid",
                    (*path, field.key),
                    f"a scenario does not draw from `{value.family}`",
                    "use a constant, exponential, uniform or triangular time",
                )
        if event.every is None:
            return
        at_once = event.happens in event.AT_ONCE
        if event.lasts is None and not at_once:
            message = f"`{event.happens}` comes again and again, and nothing says for how long"
            self.scene.fail("key-missing", path, message, "add `for:`")
        elif event.every.expected_s * OCCURRENCES_MAX < self.scenario.lasts_s * 2:
            message = f"it would happen more than {OCCURRENCES_MAX // 2:,} times at one place"
            self.scene.fail("out-of-range", (*path, "every"), message)

    def _places(self, path: Path, event: Event) -> None:
        """Report events that strike nowhere, and those that would change nothing."""
        if isinstance(event, SignalFault) and event.value is not None:
            others = [place for place in event.at if self._tag_at(Address(place)) is None]
            if others or not event.at:
                hint = "write the tag's address: `site/area/line/station#tag`"
                message = f"`{event.happens}` needs a tag, and {_listed(others)} is none"
                self.scene.fail("value-invalid", (*path, "at"), message, hint)
                return
        is_wear = isinstance(event, MachineFault) and event.wears is not None
        if is_wear and not {"used_share", "faster"} & _given(event):
            hint = "add `used: 70 %`, `faster: 4` or both"
            self.scene.fail("key-missing", path, "nothing says how the wear differs", hint)
        if event.happens and not targets(event, self.plant):
            self.scene.fail(
                "reference-dangling",
                (*path, "at"),
                f"nothing at {_listed(event.at)} can have `{event.happens}`",
                _NOWHERE.get(event.happens.split(":")[0], ""),
            )

    def _levels(self, path: Path, event: Event) -> None:
        """Report levels in units that do not fit the tags they move."""
        if isinstance(event, MachineFault):
            for station in self._stations(event):
                for name, level in event.shows.items():
                    if name in station.tags:
                        self._level((*path, "shows", name), level, station.tags[name].unit)
        if isinstance(event, SignalFault) and event.by is not None:
            for place in targets(event, self.plant):
                tag = self._tag_at(place)
                if tag is not None:
                    self._level((*path, "by"), event.by, tag.unit)

    def _tag_at(self, place: Address) -> Tag | None:
        found = [station for _, station in self.plant.stations_in(place)]
        return found[0].tags.get(place.tag) if found and place.tag is not None else None

    def _level(self, path: Path, level: Amount, unit: str | None) -> None:
        try:
            fits = unit_of(level.unit).dimension == unit_of(unit or "").dimension
        except QuantityInvalid:
            return
        if not fits:
            message = f"the tag is in `{unit or 'no unit'}`, not in `{level.unit or 'no unit'}`"
            self.scene.fail("unit-dimension", path, message)


_NOWHERE = {
    "clock": "only connected machines whose protocol brings a time have a clock that counts",
    "clock_drift": "only connected machines whose protocol brings a time have a clock that counts",
    "counter": "counters are tags with a role like `parts.good` of connected stations",
    "samples": "samples come from connected stations",
    "link": "only connected stations have a link",
    "server": "only connected stations have a server",
}


def _path(name: str) -> Path:
    return tuple(name.split(".", 1))


def _given(event: Event) -> set[str]:
    return {name for name in event.__struct_fields__ if getattr(event, name) is not None}


def _listed(places: Iterable[str]) -> str:
    return ", ".join(f"`{place}`" for place in places) or "the whole plant"


def _remedies(station: Station, cause: str | None) -> Iterator[str]:
    if cause is not None and cause in station.fails:
        yield from station.fails[cause].remedies
    if cause is not None and cause in station.wears:
        yield from station.wears[cause].remedies
