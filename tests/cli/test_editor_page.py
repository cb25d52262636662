"""The page on editors: its settings are JSON, its pattern reads our lines, its plant is valid."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from linewright.plant.language import check_text, plant_schema

FENCE = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


@pytest.fixture
def blocks(checkout: Path) -> dict[str, list[str]]:
    """The blocks of the page by their language."""
    found: dict[str, list[str]] = {}
    for language, text in FENCE.findall((checkout / "docs" / "editor.md").read_text("utf-8")):
        found.setdefault(language, []).append(text)
    return found


def test_the_plant_on_the_page(blocks: dict[str, list[str]]) -> None:
    """The plant with the line for the language server is in order, for us and for the schema."""
    (text,) = blocks["yaml"]
    assert text.startswith("# yaml-language-server: $schema=")
    assert check_text(text).problems == ()
    jsonschema.validate(yaml.safe_load(text), plant_schema())


def test_the_settings_are_json(blocks: dict[str, list[str]]) -> None:
    """What is to be copied into settings can be read."""
    settings, tasks = (json.loads(text) for text in blocks["json"])
    assert "./plant-1.json" in settings["yaml.schemas"]
    assert tasks["tasks"][0]["command"] == "linewright check ."


def test_the_pattern_reads_every_problem(blocks: dict[str, list[str]]) -> None:
    """The problem matcher takes each line of a report apart as it was made."""
    pattern = json.loads(blocks["json"][1])["tasks"][0]["problemMatcher"]["pattern"]
    head = "linewright: 1\nenterprise: {}\nsites: {{r: {{timezone: UTC, currency: USD}}}}\n"
    wrong = check_text(head.format("A b"), "my plants/a b.yaml")
    unused = check_text(head.format("a") + "skills: {a: {}}\n", "my plants/a b.yaml")
    problems = [*wrong.problems, *unused.problems]
    assert {problem.severity for problem in problems} == {"error", "warning"}
    for problem in problems:
        match = re.fullmatch(pattern["regexp"], str(problem))
        assert match is not None
        assert match[pattern["file"]] == problem.file
        assert int(match[pattern["line"]]) == problem.line
        assert int(match[pattern["column"]]) == problem.column
        assert match[pattern["severity"]] == problem.severity
        assert match[pattern["code"]] == problem.code
        assert problem.message in match[pattern["message"]]
