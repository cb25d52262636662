"""Text to nodes: places, bounds, and what is refused."""

import pytest
import yaml

from linewright.plant.language.syntax.nodes import Map, Node, Scalar, Seq, parse
from linewright.plant.language.syntax.problems import Report, unpack


def read(text: str) -> tuple[Node | None, Report]:
    """Return the tree of a text, and the report."""
    report = Report(["plant.yaml"])
    return parse(text.encode(), 0, report), report


def plain(node: Node | None) -> object:
    """Return a tree as text, lists and dicts."""
    if isinstance(node, Map):
        return {key.text: plain(value) for key, value in zip(node.keys, node.values, strict=True)}
    if isinstance(node, Seq):
        return [plain(item) for item in node.items]
    return node.text if node is not None else None


@pytest.mark.parametrize(
    "text",
    [
        "a: {b: [1, 2, {c: d}], e: 'f'}",
        "a:\n  - 1\n  -\n    - x\n    - y\nb: |\n  two\n  lines\n",
        "a: &x {b: c}\nd: *x\n",
        "? a\n: b\n",
        "a: é\nb: 日本\n",
    ],
)
def test_the_tree_is_the_one_yaml_gives(text: str) -> None:
    """Nodes hold the same texts as PyYAML's own base loader."""
    node, report = read(text)
    assert report.problems() == ()
    assert plain(node) == yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # plain texts only


def test_every_node_knows_its_place() -> None:
    """Line and column of keys and values count from 1, as in an editor."""
    node, _ = read("a: 1\nbb:\n  - x\n  -   y\n")
    assert isinstance(node, Map)
    listed = node.values[1]
    assert isinstance(listed, Seq)
    places = [unpack(found.at)[1:] for found in (*node.keys, *listed.items)]
    assert places == [(1, 1), (2, 1), (3, 5), (4, 7)]


@pytest.mark.parametrize(
    ("text", "empty"), [("a:", True), ("a: ~", True), ("a: ''", False), ("a: null", True)]
)
def test_what_is_empty(text: str, empty: bool) -> None:  # noqa: FBT001  # a table's column
    """Nothing, `~` and `null` are empty; quotes say that the text is meant."""
    node, _ = read(text)
    assert isinstance(node, Map)
    value = node.values[0]
    assert isinstance(value, Scalar)
    assert value.empty is empty


def test_a_doubled_key_keeps_the_first() -> None:
    """The second of two equal keys is reported at its own place and left out."""
    node, report = read("a: 1\nb: 2\na: 3\n")
    (problem,) = report.problems()
    assert (problem.code, problem.line, problem.column) == ("key-doubled", 3, 1)
    assert plain(node) == {"a": "1", "b": "2"}


def test_depth_has_a_bound_in_blocks_too() -> None:
    """A file indented deeper than any plant is refused where it gets too deep."""
    text = "".join(f"{' ' * depth}a:\n" for depth in range(100))
    node, report = read(text)
    assert node is None
    (problem,) = report.problems()
    assert problem.code == "too-deep"
    assert 40 <= problem.line <= 42
