"""What people add to a window: comments of hours, the note of a report, and its signature.

No class of records is made for them. A note is a `Correction` of the report: who changed it, from
what to what, in which revision. A signature is an `Approval` of the report in one revision, which
is the hash of what was signed. Both name the report by an id that follows from its place and
window, so that everybody finds it.
"""

import base64
import hashlib

import msgspec

from linewright.plant import Address
from linewright.plant.records import (
    Approval,
    ApprovalDecision,
    Correction,
    FieldChange,
    How,
    Role,
)
from linewright.server.book.keeping import Kept

__all__ = ["NOTE", "Written", "comment_of", "note_of", "note_record", "report_id", "signature_of"]

NOTE = "note"
"""Name of the field that a note changes."""

REPORT = "report"
"""Class that a correction or approval of a report names."""

ID_CHARS = 26


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """Who writes, when, and under which plant.

    Examples
    --------
    >>> Written(by="p7", t_ns=1, seen_ns=2, plant_rev="r1").by
    'p7'
    """

    by: str
    t_ns: int
    seen_ns: int
    plant_rev: str


def report_id(address: str, from_ns: int, until_ns: int) -> str:
    """Return the id of the report of a place over a window; of an hour likewise.

    Examples
    --------
    >>> len(report_id("reno/shop/a", 0, 5)), report_id("reno", 0, 5) == report_id("reno", 0, 6)
    (26, False)
    """
    said = msgspec.json.encode([REPORT, str(address), from_ns, until_ns])
    return base64.b32encode(hashlib.sha256(said).digest())[:ID_CHARS].decode("ascii").lower()


def note_of(kept: Kept, address: str, from_ns: int, until_ns: int) -> Correction | None:
    """Return the last word on the note of a window; None: nobody has written one."""
    name = report_id(address, from_ns, until_ns)

    def made() -> dict[str, Correction]:
        last: dict[str, Correction] = {}
        for each in kept.corrections:
            before = last.get(each.of)
            if each.of_class == REPORT and (before is None or _order(before) < _order(each)):
                last[each.of] = each
        return last

    return kept.memo("notes", kept.version("note", kept.site), made).get(name)


def _order(note: Correction) -> tuple[int, int, str]:
    return note.of_rev, note.t_ns, note.id


def text_of(note: Correction | None) -> str:
    """Return the text that a note says now."""
    if note is None:
        return ""
    texts = [each.after for each in note.changes if each.field == NOTE]
    return str(msgspec.json.decode(texts[-1])) if texts else ""


def comment_of(kept: Kept, address: str, from_ns: int, until_ns: int) -> str:
    """Return the text of the note of a window; empty where there is none."""
    return text_of(note_of(kept, address, from_ns, until_ns))


def note_record(
    before: Correction | None, address: Address, window: tuple[int, int], text: str, by: Written
) -> Correction:
    """Return the record of a note that is written or changed.

    Parameters
    ----------
    before
        The last one.
    address, window
        Place and time of the report.
    text
        What it says from now on.
    by
        Who writes.
    """
    change = FieldChange(
        field=NOTE,
        before=msgspec.json.encode(text_of(before)).decode(),
        after=msgspec.json.encode(text).decode(),
    )
    return Correction(
        address=address,
        t_ns=by.t_ns,
        seen_ns=by.seen_ns,
        plant_rev=by.plant_rev,
        how=How.PERSON,
        source="server",
        by=by.by,
        of=report_id(address, *window),
        of_class=REPORT,
        of_rev=1 if before is None else before.of_rev + 1,
        changes=(change,),
        why="note of the report",
    )


def signature_of(kept: Kept, address: str, from_ns: int, until_ns: int) -> Approval | None:
    """Return the last signature of a report that was not withdrawn; None: it has none."""
    name = report_id(address, from_ns, until_ns)
    withdrawn = {each.withdraws for each in kept.approvals if each.withdraws is not None}
    found = [
        each
        for each in kept.approvals
        if each.of == name
        and each.decision is ApprovalDecision.APPROVED
        and each.id not in withdrawn
    ]
    return found[-1] if found else None


def signature_record(
    address: Address, window: tuple[int, int], sha256: str, role: Role, by: Written
) -> Approval:
    """Return the record of a signature.

    Parameters
    ----------
    address, window
        Place and time of the report.
    sha256
        Hash of what is signed.
    role
        In which role.
    by
        Who signs.
    """
    return Approval(
        address=address,
        t_ns=by.t_ns,
        seen_ns=by.seen_ns,
        plant_rev=by.plant_rev,
        how=How.PERSON,
        source="server",
        by=by.by,
        of=report_id(address, *window),
        of_rev=sha256,
        decision=ApprovalDecision.APPROVED,
        role=role,
    )
