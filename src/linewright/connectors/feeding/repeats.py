"""What a source tells twice, and changes that are too small to keep.

**Told twice.** A value with the point, time, value and quality of one that was here before its
message is dropped: a message that was delivered again, a batch told again after a new
subscription, a value that a broker retained. Each one here stands for one repeat: of 1, 0, 1
within one tick of a device's clock all three are kept, and told again all three are dropped.
Where messages are numbered, only one of an earlier connection is compared with.

Of each point the newest `REMEMBERED` are known, of values that are told late on purpose the
newest `LATE_REMEMBERED` of the source, `SAME_TIME_MAX` of one time. Another value at the time of
one that is here comes a nanosecond later: a tag never has two values at once. What comes without a
time of its own has that of its arrival.

**Too small.** A point with a `deadband` keeps a number that differs from the last kept one by that
much at least, its first one, and every change of quality. What is dropped so is what the plant
file asked for: it is no loss and makes no gap.

>>> once = Once(1)
>>> once.times([0, 0, 0], [7, 7, 7], [1.0, 0.0, 1.0], [0, 0, 0])
([7, 8, 9], None)
>>> once.times([0, 0, 0], [7, 7, 7], [1.0, 0.0, 1.0], [0, 0, 0])[1]
[]
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

SAME_TIME_MAX = 64
"""Values of one time and point among which a repeat is looked for; a device sends a handful."""

_BEFORE = -1
_Known = tuple[int, Spoken, int, int]
"""Time, value and quality of a value that is here, and in which round it was told last."""
_PASSING = ~int(Quality.INITIAL)


class Once:
    """Which values are here already, point by point.

    Parameters
    ----------
    points
        How many the source has.
    is_numbered
        Whether no message comes twice within a connection; `begin` says when one begins.
    """

    def __init__(self, points: int, *, is_numbered: bool = False) -> None:
        self._is_numbered = is_numbered
        self._round = 0
        self._newest_ns = [_BEFORE] * points
        self._known: list[deque[_Known]] = [deque(maxlen=REMEMBERED) for _ in range(points)]
        self._late: OrderedDict[tuple[int, int], _Known] = OrderedDict()
        self._behind: dict[int, tuple[int, int]] = {}

    def begin(self) -> None:
        """Say that a connection begins, which may tell again what earlier ones told.

        Examples
        --------
        >>> once = Once(1, is_numbered=True)
        >>> once.times([0], [7], [1.0], [0]), once.times([0], [7], [1.0], [0])
        (([7], None), ([8], None))
        >>> once.begin()
        >>> once.times([0], [7], [1.0], [0])
        ([7], [])
        """
        self._round += 1

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
        if late or not self._is_numbered:
            self._round += 1
        newest, known, told_in = self._newest_ns, self._known, self._round
        places: list[int] | None = None
        row = 0
        for point, at_ns, value, quality in zip(points, t_ns, values, qualities, strict=True):
            if at_ns > newest[point]:
                newest[point] = at_ns
                known[point].append((at_ns, value, quality, told_in))
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
        given_ns, known = at_ns, self._known[point]
        here = [(place, each) for place, each in enumerate(known) if each[0] >= at_ns]
        for _ in range(SAME_TIME_MAX):
            others = [found for found in here if found[1][0] == at_ns]
            for place, other in others:
                if other[3] < self._round and _same(other[1:3], told):
                    known[place] = (*other[:3], self._round)  # it stands for one repeat
                    return None
            other_late = self._late.get((point, at_ns))
            is_new = other_late is None or other_late[3] == self._round
            if other_late is not None and not is_new and _same(other_late[1:3], told):
                self._late[point, at_ns] = (*other_late[:3], self._round)
                return None
            if not others and other_late is None:
                began_ns, behind_ns = self._behind.get(point, (_BEFORE, _BEFORE))
                if began_ns != given_ns or at_ns >= behind_ns:
                    break
                # Of more values of one time than are known the first ones are forgotten.
                at_ns = behind_ns
            else:
                at_ns += 1
        else:
            began_ns, at_ns = self._behind.get(point, (_BEFORE, _BEFORE))
            is_taken = (point, at_ns) in self._late or any(at_ns == one[0] for _, one in here)
            if began_ns != given_ns or is_taken:
                at_ns = self._newest_ns[point] + 1
        self._behind[point] = given_ns, at_ns + 1
        if late:
            self._late[point, at_ns] = (at_ns, *told, self._round)
            if len(self._late) > LATE_REMEMBERED:
                self._late.popitem(last=False)
        else:
            known.append((at_ns, *told, self._round))
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
