"""What asks for attention, folded together: alarms and calls beside what the machines say.

The shell feeds it and publishes what comes out. Samples are folded first, and only once all that
was stored has been read come records of people and the time, so that a replay of the samples alone
gives the same alarms again.
"""

from collections.abc import Iterable, Mapping

import msgspec

from linewright.live import alarms, calls
from linewright.live.fold import LiveFold
from linewright.live.memory import SourceMemory
from linewright.plant import Address, Plant
from linewright.plant.records import Alarm, Call, Record, State
from linewright.plant.samples import Frame

__all__ = ["Attention", "Hearing", "attend", "decode_attention", "encode_attention", "heed"]
__all__ += ["heeding", "silences", "ticked"]

SILENCE_S = 10.0
"""A source that sent nothing for so long raises an alarm; its values are stale long before."""

SETTLE_S = 2.0
"""Longest way of a sample from the machine to here, 2 s; a delay ends when none can come before."""

_NS_PER_S = 1_000_000_000


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """The alarms and calls of a site, and how far the records of both were read."""

    alarms: alarms.AlarmFold
    calls: calls.CallFold
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


def attend(plant: Plant, plant_rev: str, site: str) -> Attention:
    """Nothing heard yet."""
    return Attention(
        alarms=alarms.begin(plant, plant_rev, site), calls=calls.begin(site, plant_rev)
    )


def heeding(
    attention: Attention, frame: Frame, told: Iterable[Record]
) -> tuple[Attention, tuple[Record, ...]]:
    """Fold a frame and the records that live made of it; alarm records come out."""
    fold = attention.alarms
    made: list[Record] = []
    for record in told:
        if isinstance(record, State):
            fold, new = alarms.step(fold, record)
            made += new
    fold, new = alarms.step(fold, frame)
    return msgspec.structs.replace(attention, alarms=fold), (*made, *new)


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
        settled_ns=now_ns - round(SETTLE_S * speed * _NS_PER_S),
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
    return Attention(
        alarms=alarms.decode_fold(bytes(kept.alarms), plant, plant_rev, site),
        calls=calls.decode_fold(bytes(kept.calls), site, plant_rev),
        alarm_seq=kept.alarm_seq,
        call_seq=kept.call_seq,
    )


def _stations(live: LiveFold, source: SourceMemory) -> tuple[Address, ...]:
    return tuple(each for each in source.stations if each in live.layout.numbers)
