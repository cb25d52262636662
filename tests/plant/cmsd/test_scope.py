"""What of a plant belongs to a place."""

import pytest

from linewright.plant import Address
from linewright.plant.cmsd.elements import CmsdInvalid, Notes
from linewright.plant.cmsd.scope import Scope
from tests.plant.cmsd.lines import WHERE, pump


def test_a_place_has_its_stations_and_what_is_made_there() -> None:
    """Stations, products and the ways of their steps are those of the place."""
    scope = Scope(pump(), Address(WHERE), Notes())
    assert [each.name for each in scope.stations] == ["saw", "mill", "wash", "test"]
    assert list(scope.products) == ["p1", "p2"]
    assert scope.inside(["reno/shop", f"{WHERE}/saw", "reno/other"]) == [
        "reno/shop",
        f"{WHERE}/saw",
    ]


def test_a_place_that_is_not_there_is_refused() -> None:
    """An address without stations names no place to write."""
    with pytest.raises(CmsdInvalid, match="there is no line"):
        Scope(pump(), Address("reno/shop/pumps"), Notes())
