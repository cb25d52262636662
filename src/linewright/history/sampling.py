"""Sampling: the samples of a history, read by tag and time from wherever they lie.

>>> from linewright.history.writer import Writer
>>> import tempfile
>>> from pathlib import Path
>>> folder = Path(tempfile.mkdtemp())
>>> Writer.open(folder).close()
>>> with Samples(Database.open(folder, read_only=True)) as samples:
...     samples.tags(), samples.doubled()
([], 0)
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Self

import msgspec

from linewright.history.buckets import (
    BUCKETS_MAX,
    FEW_A_BUCKET,
    Buckets,
    Grid,
    bucketed,
    few,
    grid,
)
from linewright.history.keeping.arrays import np, pa
from linewright.history.keeping.files import FileDamaged, Files, damage_of
from linewright.history.keeping.hot import last_rows
from linewright.history.keeping.rows import Rows, Series, series_of, sorted_rows
from linewright.history.moments import (
    TIMES_MAX,
    AsOf,
    as_of,
    at_times,
    clusters,
    few_table,
    joined,
    known_of,
)
from linewright.history.numbering import FILE_SOURCE, STREAM_SOURCE
from linewright.history.store import Database
from linewright.plant.records import Gap, decode
from linewright.plant.samples import Columns

__all__ = [
    "COLUMNS",
    "NS_MAX",
    "READ_ROWS_MAX",
    "WINDOW_ROWS_MAX",
    "Samples",
    "Span",
    "next_cursor",
]

READ_ROWS_MAX = 100_000
"""Most rows of one read: some 10 MB in Python. Who wants more reads on from the last time."""

WINDOW_ROWS_MAX = 2_000_000
"""Most rows of one window of Arrow: some 100 MB."""

PART_ROWS_MAX = 4_000_000
"""Rows that an aggregate reads at a time: some 100 MB."""

COLUMNS = ["t_ns", "seen_ns", "value", "quality", "int", "text", "raw_ns"]
"""What a row of a tag consists of, for readers."""

NS_MAX = 2**63 - 1


_OF_ALL = (STREAM_SOURCE.format("samples"), FILE_SOURCE.format(""))
"""Sources of gaps that concern every tag where they list none."""

_ARRIVAL = ("t_ns", "seen_ns", "source", "n")
"""Order of rows of one tag."""


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """How much there is of a tag, and from when to when.

    Examples
    --------
    >>> Span(tag="a#b", rows=1, from_ns=5, until_ns=5).rows
    1
    """

    tag: str
    rows: int
    from_ns: int
    """Event time of its first row."""
    until_ns: int
    """Event time of its last row."""


class Samples:
    """Samples to read from; `History` is one, with the records and the audit chain."""

    def __init__(
        self, database: Database, renamed: Mapping[str, Sequence[str]] = MappingProxyType({})
    ) -> None:
        self._database = database
        self._files = Files(database.folder)
        self._rows = Rows(database, self._files)
        self._tag_ids: dict[str, int] = {}
        self.renamed = renamed
        """Former addresses of tags: whoever asks for a new one gets their rows, too."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close it, so that the service can write again."""
        self._files.close()
        self._database.close()

    def read(
        self, tag: str, from_ns: int = 0, until_ns: int = NS_MAX, limit: int = READ_ROWS_MAX
    ) -> Columns:
        """Samples of one tag, by event time, of equal time in the order of arrival.

        Parameters
        ----------
        tag
            Whole address; one that is not known has no samples.
        from_ns, until_ns
            Event times in ns; the first is included, the last not.
        limit
            Most rows, at most `READ_ROWS_MAX`: the earliest ones.

        Returns
        -------
        Columns
            Lists of one length.

        Raises
        ------
        FileDamaged
            A file of this window is missing or damaged.
        """
        found = self.window(tag, from_ns, until_ns, min(limit, READ_ROWS_MAX))
        lists = found.select(COLUMNS).to_pydict()
        integer = lists.pop("int")
        return Columns(tag=[tag] * found.num_rows, integer=integer, **lists)

    def window(
        self, tag: str, from_ns: int = 0, until_ns: int = NS_MAX, limit: int = WINDOW_ROWS_MAX
    ) -> Any:  # noqa: ANN401 - Arrow's own
        """Samples as `read` gives them, as an Arrow table of `COLUMNS`, for many rows.

        Parameters
        ----------
        tag
            Whole address.
        from_ns, until_ns
            Event times in ns; the first is included, the last not.
        limit
            Most rows, at most `WINDOW_ROWS_MAX`: the earliest ones.

        Raises
        ------
        FileDamaged
            A file of this window is missing or damaged.
        """
        limit = min(limit, WINDOW_ROWS_MAX)
        parts = self._rows.window(self._ids_of(tag), from_ns, until_ns, limit)
        return sorted_rows(list(parts.values())).slice(0, limit).select(COLUMNS)

    def aggregate(
        self,
        tags: Sequence[str],
        from_ns: int,
        until_ns: int,
        *,
        every_ns: int | None = None,
        points: int | None = None,
    ) -> list[Buckets]:
        """Count, extremes, means, first and last of some tags, bucket by bucket.

        Parameters
        ----------
        tags
            Whole addresses; one that is not known has empty buckets.
        from_ns, until_ns
            Event times in ns; the first bucket begins with the first.
        every_ns
            Width of a bucket; or else
        points
            How many buckets.

        Returns
        -------
        list of Buckets
            One for each tag, in their order.

        Raises
        ------
        ValueError
            Neither width nor number, no positive one, or more than `BUCKETS_MAX` in all.
        FileDamaged
            A file of this window is missing or damaged.

        Notes
        -----
        Linear in the rows; some 20 ms a million from Parquet.
        """
        if until_ns <= from_ns:
            raise ValueError(f"the window ends at {until_ns} ns, before it begins at {from_ns} ns")
        if every_ns is None:
            if points is None or points <= 0:
                raise ValueError("name the width of a bucket, or how many there shall be")
            every_ns = max(-(-(until_ns - from_ns) // points), 1)
        cells = grid(from_ns, until_ns, every_ns)
        if cells.count * len(tags) > BUCKETS_MAX:
            what = f"{cells.count} buckets of {len(tags)} tags, at most {BUCKETS_MAX}"
            raise ValueError(f"{what}: ask for wider ones, or for fewer tags")
        ids = {tag: self._ids_of(tag) for tag in tags}
        some = sorted({each for mine in ids.values() for each in mine})
        parts = [self._bucketed(ids, part, until_ns) for part in self._parts(some, cells)]
        return [joined([part[tag] for part in parts]) for tag in tags]

    def decimate(self, tag: str, from_ns: int, until_ns: int, points: int) -> Any:  # noqa: ANN401 - Arrow's own
        """The few rows of a tag that a plot needs: its outline stays, peaks included.

        Parameters
        ----------
        tag
            Whole address.
        from_ns, until_ns
            Event times in ns; the first is included, the last not.
        points
            Most rows, at least 4: in each of ``points // 4`` buckets the first, the last, the
            least and the greatest.

        Returns
        -------
        pyarrow.Table
            Columns t_ns, value, quality, in order; `rows` in the metadata of its schema: how many
            rows there are in the window.

        Raises
        ------
        ValueError
            Fewer than 4 points, or more than `READ_ROWS_MAX`.
        FileDamaged
            A file of this window is missing or damaged.
        """
        if not FEW_A_BUCKET <= points <= READ_ROWS_MAX:
            raise ValueError(f"{points} points: name from {FEW_A_BUCKET} to {READ_ROWS_MAX}")
        ids = self._ids_of(tag)
        bounds = self._bounds(ids)
        if bounds is None:
            return few_table(None, [])
        low, high = max(from_ns, bounds[0]), min(until_ns, bounds[1] + 1)
        if high <= low:
            return few_table(None, [])
        width = max(-(-(high - low) // max(points // FEW_A_BUCKET, 1)), 1)
        cells = Grid(low, width, max(-(-(high - low) // width), 1))
        parts = list(self._parts(ids, cells))
        kept, count = [], 0
        for part in parts:
            end = min(part.until_ns, high)
            found = self._rows.series(ids, part.from_ns, end)
            rows = self._one_tag(ids, found, part.from_ns, end)
            most = points if len(parts) == 1 else FEW_A_BUCKET * part.count
            kept.append(few_table(rows, few(rows, part.from_ns, end, most)))
            count += len(rows.t_ns)
        return pa.concat_tables(kept).replace_schema_metadata({"rows": str(count)})

    def as_of(self, tags: Sequence[str], times_ns: Sequence[int]) -> list[AsOf]:
        """Value that each tag had at each of some moments: its last row at or before it.

        Parameters
        ----------
        tags
            Whole addresses.
        times_ns
            Event times in ns, in any order; at most `TIMES_MAX`.

        Returns
        -------
        list of AsOf
            One for each tag, in their order.

        Raises
        ------
        ValueError
            Too many times.
        FileDamaged
            A file that is needed is missing or damaged.

        Notes
        -----
        Only these tags and the hours around these times are read.
        """
        if len(times_ns) > TIMES_MAX:
            raise ValueError(f"{len(times_ns)} times, at most {TIMES_MAX}: ask in parts")
        ids = {tag: self._ids_of(tag) for tag in tags}
        some = sorted({each for mine in ids.values() for each in mine})
        times = np.unique(np.array(times_ns, np.int64))
        found: dict[str, list[Any]] = {tag: [] for tag in tags}
        for block in clusters(times):
            low, high = int(block[0]), int(block[-1])
            before = self._rows.befores(some, low - 1) if low else {}
            rows = self._rows.window(some, low, high + 1)
            for tag, mine in ids.items():
                parts = [table[each] for table in (before, rows) for each in mine if each in table]
                found[tag].append(at_times(sorted_rows(parts), block))
        place = np.searchsorted(times, np.array(times_ns, np.int64))
        return [as_of(tag, times_ns, found[tag], place) for tag in tags]

    def last(self, tags: Sequence[str] | None = None) -> Columns:
        """The last row of each tag by event time, of equal time the one that came last.

        Parameters
        ----------
        tags
            Whole addresses; None for all. Those without rows are left out.

        Returns
        -------
        Columns
            Sorted by tag.

        Notes
        -----
        Kept by each append: nothing is searched; some 10 ms for 2,000 tags.
        """
        columns = last_rows(self._database).to_pydict()
        names = {number: tag for tag, number in self._ids().items()}
        rows = {names[number]: at for at, number in enumerate(columns["tag"])}
        wanted = sorted(rows) if tags is None else sorted(set(tags))
        picked: dict[str, int] = {}
        for tag in wanted:
            at = [rows[name] for name in (tag, *self.renamed.get(tag, ())) if name in rows]
            if len(at) > 1:
                at = sorted(at, key=lambda row: [columns[key][row] for key in _ARRIVAL])[-1:]
            if at:
                picked[tag] = at[0]
        taken = {name: [columns[name][row] for row in picked.values()] for name in COLUMNS}
        integer = taken.pop("int")
        return Columns(tag=list(picked), integer=integer, **taken)

    def tags(self) -> list[str]:
        """Addresses of all tags that ever had a sample, in order."""
        return [tag for (tag,) in self._database.rows("SELECT address FROM tags ORDER BY address")]

    def spans(self) -> list[Span]:
        """Every tag with the number of its rows and the times of the first and the last, in order.

        Notes
        -----
        From the list of files; only hot rows are counted.
        """
        found = self._database.rows(
            "SELECT t.address, sum(s.rows), min(s.from_ns), max(s.until_ns) FROM ("
            " SELECT tag, rows, from_ns, until_ns FROM segments UNION ALL"
            " SELECT tag, count(*), min(t_ns), max(t_ns) FROM samples GROUP BY tag UNION ALL"
            " SELECT tag, count(*), min(t_ns), max(t_ns) FROM wide GROUP BY tag"
            ") s JOIN tags t ON t.id = s.tag GROUP BY t.address ORDER BY t.address"
        )
        return [
            Span(tag=tag, rows=int(rows), from_ns=from_ns, until_ns=until_ns)
            for tag, rows, from_ns, until_ns in found
        ]

    def damage(self, *, is_thorough: bool = False) -> list[FileDamaged]:
        """Files that are missing or not what was written; nothing of them is ever left out unsaid.

        Parameters
        ----------
        is_thorough
            Whether every byte is read and compared with its hash, not only the sizes.
        """
        listed = self._database.rows(
            "SELECT path, size, sha256 FROM files"
            " UNION ALL SELECT DISTINCT path, size, sha256 FROM companions ORDER BY path"
        )
        found = [
            fault
            for path, size, sha256 in listed
            if (
                fault := damage_of(self._database.folder, path, size, sha256 if is_thorough else "")
            )
        ]
        self._files.suspects |= {fault.path.as_posix() for fault in found}
        return found

    def suspects(self) -> set[str]:
        """Take the paths of files that could not be read since it was asked last.

        Examples
        --------
        >>> from linewright.history.writer import Writer
        >>> import tempfile
        >>> from pathlib import Path
        >>> folder = Path(tempfile.mkdtemp())
        >>> Writer.open(folder).close()
        >>> with Samples(Database.open(folder, read_only=True)) as samples:
        ...     samples.suspects()
        set()
        """
        found, self._files.suspects = self._files.suspects, set()
        return found

    def page(
        self, tag: str, cursor: tuple[int, int], until_ns: int, limit: int
    ) -> tuple[Any, tuple[int, int] | None]:
        """Samples as `window` gives them, page after page.

        Parameters
        ----------
        tag
            Whole address.
        cursor
            Event time to begin at, and how many rows of that time are known already.
        until_ns
            Event time in ns; not included.
        limit
            Most rows of a page.

        Returns
        -------
        tuple
            The page, and the cursor of the next one; None where this is the last.

        Raises
        ------
        FileDamaged
            A file of this window is missing or damaged.
        """
        found = self.window(tag, cursor[0], until_ns, cursor[1] + limit).slice(cursor[1])
        return found, next_cursor(found["t_ns"].to_pylist(), cursor, limit)

    def gaps(self, source: str | None = None) -> list[Gap]:
        """Gaps in the data, the latest revision of each, by event time.

        Those that history found itself are here from the transaction on in which it found them.

        Parameters
        ----------
        source
            Only of this source.
        """
        rows = self._database.rows(
            "SELECT json FROM records WHERE class = 'gap' UNION SELECT json FROM outbox"
        )
        latest: dict[str, Gap] = {}
        for (text,) in rows:
            gap = decode(text.encode(), Gap)
            if source in {None, gap.of_source} and gap.rev >= latest.get(gap.id, gap).rev:
                latest[gap.id] = gap
        return sorted(latest.values(), key=lambda gap: (gap.t_ns, gap.id))

    def doubled(self) -> int:
        """Number of (tag, event time) that have more than one row.

        Raises
        ------
        FileDamaged
            A file is missing or damaged.

        Notes
        -----
        Linear in all samples; for checks, not for pages.
        """
        found = 0
        for each in self.spans():
            number = self._ids()[each.tag]
            t_ns = self._rows.series([number], 0, NS_MAX)[number].t_ns
            is_new = np.diff(t_ns, prepend=-1) != 0
            starts = np.flatnonzero(is_new)
            found += int((np.diff(np.append(starts, len(t_ns))) > 1).sum())
        return found

    def _ids(self) -> dict[str, int]:
        """Numbers of all tags; read again where there are more."""
        count = self._database.rows("SELECT count(*) FROM tags")[0][0]
        if count != len(self._tag_ids):
            self._tag_ids = dict(self._database.rows("SELECT address, id FROM tags"))
        return self._tag_ids

    def _ids_of(self, tag: str) -> list[int]:
        """Numbers of a tag under its name and its former ones."""
        names = (tag, *self.renamed.get(tag, ()))
        if any(name not in self._tag_ids for name in names):
            self._ids()
        return [self._tag_ids[name] for name in names if name in self._tag_ids]

    def _parts(self, ids: Sequence[int], cells: Grid) -> Iterator[Grid]:
        """The same buckets in parts that are each small enough to be read at once."""
        rows = self._rows.count(ids, cells.from_ns, min(cells.until_ns, NS_MAX))
        if rows <= PART_ROWS_MAX or cells.count == 1:
            yield cells
            return
        left = cells.count // 2
        yield from self._parts(ids, Grid(cells.from_ns, cells.every_ns, left))
        middle = cells.from_ns + left * cells.every_ns
        yield from self._parts(ids, Grid(middle, cells.every_ns, cells.count - left))

    def _bucketed(
        self, ids: Mapping[str, Sequence[int]], cells: Grid, until_ns: int
    ) -> dict[str, Buckets]:
        """Buckets of every tag for one part of the window."""
        some = sorted({each for mine in ids.values() for each in mine})
        until_ns = min(cells.until_ns, until_ns, NS_MAX)
        found = self._rows.series(some, cells.from_ns, until_ns)
        before = self._rows.befores(some, cells.from_ns - 1) if cells.from_ns else {}
        newest = self._database.rows("SELECT max(t_ns) FROM last")[0][0]
        known_ns = min(until_ns, newest or 0)
        gaps = self._gaps_by_tag()
        made = {}
        for tag, mine in ids.items():
            rows = self._one_tag(mine, found, cells.from_ns, until_ns)
            held = sorted_rows([before[each] for each in mine if each in before])
            spans = sorted({span for each in mine for span in gaps.get(each, ())})
            made[tag] = bucketed(tag, rows, cells, known_of(held, known_ns, spans))
        return made

    def _one_tag(
        self, ids: Sequence[int], found: Mapping[int, Series], from_ns: int, until_ns: int
    ) -> Series:
        """Rows of a tag under all its names."""
        mine = [found[each] for each in ids if each in found]
        if len(mine) > 1:
            parts = self._rows.window(ids, from_ns, until_ns)
            return series_of(sorted_rows(list(parts.values())))
        return mine[0] if mine else series_of(sorted_rows([]))

    def _gaps_by_tag(self) -> dict[int, list[tuple[int, int]]]:
        """Times without data, for each tag that a source with gaps has ever delivered."""
        spans: dict[str, list[tuple[int, int]]] = {}
        of_all: list[tuple[int, int]] = []
        found: dict[int, list[tuple[int, int]]] = {}
        ids: dict[str, int] = {}
        for gap in self.gaps():
            span = (gap.t_ns, gap.until_ns)
            if gap.filled:
                continue
            if gap.tags:
                ids = ids or self._ids()
                for tag in gap.tags:
                    if tag in ids:
                        found.setdefault(ids[tag], []).append(span)
            elif gap.of_source.startswith(_OF_ALL):
                of_all.append(span)
            else:
                spans.setdefault(gap.of_source, []).append(span)
        if spans or of_all:
            for tag, source in self._database.rows("SELECT tag, source FROM feeds"):
                found.setdefault(tag, []).extend([*spans.get(source, ()), *of_all])
        return found

    def _bounds(self, ids: Sequence[int]) -> tuple[int, int] | None:
        """Event times of the first and the last row of some tags."""
        if not ids:
            return None
        listed = ", ".join(f"{each:d}" for each in ids)
        found = self._database.rows(
            "SELECT min(low), max(high) FROM ("  # noqa: S608 - our numbers
            "SELECT min(from_ns) AS low, max(until_ns) AS high FROM segments"
            f" WHERE tag IN ({listed})"
            f" UNION ALL SELECT min(t_ns), max(t_ns) FROM samples WHERE tag IN ({listed})"
            f" UNION ALL SELECT min(t_ns), max(t_ns) FROM wide WHERE tag IN ({listed}))"
        )
        low, high = found[0]
        return None if low is None else (low, high)


def next_cursor(
    times: Sequence[int], cursor: tuple[int, int], limit: int
) -> tuple[int, int] | None:
    """Where the page after one begins; None where it was the last.

    Parameters
    ----------
    times
        Event times of the page, in order.
    cursor
        Where it began: an event time, and how many rows of that time came before.
    limit
        Most rows of a page.

    Examples
    --------
    >>> next_cursor([5, 6, 6], (5, 1), 3), next_cursor([6], (6, 2), 3), next_cursor([6], (6, 2), 1)
    ((6, 2), None, (6, 3))
    """
    if len(times) < limit:
        return None
    last_ns = times[-1]
    known = sum(time == last_ns for time in times)
    return last_ns, known + (cursor[1] if cursor[0] == last_ns else 0)
