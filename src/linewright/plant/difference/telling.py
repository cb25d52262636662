"""A difference as text: values as people write them, and the whole as a page."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

from linewright.plant.difference.found import Difference, ElementDifference, Kind
from linewright.plant.difference.pairs import parent_of

__all__ = ["describe", "inline"]

NONE = "none"
"""How a value is shown that is not given."""

SHOWN_MAX = 160
"""Characters of one value in `describe`; the difference itself holds all of it."""

KINDS: tuple[Kind, ...] = ("removed", "added", "renamed", "moved")


def inline(plain: Any) -> str:  # noqa: ANN401  # plain YAML data
    """Return plain data in one line, as people write it in a plant file.

    Examples
    --------
    >>> inline({"cut": "48 s", "tools": ["t1", "t2"], "manual": True})
    '{cut: 48 s, tools: [t1, t2], manual: true}'
    """
    if plain is None or plain in ([], {}):
        return NONE
    if isinstance(plain, Mapping):
        return "{" + ", ".join(f"{key}: {inline(item)}" for key, item in plain.items()) + "}"
    if isinstance(plain, list):
        return "[" + ", ".join(inline(item) for item in plain) + "]"
    if isinstance(plain, bool):
        return str(plain).lower()
    if isinstance(plain, dt.date):
        return plain.isoformat()
    return " ".join(str(plain).split()) or '""'


def describe(difference: Difference) -> str:
    """Return a difference as lines for people, with a count of everything at the end.

    What came or went together with what it stands in is counted there.

    Parameters
    ----------
    difference
        As `difference` gives it.

    Returns
    -------
    str
        Lines without a last line break; `no difference` when it is empty.

    Examples
    --------
    >>> describe(Difference())
    'no difference'
    """
    if difference.empty:
        return "no difference"
    lines: list[str] = []
    for kind in KINDS:
        lines += _element_lines(difference.of_kind(kind))
    owner = None
    for value in difference.values:
        if owner != (value.what, value.where):
            owner = (value.what, value.where)
            lines.append(f"changed {value.what} {value.where}".rstrip())
        lines.append(f"    {value.attribute}: {_short(value.old)} -> {_short(value.new)}")
    return "\n".join([*lines, summary(difference)])


def summary(difference: Difference) -> str:
    """Return the counts of a difference in one line.

    Examples
    --------
    >>> summary(Difference())
    'no difference'
    """
    counts = [(len(difference.of_kind(kind)), kind) for kind in KINDS]
    parts = [f"{count} {kind}" for count, kind in counts if count]
    if difference.values:
        count = len(difference.values)
        parts.append(f"{count} value{'s' if count > 1 else ''} changed")
    return ", ".join(parts) or "no difference"


def _element_lines(elements: tuple[ElementDifference, ...]) -> list[str]:
    lines: dict[str, str] = {}
    inside: dict[str, Counter[str]] = {}
    top: dict[str, str] = {}
    for element in elements:
        where = element.after or element.before
        above = where.rpartition("#")[0] or parent_of(where)
        if element.kind in ("added", "removed") and above in top and ": " not in where:
            top[where] = top[above]
            inside[top[above]][element.what] += 1
            continue
        top[where] = where
        inside[where] = Counter()
        names = " -> ".join(name for name in (element.before, element.after) if name)
        lines[where] = f"{element.kind} {element.what} {names}"
    return [line + _with(inside[where]) for where, line in lines.items()]


def _with(counts: Counter[str]) -> str:
    parts = [f"{count} {_plural(what, count)}" for what, count in counts.items()]
    return f" with {', '.join(parts)}" if parts else ""


def _plural(what: str, count: int) -> str:
    return what if count == 1 else f"{what}s"


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}..."
