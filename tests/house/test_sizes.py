"""The rules on sizes and the ratchet, each against a planted breach."""

import json
from pathlib import Path

from tests.house.planting import planted
from tools.house.sizes import RATCHET, sizes, tightened
from tools.house.tree import SRC, Tree

FILE = f"{SRC}/twin/a.py"


def _lines(number: int) -> str:
    return "x = 1\n" * number


def _function(lines: int, name: str = "f") -> str:
    return f'def {name}():\n    """One.\n\n    Two.\n    """\n' + "    x = 1\n" * (lines - 1)


def _with_ratchet(root: Path, text: str, ratchet: dict[str, dict[str, int]]) -> Tree:
    return planted(root, {FILE: text, RATCHET: json.dumps(ratchet)})


def _what(tree: Tree) -> list[str]:
    return [finding.what for finding in sizes(tree)]


def test_a_file_of_600_lines_is_the_largest(tmp_path: Path) -> None:
    """600 lines pass without an entry, 601 do not."""
    assert _what(planted(tmp_path, {FILE: _lines(600)})) == []
    assert _what(planted(tmp_path, {FILE: _lines(601)})) == [
        f"file_lines of {FILE} is 601, the limit is 600"
    ]


def test_the_ratchet_holds_and_only_falls(tmp_path: Path) -> None:
    """An entry holds exactly what it names: growth is found, and so is an entry too high."""
    assert _what(_with_ratchet(tmp_path, _lines(650), {"file_lines": {FILE: 650}})) == []
    grown = _with_ratchet(tmp_path, _lines(651), {"file_lines": {FILE: 650}})
    assert _what(grown) == [f"file_lines of {FILE} is 651, the limit is 650"]
    fallen = _with_ratchet(tmp_path, _lines(640), {"file_lines": {FILE: 650}})
    assert _what(fallen) == [f"file_lines of {FILE} fell to 640: lower 650"]


def test_a_needless_entry_is_found(tmp_path: Path) -> None:
    """An entry for what is within its limit, or gone, must be removed."""
    ratchet = {"file_lines": {FILE: 650}, "arguments": {f"{FILE}::gone": 7}}
    assert _what(_with_ratchet(tmp_path, _lines(10), ratchet)) == [
        f"file_lines of {FILE} is within the limit: remove the entry",
        f"arguments of {FILE}::gone is within the limit: remove the entry",
    ]


def test_nothing_allows_more_than_1000_lines(tmp_path: Path) -> None:
    """A file above 1,000 lines is found even when the ratchet holds it."""
    found = _what(_with_ratchet(tmp_path, _lines(1001), {"file_lines": {FILE: 1001}}))
    assert found == ["1001 lines; no ratchet entry allows more than 1000"]


def test_functions_have_70_lines_without_docstring(tmp_path: Path) -> None:
    """70 lines pass whatever the docstring is, 71 do not; methods and inner ones count."""
    assert _what(planted(tmp_path, {FILE: _function(70)})) == []
    assert _what(planted(tmp_path, {FILE: _function(71)})) == [
        f"function_lines of {FILE}::f is 71, the limit is 70"
    ]
    inside = "class A:\n" + _function(72, "g").replace("def", " def").replace("    ", "      ")
    assert _what(planted(tmp_path, {FILE: inside})) == [
        f"function_lines of {FILE}::A.g is 72, the limit is 70"
    ]


def test_tests_have_30_lines(tmp_path: Path) -> None:
    """The body of a test has at most 30 lines; other functions of a test file have 70."""
    text = _function(31, "test_a") + _function(31, "make")
    assert _what(planted(tmp_path, {"tests/twin/test_a.py": text})) == [
        "test_lines of tests/twin/test_a.py::test_a is 31, the limit is 30"
    ]


def test_five_arguments_by_position_eight_for_kernels(tmp_path: Path) -> None:
    """`self` and keyword-only arguments are free; a compiled kernel may take eight."""
    text = (
        "def f(a, b, c, d, e, *, g, h): ...\n"
        "def six(a, b, c, /, d, e, g): ...\n"
        "class A:\n    def m(self, a, b, c, d, e): ...\n"
        "@numba.njit(cache=True)\ndef kernel(a, b, c, d, e, g, h, i): ...\n"
        "@njit\ndef nine(a, b, c, d, e, g, h, i, j): ...\n"
    )
    assert _what(planted(tmp_path, {FILE: text})) == [
        f"arguments of {FILE}::six is 6, the limit is 5",
        f"arguments of {FILE}::nine is 9, the limit is 8",
    ]


def test_folders_and_faces_stay_small(tmp_path: Path) -> None:
    """A folder of 13 files and a face of 13 names are found; `__init__.py` is not counted."""
    files = {f"{SRC}/twin/m{n}.py": "x = 1\n" for n in range(13)}
    files[f"{SRC}/twin/__init__.py"] = f"__all__ = {[f'n{n}' for n in range(13)]}\n"
    assert _what(planted(tmp_path, files)) == [
        f"folder_files of {SRC}/twin is 13, the limit is 12",
        f"face_names of {SRC}/twin/__init__.py is 13, the limit is 12",
    ]


def test_tightening_lowers_and_never_raises(tmp_path: Path) -> None:
    """Tightening lowers an entry, drops a needless one, and does not admit what has grown."""
    ratchet = {"file_lines": {FILE: 700, "gone.py": 800}}
    tree = _with_ratchet(tmp_path, _lines(650), ratchet)
    assert json.loads(tightened(tree)) == {"file_lines": {FILE: 650}}
    grown = _with_ratchet(tmp_path, _lines(650) + _function(80), {"file_lines": {FILE: 640}})
    assert json.loads(tightened(grown)) == {"file_lines": {FILE: 640}}
