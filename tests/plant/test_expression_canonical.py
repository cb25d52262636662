"""Tests of linewright.plant.expressions.canonical."""

import pytest

from linewright.plant.expressions.canonical import canonical_text
from linewright.plant.expressions.text import parse


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("  a+b*c  ", "a + b * c"),
        ("(a+b)*c", "(a + b) * c"),
        ("a-(b-c)-d", "a - (b - c) - d"),
        ("a-(b+c)", "a - (b + c)"),
        ("a/(b*c)", "a / (b * c)"),
        ("-(a+b)", "-(a + b)"),
        ("(-a)**2", "(-a) ** 2"),
        ("-a**-2", "-a ** -2"),
        ("(a**2)**.5", "(a ** 2) ** 0.5"),
        ("- - a", "--a"),
        ("not(not a)", "not not a"),
        ("(not a)==b", "(not a) == b"),
        ("not a==b", "not a == b"),
        ("a or b and c", "a or b and c"),
        ("(a or b)and c", "(a or b) and c"),
        ("(a or b)or c", "(a or b) or c"),
        ("(a<b)==(c<d)", "(a < b) == (c < d)"),
        ("a<b<=c!=d", "a < b <= c != d"),
        ("x in(1,-2.50)", "x in [1, -2.5]"),
        ("x not in ['a',\"b'c\"]", 'x not in ["a", "b\'c"]'),
        (b'"say \\u00e9"'.decode("unicode_escape"), '"say \u00e9"'),
        ("'a\"b'", "'a\"b'"),
        ("a if b else c if d else e", "a if b else c if d else e"),
        ("(a if b else c)if d else e", "(a if b else c) if d else e"),
        ("a if(b if c else d)else e", "a if (b if c else d) else e"),
        ("1+(a if b else c)", "1 + (a if b else c)"),
        ("min(a if b else c,d)", "min(a if b else c, d)"),
        ("round( x,-1 )", "round(x, -1)"),
        ("saw . temp>1E3", "saw.temp > 1000.0"),
        ("a and\n  b", "a and b"),
        ("true!=false", "true != false"),
    ],
)
def test_the_canonical_text_has_only_the_brackets_it_needs(text: str, canonical: str) -> None:
    """One spelling per expression, which reads as the same expression."""
    expression = parse(text)
    assert canonical_text(expression.steps) == expression.text == canonical
    assert parse(canonical) == expression
