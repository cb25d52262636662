"""The door of every command: `python3 tools/task.py VERB`, called by the Makefile.

Only the version check stands here, in words that an older Python can parse too; the work is in
verbs.py and environment.py, which need the version that is asked for.
"""

import shutil
import sys
from pathlib import Path

PYTHON_MIN = (3, 11)
PYTHON_TRIED = range(PYTHON_MIN[1], PYTHON_MIN[1] + 10)
"""Minor versions that are looked for when the one at hand is too old."""


def main() -> int:
    """Check the version of Python, then do what the verb says; the exit code of the work."""
    if tuple(sys.version_info[:2]) < PYTHON_MIN:
        names = [f"python3.{minor}" for minor in PYTHON_TRIED]
        found = next((name for name in names if shutil.which(name)), None)
        here = f"{sys.version_info[0]}.{sys.version_info[1]} ({sys.executable})"
        sys.stderr.write(f"Linewright needs Python 3.{PYTHON_MIN[1]} or newer; this is {here}.\n")
        if found:
            sys.stderr.write(f"{found} is installed: add PYTHON={found} to the make command.\n")
        return 2
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from tools import verbs  # noqa: PLC0415 - an older Python could not read it

    return verbs.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
