"""Rows: hot tables and Parquet files read as one, in one order.

The order of the rows of a tag is event time, then arrival, then source and number of the batch,
then their place in it, wherever they lie.

>>> import tempfile
>>> from pathlib import Path
>>> folder = Path(tempfile.mkdtemp())
>>> with Database.open(folder) as database:
...     Rows(database, Files(folder)).window([1], 0, 9)
{}
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import msgspec

from linewright.history.keeping.arrays import (
    ROWS,
    Array,
    Floats,
    Ints,
    concat,
    np,
    numbers,
    pa,
    pc,
    repeated,
)
from linewright.history.keeping.files import Files
from linewright.history.keeping.listing import Listing, Place
from linewright.history.keeping.packing import (
    HAS_INT,
    HAS_QUALITY,
    HAS_RAW,
    HAS_SEEN,
    HAS_SUB,
    HAS_TEXT,
    HAS_VALUE,
    HOUR_NS,
    unpacked_times,
    unpacked_values,
)
from linewright.history.store import Database

__all__ = ["Rows", "Series", "series_of", "sorted_rows"]

COMPANIONS_MAX = 32
"""Hours whose arrivals are kept decoded: a day and some. Each has some 100,000 batches."""

_OPTIONAL_NUMBERS = (
    ("t_sub_ns", HAS_SUB),
    ("value", HAS_VALUE),
    ("int", HAS_INT),
    ("quality", HAS_QUALITY),
)
"""Columns that are read only where a segment says that they hold anything."""

_OPTIONAL = (*_OPTIONAL_NUMBERS, ("text", HAS_TEXT), ("seen_ns", HAS_SEEN), ("raw_ns", HAS_RAW))
"""The same of whole rows."""

_HOT = (
    "SELECT tag, t_ns, seen_ns, value, int, text, quality, source, n, raw_ns FROM hot"
    " WHERE tag IN ({}) AND t_ns >= ? AND t_ns < ?"
    " ORDER BY tag, t_ns, seen_ns, source, n, place"
)
_HOT_BEFORE = (
    "SELECT tag, t_ns, seen_ns, value, int, text, quality, source, n, raw_ns FROM hot"
    " WHERE tag IN ({}) AND t_ns <= ?"
    " QUALIFY row_number() OVER (PARTITION BY tag"
    " ORDER BY t_ns DESC, seen_ns DESC, source DESC, n DESC, place DESC) = 1 ORDER BY tag"
)
_HOT_NUMBERS = (
    "SELECT tag, t_ns, value, quality FROM hot"
    " WHERE tag IN ({}) AND t_ns >= ? AND t_ns < ?"
    " ORDER BY tag, t_ns, seen_ns, source, n, place"
)


class Series(msgspec.Struct, frozen=True):
    """Times, numbers and quality of one tag, in order.

    Examples
    --------
    >>> Series.__struct_fields__
    ('t_ns', 'value', 'quality')
    """

    t_ns: Ints
    value: Floats
    quality: Array


class Rows:
    """Reads rows; one thread uses it."""

    def __init__(self, database: Database, files: Files) -> None:
        self._database = database
        self._files = files
        self._sources: dict[tuple[str, int], int] = {}
        self._listing = Listing(database)
        self._companions: OrderedDict[tuple[str, int], dict[int, tuple[Ints, Ints]]] = OrderedDict()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """One moment: listing and hot rows inside belong together."""
        if self._database.is_read_only:  # then nothing changes
            self._listing.refresh()
            yield
            return
        with self._database.transaction():
            self._listing.refresh()
            yield

    def count(self, tags: Sequence[int], from_ns: int, until_ns: int) -> int:
        """At most how many compacted rows a window has; nothing of them is read.

        Parameters
        ----------
        tags
            Numbers of the tags.
        from_ns, until_ns
            Event times.
        """
        with self.snapshot():
            places = self.places(tags, from_ns, until_ns)
        return sum(place.segment.rows for place in places)

    def places(self, tags: Sequence[int], from_ns: int, until_ns: int) -> list[Place]:
        """Where the compacted rows of some tags lie, by tag and time.

        Parameters
        ----------
        tags
            Numbers of the tags.
        from_ns, until_ns
            Event times; the first is included, the last not.
        """
        return self._listing.places(tags, from_ns, until_ns)

    def hot(
        self, tags: Sequence[int], from_ns: int, until_ns: int, limit: int | None = None
    ) -> Any:  # noqa: ANN401 - Arrow's own
        """Rows of some tags that are not compacted, by tag and in order.

        Parameters
        ----------
        tags
            Numbers of the tags.
        from_ns, until_ns
            Event times; the first is included, the last not.
        limit
            Most rows, for one tag: the earliest ones.
        """
        if not tags or self._listing.is_all_compacted:
            return ROWS.empty_table()
        end = "" if limit is None else f" LIMIT {limit:d}"
        found = self._database.arrow(_HOT.format(_listed(tags)) + end, from_ns, until_ns)
        return found.cast(ROWS)

    def window(
        self, tags: Sequence[int], from_ns: int, until_ns: int, limit: int | None = None
    ) -> dict[int, Any]:
        """Whole rows of some tags in order, as tables of `ROWS`; a tag without any is left out.

        Parameters
        ----------
        tags
            Numbers of the tags.
        from_ns, until_ns
            Event times; the first is included, the last not.
        limit
            Most rows, for one tag: the earliest ones.

        Raises
        ------
        FileDamaged
            A file is missing or damaged: rows that were kept cannot be read.
        """
        with self.snapshot():
            places = self.places(tags, from_ns, until_ns)
            hot = self.hot(tags, from_ns, until_ns, limit)
        if limit is not None:
            places = _first_places(places, from_ns, limit)
        return self.merged(places, hot, from_ns, until_ns)

    def merged(
        self,
        places: Sequence[Place],
        hot: Any,  # noqa: ANN401 - Arrow's own
        from_ns: int,
        until_ns: int,
    ) -> dict[int, Any]:
        """Rows of places and hot rows as one, by tag.

        Parameters
        ----------
        places
            Where compacted rows lie.
        hot
            Hot rows in order.
        from_ns, until_ns
            Event times; the first is included, the last not.

        Raises
        ------
        FileDamaged
            A file is missing or damaged.
        """
        parts: dict[int, list[Any]] = defaultdict(list)
        for place, rows in self._unpacked(places):
            parts[place.segment.tag].append(_between(rows, from_ns, until_ns))
        for tag, rows in _by_tag(hot):
            parts[tag].append(rows)
        found = {tag: sorted_rows([p for p in some if p.num_rows]) for tag, some in parts.items()}
        return {tag: rows for tag, rows in found.items() if rows.num_rows}

    def series(self, tags: Sequence[int], from_ns: int, until_ns: int) -> dict[int, Series]:
        """Times, numbers and quality of some tags; faster than whole rows.

        Parameters
        ----------
        tags
            Numbers of the tags.
        from_ns, until_ns
            Event times; the first is included, the last not.

        Raises
        ------
        FileDamaged
            A file is missing or damaged.
        """
        with self.snapshot():
            places = self.places(tags, from_ns, until_ns)
            hot = None
            if tags and not self._listing.is_all_compacted:
                query = _HOT_NUMBERS.format(_listed(tags))
                hot = self._database.arrow(query, from_ns, until_ns)
        parts: dict[int, list[Series]] = defaultdict(list)
        for place, one in self._light(places):
            parts[place.segment.tag].append(one)
        for tag, rows in [] if hot is None else _by_tag(hot):
            parts[tag].append(series_of(rows))
        tangled = {tag for tag, some in parts.items() if not _is_in_order(some)}
        whole = self.window(sorted(tangled), from_ns, until_ns) if tangled else {}
        found = {}
        for tag, some in parts.items():
            one = series_of(whole[tag]) if tag in whole else _joined(some)
            low, high = np.searchsorted(one.t_ns, [from_ns, until_ns])
            if low < high:
                found[tag] = Series(one.t_ns[low:high], one.value[low:high], one.quality[low:high])
        return found

    def befores(self, tags: Sequence[int], at_ns: int) -> dict[int, Any]:
        """The last row of each tag at or before a time, as tables; tags without one are left out.

        Parameters
        ----------
        tags
            Numbers of the tags.
        at_ns
            Event time.

        Raises
        ------
        FileDamaged
            A file is missing or damaged.
        """
        with self.snapshot():
            places = self.places(tags, 0, at_ns + 1)
            hot = ROWS.empty_table()
            if tags and not self._listing.is_all_compacted:
                hot = self._database.arrow(_HOT_BEFORE.format(_listed(tags)), at_ns).cast(ROWS)
        parts: dict[int, list[Any]] = defaultdict(list)
        for tag, row in _by_tag(hot):
            parts[tag].append(row)
        for place, rows in self._unpacked(_last_places(places, at_ns)):
            kept = _between(rows, 0, at_ns + 1)
            parts[place.segment.tag].append(kept.slice(kept.num_rows - 1))
        merged = {tag: sorted_rows(some) for tag, some in parts.items()}
        return {tag: rows.slice(rows.num_rows - 1) for tag, rows in merged.items()}

    def _light(self, places: Sequence[Place]) -> Iterable[tuple[Place, Series]]:
        for path, some in _by_path(places):
            has = int(np.bitwise_or.reduce([place.segment.has for place in some]))
            columns = ["t_ms", "m"]
            columns += [name for name, bit in _OPTIONAL_NUMBERS if has & bit]
            table, offsets = self._groups(path, some, columns)
            t_ns = unpacked_times(table)
            is_plain = not table["m"].null_count
            m = numbers(table["m"]) if is_plain else None
            quality = (
                numbers(table["quality"]) if has & HAS_QUALITY else np.zeros(len(t_ns), np.uint16)
            )
            for place in some:
                segment = place.segment
                at = offsets[segment.group] + segment.first
                which = slice(at, at + segment.rows)
                value = (
                    unpacked_values(table.slice(at, segment.rows), segment.scale)
                    if m is None
                    else m[which] / segment.scale
                )
                yield place, Series(t_ns[which], value, quality[which])

    def _unpacked(self, places: Sequence[Place]) -> Iterable[tuple[Place, Any]]:
        """Whole rows of each place."""
        for path, some in _by_path(places):
            has = int(np.bitwise_or.reduce([place.segment.has for place in some]))
            columns = ["t_ms", "m", "source", "epoch", "n"]
            columns += [name for name, bit in _OPTIONAL if has & bit]
            table, offsets = self._groups(path, some, columns)
            for place in some:
                segment = place.segment
                rows = table.slice(offsets[segment.group] + segment.first, segment.rows)
                yield place, self._rows_of(rows, place)

    def _groups(
        self, path: str, places: Sequence[Place], columns: Sequence[str]
    ) -> tuple[Any, dict[int, int]]:
        """Row groups of some places, and where each begins in the table."""
        groups = sorted({place.segment.group for place in places})
        sizes = self._files.group_rows(path, groups)
        of_group = dict(zip(groups, sizes, strict=True))
        if any(p.segment.first + p.segment.rows > of_group[p.segment.group] for p in places):
            self._files.refuse(path, "it has fewer rows than were written")
        offsets = dict(zip(groups, np.cumsum([0, *sizes[:-1]]).tolist(), strict=True))
        return self._files.read(path, groups, columns), offsets

    def _rows_of(self, table: Any, place: Place) -> Any:  # noqa: ANN401 - Arrow's own
        """Packed rows of one segment as `ROWS`."""
        count = table.num_rows
        t_ns = unpacked_times(table)
        source = self._source_column(table)
        n = numbers(table["n"])
        names = set(table.column_names)
        seen_ns = self._seen(place.file, t_ns // HOUR_NS, source, n)
        if "seen_ns" in names:
            own = table["seen_ns"]
            given = numbers(pc.is_valid(own))
            seen_ns[given] = numbers(pc.drop_null(own))
        columns = [
            repeated(place.segment.tag, count, pa.int32()),
            pa.array(t_ns),
            pa.array(seen_ns),
            pa.array(unpacked_values(table, place.segment.scale)),
            table["int"] if "int" in names else pa.nulls(count, pa.int64()),
            table["text"] if "text" in names else pa.nulls(count, pa.utf8()),
            table["quality"] if "quality" in names else repeated(0, count, pa.uint16()),
            pa.array(source),
            table["n"],
            table["raw_ns"] if "raw_ns" in names else pa.nulls(count, pa.int64()),
        ]
        return pa.table(columns, schema=ROWS)

    def _source_column(self, table: Any) -> Array:  # noqa: ANN401 - Arrow's own
        """Numbers of the sources of packed rows."""
        names, epochs = pc.unique(table["source"]), pc.unique(table["epoch"])
        if len(names) == len(epochs) == 1:
            one = self._source_id(names[0].as_py(), epochs[0].as_py())
            return np.full(table.num_rows, one, np.int32)
        pairs = zip(table["source"].to_pylist(), table["epoch"].to_pylist(), strict=True)
        return np.array([self._source_id(*pair) for pair in pairs], np.int32)

    def _source_id(self, name: str, epoch: int) -> int:
        if (name, epoch) not in self._sources:
            found = self._database.rows("SELECT name, epoch, source FROM sources")
            self._sources = {(row[0], row[1]): row[2] for row in found}
        return self._sources[name, epoch]

    def _seen(self, file: int, hours: Ints, source: Array, n: Ints) -> Ints:
        """When the batches of rows arrived."""
        found = np.zeros(len(n), np.int64)
        low, high = int(hours[0]), int(hours[-1])
        paths = self._listing.companions(file, low, high)
        for hour, path, part in paths:
            one_hour = low == high
            for key, (numbers_, seen_ns) in self._companion(path, part).items():
                which = source == key
                if not one_hour:
                    which &= hours == hour
                if which.any():
                    place = np.searchsorted(numbers_, n[which])
                    place = np.minimum(place, len(numbers_) - 1)
                    hit = numbers_[place] == n[which]
                    at = np.flatnonzero(which)[hit]
                    found[at] = seen_ns[place[hit]]
        return found

    def _companion(self, path: str, part: int) -> dict[int, tuple[Ints, Ints]]:
        """Arrivals in an hour: for each source, batch numbers in order and times."""
        place = (path, part)
        if place in self._companions:
            self._companions.move_to_end(place)
            return self._companions[place]
        table = self._files.read(path, [part], ["source", "epoch", "n", "seen_ns"])
        source = self._source_column(table) if table.num_rows else np.zeros(0, np.int32)
        n, seen_ns = numbers(table["n"]), numbers(table["seen_ns"])
        found = {}
        for key in np.unique(source).tolist():
            which = source == key
            found[int(key)] = (n[which], seen_ns[which])
        self._companions[place] = found
        while len(self._companions) > COMPANIONS_MAX:
            self._companions.popitem(last=False)
        return found


def sorted_rows(parts: Sequence[Any]) -> Any:  # noqa: ANN401 - Arrow's own
    """Rows of one tag in order, from parts that are each in order.

    Parameters
    ----------
    parts
        Tables of `ROWS`, none of them empty.

    Examples
    --------
    >>> sorted_rows([]).num_rows
    0
    """
    ordered = sorted(parts, key=lambda part: part["t_ns"][0].as_py())
    rows = concat(list(ordered))
    ends = [(part["t_ns"][0].as_py(), part["t_ns"][part.num_rows - 1].as_py()) for part in ordered]
    if all(left[1] < right[0] for left, right in pairwise(ends)):
        return rows
    names = ("n", "source", "seen_ns", "t_ns")
    order = np.lexsort([numbers(rows[name]) for name in names])
    return rows.take(pa.array(order))


def _last_places(places: Sequence[Place], at_ns: int) -> list[Place]:
    """Places that may hold the last row of their tag at or before a time."""
    sure_ns: dict[int, int] = {}
    for place in places:
        segment = place.segment
        least_ns = segment.until_ns if segment.until_ns <= at_ns else segment.from_ns
        sure_ns[segment.tag] = max(sure_ns.get(segment.tag, -1), least_ns)
    return [
        place
        for place in places
        if min(place.segment.until_ns, at_ns) >= sure_ns[place.segment.tag]
    ]


def _listed(tags: Iterable[int]) -> str:
    return ", ".join(f"{tag:d}" for tag in tags)


def _by_path(places: Sequence[Place]) -> list[tuple[str, list[Place]]]:
    found: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        found[place.path].append(place)
    return list(found.items())


def _by_tag(rows: Any) -> list[tuple[int, Any]]:  # noqa: ANN401 - Arrow's own
    """Runs of a table that is sorted by tag."""
    if not rows.num_rows:
        return []
    tag = numbers(rows["tag"])
    cuts = [0, *(np.flatnonzero(np.diff(tag)) + 1).tolist(), len(tag)]
    return [(int(tag[low]), rows.slice(low, high - low)) for low, high in pairwise(cuts)]


def _between(rows: Any, from_ns: int, until_ns: int) -> Any:  # noqa: ANN401 - Arrow's own
    low, high = np.searchsorted(numbers(rows["t_ns"]), [from_ns, until_ns])
    return rows.slice(low, high - low)


def series_of(rows: Any) -> Series:  # noqa: ANN401 - Arrow's own
    """Times, numbers and quality of whole rows.

    Examples
    --------
    >>> len(series_of(sorted_rows([])).t_ns)
    0
    """
    return Series(numbers(rows["t_ns"]), numbers(rows["value"]), numbers(rows["quality"]))


def _is_in_order(parts: list[Series]) -> bool:
    """Puts parts in order of time; whether none overlaps another."""
    parts.sort(key=lambda part: int(part.t_ns[0]))
    pairs = pairwise(parts)
    return all(left.t_ns[-1] < right.t_ns[0] for left, right in pairs)


def _joined(parts: Sequence[Series]) -> Series:
    if len(parts) == 1:
        return parts[0]
    return Series(
        np.concatenate([part.t_ns for part in parts]),
        np.concatenate([part.value for part in parts]),
        np.concatenate([part.quality for part in parts]),
    )


def _first_places(places: Sequence[Place], from_ns: int, limit: int) -> list[Place]:
    """Places that hold the earliest `limit` rows of a tag, by their times."""
    kept: list[Place] = []
    certain, until_ns = 0, -1
    for place in places:
        if certain >= limit and place.segment.from_ns > until_ns:
            break
        kept.append(place)
        until_ns = max(until_ns, place.segment.until_ns)
        if place.segment.from_ns >= from_ns:
            certain += place.segment.rows
    return kept
