"""Laws of the formatter: on any layout it says the same, keeps comments, and is done at once."""

import re
from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from linewright.plant.language.formatting import FormatRefused, format_text
from linewright.plant.language.formatting.layout import lines_of
from linewright.plant.language.formatting.saying import said

WORDS = st.sampled_from(["saw", "mill", "48s", "a b", "x: y", "# no comment", "- no item", "é", ""])
QUOTED = WORDS.map(lambda word: f'"{word}"')
PLAIN = st.sampled_from(["saw", "12", "mill wash", "06:00", "~", "-1", "a#b"])
FLOWS = st.sampled_from(
    ["[a, b]", "{k: v, l: [1, 2]}", "[]", "[a,  # one\n b,\n      c]", "{k: v,\n l: w\n}"]
)
LONG = st.sampled_from(
    [
        "two\n        words",
        '"two\n\n   more"',
        '"two \\ \n more"',
        "|\nfirst\n  deeper  \n\nlast",
        ">-\nfolded\n# no comment\n\n",
        "|2+\n      given\n \n",
    ]
)
SCALARS = PLAIN | QUOTED | FLOWS | LONG | st.just("*x")
TREES = st.recursive(
    SCALARS,
    lambda below: (
        st.lists(below, min_size=1, max_size=3).map(tuple) | st.lists(below, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


class Writer:
    """Writes a tree (lists are maps, tuples are lists) as YAML in a layout drawn at random."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.lines: list[str] = []

    def noise(self, column: int) -> None:
        """Perhaps a blank line or a comment, at any column."""
        kind = self.draw(st.integers(0, 9))
        if kind == 0:
            self.lines.append(" " * self.draw(st.integers(0, 4)))
        elif kind < 3:
            at = self.draw(st.sampled_from([0, column, column + 3, max(0, column - 1)]))
            self.lines.append(" " * at + f"# note {len(self.lines)}")

    def tail(self) -> str:
        """Perhaps spaces or a comment at the end of a line."""
        return self.draw(st.sampled_from(["", "", "  ", f"   # end {len(self.lines)}"]))

    def block(self, tree: object, column: int, lead: str) -> None:
        """Write a map or list whose first line begins with `lead`."""
        for number, item in enumerate(tree if isinstance(tree, list | tuple) else [tree]):
            start = lead if number == 0 and lead.strip() else " " * column
            if not (number == 0 and lead.strip()):
                self.noise(column)
            mark = "-" if isinstance(tree, tuple) else f"key{number}:"
            self.value(item, start + mark, column, in_list=isinstance(tree, tuple))

    def value(self, item: object, head: str, column: int, *, in_list: bool) -> None:
        """Write one value behind its key or dash, on the same line or below it."""
        deeper = column + self.draw(st.integers(1, 4))
        if isinstance(item, str):
            text = item.replace("\n", "\n" + " " * deeper)
            line = f"{head} {text}"
            self.lines.append(line if "\n" in text else line + self.tail())
        elif in_list and self.draw(st.booleans()):
            gap = " " * self.draw(st.integers(1, 3))
            self.block(item, len(head + gap), head + gap)
        else:
            self.lines.append(head + self.tail())
            same = not in_list and isinstance(item, tuple) and self.draw(st.booleans())
            below = column if same else deeper
            self.block(item, below, " " * below)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A YAML text with maps, lists, comments and odd indentation."""
    writer = Writer(draw)
    writer.lines.append("anchor: &x aliased")
    writer.block(draw(st.lists(TREES, min_size=1, max_size=3)), 0, "")
    end = draw(st.sampled_from(["\n", "", "\n\n", "\r\n"]))
    return "\n".join(writer.lines) + end


def _comments(text: str) -> Iterator[str]:
    """What stands behind each `#` that the scanner skips, in order."""
    yield from (found[0].rstrip() for found in re.finditer(r"# (?:note|end) \d+|# one", text))


def _words(text: str) -> list[tuple[object, ...]]:
    return [part.words() for part in said(text)]


@given(texts())
@settings(max_examples=150)
def test_any_layout_says_the_same(text: str) -> None:
    """Whatever the layout was, all that is said and every comment is still there, in order."""
    result = format_text(text)
    assert _words(result) == _words(text)
    assert list(_comments(result)) == list(_comments(text))


@given(texts())
@settings(max_examples=150)
def test_formatting_again_changes_nothing(text: str) -> None:
    """A formatted text comes back as it is."""
    result = format_text(text)
    assert format_text(result) == result


@pytest.mark.laws
@given(texts())
@settings(max_examples=2_000)
def test_both_at_length(text: str) -> None:
    """The same two laws, with many more texts."""
    result = format_text(text)
    assert _words(result) == _words(text)
    assert list(_comments(result)) == list(_comments(text))
    assert format_text(result) == result


@given(texts())
def test_every_key_stands_at_its_level(text: str) -> None:
    """A block key or dash stands two columns deeper than what it stands in."""
    level = -1
    starts: dict[int, int] = {}
    for event in yaml.parse(format_text(text), Loader=yaml.CSafeLoader):
        mark = event.start_mark
        assert mark is not None
        if isinstance(event, yaml.CollectionStartEvent):
            level += 1 if not event.flow_style else 50
            if not event.flow_style and level < 50 and mark.line not in starts:
                assert mark.column == 2 * level, (mark.line, mark.column)
            starts.setdefault(mark.line, mark.column)
        elif isinstance(event, yaml.CollectionEndEvent):
            level -= 1 if level < 50 else 50


@given(st.text(max_size=60) | st.text(alphabet="ab:-[]{}# \n'\"|>&*!?,%\t", max_size=40))
@settings(max_examples=300)
def test_any_text_is_formatted_or_refused(text: str) -> None:
    """A text that is not YAML is refused with a line; any other says the same afterwards."""
    result = _formatted(text)
    if isinstance(result, FormatRefused):
        assert 1 <= result.line <= len(lines_of(text)) + 1
        assert result.what
    else:
        assert _words(result) == _words(text.removeprefix("\ufeff"))
        assert format_text(result) == result


def _formatted(text: str) -> str | FormatRefused:
    try:
        return format_text(text)
    except FormatRefused as refused:
        return refused
