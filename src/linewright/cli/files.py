"""Files that commands write: whole or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path

from linewright.cli.ending import Failed

__all__ = ["write_whole"]


def write_whole(path: Path, text: str) -> None:
    """Write a file so that at any moment either the old or the new one is there.

    What a link leads to is written, not the link; the rights of the file stay. Into a device or
    a pipe the text is written as it stands.

    Raises
    ------
    Failed
        When it cannot be written; then nothing has changed.
    """
    half = ""
    try:
        goal = Path(os.path.realpath(path))
        if goal.exists() and not goal.is_file():  # a device or a pipe stays what it is
            with goal.open("w", encoding="utf-8", newline="") as file:
                file.write(text)
            return
        mode = goal.stat().st_mode & 0o777 if goal.exists() else 0o666 & ~_umask()
        handle, half = tempfile.mkstemp(prefix=f".{goal.name[:100]}.", dir=goal.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(half).chmod(mode)
        Path(half).replace(goal)
    except (OSError, ValueError) as error:
        if half:
            with contextlib.suppress(OSError):
                Path(half).unlink()
        what = f"`{path}` cannot be written: {getattr(error, 'strerror', None) or error}"
        raise Failed(what, "nothing has changed") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
