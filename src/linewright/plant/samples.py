"""Samples: a batch of one source's values as one Arrow record batch with its number.

Hides Arrow: this file alone imports it, and nothing loads it before samples are used. The verbs:
``frame`` (columns to a checked batch), ``encode_frame``, ``decode_frame`` (``frame_from`` a
subject). A frame without rows is a heartbeat: the source lives and has nothing new.

>>> header = FrameHeader(site="nogales", source="saw", epoch=5, n=41)
>>> columns = Columns(
...     tag=["nogales/machining/bracket/saw#blade_temp"], t_ns=[7], seen_ns=[9], value=[80.5],
...     quality=[0],
... )
>>> decode_frame(encode_frame(frame(header, columns))).batch.column("value").to_pylist()
[80.5]
>>> samples_subject(header)
'lw.samples.nogales.saw'
"""

import functools
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Meta

from linewright.plant.address import Address, AddressInvalid, Level, valid_name
from linewright.plant.records.base import Natural, Part, SourceName
from linewright.plant.records.quality import QUALITY_MAX, Quality

__all__ = [
    "FRAME_BYTES_MAX",
    "FRAME_ROWS_MAX",
    "FRAME_SCHEMA",
    "RAW_FIELD",
    "TEXT_BYTES_MAX",
    "Columns",
    "Frame",
    "FrameHeader",
    "FrameInvalid",
    "decode_frame",
    "encode_frame",
    "frame",
    "frame_from",
    "parse_samples_subject",
    "samples_subject",
]

FRAME_ROWS_MAX = 20_000
"""Most rows of a frame: 100 ms of a source that sends 200,000 samples in a second."""

FRAME_BYTES_MAX = 1_000_000
"""Largest encoded frame: what a NATS server takes by default, less the headers."""

TEXT_BYTES_MAX = 8192
"""Longest text of one sample."""

FRAME_SCHEMA = pa.schema(
    [
        pa.field("tag", pa.dictionary(pa.int32(), pa.utf8()), nullable=False),
        pa.field("t_ns", pa.int64(), nullable=False),
        pa.field("seen_ns", pa.int64(), nullable=False),
        pa.field("value", pa.float64(), nullable=False),
        pa.field("int", pa.int64()),
        pa.field("text", pa.utf8()),
        pa.field("quality", pa.uint16(), nullable=False),
    ]
)
"""Columns of every frame, in this order.

``tag`` is the whole address, ``value`` the number (of an integer its nearest float, of a text
NaN), ``int`` the integer where it must be exact, ``quality`` bits of `Quality`.
"""

RAW_FIELD = pa.field("raw_ns", pa.int64())
"""Last column of a frame, only where one of its rows has a time that was not believed.

It is the time that the source gave, of rows with `Quality.CLOCK`; ``t_ns`` is the corrected one.
"""

_RAW_SCHEMA = FRAME_SCHEMA.append(RAW_FIELD)
_FORM = b"1"
_NUMBER_MAX = 2**63 - 1
_TAGS_KEPT = 100_000
_NOT_A_NUMBER = int(Quality.BAD | Quality.NOT_FINITE)


class FrameInvalid(ValueError):
    """A frame that breaks its contract.

    Parameters
    ----------
    source
        Source that it says it comes from; empty where it does not say.
    where
        Column or header field; empty for the whole frame.
    what
        What is wrong there, one sentence without a full stop.

    Examples
    --------
    >>> try:
    ...     decode_frame(b"")
    ... except FrameInvalid as error:
    ...     error.where, error.what[:8]
    ('', 'no Arrow')
    """

    def __init__(self, source: str, where: str, what: str) -> None:
        super().__init__(source, where, what)
        self.source = source
        self.where = where
        self.what = what

    def __str__(self) -> str:
        return (
            f"frame of {self.source or 'an unknown source'}, {self.where or 'whole'}: {self.what}"
        )


