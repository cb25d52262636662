"""From intervals to a ledger: calendar time split into unscheduled, planned and what was done.

Shifts, orders, sign-ons and the station's own states come from different sources and overlap.
`ledger_from_intervals` gives each nanosecond of the window to exactly one time category, by two
rules that `docs/kpi.md` explains:

1. *What the station did* is the worst of the spans that cover the instant: a stop with a reason,
   then silence, then a stop without reason, set-up, blocked, starved, micro stop, production.
2. *What was planned* goes over it: outside the plan the time is unscheduled; inside, a planned
   stop goes before any loss. Only production is stronger than the plan: a station that makes
   parts is producing, whatever the calendar says, except during planned work on the station
   itself (maintenance, cleaning, change-over, trial, approval).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import msgspec

from linewright.plant.kpi.categories import Group, TimeCategory
from linewright.plant.kpi.ledger import Failures, Ledger, TimeNegative, Times

__all__ = [
    "CalendarExtent",
    "Extent",
    "Span",
    "Stretch",
    "Window",
    "break_spans",
    "ledger_from_intervals",
]


class Extent(Protocol):
    """Anything from `start_ns` to, but not including, `end_ns`: a shift, an order, a sign-on.

    Examples
    --------
    >>> shift: Extent = Stretch(start_ns=0, end_ns=5)
    """

    @property
    def start_ns(self) -> int:
        """First instant inside, ns UTC."""

    @property
    def end_ns(self) -> int:
        """First instant after, ns UTC."""


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time; `start_ns` is inside, `end_ns` is not. Both ns UTC.

    Raises
    ------
    TimeNegative
        When it ends before it starts.

    Examples
    --------
    >>> Stretch(start_ns=10, end_ns=25).length_ns
    15
    """

    start_ns: int
    end_ns: int

    def __post_init__(self) -> None:
        if self.end_ns < self.start_ns:
            raise TimeNegative(f"a stretch from {self.start_ns}", self.end_ns - self.start_ns)

    @property
    def length_ns(self) -> int:
        """Its length, ns."""
        return self.end_ns - self.start_ns


class Window(Stretch, frozen=True, kw_only=True):
    """The stretch of calendar time that a ledger of one station is about.

    Examples
    --------
    >>> Window(address="nogales/machining/bracket/saw", start_ns=0, end_ns=60).length_ns
    60
    """

    address: str


class Span(Stretch, frozen=True, kw_only=True):
    """A stretch of time in which something is known of a station, and what.

    `TimeCategory.UNKNOWN` is silence: no data came. A span that still goes on ends at the end
    of the window or later.

    Examples
    --------
    >>> Span(start_ns=0, end_ns=60, category=TimeCategory.STARVED).category
    <TimeCategory.STARVED: 'starved'>
    """

    category: TimeCategory


class CalendarExtent(Extent, Protocol):
    """An interval of a compiled calendar: work without a bucket, a break with one.

    Examples
    --------
    >>> from linewright.plant.calendar.work import Interval
    >>> work: CalendarExtent = Interval(start_ns=0, end_ns=5, kind="work", shift="day",
    ...                                 production_day="2026-01-05")
    """

    @property
    def bucket(self) -> str | None:
        """Name of the planned stop, such as ``meal``; None for work."""


def break_spans(intervals: Iterable[CalendarExtent]) -> tuple[Span, ...]:
    """Return the breaks of a compiled calendar as spans of planned stops.

    The same intervals, breaks included, are the shifts of `ledger_from_intervals`: a break lies
    inside its shift and is taken out of it as a planned stop.

    Examples
    --------
    >>> from linewright.plant.calendar.work import Interval
    >>> meal = Interval(start_ns=0, end_ns=5, kind="break", shift="day",
    ...                 production_day="2026-01-05", bucket="meal")
    >>> break_spans([meal])[0].category
    <TimeCategory.MEAL: 'meal'>
    """
    return tuple(
        Span(start_ns=one.start_ns, end_ns=one.end_ns, category=TimeCategory(one.bucket))
        for one in intervals
        if one.bucket is not None
    )


_WORST_FIRST = (
    *(one for one in TimeCategory if one.group is Group.UNPLANNED and one != "no_reason"),
    TimeCategory.UNKNOWN,
    TimeCategory.NO_REASON,
    TimeCategory.SET_UP,
    TimeCategory.BLOCKED,
    TimeCategory.STARVED,
    TimeCategory.MICRO_STOP,
    TimeCategory.PRODUCING,
)
_PLANNED = tuple(one for one in TimeCategory if one.group is Group.PLANNED)
_UNSCHEDULED = tuple(one for one in TimeCategory if one.group is Group.UNSCHEDULED)
# In a meal or a meeting people are away and the station may run on; in the others it is worked
# on and moves without an order.
_WORKED_ON = tuple(one for one in _PLANNED if one not in {"meal", "meeting"})

_Key = TimeCategory | str
_SHIFT, _SCHEDULED, _SIGNED_ON = "shift", "scheduled", "signed_on"


