"""Rows in place on a terminal, lines elsewhere, and bars for what takes long."""

import contextlib
import subprocess
import sys
import time

import pytest

from linewright.cli.looking.drawing import Board, print_rows, waiting
from tests.cli.conftest import environment

BOARD = """
import time
from linewright.cli.looking.drawing import Board, waiting
with Board() as board:
    board.row("bus", ("started", "pid 7"), "bus started pid 7")
    board.say("a line")
    time.sleep(0.6)
    board.row("bus", ("died", ""), "bus died")
    board.foot("page http://here")
    time.sleep(0.6)
"""


def test_in_a_pipe_each_change_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal nothing moves: what is told is told once, in its order."""
    with Board() as board:
        board.row("bus", ("started",), "bus started")
        board.say("a line")
        board.foot("page http://here")
        assert not board.is_live
    assert capsys.readouterr().out == "bus started\na line\npage http://here\n"


def test_on_a_terminal_a_row_stays_in_its_place() -> None:
    """The row of a name is drawn anew where it stands; lines go above it."""
    script = f"import pty, sys; pty.spawn([{sys.executable!r}, '-c', {BOARD!r}])"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=True,
        env=environment(),
        timeout=60,
    )
    shown = done.stdout.decode()
    assert "\x1b[" in shown, "it is drawn"
    assert shown.index("a line") < shown.rindex("died")
    assert shown.rstrip().endswith("page http://here") or "page http://here" in shown[-300:]


def test_what_is_short_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody is told of what takes less than two seconds."""
    with waiting("counts") as told:
        told(1, 2)
    assert capsys.readouterr().err == ""


def test_what_takes_long_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    """In a pipe one line says what is waited for; a failure ends the waiting."""
    with contextlib.suppress(KeyError), waiting("history is read", after_s=0.05):
        time.sleep(0.2)
        raise KeyError
    assert capsys.readouterr().err == "history is read ...\n"


def test_rows_cannot_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Control characters of a machine are spelled out, and no line is cut in a pipe."""
    print_rows(("name", "n"), [["\x1b[2J" + "x" * 300, "1"]], right=("n",))
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["name", "n"]
    assert row.split() == ["\\x1b[2J" + "x" * 300, "1"]
