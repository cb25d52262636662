"""Cycles: their times, and what becomes of their parts."""

import pytest

from tests.twin.small import SHOP, Played, plant_of

JOBS = f"{SHOP}/jobs"


def _alone(cycle: object, until_s: float, **keys: object) -> Played:
    return Played(plant_of(["a"], stations={"a": {"cycle": cycle, **keys}}), until_s)


def test_pieces_of_a_cycle_leave_together() -> None:
    """Four cavities give four parts each 20 s."""
    run = _alone({"time": "20 s", "pieces": 4}, 60.0)
    assert run.times("SHIPPED", "a") == [20.0] * 4 + [40.0] * 4 + [60.0] * 4


def test_blocked_cavities_give_nothing() -> None:
    """Of four cavities one is blocked: three parts each cycle."""
    assert _alone({"time": "20 s", "pieces": 4, "blocked": 1}, 60.0).out.good == 9


def test_each_piece_adds_its_time() -> None:
    """A load of three takes 10 s and 2 s for each piece."""
    run = _alone({"time": "10 s", "per_piece": "2 s"}, 32.0, batch=3)
    assert run.times("SHIPPED", "a") == [16.0] * 3 + [32.0] * 3


def test_a_lot_takes_as_many_cycles_as_it_needs() -> None:
    """Five pieces, two a cycle of 10 s, and 1 s for each piece: 35 s."""
    cycle = {"time": "10 s", "pieces": 2, "per_piece": "1 s"}
    centres = {"jobs": {"stations": {"x": {"does": {"do": cycle}}}}}
    plant = plant_of(centres=centres, products={"p": {"route": ["do"], "lot_size": 5}})
    run = Played(plant, 80.0, at=JOBS)
    assert run.times("SHIPPED", "x") == [35.0, 70.0]
    assert run.out.good == 10


def test_a_slot_that_always_succeeds_is_a_cycle() -> None:
    """At 100 % each slot gives a part."""
    assert _alone({"time": "6 s", "succeeds": "100 %"}, 60.0).times("ENDED", "a") == [
        6.0 * k for k in range(1, 11)
    ]


def test_slots_are_geometric() -> None:
    """At 25 % a part leaves each 4 slots of the mean, at a whole number of slots always."""
    run = _alone({"time": "1 s", "succeeds": "25 %"}, 8000.0)
    assert run.out.good == pytest.approx(2000, abs=4 * (8000 * 0.25 * 0.75) ** 0.5)
    assert all(t == round(t) for t in run.times("ENDED", "a"))


def test_without_room_a_slot_is_tried_again() -> None:
    """A slotted station never holds a finished part: it tries until there is room."""
    stations = {"a": {"cycle": {"time": "5 s", "succeeds": "100 %"}}, "b": "12 s"}
    run = Played(plant_of(["a", 1, "b"], stations=stations), 60.0)
    assert run.times("BEGAN", "b") == [5.0, 17.0, 29.0, 41.0, 53.0]
    assert run.times("ENDED", "a") == [5.0, 10.0, 20.0, 30.0, 45.0, 55.0]
    assert run.seconds("a", "blocked") == 0.0


def test_a_wait_keeps_a_part_from_the_next_step() -> None:
    """Parts cool for 25 s; meanwhile the station goes on."""
    route = [{"operation": "do_a", "wait": "25 s"}, "do_b"]
    plant = plant_of(
        ["a", 9, "b"], stations={"a": "10 s", "b": "1 s"}, products={"p": {"route": route}}
    )
    run = Played(plant, 60.0)
    assert run.times("BEGAN", "b") == [35.0, 45.0, 55.0]
    assert run.store("a-b").count == 3


def test_taking_apart_gives_pieces_that_go_their_own_way() -> None:
    """An engine becomes one block and two heads; the heads are washed on."""
    centres = {
        "strip": {"stations": {"x": {"does": {"strip": "10 s"}}}},
        "wash": {"stations": {"w": {"does": {"wash": "1 s"}}}},
    }
    gives = {"operation": "strip", "gives": {"block": 1, "head": 2}}
    products = {
        "engine": {"route": [gives], "arrives": "20 s"},
        "head": {"route": ["wash"], "arrives": "9000 s"},
        "block": {},
    }
    run = Played(plant_of(centres=centres, products=products), 65.0, at=SHOP)
    assert run.times("BEGAN", "w") == [30.0, 31.0, 50.0, 51.0]
    assert [run.product(name).good for name in ("engine", "head", "block")] == [2, 4, 2]
    assert [run.product(name).released for name in ("engine", "head", "block")] == [3, 4, 2]


def test_pieces_taken_apart_feed_an_assembly() -> None:
    """A pair that is split gives the two components of another product."""
    centres = {
        "split": {"stations": {"x": {"does": {"split": "10 s"}}}},
        "join": {"stations": {"m": "5 s"}},
        "file": {"stations": {"w": "1 s"}},
    }
    gives = {"operation": "split", "gives": {"half": 2}}
    products = {
        "pair": {"route": [gives], "arrives": "30 s"},
        "half": {"route": ["do_w"], "arrives": "9000 s"},
        "whole": {"route": ["do_m"], "bom": {"half": 2}},
    }
    run = Played(plant_of(centres=centres, products=products), 80.0, at=SHOP)
    assert run.times("ENDED", "m") == [47.0, 77.0]


def _limited(limit: str, buffer: dict[str, object], **site: object) -> Played:
    """Return a of 10 s before b of 25 s, which should follow within a limit."""
    plant = plant_of(
        ["a", "b"],
        stations={"a": "10 s", "b": "25 s"},
        line={"buffers": {"a-b": buffer}},
        site=site,
        products={"p": {"route": ["do_a", {"operation": "do_b", "queue_limit": limit}]}},
    )
    return Played(plant, 125.0)


@pytest.mark.parametrize(("limit", "overdue"), [("14 s", 4), ("15 s", 3), ("60 s", 0)])
def test_what_has_waited_too_long_is_counted(limit: str, overdue: int) -> None:
    """Ended at 10, 20, ..., taken at 10, 35, ...: of five each has waited 15 s longer.

    With two places in between, the last of them waits on its first station as well.
    """
    run = _limited(limit, {"places": 2})
    assert run.times("BEGAN", "b") == [10.0, 35.0, 60.0, 85.0, 110.0]
    assert run.out.stations[1].overdue == overdue
    assert (run.out.stations[0].overdue, run.out.good) == (0, 4)


def test_being_moved_counts_as_waiting() -> None:
    """A cart takes parts one by one for 5 s each way; the first is there in 5 s, not in 4 s."""
    site: dict[str, object] = {"transport": {"cart": {"takes": "5 s"}}}
    for limit, overdue in (("4 s", 5), ("5 s", 4)):
        run = _limited(limit, {"places": 2, "by": "cart"}, **site)
        assert run.times("BEGAN", "b")[0] == 15.0
        assert run.out.stations[1].overdue == overdue
