"""Tests of linewright.live.day.bottleneck."""

from linewright.live.day import Course, course_of, limiting_now, limiting_over
from linewright.plant.records import Record
from tests.live.day.shop import LINE, MILL, MIN, SAW, SIX, H, book_of, plan, state


def courses(*records: Record, heard_min: float = 120) -> dict[str, Course]:
    """Courses of both stations."""
    book = book_of(records)
    heard_ns = SIX + round(heard_min * MIN)
    return {at: course_of(plan().stations[at], book.station(at), heard_ns) for at in (SAW, MILL)}


WAITS = (state(0, "running", at=SAW), state(80, "blocked", at=SAW), state(100, "running", at=SAW))


def test_the_station_that_is_active_longest_limits_now() -> None:
    """The saw waited until 100, the mill works since 10: the mill, for 110 minutes."""
    found = courses(*WAITS, state(0, "starved"), state(10, "running"))
    now = limiting_now(plan(), LINE, found, SIX + 120 * MIN)
    assert now is not None
    assert (now.address, now.active_ns, now.since_ns) == (MILL, 110 * MIN, SIX + 10 * MIN)
    assert now.stations == {SAW: 20 * MIN, MILL: 110 * MIN}


def test_a_stop_is_active_and_a_pause_or_silence_is_not() -> None:
    """Down the others wait for it; idle, blocked or not heard it holds nobody up."""
    down = courses(*WAITS, state(0, "running"), state(50, "down"))
    found = limiting_now(plan(), LINE, down, SIX + 120 * MIN)
    assert found is not None
    assert found.address == MILL
    idle = courses(*WAITS, state(0, "running"), state(50, "idle"))
    found = limiting_now(plan(), LINE, idle, SIX + 120 * MIN)
    assert found is not None
    assert found.address == SAW
    assert limiting_now(plan(), LINE, idle, SIX + 121 * MIN) is None


def test_breaks_do_not_make_a_station_active() -> None:
    """Only working time counts for an active period."""
    found = courses(*WAITS, state(0, "running"), heard_min=270)
    now = limiting_now(plan(), LINE, found, SIX + 270 * MIN)
    assert now is not None
    assert now.active_ns == 240 * MIN


def test_who_waits_least_limits_a_window() -> None:
    """Shares of known working time: the saw blocked 20 of 120 minutes, the mill starved 10."""
    found = courses(*WAITS, state(0, "starved"), state(10, "running"))
    over = limiting_over(plan(), LINE, found, (SIX, SIX + 2 * H))
    assert over is not None
    assert (over.address, over.waiting_share) == (MILL, 10 / 120)
    assert over.stations[SAW] == 20 / 120


def test_a_station_that_is_hardly_known_is_not_compared() -> None:
    """Known for less than half of its working time, its share says nothing."""
    found = courses(*WAITS, state(100, "running"))
    over = limiting_over(plan(), LINE, found, (SIX, SIX + 2 * H))
    assert over is not None
    assert over.address == SAW
