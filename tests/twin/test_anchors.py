"""Plants whose answers are known exactly, played by the kernel."""

import pytest

from tests.twin.oracles.anchors import ANCHORS, Anchor
from tests.twin.oracles.measuring import measured

SEED = 11


@pytest.mark.parametrize("anchor", ANCHORS, ids=lambda anchor: anchor.name)
def test_the_exact_number_is_in_the_interval(anchor: Anchor) -> None:
    """Twenty runs give an interval of 99.9 % that holds the exact number and is narrow."""
    expected, mean, half = measured(anchor, SEED, quick=True)
    assert abs(mean - expected) <= half, f"{mean} +- {half}, expected {expected}"
    assert half <= anchor.precision * expected


def test_every_anchor_has_its_own_name_and_plant() -> None:
    """Names are unique, and every plant of the table can be written in the plant language."""
    names = [anchor.name for anchor in ANCHORS]
    assert len(set(names)) == len(names)
    for anchor in ANCHORS:
        plant, where = anchor.plant()
        assert where.split("/")[0] in plant.sites
