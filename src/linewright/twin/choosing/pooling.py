"""Worker processes that stay while a choice is made: many small calls, one start."""

import contextlib
import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from linewright.twin.choosing.observing import Mapped
from linewright.twin.experiment.faults import RunsInvalid, WorkersLost
from linewright.twin.experiment.mapping import WORKERS_MAX, cores


@contextlib.contextmanager
def pool(workers: int = 0) -> Iterator[Mapped]:
    """Give an ordered map over worker processes, which end with the block.

    Parameters
    ----------
    workers
        How many; 0: as many as there are processors. With one all is done here.

    Raises
    ------
    RunsInvalid
        When the number is out of range.
    WorkersLost
        When a worker process ends before its work is done.

    Notes
    -----
    Unlike `map_over`, whose processes live for one call, these are started once: a choice makes
    hundreds of calls of some milliseconds each. A call gives out all of its items at once; a
    choice asks for at most 512. Processes are spawned: a script must run it under
    `if __name__ == "__main__":`.

    Examples
    --------
    >>> with pool(1) as mapped:
    ...     list(mapped(abs, [-2, 1]))
    [2, 1]
    """
    if not 0 <= workers <= WORKERS_MAX:
        raise RunsInvalid("workers", f"{workers} is out of range", f"give 0 to {WORKERS_MAX}")
    count = workers or cores()
    if count == 1:
        yield map
        return
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(count, mp_context=context, initializer=_deaf)

    def mapped(work: Callable[[Any], Any], jobs: Iterable[Any], /) -> Iterable[Any]:
        try:
            yield from executor.map(work, jobs)
        except BrokenProcessPool as error:
            what = "a worker process ended before its work was done"
            raise WorkersLost("workers", what, "run with 1 worker") from error

    try:
        yield mapped
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _deaf() -> None:
    """Leave Ctrl-C to the process that asked; it ends its workers."""
    with contextlib.suppress(ValueError):  # no main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)
