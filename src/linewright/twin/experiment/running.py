"""A plant run many times, and scenarios compared with it."""

import math
from collections.abc import Mapping, Sequence

import msgspec

from linewright.plant import Address, Plant
from linewright.plant.difference import describe, difference
from linewright.plant.model import FrozenMap
from linewright.twin.compiling import compile_plant
from linewright.twin.experiment.faults import RunsInvalid
from linewright.twin.experiment.intervals import estimated, mean, paired
from linewright.twin.experiment.measures import MEASURES
from linewright.twin.experiment.results import (
    Comparison,
    Estimate,
    ExperimentResult,
    Measured,
    RunResult,
    Scenario,
    WarmUp,
)
from linewright.twin.experiment.settings import comparable, with_settings
from linewright.twin.experiment.study import Runs, Study, Variant, Workers, checked, shared, warmed
from linewright.twin.model import Model
from linewright.twin.standing import check_work, overloads
from linewright.twin.state import State

__all__ = ["BASELINE", "experiment", "model_of", "run"]

BASELINE = "baseline"
"""Name of the plant as it stands."""

SCENARIOS_MAX = 200
"""Most scenarios of one experiment."""


def model_of(
    plant: Plant, address: Address | str, *, product: str = "", plant_rev: str = ""
) -> Model:
    """Return the model that experiments run.

    Parameters
    ----------
    plant
        A checked plant.
    address
        What of it is run.
    product
        What it makes; empty: as the plant says.
    plant_rev
        Revision of the plant.

    Raises
    ------
    LineInvalid
        When the twin cannot run it.

    Notes
    -----
    The one place where experiments make models of plants.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> model_of(plant.done(), "reno/shop/pump").stations
    (Address('reno/shop/pump/turn'),)
    """
    return compile_plant(plant, address, product=product or None, plant_rev=plant_rev)


def _notes_of(model: Model, at_ns: int) -> tuple[str, ...]:
    """Return what the model leaves out or assumes, and where more comes than can be done."""
    return (*model.notes, *(str(one) for one in overloads(model, at_ns)))


def run(
    plant: Plant | Model,
    at: Address | str,
    runs: Runs,
    *,
    scenario: Scenario | None = None,
    start: State | None = None,
    workers: Workers | None = None,
) -> RunResult:
    """Return what a plant does, each figure with its interval.

    Parameters
    ----------
    plant
        A checked plant, or a model of it.
    at
        What of it is run: a line; of a model it is not looked at.
    runs
        How long, how often, from when, with which warm-up and precision.
    scenario
        How the plant differs; settings need a plant, changes a model will do.
    start
        State that all replications begin with, each with another future; `at_ns` is its time.
    workers
        Who does the work; left out: processes where they pay.

    Returns
    -------
    RunResult
        Means over the replications with Student intervals.

    Raises
    ------
    LineInvalid
        When the twin cannot run it, or it could never work.
    RunStopped
        When something in a replication can never go on, or parts pile up without end.
    SettingInvalid, ChangeInvalid
        When the scenario does not fit the plant.
    RunsInvalid
        When it cannot be run so.

    Notes
    -----
    Replication `k` depends on seed and `k` alone: results are the same bits for any number of
    workers. With a precision, replications are added in stages: `first` of them, then as many
    as their spread asks for, and so on until the half-width itself is small enough. Stopping at
    a small half-width makes intervals hold a little less often than asked for (Law, 9.4.1);
    from ten replications on it is about 1 %. Cost: 0.1 us an event, and an outcome for each of
    32 instants a replication.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line(
    ...     "pump", flow=["turn", 4, "test"])
    >>> _ = line.station("turn", does={"turn": "48 s exponential"})
    >>> _ = line.station("test", does={"test": "48 s exponential"})
    >>> found = run(plant.done(), "reno/shop/pump", Runs(hours=20, warm_up=2.0, jit=False))
    >>> one = found.measured.at("throughput")
    >>> one.low < 75 * 6 / 7 < one.high, one.replications
    (True, 10)
    """
    runs = checked(runs if start is None else msgspec.structs.replace(runs, at_ns=start.t_ns))
    whom = workers or Workers()
    one = _variant(plant, at, runs, scenario)
    variants = [msgspec.structs.replace(one, start=start)]
    warm_up = warmed(variants, runs, whom)
    study = Study(variants, runs, whom, warm_up)
    stopped = study.finish()
    return _result(study, variants[0], warm_up, stopped)


def experiment(
    plant: Plant,
    at: Address | str,
    scenarios: Sequence[Scenario],
    runs: Runs,
    *,
    workers: Workers | None = None,
) -> ExperimentResult:
    """Return scenarios compared with the plant as it stands, under common random numbers.

    Parameters
    ----------
    plant
        A checked plant: the baseline.
    at
        What of it is run.
    scenarios
        How it differs, each with a name of its own.
    runs
        How each is run; a precision is asked of the differences, a relative one in shares of
        the baseline's mean.
    workers
        Who does the work.

    Returns
    -------
    ExperimentResult
        A run of each, and each against the baseline.

    Raises
    ------
    LineInvalid, RunStopped, SettingInvalid, ChangeInvalid, RunsInvalid
        As for `run`; also when two scenarios have one name.

    Notes
    -----
    Replication `k` of every scenario draws from the same streams, so that differences are not
    drowned by chance; `variance_ratio` tells what that won. All use the longest warm-up that
    one of them needs. With `c` scenarios each difference has the level `1 - (1 - level) / c`
    (Bonferroni), so that all of one figure hold at once.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin.experiment.results import Setting
    >>> plant = PlantBuilder("acme")
    >>> line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line(
    ...     "pump", flow=["turn", 1, "test"])
    >>> _ = line.station("turn", does={"turn": "48 s exponential"})
    >>> _ = line.station("test", does={"test": "48 s exponential"})
    >>> room = Scenario(name="room", settings=(Setting("pump/turn-test.places", "9"),))
    >>> found = experiment(plant.done(), "reno/shop/pump", [room], Runs(hours=40, jit=False))
    >>> found.comparisons[0].is_sure("throughput")
    True
    """
    runs, whom = checked(runs), workers or Workers()
    _check_names(scenarios)
    every = (Scenario(name=BASELINE), *scenarios)
    variants = [_variant(plant, at, runs, each) for each in every]
    warm_up = warmed(variants, runs, whom)
    study = Study(variants, runs, whom, warm_up)
    stopped = study.finish()
    results = tuple(_result(study, one, warm_up, stopped) for one in variants)
    compared = [
        _compared(results[0], one, shared(runs.level, len(scenarios))) for one in results[1:]
    ]
    told = [
        msgspec.structs.replace(one, changed=_changed(plant, each))
        for one, each in zip(compared, scenarios, strict=True)
    ]
    return ExperimentResult(
        runs=results, comparisons=tuple(told), level=runs.level, scenarios=every
    )


