"""A trial before a server is followed: who it is, what vouches for it, and what it says.

The token is sent to nobody whose certificate was not proven first.
"""

import hashlib

import msgspec

from linewright.server.peers.asking import Ear
from linewright.server.peers.faults import PeerFault
from linewright.server.peers.hearing import Heard, hear
from linewright.server.peers.keeping import Peer
from linewright.server.peers.trusting import (
    Wanted,
    context_of,
    fingerprint_of_pem,
    in_pairs,
    unproven,
)

__all__ = ["Tried", "tried"]

PEM_BYTES_MAX = 16 * 1024
"""Largest certificate that is looked at."""


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What a trial found; with a peer it can be kept.

    Examples
    --------
    >>> Tried(why="slow").peer is None
    True
    """

    peer: Peer | None = None
    heard: Heard | None = None
    why: str = ""
    """Why it cannot be followed: a word of `PeerFault`."""
    text: str = ""
    """What was seen, in English."""
    shown: str = ""
    """SHA-256 of its authority, or of its certificate where it has none of its own: what a person
    compares with what `linewright up` prints there."""


async def tried(wanted: Wanted, site: str, *, by: str) -> Tried:
    """Ask a server once, as it would be asked for ever.

    Parameters
    ----------
    wanted
        Address, token, fingerprint.
    site
        Our own site.
    by
        Id of the person.

    Raises
    ------
    SigningRefused
        Something of what is wanted cannot be used.

    Notes
    -----
    Takes five answers at most, each bounded in time and size.

    Examples
    --------
    >>> import asyncio
    >>> wanted = Wanted(url="http://127.0.0.1:1", token="lwt_a")
    >>> asyncio.run(tried(wanted, "reno", by="p1")).why
    'unreachable'
    """
    wanted = wanted.checked()
    shown = ""
    try:
        ca, leaf, shown = await _trusted(wanted)
        peer = Peer(
            id="", site="", url=wanted.url, token=wanted.token, ca=ca, leaf=leaf, by=by, made_ms=0
        )
        heard = await heard_of(peer)
    except PeerFault as fault:
        if fault.why == "certificate" and not shown and wanted.is_tls:
            shown = await _shown(wanted)
        return Tried(why=fault.why, text=fault.text, shown=in_pairs(shown))
    if heard.site == site:
        return Tried(why="site", text=f"it serves {site}, as this server does")
    peer = msgspec.structs.replace(peer, site=heard.site)
    return Tried(peer=peer, heard=heard, shown=in_pairs(shown))


async def heard_of(peer: Peer) -> Heard:
    """Ask a server over a connection of its own.

    Raises
    ------
    PeerFault
        It was not heard.
    """
    ear = ear_of(peer)
    try:
        return await hear(ear, peer.token)
    finally:
        await ear.close()


def ear_of(peer: Peer) -> Ear:
    """Return a connection to a server, which trusts what was kept of it.

    Raises
    ------
    PeerFault
        What was kept cannot be read.
    """
    if peer.url.startswith("http://"):
        return Ear(peer.url, None)
    return Ear(peer.url, context_of(peer.ca, peer.leaf), leaf=peer.leaf)


async def _trusted(wanted: Wanted) -> tuple[str, str, str]:
    """Return authority, fingerprint of the certificate, and what was compared.

    Raises
    ------
    PeerFault
        Neither has the fingerprint that was given.
    """
    if not wanted.is_tls or not wanted.fingerprint:
        return "", "", ""
    leaf, authority = await _look(wanted)
    if fingerprint_of_pem(authority) == wanted.fingerprint:
        return authority, "", wanted.fingerprint
    if leaf == wanted.fingerprint:
        return "", leaf, leaf
    raise PeerFault("certificate", "neither it nor its authority has the fingerprint you gave")


async def _shown(wanted: Wanted) -> str:
    """Return the fingerprint that a person is to compare; empty where nothing is shown."""
    try:
        leaf, authority = await _look(wanted)
    except PeerFault:
        return ""
    return fingerprint_of_pem(authority) or leaf


async def _look(wanted: Wanted) -> tuple[str, str]:
    """Return the fingerprint of the certificate, and the authority that the server offers.

    Nothing of it is believed yet, and nothing is told to it.
    """
    ear = Ear(wanted.url, unproven())
    try:
        answer = await ear.get("/ca.crt")
    finally:
        await ear.close()
    leaf = hashlib.sha256(ear.shown).hexdigest()
    is_pem = answer.status == 200 and len(answer.body) <= PEM_BYTES_MAX  # noqa: PLR2004  # answered well
    return leaf, answer.body.decode("ascii", "replace") if is_pem else ""
