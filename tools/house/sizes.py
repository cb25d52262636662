"""Sizes that may not grow: files, functions, arguments, folders, faces; and the ratchet.

The ratchet file holds today's worst, each above its limit; it may only fall. What is at or below
the limit needs no entry, an entry that is higher than what is measured must be lowered, and
`python3 tools/task.py house --tighten` does that.
"""

import ast
import json
from typing import NamedTuple

from tools.house.floors import FACE_NAMES_MAX, face_sizes
from tools.house.tree import SRC, Finding, FunctionNode, Tree, functions, own_lines

RATCHET = "tests/house/ratchet.json"

FILE_LINES = 600
FILE_LINES_STOP = 1000
FUNCTION_LINES = 70
TEST_LINES = 30
ARGUMENTS = 5
KERNEL_ARGUMENTS = 8
FOLDER_FILES = 12

KERNELS = frozenset(["njit", "jit", "vectorize", "guvectorize", "cfunc"])
"""Decorators of compiled functions."""


class Measure(NamedTuple):
    """One measured size of one thing, and the limit it has without a ratchet entry."""

    kind: str
    where: str
    path: str
    line: int
    value: int
    limit: int


def measures(tree: Tree) -> list[Measure]:
    """Every size above its limit."""
    found = [*_files(tree), *_functions(tree), *_folders(tree)]
    for path, names in face_sizes(tree).items():
        found.append(Measure("face_names", path, path, 1, names, FACE_NAMES_MAX))
    return [measure for measure in found if measure.value > measure.limit]


def sizes(tree: Tree) -> list[Finding]:
    """Nothing is larger than its limit or its ratchet entry, and no entry is too high."""
    ratchet = tree.entries(RATCHET)
    findings = []
    seen: set[tuple[str, str]] = set()
    for kind, where, path, line, value, limit in measures(tree):
        seen.add((kind, where))
        entry = ratchet.get(kind, {}).get(where, limit)
        assert isinstance(entry, int), f"{RATCHET}: {kind} {where}"
        if value > entry:
            what = f"{kind} of {where} is {value}, the limit is {entry}"
            findings.append(Finding(path, line, "sizes", what))
        elif value < entry:
            what = f"{kind} of {where} fell to {value}: lower {entry}"
            findings.append(Finding(RATCHET, 1, "sizes", what))
        if kind == "file_lines" and value > FILE_LINES_STOP:
            what = f"{value} lines; no ratchet entry allows more than {FILE_LINES_STOP}"
            findings.append(Finding(path, line, "sizes", what))
    for kind, entries in ratchet.items():
        for where in entries:
            if (kind, where) not in seen:
                what = f"{kind} of {where} is within the limit: remove the entry"
                findings.append(Finding(RATCHET, 1, "sizes", what))
    return findings


def tightened(tree: Tree) -> str:
    """The ratchet file with every entry lowered to what is measured and the needless ones gone."""
    ratchet = tree.entries(RATCHET)
    lowered: dict[str, dict[str, int]] = {}
    for measure in measures(tree):
        entry = ratchet.get(measure.kind, {}).get(measure.where)
        if isinstance(entry, int):
            lowered.setdefault(measure.kind, {})[measure.where] = min(entry, measure.value)
    return json.dumps(lowered, indent=2, sort_keys=True) + "\n"


def _files(tree: Tree) -> list[Measure]:
    return [
        Measure("file_lines", s.path, s.path, 1, len(s.lines), FILE_LINES) for s in tree.python()
    ]


def _functions(tree: Tree) -> list[Measure]:
    found = []
    for source in tree.python():
        for name, node in functions(source):
            where = f"{source.path}::{name}"
            at = (where, source.path, node.lineno)
            lines = own_lines(node)
            is_test = source.path.startswith("tests/") and node.name.startswith("test_")
            if is_test:
                found.append(Measure("test_lines", *at, lines, TEST_LINES))
            else:
                found.append(Measure("function_lines", *at, lines, FUNCTION_LINES))
            limit = KERNEL_ARGUMENTS if _is_kernel(node) else ARGUMENTS
            found.append(Measure("arguments", *at, _positional(node), limit))
    return found


def _folders(tree: Tree) -> list[Measure]:
    counts: dict[str, int] = {}
    for source in tree.python(SRC):
        folder, _, name = source.path.rpartition("/")
        if name != "__init__.py":
            counts[folder] = counts.get(folder, 0) + 1
    return [
        Measure("folder_files", folder, f"{folder}/__init__.py", 1, count, FOLDER_FILES)
        for folder, count in counts.items()
    ]


def _is_kernel(node: FunctionNode) -> bool:
    for decorator in node.decorator_list:
        call = decorator.func if isinstance(decorator, ast.Call) else decorator
        last = call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "")
        if last in KERNELS:
            return True
    return False


def _positional(node: FunctionNode) -> int:
    arguments = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
    if arguments and arguments[0] in {"self", "cls"}:
        arguments = arguments[1:]
    return len(arguments)
