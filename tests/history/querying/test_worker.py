"""The process of a query: ended at any moment, with all that it holds."""

import os
import signal
import time
from pathlib import Path

import pytest

from linewright.history.querying.engine import Bounds, QueryRefused
from linewright.history.querying.tables import layout_of
from linewright.history.querying.worker import Worker, warm

ENDLESS = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r"
CROSS = "SELECT count(*) FROM range(100000000) a, range(100000000) b"


def _begun(sql: str, history: Path, bounds: Bounds | None = None) -> Worker:
    warm()
    return Worker(sql, layout_of(history, sql), bounds or Bounds(), history / "spills")


@pytest.mark.parametrize("sql", [ENDLESS, CROSS])
def test_an_endless_query_is_ended(sql: str, history: Path) -> None:
    """Closing ends it within a second, whatever it does; its process and its folder are gone."""
    worker = _begun(sql, history)
    assert worker.piece(0.5) is None
    pid = worker._process.pid  # what is looked at is the process itself
    assert pid is not None
    began_s = time.monotonic()
    worker.close()
    assert time.monotonic() - began_s < 1
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not any((history / "spills").iterdir())


def test_cpu_time_is_bounded(history: Path) -> None:
    """A query that nobody ends is ended by the operating system."""
    worker = _begun(CROSS, history, Bounds(seconds=0.1, threads=1))
    try:
        with pytest.raises(QueryRefused, match="too much processor time or memory"):
            worker.piece(30.0)
    finally:
        worker.close()


def test_a_killed_process_is_a_refusal(history: Path) -> None:
    """A process that the system kills takes nobody with it."""
    worker = _begun(CROSS, history)
    try:
        assert worker.piece(0.3) is None
        os.kill(worker._process.pid or 0, signal.SIGKILL)  # as above
        with pytest.raises(QueryRefused, match="too much processor time or memory"):
            worker.piece(5.0)
    finally:
        worker.close()


def test_a_sort_spills_into_its_own_folder(history: Path) -> None:
    """What does not fit into memory goes to disk, bounded; beyond that the query is refused."""
    sql = "SELECT md5(n::VARCHAR) AS word FROM range(4000000) t(n) ORDER BY word"
    worker = _begun(sql, history, Bounds(memory_mb=100, spill_mb=50))
    try:
        with pytest.raises(QueryRefused, match="more memory than one may have"):
            worker.piece(60.0)
    finally:
        worker.close()
    assert not any((history / "spills").iterdir())
