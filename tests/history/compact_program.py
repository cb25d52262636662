"""Compacts and kills itself: `compact_program.py FOLDER NOW_NS POINT NTH`; POINT ``-``: runs on."""

import itertools
import os
import signal
import sys
from pathlib import Path

from linewright.history import Writer
from linewright.history.keeping import Compactor, Rule


def main(folder: Path, now_ns: int, point: str, nth: int) -> None:
    """Die at the nth time that a point is reached."""
    counter = itertools.count(1)

    def at(name: str) -> None:
        if name == point and next(counter) == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    with Writer.open(folder) as writer:
        compactor = Compactor(writer.database.reader(), at)
        compactor.remove_orphans()
        while not compactor.compact(now_ns=now_ns, rule=Rule(files_kept_s=0.0)).is_done:
            continue
        compactor.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
