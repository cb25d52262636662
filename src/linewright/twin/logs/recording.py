"""From an event log to records, as a connected machine would have sent them."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from linewright.plant import Address, suggest_name
from linewright.plant.records import How, Parts, State, StationState
from linewright.twin.logs.rows import EventRow, Transition
from linewright.twin.logs.spreadsheet import LogInvalid

__all__ = ["places_from", "records_of"]

ROWS_MAX = 10_000_000
"""Rows put in the order of time at once."""

UNITS_MAX = 1000
"""Units that one record names."""

RANK: Mapping[Transition, int] = {
    Transition.COMPLETE: 0,
    Transition.SUSPEND: 1,
    Transition.RESUME: 2,
    Transition.START: 3,
}
"""Order of what happens at one instant: what ends makes room for what starts."""

NS = 10**9


class _UnderWay:
    """Activities of one station that have started and not ended."""

    def __init__(self) -> None:
        self.began: dict[tuple[str, str], int] = {}
        self.since: dict[tuple[str, str], int] = {}
        self.worked: dict[tuple[str, str], int] = {}
        self.suspended: set[tuple[str, str]] = set()

    def state(self) -> StationState:
        if len(self.since) > len(self.suspended):
            return StationState.RUNNING
        return StationState.DOWN if self.suspended else StationState.IDLE


def places_from(rows: Iterable[EventRow], within: Address | str) -> dict[str, Address]:
    """Return an address for each resource of a log: its own, or one below a line.

    Parameters
    ----------
    rows
        The log.
    within
        Line or work centre to which resources belong that are no addresses.

    Raises
    ------
    LogInvalid
        When two resources would be called the same.

    Examples
    --------
    >>> one = EventRow(case="7", activity="mill", resource="Machine 4", t_ns=0)
    >>> places_from([one], "reno/shop/pump")
    {'Machine 4': Address('reno/shop/pump/machine_4')}
    """
    line = Address(within)
    places: dict[str, Address] = {}
    for row in rows:
        if row.resource in places:
            continue
        is_ours = row.resource.startswith(f"{line}/")
        place = Address(row.resource if is_ours else f"{line}/{suggest_name(row.resource)}")
        if place in places.values():
            what = f"`{row.resource}` and another resource would both be {place}"
            raise LogInvalid("event log", what, "rename one of them")
        places[row.resource] = place
    return places


def records_of(
    rows: Iterable[EventRow],
    places: Mapping[str, Address],
    *,
    plant_rev: str = "log",
    source: str = "log",
) -> Iterator[State | Parts]:
    """Yield states and parts, in the order of time, for calibration or history.

    Parameters
    ----------
    rows
        The log, in any order.
    places
        Address of each resource; what has none is left out.
    plant_rev, source
        Of the records.

    Raises
    ------
    LogInvalid
        When the log has more rows than can be put in order.

    Notes
    -----
    A station runs while anything is under way there that is not suspended; it is down while all
    of it is; else idle: a log does not say whether it starved. The time of a cycle is what was
    worked, without suspensions. Parts that end at one station at one instant are one record. A
    log without starts gives parts only. Cost: n log n in the rows, all of which are held.

    Examples
    --------
    >>> mill = Address("a/b/c/mill")
    >>> log = [EventRow(case="7", activity="cut", resource="M", t_ns=60 * k, transition=what)
    ...     for k, what in ((1, Transition.START), (2, Transition.COMPLETE))]
    >>> [each.state.value for each in records_of(log, {"M": mill}) if isinstance(each, State)]
    ['running', 'idle']
    """
    held: list[EventRow] = []
    for row in rows:
        if row.resource in places:
            held.append(row)
        if len(held) > ROWS_MAX:
            raise LogInvalid("event log", f"more than {ROWS_MAX:,} rows", "read it in pieces")
    held.sort(key=lambda row: (row.t_ns, row.resource, RANK[row.transition]))
    under_way: dict[str, _UnderWay] = {}
    shown: dict[str, StationState] = {}
    position = 0
    while position < len(held):
        first = held[position]
        end = position
        while end < len(held) and _same(held[end], first):
            end += 1
        now = under_way.setdefault(first.resource, _UnderWay())
        parts, operations = _played(held[position:end], now)
        blank = State(
            address=places[first.resource],
            t_ns=first.t_ns,
            seen_ns=first.t_ns,
            plant_rev=plant_rev,
            how=How.IMPORT,
            source=source,
            state=now.state(),
        )
        yield from _parts_of(blank, parts, operations)
        if shown.get(first.resource, StationState.IDLE) != blank.state:
            shown[first.resource] = blank.state
            yield blank
        position = end


def _same(row: EventRow, first: EventRow) -> bool:
    return row.t_ns == first.t_ns and row.resource == first.resource


class _Ended(msgspec.Struct, frozen=True):
    """An activity that has ended: the part, whether it is good, and how long was worked."""

    case: str
    good: bool
    worked_ns: int | None


def _played(
    rows: Iterable[EventRow], now: _UnderWay
) -> tuple[dict[str, list[_Ended]], dict[str, int]]:
    """Play what happens at one station at one instant; return what ended, by activity."""
    ended: dict[str, list[_Ended]] = {}
    since: dict[str, int] = {}
    for row in _in_order(rows, now):
        key = (row.case, row.activity)
        if row.transition == Transition.START:
            now.began[key] = now.since[key] = row.t_ns
            now.worked[key] = 0
            now.suspended.discard(key)
        elif row.transition == Transition.SUSPEND and key in now.since.keys() - now.suspended:
            now.worked[key] += row.t_ns - now.since[key]
            now.suspended.add(key)
        elif row.transition == Transition.RESUME and key in now.suspended:
            now.since[key] = row.t_ns
            now.suspended.discard(key)
        elif row.transition == Transition.COMPLETE:
            worked = None
            if key in now.since:
                resumed, began = now.since.pop(key), now.began.pop(key)
                worked = now.worked.pop(key) + (0 if key in now.suspended else row.t_ns - resumed)
                since[row.activity] = min(since.get(row.activity, began), began)
            now.suspended.discard(key)
            ended.setdefault(row.activity, []).append(_Ended(row.case, row.good, worked))
    return ended, since


def _in_order(rows: Iterable[EventRow], now: _UnderWay) -> list[EventRow]:
    """Return the rows of one instant; what starts and ends in it starts first."""
    held = list(rows)
    opened = {(row.case, row.activity) for row in held if row.transition == Transition.START}
    at_once = opened - now.since.keys()
    return sorted(
        held,
        key=lambda row: (
            row.transition == Transition.COMPLETE and (row.case, row.activity) in at_once
        ),
    )


def _parts_of(
    blank: State, ended: Mapping[str, list[_Ended]], since: Mapping[str, int]
) -> Iterator[Parts]:
    for activity, parts in ended.items():
        worked = [one.worked_ns for one in parts if one.worked_ns is not None]
        yield Parts(
            address=blank.address,
            t_ns=blank.t_ns,
            seen_ns=blank.seen_ns,
            plant_rev=blank.plant_rev,
            how=blank.how,
            source=blank.source,
            from_ns=since.get(activity),
            good=sum(one.good for one in parts),
            scrap=sum(not one.good for one in parts),
            operation=activity[:128],
            units=tuple(dict.fromkeys(one.case[:128] for one in parts))[:UNITS_MAX],
            cycle_s=sum(worked) / len(worked) / NS if worked else None,
        )
