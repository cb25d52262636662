"""Frames, records and messages for the tests of history."""

from collections.abc import Iterable, Sequence

import msgspec

from linewright.history import Arrival
from linewright.plant import Address
from linewright.plant.records import (
    Audit,
    How,
    Quality,
    Record,
    State,
    StationState,
    encode,
    subject_of,
)
from linewright.plant.samples import (
    Columns,
    FrameHeader,
    decode_frame,
    encode_frame,
    frame,
    samples_subject,
)

T0_NS = 1_717_400_000_000_000_000
STEP_NS = 100_000_000
MILL = "nogales/machining/bracket/mill"
LATHE = "nogales/machining/bracket/lathe"
TAGS = tuple(f"{MILL}#t{number}" for number in range(5))


def framed(
    n: int, *, epoch: int = 1, source: str = "mill", rows: int = 10, t_ns: int | None = None
) -> tuple[str, bytes]:
    """Subject and bytes of batch `n`: its rows have times of their own, by its number."""
    start_ns = T0_NS + n * STEP_NS if t_ns is None else t_ns
    times = [start_ns + row for row in range(rows)]
    columns = Columns(
        tag=[TAGS[row % len(TAGS)] for row in range(rows)],
        t_ns=times,
        seen_ns=[time + 5 for time in times],
        value=[float(n)] * rows,
        quality=[0] * rows,
    )
    header = FrameHeader(site="nogales", source=source, epoch=epoch, n=n)
    return samples_subject(header), encode_frame(frame(header, columns))


def corrected(n: int, *, raw_ns: int, t_ns: int | None = None) -> tuple[str, bytes]:
    """Batch `n` as `framed` gives it, of a source whose clock is wrong."""
    subject, data = framed(n, t_ns=t_ns)
    plain = decode_frame(data)
    columns = plain.batch.to_pydict()
    made = Columns(
        tag=columns["tag"],
        t_ns=columns["t_ns"],
        seen_ns=columns["seen_ns"],
        value=columns["value"],
        quality=[Quality.CLOCK] * plain.rows,
        raw_ns=[raw_ns] * plain.rows,
    )
    return subject, encode_frame(frame(plain.header, made))


def samples(messages: Iterable[tuple[str, bytes]], *, after: int = 0) -> list[Arrival]:
    """Messages of the stream of samples, numbered from `after` + 1."""
    return [
        Arrival(stream="samples", subject=subject, data=data, seq=seq, stored_ns=T0_NS)
        for seq, (subject, data) in enumerate(messages, after + 1)
    ]


def published(records: Sequence[Record], *, after: int = 0) -> list[Arrival]:
    """Messages of the stream of records, numbered from `after` + 1."""
    return [
        Arrival(
            stream="records",
            subject=subject_of(record),
            data=encode(record),
            seq=seq,
            stored_ns=T0_NS,
        )
        for seq, record in enumerate(records, after + 1)
    ]


def audit(action: str, of: str, *, at: int = 0, **more: str) -> Audit:
    """Audit record of an action, `at` steps after the beginning."""
    made = Audit(
        address=Address("nogales"),
        t_ns=T0_NS + at * STEP_NS,
        seen_ns=T0_NS + at * STEP_NS,
        plant_rev="r1",
        how=How.MACHINE,
        source="server",
        action=action,
        outcome="done",
        of=of,
    )
    return msgspec.structs.replace(made, **more)


def state(at: int) -> State:
    """State of the mill, `at` steps after the beginning."""
    return State(
        address=Address(MILL),
        t_ns=T0_NS + at * STEP_NS,
        seen_ns=T0_NS + at * STEP_NS,
        plant_rev="r1",
        how=How.MACHINE,
        source="mill",
        state=StationState.DOWN,
    )
