"""YAML text to a small tree of nodes that know their place; nothing is interpreted here.

Built from libyaml's events instead of `yaml.compose`: a fifth of its time, a
fraction of its memory, no recursion, and no guess at types (decision 0003).
Every bound has a name: depth, size, and how much aliases may repeat.
"""

import re
from typing import Any

import msgspec
import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # missing from its type hints
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from linewright.plant.language.syntax.problems import COLUMN_MAX, LINE_SHIFT, Report, line_of, pack

DEPTH_MAX = 40
"""Deepest nesting; a plant needs about 16."""

ALIAS_NODES_MAX = 200_000
"""Most nodes that aliases may repeat; more is an alias bomb, not a plant."""

BYTES_MAX = 256 * 1024 * 1024
"""Largest file."""

NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Scalar(msgspec.Struct, frozen=True, gc=False):
    """A single value as written; `plain` is false when it stood in quotes."""

    text: str
    at: int
    plain: bool = True

    @property
    def empty(self) -> bool:
        """Whether it says nothing: empty, `~` or `null`, and not in quotes."""
        return self.plain and self.text in NULLS


class Seq(msgspec.Struct, frozen=True, gc=False):
    """A list."""

    items: list["Node"]
    at: int


class Map(msgspec.Struct, frozen=True, gc=False):
    """A map: keys and values in the order of the file."""

    keys: list[Scalar]
    values: list["Node"]
    at: int

    def get(self, key: str) -> "Node | None":
        """Return the value of a key, or None; cost linear in the number of keys."""
        for index, mine in enumerate(self.keys):
            if mine.text == key:
                return self.values[index]
        return None

    def key(self, text: str) -> Scalar | None:
        """Return the key as it stands in the file, or None."""
        return next((key for key in self.keys if key.text == text), None)


Node = Scalar | Seq | Map


class _UnreadableError(Exception):
    """Reading cannot go on; the problem is in the report."""


_BREAK = re.compile(r"\r\n|\r|\n")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def parse(raw: bytes, file: int, report: Report) -> Node | None:
    """Return the tree of one file, or None when it cannot be read; problems go to the report.

    Cost is linear in the size of the text; nothing is raised for any input.
    """
    text = _decode(raw, file, report)
    if text is None:
        return None
    builder = _Builder(text, file, report)
    try:
        return builder.build()
    except _UnreadableError:
        return None
    except yaml.YAMLError as error:
        _report_syntax(error, text, file, report)
        return None


def _decode(raw: bytes, file: int, report: Report) -> str | None:
    if len(raw) > BYTES_MAX:
        report.add("file-too-large", pack(file, 0, 0), f"{len(raw):,} bytes; at most {BYTES_MAX:,}")
        return None
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        report.add("not-text", pack(file, 0, 0), "the file is in UTF-16", hint="save it as UTF-8")
        return None
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    control = _CONTROL.search(raw)
    if control:
        report.add(
            "not-text",
            _mark_of_offset(raw, control.start(), file),
            f"a control character 0x{raw[control.start()]:02x}: is this a text file?",
            hint="save it as UTF-8 text",
        )
        return None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        report.add(
            "not-text",
            _mark_of_offset(raw, error.start, file),
            f"the byte 0x{raw[error.start]:02x} is not UTF-8",
            hint="save the file as UTF-8",
        )
        return None


def _mark_of_offset(raw: bytes, offset: int, file: int) -> int:
    return _mark_in(raw[:offset].decode("utf-8", "replace"), file)


def _mark_in(before: str, file: int) -> int:
    """Return the mark of what follows a text; lines end as YAML ends them."""
    lines = _BREAK.split(before)
    return pack(file, len(lines) - 1, len(lines[-1]))


def _begins(error: yaml.YAMLError) -> str:
    """Return on which line the thing begins that libyaml was reading, in words."""
    mark = getattr(error, "context_mark", None)
    return f" (it begins on line {mark.line + 1})" if mark is not None else ""


def _told(tag: str) -> str:
    """Return a tag of YAML's own by its name; of any other nothing, it may be a password."""
    known = tag.removeprefix("tag:yaml.org,2002:")
    return f" `!!{known}`" if known != tag and known.isidentifier() else ""


def _report_syntax(error: yaml.YAMLError, text: str, file: int, report: Report) -> None:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    position = getattr(error, "position", None)
    if mark is not None:
        lines = text.rstrip("\n").count("\n")
        at = pack(file, min(mark.line, lines), mark.column if mark.line <= lines else 0)
    elif isinstance(position, int):
        at = _mark_of_offset(text.encode(), position, file)  # libyaml counts bytes
    else:
        at = pack(file, 0, 0)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
    context = getattr(error, "context", None)
    message = f"{what} {context}" if context else str(what)
    hint = ""
    if "tab" in message or "cannot start any token" in message:
        hint = "indent with spaces; put text with special characters in quotes"
    elif "mapping values are not allowed" in message:
        hint = "is the line before indented like its neighbours? text that holds `: ` needs quotes"
    elif "did not find expected key" in message or "block end" in message:
        hint = "line this up with the lines it belongs to" + _begins(error)
    elif "expected ',' or" in message:
        hint = (
            f"a bracket or brace is not closed{_begins(error)}; text that holds `: ` needs quotes"
        )
    report.add("yaml-syntax", at, message, hint=hint)


