"""`linewright send`: one command to one machine, shown first, and followed to its end."""

import datetime as dt
import math
import time
from typing import Any
from urllib.parse import quote

import click

from linewright.cli.ending import Code, Failed, only_after_yes
from linewright.cli.looking import words
from linewright.cli.looking.drawing import waiting
from linewright.cli.looking.place import Place, place_of
from linewright.cli.looking.wanted import instant, station_of
from linewright.cli.running.asking import Answer, ask, running_at
from linewright.cli.terminal import as_json, example, safe, say
from linewright.plant import Plant
from linewright.plant.authority import Ceiling, ceiling_of
from linewright.server import Running

__all__ = ["command", "value_of"]

FOLLOW_S = 90.0
"""How long what became of it is waited for beyond its own time: reading back takes a while."""

LOOK_S = 0.2
"""How often is asked what became of it."""

GOOD = ("confirmed", "written")

CHAR_MAX = 64
"""Characters of a value that are repeated in a message."""


@click.command(
    "send",
    epilog=example(
        "linewright send mill#speed 90", 'linewright send mill#speed 90 --until "10:30" --yes'
    ),
)
@click.argument("target", metavar="ADDRESS#COMMAND")
@click.argument("value")
@click.option("--until", help="Plant time at which it is taken back; without it, it stays.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "wants_json", is_flag=True, help="Print JSON; asks nothing.")
@click.option("--data", type=click.Path(file_okay=False), help="Data folder of the plant.")
def command(
    target: str, value: str, *, until: str | None, yes: bool, wants_json: bool, data: str | None
) -> None:
    """Send one command to one machine, and see what became of it.

    VALUE is in the unit of the command. Shows first what would be written,
    what is allowed, what the machine holds and permits now, and asks. It is
    granted once, to you. Machines of a real site are only read. Ends with 1
    where it was not done.
    """
    place = place_of(data)
    running = running_at(str(place.data))
    plant = _plant(place)
    address, name = station_of(plant, place.site, target)
    offer = _offer(running, str(address), name)
    ceiling = ceiling_of(plant, address, name, "")
    if offer["refused"]:
        raise _refused(ceiling, f"{address}#{name}", offer["refused"])
    order: dict[str, Any] = {"address": str(address), "parameter": name}
    order["value"] = value_of(value, offer)
    if until is not None:
        order["until_ns"] = _until(running, place, until)
    if ceiling is not None:
        _must_be_allowed(order["value"], ceiling, offer)
    if not wants_json:
        _show(offer, order, place.zone())
        if not yes:
            only_after_yes("Send this?", "nothing was sent")
    told = _send(running, order)
    _end(told, wants_json=wants_json)


def _plant(place: Place) -> Plant:
    plant = place.plant()
    if plant is None:
        raise Failed(f"the plant in {place.data} cannot be read", "start `linewright up` again")
    return plant


def _offer(running: Running, address: str, name: str) -> dict[str, Any]:
    path = f"/api/commands?address={quote(address)}&parameter={quote(name)}"
    return _good(ask(running, path))


def _good(answer: Answer) -> dict[str, Any]:
    """Return what was answered; a refusal ends the command with its words."""
    if answer.status < 400:  # noqa: PLR2004  # HTTP: an error
        found: dict[str, Any] = answer.body
        return found
    body = answer.body
    if answer.status in {403, 409}:
        say(safe(f"not done: {body['what']} ({body['to_do']})"), err=True)
        raise click.exceptions.Exit(Code.FOUND)
    raise Failed(body["what"], body["to_do"])


def value_of(text: str, offer: dict[str, Any]) -> float | str | bool:
    """Return a value as the command takes it.

    Raises
    ------
    Failed
        It is none of its values, or no number.

    Examples
    --------
    >>> value_of("90", {"choices": [], "unit": "%"}), value_of("O12", {"choices": ["O12"]})
    (90.0, 'O12')
    """
    choices = offer["choices"]
    shown = text[:CHAR_MAX]
    if choices:
        if text not in choices:
            raise Failed(f"`{shown}` is none of its values", f"there are: {', '.join(choices)}")
        return text
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    unit = offer["unit"]
    number = text.removesuffix(unit).strip() if unit else text
    try:
        found = float(number)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise Failed(f"`{shown}` is no number", f"write one in {unit}" if unit else "write one")
    return found


def _refused(ceiling: Ceiling | None, target: str, why: str) -> Failed:
    """Return why nothing can be sent: a plant file without a ceiling is told first."""
    if ceiling is None:
        to_do = "name it below `authority:` of the plant file, then start `up` again with it"
        return Failed(f"the plant file allows nobody to send {target}", to_do)
    return Failed(f"nothing can be sent to {target}", why)


def _must_be_allowed(value: float | str | bool, ceiling: Ceiling, offer: dict[str, Any]) -> None:  # noqa: FBT001  # a value
    """End before anything is shown where the plant file does not allow a value."""
    if not isinstance(value, bool) and not ceiling.limit.allows(value):
        what = f"{_text(value)} is outside what the plant file allows, {offer['allowed']}"
        say(safe(f"not done: {what} (see `authority:` in the plant file)"), err=True)
        raise click.exceptions.Exit(Code.FOUND)


def _until(running: Running, place: Place, text: str) -> int:
    state = ask(running, "/api/state").body
    t_ms = state["clock"]["t_ms"]
    if t_ms is None:
        raise Failed("the time of the plant is not known yet", "try again in some seconds")
    until_ns = instant(text, place.zone(), t_ms * 1_000_000)
    if until_ns <= t_ms * 1_000_000:
        raise Failed(f"the end {text} is over already", "choose a later one")
    return until_ns


def _show(offer: dict[str, Any], order: dict[str, Any], zone: dt.tzinfo) -> None:
    unit = f" {offer['unit']}" if offer["unit"] else ""
    lines = [f"write    {_text(order['value'])}{unit} to {offer['address']}#{offer['parameter']}"]
    lines[0] += f" ({offer['label']}), an action of the kind {offer['action']}"
    lines.append(f"allowed  {offer['allowed']}{unit}")
    lines.append(f"present  {_last(offer['present'], unit)}")
    for name, reading in offer["permits"].items():
        lines.append(f"permit   {name.replace('_', ' ')}: {_last(reading, '')}")
    if not offer["permits"]:
        lines.append("permit   the plant file names none; connect asks the machine itself")
    until_ns = order.get("until_ns")
    end = f"until {words.local(until_ns, zone, digits=0)}" if until_ns else "it stays"
    lines.append(f"ends     {end}")
    for line in lines:
        say(safe(line))


def _last(reading: dict[str, Any] | None, unit: str) -> str:
    if not reading:
        return "not known"
    value = words.number(reading.get("value"), reading.get("int"), reading.get("text"))
    return f"{value}{unit} ({words.quality(int(reading.get('quality') or 0))})"


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).lower()


def _send(running: Running, order: dict[str, Any]) -> dict[str, Any]:
    """Send it and ask until it is known what became of it, or nobody knows in time."""
    told = _good(ask(running, "/api/commands", post=True, body=order))
    path = f"/api/commands/{told['id']}"
    end_s = told["expires_ms"] / 1000 + FOLLOW_S
    with waiting("the command is followed"):
        while told["outcome"] is None and time.time() < end_s:
            time.sleep(LOOK_S)
            answer = ask(running, path)
            if answer.status < 400:  # noqa: PLR2004  # HTTP: an error; asked again
                told = answer.body
    return told


def _end(told: dict[str, Any], *, wants_json: bool) -> None:
    outcome = told["outcome"]
    if wants_json:
        say(as_json(told))
    elif outcome is None:
        say(f"not known: no answer to the command {told['id']}", err=True)
    else:
        change = ""
        if told["before"] is not None:
            change = f", {_text(told['before'])} before"
        if told["after"] is not None:
            change += f", {_text(told['after'])} read back"
        why = f": {told['explanation']}" if told["explanation"] else ""
        say(safe(f"{outcome}{change}{why}"), err=outcome not in GOOD)
    if outcome not in GOOD:
        raise click.exceptions.Exit(Code.FOUND)
