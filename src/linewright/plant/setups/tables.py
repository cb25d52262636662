"""Set-up tables of the plant, compiled: which keys count, and the matrix between them."""

from linewright.plant.address import Address
from linewright.plant.model.enterprise import Plant
from linewright.plant.model.products import SetupTable, Step
from linewright.plant.setups.matrix import (
    ANY,
    UNKNOWN,
    SetupEntry,
    SetupMatrix,
    SetupRules,
    compile_setups,
)


def setup_key(plant: Plant, product: str, by: str) -> str:
    """Return the key under which a product stands in set-up tables.

    By family: the family's `setup` key, else its name, else the product's own
    name when it has no family.

    Parameters
    ----------
    plant, product
        A checked plant and the name of a product in it.
    by
        `family` or `product`.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme", setups={"mill": {"default": "20 min"}})
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> mill = {"does": {"mill": "60 s"}, "setup": "mill"}
    >>> _ = shop.work_centre("mills").station("one", **mill)
    >>> plant.product("p1", route=["mill"])
    >>> plant.product("p2", route=["mill"])
    >>> done = plant.done()
    >>> setup_key(done, "p1", "family")
    'p1'
    """
    if by == "product":
        return product
    family = plant.products[product].family
    if family is None or family not in plant.families:
        return product
    return plant.families[family].setup or family


def setup_rules(name: str, table: SetupTable) -> SetupRules:
    """Return a table of the plant file as set-up rules."""
    return SetupRules(
        name=name,
        keyed_by=table.by,
        entries=tuple(
            SetupEntry(from_key=row, to_key=column, setup_s=seconds)
            for row, columns in table.times.items()
            for column, seconds in columns.items()
        ),
        default_s=table.default_s,
        same_s=table.same_s,
        first_s=table.first_s,
    )


def setup_keys(plant: Plant, name: str) -> tuple[str, ...]:
    """Return the keys of a set-up table: those it lists and names, and those of its products.

    The products are those with a step that a station with this table can do.
    Cost: linear in the number of steps of all routes.

    Parameters
    ----------
    plant, name
        A checked plant and the name of a table in it.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme", setups={"mill": {"default": "20 min"}})
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> mill = {"does": {"mill": "60 s"}, "setup": "mill"}
    >>> _ = shop.work_centre("mills").station("one", **mill)
    >>> plant.product("p1", route=["mill"])
    >>> plant.product("p2", route=["mill"])
    >>> done = plant.done()
    >>> setup_keys(done, "mill")
    ('p1', 'p2')
    """
    table = plant.setups[name]
    keys = dict.fromkeys(table.keys)
    for row, columns in table.times.items():
        keys.update(dict.fromkeys((row, *columns)))
    places: dict[str, list[Address]] = {}
    for address, station in plant.stations():
        if station.setup == name:
            for operation in station.does:
                places.setdefault(operation, []).append(address)
    for product in plant.products:
        steps = (step for route in plant.routes_of(product).values() for step in route.steps)
        if any(_comes_by(step, places) for step in steps):
            keys[setup_key(plant, product, table.by)] = None
    return tuple(key for key in keys if key not in (ANY, UNKNOWN))


def done_at(plant: Plant, step: Step) -> tuple[Address, ...]:
    """Return the stations at which a step of a route can be done.

    Those that do its operation or one of its alternatives, within the step's
    `at` where that is given. Cost: linear in the number of stations.

    Parameters
    ----------
    plant, step
        A checked plant and a step of one of its routes.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme", setups={"mill": {"default": "20 min"}})
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> mill = {"does": {"mill": "60 s"}, "setup": "mill"}
    >>> _ = shop.work_centre("mills").station("one", **mill)
    >>> plant.product("p1", route=["mill"])
    >>> plant.product("p2", route=["mill"])
    >>> done = plant.done()
    >>> done_at(done, done.routes_of("p1")["standard"].steps[0])
    (Address('reno/shop/mills/one'),)
    """
    names = {step.operation, *step.alternatives}
    return tuple(
        address
        for address, station in plant.stations()
        if not names.isdisjoint(station.does)
        and (not step.at or any(_at_or_below(address, place) for place in step.at))
    )


def _at_or_below(address: Address, place: str) -> bool:
    return address == place or address.startswith(f"{place}/")


def _comes_by(step: Step, places: dict[str, list[Address]]) -> bool:
    """Whether a step may be done at one of the places of its operation."""
    found = [
        place for name in (step.operation, *step.alternatives) for place in places.get(name, ())
    ]
    if not step.at:
        return bool(found)
    return any(_at_or_below(place, at) for place in found for at in step.at)


def unknown_keys(plant: Plant, name: str) -> tuple[str, ...]:
    """Return the keys that a set-up table names and that no product of the plant has."""
    table = plant.setups[name]
    named = dict.fromkeys(key for row in table.times.items() for key in (row[0], *row[1]))
    known = {setup_key(plant, product, table.by) for product in plant.products}
    known |= {*table.keys, ANY, UNKNOWN}
    known |= {family.setup or key for key, family in plant.families.items()}
    return tuple(key for key in named if key not in known)


def setup_matrix(plant: Plant, name: str) -> SetupMatrix:
    """Return the compiled matrix of a set-up table, for twin and schedule alike.

    Parameters
    ----------
    plant, name
        A checked plant and the name of a table in it.

    Raises
    ------
    KeyError
        When the plant has no such table.
    SetupsInvalid
        When it has holes; a checked plant has none.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme", setups={"mill": {"default": "20 min"}})
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> mill = {"does": {"mill": "60 s"}, "setup": "mill"}
    >>> _ = shop.work_centre("mills").station("one", **mill)
    >>> plant.product("p1", route=["mill"])
    >>> plant.product("p2", route=["mill"])
    >>> done = plant.done()
    >>> setup_matrix(done, "mill").between_ns("p1", "p2") // 10**9
    1200
    """
    return compile_setups(setup_rules(name, plant.setups[name]), setup_keys(plant, name))
