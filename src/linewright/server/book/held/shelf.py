"""Records of some classes, of each the highest revision, in the order of their event times."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Generic, TypeVar

from linewright.plant.records import Record

__all__ = ["RECORDS_MAX", "Shelf"]

R = TypeVar("R", bound=Record)

RECORDS_MAX = 200_000
"""Most records of one class in memory, some 200 MB of the largest; the oldest go first."""


class Shelf(Generic[R]):
    """Records by id, each in its highest revision, whatever the order in which they came.

    Parameters
    ----------
    records_max
        Most records; the oldest by event time go first.

    Examples
    --------
    >>> from linewright.plant.records import Call
    >>> from linewright.plant.records.examples import example
    >>> shelf: Shelf[Call] = Shelf()
    >>> call = example(Call)
    >>> shelf.put(call), shelf.put(call), list(shelf) == [call]
    (True, False, True)
    """

    def __init__(self, records_max: int = RECORDS_MAX) -> None:
        self._records: dict[str, R] = {}
        self._order: list[tuple[int, str]] = []
        self._records_max = records_max

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[R]:
        """Yield what holds, in the order of event time; what was taken back is left out."""
        for _, name in self._order:
            record = self._records[name]
            if not record.void:
                yield record

    def get(self, name: str) -> R | None:
        """Return the highest revision of a record; None: there is none, or it was taken back."""
        found = self._records.get(name)
        return None if found is None or found.void else found

    def put(self, record: R) -> bool:
        """Take a record; returns whether it is news: not a repeat, nor an older revision."""
        before = self._records.get(record.id)
        if before is not None and before.rev >= record.rev:
            return False
        if before is not None:
            self._order.pop(bisect_left(self._order, (before.t_ns, before.id)))
        self._records[record.id] = record
        insort(self._order, (record.t_ns, record.id))
        while len(self._order) > self._records_max:
            self._records.pop(self._order.pop(0)[1])
        return True

    def between(self, from_ns: int, until_ns: int) -> Iterator[R]:
        """Yield what holds with an event time in a window; its end is not part of it."""
        low = bisect_left(self._order, (from_ns, ""))
        high = bisect_left(self._order, (until_ns, ""))
        for _, name in self._order[low:high]:
            record = self._records[name]
            if not record.void:
                yield record

    def forget(self, before_ns: int) -> None:
        """Let go of what happened before a time."""
        high = bisect_left(self._order, (before_ns, ""))
        for _, name in self._order[:high]:
            del self._records[name]
        del self._order[:high]
