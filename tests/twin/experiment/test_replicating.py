"""Replications: chunks do not matter, starts and changes do."""

import pytest

from linewright.plant import PlantBuilder
from linewright.plant.records import Change
from linewright.twin import advance, begin, outcome
from linewright.twin.experiment import model_of
from linewright.twin.experiment.replicating import LEVELS, Chunk, replicate, watch
from tests.twin.lines import NS, line_of, minutes

MODEL = line_of("10 s exponential", "10 s exponential", places=4)


def _chunk(*replications: int, **keys: object) -> Chunk:
    more = {"seed": 7, "at_ns": 0, "warm_ns": minutes(5), "until_ns": minutes(65), "jit": False}
    return Chunk(model=MODEL, replications=replications, **(more | keys))  # type: ignore[arg-type]  # keys of Chunk


def test_how_replications_are_cut_into_chunks_does_not_matter() -> None:
    """One chunk of three gives the rows of three chunks of one."""
    whole = replicate(_chunk(0, 1, 2))
    parts = [replicate(_chunk(k)).values[0] for k in range(3)]
    assert whole.values == tuple(parts)
    assert len(set(whole.values)) == 3


def test_watching_levels_changes_nothing() -> None:
    """The throughput is that of a run in one go: samples only look."""
    state = advance(MODEL, begin(MODEL, at_ns=0, seed=7), minutes(5), jit=False)
    end = advance(MODEL, state, minutes(65), jit=False)
    good = outcome(MODEL, end).good - outcome(MODEL, state).good
    assert replicate(_chunk(0)).values[0][0] == good


def test_a_run_may_begin_with_a_state() -> None:
    """From one present, each replication has a future of its own."""
    now = advance(MODEL, begin(MODEL, at_ns=0, seed=7), minutes(5), jit=False)
    rows = replicate(_chunk(0, 1, start=now)).values
    assert rows[0] == replicate(_chunk(0)).values[0]
    assert rows[1] != rows[0]


def test_changes_take_effect() -> None:
    """A station at half speed from the start halves what comes out."""
    slow = Change(address=MODEL.stations[0], parameter="speed", value=50.0, at_ns=0)
    normal = replicate(_chunk(0)).values[0][0]
    assert replicate(_chunk(0, changes=(slow,))).values[0][0] < 0.75 * normal


def test_a_series_grows_to_what_the_run_made() -> None:
    """Good parts and working time of a watched run rise and end where the run does."""
    one = watch(_chunk(0), edges=12)[0]
    assert len(one.t_ns) == 13
    assert (one.t_ns[0], one.t_ns[-1], one.good[0]) == (0, minutes(65), 0)
    assert list(one.good) == sorted(one.good)
    assert one.working_s[-1] == pytest.approx(65 * 60, abs=1.0)
    assert LEVELS > 1


def test_working_time_is_told_with_the_warm_up() -> None:
    """A line that never closes works all of its 65 minutes, 5 of which are warm-up."""
    assert replicate(_chunk(0, 1)).worked_s == pytest.approx((3900.0, 3900.0), abs=1.0)


def test_closed_time_is_no_working_time() -> None:
    """Of a day with a shift of eight hours, eight hours are worked."""
    plant = PlantBuilder("acme")
    site = plant.site("reno", timezone="UTC", currency="USD", shifts={"day": "daily 06:00-14:00"})
    line = site.area("shop").line("line", flow=["m0"])
    line.station("m0", does={"turn": "10 s"})
    model = model_of(plant.done(), "reno/shop/line")
    chunk = Chunk(
        model=model, seed=1, at_ns=0, warm_ns=0, until_ns=24 * 3600 * NS, replications=(0,),
        jit=False,
    )  # fmt: skip
    assert watch(chunk, edges=24)[0].working_s[-1] == pytest.approx(8 * 3600)
