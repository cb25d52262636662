"""What the kernel's trace means for a machine: its states, its cycles and its parts, one by one.

The trace says when cycles begin, stand, go on and end, when stations fail and what blocks them. A
machine's control shows states and times. `follow` is the step from one to the other, as a pure
function.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from linewright.emulate.signals import Happening, What
from linewright.plant import Address
from linewright.plant.records import Trace, TraceKind

__all__ = ["Track", "Watched", "follow"]

NS_PER_S = 1_000_000_000

FOR_KEEPERS = 2.0
"""Value of a standstill for want of those who maintain; otherwise a station stands idle."""

_STATES = {TraceKind.BLOCKED: "blocked", TraceKind.STARVED: "starved"}
_FATES = frozenset({TraceKind.SCRAPPED, TraceKind.REWORKED})


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A station that is followed, and what of the plant file its trace is read with.

    `modes` are its failure modes in the order of the plant file. `sends_back`: parts may be found
    bad there, and sent back or scrapped, after their cycle has ended well.
    """

    address: Address
    modes: Sequence[str] = ()
    places: int = 1
    sends_back: bool = False


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """Where one station stands in its trace.

    `state` is one of ours, as text, and `rests` the one that holds when no cycle runs. `cycles`
    has those under way, by the unit that they began with: what was worked on each up to
    `since_ns`; those among `standing` do not run. `down` has the failure modes that hold, as they
    struck, one for each place; `failing` says since when each of them holds. `set_ups` counts
    places.
    """

    state: str = "idle"
    rests: str = "idle"
    cycles: Mapping[str, int] = {}
    standing: frozenset[str] = frozenset()
    since_ns: int = 0
    down: tuple[str, ...] = ()
    set_ups: int = 0
    failing: Mapping[str, int] = {}


def follow(
    track: Track, watched: Watched, trace: Iterable[Trace]
) -> tuple[Track, tuple[Happening, ...]]:
    """Return what happened at a station, and where it stands afterwards.

    Parameters
    ----------
    track
        Where it stood.
    watched
        The station.
    trace
        What the kernel noted since then, in order of time; other places in it are passed over.

    Returns
    -------
    tuple
        The new track, and what happened in order of time. States that last no time are among
        it: the last one of an instant is what holds.

    Notes
    -----
    A cycle's time is the time worked on it: what lies between a standstill or failure and its
    going on does not count. All of an instant must be in one trace, for what becomes of a part is
    noted after its cycle has ended. A station of several places shows running while any of them
    runs, else what was said last of any.
    """
    own = [one for one in trace if one.element == watched.address]
    following = _Following(track, watched, own)
    for one in own:
        following.take(one)
    return following.track(), tuple(following.found)


class _Following:
    def __init__(self, track: Track, watched: Watched, own: Sequence[Trace]) -> None:
        self.watched = watched
        self.state, self.rests = track.state, track.rests
        self.cycles = dict(track.cycles)
        self.standing = set(track.standing)
        self.since_ns = track.since_ns
        self.down, self.set_ups = list(track.down), track.set_ups
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
            cycles=self.cycles,
            standing=frozenset(self.standing),
            since_ns=self.since_ns,
            down=tuple(self.down),
            set_ups=self.set_ups,
            failing=self.failing,
        )

    def say(self, t_ns: int, what: What, value: float | str) -> None:
        address = self.watched.address
        self.found.append(Happening(t_ns=t_ns, station=address, what=what, value=value))

    def works(self) -> bool:
        """Return whether a cycle is under way that nothing holds up."""
        return len(self.cycles) > len(self.standing)

    def account(self, t_ns: int) -> None:
        """Count the work done until now."""
        worked_ns = t_ns - self.since_ns
        if self.works() and worked_ns:
            self.cycles = {
                unit: done if unit in self.standing else done + worked_ns
                for unit, done in self.cycles.items()
            }
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

    def take(self, one: Trace) -> None:
        """Take one event of the station."""
        t_ns, unit = one.t_ns, one.unit or ""
        self.account(t_ns)
        match one.kind:
            case TraceKind.BEGAN:
                self.cycles[unit] = 0
                self.goes_on(t_ns, unit)
            case TraceKind.GOES_ON:
                self.goes_on(t_ns, unit)
            case TraceKind.STANDS:
                self.stands(unit)
                self.rests = "planned_stop" if one.value == FOR_KEEPERS else "idle"
                self.show(t_ns)
            case TraceKind.ENDED:
                self.end(one)
            case TraceKind.FAILED:
                self.fail(t_ns, unit, self.mode(one.value))
            case TraceKind.REPAIRED:
                self.repair(t_ns, self.mode(one.value))
            case TraceKind.SET_UP_BEGAN | TraceKind.SET_UP_ENDED:
                more = 1 if one.kind == TraceKind.SET_UP_BEGAN else -1
                self.set_ups = min(max(0, self.set_ups + more), self.watched.places)
                self.rests = "idle"
                self.show(t_ns)
            case TraceKind.RENEWED:
                self.say(t_ns, "renewed", one.value)
            case kind if kind in _STATES:
                self.rests = _STATES[kind]
                self.show(t_ns)

    def stands(self, unit: str) -> None:
        """Stop the cycle of a unit, if one is under way."""
        if unit in self.cycles:
            self.standing.add(unit)

    def goes_on(self, t_ns: int, unit: str) -> None:
        """Let the cycle of a unit run."""
        self.standing.discard(unit)
        self.rests = "idle"
        self.show(t_ns)

    def fail(self, t_ns: int, unit: str, mode: str) -> None:
        """Let a mode strike; a place that is down already is down by another one."""
        self.stands(unit)
        self.down.append(mode)
        self.failing = {**self.failing, mode: t_ns}
        self.rests = "idle"
        self.show(t_ns)
        self.say(t_ns, "failing", mode)

    def repair(self, t_ns: int, mode: str) -> None:
        """End a repair; others that wait for theirs still hold."""
        if mode in self.down:
            self.down.remove(mode)
        if mode not in self.down:
            self.failing.pop(mode, None)
        if not self.down or self.watched.places == 1:
            self.say(t_ns, "failing", self.down[-1] if self.down else "")
        self.show(t_ns)

    def end(self, one: Trace) -> None:
        """Take the end of a part's cycle; of a load, its first part ends the cycle.

        Until something else is said the station then stands idle.
        """
        t_ns = one.t_ns
        worked_ns = self.cycles.pop(one.unit or "", None)
        self.standing.discard(one.unit or "")
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
