"""A right twin is called valid, a wrong one is not, and little data tells nothing."""

import msgspec
import pytest

from linewright.twin.calibrate import (
    Figures,
    by_twin,
    calibrate,
    observe,
    predict,
    present,
    seen_figures,
    validity,
)
from linewright.twin.calibrate.validity import Comparison
from tests.twin.calibrate.recover import AT, NS, WARM_NS, damaged, random_truth, recorded, traced

HOURS = 24.0
CUT_NS = WARM_NS + round(0.75 * HOURS * 3600 * NS)
UNTIL_NS = WARM_NS + round(HOURS * 3600 * NS)


def _judged(
    seed: int, until_ns: int = UNTIL_NS, slower: float = 1.0
) -> tuple[str, tuple[str, ...]]:
    truth = random_truth(seed)
    whole = recorded(truth.plant(), traced(truth.plant(), seed, UNTIL_NS))
    records = damaged(whole, seed, 0, UNTIL_NS)
    believed = truth.believed()
    made = calibrate(believed, AT, records, since_ns=WARM_NS, until_ns=CUT_NS)
    held = seen_figures(believed, observe(believed, AT, records, CUT_NS, until_ns))
    held = msgspec.structs.replace(held, parts=held.parts * slower)
    now = present(believed, made.seen)
    run = by_twin(AT, (until_ns - CUT_NS) / 3600 / NS, seed=50, begins=now)
    found = validity(made, held, run, runs=12)
    return found.verdict, found.reasons


def test_a_right_twin_is_valid() -> None:
    """A line that goes on as it was is predicted in throughput, waiting and buffers."""
    assert _judged(11)[0] == "valid"


def test_a_line_that_has_slowed_is_not() -> None:
    """A third of the parts missing in the held-out time: not valid, and throughput is named."""
    verdict, reasons = _judged(11, slower=0.67)
    assert verdict == "not valid"
    assert any(reason.startswith("throughput_per_h") for reason in reasons)


def test_a_short_time_tells_nothing() -> None:
    """Half an hour held out is too little to judge by, and that is the reason."""
    verdict, reasons = _judged(11, CUT_NS + 1800 * NS)
    assert verdict == "cannot tell"
    assert "good parts were seen" in reasons[0]


def test_too_few_parts_are_not_judged() -> None:
    """Nothing is run or compared with 40 parts of 100; the 6 h that are missing are told."""
    truth = random_truth(5)
    made = calibrate(truth.plant(), AT, [], since_ns=0, until_ns=3600 * NS)

    def never(*_: object) -> Figures:
        raise AssertionError

    found = validity(made, Figures(parts=40.0, hours=4.0), never)
    assert (found.verdict, found.rows, found.error) == ("cannot tell", (), None)
    assert found.reasons == ("40 good parts were seen in 4 h, 100 are needed",)
    assert found.hours_more == pytest.approx(6.0)
    assert validity(made, Figures(parts=0.0, hours=4.0), never).hours_more is None


def test_predictions_are_as_wide_as_asked() -> None:
    """A higher level gives a wider interval around the same mean."""
    truth = random_truth(5)
    until_ns = WARM_NS + 6 * 3600 * NS
    records = recorded(truth.plant(), traced(truth.plant(), 5, until_ns))
    made = calibrate(truth.believed(), AT, records, since_ns=WARM_NS, until_ns=until_ns)
    run = by_twin(AT, 3.0)
    wide, narrow = (predict(made, run, runs=5, level=level)[0] for level in (0.99, 0.8))
    assert wide.mean == narrow.mean
    assert wide.low < narrow.low < narrow.mean < narrow.high < wide.high


@pytest.mark.parametrize(
    ("seen", "agrees"), [(None, True), (0.21, True), (0.217, True), (0.3, False)]
)
def test_agreement(seen: float | None, agrees: bool) -> None:  # noqa: FBT001  # a table
    """What lies in the interval, or as near as makes no difference, agrees."""
    one = Comparison(figure="blocked", address=None, mean=0.2, low=0.19, high=0.21, seen=seen)
    assert one.agrees is agrees
