"""Bodies of MQTT messages become values, or bad ones: nothing raises and nothing is guessed."""

import math
from typing import Any

import pytest

from linewright.connectors.mqtt.reading import (
    BAD_ENCODING,
    BAD_NO_DATA,
    BAD_RANGE,
    BAD_TYPE,
    BODY_BYTES_MAX,
    PathInvalid,
    Wanted,
    parse_path,
    read_body,
)


def one(body: bytes, *, path: str = "", kind: str | None = None) -> tuple[Any, int] | None:
    """Value and status of a body for one tag; None where it brings nothing."""
    wanted = Wanted(path=parse_path(path) if path else (), type=kind)
    values = read_body(body, [wanted]).values
    return values[0][1:] if values else None


@pytest.mark.parametrize(
    ("body", "kind", "value"),
    [
        (b"21.5", None, 21.5),
        (b"-12", "int32", -12),
        (b"21.0", "int32", 21),
        (b"5", "float64", 5.0),
        (b" true", "bool", True),
        (b"OFF", "bool", False),
        (b"0", "bool", False),
        (b'"ABC"', "text", "ABC"),
        (b"00123", "text", "00123"),
        (b"00123", "int32", 123),
        (b"running", None, "running"),
        (b"18446744073709551615", "uint64", 2**64 - 1),
        (b'{"value": 3}', None, 3),
    ],
)
def test_plain_bodies_have_the_type_of_their_tag(
    body: bytes, kind: str | None, value: object
) -> None:
    """Numbers, yes and no, and texts, as JSON or without it."""
    found = one(body, kind=kind)
    assert found == (value, 0)
    assert type(found[0]) is type(value)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"1.5", "int32", BAD_TYPE),
        (b"70000", "int16", BAD_RANGE),
        (b"-1", "uint16", BAD_RANGE),
        (b"fast", "float64", BAD_TYPE),
        (b"true", "int32", BAD_TYPE),
        (b"2", "bool", BAD_TYPE),
        (b"null", "float64", BAD_NO_DATA),
        (b"\xff\xfe", None, BAD_ENCODING),
        (b"[1, 2]", "float64", BAD_TYPE),
        (b"[" * 100_000, "float64", BAD_TYPE),
        (b"1" * (BODY_BYTES_MAX + 1), "int32", BAD_ENCODING),
    ],
)
def test_what_does_not_fit_is_bad(body: bytes, kind: str | None, status: int) -> None:
    """The status says what is wrong; there is no value."""
    assert one(body, kind=kind) == (None, status)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b[0].c", 7),
        ("$.a.b[0].c", 7),
        ("$.d", True),
        ("a.b[1]", 8),
        ("a.b[2]", None),
        ("x", None),
    ],
)
def test_paths_pick_from_a_body(path: str, value: object) -> None:
    """Objects by key, arrays by place; what is not there brings nothing."""
    body = b'{"a": {"b": [{"c": 7}, 8]}, "d": true}'
    assert one(body, path=path) == (None if value is None else (value, 0))


@pytest.mark.parametrize("path", ["", "$", "a..b", ".a", "a[", "a[x]", "a[0", "a]"])
def test_a_path_that_is_none_is_refused(path: str) -> None:
    """It is said with an example of one."""
    with pytest.raises(PathInvalid, match="is no path"):
        parse_path(path)


@pytest.mark.parametrize("body", [b"{oops", b"", b"<xml/>", b"21.5"])
def test_a_path_into_what_is_no_structure_is_bad(body: bytes) -> None:
    """Each tag of the topic gets a bad sample: garbage is not passed over."""
    assert one(body, path="a") == (None, BAD_ENCODING)


@pytest.mark.parametrize(
    ("time", "ns"),
    [
        ("1700000000", 1700000000 * 10**9),
        ("1700000000.5", 1700000000 * 10**9 + 5 * 10**8),
        ("1700000000123", 1700000000123 * 10**6),
        ("1700000000123456", 1700000000123456 * 10**3),
        ("1700000000123456789", 1700000000123456789),
        ('"2023-11-14T22:13:20Z"', 1700000000 * 10**9),
        ('"2023-11-14T16:13:20-06:00"', 1700000000 * 10**9),
        ('"2023-11-14T22:13:20"', 1700000000 * 10**9),
        ('"yesterday"', None),
        ("true", None),
        ("12", None),
        ("1" + "0" * 400, None),
        ("1e400", None),
        ("null", None),
    ],
)
def test_times_are_read_in_every_unit(time: str, ns: int | None) -> None:
    """Seconds, ms, microseconds and ns by their size, or ISO 8601; else the arrival counts."""
    read = read_body(f'{{"value": 1, "ts": {time}}}'.encode(), [Wanted()])
    assert read.source_ns == ns


def test_not_a_number_is_read_as_what_it_is() -> None:
    """JSON has none, devices send it; the sample is bad later on."""
    found = one(b'{"a": NaN}', path="a", kind="float64")
    assert found is not None
    assert math.isnan(found[0])


def test_half_a_character_is_bad() -> None:
    """JSON can escape one, and no column of text can hold it."""
    for body in (b'"\\ud800"', b'{"value": "\\ud800"}'):
        assert one(body, kind="text") == (None, BAD_ENCODING)
        assert one(body) == (None, BAD_ENCODING)
