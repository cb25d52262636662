"""Sites, connections, services and people: what the house itself is doing."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from linewright.server.views.base import Labels, Ms, View

__all__ = [
    "ClockView",
    "LinkView",
    "LinksView",
    "OpenSessionView",
    "OpenSessionsView",
    "PeopleView",
    "PermissionView",
    "PersonView",
    "ServiceView",
    "SessionView",
    "SiteNowView",
    "SitesView",
]


class ClockView(View, frozen=True, kw_only=True):
    """Plant time and how fast it goes."""

    t_ms: Ms | None = None
    wall_ms: Ms
    speed: float = 1.0
    simulated: bool = False


class ServiceView(View, frozen=True, kw_only=True):
    """A process of the site."""

    up: bool
    since_ms: Ms | None = None


class SiteNowView(View, frozen=True, kw_only=True):
    """A site at a glance; of a site without a link only what the plant file says."""

    label: Labels
    timezone: str
    link: Annotated[
        str,
        Meta(description="here; fresh or offline; refused: it answers wrongly; none: not followed"),
    ]
    age_s: Annotated[float | None, Meta(description="age of its newest data")] = None
    told_by: Annotated[str, Meta(description="page of the server that told it; empty: ours")] = ""
    heard_ms: Annotated[Ms | None, Meta(description="when that server was last heard")] = None
    heard_s: Annotated[float | None, Meta(description="how long ago that is")] = None
    why: Annotated[
        str,
        Meta(
            description="why it is not heard: unreachable, slow, certificate, token, bad_answer, "
            "too_large, redirect or site"
        ),
    ] = ""
    t_ms: Annotated[Ms | None, Meta(description="plant time there, where it is heard")] = None
    simulated: bool = False
    plant_rev: Annotated[str, Meta(description="revision of the plant file in force there")] = ""
    latitude: float | None = None
    longitude: float | None = None
    country: str = ""
    region: str = ""
    oee: Annotated[float | None, Meta(description="of this production day so far")] = None
    oee_target: float | None = None
    good: int | None = None
    target: float | None = None
    open_calls: int = 0
    alarms: int = 0
    stopped: Annotated[int, Meta(description="stations that are down")] = 0
    unknown: Annotated[int, Meta(description="stations of which nothing is known")] = 0
    stations: int = 0
    shift: str = ""


class SitesView(View, frozen=True, kw_only=True):
    """Sites by name."""

    clock: ClockView
    sites: Mapping[str, SiteNowView] = {}
    services: Mapping[str, ServiceView] = {}
    actions_stopped: Annotated[bool, Meta(description="whether automatic actions are stopped")] = (
        False
    )
    actions_stopped_by: str = ""


class LinkView(View, frozen=True, kw_only=True):
    """How one source is reached."""

    address: str
    protocol: str
    endpoint: str
    state: Annotated[
        str, Meta(description="connecting, connected, lost, refused, untrusted, not told")
    ]
    since_ms: Ms
    why: str = ""
    next_step: Annotated[str, Meta(description="what a person can do about it")] = ""
    heard_ms: Ms | None = None
    points: int = 0
    missing: tuple[str, ...] = ()
    offset_s: Annotated[float | None, Meta(description="device's clock less plant time")] = None
    limits: Annotated[Mapping[str, int], Meta(description="bounds the device gave")] = {}
    security: str = ""
    certificate: Annotated[str, Meta(description="fingerprint of what the device shows")] = ""
    trusted: Annotated[str, Meta(description="fingerprint of what is taken")] = ""
    trusted_by: str = ""


class LinksView(View, frozen=True, kw_only=True):
    """Links by source."""

    links: Mapping[str, LinkView] = {}


class SessionView(View, frozen=True, kw_only=True):
    """Who is signed in here, and what that person may do."""

    person: Annotated[str, Meta(description="id; empty: nobody is signed in")] = ""
    name: str = ""
    roles: Annotated[Mapping[str, str], Meta(description="role by site; `*`: all")] = {}
    may: Annotated[tuple[str, ...], Meta(description="permissions at this site")] = ()
    language: str = ""
    locale: str = ""
    units: Annotated[str, Meta(description="si or us; empty: not chosen")] = ""
    time_zone: Annotated[str, Meta(description="IANA name; empty: that of the site")] = ""
    csrf: Annotated[str, Meta(description="goes into the header of each change")] = ""
    first_run: Annotated[
        bool, Meta(description="nobody is known yet: the first link is needed")
    ] = False
    oidc: Annotated[str, Meta(description="name of the sign-in service; empty: none")] = ""


class OpenSessionView(View, frozen=True, kw_only=True):
    """A session of a person."""

    via: Annotated[str, Meta(description="password, link, key or oidc")]
    made_ms: Ms
    used_ms: Ms
    client: Annotated[str, Meta(description="network address from which it began")] = ""
    agent: Annotated[str, Meta(description="browser and device, as they call themselves")] = ""
    here: Annotated[bool, Meta(description="whether it is the one that asks")] = False


class OpenSessionsView(View, frozen=True, kw_only=True):
    """Open sessions of a person by id."""

    sessions: Mapping[str, OpenSessionView] = {}


class PersonView(View, frozen=True, kw_only=True):
    """A person who may sign in."""

    name: str
    roles: Mapping[str, str] = {}
    disabled: bool = False
    language: str = ""
    seen_ms: Ms | None = None


class PeopleView(View, frozen=True, kw_only=True):
    """People by id."""

    people: Mapping[str, PersonView] = {}


class PermissionView(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the permission matrix."""

    method: str
    path: str
    permission: str
    roles: tuple[str, ...]
    scope: Annotated[str, Meta(description="word by which the token of a program may; or none")] = (
        ""
    )
