"""A dozen plants in the kernel and in simpy, and the plants of all pairs as such."""

import pytest

from linewright.plant.language import check_text
from tests.twin.compared import compare, differences, plants

SAMPLE = (
    "plain",
    "zero",
    "failures+zero",
    "failures+setups",
    "calendar+people",
    "wear+batch",
    "maintenance+shifts",
    "before+scrap",
    "rework+conwip",
    "assembly+vehicles",
    "alternatives",
    "zero+slotted",
)


@pytest.mark.parametrize("name", SAMPLE)
def test_the_kernel_and_simpy_agree(name: str) -> None:
    """Rates, shares of states and levels differ by nothing that is certain."""
    assert compare(name, runs=8) == []


def test_all_plants_are_plants() -> None:
    """Each of the plants is read without any problem; no two are the same."""
    found = {name: check_text(text).problems for name, text, _ in plants().values()}
    assert {name: problems for name, problems in found.items() if problems} == {}
    assert len({text for _, text, _ in plants().values()}) == len(plants())


def test_a_difference_is_told_when_it_is_certain() -> None:
    """Equal samples differ in nothing, shifted ones do; noise widens what is let pass."""
    noise = (0.1, -0.1, 0.2, -0.2)
    near = [{"level x": 1.0 + one} for one in noise]
    assert differences(near, near) == []
    assert differences(near, [{"level x": 1.3 + one} for one in noise]) == []
    assert differences(near, [{"level x": 5.0 + one} for one in noise]) != []
    assert differences([{"level x": 1.0}] * 2, [{"level x": 1.04}] * 2) == []
    assert differences([{"level x": 1.0}] * 2, [{"level x": 1.06}] * 2) != []
