"""The figures of a run whose course can be computed by hand."""

import math

import pytest

from linewright.twin import advance, begin, outcome
from linewright.twin.experiment import MEASURES
from linewright.twin.experiment.measures import figures, rounded_off
from tests.twin.lines import NS, line_of

M0, M1 = "reno/shop/line/m0", "reno/shop/line/m1"


def _between(
    warm_s: int, end_s: int, *times: str, places: int = 3, jit: bool = False
) -> dict[str, float]:
    model = line_of(*times, places=places)
    warm = advance(model, begin(model, at_ns=0, seed=1), warm_s * NS, jit=jit)
    end = advance(model, warm, end_s * NS, jit=jit)
    before, after = outcome(model, warm), outcome(model, end)
    return figures(before, after, [3, 5])


def test_a_balanced_line_runs_all_the_time() -> None:
    """Two stations of 10 s: 360 parts an hour, both always running, after the first part."""
    found = _between(100, 3700, "10 s", "10 s")
    assert found["throughput"] == pytest.approx(360)
    assert found[f"running {M0}"] == found[f"running {M1}"] == pytest.approx(1.0)
    assert (found["scrap"], found["scrap_share"]) == (0.0, 0.0)


def test_a_slow_end_blocks_what_is_before_it() -> None:
    """20 s behind 10 s: the first runs half of the time and is blocked the other half."""
    found = _between(1000, 4600, "10 s", "20 s")
    assert found["good"] == 180
    assert found[f"running {M0}"] == pytest.approx(0.5)
    assert found[f"blocked {M0}"] == pytest.approx(0.5)
    assert found[f"starved {M1}"] == 0.0


def test_levels_are_exact() -> None:
    """10 s before 20 s: a part waits on the first whenever one is taken, so 3 are always there.

    The parts inside are those, and the mean of the samples of parts on stations.
    """
    found = _between(1000, 4600, "10 s", "20 s")
    assert found["level reno/shop/line/m0-m1"] == pytest.approx(3.0)
    assert found["wip"] == pytest.approx(3.0 + 4.0)


def test_a_buffer_that_fills_is_in_the_mean() -> None:
    """Parts come every 10 s and leave every 20 s: one more in the buffer each 20 s."""
    found = _between(10, 90, "10 s", "20 s", places=9)
    assert found["level reno/shop/line/m0-m1"] == pytest.approx(_by_hand(10, 90))


def _by_hand(start: int, end: int) -> float:
    """Return the mean parts between stations of 10 s and 20 s, an unbounded buffer between."""
    area = 0
    for second in range(start, end):
        made = second // 10
        taken = 0 if second < 10 else 1 + (second - 10) // 20
        area += made - taken
    return area / (end - start)


def test_the_last_digit_of_a_sum_is_no_figure() -> None:
    """What differs from 0 by rounding only is 0: shares and levels are never below it."""
    found = _between(1_000_000, 1_003_600, "0.3 s", "0.7 s", places=0, jit=True)
    for key, value in found.items():
        if key.split()[0] in {"level", "starved", "blocked", "down", "idle", "waiting", "running"}:
            assert value == 0.0 or value > 1e-9, (key, value)


def test_rounding_is_taken_off() -> None:
    """A share of people below a billionth is the rounding of a sum, and so is one below 0."""
    assert [rounded_off(each) for each in (8.8e-18, -1.1e-16, 1e-6)] == [0.0, 0.0, 1e-6]


def test_nothing_ended_has_no_scrap_share() -> None:
    """A share of nothing is nan, not 0 and not an error."""
    assert math.isnan(_between(0, 5, "10 s", "10 s")["scrap_share"])


def test_every_figure_is_described() -> None:
    """Each measure has a unit and words; each figure is of a measure."""
    found = _between(0, 100, "10 s", "10 s")
    assert {key.partition(" ")[0] for key in found} <= set(MEASURES)
    assert all(unit and words for unit, words in MEASURES.values())
