"""Our own certificate, made on first need, and what the certificate of a server says.

`cryptography` is imported here alone. The key never leaves its folder.
"""

import datetime as dt
import os
import socket
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from linewright.connectors.opcua.trust import Shown

__all__ = ["APPLICATION", "CertificateUnfit", "Own", "own_certificate", "read_pem", "shown_of"]

APPLICATION = "urn:{host}:linewright:connect"
"""Name of this application, which must stand in its certificate."""

FILE = "own.pem"
VALID_DAYS = 3_650
"""How long our certificate holds: each new one must be accepted at every machine again."""

RENEW_DAYS = 60
"""How long before its end a new one is made."""

KEY_BITS = 2048
"""Smallest that every policy allows, and the largest that small controllers take."""

BACK_DAYS = 1
"""How far back a new one is valid: clocks of controllers are slow by hours."""

_DAY_NS = 86_400 * 10**9
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class CertificateUnfit(ValueError):
    """A certificate or key that cannot be used; says which file and what to do."""


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """Our certificate and its key, as the secure channel needs them."""

    certificate: bytes
    """DER."""

    key: bytes
    """DER, PKCS 8."""

    uri: str
    """Name of the application in it."""

    until_ns: int


def own_certificate(folder: Path, *, now_ns: int) -> Own:
    """Our certificate of a folder; made there where there is none, or where it soon ends.

    Parameters
    ----------
    folder
        Where it is kept, with mode 0700; the file has 0600.
    now_ns
        UTC.

    Returns
    -------
    Own
        Valid for two months and more.

    Raises
    ------
    CertificateUnfit
        The file is broken.

    Notes
    -----
    A new key takes about 0.1 s to 1 s.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / FILE
    key = None
    if file.exists():
        found = read_pem(file)
        if found.until_ns - now_ns > RENEW_DAYS * _DAY_NS:
            return found
        key = _key_of(file.read_bytes(), file)  # the key stays: machines may know it
    host = socket.gethostname()
    data = _made(key or rsa.generate_private_key(65537, KEY_BITS), host, now_ns)
    new = file.with_suffix(".new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    new.replace(file)
    return read_pem(file)


def read_pem(file: Path) -> Own:
    """Certificate and key of one PEM file.

    Parameters
    ----------
    file
        With a certificate and an RSA key without a password.

    Returns
    -------
    Own
        Its first certificate.

    Raises
    ------
    CertificateUnfit
        There is no such file, or not both in it.
    """
    try:
        data = file.read_bytes()
        certificate = x509.load_pem_x509_certificate(data)
    except (OSError, ValueError) as error:
        raise CertificateUnfit(f"{file} holds no PEM certificate: {error}") from error
    key = _key_of(data, file)
    uris = _uris(certificate)
    if not uris:
        raise CertificateUnfit(
            f"{file}: the certificate has no application URI among its alternative names;"
            " OPC UA servers refuse it: make one that has"
        )
    return Own(
        certificate=certificate.public_bytes(serialization.Encoding.DER),
        key=key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        uri=uris[0],
        until_ns=_since(certificate.not_valid_after_utc),
    )


def shown_of(der: bytes) -> Shown:
    """What the certificate of a server says, the first of a chain.

    Parameters
    ----------
    der
        As the server sent it.

    Returns
    -------
    Shown
        Its fingerprint is SHA-256.

    Raises
    ------
    CertificateUnfit
        It is no certificate.
    """
    try:
        certificate = x509.load_der_x509_certificate(first_of(der))
    except ValueError as error:
        raise CertificateUnfit(f"the server's certificate cannot be read: {error}") from error
    return Shown(
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        subject=certificate.subject.rfc4514_string(),
        not_before_ns=_since(certificate.not_valid_before_utc),
        not_after_ns=_since(certificate.not_valid_after_utc),
    )


def first_of(der: bytes) -> bytes:
    """First certificate of a chain, by the length that it begins with."""
    short, long = 0x80, 2
    if len(der) < long or der[1] < short:
        return der
    octets = der[1] & 0x7F
    size = int.from_bytes(der[long : long + octets], "big")
    return der[: long + octets + size]


def _made(key: rsa.RSAPrivateKey, host: str, now_ns: int) -> bytes:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "Linewright connect"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Linewright"),
        ]
    )
    now = _EPOCH + dt.timedelta(microseconds=now_ns // 1000)
    uri, public = APPLICATION.format(host=host), key.public_key()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=BACK_DAYS))
        .not_valid_after(now + dt.timedelta(days=VALID_DAYS))
        .add_extension(
            x509.SubjectAlternativeName([x509.UniformResourceIdentifier(uri), x509.DNSName(host)]),
            critical=False,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=True,
        data_encipherment=True,
        key_agreement=False,
        key_cert_sign=True,  # servers check a self-signed certificate with itself
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _key_of(data: bytes, file: Path) -> rsa.RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(data, password=None)
    except (ValueError, TypeError) as error:
        raise CertificateUnfit(f"{file} holds no key without a password: {error}") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise CertificateUnfit(f"{file}: the key is not RSA, which OPC UA asks for")
    return key


def _uris(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return [str(each) for each in found.value.get_values_for_type(x509.UniformResourceIdentifier)]


def _since(moment: dt.datetime) -> int:
    return (moment - _EPOCH) // dt.timedelta(microseconds=1) * 1000
