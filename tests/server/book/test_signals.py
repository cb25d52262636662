"""Values, the namespace, trends and CSV; numbers as the other views tell them."""

import msgspec

from linewright.plant.records import AlarmEvent, Gap, GapReason, How, Quality
from linewright.server.book.reckoning.plain import doubts, finite, station_of, stop_id
from linewright.server.book.signals import (
    Asked,
    Columns,
    csv_head,
    csv_rows,
    gap_concerns,
    namespace_view,
    trend_view,
    values_view,
    with_places,
)
from linewright.server.book.tracing import with_station
from tests.server.book.played import BEGIN_NS, LINE, S_NS, kept_of, moment_of, run
from tests.server.book.test_attention import alarm

MS = 10**6


def test_a_value_is_stale_as_soon_as_its_source_is_silent() -> None:
    """Three seconds without a frame, heartbeats included, and every value says so."""
    played = run(2.0)
    kept, tag = kept_of(played), f"{LINE}/mill#spindle_temp"
    fresh = values_view(kept, moment_of(played.plant, played.until_ns + S_NS), [tag, "a/b#c"])
    assert [(name, each.doubts) for name, each in fresh.values.items()] == [(tag, ())]
    later = values_view(kept, moment_of(played.plant, played.until_ns + 4 * S_NS), [tag])
    assert later.values[tag].doubts == ("stale",)
    assert later.values[tag].value == fresh.values[tag].value


def test_the_namespace_says_where_a_tag_comes_from_and_where_it_is_cut() -> None:
    """Source, node, subject and the keys of the plant file; at most as many as asked for."""
    played = run(2.0)
    kept, now = kept_of(played), moment_of(played.plant, played.until_ns)
    view = namespace_view(kept, now, LINE.child("saw"), 500)
    tag = view.tags[f"{LINE}/saw#blade_temp"]
    assert (tag.source.protocol, tag.source.item, tag.subject) == (
        "opcua", "ns=2;s=BladeTemp", "lw.samples.nogales.saw"
    )  # fmt: skip
    assert tag.path == ("sites.nogales.areas.machining.lines.bracket.stations.saw.tags.blade_temp")
    assert tag.now is not None
    written = {str(LINE.child("saw")): "plant.yaml:87", f"{LINE}/saw#blade_temp": "plant.yaml:98"}
    placed = with_places(view, written).tags
    assert placed[f"{LINE}/saw#blade_temp"].file == "plant.yaml:98"
    assert placed[f"{LINE}/saw#state"].file == "plant.yaml:87"
    assert with_places(view, {}).tags[f"{LINE}/saw#state"].file == ""
    cut = namespace_view(kept, now, LINE, 3)
    assert (len(cut.tags), cut.more, view.more) == (3, True, False)


def gap(from_s: int, until_s: int, **more: object) -> Gap:
    """Return a gap of the saw's source."""
    fields: dict[str, object] = {
        "address": LINE.child("saw"), "t_ns": BEGIN_NS + from_s * S_NS, "seen_ns": BEGIN_NS,
        "plant_rev": "r1", "how": How.MACHINE, "source": "connect", "of_source": "saw",
        "epoch": 1, "until_ns": BEGIN_NS + until_s * S_NS, "reason": GapReason.DISCONNECTED,
    }  # fmt: skip
    return Gap(**{**fields, **more})  # type: ignore[arg-type]  # fields of a record by name


def test_a_trend_breaks_at_bad_rows_and_at_gaps() -> None:
    """A bad row is no value, its stretch ends with the next good one; a gap begins with null."""
    times = tuple(BEGIN_NS + s * S_NS for s in (0, 10, 20, 60))
    bad = int(Quality.BAD | Quality.SENSOR_FAILURE)
    columns = Columns(t_ns=times, value=(1.0, 2.0, 3.0, 4.0), quality=(0, bad, 0, 0), rows=9)
    asked = Asked(tag=f"{LINE}/saw#kw", from_ns=BEGIN_NS, until_ns=BEGIN_NS + 100 * S_NS)
    view = trend_view(asked, columns, [gap(30, 50), gap(200, 300)], "kW")
    begun_ms = BEGIN_NS // MS
    assert [(t - begun_ms) // 1000 for t in view.t_ms] == [0, 10, 20, 30, 60]
    assert view.value == (1.0, None, 3.0, None, 4.0)
    assert view.bad == ((begun_ms + 10_000, begun_ms + 20_000, "bad sensor_failure"),)
    assert view.gaps == ((begun_ms + 30_000, begun_ms + 50_000, "disconnected"),)
    assert (view.rows, view.decimated) == (9, True)


def test_a_gap_concerns_the_tags_of_its_source_that_it_names() -> None:
    """Of another station it is none; one that was filled is none any more."""
    kept = kept_of(run(2.0))
    tag = LINE.child("saw").with_tag("blade_temp")
    named = [gap(1, 2), gap(1, 2, tags=(str(tag),)), gap(1, 2, tags=(f"{LINE}/saw#state",))]
    named += [gap(1, 2, address=LINE.child("mill")), gap(1, 2, filled=True)]
    named += [gap(1, 2, of_source="meter")]
    assert [gap_concerns(kept, tag, each) for each in named] == [
        True, True, False, False, False, False
    ]  # fmt: skip


def test_a_trend_tells_what_its_station_did_and_its_own_alarms() -> None:
    """States tile the window; alarms of the tag that touch it are there, with their ends."""
    played = run(2.0)
    kept, now = kept_of(played), moment_of(played.plant, played.until_ns)
    raised = alarm(AlarmEvent.RAISED, 60)
    for record in (raised, alarm(AlarmEvent.RETURNED, 90, raised), alarm(AlarmEvent.RAISED, 600)):
        kept.hear(record, 0)
    asked = Asked(tag=str(raised.address), from_ns=BEGIN_NS, until_ns=played.until_ns)
    drawn = trend_view(asked, Columns(), [], "")
    view = with_station(drawn, kept, now)
    assert (view.states[0][0], view.states[-1][1]) == (BEGIN_NS // MS, played.until_ns // MS)
    begun_ms = BEGIN_NS // MS
    assert view.alarms == (
        (begun_ms + 60_000, begun_ms + 90_000, "high", "medium"),
        (begun_ms + 600_000, None, "high", "medium"),
    )


def test_csv_is_quoted_and_never_a_formula() -> None:
    """Texts that a spreadsheet would take for a formula are made harmless."""
    columns = Columns(t_ns=(BEGIN_NS + MS,), value=(None,), quality=(2,))
    line = csv_rows("a#b", columns, ["=1+1,2"]).decode()
    assert line == f'a#b,2026-11-23T13:00:00.001Z,{BEGIN_NS + MS},,"\'=1+1,2",2\r\n'
    assert csv_head() == b"tag,time,t_ns,value,text,quality\r\n"


def test_words_and_numbers_are_plain() -> None:
    """Doubts name causes and never provenance; what is no number is left out."""
    assert doubts(0) == doubts(Quality.SIMULATED | Quality.INITIAL | Quality.ESTIMATED) == ()
    assert doubts(Quality.BAD | Quality.NOT_CONNECTED) == ("bad", "not_connected")
    assert [finite(each) for each in (1.0, float("nan"), float("inf"), None)] == [1.0, *[None] * 3]
    assert station_of(stop_id(LINE, "x-12")) == (str(LINE), "x-12")
    assert msgspec.json.encode(Asked(tag="a", from_ns=0, until_ns=1))
