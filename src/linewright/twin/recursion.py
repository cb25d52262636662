"""A second way to the same answer: departures of a serial line by recursion, without events.

With S(i, k) the time of part k on station i, its repairs included, and B(i) the places behind
it, the part leaves at

    D(i, k) = max( max(D(i-1, k), D(i, k-1)) + S(i, k), D(i+1, k - B(i) - 1) ).

Exact for blocking after service and clocks that run only while a station works. It shares the
random numbers with the kernel and no code of it.
"""

from collections.abc import Iterator
from itertools import count

from linewright.numeric import Floats, Ints, base_of, draw, stream, views
from linewright.twin.faults import LineInvalid
from linewright.twin.kernel import layout as at
from linewright.twin.model import Model

LONGEST_S = 3.0e9
"""Longest duration, as in the kernel."""


def departures(
    model: Model, *, parts: int, seed: int, replication: int = 0
) -> tuple[tuple[int, ...], ...]:
    """Return when each part leaves each station, in ns since the empty line began.

    Parameters
    ----------
    model
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
    s, f = views(bytearray(model.ints + model.floats), len(model.ints) // 8)
    n = len(model.stations)
    _check(model, s, f)
    base = base_of(seed, replication)
    places = [s[at.M_STATION + i * at.MS_WIDTH + at.MS_PLACES] for i in range(n)]
    times = [_times(s, f, i, base) for i in range(n)]
    left: list[list[int]] = [[] for _ in range(n)]
    for k in range(parts):
        arrived = 0
        for i in range(n):
            begun = max(arrived, left[i][k - 1] if k else 0)
            done = begun + next(times[i])
            free = k - places[i] - 1
            if i + 1 < n and free >= 0:
                done = max(done, left[i + 1][free])
            left[i].append(done)
            arrived = done
    return tuple(tuple(row) for row in left)


def _check(model: Model, s: Ints, f: Floats) -> None:
    modes = range(len(model.modes))
    clocks = {s[s[at.M_MODE] + j * at.MM_WIDTH + at.MM_CLOCK] for j in modes}
    scraps = [f[i * at.FMS_WIDTH + at.FMS_SCRAPS] for i in range(len(model.stations))]
    if model.calendar is not None or model.wears or any(scraps) or clocks - {at.OPERATION}:
        what = "the recursion does not hold with wear, scrap, shifts or other failure clocks"
        raise LineInvalid(model.address, what, "use the event kernel")


def _ns(seconds: float) -> int:
    return int(min(seconds, LONGEST_S) * 1e9 + 0.5)


def _draws(family: int, f: Floats, p: int, key: int) -> Iterator[float]:
    """Yield the numbers of a stream, one after the other."""
    parameters = (f[p], f[p + 1], f[p + 2])
    return (draw(family, *parameters, (key, n)) for n in count())


def _times(s: Ints, f: Floats, i: int, base: int) -> Iterator[int]:
    """Yield the times of parts on a station, repairs included, in ns."""
    m = at.M_STATION + i * at.MS_WIDTH
    modes = range(s[m + at.MS_MODE], s[m + at.MS_MODE_END])
    lives, repairs = [], []
    for j in modes:
        mode, p = s[at.M_MODE] + j * at.MM_WIDTH, s[at.FM_MODE] + j * at.FMM_WIDTH
        key = stream(base, j, at.LIFE)
        lives.append(_draws(s[mode + at.MM_LIFE], f, p + at.FMM_LIFE, key))
        key = stream(base, j, at.REPAIR)
        repairs.append(_draws(s[mode + at.MM_REPAIR], f, p + at.FMM_REPAIR, key))
    clocks = [next(life) for life in lives]
    cycles = _draws(s[m + at.MS_FAMILY], f, i * at.FMS_WIDTH, stream(base, i, at.CYCLE))
    for cycle_s in cycles:
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
