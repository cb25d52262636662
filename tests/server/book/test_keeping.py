"""The book on data as it comes: late, twice, bad, set back, silent, and on a day of 25 hours."""

import random
from collections.abc import Callable

import msgspec
import pytest

from linewright.plant import Address, PlantBuilder
from linewright.plant.records import (
    Alarm,
    Approval,
    Call,
    Correction,
    Gap,
    GapReason,
    How,
    Parts,
    Quality,
    Reason,
    Record,
    State,
    StationState,
    revise,
)
from linewright.plant.records.examples import example
from linewright.server.book.days import hours_view, losses_view, stops_view, strips_view
from linewright.server.book.keeping import ACT, Kept
from linewright.server.book.lines import line_view
from linewright.server.known import Alive, Known, Moment
from linewright.server.views.base import View
from tests.server.book.played import (
    BEGIN_NS,
    H_NS,
    LINE,
    S_NS,
    Run,
    Said,
    alive_at,
    folded,
    kept_of,
    moment_of,
    run,
)
from tests.server.book.raw import booked, risen, spans

PAGES: tuple[Callable[[Kept, Moment, str, str], View], ...] = (
    hours_view, losses_view, stops_view, strips_view
)  # fmt: skip


def pages(kept: Kept, now: Moment, window: str = "shift") -> list[View]:
    """Return what the pages of a day show, but for how often late data changed it."""
    found = []
    for page in PAGES:
        view = page(kept, now, LINE, window)
        found.append(msgspec.structs.replace(view, window=None))
    return found


def test_records_in_any_order_and_twice_give_the_same_pages() -> None:
    """A shuffled book with repeats shows to the last bit what the one in order shows."""
    played = run()
    now = moment_of(played.plant, played.until_ns)
    shuffled = [*played.records, *played.records[::7]]
    random.Random(5).shuffle(shuffled)  # noqa: S311  # an order, no secret
    other = kept_of(msgspec.structs.replace(played, records=tuple(shuffled)))
    assert pages(other, now) == pages(kept_of(played), now)


def test_late_records_make_the_pages_those_of_a_replay_and_raise_the_revision() -> None:
    """What was missing for an hour comes at the end; then everything is as if it had been there."""
    played = run()
    now = moment_of(played.plant, played.until_ns)
    from_ns, until_ns = BEGIN_NS + H_NS, BEGIN_NS + 2 * H_NS
    late = [each for each in played.records if from_ns <= each.t_ns < until_ns]
    kept = kept_of(played, without=late)
    before = hours_view(kept, now, LINE, "shift")
    for record in late:
        kept.hear(record, now.t_ns)
    after = hours_view(kept, now, LINE, "shift")
    assert (before.window.revision, after.window.revision) == (0, len(late))
    assert before.hours[1] != after.hours[1]
    assert pages(kept, now) == pages(kept_of(played), now)


def test_a_state_that_had_to_hold_is_no_correction_and_a_revision_is_one() -> None:
    """Told minutes after its time, but after all that was told before: nothing was corrected."""
    played = run()
    told = [one for one in played.records if isinstance(one, Parts) and one.source == "live"]
    last = max(told, key=lambda one: one.t_ns)
    kept = kept_of(played, without=[last])
    window = (BEGIN_NS, played.until_ns)
    before = kept.revision(LINE, *window)
    kept.hear(last, last.t_ns + 600 * S_NS)
    assert kept.revision(LINE, *window) == before
    fixed = revise(last, seen_ns=last.seen_ns + 1, how=last.how, good=last.good + 1)
    kept.hear(fixed, last.t_ns + 601 * S_NS)
    assert kept.revision(LINE, *window) == before + 1
    again = kept_of(msgspec.structs.replace(played, records=(*played.records, fixed)))
    assert again.revision(LINE, *window) == before + 1, "and so it is after a restart"


