"""What a window means on the calendar of a site, also where the clock is changed."""

import datetime as dt

import pytest

from linewright.plant import Plant, PlantBuilder
from linewright.server.book.reckoning.windows import (
    is_open,
    period_of,
    settled_ns,
    until_now,
    window_view,
)
from linewright.server.desk import Refusal
from linewright.server.known import Moment
from tests.server.book.played import H_NS, S_NS, moment_of

NIGHTS = {"day": "Mon-Sun 06:00-14:00", "night": "Mon-Sun 22:00-06:00"}


def plant(shifts: dict[str, str] | None = None) -> Plant:
    """Return a plant in Chicago, where the clocks go forward on 2026-03-08 and back on 11-01."""
    builder = PlantBuilder("acme")
    site = builder.site(
        "reno", timezone="America/Chicago", currency="USD", day_starts="06:00",
        shifts=NIGHTS if shifts is None else shifts,
    )  # fmt: skip
    _ = site.area("shop").line("a", flow=["saw"]).station("saw", does={"cut": "60 s"})
    return builder.done()


def at(text: str, of: Plant | None = None) -> Moment:
    """Return the moment at a UTC time."""
    t_ns = int(dt.datetime.fromisoformat(f"{text}+00:00").timestamp()) * S_NS
    return moment_of(of or plant(), t_ns, site="reno")


def hours(window: str, moment: Moment) -> float:
    """Return how long a window truly is."""
    return period_of(window, moment).length_ns / H_NS


def test_days_and_night_shifts_have_their_true_length_when_the_clock_is_changed() -> None:
    """The day of the change has 23 or 25 hours, its night shift 7 or 9."""
    now = at("2026-12-01T12:00:00")
    lengths = [hours(day, now) for day in ("2026-03-06", "2026-03-07", "2026-10-31")]
    assert lengths == [24.0, 23.0, 25.0]
    nights = [hours(f"{day}/night", now) for day in ("2026-03-06", "2026-03-07", "2026-10-31")]
    assert nights == [8.0, 7.0, 9.0]


def test_shift_is_the_open_one_else_the_last_one() -> None:
    """In the evening, when no shift is on, the day shift before is meant."""
    assert period_of("shift", at("2026-06-10T15:00:00")).name == "2026-06-10/day"
    assert period_of("shift", at("2026-06-10T23:00:00")).name == "2026-06-10/day"
    assert period_of("shift", at("2026-06-11T09:00:00")).name == "2026-06-10/night"


def test_without_shifts_the_production_day_is_meant() -> None:
    """A site that always works has no shifts; `shift` is its day."""
    assert period_of("shift", at("2026-06-10T15:00:00", plant({}))).name == "2026-06-10"


def test_two_times_are_a_window_without_a_name() -> None:
    """`FROM..UNTIL` in ms is taken as it is."""
    found = period_of("1781103600000..1781103605000", at("2026-06-10T15:00:00"))
    begun_ns = 1_781_103_600 * S_NS
    assert (found.start_ns, found.end_ns, found.name) == (begun_ns, begun_ns + 5 * S_NS, "")


@pytest.mark.parametrize(
    ("window", "status"),
    [
        ("yesterday", 422), ("2026-13-01", 422), ("2026-02-30", 422), ("8000..5000", 422),
        ("0..9999999999999", 422), ("2026-06-10/evening", 404), ("9999-01-01", 422), ("", 422),
        ("2026-06-10/" + "x" * 99, 422), ("1..99999999999999", 422),
    ],
)  # fmt: skip
def test_what_is_no_window_is_refused_with_words(window: str, status: int) -> None:
    """Text that names no window, or one too long, is refused and says what to write."""
    with pytest.raises(Refusal) as refusal:
        period_of(window, at("2026-06-10T15:00:00"))
    assert (refusal.value.status, bool(refusal.value.to_do)) == (status, True)


def test_an_open_window_is_cut_at_a_whole_second_of_the_wall_clock() -> None:
    """All who ask within a second get one window, whatever the speed of the plant clock."""
    now = at("2026-06-10T15:00:00")
    day = period_of("day", now)
    assert is_open(day, now)
    cut = until_now(day, now)
    assert (cut.end_ns, cut.start_ns) == (now.t_ns, day.start_ns)
    fast = Moment(
        plant=now.plant, site="reno", rev="r1", emulated=True, t_ns=now.t_ns + 59 * S_NS,
        speed=60.0, wall_ns=0, mono_s=0.0,
    )  # fmt: skip
    assert settled_ns(fast) == now.t_ns


def test_a_window_tells_how_far_it_is_whole_and_never_more_than_its_end() -> None:
    """The watermark lies in the window."""
    now = at("2026-06-10T15:00:00")
    past = period_of("2026-06-09/day", now)
    view = window_view(past, now, watermark_ns=now.t_ns, revision=2)
    assert (view.open, view.watermark_ms, view.revision) == (False, view.until_ms, 2)
    early = window_view(past, now, watermark_ns=5, revision=0)
    assert early.watermark_ms == early.from_ms
