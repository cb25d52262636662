"""What a server bears is the smallest of what is said, set and learned."""

import pytest

from linewright.connectors.opcua.limits import Limits, Size


@pytest.mark.parametrize(
    ("most", "published", "found"),
    [(500, None, 500), (500, 0, 500), (500, 100, 100), (50, 100, 50)],
)
def test_the_smallest_number_counts(most: int, published: int | None, found: int) -> None:
    """A limit of 0 or none says nothing; the plant file may only lower it."""
    size = Size(most)
    size.publish(published)
    assert size.size == found


def test_refusals_halve_until_one_is_left() -> None:
    """Nine refusals lead from 500 to 1; a refused request of one is the end."""
    size, tries = Size(500), 0
    while size.refused(size.size):
        tries += 1
        assert tries < 20
    assert (size.size, tries) == (1, 8)


def test_what_was_learned_outlives_what_is_published() -> None:
    """A server that published 1000 and refused 500 is asked for 250 in the next session too."""
    limits = Limits(batch=500)
    limits.publish({"monitor": 1000})
    limits.monitor.refused(500)
    limits.publish({"monitor": 1000})
    assert limits.monitor.size == 250
    assert limits.told() == {"monitor": 1000, "monitor_learned": 250}
