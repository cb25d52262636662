"""What people say of stops: give a reason, change it, split, merge, take back.

Pure: each function looks at a course and returns the `Reason` records to publish. A reason that
no longer holds is named in `replaces` by those that hold instead; undo takes back a whole act by
`void` revisions, so that what it replaced holds again. Time stopped never changes.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from linewright.live.day.course import Course
from linewright.live.day.records import given_reasons
from linewright.live.day.stops import Stop, reason_of, stops
from linewright.plant import Address
from linewright.plant.records import How, Reason, revise

__all__ = ["Entry", "ReasonRefused", "Said", "explain", "merge", "split", "undo"]

LISTED_MAX = 1000
"""Most ids in one list of a reason record."""


class ReasonRefused(ValueError):
    """What was said of a stop makes no sense, why, and what to do.

    Parameters
    ----------
    address
        The station.
    what
        What is wrong, one sentence without a full stop.
    do
        What to do.

    Examples
    --------
    >>> str(ReasonRefused("n/m/b/saw", "there is no stop `x`", "look at the list again"))
    'n/m/b/saw: there is no stop `x`; look at the list again'
    """

    def __init__(self, address: str, what: str, do: str) -> None:
        super().__init__(address, what, do)
        self.address = address
        self.what = what
        self.do = do

    def __str__(self) -> str:
        return f"{self.address}: {self.what}; {self.do}"


class Said(msgspec.Struct, frozen=True):
    """A reason as a person gives it: a code of the station's tree, and words.

    Examples
    --------
    >>> Said("breakdown/mechanical").comment
    ''
    """

    code: str
    comment: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Who says it, when it came in, and through which program.

    Examples
    --------
    >>> Entry(by="p7", seen_ns=5, plant_rev="r1").source
    'server'
    """

    by: str
    seen_ns: int
    plant_rev: str
    source: str = "server"


def explain(course: Course, stop: str, said: Said, entry: Entry) -> tuple[Reason, ...]:
    """Give a stop a reason, or another one than it has.

    Parameters
    ----------
    course
        The station.
    stop
        Id of the stop.
    said
        The reason.
    entry
        Who says it.

    Returns
    -------
    tuple of Reason
        To publish, in this order; none where it has this reason already. A micro-stop that is
        given a reason is one no more. A reason for a stop that goes on holds until it ends.

    Raises
    ------
    ReasonRefused
        There is no such stop, or no such reason.

    Examples
    --------
    >>> from linewright.live.day.plan import StationPlan
    >>> from linewright.live.day.records import StationBook
    >>> from linewright.live.day.course import course_of
    >>> saw = Address("reno/shop/pump/saw")
    >>> course = course_of(StationPlan(address=saw), StationBook(address=saw, version=0))
    >>> try:
    ...     explain(course, "x", Said("jam"), Entry(by="p7", seen_ns=5, plant_rev="r1"))
    ... except ReasonRefused as error:
    ...     error.what
    'there is no stop `x`'
    """
    found = _stop(course, stop)
    return _rewrite(
        course, [(found.start_ns, _open_end(course, found.start_ns, found), said)], (found,), entry
    )


def split(
    course: Course, stop: str, at_ns: int, said: tuple[Said, Said], entry: Entry
) -> tuple[Reason, ...]:
    """Cut a stop in two and give each part its reason.

    Parameters
    ----------
    course
        The station.
    stop
        Id of the stop.
    at_ns
        Where to cut it: inside.
    said
        The reason of the first part and that of the second.
    entry
        Who says it.

    Raises
    ------
    ReasonRefused
        There is no such stop or reason, or the cut lies outside.

    Examples
    --------
    >>> from linewright.live.day.plan import StationPlan
    >>> from linewright.live.day.records import StationBook
    >>> from linewright.live.day.course import course_of
    >>> saw = Address("reno/shop/pump/saw")
    >>> course = course_of(StationPlan(address=saw), StationBook(address=saw, version=0))
    >>> try:
    ...     split(course, "x", 7, (Said("a"), Said("b")), Entry(by="p", seen_ns=5, plant_rev="r"))
    ... except ReasonRefused as error:
    ...     error.do
    'look at the stops again'
    """
    found = _stop(course, stop)
    if not found.start_ns < at_ns < found.end_ns:
        raise ReasonRefused(
            course.plan.address,
            f"the cut at {at_ns} is not inside the stop from {found.start_ns} to {found.end_ns}",
            "cut between its beginning and its end",
        )
    parts = [
        (found.start_ns, at_ns, said[0]),
        (at_ns, _open_end(course, at_ns, found), said[1]),
    ]
    return _rewrite(course, parts, (found,), entry)


