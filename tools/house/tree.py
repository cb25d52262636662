"""The tree under judgement: its files, their text and their syntax, each read once."""

import ast
import json
import subprocess
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import NamedTuple

PACKAGE = "linewright"
SRC = f"src/{PACKAGE}"
PYTHON_TOPS = (SRC, "tools", "tests", "benchmarks")
"""Folders that hold our Python files."""

SKIPPED = frozenset(
    [".git", ".venv", ".peers", "__pycache__", "node_modules", "build", "dist", "out"]
)
SKIPPED |= {".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"}
"""Folders that are made by running something; nobody commits them."""

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class Finding(NamedTuple):
    """One breach of one rule.

    Examples
    --------
    >>> print(Finding("src/linewright/plant/a.py", 3, "names", "`helper` is a banned word"))
    src/linewright/plant/a.py:3: names: `helper` is a banned word
    """

    path: str
    line: int
    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.what}"


class Definition(NamedTuple):
    """A function or class and its dotted name inside the file."""

    name: str
    node: FunctionNode | ast.ClassDef


class Source:
    """One Python file, parsed once.

    Parameters
    ----------
    path
        From the root of the tree, with forward slashes.
    text
        What the file holds.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    @cached_property
    def syntax_error(self) -> SyntaxError | None:
        """Why the file cannot be parsed; None when it can."""
        try:
            ast.parse(self.text)
        except SyntaxError as error:
            return error
        return None

    @cached_property
    def syntax(self) -> ast.Module:
        """The syntax tree; empty when the file cannot be parsed (rule `syntax` tells)."""
        return ast.Module(body=[], type_ignores=[]) if self.syntax_error else ast.parse(self.text)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the syntax tree."""
        return tuple(ast.walk(self.syntax))

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the file, without their ends."""
        return self.text.splitlines()

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """Every function and class, those inside others too, with dotted names."""
        return tuple(_definitions(self.syntax, ""))

    @property
    def room(self) -> str | None:
        """The room the file stands in; None for a file outside every room."""
        parts = self.path.split("/")
        in_room = self.path.startswith(f"{SRC}/") and len(parts) > len(SRC.split("/")) + 1
        return parts[len(SRC.split("/"))] if in_room else None

    @property
    def within(self) -> str:
        """The path inside the room: `language/syntax/reading.py`."""
        return "/".join(self.path.split("/")[len(SRC.split("/")) + 1 :])

    @property
    def package(self) -> str:
        """Dotted name of the package that relative imports start from."""
        parts = list(PurePosixPath(self.path).with_suffix("").parts)
        return ".".join(parts[1:-1] if parts[0] == "src" else parts[:-1])


class Tree:
    """A folder of files, read lazily and never written.

    Parameters
    ----------
    root
        The folder; rules name files from here.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._texts: dict[str, str] = {}
        self._sources: dict[str, Source] = {}

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Every file that is ours, sorted: what git does not ignore, or all of them without git."""
        found = _listed_by_git(self.root) if (self.root / ".git").exists() else None
        if found is None:
            found = [
                file.relative_to(self.root).as_posix()
                for file in self.root.rglob("*")
                if file.is_file() and SKIPPED.isdisjoint(file.relative_to(self.root).parts)
            ]
        return tuple(sorted(found))

    def under(self, *tops: str, suffix: str = "") -> list[str]:
        """Files at or under the given folders whose names end with `suffix`."""
        return [
            path
            for path in self.files
            if path.endswith(suffix)
            and any(path == top or path.startswith(f"{top}/") for top in tops)
        ]

    def text(self, path: str) -> str:
        """Text of a file; empty when it is missing or is no text."""
        if path not in self._texts:
            try:
                self._texts[path] = (self.root / path).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                self._texts[path] = ""
        return self._texts[path]

    def source(self, path: str) -> Source:
        """A Python file, parsed once."""
        if path not in self._sources:
            self._sources[path] = Source(path, self.text(path))
        return self._sources[path]

    def python(self, *tops: str) -> Iterator[Source]:
        """Python files under the given folders; under all of ours when none is given."""
        for path in self.under(*(tops or PYTHON_TOPS), suffix=".py"):
            yield self.source(path)

    def entries(self, path: str) -> dict[str, dict[str, object]]:
        """A JSON file of two levels, such as the ratchet; empty when the file is missing."""
        found = json.loads(self.text(path) or "{}")
        assert isinstance(found, dict), f"{path} holds no object"
        return found


def syntax(tree: Tree) -> list[Finding]:
    """Every Python file parses; otherwise no other rule can see it."""
    return [
        Finding(source.path, source.syntax_error.lineno or 1, "syntax", source.syntax_error.msg)
        for source in tree.python()
        if source.syntax_error
    ]


def own_lines(node: FunctionNode) -> int:
    r"""Lines of a function from its `def` to its end, without its docstring.

    Examples
    --------
    >>> import ast
    >>> function = ast.parse('def f():\n    "One."\n    return 1\n').body[0]
    >>> own_lines(function)
    2
    """
    assert node.end_lineno is not None
    total = node.end_lineno - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node, clean=False) is not None and first.end_lineno is not None:
        total -= first.end_lineno - first.lineno + 1
    return total


def functions(source: Source) -> Iterator[tuple[str, FunctionNode]]:
    """Every function of a file, methods and inner ones too, with its dotted name."""
    for name, node in source.definitions:
        if not isinstance(node, ast.ClassDef):
            yield name, node


def _definitions(node: ast.AST, above: str) -> Iterator[Definition]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FunctionNode | ast.ClassDef):
            name = f"{above}{child.name}"
            yield Definition(name, child)
            yield from _definitions(child, f"{name}.")
        else:
            yield from _definitions(child, above)


def _listed_by_git(root: Path) -> list[str] | None:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    names = done.stdout.decode().split("\0")
    return [name for name in names if name and (root / name).is_file()]
