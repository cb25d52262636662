"""Claims about linewright.plant.address."""

import copy
import json
import pickle
import re

import pytest

from linewright.plant.address import (
    NAME_CHARS_MAX,
    Address,
    AddressInvalid,
    Level,
    suggest_name,
    valid_name,
)

MILL = Address("nogales/machining/bracket/mill")


@pytest.mark.parametrize(
    ("text", "level", "parent"),
    [
        ("nogales", Level.SITE, None),
        ("nogales/machining", Level.AREA, "nogales"),
        ("nogales/machining/bracket", Level.LINE, "nogales/machining"),
        ("nogales/machining/bracket/mill", Level.STATION, "nogales/machining/bracket"),
        ("nogales/machining/bracket/saw-mill", Level.BUFFER, "nogales/machining/bracket"),
        ("nogales/machining/bracket/mill#kw", Level.TAG, "nogales/machining/bracket/mill"),
        (
            "nogales/machining/bracket/saw-mill#level",
            Level.TAG,
            "nogales/machining/bracket/saw-mill",
        ),
        ("nogales#grid_kw", Level.TAG, "nogales"),
    ],
)
def test_every_level_is_an_address(text: str, level: Level, parent: str | None) -> None:
    """Each kind of place is recognised from its text alone and knows what stands above it."""
    address = Address(text)
    assert address.level is level
    assert address.parent == parent
    assert address.name == re.split("[/#]", text)[-1]


def test_the_parts_of_a_station_are_its_names() -> None:
    """A station knows its site, area, line and own name, and is neither buffer nor tag."""
    assert (MILL.site, MILL.area, MILL.line, MILL.station) == (
        "nogales",
        "machining",
        "bracket",
        "mill",
    )
    assert (MILL.buffer, MILL.ends, MILL.tag, MILL.owner) == (None, None, None, MILL)


def test_a_buffer_is_named_after_the_stations_it_joins() -> None:
    """A buffer has two ends and stands in the place of a station without being one."""
    buffer = MILL.owner.parent
    assert buffer is not None
    buffer = buffer.child("saw-mill")
    assert (buffer.buffer, buffer.ends, buffer.station) == ("saw-mill", ("saw", "mill"), None)


def test_a_tag_belongs_to_its_owner() -> None:
    """A tag has the names of its owner and its own."""
    tag = MILL.with_tag("kw")
    assert (tag.owner, tag.tag, tag.station, tag.name) == (MILL, "kw", "mill", "kw")


@pytest.mark.parametrize(
    ("text", "suggestion", "reason"),
    [
        ("VF-2", "vf_2", "buffer"),
        ("vf-2", "vf_2", "buffer"),
        ("", "unnamed", "empty"),
        ("nogales/", "nogales", "empty"),
        ("/nogales", "nogales", "empty"),
        ("nogales//bracket", "nogales/bracket", "empty"),
        ("nogales.machining", "nogales/machining", "separated"),
        ("nogales/Machining", "nogales/machining", "capital"),
        ("nogales/saw-mill", "nogales/saw_mill", "buffer"),
        ("a/b/c/d/e", "a/b/c/d", "levels"),
        ("a/b/c/d-e-f", "a/b/c/d_e_f", "buffer"),
        ("a/b/c/_d", "a/b/c/d", "begins"),
        ("a#", "a", "tag"),
        ("a#Blade Temp", "a#blade_temp", "tag"),
        ("a#b#c", "a#b_c", "tag"),
        ("a\n", "a", "characters"),
        ("a" * 64, "a" * 63, "longer"),
        ("línea/ä", "linea/a", "characters"),
        ("a/*", "a/unnamed", "characters"),
        ("a/>", "a/unnamed", "characters"),
    ],
)
def test_a_wrong_text_is_refused_with_the_nearest_right_one(
    text: str, suggestion: str, reason: str
) -> None:
    """The error names what is wrong and suggests a spelling that is itself an address."""
    with pytest.raises(AddressInvalid) as caught:
        Address(text)
    assert caught.value.text == text
    assert caught.value.suggestion == suggestion
    assert Address(suggestion) == suggestion
    assert caught.value.reason.split()
    assert reason in str(caught.value)


