"""`linewright up`: a plant with everything it needs, until Ctrl-C."""

import asyncio
import contextlib
import datetime as dt
import signal
from collections.abc import Callable
from pathlib import Path

import click
import msgspec

from linewright.bus import BusUnavailable
from linewright.cli.ending import Failed
from linewright.cli.reading import contents, plant_of, read
from linewright.cli.running.asking import data_folder
from linewright.cli.terminal import example, safe, say
from linewright.plant import Plant, to_text
from linewright.plant.records import Role
from linewright.plant.scenario import check_scenario
from linewright.server import ApplyRefused, FolderInUse, Plan, supervise

__all__ = ["Options", "command", "plan_of", "start"]

SPEED_MAX = 100.0
"""Fastest an emulated plant is played: beyond it one processor cannot keep up."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What `up` was asked for."""

    data: Path
    site: str | None = None
    port: int = 0
    emulate: bool = False
    scenario: str | None = None
    start: str = ""
    speed: float | None = None
    person: str = "local:supervisor"


@click.command(
    "up",
    epilog=example(
        "linewright up plants/bracket --emulate",
        "linewright up plants/bracket --scenario plants/bracket/scenarios/worn-tool.yaml"
        ' --from "2026-11-23 08:57" --speed 20',
    ),
)
@click.argument("plant", type=click.Path())
@click.option("--data", type=click.Path(file_okay=False), help="Data folder; made where absent.")
@click.option("--site", help="Site of the plant; needed where it has several.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Of the page; 0: a free one."
)
@click.option("--emulate", is_flag=True, help="Play the machines instead of connecting to them.")
@click.option(
    "--scenario", type=click.Path(dir_okay=False), help="What goes wrong; plays them too."
)
@click.option("--from", "start", default="", help="Local time at which the play is first seen.")
@click.option("--speed", type=click.FloatRange(0.1, SPEED_MAX), help="Plant time over real time.")
@click.option("--as", "person", default="local:supervisor", help="Who acts here, as ID:ROLE.")
def command(plant: str, *, data: str | None, **given: object) -> None:
    """Run a plant: its services, its page, and what keeps them alive.

    Checks PLANT and applies it, starts its services, and starts again what
    dies. Prints a line for each service and the address of the page, with the key
    that acting needs. Ends with Ctrl-C.
    """
    options = msgspec.convert({"data": data_folder(data, "up"), **given}, Options)
    asyncio.run(start(plan_of(plant, options)))


def plan_of(source: str, options: Options) -> Plan:
    """Return what is to run, all of it checked.

    Raises
    ------
    Failed
        The plant or the scenario has errors (every one is told), the site is not clear, a time
        or a person is not written as it should be.
    """
    checked = read(source)
    for problem in checked.problems:
        say(safe(str(problem)), err=True)
    plant = plant_of(checked)
    site = _site(plant, options.site)
    person, role = _person(options.person)
    scenario, speed = _scenario(plant, options)
    say(safe(f"`{source}` is in order: {contents(plant)}"))
    return Plan(
        data=options.data,
        site=site,
        text=to_text(plant),
        enterprise=plant.enterprise,
        scenario=scenario,
        start=_start(options),
        speed=speed,
        port=options.port,
        person=person,
        role=role,
    )


def _site(plant: Plant, wanted: str | None) -> str:
    there = list(plant.sites)
    if wanted in there:
        return wanted
    if wanted is not None:
        raise Failed(f"there is no site `{wanted}`", f"there are: {', '.join(there)}")
    if len(there) != 1:
        raise Failed(f"the plant has {len(there)} sites", f"name one by --site: {', '.join(there)}")
    return there[0]


def _person(text: str) -> tuple[str, str]:
    person, _, role = text.partition(":")
    roles = [each.value for each in Role]
    if role not in roles or not person.replace(".", "").replace("-", "").isidentifier():
        what = f"`{text}` is no person with a role"
        raise Failed(what, f"write ID:ROLE, with a role of {', '.join(roles)}")
    return person, role


def _scenario(plant: Plant, options: Options) -> tuple[str | None, float]:
    """Return the scenario's text, None for real machines, and the speed of the play."""
    if options.scenario is None:
        if not options.emulate and (options.start or options.speed):
            raise Failed("--from and --speed are for a play", "say --emulate, or --scenario FILE")
        return ("" if options.emulate else None), options.speed or 1.0
    checked = check_scenario(options.scenario, plant)
    for problem in checked.problems:
        say(safe(str(problem)), err=True)
    if checked.scenario is None:
        raise Failed(f"`{options.scenario}` cannot be used", "mend what is said above")
    text = Path(options.scenario).read_text("utf-8")
    return text, options.speed or checked.scenario.speed


def _start(options: Options) -> str:
    if options.start:
        try:
            dt.datetime.fromisoformat(options.start)
        except ValueError as error:
            what = f"`{options.start}` is no time"
            raise Failed(what, 'write it as "2026-11-23 08:57"') from error
    return options.start


async def start(plan: Plan, until: Callable[[], bool] | None = None) -> None:
    """Run a plan until Ctrl-C or SIGTERM, or until a question that is asked twice a second says so.

    Raises
    ------
    Failed
        The data folder is in use or holds another plant, or the NATS server does not start.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    say(f"data     {plan.data}")
    watch = asyncio.create_task(_watch(until, stop)) if until else None
    try:
        await supervise(plan, say, stop)
    except FolderInUse as error:
        raise Failed(str(error), "end that one, or choose another folder by --data") from error
    except ApplyRefused as error:
        raise Failed(error.what, error.to_do) from error
    except BusUnavailable as error:
        raise Failed(str(error), error.hint or "see the logs in the data folder") from error
    finally:
        if watch is not None:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch


async def _watch(until: Callable[[], bool], stop: asyncio.Event) -> None:
    """Ask in a thread, since the answer comes over the network, and stop when it is yes."""
    while not stop.is_set():
        if await asyncio.to_thread(until):
            stop.set()
        await asyncio.sleep(0.5)
