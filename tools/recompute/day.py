"""A station's time: what it did, what was planned, which stops it had, after docs/live.md."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from tools.recompute.calendar import Shift
from tools.recompute.fold import Made, State
from tools.recompute.ledger import PLANNED, UNSCHEDULED, Ledger
from tools.recompute.plantfile import Station

STANDING = ("idle", "off", "down")
"""States in which a station stands and says no more than that, the worst last."""

WORKED_ON = ("maintenance", "cleaning", "change_over", "trial", "approval")
"""Planned stops in which a station moves without an order."""

KINDS = {
    "planned_stop": "maintenance",
    "set_up": "set_up",
    "blocked": "blocked",
    "starved": "starved",
    "unknown": "unknown",
    "running": "producing",
}
"""What a state is booked on where nobody said anything."""

Interval = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch in which a station's state does not change."""

    from_ns: int
    until_ns: int
    state: str
    reason: str = ""


@dataclass(kw_only=True)
class Event:
    """A stretch without production, in one or more pieces."""

    pieces: list[Piece]
    said: list[tuple[int, int, dict[str, Any] | None]] = field(default_factory=list)
    working_ns: int = 0
    goes_on: bool = False

    @property
    def from_ns(self) -> int:
        """Where it begins."""
        return self.pieces[0].from_ns

    @property
    def until_ns(self) -> int:
        """Where it ends."""
        return self.pieces[-1].until_ns

    @property
    def state(self) -> str:
        """Its state, the worst of a stop."""
        return self.worst(self.from_ns, self.until_ns)

    def worst(self, a: int, b: int) -> str:
        """The state of a part of it."""
        states = [piece.state for piece in self.pieces if piece.from_ns < b and piece.until_ns > a]
        if states[0] in STANDING:
            return max(states, key=STANDING.index)
        return states[0]


