"""Tests of linewright.plant.expressions.text."""

import pytest

from linewright.plant.expressions.evaluation import Kind
from linewright.plant.expressions.text import ExpressionInvalid, parse


def test_names_are_sorted_and_dotted() -> None:
    """Names come once each, in order; a function's name is none, unless it stands alone."""
    expression = parse("max(saw.temp, mill.temp) > max and saw.temp < 9")
    assert expression.names == ("max", "mill.temp", "saw.temp")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a", "unknown"),
        ("a + b", "number"),
        ("'x'", "text"),
        ("a < b", "bool"),
        ("a and b", "bool"),
        ("1 if a else 2", "number"),
        ("1 if a else b", "unknown"),
        ("abs(a)", "number"),
        ("implies(a, b)", "bool"),
        ("a in ['x']", "bool"),
        ("true", "bool"),
        ("-1.5", "number"),
    ],
)
def test_the_kind_of_the_whole_is_inferred(text: str, kind: Kind) -> None:
    """The kind is known where the outermost operation or all outcomes tell it."""
    assert parse(text).kind == kind


KINDS: dict[str, Kind] = {"temp": "number", "state": "text", "hot": "bool", "odd": "unknown"}


@pytest.mark.parametrize(
    ("text", "offset", "what", "suggestion"),
    [
        ("temp == 'high'", 0, "the sides of `==` differ in kind: number and text", "values of"),
        ("1 < temp < state", 4, "the sides of `<` differ in kind: number and text", "values of"),
        ("state < 'x'", 0, "`<` takes number, not text", "a number"),
        ("hot == 1", 0, "the sides of `==` differ in kind: bool and number", "values of"),
        ("temp and hot", 0, "`and` takes bool, not number", "a comparison, such as x > 0"),
        ("hot or  temp", 8, "`or` takes bool, not number", "a comparison, such as x > 0"),
        ("not state", 4, "`not` takes bool, not text", "a comparison, such as x > 0"),
        ("implies(temp, hot)", 8, "`implies` takes bool, not number", "a comparison"),
        ("1 if temp else 2", 5, "`if` takes bool, not number", "a comparison, such as x > 0"),
        ("1 if hot else 'x'", 0, "the two outcomes differ in kind", "values of one kind"),
        ("temp + state", 7, "`+` takes number, not text", "a number"),
        ("-state", 1, "`-` takes number, not text", "a number"),
        ("state ** 2", 0, "`**` takes number, not text", "a number"),
        ("abs(hot)", 4, "`abs` takes number, not bool", "a number"),
        ("temp in ['a']", 0, "the value and the list differ in kind", "values of one kind"),
        ("(hot and hot) + 1", 1, "`+` takes number, not bool", "a number"),
        ("temp + tmep", 7, "no tmep is known", "temp"),
    ],
)
def test_mistakes_of_kind_are_found(text: str, offset: int, what: str, suggestion: str) -> None:
    """Operands that can never be right are refused before any value is seen."""
    with pytest.raises(ExpressionInvalid) as caught:
        parse(text, kinds=KINDS)
    assert caught.value.offset == offset
    assert caught.value.what.startswith(what)
    assert (caught.value.suggestion or "").startswith(suggestion)


def test_an_unknown_kind_may_stand_anywhere() -> None:
    """A name whose kind nobody told is not refused; its value decides."""
    assert parse("odd + 1 > temp and odd == 'x' and odd", kinds=KINDS).kind == "bool"


