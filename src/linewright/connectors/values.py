"""What a device says: values with their status and time, and whether its clock is right.

>>> quality_of(0x808C0000)
<Quality.BAD|SENSOR_FAILURE: 130>
"""

from collections import deque
from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from linewright.plant.records import Quality

__all__ = [
    "OFFSET_MAX_NS",
    "TIME_MAX_NS",
    "Heard",
    "Raw",
    "SourceClock",
    "Spoken",
    "bound_ns",
    "loses_older",
    "own_time_ns",
    "quality_of",
]

OFFSET_MAX_NS = 2_000_000_000
"""Largest offset of a source's clock that is taken as it is, 2 s; times the speed of the plant."""

OFFSET_WINDOW_NS = 10_000_000_000
"""How long an offset is remembered, 10 s: a late batch alone is no wrong clock."""

TIME_MAX_NS = 2**62
"""Latest time of a sample, of the year 2116: what is added to it still fits 64 bits."""

_OFFSETS_MAX = 64
_BUCKET_NS = OFFSET_WINDOW_NS // _OFFSETS_MAX

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


Spoken = float | int | bool | str | None
"""A value as a device says it, of these very types; None where it said none that a sample holds."""


class Raw(msgspec.Struct, frozen=True, kw_only=True):
    """A value as the device sent it; None where it sent none that a sample can hold.

    Examples
    --------
    >>> Raw(value=True).status
    0
    """

    value: Spoken
    status: int = 0
    source_ns: int | None = None
    as_of_ns: Annotated[
        int | None,
        Meta(description="of one known from before: last sign of life by it, on the steady clock"),
    ] = None


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """Columns of one message of a device, in its order: all of one length.

    Examples
    --------
    >>> Heard(points=[0], values=[4.2], statuses=[0], source_ns=[None]).is_first
    False
    """

    points: Annotated[Sequence[int], Meta(description="numbers of the points that changed")]
    values: Annotated[Sequence[Spoken], Meta(description="as the device sent them")]
    statuses: Annotated[Sequence[int], Meta(description="status codes of OPC UA, 0 is good")]
    source_ns: Annotated[Sequence[int | None], Meta(description="times of the device")]
    is_first: Annotated[
        bool, Meta(description="what the device held when it was asked, or is born with")
    ] = False
    is_historical: Annotated[
        bool, Meta(description="told late on purpose, each with its own time")
    ] = False
    asked_ns: Annotated[
        int | None, Meta(description="of first values that were asked for after the connection")
    ] = None


def loses_older(status: int) -> bool:
    """Whether a status says that older values were lost just before this one.

    Examples
    --------
    >>> loses_older(0x480), loses_older(0)
    (True, False)
    """
    return status & _OVERFLOW_BITS == _OVERFLOW_BITS


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


def bound_ns(speed: float) -> int:
    """Largest offset of a source's clock that is taken as it is, at this speed of the plant.

    Examples
    --------
    >>> bound_ns(20.0)
    40000000000
    """
    return round(OFFSET_MAX_NS * max(1.0, speed))


def own_time_ns(told: Sequence[int], *, now_ns: int, speed: float) -> int:
    """Time of a message that shows the source's clock: the newest near plant time, else of all.

    One value with a wrong time says nothing of the clock that the others are of.

    Examples
    --------
    >>> own_time_ns([5, 7, 10**15], now_ns=6, speed=1.0)
    7
    """
    newest_ns = max(told)
    bound = bound_ns(speed)
    if abs(newest_ns - now_ns) <= bound:
        return newest_ns
    return max((each for each in told if abs(each - now_ns) <= bound), default=newest_ns)


class SourceClock:
    """Whether a source's clock is right, and by how much its times are to be corrected.

    The offset is the largest seen in the last ten seconds: values only come late, never early, so
    the least delayed one shows the clock best, and a batch that was held up is not corrected.

    Examples
    --------
    >>> clock = SourceClock()
    >>> clock.correction_ns(10**18, now_ns=10**18 + 5, monotonic_ns=0)
    0
    >>> clock.correction_ns(10**18 + 3600 * 10**9, now_ns=10**18 + 9, monotonic_ns=9)
    3599999999991
    """

    def __init__(self) -> None:
        self._seen: deque[tuple[int, int]] = deque(maxlen=_OFFSETS_MAX)
        self._used_ns = 0

    @property
    def offset_ns(self) -> int | None:
        """Source's clock less plant time, as far as is known.

        Examples
        --------
        >>> SourceClock().offset_ns is None
        True
        """
        return max((offset for _, offset in self._seen), default=None)

    @property
    def used_ns(self) -> int:
        """What is taken from the source's times now; 0 while its clock is right.

        Examples
        --------
        >>> SourceClock().used_ns
        0
        """
        return self._used_ns

    def correction_ns(
        self,
        source_ns: int,
        *,
        now_ns: int,
        monotonic_ns: int,
        speed: float = 1.0,
        is_steady: bool = True,
    ) -> int:
        """What is to be taken from the times of a message; 0 where the clock is right.

        Parameters
        ----------
        source_ns
            Newest time in the message.
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
        int
            Nanoseconds, either sign.

        Examples
        --------
        >>> SourceClock().correction_ns(0, now_ns=30_000_000_000, monotonic_ns=0, speed=20.0)
        0
        """
        if not is_steady:
            return self._used_ns
        bound = bound_ns(speed)
        if abs(source_ns - now_ns) <= bound:
            # It was put right, or was another one's: what it was ahead by is of no clock now.
            self._seen = deque(
                (each for each in self._seen if each[1] <= bound), maxlen=_OFFSETS_MAX
            )
        self._note(source_ns - now_ns, monotonic_ns)
        offset_ns = max(offset for _, offset in self._seen)
        if abs(offset_ns) <= bound:
            self._used_ns = 0
        elif abs(offset_ns - self._used_ns) > bound // 4:
            # Kept while it is near: a correction that moves with each value would reorder them.
            self._used_ns = offset_ns
        return self._used_ns

    def _note(self, offset_ns: int, monotonic_ns: int) -> None:
        while self._seen and monotonic_ns - self._seen[0][0] > OFFSET_WINDOW_NS:
            self._seen.popleft()
        if self._seen and monotonic_ns - self._seen[-1][0] < _BUCKET_NS:
            since_ns, largest_ns = self._seen[-1]
            self._seen[-1] = (since_ns, max(largest_ns, offset_ns))
        else:
            self._seen.append((monotonic_ns, offset_ns))
