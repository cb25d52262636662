"""The open file of the service with a connection for each of its threads, and its exports.

>>> import tempfile
>>> store = Store.open(Path(tempfile.mkdtemp()), run_ns=1)
>>> store.position("samples")
0
>>> store.close_publishing(), store.close_working(), store.close_reading(), store.close()
(None, None, None, None)
"""

import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Self

import msgspec
from msgspec import Meta

from linewright.history.asking import answer
from linewright.history.audit_file import AuditFile
from linewright.history.intake import Arrival, take_in
from linewright.history.keeping.compaction import Compacted, Compactor, Rule
from linewright.history.keeping.files import FileDamaged
from linewright.history.keeping.publishing import Publisher
from linewright.history.reader import History
from linewright.history.serving.aside import Account, Aside
from linewright.history.serving.exporting import Wanted, export
from linewright.history.store import DuckError, HistoryUnusable
from linewright.history.writer import Appended, Writer

__all__ = ["ExportRefused", "Exports", "Settings", "Store"]

log = logging.getLogger(__name__)

SETTINGS = "history.json"

EXPORTS_MAX = 100
"""Exports whose outcome is remembered; the oldest is forgotten then."""

EXPORTS_WAITING_MAX = 4
"""Exports that may wait or run at a time: each keeps compaction waiting."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a site wants of its history: ``history.json`` in its folder.

    Examples
    --------
    >>> Settings(raw_days=400).rule().raw_days
    400
    """

    raw_days: Annotated[int, Meta(ge=1)] | None = None
    late_s: Annotated[float, Meta(ge=0)] = Rule().late_s

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the settings of a folder; what is not there is as it is without.

        Parameters
        ----------
        folder
            Folder of the history.

        Raises
        ------
        HistoryUnusable
            The file says something that there is not.

        Examples
        --------
        >>> import tempfile
        >>> Settings.read(Path(tempfile.mkdtemp())).raw_days is None
        True
        """
        path = folder / SETTINGS
        try:
            return msgspec.json.decode(path.read_bytes(), type=cls)
        except FileNotFoundError:
            return cls()
        except msgspec.DecodeError as error:
            what = f"{SETTINGS} cannot be read ({error})"
            raise HistoryUnusable(folder, what, "mend it, or take it away") from error

    def rule(self) -> Rule:
        """Rule of compaction; one file in a call, so that exports get their turn.

        Examples
        --------
        >>> Settings().rule().spans_max
        1
        """
        return Rule(raw_days=self.raw_days, late_s=self.late_s, spans_max=1)


class Store:
    """Connections to one file: to append, to answer, to compact and export, to publish."""

    def __init__(self, writer: Writer, *, run_ns: int) -> None:
        reader = writer.database.reader
        self.writer = writer
        self.history = History(reader())
        self.exporting = History(reader())
        self._compactor = Compactor(reader())
        self._publisher = Publisher(reader(), run_ns=run_ns)
        self._audit = AuditFile.open(writer.database.folder, self.history.audit())
        self._aside = Aside(reader())
        self._aside.keep(self._compactor.remove_orphans(self._aside.paths()))
        faults = tuple(str(each) for each in self.history.damage())
        self.damage = (*faults, *self._aside.told())
        """Files that are missing or of another size, and those that were put aside before."""

    @classmethod
    def open(cls, folder: Path, *, run_ns: int) -> Self:
        """Open everything, and bring to order what a killed process left.

        Parameters
        ----------
        folder
            Folder of the history.
        run_ns
            Names the files of this run.

        Raises
        ------
        HistoryUnusable
            Another process has it open, or it is damaged.
        """
        writer = Writer.open(folder)
        try:
            return cls(writer, run_ns=run_ns)
        except BaseException:
            writer.close()
            raise

    def position(self, stream: str) -> int:
        """Sequence of the last message of a stream that is in the file."""
        return self.writer.position(stream)

    def use_names(self, renamed: Mapping[str, Sequence[str]]) -> None:
        """Find rows of renamed tags under their former addresses, too."""
        self.history.renamed = renamed
        self.exporting.renamed = renamed

    def keep(self, batch: Sequence[Arrival], *, plant_rev: str) -> Appended:
        """Append messages, and the new links to the file of the chain."""
        appended = self.writer.append(take_in(batch), plant_rev=plant_rev)
        self._audit.append(appended.lines)
        return appended

    def compact(self, now_ns: int, rule: Rule, wall_ns: int) -> Compacted:
        """Write the next file that is due."""
        return self._compactor.compact(now_ns=now_ns, rule=rule, wall_ns=wall_ns)

    def check(self) -> set[str]:
        """Find files whose size or footer says that they are damaged; some ms each."""
        return {each.path.as_posix() for each in self._aside.check()}

    def answered(self, question: str, request: bytes) -> tuple[bytes, set[str]]:
        """Answer a question; also gives the files that could not be read for it."""
        reply = answer(question, request, self.history)
        return reply, self.history.suspects()

    def put_back(self, now_ns: int) -> list[str]:
        """Put files back that lay aside and are whole again; gives their paths."""
        found = self._aside.put_back(now_ns)
        self.damage = tuple(self._aside.told())
        return found

    def set_aside(self, suspects: Collection[str], account: Account) -> list[str]:
        """Put damaged files aside with their gaps; gives what is to be told."""
        found = self._aside.set_aside(suspects, account)
        self.damage = tuple(self._aside.told())
        return found

    def publish(self, now_ns: int) -> None:
        """Bring the listing for other processes to this moment."""
        self._publisher.refresh(now_ns=now_ns)

    def end_compaction(self) -> None:
        """End what is being compacted, from another thread."""
        self._compactor.end()

    def close_publishing(self) -> None:
        """Close what its thread uses."""
        self._publisher.close()

    def close_working(self) -> None:
        """Close what its thread uses."""
        self.exporting.close()
        self._aside.close()
        self._compactor.close()

    def close_reading(self) -> None:
        """Close what its thread uses."""
        self.history.close()

    def close(self) -> None:
        """Close the file itself, after all others."""
        self._audit.close()
        self.writer.close()


class ExportRefused(ValueError):
    """An export that is not begun.

    Parameters
    ----------
    what
        Why, and what to do.

    Examples
    --------
    >>> str(ExportRefused("too many"))
    'too many'
    """


class _Export(Wanted, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1, max_length=200)]


class _Which(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: int


class _Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Where an export stands."""

    id: int
    path: str
    state: str = "waiting"
    done: int = 0
    """Tags that are written."""
    of: int = 0
    rows: int = 0
    why: str = ""


