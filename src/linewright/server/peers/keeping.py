"""Which other servers are followed: their site, address, token, and what of them is trusted.

`peers.json` is a private file: it holds tokens that read other sites.
"""

from pathlib import Path

import msgspec

from linewright.server.signing.faults import SigningRefused
from linewright.server.signing.keeping.ledger import Ledger
from linewright.server.signing.keeping.people import Deed
from linewright.server.signing.keeping.tokens import new_id

__all__ = ["PEERS_MAX", "Peer", "Peers"]

PEERS_MAX = 50
"""Most servers that are followed: each is asked once a second."""


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """A server that is followed.

    Examples
    --------
    >>> Peer(id="s1", site="reno", url="https://reno.local:8443", token="t", by="p", made_ms=0).ca
    ''
    """

    id: str
    site: str
    """The site that it serves."""
    url: str
    """Address of its page: scheme, host and port."""
    token: str
    """What it gave us to read with."""
    ca: str = ""
    """Certificate of its authority in PEM; nobody else may vouch for it."""
    leaf: str = ""
    """SHA-256 of its certificate in hex: only this one is taken."""
    by: str
    """Id of the person who added it."""
    made_ms: int

    def __repr__(self) -> str:
        return f"Peer({self.site!r}, {self.url!r})"  # never the token


class Peers:
    """The servers that one data folder follows.

    Parameters
    ----------
    folder
        Private folder of the server.

    Examples
    --------
    >>> Peers(Path("no/such/folder")).everyone()
    ()
    """

    def __init__(self, folder: Path) -> None:
        self.ledger = Ledger(folder / "peers.json", Peer)

    def everyone(self) -> tuple[Peer, ...]:
        """Return whom we follow, by site."""
        return tuple(sorted(self.ledger.things().values(), key=lambda each: each.site))

    def keep(self, wanted: Peer, *, now_ms: int) -> Peer:
        """Follow a server that was tried; one of the same site makes room for it.

        Parameters
        ----------
        wanted
            As it was tried; its id is given here.
        now_ms
            Wall clock.

        Raises
        ------
        SigningRefused
            There are too many.
        """
        made = msgspec.structs.replace(wanted, id=f"s-{new_id()}", made_ms=now_ms)
        with self.ledger.change() as held:
            others = {i: each for i, each in held.things.items() if each.site != made.site}
            if len(others) >= PEERS_MAX:
                what = f"{PEERS_MAX} servers are followed already"
                raise SigningRefused(409, what, made.site, "remove one that is not needed")
            deed = _deed("peers.added", made, by=made.by, now_ms=now_ms)
            held.write(others | {made.id: made}, deed)
        return made

    def remove(self, peer_id: str, *, by: str, now_ms: int) -> Peer:
        """Follow a server no longer, and forget its token.

        Raises
        ------
        SigningRefused
            There is no such server.
        """
        with self.ledger.change() as held:
            found = held.things.get(peer_id)
            if found is None:
                raise SigningRefused(404, "this server is not followed", peer_id, "list them first")
            left = {i: each for i, each in held.things.items() if i != peer_id}
            held.write(left, _deed("peers.removed", found, by=by, now_ms=now_ms))
        return found


def _deed(action: str, peer: Peer, *, by: str, now_ms: int) -> Deed:
    text = f"{peer.site} at {peer.url}"
    return Deed(action=action, of=peer.id, of_class="peer", by=by, text=text, t_ms=now_ms)
