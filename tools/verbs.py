"""What each command of the Makefile does, once there is an environment to do it in."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tools import bundle, peers
from tools.environment import ROOT, Unready, ensure, python_of, say, script_of

VENV = ROOT / ".venv"
SUITE = ["-n", "3", "--dist", "loadgroup", "-m", "not laws and not faults"]
NO_TESTS = 5
"""What pytest returns when nothing is left to run."""

MADE = (
    ".venv",
    ".peers",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
    "build",
    "dist",
    "web/node_modules",
    bundle.BUNDLE,
)

Verb = Callable[[list[str]], int]

SLOW_S = 5.0
"""A step that takes longer says what it did."""


def demo(arguments: list[str]) -> int:
    """Play the bracket line with a hidden fault, live, with its page; Ctrl-C ends it."""
    _machine_code()
    _web()
    return _run([script_of(VENV, "linewright"), "demo", *arguments])


def test(arguments: list[str]) -> int:
    """Lint, types and the whole suite but laws and faults; the last line is pytest's own."""
    return lint([]) or _machine_code() or _web() or _pytest([*SUITE, *arguments])


def lint(_: list[str]) -> int:
    """Ruff's rules, ruff's format and mypy; all three run, also when the first finds something."""
    checks = {
        "ruff check": ["ruff", "check", "--quiet", "."],
        "ruff format": ["ruff", "format", "--check", "--quiet", "."],
        "mypy": ["mypy", "--no-error-summary"],
    }
    failed = []
    for name, command in checks.items():
        started = time.perf_counter()
        code = _python(["-m", *command])
        took_s = time.perf_counter() - started
        say(f"{name}: {'failed' if code else 'in order'} ({took_s:.1f} s)")
        failed += [name] if code else []
    if failed:
        say(f"stopped: {', '.join(failed)} found something; `make lint` shows only that")
    return 1 if failed else 0


def _machine_code() -> int:
    """Compile the twin's kernel before anything waits for it."""
    started = time.perf_counter()
    code = _python(["-c", "from linewright.twin.engine import prepare; prepare()"])
    took_s = time.perf_counter() - started
    if took_s > SLOW_S:
        say(f"the twin's kernel is compiled for this machine ({took_s:.0f} s, once)")
    return code


def _web() -> int:
    """Build the web application where its sources have changed.

    Where its packages cannot be had, that is said and everything else goes on; where it does not
    compile, that is an error.
    """
    try:
        took_s = bundle.build(ROOT)
    except bundle.Unbuilt as error:
        say(str(error))
        return 0 if str(error).startswith(bundle.NO_REGISTRY) else 1
    if took_s:
        say(f"the web application is built ({took_s:.0f} s)")
    return 0


def laws(arguments: list[str]) -> int:
    """Run the long property tests and statistics."""
    return _marked("laws", arguments)


def faults(arguments: list[str]) -> int:
    """Run the fault suite."""
    return _marked("faults", arguments)


def docs(arguments: list[str]) -> int:
    """Write the pages made from the code, then check all: links, examples, decisions."""
    wanted = ["tests/house/test_prose.py", "tests/house/test_surface.py"]
    wanted += ["tests/house/test_examples.py", "tests/house/test_this_house.py"]
    return _python(["-m", "tools.pages"]) or _pictures() or _pytest([*wanted, *arguments])


def _pictures() -> int:
    """Make the README's pictures where there are terminals to run in."""
    return 0 if sys.platform == "win32" else _python(["-m", "tools.pictures"])


def house(arguments: list[str]) -> int:
    """Print what breaks a rule of the house; `--tighten` lowers the ratchet first."""
    return _web() or _python(["-m", "tools.house", *arguments])


def bench(arguments: list[str]) -> int:
    """Run every benchmark and keep its result; `--quick` is the minute's version."""
    return _python(["-m", "tools.bench", *arguments])


def changelog(arguments: list[str]) -> int:
    """Turn the fragments in changes/ into a section of CHANGELOG.md: `changelog 0.2.0`."""
    return _python(["-m", "tools.changelog", *arguments])


def prepare(_: list[str]) -> int:
    """Make the environment, and bring the foreign machines and brokers that tests run against."""
    absent = peers.install()
    for reason in absent:
        say(f"not to be had, so its tests are skipped: {reason}")
    say(f"what the tests need is in {VENV.name} and {peers.PEERS.name}")
    return 0


def clean(_: list[str]) -> int:
    """Remove what is made by running: the environment, caches and builds."""
    if Path(sys.prefix).resolve() == VENV.resolve():
        raise Unready("the .venv is active: `deactivate` first, then again.")
    folders = [ROOT / name for name in MADE]
    folders += [
        cache
        for top in ("src", "tests", "tools", "benchmarks")
        for cache in (ROOT / top).rglob("__pycache__")
    ]
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


VERBS: dict[str, Verb] = {
    "demo": demo,
    "test": test,
    "lint": lint,
    "laws": laws,
    "faults": faults,
    "bench": bench,
    "docs": docs,
    "house": house,
    "changelog": changelog,
    "test-deps": prepare,
    "clean": clean,
}


def main(arguments: list[str]) -> int:
    """Do what the first argument says with the rest; 0 when all is well.

    The time it took is said at the end, but for `test`, whose last line is pytest's own.
    """
    verb = VERBS.get(arguments[0]) if arguments else None
    if verb is None:
        for name, known in VERBS.items():
            print(f"{name:10} {(known.__doc__ or '').splitlines()[0]}")
        return 2 if arguments else 0
    started = time.perf_counter()
    try:
        if verb is not clean:
            ensure()
        code = verb(arguments[1:])
    except Unready as error:
        print(f"linewright: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    if verb is not test:
        took_s = time.perf_counter() - started
        say(f"{arguments[0]} {'failed' if code else 'done'} in {took_s:.1f} s")
    return code


def _marked(mark: str, arguments: list[str]) -> int:
    code = _pytest(["-n", "2", "-m", mark, *arguments])
    if code == NO_TESTS:
        say(f"no test carries the mark `{mark}` yet, so there was nothing to run")
        return 0
    return code


def _pytest(arguments: list[str]) -> int:
    return _python(["-m", "pytest", "-q", *arguments])


def _python(arguments: list[str]) -> int:
    return _run([python_of(VENV), *arguments])


def _run(command: list[str | Path]) -> int:
    return subprocess.run(command, cwd=ROOT, check=False).returncode
