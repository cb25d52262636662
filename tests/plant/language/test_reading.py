"""Where we are in a plant, and where that stands in a file."""

import pytest

from linewright.plant.language.syntax.nodes import parse
from linewright.plant.language.syntax.problems import NOWHERE, Report, unpack
from linewright.plant.language.syntax.reading import Locator, where_of

SAW = ("sites", "n", "areas", "m", "lines", "b", "stations", "saw")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (SAW, "n/m/b/saw"),
        ((*SAW, "tags", "temp", "unit"), "n/m/b/saw#temp: unit"),
        ((*SAW, "fails", "jam", "every"), "n/m/b/saw: fails.jam.every"),
        (("products", "p", "bom"), "products.p.bom"),
        ((), ""),
    ],
)
def test_a_path_reads_as_an_address_and_keys(path: tuple[str, ...], text: str) -> None:
    """People see the address first, then the keys below it."""
    assert where_of(path) == text


def test_a_locator_finds_the_nearest_thing() -> None:
    """What is not in the file is found at the nearest thing above it, or not at all."""
    root = parse(b"a:\n  b:\n    - x\n    - y\n", 0, Report(["f"]))
    locator = Locator(root)
    assert unpack(locator.mark(("a", "b", "1")))[1] == 4
    assert unpack(locator.mark(("a", "b", "standard", "1")))[1] == 4
    assert unpack(locator.mark(("a", "c")))[1] == 1
    assert locator.find(("a", "c")) == NOWHERE
