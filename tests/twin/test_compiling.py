"""What was refused once is simulated now: from a plant to what comes of it."""

import pytest

from tests.twin.small import Played, plant_of


@pytest.mark.parametrize(
    ("line", "station", "good"),
    [
        ({}, {}, 9),
        ({}, {"batch": 4}, 36),
        ({}, {"places": 2}, 18),
        ({"release": "conwip", "wip": 3}, {}, 9),
        ({"release": "conwip", "wip": 1}, {"places": 2}, 9),
    ],
)
def test_a_station_of_nine_seconds(
    line: dict[str, object], station: dict[str, object], good: int
) -> None:
    """In 81 s it makes nine parts; in loads of four, on two places or in a loop, as many more."""
    plant = plant_of(
        ["a"],
        stations={"a": {"cycle": "9 s", **station}},
        line=line,
        products={"p": {"route": ["do_a"]}},
    )
    assert Played(plant, 81.0).out.good == good
