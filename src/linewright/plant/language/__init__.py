"""The plant language: text to plant and back, with every mistake in one report.

>>> from linewright.plant.language import check_text
>>> text = "{linewright: 1, enterprise: acme, sites: {reno: {timezone: UTC}}}"
>>> [(problem.column, problem.code) for problem in check_text(text).problems]
[(49, 'key-missing')]
"""

from linewright.plant.language.builder import to_nodes
from linewright.plant.language.formatting import FormatRefused, format_text
from linewright.plant.language.load import (
    Checked,
    PlantInvalid,
    check,
    check_root,
    check_text,
    load,
    load_text,
)
from linewright.plant.language.reference import reference_page
from linewright.plant.language.schema import plant_schema, schema_of
from linewright.plant.language.shapes.elements import ELEMENTS
from linewright.plant.language.syntax.problems import CODES, WARNINGS, Problem, nearest, unpack
from linewright.plant.language.writing import element_text, to_plain, to_text

__all__ = [
    "CODES",
    "ELEMENTS",
    "WARNINGS",
    "Checked",
    "FormatRefused",
    "PlantInvalid",
    "Problem",
    "check",
    "check_root",
    "check_text",
    "element_text",
    "format_text",
    "load",
    "load_text",
    "nearest",
    "plant_schema",
    "reference_page",
    "schema_of",
    "to_nodes",
    "to_plain",
    "to_text",
    "unpack",
]
