"""Certificates: what is made, what it is good for, when it is made anew, what is refused."""

import datetime as dt
import subprocess
from pathlib import Path

import pytest
from cryptography import x509

from linewright.server.signing import CertificateInvalid
from linewright.server.signing.tls.certificates import (
    LEAF_DAYS,
    RENEW_DAYS,
    brought,
    fingerprint_of,
    made,
)

NAMES = ("127.0.0.1", "localhost", "reno.local", "192.168.7.9", "fd00::7")
DAY_MS = 86_400_000
NOW_MS = round(dt.datetime(2026, 11, 23, tzinfo=dt.UTC).timestamp() * 1000)


def leaf_of(path: Path) -> x509.Certificate:
    """Return the first certificate of a file."""
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_it_is_made_once(tmp_path: Path) -> None:
    """A second start has the same certificate, and the same fingerprint to compare."""
    first = made(tmp_path, NAMES, now_ms=NOW_MS)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert made(tmp_path, NAMES, now_ms=NOW_MS + 100 * DAY_MS) == first
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert first.authority is not None
    assert first.fingerprint == fingerprint_of(leaf_of(first.authority))
    assert len(first.fingerprint.split(":")) == 32
    assert not first.is_brought


def test_private_files_are_private(tmp_path: Path) -> None:
    """Keys are of the owner alone, and there are no others."""
    made(tmp_path / "tls", NAMES, now_ms=NOW_MS)
    files = sorted(path.name for path in (tmp_path / "tls").iterdir())
    assert files == ["ca.key", "ca.pem", "server.key", "server.pem"]
    assert {p.stat().st_mode & 0o777 for p in (tmp_path / "tls").iterdir()} == {0o600}


def test_it_is_renewed_before_its_end(tmp_path: Path) -> None:
    """Thirty days before its end it is signed anew by the same authority, which devices trust."""
    first = made(tmp_path, NAMES, now_ms=NOW_MS)
    near_ms = NOW_MS + (LEAF_DAYS - RENEW_DAYS) * DAY_MS
    assert made(tmp_path, NAMES, now_ms=near_ms - DAY_MS).until_ms == first.until_ms
    again = made(tmp_path, NAMES, now_ms=near_ms + DAY_MS)
    assert again.until_ms > first.until_ms
    assert again.fingerprint == first.fingerprint


def test_names_that_change(tmp_path: Path) -> None:
    """A new private address is signed for by the same authority; a public one needs another."""
    first = made(tmp_path, NAMES, now_ms=NOW_MS)
    moved = made(tmp_path, (*NAMES, "10.1.2.3"), now_ms=NOW_MS)
    assert moved.fingerprint == first.fingerprint
    assert "10.1.2.3" in moved.names
    public = made(tmp_path, (*NAMES, "203.0.113.7", "line.acme.example"), now_ms=NOW_MS)
    assert public.fingerprint != first.fingerprint
    assert made(tmp_path, NAMES, now_ms=NOW_MS).fingerprint == public.fingerprint


def test_the_authority_signs_for_this_machine_alone(tmp_path: Path) -> None:
    """OpenSSL takes what it signed for our names and refuses what it signs for another."""
    ours = made(tmp_path, NAMES, now_ms=NOW_MS)
    ca = leaf_of(tmp_path / "ca.pem")
    limits = ca.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    basic = ca.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.value.ca, basic.value.path_length) == (True, 0)
    words = ["openssl", "verify", "-CAfile", str(tmp_path / "ca.pem"), str(ours.chain)]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0
    from linewright.server.signing.tls import certificates  # noqa: PLC0415  # its inside

    authority = certificates._authority(tmp_path)
    assert authority is not None
    now = dt.datetime.fromtimestamp(NOW_MS / 1000, dt.UTC)
    certificates._new_leaf(tmp_path, authority, ["bank.example"], now)
    refused = subprocess.run(words, capture_output=True, check=False, text=True)
    assert refused.returncode != 0
    assert "permitted subtree" in refused.stdout + refused.stderr


@pytest.mark.parametrize("name", ["ca.pem", "ca.key", "server.pem", "server.key"])
def test_what_is_damaged_is_made_anew(tmp_path: Path, name: str) -> None:
    """A file that is lost or half, as after a full disk, does not keep the page away."""
    made(tmp_path, NAMES, now_ms=NOW_MS)
    for damage in (b"", (tmp_path / name).read_bytes()[:100]):
        (tmp_path / name).write_bytes(damage)
        found = made(tmp_path, NAMES, now_ms=NOW_MS)
        assert brought(found.chain, found.key, now_ms=NOW_MS).names


def test_a_key_of_another_certificate_is_not_used(tmp_path: Path) -> None:
    """Whoever is killed between two files leaves a key that does not fit: both are made anew."""
    made(tmp_path / "a", NAMES, now_ms=NOW_MS)
    made(tmp_path / "b", NAMES, now_ms=NOW_MS)
    (tmp_path / "a" / "server.key").write_bytes((tmp_path / "b" / "server.key").read_bytes())
    with pytest.raises(CertificateInvalid, match="not the key"):
        brought(tmp_path / "a" / "server.pem", tmp_path / "a" / "server.key", now_ms=NOW_MS)
    found = made(tmp_path / "a", NAMES, now_ms=NOW_MS)
    brought(found.chain, found.key, now_ms=NOW_MS)


def test_what_was_brought_is_checked(tmp_path: Path) -> None:
    """No certificate, no key, one that has ended: refused before anything listens."""
    ours = made(tmp_path, NAMES, now_ms=NOW_MS)
    found = brought(ours.chain, ours.key, now_ms=NOW_MS)
    assert set(found.names) == set(NAMES)
    assert found.is_brought
    with pytest.raises(CertificateInvalid, match="no certificate"):
        brought(tmp_path / "none.pem", ours.key, now_ms=NOW_MS)
    with pytest.raises(CertificateInvalid, match="cannot be read"):
        brought(ours.chain, tmp_path / "none.key", now_ms=NOW_MS)
    with pytest.raises(CertificateInvalid, match="has ended"):
        brought(ours.chain, ours.key, now_ms=ours.until_ms)
