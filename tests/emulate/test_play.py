"""A play from tick to tick, without servers."""

import contextlib
import statistics
from collections import defaultdict
from pathlib import Path

import msgspec
import pytest

from linewright.emulate import Options, PlayInvalid, Sample, set_up
from linewright.emulate.folder import Folder, Written
from linewright.emulate.kernels import Kept
from linewright.emulate.play import Play
from linewright.plant import Address
from linewright.plant.language import load_text
from linewright.plant.scenario import ScenarioInvalid
from tests.emulate.faulty import CUT, EVENTS, ONE, PLANT, RIG, START_NS, text_of
from tests.emulate.flows.shops import HEAD, MONDAY_NS, order
from tests.emulate.flows.test_book import RUSH
from tests.emulate.flows.test_flow import CENTRE
from tests.emulate.playing import Bracket, S, keys_of, truth_of

MILL = Address("nogales/machining/bracket/mill")


def begun(bracket: Bracket, path: Path, *, speed: float = 20.0) -> tuple[Play, Folder]:
    """Return a play that is about to be shown, or that goes on."""
    options = Options(speed=speed, from_ns=bracket.from_ns)
    folder = Folder(path)
    play = Play(set_up(bracket.plant, None, bracket.scenario, options), folder)
    if play.is_fresh:
        for _ in play.forward():
            pass
        play.begin()
        play.save()
    return play, folder


def shown(play: Play, seconds: int, tick_s: float = 2.0) -> list[Sample]:
    """Go on tick by tick, and return all that is shown."""
    found: list[Sample] = []
    end_ns = play.t_ns + seconds * S
    while play.t_ns < end_ns:
        found += play.step(min(end_ns, play.t_ns + round(tick_s * S)))
    return found


def test_two_plays_are_equal_to_the_byte(bracket: Bracket, tmp_path: Path) -> None:
    """The truth of twenty minutes is the same in two runs."""
    for name in ("one", "two"):
        play, folder = begun(bracket, tmp_path / name)
        shown(play, 1200)
        folder.close()
    one, two = ((tmp_path / name / "truth.jsonl").read_bytes() for name in ("one", "two"))
    assert one == two
    assert len(one.splitlines()) > 1000


def test_ticks_may_be_of_any_length(bracket: Bracket, tmp_path: Path) -> None:
    """Short, odd and long ticks show the same samples at the same times."""
    found = []
    for n, tick_s in enumerate((0.7, 2.0, 61.3)):
        play, folder = begun(bracket, tmp_path / str(n))
        found.append(sorted(shown(play, 600, tick_s), key=lambda one: (one.tag, one.t_ns)))
        folder.close()
    assert found[0] == found[1] == found[2]


def test_the_hidden_wear_shows_in_cycle_time_and_temperature(
    bracket: Bracket, tmp_path: Path
) -> None:
    """From 09:00 the mill's cycles are at least 5 % longer, its spindle 5 degC warmer."""
    play, folder = begun(bracket, tmp_path)
    by_tag: dict[str, list[Sample]] = defaultdict(list)
    for one in shown(play, 900):
        by_tag[one.tag].append(one)
    folder.close()
    means = {}
    for name in ("cycle_time", "spindle_temp"):
        samples = by_tag[MILL.with_tag(name)]
        before = [float(one.value) for one in samples if one.t_ns < bracket.fault_ns]
        after = [float(one.value) for one in samples if one.t_ns > bracket.fault_ns + 200 * S]
        means[name] = statistics.mean(before), statistics.mean(after)
    assert means["cycle_time"][1] > 1.05 * means["cycle_time"][0]
    assert means["spindle_temp"][1] > means["spindle_temp"][0] + 5.0


def test_the_hidden_wear_alone_raises_no_alarm(bracket: Bracket, tmp_path: Path) -> None:
    """Until the mill first fails, no tag of the line passes any of its limits."""
    play, folder = begun(bracket, tmp_path)
    samples = shown(play, 3600, 60.0)
    folder.close()
    mill_down = [
        one.t_ns for one in samples if one.tag == MILL.with_tag("state") and one.value == 3
    ]
    stations = dict(load_text(bracket.plant).stations())
    watched = 0
    for one in samples:
        tag = stations[one.tag.owner].tags[one.tag.tag or ""]
        if one.t_ns >= min(mill_down, default=play.t_ns + 1):
            continue
        for limit in (tag.high, tag.high_high):
            assert limit is None or float(one.value) < limit.limit, one
        for limit in (tag.low, tag.low_low):
            assert limit is None or float(one.value) > limit.limit, one
        watched += any((tag.high, tag.low))
    assert watched > 500


