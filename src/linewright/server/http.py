"""The page and its routes: reading is open on this machine, acting needs the key.

The page is served on 127.0.0.1 alone. A foreign page can neither read (the host is checked) nor
act (the key is in no cookie); scripts and styles come from here and nowhere else.
"""

import asyncio
import hmac
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.responses import FileResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles

from linewright.bus import BusUnavailable
from linewright.connectors.link import link_state
from linewright.server.acting.sending import Order, Sending
from linewright.server.acting.trusting import Decision
from linewright.server.desk import Desk, Refusal
from linewright.server.known import Known

__all__ = ["Acts", "Site", "application"]

T = TypeVar("T")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

CASE_ID = re.compile(r"[a-z2-7]{26}")
"""What an id of a case looks like; anything else never becomes part of a subject."""

STATIC = Path(__file__).parent / "static"

HOSTS = ["127.0.0.1", "localhost"]
"""Names by which this machine may be called; others come from pages that rebind their name."""

EVENT_EACH_S = 0.25
"""Shortest time between two events of one page: four in a second look alive and cost little."""

EVENT_LATEST_S = 1.0
"""Longest: a page that hears nothing for 2.5 s says that the connection is lost."""

PAGES_MAX = 64
"""Most pages that listen at once."""

BODY_BYTES_MAX = 10_000
"""Largest body of a request: what can be asked for here is short."""

NAME_CHARS_MAX = 400
"""Longest address or name in a request."""

AUDIT_N_MAX = 2**63 - 1
"""Largest number that a link of the audit chain can have."""

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Acts(msgspec.Struct, frozen=True, kw_only=True):
    """What a person can do here, and what is known of it."""

    desk: Desk
    sending: Sending
    trust: Callable[[Decision], Awaitable[dict[str, Any]]]
    known: Known


class Site:
    """What the routes ask for: the picture of now, what a person can do, the audit, and the key.

    Parameters
    ----------
    picture
        The state as JSON, and the version of what is known.
    acts
        What a person can do.
    audit
        Audit records after a number of the chain, as JSON; asks the history service.
    key
        Needed for acting.
    stop
        Ends the streams.
    """

    def __init__(
        self,
        picture: Callable[[], tuple[int, bytes]],
        acts: Acts,
        audit: Callable[[int], Awaitable[bytes]],
        key: str,
        stop: asyncio.Event,
    ) -> None:
        self.picture = picture
        self.acts = acts
        self.desk = acts.desk
        self.audit = audit
        self.key = key
        self.stop = stop
        self.pages = 0

    def state(self) -> dict[str, Any]:
        """Return the state as data."""
        found: dict[str, Any] = msgspec.json.decode(self.picture()[1])
        return found


def application(site: Site) -> FastAPI:
    """Return the application of a site.

    Parameters
    ----------
    site
        What the routes ask for.

    Examples
    --------
    >>> import inspect
    >>> inspect.signature(application).return_annotation.__name__
    'FastAPI'
    """
    app = FastAPI(title="Linewright", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)
    app.add_middleware(Secured)  # the last one is the outermost
    _reading(app, site)
    _acting(app, site)
    _by_hand(app, site)
    _errors(app)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


class Secured:
    """Adds the headers that keep foreign pages and scripts out to every answer, errors included.

    Parameters
    ----------
    app
        What answers.
    """

    def __init__(self, app: Asgi) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def secured(message: Scope) -> None:
            if message["type"] == "http.response.start":
                added = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        await self._app(scope, receive, secured)


_Name = Annotated[str, Query(max_length=NAME_CHARS_MAX)]


def _reading(app: FastAPI, site: Site) -> None:
    @app.get("/")
    async def page() -> FileResponse:
        return FileResponse(STATIC / "page.html", media_type="text/html; charset=utf-8")

    @app.get("/api/state")
    async def state() -> Response:
        return Response(site.picture()[1], media_type="application/json")

    @app.get("/api/audit")
    async def audit(after_n: Annotated[int, Query(ge=-1, le=AUDIT_N_MAX)] = -1) -> Response:
        return Response(await site.audit(after_n), media_type="application/json")

    @app.get("/api/live")
    async def live() -> StreamingResponse:
        if site.pages >= PAGES_MAX:
            raise Refusal(503, f"{PAGES_MAX} pages listen already", "/api/live", "close some")
        return StreamingResponse(_events(site), media_type="text/event-stream")


def _must_know_key(site: Site, request: Request) -> None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    known = hmac.compare_digest(given.strip().encode(), site.key.encode())
    if scheme.lower() != "bearer" or not known:
        to_do = "open the page by the address that `linewright up` prints, with its key"
        raise Refusal(401, "acting needs the key", request.url.path, to_do)


