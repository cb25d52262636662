"""What one more of each variable is worth."""

import math

import pytest

from linewright.twin.choosing import (
    AimInvalid,
    Budget,
    BudgetInvalid,
    Measure,
    Space,
    SpaceInvalid,
    choice,
    integer,
    real,
    sensitivity,
)
from linewright.twin.choosing.variables import Design
from tests.twin.choosing.three_stations import exact, numbers, simulated

PLACES = Space(tuple(integer(name, 1, 20) for name in ("s1", "s2", "s3", "b2", "b3")))
TODAY = {"s1": 5, "s2": 8, "s3": 7, "b2": 2, "b3": 4}


def _flat(jobs: list[tuple[Design, int]]) -> list[float]:
    return [
        2.0 * float(d["n"]) - 10.0 * float(d["x"]) + (d["rule"] == "b") + 0.01 * r for d, r in jobs
    ]


MIXED = Space((integer("n", 0, 9), real("x", 0.0, 2.0, step=0.05), choice("rule", "a", "b")))


def test_effects_are_those_of_the_exact_line() -> None:
    """Every interval holds the exact effect of one more, and the largest comes first."""
    found = sensitivity(PLACES, TODAY, simulated(1), measure=Measure(half_width=0.03))
    at = exact(numbers(TODAY))
    for one in found.effects:
        more = exact(numbers({**TODAY, one.name: TODAY[one.name] + 1})) - at
        assert one.low <= more <= one.high
        assert one.high - one.low <= 0.06
    assert found.effects[0].name == "s1"
    assert found.effects[0].is_sure
    assert found.stopped == "precise"


def test_each_kind_of_variable() -> None:
    """Whole numbers one up, shares some percent both ways, choices to each other value."""
    found = sensitivity(MIXED, {"n": 3, "x": 1.0, "rule": "a"}, _flat)  # type: ignore[arg-type]  # a list
    said = {one.name: (one.down, one.up, round(one.effect, 9)) for one in found.effects}
    assert said == {"n": (3, 4, 2.0), "rule": ("a", "b", 1.0), "x": (0.95, 1.05, -1.0)}
    assert [one.name for one in found.effects] == ["n", "rule", "x"]
    assert {one.name: round(one.per_unit, 9) for one in found.effects}["x"] == -10.0
    assert found.observations == 30 * 5


def test_at_a_bound() -> None:
    """Where there is no more, one less is compared; where a share is 0, a part of its range."""
    found = sensitivity(MIXED, {"n": 9, "x": 0.0, "rule": "b"}, _flat)  # type: ignore[arg-type]  # a list
    said = {one.name: (one.down, one.up) for one in found.effects}
    assert said == {"n": (8, 9), "rule": ("b", "a"), "x": (0.0, 0.1)}


def test_a_budget_that_ends() -> None:
    """What was seen until the budget ended is told, with its wider intervals."""
    few = Budget(observations=100)
    found = sensitivity(PLACES, TODAY, simulated(1), measure=Measure(half_width=1e-4), budget=few)
    assert (found.stopped, found.replications) == ("observations", 15)
    assert found.effects[0].high - found.effects[0].low > 2e-4


def test_a_budget_of_nothing_is_refused() -> None:
    """Before every design was run, nothing is known: no effect is told, but what it takes."""
    with pytest.raises(BudgetInvalid, match="allow 180 runs"):
        sensitivity(PLACES, TODAY, simulated(1), budget=Budget(observations=20))


@pytest.mark.parametrize(
    "wrong",
    [
        *({"confidence": each} for each in (0.0, 1.0, 7.0, math.nan)),
        *({"half_width": each} for each in (0.0, -1.0, math.nan, math.inf)),
        *({"share": each} for each in (0.0, -0.05, math.nan, 1e7)),
    ],
)
def test_measures_that_cannot_be(wrong: dict[str, float]) -> None:
    """What is no confidence, no half-width and no change is refused before anything is run."""
    with pytest.raises(AimInvalid):
        Measure(**wrong)


def test_nothing_to_vary() -> None:
    """A space without a second value, or a base outside, is refused."""
    one = Space((integer("n", 3, 3),))
    with pytest.raises(SpaceInvalid):
        sensitivity(one, {"n": 3}, simulated(1))
    with pytest.raises(SpaceInvalid):
        sensitivity(PLACES, {**TODAY, "s1": 21}, simulated(1))
