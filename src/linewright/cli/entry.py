"""The command `linewright`: finds its commands when they are called, and ends well."""

import contextlib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from linewright import __version__
from linewright.cli.ending import Code, Failed
from linewright.cli.terminal import colours_wanted, example, prepare

__all__ = ["COMMANDS", "main"]

RUNNING = {
    "demo": "Play a line with a hidden fault, and see it found and corrected.",
    "up": "Run a plant: its services, its page, and what keeps them alive.",
    "confirm": "Confirm or refuse what a case proposes.",
    "cases": "List the cases of a running plant.",
    "send": "Send one command to one machine, and see what became of it.",
    "trust": "Trust the certificate that a machine shows.",
    "audit": "Print the audit of a running plant.",
    "run": "Run one service of a plant.",
}
"""Commands of a running plant, in `linewright.cli.running`."""

ACCESS = {
    "people": "Say who may sign in at a plant, and in which role.",
    "tokens": "Say which other programs may read at a plant, and what.",
    "peers": "Say which other servers are followed.",
}
"""Commands on who has access, in `linewright.cli.access`."""

LOOKING = {
    "status": "Tell what runs, how the machines are reached, what history holds.",
    "tail": "Show what the machines say, live.",
    "read": "Read what history holds of an address.",
    "query": "Ask history in SQL.",
    "export": "Write history to files.",
    "browse": "Look through what a machine has to tell.",
}
"""Commands that look at a plant, in `linewright.cli.looking`."""

TWIN = {
    "simulate": "Run a line many times on its twin, and tell what it does.",
    "experiment": "Compare scenarios with the plant as it stands, on its twin.",
    "optimise": "Find the best design of a plant on its twin.",
    "sensitivity": "Tell what one more of each thing is worth, the most first.",
    "calibrate": "Fit a plant to what its machines did, and judge its twin.",
    "forecast": "Tell the next hours of a line from its live state.",
}
"""Commands that ask the twin, in `linewright.cli.twin`."""

EXCHANGE = {
    "convert": "Turn a plant into a file of a public standard, or such a file into a plant.",
}
"""Commands that exchange plants with other tools, in `linewright.cli.exchange`."""

COMMANDS = {
    "new": "Write a small plant to begin with.",
    "check": "Say everything that is wrong with a plant.",
    "show": "Show what is in a plant, or one thing of it.",
    "diff": "Say what differs between two plants.",
    "fmt": "Put the files of a plant into the one spelling.",
    "schema": "Print the JSON Schema of what we read and write.",
    **EXCHANGE,
    **TWIN,
    **RUNNING,
    **ACCESS,
    **LOOKING,
}
"""Each command with what it does; the command itself is `command` in the module of that name."""

TRACEBACK = "LINEWRIGHT_TRACEBACK"


class Commands(click.Group):
    """A group whose commands are imported when they are called, so that help costs nothing.

    Examples
    --------
    >>> from click.testing import CliRunner
    >>> CliRunner().invoke(main, ["chek", "plant.yaml"]).exit_code
    2
    """

    commands_by_name = COMMANDS
    is_windows = os.name == "nt"  # where a data folder cannot be locked as it is elsewhere

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which people meet them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None where there is no such."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        if cmd_name in RUNNING | ACCESS | LOOKING and self.is_windows:
            what = f"`linewright {cmd_name}` does not run on Windows yet"
            raise Failed(what, "use Linux, macOS or WSL; the other commands run here")
        folders = {
            "running.": RUNNING,
            "access.": ACCESS,
            "looking.": LOOKING,
            "twin.": TWIN,
            "exchange.": EXCHANGE,
        }
        folder = next((each for each, names in folders.items() if cmd_name in names), "")
        module = importlib.import_module(f"linewright.cli.{folder}{cmd_name}")
        found: click.Command = module.command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a misspelled one is answered with the nearest."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in COMMANDS:
            from difflib import get_close_matches  # noqa: PLC0415  # only after a slip

            near = get_close_matches(name, COMMANDS, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(COMMANDS)}"
            ctx.fail(f"there is no command `{name}` ({hint})")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002  # click's own signature
        **extra: Any,  # noqa: ANN401  # click's own signature
    ) -> Any:  # noqa: ANN401  # click's own signature
        """Run, and end the process with a code of `docs/cli.md`; without that, as click does."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        output = sys.stdout
        try:
            prepare()
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            _flush()
        except BaseException as error:  # noqa: BLE001  # the last one who can tell people
            # Click wraps the output when it is closed, and then ends as if it had failed.
            is_closed = isinstance(error, BrokenPipeError) or sys.stdout is not output
            code = _closed() if is_closed else _told(error)
        sys.exit(code if isinstance(code, int) else Code.DONE)


def _told(error: BaseException) -> int:
    """Tell people why we end, and return the code."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else Code.FAILED
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    if isinstance(error, click.Abort | KeyboardInterrupt):
        _drop_output()
        click.echo("Stopped.", err=True)
        return Code.STOPPED
    if isinstance(error, OSError):
        _drop_output()
        click.echo(f"Error: {error.strerror or error}", err=True)
        return Code.FAILED
    return _told_of_bug(error)


def _closed() -> int:
    _drop_output()
    return Code.CLOSED


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _drop_output() -> None:
    """Let go of what is left to write: it would fail or wait again when Python ends."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _told_of_bug(error: BaseException) -> int:
    if os.environ.get(TRACEBACK):
        raise error
    what = f"{type(error).__name__}: {error}"
    click.echo(f"Error: a mistake of ours, please report it: {what}", err=True)
    click.echo(f"With {TRACEBACK}=1 the command says where it happened.", err=True)
    return Code.BUG


HELP = """\
One plant file, from which machines are connected, seen, simulated and scheduled.

A PLANT is a YAML file or a folder of them. What a command ends with, and
every option, is in docs/cli.md.
"""


@click.group(
    cls=Commands,
    help=HELP,
    epilog=example("linewright new pump", "linewright check pump"),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, "-V", "--version", prog_name="linewright")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Run a command of the command line; the process ends with its code.

    Parameters
    ----------
    ctx
        Click's, made from the arguments.

    Examples
    --------
    >>> from click.testing import CliRunner
    >>> CliRunner().invoke(main, ["check", "no/such/plant"]).exit_code
    1
    """
    ctx.color = None if colours_wanted() else False
