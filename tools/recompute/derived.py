"""States that a plant file derives from other tags: lamps, status words, currents."""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from tools.recompute.fold import State
from tools.recompute.history import Sample
from tools.recompute.plantfile import Tag

Value: TypeAlias = float | str | bool | None
"""What a tag holds; None: not known."""

COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
"""How two values are compared."""


def names_of(text: str) -> tuple[str, ...]:
    """Tags that an expression reads.

    >>> names_of("'running' if green else 'off'")
    ('green',)
    """
    found = [
        node.id for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.Name)
    ]
    return tuple(dict.fromkeys(found))


def worth(node: ast.expr, values: Mapping[str, Value]) -> Value:
    """Value of an expression; what is not known gives nothing."""
    match node:
        case ast.Constant(value=value) if isinstance(value, (int, float, str)):
            return value
        case ast.Name(id=name):
            return values.get(name)
        case ast.IfExp(test=test, body=body, orelse=other):
            asked = worth(test, values)
            return None if asked is None else worth(body if asked else other, values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            held = worth(operand, values)
            return None if held is None else not held
        case ast.BoolOp(op=op, values=parts):
            return _joined(isinstance(op, ast.And), [worth(part, values) for part in parts])
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            a, b = worth(left, values), worth(right, values)
            return None if a is None or b is None else COMPARED[type(op)](a, b)
    raise ValueError(f"an expression that this script does not read: {ast.unparse(node)}")


def _joined(is_all: bool, parts: Sequence[Value]) -> Value:  # noqa: FBT001 - which of two words it is
    """`and` or `or`: decided by one that decides, else unknown where one is unknown."""
    if any(part is not None and bool(part) is not is_all for part in parts):
        return not is_all
    return None if None in parts else is_all


def derived(tag: Tag, samples: Mapping[str, Sequence[Sample]]) -> list[State]:
    """States from the tags that they are derived from; a state counts once it held long enough."""
    node = ast.parse(tag.derive, mode="eval").body
    events = sorted(
        (sample.t_ns, sample.order, name, sample)
        for name, of_tag in samples.items()
        for sample in of_tag
    )
    values: dict[str, Value] = {}
    told: list[State] = []
    for t_ns, _, name, sample in events:
        values[name] = None if sample.is_bad else sample.value
        state = worth(node, values)
        if told and told[-1].t_ns == t_ns:
            told.pop()
        told.append(State(t_ns=t_ns, state=state if isinstance(state, str) else "unknown"))
    return steady(told, tag.debounce_ns)


def steady(told: Sequence[State], least_ns: int) -> list[State]:
    """Of these states, those that held for long enough, each from where it began.

    >>> told = [State(t_ns=t, state=s) for t, s in ((0, "idle"), (9, "off"), (10, "idle"))]
    >>> steady(told, 5)
    [State(t_ns=0, state='idle', reason='')]
    """
    changes = [one for n, one in enumerate(told) if not n or one.state != told[n - 1].state]
    found: list[State] = []
    for number, one in enumerate(changes):
        ends = changes[number + 1].t_ns if number + 1 < len(changes) else None
        is_steady = ends is None or ends - one.t_ns >= least_ns or one.state == "unknown"
        if is_steady and not (found and found[-1].state == one.state):
            found.append(one)
    return found
