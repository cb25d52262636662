"""Reading: samples, records, gaps and the audit chain out of a history that nobody writes.

>>> from linewright.history.writer import Writer
>>> import tempfile
>>> folder = Path(tempfile.mkdtemp())
>>> Writer.open(folder).close()
>>> with open_history(folder) as history:
...     history.counts().samples, list(history.audit())
(0, [])
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

import msgspec

from linewright.history.store import Database
from linewright.plant.records import Gap, Record, decode
from linewright.plant.samples import Columns

__all__ = [
    "READ_ROWS_MAX",
    "Counts",
    "History",
    "export_audit",
    "export_records",
    "open_history",
]

READ_ROWS_MAX = 100_000
"""Most rows of one read: some 10 MB in Python. Who wants more reads on from the last time."""

LINES_READ = 1000
"""Lines fetched at a time while a whole chain or class is walked through."""

NS_MAX = 2**63 - 1


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How much is in a history.

    Examples
    --------
    >>> Counts().links
    0
    """

    samples: int = 0
    tags: int = 0
    frames: int = 0
    """Frames kept, empty ones included."""
    repeated_frames: int = 0
    """Frames dropped because their (source, epoch, n) was there."""
    records: int = 0
    repeated_records: int = 0
    gaps: int = 0
    links: int = 0
    """Links of the audit chain."""
    refused: int = 0
    """Messages that could not be read, kept as they came."""
    positions: dict[str, int] = {}
    """Sequence of the last message kept of each stream."""


