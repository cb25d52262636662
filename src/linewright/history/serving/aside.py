"""Damaged Parquet files: put aside and accounted for, and put back once they are whole again.

A file that is missing, or whose bytes are not those that were written, leaves the list of files,
so that reads go on without it. It is moved to ``damaged``, never removed, with a note beside it
that holds its lines of the list; a gap accounts for its rows. At the next start a file that is
whole again, where it was or in ``damaged``, is put back, and its gap is filled.

Killed at any moment it is found damaged again, or put back already; no row is lost or doubled.

>>> import tempfile
>>> with Database.open(Path(tempfile.mkdtemp())) as database:
...     Aside(database).check(), Aside(database).told()
([], [])
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from linewright.history.keeping.files import (
    DRAFT,
    FileDamaged,
    damage_of,
    footer_fault,
    sync_folder,
)
from linewright.history.keeping.listing import note_change
from linewright.history.numbering import FILE_SOURCE, SOURCE
from linewright.history.store import Database, sync_file
from linewright.plant import Address
from linewright.plant.records import Gap, GapReason, How, decode, encode, revise

__all__ = ["FOLDER", "GAP_TAGS_MAX", "POINTS", "Account", "Aside"]

FOLDER = "damaged"
"""Where damaged files go, below the folder of the history."""

NOTE = ".json"
"""End of the name of the note beside a file."""

FEW_FILES = 2
"""Where more files than a lone one with its companion are missing all at once, it is their disk."""

GAP_TAGS_MAX = 5_000
"""Most tags of one gap: a record of 700 KB, below the largest message; then there are more."""

POINTS = ("noted", "moved", "changed")
"""Where `Aside.at` is called, in this order: the moments at which an end is tested."""

TAG_CHARS_MAX = 128
"""Longest tag that a gap can list; a gap that lists none concerns every tag."""

_File = tuple[int, str, str, int, int, int, int, str]
_Companion = tuple[int, int, str, int, int, str]
_Segment = tuple[int, int, int, int, int, int, int, float, int]

log = logging.getLogger(__name__)


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What a gap record names beside the file itself.

    Examples
    --------
    >>> Account(site="nogales", plant_rev="r1", now_ns=5).site
    'nogales'
    """

    site: str
    plant_rev: str
    now_ns: int
    """Time in the plant."""


class _Note(msgspec.Struct, frozen=True, kw_only=True):
    """Lines that were taken out of the list: a file with its companions, or these alone."""

    why: str
    files: list[_File] = []
    companions: list[_Companion] = []
    segments: list[_Segment] = []

    def paths(self) -> dict[str, tuple[int, str]]:
        """Every file of it with its size and hash."""
        found = {path: (size, digest) for _, path, _, _, _, _, size, digest in self.files}
        return found | {path: (size, digest) for _, _, path, _, size, digest in self.companions}


def _nothing(_: str) -> None:
    return


