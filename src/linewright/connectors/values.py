"""From what a device sent to one row of a frame: number, text, quality, and the time it is from.

>>> point = Point(tag=Address("reno/shop/pump/turn#temp"), node="ns=2;s=T", scale=0.5, high=150.0)
>>> row_of(point, Raw(value=161, source_ns=5), t_ns=5, seen_ns=9).value
80.5
"""

import math
from collections import deque

import msgspec

from linewright.connectors.sources import Point
from linewright.plant import Address
from linewright.plant.records import Quality
from linewright.plant.samples import TEXT_BYTES_MAX

__all__ = ["OFFSET_MAX_NS", "Raw", "Row", "SourceClock", "missing_row", "quality_of", "row_of"]

OFFSET_MAX_NS = 2_000_000_000
"""Largest offset of a source's clock that is taken as it is, 2 s; times the speed of the plant."""

OFFSET_WINDOW_NS = 10_000_000_000
"""How long an offset is remembered, 10 s: a late batch alone is no wrong clock."""

_OFFSETS_MAX = 64
_BUCKET_NS = OFFSET_WINDOW_NS // _OFFSETS_MAX
_I64 = 2**63

_UNCERTAIN = 1
_OVERFLOW_BITS = 0x480
_DETAIL_MASK = 0xFFFF0000
_DETAILS = {
    0x800A0000: Quality.NOT_CONNECTED,  # BadTimeout
    0x80050000: Quality.NOT_CONNECTED,  # BadCommunicationError
    0x80310000: Quality.NOT_CONNECTED,  # BadNoCommunication
    0x808A0000: Quality.NOT_CONNECTED,  # BadNotConnected
    0x808B0000: Quality.SENSOR_FAILURE,  # BadDeviceFailure
    0x808C0000: Quality.SENSOR_FAILURE,  # BadSensorFailure
    0x80890000: Quality.CONFIGURATION,  # BadConfigurationError
    0x80330000: Quality.CONFIGURATION,  # BadNodeIdInvalid
    0x80340000: Quality.CONFIGURATION,  # BadNodeIdUnknown
    0x80740000: Quality.CONFIGURATION,  # BadTypeMismatch
    0x803C0000: Quality.OUT_OF_RANGE,  # BadOutOfRange
    0x408F0000: Quality.NOT_CONNECTED,  # UncertainNoCommunicationLastUsableValue
    0x40900000: Quality.STALE,  # UncertainLastUsableValue
    0x40910000: Quality.SUBSTITUTED,  # UncertainSubstituteValue
    0x40920000: Quality.ESTIMATED,  # UncertainInitialValue
    0x40930000: Quality.SENSOR_FAILURE,  # UncertainSensorNotAccurate
    0x40940000: Quality.OUT_OF_RANGE,  # UncertainEngineeringUnitsExceeded
    0x00960000: Quality.OVERRIDE,  # GoodLocalOverride
}
"""Status codes of OPC UA (part 4 and part 8) that say more than good, uncertain or bad."""


