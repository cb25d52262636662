"""The text of an expression, read and checked.

What may be written, with Python's spelling, precedence and meaning:

- numbers, texts in quotes, ``true`` and ``false``, names such as ``blade_temp`` or
  ``saw.blade_temp``
- ``+ - * / // %``, and ``**`` with a literal exponent from -16 to 16
- ``== != < <= > >=``, in chains too, and ``in`` or ``not in`` a literal list
- ``and``, ``or``, ``not``, ``implies(a, b)``, and ``a if condition else b``
- ``min(...)``, ``max(...)``, ``abs(x)``, and ``round(x)`` or ``round(x, digits)``, which
  rounds a half to the even neighbour

The standard library's parser makes the tree; a list of node types decides what is let
through, and nothing is ever executed as Python. What the values mean, unknown ones above
all, is said in ``expressions``.

>>> parse("not(a and  b)or c").text
'not (a and b) or c'
"""

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from linewright.plant.expressions.canonical import CHAIN_LEVELS, canonical_text, level_of
from linewright.plant.expressions.evaluation import Expression, Kind, Step, Value, kind_of, known

__all__ = ["ExpressionInvalid", "parse"]

TEXT_CHARS_MAX = 1_000
NODES_MAX = 200
"""Names, literals and operations, counted once each."""
DEPTH_MAX = 30
"""Levels of nesting; a chain such as ``a + b + c`` is one level."""
EXPONENT_MAX = 16
"""Bound of exponents and of the digits of ``round``."""

_CONSTANTS = {"true": True, "false": False}
_FUNCTIONS = {
    # name: fewest and most values
    "min": (2, NODES_MAX),
    "max": (2, NODES_MAX),
    "abs": (1, 1),
    "round": (1, 2),
    "implies": (2, 2),
}
_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.And: "and",
    ast.Or: "or",
    ast.Not: "not",
    ast.USub: "minus",
    ast.UAdd: "plus",
}
# A text holds no backslash, so that its spelling is its value, and no control characters,
# line ends or lone surrogates.
_BARRED = r"\\\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff"
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.])"
    r"|(?P<prefixed>(?:[bfrtu]|[bfrt]{2}|[BFRTU]|[BFRT]{2})(?=['\"]))"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    rf"|(?P<text>\"[^\"{_BARRED}]*\"|'[^'{_BARRED}]*')"
    r"|(?P<foreign>&&|\|\||<>|<<|>>|->)"
    r"|(?P<operator>\*\*|//|==|!=|<=|>=|[-+*/%<>()\[\],.])"
    r"|(?P<other>\d[\w.]*|.)",
    re.DOTALL | re.ASCII,
)
_WORDS = ("and", "or", "not", "in", "if", "else", "true", "false")
# fmt: off
_BARRED_WORDS = frozenset((
    "None", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "except", "finally", "for", "from", "global", "import", "is", "lambda", "nonlocal",
    "pass", "raise", "return", "try", "while", "with", "yield",
))
# fmt: on
_INSTEAD = {
    "=": "==",
    "&&": "and",
    "||": "or",
    "&": "and",
    "|": "or",
    "!": "not",
    "<>": "!=",
    "^": "**",
    "?": "a if condition else b",
    "is": "==",
}


class ExpressionInvalid(ValueError):
    """A text that is no expression: where, why, and what was probably meant.

    Parameters
    ----------
    text
        What was written.
    offset
        Characters before the mistake.
    what
        What is wrong there.
    suggestion
        What to write there instead; None where nothing is near.

    Examples
    --------
    >>> try:
    ...     parse("blade_temp > 80 && running")
    ... except ExpressionInvalid as error:
    ...     error.offset, error.suggestion
    (16, 'and')
    """

    def __init__(self, text: str, offset: int, what: str, suggestion: str | None = None) -> None:
        super().__init__(text, offset, what, suggestion)
        self.text = text
        self.offset = offset
        self.what = what
        self.suggestion = suggestion

    def __str__(self) -> str:
        advice = "" if self.suggestion is None else f"; write {self.suggestion}"
        return f"{self.text!r}, character {self.offset + 1}: {self.what}{advice}"


