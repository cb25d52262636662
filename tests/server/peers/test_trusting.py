"""What a person may give for another server, and what is taken for it."""

import pytest

from linewright.server.peers.trusting import Wanted
from linewright.server.signing import SigningRefused
from tests.server.peers.elsewhere import TOKEN

PAIRS = ":".join(["3A"] * 32)


@pytest.mark.parametrize(
    "url",
    [
        "", "reno.local", "ftp://reno.local", "http://reno.local:8000", "http://192.0.2.1",
        "https://reno.local/path", "https://ana:pw@reno.local", "https://reno.local?x=1",
        "https://reno.local:99999", "https://reno.local#a", "https://re no", "https://\nreno",
        "https://127.0.0.1@evil.example", "http://127.0.0.1.evil.example",
    ],
)  # fmt: skip
def test_addresses_that_are_none(url: str) -> None:
    """Only scheme, host and port; without TLS only this machine."""
    with pytest.raises(SigningRefused) as caught:
        Wanted(url=url, token=TOKEN).checked()
    assert (caught.value.status, caught.value.where) == (422, "url")


@pytest.mark.parametrize(
    ("url", "spelled"),
    [
        ("https://Reno.Local:8443/", "https://reno.local:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost:1", "http://localhost:1"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_addresses_have_one_spelling(url: str, spelled: str) -> None:
    """What is kept is what pages link to."""
    assert Wanted(url=url, token=TOKEN).checked().url == spelled


@pytest.mark.parametrize("token", ["", "a b", "a\r\nx: y", "x" * 500])
def test_tokens_that_are_none(token: str) -> None:
    """A token goes into a header: nothing that could end it is taken."""
    with pytest.raises(SigningRefused) as caught:
        Wanted(url="https://reno.local", token=token).checked()
    assert caught.value.where == "token"


@pytest.mark.parametrize("given", [PAIRS, PAIRS.lower(), f"sha256 {PAIRS}", "3a" * 32])
def test_fingerprints_as_they_are_printed(given: str) -> None:
    """Pairs, capitals and spaces do not count."""
    found = Wanted(url="https://reno.local", token=TOKEN, fingerprint=given).checked()
    assert found.fingerprint == "3a" * 32


def test_a_fingerprint_that_is_none() -> None:
    """Half a fingerprint proves nothing."""
    with pytest.raises(SigningRefused):
        Wanted(url="https://reno.local", token=TOKEN, fingerprint=PAIRS[:40]).checked()
