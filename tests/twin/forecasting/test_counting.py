"""Counting what came."""

import pytest

from linewright.plant import Address
from linewright.plant.records import How, Parts, revise
from linewright.twin.forecasting import ForecastInvalid, Made

NS = 10**9
HOUR = 3600 * NS
SAW = Address("a/b/c/saw")


def _parts(t_ns: int, good: int = 1) -> Parts:
    return Parts(
        address=SAW, t_ns=t_ns, seen_ns=t_ns, plant_rev="r1", how=How.MACHINE, source="saw",
        good=good,
    )  # fmt: skip


def test_a_span_holds_its_end_and_not_its_beginning() -> None:
    """What was made in neighbouring spans is counted once; records come in any order."""
    made = Made(0)
    made.add([_parts(3 * NS, 2), _parts(NS), _parts(9 * NS)], 5 * NS)
    made.add([_parts(9 * NS, 4), _parts(5 * NS)], 9 * NS)
    spans = [(0, NS), (NS, 3 * NS), (3 * NS, 9 * NS)]
    assert [made.good(SAW, *each) for each in spans] == [1, 2, 4]
    assert made.good(Address("a/b/c/mill"), 0, 9 * NS) == 0


def test_the_newest_revision_counts() -> None:
    """A corrected count replaces the first one, and one taken back is none."""
    first = _parts(NS, 5)
    later = revise(first, seen_ns=2 * NS, how=How.PERSON, good=3)
    made = Made(0)
    made.add([later, first], 2 * NS)
    assert made.good(SAW, 0, 2 * NS) == 3
    gone = Made(0)
    gone.add([first, revise(first, seen_ns=2 * NS, how=How.PERSON, void=True)], 2 * NS)
    assert gone.good(SAW, 0, 2 * NS) == 0


def test_what_is_forgotten_is_not_known() -> None:
    """The rest is counted as before; a time outside the span is an error, and so is going back."""
    made = Made(0)
    made.add([_parts(k * NS, k) for k in range(1, 10)], 10 * NS)
    made.forget(4 * NS)
    assert (made.good(SAW, 5 * NS, 7 * NS), len(made)) == (13, 6)
    for span in ((0, 5 * NS), (5 * NS, 11 * NS)):
        with pytest.raises(ForecastInvalid, match="is not known"):
            made.good(SAW, *span)
    with pytest.raises(ForecastInvalid, match="counted further already"):
        made.add([], 9 * NS)


def test_the_rate_of_the_last_hour() -> None:
    """30 parts in the last half hour that was heard are 60 an hour; of ten minutes it is none."""
    made = Made(0)
    made.add([_parts(HOUR + k * 60 * NS) for k in range(1, 31)], HOUR + HOUR // 2)
    assert made.rate_h(SAW, HOUR) == pytest.approx(60.0)
    assert made.rate_h(SAW, 0) == pytest.approx(30.0)
    assert made.rate_h(SAW, HOUR + HOUR // 3) is None
    assert made.rate_h(SAW, None) is None
