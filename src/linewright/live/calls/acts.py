"""What people do about calls: raise, acknowledge, arrive, resolve, cancel.

An act is checked against the call as it is known now and becomes a record, or is refused in words.
Acknowledging twice is harmless: the second record changes nothing.
"""

import msgspec

from linewright.live.calls.levels import FIRST
from linewright.live.calls.life import CallNow
from linewright.plant import Address
from linewright.plant.records import Call, CallEvent, CallKind, How, Role

__all__ = ["CallAct", "CallRefused", "act", "raise_call"]


class CallRefused(ValueError):
    """An act that cannot be done; nothing was changed.

    Parameters
    ----------
    code
        What is wrong, as one word: `unknown`, `no_act`, `ended`.
    address
        Address of the call.
    what
        What is wrong and what to do, one sentence without a full stop.

    Examples
    --------
    >>> str(CallRefused("ended", Address("reno/shop/a/t"), "raise a new one"))
    'reno/shop/a/t: raise a new one'
    """

    def __init__(self, code: str, address: Address, what: str) -> None:
        super().__init__(code, address, what)
        self.code = code
        self.address = address
        self.what = what

    def __str__(self) -> str:
        return f"{self.address}: {self.what}"


class CallAct(msgspec.Struct, frozen=True, kw_only=True):
    """What a person does about a call.

    Examples
    --------
    >>> CallAct(event=CallEvent.ARRIVED, by="p7", now_ns=5).cause is None
    True
    """

    event: CallEvent
    by: str
    """Id of the person."""
    now_ns: int
    """Plant time of the act."""
    kind: CallKind = CallKind.SUPERVISOR
    """Whose help is called for; of a call that is raised."""
    text: str = ""
    to: Role | None = None
    """Role that is asked; left out: the first one of the kind."""
    material: str | None = None
    cause: str | None = None
    plant_rev: str = "none"
    source: str = "server"


def raise_call(address: Address, wanted: CallAct) -> Call:
    """Record of a new call.

    Parameters
    ----------
    address
        Where help is needed.
    wanted
        With event `raised`.

    Raises
    ------
    CallRefused
        Another event is asked for.

    Examples
    --------
    >>> wanted = CallAct(event=CallEvent.RAISED, by="p7", now_ns=5, kind=CallKind.QUALITY)
    >>> raise_call(Address("reno/shop/a/t"), wanted).to.value
    'quality'
    """
    if wanted.event is not CallEvent.RAISED:
        raise CallRefused("no_act", address, "a call begins by being raised")
    return Call(
        address=address,
        t_ns=wanted.now_ns,
        seen_ns=wanted.now_ns,
        plant_rev=wanted.plant_rev,
        how=How.PERSON,
        source=wanted.source,
        by=wanted.by,
        kind=wanted.kind,
        event=CallEvent.RAISED,
        text=wanted.text,
        to=wanted.to or FIRST[wanted.kind],
        material=wanted.material,
    )


def act(now: CallNow | None, wanted: CallAct) -> Call:
    """Record of an act on a call, to be published; learned, it changes the call.

    Parameters
    ----------
    now
        The call as far as it is known; None: it is not.
    wanted
        What is done: `acknowledged`, `arrived`, `resolved` or `cancelled`.

    Raises
    ------
    CallRefused
        There is no such call, it has ended, or nobody does that by hand.

    Examples
    --------
    >>> from linewright.live.calls import learn
    >>> from linewright.plant.records.examples import example
    >>> now = learn(None, example(Call))
    >>> act(now, CallAct(event=CallEvent.ARRIVED, by="p9", now_ns=now.raised.t_ns + 5)).by
    'p9'
    """
    if now is None or now.raised is None:
        where = Address("unknown") if now is None else now.address
        raise CallRefused("unknown", where, "there is no such call; read the list again")
    if wanted.event in {CallEvent.RAISED, CallEvent.ESCALATED}:
        what = f"`{wanted.event.value}` is not done to a call by hand"
        raise CallRefused("no_act", now.address, what)
    if not now.is_open:
        what = f"the call was {now.status} before; raise a new one if help is still needed"
        raise CallRefused("ended", now.address, what)
    return Call(
        address=now.address,
        t_ns=max(wanted.now_ns, now.raised.t_ns + 1),
        seen_ns=wanted.now_ns,
        plant_rev=wanted.plant_rev,
        how=How.PERSON,
        source=wanted.source,
        by=wanted.by,
        kind=now.kind,
        event=wanted.event,
        call=now.id,
        level=now.level,
        text=wanted.text,
        cause=wanted.cause,
        case=now.case,
    )
