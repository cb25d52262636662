"""Requests on the bus: what is answered, within which bounds, and how a bad one is refused."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from linewright.history import History, Writer, open_history, take_in
from linewright.history.asking import QUESTIONS, REPLY_BYTES_MAX, ROWS_MAX, answer
from linewright.plant.samples import Columns, FrameHeader, encode_frame, frame, samples_subject
from tests.history.building import (
    T0_NS,
    TAGS,
    audit,
    corrected,
    framed,
    published,
    samples,
    state,
)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """History with frames, records and long texts."""
    header = FrameHeader(site="nogales", source="texts", epoch=1, n=0)
    rows = 200
    columns = Columns(
        tag=["nogales#text"] * rows,
        t_ns=list(range(rows)),
        seen_ns=[0] * rows,
        value=[float("nan")] * rows,
        quality=[0] * rows,
        text=[f"{row:x}" + "\x01" * 1900 for row in range(rows)],
    )
    long_texts = (samples_subject(header), encode_frame(frame(header, columns)))
    audits = [audit("case.opened", f"c{n}", at=n) for n in range(5)]
    arrivals = [*samples([framed(0), long_texts]), *published([state(0), *audits])]
    with Writer.open(tmp_path) as writer:
        writer.append(take_in(arrivals), plant_rev="r1")
    with open_history(tmp_path) as opened:
        yield opened


def test_the_chain_is_given_in_pages(history: History) -> None:
    """Lines are the bytes that were hashed; an empty reply is the end."""
    first = answer("audit", b'{"after_n":-1,"limit":3}', history)
    rest = answer("audit", b'{"after_n":2}', history)
    assert first + rest == b"".join(line + b"\n" for line in history.audit())
    assert answer("audit", b'{"after_n":4}', history) == b""


def test_samples_are_columns_and_no_number_is_null(history: History) -> None:
    """A tag's columns have one length."""
    request = msgspec.json.encode({"tag": TAGS[0], "limit": 2})
    found = msgspec.json.decode(answer("read", request, history))
    assert found["value"] == [0.0, 0.0]
    text = msgspec.json.decode(answer("read", b'{"tag":"nogales#text","limit":1}', history))
    assert (text["value"], text["text"][0][:1]) == ([None], "0")


def test_raw_times_are_told(tmp_path: Path) -> None:
    """Beside the corrected ones: in columns of JSON and Arrow, and of the last row."""
    with Writer.open(tmp_path) as writer:
        writer.append(take_in(samples([framed(0), corrected(1, raw_ns=-7)])), plant_rev="r1")
    request = msgspec.json.encode({"tag": TAGS[0]})
    arrow = msgspec.json.encode({"tag": TAGS[0], "form": "arrow"})
    with open_history(tmp_path) as history:
        found = msgspec.json.decode(answer("read", request, history))
        table = pa.ipc.open_stream(answer("read", arrow, history)).read_all()
        last = msgspec.json.decode(answer("last", b"", history))
    assert found["raw_ns"] == table["raw_ns"].to_pylist() == [None, None, -7, -7]
    assert last["raw_ns"] == [-7] * 5


def test_a_reply_is_never_larger_than_a_message(history: History) -> None:
    """Long texts are cut between rows, never inside one."""
    reply = answer("read", b'{"tag":"nogales#text"}', history)
    found = msgspec.json.decode(reply)
    assert len(reply) <= REPLY_BYTES_MAX
    assert 0 < len(found["text"]) < 200
    cursor = found.pop("cursor")
    assert {len(column) for column in found.values()} == {len(found["text"])}
    rest = answer("read", msgspec.json.encode({"tag": "nogales#text", "cursor": cursor}), history)
    assert msgspec.json.decode(rest)["t_ns"][0] == found["t_ns"][-1] + 1


def test_records_are_lines_of_one_class(history: History) -> None:
    """The class is named as on the bus."""
    assert answer("records", b'{"class":"state"}', history).count(b"\n") == 1
    assert answer("records", b'{"class":"audit","limit":2}', history).count(b"\n") == 2


def test_counts_are_one_object(history: History) -> None:
    """Everything that `counts` gives."""
    found = msgspec.json.decode(answer("counts", b"", history))
    assert (found["links"], found["records"], found["samples"]) == (5, 6, 210)


@pytest.mark.parametrize("question", sorted(QUESTIONS))
@pytest.mark.parametrize(
    "request_bytes",
    [b"?", b"[]", b'{"limit":0}', b'{"limit":%d}' % (ROWS_MAX + 1), b'{"other":1}', b"\xff"],
)
def test_a_bad_request_is_answered_with_an_error(
    history: History, question: str, request_bytes: bytes
) -> None:
    """Neither silence nor a fault of the service."""
    assert msgspec.json.decode(answer(question, request_bytes, history))["error"]


def test_buckets_last_values_and_plots_are_one_object(history: History) -> None:
    """What has no number is null; a tag without rows has empty buckets."""
    window = {"from_ns": T0_NS, "until_ns": T0_NS + 100, "points": 2}
    request = msgspec.json.encode({"tags": [TAGS[0], "nogales#nothing"], **window})
    mine, nothing = msgspec.json.decode(answer("aggregate", request, history))["buckets"]
    assert (mine["rows"], nothing["rows"], nothing["mean"]) == ([2, 0], [0, 0], [None, None])
    last = msgspec.json.decode(answer("last", b'{"limit":2}', history))
    assert (last["tag"], last["cursor"]) == (["nogales#text", TAGS[0]], TAGS[0])
    request = msgspec.json.encode({"tag": TAGS[0], "points": 4})
    plot = msgspec.json.decode(answer("decimate", request, history))
    assert (plot["value"], plot["rows"]) == ([0.0, 0.0], 2)
    request = msgspec.json.encode({"tags": [TAGS[0]], "times_ns": [T0_NS - 1, T0_NS]})
    (held,) = msgspec.json.decode(answer("as_of", request, history))["as_of"]
    assert held["value"] == [None, 0.0]


def test_many_rows_come_as_arrow_page_by_page(history: History) -> None:
    """Each reply is a whole stream with the cursor of the next one in its schema."""
    found: list[int] = []
    request: dict[str, object] = {"tag": "nogales#text", "form": "arrow", "limit": 70}
    for _ in range(4):
        reply = answer("read", msgspec.json.encode(request), history)
        assert len(reply) <= REPLY_BYTES_MAX
        table = pa.ipc.open_stream(reply).read_all()
        found += table["t_ns"].to_pylist()
        more = (table.schema.metadata or {}).get(b"cursor")
        if more is None:
            break
        request["cursor"] = more.decode()
    assert found == list(range(200))


def test_tags_and_damage_are_told(history: History) -> None:
    """How much there is of each tag; nothing is damaged."""
    tags = msgspec.json.decode(answer("tags", b"", history))["tags"]
    assert next((one["tag"], one["rows"]) for one in tags) == ("nogales#text", 200)
    assert answer("damage", b'{"thorough":true}', history) == b'{"damage":[]}'
