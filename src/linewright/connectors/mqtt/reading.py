"""What the body of one MQTT message says to the tags that are read from its topic.

Bodies are JSON, or plain: a number, yes or no, or a text. A body that cannot be read, or that does
not fit the type of a tag, gives a bad sample; nothing is an error.

>>> level = Wanted.of(Point(tag=Address("reno/shop/pump/turn#level"), item="a", path="tank.level"))
>>> read_body(b'{"tank": {"level": 4.5}, "ts": 1700000000000}', [level])
Read(values=((0, 4.5, 0),), source_ns=1700000000000000000)
"""

import datetime as dt
import json
import math
import re
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from linewright.connectors.sources import Point
from linewright.connectors.values import Spoken
from linewright.plant import Address

__all__ = [
    "BAD_ENCODING",
    "BODY_BYTES_MAX",
    "Address",
    "PathInvalid",
    "Read",
    "Wanted",
    "parse_path",
    "read_body",
]

BODY_BYTES_MAX = 1024 * 1024
"""Largest body that is read; a larger one is a bad sample of each of its tags."""

TIME_KEYS = ("timestamp", "ts", "time", "timestamp_ms")
"""Keys of the outermost object that hold the time of a body, the first that is there."""

VALUE_KEY = "value"
"""Key that holds the value of a body whose tag has no path."""

BAD_ENCODING = 0x80060000
BAD_TYPE = 0x80740000
BAD_RANGE = 0x803C0000
BAD_NO_DATA = 0x809B0000
"""Status codes of OPC UA, the language of status between connectors and samples."""

_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d{1,6})\]")
_YES = frozenset({"true", "1", "on", "yes"})
_NO = frozenset({"false", "0", "off", "no"})
_BITS = re.compile(r"(u?)int(\d+)")
_FLOATS = frozenset({"float32", "float64"})
_NS_PER_S = 1_000_000_000
_SCALES = ((1e17, 1), (1e14, 1_000), (1e11, 1_000_000), (1e8, _NS_PER_S))
_I64 = 2**63
_MISSING = object()


class PathInvalid(ValueError):
    """A path inside a body is none.

    Examples
    --------
    >>> str(PathInvalid("a..b"))
    '`a..b` is no path inside a body, such as `motor.rpm` or `axes[0].load`'
    """

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return f"`{self.path}` is no path inside a body, such as `motor.rpm` or `axes[0].load`"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What one tag takes from the bodies of its topic.

    Examples
    --------
    >>> Wanted.of(Point(tag=Address("reno#kw"), item="power", path="$.a[0]")).path
    ('a', 0)
    """

    path: tuple[str | int, ...] = ()
    type: str | None = None

    @classmethod
    def of(cls, point: Point) -> "Wanted":
        """What a point takes; raises `PathInvalid`."""
        return cls(path=parse_path(point.path) if point.path else (), type=point.type)


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What one body brought."""

    values: Annotated[
        tuple[tuple[int, Spoken, int], ...], Meta(description="number of the tag, value, status")
    ]
    source_ns: Annotated[int | None, Meta(description="its own time, None where it has none")] = (
        None
    )


def parse_path(path: str) -> tuple[str | int, ...]:
    """Steps of a path; `$.` may stand before it.

    Raises
    ------
    PathInvalid
        It is no path.

    Examples
    --------
    >>> parse_path("axes[0].load"), parse_path("$[2]")
    (('axes', 0, 'load'), (2,))
    """
    text = path.removeprefix("$") if path == "$" or path.startswith(("$.", "$[")) else path
    steps: list[str | int] = []
    at = 0
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None or (found[0].startswith(".") and not steps and text == path):
            raise PathInvalid(path)
        steps.append(found[1] if found[2] is None else int(found[2]))
        at = found.end()
    if not steps:
        raise PathInvalid(path)
    return tuple(steps)


def read_body(body: bytes, wanted: Sequence[Wanted]) -> Read:
    """What a body says to each tag of its topic.

    A tag whose path is not in the body gets nothing: many devices send only what changed.

    Parameters
    ----------
    body
        Of one message.
    wanted
        The tags of its topic.

    Returns
    -------
    Read
        Values by the places of the tags in `wanted`.

    Notes
    -----
    Linear in the body and the tags; a JSON body is parsed once for all of its tags.

    Examples
    --------
    >>> read_body(b"21.5", [Wanted(type="float64")]).values
    ((0, 21.5, 0),)
    >>> read_body(b"{oops", [Wanted(path=("a",))]).values[0][1:] == (None, BAD_ENCODING)
    True
    """
    if len(body) > BODY_BYTES_MAX:
        return Read(values=tuple((place, None, BAD_ENCODING) for place in range(len(wanted))))
    found = _parsed(body)
    if not isinstance(found, dict | list):
        return Read(
            values=tuple(_plain(place, one, body, found) for place, one in enumerate(wanted))
        )
    values: list[tuple[int, Spoken, int]] = []
    for place, one in enumerate(wanted):
        raw = _picked(found, one.path or (VALUE_KEY,))
        if raw is _MISSING and one.path:
            continue
        values.append((place, *_fitted(raw, one.type)))
    return Read(values=tuple(values), source_ns=_time_of(found))


