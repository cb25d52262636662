"""Rules on sites: calendars, tariffs, lanes, reasons, labels, and what nothing uses."""

from collections.abc import Iterator

from linewright.plant.calendar.shift import CalendarInvalid
from linewright.plant.calendar.work import never_opens, overlaps
from linewright.plant.language.rules.scene import Scene
from linewright.plant.language.syntax.reading import Path
from linewright.plant.model.enterprise import Site
from linewright.plant.model.governance import Reason
from linewright.plant.model.markers import Label

CALENDARS_MAX = 2_000
"""Most different choices of shifts that are compiled; a plant has a handful."""


def check_calendars(scene: Scene) -> None:
    """Report calendars whose shifts overlap or that never open."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for path, site, chosen in _calendars(scene):
        names = tuple(name for name in chosen if name in site.shifts)
        if len(names) < len(chosen) or (path[1], names) in seen or len(seen) >= CALENDARS_MAX:
            continue
        seen.add((path[1], names))
        if names or not path[2:]:
            _check_calendar(scene, path, site, names)


def _calendars(scene: Scene) -> Iterator[tuple[Path, Site, tuple[str, ...]]]:
    """Yield where a choice of shifts is in use, its site and the shifts.

    All shifts of a site together count only where something runs them all.
    """
    for name, site in scene.plant.sites.items():
        if not any(path[1] == name for path, _, _ in scene.groups):
            yield ("sites", name), site, ()
    for path, site, group in scene.groups:
        for station_name, station in group.stations.items():
            if station.shifts:
                yield (*path, "stations", station_name, "shifts"), site, station.shifts
        if not all(station.shifts for station in group.stations.values()):
            place = (*path, "shifts") if group.shifts else path[:2]
            yield place, site, group.shifts


def _check_calendar(scene: Scene, path: Path, site: Site, names: tuple[str, ...]) -> None:
    where = path if names else (*path, "shifts")
    if not site.shifts:
        return  # a site without shifts is open always, or has none yet
    try:
        calendar = site.calendar(names)
        clashes = overlaps(calendar)
        if never_opens(calendar):
            message = "the shifts leave no working time: no part is ever made"
            scene.fail("calendar-never-opens", where, message)
    except CalendarInvalid as error:
        scene.fail("shift-invalid", where, str(error))
        return
    for clash in clashes[:1]:
        scene.fail(
            "shifts-overlap",
            (*path[:2], "shifts", clash.second),
            f"`{clash.first}` and `{clash.second}` run at the same time on {clash.date:%A}s",
            hint="a line that runs only some shifts names them under `shifts:`",
        )


def check_tariffs(scene: Scene) -> None:
    """Report tariffs whose prices are in different currencies."""
    for name, tariff in scene.plant.tariffs.items():
        used = {tariff.price.currency}
        used |= {period.price.currency for period in tariff.periods.values()}
        if tariff.demand is not None:
            used.add(tariff.demand.currency)
        if len(used) > 1:
            message = f"prices in {' and '.join(sorted(used))} in one tariff"
            scene.fail("currencies-mixed", ("tariffs", name), message)


def check_lanes(scene: Scene) -> None:
    """Report lanes that end where they begin."""
    for name, lane in scene.plant.lanes.items():
        if lane.origin == lane.destination:
            message = f"the lane leads from `{lane.origin}` to itself"
            scene.fail("lane-loop", ("lanes", name), message)


def check_reasons(scene: Scene) -> None:
    """Report downtime reasons that no ledger bucket takes up."""
    for tree_name, tree in scene.plant.reasons.items():
        stack: list[tuple[Path, Reason, bool]] = [
            (("reasons", tree_name, name), reason, False) for name, reason in tree.items()
        ]
        while stack:
            path, reason, has_bucket = stack.pop()
            has_bucket = has_bucket or reason.bucket is not None
            if not reason.reasons and not has_bucket:
                scene.fail(
                    "reason-bucket-missing",
                    path,
                    f"nothing says which time `{path[-1]}` counts as",
                    hint="add `bucket: unplanned` here or above",
                )
            stack += [
                ((*path, "reasons", name), below, has_bucket)
                for name, below in reason.reasons.items()
            ]


def check_labels(scene: Scene) -> None:
    """Report labels that lack a language the plant asks for."""
    languages = scene.plant.languages
    if not languages:
        return
    for path, label in _labels(scene):
        if label and "" not in label:
            missing = [name for name in languages if name not in label]
            if missing:
                message = f"the label lacks {', '.join(missing)}"
                scene.fail("label-missing", (*path, "label"), message)


def _labels(scene: Scene) -> Iterator[tuple[Path, Label]]:
    """Yield the labels that operators read: reasons, stations, tags and products."""
    for tree_name, tree in scene.plant.reasons.items():
        stack: list[tuple[Path, Reason]] = [
            (("reasons", tree_name, name), reason) for name, reason in tree.items()
        ]
        while stack:
            path, reason = stack.pop()
            yield path, reason.label
            stack += [((*path, "reasons", name), below) for name, below in reason.reasons.items()]
    for path, _, station in scene.stations:
        yield path, station.label
        for name, tag in station.tags.items():
            yield (*path, "tags", name), tag.label
    for name, made in scene.plant.products.items():
        yield ("products", name), made.label


_UNUSED = {
    "types": "type",
    "skills": "skill",
    "setups": "setup",
    "tariffs": "tariff",
    "reasons": "reasons",
    "families": "family",
}
"""Top-level maps whose entries only matter when something names them, and by which kind."""


def check_unused(scene: Scene) -> None:
    """Report types, skills, tables and trees that nothing uses."""
    used = {(reference.kind, reference.name) for reference in scene.reading.references}
    for attribute, kind in _UNUSED.items():
        for name in getattr(scene.plant, attribute):
            if (kind, name) not in used:
                scene.fail("unused", (attribute, name), f"nothing uses the {kind} `{name}`")


def check_idle(scene: Scene) -> None:
    """Report stations that no product's route needs."""
    if not scene.plant.products:
        return
    needed = {
        name
        for product in scene.plant.products
        for route in scene.plant.routes_of(product).values()
        for step in route.steps
        for name in (step.operation, *step.alternatives, *step.rework_via)
    }
    for path, _, station in scene.stations:
        if station.does and not needed & set(station.does):
            done = ", ".join(f"`{name}`" for name in station.does)
            scene.fail("station-idle", path, f"no product needs {done}")