def test_children_stand_one_level_down_and_no_further() -> None:
    """A child is one valid name; nothing stands below a station, buffer or tag."""
    assert Address("nogales").child("machining") == "nogales/machining"
    for parent, name in [
        (Address("nogales"), "a/b"),
        (Address("nogales"), "a#b"),
        (Address("nogales"), "saw-mill"),
        (Address("nogales"), ""),
        (MILL, "a"),
        (MILL.with_tag("kw"), "a"),
    ]:
        with pytest.raises(AddressInvalid) as caught:
            parent.child(name)
        assert Address(caught.value.suggestion)


def test_a_tag_has_no_tags_and_a_plain_name() -> None:
    """A tag's name is a name like any other, and a tag has no tags itself."""
    with pytest.raises(AddressInvalid, match="#blade_temp"):
        MILL.with_tag("Blade Temp")
    with pytest.raises(AddressInvalid, match="a tag has no tags"):
        MILL.with_tag("kw").with_tag("kw")


def test_containment_goes_down_by_whole_levels() -> None:
    """A place contains itself, all below it and their tags, but no place that only begins alike."""
    line = Address("nogales/machining/bracket")
    assert line.contains(line)
    assert line.contains(MILL)
    assert line.contains(Address("nogales/machining/bracket/saw-mill#level"))
    assert not line.contains(Address("nogales/machining/bracket_2/mill"))
    assert not MILL.contains(line)
    assert not Address("nogales/machining/bracket/saw").contains(line.child("saw-mill"))


@pytest.mark.parametrize(
    ("address", "subject"),
    [
        ("nogales", "nogales"),
        ("nogales/machining/bracket/mill", "nogales.machining.bracket.mill"),
        ("nogales/machining/bracket/saw-mill", "nogales.machining.bracket.saw-mill"),
        ("nogales/machining/bracket/mill#kw", "nogales.machining.bracket.mill"),
    ],
)
def test_a_subject_has_dots_and_leaves_the_tag_out(address: str, subject: str) -> None:
    """Places map to subjects one to one; a tag goes with its owner."""
    assert Address(address).subject() == subject
    assert Address.from_subject(subject) == Address(address).owner


@pytest.mark.parametrize("subject", ["a/b", "a#b", "a..b", "a.*", "a.b.c.d.e", ""])
def test_what_is_no_subject_is_refused(subject: str) -> None:
    """A wildcard, an empty token or a slash is no part of an address's subject."""
    with pytest.raises(AddressInvalid):
        Address.from_subject(subject)


def test_an_address_is_a_text_everywhere() -> None:
    """It equals, hashes, prints, pickles and becomes JSON as its text."""
    assert {str(MILL): 1}[MILL] == 1
    assert f"{MILL}" == "nogales/machining/bracket/mill"
    assert json.dumps(MILL) == '"nogales/machining/bracket/mill"'
    assert repr(MILL) == "Address('nogales/machining/bracket/mill')"
    assert Address(MILL) == MILL
    for copied in (copy.deepcopy(MILL), pickle.loads(pickle.dumps(MILL))):  # noqa: S301 - our own
        assert copied == MILL
        assert isinstance(copied, Address)


def test_the_error_survives_a_process_border() -> None:
    """Fields of the error are kept when it is pickled, as a worker pool does."""
    error = AddressInvalid("VF-2", "why", "vf_2")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (again.text, again.reason, again.suggestion) == ("VF-2", "why", "vf_2")


def test_names_are_bounded() -> None:
    """A name has 1 to 63 characters of the small set and begins with a letter or digit."""
    assert valid_name("a" * NAME_CHARS_MAX)
    assert not valid_name("a" * (NAME_CHARS_MAX + 1))
    for text in ("", "_a", "a-b", "A", "ä", "a b", "a\n", "a.b", "١"):  # noqa: RUF001 - on purpose
        assert not valid_name(text)


def test_names_in_another_script_stay_apart() -> None:
    """Two names without Latin letters get two suggestions."""
    assert suggest_name("铣床") != suggest_name("车床")
    assert suggest_name("Straße 2") == "strasse_2"
