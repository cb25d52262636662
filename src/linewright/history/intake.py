"""Intake: messages as they came, sorted into frames, records, and what could not be read.

>>> odd = Arrival(stream="records", subject="lw.state.nogales", data=b"?", seq=7)
>>> taken = take_in([odd])
>>> taken.refused[0].what, taken.positions
('state: no JSON: JSON is malformed: invalid character (byte 0)', {'records': 7})
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec

from linewright.plant.records import Record, RecordInvalid, decode_from
from linewright.plant.samples import Frame, FrameInvalid, frame_from

__all__ = [
    "RECORDS_STREAM",
    "SAMPLES_STREAM",
    "STREAMS",
    "Arrival",
    "FrameIn",
    "Intake",
    "Jump",
    "RecordIn",
    "Refused",
    "take_in",
]

SAMPLES_STREAM = "samples"
RECORDS_STREAM = "records"
STREAMS = (SAMPLES_STREAM, RECORDS_STREAM)
"""Names of the two streams, as the table of positions has them."""

_OURS = "lw."
"""How every subject begins that belongs in a stream; its third part is the site."""


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a stream.

    Examples
    --------
    >>> Arrival(stream="samples", subject="lw.samples.nogales.saw", data=b"", seq=1).stored_ns
    0
    """

    stream: str
    subject: str
    data: bytes
    seq: int
    stored_ns: int = 0
    """When the stream stored it, wall clock."""


class FrameIn(msgspec.Struct, frozen=True):
    """A frame, and when the stream stored it.

    Examples
    --------
    >>> FrameIn.__struct_fields__
    ('frame', 'stored_ns')
    """

    frame: Frame
    stored_ns: int


class RecordIn(msgspec.Struct, frozen=True):
    """A record, its text as published, and its place in the stream.

    Examples
    --------
    >>> RecordIn.__struct_fields__
    ('record', 'text', 'seq')
    """

    record: Record
    text: str
    """Kept as it came: fields that this version does not know are not lost."""
    seq: int


class Refused(msgspec.Struct, frozen=True):
    """A message that could not be read, kept whole, and why.

    Examples
    --------
    >>> Refused.__struct_fields__
    ('arrival', 'what')
    """

    arrival: Arrival
    what: str


class Jump(msgspec.Struct, frozen=True, kw_only=True):
    """Sequences that a stream dropped before history read them.

    Examples
    --------
    >>> Jump(stream="samples", first=1, last=7, stored_ns=0).last
    7
    """

    stream: str
    first: int
    last: int
    stored_ns: int
    """When the message after them was stored."""


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """What is appended in one transaction.

    Examples
    --------
    >>> Intake().frames
    ()
    """

    frames: tuple[FrameIn, ...] = ()
    records: tuple[RecordIn, ...] = ()
    refused: tuple[Refused, ...] = ()
    positions: Mapping[str, int] = MappingProxyType({})
    """Sequence of the last message of each stream."""
    begins: Mapping[str, int] = MappingProxyType({})
    """Sequence of the first message of each stream."""
    jumps: tuple[Jump, ...] = ()
    """Sequences that are missing between messages."""
    site: str = ""
    """Site of the messages."""


def _jump(each: Arrival, before: int) -> Jump:
    return Jump(stream=each.stream, first=before + 1, last=each.seq - 1, stored_ns=each.stored_ns)


def take_in(arrivals: Iterable[Arrival]) -> Intake:
    """Messages sorted by kind, in their order; nothing is left out.

    Notes
    -----
    Linear in the bytes; some 30 microseconds for a record, 60 for a small frame.

    Examples
    --------
    >>> take_in([]).positions
    {}
    """
    frames: list[FrameIn] = []
    records: list[RecordIn] = []
    refused: list[Refused] = []
    positions: dict[str, int] = {}
    begins: dict[str, int] = {}
    jumps: list[Jump] = []
    site = ""
    for each in arrivals:
        assert each.stream in STREAMS, f"history keeps no stream {each.stream}"
        if not site and each.subject.startswith(_OURS):  # another may be put in by a reader
            site = ".".join(each.subject.split(".")[2:3])
        before = positions.get(each.stream, begins.setdefault(each.stream, each.seq) - 1)
        if each.seq > before + 1:
            jumps.append(_jump(each, before))
        positions[each.stream] = max(each.seq, before)
        try:
            if each.stream == SAMPLES_STREAM:
                frames.append(FrameIn(frame_from(each.subject, each.data), each.stored_ns))
            else:
                record = decode_from(each.subject, each.data)
                records.append(RecordIn(record, each.data.decode(), each.seq))
        except (FrameInvalid, RecordInvalid) as error:
            refused.append(Refused(each, str(error)))
    return Intake(
        frames=tuple(frames),
        records=tuple(records),
        refused=tuple(refused),
        positions=positions,
        begins=begins,
        jumps=tuple(jumps),
        site=site,
    )
