"""`linewright show`: a plant as a tree, or one thing of it in detail."""

from collections.abc import Iterator

import click

from linewright.cli.reading import contents, plant_of, read
from linewright.cli.show.details import tell
from linewright.cli.show.flow import drawn, protocols, rate_of, rates, side_buffers
from linewright.cli.show.tree import Branch, print_tree
from linewright.cli.terminal import example, joined
from linewright.plant import Address, Plant
from linewright.plant.model import Area, Line, Site, WorkCentre, label_in
from linewright.plant.standard import StandardTimes


@click.command(
    "show",
    epilog=example(
        "linewright show plants/bracket",
        "linewright show plants/bracket nogales/machining/bracket/saw",
    ),
)
@click.argument("plant", type=click.Path())
@click.argument("address", required=False)
def command(plant: str, address: str | None) -> None:
    """Show what is in a plant, or one thing of it.

    ADDRESS is a site, area, line, station, buffer or tag, such as
    reno/shop/pump/saw#temp, or the name of a product or of anything else
    that stands in a table of the plant. Its last part is enough where only
    one thing has it.
    """
    checked = read(plant)
    if address is not None:
        tell(checked, address)
    else:
        print_tree(_plant(plant, plant_of(checked)))


def _plant(source: str, plant: Plant) -> Branch:
    times = StandardTimes(plant)
    sites = tuple(_site(plant, name, site, times) for name, site in plant.sites.items())
    about = f"{contents(plant)} ({source})"
    label = label_in(plant.label, "en")
    return Branch(plant.enterprise, joined([label, about]), sites)


def _site(plant: Plant, name: str, site: Site, times: StandardTimes) -> Branch:
    shifts = f"shifts {', '.join(site.shifts)}" if site.shifts else "no shifts"
    about = joined([label_in(site.label, site.language), site.timezone, site.currency, shifts])
    areas = tuple(_area(plant, name, area_name, times) for area_name in site.areas)
    return Branch(name, about, areas)


def _area(plant: Plant, site: str, name: str, times: StandardTimes) -> Branch:
    area: Area = plant.sites[site].areas[name]
    groups = tuple(
        Branch(group_name, _head(group), tuple(_facts(plant, place, group, times)))
        for group_name, group in area.groups()
        for place in (Address(f"{site}/{name}/{group_name}"),)
    )
    return Branch(name, label_in(area.label, plant.sites[site].language), groups)


def _head(group: Line | WorkCentre) -> str:
    """Return a line's flow, or what stands in a work centre."""
    return drawn(group) if isinstance(group, Line) else " | ".join(group.stations)


def _facts(
    plant: Plant, place: Address, group: Line | WorkCentre, times: StandardTimes
) -> Iterator[Branch]:
    """Yield what is said of a line or work centre below its name."""
    if isinstance(group, Line):
        for side in side_buffers(group):
            yield Branch("", f"beside the flow: {side}")
        speed = rate_of(rates(plant, place, group, times))
        if speed:
            yield Branch("", speed)
    else:
        queue = "rack" if group.queue is None else str(group.queue)
        yield Branch("", f"work centre, queue ({queue}), next job by {group.dispatch}")
    yield Branch("", f"connections: {protocols(plant, place.site, dict(group.stations))}")