class Exports:
    """Exports of a running service: begun by a request, done in a thread, asked for by number."""

    def __init__(self, folder: Path) -> None:
        self._root = folder / "exports"
        self._lock = threading.Lock()
        self._known: dict[int, _Progress] = {}
        self._next = 1
        self._is_cancelled = False

    def begin(self, request: bytes) -> tuple[int, Callable[[History], None]]:
        """Take a request; gives its number and the work to be done in a thread.

        Parameters
        ----------
        request
            JSON: ``name`` of the file below ``exports``, ``form``, ``tags`` or ``class``, window.

        Raises
        ------
        ExportRefused
            The name leads elsewhere, or too many exports wait.
        msgspec.DecodeError
            The request is none.
        """
        wanted = msgspec.json.decode(request, type=_Export)
        name = PurePosixPath(wanted.name)
        leads_out = name.is_absolute() or ".." in name.parts
        if leads_out or not name.parts or name.name.startswith("."):
            raise ExportRefused(f"{wanted.name!r} is no name of a file below exports")
        with self._lock:
            waiting = [one for one in self._known.values() if one.state in {"waiting", "running"}]
            if len(waiting) >= EXPORTS_WAITING_MAX:
                raise ExportRefused(f"{len(waiting)} exports are under way: ask again later")
            number, self._next = self._next, self._next + 1
            self._known[number] = _Progress(id=number, path=f"exports/{name}")
            self._is_cancelled = False
            while len(self._known) > EXPORTS_MAX:
                del self._known[min(self._known)]
        return number, lambda history: self._work(number, history, wanted)

    def answer(self, request: bytes) -> bytes:
        """Where an export stands; all of them where none is named."""
        try:
            which = msgspec.json.decode(request or b"{}", type=_Which | None)
        except msgspec.DecodeError:
            which = None
        with self._lock:
            found = list(self._known.values())
        if which is not None:
            found = [one for one in found if one.id == which.id]
        return msgspec.json.encode({"exports": found})

    def cancel(self) -> None:
        """End what runs or waits."""
        self._is_cancelled = True

    def _work(self, number: int, history: History, wanted: _Export) -> None:
        try:
            self._note(number, state="running")
            self._check()
            rows = export(history, self._root / wanted.name, wanted, self._progress(number))
        except Exception as error:  # whoever asks is told, whatever it is
            if not isinstance(error, (DuckError, OSError, FileDamaged, _Cancelled)):
                log.exception("export %d", number)
            self._note(number, state="failed", why=str(error).partition("\n")[0])
        else:
            self._note(number, state="done", rows=rows)

    def _progress(self, number: int) -> Callable[[int, int], None]:
        def progress(done: int, of: int) -> None:
            self._check()
            self._note(number, done=done, of=of)

        return progress

    def _check(self) -> None:
        if self._is_cancelled:
            raise _Cancelled("the service ended")

    def _note(self, number: int, **changes: Any) -> None:  # noqa: ANN401 - fields of any type
        with self._lock:
            if (one := self._known.get(number)) is not None:
                self._known[number] = msgspec.structs.replace(one, **changes)


class _Cancelled(RuntimeError):
    """The service ends."""
