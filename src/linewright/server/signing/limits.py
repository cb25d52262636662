"""How often somebody may ask: token buckets, and the back-off of wrong passwords.

Everything is kept in memory, with a bound, on the monotonic clock. Nothing locks an account: a
place waits for what it tried itself. While many places try one account, each strange one has a
single try before it waits; one from which the person signed in before is not slowed by others.
"""

import ipaddress
from collections import OrderedDict
from typing import Generic, TypeVar

__all__ = ["Backoffs", "Buckets", "place_of"]

V = TypeVar("V")

KEPT_MAX = 10_000
"""Most clients or accounts that are kept in mind; the one longest not seen is forgotten."""

FREE_TRIES = 5
"""Wrong passwords of an account from one place before it has to wait."""

FREE_OF_PLACE = 20
"""Wrong passwords from one place for any accounts before it has to wait: a hall shares a place."""

FREE_OF_ACCOUNT = 50
"""Wrong passwords of an account from anywhere, after which strange places have a single try."""

WAIT_FIRST_S = 1.0
WAIT_STRANGE_S = 30.0
"""First wait of a strange place while an account is tried from many."""

WAIT_MAX_S = 300.0
"""Longest wait of one place: it ends guessing, and a person who has remembered can still wait."""

FORGOTTEN_S = 3600.0
"""After so long without a wrong password all is forgotten."""

PLACE_BITS = 64
"""Network of an IPv6 address that counts as one place: one device has all of it."""


def place_of(client: str) -> str:
    """Return what counts as one place: an IPv4 address, or the network of an IPv6 one.

    Examples
    --------
    >>> place_of("2001:db8::1:2"), place_of("::ffff:192.0.2.1"), place_of("192.0.2.1")
    ('2001:db8::', '192.0.2.1', '192.0.2.1')
    """
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return client[:64]
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    network = ipaddress.ip_network((address, PLACE_BITS), strict=False)
    return str(network.network_address)


class _Kept(Generic[V]):
    """Values by key, at most so many: the one longest not seen is forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[str, V] = OrderedDict()

    def get(self, key: str) -> V | None:
        return self._values.get(key)

    def put(self, key: str, value: V) -> None:
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._most:
            self._values.popitem(last=False)

    def drop(self, key: str) -> None:
        self._values.pop(key, None)

    def __len__(self) -> int:
        return len(self._values)


class Buckets:
    """A token bucket for each key: so many at once, and so many a second after that.

    Parameters
    ----------
    per_s
        Tokens that come back in a second.
    burst
        Most tokens of one bucket.
    most
        Most buckets.

    Examples
    --------
    >>> buckets = Buckets(per_s=1.0, burst=2)
    >>> [buckets.wait_s("a", now_s=0.0) for _ in range(3)]
    [0.0, 0.0, 1.0]
    """

    def __init__(self, *, per_s: float, burst: float, most: int = KEPT_MAX) -> None:
        self._per_s = per_s
        self._burst = burst
        self._kept: _Kept[tuple[float, float]] = _Kept(most)

    def wait_s(self, key: str, *, now_s: float, cost: float = 1.0) -> float:
        """Take tokens and return 0; where there are too few, take none and return the wait."""
        left, at_s = self._kept.get(key) or (self._burst, now_s)
        left = min(self._burst, left + max(0.0, now_s - at_s) * self._per_s)
        short = cost - left
        self._kept.put(key, (left if short > 0 else left - cost, now_s))
        return max(0.0, short / self._per_s)

    def __len__(self) -> int:
        return len(self._kept)


class _Tries:
    """Wrong tries in a row of one key."""

    __slots__ = ("at_s", "count")

    def __init__(self) -> None:
        self.count = 0
        self.at_s = 0.0


class Backoffs:
    """When an account may be tried again from a place.

    A try counts as wrong from its beginning, so that many at once are no way around; a right one
    clears what it counted.

    Parameters
    ----------
    most
        Most accounts, places and pairs that are kept in mind, each.

    Examples
    --------
    >>> waits = Backoffs()
    >>> [waits.begin("maria", "192.0.2.1", now_s=0.0) for _ in range(7)]
    [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0]
    >>> waits.begin("maria", "192.0.2.9", now_s=0.0)
    0.0
    """

    def __init__(self, *, most: int = KEPT_MAX) -> None:
        self._pairs: _Kept[_Tries] = _Kept(most)
        self._places: _Kept[_Tries] = _Kept(most)
        self._accounts: _Kept[_Tries] = _Kept(most)
        self._known: _Kept[float] = _Kept(most)

    def begin(self, account: str, client: str, *, now_s: float) -> float:
        """Count a try and return 0; where it comes too early, count none and return the wait.

        Parameters
        ----------
        account
            Sign-in name as it is compared, also one that nobody has.
        client
            Network address.
        now_s
            Monotonic clock.
        """
        place = place_of(client)
        pair = f"{place} {account[:256]}"
        tried = _fresh(self._accounts.get(account), now_s).count
        is_strange = tried >= FREE_OF_ACCOUNT and self._known.get(pair) is None
        free, first_s = (1, WAIT_STRANGE_S) if is_strange else (FREE_TRIES, WAIT_FIRST_S)
        wait_s = max(
            _left_s(_fresh(self._pairs.get(pair), now_s), free, first_s, now_s),
            _left_s(_fresh(self._places.get(place), now_s), FREE_OF_PLACE, WAIT_FIRST_S, now_s),
        )
        if wait_s > 0:
            return wait_s
        watched = ((self._pairs, pair), (self._places, place), (self._accounts, account))
        for kept, key in watched:
            tries = _fresh(kept.get(key), now_s)
            tries.count += 1
            tries.at_s = now_s
            kept.put(key, tries)
        return 0.0

    def right(self, account: str, client: str, *, now_s: float) -> None:
        """Note that a try was right: its place is known, and nothing is held against it."""
        place = place_of(client)
        pair = f"{place} {account[:256]}"
        self._pairs.drop(pair)
        self._known.put(pair, now_s)
        for kept, key in ((self._places, place), (self._accounts, account)):
            tries = kept.get(key)
            if tries is not None:
                tries.count = max(0, tries.count - 1)

    def __len__(self) -> int:
        return len(self._pairs) + len(self._places) + len(self._accounts) + len(self._known)


def _fresh(tries: _Tries | None, now_s: float) -> _Tries:
    if tries is None or now_s - tries.at_s > FORGOTTEN_S:
        return _Tries()
    return tries


def _left_s(tries: _Tries, free: int, first_s: float, now_s: float) -> float:
    """Return how long is still to be waited: twice as long after each wrong try."""
    if tries.count < free:
        return 0.0
    doublings = min(tries.count - free, 32)
    wait_s = min(WAIT_MAX_S, first_s * float(2**doublings))
    return max(0.0, tries.at_s + wait_s - now_s)
