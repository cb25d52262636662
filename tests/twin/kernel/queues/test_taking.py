"""What a free station takes: loads, rules of dispatch, components."""

import pytest

from tests.twin.small import NS, SHOP, Played, order, plant_of

JOBS = f"{SHOP}/jobs"


def _furnace(**keys: object) -> Played:
    stations = {"a": "10 s", "b": {"cycle": "30 s", "batch": 3, **keys}}
    return Played(plant_of(["a", 9, "b"], stations=stations), 110.0)


def _jobs(dispatch: str, until_s: float = 60.0) -> Played:
    """Return three orders of 10, 30 and 20 s that wait while a first one is made."""
    does = {"first": "1 s", "short": "10 s", "long": "30 s", "middle": "20 s"}
    centres = {"jobs": {"dispatch": dispatch, "stations": {"x": {"does": does}}}}
    plant = plant_of(centres=centres, products={name: {"route": [name]} for name in does})
    due = {"first": None, "short": 100, "long": 90, "middle": 95}
    orders = [
        order(name, name, earliest_ns=k, due_ns=None if at is None else at * NS)
        for k, (name, at) in enumerate(due.items())
    ]
    return Played(plant, until_s + 1.0, at=JOBS, orders=orders)


def _sequence(run: Played) -> list[str]:
    """Return the orders that are done, first to last."""
    done = [one for one in run.out.orders if one.done_ns is not None]
    return [one.name for one in sorted(done, key=lambda one: one.done_ns or 0)]


def test_a_load_takes_what_is_there() -> None:
    """One part at 10 s, two of 20 and 30 s at 40 s, then the three that came since."""
    run = _furnace()
    assert run.times("ENDED", "b") == [40.0, 70.0, 70.0, 100.0, 100.0, 100.0]


def test_a_load_waits_for_its_least() -> None:
    """With two at least it begins at 20 s, and at 50 s with those of 30 and 40 s."""
    run = _furnace(batch_least=2)
    assert run.times("ENDED", "b") == [50.0, 50.0, 80.0, 80.0, 110.0, 110.0, 110.0]


@pytest.mark.parametrize(
    ("dispatch", "expected"),
    [
        ("fifo", ["first", "short", "long", "middle"]),
        ("edd", ["first", "long", "middle", "short"]),
        ("spt", ["first", "short", "middle", "long"]),
        ("slack", ["first", "long", "middle", "short"]),
        ("critical_ratio", ["first", "long", "middle", "short"]),
    ],
)
def test_the_rule_of_the_queue(dispatch: str, expected: list[str]) -> None:
    """Fifo by entering, edd by due date, spt by time, slack and ratio by what is left."""
    assert _sequence(_jobs(dispatch)) == expected


def test_slack_and_ratio_are_not_the_due_date() -> None:
    """Due later but longer: slack 100 - 60 before 90 - 5, though edd says the other way."""
    for rule, expected in (("edd", ["first", "b", "a"]), ("slack", ["first", "a", "b"])):
        does = {"first": "1 s", "a": "60 s", "b": "5 s"}
        centres = {"jobs": {"dispatch": rule, "stations": {"x": {"does": does}}}}
        plant = plant_of(centres=centres, products={name: {"route": [name]} for name in does})
        due = [("first", 10), ("a", 100), ("b", 90)]
        orders = [
            order(name, name, earliest_ns=k, due_ns=at * NS) for k, (name, at) in enumerate(due)
        ]
        assert _sequence(Played(plant, 70.0, at=JOBS, orders=orders)) == expected


def test_priority_comes_before_the_rule() -> None:
    """An order of priority 9 goes before an older one of priority 1."""
    plant = plant_of(["a"], stations={"a": "10 s"}, products={"p": {"route": ["do_a"]}})
    orders = [order(f"o{k}", "p", priority=k, item=k) for k in (1, 5, 9)]
    run = Played(plant, 30.0, orders=orders)
    assert _sequence(run) == ["o1", "o9", "o5"]


def test_a_product_of_priority_1_goes_first() -> None:
    """Of two products that wait, the one of lower number is taken."""
    products = {
        "slow": {"route": ["do_a"], "arrives": "10 s", "priority": 2},
        "fast": {"route": ["do_a"], "arrives": "20 s", "priority": 1},
    }
    plant = plant_of(["a"], stations={"a": "20 s"}, products=products)
    run = Played(plant, 130.0)
    assert run.product("fast").good == 5
    assert run.product("slow").good == 1


def test_before_service_a_cycle_waits_for_room() -> None:
    """With one place and a slow station behind, a cycle begins when the place is free."""
    stations = {"a": {"cycle": "10 s", "blocking": "before_service"}, "b": "30 s"}
    run = Played(plant_of(["a", 1, "b"], stations=stations), 100.0)
    assert run.times("BEGAN", "a") == [0.0, 10.0, 40.0, 70.0, 100.0]
    assert run.seconds("a", "blocked") == 20.0 + 20.0 + 20.0


def test_assembly_takes_components_from_their_store() -> None:
    """Two components made in 10 s each make an assembly of 5 s every 20 s."""
    centres = {
        "make": {"stations": {"c": "10 s"}},
        "join": {"stations": {"m": "5 s"}},
    }
    products = {"pin": {"route": ["do_c"]}, "hinge": {"route": ["do_m"], "bom": {"pin": 2}}}
    run = Played(plant_of(centres=centres, products=products), 70.0, at=SHOP)
    assert run.times("ENDED", "m") == [25.0, 45.0, 65.0]
    assert (run.product("pin").good, run.product("hinge").good) == (7, 3)
    assert run.store("store of pin").count == 1


def test_a_side_buffer_bounds_the_store() -> None:
    """A component's station is blocked when the buffer to the assembly is full."""
    line = {"buffers": {"c-m": 3}}
    products = {"pin": {"route": ["do_c"]}, "hinge": {"route": ["do_m"], "bom": {"pin": 1}}}
    plant = plant_of(["m"], stations={"c": "1 s", "m": "50 s"}, line=line, products=products)
    run = Played(plant, 40.0)
    assert run.store("store of pin").count == 3
    assert run.seconds("c", "blocked") == 40.0 - 5.0


def test_set_up_rule_keeps_the_key() -> None:
    """Parts of the key that is set up go before older ones of another."""
    does = {"cut": "10 s"}
    centres = {"jobs": {"dispatch": "setup", "stations": {"x": {"does": does, "setup": "dies"}}}}
    products = {name: {"route": ["cut"]} for name in ("p", "q")}
    setups = {"dies": {"by": "product", "times": {"any": {"any": "5 s"}}}}
    plant = plant_of(centres=centres, products=products, setups=setups)
    orders = [order(f"o{k}", name, item=k) for k, name in enumerate("pqpq")]
    assert _sequence(Played(plant, 90.0, at=JOBS, orders=orders)) == ["o0", "o2", "o1", "o3"]
