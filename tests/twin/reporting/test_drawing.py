"""The line as people walk along it."""

import msgspec

from linewright.twin.reporting.drawing import flow, is_used, key, spoken
from linewright.twin.reporting.study import StationFigures, StoreFigures, Value
from linewright.twin.reporting.words import words_of
from tests.twin.reporting.studies import study

EN = words_of("en")


def test_stations_and_buffers_stand_in_the_order_of_the_flow() -> None:
    """A station is followed by its buffer, then by the next station."""
    drawn = flow(study(), EN, "en")
    places = [drawn.index(text) for text in (">mill<", "5.9 of 12", ">wash<")]
    assert places == sorted(places)


def test_the_bottleneck_is_told_in_words_and_shape() -> None:
    """It has a word, a sign and a frame; the others have none."""
    drawn = flow(study(), EN, "en")
    assert drawn.count("Bottleneck") == 1
    assert drawn.count("narrowest") == 1


def test_a_screen_reader_hears_the_shares() -> None:
    """The title of a bar says what it shows."""
    assert spoken(study().stations[0], EN, "en") == "mill: Running 90.0\u202f%, Down 10.0\u202f%"


def test_the_key_holds_what_occurs() -> None:
    """A state in which nobody ever is has no place in the legend."""
    idle = StationFigures(name="x", states={"set_up": Value(0.0), "running": Value(1.0)})
    assert not is_used([idle], "set_up")
    assert "Set-up" not in key(msgspec.structs.replace(study(), stations=(idle,)), EN)


def test_buffers_without_places_and_without_limit() -> None:
    """A direct hand-over, a rack without a limit and a large buffer are told as such."""
    stores = (
        StoreFigures(name="a", after=0, places=0),
        StoreFigures(name="b", after=0, level=Value(70.0)),
        StoreFigures(name="c", after=0, places=200, level=Value(70.0)),
    )
    drawn = flow(msgspec.structs.replace(study(), stores=stores), EN, "en")
    assert "hand-over" in drawn
    assert "70, no limit" in drawn
    assert "70 of 200" in drawn


def test_a_site_is_drawn_line_by_line() -> None:
    """Stations of several lines stand under the name of their line, with what waits in front."""
    names = ("a/b/c/saw", "a/b/c/mill", "a/b/d/oven")
    stations = tuple(StationFigures(name=name, states={"running": Value(0.5)}) for name in names)
    queue = StoreFigures(name="a/b/d", after=None, level=Value(7.0))
    asked = msgspec.structs.replace(study().asked, address="a/b")
    site = msgspec.structs.replace(
        study(), asked=asked, stations=stations, stores=(queue,), labels={"a/b/c": "Pumps"}
    )
    drawn = flow(site, EN, "en")
    said = (">Pumps<", ">saw<", ">mill<", ">d<", "7 parts wait in front", ">oven<")
    assert [drawn.count(each) for each in said] == [1] * 6
    places = [drawn.index(each) for each in said]
    assert places == sorted(places)
