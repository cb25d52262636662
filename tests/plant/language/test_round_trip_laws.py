"""Laws of reading and writing: what is written reads back equal, and the schema agrees."""

import datetime as dt
import random
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from benchmarks.plant_load.plant_text import plant_text
from linewright.plant.language.builder import to_nodes
from linewright.plant.language.load import check_root, check_text, load_text
from linewright.plant.language.schema import plant_schema
from linewright.plant.language.syntax.nodes import Map
from linewright.plant.language.writing import to_plain, to_text
from linewright.plant.model.enterprise import Plant
from linewright.testing import every_key_text
from linewright.testing.variations import vary

VARIATIONS_SUITE = 40
VARIATIONS_LAWS = 1_000


class _CoreLoader(yaml.SafeLoader):
    """YAML as editors read it for a schema: dates and yes or no stay texts (YAML 1.2)."""


_CoreLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")
        or (tag.endswith("bool") and first in "tTfF")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def as_json(value: Any) -> Any:  # noqa: ANN401  # plain data
    """Return plain data with the keys and dates that JSON has."""
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def varied(seed: int) -> Plant:
    """Return a plant at random, which is valid by construction."""
    root = to_nodes(vary(random.Random(seed)))  # noqa: S311  # no secret hangs on it
    assert isinstance(root, Map), "a plant is a map"
    checked = check_root(root)
    assert checked.plant is not None, f"seed {seed}: {checked.errors[0]}"
    return checked.plant


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    """The published schema, itself checked."""
    Draft202012Validator.check_schema(plant_schema())
    return Draft202012Validator(plant_schema())


def round_trip(plant: Plant, about: str) -> None:
    """Assert that text and plain data say the whole plant, in one way."""
    text = to_text(plant)
    again = check_text(text)
    assert again.errors == (), about
    assert again.plant == plant, about
    assert to_text(plant) == text == to_text(load_text(text)), about
    root = to_nodes(to_plain(plant))
    assert isinstance(root, Map), about
    assert check_root(root).plant == plant, about


def test_written_plants_read_back_equal() -> None:
    """`to_text` and `to_plain` say all of a plant, whatever its values and names are."""
    for seed in range(VARIATIONS_SUITE):
        round_trip(varied(seed), f"seed {seed}")


@pytest.mark.laws
def test_a_thousand_written_plants_read_back_equal() -> None:
    """As above, for a thousand plants."""
    for seed in range(1_000, 1_000 + VARIATIONS_LAWS):
        round_trip(varied(seed), f"seed {seed}")


@pytest.mark.parametrize("text", [every_key_text(), plant_text(stations=40, tags=300, seed=3)])
def test_whole_plants_read_back_equal(text: str) -> None:
    """A plant with every key, and a generated one, are written and read without a loss."""
    round_trip(load_text(text), text[:80])


def test_the_schema_accepts_what_is_written(schema: Draft202012Validator) -> None:
    """What `to_text` writes is accepted by the published schema."""
    for seed in range(VARIATIONS_SUITE):
        written = yaml.load(to_text(varied(seed)), Loader=_CoreLoader)  # noqa: S506  # a safe one
        wrong = [error.message for error in schema.iter_errors(as_json(written))]
        assert wrong == [], f"seed {seed}"


@pytest.mark.parametrize("text", [every_key_text(), plant_text(stations=40, tags=300, seed=3)])
def test_the_schema_accepts_what_the_check_accepts(text: str, schema: Draft202012Validator) -> None:
    """A valid file is valid by the schema, as people wrote it and as plain YAML reads it."""
    assert check_text(text).errors == ()
    written = yaml.load(text, Loader=_CoreLoader)  # noqa: S506  # a safe one
    assert [error.message for error in schema.iter_errors(as_json(written))] == []
    plain = yaml.safe_load(to_text(load_text(text)))
    assert [error.message for error in schema.iter_errors(as_json(plain))] == []
