"""What a shift was, worked out from raw samples alone: another way to the figures of the pages.

It knows neither records nor ledgers: a change of the state tag is a stretch, a rise of a counter
is parts, the calendar is two hours of the clock.
"""

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from tests.server.book.played import S_NS, Said

CODES = {0: "off", 1: "running", 2: "idle", 3: "down", 4: "set_up", 5: "blocked", 6: "starved"}
"""Map of the state tags of the bracket plant."""

MICRO_NS = 120 * S_NS
"""Threshold of micro-stops of the bracket plant."""


class Span(msgspec.Struct, frozen=True):
    """A stretch of one state."""

    start_ns: int
    end_ns: int
    state: str


def spans(samples: Sequence[Said], station: str, until_ns: int) -> list[Span]:
    """Return what the state tag of a station said, stretch by stretch."""
    told = [each for each in samples if each.tag == f"{station}#state"]
    ends = [each.t_ns for each in told[1:]] + [until_ns]
    found: list[Span] = []
    for each, end_ns in zip(told, ends, strict=True):
        state = "unknown" if each.quality else CODES[int(float(each.value))]
        if found and found[-1].state == state:
            found[-1] = Span(found[-1].start_ns, end_ns, state)
        else:
            found.append(Span(each.t_ns, end_ns, state))
    return found


def risen(samples: Sequence[Said], tag: str, from_ns: int, until_ns: int) -> int:
    """Return by how much a counter rose in a stretch; a fall starts at 0 again."""
    told = [(each.t_ns, int(each.value)) for each in samples if each.tag == tag]
    rises = [
        (t_ns, now - (before if now >= before else 0))
        for (_, before), (t_ns, now) in pairwise(told)
    ]
    return sum(rise for t_ns, rise in rises if from_ns <= t_ns < until_ns)


def overlap_ns(span: Span, windows: Sequence[tuple[int, int]]) -> int:
    """Return how much of a stretch lies in windows that do not overlap."""
    return sum(max(0, min(span.end_ns, b) - max(span.start_ns, a)) for a, b in windows)


def booked(
    stretches: Sequence[Span], work: Sequence[tuple[int, int]], breaks: Sequence[tuple[int, int]]
) -> dict[str, int]:
    """Return ns by time category, after docs/kpi.md, where nobody gave a reason."""
    found: dict[str, int] = {}

    def book(category: str, ns: int) -> None:
        found[category] = found.get(category, 0) + ns

    for run in _joined(stretches):
        inside_ns = sum(overlap_ns(each, work) for each in run)
        if run[0].state == "running":
            book("producing", inside_ns + sum(overlap_ns(each, breaks) for each in run))
            continue
        book("meal", sum(overlap_ns(each, breaks) for each in run))
        names = {
            "blocked": "blocked",
            "starved": "starved",
            "set_up": "set_up",
            "unknown": "unknown",
        }
        other = "micro_stop" if inside_ns < MICRO_NS else "no_reason"
        book(names.get(run[0].state, other), inside_ns)
    return {category: ns for category, ns in found.items() if ns}


def _joined(stretches: Sequence[Span]) -> list[list[Span]]:
    """Return stretches by run: off, idle and down side by side are one stop."""
    stops = {"off", "idle", "down"}
    runs: list[list[Span]] = []
    for each in stretches:
        if runs and each.state in stops and runs[-1][-1].state in stops:
            runs[-1].append(each)
        else:
            runs.append([each])
    return runs
