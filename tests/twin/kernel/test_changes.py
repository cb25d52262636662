"""Changes while a plant runs: places, people, parts inside."""

from tests.twin.small import Played, plant_of

HANDS = {"crews": {"hands": {"people": 1, "skills": ["run"]}}}


def test_places_of_a_buffer() -> None:
    """A full buffer that gets two more places lets its blocked station go on, and fills."""
    plant = plant_of(["a", 1, "b"], stations={"a": "10 s", "b": "900 s"})
    run = Played(plant, 100.0, changes=[("a-b", "places", 3.0, 50.0, None)])
    assert run.times("ENTERED", "a-b") == [10.0, 20.0, 50.0, 60.0]
    assert run.seconds("a", "blocked") == 20.0 + 30.0


def test_fewer_places_take_nothing_away() -> None:
    """Parts that stand in a buffer stay; no more come in until there is room."""
    plant = plant_of(["a", 3, "b"], stations={"a": "10 s", "b": "40 s"})
    run = Played(plant, 90.0, changes=[("a-b", "places", 1.0, 45.0, 60.0)])
    levels = {event.t_ns // 10**9: event.value for event in run.told("ENTERED", "a-b")}
    assert levels == {10: 1.0, 20: 1.0, 30: 2.0, 40: 3.0, 60: 3.0, 90: 3.0}


def test_people_come_and_go() -> None:
    """With two people from 25 s to 45 s both stations work side by side, else by turns."""
    one = {"cycle": "10 s", "operators": {"run": 1}}
    plant = plant_of(["a", 9, "b"], stations={"a": one, "b": one}, site=HANDS, skills={"run": {}})
    run = Played(plant, 60.0, changes=[("", "people_hands", 2.0, 25.0, 45.0)])
    assert run.times("BEGAN", "b") == [10.0, 30.0, 40.0, 50.0]
    assert run.times("BEGAN", "a") == [0.0, 20.0, 30.0, 40.0, 60.0]


def test_more_parts_inside() -> None:
    """A loop of one part that may have three from 30 s on fills at once."""
    line = {"release": "conwip", "wip": 1}
    products = {"p": {"route": ["do_a", "do_b"]}}
    plant = plant_of(
        ["a", 5, "b"], stations={"a": "1 s", "b": "20 s"}, line=line, products=products
    )
    run = Played(plant, 45.0, changes=[("", "wip", 3.0, 30.0, None)])
    assert run.times("BEGAN", "a") == [0.0, 21.0, 30.0, 31.0, 42.0]
    assert run.out.inside == 3


def test_of_one_product_only() -> None:
    """Each kanban loop is changed by its product."""
    line = {"release": "kanban", "wip": 1}
    products = {name: {"route": ["do_a", "do_b"]} for name in ("p", "q")}
    plant = plant_of(
        ["a", 5, "b"], stations={"a": "1 s", "b": "90 s"}, line=line, products=products
    )
    run = Played(plant, 50.0, changes=[("", "wip_q", 3.0, 30.0, None)])
    assert (run.product("p").released, run.product("q").released) == (1, 3)


def test_scrap_and_speed_hold_until_they_end() -> None:
    """Everything is scrap for 20 s; at half speed from 40 s on a cycle takes 20 s."""
    plant = plant_of(["a"], stations={"a": "10 s"})
    changes = [("a", "scrap_share", 1.0, 15.0, 35.0), ("a", "speed", 50.0, 40.0, 80.0)]
    run = Played(plant, 100.0, changes=changes)
    assert run.times("SCRAPPED", "a") == [20.0, 30.0]
    assert run.times("ENDED", "a") == [10.0, 20.0, 30.0, 40.0, 60.0, 80.0, 90.0, 100.0]


def test_a_station_of_several_places_changes_as_one() -> None:
    """A slower station is slower in all its places, also in cycles under way."""
    plant = plant_of(["a"], stations={"a": {"cycle": "10 s", "places": 2}})
    run = Played(plant, 40.0, changes=[("a", "cycle_factor", 2.0, 5.0, None)])
    assert run.times("ENDED", "a") == [15.0, 15.0, 35.0, 35.0]


def test_a_failure_by_change_strikes_and_ends() -> None:
    """It strikes at 12 s, is over at 30 s, and the cycle goes on where it stopped."""
    fails = {"jam": {"every": "9000 s", "repair": "100 s"}}
    plant = plant_of(["a"], stations={"a": {"cycle": "10 s", "fails": fails}})
    run = Played(plant, 60.0, changes=[("a", "fail_jam", 1.0, 12.0, 30.0)])
    assert run.times("ENDED", "a") == [10.0, 38.0, 48.0, 58.0]
    assert run.seconds("a", "down") == 18.0
