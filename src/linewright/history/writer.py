"""The one writer: what came goes into the file once, with its numbers, in one transaction.

>>> import tempfile
>>> with Writer.open(Path(tempfile.mkdtemp())) as writer:
...     writer.append(Intake(positions={"samples": 3}), plant_rev="r1").rows
...     writer.position("samples")
0
3
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import msgspec

from linewright.history.intake import FrameIn, Intake, Jump, RecordIn
from linewright.history.keeping.hot import (
    Fresh,
    event_times,
    fold_last,
    hot_tables,
    is_worth_folding,
)
from linewright.history.keeping.progress import (
    NUMBERING,
    POSITION,
    TALLY,
    fold_progress,
    progress,
)
from linewright.history.numbering import Numbering, Times, judge, stream_gap
from linewright.history.store import Database, DuckError
from linewright.plant import Address
from linewright.plant.records import Audit, Gap, Record, class_of, decode, encode, link
from linewright.plant.samples import Frame

__all__ = ["Appended", "Writer"]

_NONE: frozenset[int] = frozenset()
_STATE = msgspec.json.Encoder(enc_hook=str)
_STATE_BACK = msgspec.json.Decoder(Numbering, dec_hook=lambda kind, text: kind(text))


PROGRESS_ROWS_MAX = 2000
"""Rows of the table of progress before it is folded: some 2 ms every few hundred appends."""


class Appended(msgspec.Struct, frozen=True, kw_only=True):
    """What one append did.

    Examples
    --------
    >>> Appended(rows=3).repeated_frames
    0
    """

    frames: int = 0
    rows: int = 0
    repeated_frames: int = 0
    records: int = 0
    repeated_records: int = 0
    refused: int = 0
    gaps: tuple[Gap, ...] = ()
    """Gaps found by the numbers; they are to be published and stay in the outbox until they come
    back on the stream."""
    lines: tuple[bytes, ...] = ()
    """New links of the audit chain, as canonical JSON."""


class _Draft:
    """State of the writer as it will be after the transaction; dropped where that fails."""

    def __init__(self, writer: "Writer") -> None:
        self.numberings: dict[tuple[str, str, int], Numbering] = {}
        self.source_ids = dict(writer.source_ids)
        self.tag_ids: dict[str, int] = {}
        self.gaps: list[Gap] = []
        self.frames: list[Fresh] = []
        self.batch = writer.batch
        self.feeds: dict[str, set[int]] = {}
        self.dictionaries: dict[str, tuple[Any, list[int]]] = {}
        self.repeated = 0


class Writer:
    """Open history that may be written; one process has it, and one thread at a time uses it.

    Examples
    --------
    >>> import tempfile
    >>> writer = Writer.open(Path(tempfile.mkdtemp()))
    >>> writer.last_link is None
    True
    >>> writer.close()
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.source_ids: dict[tuple[str, str, int], int] = {}
        self.last_link: Audit | None = None
        self._numberings: dict[tuple[str, str, int], Numbering] = {}
        self._tag_ids: dict[str, int] = {}
        self._positions: dict[str, int] = {}
        self._outbox: dict[tuple[str, int], Gap] = {}
        self._tally: dict[str, int] = {}
        self._feeds: dict[str, set[int]] = {}
        self._dictionaries: dict[str, tuple[Any, list[int]]] = {}
        self._last_rows = 0
        self._progress_rows = 0
        self.batch = 0
        """Number of the next batch."""
        self._load()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the history of a folder for writing, or make it.

        Parameters
        ----------
        folder
            Where its file lies.

        Raises
        ------
        HistoryUnusable
            Another process has it open, or it is damaged.
        """
        database = Database.open(folder)
        try:
            return cls(database)
        except BaseException:
            database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def position(self, stream: str) -> int:
        """Sequence of the last message of a stream that is in the file; 0 before the first."""
        return self._positions.get(stream, 0)

    def outbox(self) -> tuple[Gap, ...]:
        """Gap records that are in the file and have not come back on the stream yet."""
        return tuple(self._outbox.values())

    def read_outbox(self) -> None:
        """Learn of gaps that were put in the outbox on another connection, before they are told."""
        texts = self.database.rows("SELECT json FROM outbox")
        gaps = [decode(text.encode(), Gap) for (text,) in texts]
        self._outbox = {(gap.id, gap.rev): gap for gap in gaps}

    def append(self, intake: Intake, *, plant_rev: str) -> Appended:
        """Put everything into the file in one transaction, or nothing of it.

        Parameters
        ----------
        intake
            Frames, records and unreadable messages in stream order, with the positions.
        plant_rev
            Revision of the plant file that a new gap names.

        Returns
        -------
        Appended
            What was new and what was dropped as a repeat.

        Raises
        ------
        Exception
            DuckDB's own, when the disk is full or fails; the file then holds what it held before.

        Notes
        -----
        Linear in the rows, plus some 10 ms for the commit.
        """
        draft = self._judged(intake.frames, plant_rev)
        draft.gaps += self._dropped(intake, plant_rev)
        try:
            with self.database.transaction():
                appended = self._put(intake, draft)
        except BaseException:
            with suppress(DuckError):  # a file that failed is to be opened anew
                self._load()
            raise
        self._numberings |= draft.numberings
        self._tag_ids |= draft.tag_ids
        self.source_ids = draft.source_ids
        self.batch = draft.batch
        self._dictionaries |= draft.dictionaries
        for source, tags in draft.feeds.items():
            self._feeds.setdefault(source, set()).update(tags)
        return appended

    def store(self, frames: Iterable[Frame], *, plant_rev: str) -> Appended:
        """Put frames into the file that came on no stream; each arrived when its last row did.

        Parameters
        ----------
        frames
            In the order of their numbers.
        plant_rev
            As for `append`.

        Returns
        -------
        Appended
            As of `append`.
        """
        came = tuple(FrameIn(each, event_times(each)[1] or 0) for each in frames)
        return self.append(Intake(frames=came), plant_rev=plant_rev)

    def rewind(self, stream: str) -> None:
        """Begin a stream anew: it was lost and made again, so its sequences mean nothing now."""
        with self.database.transaction():
            self.database.insert("progress", [(f"{POSITION}{stream}", "0")])
        self._positions[stream] = 0

    def _judged(self, frames: Iterable[FrameIn], plant_rev: str) -> _Draft:
        """Frames that are new, the gaps they show, and the numberings after them."""
        draft = _Draft(self)
        for each in frames:
            header = each.frame.header
            key = (header.site, header.source, header.epoch)
            times = Times(*event_times(each.frame), each.stored_ns)
            before = draft.numberings.get(key) or self._numbering(key, draft)
            judged = judge(before, header.n, times, plant_rev=plant_rev)
            draft.gaps += judged.gaps
            if not judged.is_new:
                draft.repeated += 1
                continue
            draft.numberings[key] = judged.numbering
            source_id = draft.source_ids.setdefault(key, len(draft.source_ids))
            tags = self._ids_of(each.frame, draft)
            fresh = Fresh(frame=each.frame, source=source_id, batch=draft.batch, tags=tags)
            draft.frames.append(fresh)
            draft.batch += 1
        return draft

    def _dropped(self, intake: Intake, plant_rev: str) -> list[Gap]:
        """Gaps of the site: messages that a stream dropped before they were read."""
        jumps = list(intake.jumps)
        for stream, begin in intake.begins.items():
            if begin > self.position(stream) + 1:
                first = self.position(stream) + 1
                jumps.append(Jump(stream=stream, first=first, last=begin - 1, stored_ns=0))
        site = intake.site or next((key[0] for key in self._numberings), "")
        if not jumps or not site:
            return []
        known = [each.t_ns for each in self._numberings.values() if each.t_ns is not None]
        came = [event_times(each.frame)[0] for each in intake.frames]
        came += [each.record.t_ns for each in intake.records]
        after_ns = min((time for time in came if time is not None), default=None)
        seen_ns = max((each.stored_ns for each in intake.frames), default=after_ns or 0)
        times = Times(max(known, default=None), after_ns, seen_ns)
        return [
            stream_gap(
                Address(site),
                (jump.stream, jump.first, jump.last),
                times,
                plant_rev=plant_rev,
            )
            for jump in jumps
        ]

    def _ids_of(self, frame: Frame, draft: _Draft) -> list[int]:
        """Numbers of the tags of a frame; a source mostly names the same ones in every frame."""
        source = frame.header.source
        names = frame.batch.column("tag").dictionary
        known = draft.dictionaries.get(source) or self._dictionaries.get(source)
        if known is not None and known[0].equals(names):
            return known[1]
        ids = self._note_tags(names.to_pylist(), source, draft)
        draft.dictionaries[source] = (names, ids)
        return ids

    def _note_tags(self, tags: Sequence[str], source: str, draft: _Draft) -> list[int]:
        """Numbers of tags, new ones included; keeps which source they come from."""
        ids: list[int] = []
        for tag in tags:
            number = self._tag_ids.get(tag)
            if number is None:
                number = draft.tag_ids.setdefault(tag, len(self._tag_ids) + len(draft.tag_ids))
            ids.append(number)
        if not self._feeds.get(source, _NONE).issuperset(ids):
            new = set(ids) - self._feeds.get(source, _NONE)
            draft.feeds.setdefault(source, set()).update(new)
        return ids

    def _numbering(self, key: tuple[str, str, int], draft: _Draft) -> Numbering:
        """State of an epoch; a new one begins in time where the source's others have ended."""
        if key in self._numberings:
            return self._numberings[key]
        known = [*self._numberings.items(), *draft.numberings.items()]
        times = [each.t_ns for other, each in known if other[:2] == key[:2]]
        t_ns = max((time for time in times if time is not None), default=None)
        return Numbering(site=key[0], source=key[1], epoch=key[2], t_ns=t_ns)

    def _put(self, intake: Intake, draft: _Draft) -> Appended:
        """Write everything; the transaction is open."""
        database = self.database
        database.insert("tags", [(number, tag) for tag, number in draft.tag_ids.items()])
        rows = self._put_rows(draft)
        new = [
            (number, key[1], key[2])
            for key, number in draft.source_ids.items()
            if key not in self.source_ids
        ]
        database.insert("sources", new)
        kept = self._put_records(intake.records)
        lines = self._put_audit([each for each in kept if isinstance(each, Audit)])
        self._put_outbox(draft.gaps, kept)
        refused = [
            (r.arrival.stream, r.arrival.seq, r.arrival.subject, r.what, r.arrival.data)
            for r in intake.refused
        ]
        database.insert("refused", refused)
        appended = Appended(
            frames=len(draft.frames),
            rows=rows,
            repeated_frames=draft.repeated,
            records=len(kept),
            repeated_records=len(intake.records) - len(kept),
            refused=len(refused),
            gaps=tuple(draft.gaps),
            lines=lines,
        )
        self._put_progress(intake, appended, draft)
        return appended

    def _put_rows(self, draft: _Draft) -> int:
        """Write samples, and the last value of each of their tags; how many there were."""
        database = self.database
        made = hot_tables(draft.frames)
        database.insert_rows("samples", made.samples)
        database.insert_rows("wide", made.wide)
        database.insert("arrivals", made.arrivals)
        database.insert_rows("last", made.last)
        feeds = [(tag, source) for source, tags in draft.feeds.items() for tag in sorted(tags)]
        database.insert("feeds", feeds)
        self._last_rows += made.last.num_rows
        if is_worth_folding(self._last_rows, len(self._tag_ids) + len(draft.tag_ids)):
            self._last_rows = fold_last(database)
        return made.rows

    def _put_records(self, arrived: Sequence[RecordIn]) -> list[Record]:
        """Write the records that are new, and give these in stream order."""
        first: dict[tuple[str, str, int], RecordIn] = {}
        for each in arrived:
            first.setdefault(_key(each.record), each)
        new = self.database.insert_new(
            (*key, str(r.record.address), r.record.t_ns, r.record.seen_ns, r.seq, r.text)
            for key, r in first.items()
        )
        return [each.record for key, each in first.items() if key in new]

    def _put_audit(self, audits: Sequence[Audit]) -> tuple[bytes, ...]:
        """Chain the first revisions: each id is one link, whatever is said of it later."""
        rows: list[tuple[object, ...]] = []
        lines: list[bytes] = []
        for audit in audits:
            if audit.rev == 0:
                self.last_link = link(audit, self.last_link)
                lines.append(encode(self.last_link))
                rows.append((self.last_link.n, audit.id, lines[-1].decode()))
        self.database.insert("audit", rows)
        return tuple(lines)

    def _put_outbox(self, found: Sequence[Gap], kept: Sequence[Record]) -> None:
        """Keep new gaps until they come back as records; forget those that did."""
        new = {(gap.id, gap.rev): gap for gap in found}
        self.database.insert("outbox", [(*key, encode(gap).decode()) for key, gap in new.items()])
        self._outbox |= new
        for record in kept:
            if self._outbox.pop((record.id, record.rev), None) is not None:
                self.database.rows(
                    "DELETE FROM outbox WHERE id = ? AND rev = ?", record.id, record.rev
                )

    def _put_progress(self, intake: Intake, appended: Appended, draft: _Draft) -> None:
        """Write how far sources and streams have come, and the counts of all appends."""
        counted = {
            "frames": appended.frames,
            "repeated_frames": appended.repeated_frames,
            "repeated_records": appended.repeated_records,
            "batches": len(draft.frames),
        }
        changed = {
            name: self._tally.get(name, 0) + count for name, count in counted.items() if count
        }
        rows = [
            (f"{NUMBERING}{draft.source_ids[key]}", _STATE.encode(each).decode())
            for key, each in draft.numberings.items()
        ]
        rows += [(f"{POSITION}{name}", str(seq)) for name, seq in intake.positions.items()]
        rows += [(f"{TALLY}{name}", str(count)) for name, count in changed.items()]
        self.database.insert("progress", rows)
        self._progress_rows += len(rows)
        if self._progress_rows > PROGRESS_ROWS_MAX:
            self._progress_rows = fold_progress(self.database)
        self._positions |= intake.positions
        self._tally |= changed

    def _load(self) -> None:
        """Read the state of the writer from the file: at the start, and after a failed append."""
        rows = self.database.rows
        self._tag_ids = {address: number for number, address in rows("SELECT * FROM tags")}
        self._numberings = {}
        self.source_ids = {}
        self._positions, self._tally = {}, {}
        found = progress(self.database)
        self._progress_rows = rows("SELECT count(*) FROM progress")[0][0]
        for name, state in found.items():
            kind, _, which = name.partition(".")
            if f"{kind}." == NUMBERING:
                numbering = _STATE_BACK.decode(state)
                key = (numbering.site, numbering.source, numbering.epoch)
                self._numberings[key] = numbering
                self.source_ids[key] = int(which)
            elif f"{kind}." == POSITION:
                self._positions[which] = int(state)
            elif f"{kind}." == TALLY:
                self._tally[which] = int(state)
        self.read_outbox()
        self._dictionaries = {}
        self._feeds = {}
        for tag, source in rows("SELECT tag, source FROM feeds"):
            self._feeds.setdefault(source, set()).add(tag)
        self._last_rows = rows("SELECT count(*) FROM last")[0][0]
        self.batch = self._tally.get("batches", 0)
        last = rows("SELECT line FROM audit ORDER BY n DESC LIMIT 1")
        self.last_link = decode(last[0][0].encode(), Audit) if last else None


def _key(record: Record) -> tuple[str, str, int]:
    return class_of(record), record.id, record.rev
