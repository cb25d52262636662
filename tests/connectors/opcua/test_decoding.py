"""Answers of real servers, recorded, are read as what the servers were told to show."""

import json
import struct
import time
from pathlib import Path
from typing import Any

import pytest

from linewright.connectors import opcua
from linewright.connectors.opcua.decoding import PayloadInvalid, decode_publish

PAYLOADS = Path(opcua.__file__).parent / "payloads"


@pytest.mark.parametrize("name", ["node_opcua", "asyncua"])
def test_recorded_values_are_read(name: str) -> None:
    """Every scalar type, an array, a bad and an uncertain value of a server."""
    expected: dict[str, list[Any]] = json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))
    notice = decode_publish((PAYLOADS / f"{name}.bin").read_bytes())
    assert {
        "handles": notice.handles,
        "values": notice.values,
        "statuses": notice.statuses,
        "source_ns": notice.source_ns,
    } == expected
    kinds = [type(each) for each in expected["values"]]
    assert [type(each) for each in notice.values] == kinds
    assert not notice.is_keep_alive


@pytest.mark.parametrize("name", ["node_opcua", "asyncua"])
def test_recorded_signs_of_life_are_read(name: str) -> None:
    """A keep-alive has a number and no values."""
    notice = decode_publish((PAYLOADS / f"{name}_keep_alive.bin").read_bytes())
    assert notice.is_keep_alive
    assert notice.sequence > 0
    assert notice.handles == []


HEADER = bytes.fromhex(
    "01003d03"
    "0000000000000000"
    "00000000"
    "00000000"
    "00"
    "ffffffff"
    "000000"
    "01000000"
    "ffffffff"
    "00"
    "07000000"
    "0000000000000000"
)
"""A PublishResponse until the number of its notifications."""


def change(items: int, *values: bytes, size: int | None = None) -> bytes:
    """A data change of so many items, which says that it has so many bytes."""
    inside = struct.pack("<i", items) + b"".join(values)
    told = len(inside) if size is None else size
    return b"\x01\x00" + struct.pack("<HBi", 811, 1, told) + inside


def answer(*parts: bytes) -> bytes:
    """A whole answer with these notifications, and room behind them."""
    return HEADER + struct.pack("<i", len(parts)) + b"".join(parts) + b"\0" * 64


EMPTY = struct.pack("<IB", 0, 0)


@pytest.mark.parametrize(
    ("part", "what"),
    [
        (change(2, struct.pack("<IBBi", 0, 1, 15, 30), size=14), "goes beyond its notification"),
        (change(9, EMPTY, EMPTY, size=14), "9 values do not fit"),
    ],
)
def test_no_value_goes_beyond_its_notification(part: bytes, what: str) -> None:
    """Else each notification of a small answer could read all those behind it once more."""
    assert decode_publish(answer(change(2, EMPTY, EMPTY))).values == [None, None]
    with pytest.raises(PayloadInvalid, match=what):
        decode_publish(answer(part, change(2, EMPTY, EMPTY), change(2, EMPTY, EMPTY)))


def test_an_array_of_nothing_costs_nothing() -> None:
    """Its elements have no bytes: a count of them must not be counted out, value after value."""
    count = 20_000
    value = struct.pack("<IBBi", 0, 1, 0x80, count)
    begun_s = time.process_time()
    notice = decode_publish(answer(change(5_000, *[value] * 5_000)) + b"\0" * count)
    assert notice.values == [None] * 5_000
    assert time.process_time() - begun_s < 5  # a hundred million steps are some ten