class FrameHeader(Part, frozen=True, kw_only=True):
    """Whose batch it is and which: batches of one source are numbered without a gap.

    A source that cannot go on counting begins a new epoch at 0; epochs rise.

    Examples
    --------
    >>> FrameHeader(site="nogales", source="saw", epoch=5, n=0).n
    0
    """

    site: Annotated[SourceName, Meta(description="site of the source")]
    source: Annotated[SourceName, Meta(description="name of the source, unique in the site")]
    epoch: Annotated[Natural, Meta(description="rises whenever counting begins anew")]
    n: Annotated[Natural, Meta(description="number of the batch in its epoch, from 0")]


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """Values for a frame, column by column, all of one length: lists, NumPy or Arrow arrays.

    Examples
    --------
    >>> Columns(tag=[], t_ns=[], seen_ns=[], value=[], quality=[]).text is None
    True
    """

    tag: Sequence[str]
    t_ns: Sequence[int]
    seen_ns: Sequence[int]
    value: Sequence[float]
    quality: Sequence[int]
    integer: Sequence[int | None] | None = None
    text: Sequence[str | None] | None = None
    raw_ns: Sequence[int | None] | None = None
    """Times that the source gave and that were not believed, of rows with `Quality.CLOCK`."""


class Frame(msgspec.Struct, frozen=True):
    """A header and a record batch of `FRAME_SCHEMA`; made by `frame` or `decode_frame` only.

    Examples
    --------
    >>> empty = Columns(tag=[], t_ns=[], seen_ns=[], value=[], quality=[])
    >>> frame(FrameHeader(site="nogales", source="saw", epoch=0, n=0), empty).rows
    0
    """

    header: FrameHeader
    batch: Any
    """A `pyarrow.RecordBatch`; the type is not named, so that Arrow is no part of signatures."""
    raw_ns: Any = None
    """Column `RAW_FIELD` beside the batch, an Arrow array; None where no time was corrected."""

    @property
    def rows(self) -> int:
        """Number of samples, at most `FRAME_ROWS_MAX`.

        Examples
        --------
        >>> one = Columns(tag=["nogales#kw"], t_ns=[1], seen_ns=[2], value=[3.0], quality=[0])
        >>> frame(FrameHeader(site="nogales", source="meter", epoch=0, n=0), one).rows
        1
        """
        return int(self.batch.num_rows)


def frame(header: FrameHeader, columns: Columns) -> Frame:
    """Checked frame of columns.

    A number that is none, without integer or text beside it, gets the quality bits `BAD` and
    `NOT_FINITE`: what a machine sends is never refused for being bad, only marked.

    Raises
    ------
    FrameInvalid
        Lengths differ, there are too many rows, a value does not fit its column, or a row without
        `Quality.CLOCK` has a raw time.

    Notes
    -----
    Linear in the rows, columns at a time; about a millisecond for 10,000 rows of lists.

    Examples
    --------
    >>> nan = Columns(
    ...     tag=["nogales#kw"], t_ns=[1], seen_ns=[2], value=[float("nan")], quality=[0]
    ... )
    >>> made = frame(FrameHeader(site="nogales", source="meter", epoch=0, n=0), nan)
    >>> Quality(made.batch.column("quality")[0].as_py())
    <Quality.BAD|NOT_FINITE: 514>
    """
    _check_header(header)
    rows = len(columns.value)
    given = {
        "tag": columns.tag,
        "t_ns": columns.t_ns,
        "seen_ns": columns.seen_ns,
        "value": columns.value,
        "int": columns.integer,
        "text": columns.text,
        "quality": columns.quality,
    }
    arrays = {
        name: _array(header, name, pa.nulls(rows) if values is None else values)
        for name, values in given.items()
    }
    for name, array in arrays.items():
        if len(array) != rows:
            raise FrameInvalid(header.source, name, f"{len(array)} rows, `value` has {rows}")
    if pc.all(pc.is_finite(arrays["value"])).as_py() is False:
        unmarked = _not_numbers(arrays["value"], arrays["int"], arrays["text"])
        marked = pc.bit_wise_or(arrays["quality"], pa.scalar(_NOT_A_NUMBER, pa.uint16()))
        arrays["quality"] = pc.if_else(unmarked, marked, arrays["quality"])
    batch = pa.RecordBatch.from_arrays(list(arrays.values()), schema=FRAME_SCHEMA)
    _check_batch(header, batch)
    if columns.raw_ns is None:
        return Frame(header, batch)
    raw_ns = _array(header, RAW_FIELD.name, columns.raw_ns)
    if len(raw_ns) != rows:
        raise FrameInvalid(header.source, "raw_ns", f"{len(raw_ns)} rows, `value` has {rows}")
    return Frame(header, batch, _checked_raw(header, batch, raw_ns))


