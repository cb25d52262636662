"""What people can touch, and whether a page tells of it: commands, settings, records, codes.

Settings and routes are read from the files. Commands, records and problem codes are asked of the
running package, because only it knows them all; once a room stands on disk, finding none of its
kind is a finding too.
"""

import ast
import importlib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import click

from tools.house.tree import PACKAGE, SRC, Finding, Tree

DOCS = "docs"

SETTING = re.compile(r"\bLINEWRIGHT_[A-Z0-9]+(?:_[A-Z0-9]+)*\b")

VERBS = frozenset(["get", "post", "put", "patch", "delete", "websocket", "route", "Route", "Mount"])
VERBS |= {"add_api_route", "add_route", "WebSocketRoute", "api_route", "add_api_websocket_route"}

SOURCES = {
    "command": f"{SRC}/cli",
    "record": f"{SRC}/plant/records",
    "problem code": f"{SRC}/plant/language/syntax/problems.py",
    "route": f"{SRC}/server",
}
"""Where each kind comes from; where that exists, at least one must be found."""


CLOSED = frozenset(
    ["state", "parts", "job", "material", "sign-on", "reason", "tool", "measurement"]
)
CLOSED |= {"approval", "hold", "maintenance", "calibration", "correction", "alarm", "call", "order"}
CLOSED |= {"forecast", "command", "ack", "temporary-change", "case", "audit", "gap"}
"""Classes of records; the set is closed, and another one needs a decision page."""


class Thing(NamedTuple):
    """Something people can touch: its kind, what a page must say, and where it is made.

    `also` must stand on the same page: an option beside its command. A name may have several
    spellings, parted by ` or `: a record is known by its class or by its name on the bus.
    """

    kind: str
    name: str
    also: str
    path: str
    line: int


def settings(tree: Tree) -> list[Finding]:
    """Every environment variable of ours is on a page."""
    things: dict[str, Thing] = {}
    for path in tree.files:
        if path.endswith(".md") or path.startswith("tests/house/"):
            continue
        for line, text in enumerate(tree.text(path).splitlines(), 1):
            for name in SETTING.findall(text):
                things.setdefault(name, Thing("setting", name, "", path, line))
    return undocumented(tree, things.values())


def routes(tree: Tree) -> list[Finding]:
    """Every route of the server is on a page."""
    things = [
        Thing("route", path, "", source.path, node.lineno)
        for source in tree.python(SOURCES["route"])
        for node in source.nodes
        if isinstance(node, ast.Call) and (path := _route_path(node))
    ]
    return absent(tree, "route", things) + undocumented(tree, things)


def surface_findings(tree: Tree) -> list[Finding]:
    """Every command, option, record and problem code of the running package is on a page."""
    findings = []
    asked: dict[str, Callable[[], list[Thing]]] = {
        "command": _commands,
        "record": _records,
        "problem code": _codes,
    }
    for kind, ask in asked.items():
        where = SOURCES[kind]
        if not tree.under(where):
            findings.append(Finding(where, 1, "documented", f"no {kind} can be found: not there"))
            continue
        try:
            things = ask()
        except (ImportError, AttributeError) as error:
            findings.append(Finding(where, 1, "documented", f"cannot be asked: {error}"))
            continue
        findings += absent(tree, kind, things) + undocumented(tree, things)
        findings += unsettled(tree, things) if kind == "record" else []
    return findings


def absent(tree: Tree, kind: str, things: Iterable[Thing]) -> list[Finding]:
    """A source of truth that stands on disk and yields nothing is broken, not empty."""
    if list(things) or not tree.under(SOURCES[kind]):
        return []
    return [Finding(SOURCES[kind], 1, "documented", f"no {kind} found; the search is broken")]


def unsettled(tree: Tree, records: Iterable[Thing]) -> list[Finding]:
    """The records outside the closed set that no decision page names, as findings."""
    pages = [tree.text(path) for path in tree.under(f"{DOCS}/decisions", suffix=".md")]
    return [
        Finding(thing.path, thing.line, "documented", f"record `{name}` needs a decision page")
        for thing in records
        if (name := thing.name.split(" or ")[-1]) not in CLOSED
        and not any(_says_as_code(page, name) for page in pages)
    ]


def undocumented(tree: Tree, things: Iterable[Thing]) -> list[Finding]:
    """The things that no page tells of, as findings.

    A command is told of wherever it is written; what is an everyday word (a code, a record, a
    setting, a route) only where it stands as code or in a heading.
    """
    pages = [tree.text(path) for path in tree.under(DOCS, suffix=".md")]
    findings = []
    for kind, name, also, path, line in things:
        says = _says if kind in {"command", "option"} else _says_as_code
        spellings = name.split(" or ")
        if not any(
            any(says(page, spelling) for spelling in spellings) and (not also or _says(page, also))
            for page in pages
        ):
            what = f"{kind} `{name}{f' {also}' if also else ''}` is on no page in {DOCS}"
            findings.append(Finding(path, line, "documented", what))
    return findings


def commands_of(command: object, name: str = PACKAGE) -> Iterator[Thing]:
    """Every command below a click command, and every option of each."""
    assert isinstance(command, click.Command), f"{name} is no click command"
    context = click.Context(command, info_name=name)
    at = (SOURCES["command"], 1)
    yield Thing("command", name, "", *at)
    for parameter in command.params:
        for option in parameter.opts if isinstance(parameter, click.Option) else []:
            if option not in {"--help", "--version"} and option.startswith("--"):
                yield Thing("option", name, option, *at)
        variables = parameter.envvar or []
        for variable in [variables] if isinstance(variables, str) else variables:
            yield Thing("setting", variable, "", *at)
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            yield from commands_of(found, f"{name} {child}")


def _commands() -> list[Thing]:
    face = importlib.import_module(f"{PACKAGE}.cli")
    return list(commands_of(face.main))


def _records() -> list[Thing]:
    face = importlib.import_module(f"{PACKAGE}.plant.records")
    below = [face.Record]
    for record in below:
        below += record.__subclasses__()
    return [
        Thing("record", f"{record.__name__} or {face.class_of(record)}", "", SOURCES["record"], 1)
        for record in dict.fromkeys(below[1:])
        if record.__module__.startswith(f"{PACKAGE}.")
    ]


def _codes() -> list[Thing]:
    problems = importlib.import_module(f"{PACKAGE}.plant.language.syntax.problems")
    return [Thing("problem code", code, "", SOURCES["problem code"], 1) for code in problems.CODES]


def _says(page: str, name: str) -> bool:
    """Whether a page says a name as a whole word: `check` is not said by `checked`."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", page) is not None


def _says_as_code(page: str, name: str) -> bool:
    name = re.escape(name)
    return re.search(rf"`{name}`|^#.*(?<![\w-]){name}(?![\w-])", page, re.MULTILINE) is not None


def _route_path(call: ast.Call) -> str | None:
    called = call.func
    last = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    first = call.args[0] if call.args else None
    if last not in VERBS or not isinstance(first, ast.Constant):
        return None
    return first.value if isinstance(first.value, str) and first.value.startswith("/") else None
