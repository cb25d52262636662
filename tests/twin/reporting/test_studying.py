"""From results to what a report tells."""

import msgspec

from linewright.plant import Address, load
from linewright.twin.experiment import model_of
from linewright.twin.experiment.results import Scenario, Setting
from linewright.twin.experiment.running import experiment, run
from linewright.twin.experiment.study import Runs
from linewright.twin.reporting import over_time, report, study_of, worth_of
from linewright.twin.reporting.studying import NS_PER_H, _step_ns
from tests.twin.lines import BRACKET, SIX_NS
from tests.twin.reporting.studies import bracket

RUNS = Runs(hours=2.0, replications=3, seed=5, at_ns=SIX_NS, jit=False)


def test_a_run_is_told_with_its_figures() -> None:
    """Figures, stations and buffers of the report are those of the result, with labels."""
    plant, model = bracket()
    result = run(plant, BRACKET, msgspec.structs.replace(RUNS, hours=8.0))
    made = study_of(result, model, plant, command="x", version="1")
    rate = result.measured.at("throughput")
    assert rate is not None
    assert made.figures[0].value.mean == rate.mean
    assert made.figures[0].value.low == rate.low
    assert [one.label for one in made.stations][1] == "Machining centre"
    assert sum(each.mean for each in made.stations[0].states.values()) > 0.999
    assert [(one.after, one.places) for one in made.stores] == [(0, 12), (1, 8), (2, 8)]
    assert made.asked.began_ns == SIX_NS
    assert [one.name for one in made.stations if one.is_bottleneck] == [f"{BRACKET}/mill"]


def test_one_replication_has_no_interval() -> None:
    """Of a single replication nothing is known but its mean."""
    plant, model = bracket()
    result = run(plant, BRACKET, msgspec.structs.replace(RUNS, replications=1))
    made = study_of(result, model, plant)
    assert {one.value.low for one in made.figures} == {None}
    assert "inf" not in report(made)
    assert "nan" not in report(made)


def test_over_time_sums_to_the_run() -> None:
    """The good parts of all stretches are those of the replications."""
    _, model = bracket()
    result = run(model, BRACKET, RUNS)
    rate, inside = over_time(model, result, jit=False)
    good = result.measured.at("good")
    assert good is not None
    assert abs(sum(rate.mean) * 2.0 / 48 - good.mean) < 1e-9
    assert len(rate.low) == len(inside.hours) == 48
    assert inside.hours[-1] == 2.0


def test_a_long_run_is_told_day_by_day() -> None:
    """Three weeks have a point for each day, a week one for three hours, a shift 48."""
    hours = (8.0, 168.0, 504.0)
    assert [round(each * NS_PER_H / _step_ns(each)) for each in hours] == [48, 56, 21]
    assert _step_ns(504.0) == 24 * NS_PER_H


def test_scenarios_are_told_with_their_differences() -> None:
    """The basis stands first; a faster mill is real, and is what is worth most."""
    plant, model = bracket()
    faster = Setting("bracket/mill.does.mill.time", "50 s")
    asked = (
        Scenario(name="fast", label="Faster mill", settings=(faster,)),
        Scenario(name="same", settings=(Setting("bracket/wash-inspect.places", "9"),)),
    )
    result = experiment(plant, BRACKET, asked, RUNS)
    made = study_of(result, model, plant)
    assert [one.name for one in made.scenarios] == ["baseline", "Faster mill", "same"]
    assert made.scenarios[1].changes == ("bracket/mill.does.mill.time = 50 s",)
    sure = {one.figure: one.is_real for one in made.scenarios[1].differences}
    assert sure["throughput"]
    best = worth_of(result.comparisons, {"fast": "Faster mill"})
    assert best[0].change == "Faster mill"
    assert "Faster mill" in report(made)


def test_lead_times_are_told_in_what_people_say() -> None:
    """From ten minutes on in min, from ten hours on in h; a difference in the same unit."""
    plant, model = bracket()
    result = experiment(plant, BRACKET, (), RUNS)
    lead = result.runs[0].measured.at("lead_time")
    assert lead is not None
    assert lead.mean > 600.0
    told = [one for one in study_of(result, model, plant).figures if one.name == "lead_time"]
    assert [(one.unit, one.value.mean) for one in told] == [("min", lead.mean / 60.0)]


def test_a_site_tells_its_queues_and_names() -> None:
    """What waits in front of a work centre is told, and its lines have their labels."""
    plant = load("plants/corridor")
    site = Address("clarksville")
    result = run(plant, site, msgspec.structs.replace(RUNS, hours=30.0, replications=2))
    made = study_of(result, model_of(plant, site), plant)
    queues = {one.name: one.places for one in made.stores if one.after is None}
    assert any(name.startswith("clarksville/") for name in queues)
    assert made.asked.label == "Clarksville plant"
    assert made.labels["clarksville/assembly/van"]


def test_a_warning_is_told_once() -> None:
    """What stands among the warnings is no note besides."""
    plant, model = bracket()
    result = run(plant, BRACKET, RUNS)
    warm_up = msgspec.structs.replace(result.warm_up, warning="run longer")
    doubtful = msgspec.structs.replace(result, warm_up=warm_up, notes=("run longer", "other"))
    made = study_of(doubtful, model, plant)
    assert (made.warnings, made.notes) == (("run longer",), ("other",))
