"""What can be wrong with what the twin is given: typed errors that say where and what to do."""


class TwinFault(ValueError):
    """Something the twin cannot run.

    Parameters
    ----------
    where
        Address, or what else it is about.
    what
        What is wrong there.
    do
        What helps.
    """

    def __init__(self, where: str, what: str, do: str) -> None:
        super().__init__(where, what, do)
        self.where = where
        self.what = what
        self.do = do

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.do}"


class LineInvalid(TwinFault):
    """A place that does not exist, or that cannot be run as it is written."""


class RunStopped(TwinFault):
    """A run that would not come to its end: more comes in than leaves, or it goes round."""


class ChangeInvalid(TwinFault):
    """A change of an unknown place or parameter, or to an impossible value.

    Parameters
    ----------
    where, what, do
        As in every fault of the twin.
    parameter
        The parameter of the change.
    """

    def __init__(self, where: str, what: str, do: str, *, parameter: str) -> None:
        super().__init__(where, what, do)
        self.parameter = parameter
        self.args = (where, what, do, parameter)

    def __reduce__(self) -> tuple[object, ...]:
        return (_change_invalid, (self.where, self.what, self.do, self.parameter))

    def __str__(self) -> str:
        return f"{self.where}, {self.parameter}: {self.what}; {self.do}"


def _change_invalid(where: str, what: str, do: str, parameter: str) -> ChangeInvalid:
    return ChangeInvalid(where, what, do, parameter=parameter)


class StateInvalid(TwinFault):
    """A state that is not one of this model, is damaged, or lies after the time asked for."""
