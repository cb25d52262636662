"""One valid example of every contract: for the reference page, the golden files and doctests.

>>> from linewright.plant.records.classes.production import State
>>> example(State).address
Address('nogales/machining/bracket/mill')
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypedDict, TypeVar

import msgspec

from linewright.plant.money import Money
from linewright.plant.records.base import Role, SiteKind
from linewright.plant.records.classes.acts import (
    ActionKind,
    Change,
    Command,
)
from linewright.plant.records.classes.material import (
    Material,
    Unit,
)
from linewright.plant.records.classes.planning import (
    OrderStatus,
)
from linewright.plant.records.classes.production import (
    StationState,
)
from linewright.plant.records.example_records import (
    EXAMPLE_LINE,
    EXAMPLE_PLANT_REV,
    EXAMPLE_T0_NS,
    RECORD_EXAMPLES,
)
from linewright.plant.records.grants import (
    Act,
    Ceiling,
    Grant,
    Limit,
    Mode,
    Permits,
    Reading,
    Undo,
    Usage,
)
from linewright.plant.records.line_state import (
    BufferNow,
    CrewNow,
    InputSequence,
    LineState,
    OrderNow,
    StationNow,
    Trace,
    TraceKind,
    WearNow,
)
from linewright.plant.records.quality import Quality

__all__ = ["EXAMPLES", "AuthorityFacts", "authority_example", "example"]

T = TypeVar("T", bound=msgspec.Struct)


def _of(contract: type[T], examples: Mapping[str, msgspec.Struct]) -> T:
    found = next(each for each in examples.values() if type(each) is contract)
    assert isinstance(found, contract), "every contract has an example"
    return found


_SAW = EXAMPLE_LINE.child("saw")
_MILL = EXAMPLE_LINE.child("mill")
_MIN_NS = 60_000_000_000
_HOUR_NS = 60 * _MIN_NS
_COMMAND = _of(Command, RECORD_EXAMPLES)

_LINE_STATE = LineState(
    address=EXAMPLE_LINE,
    as_of_ns=EXAMPLE_T0_NS + 8 * _MIN_NS,
    plant_rev=EXAMPLE_PLANT_REV,
    inputs=(
        InputSequence(source="mill", epoch=2, n=9310),
        InputSequence(source="saw", epoch=5, n=1102),
    ),
    stations=(
        StationNow(
            address=_SAW,
            state=StationState.RUNNING,
            since_ns=EXAMPLE_T0_NS,
            seen_ns=EXAMPLE_T0_NS + 8 * _MIN_NS,
            job="4711-10",
            product="bracket-a",
            operation="cut",
            set_up="steel",
            cycle_began_ns=EXAMPLE_T0_NS + 7 * _MIN_NS + 30_000_000_000,
            wear=(WearNow(part="blade", used_ratio=0.812),),
            units=(Unit(id="BA-000314", lot="L2406-07", product="bracket-a"),),
        ),
        StationNow(
            address=_MILL,
            state=StationState.DOWN,
            since_ns=EXAMPLE_T0_NS + 7 * _MIN_NS,
            seen_ns=EXAMPLE_T0_NS + 8 * _MIN_NS,
            quality=Quality.CLOCK,
            reason="mechanical/jam",
            job="4711-20",
            product="bracket-a",
            operation="mill",
            set_up="steel",
        ),
    ),
    buffers=(
        BufferNow(address=EXAMPLE_LINE.child("saw-mill"), count=1, units=(Unit(id="BA-000313"),)),
    ),
    crews=(CrewNow(crew="operators", present=2), CrewNow(crew="maintenance", present=1, busy=1)),
    orders=(
        OrderNow(
            order="4711",
            product="bracket-a",
            status=OrderStatus.STARTED,
            quantity=Decimal(40),
            done=Decimal(12),
            due_ns=EXAMPLE_T0_NS + 24 * _HOUR_NS,
            priority=5,
        ),
    ),
)
_GRANT = Grant(
    id="g-0057",
    person="p3",
    roles=(Role.SUPERVISOR, Role.QUALITY),
    actions=(ActionKind.SPEED, ActionKind.CALL),
    addresses=(EXAMPLE_LINE,),
    limits=(Limit(parameter="speed", low=80.0, high=105.0),),
    count=5,
    rate_per_h=3.0,
    money=Money(Decimal("500.00"), "MXN"),
    from_ns=EXAMPLE_T0_NS,
    until_ns=EXAMPLE_T0_NS + 8 * _HOUR_NS,
    mode=Mode.ACT,
    for_site=SiteKind.REAL,
    plant_rev=EXAMPLE_PLANT_REV,
    comment="night shift without a setter",
)
_CEILING = Ceiling(
    address=_SAW,
    limit=Limit(parameter="speed", low=50.0, high=120.0),
    action=ActionKind.SPEED,
    mode=Mode.ACT,
    plant_rev=EXAMPLE_PLANT_REV,
    site_kinds=(SiteKind.REAL, SiteKind.SIMULATED),
    roles=(Role.SUPERVISOR, Role.MANAGER),
    absent=(),
    step=20.0,
    rate_per_h=6.0,
    count=20,
    money=Money(Decimal("2000.00"), "MXN"),
    longest_ns=12 * _HOUR_NS,
)
_USAGE = Usage(
    grant_id="g-0057",
    count=1,
    money=Money(Decimal("35.00"), "MXN"),
    acts=(Act(command_id=_COMMAND.id, at_ns=EXAMPLE_T0_NS + 22 * _MIN_NS),),
    undos=(
        Undo(
            of=_COMMAND.id,
            action=ActionKind.SPEED,
            address=_SAW,
            parameter="speed",
            value=100.0,
        ),
    ),
)


def _says(*, value: bool) -> Reading:
    return Reading(value=value, age_ns=400_000_000)


_PERMITS = Permits(
    address=_SAW,
    site_kind=SiteKind.REAL,
    stop=_says(value=False),
    grant_age_ns=900_000_000,
    remote_enabled=_says(value=True),
    automatic=_says(value=True),
    locked_out=_says(value=False),
    guard_open=_says(value=False),
    maintenance=_says(value=False),
    set_up=_says(value=False),
    present=100.0,
    present_age_ns=300_000_000,
)

EXAMPLES: Mapping[str, msgspec.Struct] = MappingProxyType(
    {
        **RECORD_EXAMPLES,
        "line-state": _LINE_STATE,
        "change": Change(
            address=_SAW,
            parameter="speed",
            value=85.0,
            at_ns=EXAMPLE_T0_NS + 22 * _MIN_NS,
            until_ns=EXAMPLE_T0_NS + 60 * _MIN_NS,
        ),
        "trace": Trace(
            t_ns=EXAMPLE_T0_NS + 5 * _MIN_NS,
            kind=TraceKind.ENDED,
            element=_MILL,
            unit="BA-000311",
            value=1.0,
        ),
        "unit": _of(Material, RECORD_EXAMPLES).units[0],
        "grant": _GRANT,
        "usage": _USAGE,
        "permits": _PERMITS,
        "ceiling": _CEILING,
    }
)
"""One example by name of the contract, in the order of the reference page."""


class AuthorityFacts(TypedDict):
    """Arguments of `linewright.plant.authority.authorise`."""

    command: Command
    grant: Grant | None
    usage: Usage | None
    permits: Permits
    now_ns: int
    ceiling: Ceiling | None


def example(contract: type[T]) -> T:
    """Return the example of a contract, always the same one.

    Parameters
    ----------
    contract
        A type of `CONTRACTS`.

    Returns
    -------
    Struct
        A valid value of that type.

    Examples
    --------
    >>> example(Grant).person
    'p3'
    """
    return _of(contract, EXAMPLES)


def authority_example(**changes: Any) -> AuthorityFacts:  # noqa: ANN401 - one per fact
    """Facts of a command that is allowed, with some of them replaced.

    Examples
    --------
    >>> authority_example()["usage"].count
    0
    """
    facts: AuthorityFacts = {
        "command": _COMMAND,
        "grant": _GRANT,
        "usage": Usage(grant_id=_GRANT.id),
        "permits": _PERMITS,
        "now_ns": _COMMAND.seen_ns + 10_000_000,
        "ceiling": _CEILING,
    }
    return {**facts, **changes}  # type: ignore[typeddict-item]  # keys are those of the facts
