"""Signing in at an OpenID provider that is really asked, and each way in which it must fail."""

import asyncio
import hmac
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from linewright.plant.records import Role
from linewright.server.signing import SigningRefused
from linewright.server.signing.front import Front
from linewright.server.signing.oidc.claims import Claims
from linewright.server.signing.oidc.provider import KEYS_EACH_S, LIFE_S, Provider
from linewright.server.signing.settings import OidcSettings
from tests.server.signing.conftest import Time, ask, with_cookie
from tests.server.signing.oidc.provider_server import CLIENT, SECRET
from tests.server.signing.oidc.provider_server import Provider as Server

BACK = "https://reno.local/api/oidc/back"
GROUPS = {"leads": {"reno": Role.SUPERVISOR}, "it": {"*": Role.ADMIN}}


@pytest.fixture
def server() -> Iterator[Server]:
    """Run a provider."""
    found = Server()
    found.claims = {"preferred_username": "maria", "name": "Maria", "groups": ["leads"]}
    yield found
    found.close()


@pytest.fixture
def ours(server: Server, clock: Time) -> Provider:
    """Return our side of it."""
    settings = OidcSettings(issuer=server.issuer, client=CLIENT, roles=GROUPS)
    return Provider(settings, SECRET, lambda: clock.s)


def through(ours: Provider, server: Server, **changed: str) -> Claims:
    """Go the whole way; what the browser brings back may be changed."""

    async def way() -> Claims:
        begun = await ours.begin(BACK)
        back = {**server.consent(begun.url), "browser": begun.browser, **changed}
        return await ours.end(**back)

    return asyncio.run(way())


def refusal(ours: Provider, server: Server, **changed: str) -> SigningRefused:
    """Return the refusal in which the way ends."""
    with pytest.raises(SigningRefused) as caught:
        through(ours, server, **changed)
    return caught.value


def test_a_person_comes_through(ours: Provider, server: Server) -> None:
    """Code, PKCE, secret, state and nonce hold: name and roles are those of the token."""
    found = through(ours, server, issuer=server.issuer)
    assert (found.login, found.name, found.roles) == ("maria", "Maria", GROUPS["leads"])
    assert "subject-17" not in found.subject
    assert through(ours, server).subject == found.subject
    assert server.asked.count("/realm/.well-known/openid-configuration") == 1
    assert server.asked.count("/realm/keys") == 1


def test_what_the_provider_is_asked(ours: Provider) -> None:
    """The address has what the flow needs, none of it a secret, each time other values."""
    one, two = (dict(parse_qsl(urlsplit(_begun(ours)).query)) for _ in range(2))
    assert one["code_challenge_method"] == "S256"
    assert one["redirect_uri"] == BACK
    assert one["scope"].split()[0] == "openid"
    for name in ("state", "nonce", "code_challenge"):
        assert len(one[name]) == 43
        assert one[name] != two[name]
    assert SECRET not in one.values()


def _begun(ours: Provider) -> str:
    return asyncio.run(ours.begin(BACK)).url


def test_another_browser_or_state(ours: Provider, server: Server) -> None:
    """A state that was not begun here, or by this browser, ends nowhere: no login is planted."""
    for changed in ({"state": "A" * 43}, {"browser": "B" * 43}, {"browser": ""}):
        found = refusal(ours, server, **changed)
        assert (found.status, "not begun here" in found.what) == (401, True)
    assert "another provider" in refusal(ours, server, issuer="https://evil.example").what


def test_one_use_and_a_time(ours: Provider, server: Server, clock: Time) -> None:
    """The same way back works once, and not after ten minutes."""

    async def twice() -> None:
        begun = await ours.begin(BACK)
        back = {**server.consent(begun.url), "browser": begun.browser}
        await ours.end(**back)
        with pytest.raises(SigningRefused, match="used before"):
            await ours.end(**back)
        late = await ours.begin(BACK)
        clock.s += LIFE_S
        with pytest.raises(SigningRefused, match="took too long"):
            await ours.end(**server.consent(late.url), browser=late.browser)

    asyncio.run(twice())
    assert "refuses the code (400)" in refusal(ours, server, code="code-of-somebody").what


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ({"nonce": "of another sign-in"}, "another sign-in"),
        ({"nonce": None}, "nonce"),
        ({"aud": "somebody-else"}, "Audience"),
        ({"aud": [CLIENT, "other"], "azp": "other"}, "another client"),
        ({"iss": "https://evil.example"}, "issuer"),
        ({"exp": int(time.time()) - 3600}, "expired"),
        ({"iat": int(time.time()) + 3600}, "not yet valid"),
        ({"exp": None}, "exp"),
        ({"sub": None}, "sub"),
    ],
)
def test_tokens_that_do_not_hold(
    ours: Provider, server: Server, payload: dict[str, Any], said: str
) -> None:
    """A token for others, of others, out of its time, or for another sign-in is refused."""
    server.twists["payload"] = payload
    found = refusal(ours, server)
    assert found.status == 401
    assert said.lower() in found.what.lower()


