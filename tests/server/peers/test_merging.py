"""Sites of other servers beside our own: never fresh while nobody is heard."""

import msgspec

from linewright.server.peers import Peer, own_alone, with_peers
from linewright.server.peers.hearing import Heard
from linewright.server.peers.merging import OFFLINE_S, Followed
from linewright.server.views.house import ClockView, ServiceView, SiteNowView, SitesView
from tests.server.peers.elsewhere import TOKEN, site_now

PEER = Peer(id="s1", site="reno", url="https://reno.local", token=TOKEN, by="p", made_ms=0)
CLOCK = ClockView(t_ms=10_000, wall_ms=0, speed=2.0, simulated=True)
FOLLOWED = Followed(
    peer=PEER, heard=Heard(site="reno", view=site_now(), clock=CLOCK), at_ms=50, at_s=100.0
)
OURS = SitesView(
    clock=ClockView(wall_ms=0),
    sites={"nogales": site_now(), "reno": site_now(link="none", oee=None)},
    services={"live": ServiceView(up=True)},
    actions_stopped=True,
    actions_stopped_by="p7",
)


def told(followed: Followed, now_s: float) -> SiteNowView:
    """Return what is told of reno."""
    return with_peers(OURS, [followed], now_s=now_s).sites["reno"]


def test_what_was_just_heard_is_fresh_with_its_age() -> None:
    """The age of its data goes on from what it said, and its clock at its speed."""
    found = told(FOLLOWED, 101.0)
    assert (found.link, found.age_s, found.heard_s, found.t_ms) == ("fresh", 1.5, 1.0, 12_000)
    assert (found.told_by, found.heard_ms, found.simulated) == ("https://reno.local", 50, True)


def test_silence_makes_it_offline_whatever_was_seen_last() -> None:
    """After the bound it is offline, also where no question failed; its values stay."""
    found = told(FOLLOWED, 100.0 + OFFLINE_S)
    assert (found.link, found.oee, found.t_ms) == ("offline", 0.5, None)
    hung = msgspec.structs.replace(FOLLOWED, why="slow")
    assert told(hung, 101.0).link == "fresh"
    assert told(hung, 104.0).link == "offline"


def test_an_answer_that_cannot_be_used_is_refused_at_once() -> None:
    """A token that is not taken any more does not stay fresh for a moment."""
    found = told(msgspec.structs.replace(FOLLOWED, why="token"), 100.1)
    assert (found.link, found.why, found.oee) == ("refused", "token", 0.5)


def test_one_that_was_never_heard_has_the_words_of_the_plant_file() -> None:
    """Without an answer only its name and zone are told, as offline."""
    found = told(Followed(peer=PEER, why="unreachable"), 0.0)
    assert (found.link, found.label, found.oee) == ("offline", {"en": "Reno"}, None)
    stranger = msgspec.structs.replace(PEER, site="ulm")
    sites = with_peers(OURS, [Followed(peer=stranger)], now_s=0.0).sites
    assert sites["ulm"].timezone == "UTC"


def test_nobody_else_tells_of_our_own_site() -> None:
    """A peer of our own name changes nothing."""
    same = msgspec.structs.replace(FOLLOWED, peer=msgspec.structs.replace(PEER, site="nogales"))
    assert with_peers(OURS, [same], now_s=100.0) == OURS


def test_another_server_is_told_of_our_own_site_alone() -> None:
    """No sister, no services, no person, no peers."""
    found = own_alone(with_peers(OURS, [FOLLOWED], now_s=100.0))
    assert set(found.sites) == {"nogales"}
    assert (dict(found.services), found.actions_stopped_by) == ({}, "")