class History:
    """A history to read from. Made by `open_history`.

    Examples
    --------
    >>> from linewright.history.writer import Writer
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> Writer.open(folder).close()
    >>> with open_history(folder) as history:
    ...     history.read("nogales/machining/bracket/saw#blade_temp").t_ns
    []
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close it, so that the service can write again."""
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
        """
        found = self._database.columns(
            "SELECT t_ns, seen_ns, value, quality, int, text FROM samples"
            " WHERE tag = (SELECT id FROM tags WHERE address = ?) AND t_ns >= ? AND t_ns < ?"
            " ORDER BY t_ns, seen_ns, source, n, rowid LIMIT ?",
            tag,
            from_ns,
            until_ns,
            min(limit, READ_ROWS_MAX),
        )
        integer = found.pop("int")
        return Columns(tag=[tag] * len(found["t_ns"]), integer=integer, **found)

    def tags(self) -> list[str]:
        """Addresses of all tags that ever had a sample, in order."""
        return [tag for (tag,) in self._database.rows("SELECT address FROM tags ORDER BY address")]

    def records(
        self,
        record_class: str,
        from_ns: int = 0,
        until_ns: int = NS_MAX,
        limit: int = READ_ROWS_MAX,
    ) -> list[Record]:
        """Records of one class with all their revisions, by event time.

        Parameters
        ----------
        record_class
            Class on the bus, such as ``state``.
        from_ns, until_ns
            Event times in ns; the first is included, the last not.
        limit
            Most records, at most `READ_ROWS_MAX`: the earliest ones.
        """
        texts = self.texts(record_class, from_ns, until_ns, limit)
        return [decode(text.encode(), Record) for text in texts]

    def texts(
        self,
        record_class: str,
        from_ns: int = 0,
        until_ns: int = NS_MAX,
        limit: int = READ_ROWS_MAX,
    ) -> list[str]:
        """Records as `records` gives them, each as the JSON that was published.

        Parameters
        ----------
        record_class
            Class on the bus, such as ``state``.
        from_ns, until_ns
            Event times in ns; the first is included, the last not.
        limit
            Most records, at most `READ_ROWS_MAX`.
        """
        rows = self._database.rows(
            "SELECT json FROM records WHERE class = ? AND t_ns >= ? AND t_ns < ?"
            " ORDER BY t_ns, id, rev LIMIT ?",
            record_class,
            from_ns,
            until_ns,
            min(limit, READ_ROWS_MAX),
        )
        return [text for (text,) in rows]

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

    def audit(self, after_n: int = -1) -> Iterator[bytes]:
        """Links of the audit chain behind number `after_n`, each as its line of canonical JSON."""
        while lines := self.audit_lines(after_n, LINES_READ):
            yield from lines
            after_n += len(lines)

    def audit_lines(self, after_n: int, limit: int) -> list[bytes]:
        """At most `limit` links behind number `after_n`.

        Parameters
        ----------
        after_n
            Number of the last link that is known; -1 for none.
        limit
            Most links.
        """
        rows = self._database.rows(
            "SELECT line FROM audit WHERE n > ? ORDER BY n LIMIT ?", after_n, limit
        )
        return [line.encode() for (line,) in rows]

    def record_lines(self) -> Iterator[bytes]:
        """All records in stream order, each as the JSON that was published."""
        after = (-1, "", "", -1)
        while True:
            rows = self._database.rows(
                "SELECT seq, class, id, rev, json FROM records"
                " WHERE seq >= ? AND (seq, class, id, rev) > (?, ?, ?, ?)"
                " ORDER BY seq, class, id, rev LIMIT ?",
                after[0],
                *after,
                LINES_READ,
            )
            if not rows:
                return
            yield from (row[4].encode() for row in rows)
            after = rows[-1][:4]

    def counts(self) -> Counts:
        """How much is in it; linear in the gaps, the other sizes DuckDB knows."""
        tables = {"samples": "samples", "tags": "tags", "links": "audit", "refused": "refused"}
        tables["records"] = "records"
        sizes = {
            name: self._database.rows(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608 - our names
            for name, table in tables.items()
        }
        tally = dict(self._database.rows("SELECT name, count FROM tally"))
        positions = dict(self._database.rows("SELECT stream, seq FROM positions"))
        return Counts(**sizes, **tally, gaps=len(self.gaps()), positions=positions)

    def doubled(self) -> int:
        """Number of (tag, event time) that have more than one row.

        Notes
        -----
        Linear in all samples; for checks, not for pages.
        """
        rows = self._database.rows(
            "SELECT count(*) FROM (SELECT 1 FROM samples GROUP BY tag, t_ns HAVING count(*) > 1)"
        )
        return int(rows[0][0])


def open_history(folder: Path, *, read_only: bool = True) -> History:
    """Open the history of a folder for reading.

    Parameters
    ----------
    folder
        Where its file lies.
    read_only
        False writes back the log that a killed writer left behind, which speeds up the next start.

    Returns
    -------
    History
        To be closed, best by ``with``.

    Raises
    ------
    HistoryUnusable
        There is none, or the service is running: ask it on the bus then.

    Examples
    --------
    >>> import tempfile
    >>> open_history(Path(tempfile.mkdtemp()))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    linewright.history.store.HistoryUnusable: ...there is none yet; start the service history once
    """
    return History(Database.open(folder, read_only=read_only))


def export_audit(folder: Path, path: Path) -> int:
    """Write the audit chain of a stopped history to a file of JSON lines.

    Parameters
    ----------
    folder
        Folder of the history.
    path
        File to write; it is there whole or not at all.

    Returns
    -------
    int
        Number of links.

    Raises
    ------
    HistoryUnusable
        There is no history, or it is being written.

    Examples
    --------
    >>> from linewright.history.writer import Writer
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> Writer.open(folder).close()
    >>> export_audit(folder, folder / "audit.jsonl")
    0
    """
    with open_history(folder) as history:
        return _write_lines(path, history.audit())


def export_records(folder: Path, path: Path) -> int:
    """Write all records of a stopped history, in stream order, to a file of JSON lines.

    Parameters
    ----------
    folder
        Folder of the history.
    path
        File to write; it is there whole or not at all.

    Returns
    -------
    int
        Number of records.

    Raises
    ------
    HistoryUnusable
        There is no history, or it is being written.

    Examples
    --------
    >>> from linewright.history.writer import Writer
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> Writer.open(folder).close()
    >>> export_records(folder, folder / "records.jsonl")
    0
    """
    with open_history(folder) as history:
        return _write_lines(path, history.record_lines())


def _write_lines(path: Path, lines: Iterable[bytes]) -> int:
    """Write lines to a new file and put it in the place of `path` at once; how many there were.

    Parameters
    ----------
    path
        File to write.
    lines
        Without their ends.
    """
    part = path.with_name(f"{path.name}.part")
    count = 0
    with part.open("wb") as file:
        for line in lines:
            file.write(line + b"\n")
            count += 1
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return count
