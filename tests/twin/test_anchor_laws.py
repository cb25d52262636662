"""Laws: small lines by chance, of any mix of features, show the numbers of their Markov chain."""

import pytest

from tests.twin.oracles.chance import line_by_chance
from tests.twin.oracles.markov import steady
from tests.twin.oracles.measuring import (
    INSIDE,
    RUNS,
    SCRAP_SHARE,
    THROUGHPUT,
    Figure,
    compiled,
    interval,
    level,
    played,
    share,
)
from tests.twin.oracles.plants import plant_of

pytestmark = pytest.mark.laws

LINES = 40
SEED = 5
SECONDS = (2_000.0, 40_000.0)
RARE = 2e-4
"""A share so small that it may not show in all runs together."""


def _found(number: int, figures: dict[Figure, float]) -> list[str]:
    """Return what of a line by chance is outside of its interval of 99.9 %."""
    model = compiled(plant_of(line_by_chance(number)))
    sampled = next((each for each in figures if each.is_sampled), THROUGHPUT)
    runs = [played(model, sampled, SECONDS, seed=SEED, replication=k) for k in range(RUNS)]
    wrong = []
    for figure, expected in figures.items():
        mean, half = interval([figure.read(run) for run in runs])
        if abs(mean - expected) > half + RARE:
            wrong.append(f"{figure.name} {mean:.6f} +- {half:.6f}, expected {expected:.6f}")
    return wrong


@pytest.mark.parametrize("number", range(LINES))
def test_a_line_by_chance_is_its_markov_chain(number: int) -> None:
    """Throughput, scrap, each state of each station, and parts inside are those of the chain."""
    line = line_by_chance(number)
    exact = steady(line)
    bad = sum(exact.scrap)
    figures = {
        THROUGHPUT: exact.throughput,
        SCRAP_SHARE: bad / (bad + exact.throughput),
        INSIDE: exact.inside,
    }
    for i, shares in enumerate(exact.shares):
        figures |= {share(i, state): expected for state, expected in shares.items()}
    for k in range(len(line.places)):
        figures[level(k)] = exact.levels[k + 1]
    assert _found(number, figures) == []


@pytest.mark.parametrize("number", range(LINES))
def test_a_reliable_line_is_as_fast_backwards(number: int) -> None:
    """Reversibility, exact in the chain; Yamazaki and Sakasegawa, 1975; Muth, 1979."""
    line = line_by_chance(number, is_reliable=True)
    back = type(line)(stations=line.stations[::-1], places=line.places[::-1])
    exact = steady(line).throughput
    assert steady(back).throughput == pytest.approx(exact, rel=1e-9)
    model = compiled(plant_of(back))
    runs = [played(model, THROUGHPUT, SECONDS, seed=SEED, replication=k) for k in range(RUNS)]
    mean, half = interval([THROUGHPUT.read(run) for run in runs])
    assert abs(mean - exact) <= half
