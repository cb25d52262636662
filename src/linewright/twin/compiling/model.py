"""A model, compiled from a plant."""

import hashlib
from array import array
from collections.abc import Iterator, Sequence
from typing import TypeVar

import msgspec

from linewright.plant import Address, Plant
from linewright.plant.calendar import WorkCalendar
from linewright.plant.model import Line
from linewright.plant.records import Order
from linewright.twin.compiling.blocks import Blocks, counts, write
from linewright.twin.compiling.releases import add_products
from linewright.twin.compiling.rows import Draft, StationRow
from linewright.twin.compiling.scope import add_groups, groups_at
from linewright.twin.faults import LineInvalid
from linewright.twin.kernel import layout as at
from linewright.twin.model import UNBOUNDED, Crew, Model, Power, Store

__all__ = ["compile_line", "compile_plant"]

T = TypeVar("T", int, float)


def compile_plant(  # all but the place by name
    plant: Plant,
    address: Address | str,
    *,
    product: str | None = None,
    orders: Sequence[Order] = (),
    beside: bool = False,
    plant_rev: str = "",
) -> Model:
    """Return the model of a place: a line, a work centre, an area or a site.

    Parameters
    ----------
    plant
        A checked plant.
    address
        The place.
    product
        What it makes, with its components; left out: every product whose route has a step
        there. When there is none, each station of a line does the first operation it can.
    orders
        What is to be made, in place of material without end and of arrivals.
    beside
        Whether orders come beside what is released anyway, as a rush order does.
    plant_rev
        Revision of the plant, kept with the model.

    Raises
    ------
    LineInvalid
        When there is no such place, or nothing there can be made.

    Notes
    -----
    What holds, feature by feature, is in docs/twin.md; what of the plant file has no effect is
    told in `notes` of the model. Cost: linear in stations and in steps of routes times the
    stations that can do them.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> site = plant.site("reno", timezone="America/Los_Angeles", currency="USD")
    >>> line = site.area("shop").line("pump", flow=["turn", 4, "test"])
    >>> _ = line.station("turn", does={"turn": "48 s"})
    >>> _ = line.station("test", does={"test": "30 s"})
    >>> [str(each) for each in compile_plant(plant.done(), "reno/shop/pump").buffers]
    ['reno/shop/pump/turn-test']
    """
    place = Address(address)
    if place.site not in plant.sites:
        raise LineInvalid(place, "there is no such site", "give an address of the plant")
    draft = Draft(plant, place, plant.sites[place.site])
    groups_at(plant, place)
    add_groups(draft)
    add_products(draft, product, orders, beside=beside)
    return _model(draft, write(draft), plant_rev)


def compile_line(
    plant: Plant, address: Address | str, *, product: str | None = None, plant_rev: str = ""
) -> Model:
    """Return the model of a line that makes one product.

    Parameters
    ----------
    plant
        A checked plant.
    address
        The line.
    product
        What it makes; left out: the first product of the plant whose route passes every
        station. When there is none, each station does the first operation it can.
    plant_rev
        Revision of the plant, kept with the model.

    Raises
    ------
    LineInvalid
        When there is no such line, or the product does not pass it.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> site = plant.site("reno", timezone="America/Los_Angeles", currency="USD")
    >>> line = site.area("shop").line("pump", flow=["turn", 4, "test"])
    >>> _ = line.station("turn", does={"turn": "48 s"})
    >>> _ = line.station("test", does={"test": "30 s"})
    >>> compile_line(plant.done(), "reno/shop/pump").product
    ''
    """
    place = Address(address)
    group = dict(plant.groups()).get(place)
    if not isinstance(group, Line):
        raise LineInvalid(place, "there is no such line", "give the address of a line with a flow")
    for name in [product] if product is not None else plant.products:
        if name in plant.products and _passes(plant, place, group, name):
            return compile_plant(plant, place, product=name, plant_rev=plant_rev)
    if product is not None:
        what = f"product {product} has no route that passes every station"
        raise LineInvalid(place, what, "name another product, or none")
    bare = msgspec.structs.replace(plant, products={})
    return compile_plant(bare, place, plant_rev=plant_rev)


def _passes(plant: Plant, place: Address, line: Line, product: str) -> bool:
    """Return whether a route of a product has a step at every station of a flow, in order."""
    for route in plant.routes_of(product).values():
        first = 0
        found: set[int] = set()
        for step in route.steps:
            for k in range(first, len(line.flow)):
                where = f"{place}/{line.flow[k]}"
                allowed = not step.at or any(
                    where == a or where.startswith(f"{a}/") for a in step.at
                )
                able = line.stations[line.flow[k]].does
                if allowed and not able.keys().isdisjoint((step.operation, *step.alternatives)):
                    found.add(k)
                    first = k
                    break
        if len(found) == len(line.flow):
            return True
    return False


