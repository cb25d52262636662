"""What can be wrong with an experiment: typed errors that say where and what to do."""

from collections.abc import Sequence

from linewright.plant.language import Problem
from linewright.twin.faults import TwinFault

__all__ = ["RunsInvalid", "SettingInvalid", "WorkersLost"]


class SettingInvalid(TwinFault):
    """A scenario that says nothing the plant knows, or makes no plant that can be used.

    Parameters
    ----------
    where, what, do
        As in every fault of the twin.
    problems
        What the plant's own check says of the changed plant, where it came to that.
    """

    def __init__(self, where: str, what: str, do: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(where, what, do)
        self.problems = tuple(problems)


class RunsInvalid(TwinFault):
    """Replications that cannot be run: no time, no replications, an impossible precision."""


class WorkersLost(TwinFault):
    """A worker process ended before its work was done."""
