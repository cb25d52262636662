"""Laws of linewright.plant.samples: frames round-trip, and damage is never taken for data."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from linewright.plant.records import Quality
from linewright.plant.records.quality import QUALITY_MAX
from linewright.plant.samples import (
    Columns,
    FrameHeader,
    FrameInvalid,
    decode_frame,
    encode_frame,
    frame,
)
from tests.plant.record_strategies import NAMES, addresses

TIMES = st.integers(0, 2**63 - 1)
ROWS = st.tuples(
    addresses(tags=False),
    NAMES,
    TIMES,
    TIMES,
    st.floats(),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.integers(0, QUALITY_MAX),
    st.none() | st.integers(-(2**63), 2**63 - 1),
)
Row = tuple[str, str, int, int, float, int | None, str | None, int, int | None]


def columns_of(site: str, rows: list[Row]) -> Columns:
    """Columns of rows whose tags are all moved to one site."""
    return Columns(
        tag=["/".join([site, *row[0].split("/")[1:]]) + f"#{row[1]}" for row in rows],
        t_ns=[row[2] for row in rows],
        seen_ns=[row[3] for row in rows],
        value=[row[4] for row in rows],
        integer=[row[5] for row in rows],
        text=[row[6] for row in rows],
        quality=[row[7] for row in rows],
        raw_ns=[row[8] if row[7] & Quality.CLOCK else None for row in rows],
    )


@given(NAMES, NAMES, TIMES, TIMES, st.lists(ROWS, max_size=12))
def test_every_row_comes_back(site: str, source: str, epoch: int, n: int, rows: list[Row]) -> None:
    """Whatever fits the columns is read again exactly; only missing numbers gain quality bits."""
    columns = columns_of(site, rows)
    header = FrameHeader(site=site, source=source, epoch=epoch, n=n)
    again = decode_frame(encode_frame(frame(header, columns)))
    assert again.header == header
    for index, row in enumerate(again.batch.to_pylist()):
        value, given_value = row["value"], columns.value[index]
        assert value == given_value or (math.isnan(value) and math.isnan(given_value))
        found = (row["tag"], row["t_ns"], row["seen_ns"], row["int"], row["text"])
        _, _, t_ns, seen_ns, _, integer, text, quality, _ = rows[index]
        assert found == (columns.tag[index], t_ns, seen_ns, integer, text)
        nothing = not math.isfinite(value) and integer is None and text is None
        marked = quality | Quality.BAD | Quality.NOT_FINITE if nothing else quality
        assert row["quality"] == marked
    raw_ns = [None] * len(rows) if again.raw_ns is None else again.raw_ns.to_pylist()
    assert raw_ns == columns.raw_ns


SOME = encode_frame(
    frame(
        FrameHeader(site="nogales", source="saw", epoch=1, n=2),
        Columns(
            tag=["nogales/a/b/saw#x", "nogales/a/b/saw#y"] * 4,
            t_ns=list(range(8)),
            seen_ns=list(range(8)),
            value=[1.5] * 8,
            text=["abc", None] * 4,
            quality=[0, Quality.CLOCK] * 4,
            raw_ns=[None, 7] * 4,
        ),
    )
)


@given(st.lists(st.tuples(st.integers(0, len(SOME) - 1), st.integers(0, 255)), max_size=6))
@settings(max_examples=400)
def test_damage_never_gets_past_the_contract(edits: list[tuple[int, int]]) -> None:
    """Bytes changed anywhere give the typed error, or a frame that keeps every rule."""
    damaged = bytearray(SOME)
    for position, byte in edits:
        damaged[position] = byte
    try:
        found = decode_frame(bytes(damaged))
    except FrameInvalid:
        return
    again = decode_frame(encode_frame(found))
    assert again.header == found.header
    assert again.rows == found.rows


@given(st.binary(max_size=200))
def test_noise_is_no_frame(data: bytes) -> None:
    """Any bytes that are no frame give the typed error."""
    try:
        decode_frame(data)
    except FrameInvalid as error:
        message = str(error)
    else:
        message = ""
    assert message
