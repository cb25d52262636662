"""Tokens that nobody guesses, and what is kept of them: their hash alone.

A token of 256 random bits needs no slow hash: there is nothing to try.
"""

import hashlib
import hmac
import secrets

__all__ = ["csrf_of", "new_id", "new_token", "same", "sha256_of"]

TOKEN_BYTES = 32
"""256 bits."""

ID_BYTES = 8
"""64 bits: an id is no secret, it only must not meet another."""

CSRF_PURPOSE = b"linewright csrf 1"
"""What the token of a session is mixed with, so that the CSRF token tells nothing of it."""


def new_token() -> str:
    """Return a new token of 256 bits, in letters that can stand in an address.

    Examples
    --------
    >>> len(new_token())
    43
    """
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_id() -> str:
    """Return a new id of 64 bits in hex.

    Examples
    --------
    >>> len(new_id())
    16
    """
    return secrets.token_hex(ID_BYTES)


def sha256_of(token: str) -> str:
    """Return what is kept of a token.

    Examples
    --------
    >>> sha256_of("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_of(token: str) -> str:
    """Return the CSRF token that belongs to the token of a session; it is kept nowhere.

    Examples
    --------
    >>> csrf_of("a") == csrf_of("b")
    False
    """
    return hmac.new(token.encode(), CSRF_PURPOSE, hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare two secrets in a time that does not tell where they differ.

    Parameters
    ----------
    one, other
        What is compared.

    Examples
    --------
    >>> same("a", "a"), same("a", "b")
    (True, False)
    """
    return hmac.compare_digest(
        one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass")
    )
