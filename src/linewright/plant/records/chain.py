"""The audit chain: each link names the hash of the one before, so that nothing is lost unseen.

`history` alone appends, in stream order; anybody can check.

>>> from linewright.plant.records.examples import example
>>> first = link(example(Audit), None)
>>> second = link(example(Audit), first)
>>> chain_break([first, second]) is None
True
"""

import hashlib
from collections.abc import Iterable

import msgspec

from linewright.plant.records.classes.ledger import SHA256_ZERO, Audit
from linewright.plant.records.codec import encode

__all__ = ["chain_break", "link"]


def link(audit: Audit, last: Audit | None) -> Audit:
    """Audit record as the next link behind `last`, or as the first one.

    Parameters
    ----------
    audit
        Record as it was published; fields of the chain that it may carry are set anew.
    last
        Latest link, or None where the chain is empty.

    Returns
    -------
    Audit
        The same record with `n`, `prev_sha256` and `sha256`.

    Raises
    ------
    RecordInvalid
        The record cannot be encoded.

    Notes
    -----
    The hash is SHA-256 over the canonical JSON of the link without its field `sha256`; number
    and predecessor are inside, so a link cannot move.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> link(example(Audit), None).n
    0
    """
    if last is None:
        numbered = msgspec.structs.replace(audit, n=0, prev_sha256=SHA256_ZERO, sha256=None)
    else:
        assert last.n is not None, "the last link has a number"
        numbered = msgspec.structs.replace(
            audit, n=last.n + 1, prev_sha256=last.sha256, sha256=None
        )
    return msgspec.structs.replace(numbered, sha256=_hash(numbered))


def chain_break(links: Iterable[Audit], last: Audit | None = None) -> int | None:
    """Position of the first link that does not fit, or None where the chain holds.

    A change of a link, its removal from the middle, an insertion and an exchange are found. The
    removal of the newest links is not: who wants to find that keeps the newest hash elsewhere.

    Parameters
    ----------
    links
        Consecutive links.
    last
        Link before the first of them; None where they begin the chain.

    Returns
    -------
    int or None
        Index into `links`, from 0.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> first = link(example(Audit), None)
    >>> chain_break([msgspec.structs.replace(first, text="nothing happened")])
    0
    """
    for position, found in enumerate(links):
        if link(found, last) != found:
            return position
        last = found
    return None


def _hash(numbered: Audit) -> str:
    return hashlib.sha256(encode(numbered)).hexdigest()
