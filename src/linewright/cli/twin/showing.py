"""What the twin found, for people and for programs: tables, JSON, CSV."""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from linewright.cli.ending import counted
from linewright.cli.files import write_whole
from linewright.cli.looking.drawing import print_rows
from linewright.cli.terminal import as_json, joined, safe, say
from linewright.cli.twin.asking import Asking
from linewright.twin.experiment import (
    MEASURES,
    Comparison,
    Estimate,
    ExperimentResult,
    RunResult,
)

__all__ = [
    "head_of",
    "print_comparisons",
    "print_json",
    "print_run",
    "short_names",
    "spelled",
    "write_csv",
]

OF_ALL = ("throughput", "good", "scrap", "scrap_share", "wip", "lead_time", "working")
"""Figures of all that is run, in the order of the table."""
OF_ALL_TOO = ("rework", "escaped", "late", "energy", "energy_per_part")
"""Those that are told only where they are not 0."""

OF_STATION = ("running", "starved", "blocked", "down", "set_up", "idle", "failures")
OF_STATION_TOO = ("waiting", "crew_wait", "planned_stop", "maintained", "rework", "energy")
OF_BUFFER = ("level",)
OF_PRODUCT = ("throughput", "lead_time")
OF_PRODUCT_TOO = ("scrap", "escaped", "late")
OF_CREW = ("busy",)

DIGITS = 2
"""Digits of a half-width that are told; its mean has as many places."""
NOISE = 1e-9
"""Half-widths below this share of the mean are the last digit of a sum, not chance."""


def spelled(one: Estimate) -> str:
    """Return a mean with its half-width, no more digits than mean something.

    Examples
    --------
    >>> one = Estimate(measure="wip", mean=12.3456, half_width=0.0789, level=0.95,
    ...     replications=9, unit="pieces")
    >>> spelled(one)
    '12.346 +/- 0.079'
    """
    scale = 100.0 if one.unit == "share" else 1.0
    mean, half = one.mean * scale, one.half_width * scale
    unit = " %" if one.unit == "share" else ""
    if math.isnan(mean):
        return "-"
    half = 0.0 if half <= NOISE * abs(mean) else half
    if not math.isfinite(half) or half == 0.0:
        known = "" if half == 0.0 else " +/- ?"
        return f"{_bare(mean)}{known}{unit}"
    places = max(0, DIGITS - 1 - math.floor(math.log10(half)))
    return f"{mean:.{places}f} +/- {half:.{places}f}{unit}"


def _bare(value: float) -> str:
    return f"{value:.4g}" if abs(value) < 1e4 else f"{value:.0f}"  # noqa: PLR2004  # no exponent


def head_of(asking: Asking, result: RunResult) -> str:
    """Return what was run, in one line."""
    warm = result.warm_up
    parts = [
        f"{asking.at}: {counted(result.replications, 'replication')} of {result.hours:g} h",
        f"from {asking.local(result.at_ns)}",
        f"product {result.product}" if result.product else "",
        f"warm-up {warm.hours:.3g} h ({warm.how})" if warm.how != "none" else "no warm-up",
        f"measured {result.hours - warm.hours:.4g} h" if warm.hours else "",
        f"{100 * result.level:g} % intervals",
    ]
    return joined(parts)


def print_run(asking: Asking, result: RunResult, again: str) -> None:
    """Write the figures of a run as tables."""
    say(safe(head_of(asking, result)))
    measured = result.measured
    found = [one for name in OF_ALL if (one := measured.at(name)) is not None]
    more = [one for name in OF_ALL_TOO if (one := measured.at(name)) is not None]
    found += [one for one in more if _tells(one)]
    rows = [[one.measure, spelled(one), _unit(one), MEASURES[one.measure][1]] for one in found]
    print_rows(("figure", "mean", "unit", "what"), rows, ("mean",))
    _print_places("station", OF_STATION, OF_STATION_TOO, result)
    _print_places("buffer", OF_BUFFER, (), result)
    _print_places("product", OF_PRODUCT, OF_PRODUCT_TOO, result)
    _print_places("crew", OF_CREW, (), result)
    for note in result.notes:
        say(safe(f"note: {note}"))
    say(safe(f"again: {again}"))


