"""Accounts: what the machines showed against what the history holds, sample by sample.

The emulated plant writes down everything it shows before it shows it (`truth.jsonl`). Each of
these samples must be in the history once, with its value, or lie in a gap that says so.

>>> account([], {}, {}).unaccounted
0
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from linewright.history import History
from linewright.plant.records import Gap, Quality
from linewright.plant.samples import Columns

__all__ = ["Account", "Shown", "account", "account_of", "read_truth"]

CONTINUED = "truth.continued"

MARGIN_NS = 10_000_000_000
"""Event time after the beginning of a truth that is not whole in which clocks and late samples
may still stand before it."""

CORRECTED_NS = 120_000_000_000
"""Farthest that a corrected time may be from the true one: what a connector takes for a clock
that is right, 2 s, at sixty times the speed of a clock on the wall."""

_OURS = Quality.INITIAL | Quality.BAD
"""Rows that a connector makes itself: what it read on connecting, and that it is not connected."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A sample that a machine showed: its tag, event time and value."""

    tag: str
    t_ns: int
    value: float | str | None
    true_ns: int | None = None
    """When it was, where the machine's own clock is wrong."""

    @property
    def really_ns(self) -> int:
        """When it was, on the clock of the plant."""
        return self.t_ns if self.true_ns is None else self.true_ns


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """How many samples were shown, and what became of them.

    Examples
    --------
    >>> Account(shown=2, stored=1, in_gaps=1).unaccounted
    0
    """

    shown: int = 0
    """From the first to the last stored sample of each source."""
    stored: int = 0
    in_gaps: int = 0
    differing: int = 0
    """Stored with another value than was shown."""
    doubled: int = 0
    """(tag, event time) with more than one row."""
    invented: int = 0
    """Rows that no machine showed, and that do not say that the connector made them."""

    @property
    def unaccounted(self) -> int:
        """Samples that are neither stored as they were shown nor inside a gap."""
        return self.shown - self.stored - self.in_gaps


def read_truth(file: Path) -> tuple[list[Shown], list[dict[str, Any]]]:
    """Samples and events of a truth file, in the order in which they happened.

    Parameters
    ----------
    file
        `truth.jsonl` of an emulated plant.

    Returns
    -------
    tuple
        Samples, values in the unit of their tag, and events as plain data. What a fault withheld
        was never shown and is left out; what it doubled is one sample.

    Notes
    -----
    A last line that was cut off by a kill was not shown and is left out. Where the file goes on
    from one that was full, `truth-before.jsonl` is read first; when more than that is gone, the
    first event is `truth.continued`, with the time from which on the truth is whole.
    """
    lines = _lines(file)
    before = file.with_name("truth-before.jsonl")
    if lines and lines[0].get("event") == CONTINUED and before.exists():
        lines = [*_lines(before), *lines[1:]]
    samples, events = [], []
    for found in lines:
        if "tag" not in found:
            events.append(found)
        elif found.get("fate", "") == "":
            samples.append(
                Shown(
                    tag=found["tag"],
                    t_ns=found["t_ns"],
                    value=found.get("means", found.get("value")),
                    true_ns=found.get("true_ns"),
                )
            )
    return samples, events


def _lines(file: Path) -> list[dict[str, Any]]:
    lines = file.read_bytes().splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith(b"\n")]


def _whole_from(events: Sequence[Mapping[str, Any]]) -> int | None:
    """Event time after which the truth is whole; None: from the beginning."""
    if not events or events[0].get("event") != CONTINUED:
        return None
    return int(events[0]["t_ns"]) + MARGIN_NS


def account_of(truth: Path, history: History, sources: Mapping[str, str]) -> Account:
    """Account of one emulated plant against its history.

    Parameters
    ----------
    truth
        Its `truth.jsonl`.
    history
        The history, open.
    sources
        Source of each station's address.

    Returns
    -------
    Account
        Counts over all tags of these stations.
    """
    tags = [tag for tag in history.tags() if tag.partition("#")[0] in sources]
    stored = {tag: history.read(tag) for tag in tags}
    assert sum(len(rows.t_ns) for rows in stored.values()) == history.counts().samples, (
        "every row is looked at: no station is left out, and no read was cut"
    )
    gaps: dict[str, list[Gap]] = {}
    for gap in history.gaps():
        gaps.setdefault(gap.of_source, []).append(gap)
    by_tag = {
        tag: [(gap.t_ns, gap.until_ns) for gap in gaps.get(sources[tag.partition("#")[0]], [])]
        for tag in tags
    }
    shown, events = read_truth(truth)
    samples = [one for one in shown if one.tag.partition("#")[0] in sources]
    return account(samples, stored, by_tag, after_ns=_whole_from(events))


