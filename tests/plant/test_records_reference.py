"""Claims about the published forms: schemas, reference page and golden files are up to date.

After a wanted change, ``LINEWRIGHT_WRITE_GOLDEN=1`` writes them anew; the difference is reviewed.
"""

import json
import os
from pathlib import Path

import jsonschema
import pytest
from jsonschema import Draft202012Validator

from linewright.plant.records import CONTRACTS, decode, encode
from linewright.plant.records.examples import EXAMPLES
from linewright.plant.records.reference import reference_page, schema, schema_files

WRITE = os.environ.get("LINEWRIGHT_WRITE_GOLDEN") == "1"


def kept(path: Path, text: str) -> str:
    """Text of a golden file; written first where that was asked for."""
    if WRITE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"{path.name} is missing: set LINEWRIGHT_WRITE_GOLDEN=1 to write it"
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(CONTRACTS))
def test_a_golden_example_keeps_its_bytes(name: str, checkout: Path) -> None:
    """What was once written is read as the same value and written as the same bytes."""
    encoded = encode(EXAMPLES[name])
    golden = kept(checkout / f"tests/golden/records/{name}.json", encoded.decode() + "\n")
    assert golden.encode() == encoded + b"\n"
    assert decode(golden.encode(), CONTRACTS[name], strict=True) == EXAMPLES[name]


def test_no_golden_example_is_left_over(checkout: Path) -> None:
    """Every golden record belongs to a contract that exists."""
    files = {path.stem for path in (checkout / "tests/golden/records").glob("*.json")}
    assert files - {"frame"} == set(CONTRACTS)


@pytest.mark.parametrize("name", sorted(CONTRACTS))
def test_a_published_schema_is_current(name: str, checkout: Path) -> None:
    """The file under docs is what the type says now, and is itself a valid schema."""
    text = schema_files()[f"{name}.json"]
    assert kept(checkout / f"docs/schema/records/{name}.json", text) == text
    Draft202012Validator.check_schema(json.loads(text))


def test_no_schema_is_left_over(checkout: Path) -> None:
    """Every published schema belongs to a contract that exists."""
    files = {path.name for path in (checkout / "docs/schema/records").iterdir()}
    assert files == set(schema_files())


def test_the_reference_page_is_current(checkout: Path) -> None:
    """The page under docs is what the types say now."""
    assert kept(checkout / "docs/records.md", reference_page()) == reference_page()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("state", {"t_ns": "noon"}),
        ("state", {"state": "sleeping"}),
        ("state", {"address": "nogales/Machining"}),
        ("state", {"class": "parts"}),
        ("parts", {"good": -1}),
        ("material", {"units": [{}]}),
        ("grant", {"count": 1001}),
        ("grant", {"mode": "always"}),
        ("forecast", {"quantiles": []}),
    ],
)
def test_a_schema_refuses_what_the_codec_refuses(name: str, change: dict[str, object]) -> None:
    """A foreign program that checks against the schema finds the same faults."""
    shown = json.loads(encode(EXAMPLES[name])) | change
    with pytest.raises(jsonschema.ValidationError):
        Draft202012Validator(schema(name)).validate(shown)
    with pytest.raises(ValueError, match=rf"^{name}\."):
        decode(json.dumps(shown).encode(), CONTRACTS[name])


def test_the_page_tells_every_field() -> None:
    """Each field of each contract has a row with its meaning."""
    page = reference_page()
    for name in CONTRACTS:
        assert f"\n### {name}\n" in page
        for field, form in schema(name)["properties"].items():
            if field != "class":
                assert f"| `{field}` | " in page
                assert form["description"] in page
