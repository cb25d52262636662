"""What `optimise` and `sensitivity` share: what may vary, what counts, and how it is run."""

import math
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click
import msgspec

from linewright.cli.ending import Failed
from linewright.cli.looking.drawing import waiting
from linewright.cli.twin.asking import Asking, asked, seed_option, tried
from linewright.twin.choosing import Progress, Question, ask
from linewright.twin.experiment import MEASURES, RunResult, Runs, run

__all__ = [
    "Varied",
    "chosen",
    "counting",
    "figure_of",
    "spelled_value",
    "unit_of",
    "vary_options",
]

F = TypeVar("F", bound=Callable[..., object])

PILOTS = 10
"""Replications of the plant as it stands on which the warm-up is found."""
TENTHS = 10
"""A warm-up that was found is told, and left out, in whole tenths of an hour."""

OPTIONS = (
    click.option(
        "--vary",
        multiple=True,
        required=True,
        metavar="WHAT=VALUES",
        help="buffers, buffer A-B, places S, speed S, people CREW, wip, dispatch C, or a key.",
    ),
    click.option("--maximise", metavar="FIGURE", help="What counts; left out: throughput."),
    click.option("--minimise", metavar="FIGURE", help="What counts, less being better."),
    click.option(
        "--hours", type=float, default=168.0, show_default=True, help="Length of each run."
    ),
    click.option(
        "--warm-up",
        default="mser5",
        show_default=True,
        help="Left out of each run: a time such as 8h, none, or found by mser5.",
    ),
    click.option(
        "--from", "start", help="Local time at which each begins; else Monday of this week, 00:00."
    ),
    click.option("--product", default="", help="Make this product only; else all, by turns."),
    click.option(
        "--confidence",
        "level",
        type=float,
        default=0.95,
        show_default=True,
        help="How often what is said holds.",
    ),
    seed_option,
    click.option(
        "--workers", type=click.IntRange(0), default=0, help="Processes; 0: one a processor."
    ),
    click.option("--json", "wants_json", is_flag=True, help="Print JSON."),
)
"""Options of every command that changes designs."""


def vary_options(function: F) -> F:
    """Give a command the options that say what may vary, what counts, and how it is run."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


class Varied(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked, all of it found.

    Parameters
    ----------
    asking
        Plant, place and options.
    question
        What may vary and what counts.
    runs
        How each design is run.
    maximise
        Whether more is better.
    figure
        What counts, in words.
    vary, sums
        As asked.
    narrowest
        Station that limits the plant as it stands; None: none stands out, or none was looked for.
    """

    asking: Asking
    question: Question
    runs: Runs
    maximise: bool
    figure: str
    vary: tuple[str, ...]
    sums: tuple[str, ...]
    narrowest: str | None = None

    def again(self, command: str, *more: str) -> str:
        """Return the command that gives the same once more."""
        o, runs = self.asking.options, self.runs
        words = ["linewright", command, self.asking.source, str(self.asking.at)]
        words += [word for one in self.vary for word in ("--vary", one)]
        words += [word for one in self.sums for word in ("--sum", one)]
        words += ["--maximise" if self.maximise else "--minimise", self.figure]
        words += ["--hours", f"{o.hours:g}", "--from", self.asking.local(runs.at_ns)]
        words += ["--warm-up", f"{float(runs.warm_up):.12g}h" if runs.warm_up else "none"]
        words += ["--product", o.product] if o.product else []
        words += ["--confidence", f"{o.level:g}", "--seed", str(o.seed), *more]
        return shlex.join(words)


def chosen(source: str, at: str | None, sums: tuple[str, ...], given: dict[str, object]) -> Varied:
    """Return what is to be chosen.

    Parameters
    ----------
    source, at
        Plant and place, as for `asked`.
    sums
        Sums that every design keeps.
    given
        Options of `vary_options`.

    Raises
    ------
    Failed
        The plant has errors, or something asked for is not in it.
    """
    more, less = given.pop("maximise"), given.pop("minimise")
    vary = given.pop("vary")
    if more is not None and less is not None:
        raise Failed("--maximise and --minimise say two things", "give one of them")
    rest = {"replications": PILOTS, "precision": None, "within": None}
    rest |= {"csv_file": None, "dry_run": False}
    asking = asked(source, at, {**given, **rest})
    figure = str(less if less is not None else more or "throughput")
    with tried():
        assert isinstance(vary, tuple), "click gives a tuple"
        question = ask(asking.plant, asking.at, vary, sums=sums, figure=figure)
        runs, pilot = asking.runs, None
        if runs.warm_up == "mser5":
            with waiting("the warm-up is found"):
                pilot = run(asking.plant, asking.at, runs)
            runs = msgspec.structs.replace(runs, warm_up=_tenths(pilot))
    return Varied(
        asking=asking,
        question=question,
        runs=runs,
        maximise=less is None,
        figure=figure,
        vary=vary,
        sums=sums,
        narrowest=pilot.narrowest if pilot is not None else None,
    )


def _tenths(found: RunResult) -> float:
    """Return a warm-up that was found, up to the next tenth of an hour where one is left."""
    hours = math.ceil(found.warm_up.hours * TENTHS) / TENTHS
    return hours if hours < found.hours else found.warm_up.hours


@contextmanager
def counting(what: str) -> Iterator[Callable[[Progress], None]]:
    """Give who is told of progress; on a terminal a bar shows it."""
    with tried(), waiting(what) as shown:

        def told(progress: Progress) -> None:
            shown(progress.observations, progress.most)

        yield told


def figure_of(varied: Varied) -> str:
    """Return what counts, with its unit where it has one."""
    unit = MEASURES.get(varied.figure, ("", ""))[0]
    return f"{varied.figure} {unit}" if unit not in ("", "share") else varied.figure


def unit_of(varied: Varied) -> str:
    """Return what follows a number of what counts; empty for sums and shares."""
    unit = MEASURES.get(varied.figure, ("", ""))[0]
    return {"1/h": "/h", "share": "", "": ""}.get(unit, f" {unit}")


def spelled_value(value: float | str) -> str:
    """Return a value of a variable as people write it.

    Examples
    --------
    >>> spelled_value(0.30000000000000004), spelled_value(12), spelled_value("fifo")
    ('0.3', '12', 'fifo')
    """
    return value if isinstance(value, str) else f"{value:.6g}"
