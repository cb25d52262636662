"""What every rule looks at: the plant, its names, and where to point."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from linewright.plant.address import Address
from linewright.plant.language.syntax.problems import did_you_mean
from linewright.plant.language.syntax.reading import Locator, Path, Reading, where_of
from linewright.plant.model.enterprise import Plant, Site
from linewright.plant.model.equipment import Line, Station, WorkCentre
from linewright.plant.model.products import Operation, Product, Route

LISTED = 8
"""How many names a hint lists."""


class Scene:
    """A plant that was read, with what is looked up often, and the report."""

    def __init__(self, plant: Plant, reading: Reading, locator: Locator) -> None:
        self.plant = plant
        self.reading = reading
        self.locator = locator

    @property
    def full(self) -> bool:
        """Whether the report keeps no more errors."""
        return self.reading.report.full

    def fail(self, code: str, path: Path, message: str, hint: str = "") -> None:
        """Note a problem at a path of the plant file."""
        at = self.locator.mark(path)
        self.reading.report.add(code, at, message, where=where_of(path), hint=hint)

    @cached_property
    def groups(self) -> list[tuple[Path, Site, Line | WorkCentre]]:
        """Every line and work centre with its path and site."""
        found: list[tuple[Path, Site, Line | WorkCentre]] = []
        for site_name, site in self.plant.sites.items():
            for area_name, area in site.areas.items():
                path = ("sites", site_name, "areas", area_name)
                found += [((*path, "lines", name), site, line) for name, line in area.lines.items()]
                found += [
                    ((*path, "work_centres", name), site, centre)
                    for name, centre in area.work_centres.items()
                ]
        return found

    @cached_property
    def stations(self) -> list[tuple[Path, Site, Station]]:
        """Every station with its path and site."""
        return [
            ((*path, "stations", name), site, station)
            for path, site, group in self.groups
            for name, station in group.stations.items()
        ]

    @cached_property
    def _group_by_path(self) -> dict[Path, Line | WorkCentre]:
        return {path: group for path, _, group in self.groups}

    def group_at(self, path: Path) -> Line | WorkCentre | None:
        """Return the line or work centre in which a path lies."""
        return self._group_by_path.get(path[:6])

    @cached_property
    def commands(self) -> frozenset[str]:
        """Names of all commands of the plant."""
        return frozenset(name for _, _, station in self.stations for name in station.commands)

    @cached_property
    def doers(self) -> dict[str, list[Address]]:
        """Addresses of the stations that can do each operation."""
        doers: dict[str, list[Address]] = {}
        for path, _, station in self.stations:
            address = address_at(path)
            for operation in station.does:
                doers.setdefault(operation, []).append(address)
        return doers

    @cached_property
    def operations(self) -> frozenset[str]:
        """Names of all operations: defined, or done by a station or a type."""
        types = (name for kind in self.plant.types.values() for name in kind.does)
        return frozenset((*self.plant.operations, *self.doers, *types))

    @cached_property
    def addresses(self) -> frozenset[str]:
        """Every address of the plant: sites, areas, lines, stations, buffers and tags."""
        return frozenset(self._addresses())

    def _addresses(self) -> Iterator[str]:
        for site_name, site in self.plant.sites.items():
            yield site_name
            for area_name in site.areas:
                yield f"{site_name}/{area_name}"
        for path, _, group in self.groups:
            base = "/".join(path[1::2])
            yield base
            if isinstance(group, Line):
                for buffer in group.buffers:
                    yield f"{base}/{buffer}"
            for name, station in group.stations.items():
                yield f"{base}/{name}"
                for tag in (*station.tags, *station.commands):
                    yield f"{base}/{name}#{tag}"

    def routes_of(self, product: Product) -> tuple[Path, dict[str, Route]]:
        """Return where a product's routes stand, below its own path, and the routes."""
        family = self.plant.families.get(product.family or "")
        if product.routes or family is None:
            return ("route",), dict(product.routes)
        return (), dict(family.routes)

    def operation(self, name: str) -> Operation:
        """Return an operation, defined or only used by stations and routes."""
        return self.plant.operations.get(name) or Operation()


def address_at(path: Path) -> Address:
    """Return the address of a station, line or work centre from its path.

    A name that cannot be part of an address was reported when it was read; the
    text is then used as it is.
    """
    return str.__new__(Address, "/".join(path[1::2]))


def near(name: str, candidates: Iterable[str]) -> str:
    """Return `did you mean X?`, or which names there are, or that there is none."""
    names = list(candidates)
    if not names:
        return "there is none yet"
    listed = ", ".join(sorted(names)[:LISTED]) + (", ..." if len(names) > LISTED else "")
    return did_you_mean(name, names) or f"there are: {listed}"
