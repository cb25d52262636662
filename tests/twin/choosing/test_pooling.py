"""Worker processes of a choice."""

import os

import pytest

from linewright.twin.choosing import pool
from linewright.twin.experiment import RunsInvalid, WorkersLost


def test_the_order_is_kept_over_many_calls() -> None:
    """Two processes answer call after call in the order asked, and are not this one."""
    with pool(2) as mapped:
        assert list(mapped(abs, range(-40, 0))) == list(range(40, 0, -1))
        assert list(mapped(abs, [])) == []
        assert os.getpid() not in set(mapped(_process, range(20)))


def _process(_: int) -> int:
    return os.getpid()


def test_a_worker_that_dies_is_told() -> None:
    """When a process ends in the middle, that is said and nothing waits."""
    with pool(2) as mapped, pytest.raises(WorkersLost):
        list(mapped(os._exit, [3]))


def test_numbers_of_workers() -> None:
    """One worker is this process; fewer than none are refused."""
    with pool(1) as mapped:
        assert list(mapped(_process, [1])) == [os.getpid()]
    with pytest.raises(RunsInvalid), pool(-1):
        pass
