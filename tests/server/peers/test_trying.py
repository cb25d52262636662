"""The trial of a server: the token goes to nobody who was not proven first."""

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from cryptography import x509

from linewright.server.peers import Tried, Wanted, tried
from linewright.server.peers.faults import PeerFault
from linewright.server.peers.trying import heard_of
from linewright.server.signing.tls.certificates import fingerprint_of
from tests.server.peers.elsewhere import (
    TOKEN,
    Elsewhere,
    answer,
    certificate,
    elsewhere,
    sites_json,
)


def says_of(authority: bytes = b"") -> Callable[[str], bytes]:
    """What a server of ours says: its authority to everybody, its site to whoever has a token."""

    def says(head: str) -> bytes:
        if head.startswith("GET /ca.crt"):
            return answer(authority) if authority else answer(b"{}", "404 Not Found")
        return answer(sites_json())

    return says


def trial(
    says: Callable[[str], bytes], context: ssl.SSLContext | None, fingerprint: str = ""
) -> tuple[Tried, Elsewhere]:
    """Try a server that says so."""

    async def scene() -> tuple[Tried, Elsewhere]:
        async with elsewhere(says, context) as there:
            wanted = Wanted(url=there.url, token=TOKEN, fingerprint=fingerprint)
            return await tried(wanted, "nogales", by="p1"), there

    return asyncio.run(scene())


def told_the_token(there: Elsewhere) -> bool:
    """Whether the server heard our token."""
    return any(TOKEN in each for each in there.asked)


def test_on_this_machine_without_tls() -> None:
    """A server on loopback is tried as it is."""
    found, there = trial(says_of(), None)
    assert found.peer is not None
    assert (found.peer.site, found.peer.url, found.peer.ca) == ("reno", there.url, "")


def test_by_the_authority_that_a_person_compared(tmp_path: Path) -> None:
    """With the fingerprint of its authority it is followed, and only that authority is trusted."""
    mine, context = certificate(tmp_path / "a")
    assert mine.authority is not None
    found, _ = trial(says_of(mine.authority.read_bytes()), context, mine.fingerprint)
    assert found.peer is not None
    assert found.peer.ca == mine.authority.read_text()
    kept, (_, other) = found.peer, certificate(tmp_path / "b")

    async def impostor() -> Elsewhere:
        async with elsewhere(says_of(), other) as there:
            with pytest.raises(PeerFault, match="certificate"):
                await heard_of(msgspec.structs.replace(kept, url=there.url))
            return there

    assert not told_the_token(asyncio.run(impostor()))


def test_without_a_fingerprint_it_is_shown_and_the_token_kept(tmp_path: Path) -> None:
    """An authority that nobody vouched for is told to the person, and hears no token."""
    mine, context = certificate(tmp_path)
    assert mine.authority is not None
    found, there = trial(says_of(mine.authority.read_bytes()), context)
    assert (found.peer, found.why, found.shown) == (None, "certificate", mine.fingerprint)
    assert not told_the_token(there)


def test_a_wrong_fingerprint_hears_no_token(tmp_path: Path) -> None:
    """Neither the certificate nor its authority: refused, with what it shows."""
    mine, context = certificate(tmp_path)
    assert mine.authority is not None
    found, there = trial(says_of(mine.authority.read_bytes()), context, "ab" * 32)
    assert (found.peer, found.why, found.shown) == (None, "certificate", mine.fingerprint)
    assert not told_the_token(there)


def test_an_authority_that_did_not_sign_it(tmp_path: Path) -> None:
    """Whoever shows the right authority without a certificate of it hears no token."""
    (right, _), (_, wrong) = certificate(tmp_path / "a"), certificate(tmp_path / "b")
    assert right.authority is not None
    found, there = trial(says_of(right.authority.read_bytes()), wrong, right.fingerprint)
    assert (found.peer, found.why) == (None, "certificate")
    assert not told_the_token(there)


def test_by_its_own_certificate(tmp_path: Path) -> None:
    """A certificate without an authority to be had is pinned itself."""
    mine, context = certificate(tmp_path)
    own = x509.load_pem_x509_certificates(mine.chain.read_bytes())[0]
    leaf = fingerprint_of(own).replace(":", "").lower()
    found, _ = trial(says_of(), context, leaf)
    assert found.peer is not None
    assert (found.peer.leaf, found.peer.ca) == (leaf, "")


def test_our_own_site_is_not_followed() -> None:
    """A server of the same site is refused: nobody else tells of our own."""
    found, _ = trial(lambda _: answer(sites_json("nogales")), None)
    assert (found.peer, found.why) == (None, "site")
