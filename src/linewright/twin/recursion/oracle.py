"""Every departure of every part, in plain Python: an oracle of the kernel and of `chain`."""

from collections.abc import Iterator
from itertools import count

from linewright.numeric import draw, stream
from linewright.numeric.counters import base_of
from linewright.twin.model import Model
from linewright.twin.recursion.serial import Chance, Serial, SerialStation, serial_of

LONGEST_S = 3.0e9
"""Longest duration, as in the kernel."""


def departures(
    line: Model | Serial, *, parts: int, seed: int, replication: int = 0
) -> tuple[tuple[int, ...], ...]:
    """Return when each part leaves each station, in ns since the empty line began.

    Parameters
    ----------
    line
        A line without wear, scrap and closed time, whose failure clocks run in operation.
    parts
        How many leave the line.
    seed, replication
        As given to `begin`.

    Returns
    -------
    tuple of tuple of int
        One row for each station.

    Raises
    ------
    LineInvalid
        When the recursion does not hold for the line.

    Notes
    -----
    Source: max-plus recursion of tandem queues with blocking; see Dallery and Gershwin,
    "Manufacturing flow line systems", Queueing Systems 12, 1992. Cost: linear in parts times
    stations, some 3 us each; this is an oracle, not the fast path.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import compile_line
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> departures(compile_line(plant.done(), "reno/shop/pump"), parts=2, seed=1)
    ((48000000000, 96000000000),)
    """
    serial = line if isinstance(line, Serial) else serial_of(line)
    n = len(serial.stations)
    base = base_of(seed, replication)
    times = [_times(station, base) for station in serial.stations]
    left: list[list[int]] = [[] for _ in range(n)]
    for k in range(parts):
        arrived = 0
        for i in range(n):
            begun = max(arrived, left[i][k - 1] if k else 0)
            done = begun + next(times[i])
            free = k - serial.stations[i].places - 1
            if i + 1 < n and free >= 0:
                done = max(done, left[i + 1][free])
            left[i].append(done)
            arrived = done
    return tuple(tuple(row) for row in left)


def _ns(seconds: float) -> int:
    return int(min(seconds, LONGEST_S) * 1e9 + 0.5)


def _draws(chance: Chance, base: int) -> Iterator[float]:
    """Yield the numbers of a stream, one after the other."""
    key = stream(base, chance.element, chance.purpose)
    return (draw(chance.family, chance.a, chance.b, chance.c, (key, n)) for n in count())


def _times(station: SerialStation, base: int) -> Iterator[int]:
    """Yield the times of parts on a station, repairs included, in ns."""
    lives = [_draws(mode.life, base) for mode in station.modes]
    repairs = [_draws(mode.repair, base) for mode in station.modes]
    clocks = [next(life) for life in lives]
    for cycle_s in _draws(station.cycle, base):
        work = max(1, _ns(cycle_s))
        stood = 0
        while work:
            due = [_ns(max(clock, 0.0)) for clock in clocks]
            step = min([*due, work])
            clocks = [clock - step / 1e9 for clock in clocks]
            if step < work:
                j = due.index(step)
                stood += _ns(next(repairs[j]))
                clocks[j] = next(lives[j])
            work -= step
        yield max(1, _ns(cycle_s)) + stood
