"""Loss waterfall: from calendar time, loss by loss, to fully productive time.

Every nanosecond of calendar time is in exactly one bar, so the bars of any ledger add up to it,
also with corrections, a wrong standard time or no data at all.
"""

import enum
from decimal import Decimal

import msgspec

from linewright.plant.kpi.categories import TimeCategory
from linewright.plant.kpi.ledger import Ledger

__all__ = ["Bar", "OutputBar", "Waterfall", "waterfall"]

_TENTHS = 1000


class OutputBar(enum.StrEnum):
    """The bars into which production time falls; before them stand the time categories.

    Examples
    --------
    >>> OutputBar("speed_loss")
    <OutputBar.SPEED_LOSS: 'speed_loss'>
    """

    SPEED_LOSS = "speed_loss"
    NO_STANDARD_TIME = "no_standard_time"
    SCRAP = "scrap"
    REWORK = "rework"
    UNJUDGED = "unjudged"
    FULLY_PRODUCTIVE = "fully_productive"


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One bar of a waterfall.

    Parameters
    ----------
    code
        A `TimeCategory` but `producing`, or an `OutputBar`.
    ns
        Its time. Negative: a gain (faster than the standard time) or a correction.
    left_ns
        Calendar time that is left after it; 0 after the last.

    Examples
    --------
    >>> Bar(code="meal", ns=30, left_ns=480).ns
    30
    """

    code: str
    ns: int
    left_ns: int


class Waterfall(msgspec.Struct, frozen=True, kw_only=True):
    """All bars of one ledger, always the same ones in the same order, zeros included.

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Times
    >>> ledger = Ledger(address="n/m/b/saw", calendar_ns=10, times=Times(no_shift_ns=10))
    >>> waterfall(ledger)["no_shift"]
    10
    """

    address: str
    calendar_ns: int
    bars: tuple[Bar, ...]

    def __getitem__(self, code: str) -> int:
        return next(bar.ns for bar in self.bars if bar.code == code)

    def left_after(self, code: str) -> int:
        """Return the time left after a bar, in ns.

        After ``no_operator`` it is planned operation time, after ``approval`` planned busy time,
        after ``unknown`` production time, after ``no_standard_time`` the standard time earned.

        Examples
        --------
        >>> from linewright.plant.kpi.ledger import Times
        >>> times = Times(no_shift_ns=10, meal_ns=1, producing_ns=5)
        >>> falls = waterfall(Ledger(address="n/m/b/saw", calendar_ns=16, times=times))
        >>> falls.left_after("no_operator"), falls.left_after("approval")
        (6, 5)
        """
        return next(bar.left_ns for bar in self.bars if bar.code == code)

    def percents(self) -> tuple[Decimal, ...]:
        """Return each bar in per cent of calendar time, one decimal; they sum to 100.0 exactly.

        Each bar is rounded down to a tenth; the missing tenths go, one each, to the bars with
        the largest remainders, of equals to the first. So a bar is less than 0.1 from its true
        value, and equal waterfalls print equally.

        Returns
        -------
        tuple of Decimal
            As long as `bars`. All nan for a window without time.

        Notes
        -----
        O(n log n) in the bars.

        Examples
        --------
        >>> bars = tuple(Bar(code=code, ns=1, left_ns=0) for code in ("a", "b", "c"))
        >>> [str(one) for one in Waterfall(address="", calendar_ns=3, bars=bars).percents()]
        ['33.4', '33.3', '33.3']
        """
        if self.calendar_ns == 0:
            return (Decimal("nan"),) * len(self.bars)
        parts = [divmod(bar.ns * _TENTHS, self.calendar_ns) for bar in self.bars]
        missing = _TENTHS - sum(tenths for tenths, _ in parts)
        by_remainder = sorted(range(len(parts)), key=lambda index: (-parts[index][1], index))
        raised = frozenset(by_remainder[:missing])
        return tuple(
            Decimal(tenths + (index in raised)).scaleb(-1)
            for index, (tenths, _) in enumerate(parts)
        )


def waterfall(ledger: Ledger) -> Waterfall:
    """Return the bars from calendar time to fully productive time.

    Speed loss is production time less the standard time earned by all pieces; below zero it is
    a gain. Where a counted product has no standard time that difference is no speed loss but
    the bar ``no_standard_time``. Scrap, rework and unjudged pieces are worth their standard
    time; negative where a correction took back pieces of another window.

    Parameters
    ----------
    ledger
        Of a station, or rolled up.

    Returns
    -------
    Waterfall
        The bars' `ns` sum to the ledger's calendar time exactly.

    Notes
    -----
    OEE is the last bar over ``left_after("approval")``. O(categories + rows of counts).

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Counts, Times
    >>> row = Counts(product="lid", standard_ns=3, produced=20, good=18, scrap=2)
    >>> falls = waterfall(Ledger(address="n/m/b/press", calendar_ns=100, counts=(row,),
    ...                          times=Times(producing_ns=70, breakdown_ns=30)))
    >>> [(bar.code, bar.ns, bar.left_ns) for bar in falls.bars if bar.ns]
    [('breakdown', 30, 70), ('speed_loss', 10, 60), ('scrap', 6, 54), ('fully_productive', 54, 0)]
    """
    losses = [(one.value, ledger.times[one]) for one in TimeCategory if one != "producing"]
    rows = [(row, row.standard_ns) for row in ledger.counts if row.standard_ns is not None]
    unearned_ns = ledger.times.producing_ns - ledger.earned_ns
    valued = not ledger.unvalued
    losses += [
        (OutputBar.SPEED_LOSS.value, unearned_ns if valued else 0),
        (OutputBar.NO_STANDARD_TIME.value, 0 if valued else unearned_ns),
        (OutputBar.SCRAP.value, sum(row.scrap * piece_ns for row, piece_ns in rows)),
        (OutputBar.REWORK.value, sum(row.rework * piece_ns for row, piece_ns in rows)),
        (OutputBar.UNJUDGED.value, sum(row.unjudged * piece_ns for row, piece_ns in rows)),
        (OutputBar.FULLY_PRODUCTIVE.value, ledger.earned_good_ns),
    ]
    left_ns, bars = ledger.calendar_ns, []
    for code, ns in losses:
        left_ns -= ns
        bars.append(Bar(code=code, ns=ns, left_ns=left_ns))
    assert left_ns == 0, f"{ledger.address}: {left_ns} ns are in no bar"
    return Waterfall(address=ledger.address, calendar_ns=ledger.calendar_ns, bars=tuple(bars))
