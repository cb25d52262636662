"""The environment in .venv: when it is made again, and what is said when it cannot be."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

from tools.environment import STAMP, fingerprint, is_current, python_of

AS_OLD = "import sys; sys.version_info = (3, 8, 1); "
WITHOUT_PIP = "import sys; sys.modules['ensurepip'] = None; "
RUN = "import runpy; sys.argv[1:] = ['lint']; runpy.run_path('tools/task.py', None, '__main__')"


def _copy(checkout: Path, root: Path) -> Path:
    """A folder with the tools and the project file only, and no environment."""
    shutil.copytree(checkout / "tools", root / "tools")
    shutil.copy(checkout / "pyproject.toml", root)
    return root


def _python(root: Path, code: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", code]
    return subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)


def test_an_older_python_is_told_so(checkout: Path, tmp_path: Path) -> None:
    """Below 3.11 the answer is one clear sentence and exit code 2, and nothing is made."""
    done = _python(_copy(checkout, tmp_path), AS_OLD + RUN)
    assert done.returncode == 2
    assert "needs Python 3.11 or newer; this is 3.8" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_an_older_python_can_read_the_door(checkout: Path) -> None:
    """The file with the version check parses as Python 3.6."""
    text = (checkout / "tools/task.py").read_text(encoding="utf-8")
    assert ast.parse(text, feature_version=(3, 6)).body


def test_a_python_without_venv_is_told_so(checkout: Path, tmp_path: Path) -> None:
    """Without ensurepip the answer names the package that brings it, and exit code 2."""
    done = _python(_copy(checkout, tmp_path), WITHOUT_PIP + RUN)
    assert done.returncode == 2
    assert "has no ensurepip" in done.stderr
    assert "python3-venv" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_stamp_follows_what_it_was_made_from(tmp_path: Path) -> None:
    """An environment is current until the project file, the folder or its Python changes."""
    venv = tmp_path / ".venv"
    project = tmp_path / "pyproject.toml"
    project.write_text("a = 1\n", encoding="utf-8")
    python_of(venv).parent.mkdir(parents=True)
    python_of(venv).touch()
    assert not is_current(tmp_path, venv)
    (venv / STAMP).write_text(fingerprint(tmp_path), encoding="utf-8")
    assert is_current(tmp_path, venv)
    project.write_text("a = 2\n", encoding="utf-8")
    assert not is_current(tmp_path, venv)
    project.write_text("a = 1\n", encoding="utf-8")
    moved = tmp_path / "moved"
    moved.mkdir()
    shutil.copy(project, moved)
    assert not is_current(moved, venv)
    python_of(venv).unlink()
    assert not is_current(tmp_path, venv)
