"""`linewright up`: a plant with everything it needs, until Ctrl-C."""

import asyncio
import contextlib
import datetime as dt
import ipaddress
import logging
import math
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import msgspec

from linewright.bus import BusAddress, BusUnavailable
from linewright.cli.ending import Failed
from linewright.cli.looking.drawing import waiting
from linewright.cli.looking.wanted import span
from linewright.cli.reading import contents, plant_of, read
from linewright.cli.running.asking import data_folder
from linewright.cli.running.board import PlantBoard
from linewright.cli.running.limits import limits
from linewright.cli.terminal import example, safe, say
from linewright.plant import Address, Checked, Plant, to_text
from linewright.plant.records import Role
from linewright.plant.scenario import Scenario, check_scenario
from linewright.server import (
    ApplyRefused,
    FolderInUse,
    Plan,
    PortTaken,
    instant_ns,
    supervise,
)
from linewright.server.signing import CertificateInvalid, Wanted

__all__ = ["Options", "command", "number", "plan_of", "start"]

NS_PER_S = 1_000_000_000
NS_PER_H = 3600 * NS_PER_S

SPEED_MAX = 100.0
"""Fastest an emulated plant is played: beyond it one processor cannot keep up."""


YEARS = range(1971, 2262)
"""Years that a clock of 64 bits has in ns since 1970, in every time zone."""

PAST_S_MAX = 31 * 86_400.0
"""Longest past: a month of a small line takes some minutes."""

LONG_H = 12
"""Plant time to go forward unseen that is worth a word: it takes a while."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What `up` was asked for."""

    data: Path
    site: str | None = None
    port: int = 0
    emulate: bool = False
    scenario: str | None = None
    start: str = ""
    past: str = ""
    speed: float | None = None
    person: str = "local:supervisor"
    host: str = "127.0.0.1"
    names: tuple[str, ...] = ()
    tls_cert: str = ""
    tls_key: str = ""
    nats: str = ""
    nats_server: Path | None = None


def number(context: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    """Refuse what is no number, which no range does: nothing is above or below it."""
    del context
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"{value} is no number", param=parameter)
    return value


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
@click.option("--past", default="", help='Days before that are stored as if seen, "3 d".')
@click.option(
    "--speed",
    type=click.FloatRange(0.1, SPEED_MAX),
    callback=number,
    help="Plant time over real time.",
)
@click.option("--as", "person", default="local:supervisor", help="Who acts here, as ID:ROLE.")
@click.option("--host", default="127.0.0.1", help="Address that the page is served on.")
@click.option("--name", "names", multiple=True, help="Further name of this machine; repeatable.")
@click.option("--tls-cert", default="", help="Certificate of the page in PEM, instead of our own.")
@click.option("--tls-key", default="", help="Its private key.")
@click.option("--nats", default="", help="URL of a NATS server that runs; else one of our own.")
@click.option(
    "--nats-server",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Program of our own NATS server.",
)
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
    with waiting("the plant is checked"):
        checked = read(source)
    for problem in checked.problems:
        say(safe(str(problem)), err=True)
    plant = plant_of(checked)
    site = _site(plant, options.site)
    person, role = _person(options.person)
    scenario, speed, text = _scenario(plant, options)
    say(safe(f"`{source}` is in order: {contents(plant)}"))
    began = _start(plant, site, options, scenario)
    with waiting("the plant is looked at"):
        left_out = limits(plant, site, emulated=text is not None)
        if scenario is not None:
            left_out += _unplayed(scenario, plant, site)
    for limit in left_out:
        say(safe(f"not yet  {limit}"))
    return Plan(
        data=options.data,
        site=site,
        text=to_text(plant),
        enterprise=plant.enterprise,
        scenario=text,
        start=began,
        past_s=_past_s(options, site=site, plant=plant, scenario=scenario),
        speed=speed,
        port=options.port,
        listen=_listen(options),
        person=person,
        role=role,
        nats=_server_url(options),
        nats_server=_server_program(options),
        files=_folder_of(source),
        written=_written(checked, site, Path(source)),
    )