def account(
    shown: Iterable[Shown],
    stored: Mapping[str, Columns],
    gaps: Mapping[str, Sequence[tuple[int, int]]],
    *,
    after_ns: int | None = None,
) -> Account:
    """Account of samples shown against columns stored.

    Parameters
    ----------
    shown
        What machines showed.
    stored
        Columns per tag, by event time.
    gaps
        First and last event time of the gaps of each tag's source.
    after_ns
        Of a truth whose beginning is gone: samples and rows up to then are left out.

    Returns
    -------
    Account
        Counts.

    Notes
    -----
    Samples before the first or after the last row of their station are not counted: nobody was
    connected yet, or any more. A sample whose time the connector has corrected, for the clock of
    its source was wrong, is the row of its value, in order, nearest to the true time. Cost: n log
    n in the samples.
    """
    begun, ended = _bounds(stored)
    rows = {
        (tag, t_ns): index
        for tag, columns in stored.items()
        for index, t_ns in enumerate(columns.t_ns)
        if after_ns is None or t_ns > after_ns
    }
    truth = {
        (one.tag, one.t_ns): one
        for one in _corrected(shown, stored, rows)
        if after_ns is None or one.t_ns > after_ns
    }
    counts = dict.fromkeys(("shown", "stored", "in_gaps", "differing"), 0)
    for (tag, t_ns), one in truth.items():
        station = tag.partition("#")[0]
        if not begun.get(station, t_ns + 1) <= t_ns <= ended.get(station, t_ns - 1):
            continue
        counts["shown"] += 1
        index = rows.get((tag, t_ns))
        if index is not None and _agrees(stored[tag], index, one.value):
            counts["stored"] += 1
        elif any(first <= t_ns <= last for first, last in gaps.get(tag, ())):
            counts["in_gaps"] += 1
        elif index is not None:
            counts["differing"] += 1
    doubled = sum(len(c.t_ns) - len(set(c.t_ns)) for c in stored.values())
    invented = sum(
        key not in truth and not stored[key[0]].quality[index] & _OURS
        for key, index in rows.items()
    )
    return Account(**counts, doubled=doubled, invented=invented)


def _corrected(
    shown: Iterable[Shown], stored: Mapping[str, Columns], rows: Mapping[tuple[str, int], int]
) -> Iterator[Shown]:
    """Samples, those of wrong clocks at the time of the row that became of them."""
    free: dict[str, list[int]] = {
        tag: [
            index
            for index, quality in enumerate(columns.quality)
            if quality & Quality.CLOCK and not quality & _OURS
        ]
        for tag, columns in stored.items()
    }
    for one in sorted(shown, key=lambda one: one.really_ns):
        if one.true_ns is None or (one.tag, one.t_ns) in rows:
            yield one
            continue
        columns, mine = stored.get(one.tag), free.get(one.tag, [])
        found = next(
            (
                place
                for place, index in enumerate(mine)
                if columns is not None
                and abs(columns.t_ns[index] - one.true_ns) <= CORRECTED_NS
                and _agrees(columns, index, one.value)
            ),
            None,
        )
        if found is None or columns is None:
            yield msgspec.structs.replace(one, t_ns=one.true_ns)
        else:
            yield msgspec.structs.replace(one, t_ns=columns.t_ns[mine.pop(found)])


def _bounds(stored: Mapping[str, Columns]) -> tuple[dict[str, int], dict[str, int]]:
    """First and last event time of each station that came from the machine itself."""
    begun: dict[str, int] = {}
    ended: dict[str, int] = {}
    for tag, columns in stored.items():
        station = tag.partition("#")[0]
        own = [
            t_ns
            for t_ns, quality in zip(columns.t_ns, columns.quality, strict=True)
            if not quality & _OURS
        ]
        if own:
            begun[station] = min(begun.get(station, own[0]), own[0])
            ended[station] = max(ended.get(station, own[-1]), own[-1])
    return begun, ended


def _agrees(columns: Columns, index: int, value: float | str | None) -> bool:
    if isinstance(value, str):
        return columns.text is not None and columns.text[index] == value
    return value is not None and abs(columns.value[index] - float(value)) <= abs(value) * 1e-6
