"""Signing in and out: what a browser learns of itself."""

from typing import TYPE_CHECKING

from linewright.server.desk import Refusal
from linewright.server.signing.front import Opened, Signed
from linewright.server.signing.guard import Ask, cookie_of, ended_cookie, set_cookie
from linewright.server.signing.keeping.people import Named
from linewright.server.signing.roles import PERMISSIONS
from linewright.server.views.house import SessionView
from linewright.server.web.asked import Asked, Said

if TYPE_CHECKING:
    from linewright.server.signing.oidc.provider import Provider

__all__ = [
    "authority",
    "come_back",
    "first",
    "go_to_provider",
    "key",
    "link",
    "now",
    "password",
    "sign_in",
    "sign_out",
]

BACK = "/api/oidc/back"
"""Where the OpenID provider sends the browser back to; registered there."""

WAITING = "linewright-oidc"
"""Cookie of a sign-in at the provider that is under way."""

WAITS_S = 600.0
"""How long it may take."""


def now(asked: Asked) -> SessionView:
    """Return who is signed in."""
    return _view(asked, asked.signed)


async def sign_in(asked: Asked) -> Said:
    """Begin a session with name and password."""
    body = asked.body
    return _opened(asked, await asked.site.front.sign_in(body.person, body.password, asked.request))


async def first(asked: Asked) -> Said:
    """Make the first admin, and begin a session."""
    body = asked.body
    named = Named(login=body.person, name=body.name)
    front = asked.site.front
    return _opened(asked, await front.first(body.token, named, body.password, asked.request))


async def link(asked: Asked) -> Said:
    """Choose a password by a one-time link, and begin a session."""
    body = asked.body
    front = asked.site.front
    return _opened(asked, await front.use_link(body.token, body.password, asked.request))


def key(asked: Asked) -> Said:
    """Exchange the local key for a session."""
    return _opened(asked, asked.site.front.exchange(asked.body.key, asked.request))


async def password(asked: Asked) -> Said:
    """Change the own password."""
    body, ask = asked.body, asked.request
    opened = await asked.site.front.change_password(asked.who, body.old, body.new, ask)
    return _opened(asked, opened)


async def go_to_provider(asked: Asked) -> Said:
    """Send the browser to the OpenID provider."""
    provider, ask = _provider(asked), asked.request
    begun = await provider.begin(f"{ask.origin}{BACK}")
    return _sent_to(begun.url, _waiting(begun.browser, ask, life_s=WAITS_S))


async def come_back(asked: Asked) -> Said:
    """Begin a session for whom the OpenID provider vouches for, and open the page."""
    provider, ask, query = _provider(asked), asked.request, asked.query
    if query["error"] or not query["code"]:
        what = f"the provider says no: {query['error'][:100] or 'no code'}"
        raise Refusal(401, what, asked.where, "try again, or ask an admin of the provider")
    claims = await provider.end(
        state=query["state"],
        code=query["code"],
        browser=cookie_of(ask, WAITING),
        issuer=query["iss"],
    )
    opened = asked.site.front.by_claims(claims, ask)
    return _sent_to("/", _cookie(asked, opened), _waiting("", ask, life_s=0))


def authority(asked: Asked) -> Said:
    """Return the certificate that devices trust."""
    path = asked.site.authority
    if path is None:
        what = "the page has no certificate of our own"
        raise Refusal(404, what, asked.where, "docs/signing.md tells when there is one")
    return Said(body=path.read_bytes(), media="application/x-x509-ca-cert")


def _provider(asked: Asked) -> "Provider":
    if asked.site.provider is None:
        to_do = "sign in with name and password; docs/signing.md tells how one is set"
        raise Refusal(404, "there is no OpenID provider", asked.where, to_do)
    return asked.site.provider


def _sent_to(url: str, *cookies: str) -> Said:
    return Said(
        body=b"", status=303, headers={"location": url}, cookies=cookies, media="text/plain"
    )


def _waiting(value: str, ask: Ask, *, life_s: float) -> str:
    """Return the cookie that binds a sign-in to this browser; the way back is cross-site."""
    secure = "; Secure" if ask.is_tls else ""
    return f"{WAITING}={value}; Path={BACK}; HttpOnly; SameSite=Lax; Max-Age={life_s:.0f}{secure}"


def sign_out(asked: Asked) -> Said:
    """End the session."""
    front, ask = asked.site.front, asked.request
    if asked.signed is not None:
        front.sign_out(asked.signed)
    return Said(
        body=_view(asked, None), cookies=(ended_cookie(front.cookie(ask), is_tls=ask.is_tls),)
    )


def _opened(asked: Asked, opened: Opened) -> Said:
    return Said(body=_view(asked, opened.signed), cookies=(_cookie(asked, opened),))


def _cookie(asked: Asked, opened: Opened) -> str:
    front, ask = asked.site.front, asked.request
    name, life_s = front.cookie(ask), front.sessions.longest_s
    return set_cookie(name, opened.token, is_tls=ask.is_tls, life_s=life_s)


def _view(asked: Asked, signed: Signed | None) -> SessionView:
    front, site = asked.site.front, asked.site.name
    settings = asked.site.provider.settings if asked.site.provider else None
    oidc = settings.label if settings else ""
    if signed is None:
        return SessionView(first_run=front.people.is_empty, oidc=oidc)
    named = front.people.named(signed.person)
    person = front.people.get(signed.person)
    return SessionView(
        person=signed.person,
        name=named.name if named else signed.person,
        roles={place: role.value for place, role in signed.roles.items()},
        may=tuple(word for word in PERMISSIONS if signed.may(word, site)),
        language=person.language if person else "",
        locale=person.locale if person else "",
        units=person.units if person else "",
        time_zone=person.time_zone if person else "",
        csrf=signed.csrf,
        first_run=front.people.is_empty,
        oidc=oidc,
    )
