"""Every feature and every pair of features that meet, in the kernel and in simpy."""

import pytest

from tests.twin.compared import compare, plants

pytestmark = pytest.mark.laws


@pytest.mark.parametrize("name", plants())
def test_the_kernel_and_simpy_agree(name: str) -> None:
    """Rates, shares of states and levels differ by nothing that is certain."""
    assert compare(name) == []