class Aside:
    """Puts files aside and back, on a connection of its own; used by the thread that compacts."""

    def __init__(self, database: Database, at: Callable[[str], None] = _nothing) -> None:
        self._database = database
        self._at = at
        self._folder = database.folder
        self._damaged = database.folder / FOLDER

    def close(self) -> None:
        """Close its connection."""
        self._database.close()

    def check(self) -> list[FileDamaged]:
        """Listed files that are missing, of another size, or without a footer that can be read."""
        found = []
        for path, (size, _) in self._listed().items():
            fault = damage_of(self._folder, path, size) or footer_fault(self._folder, path)
            if fault is not None:
                found.append(fault)
        return found

    def told(self) -> list[str]:
        """What lies aside, a line each."""
        return [_told(note) for _, note in self._notes()]

    def paths(self) -> set[str]:
        """Files that a note knows, by where they were: nobody may remove them there."""
        return {path for _, note in self._notes() for path in note.paths()}

    def keep(self, paths: Iterable[str]) -> None:
        """Move files that no list names here, too: they may be all that is left of their rows."""
        for path in paths:
            log.error("%s: no list names it; put aside in %s", path, FOLDER)
            self._move(path)

    def set_aside(self, suspects: Iterable[str], account: Account) -> list[str]:
        """Take files that are damaged from the list, with a gap for their rows.

        Parameters
        ----------
        suspects
            Paths that could not be read. Each is compared with its hash: one whose bytes are
            those that were written stays where it is.
        account
            For the gaps, which are put in the outbox.

        Returns
        -------
        list of str
            What was put aside, a line each.

        Raises
        ------
        OSError
            The disk is full, or a file may not be read: it stays in the list.
        """
        listed = self._listed()
        is_there = any((self._folder / path).is_file() for path in listed)
        if len(listed) > FEW_FILES and not is_there:
            what = f"none of {len(listed)} files is there: see whether their disk is mounted"
            raise FileNotFoundError(what)
        found = []
        for path in sorted(set(suspects)):
            if path in self._listed():  # a companion goes with its file
                fault = damage_of(self._folder, path, *listed[path])
                if fault is not None:
                    found.append(self._set_aside(path, fault.what, account))
        return found

    def put_back(self, now_ns: int) -> list[str]:
        """Put every file back that is whole again, and say of its gap that it is filled.

        Parameters
        ----------
        now_ns
            Time in the plant.

        Returns
        -------
        list of str
            Their paths.
        """
        found: list[str] = []
        for path, note in self._notes():
            found += self._put_back(path, note, now_ns)
        return found

    def _set_aside(self, path: str, why: str, account: Account) -> str:
        note = self._noted(path, why)
        self._write(self._damaged / (_flat(path) + NOTE), note)
        self._at("noted")
        for each in note.paths():
            self._move(each)
        self._at("moved")
        with self._database.transaction():
            for number, *_ in note.files:
                for table, column in (("files", "id"), ("segments", "file")):
                    self._database.rows(f"DELETE FROM {table} WHERE {column} = ?", number)  # noqa: S608 - our names
                self._put_out(self._gaps(note, account), account.now_ns, is_filled=False)
            for each in {row[2] for row in note.companions}:
                self._database.rows("DELETE FROM companions WHERE path = ?", each)
            note_change(self._database)
            self._at("changed")
        return _told(note)

    def _noted(self, path: str, why: str) -> _Note:
        """Lines of the list that go out with a file."""
        rows = self._database.rows
        files = rows("SELECT * FROM files WHERE path = ?", path)
        if not files:
            companions = rows("SELECT * FROM companions WHERE path = ?", path)
            return msgspec.convert({"why": why, "companions": companions}, _Note)
        companions = rows("SELECT * FROM companions WHERE file = ?", files[0][0])
        segments = rows("SELECT * FROM segments WHERE file = ?", files[0][0])
        lists = {"files": files, "companions": companions, "segments": segments}
        return msgspec.convert({"why": why} | lists, _Note)

    def _put_back(self, place: Path, note: _Note, now_ns: int) -> list[str]:
        """Files of a note that are whole; what is not stays noted."""
        listed = dict(self._database.rows("SELECT id, path FROM files"))
        files = [row for row in note.files if listed.get(row[0]) != row[1]]
        if any(row[0] in listed or not self._is_home(row[1], row[6], row[7]) for row in files):
            return []
        known = {path for (path,) in self._database.rows("SELECT path FROM companions")}
        owners = {*listed, *(row[0] for row in files)}
        missing = [row for row in note.companions if row[2] not in known]
        home = {
            row[2]: row[0] in owners and self._is_home(row[2], row[4], row[5]) for row in missing
        }
        companions = [row for row in missing if home[row[2]]]
        with self._database.transaction():
            self._database.insert("files", files)
            self._database.insert("companions", companions)
            self._database.insert("segments", note.segments if files else [])
            if files or companions:
                note_change(self._database)
            for row in files:
                self._put_out(self._gaps_of(row[0]), now_ns, is_filled=True)
        left = [row for row in missing if not home[row[2]]]
        if left:
            self._write(place, _Note(why=note.why, companions=left))
        else:
            place.unlink()
        return [*(row[1] for row in files), *sorted({row[2] for row in companions})]

    def _is_home(self, path: str, size: int, digest: str) -> bool:
        """Whether a file is whole where the list wants it; brings it there where it is whole."""
        if damage_of(self._folder, path, size, digest) is None:
            return True
        kept = self._damaged / _flat(path)
        if damage_of(self._damaged, kept.name, size, digest) is not None:
            return False
        if (self._folder / path).exists():
            self._move(path)
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        kept.replace(target)
        sync_folder(target.parent)
        return True

    def _gaps(self, note: _Note, account: Account) -> Iterator[Gap]:
        """Gaps that account for the rows of a file."""
        names = dict(self._database.rows("SELECT id, address FROM tags"))
        by_tag: dict[str, list[_Segment]] = {}
        for row in note.segments:
            by_tag.setdefault(names[row[1]], []).append(row)
        tags = sorted(by_tag)
        for number, first in enumerate(range(0, len(tags), GAP_TAGS_MAX)):
            some = tags[first : first + GAP_TAGS_MAX]
            mine = [row for tag in some for row in by_tag[tag]]
            is_short = all(len(tag) <= TAG_CHARS_MAX for tag in some)
            yield Gap(
                address=Address(account.site),
                t_ns=min(row[5] for row in mine),
                seen_ns=account.now_ns,
                plant_rev=account.plant_rev,
                how=How.INFERRED,
                source=SOURCE,
                of_source=FILE_SOURCE.format(note.files[0][0]),
                epoch=number,
                until_ns=max(row[6] for row in mine),
                reason=GapReason.STORE,
                count=sum(row[4] for row in mine),
                tags=tuple(some) if is_short else (),
            )

    def _gaps_of(self, file: int) -> list[Gap]:
        """Every revision of the gaps of a file."""
        found = self._database.rows(
            "SELECT json FROM (SELECT json FROM records WHERE class = 'gap'"
            " UNION ALL SELECT json FROM outbox)"
            " WHERE json_extract_string(json, '$.of_source') = ?",
            FILE_SOURCE.format(file),
        )
        return [decode(text.encode(), Gap) for (text,) in found]

    def _put_out(self, gaps: Iterable[Gap], now_ns: int, *, is_filled: bool) -> None:
        """Put gaps in the outbox, or the revisions that say the same of those that were told."""
        latest = {gap.id: gap for gap in sorted(gaps, key=lambda gap: gap.rev)}
        for key, gap in latest.items():
            told = self._revisions(key)
            newest = max(told, key=lambda each: each.rev, default=None)
            if newest is None:
                made = gap
            elif newest.filled == is_filled:
                continue
            else:
                made = revise(newest, seen_ns=now_ns, how=How.INFERRED, filled=is_filled)
            self._database.insert("outbox", [(made.id, made.rev, encode(made).decode())])

    def _revisions(self, key: str) -> list[Gap]:
        found = self._database.rows(
            "SELECT json FROM records WHERE class = 'gap' AND id = ?"
            " UNION ALL SELECT json FROM outbox WHERE id = ?",
            key,
            key,
        )
        return [decode(text.encode(), Gap) for (text,) in found]

    def _listed(self) -> dict[str, tuple[int, str]]:
        """Size and hash of every listed file."""
        found = self._database.rows(
            "SELECT path, size, sha256 FROM files"
            " UNION ALL SELECT DISTINCT path, size, sha256 FROM companions ORDER BY path"
        )
        return {path: (size, digest) for path, size, digest in found}

    def _notes(self) -> list[tuple[Path, _Note]]:
        found = []
        for path in sorted(self._damaged.glob(f"*{NOTE}")):
            try:
                found.append((path, msgspec.json.decode(path.read_bytes(), type=_Note)))
            except (OSError, msgspec.MsgspecError) as error:
                log.warning("%s: not a note of ours (%s)", path, error)
        return found

    def _move(self, path: str) -> None:
        """Move a file here; where that cannot be done it stays where it is, noted."""
        found = self._folder / path
        if not found.is_file():
            return
        target = self._damaged / _flat(path)
        if target.exists():  # of an earlier time: that one stays, too
            target = target.with_name(f"{target.name}.{found.stat().st_mtime_ns}")
        try:
            self._damaged.mkdir(exist_ok=True)
            found.replace(target)
            sync_folder(self._damaged)
            sync_folder(found.parent)
        except OSError as error:
            log.warning("%s stays where it is: %s", path, error)

    def _write(self, path: Path, note: _Note) -> None:
        path.parent.mkdir(exist_ok=True)
        draft = path.with_name(path.name + DRAFT)
        draft.write_bytes(msgspec.json.encode(note))
        sync_file(draft)
        draft.replace(path)
        sync_folder(path.parent)


def _flat(path: str) -> str:
    """Name of a file among the damaged ones.

    Examples
    --------
    >>> _flat("parquet/2024-06-03/05-000012.parquet")
    '2024-06-03_05-000012.parquet'
    """
    return "_".join(Path(path).parts[1:])


def _told(note: _Note) -> str:
    """Say what lies aside, and why."""
    if not note.files:
        path = next(iter(note.paths()))
        return f"{path}: {note.why}; put aside in {FOLDER}: when its rows arrived is not known"
    _, path, _, _, _, rows, _, _ = note.files[0]
    return f"{path}: {note.why}; put aside in {FOLDER} with {rows} rows, for which there is a gap"
