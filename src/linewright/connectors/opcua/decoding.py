"""Answers of a subscription, from their bytes to columns, without an object for each value.

A run of values of one shape (the usual case: thousands of doubles, each with its time) is one
call of `struct`; single values cost one look into a table. What no sample can hold (arrays,
structures, nested variants) is stepped over and becomes None, which is bad data and not an error.

>>> notice = decode_publish(bytes.fromhex(
...     "01003d03" "0000000000000000" "00000000" "00000000" "00" "ffffffff" "000000"
...     "01000000" "ffffffff" "00" "07000000" "0000000000000000" "ffffffff" "ffffffff" "ffffffff"
... ))
>>> notice.subscription, notice.sequence, notice.is_keep_alive
(1, 7, True)
"""

import datetime as dt
import struct
import uuid
from collections.abc import Callable

__all__ = ["NOT_A_SAMPLE", "Notice", "PayloadInvalid", "decode_publish", "decode_republish"]

NOT_A_SAMPLE = None
"""What stands for a value that no sample can hold."""

DEPTH_MAX = 16
"""Deepest nesting of variants, diagnostics and data values; deeper is a broken answer."""

RUN_MAX = 4_096
"""Values of one shape that are looked at together: bounds the copy that finds where a run ends."""

EPOCH_TICKS = 116_444_736_000_000_000
"""1970-01-01 as OPC UA counts: in 100 ns since 1601."""

TICKS_MAX = EPOCH_TICKS + (2**63 - 1) // 100
"""Latest time that fits nanoseconds since 1970 in 64 bits, in the year 2262."""

_PUBLISH = 829
_REPUBLISH = 835
_DATA_CHANGE = 811
_STATUS_CHANGE = 820

_U32 = struct.Struct("<I")
_I32 = struct.Struct("<i")
_I64 = struct.Struct("<q")
_ITEM = struct.Struct("<IBB")
_FIXED = {
    1: "?",  # Boolean
    2: "b",  # SByte
    3: "B",  # Byte
    4: "h",  # Int16
    5: "H",  # UInt16
    6: "i",  # Int32
    7: "I",  # UInt32
    8: "q",  # Int64
    9: "Q",  # UInt64
    10: "f",  # Float
    11: "d",  # Double
    19: "I",  # StatusCode
}
"""Built-in types of a fixed size that are numbers, as `struct` names them."""

_HAS_VALUE, _HAS_STATUS, _HAS_SOURCE, _HAS_SERVER, _HAS_SOURCE_PICO, _HAS_SERVER_PICO = (
    1 << bit for bit in range(6)
)


class PayloadInvalid(ValueError):
    """An answer that is not what OPC UA part 6 says; `at` is the byte where it goes wrong.

    Examples
    --------
    >>> str(PayloadInvalid(3, "it ends here"))
    'answer of the server, byte 3: it ends here'
    """

    def __init__(self, at: int, what: str) -> None:
        super().__init__(f"answer of the server, byte {at}: {what}")
        self.at = at
        self.what = what


class Notice:
    """What one answer of a subscription said, values as columns of equal length.

    Parameters
    ----------
    subscription
        Which one answers.
    sequence
        Number of the message; of the next one in a keep-alive.
    parts
        Notifications in the message; none is a keep-alive.

    Examples
    --------
    >>> Notice(subscription=1, sequence=7).is_keep_alive
    True
    """

    def __init__(self, *, subscription: int, sequence: int, parts: int = 0) -> None:
        self.subscription = subscription
        self.sequence = sequence
        self.parts = parts
        self.more = False
        """Whether the server has more for this moment."""
        self.available: tuple[int, ...] = ()
        """Numbers of messages that the server would send again."""
        self.handles: list[int] = []
        self.values: list[float | int | bool | str | None] = []
        self.statuses: list[int] = []
        self.source_ns: list[int | None] = []
        """Time of the source, of the server where the source gave none; None without either."""
        self.ended: int | None = None
        """Status with which the server ended the subscription."""

    @property
    def is_keep_alive(self) -> bool:
        """Whether the server only says that it lives.

        Examples
        --------
        >>> Notice(subscription=1, sequence=7, parts=1).is_keep_alive
        False
        """
        return self.parts == 0


def decode_publish(body: bytes) -> Notice:
    """Columns of a PublishResponse.

    Parameters
    ----------
    body
        The whole answer, with the node id of its type.

    Returns
    -------
    Notice
        In the order of the message. A value that no sample can hold is None.

    Raises
    ------
    PayloadInvalid
        It is another answer, or broken.

    Notes
    -----
    Linear in the bytes.

    Examples
    --------
    >>> decode_publish(b"")
    Traceback (most recent call last):
    linewright.connectors.opcua.decoding.PayloadInvalid: answer of the server, byte 0: it ends here
    """
    return _guarded(body, _publish)


