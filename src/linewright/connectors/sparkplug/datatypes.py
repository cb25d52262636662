"""The datatypes of Sparkplug, and what a number on the wire means under each.

On the wire every integer is unsigned, so the datatype alone says whether 4294967284 is that or -12.

>>> typed(4294967284, DataType.INT32), typed(4294967284, DataType.UINT32)
(-12, 4294967284)
"""

import enum
import struct
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

__all__ = ["ARRAYS", "INTEGERS", "DataType", "TypeMismatch", "packed", "spelled", "typed"]

Scalar: TypeAlias = float | int | bool | str | bytes | list[Any] | None

ELEMENTS_MAX = 100_000
"""Most elements of an array: far more than a sample can use."""


class DataType(enum.IntEnum):
    """Datatypes by their numbers.

    Examples
    --------
    >>> DataType.INT32
    <DataType.INT32: 3>
    """

    UNKNOWN = 0
    INT8 = 1
    INT16 = 2
    INT32 = 3
    INT64 = 4
    UINT8 = 5
    UINT16 = 6
    UINT32 = 7
    UINT64 = 8
    FLOAT = 9
    DOUBLE = 10
    BOOLEAN = 11
    STRING = 12
    DATETIME = 13
    TEXT = 14
    UUID = 15
    DATASET = 16
    BYTES = 17
    FILE = 18
    TEMPLATE = 19
    PROPERTY_SET = 20
    PROPERTY_SET_LIST = 21
    INT8_ARRAY = 22
    INT16_ARRAY = 23
    INT32_ARRAY = 24
    INT64_ARRAY = 25
    UINT8_ARRAY = 26
    UINT16_ARRAY = 27
    UINT32_ARRAY = 28
    UINT64_ARRAY = 29
    FLOAT_ARRAY = 30
    DOUBLE_ARRAY = 31
    BOOLEAN_ARRAY = 32
    STRING_ARRAY = 33
    DATETIME_ARRAY = 34


class TypeMismatch(ValueError):
    """A value is none of its datatype.

    Examples
    --------
    >>> str(TypeMismatch(300, DataType.UINT8))
    '300 is no UInt8'
    """

    def __init__(self, value: object, datatype: DataType) -> None:
        super().__init__(value, datatype)
        self.value = value
        self.datatype = datatype

    def __str__(self) -> str:
        return f"{str(self.value)[:40]} is no {spelled(self.datatype)}"


_SPELLED = {
    DataType.UINT8: "UInt8",
    DataType.UINT16: "UInt16",
    DataType.UINT32: "UInt32",
    DataType.UINT64: "UInt64",
    DataType.DATETIME: "DateTime",
    DataType.UUID: "UUID",
    DataType.DATASET: "DataSet",
}

INTEGERS: Mapping[DataType, int] = {
    DataType.INT8: -8,
    DataType.INT16: -16,
    DataType.INT32: -32,
    DataType.INT64: -64,
    DataType.UINT8: 8,
    DataType.UINT16: 16,
    DataType.UINT32: 32,
    DataType.UINT64: 64,
    DataType.DATETIME: 64,
}
"""Datatypes of whole numbers, and their bits; below zero where they have a sign."""

ARRAYS: Mapping[DataType, str] = {
    DataType.INT8_ARRAY: "b",
    DataType.INT16_ARRAY: "h",
    DataType.INT32_ARRAY: "i",
    DataType.INT64_ARRAY: "q",
    DataType.UINT8_ARRAY: "B",
    DataType.UINT16_ARRAY: "H",
    DataType.UINT32_ARRAY: "I",
    DataType.UINT64_ARRAY: "Q",
    DataType.FLOAT_ARRAY: "f",
    DataType.DOUBLE_ARRAY: "d",
    DataType.DATETIME_ARRAY: "q",
}
"""Datatypes whose bytes are numbers one behind the other, lowest byte first."""

_WIDTHS = (32, 64)
"""Widths to which a small integer may have been extended with its sign."""


def spelled(datatype: DataType) -> str:
    """Name of a datatype as the specification spells it.

    Examples
    --------
    >>> spelled(DataType.UINT64), spelled(DataType.DATETIME_ARRAY)
    ('UInt64', 'DateTimeArray')
    """
    known = _SPELLED.get(datatype)
    if known is not None:
        return known
    if datatype.name.endswith("_ARRAY"):
        return f"{spelled(DataType[datatype.name.removesuffix('_ARRAY')])}Array"
    return "".join(part.capitalize() for part in datatype.name.split("_"))


