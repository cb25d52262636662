"""One valid example of every record class; `linewright.plant.records.examples` is the way in.

They tell one hour of a line in Nogales: the saw's blade wears, the mill jams, a case slows the
saw down.

>>> RECORD_EXAMPLES["gap"].source
'connect'
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TypedDict

from linewright.plant.address import Address
from linewright.plant.money import Money
from linewright.plant.records.base import How, Record, Role, SiteKind
from linewright.plant.records.classes.acts import (
    Ack,
    ActionKind,
    ChangeStatus,
    Command,
    Origin,
    Outcome,
    TemporaryChange,
)
from linewright.plant.records.classes.attention import (
    Alarm,
    AlarmEvent,
    AlarmKind,
    AlarmPriority,
    AlarmState,
    Call,
    CallEvent,
    CallKind,
)
from linewright.plant.records.classes.cases import Case, CaseStage
from linewright.plant.records.classes.inspection import (
    Approval,
    ApprovalDecision,
    Measurement,
    Verdict,
)
from linewright.plant.records.classes.ledger import (
    Audit,
    Correction,
    FieldChange,
    Gap,
    GapReason,
)
from linewright.plant.records.classes.material import (
    Hold,
    HoldAction,
    Material,
    MaterialAction,
    Unit,
    UnitSource,
)
from linewright.plant.records.classes.planning import (
    Forecast,
    ForecastKind,
    Order,
    OrderKind,
    OrderStatus,
    Quantile,
)
from linewright.plant.records.classes.production import (
    Job,
    JobStatus,
    Parts,
    Presence,
    Reason,
    SignOn,
    State,
    StationMode,
    StationState,
)
from linewright.plant.records.classes.upkeep import (
    Calibration,
    CalibrationResult,
    LifeUnit,
    Maintenance,
    MaintenanceKind,
    SparePart,
    Tool,
    ToolAction,
    WorkStatus,
)
from linewright.plant.records.quality import Quality

__all__ = ["EXAMPLE_LINE", "EXAMPLE_PLANT_REV", "EXAMPLE_T0_NS", "RECORD_EXAMPLES"]

EXAMPLE_LINE = Address("nogales/machining/bracket")
"""The line that the examples tell of."""

_SAW = EXAMPLE_LINE.child("saw")
_MILL = EXAMPLE_LINE.child("mill")
EXAMPLE_T0_NS = 1_717_430_400_000_000_000
"""Monday 2024-06-03, 09:00 in Nogales."""

_MIN_NS = 60_000_000_000
_HOUR_NS = 60 * _MIN_NS
EXAMPLE_PLANT_REV = "3f9c2a7d51e0"
"""Revision of the plant file in all examples."""


class _Header(TypedDict):
    """What all records of one kind of source share."""

    t_ns: int
    seen_ns: int
    plant_rev: str
    how: How
    source: str


def _header(minute: int, how: How, source: str) -> _Header:
    t_ns = EXAMPLE_T0_NS + minute * _MIN_NS
    return {
        "t_ns": t_ns,
        "seen_ns": t_ns + 41_000_000,
        "plant_rev": EXAMPLE_PLANT_REV,
        "how": how,
        "source": source,
    }


_STATE = State(
    **_header(7, How.MACHINE, "mill"),
    address=_MILL,
    state=StationState.DOWN,
    mode=StationMode.AUTOMATIC,
    raw_state="ALARM 42",
    product="bracket-a",
    operation="mill",
    job="4711-20",
    quality=Quality.CLOCK,
    raw_t_ns=EXAMPLE_T0_NS + 7 * _MIN_NS - 3_700_000_000,
)
_REASON = Reason(
    **_header(7, How.PERSON, "panel_2"),
    address=_MILL,
    by="p17",
    code="mechanical/jam",
    until_ns=EXAMPLE_T0_NS + 19 * _MIN_NS,
    states=(_STATE.id,),
    comment="chip under the clamp",
)
_PARTS = Parts(
    **_header(6, How.MACHINE, "mill"),
    address=_MILL,
    from_ns=EXAMPLE_T0_NS,
    good=3,
    scrap=1,
    cause="burr",
    product="bracket-a",
    operation="mill",
    job="4711-20",
    lot="L2406-07",
    counter="good",
    reading=20_418,
)
_JOB = Job(
    **_header(0, How.SCAN, "panel_2"),
    address=_MILL,
    job="4711-20",
    status=JobStatus.STARTED,
    order="4711",
    lot="L2406-07",
    product="bracket-a",
    operation="mill",
    quantity=40,
    done=12,
    set_up="steel",
    program="O1001",
    program_rev="C",
    planned_start_ns=EXAMPLE_T0_NS,
    planned_end_ns=EXAMPLE_T0_NS + 2 * _HOUR_NS,
)
_MATERIAL = Material(
    **_header(5, How.SCAN, "panel_2"),
    address=_MILL,
    action=MaterialAction.PRODUCED,
    product="bracket-a",
    lot="L2406-07",
    units=(
        Unit(id="BA-000311", lot="L2406-07", product="bracket-a", parents=("H88213",)),
        Unit(id="BA-000312", parents=("H88213",), source=UnitSource.INFERRED),
    ),
    parents=("H88213",),
    quantity=Decimal(2),
    order="4711",
    job="4711-20",
)
_SIGN_ON = SignOn(
    **_header(0, How.SCAN, "panel_2"),
    address=_MILL,
    person="p17",
    presence=Presence.ON,
    skill="milling",
    crew="operators",
    shift="day",
    until_ns=EXAMPLE_T0_NS + 6 * _HOUR_NS,
)
_TOOL = Tool(
    **_header(3, How.MACHINE, "saw"),
    address=_SAW,
    tool="blade-0093",
    action=ToolAction.MEASURED,
    tool_type="blade",
    life_used=812.0,
    life_limit=1000.0,
    life_unit=LifeUnit.PARTS,
    wear_mm=0.21,
)
_MEASUREMENT = Measurement(
    **_header(12, How.MACHINE, "cmm"),
    address=EXAMPLE_LINE.child("inspect"),
    characteristic="bore",
    product="bracket-a",
    operation="mill",
    made_at="mill",
    lot="L2406-07",
    units=("BA-000309", "BA-000310", "BA-000311"),
    subgroup=118,
    values=(12.003, 12.006, 12.011),
    unit="mm",
    nominal=12.0,
    lower=11.985,
    upper=12.015,
    verdict=Verdict.PASSED,
    gauge="cmm-1",
)
_APPROVAL = Approval(
    **_header(21, How.PERSON, "office"),
    address=_SAW,
    by="p4",
    of="control-plan-bracket-a",
    of_rev="D",
    decision=ApprovalDecision.APPROVED,
    role=Role.QUALITY,
    until_ns=EXAMPLE_T0_NS + 8 * _HOUR_NS,
    comment="until the blade is renewed",
)
_HOLD = Hold(
    **_header(13, How.INFERRED, "quality"),
    address=_MILL,
    action=HoldAction.PLACED,
    product="bracket-a",
    lots=("L2406-07",),
    from_ns=EXAMPLE_T0_NS + 2 * _MIN_NS,
    to_ns=EXAMPLE_T0_NS + 13 * _MIN_NS,
    cause="bore-trend",
    comment="bore drifts towards the upper limit",
)
_MAINTENANCE = Maintenance(
    **_header(55, How.PERSON, "panel_1"),
    address=_SAW,
    by="p9",
    work_order="M-2031",
    status=WorkStatus.DONE,
    kind=MaintenanceKind.PREDICTIVE,
    task="renew the blade",
    component="blade",
    failure_mode="wear",
    cause="end-of-life",
    remedy="renewed",
    renewed=True,
    down_ns=14 * _MIN_NS,
    labour_s=1200.0,
    meter=812.0,
    meter_unit=LifeUnit.PARTS,
    spares=(SparePart(part="blade-34x1.1", quantity=Decimal(1)),),
    cost=Money(Decimal("1840.00"), "MXN"),
)
_CALIBRATION = Calibration(
    **_header(-90, How.IMPORT, "lab"),
    address=EXAMPLE_LINE,
    gauge="micrometer-12",
    result=CalibrationResult.ADJUSTED,
    certificate="C-24-0188",
    standard="gauge-block-set-3",
    unit="mm",
    as_found=0.004,
    as_left=0.0005,
    uncertainty=0.0008,
    tolerance=0.003,
    due_ns=EXAMPLE_T0_NS + 365 * 24 * _HOUR_NS,
    suspect_from_ns=EXAMPLE_T0_NS - 30 * 24 * _HOUR_NS,
)
_CORRECTION = Correction(
    **_header(20, How.PERSON, "panel_2"),
    address=_MILL,
    by="p17",
    of=_PARTS.id,
    of_class="parts",
    of_rev=1,
    changes=(FieldChange(field="scrap", before="1", after="2"),),
    why="one more was found in the chip tray",
)
_ALARM = Alarm(
    **_header(4, How.MACHINE, "saw"),
    address=_SAW.with_tag("blade_temp"),
    alarm="high",
    event=AlarmEvent.RAISED,
    state=AlarmState.UNACKNOWLEDGED,
    priority=AlarmPriority.MEDIUM,
    kind=AlarmKind.HIGH,
    value=80.6,
    limit=80.0,
    unit="degC",
)
_CALL = Call(
    **_header(8, How.PERSON, "panel_2"),
    address=_MILL,
    by="p17",
    kind=CallKind.MAINTENANCE,
    event=CallEvent.RAISED,
    text="clamp does not close",
    to=Role.ENGINEER,
)
_ORDER = Order(
    **_header(-180, How.IMPORT, "erp"),
    address=Address("nogales"),
    kind=OrderKind.CUSTOMER,
    order="4711",
    item=10,
    status=OrderStatus.RELEASED,
    product="bracket-a",
    product_rev="D",
    options=("finish=black",),
    quantity=Decimal(40),
    delivered=Decimal(12),
    due_ns=EXAMPLE_T0_NS + 24 * _HOUR_NS,
    promised_ns=EXAMPLE_T0_NS + 22 * _HOUR_NS,
    priority=5,
    partner="acme",
    partner_order="PO-99812",
    price=Money(Decimal("512.00"), "USD"),
    external_rev="3",
)
_FORECAST = Forecast(
    **_header(10, How.INFERRED, "predict"),
    address=_SAW,
    kind=ForecastKind.REMAINING_LIFE,
    subject="blade",
    for_ns=EXAMPLE_T0_NS + 10 * _MIN_NS,
    until_ns=EXAMPLE_T0_NS + 10 * _MIN_NS,
    unit="h",
    mean=6.4,
    quantiles=(
        Quantile(p=0.1, value=3.9),
        Quantile(p=0.5, value=6.1),
        Quantile(p=0.9, value=9.8),
    ),
    model="blade-wear@7",
    trained_until_ns=EXAMPLE_T0_NS - 24 * _HOUR_NS,
)
_CASE = Case(
    **_header(4, How.INFERRED, "correct"),
    address=_SAW,
    stage=CaseStage.OPEN,
    kind="blade-wear",
    trigger=_ALARM.id,
    title="The saw's blade runs hot.",
    evidence=(_ALARM.id, _TOOL.id),
)
_COMMAND = Command(
    **_header(22, How.INFERRED, "correct"),
    address=_SAW,
    action=ActionKind.SPEED,
    parameter="speed",
    value=85.0,
    expires_ns=EXAMPLE_T0_NS + 23 * _MIN_NS,
    grant_id="g-0057",
    for_site=SiteKind.REAL,
    origin=Origin.CASE,
    case=_CASE.id,
    idempotent=True,
    readback=True,
    max_rate_per_h=6.0,
    cost=Money(Decimal("35.00"), "MXN"),
    why="a cooler blade lasts until the planned stop",
)
_ACK = Ack(
    **_header(22, How.MACHINE, "saw"),
    address=_SAW,
    command=_COMMAND.id,
    outcome=Outcome.CONFIRMED,
    reason="allowed",
    explanation="within grant and ceiling",
    before=100.0,
    after=85.0,
    written_ns=EXAMPLE_T0_NS + 22 * _MIN_NS + 60_000_000,
)
_TEMPORARY_CHANGE = TemporaryChange(
    **_header(22, How.INFERRED, "correct"),
    address=_SAW,
    parameter="speed",
    status=ChangeStatus.IN_FORCE,
    value=85.0,
    normal=100.0,
    unit="%",
    until_ns=EXAMPLE_T0_NS + 8 * _HOUR_NS,
    window_low=80.0,
    window_high=110.0,
    control_plan="control-plan-bracket-a D",
    approval=_APPROVAL.id,
    command=_COMMAND.id,
    case=_CASE.id,
    products=("bracket-a",),
)
_AUDIT = Audit(
    **_header(22, How.MACHINE, "connect"),
    address=_SAW,
    action="command.written",
    outcome="done",
    of=_COMMAND.id,
    of_class="command",
    of_rev=0,
    grant_id="g-0057",
    case=_CASE.id,
    text="speed from 100 to 85 %",
)
_GAP = Gap(
    **_header(31, How.MACHINE, "connect"),
    address=_SAW,
    of_source="saw",
    epoch=5,
    first_n=1204,
    last_n=1231,
    until_ns=EXAMPLE_T0_NS + 32 * _MIN_NS,
    reason=GapReason.OVERRUN,
    count=2790,
    at_least=True,
)
RECORD_EXAMPLES: Mapping[str, Record] = MappingProxyType(
    {
        "state": _STATE,
        "parts": _PARTS,
        "job": _JOB,
        "material": _MATERIAL,
        "sign-on": _SIGN_ON,
        "reason": _REASON,
        "tool": _TOOL,
        "measurement": _MEASUREMENT,
        "approval": _APPROVAL,
        "hold": _HOLD,
        "maintenance": _MAINTENANCE,
        "calibration": _CALIBRATION,
        "correction": _CORRECTION,
        "alarm": _ALARM,
        "call": _CALL,
        "order": _ORDER,
        "forecast": _FORECAST,
        "command": _COMMAND,
        "ack": _ACK,
        "temporary-change": _TEMPORARY_CHANGE,
        "case": _CASE,
        "audit": _AUDIT,
        "gap": _GAP,
    }
)
"""One example by class, in the order of the reference page."""
