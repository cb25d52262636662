"""Which model plays which machines: a site, an area, a line, a work centre, a station itself."""

import logging
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from linewright.emulate.flows.alone import alone, pieces_of
from linewright.emulate.flows.book import Book
from linewright.emulate.flows.flow import Playing
from linewright.emulate.flows.products import doers, fewer, is_risky, sent_back, staying, whole
from linewright.emulate.flows.warming import warmed
from linewright.emulate.following import Watched
from linewright.plant import Address, Plant
from linewright.plant.model import Line
from linewright.plant.records import Order
from linewright.twin import Model, State, TwinFault, compile_line, compile_plant, outcome

__all__ = ["Given", "models", "watched", "without_flow"]

_log = logging.getLogger(__name__)


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What models are made with: the beginning of the play, its seed and its orders.

    `kept` are the states of the places that were played before, where a play goes on; None: it
    begins.
    """

    at_ns: int
    seed: int
    book: Book = Book()
    kept: Mapping[str, bytes] | None = None

    def fits(self, model: Model) -> bool:
        """Return whether a model is the one whose state was kept."""
        try:
            outcome(model, State.from_bytes((self.kept or {})[model.address]))
        except (KeyError, TwinFault):
            return False
        return True


def models(
    plant: Plant, stations: Sequence[Address], given: Given
) -> Iterator[tuple[Address, Playing]]:
    """Yield what plays stations, each under the address that it is kept by.

    Parameters
    ----------
    plant, stations
        The plant, and who is played.
    given
        When the play begins, and what else its models are made with.

    Notes
    -----
    A site of several lines and work centres is one model where work comes to all machines of its
    products, see `warmed`; else each of its areas, else each line and work centre, with all of
    its products where they are no more than `PRODUCTS_MAX`. A line in which work comes to a stand
    makes one product. With orders a site is one model, whatever they ask for. A station that no
    product comes to is played without flow, for itself. What the twin refuses is logged, and
    played in smaller parts too.
    """
    waiting = [one for one in stations if one.parent is not None]
    for site in dict.fromkeys(one.site for one in waiting):
        trial = _Trial(plant, Address(site), given)
        for place in trial.places():
            own = [one for one in stations if place.contains(one)]
            if not own or not set(own) <= set(waiting):
                continue
            found = trial.of(place, own)
            if found is None or not found.stations:
                continue
            yield place, found
            trial.placed |= {one.id for one in found.orders}
            spoken = {one.address for one in found.stations}
            waiting = [one for one in waiting if one not in spoken]
        for order in trial.left() if given.book.beside else ():
            _log.warning("order %s is not played: no model makes all of it", order.order)
    for address in waiting:
        try:
            model = alone(plant, address)
        except TwinFault as error:
            _log.warning("%s stands idle: %s", address, error)
            continue
        pieces = pieces_of(dict(plant.stations())[address])
        yield address, Playing(model=model, stations=(watched(plant, address),), pieces=pieces)


class _Trial:
    """One site, and which of its places can be one model."""

    def __init__(self, plant: Plant, site: Address, given: Given) -> None:
        self._plant = plant
        self._groups = {at: group for at, group in plant.groups() if at.site == site}
        self._site = site
        self._given = given
        self._orders = tuple(one for one in given.book.orders if one.address.site == site)
        self.placed: set[str] = set()

    def left(self) -> list[Order]:
        """Return the orders that no model makes."""
        return [one for one in self._orders if one.id not in self.placed]

    def _beside(self, plant: Plant, place: Address) -> tuple[Order, ...]:
        """Return the orders that a place makes beside what it makes anyway."""
        waiting = self.left() if self._given.book.beside else []
        made = whole(plant, place) if waiting else frozenset()
        return tuple(one for one in waiting if one.product in made)

    def _fewer(self, plant: Plant, place: Address) -> Plant:
        return fewer(plant, place, {one.product for one in self._orders})

    def places(self) -> Iterator[Address]:
        """Yield the places that may be one model, the largest first."""
        if len(self._groups) > 1:
            yield self._site
        areas = dict.fromkeys(at.parent for at in self._groups if at.parent is not None)
        for area in areas:
            own = sum(at.parent == area for at in self._groups)
            if 1 < own < len(self._groups):
                yield area
        yield from self._groups

    def of(self, place: Address, own: Sequence[Address]) -> Playing | None:
        """Return what plays a place; None: it is played in smaller parts."""
        kept = self._given.kept
        if kept is not None and place not in kept:
            return None
        is_all = place == self._site or len(self._groups) == 1
        if self._orders and is_all and not self._given.book.beside:
            return self._to_order(place, own)
        if place in self._groups:
            return self._of_group(place, own)
        return self._of_several(place, own)

    def _to_order(self, place: Address, own: Sequence[Address]) -> Playing | None:
        try:
            model = compile_plant(self._plant, place, orders=self._orders)
        except TwinFault as error:
            _log.warning("the orders of %s are not played: %s", place, error)
            return None
        names = {one.product for one in self._orders} | {*model.products}
        chosen = {name: one for name, one in self._plant.products.items() if name in names}
        plant = msgspec.structs.replace(self._plant, products=chosen)
        return _playing(plant, place, model, own, self._orders)

    def _of_several(self, place: Address, own: Sequence[Address]) -> Playing | None:
        plant = self._fewer(self._plant, place)
        able, orders = doers(plant, place), self._beside(plant, place)
        if not any(one in each for each in able for one in own):
            return None
        try:
            model = compile_plant(plant, place, orders=orders, beside=True)
        except TwinFault as error:
            _log.info("%s is not one model: %s", place, error)
            return None
        playing = _playing(plant, place, model, own, orders)
        if self._given.kept is not None:
            return playing
        found = warmed(playing, able, self._given.at_ns, self._given.seed)
        if found is None:
            _log.info("%s is not one model: work does not come to all of its machines", place)
        return found

    def _of_group(self, place: Address, own: Sequence[Address]) -> Playing | None:
        group = self._groups[place]
        if not isinstance(group, Line):
            plant = self._fewer(self._plant, place)
            return self._checked(plant, place, own) if doers(plant, place) else None
        plant = self._fewer(staying(self._plant, place), place)
        one = self._of_line(plant, place, own)
        if one is None or one.model.product or not doers(plant, place):
            return one
        return self._checked(plant, place, own) or one

    def _checked(self, plant: Plant, place: Address, own: Sequence[Address]) -> Playing | None:
        """Return a line or work centre with all of its products, where none can stand for ever."""
        orders = self._beside(plant, place)
        try:
            model = compile_plant(plant, place, orders=orders, beside=True)
        except TwinFault as error:
            _log.info("%s is played otherwise: %s", place, error)
            return None
        playing = _playing(plant, place, model, own, orders)
        if self._given.kept is not None:
            return playing if self._given.fits(model) else None
        if not is_risky(plant, place):
            return playing
        tried = warmed(playing, doers(plant, place), self._given.at_ns, self._given.seed)
        if tried is None:
            _log.info("%s is played otherwise: work would not come to each station", place)
            return None
        return playing

    def _of_line(self, plant: Plant, place: Address, own: Sequence[Address]) -> Playing | None:
        """Return a line with the product that passes every station; else it makes none."""
        try:
            model = compile_line(plant, place)
            orders = tuple(
                one for one in self._beside(plant, place) if one.product == model.product
            )
            if orders:
                model = compile_plant(
                    plant, place, product=model.product, orders=orders, beside=True
                )
        except TwinFault as error:
            _log.info("%d machines of %s are played without flow: %s", len(own), place, error)
            return None
        finding = sent_back(plant, place)
        return Playing(
            model=model,
            stations=tuple(
                msgspec.structs.replace(watched(plant, one), sends_back=one in finding)
                for one in model.stations
                if one in own
            ),
            orders=orders,
        )


def _playing(
    plant: Plant,
    place: Address,
    model: Model,
    own: Sequence[Address],
    orders: tuple[Order, ...] = (),
) -> Playing:
    """Return a model with those of its stations at which something is done, if they are played."""
    able = {one for each in doers(plant, place) for one in each}
    finding = sent_back(plant, place)
    return Playing(
        model=model,
        stations=tuple(
            msgspec.structs.replace(watched(plant, one), sends_back=one in finding)
            for one in model.stations
            if one in own and one in able
        ),
        orders=orders,
    )


def without_flow(plant: Plant, site: str) -> dict[Address, str]:
    """Return the lines and work centres of a site with machines that are played without flow.

    Parameters
    ----------
    plant, site
        The plant, and one of its sites.

    Returns
    -------
    dict
        By address: why, in the words of the twin; empty for machines that no product comes to.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.work_centre("lathes").station("one", does={"turn": "40 s"})
    >>> without_flow(plant.done(), "reno")
    {Address('reno/shop/lathes'): ''}
    """
    able = {one for each in doers(fewer(plant, Address(site)), Address(site)) for one in each}
    found: dict[Address, str] = {}
    for place, group in plant.groups():
        left = [one for one, _ in plant.stations_in(place) if one not in able]
        if place.site != site or not left:
            continue
        if not isinstance(group, Line):
            found[place] = ""
            continue
        if len(left) == len(group.stations):
            found |= _refused(plant, place)
        else:
            found[place] = ""
    return found


def _refused(plant: Plant, place: Address) -> Mapping[Address, str]:
    try:
        compile_plant(msgspec.structs.replace(plant, products={}), place)
    except TwinFault as fault:
        return {place: str(fault)}
    return {}


def watched(plant: Plant, address: Address) -> Watched:
    """Return a station as its trace is followed."""
    place = address.parent
    assert place is not None, "a station stands in a line or a work centre"
    station = dict(plant.groups())[place].stations[address.name]
    return Watched(address=address, modes=tuple(station.fails), places=station.places)
