"""Forecasts beside what the emulated plant did: what is counted, and how it is judged."""

from pathlib import Path

import msgspec

from benchmarks.twin.forecast_scored import BEGIN_NS, LAST, LINE, NS_PER_H, Day, judged
from linewright.plant.records import Forecast
from linewright.plant.records.examples import example
from linewright.twin.forecasting import score, settled


def test_an_hour_of_a_day(tmp_path: Path) -> None:
    """The fold counts what left the last machine: at most one each 48 s, and the line fills."""
    day = Day(0, tmp_path)
    line = day.advance(BEGIN_NS + NS_PER_H)
    half = day.made.good(LAST, BEGIN_NS, BEGIN_NS + NS_PER_H // 2)
    good = day.made.good(LAST, BEGIN_NS, BEGIN_NS + NS_PER_H)
    day.close()
    assert line.address == LINE
    assert 10 < half < good <= 75


def test_forecasts_are_judged_by_their_length() -> None:
    """One of an hour counts there only, with its own score."""
    given = example(Forecast)
    whole = msgspec.structs.replace(given, id="", for_ns=given.until_ns - NS_PER_H)
    one = settled(whole, whole.quantiles[0].value - 5.0, seen_ns=whole.until_ns)
    rows = {row.hours: row for row in judged([one])}
    assert {hours: row.forecasts for hours, row in rows.items() if row.forecasts} == {1.0: 1}
    assert rows[1.0].crps_pieces == round(score(one).crps, 2) > 0.0
    assert (rows[1.0].held_80, rows[1.0].held_90) == (0.0, 0.0)