def test_a_signature_of_somebody_else(ours: Provider, server: Server) -> None:
    """Another key under the same id, no signature, and our public key as a secret are refused."""
    server.twists["key"] = rsa.generate_private_key(65537, 2048)
    assert "Signature" in refusal(ours, server).what
    server.twists = {"key": None, "algorithm": "none"}
    assert refusal(ours, server).status == 401
    public = server.keys["k1"].public_key()
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    pem = public.public_bytes(encoding, form)
    forged = jwt.encode({"sub": "1"}, b"x" * 32, "HS256", headers={"kid": "k1"})
    head = forged.rpartition(".")[0]
    mac = hmac.digest(pem, head.encode(), "sha256")
    import base64  # noqa: PLC0415  # only here

    mark = base64.urlsafe_b64encode(mac).decode().rstrip("=")
    server.twists = {"raw": f'{{"id_token": "{head}.{mark}"}}'.encode()}
    assert refusal(ours, server).status == 401


def test_keys_that_change(ours: Provider, server: Server, clock: Time) -> None:
    """A new key of the provider is asked for when a token names it, not at each token."""
    through(ours, server)
    server.keys["k2"] = rsa.generate_private_key(65537, 2048)
    server.kid = "k2"
    assert "does not list" in refusal(ours, server).what
    clock.s += KEYS_EACH_S
    through(ours, server)
    assert server.asked.count("/realm/keys") == 2


@pytest.mark.parametrize(
    "twists",
    [
        {"discovery": {"issuer": "https://evil.example"}},
        {"discovery": {"token_endpoint": "http://192.0.2.1/token"}},
        {"discovery": {"jwks_uri": "file:///etc/passwd"}},
        {"discovery": {"authorization_endpoint": 7}},
        {"redirects": {"/realm/.well-known/openid-configuration": "http://127.0.0.1:1/x"}},
        {"raw": b"no json"},
        {"raw": b'{"access_token": "a"}'},
        {"raw": b'{"pad": "' + b"x" * 1_100_000 + b'"}'},
    ],
)
def test_a_provider_that_misbehaves(ours: Provider, server: Server, twists: dict[str, Any]) -> None:
    """Another issuer, an end without TLS, a redirect, no JSON, too much of it: 503, not a 500."""
    server.twists = twists
    found = refusal(ours, server)
    assert (found.status, "cannot be used" in found.what) == (503, True)


def test_a_provider_that_is_away(ours: Provider, server: Server) -> None:
    """A provider that does not answer is told as such, and the others sign in by password."""
    server.close()
    with pytest.raises(SigningRefused, match="does not answer"):
        asyncio.run(ours.begin(BACK))


def test_the_secret_of_our_client(server: Server, clock: Time) -> None:
    """With a wrong secret the provider refuses the code."""
    settings = OidcSettings(issuer=server.issuer, client=CLIENT, roles=GROUPS)
    assert refusal(Provider(settings, "wrong", lambda: clock.s), server).status == 401


def test_a_person_of_the_provider_in_our_house(
    ours: Provider, server: Server, front: Front, clock: Time
) -> None:
    """The first time makes a person, the next finds them; groups decide each time; none: out."""
    del clock
    opened = front.by_claims(through(ours, server), ask())
    assert opened.signed.roles == GROUPS["leads"]
    assert front.signed(with_cookie(front, opened)) is not None
    server.claims["groups"] = ["it", "others"]
    again = front.by_claims(through(ours, server), ask())
    assert (again.signed.person, again.signed.roles) == (opened.signed.person, GROUPS["it"])
    server.claims |= {"sub": "subject-18", "groups": ["leads"]}
    other = front.by_claims(through(ours, server), ask())
    assert other.signed.person != opened.signed.person
    named = front.people.named(other.signed.person)
    assert named is not None
    assert named.login.startswith("maria-")
    server.claims["groups"] = ["others"]
    with pytest.raises(SigningRefused, match="none of your groups"):
        front.by_claims(through(ours, server), ask())
