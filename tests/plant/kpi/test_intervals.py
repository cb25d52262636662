"""From intervals to a ledger: planned time, precedence of overlaps, failures, exactness."""

from collections import Counter
from itertools import pairwise

import pytest

from linewright.plant.calendar.shift_text import parse_shift
from linewright.plant.calendar.work import WorkCalendar, compile_calendar
from linewright.plant.kpi import Ledger, Span, TimeCategory, Window, ledger_from_intervals
from linewright.plant.kpi.intervals import Stretch, break_spans
from linewright.plant.kpi.ledger import Failures, TimeNegative

DAY = Window(address="n/m/b/saw", start_ns=0, end_ns=100)
SHIFT = [Stretch(start_ns=20, end_ns=80)]


def span(start_ns: int, end_ns: int, category: str) -> Span:
    """Return a span of a category."""
    return Span(start_ns=start_ns, end_ns=end_ns, category=TimeCategory(category))


def spent(ledger: Ledger) -> dict[str, int]:
    """Return the categories that hold time, by name."""
    return {one.value: ledger.times[one] for one in TimeCategory if ledger.times[one]}


def test_planned_time_is_shift_and_order_and_sign_on_together() -> None:
    """Each missing condition has its own name; the shift is asked first, the operator last."""
    ledger = ledger_from_intervals(
        DAY,
        SHIFT,
        [],
        scheduled=[Stretch(start_ns=0, end_ns=70)],
        signed_on=[Stretch(start_ns=30, end_ns=90)],
    )
    assert spent(ledger) == {"no_shift": 40, "no_order": 10, "no_operator": 10, "unknown": 40}


def test_what_is_not_tracked_is_not_missing_and_what_is_empty_is() -> None:
    """None says that orders are not tracked; an empty list says that there was none."""
    assert spent(ledger_from_intervals(DAY, SHIFT, [])) == {"no_shift": 40, "unknown": 60}
    found = ledger_from_intervals(DAY, SHIFT, [], scheduled=[])
    assert spent(found) == {"no_shift": 40, "no_order": 60}


def test_planned_time_without_any_span_is_unknown_unless_said_otherwise() -> None:
    """Silence is data; only a station that reports its stops alone may run by default."""
    spans = [span(30, 40, "breakdown")]
    assert spent(ledger_from_intervals(DAY, SHIFT, spans))["unknown"] == 50
    found = ledger_from_intervals(DAY, SHIFT, spans, uncovered=TimeCategory.PRODUCING)
    assert spent(found) == {"no_shift": 40, "breakdown": 10, "producing": 50}


@pytest.mark.parametrize(
    ("first", "second", "winner"),
    [
        ("breakdown", "producing", "breakdown"),
        ("breakdown", "unknown", "breakdown"),
        ("utilities", "no_reason", "utilities"),
        ("unknown", "no_reason", "unknown"),
        ("unknown", "producing", "unknown"),
        ("no_reason", "micro_stop", "no_reason"),
        ("set_up", "blocked", "set_up"),
        ("blocked", "starved", "blocked"),
        ("micro_stop", "producing", "micro_stop"),
        ("meal", "breakdown", "meal"),
        ("meal", "unknown", "meal"),
        ("meal", "producing", "producing"),
        ("meeting", "producing", "producing"),
        ("maintenance", "producing", "maintenance"),
        ("trial", "producing", "trial"),
        ("change_over", "set_up", "change_over"),
        ("no_operator", "meal", "no_operator"),
        ("no_order", "producing", "producing"),
    ],
)
def test_of_two_overlapping_spans_the_documented_one_wins(
    first: str, second: str, winner: str
) -> None:
    """Precedence does not depend on the order in which the spans are given."""
    spans = [span(30, 40, first), span(30, 40, second)]
    expected = Counter({"no_shift": 40, "unknown": 50}) + Counter({winner: 10})
    for given in (spans, spans[::-1]):
        found = ledger_from_intervals(DAY, SHIFT, given)
        assert spent(found) == expected


