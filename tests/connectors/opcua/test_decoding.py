"""Answers of real servers, recorded, are read as what the servers were told to show."""

import json
from pathlib import Path
from typing import Any

import pytest

from linewright.connectors import opcua
from linewright.connectors.opcua.decoding import decode_publish

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