def encode_frame(made: Frame) -> bytes:
    """Arrow IPC stream of one batch, with the header in the schema's metadata.

    Raises
    ------
    FrameInvalid
        The frame is larger than `FRAME_BYTES_MAX`.

    Examples
    --------
    >>> one = Columns(tag=["nogales#kw"], t_ns=[1], seen_ns=[2], value=[3.0], quality=[0])
    >>> made = frame(FrameHeader(site="nogales", source="meter", epoch=0, n=0), one)
    >>> decode_frame(encode_frame(made)) == made
    True
    """
    header = made.header
    metadata = {
        b"frame": _FORM,
        b"site": header.site.encode(),
        b"source": header.source.encode(),
        b"epoch": str(header.epoch).encode(),
        b"n": str(header.n).encode(),
    }
    schema, batch = FRAME_SCHEMA, made.batch
    if made.raw_ns is not None:
        schema = _RAW_SCHEMA
        batch = pa.RecordBatch.from_arrays([*batch.columns, made.raw_ns], schema=schema)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema.with_metadata(metadata)) as writer:
        writer.write_batch(batch)
    data: bytes = sink.getvalue().to_pybytes()
    if len(data) > FRAME_BYTES_MAX:
        raise FrameInvalid(header.source, "", f"{len(data)} bytes, more than {FRAME_BYTES_MAX}")
    return data


def decode_frame(data: bytes) -> Frame:
    """Read and check one frame; nothing in it is trusted before.

    Raises
    ------
    FrameInvalid
        The bytes are no Arrow stream of one batch with the columns and header of a frame.

    Notes
    -----
    Linear in the rows; the columns point into `data` and are not copied.

    Examples
    --------
    >>> one = Columns(tag=["nogales#kw"], t_ns=[1], seen_ns=[2], value=[3.0], quality=[0])
    >>> made = frame(FrameHeader(site="nogales", source="meter", epoch=0, n=0), one)
    >>> decode_frame(encode_frame(made)).header.source
    'meter'
    """
    if len(data) > FRAME_BYTES_MAX:
        raise FrameInvalid("", "", f"{len(data)} bytes, more than {FRAME_BYTES_MAX}")
    try:
        with pa.ipc.open_stream(pa.py_buffer(data)) as reader:
            schema = reader.schema
            batches = [batch for batch, _ in zip(reader, range(2), strict=False)]
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise FrameInvalid("", "", f"no Arrow stream: {error}") from error
    header = _header(schema.metadata or {})
    if len(batches) != 1:
        raise FrameInvalid(header.source, "", "not exactly one batch")
    batch, raw_ns = batches[0], None
    if not schema.equals(FRAME_SCHEMA, check_metadata=False):
        if not schema.equals(_RAW_SCHEMA, check_metadata=False):
            raise FrameInvalid(header.source, "", f"other columns than {_RAW_SCHEMA.names}")
        batch, raw_ns = _without_raw(header, batch)
    batch = batch.replace_schema_metadata(None)
    _check_batch(header, batch)
    if raw_ns is not None:
        raw_ns = _checked_raw(header, batch, raw_ns)
    is_finite = pc.all(pc.is_finite(batch.column("value"))).as_py()
    if is_finite is False and pc.any(_unmarked(batch)).as_py():
        raise FrameInvalid(header.source, "value", "a value is no number and not marked as bad")
    return Frame(header, batch, raw_ns)


