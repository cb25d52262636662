"""From what a person says to records: pieces, jobs, sign-ons, and good pieces found bad later.

Pure. Pieces that a counter has counted as good and that turn out bad are no new pieces: the
records that counted them are revised, the latest before the time that is told first, each with a
`Correction` beside it that says who did it and what stood there. Undo goes back by these.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from linewright.plant import Address
from linewright.plant.records import (
    Correction,
    FieldChange,
    How,
    Job,
    JobStatus,
    Parts,
    Presence,
    SignOn,
    revise,
)
from linewright.server.views.entries import JobReported, PartsReported, SignedOn

__all__ = [
    "FOUND",
    "ByPerson",
    "Entered",
    "acts_of",
    "found_bad",
    "job_told",
    "next_status",
    "parts_told",
    "sign_on_told",
    "taken_back",
]

FOUND = "found bad"
"""First words of why a count was revised; the defect code follows."""

PARTS = "parts"

_NEXT: dict[str, tuple[JobStatus, frozenset[JobStatus | None]]] = {
    "set_up": (JobStatus.SET_UP, frozenset({None, JobStatus.QUEUED, JobStatus.FINISHED})),
    "start": (
        JobStatus.STARTED,
        frozenset({None, JobStatus.QUEUED, JobStatus.SET_UP, JobStatus.FINISHED}),
    ),
    "pause": (JobStatus.PAUSED, frozenset({JobStatus.STARTED, JobStatus.RESUMED})),
    "resume": (JobStatus.RESUMED, frozenset({JobStatus.PAUSED})),
    "finish": (
        JobStatus.FINISHED,
        frozenset(
            {JobStatus.SET_UP, JobStatus.STARTED, JobStatus.PAUSED, JobStatus.RESUMED},
        ),
    ),
}
"""What an act makes of a job, and after which it can be."""


Entered: TypeAlias = Parts | Job | SignOn
"""What a person enters."""


class ByPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Who says it, of which station and time, and when it came in.

    Examples
    --------
    >>> ByPerson(by="p7", address=Address("n/m/b/saw"), t_ns=1, seen_ns=2, plant_rev="r1").by
    'p7'
    """

    by: str
    address: Address
    t_ns: int
    seen_ns: int
    plant_rev: str
    source: str = "server"

    def head(self) -> dict[str, Any]:
        """Return the fields that every record of it has."""
        return {**msgspec.structs.asdict(self), "how": How.PERSON}


def parts_told(said: PartsReported, by: ByPerson) -> Parts:
    """Return the record of pieces that a person counted."""
    return Parts(
        **by.head(),
        good=said.good,
        scrap=said.scrap,
        rework=said.rework,
        cause=said.cause or None,
        product=said.product or None,
        operation=said.operation or None,
        job=said.job or None,
        lot=said.lot or None,
    )


def next_status(act: str, before: JobStatus | None) -> tuple[JobStatus, bool]:
    """Return what an act makes of a job, and whether it can be after what the job is.

    Examples
    --------
    >>> next_status("start", None)[1], next_status("finish", None)[1]
    (True, False)
    """
    status, after = _NEXT[act]
    return status, before in after


def job_told(said: JobReported, status: JobStatus, before: Job | None, by: ByPerson) -> Job:
    """Return the record of a job: what is left out is as the record before had it."""
    known = {} if before is None else msgspec.structs.asdict(before)

    def field(name: str) -> Any:  # noqa: ANN401  # as the field
        return getattr(said, name) or known.get(name)

    return Job(
        **by.head(),
        job=said.job,
        status=status,
        order=field("order"),
        product=field("product"),
        operation=field("operation"),
        lot=field("lot"),
        quantity=field("quantity"),
    )


def sign_on_told(said: SignedOn, by: ByPerson, until_ns: int | None, shift: str) -> SignOn:
    """Return the record of a person who came to a station, or left it."""
    presence = Presence(said.presence)
    return SignOn(
        **by.head(),
        person=said.person or by.by,
        presence=presence,
        until_ns=until_ns if presence is Presence.ON else None,
        skill=said.skill or None,
        crew=said.crew or None,
        shift=shift or None,
    )


def found_bad(
    counted: Sequence[Parts], said: PartsReported, by: ByPerson, now_ns: int
) -> tuple[tuple[Correction | Parts, ...], int]:
    """Return the revisions that make good pieces bad, each after its correction.

    Parameters
    ----------
    counted
        Parts of the station in order of time, from as early as may be changed.
    said
        How many turned out as scrap or for rework, and why.
    by
        Who says it; of its time and before it the pieces are taken.
    now_ns
        Plant time at which it was found out.

    Returns
    -------
    tuple
        What to publish, and how many pieces are missing: for these no good one stands there.
    """
    left = {"scrap": said.scrap, "rework": said.rework}
    found: list[Correction | Parts] = []
    for one in reversed(counted):
        if not any(left.values()):
            break
        if one.t_ns > by.t_ns or not _may_change(one, said.cause):
            continue
        changes: dict[str, Any] = {}
        free = one.good - one.reworked
        for name, wanted in left.items():
            taken = min(free, wanted)
            if taken:
                free -= taken
                left[name] -= taken
                changes[name] = getattr(one, name) + taken
        if changes:
            changes["good"] = one.reworked + free
            changes["cause"] = said.cause or one.cause
            why = f"{FOUND}: {said.cause}" if said.cause else FOUND
            found += _revised(one, changes, by, now_ns, why)
    return tuple(found), sum(left.values())


def taken_back(
    act: Sequence[Correction], held: Mapping[str, Parts], by: ByPerson
) -> tuple[Correction | Parts, ...]:
    """Return the revisions that undo what was found bad.

    Parameters
    ----------
    act
        The corrections of one act.
    held
        Parts of the station by id, as they are now: as the act left them.
    by
        Who takes it back; its time is now.

    Returns
    -------
    tuple
        To publish, in this order.
    """
    found: list[Correction | Parts] = []
    for each in act:
        one = held[each.of]
        before = {change.field: msgspec.json.decode(change.before) for change in each.changes}
        found += _revised(one, before, by, by.t_ns, "undone")
    return tuple(found)


def acts_of(corrections: Iterable[Correction]) -> Iterator[tuple[Correction, ...]]:
    """Yield the acts by which counts were revised, each with all of its corrections."""
    found: dict[tuple[str, str | None, int, str], list[Correction]] = {}
    for each in corrections:
        if each.of_class == PARTS and each.why.startswith(FOUND):
            key = str(each.address), each.by, each.t_ns, each.why
            found.setdefault(key, []).append(each)
    yield from (tuple(sorted(one, key=lambda each: each.id)) for one in found.values())


def _may_change(one: Parts, cause: str) -> bool:
    """Whether bad pieces fit into a record: it has one cause for all of them."""
    has_bad = one.scrap or one.rework
    return one.good > one.reworked and (not has_bad or (one.cause or "") == cause)


def _revised(
    one: Parts, changes: dict[str, Any], by: ByPerson, now_ns: int, why: str
) -> tuple[Correction, Parts]:
    after = revise(one, seen_ns=by.seen_ns, how=How.PERSON, by=by.by, **changes)
    told = tuple(
        FieldChange(
            field=name,
            before=msgspec.json.encode(getattr(one, name)).decode(),
            after=msgspec.json.encode(value).decode(),
        )
        for name, value in changes.items()
        if getattr(one, name) != value
    )
    head = {**by.head(), "t_ns": now_ns}
    beside = Correction(
        **head, of=one.id, of_class=PARTS, of_rev=after.rev, changes=told, why=why[:2000]
    )
    return beside, after
