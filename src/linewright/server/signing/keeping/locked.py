"""A private JSON file that several processes change: one at a time, whole or not at all.

The server and `linewright people` write the same files. Who changes one holds a lock, reads what
stands there now, and puts the new file in the place of the old one; whoever is killed meanwhile
leaves the old or the new one. Who only reads looks whether the file is another one by now.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from linewright.server.folder import write_private
from linewright.server.signing.faults import SigningRefused

__all__ = ["LockedFile", "StoreDamaged"]

T = TypeVar("T")

LOCK_WAIT_S = 2.0
"""How long a lock is waited for: a change takes milliseconds, so longer means that one hangs."""

LOCK_LOOK_S = 0.01
"""How often it is tried again."""


class StoreDamaged(RuntimeError):
    """A private file cannot be read: never taken for empty, since that would let anybody in."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} cannot be read: {why}")
        self.path = path


class LockedFile(Generic[T]):
    """One value in one private file.

    Parameters
    ----------
    path
        The file; it and its folder are made at the first change.
    kind
        Type of the value.
    empty
        The value while there is no file.

    Examples
    --------
    >>> LockedFile(Path("no/such/file"), dict[str, int], {}).read()
    {}
    """

    def __init__(self, path: Path, kind: type[T], empty: T) -> None:
        self.path = path
        self._kind = kind
        self._empty = empty
        self._value = empty
        self._mark: tuple[int, int, int] | None = None

    def read(self) -> T:
        """Return the value of now; read anew only where the file is another one.

        Raises
        ------
        StoreDamaged
            What stands there is not of this form.
        """
        mark = self._marked()
        if mark != self._mark:
            self._value = self._empty if mark is None else self._load()
            self._mark = mark
        return self._value

    @contextlib.contextmanager
    def lock(self) -> Iterator[T]:
        """Hold the right to change the value, and give the value of now.

        Raises
        ------
        SigningRefused
            Another process held the lock for too long.
        StoreDamaged
            What stands there is not of this form.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fileno = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._take(fileno)
            self._value, self._mark = self._empty, None  # what is changed is read anew, always
            yield self.read()
        finally:
            os.close(fileno)  # which gives the lock back

    def write(self, value: T) -> None:
        """Put a value in the place of the old one; the lock must be held.

        Raises
        ------
        OSError
            It cannot be written; then nothing has changed.
        """
        write_private(self.path, msgspec.json.encode(value))
        self._value = value
        self._mark = self._marked()

    def _take(self, fileno: int) -> None:
        end_s = time.monotonic() + LOCK_WAIT_S
        while True:
            try:
                fcntl.flock(fileno, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() > end_s:
                    to_do = "try again; if it stays so, end the other one"
                    what = "another process is changing this"
                    raise SigningRefused(503, what, self.path.name, to_do, wait_s=1.0) from None
                time.sleep(LOCK_LOOK_S)
            else:
                return

    def _marked(self) -> tuple[int, int, int] | None:
        """Return what tells one version of the file from another; None where there is none."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _load(self) -> T:
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=self._kind)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise StoreDamaged(self.path, str(error)) from error
