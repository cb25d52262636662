"""The waterfall's bars, its missing values and how its percentages round."""

from decimal import Decimal

from linewright.plant.kpi import Counts, Ledger, TimeCategory, Times, waterfall
from linewright.plant.kpi.waterfall import Bar, OutputBar, Waterfall

SHIFT = Times(no_shift_ns=100, meal_ns=10, breakdown_ns=20, unknown_ns=30, producing_ns=40)


def bars(*ns: int) -> Waterfall:
    """Return a waterfall of bars with the given times."""
    made = tuple(Bar(code=str(index), ns=one, left_ns=0) for index, one in enumerate(ns))
    return Waterfall(address="n/m/b/saw", calendar_ns=sum(ns), bars=made)


def printed(falls: Waterfall) -> list[str]:
    """Return the percentages as they are printed."""
    return [str(one) for one in falls.percents()]


def test_every_waterfall_has_the_same_bars_in_the_same_order() -> None:
    """A screen can rely on the bars: all categories but production, then the output."""
    falls = waterfall(Ledger(address="n/m/b/saw", calendar_ns=0, times=Times()))
    codes = [bar.code for bar in falls.bars]
    assert codes == [one for one in TimeCategory if one != "producing"] + list(OutputBar)


def test_what_is_left_after_a_bar_is_the_level_of_the_time_model() -> None:
    """Planned operation, planned busy and production time stand between the bars."""
    falls = waterfall(Ledger(address="n/m/b/saw", calendar_ns=200, times=SHIFT))
    assert falls.left_after("no_operator") == SHIFT.planned_operation_ns
    assert falls.left_after("approval") == SHIFT.planned_busy_ns
    assert falls.left_after("unknown") == SHIFT.producing_ns
    assert falls.left_after("fully_productive") == 0


def test_unjudged_pieces_are_a_bar_of_their_own() -> None:
    """Pieces that nobody has judged are neither good nor scrap."""
    row = Counts(product="lid", standard_ns=2, produced=15, good=9, scrap=1, rework=2)
    falls = waterfall(Ledger(address="n/m/b/saw", calendar_ns=200, times=SHIFT, counts=(row,)))
    output = {code.value: falls[code] for code in OutputBar}
    assert output == {
        "speed_loss": 10,
        "no_standard_time": 0,
        "scrap": 2,
        "rework": 4,
        "unjudged": 6,
        "fully_productive": 18,
    }


def test_without_a_standard_time_there_is_no_speed_loss() -> None:
    """What the product without a standard took cannot be told from slowness."""
    rows = (
        Counts(product="lid", standard_ns=2, produced=5, good=5),
        Counts(product="cup", standard_ns=None, produced=7, good=7),
    )
    falls = waterfall(Ledger(address="n/m/b/saw", calendar_ns=200, times=SHIFT, counts=rows))
    assert (falls["speed_loss"], falls["no_standard_time"]) == (0, 30)
    assert falls["fully_productive"] == 10


def test_the_missing_tenths_go_to_the_largest_remainders() -> None:
    """Thirds and sevenths print to 100.0; of equal remainders the first bar is raised."""
    assert printed(bars(1, 1, 1)) == ["33.4", "33.3", "33.3"]
    # 14.2857 each: six tenths are missing of the seven bars.
    assert printed(bars(*[1] * 7)) == ["14.3"] * 6 + ["14.2"]
    # 16.67, 33.33, 50: the sixth has the larger remainder.
    assert printed(bars(2, 1, 3)) == ["33.3", "16.7", "50.0"]


def test_gains_and_corrections_print_as_negative_bars() -> None:
    """A bar below zero and one above the calendar still leave 100.0 together."""
    found = bars(-1, 9, -5)
    assert printed(found) == ["-33.3", "300.0", "-166.7"]
    assert sum(found.percents()) == Decimal("100.0")


def test_a_window_without_time_has_no_percentages() -> None:
    """Nothing of nothing is undefined, not zero."""
    assert printed(bars(0, 0)) == ["NaN", "NaN"]
