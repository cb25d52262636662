"""The web application: its rooms, its contract with the server, its size, and its own tests."""

import gzip
import json
import re
import sys
from pathlib import Path

import pytest

from tools import bundle
from tools.contract import FILE, as_text

IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.{1,2}/[^"']+)["']""")
MAY: dict[str, frozenset[str]] = {
    "words": frozenset(),
    "contract": frozenset(),
    "data": frozenset(["contract", "words"]),
    "kit": frozenset(["words"]),
    "pages": frozenset(["contract", "data", "kit", "words"]),
    "app": frozenset(["contract", "data", "kit", "pages", "words"]),
}
"""What each room imports besides itself."""

NETWORK = re.compile(r"\bfetch\(|\bnew (?:WebSocket|EventSource|XMLHttpRequest)\b|sendBeacon")
LINES_MAX = 600
FIRST_PAGE_KB = 180
TESTS_PASSED = re.compile(r"Tests\s+(\d+) passed")


def _sources(checkout: Path) -> list[Path]:
    found = sorted((checkout / "web" / "src").rglob("*.ts*"))
    assert len(found) > 30
    return found


def _room(path: Path, checkout: Path) -> str:
    return path.relative_to(checkout / "web" / "src").parts[0]


def test_rooms_import_only_what_they_may(checkout: Path) -> None:
    """Contract and words <- data <- pages -> kit; a page never imports another page."""
    source = checkout / "web" / "src"
    wrong = []
    for path in _sources(checkout):
        own = path.relative_to(source).parts
        for named in IMPORT.findall(path.read_text(encoding="utf-8")):
            to = (path.parent / named).resolve().relative_to(source).parts
            same_page = own[0] != "pages" or to[:2] == own[:2]
            if not ((to[0] == own[0] and same_page) or to[0] in MAY[own[0]]):
                wrong.append(f"{'/'.join(own)} imports {'/'.join(to)}")
    assert wrong == []


def test_only_data_opens_connections(checkout: Path) -> None:
    """Sockets and requests stand in `data` alone."""
    found = {
        _room(path, checkout)
        for path in _sources(checkout)
        if NETWORK.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"data"}


def test_only_one_file_knows_the_chart_library(checkout: Path) -> None:
    """`kit/trend.tsx` imports uPlot, and nothing else does."""
    knows = [path for path in _sources(checkout) if '"uplot' in path.read_text(encoding="utf-8")]
    assert [path.name for path in knows] == ["trend.tsx"]


def test_files_stay_readable(checkout: Path) -> None:
    """No written file of the application is longer than 600 lines."""
    written = [path for path in _sources(checkout) if path.parent.name != "contract"]
    long = [p.name for p in written if len(p.read_text(encoding="utf-8").splitlines()) > LINES_MAX]
    assert long == []


def test_the_types_are_those_of_the_server() -> None:
    """`contract/views.ts` is what `python -m tools.contract` writes now."""
    assert FILE.read_text(encoding="utf-8") == as_text(), "run `python -m tools.contract`"


def test_packages_are_pinned_without_a_registry(checkout: Path) -> None:
    """The lock file has a checksum of every package, and names no place that it comes from."""
    lock = json.loads((checkout / "web/package-lock.json").read_text(encoding="utf-8"))
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert len(packages) > 20
    assert all("resolved" not in each for each in packages.values())
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())


def test_the_first_page_is_small(checkout: Path) -> None:
    """What the first page loads at once, compressed, is at most 180 kB."""
    folder = checkout / bundle.BUNDLE
    if not bundle.is_built(checkout):
        pytest.skip("the web application is not built: `make house` builds it")
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "<script>" not in page, "the content policy forbids inline scripts"
    named = re.findall(r'(?:src|href)="/(assets/[^"]+)"', page)
    assert named
    sizes = [len(gzip.compress((folder / name).read_bytes())) for name in named]
    assert sum(sizes) <= FIRST_PAGE_KB * 1000
    assert all((folder / f"{name}.br").is_file() for name in named)


def test_its_own_tests_pass(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Vitest finds its tests, and all pass; its closing line is printed."""
    if not (checkout / "web/node_modules" / bundle.INSTALLED).is_file():
        pytest.skip("the packages of web/ are not installed: `make house` brings them")
    done = bundle.run(["node_modules/vitest/vitest.mjs", "run"], checkout)
    found = TESTS_PASSED.search(done.stdout)
    with capsys.disabled():
        sys.stdout.write(f"\nvitest: {found[0] if found else done.stdout[-200:]}\n")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert found is not None
    assert int(found[1]) > 50
