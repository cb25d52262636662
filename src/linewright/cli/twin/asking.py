"""What the commands of the twin are asked: options, and the plant, place and runs they mean."""

import datetime as dt
import math
import re
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

import click
import msgspec

from linewright.cli.ending import Failed, counted
from linewright.cli.looking.drawing import waiting
from linewright.cli.looking.wanted import instant, span
from linewright.cli.reading import plant_of, read
from linewright.cli.terminal import safe, say
from linewright.plant import Address, Plant
from linewright.twin import TwinFault
from linewright.twin.experiment import (
    Precision,
    Progress,
    Runs,
    Scenario,
    Workers,
    named,
    run,
    setting_of,
)

__all__ = [
    "Asked",
    "Asking",
    "asked",
    "run_options",
    "say_cost",
    "scenario_of",
    "seed_option",
    "tried",
    "working",
]

SEED_MAX = 2**63 - 1
"""Seeds are whole numbers of 64 bits, with a sign."""

F = TypeVar("F", bound=Callable[..., object])

WEEK_H = 168.0
HOUR_NS = 3600 * 10**9
TRIAL_H = 0.01
"""Length of the run that loads the kernel before one is timed."""

SHARE_MAX = 1.0


def _seed(_context: click.Context, _parameter: click.Parameter, seed: int) -> int:
    if not -SEED_MAX - 1 <= seed <= SEED_MAX:
        raise click.BadParameter(f"{seed} is no whole number of 64 bits.")
    return seed


seed_option = click.option(
    "--seed",
    type=int,
    default=1,
    show_default=True,
    callback=_seed,
    help="Of the random numbers.",
)
"""Option of every command that draws random numbers."""

OPTIONS = (
    click.option(
        "--hours", type=float, default=WEEK_H, show_default=True, help="Length of each replication."
    ),
    click.option(
        "--replications", type=click.IntRange(1), default=10, show_default=True, help="How many."
    ),
    click.option("--precision", help="Replications until the throughput is so exact, such as 1%."),
    click.option("--within", help="With --precision: give up after so long, such as 5min."),
    click.option(
        "--warm-up",
        default="mser5",
        show_default=True,
        help="Left out of each replication: a time such as 8h, none, or found by mser5.",
    ),
    click.option(
        "--from",
        "start",
        help="Local time of the site at which each begins; else Monday of this week, 00:00.",
    ),
    click.option("--product", default="", help="Make this product only; else all, by turns."),
    click.option(
        "--level",
        type=float,
        default=0.95,
        show_default=True,
        help="How often intervals hold, such as 0.95.",
    ),
    seed_option,
    click.option(
        "--workers", type=click.IntRange(0), default=0, help="Processes; 0: as many as pay."
    ),
    click.option("--json", "wants_json", is_flag=True, help="Print JSON."),
    click.option(
        "--csv", "csv_file", type=click.Path(dir_okay=False), help="Write every run to a file."
    ),
    click.option("--dry-run", is_flag=True, help="Say what would be run, and how long it takes."),
)
"""Options of every command that runs the twin."""


