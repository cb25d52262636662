"""`linewright cases`: the cases of a running plant and how far each has come."""

from typing import Any

import click

from linewright.cli.running.asking import ask, running_at
from linewright.cli.terminal import as_json, example, joined, safe, say

__all__ = ["command", "told"]

LIKELY = 0.01
"""Causes less likely than this are left out in words; JSON has them."""

SURE = 0.995
"""More likely than this is told without a number, which would round it to certainty."""


@click.command("cases", epilog=example("linewright cases", "linewright cases --json"))
@click.option("--data", type=click.Path(file_okay=False), help="Data folder of the plant.")
@click.option("--json", "wants_json", is_flag=True, help="Print JSON.")
def command(*, data: str | None, wants_json: bool) -> None:
    """List the cases of a running plant, the latest first."""
    cases = ask(running_at(data), "/api/state").body["cases"]
    if wants_json:
        say(as_json(cases))
        return
    for case in cases:
        for line in told(case):
            say(safe(line))
    if not cases:
        say("no case yet: the line runs as usual")


def told(case: dict[str, Any]) -> list[str]:
    """Return a case in lines for people: id, stage, title, and what it proposes."""
    stage = case["stage"] + (f" ({case['outcome']})" if case["outcome"] else "")
    lines = [f"{case['id']}  {case['at']}  {stage}", f"  {case['title'] or case['kind']}"]
    likely = [each for each in case["causes"] if each["probability"] >= LIKELY]
    causes = [f"{_share(each['probability'])} {each['words']}" for each in likely]
    lines += [f"  causes: {', '.join(causes)}"] if causes else []
    lines += [f"  proposes: {each['words']}" for each in case["proposal"]]
    lines += [f"  expects {_effect(each)}" for each in case["expected"]]
    lines += [f"  advises: {case['advice']}"] if case["advice"] else []
    lines += [f"  measured {_effect(each)}" for each in case["measured"]]
    lines += [f"  command: {_command(each)}" for each in case["commands"]]
    return lines


def _share(probability: float) -> str:
    """Return a probability in words; nothing that was inferred is quite sure."""
    return "over 99 %" if probability > SURE else f"{100 * probability:.0f} %"


def _effect(effect: dict[str, Any]) -> str:
    unit = f" {effect['unit']}" if effect["unit"] else ""
    interval = f"{effect['low']:.3g} to {effect['high']:.3g}, {100 * effect['level']:.3g} %"
    return f"{effect['words']} {effect['mean']:+.3g}{unit} ({interval})"


def _command(command: dict[str, Any]) -> str:
    return joined([command["outcome"], command["words"]])
