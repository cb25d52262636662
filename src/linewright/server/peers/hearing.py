"""What another server says of its site: asked with our token, and checked before it is believed."""

import zoneinfo
from functools import cache

import msgspec

from linewright.server.peers.asking import Ear
from linewright.server.peers.faults import PeerFault
from linewright.server.views.house import ClockView, SiteNowView, SitesView

__all__ = ["Heard", "hear"]

PATH = "/api/sites"

TEXT_CHARS_MAX = 200
"""Longest text of an answer that is shown."""

LABELS_MAX = 16
"""Most languages of a label."""

COUNT_MAX = 1_000_000_000
"""Largest number of pieces, stations or seconds that is believed."""

SHARE_MAX = 10.0
"""Largest OEE that is believed: a rate that is set too low gives more than 1."""

SPEED_MAX = 1e6
"""Fastest plant clock that is believed."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What a server said of its site."""

    site: str
    view: SiteNowView
    clock: ClockView
    """Of its plant: a simulated one goes faster."""


async def hear(ear: Ear, token: str) -> Heard:
    """Ask a server what it says of its own site.

    Parameters
    ----------
    ear
        Connection to it.
    token
        That it gave us.

    Raises
    ------
    PeerFault
        It was not heard, does not take the token, or says what cannot be.
    """
    answer = await ear.get(PATH, token=token)
    if answer.status in {401, 403}:
        raise PeerFault("token", f"it answered {answer.status}")
    if 300 <= answer.status < 400:  # noqa: PLR2004  # statuses that send elsewhere
        raise PeerFault("redirect", "it sends us elsewhere, where we do not go")
    is_json = answer.media.startswith("application/json")
    if answer.status != 200 or not is_json:  # noqa: PLR2004  # answered well
        what = f"it answered {answer.status} {answer.media}"
        raise PeerFault("slow" if answer.status in {429, 503} else "bad_answer", what)
    return heard_in(answer.body)


def heard_in(body: bytes) -> Heard:
    """Return what an answer says of the server's own site.

    Parameters
    ----------
    body
        JSON of `/api/sites`.

    Raises
    ------
    PeerFault
        It cannot be read, or says what cannot be.
    """
    try:
        view = msgspec.json.decode(body, type=SitesView)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise PeerFault("bad_answer", str(error)) from error
    own = [(name, site) for name, site in view.sites.items() if site.link == "here"]
    if len(own) != 1:
        raise PeerFault("bad_answer", f"it says that it serves {len(own)} sites")
    name, site = own[0]
    is_name = name.replace("-", "").replace("_", "").isalnum() and len(name) <= TEXT_CHARS_MAX
    is_sane = 0 <= view.clock.speed <= SPEED_MAX
    if not is_name or not is_sane or not _is_plausible(site):
        raise PeerFault("bad_answer", "it says what cannot be")
    return Heard(site=name, view=site, clock=view.clock)


def _is_plausible(site: SiteNowView) -> bool:
    texts = (site.timezone, site.shift, site.plant_rev, site.country, site.region)
    labels = {**site.label}
    shares = (site.oee, site.oee_target)
    counts = (
        site.age_s, site.good, site.target, site.open_calls, site.alarms, site.stopped,
        site.unknown, site.stations,
    )  # fmt: skip
    place = (site.latitude, site.longitude)
    return (
        site.timezone in _zones()
        and len(labels) <= LABELS_MAX
        and all(_is_short(text) for text in (*texts, *labels, *labels.values()))
        and all(each is None or 0 <= each <= SHARE_MAX for each in shares)
        and all(each is None or 0 <= each <= COUNT_MAX for each in counts)
        and all(each is None or -180 <= each <= 180 for each in place)  # noqa: PLR2004  # degrees
    )


def _is_short(text: str) -> bool:
    return len(text) <= TEXT_CHARS_MAX and (text.isprintable() or not text)


@cache
def _zones() -> frozenset[str]:
    """Return the names of time zones: a browser stumbles over others."""
    return frozenset(zoneinfo.available_timezones())
