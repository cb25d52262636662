"""Whom we believe to be another server: by its authority, by its certificate, or as browsers do.

Plain HTTP is taken on this machine alone. A fingerprint that a person compared is that of the
authority which the other `linewright up` prints, or of the certificate itself.
"""

import hashlib
import re
import ssl
from urllib.parse import urlsplit

import msgspec

from linewright.server.peers.faults import PeerFault
from linewright.server.signing.faults import SigningRefused
from linewright.server.signing.guard import is_loopback

__all__ = ["Wanted", "context_of", "fingerprint_of_pem", "in_pairs", "unproven"]

URL_CHARS_MAX = 300

TOKEN_CHARS_MAX = 200

_URL = re.compile(r"https?://(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(:\d{1,5})?/?")

_HEX = re.compile(r"[0-9a-f]{64}")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A server that somebody wants to follow.

    Examples
    --------
    >>> Wanted(url="https://Reno.local:8443/", token="t").checked().url
    'https://reno.local:8443'
    """

    url: str
    token: str
    fingerprint: str = ""
    """SHA-256 that the person compared; empty: it has a certificate that browsers take."""

    def checked(self) -> "Wanted":
        """Return it in one spelling.

        Raises
        ------
        SigningRefused
            Something of it cannot be used.
        """
        return Wanted(
            url=_url(self.url.strip()),
            token=_token(self.token.strip()),
            fingerprint=_fingerprint(self.fingerprint),
        )

    @property
    def is_tls(self) -> bool:
        """Whether the connection is encrypted."""
        return self.url.startswith("https://")


def _url(text: str) -> str:
    where, to_do = "url", "write it as https://HOST:PORT, as its page is opened"
    if len(text) > URL_CHARS_MAX or not _URL.fullmatch(text):
        raise SigningRefused(422, "this is no address of a page", where, to_do)
    parts = urlsplit(text)
    try:
        port = parts.port
    except ValueError as error:
        raise SigningRefused(422, "there is no such port", where, to_do) from error
    host = (parts.hostname or "").lower()
    if parts.scheme == "http" and not (is_loopback(host) or host == "localhost"):
        what = "without TLS only a server of this machine is asked"
        raise SigningRefused(422, what, where, to_do)
    named = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{named}" + (f":{port}" if port else "")


def _token(text: str) -> str:
    if not 1 <= len(text) <= TOKEN_CHARS_MAX or not re.fullmatch(r"[A-Za-z0-9._~+/=-]+", text):
        to_do = "make one there with `linewright tokens add NAME --scope sites`"
        raise SigningRefused(422, "this is no token", "token", to_do)
    return text


def _fingerprint(text: str) -> str:
    bare = re.sub(r"[\s:]", "", text[:URL_CHARS_MAX].lower()).removeprefix("sha256")
    if bare and not _HEX.fullmatch(bare):
        to_do = "give the SHA-256 that `linewright up` prints there: 32 pairs"
        raise SigningRefused(422, "this is no fingerprint", "fingerprint", to_do)
    return bare


def context_of(ca: str, leaf: str) -> ssl.SSLContext:
    """Return what TLS trusts: one authority, whatever has this fingerprint, or the system's.

    Parameters
    ----------
    ca
        Authority in PEM; empty: none of its own.
    leaf
        Fingerprint of the certificate; the connection compares it.

    Raises
    ------
    PeerFault
        The authority cannot be read.

    Examples
    --------
    >>> context_of("", "").check_hostname
    True
    """
    if leaf:
        return unproven()
    try:
        found = ssl.create_default_context(cadata=ca or None)
    except ssl.SSLError as error:
        raise PeerFault("certificate", "its authority cannot be read") from error
    found.minimum_version = ssl.TLSVersion.TLSv1_2
    return found


def unproven() -> ssl.SSLContext:
    """Return what takes any certificate: to see which one it is, before anything is told.

    Examples
    --------
    >>> unproven().check_hostname
    False
    """
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    found.minimum_version = ssl.TLSVersion.TLSv1_2
    found.check_hostname = False
    found.verify_mode = ssl.CERT_NONE
    return found


def fingerprint_of_pem(pem: str) -> str:
    """Return the SHA-256 in hex of a certificate in PEM; empty where it is none.

    Examples
    --------
    >>> fingerprint_of_pem("no certificate")
    ''
    """
    try:
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    except ValueError:
        return ""


def in_pairs(fingerprint: str) -> str:
    """Return a fingerprint as `linewright up` prints it.

    Examples
    --------
    >>> in_pairs("0aff")
    '0A:FF'
    """
    return ":".join(fingerprint[at : at + 2] for at in range(0, len(fingerprint), 2)).upper()