def test_a_course_that_went_on_second_by_second_is_the_one_worked_out_at_once() -> None:
    """Looking at the line all the time, while records come, changes no figure at the end."""
    played = run()
    now = moment_of(played.plant, played.until_ns)
    early = [each for each in played.records if each.t_ns < BEGIN_NS + 4 * H_NS]
    kept = kept_of(msgspec.structs.replace(played, records=tuple(early)))
    waiting = [each for each in played.records if each.t_ns >= BEGIN_NS + 4 * H_NS]
    for t_ns in range(BEGIN_NS + 4 * H_NS, played.until_ns, 37 * S_NS):
        while waiting and waiting[0].t_ns <= t_ns:
            kept.hear(waiting.pop(0), 0)
        alive_at(kept, t_ns)
        line_view(kept, moment_of(played.plant, t_ns), LINE)
    for record in waiting:
        kept.hear(record, 0)
    alive_at(kept, played.until_ns)
    assert pages(kept, now) == pages(kept_of(played), now)


def test_bad_states_are_unknown_time_and_bad_counters_lose_no_part() -> None:
    """From 08:00 to 08:30 all that the mill says is bad: unknown time, and no part is lost."""
    bad = int(Quality.BAD | Quality.SENSOR_FAILURE)
    window = BEGIN_NS + 2 * H_NS, BEGIN_NS + 2 * H_NS + H_NS // 2

    def spoilt(one: Said) -> Said:
        is_hit = one.tag.owner == f"{LINE}/mill" and window[0] <= one.t_ns < window[1]
        return msgspec.structs.replace(one, quality=bad) if is_hit else one

    told = Said(Address(f"{LINE}/mill#state"), window[0] + 1, 1, bad)
    again = Said(Address(f"{LINE}/mill#state"), window[1] + 1, 1)
    whole, played = run(), _with(run(change=spoilt), told, again)
    now = moment_of(played.plant, played.until_ns)
    view = losses_view(kept_of(played), now, f"{LINE}/mill", "shift")
    unknown = next(bar for bar in view.bars if bar.code == "unknown")
    assert unknown.s == pytest.approx(1800, abs=1e-3)
    good = [line_view(kept_of(each), now, LINE).good for each in (played, whole)]
    assert good[0] == good[1]
    assert view.kpis["data_coverage"] == pytest.approx(1 - 1800 / 15300, abs=1e-6)
    assert view.kpis["oee"] > view.kpis["availability"] - 1800 / 15300


def test_batches_of_a_source_that_never_came_are_unknown_time_of_its_station() -> None:
    """The site tells a gap of source `mill`: it is unknown there alone, until it is filled."""
    played = run()
    kept, now = kept_of(played), moment_of(played.plant, played.until_ns)
    before = losses_view(kept, now, f"{LINE}/mill", "shift").kpis
    gap = Gap(
        address=Address(LINE.site), t_ns=BEGIN_NS + H_NS, until_ns=BEGIN_NS + 2 * H_NS,
        seen_ns=BEGIN_NS + 2 * H_NS, plant_rev="r1", how=How.INFERRED, source="history",
        of_source="mill", epoch=1, first_n=7, last_n=9, reason=GapReason.STORE,
    )  # fmt: skip
    assert kept.hear(gap, 0)
    unknown = {}
    for name in ("saw", "mill", "wash", "inspect"):
        view = losses_view(kept, now, f"{LINE}/{name}", "shift")
        unknown[name] = next(bar.s for bar in view.bars if bar.code == "unknown")
    assert unknown == pytest.approx({"saw": 0, "mill": 3600, "wash": 0, "inspect": 0}, abs=1e-3)
    assert kept.hear(revise(gap, seen_ns=now.t_ns, how=How.INFERRED, filled=True), 0)
    assert losses_view(kept, now, f"{LINE}/mill", "shift").kpis == before


def _with(played: Run, *more: Said) -> Run:
    """Return a run with some samples more, in the order of their times."""
    everything = sorted([*played.samples, *more], key=lambda each: each.t_ns)
    return folded(played.plant, LINE.site, [(played.until_ns, everything)])


def test_a_counter_that_is_set_back_counts_what_its_records_say() -> None:
    """The inspection's counter begins again at 0 at 09:00: no part is lost, none is made up."""
    reset_ns = BEGIN_NS + 3 * H_NS
    tag = f"{LINE}/inspect#good"
    whole = run()
    before = max(int(one.value) for one in whole.samples if one.tag == tag and one.t_ns < reset_ns)

    def set_back(one: Said) -> Said:
        if one.tag != tag or one.t_ns < reset_ns:
            return one
        return msgspec.structs.replace(one, value=int(one.value) - before)

    played = run(change=set_back)
    now = moment_of(played.plant, played.until_ns)
    assert any(isinstance(each, Parts) and each.restarted for each in played.records)
    raw = risen(played.samples, tag, BEGIN_NS, played.until_ns)
    views = [line_view(kept_of(each), now, LINE) for each in (played, whole)]
    assert views[0].good == raw == views[1].good


