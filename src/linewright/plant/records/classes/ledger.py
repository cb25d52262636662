"""Records that keep the books: corrections of records, the audit, and gaps in the data.

>>> GapReason("overrun")
<GapReason.OVERRUN: 'overrun'>
"""

import enum
from collections.abc import Iterator
from typing import Annotated, ClassVar

from msgspec import Meta

from linewright.plant.records.base import (
    Key,
    Natural,
    Ordinal,
    Part,
    Record,
    RecordId,
    SourceName,
    Text,
    TimeNs,
)

__all__ = ["SHA256_ZERO", "Audit", "Correction", "FieldChange", "Gap", "GapReason"]

SHA256_ZERO = "0" * 64
"""What the first link of the audit chain names as its predecessor."""

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]


class GapReason(enum.StrEnum):
    """Why data is missing.

    Examples
    --------
    >>> GapReason("stopped")
    <GapReason.STOPPED: 'stopped'>
    """

    DISCONNECTED = "disconnected"
    """The source was not reached and keeps nothing itself."""
    OVERRUN = "overrun"
    """The source's buffer ran over."""
    STOPPED = "stopped"
    """Our own connector died or was stopped with data in hand."""
    REFUSED = "refused"
    """Data came that could not be read."""
    STORE = "store"
    """Our own store was full or lost."""
    POLICY = "policy"
    """Left out on purpose: it may not leave its site, or its time has passed."""


class FieldChange(Part, frozen=True, kw_only=True):
    """One field of a record before and after a correction, both as canonical JSON.

    Examples
    --------
    >>> FieldChange(field="scrap", before="0", after="2").after
    '2'
    """

    field: Annotated[Key, Meta(description="name of the field")]
    before: Annotated[str, Meta(max_length=10_000, description="value before, as JSON")]
    after: Annotated[str, Meta(max_length=10_000, description="value after, as JSON")]


class Correction(Record, frozen=True, kw_only=True):
    """Why a record was revised, by whom, and what changed; the revision itself stands beside it."""

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("of", "of_rev")

    of: Annotated[RecordId, Meta(description="id of the record")]
    of_class: Annotated[Key, Meta(description="its class")]
    of_rev: Annotated[Ordinal, Meta(description="the new revision")]
    changes: Annotated[
        tuple[FieldChange, ...], Meta(max_length=100, description="fields that changed")
    ] = ()
    why: Annotated[Text, Meta(description="reason, in words")]
    approval: Annotated[RecordId | None, Meta(description="approval, where one is needed")] = None


class Audit(Record, frozen=True, kw_only=True):
    """Something was done that somebody may ask about: a link of the audit chain.

    Who does it leaves `n`, `prev_sha256` and `sha256` out; `history` alone fills them, in stream
    order (`linewright.plant.records.chain`).
    """

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("action", "of", "of_rev", "outcome", "by")

    action: Annotated[Key, Meta(description="what was done, such as grant.issued")]
    outcome: Annotated[Key, Meta(description="how it went: done, or the reason of a refusal")]
    of: Annotated[Key | None, Meta(description="id of what it was done to")] = None
    of_class: Annotated[Key | None, Meta(description="class of that")] = None
    of_rev: Annotated[Natural | None, Meta(description="revision of that")] = None
    content_sha256: Annotated[Sha256 | None, Meta(description="SHA-256 of its canonical JSON")] = (
        None
    )
    grant_id: Annotated[Key | None, Meta(description="grant under which it was done")] = None
    case: Annotated[RecordId | None, Meta(description="case for which it was done")] = None
    text: Annotated[Text, Meta(description="the same in words")] = ""
    n: Annotated[Natural | None, Meta(description="number in the chain, from 0")] = None
    prev_sha256: Annotated[Sha256 | None, Meta(description="`sha256` of the link before")] = None
    sha256: Annotated[
        Sha256 | None, Meta(description="SHA-256 of this record's JSON without this field")
    ] = None

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add: a link has all three of its fields or none.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> list(example(Audit).faults())
        []
        """
        yield from super().faults()
        if (self.n is None) != (self.prev_sha256 is None):
            yield "prev_sha256", "a link has number and predecessor, or neither"
        if self.sha256 is not None and self.n is None:
            yield "n", "a hash without a number in the chain"


class Gap(Record, frozen=True, kw_only=True):
    """Data of a source is missing from `t_ns` to `until_ns`, and accounted for.

    Batches are numbered by (source, epoch, n). Loss that no gap accounts for is a fault of the
    product; a gap whose count is not known says so and is never filled with a guess.
    """

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("of_source", "epoch", "first_n", "last_n", "reason")

    of_source: Annotated[SourceName, Meta(description="source whose data is missing")]
    epoch: Annotated[Natural, Meta(description="epoch of that source")]
    first_n: Annotated[Natural | None, Meta(description="first batch missing, where numbered")] = (
        None
    )
    last_n: Annotated[Natural | None, Meta(description="last batch missing, where numbered")] = None
    until_ns: Annotated[TimeNs, Meta(description="when data came again")]
    reason: Annotated[GapReason, Meta(description="why")]
    count: Annotated[
        Natural | None,
        Meta(description="samples or records lost; left out: not known"),
    ] = None
    at_least: Annotated[bool, Meta(description="whether more than `count` may have been lost")] = (
        False
    )
    tags: Annotated[
        tuple[Key, ...],
        Meta(max_length=10_000, description="tags concerned; none listed: all of the source"),
    ] = ()
    filled: Annotated[
        bool, Meta(description="a revision says: the data came later, from the source's own store")
    ] = False

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add: time and numbers run forward, and both numbers are given or none.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> list(example(Gap).faults())
        []
        """
        yield from super().faults()
        if self.until_ns < self.t_ns:
            yield "until_ns", "the gap ends before it begins"
        if (self.first_n is None) != (self.last_n is None):
            yield "last_n", "the gap has both numbers or none"
        if self.first_n is not None and self.last_n is not None and self.last_n < self.first_n:
            yield "last_n", "the last batch missing is before the first"
        if self.at_least and self.count is None:
            yield "count", "at least how many is not said"
