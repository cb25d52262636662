"""Packing: rows as they stand in a Parquet file, small, and back again bit by bit.

A row of a packed file has

- ``tag``: the whole address; rows are sorted by it, then by time,
- ``t_ms``, ``t_sub_ns``: event time, ``t_ns = t_ms * 1_000_000 + t_sub_ns``,
- ``m``, ``scale``, ``value``, ``int``: the number is ``m / scale`` where `m` is given, else
  ``value`` where that is given, else the integer ``int`` as a float. All three give back the very
  bits that were put in: a number is packed as ``m / scale`` only where the division gives them,
- ``text``, ``quality``, ``source``, ``epoch``, ``n``: as they came,
- ``seen_ns``: arrival, only where it differs from that of its batch in this hour. The companion
  file holds the others by (``hour``, ``source``, ``epoch``, ``n``),
- ``raw_ns``: time that the source gave, only where ``t_ns`` is a corrected one. A file without
  such rows lacks the column, as files of earlier versions do.

Sorted and split so, differences between neighbours are small: most columns need a few bits a row.

>>> from linewright.history.keeping.arrays import ROWS
>>> packed = Packer({}, {}).pack(ROWS.empty_table())
>>> packed.table.num_rows, packed.segments, packed_schema(has_raw=False).equals(PACKED)
(0, [], True)
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from linewright.history.keeping.arrays import (
    Array,
    Floats,
    Ints,
    np,
    numbers,
    pa,
    pc,
    repeated,
)

__all__ = [
    "HOUR_NS",
    "PACKED",
    "SEEN",
    "Packed",
    "Packer",
    "Segment",
    "packed_schema",
    "unpacked_times",
    "unpacked_values",
]

HOUR_NS = 3_600_000_000_000
MS_NS = 1_000_000

DECIMALS_MAX = 9
"""Most decimals that are looked for: beyond, a number is no decimal one for practical purposes."""

MANTISSA_MAX = 2**53
"""Integers below are exact as floats, so the division rounds once."""

PACKED_SHARE = 0.875
"""A run of a tag with a smaller share of decimal numbers keeps them all as floats."""

GROUP_ROWS_MIN = 6144
"""A row group ends with the tag that fills it up to here: small enough to read for one tag."""

GROUP_ROWS_MAX = 65_536
"""A tag with more rows than this has several row groups."""

CLOSE_MAX = 10_000_000
"""Numbers that lie closer together than this are counted instead of sorted."""

HAS_VALUE = 1
HAS_INT = 2
HAS_TEXT = 4
HAS_QUALITY = 8
HAS_SEEN = 16
HAS_SUB = 32
HAS_RAW = 64

_NAME = pa.dictionary(pa.int32(), pa.utf8())

PACKED = pa.schema(
    [
        ("tag", _NAME),
        ("t_ms", pa.int64()),
        ("t_sub_ns", pa.int32()),
        ("m", pa.int64()),
        ("scale", pa.float64()),
        ("value", pa.float64()),
        ("int", pa.int64()),
        ("text", pa.utf8()),
        ("quality", pa.uint16()),
        ("source", _NAME),
        ("epoch", pa.int64()),
        ("n", pa.int64()),
        ("seen_ns", pa.int64()),
    ]
)

_RAW = pa.field("raw_ns", pa.int64())

SEEN = pa.schema(
    [
        ("hour", pa.int32()),
        ("source", _NAME),
        ("epoch", pa.int64()),
        ("n", pa.int64()),
        ("seen_ns", pa.int64()),
    ]
)


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of one tag in one row group: where they lie and what must be read of them.

    Examples
    --------
    >>> Segment(tag=1, group=0, first=0, rows=2, from_ns=5, until_ns=6, scale=10.0, has=0).has
    0
    """

    tag: int
    group: int
    """Row group in its file."""
    first: int
    """First row in the row group."""
    rows: int
    from_ns: int
    until_ns: int
    """Event times of the first and the last row."""
    scale: float
    """Scale of all rows that have an `m`."""
    has: int
    """Bits: which other columns hold anything for it."""


class Packed(msgspec.Struct, frozen=True):
    """Row groups of one chunk of rows.

    Examples
    --------
    >>> Packed.__struct_fields__
    ('table', 'groups', 'segments')
    """

    table: Any
    groups: list[int]
    """Rows of each row group, in their order."""
    segments: list[Segment]


