"""What a calibration says of each parameter, and what it leaves alone."""

import pytest

from linewright.plant.records import Parts, Record
from linewright.twin.calibrate import Calibration, CalibrationInvalid, calibrate
from linewright.twin.calibrate.calibrating import drawn
from tests.twin.calibrate.recover import AT, case
from tests.twin.calibrate.said import LINE, NS, head, parts, plant_of, states

FAILS = {"every": "1 h", "repair": "60 s"}


def _made(records: list[Record], until_s: float = 1000.0, **keys: object) -> Calibration:
    plant = plant_of("a", **keys)
    return calibrate(plant, LINE, records, since_ns=0, until_ns=round(until_s * NS))


def _failing(times: int) -> list[Record]:
    """Return runs of 70 to 130 s with repairs of 5 s, and a part each 10 s of work."""
    text, t = "D0 R5", 5.0
    for k in range(times):
        t += 70.0 + 60.0 * (k % 7) / 6.0
        text += f" D{t} R{t + 5}"
        t += 5.0
    return [*states(text), *parts([5.0 + 10.0 * k for k in range(1, int(t / 10))])]


def test_few_data_keep_the_plant() -> None:
    """Three failures and five cycles change nothing, and the notes say why."""
    made = _made([*states("D0 R5 D30 R40 D60 R70 D90 R95"), *parts([12, 24, 52, 80])], fails=FAILS)
    assert made.settings == ()
    assert made.plant == plant_of("a", fails=FAILS)
    assert all("too few" in one.note for one in made.estimates)


def test_how_much_longer_is_told() -> None:
    """Of 20 cycles 4 were seen in 1,000 s, of 5 failures 3: the cycles need 4,000 s more."""
    made = _made([*states("D0 R5 D30 R40 D60 R70 D90 R95"), *parts([12, 24, 52, 80])], fails=FAILS)
    cycles = made.of(f"{LINE}/a", "does.make.time.mean")
    assert cycles in made.rare
    assert cycles.needed == 20
    slowest = max(1000.0 * (one.needed / one.n - 1.0) for one in made.rare if one.n)
    assert made.hours_more == pytest.approx(slowest / 3600.0)
    assert _made(_failing(100), until_s=11_000, fails=FAILS).hours_more == 0.0


def test_a_calibrated_plant_is_the_plant_and_its_settings() -> None:
    """Every setting has an estimate whose value it takes, in the plant and in the interval."""
    made = _made(_failing(40), until_s=4200, fails=FAILS)
    every = made.of(f"{LINE}/a", "fails.failure.every.mean")
    assert every.value == pytest.approx(100.0, rel=0.03)
    assert every.differs
    (_, station), *_ = made.plant.stations()
    told = station.fails["failure"].every
    assert told is not None
    assert told.mean_s == pytest.approx(every.value, rel=1e-4)
    assert {one.key for one in made.settings} >= {"fails.failure.every", "does.make.time"}


def test_a_mode_that_the_plant_does_not_have() -> None:
    """A station without failure modes that stops gets one, which the plant then has."""
    made = _made(_failing(40), until_s=4200)
    (_, station), *_ = made.plant.stations()
    assert made.of(f"{LINE}/a", "fails.failure.every.mean").plant is None
    assert station.fails["failure"].repair is not None


def test_scrap_besides_the_step() -> None:
    """Scrap and rework are shares of all parts counted."""
    scrap = [Parts(**head(1 + k), scrap=1, counter="s", reading=k + 1) for k in range(10)]  # type: ignore[arg-type]  # fields
    rework = [Parts(**head(1 + k), rework=1, counter="r", reading=k + 1) for k in range(5)]  # type: ignore[arg-type]  # fields
    good = parts([10.0 * k for k in range(1, 86)])
    made = _made([*states("R0"), *good, *scrap, *rework])
    assert made.of(f"{LINE}/a", "does.make.scrap").value == pytest.approx(0.1)
    assert made.of(f"{LINE}/a", "does.make.rework").value == pytest.approx(0.05)


def test_what_was_left_out_is_told() -> None:
    """Whatever was repaired or left out is counted over all stations."""
    told = _failing(40)
    made = _made([*told, *told[:3]], until_s=4200, fails=FAILS)
    assert made.left_out()["duplicate records, counted once"] == 3
    with pytest.raises(KeyError):
        made.of(f"{LINE}/a", "fails.jam.every.mean")


@pytest.mark.parametrize(
    ("at", "until_s", "level", "said"),
    [
        ("reno/shop/none", 10.0, 0.9, "no station stands there"),
        (LINE, 0.0, 0.9, "ends before it begins"),
        (LINE, 10.0, 1.5, "is no probability"),
    ],
)
def test_wrong_use(at: str, until_s: float, level: float, said: str) -> None:
    """A place, time or level that cannot be is refused with what and where."""
    with pytest.raises(CalibrationInvalid, match=said):
        calibrate(plant_of("a"), at, [], since_ns=0, until_ns=round(until_s * NS), level=level)


def test_drawn_plants_spread_as_their_intervals() -> None:
    """Draws are reproducible, centred on the estimate, and as wide as the interval says."""
    made = case(4, 8.0).found
    key = (f"{AT}/m1", "fails.failure.repair.mean")
    means = []
    for k in range(200):
        stations = dict(drawn(made, k).stations())
        repair = stations[made.of(*key).address].fails["failure"].repair
        assert repair is not None
        means.append(repair.expected_s)
    one = made.of(*key)
    assert one.low is not None
    assert one.high is not None
    inside = sum(one.low <= mean <= one.high for mean in means)
    assert 150 <= inside <= 195
    assert drawn(made, 3) == drawn(made, 3) != drawn(made, 4)
