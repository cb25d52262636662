"""Writing a plant, building one in Python, and the JSON Schema of the language."""

import json

import jsonschema
import pytest
import yaml

from linewright.plant import PlantBuilder, PlantInvalid, to_text
from linewright.plant.language.builder import to_nodes
from linewright.plant.language.load import check_root, check_text, load_text
from linewright.plant.language.schema import plant_schema
from linewright.plant.language.syntax.nodes import Map
from linewright.plant.language.writing import to_plain


def test_writing_and_reading_again_is_equal(plant_text: str) -> None:
    """What is written reads back to the same plant, without a problem."""
    plant = load_text(plant_text)
    again = check_text(to_text(plant))
    assert again.problems == ()
    assert again.plant == plant


def test_what_a_type_says_is_written_once(plant_text: str) -> None:
    """Stations keep their `use`, and what the type says is not repeated."""
    plain = to_plain(load_text(plant_text))
    stations = plain["sites"]["nogales"]["areas"]["machining"]["lines"]["bracket"]["stations"]
    assert stations["mill"]["use"] == "cnc"
    assert "fails" not in stations["mill"]
    assert plain["types"]["cnc"]["fails"] == {"every": "30 h", "repair": "20 min", "crew": "repair"}


def test_a_station_can_take_out_what_its_type_says(plant_text: str) -> None:
    """An empty key takes out what the type says, also through writing and reading."""
    text = plant_text.replace("mill: {use: cnc,", "mill: {use: cnc, fails: ~,")
    plant = load_text(text)
    line = plant.sites["nogales"].areas["machining"].lines["bracket"]
    assert not line.stations["mill"].fails
    assert load_text(to_text(plant)) == plant


def test_the_builder_gives_the_identical_plant(plant_text: str) -> None:
    """The same nouns in Python give the plant that the file gives."""
    plain = yaml.safe_load(plant_text)
    site = plain.pop("sites")["nogales"]
    area = site.pop("areas")["machining"]
    line = area.pop("lines")["bracket"]
    centre = area.pop("work_centres")["bench"]
    del plain["linewright"]
    builder = PlantBuilder(plain.pop("enterprise"), **plain)
    placed = builder.site("nogales", **site).area("machining", **area)
    stations = line.pop("stations")
    flow = placed.line("bracket", **line)
    for name, keys in stations.items():
        flow.station(name, **keys)
    bench = placed.work_centre("bench")
    for name, keys in centre["stations"].items():
        bench.station(name, **keys)
    assert builder.done() == load_text(plant_text)


def test_the_builder_reports_like_the_file() -> None:
    """A mistake in Python has the same code, and says where in the plant it is."""
    builder = PlantBuilder("acme")
    site = builder.site("reno", timezone="UTC", currency="USD")
    site.area("shop").line("pump", flow=["turn"]).station("turn", does={"turn": "48 kg"})
    with pytest.raises(PlantInvalid) as caught:
        builder.done()
    problem = caught.value.problems[0]
    assert (problem.code, problem.line) == ("unit-dimension", 0)
    assert problem.where == "reno/shop/pump/turn: does.turn.time.mean"


def test_the_builder_refuses_a_name_twice() -> None:
    """A second station of the same name is a mistake of the program."""
    builder = PlantBuilder("acme")
    builder.site("reno", timezone="UTC", currency="USD")
    with pytest.raises(ValueError, match="already a site"):
        builder.site("reno", timezone="UTC", currency="USD")
    with pytest.raises(ValueError, match="no `gadget`"):
        builder.add("gadget", "x")


def test_plain_data_is_read_like_text(plant_text: str) -> None:
    """The plain form of a plant, as nodes, gives the same plant."""
    plant = load_text(plant_text)
    root = to_nodes(to_plain(plant))
    assert isinstance(root, Map)
    assert check_root(root).plant == plant


def test_the_schema_takes_what_the_check_takes(plant_text: str) -> None:
    """The published JSON Schema is valid, and accepts the plant as YAML loads it."""
    schema = plant_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    as_json = json.loads(json.dumps(yaml.safe_load(plant_text), default=str))
    assert [error.message for error in validator.iter_errors(as_json)] == []
    as_json["sites"]["nogales"]["timezoone"] = "UTC"
    assert list(validator.iter_errors(as_json))
