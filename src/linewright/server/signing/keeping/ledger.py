"""A private file of things by id, and of what the audit is still to hear of their changes.

A change and its deed stand in one write: neither is without the other, whoever is killed when.
"""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from linewright.server.signing.faults import SigningRefused
from linewright.server.signing.keeping.locked import LockedFile
from linewright.server.signing.keeping.people import DEEDS_MAX, Deed

__all__ = ["Ledger", "Open"]

T = TypeVar("T")


class _Kept(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    things: dict[str, T] = {}
    deeds: tuple[Deed, ...] = ()


class Open(NamedTuple, Generic[T]):
    """What stands in a ledger while it is held for a change, and what writes the next state."""

    things: dict[str, T]
    write: Callable[[dict[str, T], Deed], None]


class Ledger(Generic[T]):
    """Things of one kind by id, with the deeds done to them.

    Parameters
    ----------
    path
        Private file.
    kind
        Type of the things.
    waiting_max
        Most deeds that wait for the audit; then nothing is changed.

    Examples
    --------
    >>> Ledger(Path("no/such/file"), int).things()
    {}
    """

    def __init__(self, path: Path, kind: type[T], *, waiting_max: int = DEEDS_MAX) -> None:
        empty: _Kept[T] = _Kept()
        form: Any = _Kept[kind]  # type: ignore[valid-type]  # a type that is only known here
        self._file: LockedFile[_Kept[T]] = LockedFile(path, form, empty)
        self._name = path.name
        self._waiting_max = waiting_max

    def things(self) -> dict[str, T]:
        """Return what stands there now."""
        return self._file.read().things

    @contextlib.contextmanager
    def change(self) -> Iterator[Open[T]]:
        """Hold the right to change it; what is given writes things and one deed.

        Raises
        ------
        SigningRefused
            Another process holds it, or too much waits for the audit.
        """
        with self._file.lock() as kept:
            if len(kept.deeds) >= self._waiting_max:
                what = f"{self._waiting_max} changes wait for the audit"
                raise SigningRefused(503, what, self._name, "see why the bus is away", wait_s=10.0)

            def write(things: dict[str, T], deed: Deed) -> None:
                self._file.write(_Kept(things=things, deeds=(*kept.deeds, deed)))

            yield Open(kept.things, write)

    def deeds(self) -> tuple[Deed, ...]:
        """Return what waits for the audit, the oldest first."""
        return self._file.read().deeds

    def told(self, deeds: tuple[Deed, ...]) -> None:
        """Take away deeds that are in the audit by now."""
        with self._file.lock() as kept:
            left = tuple(deed for deed in kept.deeds if deed not in deeds)
            self._file.write(msgspec.structs.replace(kept, deeds=left))
