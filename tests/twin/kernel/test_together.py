"""Features that meet, by hand: where one could lock the other."""

from tests.twin.small import SHOP, Played, order, plant_of


def test_a_vehicle_that_waits_with_its_load_comes_back() -> None:
    """A cart whose parts find room one by one is free again when the last one is off."""
    buffers = {"a-b": {"places": 2, "by": "cart"}}
    site = {"transport": {"cart": {"carries": 2, "takes": "10 s"}}}
    plant = plant_of(
        ["a", "b"],
        stations={"a": {"cycle": {"time": "10 s", "pieces": 2}}, "b": "20 s"},
        line={"buffers": buffers},
        site=site,
    )
    run = Played(plant, 500.0)
    assert run.times("ENDED", "b") == [40.0 + 20.0 * k for k in range(24)]


def test_a_load_of_another_step_need_not_wait() -> None:
    """A lone part of one product does not keep two of another from their load of two."""
    station = {"does": {"do": "10 s"}, "batch": 3, "batch_least": 2}
    plant = plant_of(
        centres={"jobs": {"stations": {"x": station}}},
        products={name: {"route": ["do"]} for name in ("p", "q")},
    )
    orders = [order("o1", "p"), order("o2", "q", quantity=2)]
    run = Played(plant, 30.0, at=f"{SHOP}/jobs", orders=orders)
    assert run.times("ENDED", "x") == [10.0, 10.0]


def test_before_service_with_direct_hand_over() -> None:
    """Without places a cycle begins when the next station stands idle."""
    stations = {"a": {"cycle": "10 s", "blocking": "before_service"}, "b": "30 s"}
    run = Played(plant_of(["a", 0, "b"], stations=stations), 100.0)
    assert run.times("BEGAN", "a") == [0.0, 40.0, 80.0]
    assert run.times("BEGAN", "b") == [10.0, 50.0, 90.0]


def test_rework_stays_inside_its_loop() -> None:
    """A part sent back to the entry of a loop of one is counted once, and comes in again."""
    step = {"operation": "do_b", "rework": "100 %", "rework_to": "do_a"}
    plant = plant_of(
        ["a", 2, "b"],
        stations={"a": "10 s", "b": "10 s"},
        line={"release": "conwip", "wip": 1},
        products={"p": {"route": ["do_a", step]}},
    )
    run = Played(plant, 60.0)
    assert run.times("BEGAN", "a") == [0.0, 20.0, 40.0, 60.0]
    assert run.times("SCRAPPED", "b") == [40.0]


def test_a_load_before_service_waits_for_room_for_its_least() -> None:
    """With two places behind and two at least, a load begins when both are free."""
    first = {"cycle": "10 s", "batch": 2, "batch_least": 2, "blocking": "before_service"}
    run = Played(plant_of(["a", 2, "b"], stations={"a": first, "b": "20 s"}), 100.0)
    assert run.times("BEGAN", "a") == [0.0, 30.0, 70.0]
    assert run.times("BEGAN", "b") == [10.0, 30.0, 50.0, 70.0, 90.0]


def test_pieces_taken_apart_are_made_of_nothing_else() -> None:
    """A product that a step gives has no endless material of its own."""
    centres = {
        "split": {"stations": {"x": {"does": {"split": "10 s"}}}},
        "file": {"stations": {"w": "1 s"}},
    }
    gives = {"operation": "split", "gives": {"half": 2}}
    products = {"pair": {"route": [gives]}, "half": {"route": ["do_w"]}}
    run = Played(plant_of(centres=centres, products=products), 30.5, at=SHOP)
    assert run.product("half").released == 6
    assert run.times("BEGAN", "w") == [10.0, 11.0, 20.0, 21.0, 30.0]
