"""How well the alarms of a site serve its people: the performance report of ISA-18.2.

Every figure stands beside the target that ISA-18.2 and EEMUA 191 publish for it, named as such. The
targets are per operator; what one operator looks after is what the report is asked for.
"""

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from linewright.live.alarms.listing import STALE_S
from linewright.live.alarms.patterns import (
    FLOOD_BEGINS,
    FLOOD_S,
    Chatter,
    Flood,
    chattering,
    flood_spans,
    floods,
    raised_once,
)
from linewright.plant import Address
from linewright.plant.model import FrozenMap
from linewright.plant.records import Alarm, AlarmEvent, AlarmPriority

__all__ = ["TARGETS", "AlarmFigure", "AlarmReport", "BadActor", "performance"]

TOP = 10
"""How many bad actors are listed."""

TARGETS: Mapping[str, tuple[float, str]] = FrozenMap(
    {
        "alarms_per_10_min": (1.0, "ISA-18.2 and EEMUA 191: about 1 in 10 min, at most 2"),
        "peak_per_10_min": (10.0, "ISA-18.2 and EEMUA 191: at most 10 in 10 min"),
        "windows_over_10_share": (0.01, "ISA-18.2: less than 1 % of the 10-minute periods"),
        "flood_share": (0.01, "ISA-18.2: less than 1 % of the time"),
        "top_ten_share": (0.05, "ISA-18.2: less than 1 % to 5 % of all alarms"),
        "chattering_count": (0.0, "ISA-18.2: none"),
        "stale_count": (5.0, "ISA-18.2: fewer than 5 on any day"),
        "low_share": (0.80, "ISA-18.2 and EEMUA 191: about 80 % low"),
        "medium_share": (0.15, "ISA-18.2 and EEMUA 191: about 15 % medium"),
        "high_share": (0.05, "ISA-18.2 and EEMUA 191: about 5 % high, critical included"),
    }
)
"""Target of each figure, and where it is published."""

SHARE_SPARE = 0.05
"""How far the share of a priority may be from its target, which is an approximate one."""

_SHARES = frozenset(["low_share", "medium_share", "high_share"])
_NS_PER_S = 1_000_000_000
_WINDOW_NS = FLOOD_S * _NS_PER_S


class AlarmFigure(msgspec.Struct, frozen=True, kw_only=True):
    """A figure beside its target.

    Examples
    --------
    >>> AlarmFigure(name="flood_share", value=0.0, target=0.01, source="ISA-18.2", met=True).met
    True
    """

    name: str
    value: float
    """nan where nothing was raised that could be judged."""
    target: float
    source: str
    met: bool


