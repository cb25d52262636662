"""Whether a calibrated twin can be believed: what it does against what was seen, with intervals."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from linewright.plant import Address, Plant
from linewright.twin.calibrate.calibrating import Calibration, drawn
from linewright.twin.calibrate.figures import Figures, Simulate
from linewright.twin.engines import np, special

__all__ = ["Comparison", "Validity", "predict", "validity"]

RUNS = 20
"""Replications of a prediction, each with parameters drawn anew."""
RUNS_LEAST = 3
PARTS_LEAST = 100
"""Good parts in the held-out time below which nothing can be told."""
WIDE = 0.2
"""Half width of the interval of throughput, as a share of it, beyond which it tells nothing."""
SLACK = 0.02
"""Shares and throughput (relative) nearer than this count as equal whatever their interval."""
LEVEL_SLACK = 0.5
"""Likewise for the parts in a buffer."""

Verdict = Literal["valid", "not valid", "cannot tell"]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One figure as predicted, and as seen where something was.

    Parameters
    ----------
    figure
        `throughput_per_h`, `blocked`, `starved` or `buffers`.
    address
        Station or buffer; None: the line.
    mean, low, high
        Of the prediction: its interval holds one more such time with the level asked for.
    seen
        What was seen; None: nothing.
    """

    figure: str
    address: Address | None
    mean: float
    low: float
    high: float
    seen: float | None = None

    @property
    def agrees(self) -> bool:
        """Whether what was seen lies in the interval, or as near as makes no difference."""
        if self.seen is None:
            return True
        slack = {"throughput_per_h": SLACK * self.mean, "buffers": LEVEL_SLACK}.get(
            self.figure, SLACK
        )
        inside = self.low <= self.seen <= self.high
        return inside or abs(self.seen - self.mean) <= slack


class Validity(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a twin is valid, why, and figure by figure.

    Parameters
    ----------
    verdict
        Valid: every figure agrees, each at a level at which all of them do by chance alone as
        often as was asked.
    reasons
        Sentences.
    rows
        The figures.
    error
        Relative error of the throughput; None where none was seen.
    hours_more
        Hours by which the time held out is too short; None: it is not, or that is not known.
    """

    verdict: Verdict
    reasons: tuple[str, ...]
    rows: tuple[Comparison, ...]
    error: float | None
    hours_more: float | None = None


def predict(
    calibration: Calibration,
    simulate: Simulate,
    *,
    plant: Plant | None = None,
    runs: int = RUNS,
    level: float = 0.9,
) -> tuple[Comparison, ...]:
    """Return what a line will do, with intervals that know how well its parameters are known.

    Parameters
    ----------
    calibration
        The calibrated line.
    simulate
        Runs a plant; each replication gets parameters drawn from their intervals.
    plant
        A changed plant, such as with more buffer places; left out: the calibrated one.
    runs
        Replications, at least three.
    level
        Nominal coverage for one more time like those simulated.

    Notes
    -----
    Interval: mean +- t s sqrt(1 + 1/n), the prediction interval of a normal law.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin.calibrate import calibrate
    >>> made = PlantBuilder("acme")
    >>> shop = made.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> line = calibrate(made.done(), "reno/shop/pump", [], since_ns=0, until_ns=10**12)
    >>> row, = predict(line, lambda plant, run: Figures(parts=74.0 + run % 2, hours=1.0), runs=4)
    >>> round(row.mean, 1), round(row.low, 2), round(row.high, 2)
    (74.5, 72.98, 76.02)
    """
    assert runs >= RUNS_LEAST, "a spread needs several runs"
    found = [simulate(drawn(calibration, k, plant), k) for k in range(runs)]
    return _predicted(found, level)


def _predicted(found: Sequence[Figures], level: float) -> tuple[Comparison, ...]:
    values: dict[tuple[str, Address | None], list[float]] = {}
    for one in found:
        for figure, address, value in one.rows():
            values.setdefault((figure, address), []).append(value)
    n = len(found)
    wide = float(special.stdtrit(n - 1, (1.0 + level) / 2.0)) * (1.0 + 1.0 / n) ** 0.5
    rows = []
    for (figure, address), each in values.items():
        mean, half = float(np.mean(each)), wide * float(np.std(each, ddof=1))
        rows.append(
            Comparison(figure=figure, address=address, mean=mean, low=mean - half, high=mean + half)
        )
    return tuple(rows)


def validity(
    calibration: Calibration,
    seen: Figures,
    simulate: Simulate,
    *,
    runs: int = RUNS,
    level: float = 0.9,
) -> Validity:
    """Return whether the twin of a calibrated line does what the line did in held-out time.

    Parameters
    ----------
    calibration
        The calibrated line.
    seen
        What the line did in a time that was not used to calibrate.
    simulate
        Runs a plant for a time as long as that.
    runs
        Replications.
    level
        How often a right twin is called valid.

    Notes
    -----
    Each of m figures is judged at 1 - (1 - level) / m (Bonferroni), so a right twin is called
    valid at least as often as `level`. Cannot tell: fewer than 100 parts were seen (then nothing
    is run and nothing compared), or the interval of throughput is wider than 20 % to each side.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin.calibrate import calibrate
    >>> made = PlantBuilder("acme")
    >>> shop = made.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> line = calibrate(made.done(), "reno/shop/pump", [], since_ns=0, until_ns=10**12)
    >>> seen = Figures(parts=900.0, hours=10.0)
    >>> validity(line, seen, lambda plant, run: Figures(parts=74.0 + run % 2, hours=1.0)).verdict
    'not valid'
    """
    if seen.parts < PARTS_LEAST:
        return _too_few(seen)
    told = {(figure, address): value for figure, address, value in seen.rows()}
    figures = predict(calibration, simulate, runs=runs, level=_each(level, len(told)))
    rows = tuple(
        msgspec.structs.replace(one, seen=told.get((one.figure, one.address))) for one in figures
    )
    through = next(one for one in rows if one.figure == "throughput_per_h")
    error = None if not seen.per_h else (through.mean - seen.per_h) / seen.per_h
    unsure = _unsure(through)
    wrong = tuple(_said(one) for one in rows if not one.agrees)
    if unsure:
        return Validity(verdict="cannot tell", reasons=unsure, rows=rows, error=error)
    if wrong:
        return Validity(verdict="not valid", reasons=wrong, rows=rows, error=error)
    good = f"all of {len(told)} figures agree with what was seen"
    return Validity(verdict="valid", reasons=(good,), rows=rows, error=error)


def _too_few(seen: Figures) -> Validity:
    said = f"{seen.parts:.0f} good parts were seen in {seen.hours:.3g} h, {PARTS_LEAST} are needed"
    more = PARTS_LEAST / seen.per_h - seen.hours if seen.parts else None
    return Validity(verdict="cannot tell", reasons=(said,), rows=(), error=None, hours_more=more)


def _each(level: float, figures: int) -> float:
    return 1.0 - (1.0 - level) / max(1, figures)


def _unsure(through: Comparison) -> tuple[str, ...]:
    """Return why the twin's throughput is too little known to judge by."""
    width = (through.high - through.mean) / max(through.mean, 1e-12)
    return (f"throughput is known to +-{width:.0%} only",) if width > WIDE else ()


def _said(one: Comparison) -> str:
    where = f" of {one.address}" if one.address else ""
    return f"{one.figure}{where}: seen {one.seen:.4g}, the twin {one.low:.4g} to {one.high:.4g}"
