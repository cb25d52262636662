"""Forecasts of lines whose futures are known."""

import msgspec
import pytest

from linewright.plant.records import BufferNow, Quality, StationNow, StationState
from linewright.twin import Model, TwinFault, advance, begin
from linewright.twin.forecasting import ForecastInvalid, LineForecast, forecast
from tests.twin.forecasting.lives import HOUR, failing, line_state, nothing_known
from tests.twin.lines import NS, line_of


def _forecast(model: Model, **keys: object) -> LineForecast:
    line = nothing_known(model)
    return forecast(model, line, hours=1, replications=8, seed=1, jit=False, **keys)  # type: ignore[arg-type]  # keywords of it


def test_a_line_without_chance_has_one_future() -> None:
    """Two stations of 60 and 30 s make 59 in the hour; the second waits half of it."""
    model = line_of("60 s", "30 s")
    found = _forecast(model)
    assert [(one.mean, one.at(0.05), one.at(0.95)) for one in found.good] == [
        (14.0, 14.0, 14.0),
        (59.0, 59.0, 59.0),
    ]
    assert found.stations[1].starved[1] == pytest.approx(0.5, abs=0.02)
    assert found.bottleneck is not None
    assert (found.bottleneck.address, found.bottleneck.bottleneck) == (model.stations[0], 1.0)


def test_it_starts_from_what_is_there() -> None:
    """With the buffer full and both stations busy, more leaves in the first quarter."""
    model = line_of("60 s", "30 s")
    stations = tuple(
        StationNow(
            address=each, state=StationState.RUNNING, since_ns=0, seen_ns=0, cycle_began_ns=0
        )
        for each in model.stations
    )
    line = msgspec.structs.replace(
        nothing_known(model),
        stations=stations,
        buffers=(BufferNow(address=model.buffers[0], count=5),),
    )
    found = forecast(model, line, hours=0.25, replications=2, seed=1, jit=False)
    assert (found.good[0].mean, found.inside[0].mean) == (20.0, 2.0)


def test_a_stop_is_as_probable_as_the_clock_says() -> None:
    """With a failure each hour of operation a station stops within the hour with 1 - 1/e."""
    model = line_of("60 s", fails=("60 min", "1 s"))
    line = nothing_known(model)
    found = forecast(model, line, hours=1, replications=600, seed=3)
    assert found.stations[0].stops[1] == pytest.approx(0.632, abs=0.06)


def test_the_same_seed_is_the_same_forecast() -> None:
    """Equal to the last bit, compiled or plain; another seed gives another."""
    model = failing()
    line = line_state(model, advance(model, begin(model, at_ns=0, seed=5), 3 * HOUR))
    found = [forecast(model, line, hours=1, replications=6, seed=s, jit=j)
             for s, j in ((1, True), (1, False), (2, True))]  # fmt: skip
    assert found[0] == found[1] != found[2]


def test_it_says_what_it_assumed_and_how_old_the_state_was() -> None:
    """Nothing known of a line: every station is named, and the forecast is not relied on."""
    model = line_of("60 s", "30 s")
    found = _forecast(model, now_ns=1200 * NS)
    assert found.age_s == 1200.0
    assert not found.valid
    text = "; ".join(found.assumed)
    for said in ("20 min old", "nothing certain is known of m0, m1", "level of m0-m1", "material"):
        assert said in text
    seen = line_state(model, begin(model, at_ns=0, seed=1))
    known = forecast(model, seen, hours=1, replications=2, seed=1, now_ns=NS, jit=False)
    assert known.valid
    assert known.assumed == ("material is always there, and what leaves the line always has room",)


def test_a_silent_station_is_named() -> None:
    """A state that was told and is stale is taken as it was, and said."""
    model = line_of("60 s", "30 s")
    seen = line_state(model, begin(model, at_ns=0, seed=1))
    stale = int(Quality.UNCERTAIN | Quality.STALE)
    first = msgspec.structs.replace(seen.stations[0], quality=stale)
    line = msgspec.structs.replace(seen, stations=(first, seen.stations[1]))
    found = forecast(model, line, hours=1, replications=2, seed=1, jit=False)
    assert found.valid
    assert "nothing certain is known of m0" in found.assumed[0]


def test_what_cannot_be_asked_is_refused() -> None:
    """One future, no time, or the state of another line."""
    model = line_of("60 s")
    line = nothing_known(model)
    with pytest.raises(ForecastInvalid, match="1 futures are no distribution; give 2 to 10,000"):
        forecast(model, line, hours=1, replications=1, seed=1)
    with pytest.raises(ForecastInvalid, match="cannot be 0 hours long"):
        forecast(model, line, hours=0, replications=2, seed=1)
    other = msgspec.structs.replace(line, address=model.stations[0])
    with pytest.raises(TwinFault, match="not the state of"):
        forecast(model, other, hours=1, replications=2, seed=1)