def test_time_of_a_silent_source_is_unknown_and_never_production() -> None:
    """When the mill's source falls silent, its running state holds no longer than it was heard."""
    played = run()
    kept = kept_of(played)
    later_ns = played.until_ns + 600 * S_NS
    kept.known.hear_alive("live", Alive(pid=1, since_ns=0, heard_s=later_ns / S_NS))
    now = moment_of(played.plant, later_ns)
    view = losses_view(kept, now, f"{LINE}/mill", "shift")
    unknown = next(bar for bar in view.bars if bar.code == "unknown")
    assert unknown.s == pytest.approx(600, abs=1)
    alive_at(kept, later_ns)
    view = losses_view(kept, now, f"{LINE}/mill", "shift")
    assert next(bar for bar in view.bars if bar.code == "unknown").s == pytest.approx(0, abs=1)


def test_nothing_is_known_of_any_station_while_live_is_dead() -> None:
    """Samples that nobody folds are no states: from the death of `live` on all is unknown."""
    played = run()
    kept = kept_of(played)
    later_ns = played.until_ns + 300 * S_NS
    alive_at(kept, later_ns)
    kept.known.hear_alive("live", Alive(pid=1, since_ns=0, heard_s=played.until_ns / S_NS))
    view = losses_view(kept, moment_of(played.plant, later_ns), f"{LINE}/saw", "shift")
    assert next(bar for bar in view.bars if bar.code == "unknown").s == pytest.approx(300, abs=1)


NIGHT_NS = 1_793_502_000 * S_NS
"""2026-10-31, 22:00 in Chicago; in that night the clocks go back an hour."""


def night() -> Run:
    """Return a night shift of nine hours: a part a minute, and an hour down from the change on."""
    builder = PlantBuilder("acme")
    site = builder.site(
        "reno", timezone="America/Chicago", currency="USD", day_starts="06:00",
        shifts={"night": "Mon-Sun 22:00-06:00"},
    )  # fmt: skip
    tags = {
        "state": {"node": "ns=2;s=S", "role": "state", "map": {1: "running", 3: "down"}},
        "good": {"node": "ns=2;s=G", "role": "parts.good"},
    }
    _ = site.area("shop").line("a", flow=["saw"]).station(
        "saw", does={"cut": "60 s"}, connect={"opcua": "opc.tcp://saw"}, tags=tags,
        micro_stop="2 min",
    )  # fmt: skip
    builder.product("p1", route=["cut"])
    saw = "reno/shop/a/saw"
    down = range(NIGHT_NS + 4 * H_NS, NIGHT_NS + 5 * H_NS)
    said = [Said(Address(f"{saw}#state"), NIGHT_NS, 1), Said(Address(f"{saw}#good"), NIGHT_NS, 0)]
    said += [
        Said(Address(f"{saw}#state"), t_ns, v) for t_ns, v in ((down[0], 3), (down[-1] + 1, 1))
    ]
    made = [t for t in range(NIGHT_NS + 60 * S_NS, NIGHT_NS + 9 * H_NS, 60 * S_NS) if t not in down]
    said += [Said(Address(f"{saw}#good"), t_ns, n + 1) for n, t_ns in enumerate(made)]
    said.sort(key=lambda each: each.t_ns)
    return folded(builder.done(), "reno", [(NIGHT_NS + 9 * H_NS, said)])


