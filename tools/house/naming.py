"""Names: the words that say nothing, and quantities without a unit."""

import ast
import re

from tools.house.tree import PYTHON_TOPS, SRC, Finding, Tree, functions

BANNED = frozenset(["manager", "managers", "handler", "handlers", "helper", "helpers", "common"])
BANNED |= {"processor", "processors", "util", "utils", "utilities"}
"""Words that hide what a thing does."""

BARE_QUANTITIES = frozenset(
    ["timeout", "delay", "duration", "elapsed", "latency", "uptime", "downtime", "interval"]
)
"""Times that say nothing without their unit; the unit stands last: `timeout_s`."""

NUMBERS = frozenset(["int", "float"])

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def words(name: str) -> list[str]:
    """The words of an identifier, in lower case.

    Examples
    --------
    >>> words("read_OPCValue2")
    ['read', 'opc', 'value', '2']
    """
    return [word.lower() for word in _WORD.findall(name)]


def names(tree: Tree) -> list[Finding]:
    """No module, folder, class or function is called manager, handler, helper and the like."""
    findings = []
    for path in tree.under(*PYTHON_TOPS, suffix=".py"):
        for part in path.removesuffix(".py").split("/"):
            findings += _banned(part, path, 1)
        for name, node in tree.source(path).definitions:
            findings += _banned(name.split(".")[-1], path, node.lineno)
    return findings


def units(tree: Tree) -> list[Finding]:
    """A parameter or field that is a time in plain numbers ends with its unit."""
    findings = []
    for source in tree.python(SRC):
        pairs = [
            (argument.arg, argument.annotation, argument.lineno)
            for _, node in functions(source)
            for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        ]
        pairs += [
            (node.target.id, node.annotation, node.lineno)
            for node in source.nodes
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        ]
        for name, annotation, line in pairs:
            last = name.split("_")[-1].lower()
            if annotation is not None and last in BARE_QUANTITIES and _is_number(annotation):
                what = f"`{name}` has no unit; write it last, as in `{name}_s`"
                findings.append(Finding(source.path, line, "units", what))
    return findings


def _banned(name: str, path: str, line: int) -> list[Finding]:
    found = [word for word in words(name) if word in BANNED]
    return [Finding(path, line, "names", f"`{name}`: `{w}` says nothing") for w in found]


def _is_number(annotation: ast.expr) -> bool:
    kinds = {n.id for n in ast.walk(annotation) if isinstance(n, ast.Name)}
    return bool(kinds & NUMBERS) and kinds <= NUMBERS | {"None", "Annotated"}
