"""What the twin found, for people and for programs: tables, JSON, CSV."""

import csv
import io
import math
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from linewright.cli.ending import counted
from linewright.cli.files import write_whole
from linewright.cli.looking.drawing import print_rows
from linewright.cli.terminal import as_json, joined, safe, say, width_of
from linewright.cli.twin.asking import Asking
from linewright.twin.experiment import (
    MEASURES,
    Comparison,
    Estimate,
    ExperimentResult,
    RunResult,
    key_of,
)

__all__ = [
    "clock_of",
    "head_of",
    "print_comparisons",
    "print_json",
    "print_run",
    "rounded",
    "short_names",
    "spelled",
    "write_csv",
]

OF_ALL = ("throughput", "good", "scrap", "scrap_share", "wip", "lead_time", "working")
"""Figures of all that is run, in the order of the table."""
OF_ALL_TOO = ("rework", "escaped", "late", "energy", "energy_per_part")
"""Those that are told only where they are not 0."""
COUNTED = {
    "good": "good parts that left",
    "scrap": "parts scrapped",
    "rework": "parts sent back to be done again",
    "escaped": "good parts that are bad unnoticed",
    "late": "good parts after their due date",
    "energy": "electrical energy",
}
"""Figures that grow with the hours measured, in words that the hours follow."""

OF_TIME = (
    *("running", "starved", "blocked", "down", "set_up"),
    *("waiting", "crew_wait", "planned_stop", "idle"),
)
"""Shares of a station's time."""
OF_COUNTS = ("failures", "maintained", "rework", "energy")
"""What is counted at a station."""
ALWAYS = ("running", "level", "throughput", "busy")
"""Columns that are there even where all is 0."""
BARE = ("idle", "energy")
"""Columns of stations without half-widths."""
YIELDS = ("planned_stop", "crew_wait", "set_up", "down", "waiting", "blocked", "starved", "running")
"""Columns that give up their half-widths where a table is too wide, the first one first."""
OF_PRODUCT = ("throughput", "lead_time", "scrap", "escaped", "late")

WIDTH = 100
"""Columns of a terminal in which tables are to fit."""
GAP = 2
"""Blanks between columns."""

DIGITS = 2
"""Digits of a half-width that are told; its mean has as many places."""
NOISE = 1e-9
"""Half-widths below this share of the mean are the last digit of a sum, not chance."""
PLACES_MAX = 4
"""Most decimal places of a figure."""
SHARE_PLACES_MAX = 2
"""Most decimal places of a share in percent."""

CLOCKS = (("h", 3600.0), ("min", 60.0))
"""Units of times that are told to people; each is used from ten of it on, seconds below."""
USED_FROM = 10.0
WEEK_H = 168.0
TEN = 10.0

Clock = tuple[str, float]
"""A unit of time and its seconds."""


def spelled(one: Estimate, clock: Clock = ("s", 1.0), *, unit: bool = True) -> str:
    """Return a mean with its half-width, no more digits than mean something.

    Parameters
    ----------
    one
        The figure.
    clock
        In which unit times are told.
    unit
        Whether a share is followed by its sign of percent.

    Examples
    --------
    >>> one = Estimate(measure="wip", mean=12.3456, half_width=0.0789, level=0.95,
    ...     replications=9, unit="pieces")
    >>> spelled(one)
    '12.346 +/- 0.079'
    """
    is_share = one.unit == "share"
    scale = 100.0 if is_share else 1.0 / clock[1] if one.unit == "s" else 1.0
    sign = " %" if is_share and unit else ""
    if math.isnan(one.mean):
        return "-"
    most = SHARE_PLACES_MAX if is_share else PLACES_MAX
    return f"{rounded(one.mean * scale, one.half_width * scale, most)}{sign}"