def test_a_night_shift_of_nine_hours_is_booked_whole_when_the_clock_goes_back() -> None:
    """Nine hours of planned time, 540 parts wanted, 479 made, one hour waits for a reason."""
    played = night()
    kept = kept_of(played, "reno")
    now = moment_of(played.plant, NIGHT_NS + 12 * H_NS, site="reno")
    hours = hours_view(kept, now, "reno/shop/a", "2026-10-31/night")
    assert [each.planned_s for each in hours.hours] == [3600.0] * 9
    assert (hours.target_end, sum(each.good or 0 for each in hours.hours)) == (540.0, 479)
    losses = losses_view(kept, now, "reno/shop/a", "2026-10-31/night")
    lost = {bar.code: round(bar.s) for bar in losses.bars if round(bar.s)}
    assert lost == {"no_reason": 3600, "speed_loss": 60, "fully_productive": 28740}
    assert losses.kpis["oee"] == pytest.approx(479 / 540)
    day = losses_view(kept, now, "reno/shop/a", "2026-10-31")
    assert day.calendar_s == 25 * 3600
    [stop] = stops_view(kept, now, "reno/shop/a", "2026-10-31/night").stops.values()
    assert (stop.s, stop.unexplained) == (3600.0, True)


def test_the_raw_samples_of_that_night_say_the_same() -> None:
    """The oracle of the played shift, on the night of the change."""
    played = night()
    raw = spans(
        [msgspec.structs.replace(e, value=float(e.value)) for e in played.samples],
        "reno/shop/a/saw", NIGHT_NS + 9 * H_NS,
    )  # fmt: skip
    expected = booked(raw, [(NIGHT_NS, NIGHT_NS + 9 * H_NS)], [])
    assert expected == {"producing": 8 * H_NS, "no_reason": H_NS}


def test_what_is_older_than_the_kept_days_goes_and_what_holds_stays() -> None:
    """After `forget` the state that held at the horizon still holds there."""
    played = run()
    kept, line = kept_of(played), LINE
    horizon_ns = BEGIN_NS + 4 * H_NS
    kept.forget(horizon_ns)
    states = kept.day.station(line.child("mill")).states
    assert states[0].t_ns < horizon_ns
    assert all(each.t_ns >= horizon_ns for each in states[1:])
    now = moment_of(played.plant, played.until_ns)
    view = strips_view(kept, now, line, f"{horizon_ns // 10**6}..{played.until_ns // 10**6}")
    assert view.lanes == strips_view(kept_of(played), now, line, _name(view)).lanes


def _name(view: View) -> str:
    window = getattr(view, "window", None)
    return f"{getattr(window, 'from_ms', 0)}..{getattr(window, 'until_ms', 0)}"


def test_versions_rise_where_something_came_and_nowhere_else() -> None:
    """A record moves the version of its line and of the site, not that of another line."""
    played = run()
    kept = Kept(played.plant, "r1", LINE.site, Known())
    first = next(each for each in played.records if isinstance(each, State))
    before = kept.stamp(LINE)
    assert kept.hear(first, 0)
    assert not kept.hear(first, 0)
    assert kept.stamp(LINE) != before
    assert (kept.version("day", LINE), kept.version("day", LINE.site)) == (1, 1)
    assert kept.version("day", "nogales/other/line") == 0
    assert first.state in set(StationState)


@pytest.mark.parametrize("kind", [Reason, Correction, Approval, Alarm, Call])
def test_what_a_person_does_now_is_counted_at_its_line(kind: type[Record]) -> None:
    """Reason, note, signature, acts on alarms and calls count; a machine, a repeat, history not."""
    kept = Kept(run().plant, "r1", LINE.site, Known())
    first = example(kind)
    told = msgspec.structs.replace(first, rev=1, how=How.MACHINE)
    read = msgspec.structs.replace(first, rev=2, how=How.PERSON, by="p7")
    act = msgspec.structs.replace(read, rev=3)
    for record, plant_ns in ((told, act.t_ns), (read, 0), (act, act.t_ns), (act, act.t_ns)):
        kept.hear(record, plant_ns)
    line = "/".join(first.address.partition("#")[0].split("/")[:3])
    counted = [kept.version(ACT, place) for place in (line, LINE.site, "nogales/other/line")]
    assert counted == [1, 1, 0]


def test_a_memo_is_made_once_for_a_version() -> None:
    """The same version gives the same object; another one makes it anew."""
    kept = Kept(run().plant, "r1", LINE.site, Known())
    made: list[int] = []
    for version in (1, 1, 2, 1):
        kept.memo("k", version, lambda: made.append(1))
    assert len(made) == 3
