"""What people do to an alarm: acknowledge, shelve, take out of service, reset.

An act is checked against the alarm as it is known now and becomes a record, or is refused in words.
Acknowledging twice is harmless: the second record changes nothing.
"""

import msgspec

from linewright.live.alarms.life import SHELF_MAX_S, AlarmNow, Occurrence, learn
from linewright.plant import Address
from linewright.plant.records import (
    Alarm,
    AlarmEvent,
    AlarmKind,
    AlarmPriority,
    AlarmState,
    How,
)

__all__ = ["ACTS", "AlarmAct", "AlarmRefused", "act"]

ACTS = frozenset(
    [
        AlarmEvent.ACKNOWLEDGED,
        AlarmEvent.SHELVED,
        AlarmEvent.UNSHELVED,
        AlarmEvent.REMOVED_FROM_SERVICE,
        AlarmEvent.RETURNED_TO_SERVICE,
        AlarmEvent.RESET,
    ]
)
"""Events that people cause; all others follow from what is watched."""

_REASONED = frozenset([AlarmEvent.SHELVED, AlarmEvent.REMOVED_FROM_SERVICE])
_OF_ONE = frozenset([AlarmEvent.ACKNOWLEDGED, AlarmEvent.RESET])
_NS_PER_S = 1_000_000_000
_H_S = 3600


class AlarmRefused(ValueError):
    """An act that cannot be done; nothing was changed.

    Parameters
    ----------
    code
        What is wrong, as one word: `unknown`, `no_act`, `no_reason`, `no_end`, `too_long`,
        `not_active`, `not_latched`.
    address
        The alarm's address.
    what
        What is wrong and what to do, one sentence without a full stop.

    Examples
    --------
    >>> str(AlarmRefused("no_reason", Address("reno/shop/a/t#temp"), "say why"))
    'reno/shop/a/t#temp: say why'
    """

    def __init__(self, code: str, address: Address, what: str) -> None:
        super().__init__(code, address, what)
        self.code = code
        self.address = address
        self.what = what

    def __str__(self) -> str:
        return f"{self.address}: {self.what}"


class AlarmAct(msgspec.Struct, frozen=True, kw_only=True):
    """What a person wants done to an alarm.

    Examples
    --------
    >>> AlarmAct(event=AlarmEvent.ACKNOWLEDGED, by="p7", now_ns=5).comment
    ''
    """

    event: AlarmEvent
    by: str
    """Id of the person."""
    now_ns: int
    """Plant time of the act."""
    occurrence: str | None = None
    """Which occurrence the person saw; left out: the newest."""
    until_ns: int | None = None
    """End of the shelf."""
    comment: str = ""
    """Why; needed on the shelf and out of service."""
    plant_rev: str = "none"
    source: str = "server"


def act(now: AlarmNow | None, wanted: AlarmAct, *, priority: AlarmPriority | None = None) -> Alarm:
    """Record of an act on an alarm, to be published; learned, it changes the alarm.

    Parameters
    ----------
    now
        The alarm as far as it is known; None: it is not.
    wanted
        What is to be done.
    priority
        Priority of the alarm by the plant file; left out: that of its newest occurrence.

    Returns
    -------
    Alarm
        With the state that follows.

    Raises
    ------
    AlarmRefused
        There is no such alarm or occurrence, no reason or no end is given where one is needed, the
        end is too far away, or nothing is latched.

    Notes
    -----
    The shelf ends within `SHELF_MAX_S` of the priority, by itself. An occurrence that has returned
    can still be acknowledged; one that was raised since is not acknowledged with it.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> raised = example(Alarm)
    >>> later_ns = raised.t_ns + 5
    >>> wanted = AlarmAct(event=AlarmEvent.ACKNOWLEDGED, by="p7", now_ns=later_ns)
    >>> made = act(learn(None, raised), wanted)
    >>> made.state.value, made.occurrence == raised.id
    ('acknowledged', True)
    """
    if now is None or not (now.occurrences or now.shelf or now.service):
        where = Address("unknown") if now is None else now.address
        raise AlarmRefused("unknown", where, "there is no such alarm; read the list again")
    occurrence = _occurrence(now, wanted)
    rank = priority or (AlarmPriority.MEDIUM if occurrence is None else occurrence.priority)
    _check(now, wanted, occurrence, rank)
    newest_ns = 0 if occurrence is None else (occurrence.raised_ns or 0)
    made = Alarm(
        address=now.address,
        t_ns=max(wanted.now_ns, newest_ns + 1),
        seen_ns=wanted.now_ns,
        plant_rev=wanted.plant_rev,
        how=How.PERSON,
        source=wanted.source,
        by=wanted.by,
        alarm=now.alarm,
        event=wanted.event,
        state=AlarmState.NORMAL,
        priority=rank,
        kind=AlarmKind.MACHINE if occurrence is None else occurrence.kind,
        occurrence=None if occurrence is None else occurrence.id,
        code=None if occurrence is None else occurrence.code,
        shelved_until_ns=wanted.until_ns if wanted.event is AlarmEvent.SHELVED else None,
        comment=wanted.comment,
    )
    return msgspec.structs.replace(made, state=learn(now, made).state_at(made.t_ns))


def _occurrence(now: AlarmNow, wanted: AlarmAct) -> Occurrence | None:
    if wanted.occurrence is None:
        return now.current
    found = next((each for each in now.occurrences if each.id == wanted.occurrence), None)
    if found is None:
        what = f"it was not raised as {wanted.occurrence!r} lately; read the list again"
        raise AlarmRefused("unknown", now.address, what)
    return found


def _check(
    now: AlarmNow, wanted: AlarmAct, occurrence: Occurrence | None, priority: AlarmPriority
) -> None:
    if wanted.event not in ACTS:
        what = f"`{wanted.event.value}` follows from what is watched; nobody does it by hand"
        raise AlarmRefused("no_act", now.address, what)
    if wanted.event in _REASONED and not wanted.comment.strip():
        raise AlarmRefused("no_reason", now.address, "say why, in a few words")
    if wanted.event is AlarmEvent.SHELVED:
        _check_shelf(now, wanted, priority)
    if wanted.event in _OF_ONE and occurrence is None:
        raise AlarmRefused("not_active", now.address, "it was never raised; there is nothing to do")
    if wanted.event is AlarmEvent.RESET:
        assert occurrence is not None, "checked just above"
        if not occurrence.latches or occurrence.returned_ns is None:
            what = "nothing is latched: the cause still holds, or the alarm clears by itself"
            raise AlarmRefused("not_latched", now.address, what)


def _check_shelf(now: AlarmNow, wanted: AlarmAct, priority: AlarmPriority) -> None:
    if wanted.until_ns is None or wanted.until_ns <= wanted.now_ns:
        raise AlarmRefused("no_end", now.address, "say until when, in the future")
    longest_s = SHELF_MAX_S[priority]
    if wanted.until_ns - wanted.now_ns > longest_s * _NS_PER_S:
        hours = longest_s // _H_S
        what = f"an alarm of priority {priority.value} stays shelved for {hours} h at most"
        raise AlarmRefused("too_long", now.address, what)
