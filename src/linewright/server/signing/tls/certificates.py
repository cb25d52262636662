"""Certificates of the page: our own authority and what it signs, or a certificate that was brought.

The authority is made once and signs for private networks, `.local` and the names of this machine
only, so that a device that trusts it trusts it for nothing else. What it signs is renewed in time.
"""

import contextlib
import datetime as dt
import hashlib
import ipaddress
import ssl
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from linewright.server.folder import write_private
from linewright.server.signing.faults import CertificateInvalid

__all__ = ["Certificate", "brought", "fingerprint_of", "made"]

AUTHORITY_DAYS = 3650
"""Life of our authority: devices trust it once."""

LEAF_DAYS = 365
"""Life of what it signs: browsers refuse more than 398 days."""

RENEW_DAYS = 30
"""It is signed anew so long before its end, or when the names of this machine change."""

EARLY = dt.timedelta(days=2)
"""It is valid from so long ago: clocks of tablets are behind."""

PRIVATE = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
)
"""Networks that our authority may sign for, beside the addresses it was made with."""

DOMAINS = ("localhost", "local", "lan", "internal", "home.arpa")
"""Domains that it may sign for, beside the names it was made with."""

FILES = ("ca.pem", "ca.key", "server.pem", "server.key")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """What the page is served with.

    Examples
    --------
    >>> Certificate(chain=Path("a"), key=Path("b"), names=("reno.local",), until_ms=0).is_brought
    True
    """

    chain: Path
    key: Path
    names: tuple[str, ...]
    """Names and addresses that it is for."""
    until_ms: int
    """Its end."""
    authority: Path | None = None
    """Certificate of our own authority, to be trusted on devices; None: it was brought."""
    fingerprint: str = ""
    """SHA-256 of the authority's certificate, by which a person compares it."""

    @property
    def is_brought(self) -> bool:
        """Whether others made it: then browsers know who vouches for it."""
        return self.authority is None


