"""A serial line for tests with every family of durations, and several failure modes."""

from linewright.numeric import draws
from linewright.twin.recursion.serial import Chance, Serial, SerialMode, SerialStation

CYCLES = [
    (draws.EXPONENTIAL, 9.0, 0.0, 0.0),
    (draws.CONSTANT, 10.0, 0.0, 0.0),
    (draws.LOGNORMAL, 2.0, 0.5, 0.0),
    (draws.NORMAL, 9.0, 6.0, 0.0668),
    (draws.GAMMA, 0.7, 12.0, 0.0),
    (draws.GAMMA, 3.0, 3.0, 0.0),
    (draws.WEIBULL, 2.5, 9.0, 0.0),
    (draws.TRIANGULAR, 5.0, 8.0, 15.0),
    (draws.UNIFORM, 8.0, 10.0, 0.0),
]
"""Family and parameters of each station's cycle."""


def chance(numbers: tuple[int, float, float, float], element: int, purpose: int) -> Chance:
    """Return durations with a stream."""
    family, a, b, c = numbers
    return Chance(family=family, a=a, b=b, c=c, element=element, purpose=purpose)


def mixed(*, places: int = 2, modes: int = 2) -> Serial:
    """Return a line with a station of each family, with modes that often strike in one cycle."""
    stations = []
    for i, cycle in enumerate(CYCLES):
        each = []
        for j in range(modes):
            life = chance((draws.WEIBULL, 0.8 + j, 40.0, 0.0), modes * i + j, 2)
            each.append(SerialMode(life, chance((draws.GAMMA, 2.0, 3.0, 0.0), modes * i + j, 3)))
        stations.append(SerialStation(chance(cycle, i, 0), places, tuple(each)))
    return Serial("reno/shop/mixed", tuple(stations))
