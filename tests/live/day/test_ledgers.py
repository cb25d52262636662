"""Tests of linewright.live.day.ledgers."""

from linewright.live.day import (
    course_of,
    day_of,
    group_ledger,
    line_ledger,
    made_in,
    output_of,
    plan_of,
    shifts_of,
    station_ledger,
)
from linewright.plant import PlantBuilder
from linewright.plant.kpi import kpis
from linewright.plant.records import How, Job, JobStatus
from tests.live.day.shop import (
    DAY,
    LINE,
    MILL,
    MIN,
    SAW,
    SIX,
    H,
    book_of,
    course,
    parts,
    plan,
    reason,
    state,
)


def test_a_shift_by_hand() -> None:
    """Eight hours: 30 min meal, a jam of 24, set-up 20, a micro-stop of 1, the rest production."""
    found = course(
        state(0, "running"), state(30, "down"), state(54, "running"), state(100, "set_up"),
        state(120, "running"), state(200, "idle"), state(201, "running"), state(240, "idle"),
        state(270, "running"), reason(30, None, "jam"), *(parts(k, 3) for k in range(1, 101)),
        parts(300, 0, scrap=5), heard_min=480,
    )  # fmt: skip
    shift = shifts_of(plan().calendar, DAY)[0]
    ledger = station_ledger(plan(), found, shift.start_ns, shift.end_ns)
    told = {
        "meal_ns": 30, "breakdown_ns": 24, "set_up_ns": 20, "micro_stop_ns": 1, "producing_ns": 405,
    }  # fmt: skip
    assert {name: getattr(ledger.times, name) // MIN for name in told} == told
    assert ledger.failures.events == 1
    assert (ledger.pieces.produced, ledger.pieces.good, ledger.pieces.scrap) == (305, 300, 5)
    assert kpis(ledger).oee == 300 / 450


def test_parts_belong_to_the_window_that_holds_their_time() -> None:
    """The first instant is inside, the end is not; a restarted counter counts what it says."""
    book = book_of([parts(10, 2), parts(20, 4, restarted=True), parts(30, 8)]).station(MILL)
    assert made_in(book, SIX + 10 * MIN, SIX + 30 * MIN).good == 6


def test_reworked_parts_are_output_but_not_good_in_the_first_pass() -> None:
    """What comes back from rework leaves the station, and is not counted as good again."""
    found = course(state(0, "running"), parts(5, 4, reworked=1, rework=2), heard_min=60)
    row = station_ledger(plan(), found, SIX, SIX + H).counts[0]
    assert (row.good, row.rework, row.produced) == (3, 2, 5)
    assert made_in(found.book, SIX, SIX + H).good == 4


def test_the_product_is_that_of_the_job() -> None:
    """Parts without a product are of the job that was begun last."""
    jobs = [
        Job(
            address=MILL,
            t_ns=SIX + at * MIN,
            seen_ns=SIX,
            plant_rev="r1",
            how=How.PERSON,
            source="server",
            job=name,
            status=JobStatus.STARTED,
            product=product,
        )
        for at, name, product in ((5, "j1", "p1"), (20, "j2", "p2"))
    ]
    found = course(state(0, "running"), *jobs, *(parts(at) for at in (1, 5, 19, 25)), heard_min=60)
    rows = station_ledger(plan(), found, SIX, SIX + H).counts
    assert [(row.product, row.good) for row in rows] == [("", 1), ("p1", 2), ("p2", 1)]


def test_a_breakdown_over_the_night_is_one_failure() -> None:
    """It begins in one shift and ends in another; the closed time between does not make it two."""
    found = course(
        state(0, "running"), state(900, "down", code="drive"), state(1440 + 30, "running"),
        heard_min=1600,
    )  # fmt: skip
    today, next_ns = day_of(plan().calendar, DAY), SIX + 26 * H
    first = station_ledger(plan(), found, today.start_ns, today.end_ns)
    second = station_ledger(plan(), found, today.end_ns, next_ns)
    assert (first.failures.events, first.failures.restorations) == (1, 0)
    assert (second.failures.events, second.failures.restorations) == (0, 1)
    assert second.failures.restoration_ns == (1440 + 30 - 900) * MIN
    assert first.times.no_shift_ns == 8 * H


def test_a_line_is_its_bottleneck_and_its_end() -> None:
    """As one work unit: the time of the mill, the good parts of the last station."""
    records = [
        *(state(0, "running", at=at) for at in (SAW, MILL)),
        *(parts(k, at=at) for at in (SAW, MILL) for k in range(1, 41)),
    ]
    book = book_of(records)
    courses = {
        str(at): course_of(plan().stations[at], book.station(at), SIX + H) for at in (SAW, MILL)
    }
    ledgers = {at: station_ledger(plan(), one, SIX, SIX + H) for at, one in courses.items()}
    line = line_ledger(plan(), LINE, ledgers, DAY)
    assert line is not None
    assert kpis(line).oee == 40 / 60
    assert group_ledger(list(ledgers.values()), LINE).calendar_ns == 2 * H
    assert line_ledger(plan(), LINE, {MILL: ledgers[MILL]}, DAY) is None
    books = {at: one.book for at, one in courses.items()}
    assert output_of(plan(), LINE, books, SIX, SIX + H).good == 40


def test_a_dated_standard_time_makes_two_rows() -> None:
    """Pieces before and after a new standard time are worth what held on their day."""
    made = PlantBuilder(
        "acme", standard_times=[{"operation": "turn", "time": "40 s", "since": "2026-03-04"}]
    )
    site = made.site("reno", timezone="America/Chicago", currency="USD", day_starts="06:00")
    site.area("shop").line("pump", flow=["mill"]).station("mill", does={"turn": "48 s"})
    dated = plan_of(made.done(), "r1", "reno")
    found = course(state(0, "running"), parts(10), parts(1439), parts(1440), of=dated)
    rows = station_ledger(dated, found, SIX, SIX + 30 * H).counts
    assert [(row.standard_ns, row.good) for row in rows] == [(40 * 10**9, 1), (48 * 10**9, 2)]
