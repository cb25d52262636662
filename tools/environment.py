"""The project's own environment in `.venv`: made once, renewed when what it was made from changes.

Standard library only, because nothing else is there when this runs.
"""

import hashlib
import importlib.util
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMP = "linewright-stamp.txt"


class Unready(Exception):
    """The environment cannot be made; the message tells what to do."""


def say(text: str) -> None:
    """Print one line of progress, at once."""
    print(f"linewright: {text}", flush=True)


def python_of(venv: Path) -> Path:
    """Where the interpreter of an environment is, on this system."""
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


def script_of(venv: Path, name: str) -> Path:
    """Where an installed command of an environment is, on this system."""
    return python_of(venv).with_name(f"{name}.exe" if os.name == "nt" else name)


def fingerprint(root: Path) -> str:
    """What an environment is made from: the project file, this Python, and where it stands."""
    project = (root / "pyproject.toml").read_bytes()
    parts = [hashlib.sha256(project).hexdigest(), platform.python_version(), str(root)]
    return "\n".join(parts) + "\n"


def is_current(root: Path, venv: Path) -> bool:
    """Whether the environment was made from what is there now."""
    try:
        stamp = (venv / STAMP).read_text(encoding="utf-8")
    except OSError:
        return False
    return stamp == fingerprint(root) and python_of(venv).exists()


def ensure(root: Path = ROOT, venv: Path | None = None) -> Path:
    """The interpreter of the environment, which is made or renewed first where needed.

    A current environment costs two small reads. Raises `Unready` with what to do when the
    environment cannot be made.
    """
    venv = venv or root / ".venv"
    if is_current(root, venv):
        return python_of(venv)
    started = time.perf_counter()
    if not _is_usable(venv):
        _make(venv)
    say("installing the project and its tools into .venv; the first time takes a minute or so")
    _install(root, venv)
    (venv / STAMP).write_text(fingerprint(root), encoding="utf-8")
    say(f".venv is ready after {time.perf_counter() - started:.0f} s")
    return python_of(venv)


def _is_usable(venv: Path) -> bool:
    """Whether the environment has pip and the same Python as the one that runs this."""
    asked = "import pip, platform; print(platform.python_version())"
    try:
        done = subprocess.run(
            [python_of(venv), "-c", asked], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return done.stdout.strip() == platform.python_version()


def _make(venv: Path) -> None:
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        raise Unready(
            f"this Python ({sys.executable}) has no {' and no '.join(missing)}, so it cannot make "
            "an environment. On Debian or Ubuntu: `apt-get install python3-venv`. Elsewhere use a "
            "Python that has them: `make test PYTHON=/path/to/python3`."
        )
    if Path(sys.prefix).resolve() == venv.resolve():
        raise Unready("the .venv is broken and also active: `deactivate` first, then again.")
    say(f"making .venv with Python {platform.python_version()}")
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", venv], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Unready(f"making .venv failed:\n{done.stdout}{done.stderr}")


def _install(root: Path, venv: Path) -> None:
    command = [str(python_of(venv)), "-m", "pip", "install", "-qq"]
    command += ["--disable-pip-version-check"]
    command += ["--editable", f"{root}[dev]"]
    later = os.environ | {"LINEWRIGHT_WEB": "later"}  # the commands that show pages build them
    if subprocess.run(command, cwd=root, env=later, check=False).returncode:
        raise Unready(
            "pip could not install the project (its messages are above). It needs the package "
            "index that pip is set up for; look at `pip config list`, at the network and the proxy."
        )
