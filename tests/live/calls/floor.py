"""A small floor for the tests of calls: one call at the mill and what becomes of it."""

from linewright.plant.records import Call, CallEvent, CallKind, How
from tests.live.floor import MILL, SIX, S


def at(seconds: float) -> int:
    """Plant time so many seconds after six."""
    return SIX + round(seconds * S)


def raised(seconds: float = 0, *, kind: CallKind = CallKind.MAINTENANCE) -> Call:
    """A person calls for help at the mill."""
    return Call(
        address=MILL,
        t_ns=at(seconds),
        seen_ns=at(seconds),
        plant_rev="r1",
        how=How.PERSON,
        source="server",
        by="p7",
        kind=kind,
        event=CallEvent.RAISED,
        text="clamp does not close",
    )


def after(first: Call, event: CallEvent, seconds: float, *, by: str = "p9") -> Call:
    """A later record of the call."""
    return Call(
        address=first.address,
        t_ns=at(seconds),
        seen_ns=at(seconds),
        plant_rev="r1",
        how=How.PERSON,
        source="server",
        by=by,
        kind=first.kind,
        event=event,
        call=first.id,
    )
