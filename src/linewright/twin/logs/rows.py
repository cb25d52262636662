"""An event log: what happened to which part where and when, one row an event."""

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from linewright.plant import Address
from linewright.plant.records import Trace, TraceKind
from linewright.twin.logs.trail import Step, followed

__all__ = ["EventRow", "Transition", "activities_of", "rows_of"]

STOPS = frozenset({TraceKind.FAILED, TraceKind.STANDS})
"""Kinds of events after which a cycle under way does not go on for a while."""

UNNAMED = "part-"
"""How the names begin that parts get here, where the trace has none."""


class Transition(enum.StrEnum):
    """What happens to an activity, in the words of XES (IEEE 1849, lifecycle extension).

    Examples
    --------
    >>> Transition("start")
    <Transition.START: 'start'>
    """

    START = "start"
    SUSPEND = "suspend"
    RESUME = "resume"
    COMPLETE = "complete"


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a log.

    Parameters
    ----------
    case
        The part, lot or order.
    activity
        What is done.
    resource
        Where, or by whom.
    t_ns
        When.
    transition
        Start, suspend, resume or complete; `complete` where a log tells nothing else.
    good
        Of a completed activity: whether the part is good.
    """

    case: str
    activity: str
    resource: str
    t_ns: int
    transition: Transition = Transition.COMPLETE
    good: bool = True


def rows_of(
    stations: Sequence[Address],
    events: Iterable[Trace],
    activities: Mapping[Address, str] | None = None,
) -> Iterator[EventRow]:
    """Yield the event log of a trace.

    Parameters
    ----------
    stations
        Of the line, in the order of the flow.
    events
        A trace, oldest first.
    activities
        What each station does; where it is not told, the station's own name.

    Notes
    -----
    A cycle is suspended when its station fails or stands, and resumed when it goes on. Cost:
    linear in the events; memory in the parts inside.

    Examples
    --------
    >>> mill = Address("a/b/c/mill")
    >>> kinds = (TraceKind.CREATED, TraceKind.BEGAN, TraceKind.ENDED, TraceKind.SHIPPED)
    >>> trace = [Trace(t_ns=k, kind=kind, element=mill, value=1.0) for k, kind in enumerate(kinds)]
    >>> [(row.case, row.transition.value) for row in rows_of((mill,), trace)]
    [('part-1', 'start'), ('part-1', 'complete')]
    """
    named = activities or {}
    under_way: dict[Address, dict[str, bool]] = {}
    for step in followed(stations, events):
        activity = named.get(step.element, step.element.name)
        for unit, transition, good in _transitions(step, under_way):
            yield EventRow(
                case=unit,
                activity=activity,
                resource=str(step.element),
                t_ns=step.t_ns,
                transition=transition,
                good=good,
            )


def activities_of(does: Mapping[Address, Sequence[str]]) -> dict[Address, str]:
    """Return the name of what each station does: its operations, joined.

    Examples
    --------
    >>> activities_of({Address("a/b/c/mill"): ["mill", "deburr"]})
    {Address('a/b/c/mill'): 'mill + deburr'}
    """
    return {place: " + ".join(names) or place.name for place, names in does.items()}


def _transitions(
    step: Step, under_way: dict[Address, dict[str, bool]]
) -> Iterator[tuple[str, Transition, bool]]:
    """Yield what an event is for the cycles under way at its place: each works, or does not."""
    units = under_way.setdefault(step.element, {})
    if step.kind == TraceKind.BEGAN:
        units[step.unit] = True
        yield step.unit, Transition.START, True
    elif step.kind == TraceKind.ENDED:
        units.pop(step.unit, None)
        yield step.unit, Transition.COMPLETE, step.value > 0.0
    elif step.kind in STOPS or step.kind == TraceKind.GOES_ON:
        goes_on = step.kind == TraceKind.GOES_ON
        for unit, works in units.items():
            concerned = unit == step.unit or (not step.unit and unit.startswith(UNNAMED))
            if concerned and works != goes_on:
                units[unit] = goes_on
                yield unit, Transition.RESUME if goes_on else Transition.SUSPEND, True
