"""One OpenID provider: found by discovery, asked with a code and PKCE, its tokens checked.

PyJWT checks signatures and claims; it is loaded only where a provider is set. Everything that the
provider answers is bounded in size and time, and goes over TLS, a provider on this machine aside.
"""

import asyncio
import base64
import hashlib
import http.client
import urllib.error
import urllib.request
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import msgspec

from linewright.server.signing.faults import SigningRefused
from linewright.server.signing.guard import is_loopback
from linewright.server.signing.keeping.tokens import new_token, same, sha256_of
from linewright.server.signing.oidc.claims import Claims, claims_of
from linewright.server.signing.settings import OidcSettings

__all__ = ["Begun", "Provider"]

LIFE_S = 600.0
"""How long a person may take at the provider."""

BEGUN_MAX = 1_000
"""Most sign-ins that are under way; the oldest is forgotten."""

ANSWER_S = 5.0
"""How long the provider may take for one answer."""

ANSWER_BYTES_MAX = 1_000_000
"""Largest answer: key sets and tokens are some kB."""

KEYS_EACH_S = 60.0
"""How often keys are asked for anew because a token names one that is not known."""

FOUND_EACH_S = 24 * 3600.0
"""How often the provider is discovered anew."""

LEEWAY_S = 60
"""How far the provider's clock may be from ours."""

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""Signatures by a key of the provider alone; never `none`, never a shared secret."""

WHERE = "OpenID"


_PARTS = (
    urllib.request.ProxyHandler,
    urllib.request.HTTPHandler,
    urllib.request.HTTPSHandler,
    urllib.request.HTTPDefaultErrorHandler,
    urllib.request.HTTPErrorProcessor,
)
"""What asks the provider: follows nobody elsewhere, so that a secret stays where it belongs."""


class Begun(NamedTuple):
    """A sign-in under way: where the browser goes, and the cookie that binds it to this browser."""

    url: str
    browser: str


class _Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a sign-in under way."""

    browser: str
    """Hash of what the browser brings back in a cookie."""
    verifier: str
    nonce: str
    back: str
    until_s: float


