"""The fold of calls: records and time go in, escalations come out.

A call that nobody has acknowledged within the time of a level is escalated to the next one, at
exactly that time after it was raised: derived again, the record has the same id. Whoever answers
ends it. Nothing else is ever made here: calls are raised, answered and resolved by people.
"""

from collections.abc import Mapping

import msgspec

from linewright.live.calls.levels import Level, levels_of
from linewright.live.calls.life import CallNow, learn
from linewright.live.station import NAME
from linewright.plant import Address
from linewright.plant.records import Call, CallEvent, How, order_of

__all__ = ["CallFold", "begin", "decode_fold", "encode_fold", "step"]

FORM = 1
"""Number of the form of a snapshot; another number is not read."""

KEPT_MAX = 1_000
"""Calls that are remembered; beyond it those that have ended are forgotten, the oldest first."""

_NS_PER_S = 1_000_000_000


class CallFold(msgspec.Struct, frozen=True, kw_only=True):
    """The calls of a site: made by `begin`, moved on by `step`.

    Examples
    --------
    >>> begin("reno", "r1").calls
    {}
    """

    site: str
    plant_rev: str
    calls: Mapping[str, CallNow]
    """Calls by id."""


class _Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The form of a snapshot."""

    form: int
    site: str
    calls: dict[str, CallNow]


def begin(site: str, plant_rev: str) -> CallFold:
    """Fold without any call.

    Parameters
    ----------
    site
        Name of the site.
    plant_rev
        Revision of the plant in force; every record carries it.

    Examples
    --------
    >>> begin("reno", "r1").site
    'reno'
    """
    return CallFold(site=site, plant_rev=plant_rev, calls={})


def step(fold: CallFold, given: Call | int) -> tuple[CallFold, tuple[Call, ...]]:
    """Fold a record, or the time.

    Parameters
    ----------
    fold
        What is known.
    given
        A record of a call; or plant time in nanoseconds, once every stored record was read.

    Returns
    -------
    CallFold
        What is known then, the records that come out included.
    tuple of Call
        Escalations, in the order of `order_of`.

    Notes
    -----
    The time is linear in the calls that are open. A call that waited through several levels while
    nobody looked is escalated through all of them.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> raised = example(Call)
    >>> fold, _ = step(begin("nogales", "r1"), raised)
    >>> fold, [told] = step(fold, raised.t_ns + 300 * 10**9)
    >>> told.level, told.to.value
    (1, 'supervisor')
    """
    if isinstance(given, Call):
        return (_learned(fold, given), ()) if given.address.site == fold.site else (fold, ())
    made = [
        _escalated(fold, now, number, level)
        for now in fold.calls.values()
        if now.waits and now.raised is not None
        for number, level in enumerate(levels_of(now.kind), 1)
        if number > now.level and now.raised.t_ns + level.after_s * _NS_PER_S <= given
    ]
    for record in made:
        fold = _learned(fold, record)
    return fold, tuple(sorted(made, key=order_of))


def encode_fold(fold: CallFold) -> bytes:
    """Snapshot of a fold as JSON.

    Examples
    --------
    >>> decode_fold(encode_fold(begin("reno", "r1")), "reno", "r1") == begin("reno", "r1")
    True
    """
    kept = _Kept(form=FORM, site=fold.site, calls=dict(fold.calls))
    return msgspec.json.encode(kept, enc_hook=str, order="sorted")


def decode_fold(data: bytes, site: str, plant_rev: str) -> CallFold:
    """Fold of a snapshot, to go on with.

    Parameters
    ----------
    data
        What `encode_fold` gave.
    site, plant_rev
        As for `begin`.

    Raises
    ------
    ValueError
        The snapshot is damaged, of another form or of another site.

    Examples
    --------
    >>> try:
    ...     decode_fold(b"{}", "reno", "r1")
    ... except ValueError as error:
    ...     str(error)
    'Object missing required field `form`'
    """
    kept = msgspec.json.decode(data, type=_Kept, dec_hook=lambda _, value: Address(value))
    if (kept.form, kept.site) != (FORM, site):
        raise ValueError(f"it is of site {kept.site!r} in form {kept.form}")
    return CallFold(site=site, plant_rev=plant_rev, calls=kept.calls)


def _escalated(fold: CallFold, now: CallNow, number: int, level: Level) -> Call:
    assert now.raised is not None, "only a call that was raised waits"
    t_ns = now.raised.t_ns + level.after_s * _NS_PER_S
    return Call(
        address=now.address,
        t_ns=t_ns,
        seen_ns=t_ns,
        plant_rev=fold.plant_rev,
        how=How.INFERRED,
        source=NAME,
        kind=now.kind,
        event=CallEvent.ESCALATED,
        call=now.id,
        level=number,
        to=level.to,
        case=now.case,
    )


def _learned(fold: CallFold, record: Call) -> CallFold:
    name = record.call or record.id
    before = fold.calls.get(name)
    after = learn(before, record)
    if after == before:
        return fold
    calls = {**fold.calls, name: after}
    if len(calls) > KEPT_MAX:
        over = sorted((each.ended_ns or 0, key) for key, each in calls.items() if not each.is_open)
        for _, key in over[: len(calls) - KEPT_MAX]:
            del calls[key]
    return msgspec.structs.replace(fold, calls=calls)
