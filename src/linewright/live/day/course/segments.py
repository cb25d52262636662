"""What the machine said, stretch by stretch: states, silence, and the runs that they make."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from linewright.live.day.plan import StationPlan
from linewright.live.day.records import StationBook
from linewright.plant.records import Gap, Quality, Reason, State, StationState

__all__ = ["SILENT", "Kind", "Run", "Segment", "by_run", "extents_of", "runs_of", "segments_of"]

Kind = Literal["running", "stop", "planned_stop", "set_up", "blocked", "starved", "unknown"]
"""What a station does, with all that stands still without saying more as one: `stop`."""

SILENT = int(Quality.BAD | Quality.STALE)
_BAD = int(Quality.BAD)
_KINDS: dict[StationState, Kind] = {
    StationState.RUNNING: "running",
    StationState.IDLE: "stop",
    StationState.DOWN: "stop",
    StationState.OFF: "stop",
    StationState.PLANNED_STOP: "planned_stop",
    StationState.SET_UP: "set_up",
    StationState.BLOCKED: "blocked",
    StationState.STARVED: "starved",
    StationState.UNKNOWN: "unknown",
}


class Segment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A stretch under one state record, or of silence; `origin_ns` is when its record begins."""

    start_ns: int
    end_ns: int
    state: StationState
    code: str = ""
    record: str = ""
    origin_ns: int = 0
    quality: int = 0


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Segments of one kind, side by side."""

    kind: Kind
    start_ns: int
    end_ns: int
    segments: tuple[Segment, ...]


def segments_of(plan: StationPlan, book: StationBook, until_ns: int) -> Iterator[Segment]:
    """States from the first to the time heard until, with the gaps cut out."""
    told = [each.t_ns for each in book.reasons if each.until_ns is not None]
    first_ns = min([each.t_ns for each in book.states[:1]] + told, default=until_ns)
    gaps = _gaps(plan, book.gaps)
    k = 0
    for held in _held(book.states, first_ns, until_ns):
        at_ns = held.start_ns
        while k > 0 and gaps[k - 1][1] > at_ns:
            k -= 1
        while at_ns < held.end_ns:
            while k < len(gaps) and gaps[k][1] <= at_ns:
                k += 1
            if k == len(gaps) or gaps[k][0] >= held.end_ns:
                yield msgspec.structs.replace(held, start_ns=at_ns)
                break
            start_ns, end_ns, gap = gaps[k]
            if start_ns > at_ns:
                yield msgspec.structs.replace(held, start_ns=at_ns, end_ns=start_ns)
            at_ns, before_ns = min(end_ns, held.end_ns), max(start_ns, at_ns)
            yield Segment(
                start_ns=before_ns,
                end_ns=at_ns,
                state=StationState.UNKNOWN,
                record=gap.id,
                origin_ns=gap.t_ns,
                quality=SILENT,
            )


def _held(states: Sequence[State], first_ns: int, until_ns: int) -> Iterator[Segment]:
    """Each state with the time that it holds; unknown before the first."""
    begins_ns = states[0].t_ns if states else until_ns
    if first_ns < begins_ns:
        yield Segment(
            start_ns=first_ns,
            end_ns=begins_ns,
            state=StationState.UNKNOWN,
            origin_ns=first_ns,
            quality=SILENT,
        )
    for k, each in enumerate(states):
        end_ns = states[k + 1].t_ns if k + 1 < len(states) else until_ns
        if each.t_ns < end_ns:
            bad = each.quality & _BAD
            yield Segment(
                start_ns=each.t_ns,
                end_ns=end_ns,
                state=StationState.UNKNOWN if bad else each.state,
                code=each.reason or "",
                record=each.id,
                origin_ns=each.t_ns,
                quality=each.quality,
            )


def _gaps(plan: StationPlan, gaps: Sequence[Gap]) -> list[tuple[int, int, Gap]]:
    """Gaps in what tells the state, in order and without overlap."""
    found: list[tuple[int, int, Gap]] = []
    for gap in gaps:
        start_ns = max(gap.t_ns, found[-1][1]) if found else gap.t_ns
        if start_ns < gap.until_ns and not gap.filled and _concerns(plan, gap):
            found.append((start_ns, gap.until_ns, gap))
    return found


def _concerns(plan: StationPlan, gap: Gap) -> bool:
    """Whether a gap is one in the state of the station, not in some other tag of it."""
    if gap.tags:
        return plan.state_tag in gap.tags
    return gap.of_source not in plan.other_sources


def runs_of(segments: Sequence[Segment]) -> Iterator[Run]:
    """Yield the segments of one kind, side by side, together."""
    start = 0
    for k in range(1, len(segments) + 1):
        kind = _KINDS[segments[start].state]
        if k == len(segments) or _KINDS[segments[k].state] != kind:
            chosen = tuple(segments[start:k])
            yield Run(
                kind=kind,
                start_ns=chosen[0].start_ns,
                end_ns=chosen[-1].end_ns,
                segments=chosen,
            )
            start = k


def extents_of(
    reasons: Sequence[Reason], runs: Sequence[Run], until_ns: int
) -> Iterator[tuple[int, int, Reason]]:
    """Each reason with its stretch; without an end it reaches to where the station runs again."""
    starts = [each.start_ns for each in runs]
    for reason in reasons:
        end_ns = reason.until_ns
        if end_ns is None:
            k = bisect_right(starts, reason.t_ns) - 1
            if k < 0 or reason.t_ns >= until_ns or runs[k].kind == "running":
                continue
            end_ns = runs[k].end_ns
        if reason.t_ns < end_ns:
            yield reason.t_ns, end_ns, reason


def by_run(
    reasons: Sequence[tuple[int, int, Reason]], runs: Sequence[Run]
) -> list[list[tuple[int, int, Reason]]]:
    """For each run the reasons that overlap it, the last given last; none for production."""
    found: list[list[tuple[int, int, Reason]]] = [[] for _ in runs]
    ends = [each.end_ns for each in runs]
    for one in reasons:
        k = bisect_right(ends, one[0])
        while k < len(runs) and runs[k].start_ns < one[1]:
            if runs[k].kind != "running":
                found[k].append(one)
            k += 1
    return found
