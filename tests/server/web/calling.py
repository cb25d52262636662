"""A caller of the routes: any method, headers and cookies, on a running server."""

import asyncio
import http.client
import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec


class Heard(NamedTuple):
    """An answer: status, JSON or text, headers in lower case."""

    status: int
    body: Any
    headers: dict[str, str]


class Caller:
    """A browser or a program that asks a server.

    Parameters
    ----------
    url
        Of the server.
    key
        Sent as bearer; empty: none.
    """

    def __init__(self, url: str, key: str = "") -> None:
        self.url = url
        self.key = key
        self.cookie = ""
        self.csrf = ""

    async def ask(
        self,
        path: str,
        method: str = "GET",
        body: object | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Heard:
        """Return an answer; bytes are sent as they are."""
        return await asyncio.to_thread(self._ask, path, method, body, dict(headers or {}))

    def _ask(self, path: str, method: str, body: object, headers: dict[str, str]) -> Heard:
        if self.key:
            headers.setdefault("authorization", f"Bearer {self.key}")
        if self.cookie:
            headers.setdefault("cookie", self.cookie)
            headers.setdefault("origin", self.url)
        if self.csrf:
            headers.setdefault("x-linewright-csrf", self.csrf)
        data = body if body is None or isinstance(body, bytes) else msgspec.json.encode(body)
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        try:
            connection.request(method, path, data, headers)
            response = connection.getresponse()
            text = response.read()
            found = {name.lower(): value for name, value in response.getheaders()}
        finally:
            connection.close()
        if "set-cookie" in found:
            self.cookie = found["set-cookie"].partition(";")[0]
        return Heard(response.status, _read(text), found)


def _read(data: bytes) -> Any:  # noqa: ANN401  # whatever the server says
    try:
        return json.loads(data)
    except ValueError:
        return data.decode("utf-8", "replace")
