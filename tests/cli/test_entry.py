"""The command itself: what it offers, how it is found, and how it ends."""

import array
import fcntl
import os
import re
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from linewright import __version__
from linewright.cli import main
from linewright.cli.entry import COMMANDS, Commands
from tests.cli.conftest import Ran, environment, on_terminal, spawn

Run = Callable[..., Ran]


def _command(name: str) -> click.Command:
    """The command of this name, as the group finds it."""
    assert isinstance(main, Commands)
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


def test_help_lists_every_command(run: Run) -> None:
    """`--help` names every command with the first line of its own help."""
    shown = " ".join(run("--help").out.split())
    for name, about in COMMANDS.items():
        assert f"{name} {about}" in shown
        command = _command(name)
        assert command.name == name
        assert (command.help or "").split("\n\n")[0].startswith(about.rstrip("."))


class OnWindows(Commands):
    """The group as it is on Windows."""

    is_windows = True


def test_what_cannot_run_on_windows_says_so() -> None:
    """There the commands of a running plant end with 2 and a line; those for files run."""
    ran = CliRunner().invoke(OnWindows("linewright"), ["cases"])
    assert ran.exit_code == 2
    assert "`linewright cases` does not run on Windows yet" in ran.output
    assert CliRunner().invoke(OnWindows("linewright"), ["schema", "plant"]).exit_code == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example(name: str, run: Run) -> None:
    """The help of a command ends with an example of it; every option says what it does."""
    text = run(name, "--help").out
    assert re.search(rf"Examples?:\n    linewright {name}\b", text)
    command = _command(name)
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help
            assert parameter.help.endswith(".")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["chek", "x"], 2, "did you mean `check`?"),
        (["frobnicate"], 2, "there are: new, check, show, diff, fmt, schema, convert, simulate"),
        (["check"], 2, "Missing argument 'PLANT'"),
        (["check", "--jsn", "x"], 2, "No such option"),
        (["check", "a", "b"], 2, "unexpected extra argument"),
        (["--version"], 0, __version__),
        (["-V"], 0, __version__),
        (["--nonsense"], 2, "No such option"),
        ([], 2, "Usage: linewright"),
        ([""], 2, "No such command"),
    ],
)
def test_use_and_misuse(words: list[str], code: int, said: str, run: Run) -> None:
    """Wrong use is told in words, with the nearest right one, and ends with 2."""
    ran = run(*words)
    assert ran.code == code
    assert said in ran.out + ran.err


def test_help_imports_no_room(tmp_path: Path) -> None:
    """`--help` and `--version` work without importing any room of the house."""
    code = (
        "import sys; from linewright.cli import main\n"
        "try: main([sys.argv[1]])\n"
        "except SystemExit: print(*[name for name in sys.modules if name.startswith('linewright')])"
    )
    for option in ("--help", "--version"):
        done = subprocess.run(
            [sys.executable, "-c", code, option],
            capture_output=True, text=True, check=True, cwd=tmp_path, env=environment(),
        )  # fmt: skip
        loaded = {name.split(".")[1] for name in done.stdout.split() if "linewright." in name}
        assert loaded <= {"cli"}


class _Broken(Commands):
    """The command line with a command that has a mistake."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx, cmd_name

        @click.command("check")
        def command() -> None:
            raise ZeroDivisionError("half a station")

        return command


def test_a_mistake_of_ours_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in the program ends with 70 and one line; the setting shows the traceback."""
    broken = _Broken("linewright")
    monkeypatch.delenv("LINEWRIGHT_TRACEBACK", raising=False)
    done = CliRunner().invoke(broken, ["check"])
    assert done.exit_code == 70
    assert "a mistake of ours, please report it: ZeroDivisionError: half a station" in done.stderr
    assert "LINEWRIGHT_TRACEBACK=1" in done.stderr
    monkeypatch.setenv("LINEWRIGHT_TRACEBACK", "1")
    assert isinstance(CliRunner().invoke(broken, ["check"]).exception, ZeroDivisionError)


