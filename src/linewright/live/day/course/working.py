"""Planned time of a station, arranged for asking how much of a stretch is working time."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from linewright.plant.calendar import Interval

__all__ = ["Hours"]


class Hours:
    """Planned time of a station: when it operates (breaks inside), and how much of it is work."""

    def __init__(self, intervals: Sequence[Interval]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []
        self.edges: list[int] = []
        """Where operation begins and ends, in turn."""
        worked_ns = 0
        for each in intervals:
            if self.edges and self.edges[-1] == each.start_ns:
                self.edges[-1] = each.end_ns
            else:
                self.edges += [each.start_ns, each.end_ns]
            if each.kind == "work":
                self._starts.append(each.start_ns)
                self._ends.append(each.end_ns)
                self._before.append(worked_ns)
                worked_ns += each.end_ns - each.start_ns

    def worked_ns(self, start_ns: int, end_ns: int) -> int:
        """Return the working time in a stretch, breaks left out."""
        return self._until(end_ns) - self._until(start_ns)

    def _until(self, t_ns: int) -> int:
        k = bisect_right(self._starts, t_ns) - 1
        if k < 0:
            return 0
        return self._before[k] + min(t_ns, self._ends[k]) - self._starts[k]

    def parts(self, start_ns: int, end_ns: int) -> Iterator[tuple[int, int, bool]]:
        """Cut a stretch where operation begins or ends; says of each part whether it is on."""
        k = bisect_right(self.edges, start_ns)
        while start_ns < end_ns:
            edge_ns = min(self.edges[k] if k < len(self.edges) else end_ns, end_ns)
            yield start_ns, edge_ns, k % 2 == 1
            start_ns = edge_ns
            k += 1