def decode_republish(body: bytes, subscription: int) -> Notice:
    """Columns of a RepublishResponse: one message again.

    Parameters
    ----------
    body
        The whole answer, with the node id of its type.
    subscription
        Which one was asked; the answer does not say.

    Returns
    -------
    Notice
        As of `decode_publish`.

    Raises
    ------
    PayloadInvalid
        It is another answer, or broken.

    Examples
    --------
    >>> decode_republish(b"", 1)
    Traceback (most recent call last):
    linewright.connectors.opcua.decoding.PayloadInvalid: answer of the server, byte 0: it ends here
    """

    def republish(reader: "_Reader") -> Notice:
        reader.header(_REPUBLISH)
        notice = Notice(subscription=subscription, sequence=0)
        reader.message(notice)
        return notice

    return _guarded(body, republish)


def _publish(reader: "_Reader") -> Notice:
    reader.header(_PUBLISH)
    notice = Notice(subscription=reader.u32(), sequence=0)
    count = reader.count(4)
    notice.available = struct.unpack_from(f"<{count}I", reader.body, reader.take(4 * count))
    notice.more = reader.u8() != 0
    reader.message(notice)
    return notice


def _guarded(body: bytes, work: "Callable[[_Reader], Notice]") -> Notice:
    reader = _Reader(body)
    try:
        return work(reader)
    except (struct.error, IndexError) as error:
        raise PayloadInvalid(min(reader.at, len(body)), "it ends here") from error


