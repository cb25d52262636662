"""Compaction: rows of closed hours become Parquet, hours become days, old files go.

A file is written under a draft's name, brought to the disk, and renamed. It counts from the
commit on in which its rows leave the hot tables and what it replaces leaves the list. Killed at
any moment, each row is in one place: files that nobody lists are removed at the next start.

>>> import tempfile
>>> with Database.open(Path(tempfile.mkdtemp())) as database:
...     Compactor(database).compact(now_ns=0, rule=Rule())
Compacted(files=0, rows=0, removed=0, is_done=True)
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from linewright.history.keeping.arrays import concat, np
from linewright.history.keeping.files import DRAFT, Files, NewFile, damage_of
from linewright.history.keeping.listing import Place, note_change
from linewright.history.keeping.packing import (
    HAS_RAW,
    HOUR_NS,
    SEEN,
    Packer,
    Segment,
    packed_schema,
)
from linewright.history.keeping.rows import Rows
from linewright.history.store import Database

__all__ = ["DAY_NS", "FOLDER", "POINTS", "Compacted", "CompactionEnded", "Compactor", "Rule"]

DAY_NS = 24 * HOUR_NS
FOLDER = "parquet"

CHUNK_ROWS = 1_000_000
"""Rows that are sorted and packed at a time: some 100 MB."""

DELTAS_MAX = 8
"""Files of late rows that an hour may have before they are merged with it."""

LATE_SHARE = 0.1
"""Late rows beyond this share of their hour are merged with it at once."""

DAY_BATCHES_MAX = 4_000_000
"""A day with more batches stays in files of an hour: their arrivals would not fit in memory."""

DAY_TAG_ROWS_MAX = 4 * CHUNK_ROWS
"""A day in which one tag has more rows stays in files of an hour, too."""

POINTS = ("gathered", "drafted", "named", "changed", "committed", "unlinked")
"""Where `Compactor.at` is called, in this order: the moments at which a kill is tested."""

_S_NS = 1_000_000_000


class CompactionEnded(RuntimeError):
    """A compaction that was told to end; everything is as it was before its last file."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """When rows are compacted and how long they stay.

    Examples
    --------
    >>> Rule().raw_days is None
    True
    """

    late_s: float = 300.0
    """How long after its end an hour is still hot: what comes within is sorted in for nothing."""
    day_late_s: float = 6 * 3600.0
    """How long after its end a day stays in files of an hour."""
    raw_days: int | None = None
    """Days after which samples are dropped; None keeps them for good."""
    files_kept_s: float = 900.0
    """How long a file that was replaced stays, for readers that have its name."""
    spans_max: int = 24
    """Hours and days written by one call."""


class Compacted(msgspec.Struct, frozen=True, kw_only=True):
    """What one call did.

    Examples
    --------
    >>> Compacted().is_done
    True
    """

    files: int = 0
    rows: int = 0
    removed: int = 0
    """Files that were unlinked."""
    is_done: bool = True
    """Whether nothing is left that could be compacted now."""


_Seen = tuple[int, str, int, int, str]
"""Hour, path, row group, size and hash of a companion."""


class _Job(msgspec.Struct, frozen=True, kw_only=True):
    """One file to be written: from what, and of which span."""

    kind: str
    from_ns: int
    until_ns: int
    inputs: tuple[int, ...] = ()
    with_hot: bool = True


def _nothing(_: str) -> None:
    return


class Compactor:
    """Compacts on a connection of its own; one thread uses it, beside the one that appends.

    Examples
    --------
    >>> import tempfile
    >>> with Database.open(Path(tempfile.mkdtemp())) as database:
    ...     Compactor(database).orphans()
    []
    """

    def __init__(self, database: Database, at: Callable[[str], None] = _nothing) -> None:
        self._database = database
        self._folder = database.folder
        self._files = Files(database.folder)
        self._rows = Rows(database, self._files)
        self._at = at
        self._is_ended = False

    def end(self) -> None:
        """End what runs, from another thread: within a piece of `CHUNK_ROWS`."""
        self._is_ended = True

    def close(self) -> None:
        """Close its files and its connection."""
        self._files.close()
        self._database.close()

    def compact(self, *, now_ns: int, rule: Rule, wall_ns: int | None = None) -> Compacted:
        """Write what may be written now, drop what is too old, remove what was replaced.

        Parameters
        ----------
        now_ns
            Time in the plant: an hour is closed when it is over for `Rule.late_s`.
        rule
            When and how long.
        wall_ns
            Time by which replaced files stay; the same where it is left out.

        Raises
        ------
        FileDamaged
            A file to be merged is missing or damaged; everything stays as it is.
        CompactionEnded
            `end` was called.

        Notes
        -----
        Some 1.5 million rows a second, in pieces of `CHUNK_ROWS`.
        """
        wall_ns = now_ns if wall_ns is None else wall_ns
        jobs = self._jobs(now_ns, rule)
        rows = 0
        for job in jobs[: rule.spans_max]:
            rows += self._written(job, wall_ns)
        if rule.raw_days is not None:
            self._expire(now_ns - rule.raw_days * DAY_NS, wall_ns)
        removed = self._unlink(wall_ns - int(rule.files_kept_s * _S_NS))
        return Compacted(
            files=min(len(jobs), rule.spans_max),
            rows=rows,
            removed=removed,
            is_done=not (jobs and self._jobs(now_ns, rule)),
        )

    def orphans(self) -> list[str]:
        """Files below the folder that no list names, as paths relative to the history."""
        root = self._folder / FOLDER
        known = {
            path
            for (path,) in self._database.rows(
                "SELECT path FROM files UNION ALL SELECT path FROM companions"
                " UNION ALL SELECT path FROM leaving"
            )
        }
        found = (path.relative_to(self._folder).as_posix() for path in _below(root))
        return sorted(path for path in found if path not in known)

    def remove_orphans(self, kept: Collection[str] = ()) -> list[str]:
        """Remove what a killed compaction left behind: drafts, and the files it had just named.

        Parameters
        ----------
        kept
            Paths that somebody else knows.

        Returns
        -------
        list of str
            Further files that no list names; they are left. A killed compaction leaves none: the
            list is not the one that they were written for, and their rows may be nowhere else.
        """
        found = [path for path in self.orphans() if path not in kept]
        whole = [path for path in found if not path.endswith(DRAFT)]
        is_new = not self._database.rows("SELECT count(*) FROM tags")[0][0]
        last = f"-{self._next_number():06d}."
        if is_new or any(last not in path for path in whole):
            found = [path for path in found if path not in whole]
        else:
            whole = []
        for path in found:
            (self._folder / path).unlink(missing_ok=True)
        return whole

    def _jobs(self, now_ns: int, rule: Rule) -> list[_Job]:
        """What may be written, oldest first."""
        hot = self._database.rows(
            f"SELECT t_ns // {HOUR_NS} AS hour, count(*) FROM"  # noqa: S608 - our numbers
            " (SELECT t_ns FROM samples UNION ALL SELECT t_ns FROM wide)"
            " GROUP BY hour ORDER BY hour"
        )
        listed = self._database.rows(
            "SELECT id, kind, from_ns, until_ns, rows FROM files ORDER BY id"
        )
        closed_ns = now_ns - int(rule.late_s * _S_NS)
        jobs = []
        for hour, count in hot:
            from_ns, until_ns = hour * HOUR_NS, (hour + 1) * HOUR_NS
            if until_ns > closed_ns:
                break
            mine = [row for row in listed if row[2] < until_ns and from_ns < row[3]]
            jobs.append(_hour_job(from_ns, until_ns, count, mine))
        hot_days = {hour // 24 for hour, _ in hot}
        day_ns = now_ns - int(rule.day_late_s * _S_NS)
        jobs += [
            job for job in self._day_jobs(listed, day_ns) if job.from_ns // DAY_NS not in hot_days
        ]
        return jobs

    def _day_jobs(self, listed: Sequence[tuple[Any, ...]], closed_ns: int) -> Iterator[_Job]:
        """Days whose files of hours may become one."""
        days: dict[int, list[tuple[Any, ...]]] = {}
        for row in listed:
            days.setdefault(row[2] // DAY_NS, []).append(row)
        for day, rows in sorted(days.items()):
            whole = [row for row in rows if row[1] == "day"]
            parts = len(rows) - len(whole)
            is_worth = parts > (DELTAS_MAX if whole else 1)
            if is_worth and (day + 1) * DAY_NS <= closed_ns and self._fits(day):
                inputs = tuple(row[0] for row in rows)
                yield _Job(
                    kind="day",
                    from_ns=day * DAY_NS,
                    until_ns=(day + 1) * DAY_NS,
                    inputs=inputs,
                    with_hot=False,
                )

    def _fits(self, day: int) -> bool:
        """Whether a day fits in memory: its arrivals, of 3 bytes at least, and its largest tag."""
        found = self._database.rows(
            "SELECT coalesce(sum(size), 0) FROM"
            " (SELECT DISTINCT path, size FROM companions WHERE hour // 24 = ?)",
            day,
        )
        largest = self._database.rows(
            "SELECT coalesce(max(rows), 0) FROM (SELECT sum(rows) AS rows FROM segments"
            " WHERE from_ns >= ? AND from_ns < ? GROUP BY tag)",
            day * DAY_NS,
            (day + 1) * DAY_NS,
        )
        is_narrow = int(largest[0][0]) <= DAY_TAG_ROWS_MAX
        return is_narrow and int(found[0][0]) <= 3 * DAY_BATCHES_MAX

    def _written(self, job: _Job, now_ns: int) -> int:
        """Write one file in one transaction; how many rows it has."""
        drafts: list[NewFile] = []
        try:
            with self._rows.snapshot():
                rows, replaced = self._write(job, drafts, now_ns)
                self._at("changed")
        except BaseException:
            for draft in drafts:
                draft.drop()
            raise
        self._at("committed")
        self._files.forget(replaced)
        return rows

    def _write(self, job: _Job, drafts: list[NewFile], now_ns: int) -> tuple[int, list[str]]:
        """Everything of a job, inside its transaction: what it read is what it deletes."""
        self._check(job.inputs)
        number = self._next_number()
        stem = f"{FOLDER}/{_day_name(job.from_ns)}/{_span_name(job)}-{number:06d}"
        tags, has_raw = self._names("SELECT id, address FROM tags"), self._has_raw(job)
        packer = Packer(tags, self._sources(), has_raw=has_raw)
        path = f"{stem}.parquet"
        main = NewFile(self._folder / path, packed_schema(has_raw=has_raw))
        drafts.append(main)
        segments: list[Segment] = []
        for chunk in self._chunks(job):
            packed = packer.pack(chunk)
            main.write(packed.table, packed.groups)
            segments += packed.segments
        self._at("gathered")
        companions = self._companion(packer, stem, drafts)
        written = main.close()
        self._at("drafted")
        for draft in drafts:
            draft.name()
        self._at("named")
        replaced = self._replaced(job, now_ns)
        kept = (job.kind, job.from_ns, job.until_ns, written.rows, written.size, written.sha256)
        self._database.insert("files", [(number, path, *kept)])
        self._database.insert("companions", [(number, *each) for each in companions])
        self._database.insert("segments", [_segment_row(number, each) for each in segments])
        self._database.replace("tally", [("files", number)], key="name")
        note_change(self._database)
        return written.rows, replaced

    def _has_raw(self, job: _Job) -> bool:
        """Whether a row that goes into the file has a raw time."""
        listed = ", ".join(f"{number:d}" for number in job.inputs) or "NULL"
        query = f"SELECT count(*) FROM segments WHERE file IN ({listed}) AND has & {HAS_RAW} <> 0"  # noqa: S608 - our numbers
        found = int(self._database.rows(query)[0][0])
        if job.with_hot:
            query = "SELECT count(raw_ns) FROM wide WHERE t_ns >= ? AND t_ns < ?"
            found += int(self._database.rows(query, job.from_ns, job.until_ns)[0][0])
        return found > 0

    def _check(self, ids: Sequence[int]) -> None:
        """Compare files with their hashes before they are merged: then nobody could tell any more.

        Parameters
        ----------
        ids
            Numbers of the files.

        Raises
        ------
        FileDamaged
            One is not what was written.
        """
        for number in ids:
            for path, size, digest in self._database.rows(
                "SELECT path, size, sha256 FROM files WHERE id = $1 UNION"
                " SELECT path, size, sha256 FROM companions WHERE file = $1",
                number,
            ):
                fault = damage_of(self._folder, path, size, digest)
                if fault is not None:
                    raise fault

    def _companion(self, packer: Packer, stem: str, drafts: list[NewFile]) -> list[_Seen]:
        """Write when the batches arrived, a row group an hour."""
        path = f"{stem}.seen.parquet"
        file = NewFile(self._folder / path, SEEN)
        drafts.append(file)
        hours = []
        for hour, table in packer.seen_tables():
            file.write(table, [table.num_rows])
            hours.append(hour)
        done = file.close()
        return [(hour, path, part, done.size, done.sha256) for part, hour in enumerate(hours)]

    def _replaced(self, job: _Job, now_ns: int) -> list[str]:
        """Take from the tables what is in the new file now; paths of the files that it replaces."""
        rows = self._database.rows
        if job.with_hot:
            for table in ("samples", "wide"):
                gone = f"DELETE FROM {table} WHERE t_ns >= ? AND t_ns < ?"  # noqa: S608 - our names
                rows(gone, job.from_ns, job.until_ns)
            rows(
                "DELETE FROM arrivals WHERE batch NOT IN"
                " (SELECT batch FROM samples UNION ALL SELECT batch FROM wide)"
            )
        return self._drop(job.inputs, now_ns)

    def _drop(self, ids: Sequence[int], now_ns: int) -> list[str]:
        """Take files from the list; they are unlinked later."""
        if not ids:
            return []
        listed = ", ".join(f"{number:d}" for number in ids)
        found = self._database.rows(
            f"SELECT path FROM files WHERE id IN ({listed})"  # noqa: S608 - our numbers
            f" UNION ALL SELECT DISTINCT path FROM companions WHERE file IN ({listed})"
        )
        paths = [path for (path,) in found]
        self._database.insert("leaving", [(path, now_ns) for path in paths])
        for table, column in (("files", "id"), ("companions", "file"), ("segments", "file")):
            self._database.rows(f"DELETE FROM {table} WHERE {column} IN ({listed})")  # noqa: S608 - our names
        return paths

    def _expire(self, before_ns: int, wall_ns: int) -> None:
        """Drop files of spans that ended before a time."""
        found = self._database.rows("SELECT id FROM files WHERE until_ns <= ?", before_ns)
        if found:
            with self._database.transaction():
                paths = self._drop([number for (number,) in found], wall_ns)
                note_change(self._database)
            self._files.forget(paths)

    def _unlink(self, before_ns: int) -> int:
        """Remove files that were replaced long enough ago."""
        found = self._database.rows("SELECT path FROM leaving WHERE since_ns <= ?", before_ns)
        for (path,) in found:
            (self._folder / path).unlink(missing_ok=True)
            self._at("unlinked")
        if found:
            with self._database.transaction():
                self._database.rows("DELETE FROM leaving WHERE since_ns <= ?", before_ns)
        return len(found)

    def _chunks(self, job: _Job) -> Iterator[Any]:
        """Rows of a job, tags in the order of their addresses, some at a time."""
        counted = self._counted(job)
        group: list[int] = []
        size = 0
        for (tag,) in self._database.rows("SELECT id FROM tags ORDER BY address"):
            if self._is_ended:
                raise CompactionEnded
            count = counted.get(tag, 0)
            if not count:
                continue
            if group and size + count > CHUNK_ROWS:
                yield self._chunk(job, group)
                group, size = [], 0
            group.append(tag)
            size += count
        if group:
            yield self._chunk(job, group)

    def _counted(self, job: _Job) -> Counter[int]:
        """Rows of each tag that go into the file."""
        found: Counter[int] = Counter()
        listed = ", ".join(f"{number:d}" for number in job.inputs) or "NULL"
        query = f"SELECT tag, sum(rows) FROM segments WHERE file IN ({listed}) GROUP BY tag"  # noqa: S608 - our numbers
        for tag, count in self._database.rows(query):
            found[tag] += int(count)
        for table in ("samples", "wide") if job.with_hot else ():
            query = f"SELECT tag, count(*) FROM {table} WHERE t_ns >= ? AND t_ns < ? GROUP BY tag"  # noqa: S608 - our names
            for tag, count in self._database.rows(query, job.from_ns, job.until_ns):
                found[tag] += int(count)
        return found

    def _chunk(self, job: _Job, tags: Sequence[int]) -> Any:  # noqa: ANN401 - Arrow's own
        """Rows of some tags, in the order of these and of time."""
        inputs = set(job.inputs)
        places: list[Place] = []
        if inputs:
            listed = self._rows.places(tags, job.from_ns, job.until_ns)
            places = [place for place in listed if place.file in inputs]
        hot = self._rows.hot(tags if job.with_hot else [], job.from_ns, job.until_ns)
        found = self._rows.merged(places, hot, job.from_ns, job.until_ns)
        return concat([found[tag] for tag in tags if tag in found]).combine_chunks()

    def _names(self, query: str) -> Mapping[int, str]:
        return dict(self._database.rows(query))

    def _sources(self) -> Mapping[int, tuple[str, int]]:
        found = self._database.rows("SELECT source, name, epoch FROM sources")
        return {source: (name, epoch) for source, name, epoch in found}

    def _next_number(self) -> int:
        found = self._database.rows("SELECT count FROM tally WHERE name = 'files'")
        return int(found[0][0]) + 1 if found else 1


def _hour_job(from_ns: int, until_ns: int, count: int, listed: Sequence[tuple[Any, ...]]) -> _Job:
    """What becomes of the hot rows of an hour, with what is already written of it."""
    if not listed:
        return _Job(kind="hour", from_ns=from_ns, until_ns=until_ns)
    has_day = any(row[1] == "day" for row in listed)
    rows = sum(row[4] for row in listed)
    is_small = count <= LATE_SHARE * rows and len(listed) <= DELTAS_MAX
    if has_day or is_small:
        return _Job(kind="late", from_ns=from_ns, until_ns=until_ns)
    inputs = tuple(row[0] for row in listed)
    return _Job(kind="hour", from_ns=from_ns, until_ns=until_ns, inputs=inputs)


def _segment_row(file: int, each: Segment) -> tuple[object, ...]:
    return (
        file,
        each.tag,
        each.group,
        each.first,
        each.rows,
        each.from_ns,
        each.until_ns,
        each.scale,
        each.has,
    )


def _day_name(from_ns: int) -> str:
    return str(np.datetime64(from_ns // _S_NS, "s").astype("datetime64[D]"))


def _span_name(job: _Job) -> str:
    if job.kind == "day":
        return "day"
    hour = f"{job.from_ns // HOUR_NS % 24:02d}"
    return f"{hour}-late" if job.kind == "late" else hour


def _below(root: Path) -> Iterator[Path]:
    if root.is_dir():
        yield from (path for path in root.rglob("*") if path.is_file())
