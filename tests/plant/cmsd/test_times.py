"""Distributions: our parameters and theirs mean the same times."""

import math
import random
import statistics
from collections.abc import Callable

import pytest

from linewright.plant.cmsd.elements import CmsdInvalid, Notes, tag
from linewright.plant.cmsd.times import number, real, time_of, timed
from linewright.plant.markup import Node, read_nodes
from linewright.plant.model import Duration
from tests.plant.cmsd.foreign import spread

DRAWS = 40_000


def node_of(text: str) -> Node:
    """Return the element that a text is."""
    return next(read_nodes([text.encode()], frozenset({"T"}), "text"))


def read(inside: str, unit: str = "second") -> dict[str, object]:
    """Return what a time says."""
    found = time_of(node_of(f"<T>{inside}</T>"), "constant", unit, Notes())
    assert found is not None
    return found


def lognormal(given: dict[str, float], chance: random.Random) -> float:
    """Return a lognormal time by its own mean and deviation."""
    wide = math.log1p((given["standardDeviation"] / given["mean"]) ** 2)
    return chance.lognormvariate(math.log(given["mean"]) - wide / 2.0, math.sqrt(wide))


DRAWN: dict[str, Callable[[dict[str, float], random.Random], float]] = {
    "gamma": lambda given, chance: chance.gammavariate(given["shape"], given["scale"]),
    "weibull": lambda given, chance: chance.weibullvariate(given["scale"], given["shape"]),
    "lognormal": lognormal,
    "triangular": lambda given, chance: chance.triangular(
        given["minimum"], given["maximum"], given["mode"]
    ),
    "uniform": lambda given, chance: chance.uniform(given["minimum"], given["maximum"]),
    "exponential": lambda given, chance: chance.expovariate(1.0 / given["mean"]),
    "normal": lambda given, chance: chance.gauss(given["mean"], given["standardDeviation"]),
}
"""Times of a distribution by its written parameters, with Python's own generators."""


TIMES = [
    (Duration(mean_s=48.0, family="exponential"), 48.0, 48.0),
    (Duration(mean_s=48.0, family="normal", cv=0.2), 48.0, 9.6),
    (Duration(mean_s=48.0, family="lognormal", cv=0.7), 48.0, 33.6),
    (Duration(mean_s=48.0, family="gamma", cv=0.3), 48.0, 14.4),
    (Duration(mean_s=48.0, family="weibull", cv=0.6), 48.0, 28.8),
    (Duration(family="triangular", low_s=30.0, mode_s=36.0, high_s=60.0), 42.0, math.sqrt(42.0)),
    (Duration(family="uniform", low_s=40.0, high_s=64.0), 52.0, 24.0 / math.sqrt(12.0)),
]


@pytest.mark.parametrize(("time", "mean", "deviation"), TIMES)
def test_written_parameters_have_the_moments_of_the_plant(
    time: Duration, mean: float, deviation: float
) -> None:
    """Times drawn from what the file says, by Python's generators, have our mean and deviation."""
    node = timed("T", time, "constant").all("Distribution")[0]
    given = {each.say("Name"): float(each.say("Value")) for each in node.children[1:]}
    chance = random.Random(11)  # noqa: S311  # draws times, hides nothing
    values = [DRAWN[node.say("Name")](given, chance) for _ in range(DRAWS)]
    assert statistics.fmean(values) == pytest.approx(mean, rel=0.02)
    assert statistics.stdev(values) == pytest.approx(deviation, rel=0.04)


@pytest.mark.parametrize("time", [each for each, _, _ in TIMES])
def test_a_time_comes_back_as_it_was(time: Duration) -> None:
    """Mean, spread and corners are equal to the last digit after writing and reading."""
    found = time_of(timed("T", time, "constant"), "constant", "", Notes())
    assert found is not None
    seconds = {key: float(str(v).removesuffix(" s")) for key, v in found.items() if key != "family"}
    assert found["family"] == time.family
    assert seconds.get("mean") == time.mean_s
    assert seconds.get("cv") == (None if time.family == "exponential" else time.cv)
    assert (seconds.get("low"), seconds.get("high")) == (time.low_s, time.high_s)


