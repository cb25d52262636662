"""XML as small trees, element by element; without document types, so without their traps.

>>> [node.text for node in read_nodes([b"<r><a>1</a></r>"], frozenset({"a"}), "file")]
['1']
"""

import re
from collections.abc import Iterable, Iterator
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType
from xml.sax.saxutils import escape, quoteattr

import msgspec

__all__ = ["MarkupInvalid", "Node", "document", "element", "read_nodes"]

UNKNOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 does not know."""

DEPTH_MAX = 64
"""Deepest nesting."""

CHILDREN_MAX = 1_000_000
"""Most children of one element that is kept."""


class MarkupInvalid(ValueError):
    """XML that is not read: it is none, or it has what may be a trap.

    Parameters
    ----------
    where
        What the file is called.
    what
        What is wrong there.
    do
        What helps.
    """

    def __init__(self, where: str, what: str, do: str) -> None:
        super().__init__(where, what, do)
        self.where = where
        self.what = what
        self.do = do

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.do}"


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


def document(root: Node) -> str:
    """Return a tree as an XML file, an element a line, two spaces a level.

    Examples
    --------
    >>> leaf = Node(name="b", attributes={}, children=[], text="1 < 2")
    >>> print(document(Node(name="a", attributes={"k": "v"}, children=[leaf])), end="")
    <?xml version="1.0" encoding="UTF-8"?>
    <a k="v">
      <b>1 &lt; 2</b>
    </a>
    """
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    _lay_out(root, "", lines)
    return "\n".join(lines) + "\n"


def _lay_out(node: Node, indent: str, lines: list[str]) -> None:
    own = element(node.name, node.text, **node.attributes)
    if not node.children:
        lines.append(indent + own)
        return
    opened = element(node.name, "", **node.attributes).removesuffix("/>") + ">"
    lines.append(indent + opened + escape(_plain(node.text)))
    for child in node.children:
        _lay_out(child, indent + "  ", lines)
    lines.append(f"{indent}</{node.name}>")


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
    MarkupInvalid
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
    for chunk in filter(None, chunks):
        _parse(parser, chunk, where)
        yield from reader.finished()
    _parse(parser, b"", where)
    yield from reader.finished()


def _parse(parser: XMLParserType, chunk: bytes, where: str) -> None:
    """Read a chunk on, or end with one that is empty."""
    try:
        parser.Parse(chunk, not chunk)
    except ExpatError as error:
        raise MarkupInvalid(where, f"it is no XML ({error})", "export it anew") from None
    except MarkupInvalid:
        raise
    except (ValueError, LookupError) as error:
        raise MarkupInvalid(where, f"its encoding is not read ({error})", "use UTF-8") from None


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
            raise MarkupInvalid(self.where, f"nested deeper than {DEPTH_MAX}", "export it anew")
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
            raise MarkupInvalid(self.where, what, "split the file")

    def characters(self, text: str) -> None:
        if self.open:
            self.open[-1][3].append(text)

    def refuse(self, *_: object) -> None:
        raise MarkupInvalid(self.where, "it has a document type", "take the DOCTYPE out")

    def finished(self) -> list[Node]:
        ready, self.ready = self.ready, []
        return ready


def _plain(text: str) -> str:
    """Return a text without the characters that XML 1.0 does not know."""
    return UNKNOWN.sub("\ufffd", text)
