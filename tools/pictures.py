"""Pictures for the README of what the commands print; `python3 tools/task.py docs` makes them.

Each command runs in a terminal of its own, so that the colours are the real ones.
"""

import contextlib
import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = 116
INK = (31, 41, 51)
THEME = TerminalTheme(
    (255, 255, 255),
    INK,
    [INK, (176, 32, 32), (38, 115, 57), (138, 93, 0), (40, 84, 140), (110, 60, 130), (20, 110, 120),
     (97, 110, 124)],
    [(97, 110, 124), (200, 40, 40), (48, 140, 70), (160, 110, 0), (50, 100, 170), (130, 75, 150),
     (30, 130, 140), INK],
)  # fmt: skip

BROKEN = """\
linewright: 1
enterprise: borderline
sites:
  nogales:
    timezone: America/Hermosilo
    currency: MXN
    areas:
      machining:
        lines:
          bracket:
            flow: [saw, 12, mill, 8, wash]
            statons:
              saw: {does: {cut: 48 kg}}
              mill: {does: {mill: {time: 66 s, pieces: 4, blocked: 4}}}
              wash: {does: {wash: 40 s}, tags: {temp: {unit: degC, high: 95, high_high: 80}}}
products:
  bracket-a: {route: [cut, mill, wsh]}
"""


def shot(command: list[str], title: str) -> str:
    """Return what a command prints in a terminal, as SVG."""
    text = Text.from_ansi(_output(command))
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(text)
    svg = console.export_svg(title=title, theme=THEME)
    svg = re.sub(r"@font-face \{[^}]*\}", "", svg)  # nothing is fetched from elsewhere
    svg = re.sub(r"\s*<!-- Generated.*?-->", "", svg)
    return "\n".join(line.rstrip() for line in svg.split("\n") if line.strip()) + "\n"


def _output(command: list[str]) -> str:
    """Return what a command writes to a terminal, escapes included."""
    ours, theirs = pty.openpty()
    size = struct.pack("HHHH", 60, COLUMNS, 0, 0)
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)
    environment = {**os.environ, "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
    chunks: list[bytes] = []
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment):
        os.close(theirs)
        with contextlib.suppress(OSError):  # Linux says so when the command has ended
            while data := os.read(ours, 65_536):
                chunks.append(data)
    os.close(ours)
    return b"".join(chunks).decode("utf-8", "replace").replace("\r\n", "\n")


def main() -> int:
    """Write docs/check.svg and docs/show.svg."""
    script = str(Path(sys.executable).with_name("linewright"))
    broken = ROOT / "broken.yaml"
    broken.write_text(BROKEN, encoding="utf-8")
    os.chdir(ROOT)
    try:
        check = shot([script, "check", "broken.yaml"], "linewright check broken.yaml")
    finally:
        broken.unlink()
    (ROOT / "docs" / "check.svg").write_text(check, encoding="utf-8")
    show = shot([script, "show", "plants/bracket"], "linewright show plants/bracket")
    (ROOT / "docs" / "show.svg").write_text(show, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
