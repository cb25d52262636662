"""Claims about linewright.plant.samples: what a frame holds, and what is refused."""

import json
import math
import os
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from linewright.plant.records import Quality
from linewright.plant.samples import (
    FRAME_BYTES_MAX,
    FRAME_ROWS_MAX,
    FRAME_SCHEMA,
    RAW_FIELD,
    TEXT_BYTES_MAX,
    Columns,
    Frame,
    FrameHeader,
    FrameInvalid,
    decode_frame,
    encode_frame,
    frame,
    frame_from,
    parse_samples_subject,
    samples_subject,
)

SAW = "nogales/machining/bracket/saw"
HEADER = FrameHeader(site="nogales", source="saw", epoch=5, n=41)
COLUMNS = Columns(
    tag=[f"{SAW}#blade_temp", f"{SAW}#good", f"{SAW}#program", f"{SAW}#blade_temp"],
    t_ns=[1_717_430_400_000_000_000, 1_717_430_400_000_000_001, 7, 8],
    seen_ns=[1_717_430_400_041_000_000] * 4,
    value=[80.5, 2.0**53, float("nan"), float("nan")],
    integer=[None, 2**53 + 1, None, None],
    text=[None, None, "O1001 ñ", None],
    quality=[0, Quality.CLOCK, 0, Quality.UNCERTAIN],
)


def changed(**changes: Any) -> Columns:  # noqa: ANN401 - columns of any type
    """The columns with some replaced."""
    return msgspec.structs.replace(COLUMNS, **changes)


def rows_of(made: Frame) -> list[dict[str, object]]:
    """Rows of a frame as JSON can hold them: a number that is none becomes None."""

    def kept(value: object) -> object:
        return None if isinstance(value, float) and math.isnan(value) else value

    return [{name: kept(value) for name, value in row.items()} for row in made.batch.to_pylist()]


def test_a_frame_comes_back_as_it_was() -> None:
    """Header and every column survive, integers beyond 2**53 and text included."""
    made = frame(HEADER, COLUMNS)
    again = decode_frame(encode_frame(made))
    assert again.header == HEADER
    assert rows_of(again) == rows_of(made)
    assert again.batch.column("int")[1].as_py() == 2**53 + 1
    assert again.batch.schema.equals(FRAME_SCHEMA)
    assert encode_frame(again) == encode_frame(made)


def test_a_number_that_is_none_is_marked_as_bad() -> None:
    """NaN without integer or text is kept with bad quality; beside a text it is no fault."""
    made = frame(HEADER, COLUMNS).batch.column("quality").to_pylist()
    assert made == [
        0,
        Quality.CLOCK,
        0,
        Quality.UNCERTAIN | Quality.BAD | Quality.NOT_FINITE,
    ]
    infinite = frame(HEADER, changed(value=[float("inf"), 1.0, 2.0, float("-inf")]))
    assert [q & Quality.BAD for q in infinite.batch.column("quality").to_pylist()] == [2, 0, 0, 2]


def test_a_frame_without_rows_is_a_heartbeat() -> None:
    """A source with nothing new still says its number."""
    empty = Columns(tag=[], t_ns=[], seen_ns=[], value=[], quality=[])
    again = decode_frame(encode_frame(frame(HEADER, empty)))
    assert (again.rows, again.header.n) == (0, 41)


def test_a_raw_time_is_a_column_of_frames_that_have_one() -> None:
    """Readers see the one schema, and the raw times beside it; the others stay as small."""
    given = [None, -7, None, None]
    data = encode_frame(frame(HEADER, changed(raw_ns=given)))
    again = decode_frame(data)
    assert again.batch.schema.equals(FRAME_SCHEMA)
    assert again.raw_ns.to_pylist() == given
    assert encode_frame(again) == data
    plain = encode_frame(frame(HEADER, COLUMNS))
    assert encode_frame(frame(HEADER, changed(raw_ns=[None] * 4))) == plain
    assert decode_frame(plain).raw_ns is None
    with pa.ipc.open_stream(data) as reader:
        assert reader.schema.field(len(FRAME_SCHEMA)).equals(RAW_FIELD)


def test_a_raw_time_of_a_time_that_was_believed_is_refused() -> None:
    """Nobody knows what it would mean; a frame of another version is told so, too."""
    made = frame(HEADER, changed(raw_ns=[None, 7, None, None]))
    wrong = Frame(made.header, made.batch, pa.array([7, None, None, None], pa.int64()))
    with pytest.raises(FrameInvalid, match="raw_ns: a row that is not marked"):
        decode_frame(encode_frame(wrong))


