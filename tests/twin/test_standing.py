"""Plants that cannot work, or that lock themselves: refused or stopped, with the place."""

import pickle

import pytest

from linewright.plant import Plant, PlantBuilder
from linewright.plant.language import PlantInvalid
from linewright.twin import Model, State, advance, begin, compile_plant, outcome
from linewright.twin.experiment import Runs, Workers, run
from linewright.twin.faults import LineInvalid, RunStopped
from linewright.twin.standing import check_work, dead_end, overloads, stop_at_dead_end
from tests.twin.lines import NS

SHOP = "reno/shop"
HERE = Workers(over="here")
SHORT = Runs(hours=20.0, replications=2, jit=False)


def _site(**keys: object) -> tuple[PlantBuilder, object]:
    plant = PlantBuilder("acme")
    return plant, plant.site("reno", timezone="UTC", currency="USD", **keys).area("shop")


def crossing(places: int) -> Plant:
    """Two work centres with small queues, and products that arrive at either and pass both."""
    plant, shop = _site()
    for name in ("east", "west"):
        centre = shop.work_centre(name, queue=places)  # type: ignore[attr-defined]  # an area
        centre.station(f"{name}1", does={f"do_{name}": "10 s exponential"})
    for name, route in {"there": ["do_east", "do_west"], "back": ["do_west", "do_east"]}.items():
        plant.product(name, route=route, arrives="25 s exponential")
    return plant.done()


def line(*times: str, **keys: object) -> Plant:
    """A line of stations with these times, direct hand-over; `keys` of the last station."""
    plant, shop = _site(crews={"fitters": {"people": 1, "skills": ["turning"]}})
    plant.add("skill", "turning")
    names = [f"m{k}" for k in range(len(times))]
    made = shop.line("line", flow=names)  # type: ignore[attr-defined]  # an area
    for name, time in zip(names, times, strict=True):
        own = keys if name == names[-1] else {}
        made.station(name, does={f"do_{name}": time}, **own)
    return plant.done()


def _after(model: Model, hours: float = 5.0) -> State:
    start = begin(model, at_ns=0, seed=3)
    return advance(model, start, round(hours * 3600 * NS), jit=False)


def test_stations_that_wait_for_each_other_are_found() -> None:
    """Products in opposite directions fill both queues: each centre waits for the other's room."""
    model = compile_plant(crossing(2), SHOP)
    found = dead_end(model, _after(model))
    assert found is not None
    assert set(found.places) == {f"{SHOP}/east/east1", f"{SHOP}/west/west1"}
    assert f"east1 waits for room in {SHOP}/west" in found.what
    assert 0 < found.since_ns < 5 * 3600 * NS


def test_it_is_for_ever() -> None:
    """What is told as locked has made no part a hundred hours later."""
    model = compile_plant(crossing(2), SHOP)
    early, late = _after(model), _after(model, 105.0)
    assert dead_end(model, early) == dead_end(model, late)
    assert outcome(model, early).good == outcome(model, late).good


def test_a_run_that_locks_is_stopped() -> None:
    """`run` says which stations, what each waits for and since when."""
    with pytest.raises(RunStopped, match="waits for room in") as stopped:
        run(crossing(2), SHOP, SHORT, workers=HERE)
    assert stopped.value.where in {f"{SHOP}/east/east1", f"{SHOP}/west/west1"}
    assert "h of the run" in stopped.value.what
    again = pickle.loads(pickle.dumps(stopped.value))  # noqa: S301  # as workers send it
    assert str(again) == str(stopped.value)


def test_a_line_that_is_only_slow_is_none() -> None:
    """Blocked stations of a line that goes on are no dead end, at any instant."""
    model = compile_plant(line("1 s exponential", "1 s exponential", "20 s exponential"), SHOP)
    state = begin(model, at_ns=0, seed=1)
    for k in range(200):
        state = advance(model, state, k * 7 * NS, jit=False)
        assert dead_end(model, state) is None
    stop_at_dead_end(model, state)


def test_parts_that_wait_for_a_load_that_never_comes() -> None:
    """Three parts inside, loads begin with five: nothing is to happen any more."""
    plant, shop = _site()
    made = shop.line("line", flow=["saw", 9, "oven"], release="conwip", wip=3)  # type: ignore[attr-defined]  # an area
    made.station("saw", does={"cut": "10 s"})
    made.station("oven", does={"bake": "60 s"}, batch=5, batch_least=5)
    plant.product("bar", route=["cut", "bake"])
    model = compile_plant(plant.done(), f"{SHOP}/line")
    found = dead_end(model, _after(model))
    assert found is not None
    assert f"3 in {SHOP}/line/saw-oven" in found.what


def test_a_load_that_never_comes_is_found_through_closed_hours() -> None:
    """Shifts begin and end, and a clock of failures runs on: nothing of that brings the load."""
    plant, shop = _site(shifts={"day": "daily 06:00-14:00"})
    made = shop.line("line", flow=["saw", 9, "oven"], release="conwip", wip=3, shifts=["day"])  # type: ignore[attr-defined]  # an area
    fails = {"every": "30 h", "clock": "calendar", "repair": "1 h"}
    made.station("saw", does={"cut": "10 s"}, fails=fails)
    made.station("oven", does={"bake": "60 s"}, batch=5, batch_least=5)
    plant.product("bar", route=["cut", "bake"])
    model = compile_plant(plant.done(), f"{SHOP}/line")
    assert dead_end(model, _after(model)) is None
    assert dead_end(model, _after(model, 9.0)) is not None
    assert dead_end(model, _after(model, 20.0)) is not None


