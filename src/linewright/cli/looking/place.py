"""Where a plant is: its data folder, whether it runs, its plant file, and its bus as a person.

A command looks in two ways. While the plant runs it asks the services over the bus; while it is
stopped it reads the data folder itself.
"""

import asyncio
import contextlib
import datetime as dt
import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click
import msgspec

from linewright.bus import Applied, Bus, BusAddress, BusUnavailable
from linewright.cli.ending import Failed
from linewright.cli.running.asking import PLANTS_MAX, state_folder
from linewright.plant import Plant, PlantInvalid
from linewright.plant.language import load_text
from linewright.server import Running, read_belongs, read_running

__all__ = ["Place", "applied_of", "asked", "data_option", "place_of", "reached", "run", "told"]

T = TypeVar("T")

PLANT_FILE = "plant.yaml"
"""Canonical text of the plant that was last in force, in the data folder."""

CONNECT_S = 5.0
"""How long the bus may take to answer: it is on this machine."""

ASK_S = 15.0
"""How long a service may take to answer a question."""

data_option = click.option(
    "--data", type=click.Path(file_okay=False), help="Data folder of the plant."
)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A data folder and what is known of it."""

    data: Path
    site: str
    emulated: bool = False
    running: Running | None = None

    def plant(self) -> Plant | None:
        """Return the plant that was last in force here; None where none was kept."""
        with contextlib.suppress(OSError, PlantInvalid, UnicodeDecodeError):
            return load_text((self.data / PLANT_FILE).read_text("utf-8"))
        return None

    def zone(self) -> dt.tzinfo:
        """Return the time zone of the site; UTC where the plant is not known."""
        plant = self.plant()
        if plant is None or self.site not in plant.sites:
            return dt.UTC
        return ZoneInfo(plant.sites[self.site].timezone)


def place_of(given: str | None) -> Place:
    """Return the place that is meant: the folder that was given, else the only one there is.

    Where several plants have folders, the only one that runs is meant.

    Raises
    ------
    Failed
        No plant ever ran there, or several are there and none was named.
    """
    folders = [Path(given).absolute()] if given else sorted(state_folder().glob("*"))[:PLANTS_MAX]
    found = [place for folder in folders if (place := _place(folder)) is not None]
    if given and not found:
        to_do = "name the folder that `linewright up` prints as `data`"
        raise Failed(f"no plant ever ran on {given}", to_do)
    running = [place for place in found if place.running is not None]
    chosen = running or found
    if not chosen:
        to_do = "start one with `linewright demo` or `linewright up`, or name its folder by --data"
        raise Failed(f"no plant ever ran in a folder of {state_folder()}", to_do)
    if len(chosen) > 1:
        names = ", ".join(str(place.data) for place in chosen)
        raise Failed("several plants are there", f"name one by --data: {names}")
    return chosen[0]


def _place(folder: Path) -> Place | None:
    running = read_running(folder)
    whose = running or read_belongs(folder)
    if whose is None:
        return None
    return Place(data=folder, site=whose.site, emulated=whose.emulated, running=running)


@contextlib.asynccontextmanager
async def reached(place: Place) -> AsyncIterator[Bus]:
    """Join the bus of a running plant as a person, who reads and asks.

    Raises
    ------
    Failed
        Nothing runs there, or the bus does not answer.
    """
    if place.running is None:
        to_do = f"start it with `linewright up PLANT --data {place.data}`"
        raise Failed(f"no plant runs on {place.data}", to_do)
    with told():
        url = place.running.nats
        address = BusAddress.of_url(url) if url else BusAddress.read(place.data)
        bus = await Bus.connect(address, site=place.site, name="person", wait_s=CONNECT_S)
    try:
        yield bus
    finally:
        await bus.close()


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Turn a bus that is away into a line with what to do."""
    try:
        yield
    except BusUnavailable as error:
        what = f"{error.where}: {error.what}"
        raise Failed(what, error.hint or "`linewright status` tells what runs") from error


async def asked(bus: Bus, service: str, question: str, request: object) -> bytes:
    """Return what a service answers to a question.

    Raises
    ------
    Failed
        It does not answer, or says that the question cannot be met.
    """
    subject = f"lw.ask.{bus.site}.{service}.{question}"
    try:
        data = await bus.ask(subject, msgspec.json.encode(request), timeout_s=ASK_S)
    except BusUnavailable as error:
        what = f"the service {service} does not answer: {error}"
        raise Failed(what, "`linewright status` tells what runs") from error
    if data.startswith(b'{"error"'):
        said = msgspec.json.decode(data, type=dict[str, Any])
        raise Failed(f"the service {service} refuses: {said['error']}")
    return data


async def applied_of(bus: Bus) -> Applied:
    """Return the plant in force; does not wait for one.

    Raises
    ------
    Failed
        None is in force, or the bus does not answer.
    """
    with told():
        data = await (await bus.bucket("plant")).get("applied")
    if data is None:
        raise Failed("no plant is in force yet", "try again in some seconds")
    return msgspec.json.decode(data, type=Applied)


def run(work: Callable[..., Coroutine[Any, Any, T]], *given: object) -> T:
    """Run what is asynchronous until its end or Ctrl-C."""
    return asyncio.run(functools.partial(work, *given)())
