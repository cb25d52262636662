"""What a source tells twice, and changes that are too small to keep.

**Told twice.** A value with the point, time, value and quality of one that is here already is
dropped: a message that was delivered again, a batch told again after a new subscription, a value
that a broker retained. Of each point the newest `REMEMBERED` are known, of values that are told
late on purpose the newest `LATE_REMEMBERED` of the source. Another value at the time of one that
is here comes a nanosecond later: a tag never has two values at once. What comes without a time of
its own has that of its arrival and is a repeat only within its message.

**Too small.** A point with a `deadband` keeps a number that differs from the last kept one by that
much at least, its first one, and every change of quality. What is dropped so is what the plant
file asked for: it is no loss and makes no gap.

>>> once = Once(1)
>>> once.times([0, 0, 0], [7, 7, 7], [1.0, 1.0, 2.0], [0, 0, 0])
([7, 7, 8], [0, 2])
"""

import math
from collections import OrderedDict, deque
from collections.abc import Sequence

from linewright.connectors.sources import Point
from linewright.connectors.values import Spoken
from linewright.plant.records import Quality

__all__ = ["LATE_REMEMBERED", "REMEMBERED", "Deadbands", "Once"]

REMEMBERED = 16
"""Values of a point that are known: about what a device sends again after a lost answer."""

LATE_REMEMBERED = 20_000
"""Values told late that are known: a frame of them, some megabytes."""

_BEFORE = -1
_PASSING = ~int(Quality.INITIAL)


class Once:
    """Which values are here already, point by point.

    Parameters
    ----------
    points
        How many the source has.
    """

    def __init__(self, points: int) -> None:
        self._newest_ns = [_BEFORE] * points
        self._known: list[deque[tuple[int, Spoken, int]]] = [
            deque(maxlen=REMEMBERED) for _ in range(points)
        ]
        self._late: OrderedDict[tuple[int, int], tuple[Spoken, int]] = OrderedDict()

    def newest_ns(self, point: int) -> int | None:
        """Newest time of a point, None where it has none.

        Examples
        --------
        >>> Once(1).newest_ns(0) is None
        True
        """
        found = self._newest_ns[point]
        return None if found == _BEFORE else found

    def newest_of_all_ns(self) -> int:
        """Newest time of any point, -1 where there is none.

        Examples
        --------
        >>> Once(1).newest_of_all_ns()
        -1
        """
        return max(self._newest_ns, default=_BEFORE)

    def times(
        self,
        points: Sequence[int],
        t_ns: list[int],
        values: Sequence[Spoken],
        qualities: Sequence[int],
        *,
        late: bool = False,
    ) -> tuple[list[int], list[int] | None]:
        """Times at which values stand, and which of them are to be kept.

        Parameters
        ----------
        points, t_ns, values, qualities
            Of one message, in its order.
        late
            Whether they are told late on purpose: of these more are known.

        Returns
        -------
        tuple
            The times, of which some may be a little later; places of the rows that are kept,
            None for all.
        """
        newest, known = self._newest_ns, self._known
        places: list[int] | None = None
        row = 0
        for point, at_ns, value, quality in zip(points, t_ns, values, qualities, strict=True):
            if at_ns > newest[point]:
                newest[point] = at_ns
                known[point].append((at_ns, value, quality))
            else:
                free_ns = self._older(point, at_ns, (value, quality), late=late)
                if free_ns is None:
                    places = list(range(row)) if places is None else places
                    row += 1
                    continue
                t_ns[row] = free_ns
            if places is not None:
                places.append(row)
            row += 1
        return t_ns, places

    def _older(self, point: int, at_ns: int, told: tuple[Spoken, int], *, late: bool) -> int | None:
        """Time at which a value that is not the newest stands, None where it is a repeat."""
        here = [each for each in self._known[point] if each[0] >= at_ns]
        while True:
            others = [each[1:] for each in here if each[0] == at_ns]
            if (point, at_ns) in self._late:
                others.append(self._late[point, at_ns])
            if any(_same(other, told) for other in others):
                return None
            if not others:
                break
            at_ns += 1
        if late:
            self._late[point, at_ns] = told
            if len(self._late) > LATE_REMEMBERED:
                self._late.popitem(last=False)
        else:
            self._known[point].append((at_ns, *told))
        self._newest_ns[point] = max(self._newest_ns[point], at_ns)
        return at_ns


class Deadbands:
    """Numbers that were kept last, of points with a deadband.

    Parameters
    ----------
    points
        Of the source.

    Examples
    --------
    >>> from linewright.plant import Address
    >>> tag = Address("reno/shop/pump/turn#temp")
    >>> bands = Deadbands([Point(tag=tag, item="ns=2;s=T", deadband=0.5)])
    >>> bands.kept([0, 0, 0], [1.0, 1.4, 1.5], [0, 0, 0], range(3))
    [0, 2]
    """

    def __init__(self, points: Sequence[Point]) -> None:
        self._widths = {
            place: point.deadband
            for place, point in enumerate(points)
            if point.deadband is not None and point.deadband > 0.0
        }
        self._last: dict[int, tuple[float, int]] = {}

    @property
    def are_any(self) -> bool:
        """Whether any point has one.

        Examples
        --------
        >>> Deadbands([]).are_any
        False
        """
        return bool(self._widths)

    def kept(
        self,
        points: Sequence[int],
        values: Sequence[float],
        qualities: Sequence[int],
        places: Sequence[int],
    ) -> list[int]:
        """Those of the places whose value is to be kept.

        Parameters
        ----------
        points, values, qualities
            Columns of one message.
        places
            Rows that are looked at.

        Returns
        -------
        list[int]
            In their order.
        """
        found = []
        for row in places:
            width = self._widths.get(points[row])
            if width is not None:
                value, quality = values[row], qualities[row]
                last, known = self._last.get(points[row], (math.nan, quality))
                # NaN, of a text or of no value before, is never near.
                if abs(value - last) < width and _is_like(known, quality):
                    continue
                self._last[points[row]] = value, quality
            found.append(row)
        return found


def _is_like(before: int, quality: int) -> bool:
    """Whether a quality is that of the value before, and none of a reading."""
    return not (before ^ quality) & _PASSING and not quality & Quality.INITIAL


def _same(one: tuple[Spoken, int], other: tuple[Spoken, int]) -> bool:
    """Whether two values with their quality are the same; NaN is itself, yes is not 1."""
    (told, quality), (value, again) = one, other
    if quality != again or type(told) is not type(value):
        return False
    return told == value or (told != told and value != value)  # noqa: PLR0124 - NaN alone differs
