"""Passwords: what is asked of a new one, and argon2id, which makes trying them slow.

What is asked follows NIST SP 800-63B: length, and not among those that are tried first; no rules
of composition, no change by the calendar.
"""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import argon2

from linewright.server.signing.faults import SigningRefused

__all__ = ["Hashing", "must_be_good", "normal"]

CHARS_MIN = 12
"""Shortest: a passphrase of some words is longer."""

CHARS_MAX = 256
"""Longest: it bounds the work of one check."""

MEMORY_KIB = 64 * 1024
"""Memory of one check, 64 MiB: the second recommended option of RFC 9106."""

TIME_COST = 3
"""Passes over it."""

LANES = 4
"""Parallel lanes of the same option."""

HASH_BYTES = 32
SALT_BYTES = 16

DIFFERENT_MIN = 5
"""Fewest different characters: one key held down is tried early."""

COMMONEST = Path(__file__).with_name("commonest.txt")

_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
"""What people put before and behind a common word."""


def normal(password: str) -> str:
    """Return one spelling of a password, however a keyboard composes its letters (NFKC).

    Examples
    --------
    >>> normal("n" + chr(0x303)) == chr(0xF1)
    True
    """
    return unicodedata.normalize("NFKC", password)


def must_be_good(password: str, *, names: tuple[str, ...] = ()) -> None:
    """Refuse a new password that is too short, or that is tried first.

    Parameters
    ----------
    password
        As it was typed.
    names
        Names of the person, which do not do as a password.

    Raises
    ------
    SigningRefused
        It does not do, and why.

    Examples
    --------
    >>> must_be_good("four lathes and a saw")
    >>> must_be_good("Password12345")
    Traceback (most recent call last):
        ...
    linewright.server.signing.faults.SigningRefused: password: it is one of the first ...
    """
    text = normal(password)
    if len(text) < CHARS_MIN:
        _refuse(f"it has fewer than {CHARS_MIN} characters")
    if len(text) > CHARS_MAX:
        _refuse(f"it has more than {CHARS_MAX} characters")
    if not _is_text(text):
        _refuse("it has characters that are none")
    folded = text.casefold()
    if len(set(folded)) < DIFFERENT_MIN:
        _refuse(f"it has fewer than {DIFFERENT_MIN} different characters")
    core = _EDGES.sub("", folded)
    if folded in _commonest() or core in _commonest():
        _refuse("it is one of the first that are tried, with or without digits around it")
    if any(core and core == _EDGES.sub("", name.casefold()) for name in names):
        _refuse("it is the name with something around it")


def _refuse(what: str) -> None:
    raise SigningRefused(422, what, "password", "some words that belong to nobody else do well")


def _is_text(password: str) -> bool:
    """Tell whether a password can be written in UTF-8, which halves of characters cannot."""
    return not any("\ud800" <= each <= "\udfff" for each in password)


@lru_cache(maxsize=1)
def _commonest() -> frozenset[str]:
    return frozenset(COMMONEST.read_text("utf-8").split("\n")) - {""}


class Hashing:
    """Makes and checks argon2id hashes; each takes some 100 ms, so never in the event loop.

    Parameters
    ----------
    time_cost, memory_kib, lanes
        Cost of one check.

    Examples
    --------
    >>> quick = Hashing(time_cost=1, memory_kib=64, lanes=1)
    >>> kept = quick.made("four lathes and a saw")
    >>> kept.startswith("$argon2id$"), quick.is_right(kept, "four lathes and a saw")
    (True, True)
    """

    def __init__(
        self, *, time_cost: int = TIME_COST, memory_kib: int = MEMORY_KIB, lanes: int = LANES
    ) -> None:
        self._argon2 = argon2.PasswordHasher(
            time_cost=time_cost,
            memory_cost=memory_kib,
            parallelism=lanes,
            hash_len=HASH_BYTES,
            salt_len=SALT_BYTES,
            type=argon2.Type.ID,
        )
        self._nobody = ""

    def made(self, password: str) -> str:
        """Return what is kept of a password."""
        return self._argon2.hash(normal(password))

    def is_right(self, kept: str, password: str) -> bool:
        """Tell whether a password is the one of a hash; no hash takes as long, and is a no."""
        if len(password) > CHARS_MAX or not _is_text(password):
            return False
        if not kept:
            self._nobody = self._nobody or self.made("nobody has this password")
        try:
            self._argon2.verify(kept or self._nobody, normal(password))
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False
        return bool(kept)

    def is_old(self, kept: str) -> bool:
        """Tell whether a hash was made with other costs than those of now."""
        return self._argon2.check_needs_rehash(kept)
