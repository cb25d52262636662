"""What a house has heard of a past: frames, gaps and what `live` makes of them."""

from pathlib import Path

import pytest

from linewright.emulate.folder import Folder
from linewright.emulate.past.recording import EPOCH
from linewright.emulate.play import Options, Play, Setup, set_up
from linewright.live import line_states
from linewright.plant.records import Gap, Parts, Quality, State
from tests.emulate.past.conftest import FROM_NS, START_NS
from tests.emulate.past.heard import Gone, gone
from tests.emulate.playing import Bracket, S

INSPECT = "nogales/machining/bracket/inspect"
MILL = "nogales/machining/bracket/mill"
WASH = "nogales/machining/bracket/wash"


@pytest.fixture(scope="module")
def past(morning: Setup, tmp_path_factory: pytest.TempPathFactory) -> Gone:
    """The two hours, gone through once."""
    return gone(morning, tmp_path_factory.mktemp("past"), FROM_NS)


def rows_of(past: Gone) -> list[tuple[str, int, float]]:
    """Return tag, time and value of all that was recorded as good."""
    found: list[tuple[str, int, float]] = []
    for one in past.frames:
        columns = [one.batch.column(name).to_pylist() for name in ("tag", "t_ns", "value")]
        quality = one.batch.column("quality").to_pylist()
        rows = zip(*columns, quality, strict=True)
        found += [(tag, t, value) for tag, t, value, bits in rows if bits == Quality.SIMULATED]
    return found


def test_the_past_is_what_a_play_shows(past: Gone, morning: Setup, tmp_path: Path) -> None:
    """Played openly, tick by tick, the same machines show the very same values."""
    folder = Folder(tmp_path)
    play = Play(morning, folder)
    play.begin()
    shown = list(play.standing()[1])
    while play.t_ns < FROM_NS:
        shown += play.step(play.t_ns + 7_300_000_000 if play.t_ns < FROM_NS else FROM_NS)
    folder.close()
    open_ones = {(one.tag, one.t_ns, one.value) for one in shown if one.t_ns <= FROM_NS}
    assert open_ones == {(one.tag, one.t_ns, one.value) for one in past.shown}
    assert len(open_ones) > 5000


def test_each_value_is_recorded_once_under_the_source_of_its_machine(past: Gone) -> None:
    """Rows are what was shown, numbered from 0 without a gap, in the epoch of the past."""
    rows = rows_of(past)
    reached = [one for one in past.shown if past.play.is_reached(one.tag.owner, one.t_ns)]
    assert len(rows) == len(set(rows)) == len(reached)
    for name in ("saw", "mill", "wash", "inspect"):
        own = [one.header for one in past.frames if one.header.source == name]
        assert [one.n for one in own] == list(range(len(own)))
        assert {one.epoch for one in own} == {EPOCH}


def test_a_pulled_cable_is_a_gap(past: Gone) -> None:
    """Nothing comes of the station in between, and one record accounts for it."""
    (gap,) = (one for one in past.records if isinstance(one, Gap))
    cut_ns = START_NS + 90 * 60 * 10**9
    assert gap.of_source == "inspect"
    assert gap.t_ns < cut_ns < cut_ns + 300 * 10**9 <= gap.until_ns
    assert gap.until_ns - gap.t_ns < 400 * 10**9
    inside = [t for tag, t, _ in rows_of(past) if tag.startswith(INSPECT)]
    assert not [t for t in inside if gap.t_ns < t < gap.until_ns]


LATE_AND_CUT = """\
scenario: late
plant: borderline
seed: 7
starts: 2026-11-23 06:00
lasts: 8 h
signals:
  slow: {samples: late, at: nogales/machining/bracket/mill, delay: 100 s,
         from: 2026-11-23 06:10, for: 10 min}
links:
  cable: {link: cut, at: nogales/machining/bracket/mill, from: 2026-11-23 06:15, for: 3 min}
"""


