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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec

from linewright.history.keeping.progress import POSITION, TALLY, progress
from linewright.history.sampling import NS_MAX, READ_ROWS_MAX, Samples, next_cursor
from linewright.history.store import Database
from linewright.plant.records import Record, decode

__all__ = [
    "Counts",
    "History",
    "export_audit",
    "export_records",
    "open_history",
]

LINES_READ = 1000
"""Lines fetched at a time while a whole chain or class is walked through."""

TALLIED = ("frames", "repeated_frames", "repeated_records")


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
    files: int = 0
    """Parquet files that hold compacted samples."""
    links: int = 0
    """Links of the audit chain."""
    refused: int = 0
    """Messages that could not be read, kept as they came."""
    positions: dict[str, int] = {}
    """Sequence of the last message kept of each stream."""


class History(Samples):
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

    def texts_page(
        self, record_class: str, cursor: tuple[int, int], until_ns: int, limit: int
    ) -> tuple[list[str], tuple[int, int] | None]:
        """Records as `texts` gives them, page after page.

        Parameters
        ----------
        record_class
            Class on the bus, such as ``state``.
        cursor
            Event time to begin at, and how many records of that time are known already.
        until_ns
            Event time in ns; not included.
        limit
            Most records of a page.

        Returns
        -------
        tuple
            The page, and the cursor of the next one; None where this is the last.
        """
        rows = self._database.rows(
            "SELECT json, t_ns FROM records WHERE class = ? AND t_ns >= ? AND t_ns < ?"
            " ORDER BY t_ns, id, rev LIMIT ? OFFSET ?",
            record_class,
            cursor[0],
            until_ns,
            limit,
            cursor[1],
        )
        return [text for text, _ in rows], next_cursor([t for _, t in rows], cursor, limit)

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
        """How much is in it; linear in the gaps, the other sizes are known."""
        tables = {"tags": "tags", "links": "audit", "refused": "refused", "records": "records"}
        sizes = {
            name: self._database.rows(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608 - our names
            for name, table in tables.items()
        }
        samples = self._database.rows(
            "SELECT (SELECT count(*) FROM samples) + (SELECT count(*) FROM wide)"
            " + (SELECT coalesce(sum(rows), 0) FROM files), (SELECT count(*) FROM files)"
        )
        found = progress(self._database)
        positions = {
            name.removeprefix(POSITION): int(state)
            for name, state in found.items()
            if name.startswith(POSITION)
        }
        return Counts(
            **sizes,
            samples=int(samples[0][0]),
            files=int(samples[0][1]),
            gaps=len(self.gaps()),
            positions=positions,
            **{name: int(found.get(f"{TALLY}{name}", 0)) for name in TALLIED},
        )


def open_history(
    folder: Path,
    *,
    read_only: bool = True,
    renamed: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> History:
    """Open the history of a folder for reading.

    Parameters
    ----------
    folder
        Where its file lies.
    read_only
        False writes back the log that a killed writer left behind, which speeds up the next start,
        and brings a file of an earlier form up to date.
    renamed
        Former addresses of tags, by their new ones.

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
    return History(Database.open(folder, read_only=read_only), renamed)


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
