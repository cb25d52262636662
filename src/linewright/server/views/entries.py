"""What people enter by hand at a station: pieces, jobs, and who is there."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from linewright.server.views.base import Ms, View
from linewright.server.views.day import WindowView

__all__ = ["EntriesView", "EntryView", "JobReported", "PartsReported", "SignedOn"]

PIECES_MAX = 100_000
"""Most pieces of one report: a line with ten a second makes them in three hours."""

Pieces = Annotated[int, Meta(ge=0, le=PIECES_MAX)]

PLAIN = r"^[^\x00-\x1f\x7f]*$"
"""No line ends, tabs or other signs that cannot be seen."""

Name = Annotated[str, Meta(max_length=128, pattern=PLAIN)]

WHEN = Meta(description="when it happened, plant time; left out: now")

At = Annotated[Ms | None, WHEN]


class PartsReported(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pieces that a person counted: each once, as good, scrap or rework.

    A report that is sent again with the same `at_ms` is the same report, and counts once.
    """

    address: Annotated[str, Meta(description="station")]
    at_ms: At = None
    good: Pieces = 0
    scrap: Pieces = 0
    rework: Pieces = 0
    cause: Annotated[Name, Meta(description="defect code of scrap and rework")] = ""
    product: Name = ""
    operation: Name = ""
    job: Name = ""
    lot: Name = ""
    found: Annotated[
        bool,
        Meta(description="they stand among the good pieces that left before `at_ms`"),
    ] = False


class JobReported(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What has become of a job at a station; what is left out is as the job has it already."""

    address: Annotated[str, Meta(description="station")]
    job: Annotated[str, Meta(min_length=1, max_length=128, pattern=PLAIN)]
    act: Literal["set_up", "start", "pause", "resume", "finish"]
    at_ms: At = None
    order: Name = ""
    product: Name = ""
    operation: Name = ""
    lot: Name = ""
    quantity: Annotated[
        Annotated[int, Meta(ge=0, le=10_000_000)] | None, Meta(description="pieces to make")
    ] = None


class SignedOn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person comes to a station, or leaves it."""

    address: Annotated[str, Meta(description="station")]
    presence: Literal["on", "off"]
    person: Annotated[
        str,
        Meta(
            max_length=64,
            pattern=r"^[A-Za-z0-9._-]*$",
            description="id; left out: who asks; others: `correct_parts`",
        ),
    ] = ""
    at_ms: At = None
    skill: Name = ""
    crew: Name = ""


class EntryView(View, frozen=True, kw_only=True):
    """One thing that a person entered."""

    id: str
    kind: Annotated[
        Literal["parts", "found", "job", "sign_on"],
        Meta(description="`found`: good pieces that turned out bad"),
    ]
    address: str
    t_ms: Annotated[Ms, Meta(description="when it happened")]
    entered_ms: Annotated[Ms, Meta(description="when it was entered, on the server's clock")]
    by: Annotated[str, Meta(description="id of who entered it")]
    good: int = 0
    scrap: int = 0
    rework: int = 0
    cause: str = ""
    product: str = ""
    operation: str = ""
    job: str = ""
    order: str = ""
    lot: str = ""
    status: Annotated[str, Meta(description="of a job: set_up, started, paused, ...")] = ""
    person: Annotated[str, Meta(description="who signed on or off")] = ""
    presence: str = ""
    undone: bool = False
    overtaken: Annotated[
        bool,
        Meta(
            description="a late reading counted these pieces anew: what was found is to say again"
        ),
    ] = False


class EntriesView(View, frozen=True, kw_only=True):
    """What people entered of a place over a window, by id."""

    address: str
    window: WindowView
    entries: Mapping[str, EntryView] = {}
    more: Annotated[bool, Meta(description="whether there are more than are listed")] = False
