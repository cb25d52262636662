"""Finished work: no empty folder or body, no open mark, no check silenced without a reason."""

import ast
import re

from tools.house.imports import references
from tools.house.tree import PYTHON_TOPS, SRC, Finding, FunctionNode, Tree, functions

OPEN_MARKS = re.compile(
    "#.*\\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK"]) + ")\\b"
)
"""Marks of unfinished work in comments."""

SILENCED = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b(?P<codes>[:\[\]A-Za-z0-9, -]*)(?P<rest>.*)")
_CODES = re.compile(r"^(?::\s*[A-Z]+[0-9]+(?:\s*,\s*[A-Z]+[0-9]+)*|\[[a-z-]+(?:,\s*[a-z-]+)*\])")
_REASON = re.compile(r"[A-Za-z]{3,}")

PAGES = (".html", ".css", ".js")
"""What a browser runs is content, too."""

RECORDED = "payloads"
"""Folder of a connector with what real machines sent: content, too."""

POSITIONAL_FIELDS = 3
"""A value of so few fields may be made by position: `Money(12, "MXN")`."""


def contents(tree: Tree) -> list[Finding]:
    """No folder under the package is empty: each holds a definition, pages or recordings."""
    folders: dict[str, bool] = {}
    for path in tree.under(SRC):
        folder = path.rpartition("/")[0]
        while folder.startswith(SRC):
            folders.setdefault(folder, False)
            is_content = path.endswith(PAGES) or f"/{RECORDED}/" in path
            if is_content or (path.endswith(".py") and _has_content(tree.source(path).syntax)):
                folders[folder] = True
            folder = folder.rpartition("/")[0]
    bare = [
        folder.relative_to(tree.root).as_posix()
        for folder in (tree.root / SRC).rglob("*")
        if folder.is_dir() and folder.name != "__pycache__" and not any(folder.iterdir())
    ]
    empty = [folder for folder, full in folders.items() if not full] + bare
    return [Finding(f, 1, "contents", "the folder holds no code") for f in sorted(empty)]


def unfinished(tree: Tree) -> list[Finding]:
    """No function body is left out, and no comment says that something is still to be done."""
    findings = []
    for source in tree.python(SRC):
        declared = _declarations_only(source.syntax)
        for name, node in functions(source):
            if id(node) not in declared and _is_left_out(node):
                what = f"`{name}` has no body"
                findings.append(Finding(source.path, node.lineno, "unfinished", what))
        for number, line in enumerate(source.lines, 1):
            if mark := OPEN_MARKS.search(line):
                findings.append(Finding(source.path, number, "unfinished", f"mark `{mark[1]}`"))
    return findings


def silenced(tree: Tree) -> list[Finding]:
    """A silenced check names its code and gives its reason, in the line or in the one above."""
    findings = []
    for source in tree.python(*PYTHON_TOPS):
        for number, line in enumerate(source.lines, 1):
            found = SILENCED.search(line)
            if not found or _is_in_string(line, found.start()):
                continue
            codes = _CODES.match(found["codes"].strip())
            rest = found["codes"].strip()[codes.end() :] + found["rest"] if codes else ""
            above = source.lines[number - 2].strip() if number > 1 else ""
            if not codes:
                findings.append(Finding(source.path, number, "silenced", "names no code"))
            elif not _REASON.search(rest) and not above.startswith("#"):
                findings.append(Finding(source.path, number, "silenced", "gives no reason"))
    return findings


def frozen(tree: Tree) -> list[Finding]:
    """Data is `msgspec.Struct`, frozen, and by keyword beyond three fields; no dataclasses."""
    findings = []
    for source in tree.python(SRC):
        known: dict[int, str] = {}
        for used, name in references(source):
            known[id(used)] = name
            if name.split(".")[0] in {"dataclasses", "pydantic", "attrs", "attr"}:
                what = f"`{name}`: data is msgspec.Struct (docs/decisions/0002)"
                findings.append(Finding(source.path, used.lineno, "frozen", what))
        for _, node in source.definitions:
            if not isinstance(node, ast.ClassDef):
                continue
            direct = any(known.get(id(base)) == "msgspec.Struct" for base in node.bases)
            options = {k.arg: getattr(k.value, "value", None) for k in node.keywords}
            wanted = ["frozen", *(["kw_only"] if _fields(node) > POSITIONAL_FIELDS else [])]
            for option in wanted:
                given = options.get(option)
                if (direct and given is not True) or given is False:
                    what = f"`{node.name}` is not {option}=True"
                    findings.append(Finding(source.path, node.lineno, "frozen", what))
    return findings


def _fields(node: ast.ClassDef) -> int:
    fields = [child.annotation for child in node.body if isinstance(child, ast.AnnAssign)]
    return sum(_last(annotation) != "ClassVar" for annotation in fields)


def _has_content(module: ast.Module) -> bool:
    for node in module.body:
        if isinstance(node, FunctionNode | ast.ClassDef):
            return True
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(getattr(t, "id", "__all__") not in {"__all__", "__version__"} for t in targets):
                return True
    return False


def _declarations_only(module: ast.Module) -> set[int]:
    """Functions that are declared without a body on purpose: protocols, overloads, abstracts."""
    found: set[int] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef) and any(_last(b) == "Protocol" for b in node.bases):
            found |= {id(child) for child in node.body}
        if isinstance(node, FunctionNode):
            marks = {_last(d) for d in node.decorator_list}
            if marks & {"overload", "abstractmethod"}:
                found.add(id(node))
    return found


def _is_left_out(node: FunctionNode) -> bool:
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    return all(_is_nothing(statement) for statement in body)


def _is_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Raise) and statement.exc is not None:
        raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return _last(raised) == "NotImplementedError"
    is_dots = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass) or is_dots


def _last(node: ast.expr) -> str:
    node = node.value if isinstance(node, ast.Subscript) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_in_string(line: str, at: int) -> bool:
    return line[:at].count('"') % 2 == 1 or line[:at].count("'") % 2 == 1
