"""One Sparkplug payload: its metrics as data, read from bytes and never an exception of a library.

>>> from linewright.connectors.sparkplug.encoding import encode_payload
>>> sent = Payload(metrics=(Metric(name="temp", datatype=DataType.INT32, value=-12),), seq=3)
>>> decode_payload(encode_payload(sent)) == sent
True
"""

import zlib
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from linewright.connectors.sparkplug.datatypes import DataType, TypeMismatch, typed
from linewright.connectors.sparkplug.wire import MALFORMED, read_payload

__all__ = [
    "COMPRESSED",
    "DataSet",
    "Metric",
    "Payload",
    "PayloadInvalid",
    "Template",
    "decode_payload",
]

COMPRESSED = "SPBV1.0_COMPRESSED"
"""What a payload calls itself whose body is another one, compressed."""

PAYLOAD_BYTES_MAX = 16 * 1024 * 1024
"""Largest payload that is read, also after it was inflated: a birth of some 200,000 metrics."""

METRICS_MAX = 250_000
"""Most metrics in a payload, with the members, cells and properties inside them: an empty one has
two bytes on the wire and some hundreds in memory. Above every birth that the bytes leave room for
where each metric has a name."""

UNREADABLE: tuple[type[Exception], ...] = (TypeMismatch, *MALFORMED)
"""What reading one metric raises where it breaks the rules of its datatype."""

_GZIP_OR_ZLIB = 47
_BARE = -15


