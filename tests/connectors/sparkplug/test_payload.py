"""Payloads are read as what they mean, and never raise anything but one typed error."""

import base64
import json
import math
import zlib
from typing import Any

import msgspec
import pytest

from linewright.connectors.sparkplug import (
    DataSet,
    DataType,
    Metric,
    Payload,
    PayloadInvalid,
    Template,
    decode_payload,
    encode_payload,
)
from linewright.connectors.sparkplug import payload as module
from linewright.connectors.sparkplug.datatypes import spelled, typed
from linewright.connectors.sparkplug.topics import parse_topic
from linewright.connectors.sparkplug.wire import new_payload
from tests.connectors.sparkplug.recordings import NODES, lines, recorded


class Births:
    """Datatypes and names of the newest births, as the expected decoding knows them."""

    def __init__(self) -> None:
        self.names: dict[str, DataType] = {}
        self.aliases: dict[int, str] = {}

    def hear(self, metrics: tuple[Metric, ...]) -> None:
        """Remember what a birth announces."""
        for metric in metrics:
            assert metric.name is not None
            self.names[metric.name] = metric.datatype
            if metric.alias is not None:
                self.aliases[metric.alias] = metric.name


def plain(value: Any) -> Any:  # noqa: ANN401 - of any datatype
    """Value in the form of the expected decoding."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, DataSet):
        types = [spelled(each) for each in value.types]
        rows = [[plain(cell) for cell in row] for row in value.rows]
        columns = list(value.columns)
        return {"num_of_columns": len(columns), "columns": columns, "types": types, "rows": rows}
    if isinstance(value, Template):
        return {
            "is_definition": value.is_definition,
            "template_ref": value.template_ref,
            "version": value.version,
            "metrics": [member(each) for each in value.metrics],
            "parameters": [member(each) for each in value.parameters],
        }
    return value


def member(metric: Metric) -> dict[str, Any]:
    """Member or parameter of a template in the form of the expected decoding."""
    return {
        "name": metric.name,
        "datatype": spelled(metric.datatype),
        "value": plain(metric.value),
    }


@pytest.mark.parametrize("node", NODES)
def test_every_recorded_message_means_what_it_should(node: str) -> None:
    """Name, datatype, value, times and flags of each metric equal an independent decoding."""
    births = Births()
    compared = 0
    for message, wanted in zip(recorded(node), lines(f"decoded-{node}"), strict=True):
        found = parse_topic(message.topic)
        if found is None:
            assert json.loads(message.body) == wanted["state"]
            continue
        payload = decode_payload(message.body)
        assert payload.seq == wanted.get("inner_seq", wanted["seq"])
        assert payload.timestamp_ms == wanted.get("inner_timestamp", wanted["payload_timestamp"])
        if found.kind in {"NBIRTH", "DBIRTH"}:
            births.hear(payload.metrics)
        assert len(payload.metrics) == len(wanted["metrics"])
        for metric, expected in zip(payload.metrics, wanted["metrics"], strict=True):
            compare(metric, expected, births)
            compared += 1
    assert compared > 1000


def compare(metric: Metric, wanted: dict[str, Any], births: Births) -> None:
    """Compare one metric with what it should be."""
    assert metric.fault == ""
    assert (metric.name, metric.alias) == (wanted["name_on_wire"], wanted["alias"])
    assert spelled(metric.datatype) == wanted["datatype_on_wire"]
    name = metric.name or births.aliases.get(metric.alias or 0)
    assert name == wanted["name"]
    datatype = births.names.get(name or "", metric.datatype)
    value = metric.value
    if value is not None and not isinstance(value, DataSet | Template):
        value = typed(value, datatype)
    assert plain(value) == wanted["value"]
    assert (metric.is_null, metric.is_historical) == (wanted["is_null"], wanted["is_historical"])
    assert metric.is_transient == wanted["is_transient"]
    assert metric.timestamp_ms == wanted["timestamp"]
    assert dict(metric.properties) == wanted.get("properties", {})


@pytest.mark.parametrize("node", NODES)
def test_what_was_recorded_survives_being_written_again(node: str) -> None:
    """Each payload, written by us and read again, is the same."""
    for message in recorded(node):
        if parse_topic(message.topic) is not None:
            payload = decode_payload(message.body)
            again = decode_payload(encode_payload(payload))
            assert repr(again) == repr(payload)


def test_a_compressed_payload_is_bounded() -> None:
    """What inflates to more than the bound is refused before it fills the memory."""
    bomb = encode_payload(Payload(metrics=(Metric(name="z" * 50_000_000),), compressed="GZIP"))
    assert len(bomb) < 100_000
    with pytest.raises(PayloadInvalid, match="inflates to more"):
        decode_payload(bomb)
    with pytest.raises(PayloadInvalid, match="are more than"):
        decode_payload(b"\0" * (module.PAYLOAD_BYTES_MAX + 1))


@pytest.mark.parametrize("algorithm", ["GZIP", "DEFLATE"])
def test_compressed_payloads_are_read(algorithm: str) -> None:
    """Sequence number and metrics are those of the payload inside."""
    sent = Payload(seq=5, metrics=(Metric(name="n", datatype=DataType.INT8, value=-5),))
    found = decode_payload(encode_payload(msgspec.structs.replace(sent, compressed=algorithm)))
    assert (found.seq, found.compressed, found.metrics) == (5, algorithm, sent.metrics)


def outer(body: bytes) -> bytes:
    """A payload that says that its body is compressed."""
    made = new_payload()
    made.uuid, made.body = module.COMPRESSED, body
    data: bytes = made.SerializeToString()
    return data


@pytest.mark.parametrize(
    "broken",
    [
        b"\xff\xff",
        b"\x12",
        b"{}",
        outer(b"no compression"),
        outer(b""),
        outer(encode_payload(Payload(seq=1, compressed="GZIP"))),
    ],
)
def test_broken_bytes_are_refused(broken: bytes) -> None:
    """Whatever is no payload is one typed error that says so."""
    with pytest.raises(PayloadInvalid, match="no Sparkplug payload: "):
        decode_payload(broken)


def wire_metric(**fields: Any) -> Metric:  # noqa: ANN401 - of any datatype
    """Metric of a payload that has these fields on the wire."""
    made = new_payload()
    made.metrics.add(**fields)
    made.metrics.add(name="whole", datatype=3, int_value=4)
    found = decode_payload(made.SerializeToString())
    assert found.metrics[1].value == 4
    return found.metrics[0]


def test_a_metric_that_breaks_its_datatype_does_not_spoil_the_others() -> None:
    """It has a fault that says why, and no value."""
    assert wire_metric(name="a", datatype=1, int_value=300).fault == "300 is no Int8"
    assert wire_metric(name="a", datatype=12, int_value=3).fault == "3 is no String"
    assert wire_metric(name="a", datatype=99, int_value=3).fault == "no datatype has the number 99"
    assert wire_metric(name="a", datatype=3, double_value=3.5).value is None
    assert wire_metric(name="a", datatype=24, bytes_value=b"\1\2").fault.endswith("Int32Array")


def test_numbers_are_taken_from_either_field_and_in_any_width() -> None:
    """UInt32 in `long_value`, small integers in their own width or sign-extended."""
    assert wire_metric(name="a", datatype=7, long_value=4294967295).value == 4294967295
    assert wire_metric(name="a", datatype=7, int_value=4294967295).value == 4294967295
    assert wire_metric(name="a", datatype=1, int_value=251).value == -5
    assert wire_metric(name="a", datatype=1, int_value=4294967291).value == -5
    assert wire_metric(name="a", datatype=2, long_value=2**64 - 300).value == -300
    assert wire_metric(name="a", datatype=4, long_value=2**64 - 1).value == -1


def deflated(made: Any) -> bytes:  # noqa: ANN401 - made at run time
    """The compressed payload around a message."""
    return outer(zlib.compress(made.SerializeToString(), 9))


@pytest.mark.parametrize("inside", ["metrics", "template", "parameters", "rows", "properties"])
def test_metrics_are_bounded_wherever_they_are(inside: str) -> None:
    """Empty ones are two bytes each, and deflate to nothing: no object is made of so many."""
    count = module.METRICS_MAX + 1
    empty = b"\x12\x00" * count
    made = new_payload()
    if inside == "metrics":
        made.MergeFromString(empty)
    elif inside == "template":
        made.metrics.add(datatype=19).template_value.MergeFromString(empty)
    elif inside == "parameters":
        made.metrics.add(datatype=19).template_value.MergeFromString(b"\x1a\x00" * count)
    elif inside == "rows":
        made.metrics.add(datatype=16).dataset_value.MergeFromString(b"\x22\x00" * count)
    else:
        made.metrics.add(datatype=3, int_value=1).properties.MergeFromString(b"\x0a\x00" * count)
    body = deflated(made)
    assert len(body) < 10_000
    with pytest.raises(PayloadInvalid, match="more than 250000 metrics"):
        decode_payload(body)


def test_as_many_metrics_as_a_large_birth_has_are_read() -> None:
    """The bound is above them."""
    made = new_payload()
    made.MergeFromString(b"\x12\x00" * 200_000)
    assert len(decode_payload(made.SerializeToString()).metrics) == 200_000
