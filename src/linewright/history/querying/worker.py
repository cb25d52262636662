"""The process of one query: started for it, bounded by the operating system, killed at its end.

A warm process is kept (`forkserver`), from which each begins in milliseconds with DuckDB loaded.
Nothing a query does can outlive it: memory that DuckDB does not count is refused by the system,
and whatever cannot be interrupted is killed.
"""

import contextlib
import ctypes
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from linewright.history.querying.engine import Bounds, Layout, Piece, QueryRefused, pieces

__all__ = ["Worker", "warm"]

MIB = 1 << 20

CPU_FACTOR = 2
"""Processor seconds of a query for each second and thread that it may take; then it is killed."""

KILL_WAIT_S = 5.0
"""How long a killed process may take to be gone; the kernel needs milliseconds."""

PR_SET_PDEATHSIG = 1
"""Number of the call in `prctl(2)`."""

_CONTEXT = multiprocessing.get_context("forkserver")

_BEGIN = b"p"
_CUT = b"c"
_END = b"e"
_REFUSED = b"r"


def warm() -> None:
    """Start the process from which queries begin, so that the first one does not wait for it."""
    _CONTEXT.set_forkserver_preload([__name__])
    started = _CONTEXT.Process(target=int, daemon=True)
    started.start()
    started.join()


class Worker:
    """A query that runs in its own process.

    Parameters
    ----------
    sql, layout, bounds
        As `pieces` takes them.
    spills
        Folder in which it gets one of its own, which is removed at its end.
    """

    def __init__(self, sql: str, layout: Layout, bounds: Bounds, spills: Path) -> None:
        spills.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._spill = Path(tempfile.mkdtemp(dir=spills))
        self._ours, theirs = _CONTEXT.Pipe(duplex=False)
        order = msgspec.json.encode((sql, layout, bounds, str(self._spill)))
        self._process = _CONTEXT.Process(target=_work, args=(theirs, order), daemon=True)
        self._process.start()
        theirs.close()

    def piece(self, wait_s: float) -> Piece | None:
        """Return the next piece; None where it is not there in time.

        Raises
        ------
        QueryRefused
            The query gets no answer.
        EOFError
            There is no further piece.
        """
        if not self._ours.poll(wait_s):
            return None
        try:
            data = self._ours.recv_bytes()
        except (EOFError, OSError):
            self._process.join(KILL_WAIT_S)
            raise QueryRefused(*_why(self._process.exitcode)) from None
        kind, body = data[:1], data[1:]
        if kind == _REFUSED:
            raise QueryRefused(*msgspec.json.decode(body, type=tuple[str, str, int, int]))
        if kind == _END:
            raise EOFError
        rows = int.from_bytes(body[:8], "big")
        return Piece(rows=rows, data=body[8:], is_cut=kind == _CUT)

    def close(self) -> None:
        """End the query at once, whatever it does, and remove what it left on disk."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.join(KILL_WAIT_S)
        self._ours.close()
        shutil.rmtree(self._spill, ignore_errors=True)


def _why(code: int | None) -> tuple[str, str]:
    """Return what to say of a process that ended without a last word."""
    if code in {-signal.SIGXCPU, -signal.SIGKILL}:
        return "the query took too much processor time or memory", "ask for less at once"
    to_do = "ask for less at once; please report it where that does not help"
    return f"the process of the query ended with {code}", to_do


def _work(pipe: Connection, order: bytes) -> None:
    """Run in the process of the query: send its pieces, or why there are none."""
    _bind_to_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the service ends it, in order
    kinds = tuple[str, Layout, Bounds, str]
    sql, layout, bounds, spill = msgspec.json.decode(order, type=kinds)
    _bound(bounds)
    try:
        for piece in pieces(sql, layout, bounds, Path(spill)):
            kind = _CUT if piece.is_cut else _BEGIN
            pipe.send_bytes(kind + piece.rows.to_bytes(8, "big") + piece.data)
        pipe.send_bytes(_END)
    except QueryRefused as error:
        said = (error.what, error.to_do, error.line, error.column)
        pipe.send_bytes(_REFUSED + msgspec.json.encode(said))
    except BrokenPipeError:
        return


def _bound(bounds: Bounds) -> None:
    """Have the operating system keep the bounds that nobody here can break."""
    seconds = int(CPU_FACTOR * bounds.threads * bounds.seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, ValueError):  # macOS has no such bound
        resource.setrlimit(resource.RLIMIT_DATA, (bounds.process_mb * MIB, bounds.process_mb * MIB))


def _bind_to_parent() -> None:
    """End with the warm process, which ends with the service, however that one dies."""
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() == 1:
        raise SystemExit("the service is gone, so this query ends")
