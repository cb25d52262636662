"""Records of upkeep: tools, maintenance work and gauges.

>>> ToolAction("mounted")
<ToolAction.MOUNTED: 'mounted'>
"""

import enum
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar

from msgspec import Meta

from linewright.plant.money import Money
from linewright.plant.records.base import (
    Key,
    NonNegative,
    Part,
    Record,
    RecordId,
    Text,
    TimeNs,
)

__all__ = [
    "Calibration",
    "CalibrationResult",
    "LifeUnit",
    "Maintenance",
    "MaintenanceKind",
    "SparePart",
    "Tool",
    "ToolAction",
    "WorkStatus",
]


class ToolAction(enum.StrEnum):
    """What happened to a tool.

    Examples
    --------
    >>> ToolAction("broken")
    <ToolAction.BROKEN: 'broken'>
    """

    MOUNTED = "mounted"
    REMOVED = "removed"
    USED = "used"
    MEASURED = "measured"
    OFFSET = "offset"
    RENEWED = "renewed"
    WORN = "worn"
    BROKEN = "broken"
    SCRAPPED = "scrapped"


class LifeUnit(enum.StrEnum):
    """In what the life of a tool or component is counted.

    Examples
    --------
    >>> LifeUnit("parts")
    <LifeUnit.PARTS: 'parts'>
    """

    PARTS = "parts"
    CYCLES = "cycles"
    SECONDS = "s"
    METRES = "m"


class MaintenanceKind(enum.StrEnum):
    """Why work is done on equipment.

    Examples
    --------
    >>> MaintenanceKind("predictive")
    <MaintenanceKind.PREDICTIVE: 'predictive'>
    """

    CORRECTIVE = "corrective"
    PREVENTIVE = "preventive"
    PREDICTIVE = "predictive"
    INSPECTION = "inspection"
    IMPROVEMENT = "improvement"


class WorkStatus(enum.StrEnum):
    """What has become of a maintenance order.

    Examples
    --------
    >>> WorkStatus("done")
    <WorkStatus.DONE: 'done'>
    """

    REQUESTED = "requested"
    PLANNED = "planned"
    RELEASED = "released"
    STARTED = "started"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class CalibrationResult(enum.StrEnum):
    """Whether a gauge may be used on.

    Examples
    --------
    >>> CalibrationResult("limited")
    <CalibrationResult.LIMITED: 'limited'>
    """

    PASSED = "passed"
    ADJUSTED = "adjusted"
    LIMITED = "limited"
    FAILED = "failed"


class SparePart(Part, frozen=True, kw_only=True):
    """A spare part used up in maintenance.

    Examples
    --------
    >>> SparePart(part="bearing-6204", quantity=Decimal(2)).quantity
    Decimal('2')
    """

    part: Annotated[Key, Meta(description="item number")]
    quantity: Annotated[Decimal, Meta(description="amount, exact, as text")]
    quantity_unit: Annotated[
        Key | None, Meta(description="unit of the amount; left out: pieces")
    ] = None


class Tool(Record, frozen=True, kw_only=True):
    """A tool is mounted, used, measured, corrected, renewed, removed or broken."""

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("tool", "action", "pocket")

    tool: Annotated[Key, Meta(description="id of the single tool")]
    action: Annotated[ToolAction, Meta(description="what happened")]
    tool_type: Annotated[Key | None, Meta(description="type of tool in the plant file")] = None
    pocket: Annotated[Key | None, Meta(description="place in the magazine or turret")] = None
    edge: Annotated[Key | None, Meta(description="cutting edge, where it has several")] = None
    life_used: Annotated[NonNegative | None, Meta(description="life used, in `life_unit`")] = None
    life_limit: Annotated[NonNegative | None, Meta(description="life allowed, in `life_unit`")] = (
        None
    )
    life_unit: Annotated[LifeUnit, Meta(description="what life is counted in")] = LifeUnit.PARTS
    wear_mm: Annotated[float | None, Meta(description="measured wear, in mm")] = None
    offset_before_mm: Annotated[float | None, Meta(description="offset before, in mm")] = None
    offset_after_mm: Annotated[float | None, Meta(description="offset after, in mm")] = None
    product: Annotated[Key | None, Meta(description="product being made")] = None
    job: Annotated[Key | None, Meta(description="job being worked on")] = None


