"""The web application of a site, made from the route table: every answer goes one way."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from fastapi import FastAPI, Request, WebSocket
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.responses import Response, StreamingResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from linewright.bus import BusUnavailable
from linewright.plant.records import Role
from linewright.server.book.acting import Conflicting
from linewright.server.desk import Refusal
from linewright.server.grants import Person
from linewright.server.signing.asgi import Gate
from linewright.server.signing.faults import SigningRefused
from linewright.server.signing.front import Signed
from linewright.server.signing.roles import role_at
from linewright.server.watching import Source
from linewright.server.web import bundle
from linewright.server.web.asked import Asked, Said, must_may
from linewright.server.web.inputs import acts_at
from linewright.server.web.rows import Row, answer_of, query_of, says
from linewright.server.web.site import Site
from linewright.server.web.table import ROWS

__all__ = ["BODY_BYTES_MAX", "application", "source_of"]

HOSTS = ["127.0.0.1", "localhost"]
"""Names by which this machine may be called; others come from pages that rebind their name."""

FIELDS_MAX = 4_000
"""Most parameters of a query that are read."""

BODY_BYTES_MAX = 64 * 1024
"""Largest body of a request: the longest note of a shift report, and some."""

PAGES = "docs/routes.md lists the routes"

_ENCODER = msgspec.json.Encoder()


def application(site: Site, hosts: Sequence[str] = HOSTS, *, is_brought: bool = False) -> FastAPI:
    """Return the application of a site.

    Parameters
    ----------
    site
        What the routes ask for.
    hosts
        Names by which this machine may be called.
    is_brought
        Whether TLS is by a certificate that was brought.

    Examples
    --------
    >>> import inspect
    >>> inspect.signature(application).return_annotation.__name__
    'FastAPI'
    """
    app = FastAPI(title="Linewright", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    app.add_middleware(  # the last one is the outermost
        Gate, front=site.front, open_paths=_open_paths(), is_brought=is_brought
    )
    for row in ROWS:
        app.add_api_route(
            row.path, _endpoint(row, site), methods=[row.method], include_in_schema=False
        )
    app.add_api_websocket_route("/api/watch", _watch(site))
    _errors(app)
    bundle.mount(app)
    return app


def _open_paths() -> frozenset[str]:
    """Return the paths at which the gate lets everybody through; each row asks for itself."""
    return frozenset(row.path for row in ROWS if not row.permission)


def _endpoint(row: Row, site: Site) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        signed, ask = request.state.signed, request.state.ask  # by the gate
        try:
            must_may(signed, row.permission, site.name, says(row), scope=row.scope)
        except Refusal:
            await _audit_refused(row, site, signed)
            raise
        asked = Asked(
            site=site,
            signed=signed,
            where=says(row),
            query=query_of(row, request.query_params.multi_items()),
            path=request.path_params,
            body=None if row.body is None else await _body(request, row),
            ask=ask,
        )
        return _response(await answer_of(row, asked))

    return answer


async def _audit_refused(row: Row, site: Site, signed: Signed | None) -> None:
    """Keep in the audit that somebody who is known wanted to act and may not."""
    if signed is None or not row.changes:
        return
    role = next(iter(role_at(signed.roles, site.name)), Role.OPERATOR)
    desk = site.acts.desk.by(Person(id=signed.person, role=role))
    text = f"{signed.person} may not {says(row)}: the role does not give `{row.permission}`"
    await desk.audit("permission.refused", "not_done", text=text)


async def _body(request: Request, row: Row) -> Any:  # noqa: ANN401  # as the row says
    """Return the body of a request; one that is too large is not read to its end."""
    data = b""
    try:
        async for part in request.stream():
            data += part
            if len(data) > BODY_BYTES_MAX:
                what = f"the body has more than {BODY_BYTES_MAX} bytes"
                raise Refusal(413, what, says(row), PAGES)
    except ClientDisconnect as error:
        raise Refusal(400, "the body did not come whole", says(row), "send it again") from error
    try:
        return msgspec.json.decode(data, type=row.body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        what = f"the body cannot be read: {str(error)[:200]}"
        raise Refusal(422, what, says(row), PAGES) from error


def _response(found: object) -> Response:
    if not isinstance(found, Said):
        return Response(_ENCODER.encode(found), media_type="application/json")
    headers = dict(found.headers)
    if found.stream is not None:
        return StreamingResponse(found.stream, found.status, headers, found.media)
    data = found.body if isinstance(found.body, bytes) else _ENCODER.encode(found.body)
    response = Response(data, found.status, headers, found.media)
    for cookie in found.cookies:
        response.headers.append("set-cookie", cookie)
    return response


def source_of(site: Site, text: str, signed: Signed | None) -> Source:
    """Return how a resource that somebody wants to watch is made.

    Parameters
    ----------
    site
        What the routes ask for.
    text
        Path and query, as in a GET.
    signed
        Who wants to watch.

    Raises
    ------
    Refusal
        There is no such resource, it cannot be watched, it was asked for wrongly, or who asks may
        not see it.

    Examples
    --------
    >>> import inspect
    >>> list(inspect.signature(source_of).parameters)
    ['site', 'text', 'signed']
    """
    path, _, query = text.partition("?")
    row, ids = _watched(path)
    must_may(signed, row.permission, site.name, says(row))
    params = query_of(row, parse_qsl(query, keep_blank_values=True, max_num_fields=FIELDS_MAX))
    asked = Asked(site=site, signed=signed, where=says(row), query=params, path=ids)

    def make() -> bytes | Awaitable[bytes]:
        answer = row.answers(asked)
        return _awaited(answer) if asyncio.iscoroutine(answer) else _ENCODER.encode(answer)

    inputs = row.inputs or _everything
    return Source(
        key=f"{path}?{sorted(params.items())}",
        pace=row.watch,
        inputs=lambda: inputs(asked),
        acts=lambda: acts_at(asked),
        make=make,
    )


async def _awaited(answer: Awaitable[object]) -> bytes:
    try:
        return _ENCODER.encode(await answer)
    except BusUnavailable as error:
        raise _away(error, "/api/watch") from error


_WATCHED = tuple(
    (re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]{1,64})", re.escape(row.path))), row)
    for row in ROWS
    if row.watch != "none"
)


def _watched(path: str) -> tuple[Row, dict[str, str]]:
    for pattern, row in _WATCHED:
        if found := pattern.fullmatch(path):
            return row, found.groupdict()
    raise Refusal(404, "this cannot be watched", path[:200], "docs/routes.md tells what can be")


def _everything(asked: Asked) -> object:
    """Return the version of all that is known: of what has no narrower inputs."""
    return asked.site.inputs()


def _watch(site: Site) -> Callable[[WebSocket], Awaitable[None]]:
    async def watch(websocket: WebSocket) -> None:
        """Serve one socket to whoever may see the site; the gate has looked at its origin."""
        signed, ask = websocket.state.signed, websocket.state.ask  # by the gate
        if signed is None or not signed.may("see", site.name):
            refusal = Refusal(403, "your role does not give `see`", "/api/watch", PAGES)
            await websocket.send_denial_response(_refused(refusal))
            return
        await site.watching.serve(websocket, (signed, ask))

    return watch


def _errors(app: FastAPI) -> None:
    async def refused(request: Request, error: Exception) -> Response:
        del request
        assert isinstance(error, Refusal | SigningRefused), "it is registered for these classes"
        return _refused(error)

    async def away(request: Request, error: Exception) -> Response:
        assert isinstance(error, BusUnavailable), "it is registered for this class"
        return _refused(_away(error, request.url.path))

    async def other(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        what = _WHAT.get(status, "this cannot be answered")
        return _refused(Refusal(status, what, f"{request.method} {request.url.path[:200]}", PAGES))

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(SigningRefused, refused)
    app.add_exception_handler(BusUnavailable, away)
    app.add_exception_handler(HTTPException, other)
    app.add_exception_handler(500, other)


_WHAT = {
    404: "there is nothing here",
    405: "this cannot be done here",
    500: "a mistake of ours, please report it; the log of the server tells more",
}


def _away(error: BusUnavailable, where: str) -> Refusal:
    to_do = "wait some seconds and look at the state before asking again"
    return Refusal(503, str(error), where, to_do)


def _refused(refusal: Refusal | SigningRefused) -> Response:
    said: dict[str, object] = {
        "what": refusal.what,
        "where": refusal.where,
        "to_do": refusal.to_do,
    }
    if isinstance(refusal, Conflicting):
        said["state"] = refusal.state
    headers = {}
    if isinstance(refusal, SigningRefused) and refusal.wait_s > 0:
        headers["retry-after"] = str(max(1, round(refusal.wait_s)))
    return Response(_ENCODER.encode(said), refusal.status, headers, media_type="application/json")
