"""The same work for many items, in order: here, over processes, or over Ray."""

import contextlib
import importlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Literal, TypeVar

from linewright.twin.experiment.faults import RunsInvalid, WorkersLost

__all__ = ["WORKERS_MAX", "Over", "cores", "map_over"]

T = TypeVar("T")
R = TypeVar("R")

Over = Literal["processes", "here", "ray"]
"""Where work is done."""

WORKERS_MAX = 256
"""Most worker processes."""

WAITING = 2
"""Items that are given to each worker ahead: enough that none waits, few enough to stop soon."""


def cores() -> int:
    """Return how many processors this process may use."""
    known = getattr(os, "sched_getaffinity", None)
    count = len(known(0)) if known is not None else os.cpu_count() or 1
    return min(WORKERS_MAX, count)


def map_over(
    function: Callable[[T], R], items: Sequence[T], *, workers: int = 0, over: Over = "processes"
) -> Iterator[R]:
    """Yield what a function gives for each item, in the order of the items.

    Parameters
    ----------
    function
        Stands in a module, so that other processes find it.
    items
        What it is called with; they are sent to the workers.
    workers
        How many; 0: as many as there are processors. With one, or one item, all is done here.
    over
        `processes` of this machine, `here`, or `ray` (extra `linewright[ray]`).

    Raises
    ------
    WorkersLost
        When a worker process ends before its work is done.
    RunsInvalid
        When the number of workers is out of range, or Ray is not installed.

    Notes
    -----
    Results do not depend on the number of workers as long as the function depends on its item
    only. What is begun is bounded by two items a worker. When the iterator is closed, or Ctrl-C
    ends it, waiting items are dropped and the processes ended. Processes are spawned: a script
    must run its experiments under `if __name__ == "__main__":`.

    Examples
    --------
    >>> list(map_over(abs, [-2, 1], over="here"))
    [2, 1]
    """
    if not 0 <= workers <= WORKERS_MAX:
        raise RunsInvalid("workers", f"{workers} is out of range", f"give 0 to {WORKERS_MAX}")
    count = min(workers or cores(), len(items))
    if over == "ray":
        yield from _over_ray(function, items, count)
    elif over == "here" or count <= 1:
        yield from map(function, items)
    else:
        yield from _over_processes(function, items, count)


def _over_processes(function: Callable[[T], R], items: Sequence[T], workers: int) -> Iterator[R]:
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    is_done = False
    try:
        ahead: deque[Future[R]] = deque()
        for item in items:
            with _unheard():
                ahead.append(pool.submit(function, item))
            if len(ahead) > WAITING * workers:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
        is_done = True
    except BrokenProcessPool as error:
        what = "a worker process ended before its work was done"
        do = 'begin the script with `if __name__ == "__main__":`, or run with 1 worker'
        raise WorkersLost("workers", what, do) from error
    finally:
        if not is_done:
            for process in multiprocessing.active_children():
                if process not in others:
                    process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """Have processes that start meanwhile leave Ctrl-C to this one, which ends them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)


def _over_ray(function: Callable[[T], R], items: Sequence[T], workers: int) -> Iterator[R]:
    try:
        ray: Any = importlib.import_module("ray")
    except ImportError as error:
        do = "install it with `pip install linewright[ray]`, or run over processes"
        raise RunsInvalid("workers", "Ray is not installed", do) from error
    is_mine = not ray.is_initialized()
    if is_mine:
        cluster = {"include_dashboard": False, "log_to_driver": False, "logging_level": "ERROR"}
        ray.init(num_cpus=max(1, workers), **cluster)
    ahead: deque[Any] = deque()
    try:
        remote = ray.remote(_caller(function))
        for item in items:
            ahead.append(remote.remote(item))
            if len(ahead) > WAITING * max(1, workers):
                yield ray.get(ahead.popleft())
        while ahead:
            yield ray.get(ahead.popleft())
    finally:
        for each in ahead:
            ray.cancel(each, force=True)
        if is_mine:
            ray.shutdown()


def _caller(function: Callable[[T], R]) -> Callable[[T], R]:
    """Return a plain function that does the same: Ray takes no partial or built-in one."""

    def called(item: T) -> R:
        return function(item)

    return called
