"""The snapshot, and what is forgotten."""

import pytest

from linewright.live.alarms import decode_fold, encode_fold
from linewright.live.alarms.memory import KEPT_MAX, bounded, learned
from linewright.plant.records import AlarmEvent
from tests.live.alarms.floor import after, quiet, raised
from tests.live.floor import SITE, bracket


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b'{"form":2,"site":"nogales","tags":{},"stations":{},"alarms":{}}'],
)
def test_a_damaged_snapshot_is_refused(data: bytes) -> None:
    """What is no snapshot, or has another form, is a typed error."""
    with pytest.raises(ValueError, match=r"."):
        decode_fold(data, bracket(), "r1", SITE)


def test_a_snapshot_of_another_site_is_refused() -> None:
    """By the name of the site that stands in it."""
    data = encode_fold(quiet()).replace(b'"nogales"', b'"reno"')
    with pytest.raises(ValueError, match="reno"):
        decode_fold(data, bracket(), "r1", SITE)


def test_only_what_is_over_is_forgotten() -> None:
    """Beyond the bound the oldest that are over go; what is active never does."""
    records = []
    for n in range(KEPT_MAX + 10):
        first = raised(n, alarm=f"fault_{n}")
        records.append(first)
        if n % 2:
            records.append(after(first, AlarmEvent.RETURNED, n + 0.5))
    fold = learned(quiet(), records)
    assert len(fold.alarms) == KEPT_MAX
    assert sum(1 for each in fold.alarms.values() if each.current and each.current.is_active) == (
        KEPT_MAX // 2 + 5
    )
    assert bounded(dict(fold.alarms)) == fold.alarms


def test_nothing_learned_is_the_same_fold() -> None:
    """Without records, and of a repeat, not even a copy is made."""
    fold = learned(quiet(), [raised(0)])
    assert learned(fold, []) is fold
    assert learned(fold, [raised(0)]) is fold
