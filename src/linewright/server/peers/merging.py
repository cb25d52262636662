"""Our own site and those of other servers in one answer: who told it, when, and how old it is."""

from collections.abc import Iterable

import msgspec

from linewright.server.peers.hearing import Heard
from linewright.server.peers.keeping import Peer
from linewright.server.views.house import SiteNowView, SitesView

__all__ = ["OFFLINE_S", "Followed", "own_alone", "with_peers"]

OFFLINE_S = 3.0
"""After so long without an answer a site is offline: a question a second, two for its answer."""

REFUSED = frozenset(["certificate", "token", "bad_answer", "too_large", "redirect", "site"])
"""Somebody answers, and it cannot be used: waiting will not help, a person will."""


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one server that is followed."""

    peer: Peer
    heard: Heard | None = None
    """Its last answer."""
    at_ms: int = 0
    """When it came, wall clock."""
    at_s: float = 0.0
    """The same by the steady clock."""
    why: str = ""
    """Why the last question was not answered: a word of `PeerFault`; empty: it was."""
    text: str = ""
    """What was seen then, in English."""


def with_peers(view: SitesView, followed: Iterable[Followed], *, now_s: float) -> SitesView:
    """Return the sites with those of other servers.

    Parameters
    ----------
    view
        Our own site, and what the plant file says of its sisters.
    followed
        What is known of other servers.
    now_s
        Steady clock.

    Notes
    -----
    What another server says of a sister takes the place of what the plant file says. Our own site
    is told by nobody else.

    Examples
    --------
    >>> from linewright.server.views.house import ClockView
    >>> with_peers(SitesView(clock=ClockView(wall_ms=0)), (), now_s=0.0).sites
    {}
    """
    sites = dict(view.sites)
    for each in followed:
        name = each.peer.site
        if name in sites and sites[name].link == "here":
            continue
        sites[name] = _told(each, sites.get(name), now_s)
    return msgspec.structs.replace(view, sites=sites)


def own_alone(view: SitesView) -> SitesView:
    """Return what another server is told: our own site, without persons and without our peers.

    Parameters
    ----------
    view
        As our own pages have it.

    Examples
    --------
    >>> from linewright.server.views.house import ClockView
    >>> own_alone(SitesView(clock=ClockView(wall_ms=0), actions_stopped_by="p7")).actions_stopped_by
    ''
    """
    sites = {name: site for name, site in view.sites.items() if site.link == "here"}
    return SitesView(clock=view.clock, sites=sites)


def _told(each: Followed, planned: SiteNowView | None, now_s: float) -> SiteNowView:
    url, why = each.peer.url, each.why
    if each.heard is None:
        label = {} if planned is None else planned.label
        zone = "UTC" if planned is None else planned.timezone
        link = "refused" if each.why in REFUSED else "offline"
        return SiteNowView(label=label, timezone=zone, link=link, told_by=url, why=why)
    since_s = max(0.0, now_s - each.at_s)
    view, clock = each.heard.view, each.heard.clock
    is_fresh = since_s < OFFLINE_S and each.why not in REFUSED
    t_ms = None
    if is_fresh and clock.t_ms is not None:
        t_ms = clock.t_ms + round(since_s * clock.speed * 1000)
    return msgspec.structs.replace(
        view,
        link="fresh" if is_fresh else "refused" if each.why in REFUSED else "offline",
        age_s=None if view.age_s is None else view.age_s + since_s,
        heard_s=since_s,
        heard_ms=each.at_ms,
        t_ms=t_ms,
        simulated=clock.simulated,
        told_by=url,
        why=why,
    )