def run_options(function: F) -> F:
    """Give a command the options that say how a plant is run."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `run_options`."""

    hours: float
    replications: int
    precision: str | None
    within: str | None
    warm_up: str
    start: str | None
    product: str
    level: float
    seed: int
    workers: int
    wants_json: bool
    csv_file: str | None
    dry_run: bool


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be run, all of it found."""

    source: str
    plant: Plant
    at: Address
    zone: dt.tzinfo
    runs: Runs
    options: Asked

    def local(self, t_ns: int) -> str:
        """Return an instant as a local time of the site."""
        return dt.datetime.fromtimestamp(t_ns // 10**9, self.zone).strftime("%Y-%m-%d %H:%M")

    @property
    def holidays(self) -> list[str]:
        """Return, in words, the holidays of the site in the time of each replication."""
        hours = (self.runs.at_ns, self.runs.at_ns + round(self.runs.hours * HOUR_NS))
        first, last = (dt.datetime.fromtimestamp(t // 10**9, self.zone).date() for t in hours)
        site = self.at.site
        return [
            f"{one.date} is a holiday of {site}" + (f" ({label})" if label else "")
            for one in self.plant.sites[site].holidays
            if first <= one.date <= last
            for label in [next(iter(one.label.values()), "")]
        ]

    def again(self, command: str, *more: str) -> str:
        """Return the command that gives the same once more."""
        o = self.options
        words = ["linewright", command, self.source, str(self.at), *more]
        words += ["--hours", f"{o.hours:g}", "--from", self.local(self.runs.at_ns)]
        if o.precision is not None:
            words += ["--precision", o.precision]
        else:
            words += ["--replications", str(o.replications)]
        words += ["--warm-up", o.warm_up, "--seed", str(o.seed)]
        words += ["--product", o.product] if o.product else []
        words += ["--level", f"{o.level:g}"] if o.level != 0.95 else []  # noqa: PLR2004  # the default
        return shlex.join(words)


def asked(source: str, at: str | None, given: dict[str, object]) -> Asking:
    """Return what is to be run.

    Parameters
    ----------
    source
        Plant file or folder.
    at
        Address, or the end of one; None: the only line of the plant.
    given
        Options of `run_options`.

    Raises
    ------
    Failed
        The plant has errors, there is no such place, or an option is not written as it should be.
    """
    options = msgspec.convert(given, Asked)
    with waiting("the plant is checked"):
        plant = plant_of(read(source))
    place = _place(plant, at)
    zone = ZoneInfo(plant.sites[place.site].timezone)
    runs = Runs(
        hours=_hours(options.hours),
        replications=options.replications,
        seed=options.seed,
        at_ns=_begins(options.start, zone),
        warm_up=_warm_up(options.warm_up),
        precision=_precision(options),
        level=options.level,
        product=options.product,
    )
    return Asking(source=source, plant=plant, at=place, zone=zone, runs=runs, options=options)


def _place(plant: Plant, at: str | None) -> Address:
    if at is not None:
        with tried():
            return named(plant, at, "AT")
    lines = [place for place, group in plant.groups() if hasattr(group, "flow")]
    if len(lines) != 1:
        what = f"the plant has {counted(len(lines), 'line')}"
        sites = " or ".join(f"`{name}`" for name in plant.sites)
        all_of_it = f"; {sites} is all of a site" if lines else ""
        do = f"say which: {', '.join(lines)}{all_of_it}" if lines else "give an address"
        raise Failed(what, do)
    return lines[0]


def _hours(hours: float) -> float:
    if not math.isfinite(hours):
        raise Failed(f"{hours} hours is no length", "give some hours")
    return hours


def _begins(text: str | None, zone: dt.tzinfo) -> int:
    now_ns = time.time_ns()
    if text is not None:
        return instant(text, zone, now_ns)
    today = dt.datetime.fromtimestamp(now_ns // 10**9, zone).date()
    monday = dt.datetime.combine(today - dt.timedelta(days=today.weekday()), dt.time(), zone)
    return int(monday.timestamp()) * 10**9


def _warm_up(text: str) -> float | Literal["mser5"] | None:
    if text == "none":
        return None
    return "mser5" if text == "mser5" else span(text) / HOUR_NS


def _precision(options: Asked) -> Precision | None:
    if options.precision is None:
        if options.within is not None:
            raise Failed("--within bounds --precision, and there is none", "give both")
        return None
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(%?)\s*", options.precision)
    share = float(found[1]) / (100.0 if found[2] else 1.0) if found else 0.0
    if not 0.0 < share < SHARE_MAX:
        raise Failed(f"`{options.precision}` is no precision", "write it as 1% or 0.01")
    within_s = None if options.within is None else span(options.within) / 1e9
    return Precision(relative=share, within_s=within_s)


@contextmanager
def tried() -> Iterator[None]:
    """End a command with what the twin says is wrong.

    Raises
    ------
    Failed
        In place of a fault of the twin.
    """
    try:
        yield
    except TwinFault as fault:
        raise Failed(f"{fault.where}: {fault.what}", fault.do) from fault


@contextmanager
def working(asking: Asking) -> Iterator[Workers]:
    """Give those who do the work; on a terminal a bar shows how far they are, and the end."""
    with tried(), waiting("the twin runs", ends=True) as shown:

        def told(progress: Progress) -> None:
            if progress.what == "runs":
                shown(progress.done, progress.expected)

        yield Workers(count=asking.options.workers, told=told, clock=time.monotonic)


def say_cost(asking: Asking, scenarios: tuple[Scenario, ...]) -> None:
    """Say what would be run and about how long it takes, by one replication that is timed."""
    runs, options = asking.runs, asking.options
    once = msgspec.structs.replace(runs, replications=1, warm_up=None, precision=None)
    with tried():
        took_s = 0.0
        for each in (None, *scenarios):
            short = msgspec.structs.replace(once, hours=min(TRIAL_H, runs.hours))
            run(asking.plant, asking.at, short, scenario=each, workers=Workers(over="here"))
            began_s = time.monotonic()
            run(asking.plant, asking.at, once, scenario=each, workers=Workers(over="here"))
            took_s += time.monotonic() - began_s
    plants = 1 + len(scenarios)
    first = runs.precision.first if runs.precision is not None else runs.replications
    most = runs.precision.most if runs.precision is not None else runs.replications
    many = (
        counted(plants * first, "run")
        if most == first
        else f"{plants * first} to {plants * most:,} runs"
    )
    what = f"{asking.at}: {many} of {runs.hours:g} h from {asking.local(runs.at_ns)}"
    what += f", {counted(plants, 'plant')}" if plants > 1 else ""
    pilots = "and pilots for the warm-up, " if options.warm_up == "mser5" else ""
    cost = f"{pilots}about {_lasting(took_s * first)}"
    cost += f" to {_lasting(took_s * most)}" if most != first else ""
    say(safe(f"{what}; {cost} on one processor"))


def _lasting(seconds: float) -> str:
    for unit, size in (("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(1, round(seconds))} s"


def scenario_of(settings: tuple[str, ...]) -> Scenario | None:
    """Return the scenario that --set says; None where it says nothing."""
    if not settings:
        return None
    with tried():
        return Scenario(name="set", settings=tuple(setting_of(each) for each in settings))
