"""Tokens by which other programs read here, and the servers of other sites that we follow."""

import time

from linewright.server.desk import Refusal
from linewright.server.peers import Peer, Tried, Wanted, tried
from linewright.server.signing.keeping.programs import SCOPES, ProgramWanted
from linewright.server.views.access import (
    PeersView,
    PeerTriedView,
    PeerView,
    TokenMadeView,
    TokensView,
    TokenView,
)
from linewright.server.web.asked import Asked

__all__ = [
    "end_token",
    "follow",
    "make_token",
    "peers",
    "tokens",
    "try_peer",
    "unfollow",
]


def tokens(asked: Asked) -> TokensView:
    """Return the tokens, without their secrets."""
    programs, now_ms = asked.site.front.programs, _now_ms()
    found = {}
    for each in programs.everyone(now_ms=now_ms):
        used = programs.used(each.id)
        found[each.id] = TokenView(
            name=each.name,
            scopes=each.scopes,
            site=each.site,
            made_by=each.made_by,
            by_name=_name(asked, each.made_by),
            made_ms=each.made_ms,
            until_ms=each.until_ms,
            ended=not each.lives(now_ms),
            used_ms=used.at_ms if used else None,
            used_from=used.client if used else "",
        )
    return TokensView(tokens=found, scopes=SCOPES)


def make_token(asked: Asked) -> TokenMadeView:
    """Make a token for this site; the secret is in this answer alone."""
    body = asked.body
    wanted = ProgramWanted(
        name=body.name, scopes=tuple(body.scopes), site=asked.site.name, days=body.days
    )
    made, secret = asked.site.front.programs.add(wanted, by=asked.who.person, now_ms=_now_ms())
    return TokenMadeView(id=made.id, token=secret, until_ms=made.until_ms)


def end_token(asked: Asked) -> TokensView:
    """Revoke a token: it reads nothing from now on."""
    programs = asked.site.front.programs
    programs.revoke(asked.path["token_id"], by=asked.who.person, now_ms=_now_ms())
    return tokens(asked)


def peers(asked: Asked) -> PeersView:
    """Return the servers that are followed, without their tokens."""
    found = {}
    for each in asked.site.following.followed():
        peer = each.peer
        found[peer.id] = PeerView(
            site=peer.site,
            url=peer.url,
            trust=_trust(peer),
            by=peer.by,
            by_name=_name(asked, peer.by),
            made_ms=peer.made_ms,
            heard_ms=each.at_ms or None,
            why=each.why,
            text=each.text,
        )
    return PeersView(peers=found)


async def try_peer(asked: Asked) -> PeerTriedView:
    """Ask a server once, and keep nothing."""
    found = await _tried(asked)
    return PeerTriedView(
        site=found.peer.site if found.peer else "",
        now=found.heard.view if found.heard else None,
        why=found.why,
        text=found.text,
        shown=found.shown,
    )


async def follow(asked: Asked) -> PeersView:
    """Follow a server, after one more trial."""
    found = await _tried(asked)
    if found.peer is None or found.heard is None:
        to_do = "try it first; what it shows there tells what to change"
        raise Refusal(409, f"{found.why}: {found.text}", asked.where, to_do)
    following = asked.site.following
    kept = following.peers.keep(found.peer, now_ms=_now_ms())
    following.first(kept, found.heard)
    return peers(asked)


def unfollow(asked: Asked) -> PeersView:
    """Follow a server no longer, and forget its token."""
    following = asked.site.following
    following.peers.remove(asked.path["peer_id"], by=asked.who.person, now_ms=_now_ms())
    return peers(asked)


async def _tried(asked: Asked) -> Tried:
    body, following = asked.body, asked.site.following
    if following.trying.locked():
        what = "another server is being tried at this moment"
        raise Refusal(503, what, asked.where, "try again in some seconds")
    async with following.trying:
        wanted = Wanted(url=body.url, token=body.token, fingerprint=body.fingerprint)
        return await tried(wanted, asked.site.name, by=asked.who.person)


def _trust(peer: Peer) -> str:
    if peer.url.startswith("http://"):
        return "none"
    return "authority" if peer.ca else "certificate" if peer.leaf else "public"


def _name(asked: Asked, person_id: str) -> str:
    named = asked.site.front.people.named(person_id)
    return named.name if named else ""


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
