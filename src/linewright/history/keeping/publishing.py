"""Publishing: the tail of fresh rows and the records as files, and the listing that names all.

Each refresh writes what came since the last one and nothing else; small files are merged by and
by. Everything of a run lies in a folder of its own, so a new start begins clean.

>>> import tempfile
>>> with Database.open(Path(tempfile.mkdtemp())) as database:
...     Publisher(database, run_ns=1).refresh(now_ns=2).tail
()
"""

import itertools
import shutil
from contextlib import closing, suppress
from copy import copy
from pathlib import Path
from typing import Any

import msgspec

from linewright.history.keeping.arrays import pa, pc, pq
from linewright.history.keeping.files import DRAFT, write_table
from linewright.history.keeping.listing import CHANGE_COUNT
from linewright.history.keeping.packing import HAS_RAW, HOUR_NS
from linewright.history.published import (
    FILES_KEPT_S,
    QUERY_FOLDER,
    Published,
    PublishedFile,
    write_published,
)
from linewright.history.store import Database

__all__ = ["Publisher"]

PIECES_MAX = 8
"""Files of about one size that become one: each row is written again some four times a day."""

PIECE_ROWS = 1_000_000
"""Most rows that one file takes up at a time: some 100 MB in memory."""

_S_NS = 1_000_000_000
_RECORDS = -1
"""Stands for the records where samples have their hour."""


class _Piece(msgspec.Struct, frozen=True):
    file: PublishedFile
    level: int


class _PieceDamaged(OSError):
    """A piece that was written in this run and is not there any more, or cannot be read."""


class _Standing:
    """What stands in the listing, and how far it goes."""

    def __init__(self) -> None:
        self.pieces: dict[int, list[_Piece]] = {}
        self.left: list[tuple[int, Path]] = []
        self.batches = 0
        self.records = -1
        self.changes = -1
        self.newest_file = 0

    def copied(self) -> "_Standing":
        """One that may change while this one stays."""
        made = copy(self)
        made.pieces = {hour: list(each) for hour, each in self.pieces.items()}
        made.left = list(self.left)
        return made


