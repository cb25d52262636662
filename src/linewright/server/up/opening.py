"""What `linewright up` says of coming in: the certificate, and the link of the first admin."""

from pathlib import Path

from linewright.server.signing.keeping.links import Links
from linewright.server.signing.keeping.people import People
from linewright.server.signing.tls.naming import Wanted, needs_tls

__all__ = ["Opening"]


class Opening:
    """Makes the certificate before the server starts, and the link of the first run once a start.

    Parameters
    ----------
    folder
        Private folder of the server.
    wanted
        Where the page is served.
    """

    def __init__(self, folder: Path, wanted: Wanted) -> None:
        self._folder = folder
        self._wanted = wanted
        self._token = ""
        self.chain = ""
        """File with the certificate of the page; empty without TLS."""

    def prepare(self, *, now_ms: int) -> tuple[str, ...]:
        """Have the certificate there, and return what people are told of it.

        Raises
        ------
        CertificateInvalid
            What was brought cannot be used.
        OSError
            The folder cannot be written.
        """
        if not needs_tls(self._wanted.host) and not self._wanted.chain:
            return ()
        from linewright.server.signing.tls.listening import listening  # noqa: PLC0415  # with TLS only

        certificate = listening(self._wanted, self._folder, now_ms=now_ms).certificate
        assert certificate is not None, "it is asked for where one is needed"
        self.chain = str(certificate.chain)
        names = ", ".join(certificate.names)
        if certificate.authority is None:
            return (f"{certificate.chain} for {names}",)
        return (
            f"for {names}",
            f"devices trust {certificate.authority}, at /ca.crt; compare its SHA-256",
            certificate.fingerprint,
        )

    def first(self, url: str, *, now_ms: int) -> str:
        """Return the link by which the first admin is made; empty where there is somebody.

        Parameters
        ----------
        url
            Of the page.
        now_ms
            Wall clock.
        """
        if not People(self._folder).is_empty:
            return ""
        if not self._token:
            self._token = Links(self._folder / "links.json").make("first", now_ms=now_ms)
        return f"{url}/#first={self._token}"
