"""What a request shows of its origin: cookies, bearer keys, foreign pages, headers. All pure.

A browser sends our cookie with whatever a page makes it send. Three things keep foreign pages out,
each enough in a browser of today: the cookie is `SameSite=Strict`, a request that a foreign page
makes says so (`Sec-Fetch-Site`, `Origin`), and an unsafe method needs a token in a header that
only our own page can read.
"""

import ipaddress
from collections.abc import Mapping

import msgspec

from linewright.server.signing.faults import SigningRefused
from linewright.server.signing.keeping.tokens import csrf_of, same

__all__ = [
    "CSRF_HEADER",
    "Ask",
    "bearer_of",
    "cookie_name",
    "cookie_of",
    "ended_cookie",
    "is_loopback",
    "must_be_own",
    "must_have_csrf",
    "security_headers",
    "set_cookie",
]

CSRF_HEADER = "x-linewright-csrf"
"""Header with the CSRF token of the session, for every unsafe method."""

SAFE = frozenset(["GET", "HEAD", "OPTIONS"])
"""Methods that change nothing."""

COOKIES_CHARS_MAX = 8_192
"""Longest header of cookies that is read."""

HSTS_S = 180 * 86_400
"""How long a browser keeps to TLS, 180 days; only with a certificate that everybody trusts."""

CONTENT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "media-src": "'self' blob:",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
"""What a page of ours may load: from here, and nothing inline."""