class Maintenance(Record, frozen=True, kw_only=True):
    """A maintenance order changes its status; the last record of an order tells all of it."""

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("work_order", "status")

    work_order: Annotated[Key, Meta(description="number of the maintenance order")]
    status: Annotated[WorkStatus, Meta(description="what has become of it")]
    kind: Annotated[MaintenanceKind, Meta(description="why the work is done")]
    task: Annotated[Text, Meta(description="what is to be done, or was done")] = ""
    component: Annotated[Key | None, Meta(description="component of the station")] = None
    failure_mode: Annotated[
        Key | None, Meta(description="failure mode, as named in the plant file")
    ] = None
    cause: Annotated[Key | None, Meta(description="cause found")] = None
    remedy: Annotated[Key | None, Meta(description="remedy taken")] = None
    renewed: Annotated[
        bool, Meta(description="whether the component is as new: its age starts again at 0")
    ] = False
    priority: Annotated[int, Meta(ge=0, le=9, description="0 is routine, 9 stops the plant")] = 0
    requested_by: Annotated[
        RecordId | None, Meta(description="call, case or forecast that asked for it")
    ] = None
    due_ns: Annotated[TimeNs | None, Meta(description="when it should be done")] = None
    planned_start_ns: Annotated[TimeNs | None, Meta(description="start in the schedule")] = None
    planned_end_ns: Annotated[TimeNs | None, Meta(description="end in the schedule")] = None
    down_ns: Annotated[
        TimeNs | None, Meta(description="how long the station could not run, a duration")
    ] = None
    labour_s: Annotated[NonNegative | None, Meta(description="working time, in s")] = None
    meter: Annotated[NonNegative | None, Meta(description="reading of the usage meter")] = None
    meter_unit: Annotated[LifeUnit, Meta(description="unit of that meter")] = LifeUnit.SECONDS
    spares: Annotated[
        tuple[SparePart, ...], Meta(max_length=1000, description="spare parts used")
    ] = ()
    cost: Annotated[Money | None, Meta(description="cost of work and parts")] = None


class Calibration(Record, frozen=True, kw_only=True):
    """A gauge was calibrated. One found out of tolerance makes its measurements suspect."""

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("gauge", "certificate")

    gauge: Annotated[Key, Meta(description="id of the gauge")]
    result: Annotated[CalibrationResult, Meta(description="whether it may be used on")]
    certificate: Annotated[Key | None, Meta(description="number of the certificate")] = None
    standard: Annotated[Key | None, Meta(description="reference standard it was traced to")] = None
    unit: Annotated[Key | None, Meta(description="unit of the errors below")] = None
    as_found: Annotated[float | None, Meta(description="error before adjustment")] = None
    as_left: Annotated[float | None, Meta(description="error after adjustment")] = None
    uncertainty: Annotated[NonNegative | None, Meta(description="expanded uncertainty, k = 2")] = (
        None
    )
    tolerance: Annotated[NonNegative | None, Meta(description="largest error allowed")] = None
    due_ns: Annotated[TimeNs | None, Meta(description="when it is due again")] = None
    suspect_from_ns: Annotated[
        TimeNs | None, Meta(description="measurements are in doubt from here to `t_ns`")
    ] = None

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add: what is in doubt lies before the calibration.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> list(example(Calibration).faults())
        []
        """
        yield from super().faults()
        if self.suspect_from_ns is not None and self.suspect_from_ns > self.t_ns:
            yield "suspect_from_ns", "what is in doubt begins after the calibration"
