"""The whole of `linewright demo`: from a hidden fault to a case that is closed and effective."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.faults
def test_the_fault_is_found_and_corrected(tmp_path: Path) -> None:
    """Confirmed by itself, the demo ends with 0: the case is closed, and was effective."""
    words = ["--no-past", "--until-closed", "--confirm", "--for", "100", "--speed", "40"]
    done = subprocess.run(
        [sys.executable, "-m", "linewright", "demo", "--data", str(tmp_path / "demo"), *words],
        capture_output=True, text=True, check=False, timeout=150,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the case was closed: effective" in done.stdout
    assert "case     proposed" in done.stdout
    assert not (tmp_path / "demo" / "up.json").exists()
