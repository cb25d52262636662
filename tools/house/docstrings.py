"""Docstrings of what a face exports: its parameters, its errors, and an example that runs."""

import ast

from tools.house.floors import ROOMS
from tools.house.imports import exported, imports
from tools.house.tree import SRC, Finding, FunctionNode, Source, Tree


def docstrings(tree: Tree) -> list[Finding]:
    """A function that a face exports tells its parameters, its errors and one example.

    The first line says what it gives. A single parameter may be told there too; two or more have
    their section. That every public name has a docstring at all is ruff's rule D.
    """
    findings = []
    for room in ROOMS:
        for face in tree.python(f"{SRC}/{room}"):
            if not face.path.endswith("__init__.py"):
                continue
            for name in exported(face):
                found = _definition(tree, face, name)
                if found is not None:
                    findings += _breaches(*found)
    return sorted(set(findings))


def _definition(tree: Tree, face: Source, name: str) -> tuple[Source, FunctionNode] | None:
    """The function behind an exported name, followed through the files that pass it on."""
    for _ in range(4):
        for node in face.syntax.body:
            if isinstance(node, FunctionNode) and node.name == name:
                return face, node
        origin = next((i.module for i in imports(face) if i.name == name), None)
        if origin is None:
            return None
        stem = f"src/{origin.replace('.', '/')}"
        path = next((p for p in (f"{stem}.py", f"{stem}/__init__.py") if p in tree.files), None)
        if path is None:
            return None
        face = tree.source(path)
    return None


def _breaches(source: Source, node: FunctionNode) -> list[Finding]:
    text = ast.get_docstring(node) or ""
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    raises = any(isinstance(inner, ast.Raise) and inner.exc for inner in ast.walk(node))
    wanted = [("Parameters\n", len(arguments) > 1), ("raises ", raises), (">>>", True)]
    spoken = text.replace("Raises\n", "raises ").replace("Raises ", "raises ")
    return [
        Finding(source.path, node.lineno, "docstrings", f"`{node.name}` has no {part.strip()}")
        for part, needed in wanted
        if needed and part not in spoken
    ]