def test_a_written_speed_slows_the_cycles(bracket: Bracket, tmp_path: Path) -> None:
    """At 80 % the mill's cycles take 1.25 times as long; the write is counted in the truth."""
    play, folder = begun(bracket, tmp_path)
    cycle = MILL.with_tag("cycle_time")
    before = [float(one.value) for one in shown(play, 600) if one.tag == cycle]
    folder.keep(Written(command=MILL.with_tag("speed"), value=80.0, by="connect"))
    samples = shown(play, 600)
    folder.close()
    after = [float(one.value) for one in samples if one.tag == cycle]
    assert after[2] / before[-1] == pytest.approx(1.25, rel=0.03)
    (actual,) = [one for one in samples if one.tag == MILL.with_tag("speed_actual")]
    assert (actual.value, actual.t_ns) == (80.0, bracket.from_ns + 600 * S + 1000)
    events = [one for one in truth_of(tmp_path) if one.get("event") == "command.written"]
    assert [(one["value"], one["by"], one["n"]) for one in events] == [(80.0, "connect", 1)]


def test_a_refused_write_changes_nothing(bracket: Bracket, tmp_path: Path) -> None:
    """What the server refused is in the truth as refused, and nothing else happens."""
    play, folder = begun(bracket, tmp_path)
    refused = Written(
        command=MILL.with_tag("speed"), value=130.0, by="connect", status="BadOutOfRange"
    )
    folder.keep(refused)
    samples = shown(play, 60)
    folder.close()
    assert not [one for one in samples if one.tag == MILL.with_tag("speed_actual")]
    event = next(one for one in truth_of(tmp_path) if one.get("event") == "command.written")
    assert (event["status"], event.get("n", 0)) == ("BadOutOfRange", 0)


def test_a_play_goes_on_where_it_was_cut(bracket: Bracket, tmp_path: Path) -> None:
    """Two halves with a restart between show what one piece shows, each sample once."""
    play, folder = begun(bracket, tmp_path / "halves")
    halves = shown(play, 301)
    folder.close()
    again, folder = begun(bracket, tmp_path / "halves")
    assert again.t_ns == play.t_ns
    assert not again.is_fresh
    halves += shown(again, 299)
    folder.close()
    whole, folder = begun(bracket, tmp_path / "whole")
    assert halves == shown(whole, 600)
    folder.close()
    keys = keys_of(truth_of(tmp_path / "halves"))
    assert len(keys) == len(set(keys)) > 500


