"""The commands: the Makefile, the door behind it and CI name the same ones."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from tools.environment import is_current
from tools.verbs import SUITE, VERBS


def _task(checkout: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "tools/task.py", *words]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)


def test_the_makefile_only_calls_the_door(checkout: Path) -> None:
    """Every target of the Makefile is a verb, and every recipe is one call of task.py."""
    text = (checkout / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) - {"help"} == set(VERBS) - {"changelog"}
    recipes = [line for line in text.splitlines() if line.startswith("\t")]
    assert recipes
    assert all(line.startswith("\t@$(PYTHON) tools/task.py") for line in recipes)


def test_without_a_verb_they_are_listed(checkout: Path) -> None:
    """Without a verb every verb is listed with one line; an unknown verb is an error."""
    listed = _task(checkout)
    assert listed.returncode == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == list(VERBS)
    assert _task(checkout, "unknown").returncode == 2


def test_the_door_is_quick(checkout: Path) -> None:
    """With an environment in place, what stands before the work takes less than a second."""
    before = os.times()
    started = time.perf_counter()
    listed = _task(checkout)
    is_current(checkout, checkout / ".venv")
    took_s = time.perf_counter() - started
    after = os.times()
    used_s = after.children_user - before.children_user
    assert listed.returncode == 0
    assert min(took_s, used_s) < 1.0


def test_the_suite_leaves_out_laws_and_faults() -> None:
    """`make test` runs what is neither a long law nor a fault."""
    assert SUITE == ["-n", "3", "--dist", "loadgroup", "-m", "not laws and not faults"]


def test_ci_runs_the_same_suite(checkout: Path) -> None:
    """CI is an executable script that stops at the first error and ends with `make test`."""
    script = checkout / ".ci/run"
    text = script.read_text(encoding="utf-8")
    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in text
    assert text.rstrip().splitlines()[-1] == "make test"
