"""The gate before the routes: headers, sizes, limits, and who makes a request. Plain ASGI.

A route finds who is signed in under `signed` in the state of its request and asks it for its
permission. Whatever stands under `/api/` and is not said to be open needs somebody signed in.
"""

import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

import msgspec

from linewright.server.signing.faults import SigningRefused
from linewright.server.signing.front import Front, Signed
from linewright.server.signing.guard import CSRF_HEADER, Ask, security_headers
from linewright.server.signing.limits import Buckets, place_of
from linewright.server.signing.tls.naming import is_named

__all__ = ["Gate", "ask_of", "refusal_json"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY_BYTES_MAX = 100_000
"""Largest body of a request; a route may want less."""

REQUESTS_PER_S = 50.0
REQUESTS = 400
"""Requests of one session, and of one place without: a page begins with some dozens."""

TOKEN_REQUESTS_PER_S = 10.0
TOKEN_REQUESTS = 100
"""Requests with one token: Grafana begins a dashboard with some dozens, others ask steadily."""

HEADERS_READ = frozenset(
    [
        "authorization",
        "cookie",
        "origin",
        "sec-fetch-mode",
        "sec-fetch-site",
        "user-agent",
        CSRF_HEADER,
    ]
)

_TOO_LARGE = SigningRefused(
    413, f"the body has more than {BODY_BYTES_MAX} bytes", "body", "send less"
)

POLICY = 1008
"""Code with which a WebSocket is closed that may not be opened."""


def ask_of(scope: Scope) -> Ask:
    """Return what of a request is looked at.

    Parameters
    ----------
    scope
        Of ASGI.

    Examples
    --------
    >>> ask_of({"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"h")]}).host
    'h'
    """
    named: dict[str, str] = {}
    host = ""
    for raw_name, raw_value in scope.get("headers", ()):
        name = raw_name.decode("latin-1").lower()
        if name == "host":
            host = raw_value.decode("latin-1")
        elif name in HEADERS_READ:
            value = raw_value.decode("latin-1")
            joined = "; " if name == "cookie" else ", "
            named[name] = f"{named[name]}{joined}{value}" if name in named else value
    client = scope.get("client")
    return Ask(
        method=scope.get("method", "GET"),
        path=scope.get("path", ""),
        host=host,
        client=client[0] if client else "",
        headers=named,
        is_tls=scope.get("scheme") in {"https", "wss"},
        is_socket=scope["type"] == "websocket",
    )


def refusal_json(refused: SigningRefused) -> bytes:
    """Return a refusal as the JSON that every route gives.

    Examples
    --------
    >>> refusal_json(SigningRefused(401, "no", "/api", "sign in"))
    b'{"what":"no","where":"/api","to_do":"sign in"}'
    """
    said = {"what": refused.what, "where": refused.where, "to_do": refused.to_do}
    return msgspec.json.encode(said | ({"wait_s": refused.wait_s} if refused.wait_s else {}))


class Gate:
    """Stands before an application.

    Parameters
    ----------
    app
        What answers.
    front
        Knows who is signed in.
    open_paths
        Paths below `/api/` that need nobody: those by which people sign in.
    hosts
        Names that a Host header may have; others come from pages that rebind their name. Empty:
        looked at elsewhere.
    is_brought
        Whether TLS is by a certificate that was brought.
    mono_s
        Steady clock.
    """

    def __init__(
        self,
        app: Asgi,
        front: Front,
        *,
        open_paths: frozenset[str] = frozenset(),
        hosts: Sequence[str] = (),
        is_brought: bool = False,
        mono_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._front = front
        self._open = open_paths
        self._hosts = tuple(hosts)
        self._is_brought = is_brought
        self._mono_s = mono_s
        self._buckets = Buckets(per_s=REQUESTS_PER_S, burst=REQUESTS)
        self._programs = Buckets(per_s=TOKEN_REQUESTS_PER_S, burst=TOKEN_REQUESTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or open one WebSocket."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        ask = ask_of(scope)
        if scope["type"] == "http":
            send = self._with_headers(send, ask)
        try:
            signed = self._let_in(ask)
        except SigningRefused as refused:
            await _refuse(refused, scope, receive, send)
            return
        scope.setdefault("state", {})
        scope["state"] |= {"signed": signed, "ask": ask}
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        if _says_too_large(scope):
            await _refuse(_TOO_LARGE, scope, receive, send)
            return
        body = _Body(receive, send)
        try:
            await self._app(scope, body.receive, body.send)
        except Exception:
            if not body.is_refused:
                raise
        if body.is_refused:
            await _refuse(_TOO_LARGE, scope, receive, send)

    def _let_in(self, ask: Ask) -> Signed | None:
        if self._hosts and not is_named(ask.host, self._hosts):
            to_do = "open the page at an address that `linewright up` prints"
            raise SigningRefused(400, "this machine has no such name", ask.host[:200], to_do)
        try:
            signed = self._front.signed(ask)
        except SigningRefused:
            self._must_wait(place_of(ask.client), ask)
            raise
        if signed is None:
            self._must_wait(place_of(ask.client), ask)
        elif signed.is_program:
            self._must_wait(signed.person, ask, self._programs)
        elif signed.session:  # who has the key of the data folder is this machine itself
            self._must_wait(f"session {signed.session}", ask)
        needs = ask.is_socket or ask.path.startswith("/api/") or ask.path == "/api"
        if signed is None and needs and ask.path not in self._open:
            raise SigningRefused(401, "nobody is signed in", ask.path, "sign in first")
        return signed

    def _must_wait(self, key: str, ask: Ask, buckets: Buckets | None = None) -> None:
        buckets = self._buckets if buckets is None else buckets  # an empty one is false
        wait_s = buckets.wait_s(key, now_s=self._mono_s())
        if wait_s > 0:
            to_do = "ask less often"
            raise SigningRefused(429, "these are too many requests", ask.path, to_do, wait_s=wait_s)

    def _with_headers(self, send: Send, ask: Ask) -> Send:
        headers = security_headers(is_tls=ask.is_tls, is_brought=self._is_brought)
        added = [(name.encode(), value.encode()) for name, value in headers.items()]
        ours = {name for name, _ in added}

        async def with_headers(message: Scope) -> None:
            if message["type"] == "http.response.start":
                given = [(n, v) for n, v in message.get("headers", ()) if n.lower() not in ours]
                kept = {name.lower() for name, _ in given}
                stored = [] if b"cache-control" in kept else [(b"cache-control", b"no-store")]
                message = {**message, "headers": [*given, *added, *stored]}
            await send(message)

        return with_headers


class _Body:
    """A body that is not read beyond its bound: the application then hears that the peer left."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._read = 0
        self._has_answered = False
        self._is_over = False

    @property
    def is_refused(self) -> bool:
        """Whether it was too large before anything was answered."""
        return self._is_over and not self._has_answered

    async def receive(self) -> Scope:
        """Return the next part of the body."""
        if self._is_over:
            return {"type": "http.disconnect"}
        message = await self._receive()
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            self._is_over = self._read > BODY_BYTES_MAX
        return {"type": "http.disconnect"} if self._is_over else message

    async def send(self, message: Scope) -> None:
        """Pass on what is answered, unless the body was refused."""
        if self.is_refused:
            return
        self._has_answered = True
        await self._send(message)


def _says_too_large(scope: Scope) -> bool:
    """Tell whether a request announces a body beyond the bound, or one of no size at all."""
    given = [value for name, value in scope.get("headers", ()) if name.lower() == b"content-length"]
    return any(not value.isdigit() or int(value[:12]) > BODY_BYTES_MAX for value in given)


async def _refuse(refused: SigningRefused, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()  # the peer asks to open it
        await send({"type": "websocket.close", "code": POLICY, "reason": refused.what})
        return
    data = refusal_json(refused)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(data))]
    if refused.wait_s:
        headers.append((b"retry-after", b"%d" % max(1, round(refused.wait_s))))
    start = {"type": "http.response.start", "status": refused.status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": data})
