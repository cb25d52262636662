"""XML without its traps."""

import pytest

from linewright.plant.markup import MarkupInvalid, Node, document, element, read_nodes

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
    with pytest.raises(MarkupInvalid, match=what):
        list(read_nodes([text.encode()], WANTED, "file"))


def test_characters_that_xml_does_not_know_are_replaced() -> None:
    """A control character in a name does not spoil the file."""
    node = next(read_nodes([element("a", "x\x01y").encode()], WANTED, "file"))
    assert node.text == "x\ufffdy"


def test_a_document_is_laid_out_and_read_again() -> None:
    """A tree that is written as a file reads back as the same tree, whatever its texts are."""
    leaf = Node(name="b", attributes={"k": "<&'"}, children=[], text="x & y")
    root = Node(name="a", attributes={"xmlns": "urn:x"}, children=[leaf, leaf])
    text = document(root)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<a xmlns="urn:x">\n  <b')
    found = next(read_nodes([text.encode()], WANTED, "file"))
    assert found.children == [leaf, leaf]


@pytest.mark.parametrize("encoding", ["utf-7", "idna", "no-such"])
def test_an_encoding_that_is_not_read_is_told(encoding: str) -> None:
    """What the reader of XML does not know is a fault of the file, with what helps."""
    text = f'<?xml version="1.0" encoding="{encoding}"?><log/>'.encode()
    with pytest.raises(MarkupInvalid, match=r"log\.xes"):
        list(read_nodes([text], frozenset({"log"}), "log.xes"))
