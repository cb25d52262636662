"""Values of a small total language for derived tags and option constraints.

``expression_text.parse`` checks a text once and gives an ``Expression``; ``evaluate`` gives
its value from the values of its names. It always returns: there are no loops, no calls
but a few functions, no errors.

**Unknown is a value.** A name without a value, a value of the wrong kind, nan, a division
by zero, and a number beyond 64 bits or the floats give None, and so does what is computed
from it. Logic is Kleene's: ``false and unknown`` is false, ``true or unknown`` is true,
else unknown stays unknown; a choice on an unknown condition is unknown. Kinds are strict:
``true`` is no 1, and text is compared with ``==``, ``!=`` and ``in`` only.

>>> from linewright.plant.expressions.text import parse
>>> hot = parse("blade_temp > 80 and state == 'running'")
>>> hot.names, hot.kind
(('blade_temp', 'state'), 'bool')
>>> evaluate(hot, {"blade_temp": 91.5, "state": "running"})
True
>>> evaluate(hot, {"blade_temp": 20.0}), evaluate(hot, {"blade_temp": 91.5})
(False, None)
"""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Literal

import msgspec

__all__ = ["Expression", "Kind", "Step", "Value", "evaluate", "kind_of", "known"]

Value = float | int | str | bool
"""What a name or an expression may stand for; None beside it is unknown."""
Kind = Literal["bool", "number", "text", "unknown"]
"""Kind of a value; a name whose kind nobody told is ``unknown`` until it is evaluated."""
Detail = Value | tuple[Value, ...] | None

INTEGER_MAX = 2**63 - 1
"""Largest size of an integer."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One operation of an expression in postfix order.

    It takes the last ``takes`` values and leaves one. ``operation`` is ``value`` or
    ``name``, a sign or word of the language, ``minus`` or ``plus`` (before a value),
    ``compare``, ``if`` (condition, then, else), or a function. ``detail`` is the value,
    the name, the signs of a comparison, the list of ``in``, the exponent of ``**``, or
    the digits of ``round``.
    """

    operation: str
    takes: int = 0
    detail: Detail = None


class Expression(msgspec.Struct, frozen=True, kw_only=True):
    """A checked expression, made by ``expression_text.parse``.

    ``text`` is the canonical spelling, which parses to the same expression. ``names`` are
    sorted. ``kind`` is what the value is of, where it is known.
    """

    text: str
    names: tuple[str, ...]
    kind: Kind
    steps: tuple[Step, ...]


def evaluate(expression: Expression, values: Mapping[str, Value | None]) -> Value | None:
    """Return the value of an expression, or None where it is unknown.

    Parameters
    ----------
    expression
        From ``parse``.
    values
        By name; a missing name, None and values that are no number, text or bool are
        unknown.

    Returns
    -------
    float | int | str | bool | None
        A float is finite, an integer within 64 bits.

    Notes
    -----
    Total: it never raises and always ends. Cost linear in the steps, at most 200, about
    0.5 us each.

    Examples
    --------
    >>> from linewright.plant.expressions.text import parse
    >>> evaluate(parse("good / (good + scrap)"), {"good": 9, "scrap": 1})
    0.9
    >>> evaluate(parse("good / (good + scrap)"), {"good": 0, "scrap": 0}) is None
    True
    """
    stack: list[Value | None] = []
    for step in expression.steps:
        if step.operation == "value":
            stack.append(known(step.detail))
        elif step.operation == "name":
            stack.append(known(values.get(str(step.detail))))
        else:
            low = len(stack) - step.takes
            stack[low:] = [_OPERATIONS[step.operation](stack[low:], step.detail)]
    assert len(stack) == 1, "every expression leaves one value"
    return stack[0]


def known(value: object) -> Value | None:
    """Return a value of the language, or None for what is none or out of range.

    Examples
    --------
    >>> known(3), known(float("nan")), known(2**64), known([])
    (3, None, None, None)
    """
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if abs(value) <= INTEGER_MAX else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return None


def kind_of(value: Value) -> Kind:
    """Return the kind of a value.

    Examples
    --------
    >>> kind_of(True), kind_of(1), kind_of("1")
    ('bool', 'number', 'text')
    """
    if isinstance(value, bool):
        return "bool"
    return "text" if isinstance(value, str) else "number"


Arguments = Sequence[Value | None]
Operation = Callable[[Arguments, Detail], Value | None]


def _on_numbers(apply: Callable[..., object]) -> Operation:
    """Return the operation that is unknown unless all its values are numbers and it succeeds.

    ``apply`` is given the values and then the detail, where there is one.
    """

    def operation(arguments: Arguments, detail: Detail) -> Value | None:
        for argument in arguments:
            if argument is None or isinstance(argument, bool | str):
                return None
        try:
            return known(apply(*arguments) if detail is None else apply(*arguments, detail))
        except (ArithmeticError, ValueError):  # by zero, beyond the floats
            return None

    return operation


def _and(arguments: Arguments, _detail: Detail = None) -> bool | None:
    if any(argument is False for argument in arguments):
        return False
    return True if all(argument is True for argument in arguments) else None


def _or(arguments: Arguments, _detail: Detail = None) -> bool | None:
    if any(argument is True for argument in arguments):
        return True
    return False if all(argument is False for argument in arguments) else None


def _not(arguments: Arguments, _detail: Detail = None) -> bool | None:
    return not arguments[0] if isinstance(arguments[0], bool) else None


def _implies(arguments: Arguments, _detail: Detail) -> bool | None:
    return _or((_not(arguments[:1]), arguments[1]))


def _if(arguments: Arguments, _detail: Detail) -> Value | None:
    condition, then, otherwise = arguments
    if condition is True:
        return then
    return otherwise if condition is False else None


def _compare(arguments: Arguments, signs: Detail) -> bool | None:
    assert isinstance(signs, tuple), "a comparison holds its signs"
    pairs = zip(signs, pairwise(arguments), strict=True)
    return _and([_compare_two(str(sign), one, two) for sign, (one, two) in pairs])


def _compare_two(sign: str, one: Value | None, two: Value | None) -> bool | None:
    if one is None or two is None or kind_of(one) != kind_of(two):
        return None
    if sign in ("==", "!="):
        return (one == two) == (sign == "==")
    if isinstance(one, bool | str) or isinstance(two, bool | str):
        return None
    return _ORDER[sign](one, two)


def _in(arguments: Arguments, listed: Detail) -> bool | None:
    assert isinstance(listed, tuple), "`in` holds its list"
    value = arguments[0]
    if value is None or kind_of(value) != kind_of(listed[0]):
        return None
    return value in listed


def _not_in(arguments: Arguments, listed: Detail) -> bool | None:
    return _not((_in(arguments, listed),))


_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_OPERATIONS: dict[str, Operation] = {
    "and": _and,
    "or": _or,
    "not": _not,
    "implies": _implies,
    "if": _if,
    "compare": _compare,
    "in": _in,
    "not in": _not_in,
    "+": _on_numbers(operator.add),
    "-": _on_numbers(operator.sub),
    "*": _on_numbers(operator.mul),
    "/": _on_numbers(operator.truediv),
    "//": _on_numbers(operator.floordiv),
    "%": _on_numbers(operator.mod),
    "**": _on_numbers(operator.pow),
    "minus": _on_numbers(operator.neg),
    "plus": _on_numbers(operator.pos),
    "min": _on_numbers(min),
    "max": _on_numbers(max),
    "abs": _on_numbers(abs),
    "round": _on_numbers(round),
}
