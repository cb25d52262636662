"""Plants for the commands: those that can be used, and why the others cannot."""

from pathlib import Path

import pytest

from linewright.cli.ending import Failed
from linewright.cli.reading import contents, plant_of, problem_counts, read
from tests.cli.conftest import SMALL


def test_a_plant_that_can_be_used(plant: Path) -> None:
    """A plant without errors is read, and its contents are counted."""
    checked = read(str(plant))
    assert contents(plant_of(checked)) == "1 site, 1 line, 3 stations, 1 tag, 1 product"
    assert problem_counts(checked) == ""


def test_a_plant_with_errors(plant: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first error is told, how many there are, and how to see the others."""
    plant.write_text(SMALL.replace("48 s", "48").replace("60 s", "60"), encoding="utf-8")
    with pytest.raises(Failed, match="has 2 errors, so it cannot be used") as failed:
        read(str(plant))
    assert f"`linewright check {plant}`" in failed.value.format_message()
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert err.endswith("unit-missing\n")


def test_work_centres_are_counted_apart(plant: Path) -> None:
    """Lines and work centres are different things."""
    centre = "        work_centres: {bench: {stations: {one: {does: {pack: 9 s}}}}}\nproducts:"
    plant.write_text(SMALL.replace("products:", centre), encoding="utf-8")
    assert "1 line, 1 work centre, 4 stations" in contents(plant_of(read(str(plant))))
