"""Status codes become qualities, and wrong clocks are found out."""

from linewright.connectors.values import SourceClock, own_time_ns, quality_of
from linewright.plant.records import Quality

HOUR_NS = 3600 * 10**9


def test_any_bad_status_is_bad() -> None:
    """A bad status that nothing more is known of makes a bad sample."""
    assert quality_of(0x80AB0000) is Quality.BAD


def test_a_late_batch_is_no_wrong_clock() -> None:
    """Values held up for five seconds keep their time while the clock was right just before."""
    clock = SourceClock()
    assert clock.correction_ns(HOUR_NS, now_ns=HOUR_NS, monotonic_ns=0) == 0
    late_ns = HOUR_NS + 5 * 10**9
    assert clock.correction_ns(HOUR_NS + 1, now_ns=late_ns, monotonic_ns=5 * 10**9) == 0


def test_a_wrong_clock_is_corrected_and_keeps_order_and_distance() -> None:
    """Values of a clock an hour slow are moved by one offset, not each to its arrival."""
    clock = SourceClock()
    found = {
        clock.correction_ns(k * 10**8, now_ns=HOUR_NS + k * 10**8 + k % 3, monotonic_ns=k * 10**8)
        for k in range(20)
    }
    assert found == {-HOUR_NS}
    assert clock.offset_ns == clock.used_ns == -HOUR_NS


def test_a_clock_set_right_is_believed_again() -> None:
    """Ten seconds after the last wrong time the source's own time is taken."""
    clock = SourceClock()
    assert clock.correction_ns(HOUR_NS, now_ns=0, monotonic_ns=0) == HOUR_NS
    assert clock.correction_ns(5, now_ns=5, monotonic_ns=11 * 10**9) == 0


def test_a_time_near_plant_time_shows_a_clock_that_was_put_right() -> None:
    """What was seen of the wrong clock before says nothing of the values behind it."""
    clock = SourceClock()
    assert clock.correction_ns(HOUR_NS, now_ns=0, monotonic_ns=0) == HOUR_NS
    assert clock.correction_ns(5, now_ns=5, monotonic_ns=10**9) == 0
    assert clock.offset_ns == 0


def test_a_message_is_judged_by_its_times_near_plant_time() -> None:
    """The newest of these, else the newest of all."""
    assert own_time_ns([3, 8, HOUR_NS], now_ns=6, speed=1.0) == 8
    assert own_time_ns([HOUR_NS - 1, HOUR_NS], now_ns=6, speed=1.0) == HOUR_NS


def test_the_bound_grows_with_the_speed_of_the_plant() -> None:
    """At twenty times the speed an offset of thirty plant seconds is still a right clock."""
    late_ns = 30 * 10**9
    assert SourceClock().correction_ns(0, now_ns=late_ns, monotonic_ns=0, speed=20.0) == 0
    assert SourceClock().correction_ns(0, now_ns=late_ns, monotonic_ns=0, speed=1.0) == -late_ns


def test_a_doubtful_plant_clock_corrects_nothing() -> None:
    """While plant time stands still or runs after, a source is judged as it was before."""
    clock = SourceClock()
    assert clock.correction_ns(HOUR_NS, now_ns=0, monotonic_ns=0, is_steady=False) == 0
    assert clock.correction_ns(5, now_ns=5, monotonic_ns=1) == 0
    assert clock.correction_ns(HOUR_NS, now_ns=9, monotonic_ns=2) == HOUR_NS - 9
    doubtful = clock.correction_ns(HOUR_NS, now_ns=HOUR_NS, monotonic_ns=3, is_steady=False)
    assert doubtful == HOUR_NS - 9