def ledger_from_intervals(
    window: Window,
    shifts: Sequence[Extent],
    spans: Sequence[Span],
    *,
    scheduled: Sequence[Extent] | None = None,
    signed_on: Sequence[Extent] | None = None,
    uncovered: TimeCategory = TimeCategory.UNKNOWN,
) -> Ledger:
    """Split a window into a ledger, exact to the nanosecond.

    Planned operation time is shift *and* order (and, where it is tracked, sign-on) together.
    The counts and the energy of the ledger are empty; add them with `msgspec.structs.replace`.

    Parameters
    ----------
    window
        The station and the window.
    shifts
        Shifts with their breaks inside; they may overlap.
    spans
        What is known of the station: planned stops, states, stops with their reason, silence.
        Not clipped to the window: a failure belongs to the window in which it begins, its
        restoration to the one in which it ends.
    scheduled
        When an order was scheduled at the station; None: orders are not tracked here, each
        shift counts as scheduled. An empty sequence: no order at all.
    signed_on
        When somebody was signed on; None: sign-on is not tracked here.
    uncovered
        What planned time without any span is. Silence is data, so `unknown`; `producing` is for
        a station whose stops are all reported and whose production is not.

    Returns
    -------
    Ledger
        Its times add up to the window.

    Raises
    ------
    TimeNegative
        When an interval ends before it starts.

    Notes
    -----
    A sweep over the edges: O(n log n) in the number of intervals.

    Examples
    --------
    >>> times = ledger_from_intervals(
    ...     Window(address="nogales/machining/bracket/saw", start_ns=0, end_ns=24),
    ...     shifts=[Stretch(start_ns=6, end_ns=14)],
    ...     spans=[Span(start_ns=6, end_ns=13, category=TimeCategory.PRODUCING),
    ...            Span(start_ns=9, end_ns=11, category=TimeCategory.BREAKDOWN)],
    ... ).times
    >>> times.no_shift_ns, times.producing_ns, times.breakdown_ns, times.unknown_ns
    (16, 5, 2, 1)
    """
    assert uncovered.group not in {Group.UNSCHEDULED, Group.PLANNED}, uncovered
    layers: list[tuple[_Key, Iterable[Extent]]] = [(_SHIFT, shifts)]
    layers += [(span.category, (span,)) for span in spans]
    tracked = [(_SHIFT, TimeCategory.NO_SHIFT)]
    if scheduled is not None:
        layers.append((_SCHEDULED, scheduled))
        tracked.append((_SCHEDULED, TimeCategory.NO_ORDER))
    if signed_on is not None:
        layers.append((_SIGNED_ON, signed_on))
        tracked.append((_SIGNED_ON, TimeCategory.NO_OPERATOR))
    spent_ns: Counter[TimeCategory] = Counter()
    for length_ns, active in _pieces(window, layers):
        missing = next((category for key, category in tracked if not active[key]), None)
        spent_ns[_category(active, missing, uncovered)] += length_ns
    return Ledger(
        address=window.address,
        calendar_ns=window.length_ns,
        times=Times.of(spent_ns),
        failures=_failures(window, spans),
    )


def _category(
    active: Counter[_Key], missing: TimeCategory | None, uncovered: TimeCategory
) -> TimeCategory:
    """Apply the two rules of the module to one instant."""
    did = _first(active, _WORST_FIRST)
    if did is TimeCategory.PRODUCING and _first(active, _WORKED_ON) is None:
        return did
    outside = missing or _first(active, _UNSCHEDULED)
    return outside or _first(active, _PLANNED) or did or uncovered


def _first(active: Counter[_Key], order: Iterable[TimeCategory]) -> TimeCategory | None:
    return next((category for category in order if active[category]), None)


def _pieces(
    window: Window, layers: Iterable[tuple[_Key, Iterable[Extent]]]
) -> Iterator[tuple[int, Counter[_Key]]]:
    """Yield the lengths between edges inside the window with how often each key is active."""
    edges: list[tuple[int, int, _Key]] = []
    for key, extents in layers:
        for extent in extents:
            if extent.end_ns < extent.start_ns:
                raise TimeNegative(
                    f"a stretch from {extent.start_ns}", extent.end_ns - extent.start_ns
                )
            start_ns = max(extent.start_ns, window.start_ns)
            end_ns = min(extent.end_ns, window.end_ns)
            if start_ns < end_ns:
                edges += [(start_ns, 1, key), (end_ns, -1, key)]
    # Changes of the same instant commute, so only the time decides on the order.
    edges.sort(key=lambda edge: edge[0])
    active: Counter[_Key] = Counter()
    done_ns = window.start_ns
    for t_ns, change, key in edges:
        if t_ns > done_ns:
            yield t_ns - done_ns, active
            done_ns = t_ns
        active[key] += change
    if window.end_ns > done_ns:
        yield window.end_ns - done_ns, active


def _failures(window: Window, spans: Sequence[Span]) -> Failures:
    """Count the breakdowns that begin, and those that end, in ``[start_ns, end_ns)``."""
    begun = ended = restoration_ns = 0
    for start_ns, end_ns in _merged(spans, TimeCategory.BREAKDOWN):
        begun += window.start_ns <= start_ns < window.end_ns
        if window.start_ns <= end_ns < window.end_ns:
            ended += 1
            restoration_ns += end_ns - start_ns
    return Failures(events=begun, restorations=ended, restoration_ns=restoration_ns)


def _merged(spans: Sequence[Span], category: TimeCategory) -> list[tuple[int, int]]:
    """Return the spans of one category, joined where they touch: a split event is one failure."""
    joined: list[tuple[int, int]] = []
    lengths = [(one.start_ns, one.end_ns) for one in spans if one.category is category]
    for start_ns, end_ns in sorted(one for one in lengths if one[0] < one[1]):
        if joined and start_ns <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_ns))
        else:
            joined.append((start_ns, end_ns))
    return joined
