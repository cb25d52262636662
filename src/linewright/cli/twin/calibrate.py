"""`linewright calibrate`: a plant fitted to its history, and whether its twin can be believed."""

import datetime as dt
import math
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import msgspec

from linewright.cli.ending import Code, Failed, only_after_yes
from linewright.cli.files import write_whole
from linewright.cli.looking.drawing import print_rows, waiting
from linewright.cli.looking.place import data_option
from linewright.cli.looking.wanted import instant
from linewright.cli.reading import plant_of, read
from linewright.cli.terminal import as_json, example, safe, say
from linewright.cli.twin.asking import seed_option, tried
from linewright.cli.twin.pages import check_files
from linewright.cli.twin.recorded import of_data, of_file
from linewright.plant import Plant, to_text
from linewright.plant.difference import Difference, describe, difference
from linewright.plant.model import Line
from linewright.plant.records import LineState, Record
from linewright.twin.calibrate import (
    Bottleneck,
    Calibration,
    Drift,
    Estimate,
    Validity,
    bottleneck,
    by_twin,
    calibrate,
    drift,
    observe,
    present,
    seen_figures,
    validity,
)
from linewright.twin.experiment import named

__all__ = ["command"]

NS_MAX = 2**63 - 1
HOUR_NS = 3600 * 10**9
YEAR_NS = 8766 * HOUR_NS
HELD_MAX = 0.9
HELD_LEAST = 0.01
"""Share held out below which no time to record is told for it."""
DAY_H = 24.0
DAYS_LEAST = 2.0
CLOCKS = (("h", 3600.0), ("min", 60.0))
"""Units of times that are told to people; each is used from ten of it on, seconds below."""
USED_FROM = 10.0
SHARES = ("blocked", "starved")
FIGURES = {
    "throughput_per_h": "throughput 1/h",
    "blocked": "blocked %",
    "starved": "starved %",
    "buffers": "level",
}
"""Figures by which a twin is judged, with their units."""
SAME = describe(Difference())
"""What is told of two plants that are the same."""
PLACES = 4
"""Decimal places that are told at most."""
YEARS_MAX = 20
"""Longest time that is calibrated at once; the twin plays what is held out of it many times."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    made: Calibration
    validity: Validity | None
    bottleneck: Bottleneck | None
    drift: tuple[Drift, ...]


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """The options of the command."""

    since: str | None
    until: str | None
    records_file: str | None
    data: str | None
    held_out: float
    runs: int
    level: float
    seed: int


@click.command(
    "calibrate",
    epilog=example(
        "linewright calibrate plants/bracket bracket --since 2026-11-01",
        "linewright calibrate plant.yaml pump --records records.jsonl --write plant2.yaml",
    ),
)
@click.argument("plant", type=click.Path())
@click.argument("at")
@click.option("--since", help="Local time; the first record without it.")
@click.option("--until", help="Local time; after the last record without it.")
@click.option(
    "--records", "records_file", type=click.Path(dir_okay=False), help="Records, one JSON a line."
)
@click.option(
    "--held-out",
    type=click.FloatRange(0.0, HELD_MAX),
    default=0.2,
    show_default=True,
    help="Share of the time, at its end, that the twin is judged by.",
)
@click.option(
    "--runs", type=click.IntRange(3, 1000), default=20, show_default=True, help="To judge it by."
)
@click.option(
    "--level", type=float, default=0.9, show_default=True, help="How often intervals hold."
)
@seed_option
@click.option("--write", "target", type=click.Path(dir_okay=False), help="Write the plant with it.")
@click.option("--yes", is_flag=True, help="With --write: do not ask.")
@click.option("--json", "wants_json", is_flag=True, help="Print JSON.")
@data_option
def command(  # options
    plant: str,
    at: str,
    *,
    target: str | None,
    yes: bool,
    wants_json: bool,
    **given: Any,  # noqa: ANN401  # options
) -> None:
    """Fit a plant to what its machines did, and judge its twin by what they did then.

    Records come from the history of a data folder, or from a file. The plant
    file is not touched: --write shows what would change and asks. Ends with 1
    when the twin is not valid.
    """
    wish = msgspec.convert(given, Wish)
    check_files(target)
    if math.isnan(wish.held_out):
        raise Failed("nan is no share of the time", "say --held-out 0.2")
    before = plant_of(read(plant))
    with tried(), waiting("the plant is calibrated"):
        found = _found(before, at, wish)
    changes = difference(before, found.made.plant)
    if wants_json:
        say(as_json({**_plain(found), "difference": changes.plain()}))
    else:
        _print(found, before, wish)
        _print_changes(describe(changes))
    if target is not None:
        if not yes:
            only_after_yes(f"Write the plant with these values to {target}?", "nothing was written")
        write_whole(Path(target), to_text(found.made.plant))
        say(f"written: {safe(target)}", err=wants_json)
    if found.validity is not None and found.validity.verdict == "not valid":
        raise click.exceptions.Exit(Code.FOUND)


def _found(plant: Plant, at: str, wish: Wish) -> Found:
    place = named(plant, at, "AT")
    zone = ZoneInfo(plant.sites[place.site].timezone)
    now_ns = time.time_ns()
    until_ns = instant(wish.until, zone, now_ns) if wish.until else NS_MAX
    if wish.records_file is not None:
        records = of_file(wish.records_file)
    else:
        records = of_data(wish.data, until_ns)
    since_ns, until_ns = _window(records, wish, zone, (now_ns, until_ns), place)
    cut_ns = until_ns - round((until_ns - since_ns) * wish.held_out)
    made = calibrate(plant, place, records, since_ns=since_ns, until_ns=cut_ns, level=wish.level)
    if cut_ns == until_ns:
        return Found(made=made, validity=None, bottleneck=bottleneck(made.seen), drift=())
    held = observe(plant, place, records, cut_ns, until_ns)
    hours = (until_ns - cut_ns) / HOUR_NS
    judged = validity(
        made,
        seen_figures(plant, held),
        by_twin(place, hours, start_ns=cut_ns, seed=wish.seed, begins=_begins(plant, made)),
        runs=wish.runs,
        level=wish.level,
    )
    moved = drift(made.seen, held)
    return Found(made=made, validity=judged, bottleneck=bottleneck(made.seen), drift=moved)


def _print_changes(told: str) -> None:
    if told == SAME:
        say("The plant file holds: no value of it changes.")
        return
    say("What the records change in the plant file:")
    for line in told.splitlines():
        say(safe(f"  {line}"))


def _begins(plant: Plant, made: Calibration) -> LineState | None:
    """Return a line as it was at the cut; None for what is no line: that begins empty."""
    group = dict(plant.groups()).get(made.at)
    return present(plant, made.seen) if isinstance(group, Line) else None


def _window(
    records: list[Record], wish: Wish, zone: dt.tzinfo, times: tuple[int, int], place: str
) -> tuple[int, int]:
    """Return from when until when records are used."""
    now_ns, until_ns = times
    mine = [
        one.t_ns for one in records if one.address == place or one.address.startswith(f"{place}/")
    ]
    if not mine:
        raise Failed(f"there are no records of {place}", "see `linewright status` and --records")
    since_ns = instant(wish.since, zone, now_ns) if wish.since else min(mine)
    until_ns = min(until_ns, max(mine) + 1) if wish.until is None else until_ns
    if since_ns >= until_ns:
        raise Failed("the time to read ends before it begins", "see --since and --until")
    if until_ns - since_ns > YEARS_MAX * YEAR_NS:
        first = _local(since_ns, zone)
        what = f"the records reach over more than {YEARS_MAX} years, from {first} on"
        raise Failed(what, "a clock was wrong, it seems: name --since, and --until")
    return since_ns, until_ns


def _plain(found: Found) -> dict[str, Any]:
    made = found.made
    plain: dict[str, Any] = msgspec.to_builtins(
        {
            "at": made.at,
            "since_ns": made.since_ns,
            "until_ns": made.until_ns,
            "level": made.level,
            "estimates": made.estimates,
            "left_out": made.left_out(),
            "validity": found.validity,
            "bottleneck": found.bottleneck,
            "drift": found.drift,
        },
        enc_hook=str,
    )
    plain["settings"] = {f"{one.address}.{one.key}": one.text for one in made.settings}
    return plain


def _print(found: Found, plant: Plant, wish: Wish) -> None:
    made = found.made
    zone = ZoneInfo(plant.sites[made.at.site].timezone)
    say(safe(f"{made.at}: from {_local(made.since_ns, zone)} until {_local(made.until_ns, zone)}"))
    rows = [_row(one) for one in made.estimates]
    head = ("station", "parameter", "plant", "seen", "interval", "n", "cut off", "differs", "note")
    print_rows(head, rows, head[2:7])
    for what, count in made.left_out().items():
        say(safe(f"left out or repaired: {what}: {count}"))
    _print_missing(made, wish)
    _print_line(found.bottleneck)
    if found.validity is not None:
        _print_validity(found.validity, wish)
    for each in found.drift:
        unit, size = _clock(each.before, each.after)
        what = f"{each.address} {each.parameter}: {each.before / size:.4g} {unit}"
        what += f" -> {each.after / size:.4g} {unit}"
        say(safe(f"moved since: {what} at {_local(each.since_ns, zone)} (p {each.p_value:.2g})"))


def _local(t_ns: int, zone: dt.tzinfo) -> str:
    return dt.datetime.fromtimestamp(t_ns // 10**9, zone).strftime("%Y-%m-%d %H:%M")


def _clock(*seconds: float | None) -> tuple[str, float]:
    """Return the unit in which times are told, by the longest of them, and its seconds."""
    longest = max((each for each in seconds if each is not None), default=0.0)
    return next((each for each in CLOCKS if longest >= USED_FROM * each[1]), ("s", 1.0))


def _row(one: Estimate) -> list[str]:
    unit, size = _clock(one.plant, one.value) if one.unit else ("", 1.0)
    plant, seen, low, high = (
        None if each is None else f"{each / size:.4g}"
        for each in (one.plant, one.value, one.low, one.high)
    )
    return [
        one.address.rpartition("/")[2],
        one.parameter,
        "-" if plant is None else f"{plant} {unit}".strip(),
        "-" if seen is None else f"{seen} {unit}".strip(),
        "-" if low is None else f"{low} to {high} {unit}".strip(),
        str(one.n),
        f"{100.0 * one.censored:.0f} %" if one.censored else "",
        "yes" if one.differs else "",
        one.note,
    ]


def _print_missing(made: Calibration, wish: Wish) -> None:
    """Say of how much too little was seen, and how much longer it takes to see enough."""
    rare = made.rare
    if not rare:
        return
    never = sum(one.n == 0 for one in rare)
    text = f"too little was seen of {len(rare)} of {len(made.estimates)} parameters"
    text += f", nothing at all of {never}" if never else ""
    if made.hours_more:
        text += f": record some {_hours(made.hours_more / (1.0 - wish.held_out))} more"
        text += " for those that were seen" if never else ""
    say(text)


def _hours(hours: float) -> str:
    """Return a time as people plan it, never less: hours, or days from two on."""
    days = hours / DAY_H
    return f"{math.ceil(days)} days" if days > DAYS_LEAST else f"{math.ceil(hours)} h"


def _print_line(found: Bottleneck | None) -> None:
    if found is None:
        say("bottleneck: cannot be told, no station waits, or nothing is known of one")
        return
    other = "" if found.agree else f"; by utilisation {found.by_utilisation}"
    sure = f"{100.0 * found.confidence:.0f} % of the resamples"
    say(safe(f"bottleneck: {found.address} (arrows of blocked and starved, {sure}{other})"))


def _print_validity(found: Validity, wish: Wish) -> None:
    """Say whether the twin did as the line did; figures only where that can be told."""
    error = "" if found.error is None else f", throughput off by {100.0 * found.error:+.1f} %"
    is_known = found.verdict != "cannot tell"
    say(f"the twin on the time held out: {found.verdict}{error if is_known else ''}")
    if not is_known:
        for reason in found.reasons:
            say(safe(f"  {reason}"))
        if found.hours_more is not None:
            more = _hours(found.hours_more / max(wish.held_out, HELD_LEAST))
            say(f"  record some {more} more, or hold more out with --held-out")
        return
    rows = [
        [
            FIGURES.get(one.figure, one.figure),
            "" if one.address is None else one.address.rpartition("/")[2],
            "-" if one.seen is None else f"{_scaled(one.figure, one.seen):.4g}",
            f"{_scaled(one.figure, one.mean):.4g}",
            f"{_scaled(one.figure, one.low):.4g} to {_scaled(one.figure, one.high):.4g}",
            "yes" if one.agrees else "no",
        ]
        for one in found.rows
        if one.agrees is False or one.seen is not None
    ]
    head = ("figure", "place", "seen", "twin", "interval", "agrees")
    print_rows(head, rows, head[2:5])


def _scaled(figure: str, value: float) -> float:
    """Return a figure in the unit of its row: shares in percent, 0 where it is rounding."""
    value = 100.0 * value if figure in SHARES else value
    return round(value, PLACES) + 0.0