class Raw(msgspec.Struct, frozen=True, kw_only=True):
    """A value as the device sent it; None where it sent none that a sample can hold.

    Examples
    --------
    >>> Raw(value=True).status
    0
    """

    value: float | int | bool | str | None
    status: int = 0
    source_ns: int | None = None

    @property
    def lost_older(self) -> bool:
        """Whether the device says that older values were lost just before this one.

        Examples
        --------
        >>> Raw(value=1, status=0x480).lost_older
        True
        """
        return self.status & _OVERFLOW_BITS == _OVERFLOW_BITS


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One sample on its way into a frame.

    Examples
    --------
    >>> Row(tag="reno#kw", t_ns=1, seen_ns=2, value=3.0, quality=0).is_timed
    True
    """

    tag: str
    t_ns: int
    seen_ns: int
    value: float
    integer: int | None = None
    text: str | None = None
    quality: int

    @property
    def is_timed(self) -> bool:
        """Whether its time is that of a change: not of a reading, a loss or a missing node.

        Examples
        --------
        >>> Row(tag="a#b", t_ns=1, seen_ns=2, value=3.0, quality=Quality.INITIAL).is_timed
        False
        """
        return is_timed(self.quality)


_NOT_TIMED = Quality.INITIAL | Quality.NOT_CONNECTED | Quality.CONFIGURATION


def is_timed(quality: int) -> bool:
    """Whether a sample of this quality carries the time of a change at the source.

    Examples
    --------
    >>> is_timed(Quality.GOOD), is_timed(Quality.BAD | Quality.NOT_CONNECTED)
    (True, False)
    """
    return not quality & _NOT_TIMED


def quality_of(status: int) -> Quality:
    """Quality that a status code of OPC UA stands for.

    Examples
    --------
    >>> quality_of(0x808C0000)
    <Quality.BAD|SENSOR_FAILURE: 130>
    >>> quality_of(0x480)
    <Quality.OVERFLOW: 2048>
    """
    severity = status >> 30
    found = Quality.GOOD
    if severity == _UNCERTAIN:
        found = Quality.UNCERTAIN
    elif severity > _UNCERTAIN:
        found = Quality.BAD
    found |= _DETAILS.get(status & _DETAIL_MASK, Quality.GOOD)
    if status & _OVERFLOW_BITS == _OVERFLOW_BITS:
        found |= Quality.OVERFLOW
    return found


def row_of(
    point: Point, raw: Raw, *, t_ns: int, seen_ns: int, marks: Quality = Quality.GOOD
) -> Row:
    """Sample of one raw value.

    A yes or no becomes 1 or 0; an integer keeps its exact form where nothing scales it, so that
    codes of states stay what the machine says. What the plant file and the device disagree on
    is bad, never refused.

    Parameters
    ----------
    point
        What was read.
    raw
        What came.
    t_ns, seen_ns
        When it is from, and when it came.
    marks
        Further bits: how the time is known, whether the plant is emulated.

    Returns
    -------
    Row
        A value that is no number has NaN as `value`.

    Examples
    --------
    >>> state = Point(tag=Address("reno/shop/pump/turn#state"), node="ns=2;s=State", role="state")
    >>> row_of(state, Raw(value=3), t_ns=1, seen_ns=2).integer
    3
    """
    quality = quality_of(raw.status) | marks
    value, integer, text = math.nan, None, None
    if isinstance(raw.value, str):
        text = raw.value.encode()[:TEXT_BYTES_MAX].decode(errors="ignore")
        if text != raw.value:
            quality |= Quality.UNCERTAIN
        if point.type not in {None, "text"}:
            quality |= Quality.BAD | Quality.CONFIGURATION
    elif raw.value is None:
        quality |= Quality.BAD if quality & Quality.BAD else Quality.BAD | Quality.CONFIGURATION
    else:
        value, integer = _number(point, raw.value)
        if not math.isfinite(value):
            quality |= Quality.BAD | Quality.NOT_FINITE
        elif _outside(point, value):
            quality |= Quality.BAD | Quality.OUT_OF_RANGE
    return Row(
        tag=point.tag,
        t_ns=t_ns,
        seen_ns=seen_ns,
        value=value,
        integer=integer,
        text=text,
        quality=int(quality),
    )


def missing_row(tag: Address, why: Quality, *, t_ns: int, seen_ns: int) -> Row:
    """Sample that says why there is no value.

    Examples
    --------
    >>> missing_row(Address("reno#kw"), Quality.NOT_CONNECTED, t_ns=1, seen_ns=2).quality
    66
    """
    return Row(tag=tag, t_ns=t_ns, seen_ns=seen_ns, value=math.nan, quality=int(Quality.BAD | why))


def _number(point: Point, raw: float) -> tuple[float, int | None]:
    """Number in the tag's unit, and the exact integer where nothing scales it."""
    if point.scale is None and point.offset is None:
        exact = int(raw) if isinstance(raw, int) and -_I64 <= raw < _I64 else None
        return float(raw), exact
    scale = 1.0 if point.scale is None else point.scale
    return raw * scale + (point.offset or 0.0), None


def _outside(point: Point, value: float) -> bool:
    below = point.low is not None and value < point.low
    return below or (point.high is not None and value > point.high)


class SourceClock:
    """Whether a source's clock is right, and what its times are on the clock of the plant.

    The offset is the largest seen in the last ten seconds: values only come late, never early, so
    the least delayed one shows the clock best, and a batch that was held up is not corrected.

    Examples
    --------
    >>> clock = SourceClock()
    >>> clock.time_of(10**18, now_ns=10**18 + 5, monotonic_ns=0)
    (1000000000000000000, False)
    >>> clock.time_of(10**18 + 3600 * 10**9, now_ns=10**18 + 9, monotonic_ns=9)
    (1000000000000000009, True)
    """

    def __init__(self) -> None:
        self._seen: deque[tuple[int, int]] = deque(maxlen=_OFFSETS_MAX)
        self._used_ns = 0

    def time_of(
        self,
        source_ns: int,
        *,
        now_ns: int,
        monotonic_ns: int,
        speed: float = 1.0,
        is_steady: bool = True,
    ) -> tuple[int, bool]:
        """Time on the plant's clock, and whether it was corrected.

        Parameters
        ----------
        source_ns
            What the source says.
        now_ns
            Plant time now.
        monotonic_ns
            Steady clock, for how long an offset is remembered.
        speed
            Plant seconds in a second; the bound of 2 s grows with it.
        is_steady
            Whether `now_ns` can be relied on; else the source is judged as it was before.

        Returns
        -------
        tuple[int, bool]
            Never below zero.

        Examples
        --------
        >>> SourceClock().time_of(0, now_ns=30_000_000_000, monotonic_ns=0, speed=20.0)
        (0, False)
        """
        if not is_steady:
            return max(0, source_ns - self._used_ns), self._used_ns != 0
        self._note(source_ns - now_ns, monotonic_ns)
        offset_ns = max(offset for _, offset in self._seen)
        bound_ns = round(OFFSET_MAX_NS * max(1.0, speed))
        if abs(offset_ns) <= bound_ns:
            self._used_ns = 0
            return source_ns, False
        if abs(offset_ns - self._used_ns) > bound_ns // 4:
            # Kept while it is near: a correction that moves with each value would reorder them.
            self._used_ns = offset_ns
        return max(0, source_ns - self._used_ns), True

    def _note(self, offset_ns: int, monotonic_ns: int) -> None:
        while self._seen and monotonic_ns - self._seen[0][0] > OFFSET_WINDOW_NS:
            self._seen.popleft()
        if self._seen and monotonic_ns - self._seen[-1][0] < _BUCKET_NS:
            since_ns, largest_ns = self._seen[-1]
            self._seen[-1] = (since_ns, max(largest_ns, offset_ns))
        else:
            self._seen.append((monotonic_ns, offset_ns))
