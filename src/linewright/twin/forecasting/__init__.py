"""Forecasts: the next hours of a line from its live state, kept, and later judged.

Hides how the state is played on in many futures, how spreads become records, and how they are
scored. `forecast` makes one, `worth` tells which minute and which buffer place count most,
`records_of` makes records of it, `settled` adds what came, `score` and `standing` judge.

>>> from linewright.plant import PlantBuilder
>>> from linewright.plant.records import LineState
>>> from linewright.twin import compile_line
>>> plant = PlantBuilder("acme")
>>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
>>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "60 s"})
>>> model = compile_line(plant.done(), "reno/shop/pump")
>>> now = LineState(address=model.address, as_of_ns=0, plant_rev="r1")
>>> made = forecast(model, now, hours=1, replications=5, seed=1, jit=False)
>>> hour = records_of(made, seen_ns=1)[1]
>>> standing([score(settled(hour, 58.0, seen_ns=2))]).bias
2.0
"""

from linewright.twin.forecasting.counting import Made
from linewright.twin.forecasting.forecasting import forecast
from linewright.twin.forecasting.horizons import end_of_shift
from linewright.twin.forecasting.recording import records_of, settled
from linewright.twin.forecasting.results import (
    ForecastInvalid,
    Horizon,
    LineForecast,
    OrderForecast,
    Spread,
    StationForecast,
)
from linewright.twin.forecasting.scoring import INTERVALS, Score, Standing, score, standing
from linewright.twin.forecasting.sensitivity import Worth, one_more_place, worth

__all__ = [
    "INTERVALS",
    "ForecastInvalid",
    "Horizon",
    "LineForecast",
    "Made",
    "OrderForecast",
    "Score",
    "Spread",
    "Standing",
    "StationForecast",
    "Worth",
    "end_of_shift",
    "forecast",
    "one_more_place",
    "records_of",
    "score",
    "settled",
    "standing",
    "worth",
]
