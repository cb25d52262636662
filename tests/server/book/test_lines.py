"""A line now, its faceplates, the sites, and what exists: from a played shift and from nothing."""

import msgspec
import pytest

from linewright.plant import load
from linewright.plant.records import (
    Forecast,
    ForecastKind,
    How,
    Quality,
    Quantile,
    StationNow,
    StationState,
)
from linewright.server.book.house import links_view, sites_view
from linewright.server.book.keeping import Kept
from linewright.server.book.lines import ahead_view, line_view, station_view
from linewright.server.book.plant import plant_view
from linewright.server.desk import Refusal
from linewright.server.known import Alive, Known
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
from tests.server.book.raw import risen, spans


def test_before_live_has_told_anything_nothing_is_claimed() -> None:
    """Every station is unknown and not connected; no figure is made up."""
    kept = Kept(bracket(), "r1", LINE.site, Known())
    view = line_view(kept, moment_of(bracket(), BEGIN_NS + H_NS), LINE)
    assert {each.state for each in view.stations.values()} == {"unknown"}
    assert {each.doubts for each in view.stations.values()} == {("bad", "not_connected")}
    assert (view.good, view.oee, view.bottleneck, view.buffers) == (0, 0.0, "", {})
    site = sites_view(kept, moment_of(bracket(), BEGIN_NS + H_NS), ["live"])
    assert (site.sites[LINE.site].unknown, site.services["live"].up) == (4, False)