def merge(course: Course, chosen: Sequence[str], said: Said, entry: Entry) -> tuple[Reason, ...]:
    """Make several stops one, with one reason.

    Parameters
    ----------
    course
        The station.
    chosen
        Ids of two stops or more, in any order.
    said
        Their reason.
    entry
        Who says it.

    Raises
    ------
    ReasonRefused
        There is no such stop or reason, or the station ran between them.

    Examples
    --------
    >>> from linewright.live.day.plan import StationPlan
    >>> from linewright.live.day.records import StationBook
    >>> from linewright.live.day.course import course_of
    >>> saw = Address("reno/shop/pump/saw")
    >>> course = course_of(StationPlan(address=saw), StationBook(address=saw, version=0))
    >>> try:
    ...     merge(course, ["x"], Said("jam"), Entry(by="p7", seen_ns=5, plant_rev="r1"))
    ... except ReasonRefused as error:
    ...     error.what
    'one stop cannot be merged'
    """
    address = course.plan.address
    if len(set(chosen)) < 2:  # noqa: PLR2004 - two is what "several" begins with
        raise ReasonRefused(address, "one stop cannot be merged", "choose two or more")
    found = sorted((_stop(course, each) for each in set(chosen)), key=lambda each: each.start_ns)
    first, last = found[0], found[-1]
    for piece in course.over(first.start_ns, last.end_ns):
        if piece.kind == "running":
            raise ReasonRefused(
                address,
                f"the station ran from {piece.start_ns} to {piece.end_ns}, between the stops",
                "give each of them its reason",
            )
    between = tuple(
        each
        for each in stops(course, first.start_ns, last.end_ns)
        if first.start_ns <= each.start_ns and each.end_ns <= last.end_ns
    )
    return _rewrite(
        course, [(first.start_ns, _open_end(course, first.start_ns, last), said)], between, entry
    )


def undo(course: Course, stop: str, entry: Entry) -> tuple[Reason, ...]:
    """Take back the act by which a stop got its reason: all that was said in it.

    Parameters
    ----------
    course
        The station.
    stop
        Id of a stop with a person's reason.
    entry
        Who takes it back.

    Returns
    -------
    tuple of Reason
        Revisions that take back, and revisions that say again what was said before. Every stop
        then is as it was before the act. To undo an undo says again what it took back.

    Raises
    ------
    ReasonRefused
        There is no such stop, or no person gave it a reason.

    Examples
    --------
    >>> from linewright.live.day.plan import StationPlan
    >>> from linewright.live.day.records import StationBook
    >>> from linewright.live.day.course import course_of
    >>> saw = Address("reno/shop/pump/saw")
    >>> course = course_of(StationPlan(address=saw), StationBook(address=saw, version=0))
    >>> try:
    ...     undo(course, "x", Entry(by="p7", seen_ns=5, plant_rev="r1"))
    ... except ReasonRefused as error:
    ...     error.what
    'there is no stop `x`'
    """
    held = reason_of(course, _stop(course, stop))
    if held is None:
        raise ReasonRefused(
            course.plan.address,
            f"no person gave stop `{stop}` a reason",
            "there is nothing to undo",
        )
    every = course.book.every_reason
    latest = _latest(every)
    act = [
        one
        for one in latest.values()
        if (one.seen_ns, one.by, one.source) == (held.seen_ns, held.by, held.source)
    ]
    before = _latest(each for each in every if each.seen_ns < held.seen_ns)
    held_before = {each.id for each in given_reasons(before.values())}
    seen_ns = max([entry.seen_ns, *(each.seen_ns + 1 for each in every)])
    touched = dict.fromkeys([each.id for each in act])
    touched |= dict.fromkeys(sorted({name for each in act for name in each.replaces}))
    made = []
    for name in touched:
        now, was = latest.get(name), before.get(name)
        if now is None:
            continue
        if name in held_before and was is not None:
            if now.void or now in act:
                made.append(_again(was, now, seen_ns, entry))
        elif now in act and not now.void:
            made.append(revise(now, seen_ns=seen_ns, how=How.PERSON, by=entry.by, void=True))
    return tuple(made)


def _latest(reasons: Iterable[Reason]) -> dict[str, Reason]:
    """Return the highest revision of each reason."""
    found: dict[str, Reason] = {}
    for each in reasons:
        if each.id not in found or each.rev > found[each.id].rev:
            found[each.id] = each
    return found