def frame_from(subject: str, data: bytes) -> Frame:
    """Read the frame that came on `subject`, and check that it belongs there.

    Raises
    ------
    FrameInvalid
        The subject is none of samples, the frame breaks its contract or is another source's.

    Examples
    --------
    >>> one = Columns(tag=["nogales#kw"], t_ns=[1], seen_ns=[2], value=[3.0], quality=[0])
    >>> made = frame(FrameHeader(site="nogales", source="meter", epoch=0, n=0), one)
    >>> frame_from("lw.samples.nogales.meter", encode_frame(made)).rows
    1
    """
    site, source = parse_samples_subject(subject)
    found = decode_frame(data)
    if (found.header.site, found.header.source) != (site, source):
        raise FrameInvalid(found.header.source, "source", f"{subject} is not its subject")
    return found


def samples_subject(header: FrameHeader) -> str:
    """Subject that a source's frames are published on: ``lw.samples.<site>.<source>``.

    Examples
    --------
    >>> samples_subject(FrameHeader(site="nogales", source="saw", epoch=0, n=0))
    'lw.samples.nogales.saw'
    """
    return f"lw.samples.{header.site}.{header.source}"


def parse_samples_subject(subject: str) -> tuple[str, str]:
    """Site and source that a subject of samples names.

    Raises
    ------
    FrameInvalid
        The subject is none of samples.

    Examples
    --------
    >>> parse_samples_subject("lw.samples.nogales.saw")
    ('nogales', 'saw')
    """
    match subject.split("."):
        case ["lw", "samples", site, source] if valid_name(site) and valid_name(source):
            return site, source
        case _:
            raise FrameInvalid("", "subject", f"{subject!r} is no subject of samples")


def _array(header: FrameHeader, name: str, values: object) -> Any:  # noqa: ANN401 - Arrow's own
    """Column `name` as an array of its type."""
    try:
        wanted = _RAW_SCHEMA.field(name).type
        array = values if isinstance(values, pa.Array) else pa.array(values)
        if name != "tag":
            return array if array.type == wanted else array.cast(wanted)
        texts = array if pa.types.is_dictionary(array.type) else array.cast(pa.utf8())
        return texts if texts.type == wanted else texts.dictionary_encode().cast(wanted)
    except (pa.ArrowException, TypeError, OverflowError) as error:
        raise FrameInvalid(header.source, name, str(error)) from error


def _not_numbers(value: Any, integer: Any, text: Any) -> Any:  # noqa: ANN401 - Arrow's own
    """Mask of the rows that hold no number, no integer and no text."""
    nothing_else = pc.and_(pc.is_null(integer), pc.is_null(text))
    return pc.and_(pc.invert(pc.is_finite(value)), nothing_else)


def _unmarked(batch: Any) -> Any:  # noqa: ANN401 - Arrow's own
    """Mask of the rows without any value that are not marked as bad."""
    bad = pc.bit_wise_and(batch.column("quality"), pa.scalar(int(Quality.BAD), pa.uint16()))
    nothing = _not_numbers(batch.column("value"), batch.column("int"), batch.column("text"))
    return pc.and_(nothing, pc.equal(bad, 0))


def _header(metadata: dict[bytes, bytes]) -> FrameHeader:
    """Header from the metadata of a schema."""
    texts = {key: value.decode("ascii", "replace") for key, value in metadata.items()}
    source = texts.get(b"source", "")
    if texts.get(b"frame") != _FORM.decode():
        raise FrameInvalid(source, "frame", "the form of the frame is not known")
    numbers = {}
    for name in ("epoch", "n"):
        text = texts.get(name.encode(), "")
        if not (text.isascii() and text.isdecimal() and len(text) <= len(str(_NUMBER_MAX))):
            raise FrameInvalid(source, name, f"{text!r} is no number of a batch")
        numbers[name] = int(text)
    header = FrameHeader(site=texts.get(b"site", ""), source=source, **numbers)
    _check_header(header)
    return header