def typed(raw: object, datatype: DataType) -> Any:  # noqa: ANN401 - as many types as datatypes
    """What a value on the wire means under a datatype.

    Parameters
    ----------
    raw
        As it stood in its field; integers may be of the datatype's own width or extended to 32
        or 64 bits, and one that has its sign already stays as it is.
    datatype
        Of the birth, or of the metric itself.

    Returns
    -------
    float, int, bool, str, bytes or list
        As it stood where the datatype is unknown.

    Raises
    ------
    TypeMismatch
        It is no value of the datatype.

    Examples
    --------
    >>> typed(251, DataType.INT8), typed(4294967291, DataType.INT8), typed(-5, DataType.INT8)
    (-5, -5, -5)
    """
    reader = _READERS.get(datatype)
    return raw if reader is None else reader(raw)


def packed(values: list[Any], datatype: DataType) -> bytes:
    """Bytes of an array.

    Raises
    ------
    TypeMismatch
        An element does not fit.

    Examples
    --------
    >>> packed([True, False, True], DataType.BOOLEAN_ARRAY).hex()
    '03000000a0'
    """
    try:
        if datatype is DataType.BOOLEAN_ARRAY:
            bits = "".join("1" if value else "0" for value in values)
            bits += "0" * (-len(bits) % 8)
            body = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
            return len(values).to_bytes(4, "little") + body
        if datatype is DataType.STRING_ARRAY:
            if any("\0" in value for value in values):
                raise TypeMismatch(values, datatype)
            return b"".join(value.encode() + b"\0" for value in values)
        return struct.pack(f"<{len(values)}{ARRAYS[datatype]}", *values)
    except (struct.error, KeyError, TypeError, AttributeError) as error:
        raise TypeMismatch(values, datatype) from error


def _integer(datatype: DataType, bits: int) -> Callable[[object], int]:
    top = 1 << abs(bits)
    half = top >> 1

    def signed(raw: object) -> int:
        if type(raw) is int:
            if -half <= raw < half:
                return raw
            if half <= raw < top:
                return raw - top
            for width in _WIDTHS:
                if 1 << width > raw >= (1 << width) - half:
                    return raw - (1 << width)
        raise TypeMismatch(raw, datatype)

    def unsigned(raw: object) -> int:
        if type(raw) is int and 0 <= raw < top:
            return raw
        raise TypeMismatch(raw, datatype)

    return signed if bits < 0 else unsigned


def _of(datatype: DataType, kind: type) -> Callable[[object], Any]:
    def read(raw: object) -> object:
        if type(raw) is kind:
            return raw
        raise TypeMismatch(raw, datatype)

    return read


def _boolean(raw: object) -> bool:
    # Some libraries put it into an integer's field.
    if raw is True or raw is False or (type(raw) is int and raw in {0, 1}):
        return bool(raw)
    raise TypeMismatch(raw, DataType.BOOLEAN)


def _numbers(datatype: DataType, letter: str) -> Callable[[object], list[Any]]:
    size = struct.calcsize(f"<{letter}")

    def read(raw: object) -> list[Any]:
        if isinstance(raw, list):
            return raw
        if type(raw) is not bytes or len(raw) % size or len(raw) // size > ELEMENTS_MAX:
            raise TypeMismatch(raw, datatype)
        return list(struct.unpack(f"<{len(raw) // size}{letter}", raw))

    return read


def _booleans(raw: object) -> list[bool]:
    if isinstance(raw, list):
        return raw
    if type(raw) is not bytes or len(raw) < 4:  # noqa: PLR2004 - four bytes of length
        raise TypeMismatch(raw, DataType.BOOLEAN_ARRAY)
    count, body = int.from_bytes(raw[:4], "little"), raw[4:]
    if count > 8 * len(body) or count > ELEMENTS_MAX:
        raise TypeMismatch(raw, DataType.BOOLEAN_ARRAY)
    return [bool(body[at // 8] & 0x80 >> at % 8) for at in range(count)]


def _texts(raw: object) -> list[str]:
    if isinstance(raw, list):
        return raw
    if type(raw) is not bytes or (raw and not raw.endswith(b"\0")):
        raise TypeMismatch(raw, DataType.STRING_ARRAY)
    try:
        return raw.decode().split("\0")[:-1]
    except UnicodeDecodeError as error:
        raise TypeMismatch(raw, DataType.STRING_ARRAY) from error


_READERS: dict[DataType, Callable[[object], Any]] = {
    **{each: _integer(each, bits) for each, bits in INTEGERS.items()},
    **{each: _numbers(each, letter) for each, letter in ARRAYS.items()},
    **{each: _of(each, str) for each in (DataType.STRING, DataType.TEXT, DataType.UUID)},
    **{each: _of(each, bytes) for each in (DataType.BYTES, DataType.FILE)},
    **{each: _of(each, float) for each in (DataType.FLOAT, DataType.DOUBLE)},
    DataType.BOOLEAN: _boolean,
    DataType.BOOLEAN_ARRAY: _booleans,
    DataType.STRING_ARRAY: _texts,
}
