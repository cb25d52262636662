"""The tests themselves: each states its claim, none mocks a room, every skip has a reason."""

import ast

from tools.house.floors import ROOMS
from tools.house.imports import aliases, imports, references
from tools.house.tree import PACKAGE, SRC, Finding, Source, Tree, functions

MOCKS = frozenset(["unittest.mock", "mock", "pytest_mock", "flexmock"])

SKIPS = {"skip": 0, "xfail": 0, "skipif": 1, "importorskip": 1}
"""Ways to leave a test out, each with how many arguments stand before the reason."""


def claims(tree: Tree) -> list[Finding]:
    """Every test function has a docstring: the claim that the test defends."""
    findings = []
    for source in _tests(tree):
        for name, node in functions(source):
            if node.name.startswith("test_") and not (ast.get_docstring(node) or "").strip():
                findings.append(
                    Finding(source.path, node.lineno, "claims", f"`{name}` claims nothing")
                )
    return findings


def skips(tree: Tree) -> list[Finding]:
    """Every skip and every expected failure gives its reason."""
    findings = []
    for source in _tests(tree):
        called = {id(node.func): node for node in source.nodes if isinstance(node, ast.Call)}
        for node, name in references(source):
            last = name.split(".")[-1]
            if name.split(".")[0] != "pytest" or last not in SKIPS:
                continue
            call = called.get(id(node))
            if call is None or not _gives_reason(call, SKIPS[last]):
                findings.append(
                    Finding(source.path, node.lineno, "skips", f"`{last}` has no reason")
                )
    return findings


def mocks(tree: Tree) -> list[Finding]:
    """No test mocks or patches our own rooms."""
    findings = []
    for source in _tests(tree):
        for found in imports(source):
            whole = f"{found.module}.{found.name}" if found.name else found.module
            if found.module in MOCKS or whole in MOCKS:
                findings.append(Finding(source.path, found.line, "mocks", f"imports `{whole}`"))
        known = aliases(source)
        for node in source.nodes:
            if isinstance(node, ast.Call) and _patches(node) and _is_ours(node.args, known):
                what = "patches our own room; build it with what it needs instead"
                findings.append(Finding(source.path, node.lineno, "mocks", what))
    return findings


def laws(tree: Tree) -> list[Finding]:
    """Property tests stand in files named `*_laws.py`."""
    findings = []
    for source in _tests(tree):
        if source.path.endswith("_laws.py"):
            continue
        for found in imports(source):
            if found.module.startswith("hypothesis") and found.name == "given":
                what = "a property test belongs in a file named *_laws.py"
                findings.append(Finding(source.path, found.line, "laws", what))
    return findings


def mirrors(tree: Tree) -> list[Finding]:
    """Every module with functions has tests: `test_<module>.py` or `test_<folder>.py` of its room.

    A face (`__init__.py`) and a module that only declares data need none of their own.
    """
    findings = []
    for source in tree.python(SRC):
        if source.room not in ROOMS or source.path.endswith("__init__.py"):
            continue
        parts = source.within.removesuffix(".py").split("/")
        stems = {
            test.rpartition("/")[2].removesuffix(".py").removesuffix("_laws")
            for test in tree.under(f"tests/{source.room}", suffix=".py")
        }
        wanted = [f"test_{part.strip('_')}" for part in parts]
        wanted += [f"test_{'_'.join(parts)}"]
        if any(True for _ in functions(source)) and stems.isdisjoint(wanted):
            what = f"has no tests (tests/{source.room}/{wanted[-2]}.py)"
            findings.append(Finding(source.path, 1, "mirrors", what))
    return findings


def _tests(tree: Tree) -> list[Source]:
    return list(tree.python("tests"))


def _gives_reason(call: ast.Call, before: int) -> bool:
    given = [k.value for k in call.keywords if k.arg in {"reason", "msg"}]
    given += call.args[before : before + 1] if before == 0 else []
    for value in given:
        if not isinstance(value, ast.Constant) or len(str(value.value).split()) > 1:
            return True
    return False


def _patches(call: ast.Call) -> bool:
    """Whether a call is `monkeypatch.setattr`, `.setitem`, `.delattr` or a kind of `patch`."""
    called = call.func
    return isinstance(called, ast.Attribute) and called.attr in {
        *("setattr", "setitem", "delattr", "delitem"),
        *("patch", "object"),
    }


def _is_ours(arguments: list[ast.expr], known: dict[str, str]) -> bool:
    if not arguments:
        return False
    first = arguments[0]
    if isinstance(first, ast.Constant):
        return str(first.value).split(".")[0] == PACKAGE
    while isinstance(first, ast.Attribute):
        first = first.value
    return isinstance(first, ast.Name) and known.get(first.id, "").split(".")[0] == PACKAGE
