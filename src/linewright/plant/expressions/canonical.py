"""The one canonical spelling of an expression.

The levels say how tightly each operation binds, as in Python; an operand that binds less
tightly than its place asks stands in brackets.
"""

from collections.abc import Callable, Sequence

from linewright.plant.expressions.evaluation import Step

__all__ = ["CHAIN_LEVELS", "canonical_text", "level_of"]

_LEVELS = {
    # how tightly an operation binds, as in Python
    "if": 0,
    "or": 1,
    "and": 2,
    "not": 3,
    "compare": 4,
    "in": 4,
    "not in": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "//": 6,
    "%": 6,
    "minus": 7,
    "plus": 7,
    "**": 8,
}
CHAIN_LEVELS = (5, 6)
"""Levels of sums and of products, which Python reads from the left."""
_ATOM_LEVEL = 9


def level_of(step: Step) -> int:
    """Return how tightly a step binds: 0 for a choice, 9 for a name, a literal or a call.

    Examples
    --------
    >>> level_of(Step(operation="+", takes=2)) < level_of(Step(operation="*", takes=2))
    True
    """
    return _LEVELS.get(step.operation, _ATOM_LEVEL)


_Written = tuple[str, int]
"""A text and how tightly its outermost operation binds."""


def canonical_text(steps: Sequence[Step]) -> str:
    """Return the text of an expression: single spaces, and only the brackets that it needs.

    Parameters
    ----------
    steps
        An expression in postfix order.

    Returns
    -------
    str
        A text that parses to the same steps.

    Notes
    -----
    Cost linear in the text.

    Examples
    --------
    >>> from linewright.plant.expressions.text import parse
    >>> canonical_text(parse("((a)+b)*c").steps)
    '(a + b) * c'
    """
    stack: list[_Written] = []
    for step in steps:
        low = len(stack) - step.takes
        level = level_of(step)
        write = _WRITERS.get(step.operation, _write_call)
        stack[low:] = [(write(step, stack[low:], level), level)]
    return stack[0][0]


def _bracket(operand: _Written, level: int) -> str:
    """Return an operand, in brackets where it binds less tightly than its place asks."""
    text, own_level = operand
    return text if own_level >= level else f"({text})"


def _write_literal(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}'" if '"' in value else f'"{value}"'
    return repr(value)


def _write_value(step: Step, _operands: Sequence[_Written], _level: int) -> str:
    return _write_literal(step.detail)


def _write_name(step: Step, _operands: Sequence[_Written], _level: int) -> str:
    return str(step.detail)


def _write_logic(step: Step, operands: Sequence[_Written], level: int) -> str:
    return f" {step.operation} ".join(_bracket(operand, level + 1) for operand in operands)


def _write_sign(step: Step, operands: Sequence[_Written], level: int) -> str:
    sign = {"minus": "-", "plus": "+", "not": "not "}[step.operation]
    return sign + _bracket(operands[0], level)


def _write_arithmetic(step: Step, operands: Sequence[_Written], level: int) -> str:
    # Python reads a chain from the left, so only the right side needs to bind tighter.
    return f"{_bracket(operands[0], level)} {step.operation} {_bracket(operands[1], level + 1)}"


def _write_power(step: Step, operands: Sequence[_Written], level: int) -> str:
    return f"{_bracket(operands[0], level + 1)} ** {_write_literal(step.detail)}"


def _write_comparison(step: Step, operands: Sequence[_Written], level: int) -> str:
    assert isinstance(step.detail, tuple), "a comparison holds its signs"
    first, *others = (_bracket(operand, level + 1) for operand in operands)
    pairs = zip(step.detail, others, strict=True)
    return " ".join([first, *(f"{sign} {other}" for sign, other in pairs)])


def _write_membership(step: Step, operands: Sequence[_Written], level: int) -> str:
    assert isinstance(step.detail, tuple), "`in` holds its list"
    listed = ", ".join(_write_literal(value) for value in step.detail)
    return f"{_bracket(operands[0], level + 1)} {step.operation} [{listed}]"


def _write_choice(_step: Step, operands: Sequence[_Written], level: int) -> str:
    condition, then = (_bracket(operand, level + 1) for operand in operands[:2])
    return f"{then} if {condition} else {operands[2][0]}"


def _write_call(step: Step, operands: Sequence[_Written], _level: int) -> str:
    arguments = [text for text, _ in operands]
    if step.detail is not None:
        arguments.append(_write_literal(step.detail))
    return f"{step.operation}({', '.join(arguments)})"


_WRITERS: dict[str, Callable[[Step, Sequence[_Written], int], str]] = {
    "value": _write_value,
    "name": _write_name,
    "and": _write_logic,
    "or": _write_logic,
    "not": _write_sign,
    "minus": _write_sign,
    "plus": _write_sign,
    "**": _write_power,
    "compare": _write_comparison,
    "in": _write_membership,
    "not in": _write_membership,
    "if": _write_choice,
    **dict.fromkeys(("+", "-", "*", "/", "//", "%"), _write_arithmetic),
}
