"""One resource for all who watch it: encoded once, told as what has changed since a version."""

from collections import OrderedDict, deque
from typing import Any

import msgspec

from linewright.server.watching.merge import (
    UNCHANGED,
    NotOnePatch,
    composed,
    difference,
    without_null,
)

__all__ = ["PATCHES_MAX", "Shared"]

PATCHES_MAX = 64
"""Patches that are kept for those who come back: some seconds of what changes ten times a second,
and a minute of what changes each second."""

TOLD_MAX = 16
"""Different gaps for which the composed bytes are kept until the next change."""


class Shared:
    """A resource with a version, the bytes of all of it, and the last patches.

    Parameters
    ----------
    boot
        Word of this start of the server: versions of another start mean nothing here.

    Examples
    --------
    >>> shared = Shared("k3")
    >>> shared.take(b'{"good":1,"scrap":0}'), shared.take(b'{"good":2,"scrap":0}')
    (True, True)
    >>> shared.since("k3.1")
    b'"version":"k3.2","patch":{"good":2}'
    >>> shared.since("")
    b'"version":"k3.2","full":{"good":2,"scrap":0}'
    """

    def __init__(self, boot: str) -> None:
        self._boot = boot
        self.n = 0
        """Number of the version; 0: nothing is known yet."""
        self._value: Any = None
        self._full = b""
        self._sent = b""
        self._patches: deque[Any] = deque(maxlen=PATCHES_MAX)
        self._told: OrderedDict[int, bytes] = OrderedDict()

    @property
    def version(self) -> str:
        """The version as clients give it back."""
        return f"{self._boot}.{self.n}"

    @property
    def full(self) -> bytes:
        """All of it as JSON."""
        return self._full

    def take(self, full: bytes) -> bool:
        """Take the resource as it is now; False where nothing has changed.

        Raises
        ------
        msgspec.DecodeError
            It is no JSON: a mistake of the caller.
        """
        if self.n and full == self._sent:
            return False
        value = without_null(msgspec.json.decode(full))
        patch = difference(self._value, value) if self.n else value
        self._sent = full
        if patch is UNCHANGED:
            return False
        if self.n:
            self._patches.append(patch)
        self.n += 1
        self._value = value
        self._full = msgspec.json.encode(value)
        self._told.clear()
        return True

    def since(self, version: str) -> bytes | None:
        """Return the members of a message to whoever has a version; None: there is nothing new.

        The shorter one of the patch and the whole, and the whole to whoever has no version of
        this start, is too far behind, or where no single patch tells the change.
        """
        behind = self._behind(version)
        if behind == 0 or not self.n:
            return None
        if behind in self._told:
            return self._told[behind]
        said = self._members(behind)
        self._told[behind] = said
        while len(self._told) > TOLD_MAX:
            self._told.popitem(last=False)
        return said

    def _behind(self, version: str) -> int:
        """Return how many versions somebody is behind; -1: so far that only the whole helps."""
        boot, _, n = version.rpartition(".")
        if boot != self._boot or not (n.isascii() and n.isdigit()) or len(n) > len(str(self.n)):
            return -1
        behind = self.n - int(n)
        return behind if 0 <= behind <= len(self._patches) else -1

    def _members(self, behind: int) -> bytes:
        head = b'"version":"' + self.version.encode() + b'",'
        full = b'"full":' + self._full
        if behind > 0:
            try:
                patch = self._patches[-behind]
                for then in list(self._patches)[len(self._patches) - behind + 1 :]:
                    patch = composed(patch, then)
                told = b'"patch":' + msgspec.json.encode(patch)
            except NotOnePatch:
                return head + full
            if len(told) < len(full):
                return head + told
        return head + full
