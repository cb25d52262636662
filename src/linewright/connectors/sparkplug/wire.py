"""The messages of Sparkplug B as Protocol Buffers know them, described here field by field.

Each row of the table says what one field is called, which number it has on the wire and what it
holds; the classes are made from it when this file is imported. It is the one file that imports
`protobuf`, and its pool of messages is its own: other definitions of the same names do not meet it.
"""

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

__all__ = ["MALFORMED", "new_payload", "read_payload"]

_PACKAGE = "linewright.sparkplug"

_SCALAR = 1
_LIST = 3

_KINDS = {"f64": 1, "f32": 2, "u64": 4, "bool": 8, "text": 9, "bytes": 12, "u32": 13}
"""Kinds of field by their number in a descriptor; any other name is a message of the table."""

_VALUES = (
    ("int_value", "u32"),
    ("long_value", "u64"),
    ("float_value", "f32"),
    ("double_value", "f64"),
    ("boolean_value", "bool"),
    ("string_value", "text"),
)
"""Fields of which a value uses one; each message numbers them on from its own first."""


def _choice(first: int, *more: tuple[str, str]) -> tuple[tuple[int, str, str], ...]:
    return tuple(
        (number, name, f"one {kind}")
        for number, (name, kind) in enumerate((*_VALUES, *more), start=first)
    )


_MESSAGES: dict[str, tuple[tuple[int, str, str], ...]] = {
    "Payload": (
        (1, "timestamp", "u64"),
        (2, "metrics", "list Metric"),
        (3, "seq", "u64"),
        (4, "uuid", "text"),
        (5, "body", "bytes"),
    ),
    "Metric": (
        (1, "name", "text"),
        (2, "alias", "u64"),
        (3, "timestamp", "u64"),
        (4, "datatype", "u32"),
        (5, "is_historical", "bool"),
        (6, "is_transient", "bool"),
        (7, "is_null", "bool"),
        (8, "metadata", "MetaData"),
        (9, "properties", "PropertySet"),
        *_choice(
            10,
            ("bytes_value", "bytes"),
            ("dataset_value", "DataSet"),
            ("template_value", "Template"),
        ),
    ),
    "MetaData": (
        (1, "is_multi_part", "bool"),
        (2, "content_type", "text"),
        (3, "size", "u64"),
        (4, "seq", "u64"),
        (5, "file_name", "text"),
        (6, "file_type", "text"),
        (7, "md5", "text"),
        (8, "description", "text"),
    ),
    "PropertySet": ((1, "keys", "list text"), (2, "values", "list PropertyValue")),
    "PropertySetList": ((1, "propertyset", "list PropertySet"),),
    "PropertyValue": (
        (1, "type", "u32"),
        (2, "is_null", "bool"),
        *_choice(
            3, ("propertyset_value", "PropertySet"), ("propertysets_value", "PropertySetList")
        ),
    ),
    "DataSet": (
        (1, "num_of_columns", "u64"),
        (2, "columns", "list text"),
        (3, "types", "list u32"),
        (4, "rows", "list Row"),
    ),
    "Row": ((1, "elements", "list Cell"),),
    "Cell": _choice(1),
    "Template": (
        (1, "version", "text"),
        (2, "metrics", "list Metric"),
        (3, "parameters", "list Parameter"),
        (4, "template_ref", "text"),
        (5, "is_definition", "bool"),
    ),
    "Parameter": ((1, "name", "text"), (2, "type", "u32"), *_choice(3)),
}

MALFORMED: tuple[type[Exception], ...] = (DecodeError, UnicodeDecodeError, ValueError)
"""What reading bytes that are no message raises."""


def _described() -> descriptor_pb2.FileDescriptorProto:
    """Description of every message of the table, as the library takes it."""
    file = descriptor_pb2.FileDescriptorProto(
        name="linewright/sparkplug", package=_PACKAGE, syntax="proto2"
    )
    for title, fields in _MESSAGES.items():
        message = file.message_type.add(name=title)
        if any(kind.startswith("one ") for _, _, kind in fields):
            message.oneof_decl.add(name="value")
        for number, name, kind in fields:
            how, _, what = kind.rpartition(" ")
            field = message.field.add(
                name=name,
                number=number,
                label=_LIST if how == "list" else _SCALAR,
            )
            if what in _KINDS:
                field.type = _KINDS[what]
            else:
                field.type_name = f".{_PACKAGE}.{what}"
            if how == "one":
                field.oneof_index = 0
    return file


def _payload_class() -> Any:  # noqa: ANN401 - made at run time: the library has no type for it
    pool = descriptor_pool.DescriptorPool()
    pool.Add(_described())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Payload"))


_PAYLOAD = _payload_class()


def new_payload() -> Any:  # noqa: ANN401 - as above
    """Return an empty message, to be filled and written with `SerializeToString`."""
    return _PAYLOAD()


def read_payload(data: bytes) -> Any:  # noqa: ANN401 - as above
    """Message that the bytes stand for.

    Raises
    ------
    google.protobuf.message.DecodeError
        They are none; one of `MALFORMED`.
    """
    return _PAYLOAD.FromString(data)
