"""Our own certificate is made once, kept private and renewed in time."""

import time
from pathlib import Path

import pytest
from cryptography import x509

from linewright.connectors.opcua.certificates import (
    RENEW_DAYS,
    VALID_DAYS,
    CertificateUnfit,
    first_of,
    own_certificate,
    read_pem,
    shown_of,
)
from tests.connectors.opcua.keys import server_keys

DAY_NS = 86_400 * 10**9


def test_it_is_made_on_first_need_and_kept(tmp_path: Path) -> None:
    """The second question gives the same certificate; nobody else may read the key."""
    now_ns = time.time_ns()
    own = own_certificate(tmp_path / "pki", now_ns=now_ns)
    assert own_certificate(tmp_path / "pki", now_ns=now_ns + DAY_NS) == own
    assert (tmp_path / "pki").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "pki" / "own.pem").stat().st_mode & 0o777 == 0o600


def test_it_names_the_application_and_the_host(tmp_path: Path) -> None:
    """Its alternative names hold the application's URI and the host, as servers check them."""
    own = own_certificate(tmp_path, now_ns=time.time_ns())
    certificate = x509.load_der_x509_certificate(own.certificate)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [own.uri]
    (host,) = names.get_values_for_type(x509.DNSName)
    assert own.uri == f"urn:{host}:linewright:connect"


def test_it_is_renewed_with_the_same_key_before_it_ends(tmp_path: Path) -> None:
    """Two months before its end there is a new one."""
    now_ns = time.time_ns()
    old = own_certificate(tmp_path, now_ns=now_ns)
    later_ns = now_ns + (VALID_DAYS - RENEW_DAYS + 1) * DAY_NS
    new = own_certificate(tmp_path, now_ns=later_ns)
    assert new.certificate != old.certificate
    assert new.key == old.key
    assert new.until_ns > later_ns + VALID_DAYS * DAY_NS - 2 * DAY_NS


@pytest.mark.parametrize("text", ["", "no certificate"])
def test_a_broken_file_is_told_and_kept(tmp_path: Path, text: str) -> None:
    """A file that cannot be read is an error that names it; it is not overwritten."""
    (tmp_path / "own.pem").write_text(text)
    with pytest.raises(CertificateUnfit, match=r"own\.pem"):
        own_certificate(tmp_path, now_ns=time.time_ns())
    assert (tmp_path / "own.pem").read_text() == text


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A path of the plant file that leads nowhere is an error that names it."""
    with pytest.raises(CertificateUnfit, match=r"none\.pem"):
        read_pem(tmp_path / "none.pem")


def test_a_chain_is_known_by_its_first_certificate(tmp_path: Path) -> None:
    """What a server sends behind its own certificate does not change the fingerprint."""
    first = server_keys(tmp_path / "a")[0].read_bytes()
    second = server_keys(tmp_path / "b")[0].read_bytes()
    assert first_of(first + second) == first
    assert shown_of(first + second) == shown_of(first)
    assert shown_of(first).subject == "CN=Press 1"
    with pytest.raises(CertificateUnfit):
        shown_of(b"\x30\x03abc")
