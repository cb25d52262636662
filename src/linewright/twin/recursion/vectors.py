"""The recursion over many replications at once, without a compiler: arrays instead of loops.

The same streams and the same formulas as `chain`. A logarithm or a normal quantile of an array
may differ from that of one number in its last binary digit, so a duration in some 10 million
differs by 1 ns.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from linewright.numeric import draws, stream
from linewright.numeric.counters import GOLDEN, HALF_ULP, SUB_STREAM, mix
from linewright.twin.engines import np, npt, special
from linewright.twin.recursion.chain import LONGEST_S
from linewright.twin.recursion.runs import Sums
from linewright.twin.recursion.serial import Chance, Serial, SerialMode, SerialStation

Whole = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint64]
Real = npt.NDArray[np.float64]

TILE = 16_384
"""Durations drawn at once, parts times replications: 128 KB, which stays near the processor."""

GROUP = 1_024
"""Replications that are held at once; more are taken in groups."""


def run_vectors(serial: Serial, bases: Sequence[int], parts: int, mark: int) -> Sums:
    """Let parts pass an empty line, in all replications side by side.

    Parameters
    ----------
    serial
        The line.
    bases
        What the streams start from, one number a replication.
    parts, mark
        As in `linewright.twin.recursion.chain.run_chain`.
    """
    groups = [bases[k : k + GROUP] for k in range(0, len(bases), GROUP)]
    found = [_group(serial, each, parts, mark) for each in groups]
    names = Sums.__struct_fields__
    return Sums(**{k: np.concatenate([getattr(each, k) for each in found]) for k in names})


def _group(serial: Serial, bases: Sequence[int], parts: int, mark: int) -> Sums:
    start = np.array(bases, np.uint64)
    stations = [_Station(one, start) for one in serial.stations]
    lanes = [_Lane(one, start.size, parts) for one in (None, *serial.stations[:-1])]
    marked = np.zeros(start.size, np.int64)
    for first, count in _chunks(parts, mark, max(1, TILE // start.size)):
        times = [one.times(first, count) for one in stations]
        _flow(times, lanes, count)
        if first + count == mark:
            marked = lanes[-1].left.copy()
    return Sums(
        marked_ns=marked,
        left_ns=_columns([one.left for one in lanes]),
        worked_ns=_columns([one.worked for one in stations]),
        down_ns=_columns([one.down for one in stations]),
        blocked_ns=_columns([one.blocked for one in lanes]),
        failures=_columns([one.failures for one in stations]),
    )


def _columns(each: Sequence[Whole]) -> Whole:
    return np.stack(each, axis=1)


def _chunks(parts: int, mark: int, most: int) -> Iterator[tuple[int, int]]:
    """Yield how many parts are through, and how many are next; one chunk ends at the mark."""
    done = 0
    while done < parts:
        count = min(most, (mark if done < mark else parts) - done)
        yield done, count
        done += count


class _Drawn:
    """Durations of one chance in ns, for all replications."""

    def __init__(self, chance: Chance, start: Bits) -> None:
        element, purpose = np.array([[chance.element], [chance.purpose]], np.uint64)
        self.chance = chance
        self.keys: Bits = np.asarray(stream(_any(start), _any(element), _any(purpose)))

    def at(self, n: Whole, who: Whole | None = None) -> Whole:
        """Return draws by number: of all replications, or of some."""
        keys = self.keys if who is None else self.keys[who]
        shape = np.broadcast_shapes(n.shape, keys.shape)
        seconds = np.broadcast_to(quantiles(self.chance, keys, n.astype(np.uint64)), shape)
        return (np.minimum(seconds, LONGEST_S) * 1e9 + 0.5).astype(np.int64)


class _Mode:
    """A failure mode in all replications."""

    def __init__(self, mode: SerialMode, start: Bits) -> None:
        self.life, self.repair = _Drawn(mode.life, start), _Drawn(mode.repair, start)
        self.failures = np.zeros(start.size, np.int64)
        self.strikes: Whole = np.maximum(self.life.at(self.failures), 1)

    def strike(self, who: Whole) -> Whole:
        """Let it strike in some replications; return the times of the repairs."""
        repair = self.repair.at(self.failures[who], who)
        self.failures[who] += 1
        self.strikes[who] += np.maximum(self.life.at(self.failures[who], who), 1)
        return repair


class _Station:
    """A station's times, with the repairs in them."""

    def __init__(self, station: SerialStation, start: Bits) -> None:
        self.cycle = _Drawn(station.cycle, start)
        self.modes = [_Mode(mode, start) for mode in station.modes]
        self.worked = np.zeros(start.size, np.int64)
        self.down = np.zeros(start.size, np.int64)

    @property
    def failures(self) -> Whole:
        """Of all modes."""
        return sum((mode.failures for mode in self.modes), np.zeros_like(self.down))

    def times(self, first: int, count: int) -> Whole:
        """Return the times of a chunk: a row a part, a column a replication."""
        found: Whole = self.cycle.at(np.arange(first, first + count)[:, None])
        np.maximum(found, 1, out=found)
        if not self.modes:
            self.worked += found.sum(axis=0)
            return found
        worked = np.cumsum(found, axis=0) + self.worked
        self.worked = worked[-1]
        for mode in self.modes:
            who = np.flatnonzero(mode.strikes < self.worked)
            while who.size:
                part = (worked[:, who] <= mode.strikes[who]).sum(axis=0)
                repair = mode.strike(who)
                found[part, who] += repair
                self.down[who] += repair
                who = who[mode.strikes[who] < self.worked[who]]
        return found


