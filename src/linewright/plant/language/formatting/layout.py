"""Indentation of a YAML text, two spaces a level, by moving whole pieces of lines.

The parser's events tell on which column each block key and each dash stands; from that follows
where it should stand. Lines inside a value or a list in brackets move with the line on which it
begins. A comment moves with the line whose column it has.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator

import yaml
from yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from linewright.plant.language.formatting.saying import FormatRefused, Place, places_of

__all__ = ["STEP", "indented", "lines_of"]

STEP = 2
"""Spaces of one level."""

_BREAK = re.compile("(\r\n|\r|\n|\x85|\u2028|\u2029)")
"""What the parser takes for the end of a line."""

_DASHES = re.compile(" *(?:- +)*")
"""What may stand before the first key or value of a line."""

_INDICATOR = re.compile(r"[^|>\n]*[|>][+-]?(\d)")
"""The head of a block text that says how deep it is indented."""

_QUESTION = re.compile(r" *(?:- +)*\?(?:\s|$)")
"""YAML's long form of a key, which plants do not use."""


def lines_of(text: str) -> list[tuple[str, str]]:
    r"""Return the lines of a text as the parser counts them, each with its line end.

    Examples
    --------
    >>> lines_of("a\r\nb")
    [('a', '\r\n'), ('b', '')]
    """
    parts = _BREAK.split(text)
    return list(zip(parts[::2], [*parts[1::2], ""], strict=True))


def indented(text: str) -> str:
    """Return a valid YAML text with every level two spaces deeper, lists in a map included.

    Trailing spaces go, but for those inside values; the text ends with one line end, unless
    it ends inside a block text, where that would be one more. Line ends stay what they are.
    """
    pairs = lines_of(text)
    layout = _Layout([line for line, _ in pairs])
    layout.read(text)
    lines = layout.moved()
    while len(lines) > 1 and not lines[-1] and len(lines) - 1 not in layout.kept:
        lines.pop()
        pairs.pop()
    ends = [end for _, end in pairs]
    last = next((end for end in ends if end), "\n")
    if not ends[-1] and lines[-1] and len(lines) - 1 not in layout.kept:
        ends[-1] = last
    return "".join(line + end for line, end in zip(lines, ends, strict=True))


class _Block:
    """A block map or list that is open: the column of its keys or dashes, then and now."""

    __slots__ = ("is_map", "new", "old", "on_key", "wanted")

    def __init__(self, wanted: int, *, is_map: bool) -> None:
        self.is_map = is_map
        self.wanted = wanted
        self.old = -1
        self.new = wanted
        self.on_key = True

    @property
    def inside(self) -> int:
        """Column of what stands in it on a line of its own."""
        return self.new + STEP


