"""Terminals that change while one looks: rows kept in place, and bars for what takes long.

Owner of Rich. Where nobody looks, in a pipe or a log, nothing moves: a line is written once.
"""

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from linewright.cli.terminal import colours_wanted, is_terminal, safe, say

__all__ = ["Board", "Text", "Tree", "console", "print_rows", "waiting"]

PIPE_WIDTH = 10_000
"""Columns of what is no terminal: no line is wrapped there."""

LONG_S = 2.0
"""What takes longer than this shows that it goes on."""

FRAMES_PER_S = 4
"""How often a terminal is drawn: enough to look alive, little to do."""


def console(*, err: bool = False) -> Console:
    """Return a console for standard output or error; in a pipe no line is wrapped."""
    return Console(
        file=sys.stderr if err else sys.stdout,
        highlight=False,
        markup=False,
        emoji=False,
        color_system="auto" if colours_wanted() else None,
        width=None if is_terminal() else PIPE_WIDTH,
    )


def print_rows(
    head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()
) -> None:
    """Write rows in columns, without lines around them.

    Parameters
    ----------
    head
        Names of the columns.
    rows
        Texts; control characters in them are spelled out.
    right
        Names of the columns that are aligned to the right.
    """
    table = _table(head, right)
    for row in rows:
        table.add_row(*(Text(safe(cell)) for cell in row))
    shown = console()
    if is_terminal():
        shown.print(table)
        return
    with shown.capture() as caught:  # no blanks behind the last word of a line
        shown.print(table, soft_wrap=True)
    for line in caught.get().splitlines():
        say(line.rstrip())


class Board:
    """Rows that stay in place and change, on a terminal; else each change is a line.

    Parameters
    ----------
    line
        Writes a line where nothing can be kept in place.
    """

    def __init__(self, line: Callable[[str], None] = say) -> None:
        self._line = line
        self._rows: dict[str, tuple[str, ...]] = {}
        self._foot = ""
        self._live: Live | None = None

    def __enter__(self) -> Self:
        if is_terminal() and sys.stdout.isatty():
            shown = console()
            if shown.is_terminal and not shown.is_dumb_terminal:
                self._live = Live(
                    console=shown,
                    get_renderable=self._drawn,
                    refresh_per_second=FRAMES_PER_S,
                    redirect_stdout=False,
                    redirect_stderr=False,
                )
                self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            with contextlib.suppress(OSError):  # the terminal is gone
                self._live.stop()
            self._live = None

    @property
    def is_live(self) -> bool:
        """Whether rows stay in place."""
        return self._live is not None

    def row(self, name: str, cells: Sequence[str], line: str) -> None:
        """Put a row in its place, or write the line that says the same."""
        self._rows[name] = (name, *cells)
        if self._live is None:
            self._line(line)

    def say(self, line: str) -> None:
        """Write a line above the rows."""
        if self._live is None:
            self._line(line)
        else:
            self._live.console.print(Text(safe(line)), soft_wrap=True)

    def foot(self, line: str) -> None:
        """Write the last line, which stays below the rows."""
        self._foot = line
        if self._live is None:
            self._line(line)

    def _drawn(self) -> Table:
        grid = Table.grid()
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        for row in self._rows.values():
            table.add_row(*(Text(safe(cell), overflow="fold") for cell in row))
        grid.add_row(table)
        if self._foot:
            grid.add_row(Text(safe(self._foot), overflow="fold"))
        return grid


@contextlib.contextmanager
def waiting(
    what: str, *, after_s: float = LONG_S, ends: bool = False
) -> Iterator[Callable[[int, int], None]]:
    """Show that something goes on, once it has taken two seconds.

    Yields a function that takes how much of how much is done; 0 in all is not known. On a
    terminal a bar is drawn below what is printed and removed at the end; elsewhere one line says
    what is waited for.

    Parameters
    ----------
    what
        What is done, such as ``the plant is checked``.
    after_s
        How long nothing is shown.
    ends
        Whether the time that is left is estimated too.

    Examples
    --------
    >>> with waiting("counts") as told:
    ...     told(1, 2)
    """
    done = [0, 0]
    ended = threading.Event()

    def told(now: int, whole: int) -> None:
        done[:] = [now, whole]

    more = [TimeRemainingColumn()] if ends else []
    given = (what, done, ended, after_s, more)
    watcher = threading.Thread(target=_watch, args=given, daemon=True)
    watcher.start()
    try:
        yield told
    finally:
        ended.set()
        watcher.join()


def _watch(
    what: str,
    done: list[int],
    ended: threading.Event,
    after_s: float,
    more: Sequence[ProgressColumn],
) -> None:
    """Wait for the end; after some seconds show that there is something to wait for."""
    if ended.wait(after_s):
        return
    shown = console(err=True)
    if not (sys.stderr is not None and sys.stderr.isatty() and shown.is_terminal):
        say(safe(f"{what} ..."), err=True)
        ended.wait()
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        *more,
    )
    with Progress(*columns, console=shown, transient=True) as progress:
        task = progress.add_task(safe(what), total=None)
        while not ended.wait(1 / FRAMES_PER_S):
            progress.update(task, completed=done[0], total=done[1] or None)


def _table(head: Sequence[str], right: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in head:
        justify = "right" if name in right else "left"
        table.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]  # a literal of Rich's
    return table