@pytest.mark.parametrize(
    ("inside", "wanted"),
    [
        ("<Unit>minute</Unit><Value>2</Value>", {"mean": "120.0 s"}),
        ("<Unit>minutes</Unit><Value>TRIA(6,8,10)</Value>", {"low": "360.0 s", "high": "600.0 s"}),
        (spread("Fixed", ("mean", 0.5)), {"mean": "0.5 s"}),
        (spread("Exponential", ("rate", 0.25)), {"mean": "4.0 s", "family": "exponential"}),
        (spread("Erlang", ("k", 4), ("mean", 3)), {"mean": "12.0 s", "cv": 0.5}),
        (spread("Gamma", ("Shape", 4), ("Scale", 3), ("Location", 0)), {"mean": "12.0 s"}),
        (spread("Weibull", ("Shape", 1), ("Scale", 9)), {"mean": "9.0 s", "cv": 1.0}),
        (spread("Normal", ("mean", 9), ("variance", 9)), {"cv": 0.333333333333}),
        (spread("lognormal", ("logMean", 0), ("logStd", 1)), {"mean": "1.6487212707 s"}),
        (spread("Beta", ("mean", 7), ("alpha", 2)), {"mean": "7.0 s"}),
    ],
)
def test_what_other_tools_write_is_read(inside: str, wanted: dict[str, object]) -> None:
    """Their names of distributions, parameters and units, and formulas, give the right seconds."""
    found = read(inside)
    for key, value in wanted.items():
        if key == "family":
            assert found[key] == value
        else:
            numbers = [float(str(each).removesuffix(" s")) for each in (found[key], value)]
            assert numbers[0] == pytest.approx(numbers[1], rel=1e-9)


def test_units_scale_every_parameter() -> None:
    """Minutes are sixty times the seconds, for rate, variance and log scale as well."""
    for name, given in (
        ("Exponential", [("rate", 0.5)]),
        ("Normal", [("mean", 5.0), ("variance", 4.0)]),
        ("lognormal", [("logMean", 1.0), ("logStd", 0.5)]),
        ("Gamma", [("shape", 3.0), ("scale", 2.0)]),
    ):
        short, long = read(spread(name, *given)), read(spread(name, *given), "minute")
        assert float(str(long["mean"])[:-2]) == pytest.approx(60 * float(str(short["mean"])[:-2]))
        assert short.get("cv") == pytest.approx(long.get("cv"))


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("<Unit>fortnight</Unit><Value>2</Value>", "no unit of time"),
        ("<Value>soon</Value>", "no number"),
        ("<Value>TRIA(6,8)</Value>", "is no time"),
        (spread("Normal", ("mean", 9)), "it has no `deviation`"),
        (spread("Weibull", ("shape", 0), ("scale", 9)), "not above 0"),
        (spread("Exponential", ("mean", -9)), "not above 0"),
    ],
)
def test_a_time_that_is_none_is_refused(inside: str, what: str) -> None:
    """What cannot be a time is an error that says why, never a guess."""
    with pytest.raises(CmsdInvalid, match=what):
        read(inside)


def test_a_distribution_that_starts_later_keeps_its_moments() -> None:
    """A location moves the mean, the deviation stays, and a note says so."""
    notes = Notes()
    node = node_of(f"<T>{spread('gamma', ('shape', 4), ('scale', 3), ('location', 12))}</T>")
    found = time_of(node, "constant", "second", notes)
    assert found == {"mean": "24.0 s", "cv": 0.25, "family": "gamma"}
    assert "starts later" in notes.told()[0]


def test_numbers_have_no_exponent() -> None:
    """XML's decimals know none; what is written reads back equal."""
    assert [number(each) for each in (1e-7, 108000.0, 0.1)] == ["0.0000001", "108000", "0.1"]
    assert real(number(1 / 3), "x") == 1 / 3


def test_nothing_said_is_no_time() -> None:
    """An element with empty names and values, as templates have them, says nothing."""
    assert time_of(tag("T", tag("Value")), "constant", "", Notes()) is None
