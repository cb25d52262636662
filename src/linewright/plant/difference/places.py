"""What has an address in two plants, and which of it is the same on both sides."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from linewright.plant.difference.pairs import pair_up, parent_of
from linewright.plant.model.enterprise import Plant, Site
from linewright.plant.model.equipment import Area, Buffer, Line, Station, WorkCentre
from linewright.plant.model.markers import Element

__all__ = ["Same", "Tree", "former_names"]

TOP: Mapping[str, str] = {"": ""}
"""What stands above a site, a tag's own name or a product."""


class Tree:
    """Everything of one plant that has an address, level by level, in the order of the file."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self.sites: dict[str, Site] = dict(plant.sites)
        self.areas: dict[str, Area] = {
            f"{above}/{name}": area
            for above, site in self.sites.items()
            for name, area in site.areas.items()
        }
        self.groups: dict[str, Line | WorkCentre] = {
            f"{above}/{name}": group
            for above, area in self.areas.items()
            for name, group in area.groups()
        }
        self.stations: dict[str, Station] = {
            f"{above}/{name}": station
            for above, group in self.groups.items()
            for name, station in group.stations.items()
        }

    @cached_property
    def levels(self) -> tuple[Mapping[str, Element], ...]:
        """Sites, areas, lines and work centres, stations: each by address."""
        return (self.sites, self.areas, self.groups, self.stations)

    def tags(self, station: str) -> dict[str, Element]:
        """Return the tags of a station by address."""
        return {f"{station}#{name}": tag for name, tag in self.stations[station].tags.items()}

    def buffers(self, group: str) -> dict[str, Buffer]:
        """Return the buffers of a line by address; a work centre has none."""
        body = self.groups[group]
        if not isinstance(body, Line):
            return {}
        return {f"{group}/{name}": buffer for name, buffer in body.buffers.items()}

    def below(self, key: str, element: Element) -> Iterator[tuple[str, str]]:
        """Yield what and where for buffers of a line and tags of a station."""
        if isinstance(element, Line):
            yield from (("buffer", name) for name in self.buffers(key))
        if isinstance(element, Station):
            yield from (("tag", name) for name in self.tags(key))


def former_names(elements: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the former names that stand at each of the elements."""
    return {key: element.was for key, element in elements.items()}


class Same:
    """Which address, tag and product of the one plant is which of the other.

    `levels` pairs sites, areas, lines and work centres, and stations by
    address; `tags` the names of tags by the station's address before.
    """

    def __init__(self, before: Tree, after: Tree) -> None:
        self.before, self.after = before, after
        self.levels: list[Mapping[str, str]] = []
        parents = TOP
        for old, new in zip(before.levels, after.levels, strict=True):
            parents = pair_up(former_names(old), former_names(new), parents)
            self.levels.append(parents)
        self.sites, _, self.groups, self.stations = self.levels
        self.tags = {
            old: _pair_names(before.stations[old].tags, after.stations[new].tags)
            for old, new in self.stations.items()
        }
        self.products = _pair_names(before.plant.products, after.plant.products)
        self.renamed = dict(self._renamed())
        """Addresses after by those before, where they differ."""
        kept = all(old == new for old, new in self.products.items())
        self.all_kept = kept and not self.renamed

    def _renamed(self) -> Iterator[tuple[str, str]]:
        for pairs in self.levels:
            yield from ((old, new) for old, new in pairs.items() if old != new)
        for station, tags in self.tags.items():
            now = self.stations[station]
            for old, new in tags.items():
                if (station, old) != (now, new):
                    yield f"{station}#{old}", f"{now}#{new}"
        for line in self.groups:
            for old, new in self.buffers(line).items():
                if old != new:
                    yield old, new

    def buffers(self, line: str) -> dict[str, str]:
        """Return addresses of a line's buffers after by those before, as far as both exist.

        A buffer is named for its stations, so it is the same when they are.
        """
        now = self.groups[line]
        there = self.after.buffers(now)
        named = {old: self._buffer_after(line, now, old) for old in self.before.buffers(line)}
        return {old: new for old, new in named.items() if new in there}

    def _buffer_after(self, line: str, now: str, buffer: str) -> str:
        ends = buffer.removeprefix(f"{line}/").split("-")
        return f"{now}/{'-'.join(self.station_in(line, end) for end in ends)}"

    def station_in(self, line: str, name: str) -> str:
        """Return the name that a station of a line has after, if it is still there."""
        found = self.stations.get(f"{line}/{name}", "")
        return found.rpartition("/")[2] if parent_of(found) == self.groups.get(line) else name


def _pair_names(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    return pair_up(former_names(before), former_names(after), TOP)