def _parsed(body: bytes) -> Any:  # noqa: ANN401 - whatever JSON can say
    """JSON of a body; what is none stands for `_MISSING`."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        # NaN and Infinity are no JSON, and many devices send them.
        return json.loads(body)
    except (ValueError, RecursionError):
        return _MISSING


def _plain(place: int, one: Wanted, body: bytes, found: Any) -> tuple[int, Spoken, int]:  # noqa: ANN401 - as JSON says
    """Value of a body that is one value, JSON or not."""
    if one.path:
        return place, None, BAD_ENCODING
    if found is _MISSING or (one.type == "text" and not isinstance(found, str)):
        try:
            found = body.decode()
        except UnicodeDecodeError:
            return place, None, BAD_ENCODING
    return (place, *_fitted(found, one.type))


def _picked(found: Any, path: Sequence[str | int]) -> Any:  # noqa: ANN401 - whatever JSON can say
    for step in path:
        if isinstance(step, int):
            if not isinstance(found, list) or step >= len(found):
                return _MISSING
        elif not isinstance(found, dict) or step not in found:
            return _MISSING
        found = found[step]
    return found


def _fitted(raw: Any, kind: str | None) -> tuple[Spoken, int]:  # noqa: ANN401 - whatever JSON can say
    """Value as the type of its tag, and its status."""
    if raw is None:
        return None, BAD_NO_DATA
    if raw is _MISSING or isinstance(raw, dict | list):
        return None, BAD_TYPE
    if isinstance(raw, str) and not _is_text(raw):
        return None, BAD_ENCODING
    if kind is None or kind == "text":
        return raw if kind is None or isinstance(raw, str) else json.dumps(raw), 0
    if kind == "bool":
        text = str(raw).strip().lower()
        return (text in _YES, 0) if text in _YES | _NO else (None, BAD_TYPE)
    return _number(raw, kind)


def _is_text(raw: str) -> bool:
    """Whether it can be stored; JSON can escape half a character, which no encoding holds."""
    try:
        raw.encode()
    except UnicodeEncodeError:
        return False
    return True


def _number(raw: bool | float | str, kind: str) -> tuple[Spoken, int]:  # noqa: FBT001 - as JSON says it
    if isinstance(raw, bool):
        return None, BAD_TYPE
    number: int | float
    try:
        number = _from_text(raw) if isinstance(raw, str) else raw
    except ValueError:
        return None, BAD_TYPE
    if kind in _FLOATS:
        try:
            return float(number), 0
        except OverflowError:
            return None, BAD_RANGE
    form = _BITS.fullmatch(kind)
    assert form is not None, f"{kind} is a type of the plant language"
    if isinstance(number, float):
        if not math.isfinite(number) or not number.is_integer():
            return None, BAD_TYPE
        number = int(number)
    bits = int(form[2])
    low, high = (0, 1 << bits) if form[1] else (-(1 << bits - 1), 1 << bits - 1)
    return (number, 0) if low <= number < high else (None, BAD_RANGE)


def _from_text(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def _time_of(found: Any) -> int | None:  # noqa: ANN401 - whatever JSON can say
    """Time of a body in ns; None where it has none that can be read."""
    if not isinstance(found, dict):
        return None
    raw = next((found[key] for key in TIME_KEYS if key in found), None)
    if isinstance(raw, str):
        try:
            moment = dt.datetime.fromisoformat(raw)
        except ValueError:
            return None
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)
        ns = (aware - _EPOCH) // _MICROSECOND * 1000
        return ns if 0 <= ns < _I64 else None
    # A whole number of any length stays one: as a float it may be too large.
    is_number = math.isfinite(raw) if isinstance(raw, float) else isinstance(raw, int)
    if raw is None or not is_number or isinstance(raw, bool):
        return None
    for least, scale in _SCALES:
        if raw >= least:
            ns = raw * scale if isinstance(raw, int) else round(raw * scale)
            return ns if ns < _I64 else None
    return None


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
