"""A row of the route table, and how its query is read: everything bounded before it is used."""

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Literal

import msgspec

from linewright.plant.language import nearest
from linewright.server.desk import Refusal
from linewright.server.views.base import MS_MAX
from linewright.server.web.asked import Asked

__all__ = ["Inputs", "Param", "Row", "answer_of", "query_of", "says"]

CHARS_MAX = 400
"""Longest text in a query: the longest address is shorter."""

_NUMBER = re.compile(r"-?\d{1,19}")
"""Whole numbers of a query; those of more digits are beyond all bounds."""

Watch = Literal["none", "fast", "slow"]

Inputs = Callable[[Asked], object]
"""Gives versions of what an answer is made from; they are compared."""


class Param(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter of a query.

    Examples
    --------
    >>> Param(name="points", kind="integer", low=1, high=10, default=5).default
    5
    """

    name: str
    kind: Literal["text", "integer", "yes_no"] = "text"
    needed: bool = False
    default: str | int | bool | None = None
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = MS_MAX
    chars: int = CHARS_MAX
    many: int = 1
    """How often it may be repeated; above 1 its value is a tuple, split at commas."""
    words: str = ""
    """What it means."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One route: everything that is known of it stands here.

    Examples
    --------
    >>> Row(method="GET", path="/api/x", permission="see", summary="x", answers=len).watch
    'none'
    """

    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    permission: str
    """Word of the table of permissions; empty: nobody needs to be signed in."""
    summary: str
    answers: Callable[[Asked], Any]
    """Gives the answer, or what can be awaited for it."""
    body: Any = None
    """Struct of the body; None: it takes none."""
    answer: Any = None
    """Struct of the answer; None: it is described in words."""
    media: str = "application/json"
    query: tuple[Param, ...] = ()
    watch: Watch = "none"
    inputs: Inputs | None = None
    """None: versions of all that is known."""
    scope: str = ""
    """Word by which the token of a program may ask it; empty: persons alone."""
    takes_more: bool = False
    """Whether parameters that are not described are passed over: others call this address."""
    refuses: tuple[int, ...] = ()
    """Statuses besides those that follow from the rest of the row."""

    @property
    def changes(self) -> bool:
        """Whether it changes something."""
        return self.method != "GET"


def says(row: Row) -> str:
    """Return method and path, as pages and refusals name a route."""
    return f"{row.method} {row.path}"


async def answer_of(row: Row, asked: Asked) -> Any:  # noqa: ANN401  # as the row says
    """Return what a row answers, whether it has to be waited for or not."""
    found: Any | Awaitable[Any] = row.answers(asked)
    return await found if inspect.isawaitable(found) else found


def query_of(row: Row, given: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the parameters of a query, each as its row describes it.

    Parameters
    ----------
    row
        The route.
    given
        Names and values in the order in which they came.

    Raises
    ------
    Refusal
        A parameter is missing, not known, given too often, or not readable.

    Examples
    --------
    >>> row = Row(method="GET", path="/api/x", permission="", summary="", answers=len,
    ...     query=(Param(name="n", kind="integer", high=9, default=3),))
    >>> query_of(row, []), query_of(row, [("n", "7")])
    ({'n': 3}, {'n': 7})
    """
    params = {param.name: param for param in row.query}
    found: dict[str, list[str]] = {}
    for name, value in given:
        if name not in params and row.takes_more:
            continue
        if name not in params:
            near = nearest(name[:CHARS_MAX], params)
            there = f"it takes: {', '.join(params)}" if params else "it takes no parameters"
            to_do = f"did you mean `{near}`?" if near else there
            raise Refusal(422, "there is no such parameter", _at(row, name), to_do)
        found.setdefault(name, []).append(value)
    return {name: _value(row, param, found.get(name, [])) for name, param in params.items()}


def _value(row: Row, param: Param, given: list[str]) -> object:
    if not given:
        if param.needed:
            raise Refusal(422, "a parameter is missing", _at(row, param.name), _takes(param))
        return () if param.many > 1 else param.default
    if param.many > 1:
        parts = [part for text in given for part in text.split(",") if part]
        if len(parts) > param.many:
            what = f"{len(parts)} values are more than {param.many}"
            raise Refusal(422, what, _at(row, param.name), "ask for fewer at once")
        return tuple(dict.fromkeys(_one(row, param, part) for part in parts))
    if len(given) > 1:
        raise Refusal(422, "it is given twice", _at(row, param.name), "give it once")
    return _one(row, param, given[0])


def _one(row: Row, param: Param, text: str) -> str | int | bool:
    at = _at(row, param.name)
    if param.kind == "integer":
        number = int(text) if _NUMBER.fullmatch(text) and text.isascii() else None
        if number is None or not param.low <= number <= param.high:
            what = f"it is no whole number from {param.low} to {param.high}"
            raise Refusal(422, what, at, _takes(param))
        return number
    if param.kind == "yes_no":
        if text not in {"true", "false"}:
            raise Refusal(422, "it is neither `true` nor `false`", at, _takes(param))
        return text == "true"
    if param.choices and text not in param.choices:
        raise Refusal(422, "it is none of its values", at, ", ".join(param.choices))
    if len(text) > param.chars or not text.isprintable():
        what = f"it has more than {param.chars} characters, or some that cannot be printed"
        raise Refusal(422, what, at, _takes(param))
    return text


def _takes(param: Param) -> str:
    return param.words or "docs/routes.md tells what it takes"


def _at(row: Row, name: str) -> str:
    return f"{row.path}?{name[:64]}"
