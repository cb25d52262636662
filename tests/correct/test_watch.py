"""Watching: cycles of samples, sums of cycles, and the numbers under them."""

import math
import random

import pytest

from linewright.correct.watch.cycles import CycleReader, CycleSeen, ReaderState, Sample, expected_s
from linewright.correct.watch.detect import THRESHOLD, Score, in_control_cycles, score
from linewright.correct.watch.estimates import interval, slope, spread, student
from linewright.plant.records import Quality
from tests.correct.machine import MILL, NS, START_NS, Mill
from tests.correct.scene import LINE, VIEWS, Scene, view


def cycle(cycle_s: float, n: int = 1, *, booked: float = 0.0, speed: float = 100.0) -> CycleSeen:
    """Return a whole cycle."""
    return CycleSeen(
        t_ns=START_NS + n * 60 * NS,
        seen_ns=0,
        cycle_s=cycle_s,
        speed=speed,
        whole=True,
        booked={"end_mill": booked},
    )


def started() -> CycleReader:
    """Return a reader that knows the speed, the state and the counter of the mill."""
    reader = CycleReader(view(), ReaderState())
    for name, value in (("state", 1.0), ("speed_actual", 100.0), ("tool_life", 10.0)):
        assert reader.add(at(name, value, 0.0)) is None
    return reader


def at(name: str, value: float, t_s: float, quality: int = 0) -> Sample:
    """Return a sample of the mill, some seconds after the start."""
    t_ns = START_NS + round(t_s * NS)
    return Sample(tag=f"{MILL}#{name}", t_ns=t_ns, seen_ns=t_ns, value=value, quality=quality)


def test_stations_with_a_cycle_time_are_watched() -> None:
    """All four stations are, and only the mill has causes that show."""
    assert [place.name for place in VIEWS] == ["saw", "mill", "wash", "inspect"]
    assert {cause.name for cause in view().causes} >= {"end_mill", "coolant_low"}
    assert view().cause("end_mill") is not None
    assert not VIEWS[LINE.child("saw")].causes


@pytest.mark.parametrize(
    ("level", "freedom", "value"),
    [(0.9, 1, 6.314), (0.9, 2, 2.920), (0.9, 5, 2.015), (0.95, 10, 2.228), (0.9, 199, 1.653)],
)
def test_student_is_that_of_the_tables(level: float, freedom: int, value: float) -> None:
    """Quantiles agree with the published tables within 1 %."""
    assert student(level, freedom) == pytest.approx(value, rel=0.01)


def test_an_interval_of_one_value_is_that_value() -> None:
    """Without spread there is nothing to say; a prediction is wider than a mean."""
    assert interval([4.0], level=0.9) == (4.0, 4.0, 4.0)
    values = [1.0, 2.0, 4.0, 3.0]
    mean, ahead = (interval(values, level=0.9, ahead=each) for each in (False, True))
    assert ahead[1] < mean[1] < mean[0] < mean[2] < ahead[2]


def test_spread_does_not_see_a_jump() -> None:
    """The spread of noise is found though the level jumps by ten deviations halfway."""
    rng = random.Random(3)  # noqa: S311  # a simulation
    values = [rng.gauss(10.0 * (n >= 100), 1.0) for n in range(200)]
    assert spread(values, least=12) == pytest.approx(1.0, abs=0.2)
    assert spread(values[:5], least=12) == 0.0


def test_a_slope_needs_two_times() -> None:
    """Without two different times the error is infinite."""
    assert slope([1.0, 1.0], [2.0, 3.0], 0.1) == (0.0, math.inf)


def test_the_booked_wear_and_the_speed_explain_a_cycle() -> None:
    """At half its life the tool slows by half of 25 %, and 80 % speed by a quarter more."""
    assert expected_s(view(), cycle(0.0, booked=0.5)) == pytest.approx(67.5)
    assert expected_s(view(), cycle(0.0, booked=0.5, speed=80.0)) == pytest.approx(67.5 / 0.8)


def test_means_hold_each_value_until_the_next() -> None:
    """A signal that was 40 for three quarters of a cycle and 80 for the rest has the mean 50."""
    reader = started()
    reader.add(at("spindle_temp", 40.0, 0.0))
    reader.add(at("spindle_temp", 80.0, 45.0))
    seen = reader.add(at("cycle_time", 60.0, 60.0))
    assert seen is not None
    assert seen.whole
    assert seen.levels[f"{MILL}#spindle_temp"] == pytest.approx(50.0)
    assert seen.booked["end_mill"] == pytest.approx(0.1)


