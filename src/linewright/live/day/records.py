"""The book of a site: its records by station, of each id the highest revision.

Records may come in any order, late or twice: the book is the same. It is bounded: what lies
before a horizon is forgotten, of each station what held at the horizon is kept.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable
from itertools import islice

import msgspec

from linewright.plant.records import (
    Forecast,
    Gap,
    How,
    Job,
    Parts,
    Reason,
    Record,
    State,
    order_of,
)

__all__ = ["TAKEN", "Book", "StationBook", "given_reasons", "rank"]

TAKEN = (State, Parts, Reason, Gap, Job, Forecast)
"""Classes of records that the book keeps; others are left to whom they concern."""

RECORDS_MAX = 200_000
"""Most records of one place; the oldest go first. A machine with a part a second makes 86,400 a
day, so that two days fit."""

SPANNING_NS = 3 * 24 * 3600 * 10**9
"""Records of a stretch that began so long before the horizon are kept: they may reach over it."""
_SPANNING = (Reason, Gap)


class StationBook(msgspec.Struct, frozen=True, kw_only=True):
    """What the book holds of one place, in order of time, without what was taken back.

    Parameters
    ----------
    address
        The station; a line has forecasts, a site has gaps.
    version
        Rises with every change: what is computed from a book may be kept by it.
    since_ns
        Horizon: what lies before it is not known any more, but for what held then.
    every_reason
        All revisions of all reasons, those taken back too: what undo goes back to.

    Examples
    --------
    >>> StationBook(address="reno/shop/pump/turn", version=0).states
    ()
    """

    address: str
    version: int
    since_ns: int = 0
    states: tuple[State, ...] = ()
    parts: tuple[Parts, ...] = ()
    reasons: tuple[Reason, ...] = ()
    gaps: tuple[Gap, ...] = ()
    jobs: tuple[Job, ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    every_reason: tuple[Reason, ...] = ()

    @property
    def told_ns(self) -> int:
        """Time of the newest state or count of a machine, 0 without any.

        That a person counted pieces does not mean that the machine was heard then.
        """
        counted = (each for each in reversed(self.parts) if _of_machine(each))
        return max((each.t_ns for each in (*self.states[-1:], *islice(counted, 1))), default=0)


def _of_machine(parts: Parts) -> bool:
    """Whether a counter tells it; a person who revises such a count leaves the counter's name."""
    return parts.how is not How.PERSON or parts.counter is not None


class _Shelf:
    """Records of one class at one place, sorted; the book's only mutable part."""

    def __init__(self) -> None:
        self._by_id: dict[str, Record] = {}
        self._order: list[tuple[int, str, int]] = []

    def put(self, record: Record) -> bool:
        """Keep a record if it is newer than what is known of its id."""
        known = self._by_id.get(record.id)
        if known is not None:
            if not _newer(record, known):
                return False
            del self._order[bisect_left(self._order, order_of(known))]
        self._by_id[record.id] = record
        key = order_of(record)
        if not self._order or key > self._order[-1]:
            self._order.append(key)
        else:
            insort(self._order, key)
        if len(self._order) > RECORDS_MAX:
            del self._by_id[self._order.pop(0)[1]]
        return True

    def all(self) -> list[Record]:
        """All of them in order, taken back ones too."""
        return [self._by_id[key[1]] for key in self._order]

    def forget(self, before_ns: int) -> bool:
        """Drop what lies before a time, but for the last one that holds there."""
        end = bisect_left(self._order, (before_ns, "", 0))
        last = next((k for k in range(end - 1, -1, -1) if not self._is_void(k)), end)
        end = min(end, last)
        for key in self._order[:end]:
            del self._by_id[key[1]]
        del self._order[:end]
        return end > 0

    def _is_void(self, k: int) -> bool:
        return self._by_id[self._order[k][1]].void


def _newer(record: Record, known: Record) -> bool:
    """Whether a record takes the place of one with its id; total, so that order plays no part."""
    if record.rev != known.rev:
        return record.rev > known.rev
    if record == known:
        return False
    mine, theirs = (msgspec.json.encode(each, enc_hook=str) for each in (record, known))
    return mine > theirs


