"""The wheel alone, in an empty environment: no checkout, no git, no make."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("wheel")

INSTALL_S = 300.0
DEMO_S = 180.0


def _pip(python: str | Path, *arguments: str | Path) -> None:
    """Run pip; without a package index the test is skipped and says so."""
    command = [str(python), "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_S, check=False)
    away = "No matching distribution" in done.stderr or "NewConnectionError" in done.stderr
    if done.returncode and away:
        pytest.skip("pip reaches no package index that has what the wheel needs")
    assert done.returncode == 0, done.stderr


def test_the_demo_runs_from_the_wheel(checkout: Path, tmp_path: Path) -> None:
    """`pip install linewright-*.whl && linewright demo` ends in a case that is closed effective."""
    _pip(sys.executable, "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, checkout)
    (wheel,) = tmp_path.glob("linewright-*.whl")
    home = tmp_path / "venv"
    venv.create(home, with_pip=True)
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    _pip(scripts / "python", "install", "--quiet", wheel)
    done = subprocess.run(
        [
            scripts / "linewright",
            "demo",
            "--data",
            tmp_path / "data",
            "--until-closed",
            "--confirm",
        ],
        cwd=tmp_path,
        env={"PATH": os.defpath, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=DEMO_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the case was closed: effective" in done.stdout
