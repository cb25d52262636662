"""`linewright optimise`: the best design of a plant, and how sure that is."""

import math
import time

import click

from linewright.cli.ending import Code, Failed, counted
from linewright.cli.looking.drawing import print_rows
from linewright.cli.looking.wanted import span
from linewright.cli.terminal import example, safe, say
from linewright.cli.twin.showing import print_json, rounded
from linewright.cli.twin.varying import (
    Varied,
    chosen,
    counting,
    figure_of,
    spelled_value,
    unit_of,
    vary_options,
)
from linewright.twin.choosing import (
    Aim,
    Budget,
    Design,
    Observe,
    Optimum,
    observer,
    optimise,
    pool,
)

__all__ = ["command"]

SHARE = 0.005
"""Difference that does not matter where none is given: a share of the figure as it stands."""
PILOTS = 10


@click.command(
    "optimise",
    epilog=example(
        'linewright optimise plants/bracket bracket --vary "buffers=1..20" --sum "buffers = 28"',
        'linewright optimise plants/bracket bracket --vary "speed mill=80..120 % by 5"',
    ),
)
@click.argument("plant", type=click.Path())
@click.argument("at", required=False)
@click.option("--sum", "sums", multiple=True, help='Kept by every design: "a-b + b-c = 20".')
@click.option("--delta", type=float, help="Difference that does not matter; else 0.5 %.")
@click.option(
    "--budget", type=click.IntRange(1), default=10_000, show_default=True, help="Most runs."
)
@click.option("--within", help="End after so long, such as 10min.")
@vary_options
def command(
    plant: str,
    at: str | None,
    *,
    sums: tuple[str, ...],
    delta: float | None,
    budget: int,
    within: str | None,
    **given: object,
) -> None:
    """Find the best design of a plant on its twin.

    Designs are searched with common random numbers, then compared with runs
    that the search never saw. What is said of the best holds with the
    confidence asked; where it cannot be said, that is said. Ends with 1 when
    the budget ended before the difference asked for was certain.
    """
    varied = chosen(plant, at, sums, given)
    clock = time.monotonic if within is not None else None
    within_s = None if within is None else span(within) / 1e9
    with counting("designs are compared") as told, pool(varied.asking.options.workers) as mapped:
        observe = observer(varied.question, varied.runs, mapped)
        found = optimise(
            varied.question.space,
            observe,
            Aim(
                delta=_usual(varied, observe) if delta is None else delta,
                confidence=varied.asking.options.level,
                maximise=varied.maximise,
                unit=unit_of(varied),
            ),
            budget=Budget(observations=budget, wall_s=within_s, clock=clock, tell=told),
            start=varied.question.today,
            seed=varied.asking.options.seed,
        )
    again = varied.again("optimise", "--budget", str(budget), "--delta", f"{found.delta:.12g}")
    if varied.asking.options.wants_json:
        print_json(found, again)
    else:
        _print(varied, found, again)
    if not found.is_complete:
        raise click.exceptions.Exit(Code.FOUND)


def _usual(varied: Varied, observe: Observe[Design]) -> float:
    """Return half a percent of what counts, in the plant as it stands or any other design."""
    design = varied.question.any_design
    seen = observe([(design, replication) for replication in range(PILOTS)])
    usual = SHARE * abs(sum(seen)) / PILOTS
    if usual == 0.0:
        raise Failed("what counts is 0 as it stands", "say with --delta what does not matter")
    return float(f"{usual:.2g}")


def _print(varied: Varied, found: Optimum, again: str) -> None:
    """Write the best design, how sure that is, and what came next."""
    today, space = varied.question.today, varied.question.space
    say(safe(f"{figure_of(varied)}: {rounded(found.mean, found.high - found.mean)}"))
    head = ("what", "best", *(("today",) if today else ()))
    rows = [
        [one.name, *(spelled_value(each[one.name]) for each in (found.best, today) if each)]
        for one in space.variables
    ]
    print_rows(head, rows, head[1:])
    for one in found.ranked:
        if one.design == today and today != found.best:
            say(safe(f"as it stands: {rounded(one.mean, one.high - one.mean)}"))
    say()
    say(safe(f"{found.guarantee[:1].upper()}{found.guarantee[1:]}."))
    if math.isfinite(found.within) and found.mean:
        bound = max(found.within, found.delta)
        say(f"That is {100.0 * bound / abs(found.mean):.2g} % of what the best one gives.")
    say(safe(_cost(found)))
    say(safe(f"again: {again}"))


def _cost(found: Optimum) -> str:
    why = {
        "converged": "the search found nothing better",
        "observations": "the budget of runs ended, --budget allows more",
        "time": "the time ended",
        "designs": "as many designs as the budget can compare were looked at",
    }
    looked = counted(found.looked_at, "design")
    return f"{looked} looked at in {counted(found.observations, 'run')}; {why[found.stopped]}."
