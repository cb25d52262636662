"""XML as small trees, element by element; without document types, so without their traps."""

import re
from collections.abc import Iterable, Iterator
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import escape, quoteattr

import msgspec

from linewright.twin.logs.spreadsheet import LogInvalid

__all__ = ["Node", "element", "read_nodes"]

UNKNOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 does not know."""

DEPTH_MAX = 64
"""Deepest nesting."""

CHILDREN_MAX = 1_000_000
"""Most children of one element that is kept."""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """An element that has been read: its name without prefix, attributes, children and text.

    Parameters
    ----------
    name, attributes, children, text
        As the file says.
    """

    name: str
    attributes: dict[str, str]
    children: list["Node"]
    text: str = ""

    def all(self, name: str) -> list["Node"]:
        """Return the children of a name."""
        return [each for each in self.children if each.name == name]

    def say(self, name: str, default: str = "") -> str:
        """Return the text of the first child of a name."""
        return next((each.text.strip() for each in self.children if each.name == name), default)


def element(name: str, text: str = "", /, *children: str, **attributes: str | None) -> str:
    """Return an element as text; attributes that are None are left out.

    Parameters
    ----------
    name, text
        Of the element.
    children
        Elements in it, already as text.
    attributes
        `_` in a name is written `:`.

    Examples
    --------
    >>> element("a", "<", element("b"), key="x & y")
    '<a key="x &amp; y">&lt;<b/></a>'
    """
    own = "".join(
        f" {key.replace('_', ':')}={quoteattr(_plain(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    inside = escape(_plain(text)) + "".join(children)
    return f"<{name}{own}>{inside}</{name}>" if inside else f"<{name}{own}/>"


def read_nodes(chunks: Iterable[bytes], wanted: frozenset[str], where: str) -> Iterator[Node]:
    """Yield each outermost element of some names, as soon as it is read.

    Parameters
    ----------
    chunks
        The file, in pieces.
    wanted
        Names without prefix.
    where
        What the file is called in an error.

    Raises
    ------
    LogInvalid
        When it is no XML, has a document type, or is nested too deep.

    Notes
    -----
    Document types are refused: with them come entities that grow without bound or read other
    files. Memory: one wanted element at a time.

    Examples
    --------
    >>> pieces = [b"<log><trace a='1'><e/></tr", b"ace></log>"]
    >>> [node.attributes for node in read_nodes(pieces, frozenset({"trace"}), "log")]
    [{'a': '1'}]
    """
    reader = _Reader(wanted, where)
    parser = ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = reader.refuse
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)  # noqa: FBT003  # expat takes it by position only
            yield from reader.finished()
        parser.Parse(b"", True)  # noqa: FBT003  # expat takes it by position only
    except ExpatError as error:
        raise LogInvalid(where, f"it is no XML ({error})", "export it anew") from None
    yield from reader.finished()


class _Reader:
    """What has been read of the elements that are wanted."""

    def __init__(self, wanted: frozenset[str], where: str) -> None:
        self.wanted, self.where = wanted, where
        self.open: list[tuple[str, dict[str, str], list[Node], list[str]]] = []
        self.ready: list[Node] = []
        self.depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        self.depth += 1
        if self.depth > DEPTH_MAX:
            raise LogInvalid(self.where, f"nested deeper than {DEPTH_MAX}", "export it anew")
        if self.open or name in self.wanted:
            self.open.append((name, attributes, [], []))

    def end(self, name: str) -> None:
        del name
        self.depth -= 1
        if not self.open:
            return
        own, attributes, children, text = self.open.pop()
        node = Node(name=own, attributes=attributes, children=children, text="".join(text))
        if not self.open:
            self.ready.append(node)
            return
        siblings = self.open[-1][2]
        siblings.append(node)
        if len(siblings) > CHILDREN_MAX:
            what = f"an element with more than {CHILDREN_MAX:,} children"
            raise LogInvalid(self.where, what, "split the file")

    def characters(self, text: str) -> None:
        if self.open:
            self.open[-1][3].append(text)

    def refuse(self, *_: object) -> None:
        raise LogInvalid(self.where, "it has a document type", "take the DOCTYPE out")

    def finished(self) -> list[Node]:
        ready, self.ready = self.ready, []
        return ready


def _plain(text: str) -> str:
    """Return a text without the characters that XML 1.0 does not know."""
    return UNKNOWN.sub("\ufffd", text)
