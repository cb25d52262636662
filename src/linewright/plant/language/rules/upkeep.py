"""Rules on maintenance, and on loads that wait until enough pieces are there."""

from linewright.plant.language.rules.scene import Scene
from linewright.plant.language.syntax.reading import Path
from linewright.plant.model.behaviour import Maintenance
from linewright.plant.model.equipment import Station

__all__ = ["check_loads", "check_maintenance"]


def check_maintenance(scene: Scene) -> None:
    """Report maintenance that is never due."""
    for path, _, station in scene.stations:
        for name, work in station.maintenance.items():
            where = (*path, "maintenance", name)
            if work.every_s is None and work.at_share is None:
                scene.fail(
                    "maintenance-silent",
                    where,
                    f"nothing says when `{name}` is due",
                    hint="add `every: 200 h`, or `at: 90 %` of the life of a wear",
                )
            if work.at_share is not None:
                _check_life(scene, where, station, work)


def _check_life(scene: Scene, path: Path, station: Station, work: Maintenance) -> None:
    """Report a share of life where the maintenance renews nothing that has a life."""
    renewed = set(work.renews) or set(station.wears)
    known = {*station.fails, *station.wears}
    if renewed & set(station.wears) or renewed - known:  # a name of nothing has its own report
        return
    listed = ", ".join(f"`{name}`" for name in station.wears)
    scene.fail(
        "maintenance-without-wear",
        (*path, "at"),
        f"`{path[-1]}` is due at a share of life, and renews no wear",
        hint=f"add {listed} to `renews:`" if listed else "add `wears:`, or write `every: 200 h`",
    )


def check_loads(scene: Scene) -> None:
    """Report stations that wait for more pieces than a load of one of their operations holds."""
    for path, _, station in scene.stations:
        for name, cycle in station.does.items():
            batch = station.batch or scene.operation(name).batch or 1
            most = max(batch, cycle.pieces_per_cycle)
            if station.batch_least > most:
                scene.fail(
                    "batch-least-beyond",
                    (*path, "batch_least"),
                    f"a load waits for {station.batch_least} pieces, `{name}` takes {most} at most",
                    hint=f"write `batch_least: {most}` or less, or a larger `batch:`",
                )
