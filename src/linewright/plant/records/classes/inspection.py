"""Records of inspection: measured values and decisions about them.

>>> Verdict("suspect")
<Verdict.SUSPECT: 'suspect'>
"""

import enum
from collections.abc import Iterator
from typing import Annotated, ClassVar

from msgspec import Meta

from linewright.plant.records.base import (
    Key,
    Natural,
    Ordinal,
    Record,
    RecordId,
    Role,
    Text,
    TimeNs,
)

__all__ = ["Approval", "ApprovalDecision", "Measurement", "Verdict"]


class Verdict(enum.StrEnum):
    """Result of an inspection.

    Examples
    --------
    >>> Verdict("passed")
    <Verdict.PASSED: 'passed'>
    """

    PASSED = "passed"
    FAILED = "failed"
    SUSPECT = "suspect"


class ApprovalDecision(enum.StrEnum):
    """What was decided.

    Examples
    --------
    >>> ApprovalDecision("approved")
    <ApprovalDecision.APPROVED: 'approved'>
    """

    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Measurement(Record, frozen=True, kw_only=True):
    """One sample of one characteristic: measured values, or defects counted.

    A variable sample has `values`, one per part of the subgroup in the order measured; an
    attribute sample has `inspected` with `nonconforming` parts (p and np charts) or `defects`
    (c and u charts). Limits are those in force when it was taken.
    """

    NATURAL_KEY: ClassVar[tuple[str, ...]] = (
        "characteristic",
        "product",
        "lot",
        "units",
        "subgroup",
        "trial",
    )

    characteristic: Annotated[Key, Meta(description="characteristic of the product")]
    product: Annotated[Key | None, Meta(description="product inspected")] = None
    operation: Annotated[Key | None, Meta(description="operation that made it")] = None
    made_at: Annotated[
        Key | None, Meta(description="station, fixture or cavity that made it, where it matters")
    ] = None
    lot: Annotated[Key | None, Meta(description="lot inspected")] = None
    units: Annotated[
        tuple[Key, ...], Meta(max_length=1000, description="units inspected, one per value")
    ] = ()
    subgroup: Annotated[Natural | None, Meta(description="number of the subgroup")] = None
    values: Annotated[
        tuple[float, ...], Meta(max_length=1000, description="measured values, in `unit`")
    ] = ()
    unit: Annotated[Key | None, Meta(description="unit of values and limits")] = None
    nominal: Annotated[float | None, Meta(description="nominal value")] = None
    lower: Annotated[float | None, Meta(description="lower specification limit")] = None
    upper: Annotated[float | None, Meta(description="upper specification limit")] = None
    inspected: Annotated[Ordinal | None, Meta(description="parts inspected")] = None
    nonconforming: Annotated[Natural | None, Meta(description="of these, bad parts")] = None
    defects: Annotated[Natural | None, Meta(description="defects on all of them")] = None
    defect: Annotated[Key | None, Meta(description="defect code, if of one kind")] = None
    verdict: Annotated[Verdict | None, Meta(description="result, where one was given")] = None
    gauge: Annotated[Key | None, Meta(description="gauge or camera used")] = None
    trial: Annotated[
        Ordinal | None, Meta(description="repeat number in a measurement system study")
    ] = None
    image: Annotated[Key | None, Meta(description="content hash of the picture")] = None

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add: something was measured or counted, counts fit, limits are in order.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> list(example(Measurement).faults())
        []
        """
        yield from super().faults()
        if not self.values and self.inspected is None and self.verdict is None:
            yield "values", "neither values, counts nor a verdict are given"
        if self.units and self.values and len(self.units) not in {1, len(self.values)}:
            yield "units", f"{len(self.units)} units for {len(self.values)} values"
        counted = self.nonconforming is not None or self.defects is not None
        if counted and self.inspected is None:
            yield "inspected", "how many parts were inspected is not said"
        if (self.nonconforming or 0) > (self.inspected or 0):
            yield "nonconforming", "more bad parts than inspected ones"
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            yield "lower", "the lower limit is above the upper one"


class Approval(Record, frozen=True, kw_only=True):
    """A person approves or rejects one thing, in one revision, in a role."""

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("of", "of_rev", "decision", "role")

    of: Annotated[
        Key, Meta(description="what: a record id, program, recipe, control plan or first article")
    ]
    of_rev: Annotated[Key | None, Meta(description="revision or content hash approved")] = None
    decision: Annotated[ApprovalDecision, Meta(description="what was decided")]
    role: Annotated[Role, Meta(description="in which role")]
    until_ns: Annotated[TimeNs | None, Meta(description="when it ends by itself")] = None
    withdraws: Annotated[
        RecordId | None, Meta(description="approval that is withdrawn, if it is")
    ] = None
    comment: Annotated[Text, Meta(description="conditions, in words")] = ""

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add: only a person approves, and a withdrawal names what it withdraws.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> list(example(Approval).faults())
        []
        """
        yield from super().faults()
        if self.by is None:
            yield "by", "only a person approves"
        if (self.decision is ApprovalDecision.WITHDRAWN) != (self.withdraws is not None):
            yield "withdraws", "a withdrawal, and only one, names the approval it ends"