DENIED = "accelerometer display-capture geolocation gyroscope magnetometer microphone midi payment"
DENIED += " serial usb"
"""What no page of ours asks a device for; the camera reads codes and shows defects."""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What of a request is looked at.

    Examples
    --------
    >>> Ask(method="GET", path="/api/line", host="127.0.0.1:8000", client="127.0.0.1").origin
    'http://127.0.0.1:8000'
    """

    method: str
    path: str
    host: str
    """The Host header, which was compared with the names of this machine before."""
    client: str
    """Network address of the peer."""
    headers: Mapping[str, str] = {}
    """By names in small letters."""
    is_tls: bool = False
    is_socket: bool = False
    """Whether it opens a WebSocket."""

    @property
    def origin(self) -> str:
        """The origin of our own pages, as this request reached us."""
        return f"{'https' if self.is_tls else 'http'}://{self.host}"

    @property
    def is_safe(self) -> bool:
        """Whether the method changes nothing; a WebSocket is looked at like one that does."""
        return self.method in SAFE and not self.is_socket


def is_loopback(client: str) -> bool:
    """Tell whether a peer is on this machine.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("192.0.2.1"), is_loopback("")
    (True, True, False, False)
    """
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def cookie_name(mark: str, *, is_tls: bool) -> str:
    """Return the name of the session's cookie.

    Parameters
    ----------
    mark
        Tells the data folders of one machine apart: a browser sends cookies to every port.
    is_tls
        Whether the connection is encrypted: then the name keeps other hosts from setting it.

    Examples
    --------
    >>> cookie_name("ab12", is_tls=True)
    '__Host-linewright-ab12'
    """
    return f"{'__Host-' if is_tls else ''}linewright-{mark}"


def cookie_of(ask: Ask, name: str) -> str:
    """Return the value of a cookie; empty where there is none, or more than one of the name.

    Parameters
    ----------
    ask
        The request.
    name
        Of the cookie.

    Examples
    --------
    >>> ask = Ask(method="GET", path="/", host="h", client="", headers={"cookie": "a=1; b=2"})
    >>> cookie_of(ask, "b")
    '2'
    """
    text = ask.headers.get("cookie", "")
    if len(text) > COOKIES_CHARS_MAX:
        return ""
    pairs = (part.strip().partition("=") for part in text.split(";"))
    found = {value for key, _, value in pairs if key == name}
    return found.pop() if len(found) == 1 else ""


def set_cookie(name: str, value: str, *, is_tls: bool, life_s: float) -> str:
    """Return the header that sets a cookie of a session.

    Parameters
    ----------
    name, value
        Of the cookie.
    is_tls
        Whether the connection is encrypted.
    life_s
        How long the browser keeps it.

    Examples
    --------
    >>> set_cookie("s", "t", is_tls=False, life_s=60)
    's=t; Path=/; HttpOnly; SameSite=Strict; Max-Age=60'
    """
    secure = "; Secure" if is_tls else ""
    return f"{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={int(life_s)}{secure}"


def ended_cookie(name: str, *, is_tls: bool) -> str:
    """Return the header that makes a browser forget a cookie.

    Parameters
    ----------
    name
        Of the cookie.
    is_tls
        Whether the connection is encrypted.

    Examples
    --------
    >>> ended_cookie("s", is_tls=False)
    's=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0'
    """
    return set_cookie(name, "", is_tls=is_tls, life_s=0)


def bearer_of(ask: Ask) -> str:
    """Return the key of an `Authorization: Bearer` header; empty where there is none.

    Examples
    --------
    >>> headers = {"authorization": "Bearer abc"}
    >>> bearer_of(Ask(method="GET", path="/", host="h", client="", headers=headers))
    'abc'
    """
    scheme, _, given = ask.headers.get("authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


def must_be_own(ask: Ask, *, has_cookie: bool) -> None:
    """Refuse what a page of somebody else makes a browser send.

    Parameters
    ----------
    ask
        The request.
    has_cookie
        Whether a session's cookie came with it: then a browser sent it, and says from where.

    Raises
    ------
    SigningRefused
        It comes from a foreign page, or does not say from which.

    Examples
    --------
    >>> headers = {"origin": "http://elsewhere.example"}
    >>> ask = Ask(method="POST", path="/api/stop", host="h", client="", headers=headers)
    >>> must_be_own(ask, has_cookie=True)
    Traceback (most recent call last):
        ...
    linewright.server.signing.faults.SigningRefused: /api/stop: a page of another origin ...
    """
    site = ask.headers.get("sec-fetch-site", "")
    origin = ask.headers.get("origin", "")
    goes_there = ask.headers.get("sec-fetch-mode") == "navigate" and ask.method == "GET"
    is_foreign = site in {"cross-site", "same-site"} and not (goes_there and ask.is_safe)
    # A GET of ours may carry an origin as well: it must be ours then, too.
    is_foreign = is_foreign or (bool(origin) and not _is_same_origin(origin, ask))
    if is_foreign:
        _refuse_foreign(ask, "a page of another origin asks for this")
    says_nothing = not origin and site not in {"same-origin", "none"}
    if ask.is_socket:
        says_nothing = not origin  # browsers send it with every WebSocket
    if not ask.is_safe and has_cookie and says_nothing:
        _refuse_foreign(ask, "it does not say from which page it comes")


def must_have_csrf(ask: Ask, token: str) -> None:
    """Refuse an unsafe method without the CSRF token of the session.

    Parameters
    ----------
    ask
        The request.
    token
        Of the session.

    Raises
    ------
    SigningRefused
        The header is not there, or of another session.

    Examples
    --------
    >>> must_have_csrf(Ask(method="GET", path="/", host="h", client=""), "token")
    """
    given = ask.headers.get(CSRF_HEADER, "")
    if ask.is_safe or ask.is_socket or same(given, csrf_of(token)):
        return
    what = f"the header {CSRF_HEADER} is not that of this session"
    raise SigningRefused(403, what, ask.path, "load the page anew")


def security_headers(*, is_tls: bool, is_brought: bool) -> dict[str, str]:
    """Return the headers of every answer.

    Parameters
    ----------
    is_tls
        Whether the connection is encrypted.
    is_brought
        Whether by a certificate that was brought: only then is a browser told to keep to TLS.

    Examples
    --------
    >>> security_headers(is_tls=True, is_brought=False)["x-content-type-options"]
    'nosniff'
    """
    found = {
        "content-security-policy": "; ".join(f"{k} {v}" for k, v in CONTENT.items()),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": ", ".join(
            ["camera=(self)", *(f"{each}=()" for each in DENIED.split())]
        ),
    }
    if is_tls and is_brought:
        found["strict-transport-security"] = f"max-age={HSTS_S}"
    return found


def _is_same_origin(origin: str, ask: Ask) -> bool:
    """Compare without the port that a scheme has anyway, and without capitals."""
    default = ":443" if ask.is_tls else ":80"
    return origin.lower().removesuffix(default) == ask.origin.lower().removesuffix(default)


def _refuse_foreign(ask: Ask, what: str) -> None:
    raise SigningRefused(403, what, ask.path, "open the page at its own address and do it there")
