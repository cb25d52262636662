"""The tight station of a line is found from waiting alone."""

import pytest

from linewright.twin.calibrate import bottleneck, observe
from tests.twin.calibrate.recover import AT, NS, Station, Truth, recorded, traced
from tests.twin.calibrate.said import LINE, plant_of, states


def _line(times: tuple[float, ...]) -> Truth:
    stations = tuple(
        Station(
            cycle=(time, 0.3, "gamma"),
            every=(2000.0, 1.0, "exponential"),
            repair=(100.0, 1.0, "exponential"),
            scrap=0.0,
        )
        for time in times
    )
    return Truth(stations=stations, places=(4,) * (len(times) - 1))


def test_the_slowest_station_is_the_bottleneck() -> None:
    """Wherever the slow station stands, arrows and utilisation point to it, with confidence."""
    for tight in range(4):
        times = tuple(26.0 if k == tight else 20.0 for k in range(4))
        plant, until_ns = _line(times).plant(), 16 * 3600 * NS
        records = recorded(plant, traced(plant, tight, until_ns))
        found = bottleneck(observe(plant, AT, records, 3600 * NS, until_ns))
        assert found is not None
        assert found.address == f"{AT}/m{tight}"
        assert found.agree
        assert found.confidence > 0.9


def test_an_even_line_is_told_with_less_confidence() -> None:
    """Where all stations are equal the resamples do not agree on one."""
    plant, until_ns = _line((20.0,) * 4).plant(), 8 * 3600 * NS
    records = recorded(plant, traced(plant, 1, until_ns))
    found = bottleneck(observe(plant, AT, records, 3600 * NS, until_ns))
    assert found is not None
    assert found.confidence < 0.9


def test_arrows_by_hand() -> None:
    """First blocked, last starved: the arrows meet in the middle."""
    plant = plant_of("a", "b", "c")
    told = [*states("R0 B50"), *states("R0", "b"), *states("R0 S60", "c")]
    found = bottleneck(observe(plant, LINE, told, 0, 100 * NS))
    assert found is not None
    assert found.address == f"{LINE}/b"
    assert found.others == ()
    assert found.blocked == pytest.approx((0.5, 0.0, 0.0))
    assert found.starved == pytest.approx((0.0, 0.0, 0.4))


def test_where_nobody_waits_no_station_is_tight() -> None:
    """In a line that works in step no arrow points anywhere; a station alone is the tight one."""
    plant = plant_of("a", "b")
    told = [*states("R0"), *states("R0", "b")]
    assert bottleneck(observe(plant, LINE, told, 0, 100 * NS)) is None
    alone = bottleneck(observe(plant_of("a"), LINE, states("R0"), 0, 100 * NS))
    assert alone is not None
    assert alone.address == f"{LINE}/a"


def test_an_unseen_station_has_no_bottleneck() -> None:
    """Where nothing is known of one station nothing is said."""
    plant = plant_of("a", "b")
    assert bottleneck(observe(plant, LINE, states("R0"), 0, 100 * NS)) is None