def parse(text: str, *, kinds: Mapping[str, Kind] | None = None) -> Expression:
    """Return the expression that a text says.

    Parameters
    ----------
    text
        At most 1,000 characters; line ends count as spaces.
    kinds
        The names that exist and their kinds. Left out: any name, of unknown kind.

    Raises
    ------
    ExpressionInvalid
        With the place of a mistake of spelling, of kind, or of size (200 operations,
        30 levels).

    Notes
    -----
    Cost linear in the text.

    Examples
    --------
    >>> parse("(power)*  2 if on else .5").text
    'power * 2 if on else 0.5'
    >>> try:
    ...     parse("hot + 1", kinds={"hot": "bool"})
    ... except ExpressionInvalid as error:
    ...     error.offset, error.what
    (0, '`+` takes number, not bool')
    """
    _check_spelling(text)
    places = _postfix(_Source(text))
    steps = tuple(place.step for place in places)
    kind = _infer(text, places, kinds)
    canonical = canonical_text(steps)
    if len(canonical) > TEXT_CHARS_MAX:
        what = f"written in full it is longer than {TEXT_CHARS_MAX} characters"
        raise ExpressionInvalid(text, 0, what)
    names = {str(step.detail) for step in steps if step.operation == "name"}
    return Expression(text=canonical, names=tuple(sorted(names)), kind=kind, steps=steps)


# --- spelling -------------------------------------------------------------------------------


def _check_spelling(text: str) -> None:
    """Refuse what Python would read and this language does not have, with its place."""
    if len(text) > TEXT_CHARS_MAX:
        what = f"the text is longer than {TEXT_CHARS_MAX} characters"
        raise ExpressionInvalid(text, TEXT_CHARS_MAX, what, "it in parts")
    if not text.strip():
        raise ExpressionInvalid(text, 0, "there is no expression")
    before = ""
    for token in _TOKEN.finditer(text):
        here, group = token.group(), token.lastgroup or ""
        if group in ("other", "foreign", "prefixed") or here in _BARRED_WORDS:
            raise ExpressionInvalid(text, token.start(), _why_not(here), _INSTEAD.get(here))
        if here.lower() in _WORDS and here not in _WORDS:
            what = f"`{here}` is written small"
            raise ExpressionInvalid(text, token.start(), what, here.lower())
        if group == before == "text":
            raise ExpressionInvalid(text, token.start(), "two texts follow each other")
        before = before if group == "space" else group
    _check_brackets(text)


def _why_not(word: str) -> str:
    if word in ("'", '"'):
        return "the text in quotes is not closed, or holds a backslash or a line end"
    if word == "None":
        return "`None` is not written: what has no value is unknown by itself"
    if word[0].isdigit():
        return f"`{word}` is neither a number nor a name, which starts with a letter"
    return f"`{word}` is no part of this language"


def _check_brackets(text: str) -> None:
    still_open: list[int] = []
    for token in _TOKEN.finditer(text):
        if token.group() in ("(", "["):
            still_open.append(token.start())
        elif token.group() in (")", "]"):
            if not still_open:
                raise ExpressionInvalid(text, token.start(), f"`{token.group()}` closes nothing")
            still_open.pop()
    if still_open:
        at = still_open[-1]
        raise ExpressionInvalid(text, at, f"`{text[at]}` is not closed")


# --- from the tree to steps -----------------------------------------------------------------


class _Source:
    """A text whose spelling is checked, its tree, and where the nodes of the tree stand."""

    def __init__(self, text: str) -> None:
        self.text = text
        # A line end would end Python's expression; there is none inside a text in quotes.
        line = re.sub(r"[\t\r\n]", " ", text)
        self.indent = len(line) - len(line.lstrip())
        try:
            self.tree = ast.parse(line.strip(), mode="eval").body
        except SyntaxError as error:
            offset = min(self.indent + max((error.offset or 1) - 1, 0), len(text))
            raise ExpressionInvalid(text, offset, "from here it makes no sense") from None
        except (RecursionError, MemoryError):
            raise ExpressionInvalid(text, 0, "it is nested too deeply", "it in parts") from None

    def offset(self, node: ast.expr) -> int:
        """Characters before a node; Python counts bytes of the stripped line."""
        line = self.text[self.indent :].encode()
        return self.indent + len(line[: node.col_offset].decode())

    def mistake(
        self, node: ast.expr, what: str, suggestion: str | None = None
    ) -> ExpressionInvalid:
        return ExpressionInvalid(self.text, self.offset(node), what, suggestion)


class _Place(NamedTuple):
    """A step and the offset of its node, for messages."""

    step: Step
    offset: int


_Read = tuple[Step, Sequence[ast.expr]]
"""A step and the nodes of the values that it takes."""


