"""Every figure of the pages against a script that knows only the raw rows and the plant file.

The script is tools/recompute: it imports nothing of ours and was written without reading how the
server counts. It compares every line, shift and day of the demo's past and prints how many differ.
"""

import re
import subprocess
import sys

from benchmarks.measure import Claim, note
from benchmarks.web.stand import Stand
from tools.environment import ROOT

__all__ = ["measure_kpis"]

LONGEST_S = 600.0
PLANT = "plants/bracket"
COMPARED_MIN = 1_000
"""Figures below which the comparison says nothing."""

COMPARED = re.compile(r"^(\d+) figures compared$", re.MULTILINE)
DIFFER = re.compile(r"^kpi_differences_to_independent_script: (\d+)$", re.MULTILINE)


def measure_kpis(stand: Stand) -> list[Claim]:
    """Run the script against the demo."""
    words = ["--data", str(stand.folder), "--plant", PLANT, "--url", stand.url]
    done = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, "-m", "tools.recompute", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_S,
    )
    compared, differ = COMPARED.search(done.stdout), DIFFER.search(done.stdout)
    if compared is None or differ is None:
        note(f"figures: exit {done.returncode}: {done.stdout[-1000:]}{done.stderr[-1000:]}")
        name = "kpi_differences_to_independent_script"
        return [Claim(name=name, value=None, unit="count", correct=False)]
    note(f"figures: {compared[1]} compared, {differ[1]} differ")
    return [
        Claim(
            name="kpi_differences_to_independent_script",
            value=float(differ[1]),
            unit="count",
            correct=int(compared[1]) >= COMPARED_MIN,
            rows=({"compared": int(compared[1]), "differ": int(differ[1])},),
        )
    ]
