"""One call for help as the fold of its records, in any order.

Every event stands in a place of its own, so the same records give the same call whatever their
order, and a repeat changes nothing. Of two people who answer the earlier one counts.
"""

from typing import Literal

import msgspec

from linewright.plant import Address
from linewright.plant.records import Call, CallEvent, CallKind, Role

__all__ = ["CallNow", "CallStatus", "Stamp", "learn"]

CallStatus = Literal["raised", "acknowledged", "arrived", "resolved", "cancelled"]
"""What has become of a call: the last of these that happened."""


class Stamp(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """When something happened, and by whom.

    Examples
    --------
    >>> Stamp(t_ns=5, by="p7").by
    'p7'
    """

    t_ns: int
    by: str | None = None


class CallNow(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """A call as far as its records tell.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> now = learn(None, example(Call))
    >>> now.status, now.is_open
    ('raised', True)
    """

    id: str
    address: Address
    kind: CallKind
    raised: Stamp | None = None
    """None where only a later event of it is known yet."""
    text: str = ""
    to: Role | None = None
    """Role that was asked when it was raised."""
    material: str | None = None
    case: str | None = None
    level: int = 0
    """Highest level of escalation that was reached."""
    escalated: Stamp | None = None
    """When that level was reached."""
    asked: Role | None = None
    """Role that was asked at that level."""
    acknowledged: Stamp | None = None
    arrived: Stamp | None = None
    resolved: Stamp | None = None
    cause: str | None = None
    cancelled: Stamp | None = None
    is_void: bool = False

    @property
    def status(self) -> CallStatus:
        """What has become of it.

        Examples
        --------
        >>> at = Address("reno/shop/a/t")
        >>> CallNow(id="a", address=at, kind=CallKind.SAFETY, arrived=Stamp(t_ns=5)).status
        'arrived'
        """
        if self.cancelled is not None:
            return "cancelled"
        if self.resolved is not None:
            return "resolved"
        if self.arrived is not None:
            return "arrived"
        return "raised" if self.acknowledged is None else "acknowledged"

    @property
    def is_open(self) -> bool:
        """Whether somebody still waits for help.

        Examples
        --------
        >>> at = Address("reno/shop/a/t")
        >>> CallNow(id="a", address=at, kind=CallKind.SAFETY).is_open
        False
        """
        told = self.raised is not None and not self.is_void
        return told and self.resolved is None and self.cancelled is None

    @property
    def waits(self) -> bool:
        """Whether nobody has answered it yet.

        Examples
        --------
        >>> at = Address("reno/shop/a/t")
        >>> CallNow(id="a", address=at, kind=CallKind.SAFETY, raised=Stamp(t_ns=5)).waits
        True
        """
        return self.is_open and self.acknowledged is None and self.arrived is None

    @property
    def ended_ns(self) -> int | None:
        """When it was resolved or cancelled, or None while it is open.

        Examples
        --------
        >>> at = Address("reno/shop/a/t")
        >>> CallNow(id="a", address=at, kind=CallKind.SAFETY).ended_ns is None
        True
        """
        ends = [each.t_ns for each in (self.resolved, self.cancelled) if each is not None]
        return min(ends, default=None)


def learn(now: CallNow | None, record: Call) -> CallNow:
    """Call with one more of its records; any order gives the same, a repeat changes nothing.

    Parameters
    ----------
    now
        The call so far, or None before its first record.
    record
        A record of this call.

    Returns
    -------
    CallNow
        Of revisions only those that take the raised record back mean something here.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> once = learn(None, example(Call))
    >>> learn(once, example(Call)) == once
    True
    """
    name = record.call or record.id
    if now is None:
        now = CallNow(id=name, address=record.address, kind=record.kind)
    assert now.id == name, "a record of another call"
    stamp = Stamp(t_ns=record.t_ns, by=record.by)
    change: dict[str, object] = {}
    if record.event is CallEvent.RAISED:
        change = _raised(now, record, stamp)
    elif record.event is CallEvent.ESCALATED:
        if record.level > now.level or (record.level == now.level and now.escalated is None):
            change = {"level": record.level, "escalated": stamp, "asked": record.to}
    elif record.event is CallEvent.RESOLVED:
        if _earlier(stamp, now.resolved):
            change = {"resolved": stamp, "cause": record.cause}
    else:
        field = record.event.value
        if _earlier(stamp, getattr(now, field)):
            change = {field: stamp}
    return msgspec.structs.replace(now, **change)


def _raised(now: CallNow, record: Call, stamp: Stamp) -> dict[str, object]:
    if record.void:
        return {"is_void": True}
    if now.raised is not None:
        return {}
    return {
        "raised": stamp,
        "text": record.text,
        "to": record.to,
        "material": record.material,
        "case": record.case,
    }


def _earlier(stamp: Stamp, before: Stamp | None) -> bool:
    return before is None or (stamp.t_ns, stamp.by or "") < (before.t_ns, before.by or "")
