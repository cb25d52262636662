"""What asks for attention, folded together: alarms and calls beside what the machines say.

The shell feeds it and publishes what comes out. Samples are folded first, and only once all that
was stored has been read come records of people and the time, so that a replay of the samples alone
gives the same alarms again.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from linewright.live import alarms, calls
from linewright.live.fold import LiveFold
from linewright.live.formulas import Formulas, follow, formulas_of
from linewright.live.memory import InputMemory, SourceMemory
from linewright.live.states import NAME
from linewright.plant import Address, Plant
from linewright.plant.model import FrozenMap
from linewright.plant.records import Alarm, Call, How, Record, State, StationState
from linewright.plant.samples import Frame

__all__ = ["Attention", "Hearing", "attend", "decode_attention", "encode_attention", "heed"]
__all__ += ["heeding", "news", "settled_ns", "silences", "ticked"]

SILENCE_S = 10.0
"""A source that sent nothing for so long raises an alarm; its values are stale long before."""

SETTLE_S = 2.0
"""Longest way of a sample from the machine to here, 2 s; a delay ends when none can come before."""

_NS_PER_S = 1_000_000_000


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """The alarms and calls of a site, and how far the records of both were read."""

    alarms: alarms.AlarmFold
    calls: calls.CallFold
    formulas: Formulas = Formulas()
    """Derived tags that alarms watch."""
    alarm_seq: int = 0
    call_seq: int = 0


class Hearing(msgspec.Struct, frozen=True, kw_only=True):
    """When each source was last heard since the start, on the steady clock."""

    started_s: float
    now_s: float
    heard_s: Mapping[str, float]


class _Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The form of a snapshot."""

    alarms: msgspec.Raw
    calls: msgspec.Raw
    alarm_seq: int
    call_seq: int
    said: dict[str, InputMemory] = {}
    given: dict[str, InputMemory] = {}


def attend(plant: Plant, plant_rev: str, site: str) -> Attention:
    """Nothing heard yet."""
    fold = alarms.begin(plant, plant_rev, site)
    return Attention(
        alarms=fold,
        calls=calls.begin(site, plant_rev),
        formulas=formulas_of(plant, site, fold.layout.tags),
    )


def heeding(
    attention: Attention, frame: Frame | None, states: Iterable[State]
) -> tuple[Attention, tuple[Record, ...]]:
    """Fold a frame, or time, and the states that are `news` by it; alarm records come out."""
    fold, formulas = attention.alarms, attention.formulas
    derived: tuple[Frame, ...] = ()
    if frame is not None:
        formulas, derived = follow(formulas, frame)
        derived = (frame, *derived)
    made: list[Record] = []
    of: list[Frame | State] = [*states, *derived]
    for given in of:
        fold, new = alarms.step(fold, given)
        made += new
    return msgspec.structs.replace(attention, alarms=fold, formulas=formulas), tuple(made)


def news(before: LiveFold, after: LiveFold, told: Iterable[Record]) -> Iterator[State]:
    """Yield the states that stations came into, without those that were told late.

    Parameters
    ----------
    before, after
        What was known before the records were told, and after.
    told
        What `step` or `ripen` gave.
    """
    states = [each for each in told if isinstance(each, State)]
    last: dict[Address, StationState] = {}
    for each in states:
        said = before.stations[before.layout.numbers[each.address]].said
        last.setdefault(each.address, said.state)
        if not each.void and (each.t_ns > said.told_ns or not said.heard):
            last[each.address] = each.state
            yield each
    for address, state in last.items():
        said = after.stations[after.layout.numbers[address]].said
        if said.state is not state:  # what held was taken back, or began earlier
            yield State(
                address=address,
                t_ns=said.told_ns,
                seen_ns=max(each.seen_ns for each in states if each.address == address),
                plant_rev=after.layout.plant_rev,
                how=How.INFERRED,
                source=NAME,
                state=said.state,
            )


def settled_ns(now_ns: int, speed: float) -> int:
    """Plant time before which no sample is under way any more."""
    return now_ns - round(SETTLE_S * speed * _NS_PER_S)


