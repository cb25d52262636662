"""A shared resource: versions, patches for who comes back, the whole for who was away too long."""

import json
from typing import Any

from linewright.server.watching.merge import merged
from linewright.server.watching.shared import PATCHES_MAX, Shared


def _told(said: bytes | None) -> dict[str, Any]:
    assert said is not None
    found: dict[str, Any] = json.loads(b"{" + said + b"}")
    return found


def _shared(*values: object) -> Shared:
    shared = Shared("k")
    for value in values:
        shared.take(json.dumps(value).encode())
    return shared


def test_only_a_change_makes_a_version() -> None:
    """The same value, or the same with null members, is no new version."""
    shared = _shared({"a": 1, "b": 2})
    assert not shared.take(b'{"a":1,"b":2}')
    assert not shared.take(b'{ "a": 1, "b": 2, "c": null }')
    assert shared.version == "k.1"
    assert shared.take(b'{"a":1,"b":3}')
    assert shared.version == "k.2"


def test_who_was_away_gets_one_patch() -> None:
    """From each version that is kept one patch leads to the present value."""
    values = [{"n": n, "same": "x" * 200, "odd": {str(n % 3): n}} for n in range(20)]
    shared = _shared(*values)
    for behind in range(1, 20):
        told = _told(shared.since(f"k.{20 - behind}"))
        assert told["version"] == "k.20"
        assert merged(values[-1 - behind], told["patch"]) == values[-1]
    assert shared.since("k.20") is None


def test_who_was_away_too_long_gets_all() -> None:
    """Older than what is kept, of another start, damaged or from the future: all of it."""
    shared = _shared(*({"n": n, "same": "x" * 100} for n in range(PATCHES_MAX + 10)))
    for version in ("k.1", "other.70", "", "k.", "k.x", "k.-1", "k.99999999999999999999", "k.²"):
        assert _told(shared.since(version))["full"] == {"n": PATCHES_MAX + 9, "same": "x" * 100}
    assert "patch" in _told(shared.since(f"k.{PATCHES_MAX + 9}"))


def test_all_of_it_where_no_patch_tells_the_change() -> None:
    """An object that went and came back is told as a whole to who missed the middle."""
    shared = _shared(
        {"s": {"a": 1}, "x": "x" * 99}, {"x": "x" * 99}, {"s": {"b": 1}, "x": "x" * 99}
    )
    assert _told(shared.since("k.1"))["full"]["s"] == {"b": 1}
    assert _told(shared.since("k.2"))["patch"] == {"s": {"b": 1}}


def test_the_same_bytes_for_all() -> None:
    """Whoever has the same version gets the very same bytes: they are encoded once."""
    shared = _shared({"a": 1, "s": "x" * 50}, {"a": 2, "s": "x" * 50})
    assert shared.since("k.1") is shared.since("k.1")
    assert shared.since("k.0") == shared.since("gone.3")