def test_a_crew_that_is_too_small_is_refused() -> None:
    """Two people asked of a crew of one, for a cycle or in one shift: refused with the station."""
    manned = line("10 s", operators={"turning": 2})
    with pytest.raises(LineInvalid, match="a cycle can never begin: it needs 2, and crew fitters"):
        run(manned, SHOP, SHORT, workers=HERE)
    with pytest.raises(LineInvalid, match="has 1 at most") as refused:
        check_work(compile_plant(manned, SHOP))
    assert refused.value.where == f"{SHOP}/line/m0"
    check_work(compile_plant(line("10 s", operators={"turning": 1}), SHOP))


def test_the_plant_file_refuses_what_has_nobody_and_no_length() -> None:
    """A crew of 0 people and a cycle of 0 s are mistakes of the plant file, with their place."""
    plant, shop = _site(crews={"fitters": {"people": 0}})
    shop.line("line", flow=["saw"]).station("saw", does={"cut": "0 s"})  # type: ignore[attr-defined]  # an area
    with pytest.raises(PlantInvalid) as refused:
        plant.done()
    told = [str(one) for one in refused.value.problems]
    assert any("crews.fitters.people" in one for one in told)
    assert any("saw" in one for one in told)


def test_more_arrives_than_can_be_done() -> None:
    """A part each 8 s for 10 s of work: the station and 1.25 are told; with repairs more."""
    for fails, load in (({}, 1.25), ({"every": "90 s", "repair": "9 s"}, 1.375)):
        plant, shop = _site()
        made = shop.line("line", flow=["saw", 9, "mill"])  # type: ignore[attr-defined]  # an area
        made.station("saw", does={"cut": "5 s"})
        made.station("mill", does={"mill": "10 s exponential"}, fails=fails)
        plant.product("bar", route=["cut", "mill"], arrives="8 s exponential")
        (found,) = overloads(compile_plant(plant.done(), f"{SHOP}/line"), 0)
        assert (found.places, round(found.load, 9)) == ((f"{SHOP}/line/mill",), load)


def test_rework_and_working_time_count() -> None:
    """Half of the parts once more: 1.5 visits (a limit of 1); one shift of three: three times."""
    plant, shop = _site(shifts={"early": "daily 06:00-14:00"})
    shop.line("line", flow=["saw"]).station("saw", does={"cut": "5 s"})  # type: ignore[attr-defined]  # an area
    again = {"operation": "cut", "rework": "50 %", "rework_to": "cut", "rework_limit": 1}
    plant.product("bar", route=[again], arrives="10 s")
    (found,) = overloads(compile_plant(plant.done(), f"{SHOP}/line"), 0)
    assert found.load == pytest.approx(0.5 * 1.5 * 3.0)


def test_an_overload_is_a_note_of_the_run() -> None:
    """The run is made, and its notes name the station and the load."""
    plant, shop = _site()
    shop.line("line", flow=["saw"]).station("saw", does={"cut": "10 s"})  # type: ignore[attr-defined]  # an area
    plant.product("bar", route=["cut"], arrives="8 s")
    found = run(plant.done(), f"{SHOP}/line", SHORT, workers=HERE)
    assert any("saw: 1.25 times as much work comes" in note for note in found.notes)


def test_endless_rework_ends() -> None:
    """Rework of every part: after its trips each is scrapped, and the run comes to its end."""
    plant, shop = _site()
    shop.line("line", flow=["saw"]).station("saw", does={"cut": "10 s"})  # type: ignore[attr-defined]  # an area
    again = {"operation": "cut", "rework": "100 %", "rework_to": "cut", "rework_limit": 9}
    plant.product("bar", route=[again])
    found = run(plant.done(), f"{SHOP}/line", SHORT, workers=HERE).measured
    scrap, good, rework = (found.at(name) for name in ("scrap", "good", "rework"))
    assert scrap is not None
    assert good is not None
    assert rework is not None
    assert (scrap.mean, good.mean, rework.mean) == (720.0, 0.0, 6480.0)


def test_cycles_of_next_to_no_length_use_up_the_events() -> None:
    """Cycles of a nanosecond: `advance` stops at its events, and says how far it came."""
    model = compile_plant(line("0.000000001 s"), SHOP)
    with pytest.raises(RunStopped, match="1,000 events"):
        advance(model, begin(model, at_ns=0, seed=1), NS, jit=False, events_max=1000)


def test_more_parts_than_there_is_memory_for() -> None:
    """Parts that come faster than they can leave stop the run at a number of parts, by name."""
    plant, shop = _site()
    shop.line("line", flow=["saw"]).station("saw", does={"cut": "10 h"})  # type: ignore[attr-defined]  # an area
    plant.product("bar", route=["cut"], arrives="1 s", lot_size=100_000)
    model = compile_plant(plant.done(), f"{SHOP}/line")
    with pytest.raises(RunStopped, match="most of them in reno/shop/line/-saw"):
        advance(model, begin(model, at_ns=0, seed=1), 3600 * NS)