def _postfix(source: _Source) -> list[_Place]:
    """Return the steps in postfix order, within the bounds of number and depth."""
    places: list[_Place] = []
    pending: list[tuple[ast.expr, int, int]] = [(source.tree, 1, -1)]
    left = NODES_MAX
    while pending:
        node, depth, chain = pending.pop()
        step, operands = _read(source, node)
        level = level_of(step)
        if level == chain:  # a chain goes on in its first operand, which is no deeper level
            depth -= 1
        left -= 1 + (len(step.detail) if isinstance(step.detail, tuple) else 0)
        if left < 0:
            what = f"it has more than {NODES_MAX} names, literals and operations"
            raise source.mistake(node, what, "it in parts")
        if depth > DEPTH_MAX:
            raise source.mistake(node, f"it has more than {DEPTH_MAX} levels", "it in parts")
        places.append(_Place(step, source.offset(node)))
        for index, operand in enumerate(operands):
            chains = index == 0 and level in CHAIN_LEVELS
            pending.append((operand, depth + 1, level if chains else -1))
    # Each step came before its operands and these from last to first: backwards is postfix.
    places.reverse()
    return places


def _read(source: _Source, node: ast.expr) -> _Read:
    """Return the step for a node; only the types of the table are in the language."""
    reader = _READERS.get(type(node))
    if reader is None:
        listed = isinstance(node, ast.List | ast.Tuple)
        what = "a list stands only after `in`" if listed else "this is no part of this language"
        raise source.mistake(node, what)
    return reader(source, node)


def _read_leaf(source: _Source, node: ast.expr) -> _Read:
    value = _literal(node)
    if value is not None:
        return Step(operation="value", detail=value), ()
    parts: list[str] = []
    inner = node
    while isinstance(inner, ast.Attribute):
        parts.append(inner.attr)
        inner = inner.value
    if isinstance(inner, ast.Constant):
        raise source.mistake(node, "a number is finite, an integer within 64 bits")
    if not isinstance(inner, ast.Name) or inner.id in _CONSTANTS:
        raise source.mistake(node, "only a name has parts after a dot")
    return Step(operation="name", detail=".".join([inner.id, *reversed(parts)])), ()


