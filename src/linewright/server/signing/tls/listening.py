"""Where the page listens, under which names, and with which certificate."""

import ssl
from pathlib import Path
from typing import Any

import msgspec

from linewright.server.signing.tls.certificates import Certificate, brought, made
from linewright.server.signing.tls.naming import LOOPBACK, Wanted, names_of, needs_tls

__all__ = ["Listening", "listening", "renewed"]


class Listening(msgspec.Struct, frozen=True, kw_only=True):
    """Where the page listens.

    Examples
    --------
    >>> Listening(host="127.0.0.1", hosts=("127.0.0.1",)).url(8000)
    'http://127.0.0.1:8000'
    """

    host: str
    hosts: tuple[str, ...]
    """Names that a Host header may have, as `TrustedHostMiddleware` takes them."""
    certificate: Certificate | None = None

    @property
    def is_tls(self) -> bool:
        """Whether connections are encrypted."""
        return self.certificate is not None

    @property
    def is_brought(self) -> bool:
        """Whether by a certificate that others made."""
        return self.certificate is not None and self.certificate.is_brought

    def url(self, port: int) -> str:
        """Return the address of the page, by a name that its certificate is for."""
        if self.certificate is None:
            return f"http://{_bracketed(self.host)}:{port}"
        there = [name for name in self.certificate.names if name not in LOOPBACK]
        # An address works without a name service; a name that was brought is what people know.
        named = [name for name in there if not name.startswith("*")]
        own = self.host if self.host in named else (named or ["localhost"])[0]
        return f"https://{_bracketed(own)}:{port}"

    def local_url(self, port: int) -> str:
        """Return the address by which programs of this machine ask."""
        if self.certificate is None:
            return self.url(port)
        is_any = self.host in {"0.0.0.0", "::"}  # noqa: S104  # compared, nothing is bound here
        return f"https://{_bracketed('127.0.0.1' if is_any else self.host)}:{port}"

    def context(self) -> ssl.SSLContext:
        """Return what a server encrypts with: TLS 1.2 or later, our certificate."""
        assert self.certificate is not None, "there is nothing to encrypt with"
        found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        found.minimum_version = ssl.TLSVersion.TLSv1_2
        found.load_cert_chain(self.certificate.chain, self.certificate.key)
        return found

    def options(self) -> dict[str, Any]:
        """Return what uvicorn takes beside the socket."""
        if self.certificate is None:
            return {}
        return {
            "ssl_certfile": str(self.certificate.chain),
            "ssl_keyfile": str(self.certificate.key),
        }


def listening(wanted: Wanted, folder: Path, *, now_ms: int) -> Listening:
    """Return where and how to listen; beyond this machine only with a certificate.

    Parameters
    ----------
    wanted
        As it was asked.
    folder
        Private folder of the server; certificates of our own are made in `tls` there.
    now_ms
        Wall clock.

    Raises
    ------
    CertificateInvalid
        What was brought cannot be used.
    OSError
        The folder cannot be written.

    Examples
    --------
    >>> listening(Wanted(), Path("no/such/folder"), now_ms=0).is_tls
    False
    """
    names = names_of(wanted.host, wanted.names)
    certificate = None
    if wanted.chain:
        certificate = brought(Path(wanted.chain), Path(wanted.key), now_ms=now_ms)
        names = (*names, *certificate.names)
    elif needs_tls(wanted.host):
        certificate = made(folder / "tls", names, now_ms=now_ms)
    hosts = tuple(dict.fromkeys(_bracketed(name) for name in names))
    return Listening(host=wanted.host, hosts=hosts, certificate=certificate)


def renewed(now: Listening, wanted: Wanted, folder: Path, *, now_ms: int) -> Listening | None:
    """Return how to listen with a certificate made anew or replaced; None while the old one does.

    Parameters
    ----------
    now
        How the server listens.
    wanted
        As it was asked.
    folder
        Private folder of the server.
    now_ms
        Wall clock.

    Examples
    --------
    >>> now = listening(Wanted(), Path("no/such/folder"), now_ms=0)
    >>> renewed(now, Wanted(), Path("no/such/folder"), now_ms=1) is None
    True
    """
    found = listening(wanted, folder, now_ms=now_ms)
    return None if found == now else found


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name else name