def test_values_that_come_late_are_cut_off_when_they_come(bracket: Bracket, tmp_path: Path) -> None:
    """What is on the way when the cable is pulled is lost with it; one gap tells of the cut."""
    until_ns = START_NS + 1800 * S
    past_s = Options(from_ns=until_ns, past_s=1800.0)
    found = gone(set_up(bracket.plant, None, LATE_AND_CUT, past_s), tmp_path, until_ns)
    (gap,) = (one for one in found.records if isinstance(one, Gap))
    cut_ns, mended_ns = START_NS + 900 * S, START_NS + 1080 * S
    assert cut_ns - 60 * S < gap.t_ns < cut_ns
    assert mended_ns <= gap.until_ns < mended_ns + 60 * S
    own = [one for one in found.frames if one.header.source == "mill"]
    times = [
        (t_ns, seen_ns)
        for one in own
        for t_ns, seen_ns in zip(
            *(one.batch.column(name).to_pylist() for name in ("t_ns", "seen_ns")), strict=True
        )
    ]
    assert max(seen_ns - t_ns for t_ns, seen_ns in times) > 60 * S
    assert all(seen_ns >= t_ns for t_ns, seen_ns in times)
    assert not [t_ns for t_ns, seen_ns in times if cut_ns + 60 * S < seen_ns < mended_ns]


WRONG_CLOCK = """\
scenario: wrong_clock
plant: borderline
seed: 7
starts: 2026-11-23 06:00
lasts: 8 h
signals:
  slow: {clock: -7 min, at: nogales/machining/bracket/mill}
"""


def test_a_clock_that_is_off_is_corrected(bracket: Bracket, tmp_path: Path) -> None:
    """Seven minutes slow: samples stand at the time of the plant, each with what was said."""
    until_ns = START_NS + 1800 * S
    past_s = Options(from_ns=until_ns, past_s=1800.0)
    found = gone(set_up(bracket.plant, None, WRONG_CLOCK, past_s), tmp_path, until_ns)
    own = [one for one in found.frames if one.header.source == "mill"]
    for one in own:
        times = one.batch.column("t_ns").to_pylist()
        assert [t - raw for t, raw in zip(times, one.raw_ns.to_pylist(), strict=True)] == [
            420 * S
        ] * len(times)
    mill = [one for one in found.records if isinstance(one, State) and one.address == MILL]
    assert len(mill) == 3
    assert all(one.quality & Quality.CLOCK for one in mill)
    assert all(START_NS <= one.t_ns < until_ns for one in mill)


def test_parts_are_counted_over_the_gap_and_the_reset(past: Gone) -> None:
    """What the fold has counted is what the machines have made, but for a restarted counter."""
    made = {str(address): memory for address, memory in past.play.memories.items()}
    counted = dict.fromkeys(made, 0)
    for one in past.records:
        if isinstance(one, Parts):
            counted[str(one.address)] += one.good + one.scrap
    for address, memory in made.items():
        missing = memory.good + memory.bad - counted[address]
        assert 0 <= missing <= (1 if address == WASH else 0)
    assert any(one.restarted for one in past.records if isinstance(one, Parts))


def test_what_is_known_at_the_end_is_the_state_of_the_line(past: Gone, morning: Setup) -> None:
    """The line state has today's parts, and each record says that it is simulated."""
    (line,) = line_states(past.recorder.fold, morning.plant)
    good = {one.address.name: one.good for one in line.stations}
    assert good["mill"] == past.play.memories[line.stations[1].address].good
    assert all(
        one.quality & Quality.SIMULATED for one in past.records if isinstance(one, Parts | State)
    )


def test_equal_pasts_have_equal_records(past: Gone, morning: Setup, tmp_path: Path) -> None:
    """A second run gives the same records to the last field, in the same order."""
    again = gone(morning, tmp_path, FROM_NS)
    assert again.records == past.records
    assert again.entered == past.entered
    assert len({one.id for one in past.records}) == len(past.records) > 200
