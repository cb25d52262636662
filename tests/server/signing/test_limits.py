"""How often somebody may ask, with a clock that is set by hand."""

import pytest

from linewright.server.signing.limits import (
    FORGOTTEN_S,
    FREE_OF_ACCOUNT,
    FREE_OF_PLACE,
    FREE_TRIES,
    WAIT_MAX_S,
    WAIT_STRANGE_S,
    Backoffs,
    Buckets,
    place_of,
)


def test_a_bucket_fills_again() -> None:
    """So many at once, then one for each second, and the wait that is told is enough."""
    buckets = Buckets(per_s=2.0, burst=3)
    assert [buckets.wait_s("a", now_s=10.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert buckets.wait_s("a", now_s=10.4) == pytest.approx(0.1)
    assert buckets.wait_s("a", now_s=10.5) == 0.0
    assert buckets.wait_s("b", now_s=10.5) == 0.0
    assert [buckets.wait_s("a", now_s=1000.0) for _ in range(4)][-1] > 0


def test_a_clock_that_goes_back_gives_nothing() -> None:
    """Time that runs backwards fills no bucket and empties none."""
    buckets = Buckets(per_s=1.0, burst=1)
    assert buckets.wait_s("a", now_s=10.0) == 0.0
    assert buckets.wait_s("a", now_s=5.0) == 1.0


def test_what_is_kept_is_bounded() -> None:
    """However many clients and accounts come, so many are kept in mind and no more."""
    buckets = Buckets(per_s=1.0, burst=1, most=100)
    waits = Backoffs(most=100)
    for n in range(1_000):
        buckets.wait_s(f"k{n}", now_s=0.0)
        waits.begin(f"account{n}", f"192.0.{n // 250}.{n % 250}", now_s=0.0)
    assert len(buckets) == 100
    assert len(waits) <= 400


def test_wrong_passwords_wait_longer_and_longer() -> None:
    """After some free tries each wrong one doubles the wait, up to its bound."""
    waits = Backoffs()
    now_s, seen = 0.0, []
    for _ in range(FREE_TRIES + 12):
        wait_s = waits.begin("maria", "192.0.2.1", now_s=now_s)
        if wait_s:
            seen.append(wait_s)
            now_s += wait_s
            assert waits.begin("maria", "192.0.2.1", now_s=now_s) == 0.0
    assert seen[:4] == [1.0, 2.0, 4.0, 8.0]
    assert max(seen) == WAIT_MAX_S


def test_a_try_counts_from_its_beginning() -> None:
    """A hundred tries at once get no more answers than as many one after the other."""
    waits = Backoffs()
    waited = [waits.begin("maria", "192.0.2.1", now_s=0.0) for _ in range(100)]
    assert waited.count(0.0) == FREE_TRIES


def test_nobody_is_locked_out() -> None:
    """However hard others try an account, a known place is not slowed and a new one has its try."""
    waits = Backoffs()
    waits.begin("maria", "192.0.2.1", now_s=0.0)
    waits.right("maria", "192.0.2.1", now_s=0.0)
    for n in range(20 * FREE_OF_ACCOUNT):
        waits.begin("maria", f"198.51.{n // 200}.{n % 200}", now_s=1.0)
    known = [waits.begin("maria", "192.0.2.1", now_s=1.0) for _ in range(FREE_TRIES)]
    assert known == [0.0] * FREE_TRIES
    strange = [waits.begin("maria", "203.0.113.7", now_s=1.0) for _ in range(2)]
    assert strange == [0.0, WAIT_STRANGE_S]
    assert waits.begin("maria", "203.0.113.7", now_s=1.0 + WAIT_STRANGE_S) == 0.0


def test_one_place_cannot_try_many_accounts() -> None:
    """Trying one password on every account slows the place, not the accounts."""
    waits = Backoffs()
    waited = [waits.begin(f"person{n}", "192.0.2.1", now_s=0.0) for n in range(100)]
    assert waited.count(0.0) == FREE_OF_PLACE
    assert waits.begin("person99", "192.0.2.2", now_s=0.0) == 0.0


def test_a_right_password_clears_and_time_forgets() -> None:
    """After a right one the place begins anew; after an hour so does everybody."""
    waits = Backoffs()
    for _ in range(FREE_TRIES):
        waits.begin("maria", "192.0.2.1", now_s=0.0)
    assert waits.begin("maria", "192.0.2.1", now_s=0.0) > 0
    waits.right("maria", "192.0.2.1", now_s=0.0)
    assert waits.begin("maria", "192.0.2.1", now_s=0.0) == 0.0
    for _ in range(3 * FREE_TRIES):
        waits.begin("juan", "192.0.2.1", now_s=0.0)
    assert waits.begin("juan", "192.0.2.1", now_s=FORGOTTEN_S + 1) == 0.0


def test_a_place_is_a_network_of_ipv6() -> None:
    """The addresses that one device has of itself are one place; a mapped IPv4 is its IPv4."""
    assert place_of("2001:db8:0:1::7") == place_of("2001:db8:0:1:ffff::9")
    assert place_of("2001:db8:0:1::7") != place_of("2001:db8:0:2::7")
    assert place_of("fe80::1%eth0") == place_of("fe80::2")
    assert place_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert len(place_of("x" * 1000)) == 64
