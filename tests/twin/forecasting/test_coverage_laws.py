"""Forecasts hold as often as they say, of a line that is as its plant file says."""

import pytest

from linewright.twin import advance, begin, outcome
from linewright.twin.forecasting import Score, forecast, records_of, score, settled, standing
from tests.twin.forecasting.lives import HOUR, failing, line_state

pytestmark = pytest.mark.laws

FORECASTS = 60


def _scores() -> list[Score]:
    """Return the scores of forecasts from what can be seen of one long life, none overlapping."""
    model = failing()
    state = advance(model, begin(model, at_ns=0, seed=7), 10 * HOUR)
    found = []
    for number in range(FORECASTS):
        made = forecast(model, line_state(model, state), hours=2, replications=200, seed=number)
        last = [one for one in records_of(made, seen_ns=1) if one.address == model.address][-1]
        later = advance(model, state, last.until_ns)
        came = outcome(model, later).good - outcome(model, state).good
        found.append(score(settled(last, float(came), seen_ns=2)))
        state = advance(model, later, later.t_ns + HOUR // 2)
    return found


def test_80_percent_intervals_hold_80_percent() -> None:
    """Of 60 two-hour forecasts 42 to 54 hold; the bias is less than a twentieth of what comes."""
    found = standing(_scores())
    held, of = found.held[1]
    assert of == FORECASTS
    assert 42 <= held <= 54
    assert abs(found.bias) < 0.05 * found.mean_actual
    assert not found.is_off
