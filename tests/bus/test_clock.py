"""The plant clock goes on between ticks, stands without them, and does not step back."""

import asyncio

import pytest

from linewright.bus import BusUnavailable, PlantClock

S_NS = 1_000_000_000


class Hands:
    """Hands of the two clocks of this machine, set by the tests."""

    wall_ns = 0
    steady_s = 0.0


@pytest.fixture
def hands() -> Hands:
    """Both clocks at zero."""
    return Hands()


@pytest.fixture
def clock(hands: Hands) -> PlantClock:
    """A clock of an emulated plant that hears no tick but the test's."""
    made = PlantClock(wall_ns=lambda: hands.wall_ns, steady_s=lambda: hands.steady_s)
    made.use(emulated=True)
    return made


def tick(t_s: float, speed: float = 20.0) -> bytes:
    """A tick as `emulate` sends it."""
    return f'{{"t_ns": {int(t_s * S_NS)}, "speed": {speed}}}'.encode()


def test_a_real_plant_has_wall_time(hands: Hands) -> None:
    """On a real site, plant time is the wall clock at speed 1."""
    clock = PlantClock(wall_ns=lambda: hands.wall_ns, steady_s=lambda: hands.steady_s)
    hands.wall_ns = 77
    assert (clock.now_ns(), clock.speed, clock.is_emulated) == (77, 1.0, False)


def test_time_goes_on_between_ticks(clock: PlantClock, hands: Hands) -> None:
    """A quarter of a second after a tick at speed 20, five seconds have passed in the plant."""
    clock.hear(tick(100))
    hands.steady_s = 0.25
    assert clock.now_ns() == 105 * S_NS
    assert clock.speed == 20.0


def test_time_stands_without_ticks(clock: PlantClock, hands: Hands) -> None:
    """Two seconds after the last tick, time stands until the next."""
    clock.hear(tick(100, speed=1.0))
    hands.steady_s = 60.0
    assert clock.now_ns() == 102 * S_NS
    clock.hear(tick(103, speed=1.0))
    assert clock.now_ns() == 103 * S_NS


def test_a_late_tick_does_not_step_back(clock: PlantClock, hands: Hands) -> None:
    """Where time had been carried too far, it stands until the ticks have caught up."""
    clock.hear(tick(100))
    hands.steady_s = 0.2
    assert clock.now_ns() == 104 * S_NS
    clock.hear(tick(102))
    assert clock.now_ns() == 104 * S_NS
    hands.steady_s = 0.4
    assert clock.now_ns() == 106 * S_NS


def test_a_new_start_steps_back(clock: PlantClock) -> None:
    """A plant that is played anew from an earlier time takes the clock with it."""
    clock.hear(tick(10_000))
    assert clock.now_ns() == 10_000 * S_NS
    clock.hear(tick(100))
    assert clock.now_ns() == 100 * S_NS


@pytest.mark.parametrize("data", [b"", b"{}", b'{"t_ns": "noon", "speed": 1}', b"\xff"])
def test_damaged_ticks_are_passed_over(clock: PlantClock, data: bytes) -> None:
    """What is no tick changes nothing."""
    clock.hear(tick(5))
    clock.hear(data)
    assert clock.now_ns() == 5 * S_NS


def test_an_unheard_clock_says_so(clock: PlantClock) -> None:
    """Before the first tick the time is not known, and no other time is given for it."""
    assert asyncio.run(clock.known(wait_s=0.01)) is False
    with pytest.raises(BusUnavailable, match="emulate"):
        clock.now_ns()
    clock.hear(tick(5))
    assert asyncio.run(clock.known(wait_s=0.01)) is True


def test_a_clock_is_steady_after_a_second_of_even_ticks(clock: PlantClock, hands: Hands) -> None:
    """Nothing is judged by the first ticks, nor by a tick that is older than half a second."""
    found = []
    for n in range(12):
        hands.steady_s = n / 10
        clock.hear(tick(100 + 2 * n))
        found.append(clock.is_steady)
    assert found == [False] * 10 + [True] * 2
    hands.steady_s = 1.7
    assert not clock.is_steady


@pytest.mark.parametrize("t_s", [124.0, 200.0])
def test_a_clock_is_not_steady_after_ticks_stayed_away(
    clock: PlantClock, hands: Hands, t_s: float
) -> None:
    """Ticks that come in a burst after a silence, old or new, count again after a second."""
    for n in range(12):
        hands.steady_s = n / 10
        clock.hear(tick(100 + 2 * n))
    hands.steady_s = 6.0
    for n in range(5):
        clock.hear(tick(t_s + 2 * n))
    assert not clock.is_steady
    for n in range(1, 11):
        hands.steady_s = 6.0 + n / 10
        clock.hear(tick(t_s + 8 + 2 * n))
    assert clock.is_steady