def _written(checked: Checked, site: str, source: Path) -> dict[str, str]:
    """Return `file:line` of the stations and tags of a site, by files as its folder has them."""
    stations = plant_of(checked).stations_in(Address(site))
    places = [at for each, station in stations for at in (each, *map(each.with_tag, station.tags))]
    found = {str(at): where for at in places if (where := checked.where(at))}
    folder = source if source.is_dir() else source.parent
    return {at: where.removeprefix(f"{folder}/") for at, where in found.items()}


def _past_s(options: Options, *, site: str, plant: Plant, scenario: Scenario | None) -> float:
    """Return how much of the time before is stored as a past, checked."""
    if not options.past:
        return 0.0
    if not options.emulate and options.scenario is None:
        raise Failed("--past is for a play", "say --emulate, or --scenario FILE")
    past_s = span(options.past) / NS_PER_S
    if past_s > PAST_S_MAX:
        raise Failed(f"a past of `{options.past}` is too long", "31 d at most")
    if scenario is not None:
        start = options.start or scenario.starts
        if instant_ns(plant, site, str(start)) <= scenario.start_ns(plant):
            what = "there is no time for a past: the play is seen from the start of its scenario"
            raise Failed(what, "say by --from when it is to be seen, or leave out --past")
    return past_s


def _unplayed(scenario: Scenario, plant: Plant, site: str) -> tuple[str, ...]:
    from linewright.emulate import unplayed  # noqa: PLC0415  # only for a play

    return unplayed(scenario, plant, site)


def _listen(options: Options) -> Wanted:
    """Return where the page is served, checked; the certificate is looked at when it is read."""
    try:
        ipaddress.ip_address(options.host)
    except ValueError:
        if options.host != "localhost":
            what = f"`{options.host}` is no address of this machine"
            to_do = "write an IP address; 0.0.0.0 for all; --name says how it is called"
            raise Failed(what, to_do) from None
    if bool(options.tls_cert) != bool(options.tls_key):
        what = "--tls-cert and --tls-key belong together"
        raise Failed(what, "name both, or none for a certificate of our own")
    host = "127.0.0.1" if options.host == "localhost" else options.host
    given = (options.tls_cert, options.tls_key)
    chain, key = (str(Path(each).absolute()) if each else "" for each in given)
    return Wanted(host=host, names=options.names, chain=chain, key=key)


def _server_url(options: Options) -> str:
    """Return the URL of a NATS server that runs already, checked; empty for one of our own."""
    if options.nats and options.nats_server is not None:
        raise Failed("--nats and --nats-server both name a server", "leave one of them out")
    if options.nats:
        try:
            BusAddress.of_url(options.nats)
        except BusUnavailable as error:
            raise Failed(f"{error.where}: {error.what}", error.hint) from error
    return options.nats


def _server_program(options: Options) -> Path | None:
    if options.nats_server is None:
        return None
    found = options.nats_server.absolute()
    if not os.access(found, os.X_OK) or not found.is_file():
        raise Failed(f"`{options.nats_server}` is no program", "see --nats-server")
    return found


def _folder_of(source: str) -> str:
    path = Path(source).absolute()
    return str(path if path.is_dir() else path.parent)


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


def _scenario(plant: Plant, options: Options) -> tuple[Scenario | None, float, str | None]:
    """Return the scenario, the speed of the play, and the text; None as text: real machines."""
    if options.scenario is None:
        if not options.emulate and (options.start or options.speed):
            raise Failed("--from and --speed are for a play", "say --emulate, or --scenario FILE")
        return None, options.speed or 1.0, "" if options.emulate else None
    checked = check_scenario(options.scenario, plant)
    for problem in checked.problems:
        say(safe(str(problem)), err=True)
    if checked.scenario is None:
        raise Failed(f"`{options.scenario}` cannot be used", "mend what is said above")
    text = Path(options.scenario).read_text("utf-8")
    return checked.scenario, options.speed or checked.scenario.speed, text