def _by_hand(app: FastAPI, site: Site) -> None:
    """One command of a person, and the trust in one certificate."""
    acts = site.acts

    @app.get("/api/links")
    async def links() -> Response:
        found = sorted(acts.known.links.values(), key=lambda link: str(link.get("source")))
        now_ns = time.time_ns()
        return _json([link | {"state": link_state(link, now_ns)} for link in found])

    @app.get("/api/commands")
    async def offer(address: _Name, parameter: _Name) -> Response:
        return _json(await acts.sending.offer(address, parameter))

    @app.get("/api/commands/{command_id}")
    async def outcome(command_id: str) -> Response:
        return _json(acts.sending.outcome(command_id))

    @app.post("/api/commands")
    async def send(request: Request) -> Response:
        _must_know_key(site, request)
        command = await acts.sending.send(await _body(request, Order))
        return _json(acts.sending.outcome(command.id))

    @app.post("/api/trust")
    async def trust(request: Request) -> Response:
        _must_know_key(site, request)
        return _json(await acts.trust(await _body(request, Decision)))


async def _body(request: Request, kind: type[T]) -> T:
    """Return the body of a request; one that is too large is not read to its end."""
    data = b""
    async for part in request.stream():
        data += part
        if len(data) > BODY_BYTES_MAX:
            what = f"the body has more than {BODY_BYTES_MAX} bytes"
            raise Refusal(413, what, request.url.path, "docs/cli.md lists the routes")
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        what = f"the body cannot be read: {str(error)[:200]}"
        raise Refusal(422, what, request.url.path, "docs/cli.md lists the routes") from error


def _acting(app: FastAPI, site: Site) -> None:
    @app.post("/api/cases/{case_id}/confirm")
    async def confirm(case_id: str, request: Request) -> Response:
        _must_know_key(site, request)
        return await _answered(site, case_id, site.desk.confirm)

    @app.post("/api/cases/{case_id}/refuse")
    async def refuse(case_id: str, request: Request) -> Response:
        _must_know_key(site, request)
        return await _answered(site, case_id, site.desk.refuse)

    @app.post("/api/stop")
    async def stop(request: Request) -> Response:
        _must_know_key(site, request)
        await site.desk.set_stop(stopped=True)
        return _json({"stopped": True})

    @app.post("/api/stop/clear")
    async def clear(request: Request) -> Response:
        _must_know_key(site, request)
        await site.desk.set_stop(stopped=False)
        return _json({"stopped": False})


async def _answered(site: Site, case_id: str, act: Callable[[str], Awaitable[Any]]) -> Response:
    """Return the step that an act made; a case that is somewhere else comes with its state."""
    try:
        step = await act(_case_id(case_id))
    except Refusal as refusal:
        if refusal.status != 409:  # noqa: PLR2004  # HTTP: conflict
            raise
        view = next((case for case in site.state()["cases"] if case["id"] == case_id), None)
        return _refused(refusal, state=view)
    return _json({"case": case_id, "stage": step.stage.value, "grant": step.grant_id or ""})


def _case_id(text: str) -> str:
    """Return an id that can stand in a subject; anything else is no case."""
    if CASE_ID.fullmatch(text) is None:
        to_do = "`linewright cases` lists the cases there are"
        raise Refusal(404, "there is no such case", "/api/cases", to_do)
    return text


async def _events(site: Site) -> AsyncIterator[bytes]:
    """Yield the state whenever it has changed, at most four times a second, at least once.

    A slow page is waited for, and then gets the newest state: nothing piles up for it.
    """
    site.pages += 1
    loop = asyncio.get_running_loop()
    version, said_s = -1, 0.0
    try:
        while not site.stop.is_set():
            now_version, data = site.picture()
            if now_version != version or loop.time() - said_s >= EVENT_LATEST_S:
                version, said_s = now_version, loop.time()
                yield b"data: " + data + b"\n\n"
            await asyncio.sleep(EVENT_EACH_S)
    finally:
        site.pages -= 1


def _errors(app: FastAPI) -> None:
    async def refused(request: Request, error: Exception) -> Response:
        del request
        assert isinstance(error, Refusal), "it is registered for this class"
        return _refused(error)

    async def away(request: Request, error: Exception) -> Response:
        to_do = "wait some seconds and look at the state before asking again"
        return _refused(Refusal(503, str(error), request.url.path, to_do))

    def other(status: int, what: str) -> None:
        async def answer(request: Request, error: Exception) -> Response:
            del error
            where = f"{request.method} {request.url.path}"
            return _refused(Refusal(status, what, where, "docs/cli.md lists the routes"))

        app.add_exception_handler(status, answer)
        if status == 422:  # noqa: PLR2004  # HTTP: what was sent cannot be used
            app.add_exception_handler(RequestValidationError, answer)

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(BusUnavailable, away)
    other(500, "a mistake of ours, please report it; the log of the server tells more")
    other(404, "there is nothing here")
    other(405, "this cannot be done here")
    other(422, "what was asked cannot be read")


def _refused(refusal: Refusal, **more: object) -> Response:
    said = {"what": refusal.what, "where": refusal.where, "to_do": refusal.to_do}
    return _json(said | more, status=refusal.status)


def _json(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