class _Layout:
    """Where each piece of each line should stand."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.kept: set[int] = set()
        """Lines whose end belongs to a value."""
        self._pieces: dict[int, list[tuple[int, int]]] = {}
        """Column and new column of the pieces that begin a line, by line."""
        self._follows: dict[int, tuple[int, int]] = {}
        """By how much a line inside a value moves, and the least column it may have."""
        self._texts: dict[int, int] = {}
        """Lines on which a block text begins; a comment below it may not stand deeper than this."""
        self._blocks: list[_Block] = []
        self._flow = 0
        self._flow_start = (0, 0)
        self._seen = 0
        """Line on which the last event ended: no dash of a later item stands before it."""

    def read(self, text: str) -> None:
        """Take in the events of the text."""
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            start, end = places_of(event)
            if self._flow:
                self._in_flow(event, start[0], end[0])
            elif isinstance(event, CollectionEndEvent):
                self._blocks.pop()
            elif isinstance(event, NodeEvent):
                self._node(event, start, end)

    def _in_flow(self, event: yaml.Event, start: int, end: int) -> None:
        if isinstance(event, CollectionStartEvent):
            self._flow += 1
        elif isinstance(event, CollectionEndEvent):
            self._flow -= 1
            if not self._flow:
                inside = range(self._flow_start[0] + 1, end + 1)
                self._follow(self._flow_start, inside, is_flow=True)
                self._seen = end
        elif isinstance(event, ScalarEvent) and event.style:
            self.kept.update(range(start, end))

    def _node(self, event: NodeEvent, start: Place, end: Place) -> None:
        line, column = start
        owner = self._blocks[-1] if self._blocks else None
        wanted = self._wanted(owner, line, column)
        if isinstance(event, CollectionStartEvent):
            if event.flow_style:
                self._begin(line, column, wanted)
                self._flow, self._flow_start = 1, (line, column)
            else:
                if event.anchor:
                    self._begin(line, column, wanted)
                is_map = isinstance(event, MappingStartEvent)
                self._blocks.append(_Block(wanted, is_map=is_map))
                if not is_map and not event.anchor:
                    self._blocks[-1].old = column
            return
        self._begin(line, column, wanted)
        if isinstance(event, ScalarEvent):
            self._scalar(event.style, owner, start, end)
        self._seen = end[0]

    def _wanted(self, owner: _Block | None, line: int, column: int) -> int:
        """Return where a node should begin if it is the first of its line; note its dash."""
        if owner is None:
            return 0
        if not owner.is_map:
            self._dash(owner, line)
            return owner.inside
        owner.on_key = not owner.on_key
        if owner.on_key:
            return owner.inside
        if owner.old < 0:
            owner.old = column
            self._begin(line, column, owner.wanted)
            owner.new = column + self._shift(line, column)
        return owner.new

    def _dash(self, owner: _Block, line: int) -> None:
        """Find the dash of the item that begins on a line, or on a line of its own before it."""
        for at in range(min(line, len(self.lines) - 1), self._seen - 1, -1):
            text = self.lines[at]
            columns = [owner.old] if owner.old >= 0 else [text.find("-")]
            for column in columns:
                if (
                    column >= 0
                    and text.startswith("-", column)
                    and _DASHES.fullmatch(text[:column])
                ):
                    owner.old = column
                    self._begin(at, column, owner.new)
                    return

    def _begin(self, line: int, column: int, wanted: int) -> None:
        """Note that a piece begins here, if nothing but dashes stands before it on the line."""
        if line < len(self.lines) and _DASHES.fullmatch(self.lines[line][:column]):
            pieces = self._pieces.setdefault(line, [])
            if not any(old == column for old, _ in pieces):
                pieces.append((column, wanted))

    def _shift(self, line: int, column: int) -> int:
        """By how many columns the piece that holds a column moves."""
        shift = 0
        for old, new in sorted(self._pieces.get(line, [])):
            if old <= column:
                shift = new - old
        return shift

    def _scalar(self, style: str | None, owner: _Block | None, start: Place, end: Place) -> None:
        inside = range(start[0] + 1, end[0] + (end[1] > 0))
        if style in ("|", ">"):
            self.kept.update(inside)
            self._block_text(start, owner, inside)
        elif inside:
            self._follow(start, inside)
            if style:
                self.kept.update(range(start[0], end[0]))

    def _block_text(self, start: Place, owner: _Block | None, inside: range) -> None:
        """Move a block text with its key; what is blank in it stays as blank as it is."""
        old, new = (owner.old, owner.new) if owner else (0, 0)
        self._texts[start[0]] = new
        given = _INDICATOR.match(self.lines[start[0]], start[1])
        lines = [self.lines[line] for line in inside if line < len(self.lines)]
        margins = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" ")]
        margin = old + int(given[1]) if given else next(iter(margins), len(max(lines, default="")))
        for line, text in zip(inside, lines, strict=False):
            blank = not text.strip(" ") and len(text) <= margin
            self._follows[line] = (-len(text) if blank else new - old, 0)

    def _follow(self, start: Place, lines: range, *, is_flow: bool = False) -> None:
        """Note that lines move with the piece that stands at a place, but stay inside its owner."""
        shift = self._shift(*start)
        least = self._blocks[-1].inside if self._blocks else 0
        if is_flow:
            pieces = [piece for piece in self._pieces.get(start[0], []) if piece[0] <= start[1]]
            column, new = max(pieces, default=(start[1], 0))
            least = new + STEP * (column < start[1])
        for line in lines:
            closes = line < len(self.lines) and self.lines[line].lstrip()[:1] in ("]", "}")
            self._follows[line] = (shift, max(0, least - STEP * (closes and is_flow)))

    def moved(self) -> list[str]:
        """Return the lines where they should stand."""
        return [self._line(number, text) for number, text in enumerate(self.lines)]

    def _line(self, number: int, text: str) -> str:
        body = text if number in self.kept else text.rstrip(" \t")
        if number not in self._follows and _QUESTION.match(body):
            raise FormatRefused("a key with `?` before it; write `key: value`", number + 1)
        content = body.lstrip(" ")
        if number in self._pieces:
            return self._pieced(body, sorted(self._pieces[number]))
        if number in self._follows:
            shift, least = self._follows[number]
            old = len(body) - len(content)
            inside = content or number in self.kept
            return " " * max(old + shift, least if content else 0) + content if inside else ""
        if content.startswith("#"):
            return " " * self._comment(number, len(body) - len(content)) + content
        return body

    def _pieced(self, body: str, pieces: list[tuple[int, int]]) -> str:
        out = " " * pieces[0][1]
        for (old, new), (after, place) in zip(pieces, [*pieces[1:], (len(body), -1)], strict=True):
            piece = body[old:after]
            out += piece if place < 0 else piece.rstrip().ljust(place - new)
        return out

    def _comment(self, number: int, column: int) -> int:
        """Return the column of a comment line: that of the line below or above it belongs to."""
        starts = sorted(self._pieces)
        at = bisect_left(starts, number)
        if at < len(starts):
            old, new = min(self._pieces[starts[at]])
            if old == column:
                return new
        above = list(self._above(starts[:at]))
        if above and column > above[0][0]:
            deepest = self._texts.get(starts[at - 1], above[0][1] + STEP)
            return min(deepest, above[0][1] + STEP)
        return next((new for old, new in above if old <= column), 0)

    def _above(self, starts: list[int]) -> Iterator[tuple[int, int]]:
        """Yield columns, then and now, of the last line above and of all that it stands in."""
        least = -1
        for line in reversed(starts):
            for old, new in sorted(self._pieces[line], reverse=True):
                if least < 0 or old < least:
                    yield old, new
                    least = old
            if least == 0:
                return
