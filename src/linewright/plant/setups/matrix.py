"""Set-up times from key to key, compiled once for the twin and the schedule.

Hides the wildcards and fall-backs of a set-up table. The keys are product families,
products or the values of a product attribute; the verbs: ``compile_setups`` (rules to a
full matrix), ``holes`` and ``unused_keys`` (what is wrong with the rules),
``triangle_violations`` (where a detour is shorter, a warning).

Between two different keys the first of these rules that exists holds:

1. the entry ``from -> to``
2. the entry ``from -> any`` (leaving ``from`` takes as long, whatever comes)
3. the entry ``any -> to``
4. the entry ``any -> any``, else ``default_s``

From a key to itself: the entry ``key -> key``, else ``same_s``; wildcards do not count.
From an unknown set-up, as after a start: the entry ``unknown -> to``, else
``unknown -> any``, else ``first_s``, else the longest set-up to that key, because the
station may stand in any state.

>>> rules = SetupRules(name="press", entries=(
...     SetupEntry(from_key="steel", to_key="brass", setup_s=600.0),
...     SetupEntry(from_key="any", to_key="steel", setup_s=900.0),
... ))
>>> matrix = compile_setups(rules, ("steel", "brass"))
>>> matrix.between_ns("steel", "brass"), matrix.between_ns(UNKNOWN, "steel")
(600000000000, 900000000000)
"""

from collections.abc import Sequence
from difflib import get_close_matches
from itertools import product
from typing import Literal

import msgspec

__all__ = [
    "ANY",
    "UNKNOWN",
    "Detour",
    "SetupEntry",
    "SetupMatrix",
    "SetupRules",
    "SetupsInvalid",
    "compile_setups",
    "holes",
    "triangle_violations",
    "unused_keys",
]

ANY = "any"
"""Stands for every key that has no entry of its own."""
UNKNOWN = "unknown"
"""The set-up of a station of which nothing is known; only as the start of an entry."""

KEYS_MAX = 1_000
"""Bounds the matrix to a million cells; above it, set up by family, not by product."""
SETUP_S_MAX = 30 * 86_400.0
"""Longest set-up: thirty days."""
DETOURS_MAX = 100
"""How many violations ``triangle_violations`` gives when not told."""

NS_PER_S = 1_000_000_000

Times = dict[tuple[str, str], float]


