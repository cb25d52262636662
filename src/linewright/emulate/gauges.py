"""What measuring tags show: levels at rest and at work, how causes move them, and their noise.

A plant file says limits and symptoms, not levels. So levels are chosen inside the limits, far
enough from them that no single cause at its full effect passes a limit by itself: what a fault
shows is a shift of the signal and no alarm.
"""

import hashlib
import math
from collections.abc import Iterator, Mapping

import msgspec

from linewright.plant import Address
from linewright.plant.model import Command, Station, Tag

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

QUICK_S = 2.0
"""The same of what work causes: it is there with the work, and gone with it."""

HIGH_SHARE = 0.85
"""Where the level lies between its bounds when only the upper one is an alarm: near it."""

DIGITS = 2
"""Decimals that gauges show."""

AT_WORK: Mapping[str, tuple[float, float]] = {
    "mm/s": (2.0, 0.05),
    "A": (12.0, 0.2),
    "N": (50.0, 0.0),
    "kN": (20.0, 0.0),
    "N*m": (10.0, 0.0),
    "l/min": (12.0, 0.0),
    "ml/min": (2.0, 0.0),
    "bar": (6.0, 0.9),
    "dB": (62.0, 0.7),
}
"""Of units of what work causes: the level where nothing bounds it, and the part of it at rest."""

OTHER_LEVELS: Mapping[str, float] = {"%": 50.0, "kg": 2.0, "m": 50.0, "mm": 10.0, "um": 5.0}
"""Levels of other units where nothing bounds them."""

BY_SPEED = frozenset({"mm/s", "A", "N", "kN", "N*m"})
"""Units of what moves with the speed of the machine."""

SHAKES = frozenset({"mm/s"})
"""Units of vibration: it grows with every wear, said or not."""

WEAR_SHARE = 0.3
"""Growth of a vibration over the life of a wear, where the plant file says none."""

RANGE_SHARE = 0.7
"""Where the level lies in a range that has no limits, for what work causes."""

FOLLOWING = frozenset({"setpoint", "offset"})
"""What commands set that a measured value follows."""

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
    by_speed: bool = False
    settling_s: float = SETTLING_S
    follows: str = ""
    first: float = 0.0
    """The command that it follows, and what stands on it before anybody writes."""


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
    work = _level(tag, low, high)
    follows, first = _followed(address.tag or "", tag, station)
    if follows and low <= first <= high:
        work = first
    if tag.unit in SHAKES and not showings and math.isfinite(high):
        showings = tuple(_shakes(station, work, high))
    return Gauge(
        tag=address,
        rest=_rest(tag, station, low, work),
        work=work,
        noise=noise or abs(work) * OTHER_NOISE_SHARE,
        showings=showings,
        low=-math.inf if tag.range is None else tag.range.low,
        high=math.inf if tag.range is None else tag.range.high,
        by_speed=tag.unit in BY_SPEED,
        settling_s=QUICK_S if tag.unit in AT_WORK else SETTLING_S,
        follows=follows,
        first=first,
    )


def _level(tag: Tag, low: float, high: float) -> float:
    """Return the level at work."""
    is_work = tag.unit in AT_WORK
    if tag.range is None and not math.isfinite(low + high):
        if tag.unit in _TEMPERATURES:
            return AMBIENT_DEGC
        usual = AT_WORK[tag.unit or ""][0] if is_work else OTHER_LEVELS.get(tag.unit or "", 0.0)
        return min(max(usual, low), high) if usual else _between(low, high, tag)
    has_limits = any((tag.low, tag.low_low, tag.high, tag.high_high))
    if is_work and tag.range is not None and not has_limits:
        return low + RANGE_SHARE * (high - low)
    return _between(low, high, tag)


def _rest(tag: Tag, station: Station, low: float, work: float) -> float:
    """Return the level of what stands still; with a lower alarm limit it is that at work."""
    if tag.low is not None or tag.low_low is not None:
        return work
    if tag.unit in _TEMPERATURES:
        is_held = _followed("", tag, station)[0]
        return work if is_held else min(max(AMBIENT_DEGC, low), work)
    if tag.unit in AT_WORK:
        return max(low, AT_WORK[tag.unit or ""][1] * work)
    return work


def _followed(name: str, tag: Tag, station: Station) -> tuple[str, float]:
    """Return the command whose value a tag follows: of its unit, but not its own echo."""
    if tag.unit is None or any(one.readback == name for one in station.commands.values()):
        return "", 0.0
    for called, command in station.commands.items():
        if command.sets in FOLLOWING and command.unit == tag.unit:
            return called, _first(command)
    return "", 0.0


def _first(command: Command) -> float:
    window = command.validated or command.range
    return 0.0 if window is None else (window.low + window.high) / 2.0


def _shakes(station: Station, work: float, high: float) -> Iterator[Showing]:
    by = min(WEAR_SHARE * work, max(0.0, high - work) / FULL_SHARE)
    for cause in station.wears:
        yield Showing(cause=cause, is_wear=True, by=by)


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


def settled(shown: float, target: float, step_s: float, settling_s: float = SETTLING_S) -> float:
    """Return what a gauge shows `step_s` after `shown`, on its way to `target`.

    Examples
    --------
    >>> round(settled(20.0, 40.0, 60.0), 2)
    32.64
    """
    return target + (shown - target) * math.exp(-step_s / settling_s)


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
