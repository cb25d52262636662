"""What is made in a model, and how it is let in."""

import pytest

from linewright.twin import advance, begin, compile_plant, outcome
from tests.twin.small import LINE, NS, SHOP, Played, order, plant_of

PUMP = {"pin": {"route": ["do_c"]}, "pump": {"route": ["do_m"], "bom": {"pin": 1, "oil": "1"}}}
CENTRES = {"cut": {"stations": {"c": "10 s"}}, "join": {"stations": {"m": "5 s"}}}


def test_every_product_that_passes_is_made() -> None:
    """In the order of the file; a lone one gives the model its product."""
    products = {"p": {"route": ["do_a"]}, "q": {"route": ["do_z"]}, "r": {"route": ["do_a"]}}
    plant = plant_of(
        ["a"], stations={"a": "1 s"}, centres={"c": {"stations": {"z": "1 s"}}}, products=products
    )
    model = compile_plant(plant, LINE)
    assert (model.products, model.product) == (("p", "r"), "")
    assert compile_plant(plant, LINE, product="r").product == "r"


def test_without_products_each_station_does_what_it_can() -> None:
    """Parts without a name pass all stations of the flow, each in its first operation."""
    plant = plant_of(["a", 1, "b"], stations={"a": "10 s", "b": {"does": {"x": "5 s", "y": "9 s"}}})
    run = Played(plant, 35.0)
    assert run.model.products == ("",)
    assert run.times("SHIPPED", "b") == [15.0, 25.0, 35.0]


def test_material_is_always_there_and_components_are_made() -> None:
    """Of the bill of material, what is made here comes from its store, what is bought is there."""
    plant = plant_of(centres=CENTRES, products=PUMP, materials={"oil": {}})
    run = Played(plant, 36.0, at=SHOP)
    assert run.times("ENDED", "m") == [15.0, 25.0, 35.0]
    assert run.model.notes == (
        "pin: it is made for other products; at most 3 pieces are on their way or in its store",
    )


def test_a_component_does_not_stand_in_the_way_of_another() -> None:
    """One laboratory looks at both: pins wait for room in no store, so that rods pass."""
    both = {"stations": {"lab": {"does": {"look": "10 s"}}}}
    join = {"stations": {"m": "30 s"}}
    products = {
        "pin": {"route": ["look"]},
        "rod": {"route": ["look"]},
        "pump": {"route": ["do_m"], "bom": {"pin": 1, "rod": 4}},
    }
    run = Played(
        plant_of(centres={"check": both, "join": join}, products=products), 3600.0, at=SHOP
    )
    assert run.product("pump").good > 60
    assert run.product("pin").released < 80


def test_a_buffer_of_the_flow_is_no_store() -> None:
    """What b takes and a has made last does not stand in the 8 places between them."""
    products = {"pin": {"route": ["do_a"]}, "pump": {"route": ["do_b"], "bom": {"pin": 1}}}
    model = compile_plant(
        plant_of(["a", 8, "b"], stations={"a": "1 s", "b": "5 s"}, products=products), LINE
    )
    assert next(one for one in model.stores if one.name == "store of pin").places is None


def test_the_components_of_a_product_come_with_it() -> None:
    """Who asks for the pump gets its pins too, and nothing else."""
    products = {**PUMP, "other": {"route": ["do_m"]}}
    plant = plant_of(centres=CENTRES, products=products, materials={"oil": {}})
    assert compile_plant(plant, SHOP, product="pump").products == ("pump", "pin")


def test_demand_of_an_area_is_released_evenly() -> None:
    """Where several places work together, 6,048 a week are one each 100 s; it is noted."""
    products = {"p": {"route": ["do_c", "do_m"], "demand_per_week": 6048}}
    run = Played(plant_of(centres=CENTRES, products=products), 350.0, at=SHOP)
    assert run.times("CREATED", "c") == [100.0, 200.0, 300.0]
    assert run.model.notes == ("p: released evenly as its demand asks",)


def test_orders_take_the_place_of_endless_material() -> None:
    """With orders for one product the other is not made; what is delivered is taken off."""
    products = {"p": {"route": ["do_a"]}, "q": {"route": ["do_a"]}}
    plant = plant_of(["a"], stations={"a": "10 s"}, products=products)
    orders = [order("o1", "p", quantity=5, delivered=3), order("o2", "z", item=1)]
    run = Played(plant, 60.0, orders=orders)
    assert (run.out.good, run.product("q").released) == (2, 0)
    assert run.model.orders == ("o1",)


def test_an_order_beside_what_is_made_anyway() -> None:
    """A rush order for one `q` at 25 s goes between the `p` that are made all the time."""
    products = {"p": {"route": ["do_a"]}, "q": {"route": ["do_a"]}}
    plant = plant_of(["a"], stations={"a": "10 s"}, products=products)
    rush = order("rush", "q", earliest_ns=25 * NS, priority=9)
    model = compile_plant(plant, LINE, product="p", orders=[rush], beside=True)
    assert model.products == ("p",)
    model = compile_plant(plant, LINE, orders=[rush], beside=True)
    end = advance(model, begin(model, at_ns=0, seed=1), 100 * NS, jit=False)
    out = outcome(model, end)
    assert [(one.good, one.done_ns) for one in out.orders] == [(1, 40 * NS)]
    assert out.good == 10