def _check_names(scenarios: Sequence[Scenario]) -> None:
    if len(scenarios) > SCENARIOS_MAX:
        what = f"{len(scenarios)} scenarios"
        raise RunsInvalid("scenarios", what, f"run at most {SCENARIOS_MAX} at once")
    taken = {BASELINE}
    for each in scenarios:
        if each.name in taken:
            what = f"two are called `{each.name}`"
            raise RunsInvalid("scenarios", what, "give each a name of its own")
        taken.add(each.name)


def _variant(
    plant: Plant | Model, at: Address | str, runs: Runs, scenario: Scenario | None
) -> Variant:
    scenario = scenario or Scenario(name=BASELINE)
    if isinstance(plant, Plant):
        changed = with_settings(plant, scenario)
        model = model_of(changed, at, product=runs.product, plant_rev=runs.plant_rev)
    elif scenario.settings:
        what = "settings change a plant, and this is a model"
        raise RunsInvalid(scenario.name, what, "give the plant")
    else:
        model = plant
    check_work(model)
    return Variant(name=scenario.name, model=model, changes=scenario.changes)


def _changed(plant: Plant, scenario: Scenario) -> str:
    if not scenario.settings:
        return ""
    before = comparable(plant, scenario)
    return describe(difference(before, with_settings(plant, scenario)))


def _result(study: Study, one: Variant, warm_up: WarmUp, stopped: str) -> RunResult:
    runs = study.runs
    values = FrozenMap({key: study.column(one.name, key) for key in study.keys[one.name]})
    estimates = {key: _estimate(key, row, runs.level) for key, row in values.items()}
    notes = [*_nothing_left(values), *_notes_of(one.model, runs.at_ns)]
    notes += [warm_up.warning] if warm_up.warning else []
    if study.done == 1:
        notes.append("one replication tells nothing about chance: run more")
    if stopped in {"most", "time"}:
        notes.append("the precision asked for was not reached")
    return RunResult(
        name=one.name,
        address=one.model.address,
        product=one.model.product,
        plant_rev=one.model.plant_rev,
        at_ns=runs.at_ns,
        hours=runs.hours,
        seed=runs.seed,
        replications=study.done,
        level=runs.level,
        warm_up=warm_up,
        measured=Measured(FrozenMap(estimates)),
        values=values,
        stopped=stopped,
        notes=tuple(notes),
        worked_h=mean(study.worked_s[one.name][: study.done]) / 3600.0,
    )


def _nothing_left(values: Mapping[str, Sequence[float]]) -> tuple[str, ...]:
    """Return where parts end or stand, where some replications made nothing good."""
    good, scrap = values["good"], values["scrap"]
    none = sum(each == 0.0 for each in good)
    if not none:
        return ()
    said = f"nothing good left in {none} of {len(good)} replications"
    levels = {key: mean(row) for key, row in values.items() if key.startswith("level ")}
    fullest = max(levels, key=lambda key: levels[key], default="")
    if any(math.isnan(each) for each in values["throughput"]):
        return (f"{said}: it is closed all the time that is measured",)
    if sum(scrap) and none == len(good) and not mean(scrap) < mean(values["wip"]):
        return (f"{said}: all is scrapped",)
    if fullest and levels[fullest] > 0.0:
        where = fullest.removeprefix("level ")
        stand = f"most parts stand in {where}, {levels[fullest]:.3g} on the mean"
        return (f"{said}: {stand}; if the way through takes as long as a run, run longer",)
    return (f"{said}: look at what its stations wait for",)


def _estimate(key: str, values: Sequence[float], level: float) -> Estimate:
    middle, half = estimated(values, level)
    return _told(key, middle, half, (level, len(values)))


def _told(key: str, middle: float, half: float, how: tuple[float, int]) -> Estimate:
    measure, _, place = key.partition(" ")
    return Estimate(
        measure=measure,
        at=place,
        mean=middle,
        half_width=half,
        level=how[0],
        replications=how[1],
        unit=MEASURES[measure][0],
    )


def _compared(base: RunResult, other: RunResult, level: float) -> Comparison:
    differences, ratios = {}, {}
    for key, values in base.values.items():
        if key not in other.values:
            continue
        pair = paired(values, other.values[key], level)
        differences[key] = _told(key, pair.mean, pair.half_width, (level, len(values)))
        ratios[key] = pair.variance_ratio
    return Comparison(
        name=other.name,
        baseline=base.name,
        differences=Measured(FrozenMap(differences)),
        variance_ratio=FrozenMap(ratios),
    )
