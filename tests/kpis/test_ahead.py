"""Projections of the independent script, by numbers worked out by hand."""

from typing import Any

import pytest

from tools.recompute import compare
from tools.recompute.ahead import compare_projection, projections
from tools.recompute.calendar import Window
from tools.recompute.day import Course, Plan
from tools.recompute.fold import Made
from tools.recompute.pages import Place
from tools.recompute.plantfile import Group, Station

HOUR = 3600 * 10**9
SHIFT = Window(name="day", from_ns=0, until_ns=8 * HOUR)
LINE = "x/a/line"


def line(*times_ns: int) -> Place:
    """A line of one station with a minute a piece that works all day; good pieces at these."""
    station = Station(
        address=f"{LINE}/only",
        tags=(),
        standard_ns={"do": HOUR // 60},
        cycle_pieces=1,
        micro_stop_ns=0,
        reasons="",
        rate=None,
        shifts=None,
        connected=True,
        source="only",
    )
    course = Course(
        station=station,
        plan=Plan.of([], (0, 8 * HOUR)),
        pieces=[],
        events=[],
        booked=[],
        made=[Made(t_ns=at, good=1) for at in times_ns],
        whole=(0, 8 * HOUR),
    )
    group = Group(address=LINE, kind="lines", flow=("only",), bottleneck="only")
    return Place(address=LINE, groups={LINE: group}, courses={station.address: course})


def forecast(for_ns: int, *points: tuple[float, float], **more: object) -> dict[str, Any]:
    """A forecast of the line's output to the end of the shift."""
    told = [{"p": p, "value": value} for p, value in points]
    whole = {"kind": "output", "for_ns": for_ns, "until_ns": SHIFT.until_ns, "id": str(for_ns)}
    return {**whole, "seen_ns": for_ns, "quantiles": told, **more}


def test_two_whole_hours_give_a_band() -> None:
    """Ten, then twenty in an hour, then five in half of one: 5.5 hours are left."""
    first = [HOUR // 10 * n for n in range(10)]
    second = [HOUR + HOUR // 20 * n for n in range(20)]
    third = [2 * HOUR + HOUR // 10 * n for n in range(5)]
    (found,) = projections(line(*first, *second, *third), SHIFT, 5 * HOUR // 2, [])
    assert found == ("pace", 35 + 35 * 5.5 / 2.5, 35 + 10 * 5.5, 35 + 20 * 5.5)


def test_before_two_hours_the_standard_rate_is_the_most() -> None:
    """Half an hour: from nothing more to a piece a minute; within the first quarter, nothing."""
    made = line(*range(0, HOUR // 2, HOUR // 10))
    assert projections(made, SHIFT, HOUR // 2, []) == [("pace", 80.0, 5.0, 5 + 7.5 * 60)]
    assert projections(made, SHIFT, HOUR // 4 - 1, []) == [None]
    assert projections(made, SHIFT, SHIFT.until_ns, []) == [None]


def test_a_forecast_stands_on_what_was_made_when_it_was_made() -> None:
    """Straight between quantiles; what is made already is never less than the band."""
    made = line(0, HOUR // 4, HOUR // 2, HOUR - 1)
    one = forecast(HOUR // 2, (0.0, 0.0), (0.5, 10.0), (1.0, 20.0), mean=11.0)
    assert projections(made, SHIFT, HOUR, [one])[0] == ("twin", 13.0, 4.0, 20.0)
    old = {**one, "for_ns": HOUR // 4 - 1}
    assert [each and each[0] for each in projections(made, SHIFT, HOUR, [old])] == ["pace"]
    for more in ({"valid": False}, {"subject": "mill"}, {"until_ns": HOUR * 9}):
        assert len(projections(made, SHIFT, HOUR, [{**one, **more}])) == 1


@pytest.mark.parametrize(("value", "differ"), [(12.0, 0), (12.5, 1)])
def test_another_number_is_a_difference(value: float, differ: int) -> None:
    """The newest forecast or the one before it is right; a third is not."""
    account = compare.Account()
    said = {"projection": {"value": value, "low": 1.0, "high": 20.0}, "projection_by": "twin"}
    own = [("twin", 12.0, 1.0, 20.0), ("twin", 11.0, 1.0, 20.0)]
    compare_projection(account, "x", own, said)
    assert (account.compared, len(account.differences)) == (1, differ)
    compare_projection(account, "x", own, {})
    assert len(account.differences) == differ + 1, "none where one is due"
