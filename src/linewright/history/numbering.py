"""Numbering: which batch of a source is new, which is a repeat, and which are missing.

Batches of one (site, source, epoch) are numbered from 0. A number beyond the next one leaves a gap;
a number inside an open gap is data that came late and is kept; any other number at or below the
last one is a repeat.

>>> first = Numbering(site="nogales", source="saw", epoch=1)
>>> jumped = judge(first, 2, Times(first_ns=70, last_ns=90, seen_ns=95), plant_rev="r1")
>>> [(gap.first_n, gap.last_n) for gap in jumped.gaps], jumped.numbering.last_n
([(0, 1)], 2)
"""

import msgspec

from linewright.plant import Address
from linewright.plant.records import Gap, GapReason, How, revise

__all__ = [
    "FILE_SOURCE",
    "OPEN_GAPS_MAX",
    "SOURCE",
    "STREAM_SOURCE",
    "Judged",
    "Numbering",
    "OpenGap",
    "Times",
    "judge",
    "stream_gap",
]

OPEN_GAPS_MAX = 200
"""Gaps of one epoch that late batches may still fill; the oldest are closed for good, so that the
state of a source which loses every second batch stays small."""

SOURCE = "history"
"""Who says that batches are missing."""

STREAM_SOURCE = "stream_{}"
"""Source of a gap of the whole site: messages that a stream dropped, whoever sent them."""

FILE_SOURCE = "parquet_{}"
"""Source of the gap of a damaged file, by its number: rows of the tags that the gap lists."""


class Times(msgspec.Struct, frozen=True):
    """Event times of a batch, and when it was seen, all in ns.

    Examples
    --------
    >>> Times(first_ns=1, last_ns=2, seen_ns=3).last_ns
    2
    """

    first_ns: int | None
    """Earliest event time; None where the batch has no rows."""
    last_ns: int | None
    seen_ns: int


class OpenGap(msgspec.Struct, frozen=True):
    """A gap, and which of its numbers are still missing, as pairs (first, last).

    Examples
    --------
    >>> OpenGap.__struct_fields__
    ('gap', 'missing')
    """

    gap: Gap
    missing: tuple[tuple[int, int], ...]


class Numbering(msgspec.Struct, frozen=True, kw_only=True):
    """How far one epoch of one source has come.

    Examples
    --------
    >>> Numbering(site="nogales", source="saw", epoch=1).last_n
    -1
    """

    site: str
    source: str
    epoch: int
    last_n: int = -1
    """Highest number so far; -1 before the first."""
    t_ns: int | None = None
    """Latest event time of the source so far, of an earlier epoch at first."""
    open_gaps: tuple[OpenGap, ...] = ()


class Judged(msgspec.Struct, frozen=True):
    """Verdict on one batch.

    Examples
    --------
    >>> Judged.__struct_fields__
    ('is_new', 'numbering', 'gaps')
    """

    is_new: bool
    numbering: Numbering
    gaps: tuple[Gap, ...]
    """Gap found, or the revision that says it was filled."""


def judge(numbering: Numbering, n: int, times: Times, *, plant_rev: str) -> Judged:
    """Whether batch `n` is new, and what its number tells.

    Parameters
    ----------
    numbering
        State of its epoch before it.
    n
        Number of the batch.
    times
        Its event times, and when it was seen.
    plant_rev
        Revision of the plant file that a gap names.

    Returns
    -------
    Judged
        The state after it; gap records to publish.

    Notes
    -----
    Linear in the open gaps of the epoch.

    Examples
    --------
    >>> zero = Numbering(site="nogales", source="saw", epoch=1)
    >>> one = judge(zero, 0, Times(1, 2, 3), plant_rev="r1").numbering
    >>> judge(one, 0, Times(1, 2, 3), plant_rev="r1").is_new
    False
    """
    if n <= numbering.last_n:
        return _late(numbering, n, times)
    gaps: tuple[Gap, ...] = ()
    open_gaps = numbering.open_gaps
    if n > numbering.last_n + 1:
        gap = _gap(numbering, n, times, plant_rev)
        gaps = (gap,)
        opened = OpenGap(gap, ((numbering.last_n + 1, n - 1),))
        open_gaps = (*open_gaps, opened)[-OPEN_GAPS_MAX:]
    after = msgspec.structs.replace(
        numbering, last_n=n, t_ns=_latest(numbering.t_ns, times.last_ns), open_gaps=open_gaps
    )
    return Judged(is_new=True, numbering=after, gaps=gaps)