class Publisher:
    """Keeps the listing of a running history; one thread uses it, on a connection of its own."""

    def __init__(self, database: Database, *, run_ns: int) -> None:
        self._database = database
        self._root = database.folder / QUERY_FOLDER
        self._run = self._root / f"{run_ns:d}"
        self._now = _Standing()
        self._serial = 0
        self._former = [path for path in self._root.glob("*") if path.is_dir()]

    def close(self) -> None:
        """Close its connection."""
        self._database.close()

    def refresh(self, *, now_ns: int) -> Published:
        """Bring the listing to this moment.

        Parameters
        ----------
        now_ns
            Wall clock.

        Raises
        ------
        OSError
            The disk is full: the listing stays as it was, and the next refresh begins there. Or a
            piece is missing or damaged: the next refresh writes all of them anew.
        """
        before, serial = self._now, self._serial
        self._now = before.copied()
        try:
            made = self._list(self._bring(now_ns), now_ns)
        except BaseException as error:
            self._now = before
            self._take_away(after=serial)
            if isinstance(error, _PieceDamaged):
                self._now = _Standing()
                self._now.left = list(before.left)
                for pieces in before.pieces.values():
                    self._leave(pieces, now_ns)
            raise
        self._unlink(now_ns)
        return made

    def _bring(self, now_ns: int) -> tuple[PublishedFile, ...]:
        """Write what came since; gives the compacted files."""
        for piece in itertools.chain.from_iterable(self._now.pieces.values()):
            if not (self._database.folder / piece.file.path).is_file():
                raise _PieceDamaged(f"{piece.file.path} is missing")
        with self._database.transaction():
            self._drop_compacted(now_ns)
            self._add_rows()
            self._add_records()
            files = self._files()
        for hour in list(self._now.pieces):
            self._merge(hour, now_ns)
        return files

    def _list(self, files: tuple[PublishedFile, ...], now_ns: int) -> Published:
        """Write the listing."""
        records = tuple(piece.file for piece in self._now.pieces.get(_RECORDS, ()))
        tail = tuple(
            piece.file
            for hour, pieces in sorted(self._now.pieces.items())
            if hour != _RECORDS
            for piece in pieces
        )
        made = Published(as_of_ns=now_ns, files=files, tail=tail, records=records)
        write_published(self._database.folder, made)
        return made

    def _drop_compacted(self, now_ns: int) -> None:
        """Begin anew with the hours that were compacted: their rows are in other files now."""
        found = self._database.rows("SELECT count FROM tally WHERE name = ?", CHANGE_COUNT)
        changes = found[0][0] if found else 0
        if changes == self._now.changes:
            return
        rows = self._database.rows(
            "SELECT id, from_ns, until_ns FROM files WHERE id > ?", self._now.newest_file
        )
        for number, from_ns, until_ns in rows:
            self._now.newest_file = max(self._now.newest_file, number)
            for hour in list(self._now.pieces):
                if from_ns <= hour * HOUR_NS < until_ns:
                    self._leave(self._now.pieces.pop(hour), now_ns)
                    self._write_hour(hour, 0, self._now.batches)
        self._now.changes = changes

    def _add_rows(self) -> None:
        """Write the rows that came since."""
        found = self._database.rows("SELECT coalesce(max(batch) + 1, 0) FROM arrivals")
        until = max(int(found[0][0]), self._now.batches)
        if until == self._now.batches:
            return
        hours = self._database.rows(
            f"SELECT DISTINCT t_ns // {HOUR_NS} FROM ("  # noqa: S608 - our numbers
            f"SELECT t_ns FROM samples WHERE batch >= {self._now.batches:d} UNION ALL"
            f" SELECT t_ns FROM wide WHERE batch >= {self._now.batches:d}) ORDER BY 1"
        )
        for (hour,) in hours:
            self._write_hour(hour, self._now.batches, until)
        self._now.batches = until

    def _write_hour(self, hour: int, batch: int, until: int) -> None:
        """Write hot rows of an hour that came with some batches, by tag and time."""
        parts = self._database.batches(
            "SELECT t.address AS tag, h.t_ns, h.seen_ns, h.value, h.int, h.text, h.quality,"
            " b.name AS source, b.epoch, h.n, h.raw_ns FROM hot h JOIN tags t ON t.id = h.tag"
            " JOIN sources b ON b.source = h.source"
            " WHERE h.t_ns >= ? AND h.t_ns < ? AND h.batch >= ? AND h.batch < ?"
            " ORDER BY t.address, h.t_ns, h.seen_ns, h.source, h.n, h.place",
            (hour * HOUR_NS, (hour + 1) * HOUR_NS, batch, until),
            PIECE_ROWS,
        )
        with closing(parts) as tables:
            for table in tables:
                self._write(hour, table, (hour * HOUR_NS, (hour + 1) * HOUR_NS - 1), 0)

    def _add_records(self) -> None:
        """Write the records that came since: a row that is there never moves."""
        parts = self._database.batches(
            "SELECT class, id, rev, address, t_ns, seen_ns, seq, json, rowid AS place FROM records"
            " WHERE rowid > ? ORDER BY rowid",
            (self._now.records,),
            PIECE_ROWS,
        )
        with closing(parts) as tables:
            for table in tables:
                self._now.records = table["place"][table.num_rows - 1].as_py()
                bounds = pc.min_max(table["t_ns"])
                span = (bounds["min"].as_py(), bounds["max"].as_py())
                self._write(_RECORDS, table.drop_columns(["place"]), span, 0)

    def _write(self, hour: int, table: Any, span: tuple[int, int], level: int) -> None:  # noqa: ANN401 - Arrow's own
        if not table.num_rows:
            return
        self._serial += 1
        path = self._path(self._serial)
        write_table(path, table)
        file = PublishedFile(
            path=path.relative_to(self._database.folder).as_posix(),
            rows=table.num_rows,
            from_ns=span[0],
            until_ns=span[1],
            raw="raw_ns" in table.column_names,
        )
        self._now.pieces.setdefault(hour, []).append(_Piece(file, level))

    def _path(self, number: int) -> Path:
        return self._run / f"{number:06d}.parquet"

    def _merge(self, hour: int, now_ns: int) -> None:
        """Make one file of several small ones."""
        pieces = self._now.pieces[hour]
        level = 0
        while len(same := [p for p in pieces if p.level == level]) >= PIECES_MAX:
            if sum(piece.file.rows for piece in same) > PIECE_ROWS:
                return
            tables = [self._read(piece) for piece in same]
            span = (min(p.file.from_ns for p in same), max(p.file.until_ns for p in same))
            self._now.pieces[hour] = [piece for piece in pieces if piece.level != level]
            self._write(hour, pa.concat_tables(tables), span, level + 1)
            self._leave(same, now_ns)
            pieces = self._now.pieces[hour]
            level += 1

    def _read(self, piece: _Piece) -> Any:  # noqa: ANN401 - Arrow's own
        try:
            return pq.read_table(
                self._database.folder / piece.file.path, page_checksum_verification=True
            )
        except (OSError, ValueError) as error:
            raise _PieceDamaged(f"{piece.file.path} cannot be read") from error

    def _files(self) -> tuple[PublishedFile, ...]:
        """Compacted files."""
        found = self._database.rows(
            "SELECT f.path, f.rows, f.from_ns, f.until_ns, coalesce(min(c.path), ''), f.id IN"  # noqa: S608 - our numbers
            f" (SELECT file FROM segments WHERE has & {HAS_RAW} <> 0) AS raw FROM files f"
            " LEFT JOIN companions c ON c.file = f.id GROUP BY ALL ORDER BY f.from_ns, f.path"
        )
        return tuple(
            PublishedFile(
                path=path,
                rows=rows,
                from_ns=low,
                until_ns=high - 1,
                packing="packed",
                seen=seen,
                raw=raw,
            )
            for path, rows, low, high, seen, raw in found
        )

    def _take_away(self, *, after: int) -> None:
        """Remove the files of a refresh that failed: no listing names them."""
        for number in range(after + 1, self._serial + 1):
            path = self._path(number)
            for each in (path, path.with_name(path.name + DRAFT)):
                with suppress(OSError):
                    each.unlink(missing_ok=True)
        self._serial = after

    def _leave(self, pieces: list[_Piece], now_ns: int) -> None:
        folder = self._database.folder
        self._now.left += [(now_ns, folder / piece.file.path) for piece in pieces]

    def _unlink(self, now_ns: int) -> None:
        """Remove what no listing has named for long enough, and earlier runs at once after that."""
        before_ns = now_ns - int(FILES_KEPT_S * _S_NS)
        for since_ns, path in self._now.left:
            if since_ns <= before_ns:
                path.unlink(missing_ok=True)
        self._now.left = [each for each in self._now.left if each[0] > before_ns]
        for path in self._former:
            shutil.rmtree(path, ignore_errors=True)
        self._former = []
