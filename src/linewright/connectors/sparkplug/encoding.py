"""From a payload as data to its bytes.

>>> encode_payload(Payload(seq=1)).hex()
'1801'
"""

import zlib
from typing import Any

from linewright.connectors.sparkplug.datatypes import (
    ARRAYS,
    INTEGERS,
    DataType,
    TypeMismatch,
    packed,
    typed,
)
from linewright.connectors.sparkplug.payload import COMPRESSED, DataSet, Metric, Payload, Template
from linewright.connectors.sparkplug.wire import new_payload

__all__ = ["encode_payload"]

_WIDE = 33
_MASKS = {"int_value": 0xFFFF_FFFF, "long_value": 0xFFFF_FFFF_FFFF_FFFF}
_I32_MAX = 0x7FFF_FFFF
_GZIP = 31
_FIELDS = {
    DataType.FLOAT: "float_value",
    DataType.DOUBLE: "double_value",
    DataType.BOOLEAN: "boolean_value",
    DataType.STRING: "string_value",
    DataType.TEXT: "string_value",
    DataType.UUID: "string_value",
}
_PACKED = frozenset({*ARRAYS, DataType.BOOLEAN_ARRAY, DataType.STRING_ARRAY})
_INFERRED: dict[type, DataType] = {
    bool: DataType.BOOLEAN,
    int: DataType.INT64,
    float: DataType.DOUBLE,
    str: DataType.STRING,
}


def encode_payload(payload: Payload) -> bytes:
    r"""Bytes of a payload; compressed where it says so.

    Parameters
    ----------
    payload
        Each value fits the datatype of its metric; one without a datatype is written as the
        Python value that it is. Integers up to 32 bits go into `int_value`, with their sign
        extended, longer ones into `long_value`.

    Returns
    -------
    bytes
        Body of an MQTT message.

    Raises
    ------
    TypeMismatch
        A value does not fit its datatype.

    Notes
    -----
    Linear in the metrics.

    Examples
    --------
    >>> encode_payload(Payload(metrics=(Metric(alias=7, datatype=DataType.BOOLEAN, value=True),)))
    b'\x12\x06\x10\x07 \x0bp\x01'
    """
    message = new_payload()
    if payload.timestamp_ms is not None:
        message.timestamp = payload.timestamp_ms
    if payload.seq is not None:
        message.seq = payload.seq
    if payload.uuid:
        message.uuid = payload.uuid
    if payload.body:
        message.body = payload.body
    for each in payload.metrics:
        _metric(message.metrics.add(), each)
    data: bytes = message.SerializeToString()
    return _compressed(data, payload.compressed) if payload.compressed else data


def _compressed(data: bytes, algorithm: str) -> bytes:
    engine = zlib.compressobj(wbits=_GZIP) if algorithm == "GZIP" else zlib.compressobj()
    outer = new_payload()
    outer.uuid = COMPRESSED
    outer.body = engine.compress(data) + engine.flush()
    _metric(
        outer.metrics.add(), Metric(name="algorithm", datatype=DataType.STRING, value=algorithm)
    )
    written: bytes = outer.SerializeToString()
    return written


def _metric(message: Any, metric: Metric) -> None:  # noqa: ANN401 - made at run time
    stated = (
        ("name", metric.name),
        ("alias", metric.alias),
        ("timestamp", metric.timestamp_ms),
        ("datatype", metric.datatype or None),
    )
    for field, said in stated:
        if said is not None:
            setattr(message, field, said)
    for flag in ("is_historical", "is_transient", "is_null"):
        if getattr(metric, flag):
            setattr(message, flag, True)
    if metric.properties:
        _properties(message.properties, metric.properties)
    for field, value in metric.metadata.items():
        setattr(message.metadata, field, value)
    if metric.value is not None and not metric.is_null:
        _value(message, metric)


def _value(message: Any, metric: Metric) -> None:  # noqa: ANN401 - made at run time
    if isinstance(metric.value, DataSet):
        _data_set(message.dataset_value, metric.value)
    elif isinstance(metric.value, Template):
        _template(message.template_value, metric.value)
    else:
        _put(message, metric.value, metric.datatype)


def _put(message: Any, value: Any, datatype: DataType) -> None:  # noqa: ANN401 - made at run time
    """Set the one field in which a value of this datatype travels."""
    if datatype is DataType.UNKNOWN:
        datatype = _INFERRED.get(type(value), DataType.BYTES)
    if datatype in _PACKED:
        message.bytes_value = packed(value, datatype)
        return
    if datatype in {DataType.FLOAT, DataType.DOUBLE} and type(value) is int:
        value = float(value)
    meant = typed(value, datatype)
    if type(value) is int and meant != value:
        # On the wire it would be a negative number.
        raise TypeMismatch(value, datatype)
    field = _field(datatype)
    if field in _MASKS:
        meant &= _MASKS[field]
    setattr(message, field, meant)


def _field(datatype: DataType) -> str:
    """Field in which values of a datatype travel."""
    bits = INTEGERS.get(datatype)
    if bits is not None:
        return "int_value" if abs(bits) < _WIDE else "long_value"
    return _FIELDS.get(datatype, "bytes_value")


def _data_set(message: Any, table: DataSet) -> None:  # noqa: ANN401 - made at run time
    message.num_of_columns = len(table.columns)
    message.columns.extend(table.columns)
    message.types.extend(table.types)
    for row in table.rows:
        made = message.rows.add()
        for value, datatype in zip(row, table.types, strict=True):
            cell = made.elements.add()
            if value is not None:
                _put(cell, value, datatype)


def _template(message: Any, template: Template) -> None:  # noqa: ANN401 - made at run time
    if template.version is not None:
        message.version = template.version
    if template.template_ref:
        message.template_ref = template.template_ref
    message.is_definition = template.is_definition
    for metric in template.metrics:
        _metric(message.metrics.add(), metric)
    for parameter in template.parameters:
        made = message.parameters.add(name=parameter.name, type=parameter.datatype)
        if parameter.value is not None:
            _put(made, parameter.value, parameter.datatype)


def _properties(message: Any, properties: Any) -> None:  # noqa: ANN401 - made at run time
    for key, value in properties.items():
        message.keys.append(key)
        _property(message.values.add(), value)


def _property(message: Any, value: Any) -> None:  # noqa: ANN401 - made at run time
    if isinstance(value, dict):
        message.type = DataType.PROPERTY_SET
        _properties(message.propertyset_value, value)
    elif isinstance(value, list):
        message.type = DataType.PROPERTY_SET_LIST
        for each in value:
            _properties(message.propertysets_value.propertyset.add(), each)
    elif value is None:
        message.type, message.is_null = DataType.STRING, True
    else:
        # The one integer that the specification names, the quality, is an Int32.
        datatype = DataType.INT32 if type(value) is int and abs(value) <= _I32_MAX else None
        datatype = datatype or _INFERRED[type(value)]
        message.type = datatype
        _put(message, value, datatype)
