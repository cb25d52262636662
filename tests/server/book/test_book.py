"""Stops, Pareto, hours and reports of a book: what is listed, refused, noted and signed."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from linewright.bus import BusUnavailable
from linewright.plant import load
from linewright.plant.records import How, Reason, State, StationState
from linewright.server.book.days import hours_view, pareto_view, stops_view, strips_view
from linewright.server.book.keeping import Kept
from linewright.server.book.reckoning.notes import (
    Written,
    comment_of,
    note_of,
    note_record,
    report_id,
    text_of,
)
from linewright.server.book.reports import report_sha256, report_view
from linewright.server.desk import Refusal
from linewright.server.known import Alive, Known, Moment
from tests.server.book.onbus import scene, state
from tests.server.book.played import (
    BEGIN_NS,
    H_NS,
    LINE,
    ROOT,
    S_NS,
    bracket,
    kept_of,
    moment_of,
    run,
)

MILL = LINE.child("mill")


def stopped(*stops_s: tuple[int, int], until_s: int = 7200) -> tuple[Kept, Moment]:
    """Return a book in which the mill was down so many times, heard until a time."""
    kept = Kept(bracket(), "r1", LINE.site, Known())
    kept.known.hear_alive("live", Alive(pid=1, since_ns=0, heard_s=BEGIN_NS / S_NS + until_s))
    kept.hear(state(0, "running"), 0)
    for from_s, to_s in stops_s:
        kept.hear(state(from_s, "down", raw_state="ALARM 42"), 0)
        kept.hear(state(to_s, "running"), 0)
    kept.hear(state(until_s, "idle"), 0)
    return kept, moment_of(bracket(), BEGIN_NS + until_s * S_NS)


def reason(from_s: int, until_s: int, code: str, by: str = "p7") -> Reason:
    """Return what a person said of the mill."""
    return Reason(
        address=MILL, t_ns=BEGIN_NS + from_s * S_NS, until_ns=BEGIN_NS + until_s * S_NS,
        seen_ns=BEGIN_NS + until_s * S_NS, plant_rev="r1", how=How.PERSON, source="server", by=by,
        code=code,
    )  # fmt: skip


def test_micro_stops_are_counted_and_longer_ones_listed_the_longest_waiting_first() -> None:
    """Stops of 60, 300 and 900 s at a threshold of 120 s: one micro-stop, two in the queue."""
    kept, now = stopped((600, 660), (1200, 1500), (3000, 3900))
    view = stops_view(kept, now, LINE, "shift")
    assert (view.micro_stops, [s.s for s in view.stops.values()]) == (
        {str(MILL): 1},
        [300.0, 900.0],
    )
    assert [view.stops[name].s for name in view.waiting] == [900.0, 300.0]
    kept.hear(reason(1200, 1500, "breakdown/spindle"), 0)
    waiting = stops_view(kept, now, LINE, "shift", waiting=True)
    assert [s.s for s in waiting.stops.values()] == [900.0]
    assert len(stops_view(kept, now, LINE, "shift").stops) == 2


def test_stops_of_the_same_kind_suggest_the_reason_that_people_gave_before() -> None:
    """Two spindle stops that began alike: the third suggests it, and says how sure."""
    kept, now = stopped((600, 900), (1200, 1500), (3000, 3900))
    for from_s, to_s in ((600, 900), (1200, 1500)):
        kept.hear(reason(from_s, to_s, "breakdown/spindle"), 0)
    view = stops_view(kept, now, LINE, "shift", waiting=True)
    [stop] = view.stops.values()
    assert (stop.suggested, stop.suggested_p) == ("breakdown/spindle", 1.0)


def test_a_pareto_is_ordered_by_what_is_asked_for_and_counts_money_of_the_station_hour() -> None:
    """Two short stops and a long one: by minutes and by count they change places."""
    kept, now = stopped((600, 780), (1200, 1380), (3000, 3900))
    for from_s, to_s in ((600, 780), (1200, 1380)):
        kept.hear(reason(from_s, to_s, "no_material"), 0)
    kept.hear(reason(3000, 3900, "breakdown/spindle"), 0)
    rows = {by: pareto_view(kept, now, MILL, "shift", by=by).rows for by in ("minutes", "count")}
    assert [row[:3] for row in rows["minutes"]] == [
        ("breakdown/spindle", 900.0, 1), ("no_material", 360.0, 2)
    ]  # fmt: skip
    assert [row[0] for row in rows["count"]] == ["no_material", "breakdown/spindle"]
    money = pareto_view(kept, now, MILL, "shift", by="money")
    assert (money.currency, money.rows[0][3]) == ("USD", "11.25")
    with pytest.raises(Refusal) as refusal:
        pareto_view(kept, now, MILL, "shift", by="colour")
    assert refusal.value.status == 422


def test_hours_are_those_of_one_line_and_of_two_days_at_most() -> None:
    """A site with several lines, and a week, are refused with words."""
    plant = load(ROOT / "plants" / "corridor")
    kept = Kept(plant, "r1", "nogales", Known())
    now = moment_of(plant, BEGIN_NS + H_NS)
    with pytest.raises(Refusal) as refusal:
        hours_view(kept, now, "nogales", "shift")
    assert "lines" in refusal.value.what
    week = f"{BEGIN_NS // 10**6}..{(BEGIN_NS + 7 * 24 * H_NS) // 10**6}"
    one, at = stopped()
    with pytest.raises(Refusal) as refusal:
        hours_view(one, at, LINE, week)
    assert refusal.value.status == 422
    assert hours_view(one, at, LINE.site, "shift").bottleneck == "mill"
    assert len(strips_view(one, at, LINE.site, "shift").lanes) == 4


def test_a_red_hour_names_its_largest_loss_and_its_target() -> None:
    """Most of the first hour is a breakdown, no part is made: red, with the reason."""
    kept, now = stopped((600, 3400))
    kept.hear(reason(600, 3400, "breakdown/spindle"), 0)
    hour = hours_view(kept, now, LINE, "shift").hours[0]
    assert (hour.target, hour.due, hour.good, hour.gap, hour.red) == (60.0, 60.0, 0, -60.0, True)
    assert (hour.reason, hour.lost_s["breakdown"]) == ("breakdown/spindle", 2800.0)


def test_the_hash_of_a_report_changes_with_a_figure_or_the_note_and_with_nothing_else() -> None:
    """Time that goes on after the shift changes nothing; a reason and a note do."""
    played = run()
    kept = kept_of(played)
    after = [moment_of(played.plant, BEGIN_NS + h * H_NS) for h in (9, 10)]
    alive_until = Alive(pid=1, since_ns=0, heard_s=(BEGIN_NS + 10 * H_NS) / S_NS)
    kept.known.hear_alive("live", alive_until)
    hashes = [report_sha256(report_view(kept, now, LINE, "2026-11-23/day")) for now in after]
    assert hashes[0] == hashes[1]
    kept.hear(state(600, "down", "wash"), 0)
    changed = report_sha256(report_view(kept, after[1], LINE, "2026-11-23/day"))
    assert changed != hashes[0]
    span = BEGIN_NS, BEGIN_NS + round(8.5 * H_NS)
    written = Written(by="p7", t_ns=after[1].t_ns, seen_ns=1, plant_rev="r1")
    kept.hear(note_record(None, LINE, span, "seen", written), 0)
    noted = report_view(kept, after[1], LINE, "2026-11-23/day")
    assert (noted.note, noted.note_by) == ("seen", "p7")
    assert report_sha256(noted) != changed


def test_of_two_notes_the_higher_revision_holds_and_names_what_was_before() -> None:
    """Whatever the order in which they come."""
    span = BEGIN_NS, BEGIN_NS + H_NS
    one = note_record(None, LINE, span, "a", Written(by="p1", t_ns=5, seen_ns=5, plant_rev="r"))
    two = note_record(one, LINE, span, "b", Written(by="p2", t_ns=4, seen_ns=6, plant_rev="r"))
    for order in ((one, two), (two, one)):
        held = Kept(bracket(), "r1", LINE.site, Known())
        for each in order:
            held.hear(each, 0)
        assert (comment_of(held, LINE, *span), note_of(held, LINE, *span)) == ("b", two)
    assert (two.of, two.of_rev, two.changes[0].before) == (report_id(LINE, *span), 2, '"a"')
    assert text_of(None) == ""


def test_without_history_older_windows_and_trends_are_refused_and_now_is_shown(
    tmp_path: Path,
) -> None:
    """History answers with an error: 503 with words, while the book of now goes on."""

    async def story() -> None:
        async with scene(tmp_path) as found:
            await found.at(BEGIN_NS + H_NS)
            await found.heard([state(60, "running")])
            for name in ("count", "aggregate", "records", "decimate"):
                subject = f"lw.ask.{LINE.site}.history.{name}"
                await found.bus.answer(subject, _damaged)
            found.book.kept.forget(BEGIN_NS - 48 * H_NS)
            for work in (
                found.book.of("2026-11-16"),
                found.book.trend(f"{LINE}/mill#state", 1_795_438_800_000, 1_795_438_900_000, 100),
                found.book.csv([f"{LINE}/mill#state"], 1_795_438_800_000, 1_795_438_900_000),
            ):
                with pytest.raises(Refusal) as refusal:
                    await work
                assert refusal.value.status == 503
            with pytest.raises(BusUnavailable):
                await found.book.history.last()
            assert await found.book.of("shift") is found.book.kept
            states = found.book.kept.day.station(str(MILL)).states
            assert [type(each) for each in states] == [State]
            assert states[0].state is StationState.RUNNING

    asyncio.run(story())


async def _damaged(question: bytes) -> bytes:
    del question
    return msgspec.json.encode({"error": "a file is damaged"})
