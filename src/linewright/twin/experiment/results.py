"""What experiments give: figures with intervals, runs, scenarios and how they compare."""

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from linewright.plant import Address
from linewright.plant.model import FrozenMap
from linewright.plant.records import Change

__all__ = [
    "Comparison",
    "Estimate",
    "ExperimentResult",
    "Measured",
    "Precision",
    "Progress",
    "RunResult",
    "Scenario",
    "Setting",
    "WarmUp",
]

NS_PER_H = 3600 * 10**9


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A mean over replications with its Student interval.

    Parameters
    ----------
    measure
        What is measured, a name of `linewright.twin.experiment.MEASURES`: `throughput`, `wip`,
        `running`, ...
    at
        Station, buffer or product that it is of; empty: all that is simulated.
    mean
        Over the replications.
    half_width
        Of the interval; infinite with a single replication, of which nothing is known.
    level
        How often such intervals hold the true mean, in (0, 1).
    replications
        How many.
    unit
        Of the mean: `1/h`, `pieces`, `share` (of 1), `s`, `kWh`.

    Examples
    --------
    >>> one = Estimate(measure="wip", mean=12.0, half_width=0.6, level=0.95, replications=9,
    ...     unit="pieces")
    >>> round(one.low, 9), round(one.high, 9), round(one.relative, 9)
    (11.4, 12.6, 0.05)
    """

    measure: str
    at: str = ""
    mean: float
    half_width: float
    level: float
    replications: int
    unit: str

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.mean + self.half_width

    @property
    def relative(self) -> float:
        """Half-width over the size of the mean; infinite for a mean of 0 that is not certain."""
        if self.half_width == 0.0:
            return 0.0
        return self.half_width / abs(self.mean) if self.mean else math.inf


class Measured(msgspec.Struct, frozen=True):
    """Figures with their intervals, in the order in which people read them.

    Parameters
    ----------
    estimates
        By key: `throughput`, `running nogales/machining/bracket/mill`; see `key_of`.

    Examples
    --------
    >>> Measured().of("wip")
    {}
    """

    estimates: Mapping[str, Estimate] = FrozenMap()

    def at(self, measure: str, place: str = "") -> Estimate | None:
        """Return a figure of a place, or None where it is not measured."""
        return self.estimates.get(key_of(measure, place))

    def of(self, measure: str) -> Mapping[str, Estimate]:
        """Return a figure of every place that has it, by place."""
        return {one.at: one for one in self.estimates.values() if one.measure == measure}


def key_of(measure: str, place: str = "") -> str:
    """Return the key of a figure of a place.

    Parameters
    ----------
    measure
        What is measured.
    place
        Of what; empty: of all that is run.

    Examples
    --------
    >>> key_of("running", "reno/shop/pump/saw"), key_of("throughput")
    ('running reno/shop/pump/saw', 'throughput')
    """
    return f"{measure} {place}" if place else measure


class WarmUp(msgspec.Struct, frozen=True, kw_only=True):
    """The beginning of each replication, which is left out of every figure.

    Parameters
    ----------
    hours
        How long it lasts.
    how
        `none`, `given` or `mser5`: found on the throughput of pilot replications.
    series
        What it was found on: throughput in parts per working hour, batch means of five
        observations averaged over the pilot replications; empty where it was not found so.
    batch_hours
        Working time of one entry of the series.
    cut
        Entries left out.
    warning
        Why it is not to be trusted; empty: it is.
    """

    hours: float = 0.0
    how: str = "none"
    series: tuple[float, ...] = ()
    batch_hours: float = 0.0
    cut: int = 0
    warning: str = ""


class Precision(msgspec.Struct, frozen=True, kw_only=True):
    """How exact a figure is to be: replications are added until it is, within bounds.

    Parameters
    ----------
    relative
        Largest half-width as a share of the mean; None: not asked for.
    absolute
        Largest half-width in the unit of the figure; None: not asked for.
    measure, at
        The figure.
    first
        Replications before it is looked at for the first time; fewer than 2 say nothing.
    most
        Replications after which it is given up.
    within_s
        Seconds of the clock passed in after which it is given up; None: no such bound.
    """

    relative: float | None = None
    absolute: float | None = None
    measure: str = "throughput"
    at: str = ""
    first: int = 10
    most: int = 1000
    within_s: float | None = None


class RunResult(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the replications of one plant.

    Parameters
    ----------
    name
        Of the scenario; `baseline` for the plant as it stands.
    address, product, plant_rev
        What was run.
    at_ns
        Plant time at which each replication begins.
    hours
        How long each replication lasts, its warm-up included.
    seed
        Of the random streams; replication `k` draws from the streams of `k`.
    replications, level
        How many, and how often the intervals hold.
    warm_up
        What was left out.
    measured
        The figures.
    values
        Each figure of each replication, by key, in the order of the replications.
    stopped
        Why no more replications were run: `asked`, `precise`, `most` or `time`.
    notes
        What the reader has to know: warnings, and what is assumed.
    worked_h
        Working time of a replication, its warm-up included, on their mean; 0: not known.
    """

    name: str
    address: Address
    product: str = ""
    plant_rev: str = ""
    at_ns: int
    hours: float
    seed: int
    replications: int
    level: float
    warm_up: WarmUp
    measured: Measured
    values: Mapping[str, tuple[float, ...]]
    stopped: str = "asked"
    notes: tuple[str, ...] = ()
    worked_h: float = 0.0

    @property
    def measured_h(self) -> float:
        """Hours of each replication that the figures are of."""
        return self.hours - self.warm_up.hours

    @property
    def narrowest(self) -> str | None:
        """Station that waits least for parts and room; None where that may be chance."""
        waits = []
        for place, starved in self.measured.of("starved").items():
            known = [starved, self.measured.at("blocked", place)]
            found = [one for one in known if one is not None and math.isfinite(one.mean)]
            wide = [one.half_width for one in found if math.isfinite(one.half_width)]
            if found:
                waits.append((sum(one.mean for one in found), sum(wide), place))
        made = self.measured.at("throughput")
        if len(waits) < 2 or made is None or not made.mean > 0.0:  # noqa: PLR2004  # one is no narrowest
            return None
        least, after = sorted(waits)[:2]
        return least[2] if least[0] + least[1] < after[0] - after[1] else None

    def row_of(self, measure: str, place: str = "") -> tuple[float, ...]:
        """Return a figure of each replication; empty where it is not measured."""
        return self.values.get(key_of(measure, place), ())


