"""How fast the command line starts, and what it does not load to do so."""

import os
import subprocess
import sys
from pathlib import Path

from tools.environment import script_of
from tools.house.engines import HEAVY

CPU_S_MAX = 0.3
PROBE = """
import sys
from linewright.cli import main
sys.argv = ["linewright", "--help"]
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
print("loaded:", *sorted(sys.modules))
"""


def _help() -> tuple[float, str]:
    """CPU seconds of `linewright --help` in a process of its own, and what it printed."""
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, check=False
    )
    after = os.times()
    assert done.returncode == 0, done.stderr
    used = after.children_user - before.children_user
    return used + after.children_system - before.children_system, done.stdout


def test_help_costs_little() -> None:
    """`linewright --help` takes at most 0.3 s of CPU, best of three."""
    assert min(_help()[0] for _ in range(3)) <= CPU_S_MAX


def test_help_loads_no_engine() -> None:
    """`linewright --help` prints the commands and imports nothing heavy."""
    text = _help()[1]
    usage, _, loaded = text.partition("loaded:")
    assert "Usage: linewright" in usage
    tops = {name.split(".")[0] for name in loaded.split()}
    assert "linewright" in tops
    assert sorted(tops & HEAVY) == []


def test_the_probe_sees_an_engine() -> None:
    """The probe would tell: a process that imports pint has it among its modules."""
    code = "import sys, pint; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pint" in HEAVY
    assert "pint" in done.stdout.split()


def test_the_installed_command_runs() -> None:
    """The command that the installation puts beside Python starts and tells its commands."""
    command = script_of(Path(sys.executable).parent.parent, "linewright")
    done = subprocess.run([command, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "check" in done.stdout
    assert "show" in done.stdout
