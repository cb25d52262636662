"""A place of a plant as one CMSD file."""

from collections.abc import Sequence

import msgspec

from linewright.plant.address import Address
from linewright.plant.cmsd.calendars import calendar_of
from linewright.plant.cmsd.elements import Notes, tag
from linewright.plant.cmsd.equipment import CLASSES, resources, services
from linewright.plant.cmsd.making import materials, parts, plans, setups
from linewright.plant.cmsd.orders import orders_out
from linewright.plant.cmsd.scope import Scope
from linewright.plant.markup import Node, document
from linewright.plant.model import Plant
from linewright.plant.records import Order

__all__ = ["Written", "write_cmsd"]

NAMESPACE = "urn:cmsd:main"
"""Namespace of CMSD documents, as published examples have it."""


class Written(msgspec.Struct, frozen=True):
    """A place of a plant as a CMSD file, and what of it the file does not say.

    Parameters
    ----------
    text
        The file.
    notes
        What is left out, and where.
    """

    text: str
    notes: tuple[str, ...]


def write_cmsd(plant: Plant, where: Address | str, orders: Sequence[Order] = ()) -> Written:
    """Return a place of a plant as a CMSD file (SISO-STD-008-01-2012), and what it leaves out.

    Parameters
    ----------
    plant
        A checked plant.
    where
        Address of a line, a work centre, an area or a site.
    orders
        What is to be made, if that is to be told too.

    Returns
    -------
    Written
        Text and notes.

    Raises
    ------
    CmsdInvalid
        When there is no such place.

    Notes
    -----
    Which element stands for which key is in docs/cmsd.md. How machines are reached, their tags,
    commands and secrets never go into the file. Cost: linear in what is written, but for set-ups,
    which are written from each key to each.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> site = plant.site("reno", timezone="America/Los_Angeles", currency="USD")
    >>> line = site.area("shop").line("pump", flow=["turn", 4, "test"])
    >>> _ = line.station("turn", does={"turn": "48 s"}, fails={"every": "20 h", "repair": "1 h"})
    >>> _ = line.station("test", does={"test": "30 s"})
    >>> text = write_cmsd(plant.done(), "reno/shop/pump").text
    >>> "<ResourceIdentifier>reno/shop/pump/turn</ResourceIdentifier>" in text
    True
    """
    notes = Notes()
    scope = Scope(plant, Address(where), notes)
    made = [*materials(scope), *parts(scope)]
    equipment = list(resources(scope))
    ways = [*setups(scope), *plans(scope), *services(scope)]
    _note_rest(scope)
    skills = [
        tag("SkillDefinition", tag("Identifier", text=name), tag("Name", text=name))
        for name in scope.skills
    ]
    data = [
        *[_class(name, kind) for name, kind in CLASSES.items()],
        *skills,
        calendar_of(scope.site_name, scope.site),
        *equipment,
        *made,
        *ways,
        *orders_out(orders),
    ]
    root = tag("CMSDDocument", _header(scope), tag("DataSection", *data))
    root.attributes["xmlns"] = NAMESPACE
    return Written(document(root), notes.told())


def _class(name: str, kind: str) -> Node:
    identifier, of = tag("Identifier", text=name), tag("ResourceType", text=kind)
    return tag("ResourceClass", identifier, of, tag("Name", text=name))


def _header(scope: Scope) -> Node:
    units = {
        "LengthUnit": "meter",
        "CurrencyUnit": scope.site.currency,
        "TimeUnit": "second",
        "WeightUnit": "kilogram",
    }
    return tag(
        "HeaderSection",
        tag("DocumentIdentifier", text=f"{scope.plant.enterprise}:{scope.where}"),
        tag("Description", text=f"{scope.where} of {scope.plant.enterprise}, by linewright"),
        tag("Version", text="1"),
        tag("UnitDefaults", *[tag(key, text=value) for key, value in units.items()]),
    )


def _note_rest(scope: Scope) -> None:
    """Note what belongs to the place and has no element."""
    site = scope.site
    for key in ("gateways", "tariff", "obligations", "controlled"):
        if getattr(site, key):
            scope.notes.add(f"left out: `{key}` of Site", scope.site_name)
    if scope.plant.standard_times:
        scope.notes.add("left out: `standard_times`; the file has the stations' own times")
