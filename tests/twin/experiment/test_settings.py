"""Settings of scenarios on the bracket plant: each key where people would look for it."""

import pytest

from linewright.plant import load
from linewright.plant.difference import describe, difference
from linewright.twin.experiment import Scenario, SettingInvalid, setting_of, with_settings
from linewright.twin.experiment.settings import comparable, named, places_of

PLANT = load("plants/bracket")


def _scenario(*settings: str) -> Scenario:
    return Scenario(name="try", settings=tuple(setting_of(each) for each in settings))


def _changed(*settings: str) -> str:
    one = _scenario(*settings)
    return describe(difference(comparable(PLANT, one), with_settings(PLANT, one)))


@pytest.mark.parametrize(
    ("setting", "change"),
    [
        ("nogales/machining/bracket/mill.does.mill.time = 90 s", "1 min -> 90 s"),
        ("mill.does.mill.scrap = 2 %", "scrap_share: 0 -> 2 %"),
        ("saw-mill.places = 20", "places: 12 -> 20"),
        ("saw-mill.places = 0", "places: 12 -> 0"),
        ("saw-mill.places = rack", "places: 12 -> rack"),
        ("saw-mill.places = ~", "places: 12 -> rack"),
        ("saw-mill.travel = 20 s", "travel: none -> 20 s"),
        ("saw.fails.every = 100 h", "fails.failure.every.mean_s: 30 h -> 100 h"),
        ("saw.fails.failure.every = 100 h", "fails.failure.every.mean_s: 30 h -> 100 h"),
        ("mill.fails.spindle_trip.repair = 10 min", "repair"),
        ("mill.fails.jam = {every: 5 h, repair: 3 min}", "added failure mode"),
        ("nogales.crews.maintenance.people = 3", "people: 2 -> 3"),
        ("products.bracket-a.lot_size = 50", "lot_size: 100 -> 50"),
        ("families.steel.route.mill.rework = 3 %", "rework_share: 1 % -> 3 %"),
        ("families.steel.route.1.scrap = 3 %", "scrap_share: 0 -> 3 %"),
        ("families.aluminium.route = [cut, mill, inspect]", "wash"),
        ("wash.power.running = 9 kW", "6 kW -> 9 kW"),
        ("bracket.takt = 80 s", "takt_s: 72 s -> 80 s"),
        ("bracket.takt = ~", "takt_s: 72 s"),
    ],
)
def test_a_setting_changes_its_value_and_no_other(setting: str, change: str) -> None:
    """What the plants differ in is the one value that the setting names."""
    told = _changed(setting)
    assert change in told
    named = told.splitlines()
    assert len([line for line in named[:-1] if not line.startswith(" ")]) == 1


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("bracket/mil.does.mill.time=1 s", "`bracket/mil`; did you mean `bracket/mill`?"),
        ("saw-mil.places=3", "did you mean `saw-mill`?"),
        ("prodcts.a.lot_size=3", "did you mean `products`?"),
        ("mill.does.mil.time=1 s", "no `mil` in `does`; did you mean `mill`?"),
        ("mill.does.deburr=20 s", "there are mill"),
        ("mill.does.mill.tiem=90 s", "a cycle has no key `tiem`; did you mean `time`?"),
        ("mill.does.mill.time=90 minits", "did you mean `min`?"),
        ("mill.fails.spindle_trip.every.mean=3 h", "set it as a whole"),
        ("mill.rate.x=3", "end the path there"),
        ("nogales.crews.maintenence.people=3", "did you mean `maintenance`?"),
        ("families.steel.route.mil.rework=3 %", "did you mean `mill`?"),
        ("families.steel.route.9.rework=3 %", "number from 1 to 4"),
        ("mill.setup=none_such", "none_such"),
        ("saw-mill.places=many", "many"),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_the_nearest_right_one(setting: str, said: str) -> None:
    """Nothing is guessed: the message names scenario, place and what was probably meant."""
    with pytest.raises(SettingInvalid) as caught:
        with_settings(PLANT, _scenario(setting))
    assert said in str(caught.value)
    assert str(caught.value).startswith("try")


def test_the_plants_own_check_speaks() -> None:
    """A changed plant with errors is refused with all problems of the check."""
    with pytest.raises(SettingInvalid) as caught:
        with_settings(PLANT, _scenario("mill.does.mill.time=90 minits", "saw.places=-1"))
    assert {each.code for each in caught.value.problems if each.severity == "error"} == {
        "unit-unknown",
        "out-of-range",
    }


def test_settings_are_made_one_after_the_other() -> None:
    """Later ones see what earlier ones did; the plant itself stays as it is."""
    changed = with_settings(PLANT, _scenario("saw-mill.places=3", "saw-mill.travel=9 s"))
    buffer = changed.sites["nogales"].areas["machining"].lines["bracket"].buffers["saw-mill"]
    assert (buffer.places, buffer.travel is not None) == (3, True)
    assert with_settings(PLANT, _scenario()) is PLANT
    assert _changed() == "no difference"


def test_the_end_of_an_address_is_enough() -> None:
    """Every place is found by its whole address, and by an end that only one thing has."""
    for place in places_of(PLANT):
        assert named(PLANT, place, "here") == place
    assert named(PLANT, "bracket/mill-wash", "here").name == "mill-wash"
    with pytest.raises(SettingInvalid, match="things end with `wash`"):
        named(load("plants/corridor"), "wash", "here")
