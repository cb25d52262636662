"""What a request shows of its origin: each case by hand."""

import pytest

from linewright.server.signing import Ask, SigningRefused, security_headers, set_cookie
from linewright.server.signing.guard import (
    bearer_of,
    cookie_name,
    cookie_of,
    ended_cookie,
    is_loopback,
    must_be_own,
    must_have_csrf,
)
from linewright.server.signing.keeping.tokens import csrf_of
from tests.server.signing.conftest import ask

OWN = "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": OWN},
        {"origin": OWN, "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
    ],
)
def test_our_own_page_may_post(headers: dict[str, str]) -> None:
    """Either header of a browser that says our own page is enough."""
    must_be_own(ask("POST", headers=headers), has_cookie=True)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8001"},
        {"origin": "https://127.0.0.1:8000"},
        {"origin": "http://127.0.0.1:8000.evil.example"},
        {"origin": OWN, "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
    ],
)
def test_a_foreign_page_may_not_post(headers: dict[str, str]) -> None:
    """A page of another origin, another port too, and one that says nothing are refused."""
    with pytest.raises(SigningRefused) as caught:
        must_be_own(ask("POST", headers=headers), has_cookie=True)
    assert caught.value.status == 403


def test_a_program_without_a_cookie_says_nothing() -> None:
    """The command line sends no origin; it has no cookie that could be abused."""
    must_be_own(ask("POST"), has_cookie=False)
    with pytest.raises(SigningRefused):
        must_be_own(ask("POST", headers={"origin": "http://evil.example"}), has_cookie=False)


def test_reading_from_a_foreign_page() -> None:
    """A foreign page may lead here, as a link does, and read nothing."""
    go = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    must_be_own(ask(headers=go), has_cookie=True)
    with pytest.raises(SigningRefused):
        must_be_own(ask(headers={"sec-fetch-site": "cross-site"}), has_cookie=True)


def test_a_socket_needs_its_origin() -> None:
    """A WebSocket with a cookie says our own origin, or is not opened."""
    must_be_own(ask(headers={"origin": OWN}, is_socket=True), has_cookie=True)
    for headers in ({}, {"origin": "http://evil.example"}, {"sec-fetch-site": "same-origin"}):
        with pytest.raises(SigningRefused):
            must_be_own(ask(headers=headers, is_socket=True), has_cookie=True)


def test_the_port_of_a_scheme_need_not_be_said() -> None:
    """`https://reno` and `reno:443` are the same origin."""
    asked = Ask(
        method="POST",
        path="/",
        host="reno:443",
        client="",
        headers={"origin": "https://Reno"},
        is_tls=True,
    )
    must_be_own(asked, has_cookie=True)


def test_csrf_is_bound_to_its_session() -> None:
    """Unsafe methods need the token of the very session; a safe one needs none."""
    must_have_csrf(ask("GET"), "token")
    must_have_csrf(ask("POST", headers={"x-linewright-csrf": csrf_of("token")}), "token")
    for given in ("", csrf_of("another"), "token", csrf_of("token").upper()):
        with pytest.raises(SigningRefused) as caught:
            must_have_csrf(ask("DELETE", headers={"x-linewright-csrf": given}), "token")
        assert caught.value.status == 403


def test_the_cookie() -> None:
    """The cookie is out of reach of scripts and other sites; under TLS of other hosts too."""
    assert cookie_name("m", is_tls=False) == "linewright-m"
    text = set_cookie(cookie_name("m", is_tls=True), "t", is_tls=True, life_s=60)
    parts = {part.strip() for part in text.split(";")}
    wanted = {"__Host-linewright-m=t", "Path=/", "HttpOnly", "SameSite=Strict", "Secure"}
    assert wanted <= parts
    assert "Domain" not in text
    assert "Max-Age=0" in ended_cookie("s", is_tls=True)


def test_two_cookies_of_one_name_are_none() -> None:
    """Whoever could plant a second cookie beside ours does not decide who is signed in."""
    assert cookie_of(ask(headers={"cookie": "s=a; t=b"}), "s") == "a"
    assert cookie_of(ask(headers={"cookie": "s=a; s=b"}), "s") == ""
    assert cookie_of(ask(headers={"cookie": "s=" + "a" * 10_000}), "s") == ""
    assert cookie_of(ask(), "s") == ""


def test_bearer_and_peers() -> None:
    """The key comes as a bearer; loopback is loopback in each spelling."""
    assert bearer_of(ask(headers={"authorization": "bearer  k "})) == "k"
    assert bearer_of(ask(headers={"authorization": "Basic k"})) == ""
    assert is_loopback("::ffff:127.0.0.1")
    assert is_loopback("127.8.8.8")
    assert not is_loopback("10.0.0.1")
    assert not is_loopback("localhost.evil.example")


def test_headers() -> None:
    """Nothing inline, nobody frames us, the camera for us alone; HSTS only where it is safe."""
    found = security_headers(is_tls=True, is_brought=True)
    policy = found["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert found["x-content-type-options"] == "nosniff"
    assert "camera=(self)" in found["permissions-policy"]
    assert "max-age=" in found["strict-transport-security"]
    for is_tls, is_brought in ((True, False), (False, False), (False, True)):
        found = security_headers(is_tls=is_tls, is_brought=is_brought)
        assert "strict-transport-security" not in found
