"""Finding the best design: what is found, what is claimed, what it costs."""

import math
from concurrent.futures import ThreadPoolExecutor

import pytest

from linewright.twin.choosing import (
    Aim,
    Budget,
    Limit,
    Progress,
    Space,
    SpaceInvalid,
    choice,
    integer,
    one_by_one,
    optimise,
    real,
)
from linewright.twin.choosing.variables import Design
from tests.twin.choosing.three_stations import BEST, NAMES, OPTIMA, exact, numbers, simulated

LINE = Space(
    (
        *(integer(name, 1, 20) for name in NAMES[:3]),
        *(integer(name, 1, 19) for name in NAMES[3:]),
    ),
    (Limit({"s1": 1, "s2": 1, "s3": 1}, 20), Limit({"b2": 1, "b3": 1}, 20, is_equal=True)),
)
"""21 660 designs."""


def test_the_oracle_gives_the_numbers_of_the_literature() -> None:
    """The Markov chain of the three-station line has its two best designs at 5.7761."""
    assert [exact(one) for one in OPTIMA] == pytest.approx([BEST, BEST], abs=1e-5)
    assert exact((7, 7, 6, 9, 11)) == pytest.approx(5.7708, abs=5e-5)
    assert exact((7, 6, 7, 10, 10)) == pytest.approx(5.7101, abs=5e-5)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_three_station_line(seed: int) -> None:
    """In 15 000 observations of 1 000 parts one of 21 660 designs within 0.05 of the best."""
    aim, budget = Aim(delta=0.05), Budget(observations=15_000)
    found = optimise(LINE, simulated(seed), aim, budget=budget, seed=seed)
    assert BEST - exact(numbers(found.best)) <= 0.05
    assert (found.scope, found.stopped, found.is_complete) == ("local", "converged", True)
    assert found.observations <= 15_000
    assert found.looked_at < 500


def test_the_same_seed_the_same_answer() -> None:
    """All but the random designs comes from the observations: a repetition is equal to the bit."""
    aim, short = Aim(delta=0.2), Budget(observations=3000)
    first, second = (optimise(LINE, simulated(5), aim, budget=short, seed=5) for _ in range(2))
    assert first == second


def _bowl(design: Design, replication: int) -> float:
    noise = 0.3 * math.sin(7.0 * replication)
    return float(design["a"]) * (20.0 - float(design["a"]) - float(design["b"])) + noise


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_any_number_of_workers(workers: int) -> None:
    """One, two and eight workers give one and the same answer, bit for bit."""
    space = Space((integer("a", 0, 20), integer("b", 0, 20)))
    alone = optimise(space, one_by_one(_bowl), Aim(delta=0.5))
    with ThreadPoolExecutor(workers) as pool:
        shared = optimise(space, one_by_one(_bowl, pool.map), Aim(delta=0.5))
    assert shared == alone
    assert alone.best == {"a": 10, "b": 0}


def test_mixed_variables() -> None:
    """Numbers, a grid of shares and a rule together: the top of each is found."""
    space = Space(
        (integer("n", 0, 30), real("share", 0.0, 1.0, step=0.01), choice("rule", "x", "y"))
    )

    def look(design: Design, replication: int) -> float:
        hill = -((float(design["n"]) - 17.0) ** 2) - 400.0 * (float(design["share"]) - 0.33) ** 2
        return hill + 9.0 * (design["rule"] == "y") + math.cos(5.0 * replication)

    found = optimise(space, one_by_one(look), Aim(delta=0.02))
    assert found.best == {"n": 17, "share": 0.33, "rule": "y"}
    assert found.scope == "local"
    assert found.guarantee.endswith("all those one move away are among them")


def test_a_small_space_is_compared_whole() -> None:
    """Where there are few designs, all are compared and the guarantee is for all."""
    space = Space(
        (integer("a", 1, 6), integer("b", 1, 6)), (Limit({"a": 1, "b": 1}, 7, is_equal=True),)
    )

    def look(design: Design, replication: int) -> float:
        return float(design["a"]) * float(design["b"]) ** 2 + math.sin(3.0 * replication)

    found = optimise(space, one_by_one(look), Aim(delta=0.5))
    assert found.best == {"a": 2, "b": 5}
    assert (found.scope, found.looked_at) == ("all", 6)
    assert found.low < 50.0 < found.high


def test_the_design_of_today_is_compared() -> None:
    """The design given is among those compared, and must keep to the limits."""
    start = {"s1": 2, "s2": 9, "s3": 9, "b2": 3, "b3": 17}
    found = optimise(LINE, simulated(1), Aim(delta=0.2), start=start)
    assert start in [one.design for one in found.ranked]
    with pytest.raises(SpaceInvalid, match="does not keep to the limits"):
        optimise(LINE, simulated(1), Aim(delta=0.2), start={**start, "b2": 9})


@pytest.mark.parametrize("most", [1, 30, 200, 1500])
def test_a_short_budget_is_kept_and_told(most: int) -> None:
    """However small the budget, it is kept, and nothing is claimed that was not seen."""
    found = optimise(LINE, simulated(1), Aim(delta=0.001), budget=Budget(observations=most))
    assert found.observations <= most
    assert found.stopped == "observations"
    assert not found.is_complete
    assert math.isinf(found.within) == (found.scope == "none") == found.guarantee.startswith("none")
    assert LINE.point(found.best)


def test_time_is_kept_and_progress_told() -> None:
    """When the clock says so it ends; until then every batch is told."""
    told: list[Progress] = []
    budget = Budget(wall_s=8.0, clock=lambda: float(len(told)), tell=told.append)
    found = optimise(LINE, simulated(1), Aim(delta=0.001), budget=budget)
    assert found.stopped == "time"
    assert told[-1].observations == found.observations
    assert [one.observations for one in told] == sorted(one.observations for one in told)
    assert told[-1].best is not None
