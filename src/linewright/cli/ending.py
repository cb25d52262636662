"""How a command ends: its codes, and the errors that people can mend."""

import enum
import sys
from typing import IO, Any

import click

from linewright.cli.terminal import safe, say

__all__ = ["Code", "Failed", "counted", "only_after_yes"]


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


def only_after_yes(question: str, otherwise: str = "nothing was done") -> None:
    """Go on only after a person's yes.

    Parameters
    ----------
    question
        What is asked.
    otherwise
        What is said after a no; the command then ends with `Code.FOUND`.

    Raises
    ------
    Failed
        Nobody is there to answer.
    """
    try:
        is_yes = click.confirm(question, default=False)
    except click.Abort:
        if sys.stdin is not None and sys.stdin.isatty():
            raise  # Ctrl-C
        raise Failed("nobody is there to answer", "in a script, say --yes") from None
    if not is_yes:
        say(otherwise)
        raise click.exceptions.Exit(Code.FOUND)
