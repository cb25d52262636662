"""From what a device said to the number, text and quality of a sample, a message at a time.

>>> point = Point(tag=Address("reno/shop/pump/turn#temp"), item="ns=2;s=T", scale=0.5, high=150.0)
>>> shaped = Shaper([point]).shape([0], [161], [0], marks=0)
>>> shaped.value, shaped.quality
([80.5], [0])
"""

import math
import sys
from collections.abc import Sequence
from typing import Any

import msgspec

from linewright.connectors.sources import Point
from linewright.connectors.values import Spoken, quality_of
from linewright.plant import Address
from linewright.plant.records import Quality
from linewright.plant.samples import TEXT_BYTES_MAX

__all__ = ["Address", "Shaped", "Shaper"]

_I64 = 2**63
_FLOAT_MAX = sys.float_info.max
_KNOWN_MAX = 1_000
"""Status codes whose quality is remembered; a device uses a handful."""


class Shaped(msgspec.Struct, frozen=True, kw_only=True):
    """Columns that values became, in their order.

    Examples
    --------
    >>> Shaped(value=[4.2], quality=[0], integer=[None], text=[None]).value
    [4.2]
    """

    value: list[float]
    quality: list[int]
    integer: list[int | None]
    text: list[str | None]


class Shaper:
    """What the plant file says of each point, looked up once.

    A yes or no becomes 1 or 0; an integer keeps its exact form where nothing scales it, so that
    codes of states stay what the machine says. What the plant file and the device disagree on is
    bad, never refused. A value that is no number has NaN as `value`.

    Parameters
    ----------
    points
        Of the source.
    """

    def __init__(self, points: Sequence[Point]) -> None:
        self._factors = [_factors(point) for point in points]
        self._low = [-_FLOAT_MAX if point.low is None else point.low for point in points]
        self._high = [_FLOAT_MAX if point.high is None else point.high for point in points]
        self._takes_text = [point.type in {None, "text"} for point in points]
        self._known: dict[int, int] = {0: 0}

    def shape(
        self,
        points: Sequence[int],
        values: Sequence[Spoken],
        statuses: Sequence[int],
        *,
        marks: int,
    ) -> Shaped:
        """Columns of the values of one message.

        Parameters
        ----------
        points, values, statuses
            As in `Heard`.
        marks
            Further bits of quality of all of them.

        Notes
        -----
        Linear in the values, about half a microsecond each.
        """
        numbers: list[float] = []
        integers: list[int | None] = []
        texts: list[str | None] = []
        if statuses.count(0) == len(statuses):
            qualities = [marks] * len(statuses)
        else:
            qualities = [self._quality(status) | marks for status in statuses]
        factors, low, high = self._factors, self._low, self._high
        told: Sequence[Any] = values  # told apart by their very type below
        for row, (point, value) in enumerate(zip(points, told, strict=True)):
            number, integer, text = math.nan, None, None
            kind = type(value)
            if kind is float or kind is int or kind is bool:
                known = factors[point]
                if known is not None:
                    number = _scaled(value, known)
                elif kind is float:
                    number = value
                else:
                    number, integer = _exact(value)
                if not low[point] <= number <= high[point]:
                    qualities[row] |= _beyond(number)
            elif value is None:
                qualities[row] |= _nothing(qualities[row])
            else:
                text, worse = self._text(point, value)
                qualities[row] |= worse
            numbers.append(number)
            integers.append(integer)
            texts.append(text)
        return Shaped(value=numbers, quality=qualities, integer=integers, text=texts)

    def _quality(self, status: int) -> int:
        found = self._known.get(status)
        if found is None:
            found = int(quality_of(status))
            if len(self._known) < _KNOWN_MAX:
                self._known[status] = found
        return found

    def _text(self, point: int, value: str) -> tuple[str, int]:
        """Text that fits a sample, and what is wrong with it."""
        text, worse = value, 0
        if len(value) > TEXT_BYTES_MAX // 4 or not value.isascii():
            text = value.encode(errors="replace")[:TEXT_BYTES_MAX].decode(errors="ignore")
            worse = 0 if text == value else int(Quality.UNCERTAIN)
        if not self._takes_text[point]:
            worse |= int(Quality.BAD | Quality.CONFIGURATION)
        return text, worse


def _factors(point: Point) -> tuple[float, float] | None:
    if point.scale is None and point.offset is None:
        return None
    return 1.0 if point.scale is None else point.scale, point.offset or 0.0


def _scaled(value: float, factors: tuple[float, float]) -> float:
    try:
        return value * factors[0] + factors[1]
    except OverflowError:
        return math.inf


def _exact(value: int) -> tuple[float, int | None]:
    """Nearest number of an integer or of a yes or no, and the integer itself where it fits."""
    try:
        return float(value), int(value) if -_I64 <= value < _I64 else None
    except OverflowError:
        return math.inf, None


def _beyond(number: float) -> int:
    """What is wrong with a number outside its bounds."""
    if math.isfinite(number):
        return int(Quality.BAD | Quality.OUT_OF_RANGE)
    return int(Quality.BAD | Quality.NOT_FINITE)


def _nothing(quality: int) -> int:
    """What no value at all adds: where the device says why, nothing but that it is bad."""
    return int(Quality.BAD if quality & Quality.BAD else Quality.BAD | Quality.CONFIGURATION)