@dataclass(frozen=True, kw_only=True)
class Booked:
    """A part of an event with what it is booked on."""

    from_ns: int
    until_ns: int
    state: str
    category: str
    code: str
    by: str
    event: int


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time without overlap, in order."""
    found: list[Interval] = []
    for a, b in sorted(intervals):
        if found and a <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], b))
        elif b > a:
            found.append((a, b))
    return found


def overlap(intervals: Sequence[Interval], a: int, b: int) -> int:
    """How much of the time from a to b lies in them."""
    return sum(max(0, min(b, y) - max(a, x)) for x, y in intervals)


@dataclass(kw_only=True)
class Plan:
    """When a station should work."""

    operation: list[Interval]
    breaks: list[tuple[int, int, str]]
    working: list[Interval]

    @staticmethod
    def of(shifts: Sequence[Shift], whole: Interval) -> "Plan":
        """From the shifts that it runs; without any it always works."""
        if not shifts:
            return Plan(operation=[whole], breaks=[], working=[whole])
        operation = merged((shift.from_ns, shift.until_ns) for shift in shifts)
        breaks = [stop for shift in shifts for stop in shift.breaks]
        working: list[Interval] = []
        away = merged((a, b) for a, b, _ in breaks)
        for a, b in operation:
            at = a
            for x, y in away:
                if y > a and x < b:
                    if x > at:
                        working.append((at, x))
                    at = max(at, y)
            if at < b:
                working.append((at, b))
        return Plan(operation=operation, breaks=breaks, working=working)


def pieces_of(states: Sequence[State], gaps: Iterable[Interval], whole: Interval) -> list[Piece]:
    """What the station did over the whole time, in order and without holes."""
    cuts = sorted({*whole, *(state.t_ns for state in states), *(t for gap in gaps for t in gap)})
    silent = merged(gaps)
    starts = [a for a, _ in silent]
    times = [state.t_ns for state in states]
    found: list[Piece] = []
    for a, b in pairwise(cuts):
        if a < whole[0] or b > whole[1]:
            continue
        at = bisect_right(times, a) - 1
        in_gap = bisect_right(starts, a) - 1
        state, reason = "unknown", ""
        if at >= 0 and not (in_gap >= 0 and a < silent[in_gap][1]):
            state, reason = states[at].state, states[at].reason
        last = found[-1] if found else None
        if last and (last.state, last.reason) == (state, reason):
            found[-1] = replace(last, until_ns=b)
        else:
            found.append(Piece(from_ns=a, until_ns=b, state=state, reason=reason))
    return found


def events_of(pieces: Sequence[Piece], plan: Plan, whole: Interval) -> list[Event]:
    """Stretches without production; cut where operation begins and ends."""
    ends = sorted(end for span in plan.operation for end in span)
    found: list[Event] = []
    for piece in pieces:
        if piece.state == "running":
            continue
        cuts = [end for end in ends if piece.from_ns < end < piece.until_ns]
        for a, b in zip([piece.from_ns, *cuts], [*cuts, piece.until_ns], strict=True):
            part = replace(piece, from_ns=a, until_ns=b)
            last = found[-1] if found else None
            is_same = last is not None and (
                last.state == part.state or (last.state in STANDING and part.state in STANDING)
            )
            if last and is_same and last.until_ns == a and a not in ends:
                last.pieces.append(part)
            else:
                found.append(Event(pieces=[part]))
    for event in found:
        event.working_ns = overlap(plan.working, event.from_ns, event.until_ns)
        event.goes_on = event.until_ns == whole[1]
    return found


@dataclass(kw_only=True)
class Course:
    """All of a station's time, what of it is booked on what, and its pieces."""

    station: Station
    plan: Plan
    pieces: list[Piece]
    events: list[Event]
    booked: list[Booked]
    made: list[Made]
    whole: Interval

    def ledger(self, a: int, b: int, standard: int | None) -> Ledger:
        """The ledger of a window."""
        result = Ledger()
        for x, y, category in self.stretches(a, b):
            result.ns[category] += y - x
        for made in self.made:
            if a <= made.t_ns < b:
                first = made.good - made.reworked
                result.count(standard, (made.produced, first, made.scrap, made.rework))
        self._failures(result, a, b)
        return result

    def _failures(self, ledger: Ledger, a: int, b: int) -> None:
        spans = merged(
            (one.from_ns, one.until_ns) for one in self.booked if one.category == "breakdown"
        )
        for x, y in spans:
            ledger.failures += a <= x < b
            if y < self.whole[1] and a <= y < b:
                ledger.restorations += 1
                ledger.repair_ns += y - x

    def stretches(self, a: int, b: int) -> list[tuple[int, int, str]]:
        """The window cut so that each part has one category."""
        near = [piece for piece in self.pieces if piece.until_ns > a and piece.from_ns < b]
        said = [one for one in self.booked if one.until_ns > a and one.from_ns < b]
        breaks = [stop for stop in self.plan.breaks if stop[1] > a and stop[0] < b]
        times = {a, b}
        times |= {t for piece in near for t in (piece.from_ns, piece.until_ns)}
        times |= {t for one in said for t in (one.from_ns, one.until_ns)}
        times |= {t for x, y, _ in breaks for t in (x, y)}
        times |= {t for span in self.plan.operation for t in span}
        cuts = sorted(t for t in times if a <= t <= b)
        starts = [piece.from_ns for piece in near]
        begun = [one.from_ns for one in said]
        found: list[tuple[int, int, str]] = []
        for x, y in pairwise(cuts):
            at = bisect_right(starts, x) - 1
            piece = near[at] if at >= 0 and near[at].until_ns > x else None
            on = bisect_right(begun, x) - 1
            one = said[on] if on >= 0 and said[on].until_ns > x else None
            category = self._category(x, piece, one, breaks)
            if found and found[-1][2] == category:
                found[-1] = (found[-1][0], y, category)
            else:
                found.append((x, y, category))
        return found

    def _category(
        self,
        at: int,
        piece: Piece | None,
        one: Booked | None,
        breaks: Sequence[tuple[int, int, str]],
    ) -> str:
        did = "producing" if piece and piece.state == "running" else "unknown"
        if one:
            did = one.category
        planned = [kind for x, y, kind in breaks if x <= at < y]
        if did == "producing" and not any(kind in WORKED_ON for kind in planned):
            return did
        if not any(x <= at < y for x, y in self.plan.operation):
            return "no_shift"
        for kinds in (UNSCHEDULED, PLANNED):
            spoken = [kind for kind in kinds if kind == did or kind in planned]
            if spoken:
                return spoken[0]
        return did