def _model(draft: Draft, blocks: Blocks, plant_rev: str) -> Model:
    stations = tuple(row.address for row in draft.stations if row.element >= 0)
    head, ints, floats = _numbers(draft, blocks)
    names = (stations, draft.buffers, blocks.modes, blocks.wears, blocks.upkeeps)
    more = ([one.name for one in draft.products], [row.name for row in draft.queues])
    pools = tuple(
        Crew(
            name=one.name,
            kind=one.kind,
            count=one.count,
            calendar=draft.site.calendar(one.shifts) if one.shifts else None,
            by_shift=dict(one.by_shift),
        )
        for one in draft.pools
    )
    calendars: tuple[WorkCalendar, ...] = tuple(
        draft.site.calendar(one.shifts) for one in draft.calendars
    )
    return Model(
        address=draft.place,
        product=draft.products[0].name if len(draft.products) == 1 else "",
        plant_rev=plant_rev,
        stations=stations,
        buffers=tuple(draft.buffers),
        modes=tuple(blocks.modes),
        wears=tuple(blocks.wears),
        upkeeps=tuple(blocks.upkeeps),
        products=tuple(one.name for one in draft.products),
        stores=tuple(_stores(draft)),
        crews=pools,
        loops=tuple(one.name for one in draft.loops),
        limits=tuple((one.limit, one.queue) for one in draft.loops),
        orders=tuple(one.name for one in draft.orders),
        calendars=calendars,
        powers=tuple(_power(row) for row in draft.stations if row.element >= 0),
        notes=tuple(draft.notes),
        head=head,
        ints=ints,
        floats=floats,
        shape=_shape(repr((str(names), str(more)))),
        clockwork=_shape(repr((calendars, pools))),
    )


def _stores(draft: Draft) -> Iterator[Store]:
    for row in draft.queues:
        limit = None if row.places >= UNBOUNDED else row.places
        yield Store(name=row.name, places=limit, element=row.element, rule=row.rule)


def _power(row: StationRow) -> Power:
    power = row.station.power
    if power is None:
        return Power()
    return Power(
        running_kw=power.running_kw or 0.0,
        idle_kw=power.idle_kw or 0.0,
        set_up_kw=power.set_up_kw or 0.0,
        down_kw=power.down_kw or 0.0,
        off_kw=power.off_kw or 0.0,
        known=True,
    )


INT_SECTIONS = (
    at.M_SERVER,
    at.M_STATION,
    at.M_QUEUE,
    at.M_STEP,
    at.M_WORK,
    at.M_TIME,
    at.M_NEED,
    at.M_MODE,
    at.M_WEAR,
    at.M_UPKEEP,
    at.M_SOURCE,
    at.M_PRODUCT,
    at.M_ORDER,
    at.M_SETUP,
    at.M_SETUP_KEY,
    at.M_LIST,
    at.M_DELAYED,
)
FLOAT_SECTIONS = (
    at.FM_STEP,
    at.FM_WORK,
    at.FM_TIME,
    at.FM_MODE,
    at.FM_WEAR,
    at.FM_UPKEEP,
    at.FM_SOURCE,
    at.FM_QUEUE,
)
STATE_SECTIONS = (
    (at.S_QUEUE, at.QUEUES, at.SQ_WIDTH),
    (at.S_PRODUCT, at.PRODUCTS, at.SO_WIDTH),
    (at.S_POOL, at.POOLS, at.SP_WIDTH),
    (at.S_MODE, at.MODES, at.SM_WIDTH),
    (at.S_WEAR, at.WEARS, at.SW_WIDTH),
    (at.S_UPKEEP, at.UPKEEPS, at.SU_WIDTH),
    (at.S_SOURCE, at.SOURCES, at.SL_WIDTH),
    (at.S_CALENDAR, at.CALENDARS, 1),
    (at.S_LOOP, at.LOOPS, at.SLP_WIDTH),
    (at.S_ORDER, at.ORDERS, at.SX_WIDTH),
    (at.S_HOLD, at.SERVERS, at.HOLD_WIDTH),
    (at.S_NEXT, at.LEAVES, 4),
)
"""Where a section begins, how many there are, and how wide each is."""
STATE_FLOATS = (
    (at.FS_QUEUE, at.QUEUES, at.FSQ_WIDTH),
    (at.FS_PRODUCT, at.PRODUCTS, at.FSO_WIDTH),
    (at.FS_POOL, at.POOLS, at.FSP_WIDTH),
    (at.FS_MODE, at.MODES, at.FSM_WIDTH),
    (at.FS_WEAR, at.WEARS, at.FSW_WIDTH),
)


def _numbers(draft: Draft, blocks: Blocks) -> tuple[bytes, bytes, bytes]:
    """Return the head of the model, its other integers and its numbers."""
    head = [0] * at.STATE
    for place, count in counts(draft, blocks).items():
        head[place] = count
    here = at.HEAD + head[at.SERVERS] * at.WIDTH
    for place, count, width in STATE_SECTIONS:
        head[place] = here
        here += _lines(head[count] * width)
    head[at.S_CHANGE] = here
    here += _lines(at.CHANGES_MAX * at.SC_WIDTH)
    ints: list[int] = []
    for place in INT_SECTIONS:
        head[place] = here + len(ints)
        ints += _filled(blocks.ints.get(place, []), 0)
    head[at.S_PART] = here + len(ints)
    there = _lines(head[at.STATIONS] * at.FST_WIDTH)
    for place, count, width in STATE_FLOATS:
        head[place] = there
        there += _lines(head[count] * width)
    head[at.FS_CHANGE] = there
    there += _lines(at.CHANGES_MAX)
    floats: list[float] = []
    for place in FLOAT_SECTIONS:
        head[place] = there + len(floats)
        floats += _filled(blocks.floats.get(place, []), 0.0)
    return array("q", head).tobytes(), array("q", ints).tobytes(), array("d", floats).tobytes()


def _lines(numbers: int) -> int:
    """Return so many numbers in whole lines of the cache, so that each section begins with one."""
    return -(-numbers // at.LINE) * at.LINE


def _filled(numbers: list[T], nothing: T) -> list[T]:
    return numbers + [nothing] * (_lines(len(numbers)) - len(numbers))


def _shape(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7])
