"""By which names and addresses this machine may be called."""

import contextlib
import ipaddress
import re
import socket
from collections.abc import Iterable, Sequence

import msgspec

__all__ = ["LOOPBACK", "Wanted", "family_of", "is_named", "names_of", "needs_tls"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Names by which a machine calls itself."""

NAMES_MAX = 50
"""Most names: a certificate with more is refused by some clients."""

OUTSIDE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
"""Addresses that nobody has: a route to them tells our own address, and no packet is sent."""

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\.[A-Za-z0-9-]{1,63}){0,10}")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Where to listen, as `linewright up` was asked.

    Examples
    --------
    >>> Wanted().host
    '127.0.0.1'
    """

    host: str = "127.0.0.1"
    names: tuple[str, ...] = ()
    """Further names by which this machine is called."""
    chain: str = ""
    """Certificate that was brought; empty: our own, where one is needed."""
    key: str = ""


def needs_tls(host: str) -> bool:
    """Tell whether an address to listen at can be reached from other machines.

    Examples
    --------
    >>> needs_tls("127.0.0.1"), needs_tls("localhost"), needs_tls("0.0.0.0"), needs_tls("::")
    (False, False, True, True)
    """
    if host == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True


def names_of(host: str, further: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the names and addresses by which a machine that listens there may be called.

    Parameters
    ----------
    host
        Address to listen at; `0.0.0.0` or `::` for all.
    further
        Names that only the network knows.

    Examples
    --------
    >>> names_of("127.0.0.1")
    ('127.0.0.1', 'localhost', '::1')
    """
    if not needs_tls(host):
        return LOOPBACK
    own = socket.gethostname()
    found = [*LOOPBACK, *further, own, f"{own.partition('.')[0]}.local"]
    if _is_any(host):
        found += _addresses(own)
    else:
        found.append(host)
    named = [name for name in found if _NAME.fullmatch(name) or _is_address(name)]
    return tuple(dict.fromkeys(name.lower() for name in named))[:NAMES_MAX]


def family_of(host: str) -> socket.AddressFamily:
    """Return the family of sockets that listen at an address.

    Examples
    --------
    >>> family_of("::1").name, family_of("127.0.0.1").name
    ('AF_INET6', 'AF_INET')
    """
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def is_named(host: str, hosts: Sequence[str]) -> bool:
    """Tell whether a Host header names this machine; the port does not count.

    Parameters
    ----------
    host
        The header.
    hosts
        Names that it may have; `*.` before one stands for one label.

    Examples
    --------
    >>> is_named("[::1]:8000", ["[::1]"]), is_named("evil.example", ["localhost"])
    (True, False)
    """
    name = host.lower()
    bare = name.rpartition("]")[0] + "]" if name.startswith("[") else name.partition(":")[0]
    starred = f"*.{bare.partition('.')[2]}"
    return bare in hosts or starred in hosts


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_any(host: str) -> bool:
    return _is_address(host) and ipaddress.ip_address(host).is_unspecified


def _addresses(own: str) -> list[str]:
    """Return the addresses of this machine, as far as it knows them without asking anybody."""
    found: list[str] = []
    for family, outside in OUTSIDE.items():
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((outside, 9))
            found.append(str(probe.getsockname()[0]))
    with contextlib.suppress(OSError):
        found += [str(info[4][0]) for info in socket.getaddrinfo(own, None)]
    return [each.partition("%")[0] for each in found]
