"""Laws of linewright.plant.expressions and expression_text."""

import math
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from linewright.plant.expressions.evaluation import Kind, Value, evaluate, kind_of
from linewright.plant.expressions.text import ExpressionInvalid, parse

KINDS: dict[str, Kind] = {
    "n": "number",
    "m.k": "number",
    "p": "bool",
    "q": "bool",
    "s": "text",
    "t.u": "text",
}
NUMBERS = st.one_of(
    st.integers(-9, 9), st.sampled_from([0.5, 2.0, -1.25, 0.0, 1e300, 5e-324, 2**62, 10**17])
)
TEXTS = st.sampled_from(["", "a", "b", "é"])
VALUES: dict[Kind, st.SearchStrategy[Value]] = {
    "number": NUMBERS,
    "bool": st.booleans(),
    "text": TEXTS,
}
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=3),
    st.sampled_from([2**63, -(2**70), 1e308, math.nan, -0.0]),
)
SIGNS = ("+", "-", "*", "/", "//", "%")
PIECES = st.sampled_from(
    [
        *("a", "b.c", "1", "2.5", "'x'", '"y"', "true", "false", "(", ")", "[", "]", ",", " "),
        *("+", "-", "*", "/", "//", "%", "**", "==", "!=", "<", ">=", "and", "or", "not", "in"),
        *("if", "else", "min(", "max(", "abs(", "round(", "implies(", ".", "=", "None", "\n", "é"),
    ]
)


def _number_texts(depth: int, *, small: bool) -> st.SearchStrategy[str]:
    literals = st.integers(0, 9) if small else st.one_of(st.integers(0, 2**63 - 1), st.just(1e308))
    leaves = st.one_of(literals.map(repr), st.sampled_from(["n", "m.k"]))
    if depth == 0:
        return leaves
    below = _number_texts(depth - 1, small=small)
    exponents = st.sampled_from(["-1", "0", "1", "2"] if small else ["-16", "0.5", "2", "16"])
    return st.one_of(
        leaves,
        st.builds("({} {} {})".format, below, st.sampled_from(SIGNS), below),
        st.builds("(({}) ** {})".format, below, exponents),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), below, below),
        st.builds("{}({})".format, st.sampled_from(["abs", "round", "-", "+"]), below),
        st.builds("round({}, {})".format, below, st.sampled_from([-1, 0, 2, 16])),
        st.builds("({} if {} else {})".format, below, _bool_texts(depth - 1, small=small), below),
    )


def _bool_texts(depth: int, *, small: bool) -> st.SearchStrategy[str]:
    leaves = st.sampled_from(["p", "q", "true", "false"])
    if depth == 0:
        return leaves
    below = _bool_texts(depth - 1, small=small)
    numbers = _number_texts(depth - 1, small=small)
    texts = st.sampled_from(["s", "t.u", "'a'", "'b'", "''"])
    signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    return st.one_of(
        leaves,
        st.builds("({} {} {})".format, below, st.sampled_from(["and", "or", "=="]), below),
        st.builds("(not {})".format, below),
        st.builds("implies({}, {})".format, below, below),
        st.builds("({} {} {} {} {})".format, numbers, signs, numbers, signs, numbers),
        st.builds("({} {} {})".format, texts, st.sampled_from(["==", "!="]), texts),
        st.builds("({} {} [1, 2.0, -3])".format, numbers, st.sampled_from(["in", "not in"])),
        st.builds("({} in ['a', 'b'])".format, texts),
    )


def _texts(*, small: bool) -> st.SearchStrategy[str]:
    return st.one_of(_number_texts(3, small=small), _bool_texts(3, small=small))


def _python(text: str, values: Mapping[str, Value]) -> object:
    """Give Python's own answer, ``ArithmeticError`` where it has none."""
    names: dict[str, object] = {"true": True, "false": False, "round": round, "abs": abs}
    names |= {"min": min, "max": max, "implies": lambda a, b: (not a) or b}
    for name, value in values.items():
        names[name.replace(".", "_")] = value
    plain = text.replace("m.k", "m_k").replace("t.u", "t_u")
    return eval(plain, {"__builtins__": {}}, names)  # noqa: S307 - Python is the oracle here


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=20).map(" ".join)))
def test_any_text_is_an_expression_or_a_typed_error(text: str) -> None:
    """No text raises anything but ``ExpressionInvalid``, whose offset lies in the text."""
    expression, offset = None, 0
    try:
        expression = parse(text)
    except ExpressionInvalid as error:
        offset = error.offset
    assert 0 <= offset <= len(text)
    assert expression is None or parse(expression.text) == expression


@settings(deadline=None, max_examples=200)
@given(_texts(small=False))
def test_the_canonical_text_is_the_expression(text: str) -> None:
    """Reading the canonical text gives the same steps, names, kind and text."""
    expression = parse(text, kinds=KINDS)
    again = parse(expression.text, kinds=KINDS)
    assert again == expression
    assert len(again.text) <= len(text)


@settings(deadline=None, max_examples=300)
@given(_texts(small=False), st.dictionaries(st.sampled_from(list(KINDS)), ANYTHING))
def test_evaluation_is_total(text: str, values: dict[str, Value | None]) -> None:
    """Any values, missing, wrong or out of range, give a value of the right kind or None."""
    expression = parse(text, kinds=KINDS)
    result = evaluate(expression, values)
    if result is None:
        return
    assert isinstance(result, str | bool) or math.isfinite(result)
    assert not isinstance(result, int) or abs(result) < 2**63
    operations = {step.operation for step in expression.steps}
    if operations != {"name"} and "if" not in operations:
        assert kind_of(result) == expression.kind


@settings(deadline=None, max_examples=400)
@given(_texts(small=True), st.data())
def test_known_values_give_what_python_gives(text: str, data: st.DataObject) -> None:
    """With all values known and small, the result is Python's, kind and sign included."""
    small = VALUES | {"number": st.integers(-9, 9)}
    values: dict[str, Value] = {name: data.draw(small[kind]) for name, kind in KINDS.items()}
    result = evaluate(parse(text, kinds=KINDS), values)
    try:
        expected = _python(text, values)
    except ArithmeticError:
        return  # where Python stops, the answer is unknown or already decided
    assert result == expected
    assert repr(result) == repr(expected)


@settings(deadline=None, max_examples=300)
@given(_texts(small=True), st.data())
def test_more_knowledge_never_changes_an_answer(text: str, data: st.DataObject) -> None:
    """An answer that is known while some values are unknown stays when they become known."""
    values: dict[str, Value] = {name: data.draw(VALUES[kind]) for name, kind in KINDS.items()}
    hidden = data.draw(st.sets(st.sampled_from(list(KINDS))))
    partly = {name: value for name, value in values.items() if name not in hidden}
    expression = parse(text, kinds=KINDS)
    early = evaluate(expression, partly)
    assert early is None or repr(early) == repr(evaluate(expression, values))
