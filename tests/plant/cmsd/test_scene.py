"""What kinds of resources a file has."""

from linewright.plant.cmsd.elements import Notes
from linewright.plant.cmsd.scene import key_of, scene_of
from tests.plant.cmsd.foreign import file, machine, prop

CLASS = """<ResourceClass><Identifier>lathe</Identifier><ResourceType>machine</ResourceType>
</ResourceClass>"""
OF = "<ResourceClass><ResourceClassIdentifier>lathe</ResourceClassIdentifier></ResourceClass>"


def test_the_kind_comes_of_class_or_type() -> None:
    """Types with odd spelling and classes of the file's own are known."""
    text = file(
        CLASS,
        machine("A", kind="machine:"),
        machine("B", OF, kind=""),
        machine("C", kind="Queue"),
        machine("D", kind="path"),
    )
    scene = scene_of(text.encode(), "text", Notes())
    assert [scene.kind(each) for each in "ABCDX"] == ["station", "station", "queue", "other", ""]
    assert scene.of_class("lathe") == ["B"]


def test_a_capacity_is_a_whole_number() -> None:
    """Anything else is told and left out; the first of two entities counts."""
    notes = Notes()
    text = file(
        machine("A", prop("capacity", "3")), machine("A"), machine("B", prop("Capacity", "2.5"))
    )
    scene = scene_of(text.encode(), "text", notes)
    assert (scene.capacity("A"), scene.capacity("B")) == (3, None)
    assert any("the first is taken: A" in each for each in notes.told())


def test_identifiers_become_keys() -> None:
    """A usable identifier stays; another becomes a name."""
    assert [key_of(each) for each in ("Part1-12345", "Plant1:Cell 1")] == [
        "Part1-12345",
        "plant1_cell_1",
    ]
