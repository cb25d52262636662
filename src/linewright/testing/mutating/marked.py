r"""A YAML text with the place of every key and value, so that it can be broken precisely.

Made with PyYAML's own composer, which shares no code with the plant language's reader.

>>> source = Marked("sites:\n  reno: {currency: USD}\n")
>>> [(entry.path, entry.line) for entry in source.entries]
[(('sites',), 1), (('sites', 'reno'), 2), (('sites', 'reno', 'currency'), 2)]
"""

from collections.abc import Iterator
from typing import Literal

import msgspec
import yaml

from linewright.testing.mutating.vocabulary import LABELS, NAMED

TREE_DEPTH = 3
"""A downtime reason stands below `reasons` and the name of its tree."""

Path = tuple[str, ...]
Role = Literal["key", "name", "language", "item"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A key with its value, or an item of a list, and where both stand in the text.

    Parameters
    ----------
    path
        Keys and list positions from the top.
    role
        Whether the key is the language's own, a name, a language, or there is none.
    kind
        What the value is.
    text
        The value's text where it is a scalar.
    key, value
        First character and the one after the last.
    line
        Line of the key, or of the item, from 1.
    end_line
        Last line of the value.
    block
        Whether it stands in a map or list in block style.
    first
        Position in `Marked.entries` of the first entry of the same map or list.
    owner
        Position of the entry whose value holds this one; -1 at the top.
    """

    path: Path
    role: Role
    kind: Literal["scalar", "list", "map"]
    text: str
    key: tuple[int, int]
    value: tuple[int, int]
    line: int
    end_line: int
    block: bool
    first: int
    owner: int

    @property
    def name(self) -> str:
        """The key itself, or the position in the list."""
        return self.path[-1]

    @property
    def parent(self) -> str:
        """The key above, or nothing at the top."""
        return self.path[-2] if len(self.path) > 1 else ""


class Marked:
    """A text of a valid plant file with all its entries, in the order of the text.

    Raises
    ------
    yaml.YAMLError
        When the text is no YAML.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.entries: list[Entry] = []
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        assert isinstance(root, yaml.MappingNode), "a plant file is a map"
        self._walk(root, (), -1)

    @property
    def line_count(self) -> int:
        """How many lines the text has."""
        return self.text.count("\n") + 1

    def replaced(self, span: tuple[int, int], new: str) -> str:
        """Return the text with other characters in place of some."""
        return self.text[: span[0]] + new + self.text[span[1] :]

    def behind_dash(self, entry: Entry) -> bool:
        """Return whether the entry begins an item of a list, on the line of its dash."""
        before = self.text[self.text.rfind("\n", 0, entry.key[0]) + 1 : entry.key[0]]
        return entry.block and before.strip() != ""

    def children(self, entry: Entry) -> list[Entry]:
        """Return the entries of an entry's map or list."""
        depth = len(entry.path)
        return [
            e for e in self.entries if e.path[:depth] == entry.path and len(e.path) == depth + 1
        ]

    def _walk(self, node: yaml.Node, path: Path, owner: int) -> None:
        first = len(self.entries)
        single = isinstance(node, yaml.MappingNode) and _is_single(node, path)
        for key, value, name in _parts(node):
            at = len(self.entries)
            below = (*path, name)
            start = key if key is not None else value
            self.entries.append(
                Entry(
                    path=below,
                    role="item" if key is None else "key" if single else role_of(below),
                    kind=_kind(value),
                    text=value.value if isinstance(value, yaml.ScalarNode) else "",
                    key=(start.start_mark.index, start.end_mark.index),
                    value=(value.start_mark.index, _end(value).end_mark.index),
                    line=start.start_mark.line + 1,
                    end_line=_end(value).end_mark.line + 1,
                    block=not getattr(node, "flow_style", False),
                    first=first,
                    owner=owner,
                )
            )
            self._walk(value, below, at)


def role_of(path: Path) -> Role:
    """Return whether the last key of a path is the language's own, a name or a language.

    Examples
    --------
    >>> role_of(("sites", "reno")), role_of(("sites", "reno", "timezone"))
    ('name', 'key')
    """
    if len(path) == 1:
        return "key"
    *above, parent = path[:-1]
    if role_of(path[:-1]) == "key":
        if parent in LABELS:
            return "language"
        return "name" if parent in NAMED else "key"
    if above[-1] == "choices":
        return "language"  # a choice is a label
    in_tree = len(path) == TREE_DEPTH and above == ["reasons"]
    return "name" if above[-1] == "times" or in_tree else "key"


def _is_single(node: yaml.MappingNode, path: Path) -> bool:
    """Whether a lone failure, route or maintenance stands where several with names could."""
    keys = {key.value for key, _ in node.value}
    lone = {"fails": "every", "route": "steps", "maintenance": "takes"}
    return bool(path) and lone.get(path[-1]) in keys


def _parts(node: yaml.Node) -> Iterator[tuple[yaml.ScalarNode | None, yaml.Node, str]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key, value, str(key.value)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield None, value, str(index)


def _kind(node: yaml.Node) -> Literal["scalar", "list", "map"]:
    if isinstance(node, yaml.MappingNode):
        return "map"
    return "list" if isinstance(node, yaml.SequenceNode) else "scalar"


def _end(node: yaml.Node) -> yaml.Node:
    """Return the node whose end is the end of the text of this one."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return node
