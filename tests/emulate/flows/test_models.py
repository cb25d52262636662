"""Which model plays which machines."""

import pytest

from linewright.emulate.flows.book import Book
from linewright.emulate.flows.models import Given, models, watched, without_flow
from linewright.emulate.following import Watched
from linewright.plant import Address, Plant, PlantBuilder
from linewright.plant.language import load_text
from tests.emulate.flows.shops import MONDAY_NS, order

SITE = Address("reno")
TURN, WASH = Address("reno/shop/lathes/one"), Address("reno/shop/washers/one")
SPARE = Address("reno/shop/presses/one")
PUMP = Address("reno/shop/pump")


def shop(**product: object) -> Plant:
    """Return a plant with two work centres for a valve, a press for nothing, and a line."""
    builder = PlantBuilder("acme")
    area = builder.site("reno", timezone="UTC", currency="USD").area("shop")
    area.work_centre("lathes").station("one", does={"turn": "40 s"})
    area.work_centre("washers").station("one", does={"wash": "30 s"}, places=2)
    area.work_centre("presses").station("one", does={"press": "20 s"})
    line = area.line("pump", flow=["mill", 2, "drill"])
    line.station("mill", does={"mill": "20 s"})
    line.station("drill", does={"drill": "20 s"})
    for name in ("turn", "wash", "press", "mill", "drill"):
        builder.operation(name)
    if product:
        builder.product("valve", route=["turn", "wash"], **product)
    return builder.done()


def played(plant: Plant) -> dict[str, list[str]]:
    """Return the stations that each model speaks for, by the address that it is kept under."""
    stations = [address for address, _ in plant.stations()]
    return {
        str(address): [str(each.address) for each in one.stations]
        for address, one in models(plant, stations, Given(at_ns=MONDAY_NS, seed=1))
    }


def test_a_line_has_its_flow_and_work_centres_have_none() -> None:
    """Where nothing says when work comes, each machine of a work centre is by itself."""
    whole = played(shop())
    assert whole.pop(PUMP) == [f"{PUMP}/mill", f"{PUMP}/drill"]
    assert whole == {each: [each] for each in (TURN, WASH, SPARE)}


def test_a_site_whose_products_are_released_is_one_model() -> None:
    """Stations of a route are played by it; what nothing is made at keeps a play of its own."""
    plant = shop(arrives="1 min")
    assert played(plant) == {
        SITE: [TURN, WASH],
        PUMP: [f"{PUMP}/mill", f"{PUMP}/drill"],
        SPARE: [SPARE],
    }
    assert without_flow(plant, SITE) == {SPARE.parent: ""}
    assert SITE in played(shop(demand_per_week=1900))


def test_lots_are_played_with_the_flow_of_the_site() -> None:
    """A product in lots of fifty has its work centres in one model, as each other has."""
    assert SITE in played(shop(arrives="50 min", lot_size=50))


def test_a_site_at_work_has_parts_everywhere_when_the_play_begins() -> None:
    """What is one model begins as days of work have left it; a line by itself begins empty."""
    plant = shop(arrives="1 min")
    found = dict(models(plant, list(dict(plant.stations())), Given(at_ns=MONDAY_NS, seed=1)))
    begun = found[SITE].begun
    assert begun is not None
    assert begun[0].t_ns == MONDAY_NS
    assert {track.state for track in begun[1].values()} == {"running"}
    assert found[PUMP].begun is None


def standing() -> Plant:
    """Return a shop with a washer that waits for twenty valves, which come each 30 h."""
    builder = PlantBuilder("acme")
    area = builder.site("reno", timezone="UTC", currency="USD").area("shop")
    area.work_centre("lathes").station("one", does={"turn": "40 s"})
    area.work_centre("washers").station("one", does={"wash": "30 s"}, batch=20, batch_least=20)
    for name in ("turn", "wash"):
        builder.operation(name)
    builder.product("valve", route=["turn", "wash"], arrives="30 h")
    return builder.done()


def test_a_site_in_which_work_stands_is_played_in_parts() -> None:
    """A washer that has no load in two weeks stops the site; so each centre plays by itself."""
    assert SITE not in played(standing())


COVER = """
linewright: 1
enterprise: acme
currency: USD
sites:
  reno:
    timezone: UTC
    currency: USD
    areas:
      shop:
        lines:
          pump:
            flow: [mill, 2, drill]
            stations: {mill: {does: {mill: 20 s}}, drill: {does: {drill: 20 s}}}
suppliers: {platers: {label: Platers, currency: USD}}
operations: {mill: {}, drill: {}, plate: {outside: platers, takes: 5 d}}
products: {cover: {route: [mill, plate, drill]}}
"""


def test_a_line_whose_product_goes_outside_is_played_without_that() -> None:
    """Its second station has work though parts would be away for days; the flow stays."""
    plant = load_text(COVER)
    ((_, line),) = models(
        plant, [address for address, _ in plant.stations()], Given(at_ns=MONDAY_NS, seed=1)
    )
    assert line.model.product == ""
    assert [each.address.name for each in line.stations] == ["mill", "drill"]


def test_a_station_is_watched_with_its_places() -> None:
    """A washer has two of them, a lathe one, and nothing of it fails."""
    plant = shop()
    assert watched(plant, WASH) == Watched(address=WASH, places=2)
    assert watched(plant, TURN) == Watched(address=TURN)


def test_a_rush_order_goes_to_the_place_that_makes_all_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A site in one model takes it; where each centre plays by itself nobody does, and it says."""
    rush = Book((order("rush", "valve", 4),))
    for product, placed in ((shop(arrives="1 min"), ["rush"]), (standing(), [])):
        given = Given(at_ns=MONDAY_NS, seed=1, book=rush)
        found = dict(models(product, list(dict(product.stations())), given))
        assert [one.order for each in found.values() for one in each.orders] == placed
    assert [one.getMessage() for one in caplog.records if one.levelname == "WARNING"] == [
        "order rush is not played: no model makes all of it"
    ]
