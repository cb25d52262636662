"""Valid plants at random."""

import random

from linewright.plant.language.builder import to_nodes
from linewright.plant.language.load import check_root
from linewright.plant.language.syntax.nodes import Map
from linewright.testing.variations import ODD_NAMES, vary


def test_a_variation_is_valid_and_differs() -> None:
    """Each seed gives a plant of its own, and none has an error."""
    seen = []
    for seed in range(8):
        root = to_nodes(vary(random.Random(seed)))  # noqa: S311  # no secret hangs on it
        assert isinstance(root, Map)
        checked = check_root(root)
        assert checked.errors == ()
        assert checked.plant not in seen
        seen.append(checked.plant)


def test_a_seed_gives_the_same_plant_again() -> None:
    """Equal seeds, equal plants; and odd names do get used."""
    one = vary(random.Random(5))  # noqa: S311  # no secret hangs on it
    assert one == vary(random.Random(5))  # noqa: S311  # as above
    assert any(f"'{name}'" in str(one) for name in ODD_NAMES)