def _start(plant: Plant, site: str, options: Options, scenario: Scenario | None) -> str:
    """Return the local time from which the play is seen; empty: from its beginning."""
    if not options.start:
        return ""
    to_do = 'write it as "2026-11-23 08:57"'
    try:
        local = dt.datetime.fromisoformat(options.start)
    except ValueError as error:
        raise Failed(f"`{options.start}` is no time", to_do) from error
    if local.tzinfo is not None:
        raise Failed(f"`{options.start}` has a time zone", f"it is that of the site: {to_do}")
    if local.year not in YEARS:
        raise Failed(f"`{options.start}` is no time that the play can show", to_do)
    if scenario is not None:
        unseen_ns = instant_ns(plant, site, options.start) - scenario.start_ns(plant)
        if unseen_ns < 0:
            what = f"`{options.start}` is before the start of the scenario, {scenario.starts}"
            raise Failed(what, "choose a later one by --from, or leave it out")
        if (unseen_h := unseen_ns / NS_PER_H) > LONG_H and not options.past:
            say(f"note     the play goes forward {unseen_h:.0f} h unseen first; that takes a while")
    return options.start


async def start(plan: Plan, until: Callable[[], bool] | None = None) -> None:
    """Run a plan until Ctrl-C or SIGTERM, or until a question that is asked twice a second says so.

    A terminal that is closed ends it too, in the same order; not under `nohup`, as is usual.

    Raises
    ------
    Failed
        The data folder is in use, holds another plant or cannot be written, the port is taken,
        or the NATS server does not start.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    # What the supervisor's own connection says is in the rows already.
    logging.getLogger("linewright").addHandler(logging.NullHandler())
    loop.add_signal_handler(signal.SIGINT, stop.set)
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        loop.add_signal_handler(signal.SIGHUP, stop.set)
    with PlantBoard(plan, _tell) as board:
        board.say(f"data     {plan.data}")
        watches = [asyncio.create_task(board.watch_links())]
        watches += [asyncio.create_task(_watch(until, stop))] if until else []
        watches.append(asyncio.create_task(_tell_end(stop, board)))
        try:
            with _told_plainly(plan):
                await supervise(plan, board.tell, stop)
        finally:
            for watch in watches:
                watch.cancel()
            await asyncio.gather(*watches, return_exceptions=True)


async def _tell_end(stop: asyncio.Event, board: PlantBoard) -> None:
    """Say at once that the end has begun: the services take a moment for it."""
    await stop.wait()
    board.say("ending   each service ends in order; what is under way is stored first")


def _tell(line: str) -> None:
    """Say a line; a terminal that is gone is no reason to leave the services alone."""
    try:
        say(safe(line))
    except BrokenPipeError:
        raise  # whoever reads a pipe has ended: we end too, as every command does
    except OSError:
        return


@contextlib.contextmanager
def _told_plainly(plan: Plan) -> Iterator[None]:
    """Turn what keeps a plant from starting into a line with what to do."""
    try:
        yield
    except FolderInUse as error:
        raise Failed(str(error), "end that one, or choose another folder by --data") from error
    except ApplyRefused as error:
        raise Failed(error.what, error.to_do) from error
    except CertificateInvalid as error:
        raise Failed(str(error), "see --tls-cert and --tls-key in docs/cli.md") from error
    except PortTaken as error:
        to_do = "choose another one by --port, or none: then a free one is taken"
        raise Failed(str(error), to_do) from error
    except BusUnavailable as error:
        what = f"{error.where}: {error.what}"
        raise Failed(what, error.hint or "see the logs in the data folder") from error
    except BrokenPipeError:
        raise
    except TimeoutError as error:
        what = f"the NATS server of {plan.data} does not answer in time"
        raise Failed(what, "try again, or see `nats.log` there") from error
    except OSError as error:
        what = f"the data folder {plan.data} cannot be used: {error.strerror or error}"
        raise Failed(what, "mend that, or choose another folder by --data") from error


async def _watch(until: Callable[[], bool], stop: asyncio.Event) -> None:
    """Ask in a thread, since the answer comes over the network, and stop when it is yes."""
    while not stop.is_set():
        if await asyncio.to_thread(until):
            stop.set()
        await asyncio.sleep(0.5)
