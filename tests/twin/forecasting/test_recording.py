"""Forecasts as records."""

from decimal import Decimal

import msgspec
import pytest

from linewright.plant.records import (
    Forecast,
    ForecastKind,
    OrderNow,
    OrderStatus,
    Quality,
    RecordInvalid,
    decode,
    encode,
)
from linewright.twin.forecasting import ForecastInvalid, LineForecast, forecast, records_of, settled
from tests.twin.forecasting.lives import failing, nothing_known
from tests.twin.lines import NS


def _made(seed: int = 1) -> LineForecast:
    model = failing()
    order = OrderNow(
        order="7", product="a", status=OrderStatus.STARTED, quantity=Decimal(20), done=Decimal(0)
    )
    line = msgspec.structs.replace(nothing_known(model, as_of_ns=10**12), orders=(order,))
    return forecast(model, line, hours=2, replications=4, seed=seed, jit=False)


def test_each_horizon_is_a_record_that_can_be_sent() -> None:
    """Three of the line, one of each station, one of the order; each reads back as it was."""
    made = _made()
    found = records_of(made, seen_ns=5, rates={made.address: 50.0}, simulated=True)
    assert [one.kind for one in found] == [ForecastKind.OUTPUT] * 6 + [ForecastKind.COMPLETION]
    assert len({one.id for one in found}) == len(found)
    assert [one.naive for one in found[:4]] == [12.5, 50.0, 100.0, None]
    assert found[-1].subject == "7"
    assert all(decode(encode(one), Forecast) == one for one in found)
    assert all(Quality.SIMULATED in Quality(one.quality) for one in found)
    assert "the rate of the last hour" in found[0].caveat


def test_the_same_forecast_has_the_same_ids() -> None:
    """Made again, with another clock on the wall or another seed, it is the same record."""
    first = [one.id for one in records_of(_made(), seen_ns=5)]
    assert first == [one.id for one in records_of(_made(seed=9), seen_ns=77)]


def test_what_came_is_a_revision() -> None:
    """It keeps the id, and can be told once; a first revision cannot know it."""
    one = records_of(_made(), seen_ns=5)[0]
    done = settled(one, 12.0, seen_ns=9 * NS)
    assert (done.id, done.rev, done.actual, done.quantiles) == (one.id, 1, 12.0, one.quantiles)
    with pytest.raises(ForecastInvalid, match="settled already"):
        settled(done, 13.0, seen_ns=10 * NS)
    with pytest.raises(RecordInvalid, match="only a revision knows what came"):
        msgspec.structs.replace(one, actual=1.0)
