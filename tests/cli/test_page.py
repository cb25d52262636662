"""The page of the command line: every example on it runs and prints what it shows.

`python -m tests.cli.test_page` writes what is printed today into the page; the difference is
then read like any other.
"""

import contextlib
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from click.testing import CliRunner

from linewright.cli import main
from tests.cli.conftest import environment

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cli.md"
FENCE = re.compile(r"```console\n(.*?)```", re.DOTALL)
PLAIN = re.compile(r"linewright [\w ./_#:=-]+")
"""A command that means the same without a shell."""

SCRIPT = f'exec {sys.executable} -m linewright.cli "$@"\n'


def _session(text: str, folder: Path) -> str:
    """What a block of commands prints, with the codes of those that end with another than 0.

    Plain commands of ours run in this process, which has loaded all they need; those that the
    shell has a part in, and those of others, run in processes of their own.
    """
    (folder / ".bin").mkdir(exist_ok=True)
    script = folder / ".bin" / "linewright"
    script.write_text(f"#!/bin/sh\n{SCRIPT}", encoding="utf-8")
    script.chmod(0o755)
    env = environment(PATH=f"{script.parent}{os.pathsep}{os.environ['PATH']}", PYTHONUTF8="1")
    shown = []
    for command in (line[2:] for line in text.splitlines() if line.startswith("$ ")):
        if PLAIN.fullmatch(command):
            with contextlib.chdir(folder):
                ran = CliRunner().invoke(main, shlex.split(command)[1:], prog_name="linewright")
            out, code = ran.output, ran.exit_code
        else:
            done = subprocess.run(
                ["/bin/sh", "-c", f"{command} 2>&1"],
                capture_output=True, check=False, cwd=folder, env=env, timeout=60,
            )  # fmt: skip
            out, code = done.stdout.decode("utf-8"), done.returncode
        shown.append(f"$ {command}\n{out}")
        shown += [f"[{code}]\n"] if code else []
    return "".join(shown)


def _page(text: str, folder: Path) -> str:
    """The page with what its examples print today."""
    return FENCE.sub(lambda block: f"```console\n{_session(block[1], folder)}```", text)


def test_every_example_prints_what_the_page_shows(tmp_path: Path) -> None:
    """The commands on the page, one after the other, print and end as it says."""
    text = PAGE.read_text("utf-8")
    assert len(FENCE.findall(text)) == 7
    assert _page(text, tmp_path) == text


def test_a_stale_example_is_noticed(tmp_path: Path) -> None:
    """An example that prints something else makes another page."""
    stale = "```console\n$ linewright --version | cat\nlinewright, version 0.0.0\n```\n"
    assert _page(stale, tmp_path) != stale
    assert _page(_page(stale, tmp_path), tmp_path) == _page(stale, tmp_path)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        PAGE.write_text(_page(PAGE.read_text("utf-8"), Path(made)), encoding="utf-8")