@pytest.mark.parametrize(
    ("text", "offset", "what", "suggestion"),
    [
        ("", 0, "there is no expression", None),
        (" \n ", 0, "there is no expression", None),
        ("a = 1", 2, "`=` is no part of this language", "=="),
        ("a && b", 2, "`&&` is no part", "and"),
        ("a || b", 2, "`||` is no part", "or"),
        ("a <> b", 2, "`<>` is no part", "!="),
        ("a ^ 2", 2, "`^` is no part", "**"),
        ("a ? 1 : 2", 2, "`?` is no part", "a if condition else b"),
        ("a AND b", 2, "`AND` is written small", "and"),
        ("True", 0, "`True` is written small", "true"),
        ("a is b", 2, "`is` is no part", "=="),
        ("a == None", 5, "`None` is not written", None),
        ("lambda: 1", 0, "`lambda` is no part", None),
        ("a @ b", 2, "`@` is no part", None),
        ("{a}", 0, "`{` is no part", None),
        ("f'{a}'", 0, "`f` is no part", None),
        ("'a' 'b'", 4, "two texts follow each other", None),
        ("'it\\'s'", 0, "the text in quotes is not closed", None),
        ("'a\nb'", 0, "the text in quotes is not closed", None),
        ("caf\u00e9 > 1", 3, "`\u00e9` is no part", None),
        ("2nd > 1", 0, "`2nd` is neither a number nor a name", None),
        ("0x1f", 0, "`0x1f` is neither a number nor a name", None),
        ("1e999", 0, "a number is finite", None),
        ("9223372036854775808", 0, "a number is finite, an integer within 64 bits", None),
        ("(a", 0, "`(` is not closed", None),
        ("a)", 1, "`)` closes nothing", None),
        ("a b", 2, "from here it makes no sense", None),
        ("'\u00e9\u00e9' == a b", 10, "from here it makes no sense", None),
        ("a[1]", 0, "this is no part of this language", None),
        ("'\u00e9\u00e9' == a[1]", 8, "this is no part of this language", None),
        ("a, b", 0, "a list stands only after `in`", None),
        ("[1, 2]", 0, "a list stands only after `in`", None),
        ("(a + b).c", 0, "only a name has parts after a dot", None),
        ("a in 1", 5, "`in` takes a list of literals", "[1, 2]"),
        ("a in []", 5, "`in` takes a list of literals", "[1, 2]"),
        ("a in [b]", 6, "a list holds literals only", None),
        ("a in [1, 'x']", 5, "the list mixes kinds", "values of one kind"),
        ("1 < a in [1]", 0, "`in` stands in no chain", "two comparisons with `and`"),
        ("a ** b", 5, "an exponent is a literal number from -16 to 16", None),
        ("a ** 17", 5, "an exponent is a literal number from -16 to 16", None),
        ("a ** 2 ** 2", 5, "an exponent is a literal number from -16 to 16", None),
        ("maxx(a, b)", 0, "the functions are min, max, abs, round, implies", "max"),
        ("a.max(1, 2)", 0, "the functions are min, max, abs, round, implies", None),
        ("min(a)", 0, "`min` takes 2 to 200 values, without names", None),
        ("min(*a, b)", 4, "this is no part of this language", None),
        ("round(a, digits=1)", 15, "`=` is no part of this language", "=="),
        ("min(**a)", 0, "`min` takes 2 to 200 values, without names", None),
        ("round(a, b)", 9, "digits are a literal integer from -16 to 16", None),
        ("round(a, 1.0)", 9, "digits are a literal integer from -16 to 16", None),
        ("implies(a)", 0, "`implies` takes 2 values, without names", None),
    ],
)
def test_mistakes_of_spelling_are_shown_where_they_stand(
    text: str, offset: int, what: str, suggestion: str | None
) -> None:
    """An error tells the place in characters, what is wrong, and what was probably meant."""
    with pytest.raises(ExpressionInvalid) as caught:
        parse(text)
    assert caught.value.offset == offset
    assert caught.value.what.startswith(what)
    assert caught.value.suggestion == suggestion
    assert f"character {offset + 1}" in str(caught.value)


@pytest.mark.parametrize(
    ("fits", "exceeds"),
    [
        ("-" * 29 + "a", "-" * 30 + "a"),
        ("+".join(["a"] * 100), "+".join(["a"] * 101)),
        ("abs(" * 29 + "a" + ")" * 29, "abs(" * 30 + "a" + ")" * 30),
        (f"x in {list(range(198))}", f"x in {list(range(199))}"),
        ("'" + "a" * 998 + "'", "'" + "a" * 999 + "'"),
        ("1e15+" * 47 + "a", "1e15+" * 48 + "a"),
    ],
)
def test_the_bounds_hold_on_both_sides(fits: str, exceeds: str) -> None:
    """Depth, number of operations, and length are allowed to their bound and not beyond."""
    assert parse(parse(fits).text) == parse(fits)
    with pytest.raises(ExpressionInvalid):
        parse(exceeds)


@pytest.mark.parametrize(
    "text", ["-" * 999 + "1", "(" * 499 + "1" + ")" * 499, "not " * 249 + "a", "1" + "+1" * 499]
)
def test_the_deepest_texts_are_refused_calmly(text: str) -> None:
    """Texts that strain the parser itself give the typed error too."""
    with pytest.raises(ExpressionInvalid):
        parse(text)
