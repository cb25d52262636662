"""Which queries run, what their askers are told, and when one is forgotten.

A reply is a line of JSON (`Reply`) and behind it a stream of Arrow IPC, empty while the query
still works. Whoever asks goes on with `next` until `more` is false; a query that nobody asks on
for `IDLE_S` is ended.
"""

import secrets
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from linewright.history.querying.engine import Bounds, Layout, QueryRefused
from linewright.history.querying.worker import Worker

__all__ = ["Desk", "Failure", "Reply"]

QUERIES_MAX = 2
"""Queries that are open at once: each may take half a gigabyte and two threads."""

WAIT_S = 0.2
"""Longest wait for a piece: askers are answered one after the other, and ask again."""

IDLE_S = 30.0
"""A query that nobody asks on for so long is ended, and leaves its place to others."""

ID_BYTES = 12
"""Random bytes of an id: nobody can guess another one's query."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is no answer.

    Examples
    --------
    >>> Failure(what="there is no table `x`").line
    0
    """

    what: str
    to_do: str = ""
    line: int = 0
    column: int = 0


class Reply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stands before the rows.

    Examples
    --------
    >>> msgspec.json.encode(Reply(id="q", more=True))
    b'{"id":"q","more":true}'
    """

    id: str = ""
    more: bool = False
    """Whether to ask on."""
    rows: int = 0
    """Rows behind this line."""
    cut: bool = False
    """Whether the query has more rows than it may give."""
    seconds: float = 0.0
    """Time that the query has taken so far."""
    failure: Failure | None = None


class _Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sql: str


class _Id(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str


class _Open:
    """An open query."""

    def __init__(self, worker: Worker, now_s: float) -> None:
        self.worker = worker
        self.asked_s = now_s
        self.used_s = 0.0


class Desk:
    """The open queries; used by one thread at a time.

    Parameters
    ----------
    layout
        Gives the tables of now for a query; raises QueryRefused where there are none.
    spills
        Folder for what does not fit into memory.
    steady_s
        Monotonic clock.
    bounds
        Of each query.
    """

    def __init__(
        self,
        layout: Callable[[str], Layout],
        spills: Path,
        steady_s: Callable[[], float],
        bounds: Bounds | None = None,
    ) -> None:
        self._layout = layout
        self._spills = spills
        self._steady_s = steady_s
        self._bounds = bounds or Bounds()
        self._open: dict[str, _Open] = {}
        self._lock = threading.Lock()

    def answer(self, question: str, request: bytes) -> bytes:
        """Answer one of `sql`, `next` and `cancel`; never raises for what was asked.

        Parameters
        ----------
        question
            Which.
        request
            JSON: `{"sql": ...}`, or `{"id": ...}`.
        """
        answers = {"sql": self._sql, "next": self._next, "cancel": self._cancel}
        with self._lock:
            try:
                return answers[question](request)
            except QueryRefused as error:
                return _failed(error)
            except msgspec.DecodeError as error:
                return _failed(QueryRefused(f"what was asked cannot be read: {error}"))

    def forget_idle(self) -> int:
        """End the queries that nobody asks on for; how many."""
        with self._lock:
            return self._forget_idle()

    def close(self) -> None:
        """End every query."""
        with self._lock:
            for each in list(self._open):
                self._end(each)

    def _sql(self, request: bytes) -> bytes:
        asked = msgspec.json.decode(request, type=_Ask)
        self._forget_idle()
        if len(self._open) >= QUERIES_MAX:
            what = f"{QUERIES_MAX} queries run already"
            raise QueryRefused(what, "try again in some seconds")
        worker = Worker(asked.sql, self._layout(asked.sql), self._bounds, self._spills)
        name = secrets.token_urlsafe(ID_BYTES)
        self._open[name] = _Open(worker, self._steady_s())
        return self._piece(name)

    def _next(self, request: bytes) -> bytes:
        name = msgspec.json.decode(request, type=_Id).id
        if name not in self._open:
            what = f"there is no such query any more; one is kept {IDLE_S:g} s without a reader"
            raise QueryRefused(what, "ask it again")
        return self._piece(name)

    def _cancel(self, request: bytes) -> bytes:
        self._end(msgspec.json.decode(request, type=_Id).id)
        return _reply(Reply())

    def _piece(self, name: str) -> bytes:
        """Answer with the next piece of a query, or with nothing yet."""
        query = self._open[name]
        began_s = self._steady_s()
        try:
            piece = query.worker.piece(WAIT_S)
        except EOFError:
            self._end(name)
            return _reply(Reply(id=name, seconds=query.used_s))
        except BaseException:
            self._end(name)
            raise
        query.asked_s = self._steady_s()
        query.used_s += query.asked_s - began_s
        if piece is None:
            if query.used_s > self._bounds.seconds:
                self._end(name)
                what = f"the query took longer than {self._bounds.seconds:g} s and was ended"
                raise QueryRefused(what, "ask for a shorter time or fewer tags")
            return _reply(Reply(id=name, more=True, seconds=query.used_s))
        if piece.is_cut:
            self._end(name)
        head = Reply(
            id=name,
            more=not piece.is_cut,
            rows=piece.rows,
            cut=piece.is_cut,
            seconds=query.used_s,
        )
        return _reply(head) + piece.data

    def _forget_idle(self) -> int:
        now_s = self._steady_s()
        idle = [name for name, each in self._open.items() if now_s - each.asked_s > IDLE_S]
        for name in idle:
            self._end(name)
        return len(idle)

    def _end(self, name: str) -> None:
        query = self._open.pop(name, None)
        if query is not None:
            query.worker.close()


def _reply(head: Reply) -> bytes:
    return msgspec.json.encode(head) + b"\n"


def _failed(error: QueryRefused) -> bytes:
    failure = Failure(what=error.what, to_do=error.to_do, line=error.line, column=error.column)
    return _reply(Reply(failure=failure))
