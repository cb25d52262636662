"""Studies and films for tests."""

from linewright.plant import Plant, load
from linewright.twin import Model, begin, compile_line
from linewright.twin.reporting import Asked, Film, Series, Study, Value, Worth, film
from linewright.twin.reporting.study import (
    Difference,
    Figure,
    Scenario,
    StationFigures,
    StoreFigures,
)
from tests.twin.lines import BRACKET, SIX_NS, minutes

NASTY = '<script>alert("1")</script>&\u202e'
"""A name that would run, if it could, and turn the text after it around."""


def study(name: str = "mill", *, replications: int = 10) -> Study:
    """Return a study with something in every section; everything people named has this name."""
    worth = Worth(change=name, unit="1/h", gain=Value(1.5, 1.0, 2.0), is_real=True)
    states = {"running": Value(0.9, 0.88, 0.92), "down": Value(0.1, 0.08, 0.12)}
    mill = StationFigures(
        name=name, states=states, is_bottleneck=True, energy_kwh=Value(9.0), scrap=Value(3.0)
    )
    made = Series(name="throughput", unit="1/h", hours=(0.0, 1.0), mean=(40.0, 50.0))
    rate = Figure(name="throughput", unit="1/h", value=Value(61.2, 60.4, 62.1))
    more = Difference(figure="throughput", unit="1/h", value=Value(2.0, 1.0, 3.0), is_real=True)
    return Study(
        asked=Asked(
            plant=name,
            address="a/b/c",
            label=name,
            hours=8.0,
            replications=replications,
            seed=1234,
            plant_rev=name,
            command=f"linewright simulate {name}",
            warm_up_h=0.5,
        ),
        figures=(rate, Figure(name="scrap_share", unit="share", value=Value(0.05))),
        stations=(mill, StationFigures(name="wash", states={"running": Value(0.4)})),
        stores=(StoreFigures(name=name, after=0, places=12, level=Value(5.9, 5.0, 6.8)),),
        series=(made,),
        scenarios=(Scenario(name=name), Scenario(name=name, changes=(name,), differences=(more,))),
        worth=(worth,),
        forecast=(made,),
        notes=(name,),
        warnings=(name,),
    )


def bracket() -> tuple[Plant, Model]:
    """Return the bracket plant and the model of its line."""
    plant = load("plants/bracket")
    return plant, compile_line(plant, BRACKET)


def shift(*, hours: float = 1.0, events: int = 60_000) -> Film:
    """Return a film of the first hours of a day at the bracket line."""
    plant, model = bracket()
    start = begin(model, at_ns=SIX_NS, seed=3)
    until = SIX_NS + minutes(60 * hours)
    return film(model, start, until, plant=plant, events=events, jit=False)
