"""Where a line is tight: by utilisation, and by the arrows of blocked and starved time.

Arrows (Kuo, Lim and Meerkov, Mathematical Problems in Engineering 2, 1996; Li and Meerkov,
Production Systems Engineering, 2009): where a station is blocked more than the next one is
starved, the arrow goes downstream, else upstream. A station to which arrows point and from
which none goes is a bottleneck; of several the one with the greatest severity is primary.
"""

import itertools
from collections.abc import Iterator, Sequence

import msgspec

from linewright.numeric import base_of, stream, uniform
from linewright.plant import Address
from linewright.plant.records import StationState
from linewright.twin.calibrate.seeing.observe import Observations, Seen

__all__ = ["Bottleneck", "bottleneck"]

BLOCKS = 24
"""Parts into which the time is cut, to be drawn from again."""
RESAMPLES = 200
RESAMPLING = 72
"""Number of the stream of random numbers from which blocks are drawn."""
BUSY = (StationState.RUNNING, StationState.DOWN, StationState.SET_UP)
WAITING = (StationState.BLOCKED, StationState.STARVED)
CLOSED = (StationState.OFF, StationState.PLANNED_STOP, StationState.IDLE)


class Bottleneck(msgspec.Struct, frozen=True, kw_only=True):
    """Where a line is tight.

    Parameters
    ----------
    address
        The bottleneck by the arrows; the primary one where there are several.
    confidence
        Share of the resamples of the time that give the same.
    others
        Further stations to which arrows point.
    by_utilisation
        The station with the largest busy share of open time, the least waiting on a tie.
    utilisation, blocked, starved
        Shares of open time, in the order of the flow.
    stations
        Their addresses.
    """

    address: Address
    confidence: float
    others: tuple[Address, ...]
    by_utilisation: Address
    utilisation: tuple[float, ...]
    blocked: tuple[float, ...]
    starved: tuple[float, ...]
    stations: tuple[Address, ...]

    @property
    def agree(self) -> bool:
        """Whether both ways give the same station."""
        return self.address == self.by_utilisation


Times = list[float]
"""Seconds busy, blocked, starved."""


def bottleneck(seen: Observations) -> Bottleneck | None:
    """Return where a line is tight; None where nothing is known of a station, or none waited.

    Parameters
    ----------
    seen
        What was seen of a line, its stations in the order of the flow.

    Notes
    -----
    Confidence: the time is cut into 24 blocks which are drawn with replacement 200 times
    (block bootstrap). Severity of a bottleneck: the sum of |blocked - starved of the next| over
    the arrows that point to it. Cost: linear in the stretches.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin.calibrate import observe
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> bottleneck(observe(plant.done(), "reno/shop/pump", [], 0, 3600 * 10**9)) is None
    True
    """
    blocks = [_blocks(one, seen) for one in seen.stations]
    whole = [_sum(each, range(BLOCKS)) for each in blocks]
    if not blocks or any(sum(each) <= 0.0 for each in whole):
        return None
    if len(whole) > 1 and not any(blocked or starved for _, blocked, starved in whole):
        return None
    found = _arrows(whole)
    same = sum(_arrows(each)[0] == found[0] for each in _resampled(blocks))
    addresses = tuple(one.address for one in seen.stations)
    shares = [_shares(each) for each in whole]
    busiest = max(range(len(shares)), key=lambda k: (shares[k][0], -shares[k][1] - shares[k][2]))
    return Bottleneck(
        address=addresses[found[0]],
        confidence=same / RESAMPLES,
        others=tuple(addresses[k] for k in found[1:]),
        by_utilisation=addresses[busiest],
        utilisation=tuple(each[0] for each in shares),
        blocked=tuple(each[1] for each in shares),
        starved=tuple(each[2] for each in shares),
        stations=addresses,
    )


def _blocks(one: Seen, seen: Observations) -> list[Times]:
    """Return the seconds busy, blocked and starved in each block of the time."""
    found: list[Times] = [[0.0, 0.0, 0.0] for _ in range(BLOCKS)]
    length = (seen.until_ns - seen.since_ns) / BLOCKS
    for stretch in one.line.stretches:
        if stretch.state in BUSY:
            which = 0
        elif stretch.state in WAITING:
            which = 1 + WAITING.index(stretch.state)
        else:
            continue
        low, high = max(stretch.since_ns, seen.since_ns), min(stretch.until_ns, seen.until_ns)
        if high <= low:
            continue
        first = int((low - seen.since_ns) // length)
        last = min(BLOCKS - 1, int((high - seen.since_ns) // length))
        for k in range(first, last + 1):
            begin = seen.since_ns + k * length
            found[k][which] += max(0.0, min(high, begin + length) - max(low, begin)) / 1e9
    return found


def _sum(blocks: Sequence[Times], chosen: Sequence[int]) -> Times:
    return [sum(blocks[k][which] for k in chosen) for which in range(3)]


def _resampled(blocks: Sequence[Sequence[Times]]) -> Iterator[list[Times]]:
    for run in range(RESAMPLES):
        key = stream(base_of(RESAMPLING, run), 0, 0)
        chosen = [int(uniform(key, k) * BLOCKS) for k in range(BLOCKS)]
        yield [_sum(each, chosen) for each in blocks]


def _shares(times: Times) -> tuple[float, float, float]:
    total = sum(times) or 1.0
    return times[0] / total, times[1] / total, times[2] / total


def _arrows(times: Sequence[Times]) -> list[int]:
    """Return the bottlenecks, the primary one first."""
    shares = [_shares(each) for each in times]
    # Blocked less starved of the next: above zero the arrow goes downstream.
    gaps = [a[1] - b[2] for a, b in itertools.pairwise(shares)]
    severity: dict[int, float] = {}
    for k in range(len(shares)):
        before = gaps[k - 1] if k > 0 else None
        behind = gaps[k] if k < len(gaps) else None
        if (before is None or before > 0.0) and (behind is None or behind <= 0.0):
            severity[k] = abs(before or 0.0) + abs(behind or 0.0)
    return sorted(severity, key=lambda k: -severity[k])