def _unit(one: Estimate) -> str:
    return "" if one.unit == "share" else one.unit


def _tells(one: Estimate) -> bool:
    """Return whether a figure is a number other than a certain 0."""
    return not math.isnan(one.mean) and (one.mean != 0.0 or one.half_width > 0.0)


def _print_places(
    kind: str, measures: Sequence[str], more: Sequence[str], result: RunResult
) -> None:
    """Write a table with a row for each place; `more`: columns for what is not 0 everywhere."""
    known = result.measured
    places = [place for place in known.of(measures[0]) if place]
    if kind == "buffer":
        places = [place for place in places if not _is_idle_entry(result, place)]
    if not places:
        return
    say()
    found = {each: [known.at(each, place) for place in places] for each in more}
    told = [each for each, row in found.items() if any(one and _tells(one) for one in row)]
    head = (*measures, *told)
    rows = [
        [name, *(_cell(result, each, place) for each in head)]
        for name, place in zip(short_names(places), places, strict=True)
    ]
    print_rows((kind, *head), rows, head)


def short_names(places: Sequence[str]) -> list[str]:
    """Return what places are called in a table: their own names, or more where two have one.

    Examples
    --------
    >>> short_names(["reno/shop/pump/saw", "reno/shop/pump/mill"])
    ['saw', 'mill']
    """
    own = [place.rpartition("/")[2] for place in places]
    return [
        name if own.count(name) == 1 else "/".join(place.split("/")[-2:])
        for name, place in zip(own, places, strict=True)
    ]


def _is_idle_entry(result: RunResult, place: str) -> bool:
    """Return whether a place is the queue before a flow, in which nothing ever waits."""
    one = result.measured.at("level", place)
    return place.rpartition("/")[2].startswith("-") and one is not None and not _tells(one)


def _cell(result: RunResult, measure: str, place: str) -> str:
    one = result.measured.at(measure, place)
    return "" if one is None else spelled(one)


def print_comparisons(asking: Asking, found: ExperimentResult, again: str) -> None:
    """Write scenarios beside the baseline, and what each changes."""
    say(safe(head_of(asking, found.runs[0])))
    rows = [["baseline", *_figures(found.runs[0]), "", ""]]
    for one in found.comparisons:
        gain = one.differences.at("throughput")
        assert gain is not None, "every run has a throughput"
        rows.append([one.name, *_figures(found.run_of(one.name)), spelled(gain), _verdict(one)])
    head = ("scenario", "throughput 1/h", "wip", "scrap", "difference 1/h", "verdict")
    print_rows(head, rows, head[1:5])
    for one in found.comparisons:
        say()
        say(safe(f"{one.name}: {_won(one)}"))
        for line in (one.changed or "changes while it runs only").splitlines():
            say(safe(f"  {line}"))
    for note in dict.fromkeys(note for each in found.runs for note in each.notes):
        say(safe(f"note: {note}"))
    say(safe(f"again: {again}"))


def _figures(result: RunResult) -> list[str]:
    return [_cell(result, name, "") for name in ("throughput", "wip", "scrap_share")]


def _verdict(one: Comparison) -> str:
    gain = one.differences.at("throughput")
    assert gain is not None, "every run has a throughput"
    if not one.is_sure("throughput"):
        return "not to be told apart"
    return "more" if gain.mean > 0 else "less"


def _won(one: Comparison) -> str:
    ratio = one.variance_ratio.get("throughput", math.nan)
    if not math.isfinite(ratio):
        return "the same chance met both"
    return f"common random numbers were worth {ratio:.3g} times as many replications"


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
