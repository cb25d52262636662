"""Tests of linewright.plant.expressions."""

import math

import pytest

from linewright.plant.expressions.evaluation import Value, evaluate, kind_of, known
from linewright.plant.expressions.text import parse

T, F, N = True, False, None


@pytest.mark.parametrize(
    ("text", "table"),
    [
        # by a in rows and b in columns, each true, false, unknown (Kleene 1952)
        ("a and b", [T, F, N, F, F, F, N, F, N]),
        ("a or b", [T, T, T, T, F, N, T, N, N]),
        ("implies(a, b)", [T, F, N, T, T, T, T, N, N]),
        ("not a", [F, F, F, T, T, T, N, N, N]),
        ("a == b", [T, F, N, F, T, N, N, N, N]),
        ("a if b else not a", [T, F, N, F, T, N, N, N, N]),
    ],
)
def test_logic_is_kleene(text: str, table: list[bool | None]) -> None:
    """Each connective has the truth table of strong three-valued logic."""
    expression = parse(text)
    cells = [{"a": a, "b": b} for a in (T, F, N) for b in (T, F, N)]
    assert [evaluate(expression, cell) for cell in cells] == table


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7 // 2 * 2 + 7 % 2", 7),
        ("-7 // 2", -4),
        ("-7 % 3", 2),
        ("7 / 2", 3.5),
        ("2 ** 10", 1024),
        ("9 ** 0.5", 3.0),
        ("-2 ** 2", -4),
        ("round(2.5)", 2),
        ("round(3.14159, 2)", 3.14),
        ("round(1234, -2)", 1200),
        ("abs(-3) + min(4, 2, 3) + max(1, 5)", 10),
        ("1 < 2 <= 2 != 3", True),
        ("1 < 2 > 3", False),
        ("'b' in ['a', 'b']", True),
        ("2.0 not in [1, 2]", False),
        ("'é' == 'é'", True),
        ("3 if 1 > 2 else 4", 4),
    ],
)
def test_known_values_give_pythons_answer(text: str, value: Value) -> None:
    """Arithmetic, comparison and choice mean what they mean in Python, kind included."""
    result = evaluate(parse(text), {})
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "1 / 0",
        "1 // 0",
        "1 % 0",
        "0 ** -1",
        "0.0 ** -0.5",
        "(-8) ** 0.5",
        "1e308 * 10",
        "9223372036854775807 + 1",
        "9223372036854775807 ** 16",
        "1e200 ** 16",
        "1e300 // 1e-300",
        "round(1e300)",
        "round(1.7e308, -16) - 1 / 0",
        "missing",
        "missing + 1",
        "missing > 1",
        "missing in [1, 2]",
        "missing == missing",
        "1 if missing else 1",
        "max(1, missing)",
    ],
)
def test_what_cannot_be_computed_is_unknown(text: str) -> None:
    """Division by zero, overflow, complex results and missing values give None."""
    assert evaluate(parse(text), {}) is None


@pytest.mark.parametrize(
    ("text", "x"),
    [
        ("x", math.nan),
        ("x", -math.inf),
        ("x", 2**63),
        ("x + 1", True),
        ("x + 1", "1"),
        ("x * 3", "ab"),
        ("x == 1", True),
        ("x == 1", "1"),
        ("x < 3", "1"),
        ("x in [1, 2]", "1"),
        ("x in [1, 2]", True),
        ("x and true", 1),
        ("not x", 0),
        ("-x", False),
    ],
)
def test_a_value_of_the_wrong_kind_is_unknown(text: str, x: Value) -> None:
    """True is no 1, text is no number, and what is not finite is no value."""
    assert evaluate(parse(text), {"x": x}) is None


def test_a_value_of_no_kind_is_unknown() -> None:
    """Values that the language does not have, such as lists, count as missing."""
    assert known([1]) is None
    assert known(1 + 2j) is None
    assert known(-(2**63) + 1) == -(2**63) + 1


def test_logic_decides_without_what_is_unknown() -> None:
    """An interlock that one known value decides is decided."""
    expression = parse("door_closed and blade_temp < 80 and good / total > 0.5")
    assert evaluate(expression, {"door_closed": False, "good": 1, "total": 0}) is False
    assert evaluate(expression, {"door_closed": True, "blade_temp": 70}) is None


def test_a_constraint_on_options_reads_as_people_say_it() -> None:
    """Options are texts; `implies` says which choices go together."""
    rule = parse(
        "implies(colour == 'red', size in ['s', 'm'])",
        kinds=dict.fromkeys(("colour", "size"), "text"),
    )
    assert evaluate(rule, {"colour": "red", "size": "xl"}) is False
    assert evaluate(rule, {"colour": "red", "size": "m"}) is True
    assert evaluate(rule, {"colour": "blue"}) is True


def test_kinds_of_values() -> None:
    """A bool is no number, although Python counts it as one."""
    assert [kind_of(value) for value in (True, 1, 1.0, "x")] == ["bool", "number", "number", "text"]