@pytest.mark.parametrize(("name", "value"), [("speed_actual", 80.0), ("state", 3.0)])
def test_a_disturbed_cycle_is_not_whole(name: str, value: float) -> None:
    """A speed or a state that changes inside a cycle marks it; the next one is whole again."""
    reader = started()
    reader.add(at(name, value, 30.0))
    first = reader.add(at("cycle_time", 60.0, 60.0))
    reader.add(at("state", 1.0, 60.5))
    second = reader.add(at("cycle_time", 60.0, 120.5))
    assert first is not None
    assert second is not None
    assert (first.whole, second.whole) == (False, True)


def test_starving_between_cycles_is_no_longer_cycle() -> None:
    """A wait of ten minutes between two cycles leaves both whole."""
    reader = started()
    first = reader.add(at("cycle_time", 60.0, 60.0))
    reader.add(at("state", 6.0, 60.0))
    reader.add(at("state", 1.0, 660.0))
    second = reader.add(at("cycle_time", 60.0, 720.0))
    assert first is not None
    assert second is not None
    assert first.whole
    assert second.whole


def test_rereadings_and_bad_values_are_no_cycles() -> None:
    """The first value after a connection, a repeated one and a bad one are passed over."""
    reader = started()
    assert reader.add(at("cycle_time", 60.0, 60.0, int(Quality.INITIAL))) is None
    assert reader.add(at("cycle_time", 60.0, 61.0, int(Quality.BAD))) is None
    assert reader.add(at("cycle_time", 60.0, 62.0)) is not None
    assert reader.add(at("cycle_time", 60.0, 70.0)) is None


def test_a_reader_goes_on_from_its_state() -> None:
    """A reader that is taken up again in the middle of a cycle sees the same cycles."""
    samples = list(Mill(seed=5).run(600))
    whole = CycleReader(view(), ReaderState())
    expected = [each for each in map(whole.add, samples) if each is not None]
    seen: list[CycleSeen] = []
    state = ReaderState()
    for sample in samples:
        reader = CycleReader(view(), state)
        found = reader.add(sample)
        seen += [] if found is None else [found]
        state = reader.state()
    assert seen == expected
    assert len(seen) == 10


def test_the_run_length_is_that_of_the_tables() -> None:
    """K = 0.5, h = 4: 168 cycles two-sided (NIST/SEMATECH handbook 6.3.2.3), so 336 one-sided."""
    assert in_control_cycles(0.5, 4.0) == pytest.approx(336.0, rel=0.02)


def test_no_single_cycle_opens_a_case() -> None:
    """However long one cycle is, the sum stays below the threshold; a second like it passes."""
    before, alarm = score(view(), Score(), cycle(600.0))
    assert alarm is None
    assert before.total < THRESHOLD
    _, alarm = score(view(), before, cycle(600.0, 2))
    assert alarm is not None
    assert alarm.onset_ns == cycle(600.0).began_ns


@pytest.mark.parametrize("seed", range(5))
def test_seven_percent_are_seen_at_the_second_or_third_cycle(seed: int) -> None:
    """7.5 % at 1 % noise, on any phase of the counter."""
    rng = random.Random(seed)  # noqa: S311  # a simulation
    before, alarms = Score(), []
    for n in range(1, 4):
        length_s = 60.0 * (1.0 + 0.25 * 0.3) * rng.gauss(1.075, 0.01)
        before, alarm = score(view(), before, cycle(length_s, n, booked=0.3))
        alarms += [n] if alarm is not None else []
    assert alarms[0] in {2, 3}


@pytest.mark.parametrize("seed", range(3))
def test_four_hours_of_normal_wear_raise_no_alarm(seed: int) -> None:
    """Half a tool's life with 1 % noise: the cycles grow by 12 %, and the counter explains it."""
    scene = Scene(seed=seed, noise=0.01)
    assert scene.feed(scene.mill.run(4 * 3600)) == []
    assert scene.mill.used == pytest.approx(0.5, abs=0.01)