def stream_gap(
    address: Address, missing: tuple[str, int, int], times: Times, *, plant_rev: str
) -> Gap:
    """Gap of a site: its stream dropped messages before history read them.

    Parameters
    ----------
    address
        The site.
    missing
        Name of the stream, and the first and the last sequence that are missing.
    times
        Latest event time before, first event time after, and when that was seen.
    plant_rev
        Revision of the plant file.

    Examples
    --------
    >>> lost = stream_gap(Address("reno"), ("samples", 3, 9), Times(5, 8, 9), plant_rev="r1")
    >>> lost.of_source, lost.first_n, lost.t_ns, lost.until_ns
    ('stream_samples', 3, 5, 8)
    """
    stream, first, last = missing
    until_ns = times.seen_ns if times.last_ns is None else times.last_ns
    from_ns = until_ns if times.first_ns is None else min(times.first_ns, until_ns)
    return Gap(
        address=address,
        t_ns=from_ns,
        seen_ns=times.seen_ns,
        plant_rev=plant_rev,
        how=How.INFERRED,
        source=SOURCE,
        of_source=STREAM_SOURCE.format(stream),
        epoch=0,
        first_n=first,
        last_n=last,
        until_ns=until_ns,
        reason=GapReason.STORE,
    )


def _late(numbering: Numbering, n: int, times: Times) -> Judged:
    """Verdict on a number at or below the last one."""
    for place, found in enumerate(numbering.open_gaps):
        missing = _without(found.missing, n)
        if missing == found.missing:
            continue
        kept = (OpenGap(found.gap, missing),) if missing else ()
        gaps = numbering.open_gaps
        after = msgspec.structs.replace(
            numbering,
            t_ns=_latest(numbering.t_ns, times.last_ns),
            open_gaps=(*gaps[:place], *kept, *gaps[place + 1 :]),
        )
        filled = () if missing else (_filled(found.gap, times.seen_ns),)
        return Judged(is_new=True, numbering=after, gaps=filled)
    return Judged(is_new=False, numbering=numbering, gaps=())


def _without(missing: tuple[tuple[int, int], ...], n: int) -> tuple[tuple[int, int], ...]:
    """Pairs of missing numbers with `n` taken out."""
    left: list[tuple[int, int]] = []
    for first, last in missing:
        if not first <= n <= last:
            left.append((first, last))
            continue
        if first < n:
            left.append((first, n - 1))
        if n < last:
            left.append((n + 1, last))
    return tuple(left)


def _gap(numbering: Numbering, n: int, times: Times, plant_rev: str) -> Gap:
    """Gap before batch `n`: from the last event before it to the first event in it."""
    came_ns = times.seen_ns if times.first_ns is None else times.first_ns
    from_ns = came_ns if numbering.t_ns is None else numbering.t_ns
    if times.first_ns is None:
        came_ns = from_ns
    return Gap(
        address=Address(numbering.site),
        t_ns=from_ns,
        seen_ns=times.seen_ns,
        plant_rev=plant_rev,
        how=How.INFERRED,
        source=SOURCE,
        of_source=numbering.source,
        epoch=numbering.epoch,
        first_n=numbering.last_n + 1,
        last_n=n - 1,
        until_ns=max(came_ns, from_ns),
        reason=GapReason.STORE,
    )


def _filled(gap: Gap, seen_ns: int) -> Gap:
    return revise(gap, seen_ns=seen_ns, how=How.INFERRED, filled=True)


def _latest(before_ns: int | None, now_ns: int | None) -> int | None:
    if before_ns is None or now_ns is None:
        return now_ns if before_ns is None else before_ns
    return max(before_ns, now_ns)
