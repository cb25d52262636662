"""One tag against its limits, sample by sample: when an alarm is raised and when it returns.

A tag is judged from its own samples alone, in the order of its source and by their event times, so
what comes out does not depend on how sources interleave, nor on when it is computed. Bad samples
neither raise nor clear: a delay that runs is given up, for nobody knows whether the value is still
beyond; an alarm that stands goes on standing. Late samples change nothing, as everywhere in `live`:
an initial one is never late, and neither is a good one after a bad one.

A delay ends without a further sample once no older one can come (`ripe`): a value that stays
beyond its limit need not be sent again.
"""

import msgspec

from linewright.live.alarms.watches import TagWatch, Watch
from linewright.live.station import Row
from linewright.plant.records import AlarmEvent, AlarmKind

__all__ = ["Change", "CodeMemory", "Condition", "TagMemory", "code_name", "judge", "report", "ripe"]

REPORTS_MAX = 10
"""Alarms that a machine reports on one tag within `REPORTS_S`; further ones wait or are dropped."""
REPORTS_S = 60
"""A machine that reports ten alarms within a minute tells nothing that a person can act on."""
CODE_CHARS_MAX = 64
"""Longest code of a machine that becomes part of an alarm's name."""

_NS_PER_S = 1_000_000_000
_NO_CODES = frozenset(["", "0", "0.0", "false", "False", "none"])
"""What a machine shows on its alarm tag while nothing is wrong."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm is raised or returns: what becomes a record."""

    alarm: str
    event: AlarmEvent
    t_ns: int
    seen_ns: int
    quality: int = 0
    value: float | None = None
    watch: Watch | None = None
    """The limit; None for what a machine reports."""
    code: str | None = None
    text: str = ""
    raised_ns: int = 0
    """When the occurrence was raised."""
    raw_t_ns: int | None = None

    @property
    def kind(self) -> AlarmKind:
        """What is watched."""
        return AlarmKind.MACHINE if self.watch is None else self.watch.kind


