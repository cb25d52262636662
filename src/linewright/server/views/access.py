"""Other programs that read here, and other servers that are followed: what admins see and send."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from linewright.server.views.base import Ms, View
from linewright.server.views.house import SiteNowView

__all__ = [
    "PeerGiven",
    "PeerTriedView",
    "PeerView",
    "PeersView",
    "TokenMadeView",
    "TokenView",
    "TokenWanted",
    "TokensView",
]

Word = Annotated[str, Meta(max_length=40)]


class TokenView(View, frozen=True, kw_only=True):
    """A token by which a program reads; the secret is kept nowhere."""

    name: str
    scopes: Annotated[tuple[str, ...], Meta(description="metrics, grafana, sites")]
    site: str
    made_by: Annotated[str, Meta(description="id of the person")]
    by_name: Annotated[str, Meta(description="name of that person; empty: erased")] = ""
    made_ms: Ms
    until_ms: Ms
    ended: bool = False
    used_ms: Annotated[Ms | None, Meta(description="last use; left out: never")] = None
    used_from: Annotated[str, Meta(description="network address of the last use")] = ""


class TokensView(View, frozen=True, kw_only=True):
    """Tokens by id; those that ended lately too."""

    tokens: Mapping[str, TokenView] = {}
    scopes: Annotated[Mapping[str, str], Meta(description="what each word gives")] = {}


class TokenWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A token for a program.

    Examples
    --------
    >>> TokenWanted(name="prometheus", scopes=("metrics",)).days
    365
    """

    name: Annotated[str, Meta(max_length=200, description="of the program")]
    scopes: Annotated[tuple[Word, ...], Meta(max_length=10, description="metrics, grafana, sites")]
    days: Annotated[int, Meta(ge=-(2**53), le=2**53, description="how long it holds, 1 to 730")] = (
        365
    )


class TokenMadeView(View, frozen=True, kw_only=True):
    """A token that was just made."""

    id: str
    token: Annotated[str, Meta(description="the secret; told this once")]
    until_ms: Ms


class PeerView(View, frozen=True, kw_only=True):
    """A server that is followed; its token is told to nobody."""

    site: str
    url: str
    trust: Annotated[
        str, Meta(description="authority, certificate, public, or none: on this machine")
    ]
    by: Annotated[str, Meta(description="id of who added it")]
    by_name: str = ""
    made_ms: Ms
    heard_ms: Annotated[Ms | None, Meta(description="its last answer; left out: none yet")] = None
    why: Annotated[str, Meta(description="why it is not heard; as in a site")] = ""
    text: Annotated[str, Meta(description="what was seen then, in English")] = ""


class PeersView(View, frozen=True, kw_only=True):
    """Servers that are followed, by id."""

    peers: Mapping[str, PeerView] = {}


class PeerGiven(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A server that somebody wants to follow.

    Examples
    --------
    >>> PeerGiven(url="https://reno.local:8443", token="lwt_x").fingerprint
    ''
    """

    url: Annotated[str, Meta(max_length=400, description="as its page is opened")]
    token: Annotated[str, Meta(max_length=400, description="that it made, with the scope sites")]
    fingerprint: Annotated[
        str, Meta(max_length=400, description="SHA-256 that `linewright up` prints there")
    ] = ""


class PeerTriedView(View, frozen=True, kw_only=True):
    """What a trial found."""

    site: Annotated[str, Meta(description="that it serves; empty: it cannot be followed")] = ""
    now: SiteNowView | None = None
    why: Annotated[str, Meta(description="why it cannot be followed; as in a site")] = ""
    text: Annotated[str, Meta(description="what was seen, in English")] = ""
    shown: Annotated[
        str, Meta(description="SHA-256 to be compared with what `linewright up` prints there")
    ] = ""