def test_arrow_columns_are_taken_as_they_are() -> None:
    """A connector that holds Arrow arrays, dictionaries included, need not unpack them."""
    arrays = {
        "tag": pa.array(COLUMNS.tag).dictionary_encode(),
        "t_ns": pa.array(COLUMNS.t_ns),
        "value": pa.array(COLUMNS.value),
        "quality": pa.array(COLUMNS.quality, pa.int32()),
    }
    assert encode_frame(frame(HEADER, changed(**arrays))) == encode_frame(frame(HEADER, COLUMNS))


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"t_ns": [1, 2, 3]}, "t_ns"),
    ({"t_ns": [1, 2, 3, None]}, "t_ns"),
    ({"t_ns": [1, 2, 3, -4]}, "t_ns"),
    ({"t_ns": [1, 2, 3, 2**63]}, "t_ns"),
    ({"t_ns": ["a", "b", "c", "d"]}, "t_ns"),
    ({"seen_ns": [1, 2, 3, 4.5]}, "seen_ns"),
    ({"value": [1.0, 2.0, 3.0, None]}, "value"),
    ({"value": ["a", "b", "c", "d"]}, "value"),
    ({"integer": [1.5, None, None, None]}, "int"),
    ({"text": ["x" * (TEXT_BYTES_MAX + 1), None, None, None]}, "text"),
    ({"quality": [0, 0, 0, 2**15]}, "quality"),
    ({"quality": [0, 0, 0, 2**16]}, "quality"),
    ({"quality": [0, 0, 0, -1]}, "quality"),
    ({"tag": [f"{SAW}#a", f"{SAW}#b", f"{SAW}#c", None]}, "tag"),
    ({"tag": [f"{SAW}#a", f"{SAW}#b", f"{SAW}#c", SAW]}, "tag"),
    ({"tag": [f"{SAW}#a", f"{SAW}#b", f"{SAW}#c", "reno/a/b/saw#a"]}, "tag"),
    ({"tag": [f"{SAW}#a", f"{SAW}#b", f"{SAW}#c", "nogales_2#a"]}, "tag"),
    ({"tag": [f"{SAW}#A", f"{SAW}#b", f"{SAW}#c", f"{SAW}#d"]}, "tag"),
    ({"tag": [1, 2, 3, 4]}, "tag"),
    ({"raw_ns": [1, None, None, None]}, "raw_ns"),
    ({"raw_ns": [None, 1, None]}, "raw_ns"),
    ({"raw_ns": [None, 2**63, None, None]}, "raw_ns"),
]


@pytest.mark.parametrize(("change", "where"), WRONG)
def test_what_does_not_fit_a_column_is_refused(change: dict[str, Any], where: str) -> None:
    """The error names source and column; no frame is made from half of the rows."""
    with pytest.raises(FrameInvalid) as caught:
        frame(HEADER, changed(**change))
    assert (caught.value.source, caught.value.where) == ("saw", where)
    assert caught.value.what


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"site": "Nogales"}, "site"),
        ({"source": "saw.1"}, "source"),
        ({"source": "*"}, "source"),
        ({"epoch": -1}, "epoch"),
        ({"n": 2**63}, "n"),
    ],
)
def test_a_header_must_fit_a_subject(change: dict[str, Any], where: str) -> None:
    """Names are tokens and numbers count from 0."""
    with pytest.raises(FrameInvalid) as caught:
        frame(msgspec.structs.replace(HEADER, **change), COLUMNS)
    assert caught.value.where == where


def test_rows_and_bytes_are_bounded() -> None:
    """A frame is never larger than a message, whether made here or sent to us."""
    rows = FRAME_ROWS_MAX
    most = Columns(
        tag=[f"{SAW}#a"] * rows,
        t_ns=[1] * rows,
        seen_ns=[2] * rows,
        value=[3.0] * rows,
        quality=[0] * rows,
    )
    assert len(encode_frame(frame(HEADER, most))) <= FRAME_BYTES_MAX
    with pytest.raises(FrameInvalid, match="20001 rows"):
        frame(HEADER, Columns(**{n: [*getattr(most, n), getattr(most, n)[0]] for n in LISTS}))
    wordy = msgspec.structs.replace(most, text=["x" * 100] * rows)
    with pytest.raises(FrameInvalid, match="bytes, more than"):
        encode_frame(frame(HEADER, wordy))
    with pytest.raises(FrameInvalid, match="bytes, more than"):
        decode_frame(b"x" * (FRAME_BYTES_MAX + 1))


