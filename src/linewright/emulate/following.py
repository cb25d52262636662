"""What the kernel's trace means for a machine: its states, its cycles and its parts, one by one.

The trace says when cycles begin and end, when stations fail and what blocks them; the calendar
when a cycle stops and goes on. A machine's control shows states and times. `follow` is the step
from one to the other, as a pure function; `looked` adds what no trace tells.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec

from linewright.emulate.signals import Happening, What
from linewright.plant import Address
from linewright.plant.calendar import WorkCalendar, compile_calendar, open_at
from linewright.plant.records import StationState, Trace, TraceKind

__all__ = ["Track", "Watched", "follow", "looked", "started"]

NS_PER_S = 1_000_000_000

WINDOW_NS = 28 * 86_400 * NS_PER_S
"""Working time is compiled for so long at once, and kept."""

MARGIN_NS = 86_400 * NS_PER_S
"""Shifts that began so long before a window, or end so long after it, are still seen whole."""

WINDOWS_MAX = 13
"""Windows in which the next turn of working time is looked for: a year."""

FAR_NS = 2**63 - 1
"""No turn of working time is to come: the station always works."""

RESTS = frozenset({"idle", "starved", "blocked"})
"""States of a station that stands with nothing done to it; out of working time all are idle."""

_STATES = {TraceKind.BLOCKED: "blocked", TraceKind.STARVED: "starved"}
_FATES = frozenset({TraceKind.SCRAPPED, TraceKind.REWORKED})


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A station that is followed, and what of the plant file its trace is read with.

    `modes` are its failure modes in the order of the plant file; `calendar` is when it works
    (None: always); an `unattended` one finishes what it has begun. `sends_back`: parts may be
    found bad there, and sent back or scrapped, after their cycle has ended well.
    """

    address: Address
    modes: Sequence[str] = ()
    places: int = 1
    calendar: WorkCalendar | None = None
    unattended: bool = False
    sends_back: bool = False


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """Where one station stands in its trace.

    `state` is one of ours, as text, and `rests` the one that holds when no cycle runs. `is_open`
    is whether it is working time, `turn_ns` when that is looked at next. `cycles` has those under
    way, by the unit that they began with: what was worked on each up to `since_ns`. `waits`: the
    cycle under way stands for want of people. `down` and `set_ups` count places; `failing` says
    since when each failure mode holds.
    """

    state: str = "idle"
    rests: str = "idle"
    is_open: bool = True
    turn_ns: int = FAR_NS
    waits: bool = False
    cycles: Mapping[str, int] = {}
    since_ns: int = 0
    down: int = 0
    set_ups: int = 0
    failing: Mapping[str, int] = {}


def started(watched: Watched, at_ns: int) -> Track:
    """Return where a station stands before anything has happened."""
    if watched.calendar is None:
        return Track(since_ns=at_ns)
    interval = open_at(watched.calendar, at_ns)
    is_open = interval is not None and interval.kind == "work"
    return Track(since_ns=at_ns, is_open=is_open, turn_ns=_next(watched.calendar, at_ns))


def follow(
    track: Track, watched: Watched, trace: Iterable[Trace], until_ns: int
) -> tuple[Track, tuple[Happening, ...]]:
    """Return what happened at a station, and where it stands afterwards.

    Parameters
    ----------
    track
        Where it stood.
    watched
        The station.
    trace
        What the kernel noted after `track.since_ns` and up to `until_ns`, in order of time; other
        places in it are passed over.
    until_ns
        Up to when: turns of working time are no part of the trace, and are found here.

    Returns
    -------
    tuple
        The new track, and what happened in order of time. States that last no time are among
        it: the last one of an instant is what holds.

    Notes
    -----
    A cycle's time is the time worked on it: repairs in the middle of it do not count, nor does
    what lies between two shifts. All of an instant must be in one trace, for what becomes of a
    part is noted after its cycle has ended. A station of several places shows running while any
    of them runs, else what was said last of any.
    """
    own = [one for one in trace if one.element == watched.address]
    following = _Following(track, watched, own)
    for one in own:
        following.turn(one.t_ns)
        following.take(one)
    following.turn(until_ns)
    return following.track(), tuple(following.found)


