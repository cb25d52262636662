"""Ledger: what one station did with one window, in integer nanoseconds and integer pieces.

A ledger is the only input of every indicator, of the waterfall and of the roll-up. It is frozen,
its times add up to its window exactly, and two ledgers can be added without rounding.
"""

from collections.abc import Mapping
from typing import Self

import msgspec

from linewright.plant.kpi.categories import Group, TimeCategory

__all__ = [
    "Counts",
    "Failures",
    "Ledger",
    "LedgerUnbalanced",
    "Pieces",
    "StandardTimeInvalid",
    "TimeNegative",
    "Times",
    "standard_per_piece_ns",
]

NS_PER_H = 3_600_000_000_000


class TimeNegative(ValueError):
    """A time category, or a window, with less than no time in it.

    Parameters
    ----------
    what
        The field, for example ``meal_ns``.
    ns
        Its value.

    Examples
    --------
    >>> try:
    ...     Times(meal_ns=-1)
    ... except TimeNegative as error:
    ...     error.what, error.ns
    ('meal_ns', -1)
    """

    def __init__(self, what: str, ns: int) -> None:
        super().__init__(what, ns)
        self.what = what
        self.ns = ns

    def __str__(self) -> str:
        return f"{self.what} is {self.ns}; a time is 0 or more, correct the source of the stretch"


class LedgerUnbalanced(ValueError):
    """The categories of a ledger do not add up to its window.

    Parameters
    ----------
    address
        Whose ledger.
    calendar_ns
        Length of the window.
    booked_ns
        Sum of the categories.

    Examples
    --------
    >>> try:
    ...     Ledger(address="n/m/b/saw", calendar_ns=10, times=Times(producing_ns=9))
    ... except LedgerUnbalanced as error:
    ...     error.address, error.booked_ns - error.calendar_ns
    ('n/m/b/saw', -1)
    """

    def __init__(self, address: str, calendar_ns: int, booked_ns: int) -> None:
        super().__init__(address, calendar_ns, booked_ns)
        self.address = address
        self.calendar_ns = calendar_ns
        self.booked_ns = booked_ns

    def __str__(self) -> str:
        off_ns = self.booked_ns - self.calendar_ns
        return (
            f"{self.address}: the time categories add up to {self.booked_ns} ns, the window is "
            f"{self.calendar_ns} ns ({off_ns:+} ns); book what is missing as unknown"
        )


class StandardTimeInvalid(ValueError):
    """A standard time of zero or less, or a cycle that yields no piece.

    Parameters
    ----------
    product
        Which product, or empty where none is known.
    standard_ns
        What was given.

    Examples
    --------
    >>> try:
    ...     Counts(product="lid", standard_ns=0)
    ... except StandardTimeInvalid as error:
    ...     error.product
    'lid'
    """

    def __init__(self, product: str, standard_ns: int) -> None:
        super().__init__(product, standard_ns)
        self.product = product
        self.standard_ns = standard_ns

    def __str__(self) -> str:
        return (
            f"product {self.product!r}: a standard time of {self.standard_ns} ns per piece; "
            "give more than 0, or None where it is not known"
        )


def standard_per_piece_ns(cycle_ns: int, pieces_per_cycle: int) -> int:
    """Return the standard time per piece of a cycle that yields several pieces (cavities).

    The result is rounded down to a whole nanosecond: 10 s over 3 cavities lacks 1/3 ns per
    piece, one part in ten thousand million.

    Parameters
    ----------
    cycle_ns
        Standard time of one cycle, more than 0.
    pieces_per_cycle
        Pieces that one cycle yields, 1 or more.

    Raises
    ------
    StandardTimeInvalid
        When either is not positive, or less than 1 ns per piece remains.

    Examples
    --------
    >>> standard_per_piece_ns(20_000_000_000, 4)
    5000000000
    """
    if pieces_per_cycle < 1 or cycle_ns < pieces_per_cycle:
        raise StandardTimeInvalid("", cycle_ns)
    return cycle_ns // pieces_per_cycle


