"""What people write to ask for a choice: values to vary, sums to keep, figures to weigh."""

import re
from collections.abc import Mapping, Sequence

from linewright.plant.language import nearest
from linewright.twin.choosing.variables import (
    Limit,
    SpaceInvalid,
    Variable,
    choice,
    integer,
    real,
)

LISTED = 12
"""Names that a message lists."""

_RANGE = re.compile(
    r"\s*(?P<low>-?[\d.]+?)\s*\.\.\s*(?P<high>-?[\d.]+?)(?P<unit>\s*[^\s\d.][^\s]*)??"
    r"(?:\s+by\s+(?P<step>[\d.]+))?\s*"
)
_SUM = re.compile(r"(?P<terms>.+?)(?P<how><=|>=|=)(?P<total>[^<>=]+)")
_TERM = re.compile(r"(?:(?P<weight>[\d.]+)\s*\*?\s*)?(?P<name>[^\d\s.*][^*]*?)\s*")
_SIGN = re.compile(r"\s+([+-])\s+")


def values(name: str, text: str) -> tuple[Variable, str]:
    """Return a variable from its values as written, and the unit that follows each of them.

    Parameters
    ----------
    name
        What it is called.
    text
        `1..20`, `1..20 by 5`, `40..60 s by 0.5`, or `fifo|edd|spt`.

    Raises
    ------
    SpaceInvalid
        When it is neither.

    Examples
    --------
    >>> values("takes", "40..60 s by 5")[0].said(), values("takes", "40..60 s by 5")[1]
    ('40 to 60 in steps of 5', ' s')
    >>> values("dispatch", "fifo|edd")[0].said()
    'fifo or edd'
    """
    if "|" in text:
        return choice(name, *(label.strip() for label in text.split("|"))), ""
    found = _RANGE.fullmatch(text)
    if found is None:
        raise SpaceInvalid(name, f"`{text}` are no values", "write 1..20, 40..60 s by 5 or a|b|c")
    low, high, step = found["low"], found["high"], found["step"]
    unit = (found["unit"] or "").strip()
    is_whole = not unit and "." not in low + high + (step or "")
    if is_whole:
        return integer(name, int(low), int(high), step=int(step or 1)), ""
    ends = _number(name, low), _number(name, high)
    by = None if step is None else _number(name, step)
    return real(name, *ends, step=by), f" {unit}" if unit else ""


def weights(
    text: str, known: Sequence[str], groups: Mapping[str, Sequence[str]]
) -> dict[str, float]:
    """Return the weight of each name in a sum.

    Parameters
    ----------
    text
        `a-b + b-c`, `4.50 throughput - 30 people`.
    known
        Names there are.
    groups
        Names that stand for several others.

    Raises
    ------
    SpaceInvalid
        When a term is not understood, or names nothing known.

    Examples
    --------
    >>> weights("2*a-b - b-c", ["a-b", "b-c"], {})
    {'a-b': 2.0, 'b-c': -1.0}
    """
    pieces = ["+", *_SIGN.split(text.strip())]
    found: dict[str, float] = {}
    for sign, piece in zip(pieces[::2], pieces[1::2], strict=True):
        term = _TERM.fullmatch(piece)
        name = piece if term is None or piece in known else term["name"]
        weight = 1.0 if term is None or piece in known else _number(piece, term["weight"] or "1")
        if name not in known and name not in groups:
            raise SpaceInvalid(name, "is not known here", _near(name, [*known, *groups]))
        for one in groups.get(name, (name,)) if name not in known else (name,):
            found[one] = found.get(one, 0.0) + (weight if sign == "+" else -weight)
    return found


def _near(name: str, known: Sequence[str]) -> str:
    """Return what may have been meant, or the first of what there is."""
    near = nearest(name, known)
    if near:
        return f"did you mean `{near}`?"
    more = f" and {len(known) - LISTED:,} more" if len(known) > LISTED else ""
    return f"there are: {', '.join(known[:LISTED])}{more}"


def limit(text: str, known: Sequence[str], groups: Mapping[str, Sequence[str]]) -> Limit:
    """Return a limit from a sum as written.

    Parameters
    ----------
    text
        `a-b + b-c = 20`, `a-b + b-c <= 20` or `>=`.
    known, groups
        As for `weights`.

    Raises
    ------
    SpaceInvalid
        When it is not understood.

    Examples
    --------
    >>> limit("a-b + b-c = 20", ["a-b", "b-c"], {}).is_equal
    True
    """
    found = _SUM.fullmatch(text.strip())
    if found is None:
        raise SpaceInvalid(text, "is no sum", "write `a-b + b-c = 20`, or with <= or >=")
    sums = weights(found["terms"], known, groups)
    total = _number(text, found["total"].strip())
    if found["how"] == ">=":
        return Limit({name: -weight for name, weight in sums.items()}, -total)
    return Limit(sums, total, found["how"] == "=")


def _number(where: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise SpaceInvalid(where, f"`{text}` is no number", "write it with digits") from None
