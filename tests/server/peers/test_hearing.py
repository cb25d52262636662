"""What another server says is checked before it is believed."""

import asyncio

import msgspec
import pytest

from linewright.server.peers.asking import Ear
from linewright.server.peers.faults import PeerFault
from linewright.server.peers.hearing import hear, heard_in
from linewright.server.views.house import ClockView, SitesView
from tests.server.peers.elsewhere import answer, elsewhere, site_now, sites_json


def test_its_own_site_is_taken_and_no_other() -> None:
    """Of an answer only the site that the server itself serves is taken."""
    sites = {"reno": site_now(), "nogales": site_now(link="none"), "ulm": site_now(link="fresh")}
    view = SitesView(clock=ClockView(wall_ms=1), sites=sites)
    found = heard_in(msgspec.json.encode(view))
    assert (found.site, found.view) == ("reno", sites["reno"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff{",
        b"[" * 100_000,
        b'{"clock":{"wall_ms":1},"sites":{}}',
        sites_json("../x"),
        sites_json(timezone="Nowhere/Land"),
        sites_json(oee=1e9),
        sites_json(age_s=-1.0),
        sites_json(open_calls=10**12),
        sites_json(latitude=900.0),
        sites_json(shift="day\x1b[2J"),
        sites_json(label={"en": "x" * 1000}),
        sites_json(link="fresh"),
        sites_json().replace(b'"wall_ms":7', b'"wall_ms":7,"speed":-1'),
        sites_json().replace(b"0.5", b'"much"'),
    ],
)
def test_what_cannot_be_is_refused(body: bytes) -> None:
    """Anything that a page could stumble over is a bad answer, never shown."""
    with pytest.raises(PeerFault, match="bad_answer"):
        heard_in(body)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (answer(b"{}", "401 Unauthorized"), "token"),
        (answer(b"{}", "403 Forbidden"), "token"),
        (answer(b"", "302 Found\r\nlocation: http://127.0.0.1:1/"), "redirect"),
        (answer(b"{}", "500 No"), "bad_answer"),
        (answer(b"{}", "429 Too Many Requests"), "slow"),
        (answer(b"<html>", media="text/html"), "bad_answer"),
    ],
)
def test_an_answer_that_is_none(said: bytes, why: str) -> None:
    """Each status has its word; a redirect is not followed."""

    async def scene() -> int:
        async with elsewhere(lambda _: said) as there:
            ear = Ear(there.url, None)
            try:
                with pytest.raises(PeerFault) as caught:
                    await hear(ear, "lwt_a")
            finally:
                await ear.close()
            assert caught.value.why == why
            return len(there.asked)

    assert asyncio.run(scene()) == 1
