"""Tests of linewright.live.day.losses."""

from decimal import Decimal

from linewright.live.day import (
    course_of,
    group_ledger,
    losses,
    pareto,
    plan_of,
    station_ledger,
    stops,
)
from linewright.plant import PlantBuilder
from tests.live.day.shop import MILL, MIN, SAW, SIX, H, book_of, course, plan, reason, state

RECORDS = (
    state(0, "running"), state(5, "down"), state(25, "running"), state(30, "down"),
    state(40, "running"), state(50, "idle"), state(51, "running"), state(60, "idle"),
    state(61, "running"), state(70, "blocked"), state(75, "running"), state(80, "down"),
    reason(5, None, "jam"), reason(30, None, "jam"),
)  # fmt: skip


def test_a_bar_opens_its_events() -> None:
    """Each bar has its events, longest first, with their stop; listed are only so many."""
    found = course(*RECORDS, heard_min=120)
    ledger = station_ledger(plan(), found, SIX, SIX + 2 * H)
    bars = {each.code: each for each in losses(ledger, [found], SIX, SIX + 2 * H)}
    events = bars["breakdown"].events
    assert [each.ns // MIN for each in events] == [20, 10]
    assert {each.stop for each in events} <= {each.id for each in stops(found)}
    short = {each.code: each for each in losses(ledger, [found], SIX, SIX + 2 * H, events_max=1)}
    assert (short["breakdown"].count, len(short["breakdown"].events)) == (2, 1)
    assert bars["breakdown"].group == "unplanned"
    assert bars["speed_loss"].group == "output"


def test_pareto_by_time_count_and_money() -> None:
    """One row a cause; micro-stops are one row; a station hour of the mill costs 45 USD."""
    found = course(*RECORDS, heard_min=120)
    by_time = pareto(plan(), [found], SIX, SIX + 2 * H)
    assert [(row.category.value, row.code, row.ns // MIN, row.count) for row in by_time.rows] == [
        ("no_reason", "", 40, 1),
        ("breakdown", "breakdown/jam", 30, 2),
        ("micro_stop", "", 2, 2),
    ]
    assert (by_time.rows[0].money, by_time.currency) == (Decimal("30.00"), "USD")
    by_count = pareto(plan(), [found], SIX, SIX + 2 * H, by="count")
    assert [row.count for row in by_count.rows] == [2, 2, 1]
    waits = pareto(plan(), [found], SIX, SIX + 2 * H, waiting=True)
    assert [row.category.value for row in waits.rows][2] == "blocked"


def test_money_goes_by_the_rate_of_each_station() -> None:
    """By money a short stop of the dear mill comes before a longer one of the cheap saw."""
    records = [
        state(0, "down", at=SAW), state(20, "running", at=SAW), reason(0, None, "tool", at=SAW),
        state(0, "down"), state(10, "running"), reason(0, None, "jam"),
    ]  # fmt: skip
    book = book_of(records)
    both = [course_of(plan().stations[at], book.station(at)) for at in (SAW, MILL)]
    rows = pareto(plan(), both, SIX, SIX + H, by="money").rows
    assert [(row.code, row.money) for row in rows] == [
        ("breakdown/jam", Decimal("7.50")),
        ("tool", Decimal("6.00")),
    ]


def test_without_a_rate_money_is_left_out() -> None:
    """Where one station has no cost there is no sum of money, not a part of it."""
    made = PlantBuilder("acme")
    line = (
        made.site("reno", timezone="UTC", currency="USD").area("shop").line("pump", flow=["mill"])
    )
    line.station("mill", does={"turn": "48 s"})
    bare = plan_of(made.done(), "r1", "reno")
    found = pareto(bare, [course(state(0, "down"), heard_min=60, of=bare)], SIX, SIX + H)
    assert (found.rows[0].money, found.currency) == (None, "")


def test_silence_has_a_bar_and_no_row() -> None:
    """What is not known is a loss of the waterfall, and no stop of the Pareto."""
    found = course(state(0, "running"), heard_min=30)
    ledger = group_ledger([station_ledger(plan(), found, SIX, SIX + H)], "x")
    bars = {each.code: each.ns // MIN for each in losses(ledger, [found], SIX, SIX + H) if each.ns}
    assert bars == {"unknown": 30, "speed_loss": 30}
    assert pareto(plan(), [found], SIX, SIX + H).rows == ()
