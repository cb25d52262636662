"""Ways to run the command line in tests: in this process, in one of its own, on a terminal."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from linewright.cli import main
from tests.server.conftest import nats

__all__ = ["nats"]  # the NATS server of a test, for the commands that ask a running plant

SMALL = """\
linewright: 1
enterprise: acme
sites:
  reno:
    timezone: America/Los_Angeles
    currency: USD
    areas:
      shop:
        lines:
          pump:
            flow: [saw, 12, mill, rack, wash]
            stations:
              saw: {does: {cut: 48 s}, tags: {temp: {unit: degC, high: 80}}}
              mill: {does: {mill: 60 s}, label: Fräse 铣床}
              wash: {does: {wash: 50 s}}
products:
  p1: {route: [cut, mill, wash]}
"""


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """What a command printed and ended with."""

    code: int
    out: str
    err: str


def environment(**more: str) -> dict[str, str]:
    """The environment of this process with the package on the path and some settings."""
    here = {
        name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")
    }
    return here | {"TERM": "xterm", **more}


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    """A small plant in a file of its own."""
    path = tmp_path / "plant.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture
def run() -> Callable[..., Ran]:
    """Run a command in this process."""

    def run(*words: object) -> Ran:
        done = CliRunner().invoke(main, [str(word) for word in words], prog_name="linewright")
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        assert "Traceback" not in done.output
        return Ran(code=done.exit_code, out=done.stdout, err=done.stderr)

    return run


def spawn(*words: object, env: dict[str, str] | None = None, **how: object) -> Ran:
    """Run a command in a process of its own; it never shows a traceback."""
    command = [sys.executable, "-m", "linewright.cli", *(str(word) for word in words)]
    done = subprocess.run(
        command, env=env or environment(), capture_output=True, check=False, timeout=60, **how
    )  # type: ignore[call-overload]  # options of subprocess as they come
    out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    assert "Traceback" not in out + err
    return Ran(code=done.returncode, out=out, err=err)


def on_terminal(*words: object, columns: int = 80, **env: str) -> Ran:
    """Run a command on a terminal of its own, so many columns wide."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    command = [sys.executable, "-m", "linewright.cli", *(str(word) for word in words)]
    process = subprocess.Popen(
        command, env=environment(**env), stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    parts = []
    while True:
        try:
            part = os.read(ours, 65_536)
        except OSError:  # Linux: the other side is closed
            break
        if not part:
            break
        parts.append(part)
    os.close(ours)
    out = b"".join(parts).decode("utf-8", "replace").replace("\r\n", "\n")
    assert "Traceback" not in out
    return Ran(code=process.wait(timeout=60), out=out, err="")