def _check_header(header: FrameHeader) -> None:
    """Refuse a header that no subject or sequence could carry."""
    for name in ("site", "source"):
        if not valid_name(getattr(header, name)):
            raise FrameInvalid(header.source, name, f"{getattr(header, name)!r} is no name")
    for name in ("epoch", "n"):
        if not 0 <= getattr(header, name) <= _NUMBER_MAX:
            raise FrameInvalid(header.source, name, "it is not from 0 to 2**63 - 1")


def _check_batch(header: FrameHeader, batch: Any) -> None:  # noqa: ANN401 - Arrow's own
    """Refuse a batch of the right schema with values that break the contract."""
    source = header.source
    if batch.num_rows > FRAME_ROWS_MAX:
        raise FrameInvalid(source, "", f"{batch.num_rows} rows, more than {FRAME_ROWS_MAX}")
    try:
        batch.validate(full=True)
    except pa.ArrowException as error:
        raise FrameInvalid(source, "", f"damaged: {error}") from error
    for field in FRAME_SCHEMA:
        if not field.nullable and batch.column(field.name).null_count:
            raise FrameInvalid(source, field.name, "a value is missing")
    _check_tags(header, batch.column("tag").dictionary)
    if batch.num_rows == 0:
        return
    for name in ("t_ns", "seen_ns"):
        if pc.min(batch.column(name)).as_py() < 0:
            raise FrameInvalid(source, name, "a time is before 1970")
    if pc.max(batch.column("quality")).as_py() > QUALITY_MAX:
        raise FrameInvalid(source, "quality", "a bit without a meaning is set")
    texts = batch.column("text")
    has_texts = texts.null_count < batch.num_rows
    longest = pc.max(pc.binary_length(texts)).as_py() if has_texts else 0
    if longest > TEXT_BYTES_MAX:
        raise FrameInvalid(source, "text", f"{longest} bytes, more than {TEXT_BYTES_MAX}")


def _without_raw(header: FrameHeader, batch: Any) -> tuple[Any, Any]:  # noqa: ANN401 - Arrow's own
    """Batch of `FRAME_SCHEMA` and the raw times, of a batch that has both."""
    *columns, raw_ns = batch.columns
    try:
        return pa.RecordBatch.from_arrays(columns, schema=FRAME_SCHEMA), raw_ns
    except pa.ArrowException as error:
        raise FrameInvalid(header.source, "", f"damaged: {error}") from error


def _checked_raw(header: FrameHeader, batch: Any, raw_ns: Any) -> Any:  # noqa: ANN401 - Arrow's own
    """Raw times of a checked batch; None where there are none.

    A raw time of a row that is not marked is refused: it would say that its time is corrected.
    """
    try:
        raw_ns.validate(full=True)
    except pa.ArrowException as error:
        raise FrameInvalid(header.source, "raw_ns", f"damaged: {error}") from error
    if raw_ns.null_count == len(raw_ns):
        return None
    marks = pc.bit_wise_and(batch.column("quality"), pa.scalar(int(Quality.CLOCK), pa.uint16()))
    if pc.any(pc.and_(pc.is_valid(raw_ns), pc.equal(marks, 0))).as_py():
        raise FrameInvalid(header.source, "raw_ns", "a row that is not marked as corrected has one")
    return raw_ns


def _check_tags(header: FrameHeader, tags: Any) -> None:  # noqa: ANN401 - Arrow's own
    """Refuse a dictionary with anything but tags of the header's site."""
    for tag in tags.to_pylist():
        if tag is None or _site_of_tag(tag) != header.site:
            raise FrameInvalid(header.source, "tag", f"{tag!r} is no tag of site {header.site!r}")


@functools.lru_cache(maxsize=_TAGS_KEPT)
def _site_of_tag(tag: str) -> str | None:
    """Site of a tag's address, or None; a source names the same tags in every frame."""
    try:
        address = Address(tag)
    except AddressInvalid:
        return None
    return address.site if address.level is Level.TAG else None
