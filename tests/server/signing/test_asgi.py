"""The gate before a real application, over real sockets: headers, sizes, limits, who is asked."""

import asyncio
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request

from linewright.plant.records import Role
from linewright.server.signing import set_cookie
from linewright.server.signing.asgi import BODY_BYTES_MAX, REQUESTS, Gate, ask_of
from linewright.server.signing.front import Front
from tests.server.signing.conftest import GOOD, KEY, Time, add, ask

Answer = tuple[int, dict[str, str], Any]


def application(front: Front) -> FastAPI:
    """Return a small application that asks as our routes do."""
    app = FastAPI()

    @app.get("/api/line")
    @app.post("/api/line")
    async def line(request: Request) -> dict[str, Any]:
        request.state.signed.must_may("see", "reno")
        return {"person": request.state.signed.person, "bytes": len(await request.body())}

    @app.post("/api/sign-in")
    async def sign_in(request: Request) -> dict[str, Any]:
        given = await request.json()
        opened = await front.sign_in(given["person"], given["password"], request.state.ask)
        name = front.cookie(request.state.ask)
        cookie = set_cookie(name, opened.token, is_tls=False, life_s=60)
        return {"cookie": cookie.partition(";")[0], "csrf": opened.signed.csrf}

    @app.get("/")
    async def page() -> str:
        return "page"

    return app


@pytest.fixture
def served(front: Front) -> Iterator[Callable[..., Answer]]:
    """Serve the application behind the gate; gives what asks it."""
    gate = Gate(
        application(front), front, open_paths=frozenset(["/api/sign-in"]), hosts=["127.0.0.1"]
    )
    config = uvicorn.Config(gate, port=0, log_level="error", lifespan="off", proxy_headers=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]

    def asked(method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, path, body or None, named)
        answer = line.getresponse()
        data = answer.read()
        line.close()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, json.loads(data)

    yield asked
    server.should_exit = True
    thread.join()


def signed_in(served: Callable[..., Answer]) -> dict[str, str]:
    """Sign in; return the headers of a browser with that session."""
    body = json.dumps({"person": "maria", "password": GOOD}).encode()
    status, _, said = served("POST", "/api/sign-in", body)
    assert status == 200
    site = {"sec_fetch_site": "same-origin"}
    return {"cookie": said["cookie"], "x_linewright_csrf": said["csrf"], **site}


def test_nobody_reads_without_a_session(served: Callable[..., Answer]) -> None:
    """All below /api/ needs somebody, what is not there too; the page itself does not."""
    for path in ("/api/line", "/api/nothing", "/api/line?x=1", "/api"):
        status, _, said = served("GET", path)
        assert (status, said["what"]) == (401, "nobody is signed in")
    assert served("GET", "/")[0] == 200


def test_a_session_reads_and_writes(
    served: Callable[..., Answer], front: Front, clock: Time
) -> None:
    """A browser reads with its cookie and writes with the CSRF token; a role is asked for."""
    add(front, clock, reno=Role.OPERATOR)
    browser = signed_in(served)
    assert served("GET", "/api/line", **browser)[0] == 200
    assert served("POST", "/api/line", b"abc", **browser)[2]["bytes"] == 3
    del browser["x_linewright_csrf"]
    assert served("POST", "/api/line", b"abc", **browser)[0] == 403
    assert served("GET", "/api/line", **browser, origin="http://evil.example")[0] == 403


def test_the_key_as_bearer(served: Callable[..., Answer]) -> None:
    """The command line reads and acts with the key alone; another key is nothing."""
    status, _, said = served("POST", "/api/line", b"ab", authorization=f"Bearer {KEY}")
    assert (status, said) == (200, {"person": "local", "bytes": 2})
    assert served("GET", "/api/line", authorization="Bearer no")[0] == 401


def test_headers_stand_on_every_answer(served: Callable[..., Answer]) -> None:
    """Answers, refusals and errors carry the headers, and are not stored."""
    asked: list[tuple[str, dict[str, str]]] = [("/", {}), ("/api/line", {}), ("/nothing", {})]
    for path, headers in [*asked, ("/", {"host": "evil.example"})]:
        _, found, _ = served("GET", path, **headers)
        assert "frame-ancestors 'none'" in found["content-security-policy"]
        assert found["cache-control"] == "no-store"
        assert found["x-content-type-options"] == "nosniff"


def test_other_names_are_not_ours(served: Callable[..., Answer]) -> None:
    """A page that rebinds its name to this machine is refused, with a key too."""
    status, _, said = served(
        "GET", "/api/line", host="evil.example:80", authorization=f"Bearer {KEY}"
    )
    assert status == 400
    assert "no such name" in said["what"]


def test_a_large_body_is_not_read(served: Callable[..., Answer]) -> None:
    """A body beyond the bound is refused, whether it says its size or comes in parts."""
    key = {"authorization": f"Bearer {KEY}"}
    fits = b"a" * BODY_BYTES_MAX
    assert served("POST", "/api/line", fits, **key)[2]["bytes"] == BODY_BYTES_MAX
    assert served("POST", "/api/line", fits + b"a", **key)[0] == 413
    parts: Any = (b"a" * 10_000 for _ in range(11))
    status, _, said = served("POST", "/api/line", parts, **key)
    assert status == 413
    assert "more than 100000 bytes" in said["what"]


def test_too_many_requests(served: Callable[..., Answer]) -> None:
    """One place gets its burst, then is told how long to wait; this machine's key does not wait."""
    answers = (served("GET", "/") for _ in range(20 * REQUESTS))
    told = next(each for each in answers if each[0] == 429)
    assert int(told[1]["retry-after"]) >= 1
    assert told[2]["wait_s"] > 0
    assert served("GET", "/api/line", authorization=f"Bearer {KEY}")[0] == 200


def test_a_socket_is_opened_by_our_own_page_alone(front: Front) -> None:
    """A WebSocket without session, or from a foreign page, is closed before it is open."""
    opened = front.exchange(KEY, ask("POST"))
    cookie = f"{front.cookie(ask())}={opened.token}".encode()
    reached: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401  # ASGI
        del receive, send
        reached.append(scope["state"]["signed"].person)

    async def tried(*headers: tuple[bytes, bytes]) -> list[Any]:
        sent: list[Any] = []

        async def receive() -> dict[str, str]:
            return {"type": "websocket.connect"}

        async def send(message: Any) -> None:  # noqa: ANN401  # ASGI
            sent.append(message)

        scope = {"type": "websocket", "path": "/api/watch", "client": ("127.0.0.1", 1)}
        given = [(b"host", b"127.0.0.1:8000"), *headers]
        await Gate(app, front)({**scope, "scheme": "ws", "headers": given}, receive, send)
        return sent

    own, foreign = (b"origin", b"http://127.0.0.1:8000"), (b"origin", b"http://evil.example")
    for headers in ((own,), ((b"cookie", cookie),), ((b"cookie", cookie), foreign), ()):
        assert asyncio.run(tried(*headers))[0]["code"] == 1008
    assert reached == []
    asyncio.run(tried((b"cookie", cookie), own))
    assert reached == [opened.signed.person]


def test_cookies_in_two_headers_are_read() -> None:
    """HTTP/2 parts cookies over headers: they are one list."""
    headers = [(b"Cookie", b"a=1"), (b"cookie", b"b=2"), (b"x-other", b"z")]
    found = ask_of({"type": "http", "method": "GET", "path": "/", "headers": headers})
    assert found.headers == {"cookie": "a=1; b=2"}
    assert found.client == ""