def rounded(mean: float, half: float, places_max: int = PLACES_MAX) -> str:
    """Return a mean and its half-width as text, both with the same decimal places.

    Parameters
    ----------
    mean, half
        Of an interval; a half-width that is not finite is not known.
    places_max
        Most decimal places.

    Examples
    --------
    >>> rounded(38.157, 0.5549), rounded(0.00073, 0.000043), rounded(3.0, math.inf)
    ('38.16 +/- 0.55', '0.0007', '3 +/- ?')
    """
    if not math.isfinite(half):
        return f"{_bare(mean, places_max)} +/- ?"
    if half <= NOISE * abs(mean) or round(half, places_max) == 0.0:
        return _bare(mean, places_max)
    places = min(places_max, max(0, DIGITS - 1 - math.floor(math.log10(half))))
    return f"{round(mean, places) + 0.0:.{places}f} +/- {half:.{places}f}"


def _bare(value: float, places_max: int) -> str:
    value = round(value, places_max) + 0.0  # never -0
    return f"{value:.4g}" if abs(value) < 1e4 else f"{value:.0f}"  # noqa: PLR2004  # no exponent


def clock_of(result: RunResult) -> Clock:
    """Return the unit in which the lead times of a run are told, and its seconds."""
    found = [one.mean for one in result.measured.of("lead_time").values()]
    mean = max((each for each in found[:1] if math.isfinite(each)), default=0.0)
    mean = mean or max((each for each in found if math.isfinite(each)), default=0.0)
    return next((each for each in CLOCKS if mean >= USED_FROM * each[1]), ("s", 1.0))


def head_of(asking: Asking, result: RunResult) -> list[str]:
    """Return what was run and what of it was measured, in two lines."""
    warm, level = result.warm_up, f"{100 * result.level:g} % intervals"
    none = "no warm-up" if warm.how == "none" else f"no warm-up ({warm.how})"
    parts = [
        f"{asking.at}: {counted(result.replications, 'replication')} of {result.hours:g} h",
        f"from {asking.local(result.at_ns)}",
        f"product {result.product}" if result.product else "",
    ]
    measured = [
        f"measured: {_measured(result)}",
        f"after a warm-up of {warm.hours:.3g} h ({warm.how})" if warm.hours else none,
        level,
    ]
    return [joined(parts), joined(measured)]


def _measured(result: RunResult) -> str:
    """Return the hours that figures are of, with as many digits as tell them from the whole."""
    return f"{result.measured_h:.4g} h"


def print_run(asking: Asking, result: RunResult, again: str, following: Sequence[str] = ()) -> None:
    """Write the figures of a run as tables.

    Parameters
    ----------
    asking, result
        What was run, and what came of it.
    again
        The command that gives the same.
    following
        Lines that say what one may do next.
    """
    for line in head_of(asking, result):
        say(safe(line))
    say(safe(_limit(result)))
    _print_whole(result)
    stations = [place for place in result.measured.of("running") if place]
    _print_places(("station, %", stations), OF_TIME, result)
    counts = [each for each in stations if _any(result, OF_COUNTS, each)]
    _print_places((f"in {_measured(result)}", counts), OF_COUNTS, result)
    levels = [each for each in result.measured.of("level") if not _is_idle_entry(result, each)]
    _print_places(("buffer", levels), ("level",), result)
    products = [place for place in result.measured.of("throughput") if place]
    _print_places(("product", products), OF_PRODUCT, result)
    _print_places(("crew", list(result.measured.of("busy"))), ("busy",), result)
    for note in (*result.notes, *asking.holidays):
        say(safe(f"note: {note}"))
    for line in following:
        say(safe(line))
    say(safe(f"again: {again}"))


def _limit(result: RunResult) -> str:
    """Return which station limits what is run, or that none stands out."""
    narrow, made = result.narrowest, result.measured.at("good")
    if made is not None and made.mean == 0.0:
        return "bottleneck: cannot be told, nothing good left"
    if narrow is None:
        return "bottleneck: no station stands out"
    name = short_names([narrow, *(each for each in result.measured.of("running"))])[0]
    shares = [result.measured.at(each, narrow) for each in ("running", "starved", "blocked")]
    works, *waits = [0.0 if one is None else 100.0 * one.mean for one in shares]
    told = f"it runs {works:.1f} % of its working time, and waits least for parts and room"
    return f"bottleneck: {name} ({told}: {sum(waits):.1f} %)"


