"""`linewright sensitivity`: what one more of each thing is worth in a plant."""

import math
import shlex

import click

from linewright.cli.ending import Failed, counted
from linewright.cli.looking.drawing import print_rows
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
from linewright.plant import Address
from linewright.twin.choosing import (
    Budget,
    Effect,
    Measure,
    Sensitivity,
    observer,
    pool,
    sensitivity,
)

__all__ = ["command"]

BOUND_PARTS = 1e4
"""A bound is told in four decimal places, never below itself."""


@click.command(
    "sensitivity",
    epilog=example(
        'linewright sensitivity plants/bracket bracket --vary "buffers=0..40"',
        'linewright sensitivity plants/bracket bracket --vary "speed mill=50..150 %"',
    ),
)
@click.argument("plant", type=click.Path())
@click.argument("at", required=False)
@click.option("--half-width", type=float, help="Runs until every effect is so exact.")
@click.option(
    "--change", type=float, default=5.0, show_default=True, help="Change of shares and times, %."
)
@click.option(
    "--budget", type=click.IntRange(1), default=10_000, show_default=True, help="Most runs."
)
@vary_options
def command(
    plant: str,
    at: str | None,
    *,
    half_width: float | None,
    change: float,
    budget: int,
    **given: object,
) -> None:
    """Tell what one more of each thing is worth, the most first.

    Numbers go up by one, shares and times by a few percent, choices to each
    other value; each alone, from the plant as it stands, with common random
    numbers. The intervals hold all at once with the confidence asked.
    """
    varied = chosen(plant, at, (), given)
    base = varied.question.today
    if base is None:
        what = "the plant as it stands is none of these designs, or a key says not what it is"
        raise Failed(what, "widen the values; vary buffers, places, speed, people, wip, dispatch")
    measure = Measure(
        confidence=varied.asking.options.level, half_width=half_width, share=change / 100.0
    )
    with counting("effects are measured") as told, pool(varied.asking.options.workers) as mapped:
        found = sensitivity(
            varied.question.space,
            base,
            observer(varied.question, varied.runs, mapped),
            measure=measure,
            budget=Budget(observations=budget, tell=told),
        )
    more = [] if half_width is None else ["--half-width", f"{half_width:.12g}"]
    again = varied.again("sensitivity", "--change", f"{change:g}", *more, "--budget", str(budget))
    if varied.asking.options.wants_json:
        print_json(found, again)
    else:
        _print(varied, found, again)


def _print(varied: Varied, found: Sensitivity, again: str) -> None:
    say(safe(f"{figure_of(varied)}: {rounded(found.mean, found.high - found.mean)}"))
    effect = f"effect {figure_of(varied).removeprefix(varied.figure).strip()}".strip()
    head = ("what", "from", "to", effect, "verdict")
    effects = found.effects if varied.maximise else found.effects[::-1]
    print_rows(head, [_row(one) for one in effects], head[1:4])
    say()
    say(
        f"The intervals hold all at once with {100.0 * found.confidence:g} % confidence; "
        f"{counted(found.replications, 'run')} of each design."
    )
    if found.stopped == "observations":
        say("The budget of runs ended before all effects were as exact as asked.")
    if not any(one.is_sure for one in effects):
        for line in _nothing(varied, found):
            say(safe(line))
    say(safe(f"again: {again}"))


def _row(one: Effect) -> list[str]:
    return [
        one.name,
        spelled_value(one.down),
        spelled_value(one.up),
        _signed(one),
        "sure" if one.is_sure else "no difference shown",
    ]


def _signed(one: Effect) -> str:
    """Return an effect with its sign and half-width."""
    text = rounded(one.effect, one.high - one.effect)
    return text if text.startswith("-") or text == "0" else f"+{text}"


def _nothing(varied: Varied, found: Sensitivity) -> list[str]:
    """Return what follows where no effect is sure: their most, what limits, and what next."""
    most = max(one.high if varied.maximise else -one.low for one in found.effects)
    worth = f"more than {math.ceil(most * BOUND_PARTS) / BOUND_PARTS:g}{unit_of(varied)}"
    share = f" ({100.0 * most / abs(found.mean):.2g} %)" if found.mean else ""
    said = f"None of these changes is worth {f'{worth}{share}' if most > 0.0 else 'anything'}"
    if varied.narrowest is None:
        return [f"{said}: something else limits it."]
    name = Address(varied.narrowest).name
    words = ["linewright", "sensitivity", varied.asking.source, str(varied.asking.at)]
    words += ["--vary", f"speed {name}=50..150 %"]
    product = varied.asking.options.product
    words += ["--product", product] if product else []
    return [f"{said}: {name} limits it.", f"next: {shlex.join(words)}"]
