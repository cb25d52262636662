"""The parts of the codec one by one: datatypes, fields on the wire, topics, what a birth knows."""

from typing import Any

import pytest

from linewright.connectors.sparkplug import DataSet, DataType, Metric, Payload, Template
from linewright.connectors.sparkplug.datatypes import TypeMismatch, packed, spelled, typed
from linewright.connectors.sparkplug.encoding import encode_payload
from linewright.connectors.sparkplug.node import (
    BAD_TYPE,
    Known,
    Reading,
    flat,
    known_metrics,
    reading_of,
)
from linewright.connectors.sparkplug.payload import decode_payload
from linewright.connectors.sparkplug.sinks import routed, samples_of
from linewright.connectors.sparkplug.topics import (
    filters_of,
    parse_state,
    parse_topic,
    spot_of,
    state_payload,
    state_topic,
    topic_of,
    valid_id,
)
from linewright.connectors.sparkplug.wire import new_payload, read_payload


@pytest.mark.parametrize(
    ("raw", "datatype", "value"),
    [
        (128, DataType.INT8, -128),
        (2**32 - 128, DataType.INT8, -128),
        (2**64 - 128, DataType.INT8, -128),
        (65535, DataType.INT16, -1),
        (2**32 - 12, DataType.INT32, -12),
        (2**63, DataType.INT64, -(2**63)),
        (255, DataType.UINT8, 255),
        (2**64 - 1, DataType.UINT64, 2**64 - 1),
        (1, DataType.BOOLEAN, True),
        ("12", DataType.STRING, "12"),
        (1486000000123, DataType.DATETIME, 1486000000123),
        (7, DataType.UNKNOWN, 7),
    ],
)
def test_tck_id_payloads_metric_datatype_value(
    raw: object, datatype: DataType, value: object
) -> None:
    """A number on the wire has the sign and the width of its datatype; a text stays one."""
    found = typed(raw, datatype)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("raw", "datatype"),
    [
        (256, DataType.UINT8),
        (200_000, DataType.INT16),
        (True, DataType.INT32),
        (5, DataType.DOUBLE),
        (5.0, DataType.INT32),
        (2, DataType.BOOLEAN),
        (5, DataType.STRING),
        (b"\0\0\0", DataType.INT16_ARRAY),
        (b"\1", DataType.BOOLEAN_ARRAY),
        (b"\xff\0\0\0\1", DataType.BOOLEAN_ARRAY),
        (b"abc", DataType.STRING_ARRAY),
        (b"\xff\0", DataType.STRING_ARRAY),
    ],
)
def test_what_is_none_of_its_datatype_is_refused(raw: object, datatype: DataType) -> None:
    """It is never bent into one."""
    with pytest.raises(TypeMismatch, match=f"is no {spelled(datatype)}"):
        typed(raw, datatype)


@pytest.mark.parametrize(
    ("value", "datatype", "field"),
    [
        (-5, DataType.INT8, "int_value"),
        (2**32 - 1, DataType.UINT32, "int_value"),
        (-5, DataType.INT64, "long_value"),
        (5, DataType.DATETIME, "long_value"),
        (1.5, DataType.FLOAT, "float_value"),
        (2, DataType.DOUBLE, "double_value"),
        (False, DataType.BOOLEAN, "boolean_value"),
        ("x", DataType.UUID, "string_value"),
        (b"x", DataType.FILE, "bytes_value"),
        ([1], DataType.INT8_ARRAY, "bytes_value"),
        (["a", ""], DataType.STRING_ARRAY, "bytes_value"),
    ],
)
def test_tck_id_payloads_metric_datatype_value_type(
    value: object, datatype: DataType, field: str
) -> None:
    """Each datatype is written into its one field, with its number as an unsigned integer."""
    body = encode_payload(Payload(metrics=(Metric(name="a", datatype=datatype, value=value),)))
    (metric,) = read_payload(body).metrics
    assert metric.WhichOneof("value") == field
    assert metric.datatype == datatype.value
    assert decode_payload(body).metrics[0].value == value


@pytest.mark.parametrize(
    ("value", "datatype"),
    [
        (3_000_000_000, DataType.INT32),
        (-1, DataType.UINT8),
        ("x", DataType.INT8),
        ([300], DataType.INT8_ARRAY),
        (["a\0b"], DataType.STRING_ARRAY),
    ],
)
def test_what_does_not_fit_is_not_written(value: object, datatype: DataType) -> None:
    """A number beyond its datatype would arrive as another one."""
    with pytest.raises(TypeMismatch):
        encode_payload(Payload(metrics=(Metric(name="a", datatype=datatype, value=value),)))
    with pytest.raises(TypeMismatch):
        packed([1], DataType.STRING)


