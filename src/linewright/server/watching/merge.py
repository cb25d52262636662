"""JSON Merge Patch (RFC 7386) on plain data: what has changed, and what two changes make.

An object never holds null here: a merge patch cannot tell null from not there, so views leave
out what is not known. Inside a list null is as good as any value: a list changes as a whole.
"""

from collections.abc import Mapping
from typing import Any

__all__ = ["UNCHANGED", "NotOnePatch", "composed", "difference", "merged", "without_null"]

Json = Any
"""None, bool, int, float, str, list or dict with str keys, as JSON gives them."""


class _Unchanged:
    """Says that nothing has changed: every JSON value, null too, is a patch of its own."""

    def __repr__(self) -> str:
        return "UNCHANGED"


UNCHANGED = _Unchanged()


class NotOnePatch(ValueError):
    """Two changes that no single patch tells: the value has to be sent as a whole."""


def difference(before: Json, after: Json) -> Json:
    """Return the patch that makes one value from another, `UNCHANGED` where they are the same.

    Parameters
    ----------
    before
        Without null in an object.
    after
        Likewise.

    Examples
    --------
    >>> difference({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"c": 2, "d": 4}})
    {'b': {'d': 4}, 'a': None}
    >>> difference([1], [1])
    UNCHANGED
    """
    if not isinstance(before, dict) or not isinstance(after, dict):
        return UNCHANGED if _same(before, after) else after
    patch: dict[str, Json] = {}
    for key, value in after.items():
        if key not in before:
            patch[key] = value
        else:
            found = difference(before[key], value)
            if found is not UNCHANGED:
                patch[key] = found
    for key in before:
        if key not in after:
            patch[key] = None
    return patch or UNCHANGED


def merged(value: Json, patch: Json) -> Json:
    """Return what a patch makes of a value; neither of them is changed.

    Parameters
    ----------
    value
        Any JSON.
    patch
        As `difference` gives it.

    Examples
    --------
    >>> merged({"a": 1, "b": 2}, {"a": None, "c": {"d": None}})
    {'b': 2, 'c': {}}
    """
    if not isinstance(patch, dict):
        return patch
    result = dict(value) if isinstance(value, dict) else {}
    for key, change in patch.items():
        if change is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), change)
    return result


def composed(first: Json, then: Json) -> Json:
    """Return the one patch that does what two do one after the other.

    Parameters
    ----------
    first
        Patch that is applied first, made by `difference`.
    then
        Patch that is applied to its result.

    Raises
    ------
    NotOnePatch
        There is none: what the first took away or made no object, the second makes an object.

    Examples
    --------
    >>> composed({"a": 1, "b": {"c": 1}}, {"a": None, "b": {"d": 2}})
    {'a': None, 'b': {'c': 1, 'd': 2}}
    """
    if not isinstance(then, dict):
        return then
    if not isinstance(first, dict):
        raise NotOnePatch
    result = dict(first)
    for key, change in then.items():
        if isinstance(change, dict) and key in first:
            result[key] = composed(first[key], change)
        else:
            result[key] = change
    return result


def without_null(value: Json) -> Json:
    """Return a value without the members of objects that are null, at any depth but in lists.

    Examples
    --------
    >>> without_null({"a": None, "b": {"c": None}, "d": [None]})
    {'b': {}, 'd': [None]}
    """
    if not isinstance(value, dict):
        return value
    return {key: without_null(each) for key, each in value.items() if each is not None}


def _same(one: Json, other: Json) -> bool:
    """Whether two values are the same JSON: to Python 1, 1.0 and true are equal, to JSON not."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)
