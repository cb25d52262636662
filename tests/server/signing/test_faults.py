"""What is told of a refusal."""

from pathlib import Path

from linewright.server.signing import CertificateInvalid, SigningRefused


def test_a_refusal_says_what_where_and_what_to_do() -> None:
    """Each part of a refusal can be read by a program, and all of it by a person."""
    found = SigningRefused(429, "too early", "sign-in", "wait", wait_s=3.0)
    assert (found.status, found.what, found.where, found.to_do) == (
        429,
        "too early",
        "sign-in",
        "wait",
    )
    assert found.wait_s == 3.0
    assert str(found) == "sign-in: too early (wait)"


def test_a_certificate_says_which_file() -> None:
    """Who brought a certificate reads which file is wrong, and why."""
    found = CertificateInvalid(Path("a.pem"), "it has ended")
    assert (found.path, found.why, str(found)) == (
        Path("a.pem"),
        "it has ended",
        "a.pem: it has ended",
    )
