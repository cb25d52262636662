"""Who is followed is kept in a private file, with a deed for the audit."""

import stat
from pathlib import Path

import pytest

from linewright.server.peers import Peer, Peers
from linewright.server.peers.keeping import PEERS_MAX
from linewright.server.signing import SigningRefused
from tests.server.peers.elsewhere import OTHER, TOKEN


def peer(site: str = "reno", token: str = TOKEN) -> Peer:
    """Return a server that was tried."""
    return Peer(id="", site=site, url=f"https://{site}.local", token=token, by="p1", made_ms=0)


def test_it_is_kept_privately_and_audited_without_its_token(tmp_path: Path) -> None:
    """The file is of its owner alone; deeds and what is printed of a peer hold no token."""
    kept = Peers(tmp_path).keep(peer(), now_ms=5)
    assert stat.S_IMODE((tmp_path / "peers.json").stat().st_mode) == 0o600
    assert Peers(tmp_path).everyone() == (kept,)
    (deed,) = Peers(tmp_path).ledger.deeds()
    assert (deed.action, deed.of, deed.of_class, deed.by) == ("peers.added", kept.id, "peer", "p1")
    assert TOKEN not in f"{kept!r}{deed!r}"


def test_another_of_the_same_site_makes_room(tmp_path: Path) -> None:
    """A new token for a site takes the place of the old one."""
    peers = Peers(tmp_path)
    old = peers.keep(peer(), now_ms=5)
    new = peers.keep(peer(token=OTHER), now_ms=6)
    assert peers.everyone() == (new,)
    assert new.id != old.id


def test_one_that_is_removed_is_forgotten(tmp_path: Path) -> None:
    """Nothing of its token is left; a second time there is no such server."""
    peers = Peers(tmp_path)
    kept = peers.keep(peer(), now_ms=5)
    peers.remove(kept.id, by="p2", now_ms=6)
    assert TOKEN not in (tmp_path / "peers.json").read_text()
    assert peers.ledger.deeds()[-1].by == "p2"
    with pytest.raises(SigningRefused) as caught:
        peers.remove(kept.id, by="p2", now_ms=7)
    assert caught.value.status == 404


def test_there_is_a_bound(tmp_path: Path) -> None:
    """One more than the bound is refused, and changes nothing."""
    peers = Peers(tmp_path)
    for n in range(PEERS_MAX):
        peers.keep(peer(f"s{n}"), now_ms=n)
    with pytest.raises(SigningRefused, match="followed already"):
        peers.keep(peer("more"), now_ms=9)
    assert len(peers.everyone()) == PEERS_MAX
