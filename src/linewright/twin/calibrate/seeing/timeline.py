"""What one station did, stretch by stretch, as far as its records can be believed.

What cannot have been is not guessed at: the stretch becomes unknown and is counted. Rules:

- A state holds until the next record of a state. In a gap, and after it until the next state,
  nothing is known.
- Running told twice in a row: what stood between is missing. The time from the last counted
  part to the second record is unknown. A source that tells states again as a habit (more than
  `HABIT` of its records) is believed.
- A part counted in the middle of a stop: a record is missing, and the stop is unknown.
- A station that counts its parts when it stops for want of a part or of room, and once does not:
  the time from its last part to the stop is unknown.
- A counter tells its reading: where the readings say that more parts came than were told, the
  parts are counted in; where it was set back, the count before it is unknown.
"""

import bisect
import itertools
from collections.abc import Sequence

import msgspec

from linewright.plant.model import FrozenMap, Station
from linewright.plant.records import Parts, Reason, Severity, State, StationState, severity
from linewright.twin.calibrate.seeing.reading import Heard

__all__ = ["NS", "Made", "Stretch", "Timeline", "timeline"]

NS = 10**9
HABIT = 0.2
"""Share of repeated states from which on repeating is a habit and not a loss."""
TOLERANCE = 0.1
"""Of a usual cycle: how far a counted part may stand from the change of state it goes with."""
TOLERANCE_MAX_NS = 2 * NS
IN_STEP = 0.8
"""Share of stops that begin with a counted part, from which on a stop without one is a loss."""
STOPS_LEAST = 10
WAITS = (StationState.STARVED, StationState.BLOCKED)


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which a station was in one state."""

    since_ns: int
    until_ns: int
    state: StationState
    code: str = ""
    """Reason, where one was told."""

    @property
    def seconds(self) -> float:
        """How long it lasted."""
        return (self.until_ns - self.since_ns) / NS


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """Parts that were counted at one moment."""

    t_ns: int
    since_ns: int | None
    """When the cycles that made them began to be counted; None: at the count before."""
    whole: bool = True
    """Whether every part since then is counted."""
    good: int = 0
    scrap: int = 0
    rework: int = 0
    cycle_s: float | None = None
    operation: str = ""

    @property
    def parts(self) -> int:
        """Parts of all kinds."""
        return self.good + self.scrap + self.rework


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """What one station did, and what was left out of it."""

    stretches: tuple[Stretch, ...]
    made: tuple[Made, ...]
    left: FrozenMap[str, int]
    gaps: tuple[tuple[int, int], ...] = ()
    """Times without data."""
    reads: bool = False
    """Whether counters tell their reading, so that parts made in a gap are counted after it."""


def timeline(said: Heard, station: Station, until_ns: int) -> Timeline:
    """Return what a station did until a time.

    Parameters
    ----------
    said
        Its records; what was left out of them is counted there.
    station
        As the plant file has it.
    until_ns
        Later records are not read.
    """
    usual = min((one.expected_s for one in station.does.values()), default=1.0)
    tolerance_ns = min(TOLERANCE_MAX_NS, round(usual * TOLERANCE * NS))
    made = _made([one for one in said.parts if one.t_ns <= until_ns], said)
    states = _states([one for one in said.states if one.t_ns < until_ns], made, said, until_ns)
    told = _in_gaps(states, said.gaps, said)
    told = _stops(told, made, tolerance_ns, said)
    return Timeline(
        stretches=tuple(told),
        made=tuple(made),
        left=FrozenMap({what: count for what, count in sorted(said.left.items()) if count}),
        gaps=tuple(sorted(said.gaps)),
        reads=any(one.reading is not None for one in said.parts),
    )


def _made(parts: Sequence[Parts], said: Heard) -> list[Made]:
    """Return the counts by time, counts of one moment together, holes in the counters mended."""
    found: list[Made] = []
    before: dict[str, Parts] = {}
    several = len({one.counter for one in parts}) > 1
    for one in parts:
        last = before.get(one.counter or "")
        each = _count(one, last, said, several=several)
        before[one.counter or ""] = one
        if not each.whole and last is not None:
            _doubt(found, last.t_ns)
        if found and found[-1].t_ns == each.t_ns:
            each = _together(found.pop(), each)
        if each.parts:
            found.append(each)
    return found


def _doubt(made: list[Made], since_ns: int) -> None:
    """Mark the counts after a time: another counter lost parts, nobody knows between which."""
    for k in range(len(made) - 1, -1, -1):
        if made[k].t_ns <= since_ns:
            return
        made[k] = msgspec.structs.replace(made[k], whole=False)


def _count(one: Parts, before: Parts | None, said: Heard, *, several: bool) -> Made:
    good, scrap, rework, whole = one.good, one.scrap, one.rework, True
    since_ns = one.from_ns if before is None and not several else None
    if one.restarted:
        said.left["counters set back: the count before is unknown"] += 1
        whole = False
    elif before is not None and one.reading is not None and before.reading is not None:
        lost = one.reading - before.reading - (good + scrap + rework)
        if lost > 0:
            said.left["parts told by the counter's reading alone"] += lost
            good, scrap, rework = _more(lost, good, scrap, rework)
            whole = not several
    elif before is not None and one.from_ns is not None and one.from_ns > before.t_ns:
        said.left["counts that begin after the last one: parts may be missing"] += 1
        since_ns = None if several else one.from_ns
        whole = not several
    return Made(
        t_ns=one.t_ns,
        since_ns=since_ns,
        whole=whole,
        good=good,
        scrap=scrap,
        rework=rework,
        cycle_s=one.cycle_s,
        operation=one.operation or "",
    )


def _more(lost: int, good: int, scrap: int, rework: int) -> tuple[int, int, int]:
    """Return counts with the lost parts added to the kind that this counter counts."""
    if scrap and not good:
        return good, scrap + lost, rework
    if rework and not good:
        return good, scrap, rework + lost
    return good + lost, scrap, rework


def _together(one: Made, other: Made) -> Made:
    return msgspec.structs.replace(
        one,
        whole=one.whole and other.whole,
        good=one.good + other.good,
        scrap=one.scrap + other.scrap,
        rework=one.rework + other.rework,
        cycle_s=one.cycle_s if other.cycle_s is None else other.cycle_s,
    )


def _states(
    states: Sequence[State], made: Sequence[Made], said: Heard, until_ns: int
) -> list[Stretch]:
    """Return stretches as the records tell them; running told twice is partly unknown."""
    repeated = sum(
        a.state == b.state == StationState.RUNNING for a, b in itertools.pairwise(states)
    )
    habit = repeated > HABIT * max(1, len(states))
    if habit:
        said.left["states told again, as this source does"] += repeated
    codes = _codes(said)
    loose = [one for one in said.reasons if not one.states]
    found: list[Stretch] = []
    counts = iter(made)
    count = next(counts, None)
    for k, one in enumerate(states):
        end_ns = states[k + 1].t_ns if k + 1 < len(states) else until_ns
        last_ns = one.t_ns
        while count is not None and count.t_ns <= end_ns:
            last_ns = max(last_ns, count.t_ns)
            count = next(counts, None)
        known = severity(one.quality) is not Severity.BAD
        state = one.state if known else StationState.UNKNOWN
        again = k + 1 < len(states) and states[k + 1].state == one.state == StationState.RUNNING
        if again and not habit:
            said.left["running told twice: what stood between is missing"] += 1
            end_ns = last_ns
        code = one.reason or codes.get(one.id or "", "") or _code_at(loose, one.t_ns, end_ns)
        _add(found, one.t_ns, end_ns, state, code)
        if again and not habit:
            _add(found, last_ns, states[k + 1].t_ns, StationState.UNKNOWN, "")
    return found


def _add(
    found: list[Stretch], since_ns: int, until_ns: int, state: StationState, code: str
) -> None:
    """Add a stretch; one that goes on the same joins the last one."""
    if until_ns <= since_ns:
        return
    if found and (found[-1].state, found[-1].until_ns) == (state, since_ns):
        last = found[-1]
        if not code or not last.code or code == last.code:
            code = last.code or code
            since_ns = found.pop().since_ns
    found.append(Stretch(since_ns=since_ns, until_ns=until_ns, state=state, code=code))


def _codes(said: Heard) -> dict[str, str]:
    return {each: reason.code for reason in said.reasons for each in reason.states}


def _code_at(loose: Sequence[Reason], since_ns: int, until_ns: int) -> str:
    """Return the first reason that speaks of a stretch by its time alone."""
    k = bisect.bisect_left(loose, since_ns, key=lambda one: one.t_ns)
    return loose[k].code if k < len(loose) and loose[k].t_ns < until_ns else ""


def _in_gaps(
    stretches: Sequence[Stretch], gaps: Sequence[tuple[int, int]], said: Heard
) -> list[Stretch]:
    """Return stretches with what lies in a gap unknown, and what a gap has cut from there on."""
    if not gaps:
        return list(stretches)
    said.left["gaps: nothing is known in them, nor after them until the next state"] += len(gaps)
    found: list[Stretch] = []
    for one in stretches:
        inside = [gap for gap in gaps if gap[0] < one.until_ns and gap[1] > one.since_ns]
        cut_ns = max(one.since_ns, min((gap[0] for gap in inside), default=one.until_ns))
        _add(found, one.since_ns, cut_ns, one.state, one.code)
        _add(found, cut_ns, one.until_ns, StationState.UNKNOWN, "")
    return found


def _stops(
    stretches: Sequence[Stretch], made: Sequence[Made], tolerance_ns: int, said: Heard
) -> list[Stretch]:
    """Return stretches without stops in which parts came, nor running that ended without one."""
    times = [one.t_ns for one in made]
    at = 0
    inside: list[tuple[int, int]] = []
    for one in stretches:
        while at < len(times) and times[at] <= one.since_ns - tolerance_ns:
            at += 1
        first = at
        while at < len(times) and times[at] <= one.until_ns:
            at += 1
        inside.append((first, at))
        at = first
    usual, in_step = _in_step(stretches, times, inside, tolerance_ns)
    found: list[Stretch] = []
    for k, one in enumerate(stretches):
        mine = times[inside[k][0] : inside[k][1]]
        state, cut_ns = one.state, one.until_ns
        end_ns = one.until_ns + 1 if usual else one.until_ns - tolerance_ns
        late = [t for t in mine if one.since_ns + tolerance_ns < t < end_ns]
        if late and state not in (StationState.RUNNING, StationState.UNKNOWN):
            said.left["parts counted in a stop: a state is missing, the stop is unknown"] += 1
            cut_ns = one.since_ns + (state is StationState.DOWN)  # that it failed is known
        if k in in_step:
            said.left["running that ended without its part: a state is missing"] += 1
            cut_ns = max([one.since_ns, *(t for t in mine if t <= one.until_ns)])
        _add(found, one.since_ns, cut_ns, state, one.code)
        _add(found, cut_ns, one.until_ns, StationState.UNKNOWN, "")
    return found


def _in_step(
    stretches: Sequence[Stretch],
    times: Sequence[int],
    inside: Sequence[tuple[int, int]],
    tolerance_ns: int,
) -> tuple[bool, set[int]]:
    """Return whether stops begin with a part, and which running then ended without its own."""
    without: set[int] = set()
    stops = 0
    for k, (one, after) in enumerate(itertools.pairwise(stretches)):
        if one.state is not StationState.RUNNING or after.state not in WAITS:
            continue
        stops += 1
        near = times[inside[k + 1][0] : inside[k + 1][1]]
        if not near or near[0] > after.since_ns + tolerance_ns:
            without.add(k)
    usual = stops >= STOPS_LEAST and len(without) <= (1.0 - IN_STEP) * stops
    return usual, without if usual else set()
