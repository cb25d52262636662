"""The fault suite of the live path, as numbers: what was lost, doubled, and how soon it was red."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measure import Claim, note

SUITE_S = 2_400
"""Longest run of the whole suite."""

ROOT = Path(__file__).resolve().parents[2]


def measure_faults() -> list[Claim]:
    """Run the suite and sum what each of its cases wrote down."""
    with tempfile.TemporaryDirectory(prefix="linewright-") as name:
        done = subprocess.run(  # noqa: S603  # our own tests
            [sys.executable, "-m", "pytest", "-q", "-n2", "-m", "faults", "-p", "no:cacheprovider"]
            + [str(path) for path in sorted((ROOT / "tests" / "faults").glob("test_live_path_*"))],
            cwd=ROOT,
            env={**os.environ, "LINEWRIGHT_FAULTS_OUT": name},
            capture_output=True,
            text=True,
            check=False,
            timeout=SUITE_S,
        )
        cases = [
            json.loads(line)
            for file in sorted(Path(name).glob("*.jsonl"))
            for line in file.read_text(encoding="utf-8").splitlines()
        ]
    closing = done.stdout.strip().splitlines()[-1:]
    note(f"faults: {len(cases)} cases; {' '.join(closing)}")
    for case in cases:
        note(f"  {json.dumps(case)}")
    right = done.returncode == 0 and bool(cases)
    p95_s = _p95([each for case in cases for each in case.get("red_s", [])])
    sparkplug_s = _p95([each for case in cases for each in case.get("sparkplug_red_s", [])])
    note(f"red after silence, p95: {p95_s} s; Sparkplug, by its keep-alive: {sparkplug_s} s")
    return [
        _count("unaccounted_loss_in_fault_suite", cases, "unaccounted", right=right),
        _count("doubled_in_fault_suite", cases, "doubled", right=right),
        Claim(name="red_after_silence_p95", value=p95_s, unit="s", correct=right),
    ]


def _count(name: str, cases: list[dict[str, Any]], key: str, *, right: bool) -> Claim:
    total = sum(int(case.get(key, 0)) for case in cases)
    return Claim(name=name, value=float(total), unit="count", correct=right)


def _p95(seconds: list[float]) -> float | None:
    return sorted(seconds)[int(0.95 * len(seconds))] if seconds else None
