"""Raw values become samples whose quality says what is wrong with them."""

import math
from typing import NamedTuple

import pytest

from linewright.connectors.feeding.shaping import Shaper
from linewright.connectors.sources import Point
from linewright.connectors.values import Raw
from linewright.plant import Address
from linewright.plant.records import Quality
from linewright.plant.samples import TEXT_BYTES_MAX

TAG = Address("reno/shop/pump/turn#tag")


class Sample(NamedTuple):
    """What one value became."""

    value: float
    integer: int | None
    text: str | None
    quality: int


def sample(raw: Raw, **described: object) -> Sample:
    """Sample of a raw value at a point that is described so."""
    point = Point(tag=TAG, item="ns=2;s=T", **described)  # type: ignore[arg-type]  # by name
    shaped = Shaper([point]).shape([0], [raw.value], [raw.status], marks=0)
    return Sample(shaped.value[0], shaped.integer[0], shaped.text[0], shaped.quality[0])


@pytest.mark.parametrize(
    ("value", "number", "exact", "text"),
    [
        (True, 1.0, 1, None),
        (3, 3.0, 3, None),
        (2**64 - 1, 2.0**64, None, None),
        (2.5, 2.5, None, None),
    ],
)
def test_numbers_keep_what_they_are(
    value: float, number: float, exact: int | None, text: str | None
) -> None:
    """A yes is 1, an integer keeps its exact form where it fits, a number is itself."""
    row = sample(Raw(value=value))
    assert (row.value, row.integer, row.text, row.quality) == (number, exact, text, 0)


def test_a_text_is_a_text() -> None:
    """A text has no number, and is not bad for that."""
    row = sample(Raw(value="O1204"), type="text")
    assert (math.isnan(row.value), row.text, row.quality) == (True, "O1204", 0)


def test_scaled_values_are_judged_in_their_unit() -> None:
    """Factor and offset come first, then the range of the sensor."""
    assert sample(Raw(value=100), scale=0.5, offset=1.0).value == 51.0
    assert sample(Raw(value=100), scale=2.0, high=150.0).quality == (
        Quality.BAD | Quality.OUT_OF_RANGE
    )


@pytest.mark.parametrize(
    ("raw", "type_", "quality"),
    [
        (Raw(value=None), None, Quality.BAD | Quality.CONFIGURATION),
        (Raw(value="up"), "int32", Quality.BAD | Quality.CONFIGURATION),
        (Raw(value=math.nan), None, Quality.BAD | Quality.NOT_FINITE),
        (Raw(value=None, status=0x808C0000), None, Quality.BAD | Quality.SENSOR_FAILURE),
        (Raw(value=1, status=0x40900000), None, Quality.UNCERTAIN | Quality.STALE),
        (Raw(value=1, status=0x00960000), None, Quality.OVERRIDE),
        (Raw(value=1, status=0x00000480), None, Quality.OVERFLOW),
    ],
)
def test_what_is_wrong_is_said_and_not_refused(
    raw: Raw, type_: str | None, quality: Quality
) -> None:
    """Every bad value is a sample, and its quality says why."""
    assert sample(raw, type=type_).quality == quality


@pytest.mark.parametrize("value", [10**400, -(10**400)])
def test_an_integer_beyond_all_numbers_is_bad(value: int) -> None:
    """A counter that no float holds is a bad sample, scaled or not."""
    for factors in ({}, {"scale": 2.0}):
        assert sample(Raw(value=value), **factors).quality == Quality.BAD | Quality.NOT_FINITE


@pytest.mark.parametrize("text", ["é" * TEXT_BYTES_MAX, "x" * (TEXT_BYTES_MAX + 1), "a\ud800b"])
def test_a_text_that_does_not_fit_is_cut_and_marked(text: str) -> None:
    """Longer than a sample holds, or no Unicode at all: what is left is said to be in doubt."""
    found = sample(Raw(value=text))
    assert found.text is not None
    assert len(found.text.encode()) <= TEXT_BYTES_MAX
    assert found.quality == Quality.UNCERTAIN


def test_marks_come_on_top_of_what_each_value_says() -> None:
    """One message, three values: the marks of all and the status of each."""
    points = [Point(tag=TAG, item="ns=2;s=T", high=5.0)]
    shaped = Shaper(points).shape([0, 0, 0], [1.0, 9.0, 1.0], [0, 0, 0x40000000], marks=32)
    assert shaped.quality == [32, 32 | 2 | 256, 32 | 1]
