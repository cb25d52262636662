"""From what experiments give to what a report tells."""

import math
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from linewright.plant import Address, Plant
from linewright.plant.model import label_in
from linewright.twin.engine import advance
from linewright.twin.experiment.intervals import estimated
from linewright.twin.experiment.results import (
    Comparison,
    Estimate,
    ExperimentResult,
    RunResult,
)
from linewright.twin.experiment.results import Scenario as AskedScenario
from linewright.twin.logs.trail import between
from linewright.twin.model import Model
from linewright.twin.outcome import outcome
from linewright.twin.reporting.film import labels_of, places_of
from linewright.twin.reporting.study import (
    STATES,
    Asked,
    Difference,
    Figure,
    Scenario,
    Series,
    StationFigures,
    StoreFigures,
    Study,
    Value,
    Worth,
)
from linewright.twin.state import begin

__all__ = ["over_time", "study_of", "worth_of"]

Clock = tuple[str, float]
"""A unit of time, and how many seconds it has."""

NS_PER_H = 3600 * 10**9

POINTS = 48
"""Instants of a series of at most a day."""
STEPS_H = (1, 2, 3, 4, 6, 24)
"""Lengths of what a longer series is parted into: whole shares of a day, so that no point has
more working time than another by where it happens to begin."""
POINTS_MAX = 60
"""Instants of a series of more than a day."""
POINTS_LIMIT = 2_000
"""Instants of a series of years."""

RUNS_MAX = 20
"""Replications played again for the series: their band needs no more."""

CLOCKS = (("h", 3600.0), ("min", 60.0))
"""Units of times that are told to people; each is used from ten of it on, seconds below."""
USED_FROM = 10.0

COMPARED = ("throughput", "wip", "lead_time", "scrap_share", "energy_per_part", "energy")
"""Figures of the whole that a comparison of scenarios shows."""


def study_of(
    result: RunResult | ExperimentResult,
    model: Model,
    plant: Plant,
    *,
    command: str = "",
    version: str = "",
    series: tuple[Series, ...] = (),
) -> Study:
    """Return what a report tells of a run, or of an experiment's baseline and its scenarios.

    Parameters
    ----------
    result
        What `linewright.twin.experiment` gave.
    model, plant
        What was run: the baseline.
    command, version
        How to get it again.
    series
        What is shown over time, see `over_time`.

    Notes
    -----
    The bottleneck is the station that starves and is blocked least; where two differ by less
    than their intervals, none is named. Cost: linear in the figures; series come from
    `over_time`, forecasts and what is worth most from who asked for them.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import compile_line
    >>> from linewright.twin.experiment.results import Measured, RunResult, WarmUp
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> plant = plant.done()
    >>> model = compile_line(plant, "reno/shop/pump")
    >>> run = RunResult(name="baseline", address=model.address, at_ns=0, hours=8.0, seed=1,
    ...     replications=5, level=0.95, warm_up=WarmUp(), measured=Measured(), values={})
    >>> study_of(run, model, plant).asked.replications
    5
    """
    run = result if isinstance(result, RunResult) else result.runs[0]
    labels = {address: label_in(label, "en") for address, label in labels_of(plant, model).items()}
    made = Study(
        asked=_asked(run, plant, labels),
        figures=tuple(_figure(one, _clock(run)) for one in _whole(run)),
        stations=_stations(run, model, labels),
        stores=_stores(run, model, plant),
        labels={str(address): label for address, label in labels.items()},
        series=series,
        notes=tuple(each for each in run.notes if each != run.warm_up.warning),
        warnings=(run.warm_up.warning,) if run.warm_up.warning else (),
    )
    asked = msgspec.structs.replace(made.asked, command=command, version=version)
    made = msgspec.structs.replace(made, asked=asked)
    if isinstance(result, ExperimentResult):
        made = msgspec.structs.replace(made, scenarios=_scenarios(result))
    return made