LISTS = ("tag", "t_ns", "seen_ns", "value", "quality")
METADATA = {b"frame": b"1", b"site": b"nogales", b"source": b"saw", b"epoch": b"5", b"n": b"41"}


def stream(batches: int = 1, metadata: dict[bytes, bytes] | None = None, **arrays: object) -> bytes:
    """A stream as a foreign writer might send it."""
    good = frame(HEADER, COLUMNS).batch
    columns = {name: arrays.get(name, good.column(name)) for name in FRAME_SCHEMA.names}
    batch = pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))
    fields = [
        pa.field(name, batch.column(name).type, nullable=FRAME_SCHEMA.field(name).nullable)
        for name in columns
    ]
    schema = pa.schema(fields, metadata=METADATA if metadata is None else metadata)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        for _ in range(batches):
            writer.write_batch(batch.cast(schema))
    data: bytes = sink.getvalue().to_pybytes()
    return data


def test_a_foreign_writers_stream_is_read() -> None:
    """Whoever writes the columns and the header as published is understood."""
    assert rows_of(decode_frame(stream())) == rows_of(frame(HEADER, COLUMNS))


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"", ""),
        (b"no arrow at all", ""),
        (stream()[:-200], ""),
        (stream(batches=0), ""),
        (stream(batches=2), ""),
        (stream(metadata={}), "frame"),
        (stream(metadata=METADATA | {b"frame": b"2"}), "frame"),
        (stream(metadata=METADATA | {b"n": b"-1"}), "n"),
        (stream(metadata=METADATA | {b"n": b"1e3"}), "n"),
        (stream(metadata=METADATA | {b"epoch": b"9" * 30}), "epoch"),
        (stream(metadata=METADATA | {b"site": b"reno"}), "tag"),
        (stream(metadata=METADATA | {b"source": b"\xff"}), "source"),
        (stream(value=pa.array([1.0] * 4, pa.float32())), ""),
        (stream(tag=pa.array([f"{SAW}#a"] * 4)), ""),
        (stream(quality=pa.array([0] * 4, pa.uint16())), "value"),
    ],
)
def test_a_broken_stream_is_refused(data: bytes, where: str) -> None:
    """Cut, doubled, retyped, misnamed or unmarked: a typed error, never half a frame."""
    with pytest.raises(FrameInvalid) as caught:
        decode_frame(data)
    assert caught.value.where == where


def test_a_frame_belongs_to_its_subject() -> None:
    """What came on a subject must be of the source that the subject names."""
    data = encode_frame(frame(HEADER, COLUMNS))
    assert frame_from(samples_subject(HEADER), data).header == HEADER
    with pytest.raises(FrameInvalid, match="is not its subject"):
        frame_from("lw.samples.nogales.mill", data)


@pytest.mark.parametrize(
    "subject",
    ["lw.samples.nogales", "lw.samples.nogales.a.b", "lw.state.a.b", "lw.samples.a.*", ""],
)
def test_other_subjects_are_no_samples(subject: str) -> None:
    """Only two names behind lw.samples are a source's subject."""
    with pytest.raises(FrameInvalid) as caught:
        parse_samples_subject(subject)
    assert caught.value.where == "subject"


def test_an_old_frame_is_still_read(checkout: Path) -> None:
    """Bytes written by an earlier version give the table that was kept beside them."""
    folder = checkout / "tests/golden/records"
    if os.environ.get("LINEWRIGHT_WRITE_GOLDEN") == "1":
        made = frame(HEADER, COLUMNS)
        table = {"header": msgspec.to_builtins(made.header), "rows": rows_of(made)}
        (folder / "frame.arrow.hex").write_text(encode_frame(made).hex() + "\n", encoding="utf-8")
        text = json.dumps(table, indent=1, ensure_ascii=False)
        (folder / "frame.json").write_text(text + "\n", encoding="utf-8")
    data = bytes.fromhex((folder / "frame.arrow.hex").read_text(encoding="utf-8"))
    wanted = json.loads((folder / "frame.json").read_text(encoding="utf-8"))
    found = decode_frame(data)
    assert msgspec.to_builtins(found.header) == wanted["header"]
    assert rows_of(found) == wanted["rows"]