def packed_schema(*, has_raw: bool) -> Any:  # noqa: ANN401 - Arrow's own
    """Columns of a packed file.

    Parameters
    ----------
    has_raw
        Whether it has rows with a raw time.

    Examples
    --------
    >>> packed_schema(has_raw=True).names[-1]
    'raw_ns'
    """
    return PACKED.append(_RAW) if has_raw else PACKED


class Packer:
    """Packs chunk after chunk of one file, and keeps when its batches arrived.

    Parameters
    ----------
    tags, sources
        Names of their numbers.
    has_raw
        Whether a row of the file has a raw time.

    Examples
    --------
    >>> Packer({}, {}).seen_tables()
    []
    """

    def __init__(
        self,
        tags: Mapping[int, str],
        sources: Mapping[int, tuple[str, int]],
        *,
        has_raw: bool = False,
    ) -> None:
        self._tags = tags
        self._sources = sources
        self._schema = packed_schema(has_raw=has_raw)
        self._groups = 0
        self._seen: dict[tuple[int, int], tuple[Ints, Ints]] = {}
        """(hour, source) -> numbers of batches in order, and when they arrived."""

    def pack(self, rows: Any) -> Packed:  # noqa: ANN401 - Arrow's own
        """Pack rows of whole tags, sorted by tag and time; later chunks have later tags.

        Parameters
        ----------
        rows
            Table of `ROWS`.

        Returns
        -------
        Packed
            Equal to the rows when it is unpacked.
        """
        if not rows.num_rows:
            return Packed(self._schema.empty_table(), [], [])
        tag, t_ns = numbers(rows["tag"]), numbers(rows["t_ns"])
        starts = _starts(tag)
        m, plain, scale = _mantissas(rows, starts)
        override = self._overrides(rows, t_ns)
        raw_ns = [rows["raw_ns"]] if _RAW.name in self._schema.names else []
        assert raw_ns or rows["raw_ns"].null_count == len(tag), "a raw time would be lost"
        table = pa.table(
            [
                _names(tag, self._tags),
                pa.array(t_ns // MS_NS),
                pa.array((t_ns % MS_NS).astype(np.int32)),
                m,
                pa.array(scale),
                plain,
                rows["int"],
                rows["text"],
                rows["quality"],
                _names(numbers(rows["source"]), {k: v[0] for k, v in self._sources.items()}),
                pa.array(
                    _mapped(numbers(rows["source"]), {k: v[1] for k, v in self._sources.items()})
                ),
                rows["n"],
                override,
                *raw_ns,
            ],
            schema=self._schema,
        )
        groups = _groups(starts, len(tag))
        segments = _segments(table, tag, t_ns, starts, groups)
        numbered = [
            msgspec.structs.replace(each, group=each.group + self._groups) for each in segments
        ]
        self._groups += len(groups)
        return Packed(table, groups, numbered)

    def seen_tables(self) -> list[tuple[int, Any]]:
        """Arrival of every batch that was packed, as a companion file of each hour has it."""
        parts: dict[int, list[Any]] = {}
        for (hour, source), (n, seen_ns) in sorted(self._seen.items()):
            name, epoch = self._sources[source]
            columns = [
                repeated(hour, len(n), pa.int32()),
                _names(np.zeros(len(n), np.int32), {0: name}),
                repeated(epoch, len(n), pa.int64()),
                pa.array(n),
                pa.array(seen_ns),
            ]
            parts.setdefault(hour, []).append(pa.table(columns, schema=SEEN))
        return [
            (hour, pa.concat_tables(some).unify_dictionaries().combine_chunks())
            for hour, some in parts.items()
        ]

    def _overrides(self, rows: Any, t_ns: Ints) -> Any:  # noqa: ANN401 - Arrow's own
        """Arrival of the rows that differ from their batch; keeps that of new batches."""
        n, seen_ns = numbers(rows["n"]), numbers(rows["seen_ns"])
        source = numbers(rows["source"])
        hour = t_ns // HOUR_NS
        differs = np.zeros(len(n), bool)
        most = int(source.max()) + 1
        keys = hour * most + source
        unique = _distinct(keys)
        for key in unique.tolist():
            which = slice(None) if len(unique) == 1 else keys == key
            pair = (key // most, key % most)
            differs[which] = self._differing(pair, n[which], seen_ns[which])
        return pa.array(seen_ns, mask=~differs)

    def _differing(self, key: tuple[int, int], n: Ints, seen_ns: Ints) -> Array:
        """Which rows of one hour and source did not arrive with their batch."""
        new_n = _distinct(n)
        first = np.zeros(len(new_n), np.int64)
        first[np.searchsorted(new_n, n[::-1])] = np.arange(len(n) - 1, -1, -1)
        known_n, known_ns = self._seen.get(key, (new_n[:0], new_n[:0]))
        is_new = ~np.isin(new_n, known_n, assume_unique=True)
        if is_new.any():
            known_n = np.concatenate([known_n, new_n[is_new]])
            known_ns = np.concatenate([known_ns, seen_ns[first[is_new]]])
            order = np.argsort(known_n)
            known_n, known_ns = known_n[order], known_ns[order]
            self._seen[key] = (known_n, known_ns)
        found: Array = known_ns[np.searchsorted(known_n, n)] != seen_ns
        return found


def unpacked_times(table: Any) -> Ints:  # noqa: ANN401 - Arrow's own
    """Event times of packed rows in ns; without ``t_sub_ns`` they are whole milliseconds.

    Examples
    --------
    >>> columns = {"t_ms": pa.array([7]), "t_sub_ns": pa.array([5], pa.int32())}
    >>> unpacked_times(pa.table(columns)).tolist()
    [7000005]
    """
    found: Ints = numbers(table["t_ms"]) * MS_NS
    return found + numbers(table["t_sub_ns"]) if "t_sub_ns" in table.column_names else found


def unpacked_values(table: Any, scale: float | Floats) -> Floats:  # noqa: ANN401 - Arrow's own
    """Numbers of packed rows; columns that the table lacks hold nothing.

    Parameters
    ----------
    table
        Packed rows with ``m``, and those of ``value`` and ``int`` that hold something.
    scale
        Of all rows, or of each.

    Examples
    --------
    >>> columns = {"m": pa.array([15, None]), "value": pa.array([None, 0.1])}
    >>> unpacked_values(pa.table(columns), 10.0).tolist()
    [1.5, 0.1]
    """
    m = table["m"]
    found: Floats
    if not m.null_count:
        found = numbers(m) / scale
        return found
    found = numbers(pc.fill_null(m, 0)) / scale
    missing = numbers(pc.is_null(m))
    if "value" in table.column_names:
        value = table["value"]
        given = numbers(pc.is_valid(value))
        found[given] = numbers(pc.drop_null(value))
        missing &= ~given
    if missing.any():
        found[missing] = numbers(pc.fill_null(table["int"], 0)).astype(np.float64)[missing]
    return found


def _starts(tag: Array) -> Ints:
    """Where the run of each tag begins."""
    found: Ints = np.concatenate([[0], np.flatnonzero(np.diff(tag)) + 1]).astype(np.int64)
    return found


def _distinct(ids: Array) -> Array:
    """Distinct whole numbers in order; they lie close together, so counting beats sorting."""
    low, high = int(ids.min()), int(ids.max())
    if high - low > CLOSE_MAX:
        return np.unique(ids)
    found: Array = np.flatnonzero(np.bincount(ids - low)) + low
    return found


def _names(ids: Array, names: Mapping[int, str]) -> Any:  # noqa: ANN401 - Arrow's own
    """Dictionary column of the names of numbers."""
    unique = _distinct(ids)
    place = np.searchsorted(unique, ids).astype(np.int32)
    dictionary = pa.array([names[each] for each in unique.tolist()], pa.utf8())
    return pa.DictionaryArray.from_arrays(pa.array(place), dictionary)


def _mapped(ids: Array, values: Mapping[int, int]) -> Ints:
    unique = _distinct(ids)
    found: Ints = np.array([values[each] for each in unique.tolist()], np.int64)
    return found[np.searchsorted(unique, ids)]


def _mantissas(rows: Any, starts: Ints) -> tuple[Any, Any, Floats]:  # noqa: ANN401 - Arrow's own
    """Columns `m`, `value` and `scale`: each number stands in one of the first two, or in `int`."""
    value = numbers(rows["value"])
    is_int = numbers(pc.is_valid(rows["int"]))
    if is_int.any():
        as_float = numbers(pc.fill_null(rows["int"], 0)).astype(np.float64)
        is_int &= as_float.view(np.int64) == value.view(np.int64)
    decimals = _decimals(value, ~is_int)
    lengths = np.diff(np.append(starts, len(value)))
    most = np.maximum.reduceat(decimals, starts)
    share = np.add.reduceat((decimals >= 0).astype(np.int64), starts)
    wanted = np.add.reduceat((~is_int).astype(np.int64), starts)
    keep = (most >= 0) & (share >= PACKED_SHARE * wanted)
    places = np.repeat(np.where(keep, most, 0), lengths)
    scale = 10.0**places
    with np.errstate(over="ignore", invalid="ignore"):
        m = np.rint(value * scale)
        good = (decimals >= 0) & np.repeat(keep, lengths) & (np.abs(m) < MANTISSA_MAX)
        good &= m / scale == value
    mantissa = pa.array(np.where(good, m, 0.0).astype(np.int64), mask=~good)
    plain = pa.array(value, mask=good | is_int)
    return mantissa, plain, scale


def _decimals(value: Floats, wanted: Array) -> Array:
    """Fewest decimals that give back each number, or -1."""
    found = np.full(len(value), -1, np.int8)
    is_minus_zero = (value == 0.0) & np.signbit(value)
    rest = np.flatnonzero(wanted & np.isfinite(value) & ~is_minus_zero)
    for places in range(DECIMALS_MAX + 1):
        if not len(rest):
            break
        scale = 10.0**places
        numbers_ = value[rest]
        with np.errstate(over="ignore", invalid="ignore"):
            m = np.rint(numbers_ * scale)
            good = (np.abs(m) < MANTISSA_MAX) & (m / scale == numbers_)
        found[rest[good]] = places
        rest = rest[~good]
    return found


def _groups(starts: Ints, rows: int) -> list[int]:
    """Rows of each row group: whole tags up to a size, or parts of one tag."""
    ends = [*starts[1:].tolist(), rows]
    groups: list[int] = []
    size = 0
    for start, end in zip(starts.tolist(), ends, strict=True):
        run = end - start
        if run > GROUP_ROWS_MAX:
            if size:
                groups.append(size)
            whole, rest = divmod(run, GROUP_ROWS_MAX)
            groups += [GROUP_ROWS_MAX] * whole
            size = rest
        else:
            size += run
        if size >= GROUP_ROWS_MIN:
            groups.append(size)
            size = 0
    return [*groups, size] if size else groups


def _segments(
    table: Any,  # noqa: ANN401 - Arrow's own
    tag: Array,
    t_ns: Ints,
    starts: Ints,
    groups: list[int],
) -> list[Segment]:
    """Each run of a tag, cut where row groups end."""
    begins = np.cumsum([0, *groups])
    cuts = np.unique(np.concatenate([starts, begins[:-1]]))
    ends = np.append(cuts[1:], len(tag))
    group = np.searchsorted(begins, cuts, side="right") - 1
    has = np.zeros(len(cuts), np.int64)
    for name, bit in (
        ("value", HAS_VALUE),
        ("int", HAS_INT),
        ("text", HAS_TEXT),
        ("seen_ns", HAS_SEEN),
        ("raw_ns", HAS_RAW),
    ):
        if name in table.column_names and table[name].null_count < len(tag):
            has |= bit * np.logical_or.reduceat(numbers(pc.is_valid(table[name])), cuts)
    for name, bit in (("quality", HAS_QUALITY), ("t_sub_ns", HAS_SUB)):
        has |= bit * np.logical_or.reduceat(numbers(table[name]) != 0, cuts)
    scale = numbers(table["scale"])
    return [
        Segment(
            tag=int(tag[at]),
            group=int(group[number]),
            first=int(at - begins[group[number]]),
            rows=int(end - at),
            from_ns=int(t_ns[at]),
            until_ns=int(t_ns[end - 1]),
            scale=float(scale[at]),
            has=int(has[number]),
        )
        for number, (at, end) in enumerate(zip(cuts.tolist(), ends.tolist(), strict=True))
    ]
