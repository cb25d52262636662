"""Short forms: distributions and tolerances."""

import pytest

from linewright.plant.language.shapes.grammars import (
    GRAMMARS,
    GrammarInvalid,
    parse_distribution,
    parse_tolerance,
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("48 s", {"mean": "48 s"}),
        ("48s", {"mean": "48s"}),
        ("30 h exponential", {"mean": "30 h", "family": "exponential"}),
        ("30 h weibull cv 0.6", {"mean": "30 h", "family": "weibull", "cv": "0.6"}),
        ("30 h cv 60 %", {"mean": "30 h", "cv": "0.6"}),
        ("40 s to 1 min", {"family": "uniform", "low": "40 s", "high": "1 min"}),
        (
            "triangular 40 s, 48 s, 60 s",
            {"family": "triangular", "low": "40 s", "mode": "48 s", "high": "60 s"},
        ),
    ],
)
def test_a_distribution_written_short(text: str, parts: dict[str, str]) -> None:
    """Each short form gives the keys that could have been written out."""
    assert parse_distribution(text) == parts
    assert GRAMMARS["distribution"].write(dict(parts)) != {}


@pytest.mark.parametrize("text", ["fast", "triangular 40 s", "to 60 s", "48 s cv", "x" * 5000])
def test_a_text_that_is_no_distribution(text: str) -> None:
    """A text of no known form is refused with an example."""
    with pytest.raises(GrammarInvalid) as caught:
        parse_distribution(text)
    assert caught.value.code == "distribution-invalid"
    assert "48 s" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "12.000 mm +/- 0.015 mm",
            {"unit": "mm", "nominal": "12.000", "lower": "11.985", "upper": "12.015"},
        ),
        ("12 mm ± 0.1", {"unit": "mm", "nominal": "12", "lower": "11.9", "upper": "12.1"}),
        ("12 mm +0.02 -0.01", {"unit": "mm", "nominal": "12", "lower": "11.99", "upper": "12.02"}),
        ("<= 0.8 um", {"unit": "um", "upper": "0.8"}),
        ("min 5 N*m", {"unit": "N*m", "lower": "5"}),
        ("58 to 62", {"lower": "58", "upper": "62"}),
        ("attribute", {"kind": "attribute"}),
    ],
)
def test_a_tolerance_written_short(text: str, parts: dict[str, str]) -> None:
    """Limits are exact decimals, not sums of floats."""
    assert parse_tolerance(text) == parts


def test_two_units_in_one_tolerance_are_refused() -> None:
    """Millimetres and inches do not mix."""
    with pytest.raises(GrammarInvalid, match="two units"):
        parse_tolerance("12 mm +/- 0.01 in")


def test_a_short_form_is_only_written_when_it_means_the_same() -> None:
    """A distribution with more than the short form can say stays written out."""
    whole = {"mean": "48 s", "low": "40 s"}
    assert GRAMMARS["distribution"].write(whole) == whole
