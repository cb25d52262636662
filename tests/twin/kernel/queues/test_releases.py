"""How parts come in and leave, by hand."""

from tests.twin.small import NS, SHOP, Played, order, plant_of

TWO = {
    "p": {"route": ["do_a"], "demand_per_week": 200},
    "q": {"route": ["do_a"], "demand_per_week": 100},
}


def test_a_mix_is_released_in_proportion_to_demand() -> None:
    """Two of one product to one of the other, always the one furthest behind."""
    run = Played(plant_of(["a"], stations={"a": "1 s"}, products=TWO), 60.0)
    assert (run.product("p").good, run.product("q").good) == (40, 20)


def test_lots_come_by_turns() -> None:
    """In lots of three: the first set-up takes 2 s, then a change of 10 s after each third part."""
    products = {name: {"route": ["do_a"], "lot_size": 3} for name in ("p", "q")}
    setups = {"dies": {"by": "product", "default": "10 s", "first": "2 s"}}
    stations = {"a": {"cycle": "1 s", "setup": "dies"}}
    run = Played(plant_of(["a"], stations=stations, products=products, setups=setups), 40.0)
    assert run.times("ENDED", "a") == [3.0, 4.0, 5.0, 16.0, 17.0, 18.0, 29.0, 30.0, 31.0]


def test_arrivals_come_in_lots() -> None:
    """One arrival each 30 s releases the pieces of a lot, the first after 30 s."""
    products = {"p": {"route": ["do_a"], "arrives": "30 s", "lot_size": 2}}
    run = Played(plant_of(["a"], stations={"a": "10 s"}, products=products), 65.0)
    assert run.times("CREATED", "a") == [30.0, 30.0, 60.0, 60.0]
    assert run.times("ENDED", "a") == [40.0, 50.0]


def test_due_dates_tell_who_is_late() -> None:
    """Promised 25 s after release, served in turn of 20 s each: from the second on, late."""
    products = {"p": {"route": ["do_a"], "arrives": "30 s", "lot_size": 2, "lead": "25 s"}}
    run = Played(plant_of(["a"], stations={"a": "20 s"}, products=products), 75.0)
    one = run.product("p")
    assert (one.released, one.good, one.late) == (4, 2, 1)
    assert (one.lead_s, one.lead_sd_s) == (30.0, 10.0)


def test_orders_are_released_and_done() -> None:
    """An order of two from 10 s on, one of one from 15 s: done after 30 and 40 s."""
    plant = plant_of(["a"], stations={"a": "10 s"}, products={"p": {"route": ["do_a"]}})
    orders = [
        order("late", "p", earliest_ns=15 * NS, due_ns=35 * NS),
        order("early", "p", earliest_ns=10 * NS, quantity=3, delivered=1),
    ]
    run = Played(plant, 60.0, orders=orders)
    assert run.times("CREATED", "a") == [10.0, 10.0, 15.0]
    done = {one.name: (one.good, one.left, one.done_ns) for one in run.out.orders}
    assert done == {"early": (2, 0, 30 * NS), "late": (1, 0, 40 * NS)}
    assert run.product("p").late == 1


def test_conwip_lets_one_in_when_one_has_left() -> None:
    """With one part in the line, the next begins when it has passed both stations."""
    line = {"release": "conwip", "wip": 1}
    products = {"p": {"route": ["do_a", "do_b"]}}
    plant = plant_of(
        ["a", 5, "b"], stations={"a": "10 s", "b": "15 s"}, line=line, products=products
    )
    run = Played(plant, 60.0)
    assert run.times("BEGAN", "a") == [0.0, 25.0, 50.0]
    assert run.out.inside == 1


def test_kanban_bounds_each_product() -> None:
    """One of each product: two are inside, though the first station is free."""
    line = {"release": "kanban", "wip": 1}
    products = {name: {"route": ["do_a", "do_b"]} for name in ("p", "q")}
    plant = plant_of(
        ["a", 5, "b"], stations={"a": "1 s", "b": "50 s"}, line=line, products=products
    )
    run = Played(plant, 40.0)
    assert (run.product("p").released, run.product("q").released) == (1, 1)
    assert run.store("a-b").count == 1


def test_conwip_counts_arrivals_that_wait() -> None:
    """Arrivals beyond the limit wait in front; they are let in as others leave."""
    line = {"release": "conwip", "wip": 2}
    products = {"p": {"route": ["do_a", "do_b"], "arrives": "5 s"}}
    plant = plant_of(
        ["a", 9, "b"], stations={"a": "1 s", "b": "20 s"}, line=line, products=products
    )
    run = Played(plant, 50.5)
    assert run.times("BEGAN", "a") == [5.0, 10.0, 26.0, 46.0]
    assert run.store("/-a").count == 10 - 4


def test_a_part_chooses_where_fewest_are_in_front() -> None:
    """A part each 10 s, 15 s here and 40 s there: to the first on a tie, and there it stays."""
    centres = {
        "near": {"stations": {"x": {"does": {"do": "15 s"}}}},
        "far": {"stations": {"y": {"does": {"do": "40 s"}}}},
    }
    products = {"p": {"route": ["do"], "arrives": "10 s"}}
    run = Played(plant_of(centres=centres, products=products), 75.0, at=SHOP)
    assert run.times("BEGAN", "x") == [10.0, 30.0, 45.0, 60.0, 75.0]
    assert run.times("BEGAN", "y") == [20.0, 60.0]


def test_finished_parts_take_their_time_with_them() -> None:
    """Lead time runs from release to the end: 10 s here, 5 s there, and no wait between."""
    products = {"p": {"route": ["do_a", "do_b"]}}
    plant = plant_of(["a", 1, "b"], stations={"a": "10 s", "b": "5 s"}, products=products)
    run = Played(plant, 100.0)
    assert (run.product("p").lead_s, run.product("p").lead_sd_s) == (15.0, 0.0)
