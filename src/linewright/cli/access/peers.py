"""`linewright peers`: the servers of other sites that stand beside our own on the page Sites.

Works on the data folder, whether the plant runs or not. A server is asked once before it is kept,
from this machine.
"""

import asyncio
from typing import IO

import click

from linewright.cli.access.folder import DATA, Place, now_ms, placed
from linewright.cli.ending import Failed
from linewright.cli.terminal import example, safe, say
from linewright.plant.language import nearest
from linewright.server.peers import Peer, Peers, Tried, Wanted, tried
from linewright.server.signing import OWNER

__all__ = ["command"]

HELP = """\
Say which other servers are followed: their sites stand on the page Sites.

The other site makes a token: linewright tokens add NAME --scope sites. It is
asked for here, or read from a file; never given as an option, which others
on this machine could see. The fingerprint is the one that `linewright up`
prints there.
"""

command = click.Group(
    "peers",
    help=HELP,
    epilog=example(
        "linewright peers add https://reno.local:8443 --fingerprint 3A:9C:...",
        "linewright peers list",
    ),
)

_FINGERPRINT = click.option(
    "--fingerprint", default="", help="SHA-256 of its authority, as `up` prints it there."
)
_TOKEN = click.option(
    "--token-file", type=click.File("r"), help="File with the token; - for the standard input."
)


@command.command("list")
@DATA
@placed
def listed(place: Place) -> None:
    """List the servers that are followed: id, site, address, what vouches for it."""
    everyone = Peers(place.private).everyone()
    if not everyone:
        say("no other server is followed; `linewright peers add` adds one")
    for each in everyone:
        say(safe(f"{each.id}  {each.site:16} {each.url:40} {_trust(each)}"))


@command.command("try")
@click.argument("url")
@_FINGERPRINT
@_TOKEN
@DATA
@placed
def asked(place: Place, url: str, fingerprint: str, token_file: IO[str] | None) -> None:
    """Ask the server at URL once, and keep nothing."""
    found = _tried(place, Wanted(url=url, token=_token(token_file), fingerprint=fingerprint))
    assert found.peer is not None, "what cannot be followed was refused"
    say(safe(f"heard    {found.peer.site} at {found.peer.url}"))


@command.command("add")
@click.argument("url")
@_FINGERPRINT
@_TOKEN
@DATA
@placed
def added(place: Place, url: str, fingerprint: str, token_file: IO[str] | None) -> None:
    """Follow the server at URL after a trial; one of the same site makes room."""
    found = _tried(place, Wanted(url=url, token=_token(token_file), fingerprint=fingerprint))
    assert found.peer is not None, "what cannot be followed was refused"
    kept = Peers(place.private).keep(found.peer, now_ms=now_ms())
    say(safe(f"follows  {kept.id} {kept.site} at {kept.url}"))


@command.command("remove")
@click.argument("site")
@DATA
@placed
def removed(place: Place, site: str) -> None:
    """Follow the server of SITE (or id) no longer, and forget its token."""
    peers = Peers(place.private)
    there = peers.everyone()
    found = next((each for each in there if site in {each.site, each.id}), None)
    if found is None:
        near = nearest(site, [each.site for each in there])
        to_do = f"did you mean `{near}`?" if near else "`linewright peers list` lists all"
        raise Failed(f"no server of `{site}` is followed", to_do)
    peers.remove(found.id, by=OWNER.id, now_ms=now_ms())
    say(safe(f"removed  {found.id} {found.site}"))


def _token(file: IO[str] | None) -> str:
    if file is not None:
        return file.readline().strip()
    given: str = click.prompt("token", hide_input=True)
    return given


def _tried(place: Place, wanted: Wanted) -> Tried:
    found = asyncio.run(tried(wanted, place.site, by=OWNER.id))
    if found.peer is None:
        to_do = "see that it runs, and that its token has the scope sites"
        if found.shown:
            say(safe(f"shows    sha256 {found.shown}"))
            to_do = "compare it with what `linewright up` prints there, then give --fingerprint"
        raise Failed(f"{wanted.url}: {found.why}: {found.text}", to_do)
    return found


def _trust(peer: Peer) -> str:
    if peer.url.startswith("http://"):
        return "this machine"
    return "its authority" if peer.ca else "its certificate" if peer.leaf else "public"
