"""The figures of a played shift against another way to them: straight from the raw samples."""

import msgspec
import pytest

from linewright.plant.kpi import waterfall
from linewright.server.book.attention import alarm_report_view
from linewright.server.book.days import hours_view, losses_view, stops_view, strips_view
from linewright.server.book.house import sites_view
from linewright.server.book.keeping import Kept
from linewright.server.book.lines import line_view, station_view
from linewright.server.book.reckoning.figures import figures, ledger_at, made_at
from linewright.server.book.reckoning.windows import period_of, until_now
from linewright.server.book.reports import report_view
from linewright.server.known import Alive, Moment
from tests.server.book.played import (
    BEGIN_NS,
    H_NS,
    LINE,
    S_NS,
    Run,
    beat,
    kept_of,
    moment_of,
    run,
)
from tests.server.book.raw import booked, risen, spans

STATIONS = ("saw", "mill", "wash", "inspect")
BREAK_NS = BEGIN_NS + 4 * H_NS
"""The break of the day shift, 10:00 to 10:30."""


def windows(until_ns: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return working time and break from 06:00 to a time after 10:30."""
    after_ns = BREAK_NS + H_NS // 2
    return [(BEGIN_NS, BREAK_NS), (after_ns, until_ns)], [(BREAK_NS, after_ns)]


def times_of(kept: Kept, played: Run, station: str) -> dict[str, int]:
    """Return ns by category of a station, as the book has them."""
    now = moment_of(played.plant, played.until_ns)
    period = until_now(period_of("shift", now), now)
    times = msgspec.to_builtins(ledger_at(kept, now, LINE.child(station), period).times)
    return {name.removesuffix("_ns"): ns for name, ns in times.items() if ns > 1000}


@pytest.mark.parametrize("station", STATIONS)
def test_the_time_of_each_station_is_booked_as_its_raw_states_say(station: str) -> None:
    """Ns by category equal those of the state samples, to within a microsecond."""
    played = run()
    work, breaks = windows(played.until_ns)
    raw = spans(played.samples, LINE.child(station), played.until_ns)
    expected = booked(raw, work, breaks)
    assert times_of(kept_of(played), played, station) == pytest.approx(expected, abs=1000)


def test_oee_of_the_line_is_the_good_parts_of_its_end_over_the_bottleneck_s_planned_time() -> None:
    """60 s of the mill for each good part of the inspection, over planned busy time."""
    played = run()
    work, breaks = windows(played.until_ns)
    good = risen(played.samples, f"{LINE}/inspect#good", BEGIN_NS, played.until_ns)
    mill = booked(spans(played.samples, LINE.child("mill"), played.until_ns), work, breaks)
    busy_ns = sum(ns for category, ns in mill.items() if category != "meal")
    view = line_view(kept_of(played), moment_of(played.plant, played.until_ns), LINE)
    assert view.oee == pytest.approx(good * 60 * 10**9 / busy_ns, rel=1e-6)
    assert view.good == good > 200


def test_every_page_shows_the_same_oee_and_the_same_good_parts() -> None:
    """Sites, Line, Losses, Hours and shift report: one number each, to the last bit."""
    played = run()
    kept, now = kept_of(played), moment_of(played.plant, played.until_ns)
    line = line_view(kept, now, LINE)
    site = sites_view(kept, now, []).sites[LINE.site]
    report = report_view(kept, now, LINE, "shift")
    assert report.losses is not None
    assert report.hours is not None
    by_page = [
        losses_view(kept, now, LINE, "shift").kpis["oee"],
        report.losses.kpis["oee"],
        site.oee,
    ]
    assert by_page == [line.oee] * 3
    hours = hours_view(kept, now, LINE, "shift").hours
    counted = [sum(each.good or 0 for each in found) for found in (hours, report.hours.hours)]
    assert [*counted, site.good] == [line.good] * 3
    assert [each.gap for each in hours if each.gap is not None][-1] == pytest.approx(
        (line.good or 0) - (line.target or 0)
    )


def test_bars_add_up_to_calendar_time_and_their_printed_shares_to_a_hundred() -> None:
    """The waterfall of the line and of the site is whole."""
    played = run()
    kept, now = kept_of(played), moment_of(played.plant, played.until_ns)
    for address in (LINE, LINE.site, LINE.child("mill")):
        view = losses_view(kept, now, address, "shift")
        assert sum(bar.s for bar in view.bars) == pytest.approx(view.calendar_s, abs=1e-6)
        assert sum(round(10 * float(bar.percent)) for bar in view.bars) == 1000
        period = until_now(period_of("shift", now), now)
        ledger = figures(kept, now, address, period).ledger
        assert sum(bar.ns for bar in waterfall(ledger).bars) == ledger.calendar_ns


def test_lanes_tile_the_window_and_show_the_raw_states() -> None:
    """Swim lanes have no holes, and blocked time in them is that of the samples."""
    played = run()
    kept, now = kept_of(played), moment_of(played.plant, played.until_ns)
    view = strips_view(kept, now, LINE, "shift")
    for lane in view.lanes.values():
        assert [each[1] for each in lane[:-1]] == [each[0] for each in lane[1:]]
        assert (lane[0][0], lane[-1][1]) == (BEGIN_NS // 10**6, played.until_ns // 10**6)
    lane = view.lanes[f"{LINE}/saw"]
    blocked_ms = sum(until - start for start, until, state, _ in lane if state == "blocked")
    raw = spans(played.samples, LINE.child("saw"), played.until_ns)
    expected = sum(each.end_ns - each.start_ns for each in raw if each.state == "blocked")
    assert blocked_ms == pytest.approx(expected / 10**6, abs=len(lane))


def test_parts_of_stations_are_the_rises_of_their_counters() -> None:
    """Good and scrap of each station, on its faceplate too, are counted from the samples."""
    played = run()
    kept, now = kept_of(played), moment_of(played.plant, played.until_ns)
    for name in STATIONS:
        place = LINE.child(name)
        good = risen(played.samples, f"{place}#good", BEGIN_NS, played.until_ns + 1)
        scrap = risen(played.samples, f"{place}#bad", BEGIN_NS, played.until_ns + 1)
        made = made_at(kept, place, BEGIN_NS, played.until_ns + 1)
        now_view = station_view(kept, now, place).now
        assert (made.good, made.scrap) == (good, scrap) == (now_view.good, now_view.scrap)


def test_stops_are_the_same_stretches_as_the_ledger_s() -> None:
    """Stops that wait for a reason are where the ledger has `no_reason`."""
    played = run()
    kept, now = kept_of(played), moment_of(played.plant, played.until_ns)
    view = stops_view(kept, now, LINE, "shift")
    waiting = view.waiting
    assert set(waiting) == {name for name, stop in view.stops.items() if stop.unexplained}
    for station in STATIONS:
        own = [s for s in view.stops.values() if s.address == f"{LINE}/{station}" and s.unexplained]
        booked_ns = times_of(kept, played, station).get("no_reason", 0)
        assert (booked_ns > 0) == bool(own)
    assert alarm_report_view(kept, now, LINE, "shift").raised == 0


def behind(wall_s: float) -> tuple[Kept, Moment]:
    """Return the book at speed 20 whose sources spoke so long ago."""
    played = run()
    now = moment_of(played.plant, played.until_ns - 130 * S_NS)
    heard_ns = now.t_ns - round(20 * wall_s * S_NS) if wall_s else played.until_ns
    records = tuple(each for each in played.records if each.t_ns < heard_ns)
    kept = kept_of(msgspec.structs.replace(played, frames=(), records=records))
    first = {each.header.source: each for _, each in played.frames}
    for k, (source, one) in enumerate(first.items()):
        ago_ns = round((wall_s + k / 5) * S_NS)
        kept.newest.hear(one, now.wall_ns - ago_ns, now.t_ns - 20 * ago_ns)
        beat(kept, source, now.wall_ns - ago_ns, now.t_ns - 20 * ago_ns)
    kept.known.hear_alive("live", Alive(pid=1, since_ns=0, heard_s=now.mono_s))
    return kept, msgspec.structs.replace(now, speed=20.0)


@pytest.mark.parametrize("ago_s", [0.0, 4.0, 60.0])
def test_every_figure_of_an_open_window_ends_at_its_watermark(ago_s: float) -> None:
    """Whether the sources speak, are a little behind, or are silent: one instant for an answer."""
    kept, now = behind(ago_s)
    losses, strips = losses_view(kept, now, LINE, "shift"), strips_view(kept, now, LINE, "shift")
    hours, stops = hours_view(kept, now, LINE, "shift"), stops_view(kept, now, LINE, "shift")
    mark_ms = losses.window.watermark_ms
    assert {each.window.watermark_ms for each in (strips, hours, stops)} == {mark_ms}
    assert mark_ms is not None
    assert line_view(kept, now, LINE).watermark_ms == mark_ms
    assert station_view(kept, now, LINE.child("mill")).watermark_ms == mark_ms
    assert losses.calendar_s == (mark_ms - losses.window.from_ms) / 1000
    assert {lane[-1][1] for lane in strips.lanes.values()} == {mark_ms}
    open_hour = next(each for each in hours.hours if each.until_ms > mark_ms)
    assert open_hour.due == pytest.approx((mark_ms - BREAK_NS / 10**6 - 1800_000) / 60_000)
    assert open_hour.gap == pytest.approx(
        sum((each.good or 0) - (each.due or 0) for each in hours.hours if each.good is not None)
    )
    assert all(each.from_ms + each.s * 1000 <= mark_ms for each in stops.stops.values())
    lost_s = open_hour.lost_s.get("unknown", 0.0)
    assert lost_s == (0.0 if ago_s < 10 else pytest.approx(770, abs=20))


@pytest.mark.parametrize("window_ends_s", [300, 900])
def test_a_closed_window_of_a_silent_place_counts_up_to_its_end(window_ends_s: int) -> None:
    """Heard last 20 minutes ago, asked for what ended since: all of it counts, and it says so."""
    kept, now = behind(60.0)
    until_ms = now.t_ns // 10**6 - window_ends_s * 1000
    window = f"{BEGIN_NS // 10**6}..{until_ms}"
    losses, strips = losses_view(kept, now, LINE, window), strips_view(kept, now, LINE, window)
    assert not losses.window.open
    assert losses.window.watermark_ms == strips.window.watermark_ms == until_ms
    assert losses.calendar_s == (until_ms - losses.window.from_ms) / 1000
    assert {lane[-1][1] for lane in strips.lanes.values()} == {until_ms}
    assert losses.kpis["data_coverage"] < 1