def fingerprint_of(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate in pairs, as devices show it."""
    digest = hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()
    return ":".join(digest[i : i + 2] for i in range(0, len(digest), 2)).upper()


def made(folder: Path, names: Sequence[str], *, now_ms: int) -> Certificate:
    """Return the certificate of our own authority for these names; made or renewed where needed.

    Parameters
    ----------
    folder
        Private folder of the certificates.
    names
        Names and addresses of this machine.
    now_ms
        Wall clock.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    now = dt.datetime.fromtimestamp(now_ms / 1000, dt.UTC)
    authority = _authority(folder)
    if authority is None or not _can_sign(authority[0], names, now):
        authority = _new_authority(folder, names, now)
    leaf = _loaded(folder / "server.pem")
    if leaf is None or not _serves(leaf, authority[0], names, now, folder / "server.key"):
        leaf = _new_leaf(folder, authority, names, now)
    return Certificate(
        chain=folder / "server.pem",
        key=folder / "server.key",
        names=_names_in(leaf),
        until_ms=round(leaf.not_valid_after_utc.timestamp() * 1000),
        authority=folder / "ca.pem",
        fingerprint=fingerprint_of(authority[0]),
    )


def brought(chain: Path, key: Path, *, now_ms: int) -> Certificate:
    """Return a certificate that was brought, checked.

    Parameters
    ----------
    chain
        Certificate and those between it and its authority, in PEM.
    key
        Its private key in PEM, without a password.
    now_ms
        Wall clock.

    Raises
    ------
    CertificateInvalid
        It cannot be read, has ended, names nothing, or the key is not its own.
    """
    leaf = _loaded(chain)
    if leaf is None:
        raise CertificateInvalid(chain, "there is no certificate in PEM")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(chain, key, password=_no_password)
    except (OSError, ValueError) as error:
        why = f"it is not the key of this certificate, or cannot be read: {error}"
        raise CertificateInvalid(key, why) from error
    until_ms = round(leaf.not_valid_after_utc.timestamp() * 1000)
    if until_ms <= now_ms:
        raise CertificateInvalid(chain, f"it has ended: {leaf.not_valid_after_utc:%Y-%m-%d}")
    if not (names := _names_in(leaf)):
        raise CertificateInvalid(chain, "it is for no name and no address")
    return Certificate(chain=chain, key=key, names=names, until_ms=until_ms)


def _no_password() -> str:
    raise ValueError("the key has a password")


def _authority(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None:
    certificate, key = _loaded(folder / "ca.pem"), _loaded_key(folder / "ca.key")
    if certificate is None or key is None or not _fits(certificate, key):
        return None
    return certificate, key


def _can_sign(authority: x509.Certificate, names: Sequence[str], now: dt.datetime) -> bool:
    """Tell whether the authority lives on for longer than what it signs, and may sign for all."""
    if authority.not_valid_after_utc < now + dt.timedelta(days=LEAF_DAYS + RENEW_DAYS):
        return False
    allowed = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    hosts = [n.value for n in allowed.permitted_subtrees or () if isinstance(n, x509.DNSName)]
    networks = [n.value for n in allowed.permitted_subtrees or () if isinstance(n, x509.IPAddress)]

    def may(name: str) -> bool:
        address = _address(name)
        if address is None:
            return any(name == host or name.endswith(f".{host}") for host in hosts)
        return any(
            address in network
            for network in networks
            if isinstance(network, ipaddress.IPv4Network | ipaddress.IPv6Network)
        )

    return all(may(name) for name in names)


def _serves(
    leaf: x509.Certificate,
    authority: x509.Certificate,
    names: Sequence[str],
    now: dt.datetime,
    key: Path,
) -> bool:
    """Tell whether a certificate is ours, is for all these names, and does not end soon."""
    found = _loaded_key(key)
    if found is None or not _fits(leaf, found):
        return False
    try:
        leaf.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    is_young = leaf.not_valid_after_utc > now + dt.timedelta(days=RENEW_DAYS)
    return is_young and leaf.not_valid_before_utc <= now and set(names) <= set(_names_in(leaf))


def _new_authority(
    folder: Path, names: Sequence[str], now: dt.datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    own = next((n for n in names if _address(n) is None and n != "localhost"), "this machine")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Linewright on {own}"[:64])])
    usage = x509.KeyUsage(**_USAGE | {"key_cert_sign": True, "crl_sign": True})
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLY)
        .not_valid_after(now + dt.timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.NameConstraints(_permitted(names), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(folder / "ca.key", _pem(key))
    _write(folder / "ca.pem", built.public_bytes(serialization.Encoding.PEM))
    return built, key


def _new_leaf(
    folder: Path,
    authority: tuple[x509.Certificate, ec.EllipticCurvePrivateKey],
    names: Sequence[str],
    now: dt.datetime,
) -> x509.Certificate:
    certificate, signing = authority
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    from_ca = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key())
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLY)
        .not_valid_after(now + dt.timedelta(days=LEAF_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**_USAGE | {"digital_signature": True}), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_general(names)), critical=False)
        .add_extension(from_ca, critical=False)
        .sign(signing, hashes.SHA256())
    )
    chain = built.public_bytes(serialization.Encoding.PEM)
    # A key that does not fit yet is seen at the next look, and both are made anew.
    _write(folder / "server.key", _pem(key))
    _write(folder / "server.pem", chain + certificate.public_bytes(serialization.Encoding.PEM))
    return built


_USAGE = dict.fromkeys(
    (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ),
    False,
)


def _permitted(names: Iterable[str]) -> list[x509.GeneralName]:
    """Return what an authority may sign for."""
    networks = [ipaddress.ip_network(each) for each in PRIVATE]
    found: list[x509.GeneralName] = [x509.DNSName(domain) for domain in DOMAINS]
    for name in names:
        address = _address(name)
        if address is None:
            found.append(x509.DNSName(name))
        elif not any(address in network for network in networks):
            networks.append(ipaddress.ip_network(address))
    return [*found, *(x509.IPAddress(network) for network in networks)]


def _general(names: Iterable[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        address = _address(name)
        found.append(x509.DNSName(name) if address is None else x509.IPAddress(address))
    return found


def _names_in(certificate: x509.Certificate) -> tuple[str, ...]:
    with contextlib.suppress(x509.ExtensionNotFound):
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = found.get_values_for_type(x509.DNSName)
        return (*names, *(str(each) for each in found.get_values_for_type(x509.IPAddress)))
    return ()


def _address(name: str) -> Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _fits(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> bool:
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    der = serialization.Encoding.DER
    own = key.public_key().public_bytes(der, spki)
    return certificate.public_key().public_bytes(der, spki) == own


def _loaded(path: Path) -> x509.Certificate | None:
    with contextlib.suppress(OSError, ValueError):
        return x509.load_pem_x509_certificate(path.read_bytes())
    return None


def _loaded_key(path: Path) -> ec.EllipticCurvePrivateKey | None:
    with contextlib.suppress(OSError, ValueError, TypeError):
        found = serialization.load_pem_private_key(path.read_bytes(), None)
        return found if isinstance(found, ec.EllipticCurvePrivateKey) else None
    return None


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, data: bytes) -> None:
    write_private(path, data)
