"""Why a station stood: each run without production cut into parts of one cause, and booked."""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from linewright.live.day.course.segments import Kind, Run, Segment
from linewright.live.day.course.working import Hours
from linewright.live.day.plan import StationPlan
from linewright.plant.kpi import TimeCategory
from linewright.plant.records import Reason, StationState

__all__ = ["Piece", "pieces_of"]

BOOKED: dict[Kind, TimeCategory] = {
    "running": TimeCategory.PRODUCING,
    "stop": TimeCategory.NO_REASON,
    "planned_stop": TimeCategory.MAINTENANCE,
    "set_up": TimeCategory.SET_UP,
    "blocked": TimeCategory.BLOCKED,
    "starved": TimeCategory.STARVED,
    "unknown": TimeCategory.UNKNOWN,
}
"""Where it is booked when nobody says why. A planned stop of which the machine does not say what
for is maintenance."""


class Piece(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A stretch of a station in one state and for one cause, before the calendar is laid over.

    Parameters
    ----------
    state, kind
        What the machine said.
    did
        Where the station's own doing is booked.
    code, by
        The reason in force: the code, and whether a person or the machine gave it.
    reason
        Id of the person's reason record.
    stop
        Id of the downtime event it belongs to; empty: of none.
    run_start_ns, run_end_ns
        The whole stretch without production, or with it, that it is a part of.
    """

    start_ns: int
    end_ns: int
    state: StationState
    kind: Kind
    did: TimeCategory
    code: str = ""
    by: Literal["person", "machine", ""] = ""
    reason: str = ""
    record: str = ""
    stop: str = ""
    quality: int = 0
    run_start_ns: int
    run_end_ns: int


class _Group(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a run with one cause."""

    start_ns: int
    end_ns: int
    did: TimeCategory
    code: str = ""
    by: Literal["person", "machine", ""] = ""
    reason: str = ""
    counts: bool = True


def pieces_of(
    plan: StationPlan,
    run: Run,
    covers: Sequence[tuple[int, int, Reason]],
    hours: Hours,
    before: Piece | None,
) -> Iterator[Piece]:
    """Pieces of a run; what one reason explains goes on in the next run as the same event."""
    groups: list[_Group] = []
    if run.kind == "running":
        groups.append(
            _Group(start_ns=run.start_ns, end_ns=run.end_ns, did=BOOKED["running"], counts=False)
        )
    else:
        for start_ns, end_ns, is_on in hours.parts(run.start_ns, run.end_ns):
            groups += _causes(plan, run, covers, (start_ns, end_ns, is_on), hours)
    k = 0
    for group in _bridged(groups):
        while run.segments[k].end_ns <= group.start_ns:
            k += 1
        first = run.segments[k]
        stop = _stop_id(first, group.start_ns) if group.counts else ""
        if stop and before is not None and before.stop and group.reason == before.reason != "":
            stop = before.stop
        before = None
        for segment in run.segments[k:]:
            if segment.start_ns >= group.end_ns:
                break
            yield Piece(
                start_ns=max(segment.start_ns, group.start_ns),
                end_ns=min(segment.end_ns, group.end_ns),
                state=segment.state,
                kind=run.kind,
                did=group.did,
                code=group.code,
                by=group.by,
                reason=group.reason,
                record=segment.record,
                stop=stop,
                quality=segment.quality,
                run_start_ns=run.start_ns,
                run_end_ns=run.end_ns,
            )


def _stop_id(first: Segment, start_ns: int) -> str:
    """Id of a downtime event: of the record it begins in, and how far behind its beginning."""
    name = first.record or "unknown"
    origin_ns = first.origin_ns if first.record else 0
    return name if start_ns == origin_ns else f"{name}-{start_ns - origin_ns}"


def _causes(
    plan: StationPlan,
    run: Run,
    covers: Sequence[tuple[int, int, Reason]],
    part: tuple[int, int, bool],
    hours: Hours,
) -> Iterator[_Group]:
    """Split one part of a run, inside or outside operation, by cause.

    A person's word holds; then what the machine says; a stop of which nobody says anything is a
    micro-stop if its working time is below the threshold.
    """
    start_ns, end_ns, is_on = part
    covered = list(_covered(covers, start_ns, end_ns))
    booked = BOOKED[run.kind]
    for from_ns, until_ns, reason in covered:
        worked_ns = hours.worked_ns(from_ns, until_ns)
        if reason is not None:
            meaning = plan.meaning(reason.code)
            yield _Group(
                start_ns=from_ns,
                end_ns=until_ns,
                did=plan.category(reason.code),
                code=reason.code if meaning is None else meaning.code,
                by="person",
                reason=reason.id,
                counts=worked_ns > 0,
            )
            continue
        is_micro = run.kind == "stop" and len(covered) == 1 and worked_ns < plan.micro_stop_ns
        for at_ns, to_ns, said in _told(run, from_ns, until_ns, is_whole=is_micro):
            meaning = plan.meaning(said)
            code = said if meaning is None else meaning.code
            did = plan.category(code) if code else booked
            yield _Group(
                start_ns=at_ns,
                end_ns=to_ns,
                did=TimeCategory.MICRO_STOP if is_micro and is_on else did,
                code=code,
                by="machine" if code else "",
                counts=hours.worked_ns(at_ns, to_ns) > 0,
            )


def _covered(
    covers: Sequence[tuple[int, int, Reason]], start_ns: int, end_ns: int
) -> Iterator[tuple[int, int, Reason | None]]:
    """Cut a stretch by the reasons over it; of several the last given holds."""
    inside = [one for one in covers if one[0] < end_ns and one[1] > start_ns]
    if not inside:
        yield start_ns, end_ns, None
        return
    edges = {start_ns, end_ns}
    for from_ns, until_ns, _ in inside:
        edges |= {max(from_ns, start_ns), min(until_ns, end_ns)}
    cuts = sorted(edges)
    begun_ns, held = cuts[0], _last(inside, cuts[0])
    for at_ns in cuts[1:-1]:
        now = _last(inside, at_ns)
        if now is not held:
            yield begun_ns, at_ns, held
            begun_ns, held = at_ns, now
    yield begun_ns, end_ns, held


def _last(covers: Sequence[tuple[int, int, Reason]], t_ns: int) -> Reason | None:
    return next((one for a, b, one in reversed(covers) if a <= t_ns < b), None)


def _told(
    run: Run, start_ns: int, end_ns: int, *, is_whole: bool
) -> Iterator[tuple[int, int, str]]:
    """Cut a stretch that no person explained by what the machine says; one word holds for all."""
    if run.kind not in {"stop", "planned_stop"}:
        yield start_ns, end_ns, ""
        return
    inside = [one for one in run.segments if one.start_ns < end_ns and one.end_ns > start_ns]
    codes = [code for code in dict.fromkeys(one.code for one in inside) if code]
    if is_whole or len(codes) <= 1:
        yield start_ns, end_ns, codes[0] if codes else ""
        return
    begun_ns, code = start_ns, inside[0].code
    for one in inside[1:]:
        if one.code != code:
            yield begun_ns, one.start_ns, code
            begun_ns, code = one.start_ns, one.code
    yield begun_ns, end_ns, code


def _bridged(groups: Sequence[_Group]) -> Iterator[_Group]:
    """Let a breakdown that goes on over a closed time be one failure, not two."""
    for k, group in enumerate(groups):
        sides = {each.did for each in (*groups[k - 1 : k], *groups[k + 1 : k + 2])}
        bridges = 0 < k < len(groups) - 1 and sides == {TimeCategory.BREAKDOWN}
        if bridges and not group.counts and not group.reason:
            yield msgspec.structs.replace(group, did=TimeCategory.BREAKDOWN)
        else:
            yield group
