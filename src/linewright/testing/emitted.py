"""What any source emitted against what a history holds, value by value.

A source writes a line of JSON for each value before it shows it: ``node``, ``value``, ``t_ns`` (its
own stamp) and ``at_ns`` (the true time). Its values are running numbers, so each must be in the
history exactly once, or lie in a gap that says so; stamps that were corrected or stepped change
nothing about that.

>>> balance([], {}, {}).unaccounted
0
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import msgspec

from linewright.history import History
from linewright.plant.records import Quality
from linewright.plant.samples import Columns
from linewright.testing.accounts import Account, Shown

__all__ = ["Emitted", "balance", "balance_of", "emitted_in", "rows_of"]

NS_MAX = 2**63 - 1
READ_ROWS = 50_000
"""Rows of one read; who has more reads on."""

STAMP_NS = 1_000_000
"""How far a stored time may be from the source's stamp: sources stamp in milliseconds."""

_NO_VALUE = Quality.NOT_CONNECTED | Quality.CONFIGURATION
"""Rows that a connector makes itself, with no value of the machine in them."""


class Emitted(msgspec.Struct, frozen=True, kw_only=True):
    """A value that a source showed: its tag, its stamp, the true time, and the number itself.

    Examples
    --------
    >>> Emitted(tag="reno#n", t_ns=5, at_ns=5, value=1.0).value
    1.0
    """

    tag: str
    t_ns: int
    at_ns: int
    value: float

    @property
    def shown(self) -> Shown:
        """As the accounts of an emulated plant have it.

        Examples
        --------
        >>> Emitted(tag="reno#n", t_ns=5, at_ns=6, value=1.0).shown.t_ns
        5
        """
        return Shown(tag=self.tag, t_ns=self.t_ns, value=self.value)


def emitted_in(file: Path, tag_of: Callable[[str], str | None]) -> list[Emitted]:
    """What a truth file says was emitted, in its order.

    Parameters
    ----------
    file
        Lines of JSON; one that a kill cut off was not shown and is left out.
    tag_of
        Tag of a node; None for a node that is not read.

    Returns
    -------
    list[Emitted]
        Empty while there is no such file.
    """
    if not file.exists():
        return []
    found = []
    for line in file.read_bytes().splitlines(keepends=True):
        if not line.endswith(b"\n"):
            continue
        one = json.loads(line)
        tag = tag_of(one["node"])
        if tag is not None:
            at_ns = one.get("at_ns", one["t_ns"])
            found.append(Emitted(tag=tag, t_ns=one["t_ns"], at_ns=at_ns, value=one["value"]))
    return found


def rows_of(history: History, tag: str) -> Columns:
    """All rows of a tag, however many, read part by part.

    Parameters
    ----------
    history
        Open.
    tag
        Whole address.
    """
    found: dict[str, list[float]] = {"t_ns": [], "seen_ns": [], "value": [], "quality": []}
    from_ns = 0
    while True:
        part = history.read(tag, from_ns, limit=READ_ROWS)
        times = list(part.t_ns)
        # Whole instants only: the last one may go on in the next part.
        keep = len(times)
        if keep == READ_ROWS:
            keep = times.index(times[-1])
            assert keep, "fewer rows of one instant than of one read"
        for name, column in found.items():
            column.extend(list(getattr(part, name))[:keep])
        if len(times) < READ_ROWS:
            break
        from_ns = times[-1]
    return Columns(
        tag=[tag] * len(found["t_ns"]),
        t_ns=[int(each) for each in found["t_ns"]],
        seen_ns=[int(each) for each in found["seen_ns"]],
        value=found["value"],
        quality=[int(each) for each in found["quality"]],
    )


def balance_of(
    emitted: Sequence[Emitted], history: History, source: str, *, until_ns: int | None = None
) -> Account:
    """Account of one source against its history.

    Parameters
    ----------
    emitted
        What it emitted.
    history
        Open.
    source
        Name under which its samples travel: the gaps are its own.
    until_ns
        True time until which everything must be accounted for; left out: all of it.
    """
    tags = sorted({one.tag for one in emitted})
    gaps = [(gap.t_ns, gap.until_ns) for gap in history.gaps(source)]
    stored = {tag: rows_of(history, tag) for tag in tags}
    return balance(emitted, stored, dict.fromkeys(tags, gaps), until_ns=until_ns)


