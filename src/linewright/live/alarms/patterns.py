"""Patterns in the records of alarms: floods, and alarms that chatter.

Both read raised records alone, so that a page and a report name the same ones.
"""

import math
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from linewright.plant import Address
from linewright.plant.records import Alarm, AlarmEvent, AlarmKind

__all__ = ["CHATTER_COUNT", "CHATTER_S", "FLOOD_BEGINS", "FLOOD_S", "Chatter", "Flood"]
__all__ += ["chattering", "flood_spans", "floods", "raised_once"]

FLOOD_S = 600
"""Window of a flood: ten minutes (ISA-18.2, EEMUA 191)."""
FLOOD_BEGINS = 10
"""More alarms than this within the window are a flood: more than one person can act on."""
FLOOD_ENDS = 5
"""A flood is over when fewer alarms than this came within the window."""

CHATTER_S = 60
"""Window of chattering: one minute."""
CHATTER_COUNT = 3
"""An alarm that is raised this often within the window chatters (ISA-18.2)."""

DEADBAND_SPARE = 1.25
"""A suggested deadband is this much wider than what the value was seen to swing."""

_NS_PER_S = 1_000_000_000
_ANALOGUE = frozenset([AlarmKind.HIGH_HIGH, AlarmKind.HIGH, AlarmKind.LOW, AlarmKind.LOW_LOW])


class Flood(msgspec.Struct, frozen=True, kw_only=True):
    """More alarms at a site or area than a person can act on.

    Examples
    --------
    >>> Flood(address=Address("reno"), from_ns=5, until_ns=None, count=11, peak=11).count
    11
    """

    address: Address
    """The site, or one of its areas."""
    from_ns: int
    """When the eleventh alarm within ten minutes came."""
    until_ns: int | None
    """When fewer than five remained within ten minutes; None: it goes on."""
    count: int
    """Alarms from the first of the window in which it began."""
    peak: int
    """Most alarms within ten minutes."""


class Chatter(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm that comes and goes too quickly to be read, and what might end that.

    Examples
    --------
    >>> Chatter.__struct_fields__[:3]
    ('address', 'alarm', 'count')
    """

    address: Address
    alarm: str
    count: int
    """Times that it was raised while it chattered."""
    from_ns: int
    until_ns: int
    """When it was last raised while it chattered."""
    goes_on: bool
    """Whether that was within the last minute."""
    deadband: float | None = None
    """Suggested deadband in the unit of its tag: what the value swings, and a quarter more."""
    delay_s: float | None = None
    """Suggested delay: the longest of these occurrences, rounded up to a second."""


def raised_once(records: Iterable[Alarm]) -> list[Alarm]:
    """Raised records in the order of their times, each once, those taken back left out."""
    found: dict[str, Alarm] = {}
    void: set[str] = set()
    for each in records:
        if each.event is AlarmEvent.RAISED:
            found.setdefault(each.id, each)
            if each.void:
                void.add(each.id)
    told = [each for key, each in found.items() if key not in void]
    return sorted(told, key=lambda each: (each.t_ns, each.id))


def floods(records: Iterable[Alarm], *, now_ns: int) -> tuple[Flood, ...]:
    """Floods of the site and of each area, in the order in which they began; linear."""
    times: dict[Address, list[int]] = defaultdict(list)
    for each in raised_once(records):
        if each.t_ns > now_ns:
            continue
        times[Address(each.address.site)].append(each.t_ns)
        if each.address.area is not None:
            times[Address(f"{each.address.site}/{each.address.area}")].append(each.t_ns)
    found = [flood for address in times for flood in flood_spans(address, times[address], now_ns)]
    return tuple(sorted(found, key=lambda each: (each.from_ns, each.address)))


def flood_spans(address: Address, times: Sequence[int], now_ns: int) -> Iterator[Flood]:
    """Floods of alarms raised at these times, in their order, for one who looks after them all."""
    window: deque[int] = deque()
    flood: Flood | None = None
    moments = [(t_ns, 1) for t_ns in times]
    moments += [(t_ns + FLOOD_S * _NS_PER_S, -1) for t_ns in times]
    for t_ns, change in sorted(moments):
        if t_ns > now_ns:
            break
        if change > 0:
            window.append(t_ns)
        else:
            window.popleft()
        if flood is None and len(window) > FLOOD_BEGINS:
            flood = Flood(
                address=address, from_ns=t_ns, until_ns=None, count=len(window), peak=len(window)
            )
        elif flood is not None and len(window) < FLOOD_ENDS:
            yield msgspec.structs.replace(flood, until_ns=t_ns)
            flood = None
        elif flood is not None and change > 0:
            peak = max(flood.peak, len(window))
            flood = msgspec.structs.replace(flood, count=flood.count + 1, peak=peak)
    if flood is not None:
        yield flood


def chattering(records: Iterable[Alarm], *, now_ns: int) -> tuple[Chatter, ...]:
    """Alarms that chattered, those raised most often first; linear but for sorting."""
    records = list(records)
    raised: dict[tuple[Address, str], list[Alarm]] = defaultdict(list)
    for each in raised_once(records):
        raised[each.address, each.alarm].append(each)
    returned = {
        each.occurrence: each
        for each in records
        if each.event is AlarmEvent.RETURNED and not each.void
    }
    found = []
    for told in raised.values():
        restless = _restless(told)
        if restless:
            found.append(_chatter(restless, returned, now_ns))
    return tuple(sorted(found, key=lambda each: (-each.count, each.address, each.alarm)))


def _restless(told: Sequence[Alarm]) -> list[Alarm]:
    """Those that are among `CHATTER_COUNT` within the window."""
    chosen: set[int] = set()
    for last in range(CHATTER_COUNT - 1, len(told)):
        first = last - CHATTER_COUNT + 1
        if told[last].t_ns - told[first].t_ns <= CHATTER_S * _NS_PER_S:
            chosen.update(range(first, last + 1))
    return [told[each] for each in sorted(chosen)]


def _chatter(told: Sequence[Alarm], returned: dict[str | None, Alarm], now_ns: int) -> Chatter:
    last = told[-1]
    ends = [(each, returned[each.id]) for each in told if each.id in returned]
    swings = [
        abs(end.value - end.limit)
        for each, end in ends
        if each.kind in _ANALOGUE and end.value is not None and end.limit is not None
    ]
    lasted_s = [(end.t_ns - each.t_ns) / _NS_PER_S for each, end in ends]
    return Chatter(
        address=last.address,
        alarm=last.alarm,
        count=len(told),
        from_ns=told[0].t_ns,
        until_ns=last.t_ns,
        goes_on=now_ns - last.t_ns <= CHATTER_S * _NS_PER_S,
        deadband=DEADBAND_SPARE * max(swings) if swings and max(swings) > 0.0 else None,
        delay_s=float(math.ceil(max(lasted_s))) if lasted_s else None,
    )
