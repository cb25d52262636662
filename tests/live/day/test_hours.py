"""Tests of linewright.live.day.hours."""

from fractions import Fraction

import pytest

from linewright.live.day import Course, HourByHour, course_of, hour_by_hour
from linewright.plant.records import Forecast, ForecastKind, How, Quantile, Record
from tests.live.day.shop import LINE, MILL, MIN, SAW, SIX, H, book_of, parts, plan, reason, state


def courses(*records: Record, heard_min: float) -> dict[str, Course]:
    """Courses of both stations."""
    book = book_of(records)
    heard_ns = SIX + round(heard_min * MIN)
    return {at: course_of(plan().stations[at], book.station(at), heard_ns) for at in (SAW, MILL)}


def shown(*records: Record, now_min: float, **more: object) -> HourByHour:
    """The day shift of the line, so many minutes after its start."""
    found = courses(*records, heard_min=now_min)
    now_ns = SIX + round(now_min * MIN)
    return hour_by_hour(plan(), LINE, found, (SIX, SIX + 8 * H), now_ns, **more)  # type: ignore[arg-type]  # forecasts


PACE = (state(0, "running"), *(parts(k) for k in range(1, 131, 2)))
"""A part every two minutes: half of what the mill could do."""


def test_target_actual_and_gap() -> None:
    """Standard rate times planned time, the meal out of it; the gap adds up from the start."""
    found = shown(*PACE, now_min=120)
    assert (found.bottleneck, found.standard_ns) == (MILL, 60 * 10**9)
    assert [each.target for each in found.hours] == [60.0] * 4 + [30.0] + [60.0] * 3
    assert [each.good for each in found.hours] == [30, 30, *[None] * 6]
    assert [each.gap for each in found.hours[:3]] == [-30.0, -60.0, None]
    assert (found.target, found.due, found.good) == (450.0, 120.0, 60)


def test_the_hour_that_goes_on_is_measured_by_what_was_due() -> None:
    """Half an hour in, half of its target is due; it is judged after a quarter of an hour."""
    early, later = shown(*PACE, now_min=70), shown(*PACE, now_min=90)
    assert (early.hours[1].due, early.hours[1].is_red) == (10.0, False)
    hour = later.hours[1]
    assert (hour.due, hour.is_red, hour.is_over) == (30.0, True, False)


def test_a_red_hour_says_what_was_lost() -> None:
    """Minutes by category of the bottleneck, the largest cause, and what nobody explained."""
    found = shown(
        state(0, "running"), state(5, "down"), state(25, "running"), state(40, "idle"),
        state(45, "running"), reason(5, None, "jam"), *(parts(k) for k in range(25, 60)),
        now_min=60,
    )  # fmt: skip
    hour = found.hours[0]
    assert {each: ns // MIN for each, ns in hour.lost.items()} == {
        "breakdown": 20,
        "no_reason": 5,
    }
    assert (hour.is_red, hour.code, hour.code_ns) == (True, "breakdown/jam", 20 * MIN)
    assert hour.unexplained_ns == 5 * MIN


def test_a_red_hour_without_a_stop_says_that_it_was_slow() -> None:
    """A worn tool: the mill runs all the hour, and what it gave is worth half of it."""
    hour = shown(*PACE, parts(4, 0, scrap=4), now_min=60).hours[0]
    assert (hour.is_red, hour.category, hour.code_ns) == (True, "speed_loss", 26 * MIN)
    assert hour.lost == {"speed_loss": 26 * MIN, "scrap": 4 * MIN}


def test_the_pace_goes_on() -> None:
    """Without a forecast: the pace so far over the time left, between slowest and fastest hour."""
    slow = [parts(k) for k in range(1, 60, 2)]
    fast = [parts(60 + k) for k in range(45)]
    found = shown(state(0, "running"), *slow, *fast, now_min=120).projection
    assert found is not None
    assert (found.by, found.mean) == ("pace", 75 + 75 * 330 / 120)
    assert (found.low, found.high) == (75 + 30 * 5.5, 75 + 45 * 5.5)


def test_before_two_hours_the_band_is_from_nothing_to_the_standard_rate() -> None:
    """One hour says little: at least what is made, at most what the mill can do."""
    found = shown(*PACE, now_min=60).projection
    assert found is not None
    assert (found.low, found.high) == (30, 30 + 390)
    assert shown(*PACE, now_min=10).projection is None


def forecast(at_min: float, until_min: float, **more: object) -> Forecast:
    """Good parts of the line as the twin expects them."""
    fields = {
        "kind": ForecastKind.OUTPUT,
        "mean": 200.0,
        "quantiles": tuple(Quantile(p=p, value=200 + 100 * (p - 0.5)) for p in (0.05, 0.5, 0.95)),
    }
    return Forecast(
        address=LINE,
        t_ns=SIX + round(at_min * MIN),
        seen_ns=SIX,
        plant_rev="r1",
        how=How.INFERRED,
        source="twin",
        for_ns=SIX + round(at_min * MIN),
        until_ns=SIX + round(until_min * MIN),
        unit="pieces",
        model="m@r1",
        **(fields | more),  # type: ignore[arg-type]  # fields of the record by name
    )


def test_a_forecast_to_the_end_of_the_shift_is_the_projection() -> None:
    """What was made before it was made, and what it expects; the band holds eight of ten."""
    found = shown(*PACE, now_min=120, forecasts=[forecast(110, 480), forecast(60, 480)]).projection
    assert found is not None
    assert (found.by, found.mean) == ("twin", 55 + 200.0)
    assert [found.low, found.high] == pytest.approx([55 + 160, 55 + 240])


@pytest.mark.parametrize(
    "other",
    [
        forecast(60, 480),
        forecast(110, 470),
        forecast(110, 480, valid=False, caveat="stale"),
        forecast(110, 480, kind=ForecastKind.COMPLETION),
        forecast(110, 480, subject="o1"),
        forecast(121, 480),
    ],
)
def test_a_forecast_that_does_not_hold_is_passed_over(other: Forecast) -> None:
    """Too old, of another end, not valid, of an order or from later: the pace is taken."""
    found = shown(*PACE, now_min=120, forecasts=[other]).projection
    assert found is not None
    assert found.by == "pace"


def test_a_window_that_is_over_has_no_projection() -> None:
    """After its end all is known; before its start nothing is."""
    assert shown(*PACE, now_min=480).projection is None
    assert shown(*PACE, now_min=0).projection is None


def test_the_gap_is_exact_to_the_last_bit() -> None:
    """Good pieces less what is due, rounded once, and not the difference of roundings."""
    for n in range(40):
        now_min = 60 + n / 3
        found = shown(*PACE, now_min=now_min)
        gaps = [each.gap for each in found.hours if each.gap is not None]
        good = sum(each.good or 0 for each in found.hours)
        assert gaps[-1] == float(good - Fraction(round(now_min * MIN), MIN))
