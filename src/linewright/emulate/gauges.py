"""What measuring tags show: levels at rest and at work, how causes move them, and their noise.

A plant file says limits and symptoms, not levels. So levels are chosen inside the limits, far
enough from them that no single cause at its full effect passes a limit by itself: what a fault
shows is a shift of the signal and no alarm.
"""

import hashlib
import math
from collections.abc import Iterator

import msgspec

from linewright.plant import Address
from linewright.plant.model import Station, Tag

__all__ = ["Gauge", "Showing", "gauge_of", "normal", "settled"]

FULL_SHARE = 1.25
"""Part of a symptom's full effect that stays inside the limits: worn beyond life, or run fast."""

NOISES = 4.0
"""Standard deviations of noise that a level stays away from a limit."""

AMBIENT_DEGC = 22.0
"""Temperature of what stands still."""

TEMPERATURE_NOISE_DEGC = 0.3
PERCENT_NOISE = 0.2
OTHER_NOISE_SHARE = 0.002
"""Standard deviations: of temperatures, of percentages, and else a share of the level."""

SETTLING_S = 60.0
"""Time constant of what a gauge shows after a change of level: a warm body, a damped float."""

HIGH_SHARE = 0.85
"""Where the level lies between its bounds when only the upper one is an alarm: near it."""

DIGITS = 2
"""Decimals that gauges show."""

_TEMPERATURES = frozenset({"degC", "degF", "K"})
_SIGNS = {"rises": 1.0, "jumps": 1.0, "falls": -1.0}


class Showing(msgspec.Struct, frozen=True, kw_only=True):
    """How far one cause moves one tag at its full effect, in the tag's unit."""

    cause: str
    is_wear: bool
    by: float
    over_s: float = 0.0


class Gauge(msgspec.Struct, frozen=True, kw_only=True):
    """A measuring tag: its levels, what moves it and its noise, all in the tag's unit."""

    tag: Address
    rest: float
    work: float
    noise: float
    showings: tuple[Showing, ...]
    low: float = -math.inf
    high: float = math.inf


def gauge_of(address: Address, tag: Tag, station: Station) -> Gauge:
    """Return how a tag without a role behaves.

    Parameters
    ----------
    address
        The tag.
    tag, station
        What the plant file says of it and of its station.

    Returns
    -------
    Gauge
        With levels inside the alarm limits and the range; of temperatures that have no lower
        limit, the level at rest is that of the room.

    Examples
    --------
    >>> from linewright.plant.model import Station, Tag
    >>> bath = gauge_of(Address("a/b/c/d#bath"), Tag(unit="degC"), Station())
    >>> bath.work, bath.rest
    (22.0, 22.0)
    """
    showings = tuple(_showings(address.tag or "", station))
    noise = _noise(tag)
    low, high = _bounds(tag, showings, noise)
    work = _between(low, high, tag)
    if tag.range is None and not math.isfinite(low + high):
        work = AMBIENT_DEGC if tag.unit in _TEMPERATURES else work
    cold = min(max(AMBIENT_DEGC, low), work)
    is_warmed = tag.unit in _TEMPERATURES and tag.low is None and tag.low_low is None
    return Gauge(
        tag=address,
        rest=cold if is_warmed else work,
        work=work,
        noise=noise or abs(work) * OTHER_NOISE_SHARE,
        showings=showings,
        low=-math.inf if tag.range is None else tag.range.low,
        high=math.inf if tag.range is None else tag.range.high,
    )


def _showings(name: str, station: Station) -> Iterator[Showing]:
    for is_wear, causes in ((True, station.wears), (False, station.fails)):
        for cause, one in causes.items():
            symptom = one.symptoms.get(name)
            if symptom is not None and symptom.by is not None and symptom.kind in _SIGNS:
                yield Showing(
                    cause=cause,
                    is_wear=is_wear,
                    by=_SIGNS[symptom.kind] * symptom.by,
                    over_s=symptom.over.expected_s if symptom.over else 0.0,
                )


def _noise(tag: Tag) -> float:
    if tag.unit in _TEMPERATURES:
        return TEMPERATURE_NOISE_DEGC
    return PERCENT_NOISE if tag.unit == "%" else 0.0


def _bounds(tag: Tag, showings: tuple[Showing, ...], noise: float) -> tuple[float, float]:
    """Return between which levels no single cause leads to an alarm or out of the range."""
    lows = [limit.limit + (limit.deadband or 0.0) for limit in (tag.low, tag.low_low) if limit]
    highs = [limit.limit - (limit.deadband or 0.0) for limit in (tag.high, tag.high_high) if limit]
    if tag.range is not None:
        lows.append(tag.range.low)
        highs.append(tag.range.high)
    up = max([0.0, *(one.by for one in showings)])
    down = max([0.0, *(-one.by for one in showings)])
    low = max(lows, default=-math.inf) + FULL_SHARE * down + NOISES * noise
    high = min(highs, default=math.inf) - FULL_SHARE * up - NOISES * noise
    return low, high


def _between(low: float, high: float, tag: Tag) -> float:
    """Return the level at work: in the middle, or near the only limit, as warm machines are."""
    if not math.isfinite(low):
        return high if math.isfinite(high) else 0.0
    if not math.isfinite(high):
        return low
    if low > high:  # the limits leave no room for the whole effect
        return (low + high) / 2.0
    only_high = (tag.high or tag.high_high) and not (tag.low or tag.low_low)
    return low + (high - low) * (HIGH_SHARE if only_high else 0.5)


def settled(shown: float, target: float, step_s: float) -> float:
    """Return what a gauge shows `step_s` after `shown`, on its way to `target`.

    Examples
    --------
    >>> round(settled(20.0, 40.0, 60.0), 2)
    32.64
    """
    return target + (shown - target) * math.exp(-step_s / SETTLING_S)


def normal(seed: int, name: str, k: int) -> float:
    """Return number `k` of a stream of standard normal numbers that seed and name choose.

    Parameters
    ----------
    seed, name, k
        Equal ones give the equal number, whatever was drawn before.

    Returns
    -------
    float
        By the Box-Muller transform of a keyed hash; within about 8.6 of 0.

    Examples
    --------
    >>> normal(1, "a#b", 7) == normal(1, "a#b", 7) != normal(1, "a#b", 8)
    True
    """
    drawn = hashlib.blake2b(f"{seed}/{name}/{k}".encode(), digest_size=16).digest()
    first = (int.from_bytes(drawn[:8]) + 1) / 2.0**64
    second = int.from_bytes(drawn[8:]) / 2.0**64
    return math.sqrt(-2.0 * math.log(first)) * math.cos(2.0 * math.pi * second)
