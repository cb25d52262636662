"""What exists and what happens now: plant, sites, a line, a station, the next hours, links."""

import time

import msgspec

from linewright.server.book.house import links_view, sites_view
from linewright.server.book.lines import ahead_view, line_view, station_view
from linewright.server.book.plant import plant_view
from linewright.server.peers import own_alone, with_peers
from linewright.server.views.house import LinksView, SitesView
from linewright.server.views.line import AheadView, LineView, StationPageView
from linewright.server.views.plant import PlantView
from linewright.server.web.asked import Asked

__all__ = ["ahead", "line", "links", "plant", "sites", "station"]


def plant(asked: Asked) -> PlantView:
    """Return what exists, and the names of people that records of these days hold the ids of."""
    book, front = asked.site.book, asked.site.front
    ids = {each: None for kept in (book.kept, *book.past) for each in kept.actors}
    names = {each: found.name for each in ids if (found := front.people.named(each)) is not None}
    return msgspec.structs.replace(plant_view(*asked.now()), names=names)


def sites(asked: Asked) -> SitesView:
    """Return the sites at a glance; a program that reads from elsewhere gets our own alone."""
    view = sites_view(*asked.now(), asked.site.acts.services)
    if asked.signed is not None and asked.signed.is_program:
        return own_alone(view)
    return with_peers(view, asked.site.following.followed(), now_s=time.monotonic())


def line(asked: Asked) -> LineView:
    """Return a line or work centre now."""
    return line_view(*asked.now(), asked.query["address"])


def ahead(asked: Asked) -> AheadView:
    """Return what the twin expects of a line."""
    return ahead_view(*asked.now(), asked.query["address"])


def station(asked: Asked) -> StationPageView:
    """Return a station's faceplate."""
    return station_view(*asked.now(), asked.query["address"])


def links(asked: Asked) -> LinksView:
    """Return how each source is reached, and what can be done about one that is not."""
    return links_view(*asked.now())