def heed(attention: Attention, record: Record, seq: int) -> Attention:
    """Fold a stored record of a person, or one of our own that comes back."""
    if isinstance(record, Alarm):
        fold, _ = alarms.step(attention.alarms, record)
        return msgspec.structs.replace(attention, alarms=fold, alarm_seq=seq)
    if isinstance(record, Call):
        after, _ = calls.step(attention.calls, record)
        return msgspec.structs.replace(attention, calls=after, call_seq=seq)
    return attention


def ticked(
    attention: Attention, live: LiveFold, hearing: Hearing, *, now_ns: int, speed: float = 1.0
) -> tuple[Attention, tuple[Record, ...]]:
    """Fold the time, once all that was stored has been read.

    `now_ns` is plant time, and `speed` how many of its seconds pass in one of ours.
    """
    silent, heard = silences(live, hearing)
    tick = alarms.Tick(
        now_ns=now_ns,
        settled_ns=settled_ns(now_ns, speed),
        silent=silent,
        heard=heard,
    )
    fold, raised = alarms.step(attention.alarms, tick)
    called, escalated = calls.step(attention.calls, now_ns)
    after = msgspec.structs.replace(attention, alarms=fold, calls=called)
    return after, (*raised, *escalated)


def silences(
    live: LiveFold, hearing: Hearing
) -> tuple[tuple[alarms.Silence, ...], tuple[alarms.Silence, ...]]:
    """Sources that are silent for too long, and those that speak.

    A source that was not heard since the start has as long from then on. One whose stations are all
    gone from the plant, or are all spoken of by others that speak, is no source any more.
    """
    speaking = {
        each.source
        for each in live.sources
        if hearing.now_s - hearing.heard_s.get(each.source, float("-inf")) < SILENCE_S
    }
    spoken = {place for e in live.sources if e.source in speaking for place in e.stations}
    silent, heard = [], []
    for each in live.sources:
        stations = _stations(live, each)
        if not stations:
            continue
        silence = alarms.Silence(source=each.source, stations=stations)
        last_s = hearing.heard_s.get(each.source)
        if each.source in speaking or (last_s is None and spoken.issuperset(stations)):
            heard.append(silence)
        elif hearing.now_s - max(last_s or hearing.started_s, hearing.started_s) >= SILENCE_S:
            silent.append(silence)
    return tuple(silent), tuple(heard)


def encode_attention(attention: Attention) -> bytes:
    """Snapshot as JSON, without the plant."""
    return msgspec.json.encode(
        _Kept(
            alarms=msgspec.Raw(alarms.encode_fold(attention.alarms)),
            calls=msgspec.Raw(calls.encode_fold(attention.calls)),
            alarm_seq=attention.alarm_seq,
            call_seq=attention.call_seq,
            said=dict(attention.formulas.said),
            given=dict(attention.formulas.given),
        )
    )


def decode_attention(data: bytes, plant: Plant, plant_rev: str, site: str) -> Attention:
    """Attention of a snapshot.

    Raises
    ------
    ValueError
        The snapshot is damaged, of another form or of another site.
    """
    kept = msgspec.json.decode(data, type=_Kept)
    fold = alarms.decode_fold(bytes(kept.alarms), plant, plant_rev, site)
    formulas = formulas_of(plant, site, fold.layout.tags)
    watched = {each.tag for each in formulas.watched}
    said = {tag: each for tag, each in kept.said.items() if tag in formulas.inputs}
    given = {tag: each for tag, each in kept.given.items() if tag in watched}
    return Attention(
        alarms=fold,
        formulas=msgspec.structs.replace(formulas, said=FrozenMap(said), given=FrozenMap(given)),
        calls=calls.decode_fold(bytes(kept.calls), site, plant_rev),
        alarm_seq=kept.alarm_seq,
        call_seq=kept.call_seq,
    )


def _stations(live: LiveFold, source: SourceMemory) -> tuple[Address, ...]:
    return tuple(each for each in source.stations if each in live.layout.numbers)