class _Open:
    """A list or map whose end has not come yet."""

    __slots__ = ("anchor", "at", "children", "is_map", "weight")

    def __init__(self, at: int, anchor: str | None, *, is_map: bool) -> None:
        self.at = at
        self.anchor = anchor
        self.is_map = is_map
        self.children: list[Node] = []
        self.weight = 1


class _Builder:
    """One pass over the events of one file."""

    def __init__(self, text: str, file: int, report: Report) -> None:
        self._parser = CParser(text)
        self._file = pack(file, 0, 0)
        self._report = report
        self._anchors: dict[str, tuple[Node | None, int]] = {}
        self._repeated = 0
        self._documents = 0

    def build(self) -> Node | None:
        get_event = self._parser.get_event
        texts: dict[str, str] = {}
        known = texts.setdefault  # equal texts are kept once
        file = self._file
        stack = [_Open(0, None, is_map=False)]
        children = stack[0].children
        while True:
            event: Any = get_event()
            kind = type(event)
            if kind is ScalarEvent:
                mark = event.start_mark
                column = mark.column
                column = min(column, COLUMN_MAX)
                at = file | mark.line << LINE_SHIFT | column
                text = event.value
                node = Scalar(known(text, text), at, not event.style)
                children.append(node)
                if event.anchor or event.tag:
                    self._mark(event, node, at)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self._open(event, stack)
                children = stack[-1].children
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._close(stack)
                children = stack[-1].children
            elif kind is AliasEvent:
                children.append(self._alias(event, stack[-1]))
            elif kind is DocumentStartEvent:
                self._document(event)
            elif kind is StreamEndEvent or event is None:
                return children[0] if children else None

    def _at(self, event: Any) -> int:  # noqa: ANN401  # libyaml's events
        mark = event.start_mark
        return self._file | pack(0, mark.line, mark.column)

    def _mark(self, event: ScalarEvent, node: Node, at: int) -> None:
        if event.anchor:
            self._anchors[event.anchor] = (node, 1)
        if event.tag:
            self._refuse_tag(event.tag, at)

    def _refuse_tag(self, tag: str, at: int) -> None:
        self._report.add(
            "yaml-feature", at, f"a YAML tag{_told(tag)} is not used here", hint="leave it out"
        )

    def _open(self, event: MappingStartEvent | SequenceStartEvent, stack: list[_Open]) -> None:
        at = self._at(event)
        if len(stack) > DEPTH_MAX:
            self._report.add("too-deep", at, f"nested deeper than {DEPTH_MAX} levels")
            raise _UnreadableError
        if event.tag:
            self._refuse_tag(event.tag, at)
        if event.anchor:
            self._anchors[event.anchor] = (None, 0)
        stack.append(_Open(at, event.anchor, is_map=type(event) is MappingStartEvent))

    def _close(self, stack: list[_Open]) -> None:
        done = stack.pop()
        node = self._map(done) if done.is_map else Seq(done.children, done.at)
        weight = done.weight + len(done.children)
        if done.anchor:
            self._anchors[done.anchor] = (node, weight)
        stack[-1].weight += weight
        stack[-1].children.append(node)

    def _map(self, done: _Open) -> Map:
        keys: list[Scalar] = []
        for key in done.children[::2]:
            if isinstance(key, Scalar):
                keys.append(key)
            else:
                self._report.add(
                    "wrong-kind", key.at, "a list or map stands where a key is expected"
                )
                keys.append(Scalar("", key.at))
        node = Map(keys, done.children[1::2], done.at)
        if len({key.text for key in keys}) < len(keys):
            return self._without_doubled(node)
        return node

    def _without_doubled(self, node: Map) -> Map:
        first: dict[str, Scalar] = {}
        values: list[Node] = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key.text in first:
                line = line_of(first[key.text].at)
                self._report.add(
                    "key-doubled",
                    key.at,
                    f"the key `{key.text[:80]}` stands twice; first on line {line}",
                    hint="keep one of them",
                )
            else:
                first[key.text] = key
                values.append(value)
        return Map(list(first.values()), values, node.at)

    def _alias(self, event: AliasEvent, owner: _Open) -> Node:
        at = self._at(event)
        anchor = event.anchor or ""
        node, weight = self._anchors.get(anchor, (None, 0))
        if node is None:
            # The name is not repeated: it may be a password that begins with `*`.
            message = "an alias `*...` names nothing, or holds itself"
            hint = "mark the first with `&name`; put text that begins with `*` in quotes"
            self._report.add("yaml-alias", at, message, hint=hint)
            raise _UnreadableError
        self._repeated += weight
        if self._repeated > ALIAS_NODES_MAX:
            self._report.add(
                "yaml-alias",
                at,
                f"aliases repeat more than {ALIAS_NODES_MAX:,} values",
                hint="write `types:` and `use:` instead",
            )
            raise _UnreadableError
        owner.weight += weight
        return node

    def _document(self, event: DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            self._report.add(
                "yaml-feature",
                self._at(event),
                "a second YAML document begins here",
                hint="one file holds one document",
            )
            raise _UnreadableError