class SetupsInvalid(ValueError):
    """Set-up rules that cannot be, or that leave cells of the matrix without a time.

    Parameters
    ----------
    rules
        Name of the rules.
    what
        What is wrong.
    suggestion
        What to do about it.
    cells
        The pairs (from, to) concerned.
    """

    def __init__(
        self, rules: str, what: str, suggestion: str, cells: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(rules, what, suggestion, cells)
        self.rules = rules
        self.what = what
        self.suggestion = suggestion
        self.cells = cells

    def __str__(self) -> str:
        return f"set-ups {self.rules}: {self.what}; {self.suggestion}"


class SetupEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One set-up time; either key may be ``any``, the first may be ``unknown``.

    Examples
    --------
    >>> SetupEntry(from_key="any", to_key="steel", setup_s=900.0).to_key
    'steel'
    """

    from_key: str
    to_key: str
    setup_s: float


class SetupRules(msgspec.Struct, frozen=True, kw_only=True):
    """A set-up table as written, with its wildcards and fall-backs.

    Parameters
    ----------
    name
        What messages call it.
    keyed_by
        What the keys are.
    attribute
        Name of the product attribute where ``keyed_by`` is ``attribute``.
    entries
        Each pair of keys once, in any order.
    default_s
        Where no entry matches; None: such a cell is a hole.
    same_s
        From a key to itself.
    first_s
        From an unknown set-up; None: the longest set-up to the key.

    Raises
    ------
    SetupsInvalid
        When a time is not within 0 to 30 days, a pair is given twice, ``unknown`` is
        set up to, or the attribute is missing.

    Examples
    --------
    >>> SetupRules(name="press", default_s=600.0).keyed_by
    'family'
    """

    name: str
    keyed_by: Literal["family", "product", "attribute"] = "family"
    attribute: str | None = None
    entries: tuple[SetupEntry, ...] = ()
    default_s: float | None = None
    same_s: float = 0.0
    first_s: float | None = None

    def __post_init__(self) -> None:
        if (self.attribute is not None) != (self.keyed_by == "attribute"):
            advice = "give `attribute` where, and only where, they are keyed by attribute"
            raise SetupsInvalid(self.name, "attribute and key do not fit", advice)
        for seconds in (self.default_s, self.same_s, self.first_s):
            if seconds is not None:
                self._check_time(seconds, ())
        seen: set[tuple[str, str]] = set()
        for entry in self.entries:
            cell = (entry.from_key, entry.to_key)
            self._check_time(entry.setup_s, (cell,))
            if cell in seen:
                what = f"{cell[0]} -> {cell[1]} is given twice"
                raise SetupsInvalid(self.name, what, "keep one", (cell,))
            if entry.to_key == UNKNOWN:
                what = f"{cell[0]} -> {UNKNOWN} sets up to nothing"
                raise SetupsInvalid(self.name, what, "name the key that is set up", (cell,))
            seen.add(cell)

    def _check_time(self, seconds: float, cells: tuple[tuple[str, str], ...]) -> None:
        if not 0.0 <= seconds <= SETUP_S_MAX:  # false for nan too
            what = f"{seconds:g} s is no set-up time"
            raise SetupsInvalid(self.name, what, "give 0 s to 30 days", cells)


class SetupMatrix(msgspec.Struct, frozen=True, kw_only=True):
    """Set-up times in integer ns: ``rows[from][to]`` and, from an unknown set-up, ``first``.

    ``keys`` names the rows and the columns in order.
    """

    name: str
    keys: tuple[str, ...]
    rows_ns: tuple[tuple[int, ...], ...]
    first_ns: tuple[int, ...]

    def between_ns(self, from_key: str, to_key: str) -> int:
        """Return the set-up time from one key, or from ``unknown``, to another.

        Raises
        ------
        SetupsInvalid
            When the matrix has no such key.

        Notes
        -----
        Cost linear in the keys; in loops use ``rows_ns`` with indices.

        Examples
        --------
        >>> compile_setups(SetupRules(name="all", same_s=1.5), ("x",)).between_ns("x", "x")
        1500000000
        """
        column = self._index(to_key)
        if from_key == UNKNOWN:
            return self.first_ns[column]
        return self.rows_ns[self._index(from_key)][column]

    def _index(self, key: str) -> int:
        if key not in self.keys:
            near = [*get_close_matches(key, self.keys, 1), *self.keys, "a key"][0]
            raise SetupsInvalid(self.name, f"no key is called {key}", f"ask for {near}")
        return self.keys.index(key)


class Detour(msgspec.Struct, frozen=True, kw_only=True):
    """A set-up that is shorter by way of a third key than directly."""

    from_key: str
    via_key: str
    to_key: str
    direct_ns: int
    detour_ns: int

    def __str__(self) -> str:
        way = f"{self.from_key} -> {self.via_key} -> {self.to_key}"
        times = f"{self.detour_ns / NS_PER_S:g} s, directly {self.direct_ns / NS_PER_S:g} s"
        return f"{way} takes {times}"


def compile_setups(rules: SetupRules, keys: Sequence[str]) -> SetupMatrix:
    """Return the full matrix of set-up times between the keys.

    Parameters
    ----------
    rules
        Entries for keys that are not asked are left aside; see ``unused_keys``.
    keys
        At most 1,000, each once, in the order of the rows.

    Returns
    -------
    SetupMatrix
        Times in integer ns, rounded to the nearest.

    Raises
    ------
    SetupsInvalid
        When the keys are not valid, or rules leave holes; the error lists them.

    Notes
    -----
    Cost: keys squared.

    Examples
    --------
    >>> compile_setups(SetupRules(name="all", default_s=2.0), ("x", "y")).rows_ns
    ((0, 2000000000), (2000000000, 0))
    """
    rows_s, missing = _fill(rules, keys)
    if missing:
        one, two = missing[0]
        raise SetupsInvalid(
            rules.name,
            f"{len(missing)} set-ups have no time, such as {one} -> {two}",
            f"add them, or `{one}: {{any: ...}}`, or a default",
            missing,
        )
    table = _table(rules)
    longest_s = [max(column) for column in zip(*rows_s, strict=True)]
    firsts_s = [_first_s(rules, table, keys[at], most) for at, most in enumerate(longest_s)]
    return SetupMatrix(
        name=rules.name,
        keys=tuple(keys),
        rows_ns=tuple(tuple(_ns(seconds) for seconds in row) for row in rows_s),
        first_ns=tuple(_ns(seconds) for seconds in firsts_s),
    )


def holes(rules: SetupRules, keys: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return the pairs (from, to) of keys for which the rules say no time, in order.

    From an unknown set-up there is a time wherever there is one from the keys.

    Raises
    ------
    SetupsInvalid
        When a key is given twice or is a wildcard, or there are more than 1,000.

    Notes
    -----
    Cost: keys squared.

    Examples
    --------
    >>> holes(SetupRules(name="press"), ("steel", "brass"))
    (('steel', 'brass'), ('brass', 'steel'))
    """
    return _fill(rules, keys)[1]


def unused_keys(rules: SetupRules, keys: Sequence[str]) -> tuple[str, ...]:
    """Return the keys that the rules name and nobody has: a slip, or another line's.

    Examples
    --------
    >>> entry = SetupEntry(from_key="stel", to_key="any", setup_s=60.0)
    >>> unused_keys(SetupRules(name="press", entries=(entry,)), ("steel", "brass"))
    ('stel',)
    """
    known = {*keys, ANY, UNKNOWN}
    named = [key for entry in rules.entries for key in (entry.from_key, entry.to_key)]
    return tuple(key for key in dict.fromkeys(named) if key not in known)


def triangle_violations(matrix: SetupMatrix, *, limit: int = DETOURS_MAX) -> tuple[Detour, ...]:
    """Return the set-ups that are shorter via a third key, the largest saving first.

    Such a set-up is worth a warning: mostly it is a slip in the table. Each pair is given
    once, with its best third key.

    Parameters
    ----------
    matrix
        Compiled set-ups.
    limit
        How many to give at most.

    Notes
    -----
    Cost: keys cubed, some 60 ns each: 0.5 s for 200 keys, a minute for 1,000.

    Examples
    --------
    >>> times = {("a", "b"): 9.0, ("a", "c"): 1.0, ("c", "b"): 2.0}
    >>> rules = SetupRules(name="press", default_s=9.0, entries=tuple(
    ...     SetupEntry(from_key=one, to_key=two, setup_s=s) for (one, two), s in times.items()))
    >>> [(d.from_key, d.via_key, d.to_key)
    ...  for d in triangle_violations(compile_setups(rules, "abc"))]
    [('a', 'c', 'b')]
    """
    found = []
    size = len(matrix.keys)
    columns = tuple(zip(*matrix.rows_ns, strict=True))
    for start, end in product(range(size), range(size)):
        direct_ns = matrix.rows_ns[start][end]
        sums = [one + two for one, two in zip(matrix.rows_ns[start], columns[end], strict=True)]
        # By way of one of its own ends it is never shorter, so the ends need no exception.
        detour_ns = min(sums)
        if start != end and detour_ns < direct_ns:
            names = (matrix.keys[start], matrix.keys[sums.index(detour_ns)], matrix.keys[end])
            found.append((detour_ns - direct_ns, names, direct_ns, detour_ns))
    return tuple(
        Detour(from_key=a, via_key=b, to_key=c, direct_ns=direct_ns, detour_ns=detour_ns)
        for _, (a, b, c), direct_ns, detour_ns in sorted(found)[:limit]
    )


def _fill(
    rules: SetupRules, keys: Sequence[str]
) -> tuple[list[list[float]], tuple[tuple[str, str], ...]]:
    """Return the rows in seconds and the cells without a time, which are 0 in the rows."""
    _check_keys(rules, keys)
    table = _table(rules)
    rows: list[list[float]] = []
    missing: list[tuple[str, str]] = []
    for one in keys:
        times = [_between_s(rules, table, one, two) for two in keys]
        missing += [(one, two) for two, time in zip(keys, times, strict=True) if time is None]
        rows.append([0.0 if time is None else time for time in times])
    return rows, tuple(missing)


def _check_keys(rules: SetupRules, keys: Sequence[str]) -> None:
    if len(keys) > KEYS_MAX:
        raise SetupsInvalid(rules.name, f"{len(keys)} keys", f"use {KEYS_MAX}, or set up by family")
    if len(set(keys)) < len(keys):
        raise SetupsInvalid(rules.name, "a key is given twice", "give each key once")
    if {ANY, UNKNOWN} & set(keys):
        raise SetupsInvalid(rules.name, f"{ANY} and {UNKNOWN} are no keys", "rename the key")


def _table(rules: SetupRules) -> Times:
    return {(entry.from_key, entry.to_key): entry.setup_s for entry in rules.entries}


def _between_s(rules: SetupRules, table: Times, one: str, two: str) -> float | None:
    """Return the time between two keys by the precedence of the module's docstring."""
    if (one, two) in table:
        return table[one, two]
    if one == two:
        return rules.same_s
    for cell in ((one, ANY), (ANY, two), (ANY, ANY)):
        if cell in table:
            return table[cell]
    return rules.default_s


def _first_s(rules: SetupRules, table: Times, key: str, longest_s: float) -> float:
    for cell in ((UNKNOWN, key), (UNKNOWN, ANY)):
        if cell in table:
            return table[cell]
    return longest_s if rules.first_s is None else rules.first_s


def _ns(seconds: float) -> int:
    return round(seconds * NS_PER_S)
