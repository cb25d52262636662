"""Laws of payloads: what is written is read again, and no bytes raise but as they should."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewright.connectors.sparkplug import (
    DataSet,
    DataType,
    Metric,
    Payload,
    PayloadInvalid,
    decode_payload,
    encode_payload,
)
from linewright.connectors.sparkplug.datatypes import INTEGERS
from tests.connectors.sparkplug.recordings import recorded

MS = st.integers(0, 2**64 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FLOATS = st.floats(allow_nan=False)


def integers(datatype: DataType) -> st.SearchStrategy[Any]:
    """Every value of a datatype of whole numbers."""
    bits = INTEGERS[datatype]
    low, high = (0, 2**bits - 1) if bits > 0 else (-(2 ** (-bits - 1)), 2 ** (-bits - 1) - 1)
    return st.integers(low, high)


VALUES: st.SearchStrategy[tuple[DataType, Any]] = st.one_of(
    *[st.tuples(st.just(each), integers(each)) for each in INTEGERS],
    st.tuples(st.just(DataType.DOUBLE), FLOATS),
    st.tuples(st.just(DataType.FLOAT), st.floats(width=32, allow_nan=False)),
    st.tuples(st.just(DataType.BOOLEAN), st.booleans()),
    st.tuples(st.sampled_from([DataType.STRING, DataType.TEXT, DataType.UUID]), TEXTS),
    st.tuples(st.just(DataType.BYTES), st.binary(max_size=20)),
    st.tuples(st.just(DataType.INT16_ARRAY), st.lists(integers(DataType.INT16), max_size=9)),
    st.tuples(st.just(DataType.BOOLEAN_ARRAY), st.lists(st.booleans(), max_size=20)),
    st.tuples(
        st.just(DataType.DATASET),
        st.lists(st.tuples(integers(DataType.INT32), TEXTS), max_size=4).map(
            lambda rows: DataSet(("n", "text"), (DataType.INT32, DataType.STRING), tuple(rows))
        ),
    ),
)

METRICS = st.builds(
    lambda name, alias, moment, value, flags: Metric(
        name=name,
        alias=alias,
        timestamp_ms=moment,
        datatype=value[0],
        value=value[1],
        is_historical=flags[0],
        is_transient=flags[1],
    ),
    st.none() | TEXTS.filter(bool),
    st.none() | MS,
    st.none() | MS,
    VALUES,
    st.tuples(st.booleans(), st.booleans()),
)


@given(st.lists(METRICS, max_size=5), st.integers(0, 255), st.sampled_from(["", "GZIP", "DEFLATE"]))
def test_what_is_written_is_read_again(metrics: list[Metric], seq: int, compressed: str) -> None:
    """Every value of every datatype, compressed or not, comes back exactly."""
    payload = Payload(seq=seq, timestamp_ms=7, metrics=tuple(metrics), compressed=compressed)
    assert decode_payload(encode_payload(payload)) == payload


BODIES = [message.body for message in recorded("js")[1:40]]


@given(st.sampled_from(BODIES), st.data())
def test_no_damage_raises_anything_else(body: bytes, data: st.DataObject) -> None:
    """A recorded payload with some bytes changed or cut off is read, or refused as no payload."""
    damaged = bytearray(body[: data.draw(st.integers(0, len(body)))])
    for _ in range(data.draw(st.integers(0, 4))):
        if damaged:
            place = data.draw(st.integers(0, len(damaged) - 1))
            damaged[place] = data.draw(st.integers(0, 255))
    try:
        found = decode_payload(bytes(damaged))
    except PayloadInvalid:
        return
    for metric in found.metrics:
        assert metric.fault == "" or metric.value is None


def test_the_law_has_something_to_damage() -> None:
    """Births, data and compressed payloads are among what is damaged."""
    assert len(BODIES) == 39
    with pytest.raises(PayloadInvalid):
        decode_payload(BODIES[0][:-1])
