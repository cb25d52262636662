"""XML without its traps."""

import pytest

from linewright.twin.logs.spreadsheet import LogInvalid
from linewright.twin.logs.xml import element, read_nodes

WANTED = frozenset({"a"})


def test_what_is_written_can_be_read() -> None:
    """Text and attributes come back, whatever stands in them."""
    text = element("a", "x < y", element("b", key='"&"'), lang="d'e")
    node = next(read_nodes([text.encode()], WANTED, "file"))
    assert node.text == "x < y"
    assert node.attributes == {"lang": "d'e"}
    assert node.all("b")[0].attributes == {"key": '"&"'}


def test_pieces_may_be_cut_anywhere() -> None:
    """One byte at a time gives the same."""
    whole = "<r><x:a>é</x:a><c/><a>2</a></r>".encode()
    pieces = [whole[k : k + 1] for k in range(len(whole))]
    assert [node.text for node in read_nodes(pieces, WANTED, "file")] == ["é", "2"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('<!DOCTYPE r [<!ENTITY e "x">]><r><a>&e;</a></r>', "document type"),
        ('<!DOCTYPE r SYSTEM "file:///etc/hostname"><r/>', "document type"),
        ("<r><a></r>", "it is no XML"),
        ("", "it is no XML"),
        ("<a>" * 100, "nested deeper"),
    ],
)
def test_traps_are_refused(text: str, what: str) -> None:
    """Entities, half files and endless nesting are errors, not work."""
    with pytest.raises(LogInvalid, match=what):
        list(read_nodes([text.encode()], WANTED, "file"))


def test_characters_that_xml_does_not_know_are_replaced() -> None:
    """A control character in a name does not spoil the file."""
    node = next(read_nodes([element("a", "x\x01y").encode()], WANTED, "file"))
    assert node.text == "x\ufffdy"