def over_time(model: Model, run: RunResult, *, jit: bool = True) -> tuple[Series, ...]:
    """Return the pace of a run and the parts inside, over its time.

    Parameters
    ----------
    model, run
        The model, and what came of it; its first replications are played again.
    jit
        Whether the compiled kernel runs.

    Returns
    -------
    tuple of Series
        Good parts an hour in each of some 48 equal stretches, of a long run in each day, and
        parts inside at their ends; bands are Student intervals at each instant by itself.

    Notes
    -----
    Cost: as the replications that are played, at most 20.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import compile_line
    >>> from linewright.twin.experiment import Runs, run
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "36 s"})
    >>> model = compile_line(plant.done(), "reno/shop/pump")
    >>> found = run(model, model.address, Runs(hours=2.0, replications=2, jit=False))
    >>> [one.name for one in over_time(model, found, jit=False)]
    ['rate', 'wip']
    """
    count = min(run.replications, RUNS_MAX)
    step_ns = _step_ns(run.hours)
    points = min(POINTS_LIMIT, round(run.hours * NS_PER_H) // max(1, step_ns))
    if step_ns < 1 or count < 1 or points < 1:
        return ()
    made = [_played(model, run, k, (points, step_ns), jit=jit) for k in range(count)]
    hours = [(k + 1) * step_ns / NS_PER_H for k in range(points)]
    middles = [hour - step_ns / NS_PER_H / 2 for hour in hours]
    rates = [[each[0][k] * NS_PER_H / step_ns for each in made] for k in range(points)]
    inside = [[float(each[1][k]) for each in made] for k in range(points)]
    return (
        _series("rate", "1/h", middles, rates, run.level),
        _series("wip", "pieces", hours, inside, run.level),
    )


def _step_ns(hours: float) -> int:
    """Return how far apart the instants of a series are."""
    if hours <= STEPS_H[-1]:
        return round(hours * NS_PER_H / POINTS)
    step_h = next((each for each in STEPS_H if hours / each <= POINTS_MAX), STEPS_H[-1])
    return step_h * NS_PER_H


def worth_of(
    comparisons: Iterable[Comparison], names: Mapping[str, str], measure: str = "throughput"
) -> tuple[Worth, ...]:
    """Return what each change is worth in one figure, best first.

    Parameters
    ----------
    comparisons
        Of scenarios that each change one thing.
    names
        What people read of a scenario, by its name.
    measure
        The figure.

    Examples
    --------
    >>> worth_of([], {})
    ()
    """
    found = [
        Worth(
            change=names.get(one.name, one.name),
            unit=each.unit,
            gain=_value(each),
            is_real=one.is_sure(measure),
        )
        for one in comparisons
        if (each := one.differences.at(measure)) is not None
    ]
    return tuple(sorted(found, key=lambda each: -each.gain.mean))


def _asked(run: RunResult, plant: Plant, labels: Mapping[Address, str]) -> Asked:
    return Asked(
        plant=plant.enterprise,
        address=str(run.address),
        label=labels.get(run.address, ""),
        plant_rev=run.plant_rev,
        product=run.product,
        began_ns=run.at_ns,
        timezone=plant.sites[run.address.site].timezone,
        hours=run.hours,
        warm_up_h=run.warm_up.hours,
        replications=run.replications,
        seed=run.seed,
        confidence=run.level,
    )


def _value(estimate: Estimate) -> Value:
    if not math.isfinite(estimate.half_width):
        return Value(estimate.mean)
    return Value(estimate.mean, estimate.low, estimate.high)


def _whole(run: RunResult) -> list[Estimate]:
    """Return the figures of all that was simulated, but for those that are no number."""
    estimates = run.measured.estimates.values()
    return [one for one in estimates if not one.at and math.isfinite(one.mean)]


def _clock(run: RunResult) -> Clock:
    """Return the unit in which a run's lead times are told, and its seconds."""
    found = run.measured.at("lead_time")
    mean = found.mean if found is not None and math.isfinite(found.mean) else 0.0
    return next((each for each in CLOCKS if mean >= USED_FROM * each[1]), ("s", 1.0))


def _figure(estimate: Estimate, clock: Clock) -> Figure:
    name = "good_parts" if estimate.measure == "good" else estimate.measure
    unit, value = _told(estimate, clock)
    return Figure(name=name, unit=unit, value=value)


def _told(estimate: Estimate, clock: Clock) -> tuple[str, Value]:
    """Return unit and value of an estimate; seconds as the clock tells them."""
    value = _value(estimate)
    if estimate.unit != "s":
        return estimate.unit, value
    unit, size = clock
    ends = (None if end is None else end / size for end in (value.low, value.high))
    return unit, Value(value.mean / size, *ends)


def _at(run: RunResult, measure: str, place: str) -> Value | None:
    found = run.measured.at(measure, place)
    return None if found is None or not math.isfinite(found.mean) else _value(found)


def _stations(
    run: RunResult, model: Model, labels: Mapping[Address, str]
) -> tuple[StationFigures, ...]:
    narrow = _narrowest(run, model)
    made = []
    for address in model.stations:
        known = ((state, _at(run, state, address)) for state in STATES)
        made.append(
            StationFigures(
                name=str(address),
                label=labels.get(address, ""),
                states={state: value for state, value in known if value is not None},
                good=_at(run, "good", address),
                scrap=_at(run, "scrap", address),
                failures=_at(run, "failures", address),
                energy_kwh=_at(run, "energy", address),
                is_bottleneck=address == narrow,
            )
        )
    return tuple(made)


def _narrowest(run: RunResult, model: Model) -> Address | None:
    """Return the station that waits least for parts and room, where that is beyond chance."""
    waits = []
    for address in model.stations:
        known = [run.measured.at(state, address) for state in ("starved", "blocked")]
        found = [one for one in known if one is not None and math.isfinite(one.mean)]
        if found:
            wide = [one.half_width for one in found if math.isfinite(one.half_width)]
            waits.append((sum(one.mean for one in found), sum(wide), address))
    if len(waits) < 2:  # noqa: PLR2004  # a line of one station has no narrowest
        return None
    least, next_ = sorted(waits, key=lambda each: each[0])[:2]
    return least[2] if least[0] + least[1] < next_[0] - next_[1] else None


def _stores(run: RunResult, model: Model, plant: Plant) -> tuple[StoreFigures, ...]:
    number = {address: k for k, address in enumerate(model.stations)}
    flow = [
        StoreFigures(
            name=str(each),
            after=number.get(between(each)[0], k),
            places=_room(places_of(plant, each), each, model),
            level=_at(run, "level", each),
        )
        for k, each in enumerate(model.buffers)
    ]
    drawn = frozenset(model.buffers)
    others = [
        StoreFigures(name=each.name, after=None, places=each.places, level=level)
        for each in model.stores
        if each.name not in drawn
        and (level := _at(run, "level", each.name)) is not None
        and level.mean > 0.0
    ]
    return (*flow, *others)


def _room(places: int | None, buffer: Address, model: Model) -> int | None:
    """Return the places of a buffer on both ends of a vehicle's way, where one serves it."""
    behind = [one.places or 0 for one in model.stores if one.name == f"{buffer}+"]
    return places if places is None else places + sum(behind)


def _scenarios(result: ExperimentResult) -> tuple[Scenario, ...]:
    compared = {one.name: one for one in result.comparisons}
    asked = {one.name: one for one in result.scenarios}
    clock = _clock(result.runs[0])
    return tuple(
        _scenario(run, compared.get(run.name), asked.get(run.name), clock) for run in result.runs
    )


def _scenario(
    run: RunResult, compared: Comparison | None, asked: AskedScenario | None, clock: Clock
) -> Scenario:
    known = [one for one in _whole(run) if one.measure in COMPARED]
    changes: tuple[str, ...] = ()
    if asked is not None:
        changes = tuple(f"{one.path} = {one.value}" for one in asked.settings)
        changes += tuple(str(one.parameter) for one in asked.changes)
    return Scenario(
        name=asked.label or asked.name if asked is not None else run.name,
        changes=changes,
        figures=tuple(_figure(one, clock) for one in known),
        differences=tuple(_differences(compared, clock)) if compared is not None else (),
    )


def _differences(compared: Comparison, clock: Clock) -> list[Difference]:
    found = [compared.differences.at(measure) for measure in COMPARED]
    known = [one for one in found if one is not None and math.isfinite(one.mean)]
    told = [(one, *_told(one, clock)) for one in known]
    return [
        Difference(
            figure=one.measure, unit=unit, value=value, is_real=compared.is_sure(one.measure)
        )
        for one, unit, value in told
    ]


def _played(
    model: Model, run: RunResult, replication: int, steps: tuple[int, int], *, jit: bool
) -> tuple[list[int], list[int]]:
    points, step_ns = steps
    state = begin(model, at_ns=run.at_ns, seed=run.seed, replication=replication)
    good, inside, before = [], [], 0
    for k in range(points):
        state = advance(model, state, run.at_ns + (k + 1) * step_ns, jit=jit)
        found = outcome(model, state)
        good.append(found.good - before)
        inside.append(found.inside)
        before = found.good
    return good, inside


def _series(
    name: str, unit: str, hours: Sequence[float], values: Sequence[Sequence[float]], level: float
) -> Series:
    known = [estimated(each, level) for each in values]
    has_band = all(math.isfinite(half) for _, half in known)
    return Series(
        name=name,
        unit=unit,
        hours=tuple(hours),
        mean=tuple(mean for mean, _ in known),
        low=tuple(max(0.0, mean - half) for mean, half in known) if has_band else (),
        high=tuple(mean + half for mean, half in known) if has_band else (),
    )
