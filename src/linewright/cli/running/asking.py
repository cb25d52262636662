"""Asking a running plant over HTTP: where its data are, who it is, and what it answers."""

import http.client
import json
import os
import ssl
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import msgspec

from linewright.cli.ending import Failed
from linewright.server import Running, read_running

__all__ = ["Answer", "ask", "data_folder", "in_use", "running_at", "state_folder"]

ANSWER_S = 15.0
"""How long an answer may take: the history service has 10 s of it for an audit."""

PLANTS_MAX = 1000
"""Most data folders that are looked through."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the server said: the HTTP status and the JSON with it."""

    status: int
    body: Any
    data: bytes = b""
    """The JSON as it came: what is hashed must not be written anew."""


def state_folder() -> Path:
    """Return where this user's programs keep what they need to go on (XDG_STATE_HOME)."""
    named = os.environ.get("XDG_STATE_HOME", "")
    base = Path(named) if Path(named).is_absolute() else Path.home() / ".local" / "state"
    return base / "linewright"


def data_folder(given: str | None, name: str) -> Path:
    """Return the data folder that was given, else the user's own one of this name."""
    return Path(given).absolute() if given else state_folder() / name


def in_use(given: str | None) -> dict[Path, Running]:
    """Return what runs on a data folder; without one, on each folder of this user."""
    folders = [Path(given).absolute()] if given else sorted(state_folder().glob("*"))[:PLANTS_MAX]
    return {folder: running for folder in folders if (running := read_running(folder))}


def running_at(given: str | None) -> Running:
    """Return what runs on a data folder; without one, on the only folder of this user in use.

    Raises
    ------
    Failed
        Nothing runs there, or several plants run and none was named.
    """
    found = in_use(given)
    if not found:
        if given:
            to_do = "name the folder that `linewright up` prints as `data`"
            raise Failed(f"no plant runs on {given}", to_do)
        to_do = "start one with `linewright demo` or `linewright up`, or name its folder by --data"
        raise Failed(f"no plant runs in a folder of {state_folder()}", to_do)
    if len(found) > 1:
        names = ", ".join(str(folder) for folder in found)
        raise Failed("several plants run", f"name one by --data: {names}")
    running = next(iter(found.values()))
    if not running.url:
        raise Failed("the plant is just starting", "try again in some seconds")
    return running


def ask(running: Running, path: str, *, post: bool = False, body: object | None = None) -> Answer:
    """Return what the server of a running plant answers.

    Parameters
    ----------
    running
        The plant.
    path
        Route, with its query.
    post
        Whether it acts.
    body
        Sent as JSON.

    Raises
    ------
    Failed
        It does not answer, or not in JSON.
    """
    request = urllib.request.Request(  # noqa: S310  # http on this machine, from up.json
        running.url + path,
        method="POST" if post else "GET",
        headers={"authorization": f"Bearer {running.key}"},
        data=None if body is None else msgspec.json.encode(body),
    )
    # A proxy of the environment has no business between two programs of one machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), *_secured(running))
    try:
        with opener.open(request, timeout=ANSWER_S) as response:
            data = response.read()
            return Answer(status=response.status, body=json.loads(data), data=data)
    except urllib.error.HTTPError as error:
        with error:
            return Answer(status=error.code, body=_body(error.read()))
    except (OSError, http.client.HTTPException, ValueError) as error:
        what = f"the server at {running.url} does not answer: {error}"
        raise Failed(what, "it comes back by itself while `linewright up` runs") from error


def _secured(running: Running) -> tuple[urllib.request.HTTPSHandler, ...]:
    """Return what trusts the very certificate of this plant's page, by whatever name it is asked.

    Raises
    ------
    Failed
        The certificate is not there.
    """
    if not running.certificate:
        return ()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # it is this certificate or none, so the name adds nothing
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(running.certificate)
    except OSError as error:
        what = f"the certificate {running.certificate} cannot be read: {error}"
        raise Failed(what, "run this as the user of `linewright up`") from error
    return (urllib.request.HTTPSHandler(context=context),)


def _body(data: bytes) -> Any:  # noqa: ANN401  # whatever JSON is
    try:
        return json.loads(data)
    except ValueError:
        return {"what": data.decode("utf-8", "replace")[:200], "where": "", "to_do": ""}