def _print_whole(result: RunResult) -> None:
    """Write the figures of all that is run; those that are counted say of which hours."""
    measured, clock = result.measured, clock_of(result)
    found = [one for name in OF_ALL if (one := measured.at(name)) is not None]
    more = [one for name in OF_ALL_TOO if (one := measured.at(name)) is not None]
    found += [one for one in more if _tells(one)]
    rows = []
    for one in found:
        unit = {"share": "", "s": clock[0]}.get(one.unit, one.unit)
        what = MEASURES[one.measure][1]
        if one.measure in COUNTED:
            what = f"{COUNTED[one.measure]} in the {_measured(result)} measured"
        rows.append([one.measure, spelled(one, clock), unit, what])
        if one.measure == "good":
            rows += _week(result)
    print_rows(("figure", "mean", "unit", "what"), rows, ("mean",))


def _week(result: RunResult) -> list[list[str]]:
    """Return the row of what is made in a week, where whole weeks were run but not measured."""
    pace = result.measured.at("throughput")
    is_told = result.measured_h == WEEK_H or result.hours % WEEK_H or not result.worked_h
    if is_told or pace is None or not pace.mean > 0.0:
        return []
    hours = result.worked_h * WEEK_H / result.hours
    week = msgspec.structs.replace(
        pace, mean=pace.mean * hours, half_width=pace.half_width * hours, unit="pieces"
    )
    what = f"good parts a week, of {hours:.4g} h of working time"
    return [["a week", spelled(week), "pieces", what]]


def _tells(one: Estimate) -> bool:
    """Return whether a figure is a number other than 0, as it is spelled."""
    return not math.isnan(one.mean) and spelled(one, unit=False) != "0"


def _any(result: RunResult, measures: Sequence[str], place: str) -> bool:
    found = (result.measured.at(each, place) for each in measures)
    return any(one is not None and _tells(one) for one in found)


def _print_places(
    what: tuple[str, Sequence[str]], measures: Sequence[str], result: RunResult
) -> None:
    """Write a table with a row for each place; columns that are 0 everywhere are left out.

    Where it is too wide, columns give up their half-widths, one after the other.
    """
    title, places = what
    told = [each for each in measures if _is_column(result, each, places)]
    if not places or not told:
        return
    names = short_names(places)
    yielding = [each for each in YIELDS if each in told]
    tables = (
        _columns(result, places, told, {*BARE, *yielding[:count]})
        for count in range(len(yielding) + 1)
    )
    found = _columns(result, places, told, {*BARE, *yielding})
    columns = next((each for each in tables if _wide([[title, *names], *each]) <= WIDTH), found)
    say()
    head, *rows = zip([title, *names], *columns, strict=True)
    print_rows(head, rows, head[1:])


def _columns(
    result: RunResult, places: Sequence[str], measures: Sequence[str], bare: Collection[str]
) -> list[list[str]]:
    """Return the columns of a table with their heads; `bare`: those without half-widths."""
    clock = clock_of(result)
    return [
        [
            _headed(name, clock),
            *(_cell(result, (name, at), clock, bare=name in bare) for at in places),
        ]
        for name in measures
    ]


def _is_column(result: RunResult, measure: str, places: Sequence[str]) -> bool:
    return measure in ALWAYS or any(_any(result, [measure], each) for each in places)


def _headed(measure: str, clock: Clock) -> str:
    """Return the name of a column, with its unit where it has one that is not told elsewhere."""
    units = {"throughput": "1/h", "lead_time": clock[0], "energy": "kWh", "busy": "%"}
    return f"{measure} {units[measure]}" if measure in units else measure


def _wide(columns: Sequence[Sequence[str]]) -> int:
    """Return the width of a table."""
    return sum(max(map(width_of, each)) for each in columns) + GAP * (len(columns) - 1)


def short_names(places: Sequence[str]) -> list[str]:
    """Return what places are called in a table: their own names, or more where two have one.

    Examples
    --------
    >>> short_names(["reno/shop/pump/saw", "reno/shop/pump/mill"])
    ['saw', 'mill']
    """
    own: dict[str, set[str]] = {}
    for place in places:
        own.setdefault(place.rpartition("/")[2], set()).add(place)
    return [
        name if len(own[name]) == 1 else "/".join(place.split("/")[-2:])
        for place in places
        for name in [place.rpartition("/")[2]]
    ]


