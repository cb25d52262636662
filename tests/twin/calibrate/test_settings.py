"""Settings say in the plant language what a calibration changes."""

import pytest

from linewright.plant import Address, to_text
from linewright.plant.difference import difference
from linewright.plant.language import load_text
from linewright.plant.model import Distribution, Duration, Lifetime
from linewright.twin.calibrate.settings import Setting, changed, distribution, rounded
from tests.twin.calibrate.said import LINE, plant_of

A = Address(f"{LINE}/a")


def _setting(key: str, value: Distribution | float) -> Setting:
    return Setting(address=A, key=key, value=value)


def test_what_is_written_is_read_back() -> None:
    """A plant with every kind of setting reads back equal from its text."""
    settings = [
        _setting("does.make.time", distribution(Duration, "lognormal", 48.123456, 0.123456)),
        _setting("does.make.scrap", 0.0123),
        _setting("does.make.rework", 0.02),
        _setting("fails.failure.every", distribution(Lifetime, "exponential", 36000.0, 1.0)),
        _setting("fails.failure.repair", distribution(Lifetime, "gamma", 300.0, 0.5)),
    ]
    plant = changed(plant_of("a", 3, "b"), settings)
    assert load_text(to_text(plant)) == plant


def test_only_what_is_set_changes() -> None:
    """The difference between the plants holds the settings and nothing else."""
    plant = plant_of("a", 3, "b")
    found = difference(plant, changed(plant, [_setting("does.make.time", Duration(mean_s=12.0))]))
    assert [(one.where, one.attribute) for one in found.values] == [(A, "does.make.time.mean_s")]
    assert found.elements == ()
    assert changed(plant, []) == plant


def test_the_text_is_the_plant_files() -> None:
    """The text of a setting, put into a plant file, means its value."""
    value = distribution(Duration, "weibull", 48.5, 0.25)
    text = _setting("does.make.time", value).text
    station = plant_of("a", time=text).stations_in(A)
    assert text == "48.5 s weibull cv 0.25"
    assert [each.does["make"].time for _, each in station] == [value]
    assert _setting("does.make.scrap", 0.012).text == "1.2 %"


def test_families_that_go_without_saying() -> None:
    """A constant duration and an exponential lifetime name no family, unless the file does."""
    assert distribution(Duration, "constant", 10.0, 0.0).family is None
    assert distribution(Lifetime, "constant", 10.0, 0.0).family == "constant"
    named = Lifetime(mean_s=5.0, family="exponential")
    assert distribution(Lifetime, "exponential", 10.0, 1.0, named).family == "exponential"


def test_a_station_that_is_not_there() -> None:
    """A setting of a station or operation that does not exist is an error."""
    with pytest.raises(KeyError):
        changed(plant_of("a"), [_setting("does.paint.time", Duration(mean_s=12.0))])


def test_five_digits() -> None:
    """Numbers are rounded to what a plant file can bear."""
    assert rounded(0.00123456789) == 0.0012346