def _again(was: Reason, now: Reason, seen_ns: int, entry: Entry) -> Reason:
    """Return the next revision of a reason, that says what an earlier one said."""
    said = msgspec.structs.replace(was, rev=now.rev)
    return revise(said, seen_ns=seen_ns, how=How.PERSON, by=entry.by)


def _stop(course: Course, name: str) -> Stop:
    found = next((each for each in stops(course) if each.id == name), None)
    if found is None:
        what = f"there is no stop `{name}`"
        raise ReasonRefused(course.plan.address, what, "look at the stops again")
    return found


def _open_end(course: Course, start_ns: int, stop: Stop) -> int | None:
    """End for a reason from a time to the end of a stop; None: until the state ends."""
    piece = next(course.over(stop.end_ns - 1, stop.end_ns))
    is_whole = piece.run_end_ns == stop.end_ns and piece.run_start_ns <= start_ns
    return None if is_whole else stop.end_ns


def _rewrite(
    course: Course,
    parts: Sequence[tuple[int, int | None, Said]],
    over: Sequence[Stop],
    entry: Entry,
) -> tuple[Reason, ...]:
    """Put new reasons in place of all that persons said of these stops.

    Where an old reason reaches beyond them, what is left of it is said again.
    """
    start_ns, end_ns = min(each.start_ns for each in over), max(each.end_ns for each in over)
    named = {each.reason for each in over}
    old = [each for each in course.reasons if each[2].id in named]
    left: list[tuple[int, int | None, Said]] = []
    for from_ns, until_ns, reason in old:
        said = Said(reason.code, reason.comment)
        if from_ns < start_ns:
            left.append((from_ns, start_ns, said))
        if until_ns > end_ns:
            left.append((end_ns, reason.until_ns, said))
    chosen = [
        (at_ns, to_ns, Said(_code(course, said.code), said.comment)) for at_ns, to_ns, said in parts
    ]
    if _told_already(chosen, old, end_ns):
        return ()
    seen_ns = max([entry.seen_ns, *(each.seen_ns + 1 for each in course.book.every_reason)])
    now = msgspec.structs.replace(entry, seen_ns=seen_ns)
    replaces = tuple(sorted(reason.id for _, _, reason in old))[:LISTED_MAX]
    return tuple(_reason(course, each, replaces, now) for each in (*chosen, *left))


def _told_already(
    parts: Sequence[tuple[int, int | None, Said]],
    old: Sequence[tuple[int, int, Reason]],
    end_ns: int,
) -> bool:
    """Whether what is said is what holds: to say it again is no news."""
    said = {(at_ns, to_ns or end_ns, each.code, each.comment) for at_ns, to_ns, each in parts}
    return said == {(at_ns, to_ns, one.code, one.comment) for at_ns, to_ns, one in old}


def _reason(
    course: Course,
    part: tuple[int, int | None, Said],
    replaces: tuple[str, ...],
    entry: Entry,
) -> Reason:
    """One reason; where its id was used before, the next revision of that record."""
    start_ns, end_ns, said = part
    until_ns = course.until_ns if end_ns is None else end_ns
    pieces = list(course.over(start_ns, until_ns))
    fields: dict[str, Any] = {
        "states": tuple(
            dict.fromkeys(each.record for each in pieces if each.record and each.kind != "unknown")
        )[:LISTED_MAX],
        "replaces": replaces,
        "comment": said.comment,
    }
    made = Reason(
        address=Address(course.plan.address),
        t_ns=start_ns,
        until_ns=end_ns,
        code=said.code,
        seen_ns=entry.seen_ns,
        plant_rev=entry.plant_rev,
        how=How.PERSON,
        source=entry.source,
        by=entry.by,
        **fields,
    )
    latest = _latest(course.book.every_reason).get(made.id)
    if latest is None:
        return made
    fields["replaces"] = tuple(each for each in replaces if each != made.id)
    fields |= {"t_ns": start_ns, "until_ns": end_ns, "code": said.code, "void": False}
    return revise(latest, seen_ns=entry.seen_ns, how=How.PERSON, by=entry.by, **fields)


def _code(course: Course, code: str) -> str:
    """Path of a code that a stop can have."""
    meaning = course.plan.meaning(code)
    if meaning is None or meaning.category is None:
        codes = sorted({each.code for each in course.plan.reasons.values() if each.category})
        raise ReasonRefused(
            course.plan.address,
            f"`{code}` is no reason of this station",
            f"choose one of {', '.join(codes)}",
        )
    return meaning.code
