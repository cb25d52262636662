"""Errors of the bus: it does not answer, it refuses, or somebody else wrote first."""


class BusUnavailable(Exception):
    """The bus did not answer in time, or not in a way that can be used.

    What was being published may or may not have been stored; publishing it again is harmless,
    because its id is the same.

    Parameters
    ----------
    where
        Server, subject, stream or bucket that it is about.
    what
        What is wrong there, one sentence without a full stop.
    hint
        What to do; empty where there is nothing but to wait.

    Examples
    --------
    >>> str(BusUnavailable("lw.state.nogales", "no answer in 60 s", "check that the server runs"))
    'lw.state.nogales: no answer in 60 s; check that the server runs'
    """

    def __init__(self, where: str, what: str, hint: str = "") -> None:
        super().__init__(where, what, hint)
        self.where = where
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f"; {self.hint}" if self.hint else "")


class PermissionRefused(BusUnavailable):
    """The server does not let this user do this; nothing was stored or sent.

    Parameters
    ----------
    subject
        Subject that was refused.
    user
        Who tried.
    what
        ``publish`` or ``subscribe``.

    Examples
    --------
    >>> str(PermissionRefused("lw.samples.nogales.mill", "live", "publish"))
    'lw.samples.nogales.mill: the user live may not publish here; see docs/bus.md for its rights'
    """

    def __init__(self, subject: str, user: str, what: str) -> None:
        said = f"the user {user or '(none)'} may not {what} here"
        super().__init__(subject, said, "see docs/bus.md for its rights")
        self.user = user


class Conflict(Exception):
    """Somebody else has written to the subject since it was read: read it again, then decide.

    Parameters
    ----------
    subject
        Subject of the record that was not stored.
    last
        Sequence of the newest message of that subject, 0 where there is none.

    Examples
    --------
    >>> str(Conflict("lw.case.nogales.abc", 7))
    'lw.case.nogales.abc: the newest message is 7, not the one that was read'
    """

    def __init__(self, subject: str, last: int) -> None:
        super().__init__(subject, last)
        self.subject = subject
        self.last = last

    def __str__(self) -> str:
        return f"{self.subject}: the newest message is {self.last}, not the one that was read"
