"""Renaming: under which addresses a tag's rows were kept before, as the plant file says by `was`.

>>> from linewright.plant import PlantBuilder
>>> plant = PlantBuilder("acme")
>>> site = plant.site("reno", timezone="America/Los_Angeles", currency="USD")
>>> line = site.area("shop").line("pump", flow=["turn"])
>>> tags = {"kw": {"was": ["power"]}}
>>> _ = line.station("turn", does={"turn": "48 s"}, was=["lathe"], tags=tags)
>>> plant.product("p1", route=["turn"])
>>> former_addresses(plant.done())["reno/shop/pump/turn#kw"]
('reno/shop/pump/turn#power', 'reno/shop/pump/lathe#kw', 'reno/shop/pump/lathe#power')
"""

from collections.abc import Iterable, Mapping
from itertools import islice, product

from linewright.plant import Plant

__all__ = ["NAMES_MAX", "former_addresses"]

NAMES_MAX = 64
"""Most former addresses of one tag: every level of it may have had another name."""


def former_addresses(plant: Plant) -> Mapping[str, tuple[str, ...]]:
    """Former addresses of every tag that has any.

    A former name of an area, a line, a station or a tag stands for that level alone; a former
    address stands for everything above it, too.

    Parameters
    ----------
    plant
        A checked plant.

    Notes
    -----
    Linear in the tags.
    """
    found: dict[str, tuple[str, ...]] = {}
    for site_name, site in plant.sites.items():
        for area_name, area in site.areas.items():
            areas = _spellings([site_name], area_name, area.was)
            for group_name, group in area.groups():
                groups = _spellings(areas, group_name, group.was)
                for name, station in group.stations.items():
                    places = _spellings(groups, name, station.was)
                    for tag_name, tag in station.tags.items():
                        names = [tag_name, *tag.was]
                        whole = f"{site_name}/{area_name}/{group_name}/{name}#{tag_name}"
                        former = _tags(places, names, whole)
                        if former:
                            found[whole] = former
    return found


def _spellings(above: Iterable[str], name: str, was: Iterable[str]) -> list[str]:
    """Addresses that an element has or had."""
    return [
        each if "/" in each else f"{place}/{each}" for place, each in product(above, [name, *was])
    ]


def _tags(places: Iterable[str], names: Iterable[str], whole: str) -> tuple[str, ...]:
    found = dict.fromkeys(
        each if "#" in each else f"{place}#{each}" for place, each in product(places, names)
    )
    return tuple(islice((each for each in found if each != whole), NAMES_MAX))