class Book:
    """Records of a site by place.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> book, state = Book(), example(State)
    >>> book.take(state), book.take(state)
    (True, False)
    >>> book.station(state.address).states == (state,)
    True
    """

    def __init__(self) -> None:
        self._shelves: dict[str, dict[type[Record], _Shelf]] = {}
        self._said: dict[str, dict[tuple[str, int], Reason]] = {}
        self._versions: dict[str, int] = {}
        self._made: dict[str, StationBook] = {}
        self._since_ns = 0

    @property
    def since_ns(self) -> int:
        """Horizon: what lies before it was forgotten."""
        return self._since_ns

    def take(self, record: Record) -> bool:
        """Put a record in its place.

        Parameters
        ----------
        record
            Of any class; those that the book does not keep change nothing.

        Returns
        -------
        bool
            Whether the book changed: not for a repeat or an older revision.

        Notes
        -----
        Logarithmic in the records of the place, and constant for one that is the newest.
        """
        kind = type(record)
        if kind not in TAKEN:
            return False
        shelf = self._shelves.setdefault(str(record.address), {}).setdefault(kind, _Shelf())
        changed = shelf.put(record)
        if isinstance(record, Reason):
            said = self._said.setdefault(str(record.address), {})
            known = said.get((record.id, record.rev))
            if (known is None or _newer(record, known)) and len(said) < RECORDS_MAX:
                said[record.id, record.rev] = record
                changed = True
        if changed:
            self._bump(str(record.address))
        return changed

    def take_all(self, records: Iterable[Record]) -> int:
        """Put many records in; return how many changed the book."""
        return sum(self.take(each) for each in records)

    def version(self, address: str) -> int:
        """Version of a place, 0 before its first record: what `station` would carry."""
        return self._versions.get(address, 0)

    def station(self, address: str) -> StationBook:
        """Return what the book holds of one place, kept until something changes there.

        Parameters
        ----------
        address
            A station, line or site; one without records gives an empty book of version 0.
        """
        version = self.version(address)
        made = self._made.get(address)
        if made is None or made.version != version:
            made = self._make(address, version)
            self._made[address] = made
        return made

    def forget(self, before_ns: int) -> None:
        """Drop what lies before a time; what held then stays: the state, the job, open reasons.

        Parameters
        ----------
        before_ns
            Horizon, usually the start of a production day. It never goes back.
        """
        if before_ns <= self._since_ns:
            return
        self._since_ns = before_ns
        for address, shelves in self._shelves.items():
            dropped = [
                shelf.forget(before_ns - (SPANNING_NS if kind in _SPANNING else 0))
                for kind, shelf in shelves.items()
            ]
            if any(dropped):
                self._bump(address)
                kept = {each.id for each in shelves[Reason].all()} if Reason in shelves else set()
                said = self._said.get(address, {})
                self._said[address] = {key: one for key, one in said.items() if key[0] in kept}

    def _bump(self, address: str) -> None:
        self._versions[address] = self._versions.get(address, 0) + 1

    def _make(self, address: str, version: int) -> StationBook:
        shelves = self._shelves.get(address, {})

        def held(kind: type[Record]) -> tuple[Record, ...]:
            shelf = shelves.get(kind)
            return () if shelf is None else tuple(one for one in shelf.all() if not one.void)

        fields = {
            "states": held(State),
            "parts": held(Parts),
            "reasons": held(Reason),
            "gaps": held(Gap),
            "jobs": held(Job),
            "forecasts": held(Forecast),
            "every_reason": tuple(sorted(self._said.get(address, {}).values(), key=order_of)),
        }
        return msgspec.structs.replace(
            StationBook(address=address, version=version, since_ns=self._since_ns), **fields
        )


def rank(reason: Reason) -> tuple[int, int, str]:
    """Order in which reasons were given: of two that cover an instant the later one holds."""
    return reason.seen_ns, reason.rev, reason.id


def given_reasons(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Return the reasons of people and machines that hold, the last given last.

    Parameters
    ----------
    reasons
        Those of one station that were not taken back.

    Returns
    -------
    tuple of Reason
        A reason no longer holds when one given later names it in `replaces`. One that is taken
        back replaces nothing, so what it had replaced holds again. Inferred ones are left out:
        they are suggestions.
    """
    told = [each for each in reasons if each.how is not How.INFERRED and not each.void]
    latest: dict[str, tuple[int, int, str]] = {}
    for each in told:
        for one in each.replaces:
            latest[one] = max(latest.get(one, (-1, -1, "")), rank(each))
    return tuple(
        sorted((one for one in told if rank(one) >= latest.get(one.id, (-1, -1, ""))), key=rank)
    )
