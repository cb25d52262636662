"""The picture: what is known, in words and numbers, and what is not known told apart."""

from typing import Any

import msgspec
import pytest

from linewright.correct import fold_case
from linewright.plant import Address
from linewright.plant.records import Case, CaseOutcome, CaseStage, Cause, Change, How, Quality
from linewright.server.known import Alive, Known, Moment, Stop
from linewright.server.picture import FRESH_S, _passed, case_view, change_words, picture
from tests.server.scenes import S_NS, T0_NS, applied_at, effect, line_of, line_state, steps_of

WALL_NS = 1_800_000_000 * S_NS


def _moment(**changes: Any) -> Moment:  # noqa: ANN401  # fields by name
    applied = applied_at("reno")
    moment = Moment(
        plant=applied.plant(), site="reno", rev=applied.rev, emulated=True,
        t_ns=T0_NS, speed=20.0, wall_ns=WALL_NS, mono_s=100.0,
    )  # fmt: skip
    return msgspec.structs.replace(moment, **changes)


def _shown(known: Known, **changes: Any) -> dict[str, Any]:  # noqa: ANN401  # fields by name
    shown = picture(known, _moment(**changes), ["live", "think"])
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(shown))
    return found


def test_nothing_is_known() -> None:
    """Before anything was heard, states are unknown, counts are none and no service is up."""
    shown = _shown(Known(), t_ns=0, speed=0.0)
    (line,) = shown["lines"]
    assert {station["state"] for station in line["stations"]} == {"unknown"}
    assert (line["good"], shown["data"]["age_s"], shown["clock"]["t_ms"]) == (None, None, None)
    assert {service["state"] for service in shown["services"]} == {"not heard yet"}
    assert shown["cases"] == shown["audit"] == []
    assert line["pace"]["per_h"] == 60.0


def test_the_line_in_flow_order() -> None:
    """Stations stand as parts flow, with state, counts and wear; buffers with their places."""
    known = Known()
    known.hear_line(line_state("reno", WALL_NS - 400_000_000))
    (line,) = _shown(known)["lines"]
    assert [each["name"] for each in line["stations"]] == ["saw", "mill", "wash", "inspect"]
    mill = line["stations"][1]
    assert (mill["state"], mill["good"], mill["scrap"]) == ("down", 10, 1)
    assert mill["wear"] == [{"label": "12 mm end mill", "used": 0.5}]
    assert [(each["count"], each["places"]) for each in line["buffers"]] == [
        (12, 12), (None, 8), (None, 8)
    ]  # fmt: skip
    assert (line["good"], line["scrap"], line["counted_since"]) == (10, 4, "06:00:00")


def test_how_old_data_are() -> None:
    """The age is that of the newest value on the wall clock, whatever the plant clock says."""
    known = Known()
    known.hear_line(line_state("reno", WALL_NS - 400_000_000))
    assert _shown(known)["data"] == {"age_s": 0.4, "fresh_s": FRESH_S}
    assert _shown(known, wall_ns=WALL_NS + 5 * S_NS)["data"]["age_s"] == 5.4
    assert _shown(known, wall_ns=WALL_NS - 9 * S_NS)["data"]["age_s"] == 0.0


def test_doubts_are_named() -> None:
    """Bad quality is told in words; that a value is simulated or the first is no doubt."""
    state = line_state("reno", WALL_NS)
    quality = Quality.SIMULATED | Quality.INITIAL | Quality.BAD | Quality.CLOCK
    stations = tuple(
        msgspec.structs.replace(each, quality=int(quality)) for each in state.stations[:1]
    )
    known = Known()
    known.hear_line(msgspec.structs.replace(state, stations=stations))
    saw, mill = _shown(known)["lines"][0]["stations"][:2]
    assert saw["doubts"] == ["bad", "clock"]
    assert mill["state"] == "unknown"


@pytest.mark.parametrize(("age_s", "state"), [(1.75, "up"), (1.85, "down")])
def test_a_silent_service_is_down(age_s: float, state: str) -> None:
    """A service that was not heard of for more than 2.5 s is down."""
    known = Known()
    known.hear_alive("live", Alive(pid=7, since_ns=0, heard_s=100.0 - age_s))
    assert _shown(known)["services"][0]["state"] == state


