"""Run as a process of its own: import the plant language, check one file, tell what it took."""

import resource
import sys
import time
from pathlib import Path

import msgspec

KB = 1_024 / 1_000_000
"""Megabytes in what the system calls a kilobyte."""


class Fresh(msgspec.Struct, frozen=True, kw_only=True):
    """What a new process took: memory of the whole process, and seconds."""

    imported_mb: float
    peak_mb: float
    import_s: float
    check_s: float
    stations: int
    problems: int


def memory_mb(field: str) -> float:
    """Return a field of this process's memory: `VmHWM` is the peak, `VmRSS` what it holds now.

    Linux only; elsewhere both are the peak. The peak of `getrusage` cannot be used on Linux:
    a child begins with that of the process which started it.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KB
    return next(int(line.split()[1]) * KB for line in lines if line.startswith(f"{field}:"))


def main(file: str) -> None:
    """Print one `Fresh` as JSON."""
    begun = time.perf_counter()
    from linewright.plant import check  # noqa: PLC0415  # the import is what is measured

    imported = time.perf_counter()
    imported_mb = memory_mb("VmRSS")
    checked = check(file)
    done = time.perf_counter()
    fresh = Fresh(
        imported_mb=imported_mb,
        peak_mb=memory_mb("VmHWM"),
        import_s=imported - begun,
        check_s=done - imported,
        stations=sum(1 for _ in checked.plant.stations()) if checked.plant is not None else 0,
        problems=len(checked.problems),
    )
    sys.stdout.write(msgspec.json.encode(fresh).decode() + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