def balance(
    emitted: Iterable[Emitted],
    stored: Mapping[str, Columns],
    gaps: Mapping[str, Sequence[tuple[int, int]]],
    *,
    until_ns: int | None = None,
) -> Account:
    """Account of emitted running numbers against columns stored.

    Parameters
    ----------
    emitted
        What the source showed; no number of a tag twice.
    stored
        Columns per tag, by event time.
    gaps
        First and last event time of the gaps of each tag's source.
    until_ns
        True time until which everything must be accounted for.

    Returns
    -------
    Account
        Numbers from before the first row of any tag are not counted: nobody was connected yet.
        All later ones are, up to the very last; so neither a link that died in silence nor a tag
        that never came can hide.

    Notes
    -----
    A row is the machine's by its number, never by its time. A number that was read again on
    connecting (`INITIAL`) doubles nothing. `in_gaps` counts what lies in a gap of the source, or
    between a row that says that the machine has no such item and the next value. `differing`
    counts rows of good time whose time is not the source's stamp. n log n in the numbers.
    """
    truth: dict[str, dict[float, Emitted]] = {}
    for one in emitted:
        numbers = truth.setdefault(one.tag, {})
        assert one.value not in numbers, f"{one.tag} showed {one.value} twice: no running number"
        numbers[one.value] = one
    counts = dict.fromkeys(("shown", "stored", "in_gaps", "differing", "doubled", "invented"), 0)
    held = {tag: _held(truth.get(tag, {}), columns, counts) for tag, columns in stored.items()}
    begun_ns = min((_begun(truth.get(tag, {}), each) for tag, each in stored.items()), default=0)
    told = {tag: [*gaps.get(tag, ()), *_missing(columns)] for tag, columns in stored.items()}
    for tag, numbers in truth.items():
        for one in numbers.values():
            if not begun_ns <= one.at_ns <= (NS_MAX if until_ns is None else until_ns):
                continue
            counts["shown"] += 1
            if one.value in held.get(tag, ()):
                counts["stored"] += 1
            elif any(a <= ns <= b for a, b in told.get(tag, ()) for ns in (one.t_ns, one.at_ns)):
                counts["in_gaps"] += 1
    return Account(**counts)


def _held(
    numbers: Mapping[float, Emitted], columns: Columns, counts: dict[str, int]
) -> dict[float, int]:
    """Numbers of one tag that are stored, and how often, not counting what was read again."""
    held: dict[float, int] = {}
    rows = list(_machine_rows(columns))
    for t_ns, value, quality in rows:
        is_read = bool(quality & Quality.INITIAL)
        if value not in numbers:
            # What stood there before its first change was never emitted.
            counts["invented"] += not is_read
            continue
        held[value] = held.get(value, 0) + (not is_read)
        off = abs(t_ns - numbers[value].t_ns) > STAMP_NS
        counts["differing"] += off and not is_read and not quality & Quality.CLOCK
    counts["doubled"] += sum(times - 1 for times in held.values() if times > 1)
    again = sorted((t_ns, value) for t_ns, value, quality in rows if quality & Quality.INITIAL)
    counts["doubled"] += sum(a == b for a, b in pairwise(again))
    return held


def _begun(numbers: Mapping[float, Emitted], columns: Columns) -> int:
    """When a tag was first heard: what was read on connecting may be of long before."""
    first = NS_MAX
    for t_ns, value, quality in _machine_rows(columns):
        if quality & Quality.INITIAL:
            first = min(first, t_ns)
        elif value in numbers:
            first = min(first, numbers[value].at_ns)
    return first


def _missing(columns: Columns) -> list[tuple[int, int]]:
    """Spans for which the history says of a tag that the machine has no such item."""
    found, from_ns = [], None
    for t_ns, quality in zip(columns.t_ns, columns.quality, strict=True):
        if quality & Quality.CONFIGURATION:
            from_ns = t_ns if from_ns is None else from_ns
        elif from_ns is not None and not quality & Quality.NOT_CONNECTED:
            found.append((from_ns, t_ns))
            from_ns = None
    return found if from_ns is None else [*found, (from_ns, NS_MAX)]


def _machine_rows(columns: Columns) -> Iterable[tuple[int, float, int]]:
    """Rows with a value of the machine in them."""
    for t_ns, value, quality in zip(columns.t_ns, columns.value, columns.quality, strict=True):
        if not quality & _NO_VALUE:
            yield t_ns, value, quality
