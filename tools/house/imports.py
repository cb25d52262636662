"""What a file imports, in whatever way, and what a name in it stands for."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from tools.house.tree import Source

DYNAMIC = frozenset(["import_module", "__import__", "find_spec", "run_module", "resolve_name"])
"""Calls that import by a name in a string."""


class Import(NamedTuple):
    """One imported thing.

    `name` is what `from module import name` takes, else None. `typing_only` tells that it stands
    under `if TYPE_CHECKING:` and so is never executed.
    """

    line: int
    module: str
    name: str | None
    typing_only: bool


def imports(source: Source) -> list[Import]:
    """Every import of a file: at any depth, for types only, relative (resolved) and dynamic."""
    return list(_imports(source.syntax, source.package, typing_only=False))


def aliases(source: Source) -> dict[str, str]:
    r"""Local names that imports bind, each with the dotted name that it stands for.

    Examples
    --------
    >>> aliases(Source("a.py", "import numpy as np, os.path\nfrom time import sleep as nap"))
    {'np': 'numpy', 'os': 'os', 'nap': 'time.sleep'}
    """
    bound: dict[str, str] = {}
    for node in source.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                bound[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(node, source.package)
            for alias in node.names:
                bound[alias.asname or alias.name] = f"{module}.{alias.name}"
    return bound


def references(source: Source) -> Iterator[tuple[ast.expr, str]]:
    """Every use of an imported name, with its whole dotted name: `(node, "time.monotonic")`.

    Of `a.b.c` only the longest chain is given.
    """
    known = aliases(source)
    inner: set[int] = set()
    for node in source.nodes:
        if not isinstance(node, ast.Attribute | ast.Name) or id(node) in inner:
            continue
        parts: list[str] = []
        here: ast.expr = node
        while isinstance(here, ast.Attribute):
            parts.append(here.attr)
            here = here.value
            inner.add(id(here))
        if isinstance(here, ast.Name) and here.id in known:
            yield node, ".".join([known[here.id], *reversed(parts)])


def exported(source: Source) -> list[str]:
    """The names in `__all__`, also those added to it later; empty when there is none."""
    names: list[str] = []
    for node in source.syntax.body:
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign | ast.AugAssign) and node.value is not None:
            targets, value = [node.target], node.value
        else:
            continue
        is_all = any(isinstance(t, ast.Name) and t.id == "__all__" for t in targets)
        if is_all and isinstance(value, ast.List | ast.Tuple):
            names += [str(e.value) for e in value.elts if isinstance(e, ast.Constant)]
    return names


def _imports(node: ast.AST, package: str, *, typing_only: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(child.lineno, alias.name, None, typing_only)
        elif isinstance(child, ast.ImportFrom):
            module = _absolute(child, package)
            for alias in child.names:
                yield Import(child.lineno, module, alias.name, typing_only)
        elif isinstance(child, ast.If) and _is_type_checking(child.test):
            for inner in child.body:
                holder = ast.Module(body=[inner], type_ignores=[])
                yield from _imports(holder, package, typing_only=True)
            for inner in child.orelse:
                holder = ast.Module(body=[inner], type_ignores=[])
                yield from _imports(holder, package, typing_only=typing_only)
        else:
            if isinstance(child, ast.Call) and (name := _dynamic(child, package)):
                yield Import(child.lineno, name, None, typing_only)
            yield from _imports(child, package, typing_only=typing_only)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    base = package.split(".")
    base = base[: len(base) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _dynamic(call: ast.Call, package: str) -> str | None:
    called = call.func
    last = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    values = [*call.args[:1], *(k.value for k in call.keywords if k.arg in {"name", "mod_name"})]
    if last not in DYNAMIC or not values or not isinstance(values[0], ast.Constant):
        return None
    name = str(values[0].value).replace(":", ".")
    if not name.startswith("."):
        return name
    level = len(name) - len(name.lstrip("."))
    base = package.split(".")
    return ".".join([*base[: len(base) - level + 1], name.lstrip(".")])


def _is_type_checking(test: ast.expr) -> bool:
    last = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return last == "TYPE_CHECKING"