def _is_idle_entry(result: RunResult, place: str) -> bool:
    """Return whether a place is the queue before a flow, in which nothing ever waits."""
    one = result.measured.at("level", place)
    return place.rpartition("/")[2].startswith("-") and one is not None and not _tells(one)


def _cell(
    result: RunResult,
    of: tuple[str, str],
    clock: Clock = ("s", 1.0),
    *,
    unit: bool = False,
    bare: bool = False,
) -> str:
    one = result.measured.at(*of)
    if one is None:
        return ""
    if bare:
        one = msgspec.structs.replace(one, half_width=0.0)
    return spelled(one, clock, unit=unit)


def print_comparisons(asking: Asking, found: ExperimentResult, again: str) -> None:
    """Write scenarios beside the baseline, and what each changes."""
    for line in head_of(asking, found.runs[0]):
        say(safe(line))
    labels = {one.name: one.label for one in found.scenarios}
    rows = [["baseline", *_figures(found.runs[0]), "", "", ""]]
    for one in found.comparisons:
        gain = one.differences.at("throughput")
        assert gain is not None, "every run has a throughput"
        told = [spelled(gain), _verdict(one), labels.get(one.name, "")]
        rows.append([one.name, *_figures(found.run_of(one.name)), *told])
    head = ["scenario", "throughput 1/h", "wip", "scrap", "difference 1/h", "verdict", "label"]
    shown = len(head) if any(row[-1] for row in rows) else len(head) - 1
    print_rows(head[:shown], [row[:shown] for row in rows], head[1:5])
    for one in found.comparisons:
        say()
        say(safe(f"{one.name}:"))
        for line in _changes(one):
            say(safe(f"  {line}"))
    say()
    notes = dict.fromkeys(note for each in found.runs for note in each.notes)
    for note in (*notes, *asking.holidays):
        say(safe(f"note: {note}"))
    say(safe(_won(found.comparisons)))
    say(safe(f"again: {again}"))


def _changes(one: Comparison) -> list[str]:
    """Return what a scenario changes; the sum of it only where there is much."""
    lines = (one.changed or "changes while it runs only").splitlines()
    return lines[:-1] if lines[-1].strip() == "1 value changed" else lines


def _figures(result: RunResult) -> list[str]:
    return [_cell(result, (name, ""), unit=True) for name in ("throughput", "wip", "scrap_share")]


def _verdict(one: Comparison) -> str:
    gain = one.differences.at("throughput")
    assert gain is not None, "every run has a throughput"
    if not one.is_sure("throughput"):
        return "no difference shown"
    return "more" if gain.mean > 0 else "less"


def _won(comparisons: Sequence[Comparison]) -> str:
    """Return what it was worth that all scenarios met the same chance."""
    key = key_of("throughput")
    found = [one.variance_ratio.get(key, math.nan) for one in comparisons]
    known = [each for each in found if math.isfinite(each)]
    if not known:
        return "all met the same chance"
    least, most = (_bare(each, 0 if each >= TEN else 1) for each in (min(known), max(known)))
    times = least if least == most else f"{least} to {most}"
    return f"all met the same chance: that is worth {times} times as many independent runs"


def _plain(value: object) -> Any:  # noqa: ANN401  # data for JSON
    """Return a result as data for JSON: what is no number is null, single values are left out."""
    return _finite(msgspec.to_builtins(value, enc_hook=str))


def _finite(value: Any) -> Any:  # noqa: ANN401  # data for JSON
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items() if key != "values"}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def print_json(value: object, again: str) -> None:
    """Write a result as JSON, with the command that gives it again."""
    say(as_json({"again": again, **_plain(value)}))


def write_csv(path: str, results: Iterable[RunResult]) -> None:
    """Write each figure of each replication as a row.

    Raises
    ------
    Failed
        The file cannot be written; then nothing has changed.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["scenario", "replication", "measure", "at", "unit", "value"])
    for result in results:
        for key, values in result.values.items():
            one = result.measured.estimates[key]
            for k, value in enumerate(values):
                rows.writerow([result.name, k, one.measure, one.at, one.unit, repr(value)])
    write_whole(Path(path), text.getvalue())