class BadActor(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm among the ten that are raised most often.

    Examples
    --------
    >>> BadActor(address=Address("reno"), alarm="high", count=7, share=0.5).count
    7
    """

    address: Address
    alarm: str
    count: int
    share: float


class AlarmReport(msgspec.Struct, frozen=True, kw_only=True):
    """The performance of the alarms in a time.

    Examples
    --------
    >>> performance([], from_ns=0, until_ns=600 * 10**9).count
    0
    """

    from_ns: int
    until_ns: int
    count: int
    """Alarms raised."""
    per_window: tuple[int, ...]
    """Alarms raised in each period of ten minutes; the last one may be shorter."""
    figures: tuple[AlarmFigure, ...]
    by_priority: Mapping[str, int]
    top: tuple[BadActor, ...]
    floods: tuple[Flood, ...]
    chattering: tuple[Chatter, ...]
    stale: tuple[Alarm, ...]
    """Raised records of alarms that stood for more than a day within the time."""
    acknowledged_count: int
    acknowledge_s_median: float
    """Time from raised to acknowledged; nan where none was."""
    acknowledge_s_p95: float


def performance(
    records: Iterable[Alarm], *, from_ns: int, until_ns: int, at: Address | None = None
) -> AlarmReport:
    """Report on the alarms raised in a time, after ISA-18.2.

    Parameters
    ----------
    records
        Alarm records in any order. For stale alarms also those raised before the time and still
        active in it; for the rest those of the time and a little after it (acknowledged).
    from_ns, until_ns
        The time, at least a nanosecond; the end is not in it.
    at
        What one operator looks after: an address at or above the alarms. Left out: everything.

    Returns
    -------
    AlarmReport
        Suppressed alarms are not counted: nobody was asked to look at them.

    Notes
    -----
    Linear in the records but for sorting. Periods of ten minutes begin at `from_ns`.

    Examples
    --------
    >>> report = performance([], from_ns=0, until_ns=3600 * 10**9)
    >>> [each.value for each in report.figures if each.name == "alarms_per_10_min"]
    [0.0]
    """
    assert until_ns > from_ns, "a time has a length"
    known = [each for each in records if at is None or at.contains(each.address)]
    shown = [each for each in raised_once(known) if each.state.value != "suppressed"]
    raised = [each for each in shown if from_ns <= each.t_ns < until_ns]
    windows = math.ceil((until_ns - from_ns) / _WINDOW_NS)
    binned = Counter((each.t_ns - from_ns) // _WINDOW_NS for each in raised)
    per_window = tuple(binned.get(each, 0) for each in range(windows))
    stale = _stale(known, shown, from_ns, until_ns)
    priorities = Counter(each.priority.value for each in raised)
    top = _top(raised)
    flooded = floods(raised, now_ns=until_ns)
    restless = chattering([*raised, *_ends(known, raised)], now_ns=until_ns)
    waits_s = sorted(_waits_s(known, raised))
    values = {
        "alarms_per_10_min": len(raised) * _WINDOW_NS / (until_ns - from_ns),
        "peak_per_10_min": float(max(per_window)),
        "windows_over_10_share": sum(each > FLOOD_BEGINS for each in per_window) / windows,
        "flood_share": _flood_share(raised, from_ns, until_ns),
        "top_ten_share": sum(each.count for each in top) / max(1, len(raised)),
        "chattering_count": float(len(restless)),
        "stale_count": float(len(stale)),
        **_shares(priorities),
    }
    return AlarmReport(
        from_ns=from_ns,
        until_ns=until_ns,
        count=len(raised),
        per_window=per_window,
        figures=tuple(_figure(name, value) for name, value in values.items()),
        by_priority=FrozenMap(priorities),
        top=top,
        floods=flooded,
        chattering=restless,
        stale=stale,
        acknowledged_count=len(waits_s),
        acknowledge_s_median=statistics.median(waits_s) if waits_s else math.nan,
        acknowledge_s_p95=_quantile(waits_s, 0.95),
    )


def _figure(name: str, value: float) -> AlarmFigure:
    target, source = TARGETS[name]
    if name in _SHARES:
        met = math.isnan(value) or abs(value - target) <= SHARE_SPARE
    elif name == "stale_count":
        met = value < target
    else:
        met = value <= target
    return AlarmFigure(name=name, value=value, target=target, source=source, met=met)


def _top(raised: Sequence[Alarm]) -> tuple[BadActor, ...]:
    counts = Counter((each.address, each.alarm) for each in raised)
    most = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:TOP]
    return tuple(
        BadActor(address=address, alarm=alarm, count=count, share=count / len(raised))
        for (address, alarm), count in most
    )


def _shares(priorities: Mapping[str, int]) -> dict[str, float]:
    total = sum(priorities.values())
    high = [AlarmPriority.HIGH, AlarmPriority.CRITICAL]
    counts = {
        "low_share": priorities.get(AlarmPriority.LOW, 0),
        "medium_share": priorities.get(AlarmPriority.MEDIUM, 0),
        "high_share": sum(priorities.get(each, 0) for each in high),
    }
    return {name: count / total if total else math.nan for name, count in counts.items()}


def _stale(
    known: Sequence[Alarm], shown: Sequence[Alarm], from_ns: int, until_ns: int
) -> tuple[Alarm, ...]:
    """Alarms that had stood for a day at some instant of the time."""
    ends = _first(known, AlarmEvent.RETURNED)
    found = []
    for each in shown:
        stale_ns = each.t_ns + STALE_S * _NS_PER_S
        end_ns = ends.get(each.id, until_ns)
        if max(stale_ns, from_ns) < min(end_ns, until_ns):
            found.append(each)
    return tuple(found)


def _ends(known: Sequence[Alarm], raised: Sequence[Alarm]) -> list[Alarm]:
    ids = {each.id for each in raised}
    return [e for e in known if e.event is AlarmEvent.RETURNED and e.occurrence in ids]


def _waits_s(known: Sequence[Alarm], raised: Sequence[Alarm]) -> list[float]:
    seen = _first(known, AlarmEvent.ACKNOWLEDGED)
    return [max(0, seen[each.id] - each.t_ns) / _NS_PER_S for each in raised if each.id in seen]


def _first(known: Sequence[Alarm], event: AlarmEvent) -> dict[str, int]:
    """Time of the first such event of each occurrence."""
    found: dict[str, int] = {}
    for each in known:
        if each.event is event and each.occurrence is not None and not each.void:
            found[each.occurrence] = min(each.t_ns, found.get(each.occurrence, each.t_ns))
    return found


def _flood_share(raised: Sequence[Alarm], from_ns: int, until_ns: int) -> float:
    """Share of the time in which all these alarms together were a flood."""
    spans = flood_spans(Address("all"), [each.t_ns for each in raised], until_ns)
    within_ns = sum((each.until_ns or until_ns) - each.from_ns for each in spans)
    return within_ns / (until_ns - from_ns)


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Value at a share of an ordered sample, the nearest above; nan of an empty one."""
    if not ordered:
        return math.nan
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]