@pytest.mark.parametrize("category", ["breakdown", "meal", "set_up", "unknown", "starved"])
def test_outside_the_plan_nothing_is_lost(category: str) -> None:
    """A stop, a break, a set-up left on and silence at night are all no shift."""
    found = ledger_from_intervals(DAY, SHIFT, [span(0, 20, category)])
    assert spent(found) == {"no_shift": 40, "unknown": 60}


def test_parts_made_outside_the_plan_are_production() -> None:
    """A fact beats a plan: overtime is planned busy time, a test run in maintenance is not."""
    spans = [span(0, 20, "producing"), span(80, 100, "producing"), span(90, 95, "maintenance")]
    found = ledger_from_intervals(DAY, SHIFT, spans)
    assert spent(found) == {"no_shift": 5, "producing": 35, "unknown": 60}
    assert found.times.planned_busy_ns == 95


def test_overlapping_shifts_count_once() -> None:
    """Two shifts that overlap by ten are one stretch, not ten more."""
    shifts = [Stretch(start_ns=0, end_ns=60), Stretch(start_ns=50, end_ns=100)]
    found = ledger_from_intervals(DAY, shifts, [span(0, 100, "producing")] * 3)
    assert spent(found) == {"producing": 100}


def test_a_failure_belongs_where_it_begins_and_its_repair_where_it_ends() -> None:
    """Windows side by side see each failure, each restoration and its whole length once."""
    spans = [span(10, 60, "breakdown"), span(70, 75, "breakdown"), span(90, 140, "breakdown")]
    edges = (0, 40, 60, 100, 200)
    found = [
        ledger_from_intervals(
            Window(address="n/m/b/saw", start_ns=first, end_ns=last), SHIFT, spans
        ).failures
        for first, last in pairwise(edges)
    ]
    assert found == [
        Failures(events=1),
        Failures(),
        Failures(events=2, restorations=2, restoration_ns=55),
        Failures(restorations=1, restoration_ns=50),
    ]


def test_an_event_split_in_two_is_one_failure() -> None:
    """Touching and overlapping breakdowns are one; a stop of another cause is none."""
    spans = [
        span(30, 40, "breakdown"),
        span(40, 45, "breakdown"),
        span(50, 50, "breakdown"),
        span(60, 68, "breakdown"),
        span(62, 65, "breakdown"),
        span(70, 75, "tooling"),
    ]
    found = ledger_from_intervals(DAY, SHIFT, spans).failures
    assert found == Failures(events=2, restorations=2, restoration_ns=23)


def test_a_failure_that_still_goes_on_is_not_restored() -> None:
    """A breakdown that reaches the end of the window has no end there."""
    found = ledger_from_intervals(DAY, SHIFT, [span(70, 100, "breakdown")]).failures
    assert found == Failures(events=1)


def test_a_reversed_interval_is_refused() -> None:
    """Ours is refused when made, a foreign one when used."""

    class Order:
        start_ns = 50
        end_ns = 40

    with pytest.raises(TimeNegative, match="a stretch from 50"):
        span(50, 40, "meal")
    with pytest.raises(TimeNegative, match="a stretch from 50"):
        ledger_from_intervals(DAY, SHIFT, [], scheduled=[Order()])


def test_a_compiled_calendar_gives_shifts_and_planned_stops() -> None:
    """A shift with a break is 8.5 h of operation and 8 h of planned busy time."""
    hour_ns = 3600 * 10**9
    text = "Mon-Fri 06:00-14:30 break 10:00-10:30"
    calendar = WorkCalendar(timezone="UTC", shifts=(parse_shift("day", text),))
    monday_ns = 1_767_571_200 * 10**9
    intervals = compile_calendar(calendar, monday_ns, monday_ns + 24 * hour_ns)
    window = Window(address="n/m/b/saw", start_ns=monday_ns, end_ns=monday_ns + 24 * hour_ns)
    times = ledger_from_intervals(window, intervals, break_spans(intervals)).times
    assert times.planned_operation_ns == 17 * hour_ns // 2
    assert (times.meal_ns, times.planned_busy_ns) == (hour_ns // 2, 8 * hour_ns)
