"""What is made at a place, and by whom."""

import pytest

from linewright.emulate.flows.products import (
    EACH,
    PRODUCTS_MAX,
    doers,
    fewer,
    is_risky,
    sent_back,
    staying,
    whole,
)
from linewright.plant import Address, Plant, PlantBuilder

SHOP = Address("reno/shop")
ONE, TWO = Address("reno/shop/lathes/one"), Address("reno/shop/mills/two")


def plant(count: int = 1, **product: object) -> Plant:
    """Return a lathe and a mill, and as many products that are turned and milled."""
    builder = PlantBuilder("acme")
    area = builder.site("reno", timezone="UTC", currency="USD").area("shop")
    area.work_centre("lathes").station("one", does={"turn": "40 s"})
    area.work_centre("mills").station("two", does={"mill": "40 s"})
    for name in ("turn", "mill"):
        builder.operation(name)
    for n in range(count):
        builder.product(f"p{n}", **({"route": ["turn", "mill"]} | product))
    return builder.done()


def test_of_each_step_it_is_said_who_can_do_it() -> None:
    """Two products of one route have two steps, each with its station."""
    assert doers(plant(2), SHOP) == (frozenset({ONE}), frozenset({TWO}))
    assert doers(plant(2), Address("reno/shop/mills")) == (frozenset({TWO}),)


def test_of_many_products_some_stand_for_all() -> None:
    """Of more than are played by turns three of a route are left; those that arrive all stay."""
    assert len(fewer(plant(PRODUCTS_MAX), SHOP).products) == PRODUCTS_MAX
    assert list(fewer(plant(PRODUCTS_MAX + 1), SHOP).products) == [f"p{n}" for n in range(EACH)]
    wanted = fewer(plant(PRODUCTS_MAX + 1), SHOP, {"p60"}).products
    assert list(wanted) == [*(f"p{n}" for n in range(EACH)), "p60"]
    arriving = plant(PRODUCTS_MAX + 1, arrives="1 h")
    assert len(fewer(arriving, SHOP).products) == PRODUCTS_MAX + 1


def test_what_goes_into_a_product_that_is_left_is_left_too() -> None:
    """A component is kept with what takes it, though others of its route stand for it."""
    builder = PlantBuilder("acme")
    area = builder.site("reno", timezone="UTC", currency="USD").area("shop")
    area.work_centre("lathes").station("one", does={"turn": "40 s", "press": "20 s"})
    for name in ("turn", "press"):
        builder.operation(name)
    for n in range(PRODUCTS_MAX):
        builder.product(f"p{n}", route=["turn"])
    builder.product("pump", route=["press"], bom={f"p{PRODUCTS_MAX - 1}": 1})
    kept = fewer(builder.done(), SHOP).products
    assert set(kept) == {"p0", "p1", "p2", "p59", "pump"}
    assert is_risky(builder.done(), SHOP)


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ({"rework_to": "turn", "rework": "1 %"}, {TWO}),
        ({"detects": "90 %"}, {TWO}),
        ({"scrap": "5 %"}, set()),
    ],
)
def test_where_parts_are_found_bad_after_their_cycle(step: dict[str, str], told: set[str]) -> None:
    """Rework and inspection find parts bad that a cycle has ended well; scrap does not."""
    made = plant(route=["turn", {"operation": "mill", **step}])
    assert sent_back(made, SHOP) == told


def test_loads_of_several_products_may_never_fill() -> None:
    """Two products and a lane that goes in sixes are a risk, one product alone is none."""
    for count in (1, 2):
        builder = PlantBuilder("acme")
        area = builder.site("reno", timezone="UTC", currency="USD").area("shop")
        buffers = {"turn-mill": {"places": 6, "batch": 6}}
        line = area.line("pump", flow=["turn", "mill"], buffers=buffers)
        for name in ("turn", "mill"):
            builder.operation(name)
            line.station(name, does={name: "20 s"})
        for n in range(count):
            builder.product(f"p{n}", route=["turn", "mill"])
        assert is_risky(builder.done(), SHOP) == (count == 2)


def test_products_that_go_outside_in_the_midst_of_a_line_are_left_out() -> None:
    """What is plated between turning and milling leaves; what is plated afterwards stays."""
    for route, left in ((["turn", "plate", "mill"], 0), (["turn", "mill", "plate"], 1)):
        builder = PlantBuilder("acme")
        area = builder.site("reno", timezone="UTC", currency="USD").area("shop")
        line = area.line("pump", flow=["turn", 2, "mill"])
        for name in ("turn", "mill"):
            builder.operation(name)
            line.station(name, does={name: "20 s"})
        builder.add("supplier", "platers", label="Platers", currency="USD")
        builder.operation("plate", outside="platers", takes="5 d")
        builder.product("cover", route=route)
        assert len(staying(builder.done(), SHOP.child("pump")).products) == left


def test_what_is_made_as_a_whole_at_a_place() -> None:
    """Both steps are done in the shop, one of them alone in each work centre."""
    assert whole(plant(), SHOP) == {"p0"}
    assert whole(plant(), Address("reno/shop/mills")) == frozenset()
