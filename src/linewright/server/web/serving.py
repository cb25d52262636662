"""Serving the application: its socket, its certificate, and what the supervisor is told of it."""

import asyncio
import contextlib
import logging
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import uvicorn

from linewright.server.folder import read_private, write_private
from linewright.server.signing.tls.listening import Listening, listening, renewed
from linewright.server.signing.tls.naming import Wanted, family_of
from linewright.server.watching import MESSAGE_BYTES_MAX
from linewright.server.web.application import application
from linewright.server.web.site import Site

__all__ = ["serve"]

LOG = logging.getLogger(__name__)

PORT_TRIES = 20
"""How often a port that is just being freed is asked for, 0.1 s apart."""

CLOSE_S = 2
"""How long open requests may take when the server ends."""

BACKLOG = 128
"""Connections that may wait to be taken."""

RENEW_EACH_S = 3600.0
"""How often it is looked whether there is another certificate."""


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    """What the server tells its supervisor, in `http.json`."""

    pid: int
    port: int
    url: str
    local: str = ""
    """Address for programs of this machine, where it is another one."""


class _Uvicorn(uvicorn.Server):
    """The web server inside our own process, which keeps its own signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the service."""
        yield


async def serve(site: Site, folder: Path, port: int, wanted: Wanted) -> None:
    """Serve the routes until the site's `stop`.

    Parameters
    ----------
    site
        What the routes ask for.
    folder
        Private folder of the server.
    port
        Wanted port; 0: that of the last time, or a free one.
    wanted
        Address, names and certificate.

    Raises
    ------
    OSError
        The port is taken by somebody else.
    CertificateInvalid
        What was brought cannot be used.
    """
    before = read_private(folder / "http.json", _Page)
    opened = listening(wanted, folder, now_ms=_now_ms())
    listener = await _listen(opened.host, port, before.port if before else 0)
    port = listener.getsockname()[1]
    authority = opened.certificate.authority if opened.certificate else None
    site = msgspec.structs.replace(site, authority=authority)
    config = uvicorn.Config(
        application(site, opened.hosts, is_brought=opened.is_brought),
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=MESSAGE_BYTES_MAX,
        ws_per_message_deflate=False,  # what is told is small, and would be packed for each socket
        h11_max_incomplete_event_size=MESSAGE_BYTES_MAX,
        proxy_headers=False,  # nobody stands before us: a header must not say who asks
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=CLOSE_S,
        **opened.options(),
    )
    server = _Uvicorn(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    renewing = asyncio.create_task(_renew(config, opened, wanted, folder))
    try:
        url, local = opened.url(port), opened.local_url(port)
        page = _Page(pid=os.getpid(), port=port, url=url, local="" if local == url else local)
        write_private(folder / "http.json", msgspec.json.encode(page))
        LOG.info("the page is at %s", url)
        stopping = asyncio.create_task(site.stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
    finally:
        renewing.cancel()
        server.should_exit = True
        await serving
        listener.close()


async def _renew(config: uvicorn.Config, now: Listening, wanted: Wanted, folder: Path) -> None:
    """Use another certificate for new connections once there is one, for ever."""
    while True:
        await asyncio.sleep(RENEW_EACH_S)
        try:
            found = renewed(now, wanted, folder, now_ms=_now_ms())
        except (OSError, ValueError, RuntimeError) as error:
            LOG.warning("the certificate cannot be renewed: %s", error)
            continue
        if found is not None and found.certificate is not None and config.ssl is not None:
            config.ssl.load_cert_chain(found.certificate.chain, found.certificate.key)
            now = found
            LOG.info("there is a new certificate")


async def _listen(host: str, wanted: int, before: int) -> socket.socket:
    """Return a socket on the wanted port, else on that of the last time, else on a free one.

    Raises
    ------
    OSError
        A wanted port is taken.
    """
    for _ in range(PORT_TRIES if wanted or before else 1):
        try:
            return _bound(host, wanted or before)
        except OSError:
            await asyncio.sleep(0.1)
    return _bound(host, wanted)


def _bound(host: str, port: int) -> socket.socket:
    # Named as TCP: only then asyncio sends each piece at once, and not 40 ms later (RFC 896).
    found = socket.socket(family_of(host), socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
    except OSError:
        found.close()
        raise
    return found


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