def test_properties_tables_and_templates_are_written_and_read() -> None:
    """Nested property sets, cells of every kind, parameters, metadata and nulls."""
    table = DataSet(
        ("a", "b", "c"),
        (DataType.INT8, DataType.STRING, DataType.BOOLEAN),
        ((-1, "x", True), (0, "", False)),
    )
    motor = Template(
        template_ref="Motor",
        version="1",
        metrics=(Metric(name="rpm", datatype=DataType.INT32, value=-7),),
        parameters=(Metric(name="poles", datatype=DataType.INT32, value=4),),
    )
    sets = {"Quality": 192, "unit": "degC", "more": {"deep": 1.5}, "list": [{"a": True}]}
    metrics = (
        Metric(name="t", datatype=DataType.DATASET, value=table, properties=sets),
        Metric(name="m", datatype=DataType.TEMPLATE, value=motor, metadata={"size": 5}),
        Metric(name="n", datatype=DataType.INT8, is_null=True),
    )
    assert decode_payload(encode_payload(Payload(metrics=metrics))).metrics == metrics


def broken(fill: Any) -> Metric:  # noqa: ANN401 - a message made at run time
    """Metric of a payload that a test fills in."""
    made = new_payload()
    fill(made.metrics.add(name="a", datatype=16))
    return decode_payload(made.SerializeToString()).metrics[0]


def test_tck_id_payloads_dataset_and_propertyset_sizes() -> None:
    """Names, types, rows and keys that do not match in number are a fault, not a guess."""

    def names(metric: Any) -> None:  # noqa: ANN401 - a message made at run time
        metric.dataset_value.columns.extend(["a", "b"])
        metric.dataset_value.types.append(3)

    def rows(metric: Any) -> None:  # noqa: ANN401 - a message made at run time
        metric.dataset_value.columns.append("a")
        metric.dataset_value.types.append(3)
        metric.dataset_value.rows.add()

    def keys(metric: Any) -> None:  # noqa: ANN401 - a message made at run time
        metric.properties.keys.append("a")

    for fill in (names, rows, keys):
        assert broken(fill).fault
        assert broken(fill).value is None


def test_tck_id_topic_structure() -> None:
    """spBv1.0/group/kind/node/device, where devices alone have kinds with a D."""
    found = parse_topic("spBv1.0/g/DDATA/n/d")
    assert found is not None
    assert (found.kind, found.group, found.node, found.device) == ("DDATA", "g", "n", "d")
    for wrong in (
        "spBv1.0/g/DDATA/n",
        "spBv1.0/g/NDATA/n/d",
        "spAv1.0/g/NDATA/n",
        "spBv1.0/g/XDATA/n",
        "spBv1.0/g/NDATA",
        "spBv1.0//NDATA/n",
        "spBv1.0/STATE/host",
    ):
        assert parse_topic(wrong) is None


def test_tck_id_intro_ids() -> None:
    """Ids are texts without +, / and #; a root that has other ones names no node."""
    assert valid_id("Ünïcode 工場")
    for wrong in ("", "a+", "a/b", "#"):
        assert not valid_id(wrong)
    assert spot_of("g/n/d/e") is None
    assert spot_of("g/+") is None


def test_tck_id_case_sensitivity() -> None:
    """Names that differ in case are different names."""
    names, _, _ = known_metrics((Metric(name="Temp"), Metric(name="temp")), {})
    assert sorted(names) == ["Temp", "temp"]
    assert routed("TEMP", names) is None


def test_state_is_told_and_read() -> None:
    """JSON with online and timestamp; anything else is none."""
    assert state_topic("h") == "spBv1.0/STATE/h"
    found = parse_state(state_payload(online=False, timestamp_ms=5))
    assert found is not None
    assert (found.online, found.timestamp) == (False, 5)
    for wrong in (b"OFFLINE", b"{}", b'{"online": "yes", "timestamp": 1}'):
        assert parse_state(wrong) is None
    assert len(filters_of("g", "n")) == 6
    assert topic_of("NCMD", "g", "n") == "spBv1.0/g/NCMD/n"


def test_structures_become_samples_of_their_parts() -> None:
    """Members, cells of the last row and elements have names; the whole is JSON text."""
    table = DataSet(("a", "b"), (DataType.INT32, DataType.STRING), ((1, "x"), (2, "y")))
    inner = Template(template_ref="T", metrics=(Metric(name="rpm", value=7),))
    readings = [
        Reading(name="t", value=table),
        Reading(name="m", value=inner),
        Reading(name="l", value=[True]),
        Reading(name="b", value=b"\0"),
    ]
    found = {name: (value, status) for name, value, status, _ in samples_of(readings)}
    assert found["t/a"] == (2, 0)
    assert found["t/b"] == ("y", 0)
    assert '"rows":[[1,"x"],[2,"y"]]' in str(found["t"][0])
    assert found["m/rpm"] == (7, 0)
    assert found["l/0"] == (True, 0)
    assert found["b"] == (None, BAD_TYPE)


def test_a_table_of_times_and_values_is_a_list_of_values() -> None:
    """Where the birth announced a number, each value is told with its own time."""
    series = DataSet(
        ("timestamps", "values"), (DataType.INT64, DataType.FLOAT), ((5, 1.5), (6, 2.5))
    )
    known = Known(name="f64", datatype=DataType.DOUBLE)
    reading = reading_of(Metric(value=series, datatype=DataType.DATASET), known, 9)
    assert list(flat(reading)) == [("f64", 1.5, 0, 5), ("f64", 2.5, 0, 6)]