def test_a_rush_order_goes_before_what_waits() -> None:
    """Nine `p` wait before b when a `q` of an order comes: it is the next one, not the tenth."""
    products = {"p": {"route": ["do_a", "do_b"]}, "q": {"route": ["do_b"]}}
    plant = plant_of(["a", 9, "b"], stations={"a": "1 s", "b": "10 s"}, products=products)
    rush = order("rush", "q", earliest_ns=55 * NS, priority=0)
    model = compile_plant(plant, LINE, orders=[rush], beside=True)
    end = advance(model, begin(model, at_ns=0, seed=1), 100 * NS, jit=False)
    assert [one.done_ns for one in outcome(model, end).orders] == [70 * NS]


def test_a_lot_is_brought_to_its_end_though_its_store_is_full() -> None:
    """Else the other product, which the assembly waits for, would never come."""
    products = {
        "pin": {"route": ["cut"], "lot_size": 30},
        "rod": {"route": ["cut"], "lot_size": 7},
        "pump": {"route": ["do_m"], "bom": {"pin": 1, "rod": 4}},
    }
    plant = plant_of(
        ["saw"],
        stations={"saw": {"does": {"cut": "10 s"}}},
        centres={"join": {"stations": {"m": "30 s"}}},
        products=products,
    )
    assert Played(plant, 36_000.0, at=SHOP).product("pump").good > 600


def test_material_is_not_sent_out_before_the_first_station() -> None:
    """Blanks that are cut outside come without end, and not all at once."""
    cut = {"outside": "mill", "takes": "3 d"}
    products = {"p": {"route": ["cut", "do_a"]}}
    plant = plant_of(
        ["a"],
        stations={"a": "10 s"},
        products=products,
        operations={"cut": cut, "do_a": {}},
        suppliers={"mill": {}},
    )
    model = compile_plant(plant, LINE)
    end = advance(model, begin(model, at_ns=0, seed=1), 100 * NS, jit=False, events_max=100)
    assert outcome(model, end).good == 10


def test_a_lot_moves_as_one_outside_lines() -> None:
    """In a work centre a part is a lot; in a line it is a piece."""
    product = {"p": {"route": ["do_a"], "lot_size": 5}}
    line = Played(plant_of(["a"], stations={"a": "10 s"}, products=product), 50.0)
    centre = plant_of(centres={"c": {"stations": {"a": "10 s"}}}, products=product)
    lots = Played(centre, 50.0, at=f"{SHOP}/c")
    assert (line.out.good, len(line.told("SHIPPED", "a"))) == (5, 5)
    assert (lots.out.good, len(lots.told("SHIPPED", "a"))) == (5, 1)


def test_the_preferred_route_is_taken() -> None:
    """Of two routes the one of preference 1, and a note says that there are two."""
    routes = {
        "slow": {"steps": ["do_b"], "preference": 2},
        "fast": {"steps": ["do_a"], "preference": 1},
    }
    plant = plant_of(
        ["a", 1, "b"], stations={"a": "10 s", "b": "30 s"}, products={"p": {"route": routes}}
    )
    run = Played(plant, 30.0)
    assert run.out.good == 3
    assert run.model.notes == ("p: of its 2 routes the preferred one is taken",)


@pytest.mark.parametrize("release", ["conwip", "kanban"])
def test_a_part_that_leaves_the_line_is_inside_no_more(release: str) -> None:
    """One may be in the line: painted for 100 s elsewhere, it lets the next one in at 6 and 12 s.

    The third one waits on the line until the queue of one place has room for it.
    """
    line = {"release": release, "wip": 1}
    stations = {"a": "1 s", "b": "5 s"}
    paint = {"queue": 1, "stations": {"z": "100 s"}}
    products = {"p": {"route": ["do_a", "do_b", "do_z"]}}
    plant = plant_of(
        ["a", 1, "b"], stations=stations, centres={"paint": paint}, line=line, products=products
    )
    run = Played(plant, 110.0, at=SHOP)
    assert run.times("BEGAN", "a") == [0.0, 6.0, 12.0, 106.0]
    assert run.times("BEGAN", "z") == [6.0, 106.0]


def test_a_way_that_comes_back_has_not_left_the_line() -> None:
    """Away at a supplier for 50 s between two steps of the line, a part still counts."""
    plant = plant_of(
        ["a", 1, "b"],
        stations={"a": "1 s", "b": "5 s"},
        line={"release": "conwip", "wip": 1},
        products={"p": {"route": ["do_a", "plate", "do_b"]}},
        operations={"plate": {"outside": "plater", "takes": "50 s"}},
        suppliers={"plater": {}},
    )
    assert Played(plant, 113.0).times("BEGAN", "a") == pytest.approx([0.0, 56.0, 112.0])
