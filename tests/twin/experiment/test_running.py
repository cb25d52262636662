"""Runs and experiments against exact answers, and the same for any number of workers."""

import pytest

from linewright.plant import Address
from linewright.plant.records import Change
from linewright.twin import TwinFault, advance, begin
from linewright.twin.experiment import (
    Precision,
    RunsInvalid,
    Scenario,
    experiment,
    model_of,
    run,
    setting_of,
)
from tests.twin.experiment.anchors import (
    AT,
    HERE,
    ROOM,
    coverage,
    exact,
    holds,
    pair,
    runs,
    same_bits,
)

SLOW = Scenario(
    name="slow",
    changes=(Change(address=Address(f"{AT}/two"), parameter="speed", value=50.0, at_ns=0),),
)


@pytest.mark.parametrize(("buffer", "second"), [(0, "1 s"), (5, "1 s"), (3, "0.8 s")])
def test_intervals_hold_the_exact_throughput(buffer: int, second: str) -> None:
    """Anchor 4 lies in the 99.9 % interval, which is narrow enough to mean something."""
    found = run(pair(buffer=buffer, second=second), AT, runs(20_000, level=0.999), workers=HERE)
    one = found.measured.at("throughput")
    assert one is not None
    assert holds(found, exact(buffer, float(second.split(maxsplit=1)[0])))
    assert one.relative < 0.02


def test_ninety_five_percent_mean_it() -> None:
    """Of 100 intervals 95 % hold the exact throughput, but for chance (88 to 100)."""
    assert 88 <= coverage(100, replications=5) <= 100


@pytest.mark.parametrize("workers", [1, 2, pytest.param(8, marks=pytest.mark.laws)])
def test_results_do_not_depend_on_the_workers(workers: int) -> None:
    """1, 2 and 8 processes give the same bits, warm-up and precision included."""
    assert same_bits(workers)


def test_more_room_helps_and_shared_chance_shows_it() -> None:
    """The exact difference of two buffers lies in a paired interval far narrower than unpaired."""
    found = experiment(pair(), AT, [ROOM, SLOW], runs(5000, level=0.99), workers=HERE)
    room, slow = found.comparisons
    gain = room.differences.at("throughput")
    assert gain is not None
    assert gain.low <= exact(20) - exact(5) <= gain.high
    assert gain.level == pytest.approx(0.995)
    assert room.variance_ratio["throughput"] > 3
    assert (room.is_sure("throughput"), slow.is_sure("throughput")) == (True, True)
    assert "places: 5 -> 20" in room.changed
    assert [each.name for each in found.runs] == ["baseline", "room", "slow"]


def test_precision_of_a_difference() -> None:
    """With scenarios, it is the difference that becomes as exact as asked."""
    how = runs(precision=Precision(absolute=20.0, first=5, most=500))
    found = experiment(pair(), AT, [ROOM], how, workers=HERE)
    one = found.comparisons[0].differences.at("throughput")
    assert one is not None
    assert one.half_width <= 20.0
    assert found.runs[0].replications == found.runs[1].replications == one.replications


def test_a_run_from_a_state_and_of_a_model() -> None:
    """A model and a state need no plant; the run begins where the state is."""
    model = model_of(pair(), AT)
    now = advance(model, begin(model, at_ns=0, seed=1), 50 * 10**9)
    found = run(model, "", runs(100, 0), start=now, workers=HERE)
    assert (found.at_ns, found.address) == (now.t_ns, AT)
    assert len(set(found.row_of("good"))) > 1
    with pytest.raises(RunsInvalid, match="give the plant"):
        run(model, "", runs(100, 0), scenario=ROOM)


def test_one_replication_says_that_it_says_little() -> None:
    """Its interval has no end, and a note tells why."""
    found = run(pair(), AT, runs(100, 0, replications=1), workers=HERE)
    one = found.measured.at("throughput")
    assert one is not None
    assert one.half_width == float("inf")
    assert any("run more" in note for note in found.notes)


def test_names_of_scenarios_are_their_own() -> None:
    """Two of one name, or one called like the baseline, are refused."""
    for names in (["room", "room"], ["baseline"]):
        with pytest.raises(RunsInvalid, match="name of its own"):
            experiment(pair(), AT, [Scenario(name=each) for each in names], runs(100, 0))


def test_a_place_that_cannot_be_run_is_a_fault() -> None:
    """The twin's own refusal arrives unchanged."""
    with pytest.raises(TwinFault, match="line"):
        run(pair(), "reno/shop/none", runs(100, 0))


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("two.does.test.scrap=100 %", "nothing good left in 3 of 3 replications: all is scrapped"),
        ("two.does.test.time=30 h", "nothing good left in 3 of 3 replications: most parts stand"),
    ],
)
def test_a_line_that_makes_nothing_is_told(setting: str, said: str) -> None:
    """A throughput of 0 comes first among the notes, with where parts end or stand."""
    nothing = Scenario(name="nothing", settings=(setting_of(setting),))
    found = run(pair(), AT, runs(replications=3), scenario=nothing, workers=HERE)
    assert found.notes[0].startswith(said)
    assert "one-two" in found.notes[0] or "scrapped" in found.notes[0]
