"""Where and how the page listens, with a real handshake."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn

from linewright.cli.running.asking import ask as ask_plant
from linewright.server import Running
from linewright.server.signing import Wanted
from linewright.server.signing.asgi import Gate
from linewright.server.signing.front import Front
from linewright.server.signing.tls.listening import Listening, listening, renewed
from tests.server.signing.conftest import KEY
from tests.server.signing.test_asgi import application

EVERYWHERE = Wanted(host="0.0.0.0", names=("reno.local",))  # noqa: S104  # what is tested


def now_ms() -> int:
    """Return the wall clock: OpenSSL looks at it, too."""
    return time.time_ns() // 1_000_000


@contextmanager
def serving(front: Front, found: Listening) -> Iterator[int]:
    """Serve the application as the server does; gives the port."""
    gate = Gate(application(front), front, hosts=found.hosts, is_brought=found.is_brought)
    config = uvicorn.Config(
        gate, host="127.0.0.1", port=0, log_level="error", lifespan="off", **found.options()
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def shaken(port: int, name: str, authority: Path) -> str:
    """Shake hands as a device that trusts an authority; return the version of TLS."""
    context = ssl.create_default_context(cafile=str(authority))
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as line,
        context.wrap_socket(line, server_hostname=name) as safe,
    ):
        return str(safe.version())


def test_loopback_needs_nothing(tmp_path: Path) -> None:
    """On this machine alone there is no certificate, and nothing is made."""
    found = listening(Wanted(), tmp_path, now_ms=0)
    assert (found.is_tls, found.options(), found.url(8000)) == (False, {}, "http://127.0.0.1:8000")
    assert found.hosts == ("127.0.0.1", "localhost", "[::1]")
    assert found.local_url(8000) == found.url(8000)
    assert list(tmp_path.iterdir()) == []


def test_beyond_loopback_there_is_always_tls(tmp_path: Path) -> None:
    """Whatever other machines reach is encrypted, and named as it is called."""
    found = listening(EVERYWHERE, tmp_path, now_ms=now_ms())
    assert found.is_tls
    assert not found.is_brought
    assert "reno.local" in found.hosts
    assert found.url(8443).startswith("https://")
    assert found.local_url(8443) == "https://127.0.0.1:8443"
    assert listening(Wanted(host="::"), tmp_path, now_ms=now_ms()).is_tls


def test_a_device_that_trusts_our_authority(tmp_path: Path, front: Front) -> None:
    """A real handshake succeeds for each of our names, and for no other authority or name."""
    found = listening(EVERYWHERE, tmp_path, now_ms=now_ms())
    other = listening(EVERYWHERE, tmp_path / "other", now_ms=now_ms())
    assert found.certificate is not None
    assert other.certificate is not None
    authority, foreign = found.certificate.authority, other.certificate.authority
    assert authority is not None
    assert foreign is not None
    with serving(front, found) as port:
        for name in ("127.0.0.1", "localhost", "reno.local"):
            assert shaken(port, name, authority) == "TLSv1.3"
        with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
            shaken(port, "evil.local", authority)
        with pytest.raises(ssl.SSLCertVerificationError):
            shaken(port, "localhost", foreign)
        with pytest.raises((ssl.SSLError, OSError)):
            ssl.get_server_certificate(("127.0.0.1", port), timeout=5, ca_certs=str(foreign))


def test_the_command_line_asks_over_tls(tmp_path: Path, front: Front) -> None:
    """The commands trust the very certificate of the data folder, own or brought."""
    found = listening(EVERYWHERE, tmp_path, now_ms=now_ms())
    assert found.certificate is not None
    mine = found.certificate
    for each in (found, listening(_brought(mine.chain, mine.key), tmp_path, now_ms=now_ms())):
        with serving(front, each) as port:
            running = Running(
                pid=1,
                site="reno",
                plant="acme",
                started_ns=0,
                url=each.local_url(port),
                key=KEY,
                certificate=str(mine.chain),
            )
            answer = ask_plant(running, "/api/line")
            assert (answer.status, answer.body["person"]) == (200, "local")


def _brought(chain: Path, key: Path) -> Wanted:
    return Wanted(host="0.0.0.0", chain=str(chain), key=str(key))  # noqa: S104  # what is tested


def test_what_was_brought_says_the_names(tmp_path: Path) -> None:
    """A certificate that was brought decides by which names the page is called."""
    ours = listening(EVERYWHERE, tmp_path, now_ms=now_ms()).certificate
    assert ours is not None
    found = listening(_brought(ours.chain, ours.key), tmp_path / "x", now_ms=now_ms())
    assert found.is_brought
    assert "reno.local" in found.hosts
    assert found.url(443) == "https://reno.local:443"
    assert not (tmp_path / "x").exists()


def test_a_renewal_reaches_new_connections(tmp_path: Path) -> None:
    """What is made anew is loaded into the context that serves: connections get it at once."""
    began_ms = now_ms()
    found = listening(EVERYWHERE, tmp_path, now_ms=began_ms)
    assert renewed(found, EVERYWHERE, tmp_path, now_ms=began_ms) is None
    context = found.context()
    later_ms = began_ms + 340 * 86_400_000
    again = renewed(found, EVERYWHERE, tmp_path, now_ms=later_ms)
    assert again is not None
    assert again.certificate is not None
    assert found.certificate is not None
    assert again.certificate.until_ms > found.certificate.until_ms
    context.load_cert_chain(again.certificate.chain, again.certificate.key)
    assert asyncio.run(_served_until(context)) == again.certificate.until_ms


async def _served_until(context: ssl.SSLContext) -> int:
    """Return the end of the certificate that a context serves."""

    async def nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(nothing, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        pem = await asyncio.to_thread(ssl.get_server_certificate, ("127.0.0.1", port))
    from cryptography import x509  # noqa: PLC0415  # only here

    end = x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc
    return round(end.timestamp() * 1000)
