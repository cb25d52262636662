"""Asking: what a request on the bus may want from the history, and the bytes that answer it.

A reply is JSON lines for records and links, one JSON object for everything else; `read` and
`aggregate` give an Arrow IPC stream where ``"form": "arrow"`` asks for it. What does not fit in a
reply ends with a ``cursor``, to be sent with the next request. A request that cannot be met is
answered with ``{"error": ...}``.

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
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from linewright.history.buckets import Buckets
from linewright.history.keeping.arrays import pa
from linewright.history.keeping.files import FileDamaged
from linewright.history.reader import History
from linewright.history.sampling import NS_MAX, next_cursor
from linewright.history.store import DuckError

__all__ = ["ARROW_ROWS_MAX", "QUESTIONS", "REPLY_BYTES_MAX", "ROWS_MAX", "answer", "failed"]

ROWS_MAX = 5000
"""Most rows of one reply of JSON; who wants more asks on from the last one."""

ARROW_ROWS_MAX = 20_000
"""Most rows of one reply of Arrow, where a row of numbers takes some 20 bytes."""

REPLY_BYTES_MAX = 900_000
"""Largest reply: what a NATS server takes by default, less the headers."""

MESSAGE_BYTES_MAX = 1_000_000
"""What cannot be sent at all: a single record may be longer than `REPLY_BYTES_MAX`."""

TAGS_MAX = 1000
"""Most tags of one question."""

_ROW_BYTES = 150
"""Most that a row of numbers takes in a reply; texts are counted for themselves."""

_Limit = Annotated[int, Meta(ge=1, le=ROWS_MAX)]
_ArrowLimit = Annotated[int, Meta(ge=1, le=ARROW_ROWS_MAX)]
_Ns = Annotated[int, Meta(ge=0, le=NS_MAX)]
_Tags = Annotated[tuple[str, ...], Meta(max_length=TAGS_MAX)]
_Cursor = Annotated[str, Meta(pattern=r"^[0-9]{1,19}:[0-9]{1,9}$(?!\n)")]


class _Audit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    after_n: Annotated[int, Meta(ge=-1, le=NS_MAX)] = -1
    limit: _Limit = 500


class _Read(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tag: str
    from_ns: _Ns = 0
    until_ns: _Ns = NS_MAX
    limit: _ArrowLimit = ROWS_MAX
    cursor: _Cursor | None = None
    form: Literal["json", "arrow"] = "json"


class _Aggregate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tags: _Tags
    from_ns: _Ns
    until_ns: _Ns
    every_ns: Annotated[int, Meta(ge=1, le=NS_MAX)] | None = None
    points: _ArrowLimit | None = None
    form: Literal["json", "arrow"] = "json"


class _Decimate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tag: str
    from_ns: _Ns = 0
    until_ns: _Ns = NS_MAX
    points: Annotated[int, Meta(ge=4, le=ROWS_MAX)] = 1000


class _AsOf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tags: _Tags
    times_ns: Annotated[tuple[_Ns, ...], Meta(max_length=ROWS_MAX)]


class _Last(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tags: _Tags | None = None
    after: str = ""
    limit: _Limit = ROWS_MAX


class _Page(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    after: str = ""
    limit: _Limit = ROWS_MAX


class _Records(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    record_class: str = msgspec.field(name="class")
    from_ns: _Ns = 0
    until_ns: _Ns = NS_MAX
    limit: _Limit = 500


class _Counts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class _Damage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    thorough: bool = False


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
        reply = QUESTIONS[question](request or b"{}", history)
    except FileDamaged as error:
        advice = "ask again in a minute: if it is damaged, it is put aside, with a gap for its rows"
        return failed(question, f"part of it cannot be read: {error}; {advice}")
    except DuckError as error:
        said = str(error).partition("\n")[0]
        return failed(question, f"the file cannot be read now ({said}); ask again in some seconds")
    except (msgspec.DecodeError, ValueError) as error:
        return failed(question, str(error))
    if len(reply) > MESSAGE_BYTES_MAX:
        return failed(question, f"the reply would have {len(reply)} bytes: ask for less at a time")
    return reply


def failed(question: str, what: str) -> bytes:
    """Reply that says why there is none.

    Parameters
    ----------
    question
        What was asked.
    what
        Why it cannot be met.

    Examples
    --------
    >>> failed("read", "no")
    b'{"error":"read: no"}'
    """
    return msgspec.json.encode({"error": f"{question}: {what}"})


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
    limit = min(wanted.limit, ARROW_ROWS_MAX if wanted.form == "arrow" else ROWS_MAX)
    cursor = _cursor(wanted.cursor) or (wanted.from_ns, 0)
    rows, after = history.page(wanted.tag, cursor, wanted.until_ns, limit)
    if wanted.form == "arrow":
        return _arrow_page(rows, cursor, after)
    kept = _fitting(rows["text"].to_pylist())
    if kept < rows.num_rows:
        rows = rows.slice(0, kept)
        after = next_cursor(rows["t_ns"].to_pylist(), cursor, kept)
    columns: dict[str, Any] = rows.to_pydict()
    columns["value"] = _numbers(columns["value"])
    return msgspec.json.encode(columns | _more(after))


def _aggregate(request: bytes, history: History) -> bytes:
    wanted = msgspec.json.decode(request, type=_Aggregate)
    found = history.aggregate(
        wanted.tags,
        wanted.from_ns,
        wanted.until_ns,
        every_ns=wanted.every_ns,
        points=wanted.points,
    )
    count = sum(len(each.start_ns) for each in found)
    most = ARROW_ROWS_MAX if wanted.form == "arrow" else ROWS_MAX
    if count > most:
        raise ValueError(f"{count} buckets, at most {most}: ask for wider ones, or fewer tags")
    if wanted.form == "arrow":
        return _ipc(_bucket_table(found), None)
    return msgspec.json.encode({"buckets": found})


def _decimate(request: bytes, history: History) -> bytes:
    wanted = msgspec.json.decode(request, type=_Decimate)
    found = history.decimate(wanted.tag, wanted.from_ns, wanted.until_ns, wanted.points)
    columns = found.to_pydict()
    rows = int((found.schema.metadata or {}).get(b"rows", 0))
    return msgspec.json.encode(columns | {"value": _numbers(columns["value"]), "rows": rows})


def _as_of(request: bytes, history: History) -> bytes:
    wanted = msgspec.json.decode(request, type=_AsOf)
    if len(wanted.tags) * len(wanted.times_ns) > ROWS_MAX:
        raise ValueError(f"more than {ROWS_MAX} values: ask for fewer tags or times at once")
    found = history.as_of(wanted.tags, wanted.times_ns)
    return msgspec.json.encode({"as_of": found})


def _last(request: bytes, history: History) -> bytes:
    wanted = msgspec.json.decode(request, type=_Last)
    found = history.last(wanted.tags)
    first = next((at for at, tag in enumerate(found.tag) if tag > wanted.after), len(found.tag))
    texts = list(found.text or [])[first : first + wanted.limit]
    which = slice(first, first + _fitting(texts))
    columns: dict[str, Any] = {
        "tag": found.tag[which],
        "t_ns": found.t_ns[which],
        "seen_ns": found.seen_ns[which],
        "value": _numbers(found.value[which]),
        "int": (found.integer or [])[which],
        "text": (found.text or [])[which],
        "quality": found.quality[which],
        "raw_ns": (found.raw_ns or [])[which],
    }
    is_cut = which.stop < len(found.tag)
    return msgspec.json.encode(columns | ({"cursor": found.tag[which.stop - 1]} if is_cut else {}))


def _tags(request: bytes, history: History) -> bytes:
    wanted = msgspec.json.decode(request, type=_Page)
    found = [each for each in history.spans() if each.tag > wanted.after]
    page = found[: wanted.limit]
    more = {"cursor": page[-1].tag} if len(found) > len(page) else {}
    return msgspec.json.encode({"tags": page} | more)


def _counts(request: bytes, history: History) -> bytes:
    msgspec.json.decode(request, type=_Counts)
    return msgspec.json.encode(history.counts())


def _damage(request: bytes, history: History) -> bytes:
    wanted = msgspec.json.decode(request, type=_Damage)
    found = history.damage(is_thorough=wanted.thorough)
    return msgspec.json.encode({"damage": [str(each) for each in found[:ROWS_MAX]]})


def _cursor(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    t_ns, _, known = text.partition(":")
    return min(int(t_ns), NS_MAX), int(known)


def _more(after: tuple[int, int] | None) -> dict[str, str]:
    return {} if after is None else {"cursor": f"{after[0]}:{after[1]}"}


def _numbers(values: Sequence[float]) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in values]


def _fitting(texts: Iterable[str | None]) -> int:
    """How many rows with these texts fit in a reply."""
    size = rows = 0
    for text in texts:
        size += _ROW_BYTES + (0 if text is None else len(msgspec.json.encode(text)))
        if size > REPLY_BYTES_MAX:
            break
        rows += 1
    return rows


def _arrow_page(rows: Any, cursor: tuple[int, int], after: tuple[int, int] | None) -> bytes:  # noqa: ANN401 - Arrow's own
    """As many rows as fit in a reply; at least one."""
    kept = rows.num_rows
    while len(data := _ipc(rows.slice(0, kept), after)) > REPLY_BYTES_MAX and kept > 1:
        kept //= 2
        after = next_cursor(rows.slice(0, kept)["t_ns"].to_pylist(), cursor, kept)
    return data


def _ipc(table: Any, after: tuple[int, int] | None) -> bytes:  # noqa: ANN401 - Arrow's own
    """Arrow IPC stream; the cursor stands in the metadata of its schema."""
    table = table.replace_schema_metadata(_more(after) or None)
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _bucket_table(found: Sequence[Buckets]) -> Any:  # noqa: ANN401 - Arrow's own
    names = [name for name in Buckets.__struct_fields__ if name not in {"tag", "every_ns"}]
    tags = [each.tag for each in found for _ in each.start_ns]
    columns = {name: [one for each in found for one in getattr(each, name)] for name in names}
    return pa.table({"tag": tags} | columns)


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
    {
        "aggregate": _aggregate,
        "as_of": _as_of,
        "audit": _audit,
        "counts": _counts,
        "damage": _damage,
        "decimate": _decimate,
        "last": _last,
        "read": _read,
        "records": _records,
        "tags": _tags,
    }
)
"""What may be asked, as the last token of ``lw.ask.<site>.history.<question>``."""