class PayloadInvalid(ValueError):
    """Bytes are no payload of Sparkplug.

    Examples
    --------
    >>> str(PayloadInvalid("it ends in the middle of a field"))
    'no Sparkplug payload: it ends in the middle of a field'
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        return f"no Sparkplug payload: {self.what}"


class DataSet(msgspec.Struct, frozen=True):
    """A table: names and datatypes of its columns, and its rows.

    Examples
    --------
    >>> DataSet(columns=("pocket",), types=(DataType.INT32,), rows=((1,), (2,))).rows[-1]
    (2,)
    """

    columns: tuple[str, ...] = ()
    types: tuple[DataType, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of a payload.

    Its value has the meaning of its own datatype; without one on the wire it stands as it came,
    unsigned, until the datatype of the birth is known: see `typed`.

    Examples
    --------
    >>> Metric(alias=7, datatype=DataType.BOOLEAN, value=True).name is None
    True
    """

    name: str | None = None
    alias: int | None = None
    timestamp_ms: int | None = None
    datatype: DataType = DataType.UNKNOWN
    value: Any = None
    is_null: bool = False
    is_historical: bool = False
    is_transient: bool = False
    properties: Mapping[str, Any] = {}
    metadata: Mapping[str, Any] = {}
    fault: Annotated[str, Meta(description="why the value could not be read")] = ""


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A structure: the definition of a type, or an instance of one.

    Examples
    --------
    >>> Template(template_ref="Motor", metrics=(Metric(name="rpm", value=0),)).is_definition
    False
    """

    version: str | None = None
    template_ref: str = ""
    is_definition: bool = False
    metrics: tuple[Metric, ...] = ()
    parameters: tuple[Metric, ...] = ()


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """What one message carries.

    Examples
    --------
    >>> Payload(seq=0).metrics
    ()
    """

    timestamp_ms: int | None = None
    seq: int | None = None
    metrics: tuple[Metric, ...] = ()
    uuid: str = ""
    body: bytes = b""
    compressed: Annotated[str, Meta(description="how it came compressed: GZIP or DEFLATE")] = ""
    weight: Annotated[
        int, Meta(description="metrics, members and cells, counted once it has to wait")
    ] = 0


def decode_payload(data: bytes) -> Payload:
    """Payload that the bytes stand for; a compressed one is inflated.

    A metric that cannot be read has a `fault` and does not spoil the others.

    Parameters
    ----------
    data
        Body of an MQTT message.

    Returns
    -------
    Payload
        Of the inner payload where it came compressed.

    Raises
    ------
    PayloadInvalid
        They are no payload, too many, inflate to too many, or hold too many metrics.

    Notes
    -----
    Linear; some 2 microseconds for a metric.

    Examples
    --------
    >>> decode_payload(b"")
    Payload(timestamp_ms=None, seq=None, metrics=(), uuid='', body=b'', compressed='', weight=0)
    """
    if len(data) > PAYLOAD_BYTES_MAX:
        raise PayloadInvalid(f"{len(data)} bytes are more than {PAYLOAD_BYTES_MAX}")
    outer = _decoded(data)
    if outer.uuid != COMPRESSED:
        return outer
    inner = _decoded(_inflated(outer.body))
    if inner.uuid == COMPRESSED:
        raise PayloadInvalid("it is compressed twice")
    algorithm = next((each.value for each in outer.metrics if each.name == "algorithm"), None)
    return msgspec.structs.replace(
        inner, compressed=algorithm if isinstance(algorithm, str) else "DEFLATE"
    )


def _decoded(data: bytes) -> Payload:
    try:
        found = read_payload(data)
    except MALFORMED as error:
        raise PayloadInvalid(str(error)[:200]) from error
    uuid = found.uuid
    room = _Room()
    room.take(len(found.metrics))
    return Payload(
        timestamp_ms=found.timestamp if found.HasField("timestamp") else None,
        seq=found.seq if found.HasField("seq") else None,
        metrics=tuple([_metric(each, room) for each in found.metrics]),
        uuid=uuid if isinstance(uuid, str) else "",
        body=found.body,
    )


def _inflated(body: bytes) -> bytes:
    for form in (_GZIP_OR_ZLIB, _BARE):
        engine = zlib.decompressobj(form)
        try:
            found = engine.decompress(body, PAYLOAD_BYTES_MAX)
        except zlib.error:
            continue
        if engine.unconsumed_tail:
            raise PayloadInvalid(f"it inflates to more than {PAYLOAD_BYTES_MAX} bytes")
        if not engine.eof:
            raise PayloadInvalid("its compressed body ends too early")
        return found
    raise PayloadInvalid("its body is neither GZIP nor DEFLATE")


class _Room:
    """How many metrics, members, cells and properties a payload may still have."""

    def __init__(self) -> None:
        self._left = METRICS_MAX

    def take(self, count: int) -> None:
        """Count so many in, before an object is made of any of them."""
        self._left -= count
        if self._left < 0:
            raise PayloadInvalid(f"it holds more than {METRICS_MAX} metrics, members and cells")


_TYPES: dict[int, DataType] = {each.value: each for each in DataType}
_NONE: Mapping[str, Any] = {}


def _metric(found: Any, room: _Room) -> Metric:  # noqa: ANN401 - made at run time
    field = found.WhichOneof("value")
    number = found.datatype
    datatype = _TYPES.get(number)
    value: Any = None
    fault = ""
    try:
        if datatype is None:
            datatype, fault = DataType.UNKNOWN, f"no datatype has the number {number}"
        elif field is None:
            pass
        elif field == "dataset_value":
            value = _data_set(found.dataset_value, room)
        elif field == "template_value":
            value = _template(found.template_value, room)
        else:
            value = typed(getattr(found, field), datatype)
        name = found.name
        if isinstance(name, bytes):
            name, fault = None, "its name is no text"
        return Metric(
            name=name or None,
            alias=found.alias if found.HasField("alias") else None,
            timestamp_ms=found.timestamp if found.HasField("timestamp") else None,
            datatype=datatype,
            value=value,
            is_null=found.is_null,
            is_historical=found.is_historical,
            is_transient=found.is_transient,
            properties=(
                _properties(found.properties, room) if found.HasField("properties") else _NONE
            ),
            metadata=_metadata(found.metadata) if found.HasField("metadata") else _NONE,
            fault=fault,
        )
    except PayloadInvalid:
        raise
    except UNREADABLE as error:
        name = found.name
        return Metric(
            name=name if isinstance(name, str) and name else None,
            alias=found.alias if found.HasField("alias") else None,
            timestamp_ms=found.timestamp if found.HasField("timestamp") else None,
            datatype=datatype or DataType.UNKNOWN,
            is_historical=found.is_historical,
            fault=str(error)[:200],
        )


def _data_set(found: Any, room: _Room) -> DataSet:  # noqa: ANN401 - made at run time
    room.take(len(found.types) + len(found.columns) + len(found.rows))
    types = tuple(_TYPES.get(number, DataType.UNKNOWN) for number in found.types)
    columns = tuple(str(name) for name in found.columns)
    if len(columns) != len(types):
        raise TypeMismatch(f"{len(columns)} names for {len(types)} columns", DataType.DATASET)
    rows = []
    for row in found.rows:
        room.take(len(row.elements))
        cells = list(row.elements)
        if len(cells) != len(types):
            raise TypeMismatch(f"a row of {len(cells)} in {len(types)} columns", DataType.DATASET)
        rows.append(tuple(map(_chosen, cells, types)))
    return DataSet(columns=columns, types=types, rows=tuple(rows))


def _template(found: Any, room: _Room) -> Template:  # noqa: ANN401 - made at run time
    room.take(len(found.metrics) + len(found.parameters))
    return Template(
        version=str(found.version) if found.HasField("version") else None,
        template_ref=str(found.template_ref),
        is_definition=found.is_definition,
        metrics=tuple([_metric(each, room) for each in found.metrics]),
        parameters=tuple([_parameter(each) for each in found.parameters]),
    )


def _parameter(found: Any) -> Metric:  # noqa: ANN401 - made at run time
    datatype = _TYPES.get(found.type, DataType.UNKNOWN)
    return Metric(name=str(found.name), datatype=datatype, value=_chosen(found, datatype))


def _chosen(found: Any, datatype: DataType) -> Any:  # noqa: ANN401 - made at run time
    field = found.WhichOneof("value")
    return None if field is None else typed(getattr(found, field), datatype)


def _properties(found: Any, room: _Room) -> dict[str, Any]:  # noqa: ANN401 - made at run time
    room.take(len(found.keys) + len(found.values))
    keys, values = list(found.keys), list(found.values)
    if len(keys) != len(values):
        raise TypeMismatch(f"{len(keys)} keys for {len(values)} values", DataType.PROPERTY_SET)
    return {str(key): _property(value, room) for key, value in zip(keys, values, strict=True)}


def _property(found: Any, room: _Room) -> Any:  # noqa: ANN401 - made at run time
    field = found.WhichOneof("value")
    if field == "propertyset_value":
        return _properties(found.propertyset_value, room)
    if field == "propertysets_value":
        room.take(len(found.propertysets_value.propertyset))
        return [_properties(each, room) for each in found.propertysets_value.propertyset]
    return None if found.is_null else _chosen(found, _TYPES.get(found.type, DataType.UNKNOWN))


def _metadata(found: Any) -> dict[str, Any]:  # noqa: ANN401 - made at run time
    return {field.name: value for field, value in found.ListFields()}