class _Reader:
    """A place in the bytes; every step beyond their end raises."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.at = 0

    # --- steps

    def take(self, size: int) -> int:
        """Step over `size` bytes; where they began."""
        at = self.at
        if size < 0 or at + size > len(self.body):
            raise PayloadInvalid(at, "it ends here")
        self.at = at + size
        return at

    def u8(self) -> int:
        return self.body[self.take(1)]

    def u32(self) -> int:
        return int(_U32.unpack_from(self.body, self.take(4))[0])

    def i64(self) -> int:
        return int(_I64.unpack_from(self.body, self.take(8))[0])

    def count(self, least: int) -> int:
        """Length of an array whose elements have `least` bytes and more; a null array has 0."""
        found = int(_I32.unpack_from(self.body, self.take(4))[0])
        if found * least > len(self.body) - self.at:
            raise PayloadInvalid(self.at, f"{found} elements do not fit")
        return max(0, found)

    def octets(self) -> bytes:
        size = max(0, int(_I32.unpack_from(self.body, self.take(4))[0]))
        at = self.take(size)
        return self.body[at : at + size]

    def text(self) -> str:
        return self.octets().decode("utf-8", errors="replace")

    # --- parts of an answer

    def header(self, kind: int) -> None:
        """Step over the type and the header of an answer, which must be of this kind."""
        if self.node_id() != f"i={kind}":
            raise PayloadInvalid(0, f"it is no answer of type {kind}")
        self.take(16)  # timestamp, handle and service result: asyncua looked at it
        self.diagnostics(0)
        for _ in range(self.count(4)):
            self.octets()
        self.extension()

    def message(self, notice: Notice) -> None:
        """Take the notification message in."""
        notice.sequence = self.u32()
        self.take(8)  # when it was sent
        for _ in range(self.count(3)):
            notice.parts += 1
            kind = self.node_id()
            if self.u8() == 0:
                continue
            size = int(_I32.unpack_from(self.body, self.take(4))[0])
            end = self.take(size) + size
            self.at = end - size
            if kind == f"i={_DATA_CHANGE}":
                self.data_change(notice, end)
            elif kind == f"i={_STATUS_CHANGE}":
                notice.ended = self.u32()
            self.at = end  # events carry no value of a tag

    def data_change(self, notice: Notice, end: int) -> None:
        """Take values in, run by run; none of them goes beyond `end`."""
        left = self.count(5)
        if 5 * left > end - self.at:
            raise PayloadInvalid(self.at, f"{left} values do not fit")
        while left:
            at = self.at
            _, mask, kind = _ITEM.unpack_from(self.body, at)
            shape = _shape(mask, kind)
            if shape is None:
                self.single(notice)
                if self.at > end:
                    # Else the next notification would read the same bytes again.
                    raise PayloadInvalid(at, "a value goes beyond its notification")
                left -= 1
                continue
            run = 1
            if left > 1:
                run = _run_length(self.body, at, shape.size, min(left, RUN_MAX))
            if at + run * shape.size > end:
                raise PayloadInvalid(at, "it ends here")
            shape.add(self.body[at : at + run * shape.size], notice)
            self.at = at + run * shape.size
            left -= run

    def single(self, notice: Notice) -> None:
        """Take one value in, whatever it is."""
        handle = self.u32()
        value, status, ticks, pico = self.data_value(0)
        notice.handles.append(handle)
        notice.values.append(value)
        notice.statuses.append(status)
        ns = _ns(ticks)
        notice.source_ns.append(ns if ns is None else ns + pico // 100)

    # --- built-in types

    def data_value(self, depth: int) -> tuple[float | int | bool | str | None, int, int, int]:
        """Value, status, time in ticks (0 without) and its 10 ps."""
        mask = self.u8()
        value = self.variant(depth) if mask & _HAS_VALUE else NOT_A_SAMPLE
        status = self.u32() if mask & _HAS_STATUS else 0
        source = self.i64() if mask & _HAS_SOURCE else 0
        source_pico = self.pico() if mask & _HAS_SOURCE_PICO else 0
        server = self.i64() if mask & _HAS_SERVER else 0
        server_pico = self.pico() if mask & _HAS_SERVER_PICO else 0
        if _ns(source) is None:
            return value, status, server, server_pico
        return value, status, source, source_pico

    def pico(self) -> int:
        """A part of 100 ns, in 10 ps; what is above it counts as the most there is."""
        at = self.take(2)
        return min(9_999, int.from_bytes(self.body[at : at + 2], "little"))

    def variant(self, depth: int) -> float | int | bool | str | None:
        if depth > DEPTH_MAX:
            raise PayloadInvalid(self.at, f"nested more than {DEPTH_MAX} deep")
        code = self.u8()
        kind = code & 0x3F
        if not code & 0x80:
            return self.scalar(kind, depth)
        if kind in _SIZES:
            self.take(self.count(_SIZES[kind]) * _SIZES[kind])
        elif not kind:
            self.count(1)  # elements without a type have no bytes: there is nothing to step over
        else:
            for _ in range(self.count(1)):
                self.scalar(kind, depth)
        if code & 0x40:
            self.take(4 * self.count(4))
        return NOT_A_SAMPLE

    def scalar(self, kind: int, depth: int) -> float | int | bool | str | None:
        if kind in _NUMBERS:
            number = _NUMBERS[kind]
            found: float | int | bool = number.unpack_from(self.body, self.take(number.size))[0]
            return found
        if kind in _TEXTS:
            return _TEXTS[kind](self)
        if kind == _EXTENSION:
            self.extension()
        elif kind == _DATA_VALUE:
            self.data_value(depth + 1)
        elif kind == _VARIANT:
            self.variant(depth + 1)
        elif kind == _DIAGNOSTICS:
            self.diagnostics(depth + 1)
        elif kind > _DIAGNOSTICS:
            self.octets()  # reserved: told as bytes, part 6
        return NOT_A_SAMPLE

    def moment(self) -> str:
        """Time as text of ISO 8601, to 100 ns."""
        ticks = self.i64()
        seconds, rest = divmod(ticks - EPOCH_TICKS, 10_000_000)
        try:
            found = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
        except OverflowError:
            return str(ticks)
        return f"{found:%Y-%m-%dT%H:%M:%S}.{rest:07d}Z"

    def guid(self) -> str:
        at = self.take(16)
        return str(uuid.UUID(bytes_le=self.body[at : at + 16]))

    def hex(self) -> str:
        return self.octets().hex()

    def qualified(self) -> str:
        at = self.take(2)
        name = self.text()
        return f"{int.from_bytes(self.body[at : at + 2], 'little')}:{name}"

    def localized(self) -> str:
        mask = self.u8()
        if mask & 1:
            self.octets()
        return self.text() if mask & 2 else ""

    def node_id(self) -> str:
        """A node id, or one with a namespace URI or a server, as text."""
        code = self.u8()
        kind = code & 0x3F
        if kind == 0:
            space, name = 0, f"i={self.u8()}"
        elif kind == 1:
            space = self.u8()
            name = f"i={int.from_bytes(self._two(), 'little')}"
        else:
            space = int.from_bytes(self._two(), "little")
            if kind == 2:  # noqa: PLR2004 - encodings of part 6, 5.2.2.9
                name = f"i={self.u32()}"
            elif kind == 3:  # noqa: PLR2004 - likewise
                name = f"s={self.text()}"
            elif kind == 4:  # noqa: PLR2004 - likewise
                name = f"g={self.guid()}"
            elif kind == 5:  # noqa: PLR2004 - likewise
                name = f"b={self.hex()}"
            else:
                raise PayloadInvalid(self.at, f"node id of kind {kind}")
        before = f"nsu={self.text()};" if code & 0x80 else (f"ns={space};" if space else "")
        server = f"svr={self.u32()};" if code & 0x40 else ""
        return f"{server}{before}{name}"

    def extension(self) -> None:
        self.node_id()
        if self.u8():
            self.octets()

    def diagnostics(self, depth: int) -> None:
        if depth > DEPTH_MAX:
            raise PayloadInvalid(self.at, f"nested more than {DEPTH_MAX} deep")
        mask = self.u8()
        # Symbolic id, namespace, localized text and locale are numbers of strings.
        self.take(4 * (mask & 0x0F).bit_count())
        if mask & 0x10:
            self.octets()
        if mask & 0x20:
            self.take(4)
        if mask & 0x40:
            self.diagnostics(depth + 1)

    def _two(self) -> bytes:
        at = self.take(2)
        return self.body[at : at + 2]


_EXTENSION, _DATA_VALUE, _VARIANT, _DIAGNOSTICS = 22, 23, 24, 25
_NUMBERS = {kind: struct.Struct(f"<{code}") for kind, code in _FIXED.items()}
_SIZES = {kind: number.size for kind, number in _NUMBERS.items()} | {13: 8, 14: 16}
_TEXTS: dict[int, Callable[[_Reader], str]] = {
    12: _Reader.text,
    13: _Reader.moment,
    14: _Reader.guid,
    15: _Reader.hex,
    16: _Reader.text,
    17: _Reader.node_id,
    18: _Reader.node_id,
    20: _Reader.qualified,
    21: _Reader.localized,
}
"""Built-in types that a sample holds as text."""


class _Shape:
    """Values of one type that carry the same parts: a number of bytes each, known beforehand."""

    def __init__(self, mask: int, kind: int) -> None:
        code = "<IBB" + _FIXED[kind]
        code += "I" if mask & _HAS_STATUS else ""
        code += "q" if mask & _HAS_SOURCE else ""
        code += "q" if mask & _HAS_SERVER else ""
        self._struct = struct.Struct(code)
        self.size = self._struct.size
        self._mask = mask

    def add(self, data: bytes, notice: Notice) -> None:
        """Append a run to the columns."""
        columns = zip(*self._struct.iter_unpack(data), strict=True)
        handles = next(columns)
        next(columns)  # the mask, which is the same for all
        next(columns)  # the type, likewise
        notice.handles += handles
        notice.values += next(columns)
        notice.statuses += next(columns) if self._mask & _HAS_STATUS else [0] * len(handles)
        source = next(columns) if self._mask & _HAS_SOURCE else None
        server = next(columns) if self._mask & _HAS_SERVER else None
        first, second = (source, server) if source is not None else (server, None)
        if first is None:
            notice.source_ns += [None] * len(handles)
            return
        lowest, highest = EPOCH_TICKS, TICKS_MAX
        if min(first) >= lowest and max(first) <= highest:
            notice.source_ns += [(ticks - lowest) * 100 for ticks in first]
        elif second is None:
            notice.source_ns += [_ns(ticks) for ticks in first]
        else:
            notice.source_ns += [
                _ns(one) if _ns(one) is not None else _ns(other)
                for one, other in zip(first, second, strict=True)
            ]


_USUAL = _HAS_VALUE | _HAS_STATUS | _HAS_SOURCE | _HAS_SERVER
_SHAPES: dict[tuple[int, int], _Shape] = {
    (mask, kind): _Shape(mask, kind)
    for kind in _FIXED
    for mask in range(_USUAL + 1)
    if mask & _HAS_VALUE
}


def _shape(mask: int, kind: int) -> _Shape | None:
    """How values with this mask and type lie, where that is known beforehand."""
    return _SHAPES.get((mask, kind))


def _run_length(body: bytes, at: int, size: int, most: int) -> int:
    """How many values from here on have the mask and the type of the first one."""
    if body[at + size + 4 : at + size + 6] != body[at + 4 : at + 6]:
        return 1
    end = at + size * most
    run = most
    for offset in (4, 5):
        column = body[at + offset : end : size]
        run = min(run, len(column) - len(column.lstrip(column[:1])))
    return run


def _ns(ticks: int) -> int | None:
    """Nanoseconds since 1970; None for "no time", which OPC UA writes as 1601, and beyond 2262."""
    return (ticks - EPOCH_TICKS) * 100 if EPOCH_TICKS <= ticks <= TICKS_MAX else None
