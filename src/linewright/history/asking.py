"""Asking: what a request on the bus may want from the history, and the bytes that answer it.

A reply is JSON lines for records and links, one JSON object for columns and counts. A request
that cannot be met is answered with ``{"error": ...}``.

>>> from linewright.history import Writer, open_history
>>> import tempfile
>>> from pathlib import Path
>>> folder = Path(tempfile.mkdtemp())
>>> Writer.open(folder).close()
>>> with open_history(folder) as history:
...     answer("read", b'{"tag":7}', history)
b'{"error":"read: Expected `str`, got `int` - at `$.tag`"}'
"""

import math
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Annotated

import msgspec
from msgspec import Meta

from linewright.history.reader import NS_MAX, History

__all__ = ["QUESTIONS", "REPLY_BYTES_MAX", "ROWS_MAX", "answer"]

ROWS_MAX = 5000
"""Most rows of one reply; who wants more asks on from the last one."""

REPLY_BYTES_MAX = 900_000
"""Largest reply: what a NATS server takes by default, less the headers."""

_ROW_BYTES = 150
"""Most that a row of numbers takes in a reply; texts are counted for themselves."""

_Limit = Annotated[int, Meta(ge=1, le=ROWS_MAX)]
_Ns = Annotated[int, Meta(ge=0, le=NS_MAX)]


class _Audit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    after_n: Annotated[int, Meta(ge=-1, le=NS_MAX)] = -1
    limit: _Limit = 500


class _Read(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tag: str
    from_ns: _Ns = 0
    until_ns: _Ns = NS_MAX
    limit: _Limit = ROWS_MAX


class _Records(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    record_class: str = msgspec.field(name="class")
    from_ns: _Ns = 0
    until_ns: _Ns = NS_MAX
    limit: _Limit = 500


class _Counts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


def answer(question: str, request: bytes, history: History) -> bytes:
    """Reply to one request.

    Parameters
    ----------
    question
        One of `QUESTIONS`.
    request
        JSON object; empty bytes mean an empty one.
    history
        What it is read from.

    Returns
    -------
    bytes
        At most `REPLY_BYTES_MAX`.

    Examples
    --------
    >>> from linewright.history import Writer, open_history
    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> Writer.open(folder).close()
    >>> with open_history(folder) as history:
    ...     answer("audit", b'{"after_n":-1,"limit":10}', history)
    b''
    """
    try:
        return QUESTIONS[question](request or b"{}", history)
    except msgspec.DecodeError as error:
        return msgspec.json.encode({"error": f"{question}: {error}"})


def _audit(request: bytes, history: History) -> bytes:
    wanted = msgspec.json.decode(request, type=_Audit)
    return _lines(history.audit_lines(wanted.after_n, wanted.limit))


def _records(request: bytes, history: History) -> bytes:
    wanted = msgspec.json.decode(request, type=_Records)
    texts = history.texts(wanted.record_class, wanted.from_ns, wanted.until_ns, wanted.limit)
    return _lines(text.encode() for text in texts)


def _read(request: bytes, history: History) -> bytes:
    """Columns of one tag; a number that is none is null. Cut where the reply would be too large."""
    wanted = msgspec.json.decode(request, type=_Read)
    found = history.read(wanted.tag, wanted.from_ns, wanted.until_ns, wanted.limit)
    texts = list(found.text or [])
    rows, size = 0, 0
    for text in texts:
        size += _ROW_BYTES + (0 if text is None else len(msgspec.json.encode(text)))
        if size > REPLY_BYTES_MAX:
            break
        rows += 1
    columns = {
        "t_ns": found.t_ns[:rows],
        "seen_ns": found.seen_ns[:rows],
        "value": [value if math.isfinite(value) else None for value in found.value[:rows]],
        "int": list(found.integer or [])[:rows],
        "text": texts[:rows],
        "quality": found.quality[:rows],
    }
    return msgspec.json.encode(columns)


def _counts(request: bytes, history: History) -> bytes:
    msgspec.json.decode(request, type=_Counts)
    return msgspec.json.encode(history.counts())


def _lines(found: Iterable[bytes]) -> bytes:
    """As many whole lines as a reply may have; at least one, whatever its length."""
    kept: list[bytes] = []
    size = 0
    for line in found:
        size += len(line) + 1
        if kept and size > REPLY_BYTES_MAX:
            break
        kept.append(line + b"\n")
    return b"".join(kept)


QUESTIONS: Mapping[str, Callable[[bytes, History], bytes]] = MappingProxyType(
    {"audit": _audit, "read": _read, "records": _records, "counts": _counts}
)
"""What may be asked, as the last token of ``lw.ask.<site>.history.<question>``."""