class _Found(msgspec.Struct, frozen=True, kw_only=True):
    """What discovery tells of a provider."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str


class Provider:
    """Sign-in at one provider.

    Parameters
    ----------
    settings
        Of the provider.
    secret
        Of our client there; empty: a public client, for which PKCE stands alone.
    mono_s
        Steady clock.
    """

    def __init__(self, settings: OidcSettings, secret: str, mono_s: Callable[[], float]) -> None:
        self.settings = settings
        self._secret = secret
        self._mono_s = mono_s
        self._waiting: OrderedDict[str, _Waiting] = OrderedDict()
        self._found: tuple[float, _Found] | None = None
        self._keys: tuple[float, dict[str, Any]] | None = None

    async def begin(self, back: str) -> Begun:
        """Return where the browser goes to sign in, and what it keeps in a cookie meanwhile.

        Parameters
        ----------
        back
            Our own address to which the provider sends it back; registered there.

        Raises
        ------
        SigningRefused
            503: the provider does not answer as it should.
        """
        found = await self._discovered()
        state, browser, verifier, nonce = (new_token() for _ in range(4))
        now_s = self._mono_s()
        self._forget(now_s)
        self._waiting[sha256_of(state)] = _Waiting(
            browser=sha256_of(browser),
            verifier=verifier,
            nonce=nonce,
            back=back,
            until_s=now_s + LIFE_S,
        )
        asked = {
            "response_type": "code",
            "client_id": self.settings.client,
            "redirect_uri": back,
            "scope": " ".join(self.settings.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        joined = "&" if urlsplit(found.authorization_endpoint).query else "?"
        return Begun(f"{found.authorization_endpoint}{joined}{urlencode(asked)}", browser)

    async def end(self, *, state: str, code: str, browser: str, issuer: str = "") -> Claims:
        """Return whom the provider vouches for, once the browser is back.

        Parameters
        ----------
        state, code
            As the provider gave them to the browser.
        browser
            From the cookie.
        issuer
            `iss` of the answer, where the provider gives one (RFC 9207).

        Raises
        ------
        SigningRefused
            401: it was not begun here by this browser, took too long, was used before, or what
            the provider says does not hold. 503: the provider does not answer as it should.
        """
        now_s = self._mono_s()
        self._forget(now_s)
        waiting = self._waiting.pop(sha256_of(state), None)  # one use, whatever comes of it
        if waiting is None or not same(waiting.browser, sha256_of(browser)):
            raise _not_held("this sign-in was not begun here, took too long or was used before")
        if issuer and issuer != self.settings.issuer:
            raise _not_held("the answer is of another provider")
        found = await self._discovered()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": waiting.back,
            "client_id": self.settings.client,
            "code_verifier": waiting.verifier,
        }
        data = await self._asked(found.token_endpoint, form)
        token: str = _decoded(data, _Tokens).id_token
        payload = await self._payload(token, found)
        if not same(str(payload.get("nonce", "")), waiting.nonce):
            raise _not_held("the token is for another sign-in")
        return claims_of(payload, self.settings)

    async def _payload(self, token: str, found: _Found) -> dict[str, Any]:
        """Return what a token says, once its signature, issuer, audience and times are checked."""
        import jwt  # noqa: PLC0415  # an extra: only where a provider is set

        try:
            header = jwt.get_unverified_header(token)
            key = await self._key(str(header.get("kid", "")), found)
            payload: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                audience=self.settings.client,
                issuer=self.settings.issuer,
                leeway=LEEWAY_S,
                options={"require": ["iss", "sub", "aud", "exp", "iat", "nonce"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise _not_held(f"the token does not hold: {error}") from error
        given = payload.get("azp")
        if given is not None and given != self.settings.client:
            raise _not_held("the token is for another client")
        return payload

    async def _key(self, kid: str, found: _Found) -> Any:  # noqa: ANN401  # of PyJWT
        """Return the provider's key of an id; asked for anew where it is not known."""
        for is_last in (False, True):
            at_s, keys = self._keys or (-KEYS_EACH_S, {})
            if kid in keys or (not kid and len(keys) == 1):
                return keys[kid] if kid in keys else next(iter(keys.values()))
            if is_last or self._mono_s() - at_s < KEYS_EACH_S:
                break
            self._keys = (self._mono_s(), await self._key_set(found))
        raise _not_held("the token is signed with a key that the provider does not list")

    async def _key_set(self, found: _Found) -> dict[str, Any]:
        import jwt  # noqa: PLC0415  # an extra: only where a provider is set

        listed = _decoded(await self._asked(found.jwks_uri), dict[str, Any])
        try:
            keys = jwt.PyJWKSet.from_dict(listed).keys
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
            raise _away(f"its keys cannot be read: {error}") from error
        return {str(key.key_id or ""): key for key in keys}

    async def _discovered(self) -> _Found:
        """Return where the provider's ends are, asked of itself."""
        now_s = self._mono_s()
        if self._found is not None and now_s - self._found[0] < FOUND_EACH_S:
            return self._found[1]
        url = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        found: _Found = _decoded(await self._asked(url), _Found)
        if found.issuer != self.settings.issuer:
            raise _away(f"it calls itself {found.issuer[:200]}")
        self._found = (now_s, found)
        return found

    async def _asked(self, url: str, form: dict[str, str] | None = None) -> bytes:
        _must_be_private(url)
        headers = {"accept": "application/json"}
        if form is not None and self._secret:
            given = f"{self.settings.client}:{self._secret}".encode()
            headers["authorization"] = f"Basic {base64.b64encode(given).decode()}"
        data = None if form is None else urlencode(form).encode()
        request = urllib.request.Request(url, data, headers)  # noqa: S310  # https, checked above
        return await asyncio.to_thread(_answer, request)

    def _forget(self, now_s: float) -> None:
        over = [state for state, each in self._waiting.items() if each.until_s <= now_s]
        for state in over:
            del self._waiting[state]
        while len(self._waiting) >= BEGUN_MAX:
            self._waiting.popitem(last=False)


def _answer(request: urllib.request.Request) -> bytes:
    opener = urllib.request.OpenerDirector()
    for part in _PARTS:
        opener.add_handler(part())
    try:
        with opener.open(request, timeout=ANSWER_S) as response:
            data: bytes = response.read(ANSWER_BYTES_MAX + 1)
    except urllib.error.HTTPError as error:
        with error:
            is_refusal = error.code in {400, 401, 403}
            if request.data is not None and is_refusal:
                raise _not_held(f"the provider refuses the code ({error.code})") from error
            raise _away(f"it answers with {error.code}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _away(f"it does not answer: {error}") from error
    if len(data) > ANSWER_BYTES_MAX:
        raise _away("its answer is too large")
    return data


def _decoded(data: bytes, kind: type[Any]) -> Any:  # noqa: ANN401  # of the type that is asked for
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise _away(f"its answer cannot be read: {str(error)[:200]}") from error


def _must_be_private(url: str) -> None:
    """Refuse an address without TLS, one on this machine aside."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_here = host == "localhost" or is_loopback(host)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
        raise _away(f"{url[:200]} is not https")


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def _not_held(what: str) -> SigningRefused:
    return SigningRefused(401, what, WHERE, "begin again from the sign-in page")


def _away(why: str) -> SigningRefused:
    what = f"the provider cannot be used: {why}"
    return SigningRefused(503, what, WHERE, "see `oidc` in signing.json, then try again")
