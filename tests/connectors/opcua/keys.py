"""Certificates for servers of tests."""

import datetime as dt
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

URI = "urn:freeopcua:python:server"
"""Application URI of asyncua's server."""


def server_keys(folder: Path, *, from_day: int = -1, until_day: int = 100) -> tuple[Path, Path]:
    """Certificate (DER) and key (PEM) of a new server; its dates are days from now."""
    folder.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Press 1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + dt.timedelta(days=from_day))
        .not_valid_after(now + dt.timedelta(days=until_day))
        .add_extension(
            x509.SubjectAlternativeName([x509.UniformResourceIdentifier(URI)]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "server.der", folder / "server.pem"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.DER))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return public, private