class Condition(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """One limit of a tag: since when the value is beyond, and since when the alarm is active."""

    alarm: str
    raised_ns: int | None = None
    """When the alarm that is active was raised; None: it is not active."""
    since_ns: int | None = None
    """Since when the value is beyond while the delay runs."""
    value: float | None = None
    """Newest value while the delay runs."""
    seen_ns: int = 0
    quality: int = 0
    told_ns: int = -1
    """Time of its newest record."""

    @property
    def is_idle(self) -> bool:
        """Whether neither a delay runs nor an alarm is active."""
        return self.raised_ns is None and self.since_ns is None


class CodeMemory(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """What a machine reports: the code that is active, and those that wait for their turn."""

    code: str | None = None
    raised_ns: int = 0
    told_ns: int = -1
    waiting: str | None = None
    """Code that is shown, but not told yet, since `since_ns`."""
    since_ns: int = 0
    seen_ns: int = 0
    quality: int = 0
    dropped: int = 0
    """Codes that came and went while they waited."""
    recent: tuple[int, ...] = ()
    """Times of the newest `REPORTS_MAX` alarms."""


class TagMemory(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """A watched tag as far as its own samples tell."""

    t_ns: int = -1
    """Time of its newest sample; -1: none came."""
    is_bad: bool = False
    """Whether that sample was bad: then its time is the connector's."""
    is_judged: bool = False
    """Whether a usable sample ever came."""
    conditions: tuple[Condition, ...] = ()
    codes: CodeMemory | None = None

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is active or waits, and the newest sample was usable."""
        idle = all(each.is_idle for each in self.conditions)
        return idle and self.codes is None and self.is_judged and not self.is_bad

    def moved(self, t_ns: int) -> "TagMemory":
        """The same after one more sample that changes nothing."""
        if t_ns <= self.t_ns:
            return self
        return TagMemory(t_ns=t_ns, is_judged=True, conditions=self.conditions)

    @property
    def waits(self) -> bool:
        """Whether a delay runs, or a code waits."""
        if self.codes is not None and self.codes.waiting is not None:
            return True
        return any(each.since_ns is not None for each in self.conditions)


def judge(watch: TagWatch, memory: TagMemory, row: Row) -> tuple[TagMemory, tuple[Change, ...]]:
    """Fold one sample of a tag with limits."""
    t_ns = _in_time(memory, row)
    if t_ns is None:
        return memory, ()
    known = {each.alarm: each for each in memory.conditions}
    usable = row.usable and row.value == row.value
    if not usable:
        kept = tuple(_given_up(each) for each in memory.conditions)
        return msgspec.structs.replace(memory, t_ns=t_ns, is_bad=True, conditions=kept), ()
    changes: list[Change] = []
    after: list[Condition] = []
    for limit in watch.limits:
        condition = known.get(limit.alarm) or Condition(alarm=limit.alarm)
        condition, made = _judge_limit(limit, condition, row, t_ns)
        changes += made
        after.append(condition)
    kept = tuple(each for each in after if each != Condition(alarm=each.alarm))
    return TagMemory(t_ns=t_ns, is_judged=True, conditions=kept), tuple(changes)


def report(memory: TagMemory, row: Row, tag: str) -> tuple[TagMemory, tuple[Change, ...]]:
    """Fold one sample of a tag on which a machine reports its own alarms, one code at a time."""
    t_ns = _in_time(memory, row)
    if t_ns is None:
        return memory, ()
    codes = memory.codes or CodeMemory()
    if not row.usable:
        held = msgspec.structs.replace(codes, waiting=None)
        return msgspec.structs.replace(memory, t_ns=t_ns, is_bad=True, codes=held), ()
    shown = row.code()[:CODE_CHARS_MAX].strip()
    code = None if shown in _NO_CODES else shown
    changes: list[Change] = []
    if codes.waiting is not None:
        codes, made = _due_code(codes, tag, t_ns)
        changes += made
    if codes.waiting is not None and codes.waiting != code:
        codes = msgspec.structs.replace(codes, waiting=None, dropped=codes.dropped + 1)
    if codes.code is not None and codes.code != code:
        codes, made = _cleared(codes, tag, row, t_ns)
        changes += made
    if code is not None and codes.code is None and codes.waiting is None:
        codes = msgspec.structs.replace(
            codes, waiting=code, since_ns=t_ns, seen_ns=row.seen_ns, quality=row.quality
        )
        codes, made = _due_code(codes, tag, t_ns)
        changes += made
    return TagMemory(t_ns=t_ns, is_judged=True, codes=codes), tuple(changes)


def ripe(
    watch: TagWatch, memory: TagMemory, settled_ns: int
) -> tuple[TagMemory, tuple[Change, ...]]:
    """Raise what was due by a time before which no sample can come any more."""
    if memory.codes is not None and memory.codes.waiting is not None:
        codes, made = _due_code(memory.codes, watch.tag.tag or "", settled_ns)
        return msgspec.structs.replace(memory, codes=codes), tuple(made)
    limits = {each.alarm: each for each in watch.limits}
    changes: list[Change] = []
    after: list[Condition] = []
    for condition in memory.conditions:
        limit = limits.get(condition.alarm)
        told = condition
        if limit is not None:
            told, made = _due(limit, condition, settled_ns)
            changes += made
        after.append(told)
    return msgspec.structs.replace(memory, conditions=tuple(after)), tuple(changes)


def code_name(tag: str, code: str) -> str:
    """Name of the alarm that a machine reports by a code on a tag."""
    return f"{tag}_{code}"


def _in_time(memory: TagMemory, row: Row) -> int | None:
    """Time at which a sample counts; None: it is late."""
    recovers = row.usable and memory.is_bad
    if row.t_ns < memory.t_ns and not (row.initial or recovers):
        return None
    return max(row.t_ns, memory.t_ns)


def _given_up(condition: Condition) -> Condition:
    return msgspec.structs.replace(condition, since_ns=None, value=None, seen_ns=0, quality=0)


def _judge_limit(
    limit: Watch, condition: Condition, row: Row, t_ns: int
) -> tuple[Condition, list[Change]]:
    condition, changes = _due(limit, condition, t_ns)
    if condition.raised_ns is not None:
        if limit.back(row.value):
            told_ns = max(t_ns, condition.told_ns + 1)
            changes.append(
                Change(
                    alarm=limit.alarm,
                    event=AlarmEvent.RETURNED,
                    t_ns=told_ns,
                    seen_ns=row.seen_ns,
                    quality=row.quality,
                    value=row.value,
                    watch=limit,
                    raised_ns=condition.raised_ns,
                    raw_t_ns=None if told_ns == row.t_ns else row.t_ns,
                )
            )
            return Condition(alarm=limit.alarm, told_ns=told_ns), changes
        return condition, changes
    if not limit.beyond(row.value):
        return _given_up(condition), changes
    since_ns = t_ns if condition.since_ns is None else condition.since_ns
    seen_ns = row.seen_ns if condition.since_ns is None else condition.seen_ns
    condition = msgspec.structs.replace(
        condition, since_ns=since_ns, value=row.value, seen_ns=seen_ns, quality=row.quality
    )
    condition, made = _due(limit, condition, t_ns)
    return condition, changes + made


def _due(limit: Watch, condition: Condition, now_ns: int) -> tuple[Condition, list[Change]]:
    """Raise the alarm if its delay has passed by a time."""
    since_ns = condition.since_ns
    if since_ns is None or since_ns + limit.delay_ns > now_ns:
        return condition, []
    told_ns = max(since_ns + limit.delay_ns, condition.told_ns + 1)
    change = Change(
        alarm=limit.alarm,
        event=AlarmEvent.RAISED,
        t_ns=told_ns,
        seen_ns=condition.seen_ns + limit.delay_ns,
        quality=condition.quality,
        value=condition.value,
        watch=limit,
        raised_ns=told_ns,
    )
    return Condition(alarm=limit.alarm, raised_ns=told_ns, told_ns=told_ns), [change]


def _due_code(codes: CodeMemory, tag: str, now_ns: int) -> tuple[CodeMemory, list[Change]]:
    """Tell the code that waits if the machine has not told too many before."""
    assert codes.waiting is not None, "only a code that waits is due"
    full = len(codes.recent) >= REPORTS_MAX
    free_ns = codes.recent[0] + REPORTS_S * _NS_PER_S if full else 0
    told_ns = max(codes.since_ns, free_ns, codes.told_ns + 1)
    if max(codes.since_ns, free_ns) > now_ns:
        return codes, []
    code = codes.waiting
    text = f"{codes.dropped} further alarms came and went" if codes.dropped else ""
    change = Change(
        alarm=code_name(tag, code),
        event=AlarmEvent.RAISED,
        t_ns=told_ns,
        seen_ns=codes.seen_ns + told_ns - codes.since_ns,
        quality=codes.quality,
        code=code,
        text=text,
        raised_ns=told_ns,
    )
    recent = (*codes.recent, told_ns)[-REPORTS_MAX:]
    after = CodeMemory(code=code, raised_ns=told_ns, told_ns=told_ns, recent=recent)
    return after, [change]


def _cleared(codes: CodeMemory, tag: str, row: Row, t_ns: int) -> tuple[CodeMemory, list[Change]]:
    told_ns = max(t_ns, codes.told_ns + 1)
    change = Change(
        alarm=code_name(tag, codes.code or ""),
        event=AlarmEvent.RETURNED,
        t_ns=told_ns,
        seen_ns=row.seen_ns,
        quality=row.quality,
        code=codes.code,
        raised_ns=codes.raised_ns,
        raw_t_ns=None if told_ns == row.t_ns else row.t_ns,
    )
    return msgspec.structs.replace(codes, code=None, told_ns=told_ns), [change]
