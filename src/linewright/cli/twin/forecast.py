"""`linewright forecast`: the next hours of a line from its live state, and how past ones did."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import msgspec

from linewright.bus import Bus, BusUnavailable
from linewright.cli.ending import Code, Failed, counted
from linewright.cli.files import write_whole
from linewright.cli.looking import words
from linewright.cli.looking.drawing import print_rows, waiting
from linewright.cli.looking.place import asked, data_option, place_of, reached, run
from linewright.cli.reading import plant_of, read
from linewright.cli.terminal import as_json, example, joined, safe, say
from linewright.cli.twin.asking import seed_option, tried
from linewright.cli.twin.showing import rounded
from linewright.plant import Address, Plant
from linewright.plant.records import (
    Forecast,
    ForecastKind,
    LineState,
    RecordInvalid,
    decode,
    encode,
)
from linewright.twin import Model, compile_line
from linewright.twin.experiment import named
from linewright.twin.forecasting import (
    INTERVALS,
    LineForecast,
    OrderForecast,
    Score,
    Spread,
    Worth,
    end_of_shift,
    forecast,
    one_more_place,
    score,
    standing,
    worth,
)

__all__ = ["command"]

NS = 10**9
HEARD_S = 2.0
"""How long the clock of a played plant is listened for."""
ROWS = 5000
PAGES_MAX = 1000
DAYS = 7
"""How far back the scores of forecasts are looked for."""
WORTH_FUTURES = 40
WORTH_PLACES = 2
"""Decimal places of what something is worth in good parts."""
MINUTES_PER_H = 60
LOW, HIGH = 0.05, 0.95

Plain = dict[str, Any]


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """The options."""

    data: str | None
    state: str | None
    save: str | None
    hours: float
    replications: int
    seed: int
    wants_worth: bool
    wants_json: bool
    scores: bool


@click.command(
    "forecast",
    epilog=example(
        "linewright forecast plants/bracket bracket",
        "linewright forecast plants/bracket bracket --hours 4 --worth",
        "linewright forecast plants/bracket bracket --scores",
    ),
)
@click.argument("plant", type=click.Path())
@click.argument("at", required=False)
@click.option("--from", "state", type=click.Path(dir_okay=False), help="State of the line: a file.")
@click.option("--save", type=click.Path(dir_okay=False), help="Write the live state to a file.")
@click.option("--hours", type=float, default=8.0, show_default=True, help="How far.")
@click.option("--replications", type=int, default=200, show_default=True, help="How many futures.")
@seed_option
@click.option(
    "--worth", "wants_worth", is_flag=True, help="Tell which minute and place count most."
)
@click.option("--json", "wants_json", is_flag=True, help="Print JSON.")
@click.option("--scores", is_flag=True, help="Tell how the forecasts of the running plant did.")
@data_option
def command(plant: str, at: str | None, **options: object) -> None:
    """Tell the next hours of a line from its live state.

    The twin plays on from what the machines of a running plant tell now, many
    times over; what comes out is a distribution. PLANT may differ from the
    plant that runs: then it tells what the changed plant would do.
    """
    given = msgspec.convert(options, Given)
    with waiting("the plant is checked"):
        known = plant_of(read(plant))
    place = _place(known, at)
    zone = ZoneInfo(known.sites[place.site].timezone)
    if given.scores:
        _tell_scores(place, given)
        return
    line, now_ns = _state(place, given)
    if given.save is not None:
        write_whole(Path(given.save), encode(line).decode())
    with tried(), waiting("the twin runs"):
        model = compile_line(known, place)
        found = forecast(
            model,
            line,
            hours=given.hours,
            replications=given.replications,
            seed=given.seed,
            shift_end_ns=end_of_shift(known, place, line.as_of_ns),
            now_ns=now_ns,
        )
        worths = _worths(known, model, line, given) if given.wants_worth else ()
    if given.wants_json:
        say(as_json(msgspec.to_builtins({"forecast": found, "worth": worths}, enc_hook=str)))
    else:
        _tell(found, worths, zone, given.hours)


def _place(plant: Plant, at: str | None) -> Address:
    if at is not None:
        with tried():
            return named(plant, at, "AT")
    lines = [place for place, _ in plant.groups()]
    if len(lines) != 1:
        raise Failed(f"the plant has {counted(len(lines), 'line')}", f"say which: {joined(lines)}")
    return lines[0]


def _state(place: Address, given: Given) -> tuple[LineState, int | None]:
    """Return the state of a line, of a file or of the running plant, and plant time."""
    if given.state is None:
        return run(_live, place, given.data)
    try:
        line = decode(Path(given.state).read_bytes(), LineState)
    except OSError as error:
        raise Failed(f"`{given.state}`: {error.strerror or error}") from error
    except RecordInvalid as error:
        to_do = "`linewright forecast PLANT AT --save FILE` writes one"
        raise Failed(f"`{given.state}` is no state of a line: {error}", to_do) from error
    return line, None


async def _live(place: Address, data: str | None) -> tuple[LineState, int | None]:
    async with reached(place_of(data)) as bus:
        if bus.site != place.site:
            raise Failed(f"the plant that runs is {bus.site}", f"start {place.site}, or use --from")
        known = await (await bus.bucket("line")).get(place.replace("/", "."))
        if known is None:
            raise Failed(f"nothing is known yet of {place}", "try again in some seconds")
        line = decode(known, LineState)
        if not line.as_of_ns:
            raise Failed(f"nothing was heard yet of {place}", "`linewright status` tells what runs")
        return line, await _now_ns(bus)


async def _now_ns(bus: Bus) -> int | None:
    try:
        await bus.applied(wait_s=HEARD_S)
        await bus.clock.known(wait_s=HEARD_S)
        return bus.clock.now_ns()
    except BusUnavailable:
        return None


def _worths(plant: Plant, model: Model, line: LineState, given: Given) -> tuple[Worth, ...]:
    return worth(
        model,
        line,
        hours=given.hours,
        replications=min(given.replications, WORTH_FUTURES),
        seed=given.seed,
        places=one_more_place(plant, model.address),
    )


def _tell(found: LineForecast, worths: Sequence[Worth], zone: dt.tzinfo, hours: float) -> None:
    """Write a forecast for people."""
    old = "" if found.age_s is None else f"state {words.age(max(0.0, found.age_s))} old"
    at = words.local(found.as_of_ns, zone, digits=0)
    futures = f"{found.replications} futures, seed {found.seed}"
    say(safe(joined([f"{found.address} from {at}", futures, old])))
    if not found.valid:
        say("do not rely on it: too little is known of the line, or for too long")
    rows = [
        [one.name, words.local(one.at_ns, zone, digits=0), *_cells(good), f"{inside.mean:.1f}"]
        for one, good, inside in zip(found.horizons, found.good, found.inside, strict=True)
    ]
    head = ("within", "until", "good", "5 %", "50 %", "95 %", "in the line")
    print_rows(head, rows, right=head[2:])
    say("good parts: their mean, and how many at most in 5, 50 and 95 of 100 futures")
    say()
    _tell_stations(found)
    _tell_orders(found.orders, found.as_of_ns, zone)
    for each in worths:
        what = "a minute more of" if each.what == "minute" else "one more place in"
        worth = f"{rounded(each.good, each.half_width, WORTH_PLACES)} good parts"
        say(safe(f"{what} {each.address.name} is worth {worth} within {hours:g} h"))
    for text in found.assumed:
        say(safe(f"assumed: {text}"))


def _cells(spread: Spread) -> list[str]:
    return [f"{spread.mean:.1f}", *(f"{spread.at(p):.0f}" for p in (LOW, 0.5, HIGH))]


def _tell_stations(found: LineForecast) -> None:
    k = _hour(found)
    until = found.horizons[k].name
    rows = [
        [
            one.address.name,
            *_cells(one.good[k]),
            *(_share(each) for each in (one.blocked[k], one.starved[k], one.stops[k])),
            _share(one.bottleneck),
        ]
        for one in found.stations
    ]
    head = (
        f"in {until}",
        "good",
        "5 %",
        "50 %",
        "95 %",
        "blocked",
        "starved",
        "stops",
        "bottleneck",
    )
    print_rows(head, rows, right=head[1:])
    tight = found.bottleneck
    if tight is not None:
        likely = f"bottleneck with {_share(tight.bottleneck)} probability"
        stops = f"and stops within {until} with {_share(tight.stops[k])} probability"
        say(safe(f"{tight.address.name}: {likely}, {stops}"))


def _hour(found: LineForecast) -> int:
    """Return which horizon is the last one of the coming hour."""
    until_ns = found.as_of_ns + MINUTES_PER_H * 60 * NS
    return max((k for k, one in enumerate(found.horizons) if one.at_ns <= until_ns), default=0)


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"


def _tell_orders(orders: Sequence[OrderForecast], as_of_ns: int, zone: dt.tzinfo) -> None:
    if not orders:
        return
    rows = []
    for one in orders:
        ends = [_end(one, p, as_of_ns, zone) for p in (LOW, 0.5, HIGH)]
        late = "" if one.in_time is None else _share(one.in_time)
        rows.append([one.order, str(one.left), *ends, _share(one.done), late])
    head = ("order", "parts to go", "5 %", "50 %", "95 %", "done", "in time")
    print_rows(head, rows, right=("parts to go", "done", "in time"))


def _end(one: OrderForecast, p: float, as_of_ns: int, zone: dt.tzinfo) -> str:
    if one.end_s is None or one.done < p:
        return "later"
    return words.local(as_of_ns + round(one.end_s.at(p) * NS), zone, digits=0)


def _tell_scores(place: Address, given: Given) -> None:
    """Tell how the forecasts of a line did that history keeps."""
    groups = _grouped(run(_kept, place, given.data))
    if given.wants_json:
        say(as_json([{"of": at, "within": name, **_plain(s)} for (at, name), s in groups.items()]))
    elif groups:
        _print_scores(groups)
    if not groups:
        what = f"no forecast of {place} has been scored in {DAYS} days"
        say(safe(f"{what}: it is when its time is over"), err=True)
        raise click.exceptions.Exit(Code.FOUND)


def _print_scores(groups: Mapping[tuple[str, str], Sequence[Score]]) -> None:
    rows = []
    for (at, name), scores in groups.items():
        found = standing(scores)
        held = [f"{count} of {of}" for count, of in found.held]
        skill = "" if found.skill is None else f"{100 * found.skill:.0f} %"
        numbers = (f"{found.crps:.2f}", f"{found.bias:+.2f}", f"{found.mean_actual:.1f}")
        rows.append([at, name, *held, *numbers, skill])
    levels = [f"{100 * each:g} % held" for each in INTERVALS]
    head = ("of", "within", *levels, "CRPS", "bias", "made", "better than naive")
    print_rows(head, rows, right=head[2:])
    say(standing(one for scores in groups.values() for one in scores).words)


def _plain(scores: Sequence[Score]) -> Plain:
    found: Plain = msgspec.to_builtins(standing(scores))
    return found | {"words": standing(scores).words}


async def _kept(place: Address, data: str | None) -> list[Forecast]:
    """Return the newest revision of each forecast of a line and its stations."""
    found: dict[tuple[str, int], Forecast] = {}
    async with reached(place_of(data)) as bus:
        now_ns = await _now_ns(bus)
        if now_ns is None:
            raise Failed(
                "it is not known what time it is in the plant", "try again in some seconds"
            )
        from_ns = max(0, now_ns - DAYS * 86_400 * NS)
        for _ in range(PAGES_MAX):
            question = {"class": "forecast", "from_ns": from_ns, "until_ns": now_ns, "limit": ROWS}
            lines = (await asked(bus, "history", "records", question)).splitlines()
            page = [decode(each, Forecast) for each in lines]
            known = len(found)
            found |= {(one.id, one.rev): one for one in page}
            if len(found) == known:
                break
            from_ns = max(page[-1].t_ns, from_ns + (page[-1].t_ns == from_ns))
    latest = {one.id: one for one in sorted(found.values(), key=lambda one: one.rev)}
    return [one for one in latest.values() if place.contains(one.address)]


def _grouped(records: Iterable[Forecast]) -> dict[tuple[str, str], list[Score]]:
    """Return the scores of what was made, by place and length, the line first."""
    groups: dict[tuple[str, int], list[Score]] = {}
    for one in records:
        if one.kind is ForecastKind.OUTPUT and one.actual is not None and one.valid:
            minutes = (one.until_ns - one.for_ns) // (60 * NS)
            whole = minutes if minutes % MINUTES_PER_H == 0 or minutes == MINUTES_PER_H // 4 else 0
            groups.setdefault((one.address, whole), []).append(score(one))
    ordered = sorted(groups.items(), key=lambda item: (len(item[0][0].split("/")), item[0]))
    return {(at, _length(minutes)): scores for (at, minutes), scores in ordered}


def _length(minutes: int) -> str:
    if not minutes:
        return "end of shift"
    return f"{minutes} min" if minutes % MINUTES_PER_H else f"{minutes // MINUTES_PER_H} h"
