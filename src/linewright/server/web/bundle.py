"""The web application as it was built: hashed files for ever, its page anew each time.

A path that is no file and not of the routes gives the page: the application reads the rest of the
address itself. Files that were compressed when they were built are sent so to whoever takes that.
"""

import mimetypes
import re
from pathlib import Path

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp as Asgi
from starlette.types import Receive, Scope, Send

__all__ = ["BUNDLE", "Bundle", "mount"]

SERVER = Path(__file__).parent.parent
STATIC = SERVER / "static"
BUNDLE = SERVER / "web_bundle"
"""Where the build puts the web application; not under version control."""

FILES_MAX = 10_000
"""Most files of a bundle that are looked at."""

FOR_EVER = "public, max-age=31536000, immutable"
ANEW = "no-cache"
NEVER = "no-store"

HASHED = re.compile(r"^assets/.*[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
"""Names that hold a hash of what is in the file: another content has another name."""

ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
"""Codings of a file beside it, the best first."""

MISSING = STATIC / "unbuilt.html"


class _Found(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the bundle: where, of which type, and in which codings."""

    path: Path
    media: str
    caching: str
    codings: tuple[tuple[str, Path], ...]


class Bundle:
    """The files of a folder, listed once a build: nothing else can be reached through it.

    Parameters
    ----------
    folder
        Of the build; one that is not there has no files.

    Examples
    --------
    >>> Bundle(Path("no/such/folder")).is_built
    False
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._built = _built(folder)
        self._files = _listed(folder)

    @property
    def is_built(self) -> bool:
        """Whether there is an application."""
        return "index.html" in self._files

    def answer(self, name: str, accepted: str) -> Response:
        """Return a file, the page of the application, or a page that says how it is built.

        Parameters
        ----------
        name
            Path below the root, without the slash.
        accepted
            Header `Accept-Encoding`.
        """
        self._look_again()
        found = self._files.get(name)
        if found is None and self._is_file(name):
            return Response("there is no such file", 404, media_type="text/plain")
        found = found or self._files.get("index.html")
        if found is None:
            media = "text/html; charset=utf-8"
            return FileResponse(MISSING, 200, {"cache-control": NEVER}, media)
        headers = {"cache-control": found.caching, "vary": "accept-encoding"}
        taken = {part.split(";")[0].strip() for part in accepted.lower().split(",")}
        for coding, path in found.codings:
            if coding in taken:
                headers["content-encoding"] = coding
                return FileResponse(path, 200, headers, found.media)
        return FileResponse(found.path, 200, headers, found.media)

    def _look_again(self) -> None:
        """List the files anew where the application was built again."""
        built = _built(self._folder)
        if built != self._built:
            self._built, self._files = built, _listed(self._folder)

    def _is_file(self, name: str) -> bool:
        """Whether a path was meant for a file: the addresses of pages have no suffix."""
        return name.startswith("assets/") or "." in name.rpartition("/")[2]


def _built(folder: Path) -> tuple[int, ...]:
    """Return when the page was written and a file beside it was made; 0: there is none."""
    found = []
    for path in (folder / "index.html", folder / "assets"):
        try:
            found.append(path.stat().st_mtime_ns)
        except OSError:
            found.append(0)
    return tuple(found)


def _listed(folder: Path) -> dict[str, _Found]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())[:FILES_MAX]
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    return {
        name: _found(name, path, names)
        for name, path in names.items()
        if not any(name.endswith(end) for _, end in ENCODINGS)
    }


def _found(name: str, path: Path, names: dict[str, Path]) -> _Found:
    media = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if media.startswith("text/") or media == "application/javascript":
        media = f"{media}; charset=utf-8"
    caching = NEVER if name == "index.html" else FOR_EVER if HASHED.match(name) else ANEW
    codings = tuple((coding, names[name + end]) for coding, end in ENCODINGS if name + end in names)
    return _Found(path=path, media=media, caching=caching, codings=codings)


def mount(app: FastAPI, folder: Path = BUNDLE) -> None:
    """Serve the web application below the routes, and the old page under `/old`."""
    bundle = Bundle(folder)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")

    @app.get("/old", include_in_schema=False)
    async def old() -> Response:
        media = "text/html; charset=utf-8"
        return FileResponse(STATIC / "page.html", 200, {"cache-control": NEVER}, media)

    app.router.default = _fallback(bundle)


def _fallback(bundle: Bundle) -> Asgi:
    """Return what answers where no route does: files and pages, but nothing below `/api/`."""

    async def fallback(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        request = Request(scope)
        path = request.url.path
        if request.method not in {"GET", "HEAD"} or f"{path}/".startswith("/api/"):
            raise HTTPException(404)
        answer = bundle.answer(path.lstrip("/"), request.headers.get("accept-encoding", ""))
        await answer(scope, receive, send)

    return fallback