def test_a_state_of_an_older_kernel_begins_anew(
    bracket: Bracket, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A play whose kept lines are not of this version starts over, and the log says so."""
    play, folder = begun(bracket, tmp_path)
    lines = play.kernels.keep()
    old = {name: Kept(state=b"LWTWIN01", tracks=one.tracks) for name, one in lines.items()}
    saved = folder.restore(play.setup.fingerprint)
    assert saved is not None
    folder.save(msgspec.structs.replace(saved, lines=old))
    folder.close()
    again, folder = begun(bracket, tmp_path)
    folder.close()
    assert again.is_fresh
    assert again.t_ns == bracket.from_ns
    assert "not a kept state of this version" in caplog.text
    assert truth_of(tmp_path)[0]["event"] == "play.begun"


def test_the_truth_says_when_the_fault_strikes(bracket: Bracket, tmp_path: Path) -> None:
    """The scenario's event is in the truth, at its time and place, and not before."""
    play, folder = begun(bracket, tmp_path)
    shown(play, 178)
    assert [one["event"] for one in truth_of(tmp_path) if "event" in one] == ["play.begun"]
    shown(play, 4)
    folder.close()
    fault = [one for one in truth_of(tmp_path) if one.get("event") == "machines.end_mill"]
    assert [(one["t_ns"], one["address"]) for one in fault] == [(bracket.fault_ns, MILL)]


@pytest.mark.parametrize(
    ("scenario", "options", "words"),
    [
        ("", Options(), "nothing says when"),
        ("", Options(begin="soon"), "is no time"),
        ("", Options(from_ns=S, speed=-1.0), "speed -1.0"),
        (None, Options(begin="2026-11-23 05:00"), "before the start"),
        (None, Options(begin="2126-11-23 05:00"), "before the end"),
        ("", Options(from_ns=2**63), "no time between"),
    ],
)
def test_what_cannot_be_played_is_said(
    bracket: Bracket, scenario: str | None, options: Options, words: str
) -> None:
    """Options that do not fit are refused in words."""
    text = bracket.scenario if scenario is None else scenario
    with pytest.raises(PlayInvalid, match=words):
        set_up(bracket.plant, None, text, options)


def test_a_wrong_scenario_is_refused(bracket: Bracket) -> None:
    """A scenario of another plant is refused with its problems."""
    with pytest.raises(ScenarioInvalid):
        set_up(bracket.plant, None, bracket.scenario.replace("borderline", "other"), Options())


def dirty(tmp_path: Path, tick_s: float) -> list[dict[str, object]]:
    """Return what the truth says of a quarter of an hour of a small plant with faults."""
    setup = set_up(PLANT, None, text_of(EVENTS), Options(speed=20.0))
    with contextlib.closing(Folder(tmp_path)) as folder:
        play = Play(setup, folder, has_broker=True)
        play.begin()
        shown(play, 900, tick_s)
    lines = [one for one in truth_of(tmp_path) if "tag" in one]
    return sorted(lines, key=lambda one: (one["tag"], one["t_ns"], one.get("fate", "")))


def test_the_truth_of_faults_does_not_depend_on_ticks(tmp_path: Path) -> None:
    """Clocks, counters, values, losses, cuts and restarts: short and long ticks tell the same."""
    found = [dirty(tmp_path / str(n), tick_s) for n, tick_s in enumerate((0.7, 5.0, 61.3))]
    assert found[0] == found[1] == found[2]
    fates = {one.get("fate", "") for one in found[0]}
    assert fates == {"", "again", "withheld"}
    assert any("true_ns" in one for one in found[0])
    assert any(one.get("historical") for one in found[0])


def test_a_reach_follows_the_scenario(tmp_path: Path) -> None:
    """The link is cut when the scenario says so, and the clock of its server is ahead."""
    setup = set_up(PLANT, None, text_of(EVENTS), Options(speed=20.0))
    with contextlib.closing(Folder(tmp_path)) as folder:
        play = Play(setup, folder)
        play.begin()
        states = set()
        for _ in range(300):
            play.step(play.t_ns + S)
            states.add(play.reach()[ONE].state)
        assert play.reach()[ONE].ahead_ns == 0
    assert states == {"open", "cut", "away"}


def test_a_play_goes_on_in_the_middle_of_an_outage(tmp_path: Path) -> None:
    """What an edge node has stored when the process ends is forwarded after it comes back."""
    setup = set_up(PLANT, None, text_of(CUT), Options(speed=20.0))
    for seconds in (100, 100):
        with contextlib.closing(Folder(tmp_path)) as folder:
            play = Play(setup, folder, has_broker=True)
            if play.is_fresh:
                play.begin()
                play.save()
            shown(play, seconds)
    stored = [one for one in truth_of(tmp_path) if one.get("historical")]
    assert {(one["t_ns"] - START_NS) // S for one in stored} >= {60, 95, 115}
    keys = keys_of(truth_of(tmp_path))
    assert len(keys) == len(set(keys))


def test_connections_of_an_edge_node_are_counted_over_restarts(tmp_path: Path) -> None:
    """The number of a connection is on disk before it is used."""
    setup = set_up(PLANT, None, text_of(CUT), Options(speed=20.0))
    numbers = []
    for _ in range(2):
        with contextlib.closing(Folder(tmp_path)) as folder:
            play = Play(setup, folder, has_broker=True)
            numbers += [play.next_birth(RIG), play.next_birth(RIG)]
    assert numbers == [0, 1, 2, 3]


CHOICE = PLANT.replace(
    'feed: {method: ns=2;s=SetFeed, unit: "%", range: [50, 120], sets: speed}',
    "feed: {node: ns=2;s=SetFeed, choices: {slow: Slow, fast: Fast}}",
)


def test_a_choice_that_is_written_ends_no_play(tmp_path: Path) -> None:
    """A word moves no level: it is in the truth, and the play goes on, also after a restart."""
    setup = set_up(CHOICE, None, text_of(CUT), Options(speed=20.0))
    for n in range(2):
        with contextlib.closing(Folder(tmp_path)) as folder:
            play = Play(setup, folder)
            if play.is_fresh:
                play.begin()
                play.save()
                folder.keep(Written(command=ONE.with_tag("feed"), value="fast", by="connect"))
            assert shown(play, 60) or n
    written = [one for one in truth_of(tmp_path) if one.get("event") == "command.written"]
    assert [(one["value"], one["status"], one["n"]) for one in written] == [("fast", "Good", 1)]


def test_a_cut_shorter_than_a_tick_is_counted(tmp_path: Path) -> None:
    """Between two looks a link is cut and mended: whoever plays it is told by the count."""
    events = "links: {l: {link: cut, at: reno/shop/lathes/one, from: 61 s, for: 2 s}}"
    setup = set_up(PLANT, None, text_of(events), Options(speed=20.0))
    with contextlib.closing(Folder(tmp_path)) as folder:
        play = Play(setup, folder)
        play.begin()
        found = []
        for _ in range(2):
            play.step(play.t_ns + 60 * S)
            found.append((play.reach()[ONE].state, play.reach()[ONE].breaks))
    assert found == [("open", 0), ("open", 1)]


def test_orders_are_in_the_truth_when_they_are_done(tmp_path: Path) -> None:
    """A given order and the rush order of the scenario are made, and told once, over a restart."""
    given = [order("o1", "pin", 40)]
    setup = set_up(HEAD + CENTRE.lstrip("\n"), None, RUSH, Options(), orders=given)
    for until_h in (1, 4):
        folder = Folder(tmp_path)
        play = Play(setup, folder)
        if play.is_fresh:
            play.begin()
        while play.t_ns < MONDAY_NS + until_h * 3600 * S:
            play.step(play.t_ns + 600 * S)
        folder.close()
    told = [one for one in truth_of(tmp_path) if one.get("event") == "order.done"]
    assert [(one["happens"], one["address"]) for one in told] == [
        ("o1", "reno/shop/lathes"),
        ("down-1", "reno/shop/lathes"),
    ]
    assert told[1]["value"] == 16
    assert told[1]["t_ns"] > MONDAY_NS + 5400 * S
