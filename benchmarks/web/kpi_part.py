"""Every figure of the pages against a script that knows only the raw rows and the plant file.

The script is tools/recompute: it imports nothing of ours and was written without reading how the
server counts. It compares every line, shift and day, and how many differ is summed over

- the demo, after its stops were explained, split, merged and undone, and pieces reported, found bad
  and taken back through the API (the quick version ends here);
- two nights in which clocks change, with counters that are set back and samples that come late;
- the dirty week of the shop, whose people enter what no machine counts.
"""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from benchmarks.measure import Claim, note
from benchmarks.web.kpi_acts import acted
from benchmarks.web.kpi_sites import SITES, played
from benchmarks.web.stand import Stand
from tools.environment import ROOT

__all__ = ["measure_kpis"]

LONGEST_S = 300.0
PLANT = ROOT / "plants" / "bracket"
COMPARED_MIN = 1_000
"""Figures of a site below which the comparison says nothing."""

WAIT_S = 120.0
"""Longest wait for what a past left in the history."""

NAME = "kpi_differences_to_independent_script"
COMPARED = re.compile(r"^(\d+) figures compared$", re.MULTILINE)
DIFFER = re.compile(rf"^{NAME}: (\d+)$", re.MULTILINE)
SHOWN_MAX = 10
"""Differences of a site that are printed."""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What came out at one site."""

    site: str
    compared: int
    differ: int
    took_s: float
    acts: int = 0
    """What was done through the API before, and was not refused."""
    refused: int = 0


def measure_kpis(stand: Stand, *, quick: bool) -> list[Claim]:
    """Compare the demo, and in the long version the other sites too.

    Parameters
    ----------
    stand
        Of the demo.
    quick
        Whether to leave out the other sites.
    """
    begun_s = time.monotonic()
    acts, refused = acted(stand)
    found = [_compared("demo", stand, PLANT, begun_s, acts=acts, refused=refused)]
    found += [_at(name) for name in (() if quick else SITES)]
    rows = tuple(msgspec.to_builtins(one) for one in found if one is not None)
    is_whole = len(rows) == len(found) and all(
        one is not None and one.compared >= COMPARED_MIN and not one.refused for one in found
    )
    value = float(sum(one.differ for one in found if one is not None)) if is_whole else None
    return [Claim(name=NAME, value=value, unit="count", correct=is_whole, rows=rows)]


def _at(name: str) -> Compared | None:
    """Start a site, let its people enter what is due, and compare it."""
    begun_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="linewright-") as place:
        site = played(name, Path(place))
        with Stand(Path(place) / "site", site.words) as stand:
            acts, refused = _entered(stand) if site.people else (0, 0)
            return _compared(
                name, stand, site.plant, begun_s, "--closed", acts=acts, refused=refused
            )


def _entered(stand: Stand) -> tuple[int, int]:
    """Let the people of the play enter what is due; how much was taken, and how much refused."""
    words = ["--data", str(stand.folder), "--url", stand.url, "--once"]
    told = _run("tools.people", *words)
    taken = sum(int(count) for count in re.findall(r"(\d+) (?:found|job|parts|sign_on)", told))
    refused = re.search(r"refused: (\d+)", told)
    if refused is None or int(refused[1]):
        note(f"people: {told[-2000:]}")
    return taken, int(refused[1]) if refused else 1


def _compared(
    name: str,
    stand: Stand,
    plant: Path,
    begun_s: float,
    *more: str,
    acts: int = 0,
    refused: int = 0,
) -> Compared | None:
    """Run the script; None: it did not come to its end."""
    _until_stored(stand)
    words = ["--data", str(stand.folder), "--plant", str(plant), "--url", stand.url, *more]
    told = _run("tools.recompute", *words)
    compared, differ = COMPARED.search(told), DIFFER.search(told)
    if compared is None or differ is None:
        note(f"{name}: {told[-2000:]}")
        return None
    took_s = time.monotonic() - begun_s
    note(f"{name}: {compared[1]} figures compared, {differ[1]} differ, {acts} acts, {took_s:.0f} s")
    for line in [one for one in told.splitlines() if one.startswith("  ")][:SHOWN_MAX]:
        note(line[:300])
    return Compared(
        site=name,
        compared=int(compared[1]),
        differ=int(differ[1]),
        took_s=round(took_s, 1),
        acts=acts,
        refused=refused,
    )


def _until_stored(stand: Stand) -> None:
    """Wait until the history has published what the acts and the past left."""
    stand.wait_until(lambda: _stored_s(stand) is not None, "the history has records", WAIT_S)
    begun_s = time.time()
    stand.wait_until(lambda: (_stored_s(stand) or 0.0) > begun_s, "the history goes on", WAIT_S)


def _stored_s(stand: Stand) -> float | None:
    """Return when the history last published its files; None: it has no records yet."""
    listing = stand.folder / "history" / "query" / "manifest.json"
    try:
        return listing.stat().st_mtime if b'"records"' in listing.read_bytes() else None
    except OSError:
        return None


def _run(module: str, *words: str) -> str:
    """Return what a program of ours prints."""
    done = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, "-m", module, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_S,
    )
    return done.stdout + done.stderr[-1000:]