def test_a_line_shows_its_states_since_when_and_which_station_limits_it() -> None:
    """State and its beginning are those of the last sample; the mill runs without a pause."""
    played = run(2.0)
    kept, now = kept_of(played), moment_of(played.plant, played.until_ns)
    view = line_view(kept, now, LINE)
    for name, station in view.stations.items():
        last = spans(played.samples, LINE.child(name), played.until_ns)[-1]
        assert (station.state, station.since_ms) == (last.state, last.start_ns // 10**6)
    assert (view.bottleneck, view.bottleneck_why, view.shift) == ("mill", "active", "day")
    mill = spans(played.samples, LINE.child("mill"), played.until_ns)
    assert view.bottleneck_s == pytest.approx(
        (played.until_ns - mill[-1].start_ns) / S_NS, abs=1e-3
    )
    assert view.buffers["saw-mill"].about


def test_between_shifts_no_shift_is_claimed_and_its_figures_are_left_out() -> None:
    """At 23:00 nobody works: no good parts "of this shift"."""
    played = run(2.0)
    view = line_view(kept_of(played), moment_of(played.plant, BEGIN_NS + 17 * H_NS), LINE)
    assert (view.shift, view.good, view.oee, view.target) == ("", None, None, None)


def test_a_doubtful_station_says_why() -> None:
    """Quality bits become words."""
    played = run(2.0)
    kept, now = kept_of(played), moment_of(played.plant, played.until_ns)
    stale = StationNow(
        address=LINE.child("saw"), state=StationState.RUNNING, since_ns=1, seen_ns=1,
        quality=int(Quality.STALE | Quality.UNCERTAIN | Quality.SIMULATED),
    )  # fmt: skip
    kept.known.hear_line(msgspec.structs.replace(played.lines[0], stations=(stale,)))
    assert line_view(kept, now, LINE).stations["saw"].doubts == ("stale",)


def test_a_faceplate_has_its_newest_values_and_indicators() -> None:
    """The mill's page: last raw values, its lane, an availability of nearly 1."""
    played = run(2.0)
    kept, now = kept_of(played), moment_of(played.plant, played.until_ns)
    view = station_view(kept, now, LINE.child("mill"))
    last = {str(one.tag): one.value for one in played.samples}
    assert view.values["spindle_temp"].value == last[f"{LINE}/mill#spindle_temp"]
    assert view.strip.stretches[0][0] == BEGIN_NS // 10**6
    assert view.availability == pytest.approx(1.0, abs=0.05)
    for address, status in ((LINE, 404), ("nogales/machining/bracket/lathe", 404), ("x y", 422)):
        with pytest.raises(Refusal) as refusal:
            station_view(kept, now, address)
        assert refusal.value.status == status


def forecast(made_ns: int, ahead_h: float, mean: float, **more: object) -> Forecast:
    """Return a forecast of good parts of the line."""
    until_ns = made_ns + round(ahead_h * H_NS)
    fields: dict[str, object] = {
        "address": LINE, "t_ns": made_ns, "seen_ns": made_ns, "plant_rev": "r1",
        "how": How.INFERRED, "source": "twin", "kind": ForecastKind.OUTPUT, "for_ns": made_ns,
        "until_ns": until_ns, "unit": "pieces", "mean": mean, "model": "m",
        "quantiles": tuple(
            Quantile(p=p, value=mean + d) for p, d in ((0.05, -6), (0.1, -4), (0.9, 4), (0.95, 6))
        ),
    }  # fmt: skip
    return Forecast(**{**fields, **more})  # type: ignore[arg-type]  # fields of a record by name


def test_the_twin_s_next_hours_go_on_from_what_was_counted() -> None:
    """A forecast counts from when it was made; what was made until then is added."""
    played = run(2.0)
    kept, now = kept_of(played), moment_of(played.plant, played.until_ns)
    newest_ns, ago_ns = played.until_ns - H_NS // 4, played.until_ns - H_NS * 5 // 4
    for each in (
        forecast(newest_ns, 1, 55.0),
        forecast(ago_ns, 1, 54.0),
        forecast(ago_ns, 2, 108.0),
    ):
        kept.hear(each, 0)
    view = ahead_view(kept, now, LINE)

    def made(t_ns: int) -> int:
        return risen(played.samples, f"{LINE}/inspect#good", BEGIN_NS, t_ns + 1)

    assert view.past[-1][1] == made(played.until_ns)
    at_ms, number = view.ahead[0]
    assert (at_ms, number.value) == ((newest_ns + H_NS) // 10**6, made(newest_ns) + 55.0)
    assert (number.low, number.high) == (made(newest_ns) + 51.0, made(newest_ns) + 59.0)
    assert [each.value for _, each in view.was] == [made(ago_ns) + 54.0, made(ago_ns) + 108.0]
    assert (view.scores, view.valid) == ("", True)


def test_scores_count_how_often_what_came_lay_in_the_interval() -> None:
    """One of two settled forecasts held; an invalid one says so with its caveat."""
    kept = Kept(bracket(), "r1", LINE.site, Known())
    now = moment_of(bracket(), BEGIN_NS + 6 * H_NS)
    for at_h, actual in ((1, 55.0), (2, 80.0)):
        one = forecast(BEGIN_NS + at_h * H_NS, 1, 54.0)
        kept.hear(one, 0)
        kept.hear(msgspec.structs.replace(one, rev=1, actual=actual), 0)
    assert ahead_view(kept, now, LINE).scores == "1/2"
    kept.hear(forecast(BEGIN_NS + 5 * H_NS, 4, 9.0, valid=False, caveat="stale"), 0)
    view = ahead_view(kept, now, LINE)
    assert (view.valid, view.caveat) == (False, "stale")


def test_the_plant_is_told_with_limits_reasons_and_thresholds() -> None:
    """What stands in the plant file of the bracket line, read by hand."""
    view = plant_view(Kept(bracket(), "r1", LINE.site, Known()), moment_of(bracket(), BEGIN_NS))
    group = view.groups[str(LINE)]
    assert (group.kind, group.flow, group.target_oee) == (
        "line", ("saw", "mill", "wash", "inspect"), 0.8
    )  # fmt: skip
    assert [(each.upstream, each.places) for each in group.buffers] == [
        ("saw", 12), ("mill", 8), ("wash", 8)
    ]  # fmt: skip
    saw = group.stations["saw"]
    limits = saw.tags["blade_temp"].limits
    assert {name: (each.limit, each.priority) for name, each in limits.items()} == {
        "high": (80.0, "medium"), "high_high": (95.0, "critical")
    }  # fmt: skip
    assert (saw.micro_stop_s, saw.cycle_s) == (120.0, 48.0)
    breakdown = next(each for each in view.reasons["machine_stops"] if each.code == "breakdown")
    assert [(each.code, each.category) for each in breakdown.reasons][1] == (
        "breakdown/spindle", "breakdown"
    )  # fmt: skip
    assert saw.tags["state"].states["5"] == "blocked"


def test_a_command_says_who_may_write_it_and_between_what() -> None:
    """The ceilings of the bracket line, by hand: two roles set the speed, quality the heat."""
    view = plant_view(Kept(bracket(), "r1", LINE.site, Known()), moment_of(bracket(), BEGIN_NS))
    stations = view.groups[str(LINE)].stations
    speed, bath = stations["mill"].commands["speed"], stations["wash"].commands["bath_setpoint"]
    assert (speed.high, speed.allowed_low, speed.allowed_high) == (120.0, 70.0, 100.0)
    assert (set(speed.roles), bath.roles) == ({"supervisor", "engineer"}, ("quality",))
    assert bath.allowed


def test_sister_sites_are_named_without_a_claim_and_work_centres_have_figures() -> None:
    """Of the corridor only the own site has figures; the others say that there is no link."""
    plant = load(ROOT / "plants" / "corridor")
    kept = Kept(plant, "r1", "nogales", Known())
    kept.known.hear_alive("live", Alive(pid=1, since_ns=0, heard_s=BEGIN_NS / S_NS))
    now = moment_of(plant, BEGIN_NS + H_NS)
    view = sites_view(kept, now, ["live"])
    assert {name: each.link for name, each in view.sites.items()} == {
        "nogales": "here", **{name: "none" for name in plant.sites if name != "nogales"}
    }  # fmt: skip
    assert view.sites["phoenix"].oee is None
    for address in kept.plan.lines:
        assert line_view(kept, now, address).stations.keys() == set(
            plant_view(kept, now).groups[str(address)].stations
        )


def test_a_link_whose_report_is_old_is_not_told() -> None:
    """What `connect` said 20 s ago says nothing of now."""
    kept = Kept(bracket(), "r1", LINE.site, Known())
    report = {"address": f"{LINE}/saw", "state": "connected", "since_ns": 0, "told_ns": BEGIN_NS}
    kept.known.hear_link("saw", {**report, "offset_ns": 1_500_000_000})
    views = [
        links_view(kept, moment_of(bracket(), BEGIN_NS + s * S_NS)).links["saw"] for s in (5, 20)
    ]
    assert [each.state for each in views] == ["connected", "not told"]
    assert views[0].offset_s == 1.5


def test_sites_are_told_before_the_clock_of_a_play_is_heard() -> None:
    """Names, services and how many stations there are; no figures of a day that is not known."""
    kept = kept_of(run(1.0))
    view = sites_view(kept, moment_of(bracket(), 0), ["live"])
    site = view.sites[LINE.site]
    assert (view.clock.t_ms, site.stations, site.unknown) == (None, 4, 4)
    assert (site.oee, site.good, site.shift) == (None, None, "")
    assert set(view.services) == {"live"}
