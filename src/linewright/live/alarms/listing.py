"""The list of alarms: what is active now, in order, with floods grouped and bad actors marked.

A flood (more than `FLOOD_BEGINS` alarms of an area within ten minutes) groups the rows by station,
so that a person sees causes instead of a hundred lines. Nothing is left out of the list for it, and
what is critical is never grouped.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from linewright.live.alarms.life import AlarmNow, Occurrence
from linewright.live.alarms.patterns import Chatter, Flood, chattering, floods
from linewright.live.alarms.watches import PRIORITIES, AlarmLayout
from linewright.plant import Address
from linewright.plant.model import FrozenMap
from linewright.plant.records import Alarm, AlarmKind, AlarmPriority, AlarmState

__all__ = ["STALE_S", "AlarmGroup", "AlarmList", "AlarmRow", "journal", "listing"]

STALE_S = 24 * 3600
"""An alarm that stands for more than a day tells nobody anything: it is stale (ISA-18.2)."""

JOURNAL_MAX = 10_000
"""Most records of one answer of the journal."""

RECENT_S = 3600
"""How far back the list looks for floods and chattering; more than their windows."""

_NS_PER_S = 1_000_000_000
_Texts = Mapping[str, str]

_ENDED = frozenset([AlarmState.NORMAL])


class AlarmRow(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm of the list.

    Examples
    --------
    >>> AlarmRow.__struct_fields__[:2]
    ('address', 'alarm')
    """

    address: Address
    alarm: str
    occurrence: str | None
    """Id to acknowledge; None of an alarm that was never raised."""
    state: AlarmState
    priority: AlarmPriority
    kind: AlarmKind
    raised_ns: int | None
    returned_ns: int | None
    age_s: float
    """Time since it was raised; 0 where it never was."""
    acknowledged_ns: int | None
    acknowledged_by: str | None
    value: float | None
    limit: float | None
    unit: str | None
    code: str | None
    text: str
    quality: int
    label: _Texts
    action: _Texts
    shelved_until_ns: int | None
    marked_by: str | None
    """Who shelved it or took it out of service."""
    comment: str
    is_stale: bool
    is_chattering: bool
    group: Address | None = None
    """Group of the flood that it is in, or None."""

    @property
    def is_open(self) -> bool:
        """Whether it asks for attention: neither shelved, hidden nor out of service.

        Examples
        --------
        >>> isinstance(AlarmRow.is_open, property)
        True
        """
        return self.state not in {
            AlarmState.SHELVED,
            AlarmState.SUPPRESSED,
            AlarmState.OUT_OF_SERVICE,
        }


class AlarmGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Alarms of one station in a flood.

    Examples
    --------
    >>> AlarmGroup.__struct_fields__
    ('address', 'count', 'priority', 'first_ns')
    """

    address: Address
    count: int
    priority: AlarmPriority
    """The highest of them."""
    first_ns: int
    """When the first of them was raised: where a cause is looked for."""


class AlarmList(msgspec.Struct, frozen=True, kw_only=True):
    """Every alarm that is not normal, the most urgent first.

    Examples
    --------
    >>> listing([], now_ns=0).rows
    ()
    """

    rows: tuple[AlarmRow, ...]
    groups: tuple[AlarmGroup, ...] = ()
    floods: tuple[Flood, ...] = ()
    """Floods that go on now."""
    chattering: tuple[Chatter, ...] = ()
    counts: Mapping[str, int] = FrozenMap()
    """How many rows by state."""


def listing(
    alarms: Iterable[AlarmNow],
    *,
    now_ns: int,
    recent: Sequence[Alarm] = (),
    layout: AlarmLayout | None = None,
) -> AlarmList:
    """Every alarm that is not normal at a time, by priority, then by age, the oldest first.

    Parameters
    ----------
    alarms
        Alarms as far as known.
    now_ns
        Plant time.
    recent
        Records of the last hour, in any order, for floods and chattering.
    layout
        What is watched, for labels and actions.

    Returns
    -------
    AlarmList
        With `groups` while a flood goes on.

    Notes
    -----
    Linear in the alarms and the recent records, but for sorting. Flood: more than 10 alarms of an
    area in 10 minutes, until fewer than 5 (EEMUA 191). Stale: active for more than 24 h.

    Examples
    --------
    >>> from linewright.live.alarms import learn
    >>> from linewright.plant.records.examples import example
    >>> raised = example(Alarm)
    >>> [row] = listing([learn(None, raised)], now_ns=raised.t_ns + 5 * 10**9).rows
    >>> row.state.value, row.age_s
    ('unacknowledged', 5.0)
    """
    since_ns = now_ns - RECENT_S * _NS_PER_S
    lately = [each for each in recent if since_ns <= each.t_ns <= now_ns]
    chatters = chattering(lately, now_ns=now_ns)
    restless = {(each.address, each.alarm) for each in chatters if each.goes_on}
    going_on = tuple(each for each in floods(lately, now_ns=now_ns) if each.until_ns is None)
    flooded = {each.address for each in going_on}
    context = _Context(now_ns=now_ns, layout=layout, flooded=flooded, restless=restless)
    rows = [
        _row(now, state, context) for now in alarms if (state := now.state_at(now_ns)) not in _ENDED
    ]
    rows.sort(key=_urgency)
    return AlarmList(
        rows=tuple(rows),
        groups=_groups(rows),
        floods=going_on,
        chattering=chatters,
        counts=FrozenMap(Counter(each.state.value for each in rows)),
    )


def journal(
    records: Iterable[Alarm],
    *,
    from_ns: int,
    until_ns: int,
    at: Address | None = None,
) -> tuple[Alarm, ...]:
    """Alarm records of a time, the newest first, each once in its last revision.

    Parameters
    ----------
    records
        Records in any order, repeats included.
    from_ns, until_ns
        The time; the end is not in it.
    at
        Address at or above the alarms; left out: all.

    Returns
    -------
    tuple of Alarm
        At most `JOURNAL_MAX`, the newest; what was taken back is left out.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> one = example(Alarm)
    >>> len(journal([one, one], from_ns=one.t_ns, until_ns=one.t_ns + 1))
    1
    """
    last: dict[str, Alarm] = {}
    for each in records:
        if each.id not in last or last[each.id].rev < each.rev:
            last[each.id] = each
    found = [
        each
        for each in last.values()
        if from_ns <= each.t_ns < until_ns
        and not each.void
        and (at is None or at.contains(each.address))
    ]
    found.sort(key=lambda each: (each.t_ns, each.id), reverse=True)
    return tuple(found[:JOURNAL_MAX])


class _Context(msgspec.Struct, frozen=True, kw_only=True):
    """What every row is made with."""

    now_ns: int
    layout: AlarmLayout | None
    flooded: set[Address]
    restless: set[tuple[Address, str]]


def _row(now: AlarmNow, state: AlarmState, context: _Context) -> AlarmRow:
    now_ns, layout = context.now_ns, context.layout
    current = now.current or Occurrence(id="")
    limit = None if layout is None else layout.limits.get(now.key)
    watch = None if layout is None else layout.tags.get(now.address)
    age_s = 0.0 if current.raised_ns is None else (now_ns - current.raised_ns) / _NS_PER_S
    priority = current.priority if limit is None or current.id else limit.priority
    mark = now.service if state is AlarmState.OUT_OF_SERVICE else now.shelf
    marked = state in {AlarmState.OUT_OF_SERVICE, AlarmState.SHELVED} and mark is not None
    row = AlarmRow(
        address=now.address,
        alarm=now.alarm,
        occurrence=current.id or None,
        state=state,
        priority=priority,
        kind=current.kind,
        raised_ns=current.raised_ns,
        returned_ns=current.returned_ns,
        age_s=max(0.0, age_s),
        acknowledged_ns=current.acknowledged_ns,
        acknowledged_by=current.acknowledged_by,
        value=current.value,
        limit=current.limit,
        unit=current.unit,
        code=current.code,
        text=current.text,
        quality=current.quality,
        label=limit.label if limit is not None else (watch.label if watch else FrozenMap()),
        action=limit.action if limit is not None else FrozenMap(),
        shelved_until_ns=mark.until_ns if marked and mark else None,
        marked_by=mark.by if marked and mark else None,
        comment=mark.comment if marked and mark else "",
        is_stale=current.is_active and age_s > STALE_S,
        is_chattering=(now.address, now.alarm) in context.restless,
    )
    in_flood = row.is_open and priority is not AlarmPriority.CRITICAL
    if in_flood and any(each.contains(now.address) for each in context.flooded):
        return msgspec.structs.replace(row, group=_station_of(now.address))
    return row


def _station_of(address: Address) -> Address:
    owner = address.parent if address.tag is not None else address
    return owner or address


def _urgency(row: AlarmRow) -> tuple[int, int, str, str]:
    return PRIORITIES[row.priority], row.raised_ns or 0, row.address, row.alarm


def _groups(rows: Iterable[AlarmRow]) -> tuple[AlarmGroup, ...]:
    """Groups of a flood, the one that began first in front."""
    found: dict[Address, list[AlarmRow]] = defaultdict(list)
    for row in rows:
        if row.group is not None:
            found[row.group].append(row)
    groups = [
        AlarmGroup(
            address=address,
            count=len(members),
            priority=min((each.priority for each in members), key=PRIORITIES.__getitem__),
            first_ns=min(each.raised_ns or 0 for each in members),
        )
        for address, members in found.items()
    ]
    return tuple(sorted(groups, key=lambda each: (each.first_ns, each.address)))
