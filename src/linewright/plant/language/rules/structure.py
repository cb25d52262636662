"""Rules on equipment: flows, buffers, stations, behaviour."""

from collections.abc import Iterable, Mapping

from linewright.plant.language.rules.references import find_circle
from linewright.plant.language.rules.scene import Scene
from linewright.plant.language.syntax.reading import Path
from linewright.plant.model.equipment import Line, Station

SUBJECT_MAX = 200
"""Longest address in characters; with its class it stays far below the broker's bound."""


def check_lines(scene: Scene) -> None:
    """Report stations that no part can reach, and buffers that lead nowhere or in a circle."""
    for path, _, group in scene.groups:
        if not isinstance(group, Line):
            continue
        graph: dict[str, set[str]] = {name: set() for name in group.stations}
        for upstream, downstream, _buffer in group.links():
            where = (*path, "buffers", f"{upstream}-{downstream}")
            if upstream == downstream:
                scene.fail("buffer-invalid", where, f"a buffer leads from `{upstream}` to itself")
            elif _both_known(scene, group, (upstream, downstream), where):
                graph[upstream].add(downstream)
        circle = find_circle(graph)
        if circle:
            scene.fail("flow-cycle", path, f"buffers lead in a circle: {' -> '.join(circle)}")
        _check_reached(scene, path, group, graph)


def _both_known(scene: Scene, line: Line, ends: tuple[str, str], where: Path) -> bool:
    missing = [name for name in ends if name not in line.stations]
    for name in missing:
        if name not in line.flow:  # a dangling name in the flow has its own report
            message = f"the buffer joins `{name}`, which is no station of the line"
            scene.fail("buffer-invalid", where, message)
    return not missing


def _check_reached(scene: Scene, path: Path, line: Line, graph: dict[str, set[str]]) -> None:
    if any(name not in line.stations for name in line.flow):
        return  # a misspelled name in the flow has its own report
    joined = set(line.flow) | {name for name, targets in graph.items() if targets}
    joined |= {target for targets in graph.values() for target in targets}
    for name in line.stations:
        if name not in joined:
            scene.fail(
                "station-unreachable",
                (*path, "stations", name),
                f"no part can reach `{name}`: it is in no flow and at no buffer",
                hint="put it into `flow`, or give it a buffer",
            )


def check_stations(scene: Scene) -> None:
    """Report stations that do nothing, and behaviour that cannot be."""
    for path, _, station in scene.stations:
        if not station.does:
            scene.fail(
                "station-does-nothing", path, f"`{path[-1]}` does no operation", hint="add `does:`"
            )
        for operation, cycle in station.does.items():
            if cycle.blocked >= cycle.pieces:
                scene.fail(
                    "blocked-places",
                    (*path, "does", operation, "blocked"),
                    f"{cycle.blocked} of {cycle.pieces} places are blocked: nothing is made",
                )
        if station.use and _own_micro_stop(scene, station):
            scene.fail(
                "micro-stop-placement",
                (*path, "micro_stop"),
                "the micro-stop threshold stands at a station that has a type",
                hint=f"put it into `types: {station.use[-1]}:`, so that all of its kind agree",
            )
        _check_failures(scene, path, station)


def _own_micro_stop(scene: Scene, station: Station) -> bool:
    from_types = {
        scene.plant.types[name].micro_stop_s for name in station.use if name in scene.plant.types
    }
    return station.micro_stop_s is not None and station.micro_stop_s not in from_types


def _check_failures(scene: Scene, path: Path, station: Station) -> None:
    for name, mode in station.fails.items():
        where = (*path, "fails", name)
        if mode.every is None and not mode.causes:
            scene.fail(
                "failure-mode-silent",
                where,
                f"nothing says when `{name}` happens",
                hint="add `every: 30 h` or `causes: [...]`",
            )
        if mode.every is not None and mode.repair is None:
            scene.fail(
                "failure-repair-missing",
                where,
                f"nothing says how long the repair of `{name}` takes",
                hint="add `repair: 20 min`",
            )


def check_names(scene: Scene) -> None:
    """Report addresses that stand for two things, or are too long for the message broker."""
    for site_name, site in scene.plant.sites.items():
        for area_name, area in site.areas.items():
            for name in area.lines:
                if name in area.work_centres:
                    where = ("sites", site_name, "areas", area_name, "work_centres", name)
                    message = f"`{name}` is a line of this area, too"
                    scene.fail("name-doubled", where, message, hint="rename one of them")
    for path, _, station in scene.stations:
        longest = max((len(name) for name in (*station.tags, *station.commands)), default=0)
        length = sum(len(name) + 1 for name in path[1::2]) + longest
        if length > SUBJECT_MAX:
            scene.fail(
                "subject-length",
                path,
                f"addresses of this station have up to {length} characters",
                hint=f"use shorter names; at most {SUBJECT_MAX}, labels may be longer",
            )


def check_former_names(scene: Scene) -> None:
    """Report `was:` with the name of a station, tag or product that is still there."""
    for path, _, group in scene.groups:
        base = "/".join(path[1::2])
        for name, station in group.stations.items():
            where = (*path, "stations", name)
            former = [old.removeprefix(f"{base}/") for old in station.was]
            _check_former(scene, where, former, group.stations)
            for tag_name, tag in station.tags.items():
                _check_former(scene, (*where, "tags", tag_name), tag.was, station.tags)
    products = scene.plant.products
    for name, made in products.items():
        _check_former(scene, ("products", name), made.was, products)


def _check_former(
    scene: Scene, path: Path, former: Iterable[str], present: Mapping[str, object]
) -> None:
    for name in former:
        if name in present:
            message = f"`{name}` is still there, so it cannot be a former name"
            scene.fail("was-present", (*path, "was"), message, hint="a copy? leave `was:` out")


def check_fixtures(scene: Scene) -> None:
    """Report fixtures whose blocked places do not exist or are all of them."""
    for site_name, site in scene.plant.sites.items():
        for name, fixture in site.fixtures.items():
            path = ("sites", site_name, "fixtures", name)
            beyond = [place for place in fixture.blocked if place > fixture.pieces]
            if beyond or len(set(fixture.blocked)) >= fixture.pieces:
                message = f"blocked places {list(fixture.blocked)} of {fixture.pieces}"
                scene.fail("blocked-places", (*path, "blocked"), message)
