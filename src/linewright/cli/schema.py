"""`linewright schema`: the JSON Schema of what is read and written."""

import json
from pathlib import Path
from typing import Any

import click

from linewright.cli.ending import Failed
from linewright.cli.files import write_whole
from linewright.cli.terminal import example, joined, say
from linewright.plant.language import nearest, plant_schema, schema_of
from linewright.plant.records import CONTRACTS
from linewright.plant.records import schema as record_schema
from linewright.plant.scenario import Scenario

__all__ = ["command"]

SCENARIO_ID = "https://linewright.dev/schema/scenario-1.json"
"""Identifier of the published schema; a name, nothing is fetched from it."""


@click.command(
    "schema",
    epilog=example("linewright schema state", "linewright schema plant --output plant-1.json"),
)
@click.argument("what", default="plant")
@click.option("--output", type=click.Path(dir_okay=False), help="Write to this file.")
def command(what: str, output: str | None) -> None:
    """Print the JSON Schema of what we read and write, draft 2020-12.

    WHAT is `plant` (when left out), `scenario`, or the name of a record such
    as `state` or `parts`. docs/editor.md tells how an editor uses it.
    """
    text = json.dumps(_schema(what), indent=1, ensure_ascii=output is None)
    if output is None:
        say(text)
    else:
        write_whole(Path(output), text + "\n")
        say(f"written: {output}")


def _schema(what: str) -> dict[str, Any]:
    if what == "plant":
        return plant_schema()
    if what == "scenario":
        return schema_of(Scenario, SCENARIO_ID, "Linewright scenario")
    if what in CONTRACTS:
        return record_schema(what)
    names = ["plant", "scenario", *CONTRACTS]
    near = nearest(what, names)
    hint = f"did you mean `{near}`?" if near else f"there are: {joined(names)}"
    raise Failed(f"there is no schema `{what}`", hint)
