"""What the house itself is doing: sites at a glance, services, and how the machines are reached."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from linewright.connectors.link import link_state
from linewright.plant import Address
from linewright.plant.model import Site
from linewright.plant.records import StationState
from linewright.server.book.attention import active_at, calls_at
from linewright.server.book.keeping import Kept
from linewright.server.book.lines import period_now
from linewright.server.book.reckoning.figures import figures, so_far
from linewright.server.book.reckoning.plain import NS_PER_S, ms
from linewright.server.book.reckoning.sums import hours_at
from linewright.server.book.reckoning.windows import period_of
from linewright.server.known import Moment
from linewright.server.views.house import (
    ClockView,
    LinksView,
    LinkView,
    ServiceView,
    SiteNowView,
    SitesView,
)

__all__ = ["clock_view", "links_view", "service_views", "sites_view"]


def sites_view(kept: Kept, moment: Moment, services: Iterable[str]) -> SitesView:
    """Return every site at a glance, the plant clock, and which services of this one run.

    Parameters
    ----------
    kept, moment
        The book, and now.
    services
        Names of the services that should run.

    Notes
    -----
    Figures are those of the production day so far. Of a sister site without a link only what the
    plant file says is told; sites of other servers are added by `peers`.
    """
    stop = kept.known.stop
    return SitesView(
        clock=clock_view(moment),
        sites={
            name: _here(kept, moment, site) if name == moment.site else _planned(site)
            for name, site in moment.plant.sites.items()
        },
        services=service_views(kept, moment, services),
        actions_stopped=stop.stopped,
        actions_stopped_by=stop.by if stop.stopped else "",
    )


def _planned(site: Site) -> SiteNowView:
    """Return what the plant file says of a site."""
    at = site.location
    return SiteNowView(
        label=dict(site.label),
        timezone=site.timezone,
        link="none",
        latitude=at.latitude if at else None,
        longitude=at.longitude if at else None,
        country=(at.country if at else None) or "",
        region=(at.region if at else None) or "",
    )


def _here(kept: Kept, moment: Moment, site: Site) -> SiteNowView:
    if not moment.t_ns:  # the clock of a play was not heard yet: there is no day to count
        stations = len(kept.plan.stations)
        return SiteNowView(
            label=dict(site.label),
            timezone=site.timezone,
            link="here",
            unknown=stations,
            stations=stations,
        )
    place = Address(moment.site)
    if not moment.t_ns:  # an emulated plant has not begun: there is no day yet
        count = len(kept.plan.stations)
        return msgspec.structs.replace(
            _planned(site), link="here", plant_rev=moment.rev, simulated=moment.emulated,
            stations=count, unknown=count,
        )  # fmt: skip
    day = period_of("day", moment)
    found = figures(kept, moment, place, so_far(kept, moment, place, day))
    due = [hours_at(kept, moment, str(line), day).due for line in kept.plan.lines]
    targets = [each.target_oee for each in kept.plan.lines.values() if each.target_oee]
    _, shift = period_now(moment, kept)
    now = [each for line in kept.known.lines.values() for each in line.stations]
    seen_ns = max((each.seen_ns for each in now), default=0)
    states = [each.state for each in now]
    stations = len(kept.plan.stations)
    return msgspec.structs.replace(
        _planned(site),
        link="here",
        plant_rev=moment.rev,
        simulated=moment.emulated,
        age_s=max(0.0, (moment.wall_ns - seen_ns) / NS_PER_S) if seen_ns else None,
        oee=found.oee,
        oee_target=sum(targets) / len(targets) if targets else None,
        good=found.made.good,
        target=sum(each for each in due if each is not None) if any(due) else None,
        open_calls=len(calls_at(kept, moment)),
        alarms=active_at(kept, moment, place),
        stopped=states.count(StationState.DOWN),
        unknown=stations - len(states) + states.count(StationState.UNKNOWN),
        stations=stations,
        shift="" if shift is None else shift.shift,
    )


def links_view(kept: Kept, moment: Moment) -> LinksView:
    """Return how each source is reached, by its name.

    Parameters
    ----------
    kept
        For the reports of `connect`.
    moment
        A report that is too old says nothing of now.
    """
    links = sorted(kept.known.links.items())
    return LinksView(links={name: _link(link, moment) for name, link in links})


def clock_view(moment: Moment) -> ClockView:
    """Return plant time and how fast it goes."""
    return ClockView(
        t_ms=ms(moment.t_ns) if moment.t_ns else None,
        wall_ms=ms(moment.wall_ns),
        speed=moment.speed,
        simulated=moment.emulated,
    )


def service_views(kept: Kept, moment: Moment, services: Iterable[str]) -> Mapping[str, ServiceView]:
    """Return which services of the site run."""
    found = {}
    for name in services:
        alive = kept.known.alive.get(name)
        up = kept.known.is_up(name, moment.mono_s)
        found[name] = ServiceView(up=up, since_ms=None if alive is None else ms(alive.since_ns))
    return found


def _link(link: Mapping[str, Any], moment: Moment) -> LinkView:
    def at(name: str) -> int | None:
        found = link.get(name)
        return None if found is None else ms(int(found))

    offset_ns = link.get("offset_ns")
    return LinkView(
        address=str(link.get("address", "")),
        protocol=str(link.get("protocol", "")),
        endpoint=str(link.get("endpoint", "")),
        state=link_state(link, moment.wall_ns),
        since_ms=at("since_ns") or 0,
        why=str(link.get("why", "")),
        next_step=str(link.get("next_step", "")),
        heard_ms=at("heard_ns"),
        points=int(link.get("points", 0)),
        missing=tuple(link.get("missing", ())),
        offset_s=None if offset_ns is None else offset_ns / NS_PER_S,
        limits=dict(link.get("limits", {})),
        security=str(link.get("security", "")),
        certificate=str(link.get("certificate", "")),
        trusted=str(link.get("trusted", "")),
        trusted_by=str(link.get("trusted_by", "")),
    )