def looked(
    track: Track, watched: Watched, seen: tuple[StationState, int], t_ns: int
) -> tuple[Track, tuple[Happening, ...]]:
    """Return where a station stands when somebody looks at it, and what that shows.

    Waiting for people or things leaves no trace, nor does work that goes on afterwards.

    Parameters
    ----------
    track
        Where it stands by its trace.
    watched
        The station; one of several places is left as it is.
    seen
        What it is seen to do, and since when.
    t_ns
        When it is looked at: what that shows is told then.
    """
    state, since_ns = seen
    following = _Following(track, watched, ())
    resting = track.state in RESTS
    if watched.places > 1:
        pass
    elif state is StationState.IDLE and track.state in {"running", "starved", "blocked"}:
        following.wait(t_ns, since_ns)
    elif state is StationState.RUNNING and resting and track.cycles:
        following.resume(t_ns, since_ns)
    elif state is StationState.PLANNED_STOP and resting:
        following.rests = "planned_stop"
        following.show(t_ns)
    return following.track(), tuple(following.found)


class _Following:
    def __init__(self, track: Track, watched: Watched, own: Sequence[Trace]) -> None:
        self.watched = watched
        self.state, self.rests = track.state, track.rests
        self.is_open, self.turn_ns, self.waits = track.is_open, track.turn_ns, track.waits
        self.cycles = dict(track.cycles)
        self.since_ns = track.since_ns
        self.down, self.set_ups = track.down, track.set_ups
        self.failing = dict(track.failing)
        self.found: list[Happening] = []
        self.fates: dict[tuple[int, str | None], list[Trace]] = {}
        for one in own:
            if one.kind in _FATES:
                self.fates.setdefault((one.t_ns, one.unit), []).append(one)

    def track(self) -> Track:
        return Track(
            state=self.state,
            rests=self.rests,
            is_open=self.is_open,
            turn_ns=self.turn_ns,
            waits=self.waits,
            cycles=self.cycles,
            since_ns=self.since_ns,
            down=self.down,
            set_ups=self.set_ups,
            failing=self.failing,
        )

    def say(self, t_ns: int, what: What, value: float | str) -> None:
        address = self.watched.address
        self.found.append(Happening(t_ns=t_ns, station=address, what=what, value=value))

    def works(self) -> bool:
        """Return whether a cycle is under way that nothing holds up."""
        if self.waits or not (self.is_open or self.watched.unattended):
            return False
        held = self.down if self.watched.places > 1 else self.down + self.set_ups
        return len(self.cycles) > held

    def account(self, t_ns: int) -> None:
        """Count the work done until now."""
        if self.works():
            worked_ns = t_ns - self.since_ns
            self.cycles = {unit: done + worked_ns for unit, done in self.cycles.items()}
        self.since_ns = t_ns

    def show(self, t_ns: int) -> None:
        """Show the state that holds from now on, where it is another one."""
        if self.works():
            state = "running"
        elif self.down:
            state = "down"
        elif self.set_ups:
            state = "set_up"
        else:
            state = self.rests
        if state != self.state:
            self.state = state
            self.say(t_ns, "state", state)

    def turn(self, until_ns: int) -> None:
        """Begin and end working time up to an instant: what was under way goes on, or stops."""
        while self.watched.calendar is not None and self.turn_ns <= until_ns:
            t_ns = self.turn_ns
            self.account(t_ns)
            interval = open_at(self.watched.calendar, t_ns)
            self.is_open, self.waits = interval is not None and interval.kind == "work", False
            self.turn_ns = _next(self.watched.calendar, t_ns)
            if self.rests in RESTS:
                self.rests = "idle"
            self.show(t_ns)

    def wait(self, t_ns: int, since_ns: int) -> None:
        """Stand for want of people, since a time that was counted as work."""
        self.account(t_ns)
        counted_ns = max(0, t_ns - since_ns) if self.works() else 0
        self.cycles = {unit: max(0, done - counted_ns) for unit, done in self.cycles.items()}
        self.waits, self.rests = True, "idle"
        self.show(t_ns)

    def resume(self, t_ns: int, since_ns: int) -> None:
        """Go on with a cycle, since a time that was not counted as work."""
        self.account(t_ns)
        missed_ns = max(0, t_ns - since_ns)
        self.cycles = {unit: done + missed_ns for unit, done in self.cycles.items()}
        self.waits = False
        self.show(t_ns)

    def take(self, one: Trace) -> None:
        """Take one event of the station."""
        t_ns = one.t_ns
        self.account(t_ns)
        match one.kind:
            case TraceKind.BEGAN:
                self.cycles[one.unit or ""] = 0
                self.waits, self.rests = False, "idle"
                self.show(t_ns)
            case TraceKind.ENDED:
                self.end(one)
            case TraceKind.FAILED:
                self.fail(t_ns, self.mode(one.value))
            case TraceKind.REPAIRED:
                self.repair(t_ns)
            case TraceKind.SET_UP_BEGAN | TraceKind.SET_UP_ENDED:
                more = 1 if one.kind == TraceKind.SET_UP_BEGAN else -1
                self.set_ups = min(max(0, self.set_ups + more), self.watched.places)
                self.rests, self.waits = "idle", False
                self.show(t_ns)
            case TraceKind.RENEWED:
                self.say(t_ns, "renewed", one.value)
            case kind if kind in _STATES:
                self.rests, self.waits = _STATES[kind], False
                self.show(t_ns)

    def fail(self, t_ns: int, mode: str) -> None:
        """Let a mode strike; a place that is down already is down by another one."""
        self.down = min(self.down + 1, self.watched.places)
        self.failing = {mode: t_ns} if self.watched.places == 1 else {**self.failing, mode: t_ns}
        self.rests, self.waits = "idle", False
        self.show(t_ns)
        self.say(t_ns, "failing", mode)

    def repair(self, t_ns: int) -> None:
        """End a repair; a cycle under way goes on."""
        self.down = max(0, self.down - 1)
        if not self.down:
            self.failing = {}
            self.say(t_ns, "failing", "")
        self.show(t_ns)

    def end(self, one: Trace) -> None:
        """Take the end of a part's cycle; of a load, its first part ends the cycle.

        Until something else is said the station then stands idle.
        """
        t_ns = one.t_ns
        worked_ns = self.cycles.pop(one.unit or "", None)
        if worked_ns is not None:
            self.rests = "idle"
            self.show(t_ns)
            self.say(t_ns, "ended", worked_ns / NS_PER_S)
        fates = self.fates.get((t_ns, one.unit), ())
        scrapped = [each.value for each in fates if each.kind == TraceKind.SCRAPPED]
        count = max(1.0, one.value)
        if any(each.kind == TraceKind.REWORKED for each in fates):
            self.say(t_ns, "reworked", count)
        elif self.is_whole(one.value, scrapped):
            scrapped = [max(1.0, sum(scrapped))]
        else:
            self.say(t_ns, "good", count)
        if scrapped:
            self.say(t_ns, "bad", sum(scrapped))

    def is_whole(self, good: float, scrapped: Sequence[float]) -> bool:
        """Return whether all pieces of a part are bad.

        A part that is found bad only after its cycle is scrapped with as many pieces as the cycle
        told good; so is a lot that lost half, where nothing is sent back.
        """
        if good <= 0.0 or 0.0 in scrapped:
            return True
        if not scrapped or scrapped[-1] != good:
            return False
        return len(scrapped) > 1 or self.watched.sends_back

    def mode(self, number: float) -> str:
        index = round(number)
        return self.watched.modes[index] if 0 <= index < len(self.watched.modes) else ""


def _next(calendar: WorkCalendar, after_ns: int) -> int:
    """Return when working time may begin or end next; after a year without, look again then."""
    first = after_ns // WINDOW_NS
    for window in range(first, first + WINDOWS_MAX):
        for t_ns in _edges(calendar, window):
            if t_ns > after_ns:
                return t_ns
    return (first + WINDOWS_MAX) * WINDOW_NS


@lru_cache(maxsize=64)
def _edges(calendar: WorkCalendar, window: int) -> tuple[int, ...]:
    """Return when working time begins or ends in a window; two shifts may meet there."""
    start_ns, end_ns = window * WINDOW_NS, (window + 1) * WINDOW_NS
    low_ns = max(0, start_ns - MARGIN_NS)
    found = {
        t_ns
        for one in compile_calendar(calendar, low_ns, end_ns + MARGIN_NS)
        if one.kind == "work"
        for t_ns in (one.start_ns, one.end_ns)
    }
    return tuple(sorted(t_ns for t_ns in found if start_ns <= t_ns < end_ns))
