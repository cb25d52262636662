"""By which names this machine may be called."""

import socket

from linewright.server.signing.tls.naming import (
    LOOPBACK,
    NAMES_MAX,
    family_of,
    is_named,
    names_of,
    needs_tls,
)


def test_only_loopback_goes_without_tls() -> None:
    """What others can reach needs encryption; a name could be anything, so it does too."""
    for host in ("127.0.0.1", "127.1.2.3", "::1", "localhost"):
        assert not needs_tls(host)
    for host in ("0.0.0.0", "::", "192.168.1.4", "fd00::1", "reno.local", ""):  # noqa: S104  # asked
        assert needs_tls(host)


def test_the_names_of_this_machine() -> None:
    """Listening at all addresses, the machine has its own name, what was given, and loopback."""
    names = names_of("0.0.0.0", ("Linewright.Acme.example", "not a name"))  # noqa: S104  # asked
    assert set(LOOPBACK) <= set(names)
    assert "linewright.acme.example" in names
    assert "not a name" not in names
    assert socket.gethostname().lower() in names
    assert len(names) == len(set(names)) <= NAMES_MAX
    assert names_of("192.168.1.4")[-1] == "192.168.1.4"
    assert names_of("127.0.0.1", ("elsewhere.example",)) == LOOPBACK


def test_a_host_header_is_one_of_them() -> None:
    """With or without a port, in capitals, IPv6, or one label of a wildcard; nothing else."""
    hosts = ["127.0.0.1", "reno.local", "[::1]", "*.acme.example"]
    for host in ("127.0.0.1:8000", "RENO.local", "[::1]:8000", "[::1]", "line.acme.example:1"):
        assert is_named(host, hosts)
    for host in (
        "",
        "evil.example",
        "reno.local.evil.example",
        "a.b.acme.example",
        "acme.example",
        "[::2]",
        "::1",
        "127.0.0.1.evil.example:8000",
    ):
        assert not is_named(host, hosts)


def test_family() -> None:
    """An address with colons is listened at as IPv6."""
    assert family_of("::") == socket.AF_INET6
    assert family_of("0.0.0.0") == socket.AF_INET  # noqa: S104  # asked
