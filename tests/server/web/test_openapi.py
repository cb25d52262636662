"""The OpenAPI document: valid, whole, and every refusal described."""

import re

import msgspec
import pytest
from jsonschema import Draft202012Validator

from linewright.server.web import ROWS
from linewright.server.web.openapi import document

DOCUMENT = msgspec.json.decode(msgspec.json.encode(document(ROWS)))


def test_every_row_is_an_operation() -> None:
    """Each row is in the document once, under a name of its own, and nothing else is."""
    told = {
        (method.upper(), path): operation
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    }
    assert set(told) == {(row.method, row.path) for row in ROWS}
    assert len({each["operationId"] for each in told.values()}) == len(ROWS)


def test_every_reference_leads_somewhere() -> None:
    """Each `$ref` names a schema that is there."""
    text = msgspec.json.encode(DOCUMENT).decode()
    wanted = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
    assert wanted <= set(DOCUMENT["components"]["schemas"])


@pytest.mark.parametrize("name", sorted(DOCUMENT["components"]["schemas"]))
def test_every_schema_is_one(name: str) -> None:
    """Each schema is valid JSON Schema 2020-12, which OpenAPI 3.1 takes."""
    Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"][name])


def test_refusals_are_described() -> None:
    """What needs somebody has 401 and 403, what takes a body has 413 and 422, with their form."""
    for row in ROWS:
        said = DOCUMENT["paths"][row.path][row.method.lower()]["responses"]
        wanted = {"200", "400", "422", "429"} | ({"401", "403"} if row.permission else set())
        wanted |= {"413"} if row.body is not None else set()
        assert wanted <= set(said), row.path
        assert all(
            "Refused" in msgspec.json.encode(each).decode()
            for status, each in said.items()
            if status != "200"
        )


def test_parameters_are_bounded() -> None:
    """Every parameter of a query has bounds: a length, a range or a choice."""
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            for each in operation["parameters"]:
                schema = each["schema"].get("items", each["schema"])
                bounded = {"maxLength", "maximum", "enum"} & set(schema)
                assert bounded or schema["type"] == "boolean", each
