"""What `optimise` and `sensitivity` share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from linewright.cli.ending import Failed
from linewright.cli.twin.varying import chosen, figure_of, spelled_value
from tests.cli.conftest import Ran

Run = Callable[..., Ran]

GIVEN: dict[str, object] = {
    "vary": ("buffer saw-mill=1..20",),
    "maximise": None,
    "minimise": None,
    "hours": 30.0,
    "warm_up": "mser5",
    "start": "2026-11-23",
    "product": "",
    "level": 0.95,
    "seed": 1,
    "workers": 1,
    "wants_json": False,
}


def test_the_warm_up_is_found_once(plant: Path) -> None:
    """A warm-up to be found is found on the plant as it stands, and kept in hours."""
    varied = chosen(str(plant), "pump", (), dict(GIVEN))
    assert isinstance(varied.runs.warm_up, float)
    assert varied.question.today == {"saw-mill": 12}
    assert figure_of(varied) == "throughput 1/h"
    again = varied.again("optimise")
    assert "--warm-up" in again
    assert "mser5" not in again


def test_two_figures_are_one_too_many(plant: Path) -> None:
    """More of one thing and less of another at once is refused."""
    with pytest.raises(Failed):
        chosen(str(plant), None, (), {**GIVEN, "maximise": "good", "minimise": "wip"})


def test_values_are_spelled_as_written() -> None:
    """Whole numbers without a point, decimals without noise, words as they are."""
    assert [spelled_value(one) for one in (3, 0.1 + 0.2, "edd")] == ["3", "0.3", "edd"]
