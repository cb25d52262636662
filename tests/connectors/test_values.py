"""Raw values become samples whose quality says what is wrong with them."""

import itertools
import math

import pytest

from linewright.connectors.sources import Point
from linewright.connectors.values import Raw, Row, SourceClock, quality_of, row_of
from linewright.plant import Address
from linewright.plant.records import Quality

TAG = Address("reno/shop/pump/turn#tag")
HOUR_NS = 3600 * 10**9


def sample(raw: Raw, **described: object) -> Row:
    """Sample of a raw value at a point that is described so."""
    point = Point(tag=TAG, node="ns=2;s=T", **described)  # type: ignore[arg-type]  # by name
    return row_of(point, raw, t_ns=1, seen_ns=2)


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


def test_any_bad_status_is_bad() -> None:
    """A bad status that nothing more is known of makes a bad sample."""
    assert quality_of(0x80AB0000) is Quality.BAD


def test_a_late_batch_is_no_wrong_clock() -> None:
    """Values held up for five seconds keep their time while the clock was right just before."""
    clock = SourceClock()
    assert clock.time_of(HOUR_NS, now_ns=HOUR_NS, monotonic_ns=0) == (HOUR_NS, False)
    late = clock.time_of(HOUR_NS + 1, now_ns=HOUR_NS + 5 * 10**9, monotonic_ns=5 * 10**9)
    assert late == (HOUR_NS + 1, False)


def test_a_wrong_clock_is_corrected_and_keeps_order_and_distance() -> None:
    """Values of a clock an hour slow are moved by one offset, not each to its arrival."""
    clock = SourceClock()
    times = [
        clock.time_of(k * 10**8, now_ns=HOUR_NS + k * 10**8 + k % 3, monotonic_ns=k * 10**8)
        for k in range(20)
    ]
    assert all(corrected for _, corrected in times)
    assert {b[0] - a[0] for a, b in itertools.pairwise(times)} == {10**8}
    assert abs(times[0][0] - HOUR_NS) < 10


def test_a_clock_set_right_is_believed_again() -> None:
    """Ten seconds after the last wrong time the source's own time is taken."""
    clock = SourceClock()
    assert clock.time_of(HOUR_NS, now_ns=0, monotonic_ns=0)[1]
    assert clock.time_of(5, now_ns=5, monotonic_ns=11 * 10**9) == (5, False)


def test_the_bound_grows_with_the_speed_of_the_plant() -> None:
    """At twenty times the speed an offset of thirty plant seconds is still a right clock."""
    late_ns = 30 * 10**9
    assert SourceClock().time_of(0, now_ns=late_ns, monotonic_ns=0, speed=20.0) == (0, False)
    assert SourceClock().time_of(0, now_ns=late_ns, monotonic_ns=0, speed=1.0) == (late_ns, True)


def test_a_doubtful_plant_clock_corrects_nothing() -> None:
    """While plant time stands still or runs after, a source is judged as it was before."""
    clock = SourceClock()
    assert clock.time_of(HOUR_NS, now_ns=0, monotonic_ns=0, is_steady=False) == (HOUR_NS, False)
    assert clock.time_of(5, now_ns=5, monotonic_ns=1) == (5, False)
    shifted = clock.time_of(HOUR_NS, now_ns=9, monotonic_ns=2)
    assert shifted == (9, True)
    assert clock.time_of(HOUR_NS + 7, now_ns=HOUR_NS, monotonic_ns=3, is_steady=False) == (16, True)