def test_a_proposal_in_words() -> None:
    """The sentence names what, where, value, unit and until when, on the clock of the site."""
    proposed = fold_case(steps_of("reno"))
    words = change_words(proposed.proposal[0], _moment())
    assert words == "Set speed of Machining centre to 80 % until 09:30."
    another_day = _moment(t_ns=T0_NS + 86_400 * S_NS)
    assert "until 2026-11-23 09:30" in change_words(proposed.proposal[0], another_day)


def test_a_change_that_the_plant_does_not_know() -> None:
    """A change of what is no command is told by its own names."""
    wash = line_of("reno").child("wash")
    change = Change(address=wash, parameter="cycle_factor", value=1.2, at_ns=0)
    assert change_words(change, _moment()) == (
        "Set cycle factor of wash to 1.2 until it is changed back."
    )


def test_a_case_on_the_page() -> None:
    """A proposed case can be confirmed; its causes have names and its effects intervals."""
    view = case_view(fold_case(steps_of("reno")), Known(), _moment())
    assert view["can_confirm"]
    assert view["causes"] == [
        {
            "cause": "end_mill",
            "words": "End mill worn",
            "label": {"en": "End mill worn", "es": "Fresa desgastada"},
            "why": "",
            "probability": 0.9,
        }
    ]
    assert [each["chosen"] for each in view["candidates"]] == [False, True]
    assert view["candidates"][1]["call_at"] == "09:30"
    assert view["expected"][0] | {"mean": 9.0, "low": 7.0, "high": 11.0} == view["expected"][0]
    opened = case_view(steps_of("reno")[0], Known(), _moment())
    assert not opened["can_confirm"]


def test_effects_have_names() -> None:
    """Counts and tags are told in words, a pure number without a unit."""
    mill = line_of("reno").child("mill")
    effects = [
        msgspec.structs.replace(effect(1.0), measure=measure, unit=unit)
        for measure, unit in [("good", "1"), (f"{mill}#spindle_temp", "degC"), ("x_y", "h")]
    ]
    case = msgspec.structs.replace(steps_of("reno")[-1], expected=tuple(effects))
    expected = case_view(case, Known(), _moment())["expected"]
    assert [(each["words"], each["unit"]) for each in expected] == [
        ("good parts", ""),
        ("Machining centre: spindle temperature", "degC"),
        ("x y", "h"),
    ]


def test_what_speaks_for_a_cause() -> None:
    """A cause is told by its name in the plant file, and its reasons apart from it."""
    why = "Something else. It does not move the temperature. Nor the power."
    causes = (
        Cause(cause="end_mill", probability=0.9, text="End mill worn. It is hotter."),
        Cause(cause="other", probability=0.1, text=why),
    )
    case = msgspec.structs.replace(steps_of("reno")[1], causes=causes)
    shown = case_view(case, Known(), _moment())["causes"]
    assert [(each["words"], each["why"]) for each in shown] == [
        ("End mill worn", "It is hotter."),
        ("Something else", "It does not move the temperature. Nor the power."),
    ]


def test_the_stop_is_told() -> None:
    """Who stopped automatic actions, and when, stands in the picture."""
    known = Known()
    known.hear_stop(Stop(stopped=True, by="p7", at_ns=T0_NS))
    assert _shown(known)["stop"] == {"stopped": True, "by": "p7", "at": "08:30:00"}


def test_a_refused_case_was_never_granted() -> None:
    """The stages behind the end are those that the case has been in, not all before `closed`."""
    refused = Case(
        address=Address("nogales/machining/bracket/mill"),
        t_ns=1,
        seen_ns=1,
        plant_rev="r1",
        how=How.INFERRED,
        source="correct",
        stage=CaseStage.CLOSED,
        case="a" * 26,
        outcome=CaseOutcome.REFUSED,
        causes=(Cause(cause="end_mill", probability=0.9),),
        advice="Slow down.",
    )
    passed = [stage.value for stage in _passed(refused, Known())]
    assert passed == ["open", "diagnosed", "proposed"]
    done = msgspec.structs.replace(refused, id="", grant_id="g", verify_until_ns=9)
    assert [stage.value for stage in _passed(done, Known())][-2:] == ["granted", "verifying"]