class Times(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Nanoseconds per time category, one field for each `TimeCategory`.

    The properties are the time elements of ISO 22400-2 (clause "Time elements"), all in ns.

    Raises
    ------
    TimeNegative
        When a field is less than 0.

    Examples
    --------
    >>> times = Times(producing_ns=300, set_up_ns=50, breakdown_ns=40, starved_ns=10, meal_ns=30)
    >>> times.planned_operation_ns, times.planned_busy_ns, times.busy_ns, times.delay_ns
    (430, 400, 390, 40)
    >>> times[TimeCategory.MEAL]
    30
    """

    no_shift_ns: int = 0
    no_order_ns: int = 0
    no_operator_ns: int = 0
    meal_ns: int = 0
    meeting_ns: int = 0
    maintenance_ns: int = 0
    cleaning_ns: int = 0
    change_over_ns: int = 0
    trial_ns: int = 0
    approval_ns: int = 0
    breakdown_ns: int = 0
    tooling_ns: int = 0
    material_ns: int = 0
    quality_ns: int = 0
    program_ns: int = 0
    utilities_ns: int = 0
    other_ns: int = 0
    no_reason_ns: int = 0
    micro_stop_ns: int = 0
    blocked_ns: int = 0
    starved_ns: int = 0
    set_up_ns: int = 0
    unknown_ns: int = 0
    producing_ns: int = 0

    def __post_init__(self) -> None:
        for field in _FIELDS.values():
            ns = getattr(self, field)
            assert type(ns) is int, f"{field} must be an int, not {type(ns).__name__}"
            if ns < 0:
                raise TimeNegative(field, ns)

    @classmethod
    def of(cls, spent_ns: Mapping[TimeCategory, int]) -> Self:
        """Make `Times` from nanoseconds per category; what is absent is 0.

        Examples
        --------
        >>> Times.of({TimeCategory.STARVED: 5}).starved_ns
        5
        """
        return cls(**{_FIELDS[category]: ns for category, ns in spent_ns.items()})

    def __getitem__(self, category: TimeCategory) -> int:
        ns: int = getattr(self, _FIELDS[category])
        return ns

    def group_ns(self, group: Group) -> int:
        """Return the time of all categories of one group, in ns.

        Examples
        --------
        >>> Times(breakdown_ns=5, no_reason_ns=2).group_ns(Group.UNPLANNED)
        7
        """
        return sum(self[category] for category in _MEMBERS[group])

    @property
    def total_ns(self) -> int:
        """All categories together: the window."""
        return sum(self[category] for category in TimeCategory)

    @property
    def planned_operation_ns(self) -> int:
        """Planned operation time (POT): shift and order or sign-on together."""
        return self.total_ns - self.group_ns(Group.UNSCHEDULED)

    @property
    def planned_down_ns(self) -> int:
        """Planned down time (PDOT)."""
        return self.group_ns(Group.PLANNED)

    @property
    def planned_busy_ns(self) -> int:
        """Planned busy time (PBT): operation time less planned down time; unknown is inside."""
        return self.planned_operation_ns - self.planned_down_ns

    @property
    def down_ns(self) -> int:
        """Actual unit down time (ADOT): available, but idle: blocked or starved."""
        return self.blocked_ns + self.starved_ns

    @property
    def delay_ns(self) -> int:
        """Actual unit delay time (ADET): unplanned stops, by cause, and micro stops."""
        return self.group_ns(Group.UNPLANNED) + self.micro_stop_ns

    @property
    def processing_ns(self) -> int:
        """Actual unit processing time (AUPT): set-up (AUST) and production (APT)."""
        return self.set_up_ns + self.producing_ns

    @property
    def busy_ns(self) -> int:
        """Actual unit busy time (AUBT): processing and delays."""
        return self.processing_ns + self.delay_ns


_FIELDS = {category: f"{category}_ns" for category in TimeCategory}
_MEMBERS = {
    group: tuple(category for category in TimeCategory if category.group is group)
    for group in Group
}


class Pieces(msgspec.Struct, frozen=True, kw_only=True):
    """Pieces counted in a window; a correction of an earlier window may make any of them negative.

    Examples
    --------
    >>> Pieces(produced=100, good=95, scrap=2, rework=1).unjudged
    2
    """

    produced: int = 0
    good: int = 0
    scrap: int = 0
    rework: int = 0

    def __add__(self, other: "Pieces") -> "Pieces":
        return Pieces(
            produced=self.produced + other.produced,
            good=self.good + other.good,
            scrap=self.scrap + other.scrap,
            rework=self.rework + other.rework,
        )

    @property
    def unjudged(self) -> int:
        """Produced but neither good, scrap nor rework; negative where the counters disagree."""
        return self.produced - self.inspected

    @property
    def inspected(self) -> int:
        """Pieces that were judged: good, scrap and rework together."""
        return self.good + self.scrap + self.rework


class Counts(Pieces, frozen=True, kw_only=True):
    """Pieces of one product at one standard time.

    Parameters
    ----------
    product
        The product or, where none is known, an empty text.
    standard_ns
        Planned run time per piece (ISO 22400: PRI), in ns, more than 0; None: not known.

    Raises
    ------
    StandardTimeInvalid
        When the standard time is not positive.

    Examples
    --------
    >>> Counts(product="bracket_a", standard_ns=48_000_000_000, produced=10, good=9, scrap=1).good
    9
    """

    product: str
    standard_ns: int | None

    def __post_init__(self) -> None:
        if self.standard_ns is not None and self.standard_ns <= 0:
            raise StandardTimeInvalid(self.product, self.standard_ns)

    @property
    def nothing(self) -> bool:
        """Whether no piece was counted."""
        return not (self.produced or self.good or self.scrap or self.rework)


class Failures(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Failure events and restorations of a window; windows side by side add up exactly.

    Parameters
    ----------
    events
        Failures that began in the window (ISO 22400: FE).
    restorations
        Failures that ended in the window.
    restoration_ns
        Whole lengths (TTR) of the failures that ended in the window, also what lay before it.

    Examples
    --------
    >>> Failures(events=1) + Failures(restorations=1, restoration_ns=60)
    Failures(events=1, restorations=1, restoration_ns=60)
    """

    events: int = 0
    restorations: int = 0
    restoration_ns: int = 0

    def __add__(self, other: "Failures") -> "Failures":
        return Failures(
            events=self.events + other.events,
            restorations=self.restorations + other.restorations,
            restoration_ns=self.restoration_ns + other.restoration_ns,
        )


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """What one station did with one window, or several of them rolled up.

    Parameters
    ----------
    address
        The station, or what the ledgers were rolled up to: line, work centre, area, site.
    calendar_ns
        Length of the window; of several stations or windows, the sum.
    times
        Nanoseconds per category; together exactly `calendar_ns`.
    counts
        Pieces per product and standard time.
    failures
        Failure events and restorations.
    energy_kwh
        Energy used in the window; None: not measured, which is not 0.

    Raises
    ------
    LedgerUnbalanced
        When the categories do not add up to the window.

    Examples
    --------
    >>> row = Counts(product="lid", standard_ns=3, produced=20, good=18, scrap=2)
    >>> shift = Ledger(address="nogales/moulding/press_shop/press", calendar_ns=100,
    ...                times=Times(producing_ns=70, breakdown_ns=30), counts=(row,))
    >>> shift.earned_ns, shift.earned_good_ns, shift.pieces.scrap
    (60, 54, 2)
    """

    address: str
    calendar_ns: int
    times: Times
    counts: tuple[Counts, ...] = ()
    failures: Failures = Failures()
    energy_kwh: float | None = None

    def __post_init__(self) -> None:
        booked_ns = self.times.total_ns
        if booked_ns != self.calendar_ns:
            raise LedgerUnbalanced(self.address, self.calendar_ns, booked_ns)

    @property
    def pieces(self) -> Pieces:
        """Pieces of all products together."""
        return sum(self.counts, start=Pieces())

    @property
    def unvalued(self) -> tuple[str, ...]:
        """Products that were counted but have no standard time, sorted."""
        rows = (row for row in self.counts if row.standard_ns is None and not row.nothing)
        return tuple(sorted({row.product for row in rows}))

    @property
    def earned_ns(self) -> int:
        """Standard time earned by the produced pieces: sum of PRI x PQ over the products.

        Products without a standard time earn nothing here; ask `unvalued` before use.
        """
        return sum(row.produced * (row.standard_ns or 0) for row in self.counts)

    @property
    def earned_good_ns(self) -> int:
        """Standard time earned by the good pieces: the fully productive time."""
        return sum(row.good * (row.standard_ns or 0) for row in self.counts)