def test_ctrl_c_while_writing() -> None:
    """Ctrl-C ends a command with 130 and one word, also while nobody reads what it writes."""
    reader, writer = os.pipe()
    room = fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    # A suite that runs in the background of a shell ignores Ctrl-C, and so would its children.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [sys.executable, "-m", "linewright.cli", "schema", "plant"],
        stdout=writer, stderr=subprocess.PIPE, env=environment(),
    )  # fmt: skip
    signal.signal(signal.SIGINT, before)
    os.close(writer)
    waiting = array.array("i", [0])
    for _ in range(600):
        fcntl.ioctl(reader, termios.FIONREAD, waiting)
        if waiting[0] >= room or process.poll() is not None:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    os.close(reader)
    assert process.returncode == 130
    assert err.decode().split() == ["Stopped."]


def test_ctrl_c_before_the_command_is_there() -> None:
    """Ctrl-C while the program is still read in ends with 130, too, and without a traceback."""
    code = """
import runpy, sys
class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == "click":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
runpy.run_module("linewright", run_name="__main__")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False,
        env=environment(),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (130, "")


@pytest.mark.parametrize("words", [("schema", "plant"), ("--help",), ("check", "no/such")])
def test_an_output_that_is_closed(words: tuple[str, ...]) -> None:
    """When whoever reads goes away, the command ends with 141 and says nothing."""
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen(
        [sys.executable, "-m", "linewright.cli", *words],
        stdout=writer, stderr=subprocess.PIPE, env=environment(),
    )  # fmt: skip
    os.close(writer)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (141, b"")


def test_a_full_disk() -> None:
    """Output that cannot be written ends with 2 and the reason."""
    with Path("/dev/full").open("wb") as full:
        process = subprocess.Popen(
            [sys.executable, "-m", "linewright.cli", "schema", "state"],
            stdout=full, stderr=subprocess.PIPE, env=environment(),
        )  # fmt: skip
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err.decode() == "Error: No space left on device\n"


def test_no_output_at_all(plant: Path) -> None:
    """With standard output closed a command still ends with its code."""
    shell = 'exec "$0" -m linewright.cli check "$1" >&- 2>&-'
    done = subprocess.run(
        ["/bin/sh", "-c", shell, sys.executable, str(plant)], check=False, env=environment()
    )
    assert done.returncode == 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("command", ["check", "show"])
def test_terminals_of_any_encoding(command: str, encoding: str, plant: Path) -> None:
    """What an encoding does not have is spelled out instead of failing."""
    ran = spawn(command, plant, env=environment(PYTHONIOENCODING=encoding))
    assert ran.code == 0
    assert "1 site" in ran.out
    details = spawn("show", plant, "pump/mill", env=environment(PYTHONIOENCODING=encoding))
    assert details.code == 0
    assert ("\\u94e3\\u5e8a" in details.out) == (encoding == "latin-1")


def test_colours_only_where_wanted(plant: Path) -> None:
    """Colours are for terminals, and not for those that say NO_COLOR or are dumb."""
    plant.write_text("linewright: 2\n", encoding="utf-8")
    assert "\x1b[" in on_terminal("check", plant).out
    assert "\x1b[" not in on_terminal("check", plant, NO_COLOR="1").out
    assert "\x1b[" not in on_terminal("check", plant, TERM="dumb").out
    assert "\x1b[" not in spawn("check", plant).out
    assert "\x1b[" not in on_terminal("show", plant.parent, NO_COLOR="1").out


def test_main_is_a_click_command() -> None:
    """`main` is what the house test and the script expect: a group with lazy commands."""
    assert isinstance(main, click.Group)
    context = click.Context(main)
    assert main.list_commands(context) == list(COMMANDS)
    assert main.get_command(context, "nothing") is None
