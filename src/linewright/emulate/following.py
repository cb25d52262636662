"""What the kernel's trace means for a machine: its states, its cycles and its parts, one by one.

The trace says when cycles begin and end, when stations fail and what blocks them. A machine's
control shows states and times. `follow` is the step from one to the other, as a pure function.
"""

from collections.abc import Mapping, Sequence

import msgspec

from linewright.emulate.signals import Happening, What
from linewright.plant import Address
from linewright.plant.records import Trace, TraceKind

__all__ = ["Track", "follow"]

NS_PER_S = 1_000_000_000

_STATES = {
    TraceKind.BLOCKED: "blocked",
    TraceKind.STARVED: "starved",
    TraceKind.SET_UP_BEGAN: "set_up",
}


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """Where one station stands in its trace.

    `state` is one of ours, as text; `worked_ns` is what it has worked on the cycle under way, up
    to `since_ns`; `failing` says since when each failure mode holds.
    """

    state: str = "idle"
    in_cycle: bool = False
    worked_ns: int = 0
    since_ns: int = 0
    failing: Mapping[str, int] = {}


def follow(
    track: Track, station: Address, modes: Sequence[str], trace: Sequence[Trace]
) -> tuple[Track, tuple[Happening, ...]]:
    """Return what happened at a station, and where it stands afterwards.

    Parameters
    ----------
    track
        Where it stood.
    station
        The station; other places in the trace are passed over, but for the line's working time.
    modes
        Its failure modes, in the order of the plant file.
    trace
        What the kernel noted, in order of time.

    Returns
    -------
    tuple
        The new track, and what happened in order of time. States that last no time are among
        it: the last one of an instant is what holds.

    Notes
    -----
    A cycle's time is the time worked on it: repairs in the middle of it do not count.
    """
    following = _Following(track, station, modes)
    for one in trace:
        if one.element == station:
            following.at_station(one)
        elif one.kind == TraceKind.CALENDAR and one.value == 0.0 and following.state == "starved":
            following.change(one.t_ns, "idle")
    return following.track(), tuple(following.found)


class _Following:
    def __init__(self, track: Track, station: Address, modes: Sequence[str]) -> None:
        self.station = station
        self.modes = modes
        self.state, self.in_cycle = track.state, track.in_cycle
        self.worked_ns, self.since_ns = track.worked_ns, track.since_ns
        self.failing = dict(track.failing)
        self.found: list[Happening] = []

    def track(self) -> Track:
        return Track(
            state=self.state,
            in_cycle=self.in_cycle,
            worked_ns=self.worked_ns,
            since_ns=self.since_ns,
            failing=self.failing,
        )

    def say(self, t_ns: int, what: What, value: float | str) -> None:
        self.found.append(Happening(t_ns=t_ns, station=self.station, what=what, value=value))

    def change(self, t_ns: int, state: str) -> None:
        """Let another state hold, and account for the work done until now."""
        if self.state == "running" and self.in_cycle:
            self.worked_ns += t_ns - self.since_ns
        self.since_ns = t_ns
        if state != self.state:
            self.state = state
            self.say(t_ns, "state", state)

    def at_station(self, one: Trace) -> None:
        """Take one event of the station."""
        t_ns = one.t_ns
        match one.kind:
            case TraceKind.BEGAN:
                self.change(t_ns, "running")
                self.in_cycle, self.worked_ns = True, 0
            case TraceKind.ENDED:
                self.end(t_ns, one.value)
            case TraceKind.FAILED:
                self.change(t_ns, "down")
                self.failing = {self.mode(one.value): t_ns}
                self.say(t_ns, "failing", self.mode(one.value))
            case TraceKind.REPAIRED:
                self.failing = {}
                self.say(t_ns, "failing", "")
                self.change(t_ns, "running" if self.in_cycle else "idle")
            case TraceKind.SET_UP_ENDED if self.state == "set_up":
                self.change(t_ns, "idle")
            case TraceKind.RENEWED:
                self.say(t_ns, "renewed", one.value)
            case kind if kind in _STATES:
                self.change(t_ns, _STATES[kind])

    def end(self, t_ns: int, good: float) -> None:
        """Take the end of a cycle; until something else is said the station then stands idle."""
        self.change(t_ns, "idle")
        self.say(t_ns, "ended", self.worked_ns / NS_PER_S)
        self.say(t_ns, "good" if good > 0.0 else "bad", max(1.0, good))
        self.in_cycle = False

    def mode(self, number: float) -> str:
        index = round(number)
        return self.modes[index] if 0 <= index < len(self.modes) else ""
