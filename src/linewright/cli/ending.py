"""How a command ends: its codes, and the errors that people can mend."""

import enum
from typing import IO, Any

import click

from linewright.cli.terminal import safe

__all__ = ["Code", "Failed", "counted"]


class Code(enum.IntEnum):
    """Exit codes of every command, explained in `docs/cli.md`."""

    DONE = 0
    FOUND = 1
    """Done, and the answer is no: problems, differences, files not in the one spelling."""
    FAILED = 2
    """Not done: wrong use, something that cannot be read or written, or does not exist."""
    BUG = 70
    """Not done because of a mistake of ours."""
    STOPPED = 130
    """Stopped by Ctrl-C."""
    CLOSED = 141
    """Whoever read the output went away."""


class Failed(click.ClickException):
    """What keeps a command from its work: what is wrong and where, and what to do.

    Examples
    --------
    >>> Failed("there is no station `swa`", "did you mean `saw`?").format_message()
    'there is no station `swa` (did you mean `saw`?)'
    """

    exit_code = Code.FAILED

    def __init__(self, what: str, to_do: str = "") -> None:
        super().__init__(what)
        self.to_do = to_do

    def format_message(self) -> str:
        """Return what is wrong and what to do in one line."""
        return f"{self.message} ({self.to_do})" if self.to_do else self.message

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the message to standard error, safe to print."""
        click.echo(f"Error: {safe(self.format_message())}", file=file, err=file is None)


def counted(count: int, noun: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "station"), counted(2, "family")
    ('1 station', '2 families')
    """
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun[:-1]}ies" if noun.endswith("y") else f"{count:,} {noun}s"
