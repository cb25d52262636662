"""`linewright schema`: the published schemas, as files and for editors."""

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml

from linewright.cli.new import starter
from linewright.plant.records import CONTRACTS
from tests.cli.conftest import Ran

Run = Callable[..., Ran]


def test_the_published_schema_is_what_the_command_writes(
    checkout: Path, tmp_path: Path, run: Run
) -> None:
    """`docs/schema/plant-1.json` is, byte by byte, what `--output` writes."""
    made = tmp_path / "plant-1.json"
    assert run("schema", "plant", "--output", made).out == f"written: {made}\n"
    assert made.read_bytes() == (checkout / "docs" / "schema" / "plant-1.json").read_bytes()


@pytest.mark.parametrize("name", ["plant", "scenario", *CONTRACTS])
def test_every_schema_is_valid(name: str, run: Run) -> None:
    """Each name gives a schema of draft 2020-12 with an identifier."""
    ran = run("schema", name)
    schema = json.loads(ran.out)
    assert ran.out.isascii()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"].startswith("https://linewright.dev/schema/")


def test_plant_is_meant_when_nothing_is_said(run: Run) -> None:
    """Without a name it is the plant file's."""
    assert run("schema").out == run("schema", "plant").out


def test_the_starter_follows_the_schema(run: Run) -> None:
    """What `new` writes is valid for an editor that knows the schema."""
    schema = json.loads(run("schema").out)
    jsonschema.validate(yaml.safe_load(starter("pump")), schema)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("plnt", "did you mean `plant`?"),
        ("stat", "did you mean `state`?"),
        ("zzz", "there are: pl"),
    ],
)
def test_a_schema_that_is_not_there(name: str, said: str, run: Run) -> None:
    """A name that has no schema is answered with the nearest that has."""
    ran = run("schema", name)
    assert ran.code == 2
    assert said in ran.err


@pytest.mark.parametrize("output", ["no/such/folder/x.json", "."])
def test_an_output_that_cannot_be_written(output: str, tmp_path: Path, run: Run) -> None:
    """The code is 2 and the reason is told."""
    ran = run("schema", "state", "--output", tmp_path / output)
    assert ran.code == 2
    assert ran.err