class _Lane:
    """When parts left a station: the last one, and as many before as the buffer in front has."""

    def __init__(self, before: SerialStation | None, size: int, parts: int) -> None:
        self.left = np.zeros(size, np.int64)
        self.blocked = np.zeros(size, np.int64)
        places = parts if before is None else before.places
        self.ring = np.zeros((places + 1 if places < parts else 0, size), np.int64)
        self.slot = 0

    def leave(self, left: Whole) -> None:
        """Note that a part left in all replications."""
        self.left = left
        if len(self.ring):
            self.ring[self.slot] = left
            self.slot = (self.slot + 1) % len(self.ring)


def _flow(times: Sequence[Whole], lanes: Sequence[_Lane], count: int) -> None:
    """Let the parts of a chunk pass all stations."""
    last = len(lanes) - 1
    for j in range(count):
        left = lanes[0].left
        for i, lane in enumerate(lanes):
            done = np.maximum(left, lane.left)
            done += times[i][j]
            left = done
            if i < last and len(lanes[i + 1].ring):
                left = np.maximum(done, lanes[i + 1].ring[lanes[i + 1].slot])
                lane.blocked += left - done
            lane.leave(left)


def _any(value: Any) -> Any:  # noqa: ANN401  # the streams' arithmetic takes arrays as well
    return value


def _uniform(keys: Bits, n: Bits) -> Real:
    bits = mix(_any(keys + n * np.uint64(GOLDEN)))
    found: Real = ((_any(bits) >> np.uint64(12)).astype(np.float64) + 0.5) * HALF_ULP
    return found


def quantiles(chance: Chance, keys: Bits, n: Bits) -> Real:
    """Return draws in seconds, as `linewright.numeric.draw` gives them one by one.

    Parameters
    ----------
    chance
        What is drawn.
    keys
        Of the streams.
    n
        Numbers of the draws; keys and numbers go with each other as arrays do.
    """
    family, a, b, c = chance.family, chance.a, chance.b, chance.c
    if family == draws.CONSTANT:
        return np.array(a)
    if family == draws.GAMMA:
        return b * _gammas(a, *np.broadcast_arrays(keys, n * np.uint64(SUB_STREAM)))
    return INVERSES[family](a, b, c, _uniform(keys, n * np.uint64(SUB_STREAM)))


def _triangular(a: float, b: float, c: float, u: Real) -> Real:
    rises: Real = a + np.sqrt(u * (c - a) * (b - a))
    falls: Real = c - np.sqrt((1.0 - u) * (c - a) * (c - b))
    return np.where(u * (c - a) < b - a, rises, falls)


def _weibull(shape: float, scale: float, _: float, u: Real) -> Real:
    found: Real = scale * np.power(-np.log(1.0 - u), 1.0 / shape)
    return found


def _normal(mean: float, deviation: float, below: float, u: Real) -> Real:
    found: Real = np.maximum(0.0, mean + deviation * special.ndtri(below + u * (1.0 - below)))
    return found


INVERSES: Mapping[int, Callable[[float, float, float, Real], Real]] = {
    draws.EXPONENTIAL: lambda a, _b, _c, u: -a * np.log(1.0 - u),
    draws.LOGNORMAL: lambda a, b, _c, u: np.exp(a + b * special.ndtri(u)),
    draws.NORMAL: _normal,
    draws.WEIBULL: _weibull,
    draws.UNIFORM: lambda a, b, _c, u: a + u * (b - a),
    draws.TRIANGULAR: _triangular,
}
"""Quantiles by family, all but the constant one and the gamma distribution."""


def _gammas(shape: float, keys: Bits, at: Bits) -> Real:
    """Return draws of scale 1, by trials in which ever fewer take part; see `draws.gamma`."""
    boost: Real = np.ones(keys.shape)
    if shape < 1.0:
        boost = np.power(_uniform(keys, at + np.uint64(SUB_STREAM - 1)), 1.0 / shape)
        shape += 1.0
    d = shape - 1.0 / 3.0
    c = 1.0 / np.sqrt(9.0 * d)
    found = np.full(keys.shape, d)
    open_ = np.ones(keys.shape, np.bool_)
    for trial in range(draws.SQUEEZE_MAX):
        x = special.ndtri(_uniform(keys[open_], at[open_] + np.uint64(2 * trial)))
        u = _uniform(keys[open_], at[open_] + np.uint64(2 * trial + 1))
        v = np.maximum(1.0 + c * x, 0.0) ** 3
        with np.errstate(divide="ignore"):
            taken = np.log(u) < 0.5 * x * x + d - d * v + d * np.log(v)
        found[open_] = np.where(taken, d * v, d)
        open_[open_] = ~taken
        if not open_.any():
            break
    scaled: Real = boost * found
    return scaled