class Setting(msgspec.Struct, frozen=True):
    """One key of the plant file that is to say something else.

    Parameters
    ----------
    path
        Such as `bracket/mill.does.mill.time` or `products.bracket-a.lot_size`.
    value
        As it would stand in the file: text, or lists and maps of texts; None takes it out.
    """

    path: str
    value: Any


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A plant that differs from the one that stands in the file.

    Parameters
    ----------
    name
        Unique in its experiment.
    label
        What people read.
    settings
        Keys of the plant file that say something else, in this order.
    changes
        What happens while it runs.

    Examples
    --------
    >>> Scenario(name="room", settings=(Setting("bracket/saw-mill.places", "20"),)).changes
    ()
    """

    name: str
    label: str = ""
    settings: tuple[Setting, ...] = ()
    changes: tuple[Change, ...] = ()


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario against the baseline, replication by replication with common random numbers.

    Parameters
    ----------
    name, baseline
        Names of the two.
    differences
        Scenario minus baseline, for every figure that both have; paired-t intervals, whose
        levels are raised so that those of one figure against one baseline hold all at once
        (Bonferroni).
    variance_ratio
        By key: how many times as many replications independent random numbers would have
        needed for the same interval; below 1: they would have needed fewer.
    changed
        What the scenario changes in the plant, as `linewright diff` tells it.
    """

    name: str
    baseline: str
    differences: Measured
    variance_ratio: Mapping[str, float]
    changed: str = ""

    def is_sure(self, measure: str, place: str = "") -> bool:
        """Whether a figure differs: its interval does not hold 0."""
        found = self.differences.at(measure, place)
        return found is not None and abs(found.mean) > found.half_width


class ExperimentResult(msgspec.Struct, frozen=True, kw_only=True):
    """Scenarios of a plant, run with common random numbers.

    Parameters
    ----------
    runs
        The baseline first, then the scenarios in the order given.
    comparisons
        One for each scenario but the baseline.
    level
        How often all comparisons of one figure hold at once.
    scenarios
        What was asked for, in the order of `runs`.
    """

    runs: tuple[RunResult, ...]
    comparisons: tuple[Comparison, ...]
    level: float
    scenarios: tuple[Scenario, ...] = ()

    def run_of(self, name: str) -> RunResult:
        """Return the run of a scenario; `KeyError` when there is none such."""
        for one in self.runs:
            if one.name == name:
                return one
        raise KeyError(name)


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far an experiment is.

    Parameters
    ----------
    done
        Replications that are finished, over all scenarios.
    expected
        How many there will be, by what is known now; grows and shrinks with `Precision`.
    what
        What goes on: `warm-up` or `runs`.

    Examples
    --------
    >>> Progress(done=20, expected=80, what="runs").left_s(5.0)
    15.0
    """

    done: int
    expected: int
    what: str

    def left_s(self, elapsed_s: float) -> float | None:
        """Return the seconds that are left, by what it took so far; None: nothing is done yet."""
        if not self.done:
            return None
        return elapsed_s / self.done * max(0, self.expected - self.done)