def _literal(node: ast.expr) -> Value | None:
    """Return the value of a literal with its sign, or None for what is none."""
    if isinstance(node, ast.Name):
        return _CONSTANTS.get(node.id)
    if isinstance(node, ast.Constant):
        return known(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = _literal(node.operand)
        if number is not None and not isinstance(number, bool | str):
            return -number
    return None


def _read_logic(source: _Source, node: ast.expr) -> _Read:
    assert isinstance(node, ast.BoolOp), source.text
    return Step(operation=_SIGNS[type(node.op)], takes=len(node.values)), node.values


def _read_sign(source: _Source, node: ast.expr) -> _Read:
    assert isinstance(node, ast.UnaryOp), source.text
    if type(node.op) not in _SIGNS:
        raise source.mistake(node, "this is no part of this language")
    return Step(operation=_SIGNS[type(node.op)], takes=1), (node.operand,)


def _read_arithmetic(source: _Source, node: ast.expr) -> _Read:
    assert isinstance(node, ast.BinOp), source.text
    sign = _SIGNS.get(type(node.op))
    if sign is None:
        raise source.mistake(node, "this is no part of this language")
    if sign != "**":
        return Step(operation=sign, takes=2), (node.left, node.right)
    exponent = _literal(node.right)
    if exponent is None or isinstance(exponent, bool | str) or abs(exponent) > EXPONENT_MAX:
        what = f"an exponent is a literal number from -{EXPONENT_MAX} to {EXPONENT_MAX}"
        raise source.mistake(node.right, what)
    return Step(operation=sign, takes=1, detail=exponent), (node.left,)


def _read_comparison(source: _Source, node: ast.expr) -> _Read:
    assert isinstance(node, ast.Compare), source.text
    signs = tuple(_SIGNS[type(sign)] for sign in node.ops)
    if {"in", "not in"}.isdisjoint(signs):
        step = Step(operation="compare", takes=len(signs) + 1, detail=signs)
        return step, (node.left, *node.comparators)
    if len(signs) > 1:
        raise source.mistake(node, "`in` stands in no chain", "two comparisons with `and`")
    listed = _literal_list(source, node.comparators[0])
    return Step(operation=signs[0], takes=1, detail=listed), (node.left,)


def _literal_list(source: _Source, node: ast.expr) -> tuple[Value, ...]:
    values: list[Value] = []
    if isinstance(node, ast.List | ast.Tuple):
        for element in node.elts:
            value = _literal(element)
            if value is None:
                raise source.mistake(element, "a list holds literals only")
            values.append(value)
    if not values:
        raise source.mistake(node, "`in` takes a list of literals", "[1, 2]")
    if len({kind_of(value) for value in values}) > 1:
        raise source.mistake(node, "the list mixes kinds", "values of one kind")
    return tuple(values)


def _read_choice(source: _Source, node: ast.expr) -> _Read:
    assert isinstance(node, ast.IfExp), source.text
    return Step(operation="if", takes=3), (node.test, node.body, node.orelse)


def _read_call(source: _Source, node: ast.expr) -> _Read:
    assert isinstance(node, ast.Call), source.text
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in _FUNCTIONS:
        near = get_close_matches(name, _FUNCTIONS, 1)
        what = f"the functions are {', '.join(_FUNCTIONS)}"
        raise source.mistake(node, what, near[0] if near else None)
    least, most = _FUNCTIONS[name]
    if node.keywords or not least <= len(node.args) <= most:
        counts = f"{least}" if least == most else f"{least} to {most}"
        raise source.mistake(node, f"`{name}` takes {counts} values, without names")
    if name == "round" and len(node.args) == most:
        digits = _literal(node.args[1])
        if isinstance(digits, bool) or not isinstance(digits, int) or abs(digits) > EXPONENT_MAX:
            what = f"digits are a literal integer from -{EXPONENT_MAX} to {EXPONENT_MAX}"
            raise source.mistake(node.args[1], what)
        return Step(operation=name, takes=1, detail=digits), node.args[:1]
    return Step(operation=name, takes=len(node.args)), node.args


_READERS: dict[type[ast.expr], Callable[[_Source, ast.expr], _Read]] = {
    ast.Constant: _read_leaf,
    ast.Name: _read_leaf,
    ast.Attribute: _read_leaf,
    ast.BoolOp: _read_logic,
    ast.UnaryOp: _read_sign,
    ast.BinOp: _read_arithmetic,
    ast.Compare: _read_comparison,
    ast.IfExp: _read_choice,
    ast.Call: _read_call,
}


# --- kinds ----------------------------------------------------------------------------------


def _infer(text: str, places: Sequence[_Place], kinds: Mapping[str, Kind] | None) -> Kind:
    """Return the kind of the whole, refusing operands that can never be right."""
    stack: list[tuple[Kind, int]] = []
    for step, offset in places:
        low = len(stack) - step.takes
        operands = stack[low:]
        if step.operation == "name":
            kind = _kind_of_name(text, offset, str(step.detail), kinds)
        elif step.operation == "value":
            kind = _kind_of_detail(step)
        elif step.operation == "if":
            _demand(text, "if", operands[:1], "bool")
            kind = _shared_kind(text, "the two outcomes", operands[1:])
        elif isinstance(step.detail, tuple):
            _check_comparison(text, step, operands)
            kind = "bool"
        else:
            kind = "bool" if step.operation in ("and", "or", "not", "implies") else "number"
            _demand(text, step.operation, operands, kind)
        stack[low:] = [(kind, offset)]
    return stack[0][0]


def _kind_of_name(text: str, offset: int, name: str, kinds: Mapping[str, Kind] | None) -> Kind:
    if kinds is None:
        return "unknown"
    if name not in kinds:
        near = get_close_matches(name, kinds, 1)
        raise ExpressionInvalid(text, offset, f"no {name} is known", near[0] if near else None)
    return kinds[name]


def _kind_of_detail(step: Step) -> Kind:
    value = step.detail[0] if isinstance(step.detail, tuple) else step.detail
    assert value is not None, "a literal or a list holds a value"
    return kind_of(value)


def _check_comparison(text: str, step: Step, operands: list[tuple[Kind, int]]) -> None:
    assert isinstance(step.detail, tuple), "a comparison holds its signs, `in` its list"
    if step.operation != "compare":
        pair = [*operands, (_kind_of_detail(step), operands[0][1])]
        _shared_kind(text, "the value and the list", pair)
        return
    for index, sign in enumerate(step.detail):
        pair = operands[index : index + 2]
        _shared_kind(text, f"the sides of `{sign}`", pair)
        if sign not in ("==", "!="):
            _demand(text, str(sign), pair, "number")


def _shared_kind(text: str, which: str, operands: list[tuple[Kind, int]]) -> Kind:
    """Return the one kind of the operands, ``unknown`` if any is, refusing two known ones."""
    kinds = [kind for kind, _ in operands]
    different = [kind for kind in dict.fromkeys(kinds) if kind != "unknown"]
    if len(different) > 1:
        what = f"{which} differ in kind: {' and '.join(different)}"
        raise ExpressionInvalid(text, operands[0][1], what, "values of one kind")
    return "unknown" if "unknown" in kinds else kinds[0]


def _demand(text: str, word: str, operands: list[tuple[Kind, int]], wanted: Kind) -> None:
    for kind, offset in operands:
        if kind not in (wanted, "unknown"):
            sign = {"minus": "-", "plus": "+"}.get(word, word)
            advice = "a comparison, such as x > 0" if wanted == "bool" else "a number"
            what = f"`{sign}` takes {wanted}, not {kind}"
            raise ExpressionInvalid(text, offset, what, advice)
