"""Work over processes: in order, bounded, ended when nobody wants it any more."""

import importlib.util
import multiprocessing
import operator
import os

import pytest

from linewright.twin.experiment import RunsInvalid, WorkersLost, map_over
from linewright.twin.experiment.mapping import cores


def test_results_come_in_the_order_of_the_items() -> None:
    """Two processes give what one gives, item by item."""
    items = list(range(-20, 20))
    assert list(map_over(abs, items, workers=2)) == [abs(each) for each in items]
    assert list(map_over(abs, items, over="here")) == [abs(each) for each in items]
    assert list(map_over(abs, [])) == []


def test_other_processes_do_the_work() -> None:
    """With two workers nothing runs here, with one everything does."""
    there = set(map_over(_whose, range(6), workers=2))
    assert os.getpid() not in there
    assert set(map_over(_whose, range(6), workers=1)) == {os.getpid()}


def test_an_error_of_the_work_arrives() -> None:
    """What a worker raises is raised where the results are read, and the workers end."""
    with pytest.raises(ZeroDivisionError):
        list(map_over(_divided, [1, 2, 0, 3], workers=2))
    assert multiprocessing.active_children() == []


def test_a_dead_worker_is_told() -> None:
    """A process that is killed makes an error, not an endless wait."""
    with pytest.raises(WorkersLost, match="__main__"):
        list(map_over(os._exit, [3, 3, 3], workers=2))


def test_who_stops_reading_ends_the_workers() -> None:
    """Closing the results drops what waits and leaves no process behind."""
    results = map_over(abs, range(1000), workers=2)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]  # a generator
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("workers", [-1, 100_000])
def test_workers_have_a_bound(workers: int) -> None:
    """An impossible number of workers is refused."""
    with pytest.raises(RunsInvalid, match="out of range"):
        list(map_over(abs, [1, 2], workers=workers))
    assert 1 <= cores() <= 256


HAS_RAY = importlib.util.find_spec("ray") is not None


@pytest.mark.skipif(HAS_RAY, reason="Ray is installed")
def test_ray_is_asked_for_when_it_is_missing() -> None:
    """Without the extra, asking for Ray says how to get it."""
    with pytest.raises(RunsInvalid, match=r"linewright\[ray\]"):
        list(map_over(abs, [1, 2], over="ray"))


@pytest.mark.skipif(not HAS_RAY, reason="needs the extra linewright[ray]: Ray is not installed")
def test_ray_gives_the_same_in_the_same_order() -> None:
    """Over Ray, results are those of this process."""
    items = list(range(-20, 20))
    assert list(map_over(operator.neg, items, workers=2, over="ray")) == [-each for each in items]


def _whose(_item: int) -> int:
    return os.getpid()


def _divided(item: int) -> float:
    return 1 / item
