"""Requests on the bus: what is answered, within which bounds, and how a bad one is refused."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from linewright.history import History, Writer, open_history, take_in
from linewright.history.asking import QUESTIONS, REPLY_BYTES_MAX, ROWS_MAX, answer
from linewright.plant.samples import Columns, FrameHeader, encode_frame, frame, samples_subject
from tests.history.building import TAGS, audit, framed, published, samples, state


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


def test_a_reply_is_never_larger_than_a_message(history: History) -> None:
    """Long texts are cut between rows, never inside one."""
    reply = answer("read", b'{"tag":"nogales#text"}', history)
    found = msgspec.json.decode(reply)
    assert len(reply) <= REPLY_BYTES_MAX
    assert 0 < len(found["text"]) < 200
    assert {len(column) for column in found.values()} == {len(found["text"])}


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
