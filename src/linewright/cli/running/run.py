"""`linewright run`: one service in the foreground, as `up` starts it, or systemd or Kubernetes."""

import asyncio
import logging
from pathlib import Path

import click

from linewright.bus import BusAddress, BusUnavailable
from linewright.cli.ending import Failed
from linewright.cli.terminal import example
from linewright.server import SERVICES, bind_to_parent, run_service

__all__ = ["command"]

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

PAST = "past"
"""What is run once by `up --past`: as `up`, since it stores what services will have stored."""

TALKATIVE = ("asyncua", "uvicorn")
"""Libraries that write a line for each request; of these only warnings are kept."""


@click.command("run", epilog=example("linewright run history --data data --site nogales"))
@click.argument("service", type=click.Choice([*SERVICES, PAST]))
@click.option("--data", required=True, type=click.Path(file_okay=False), help="Data folder.")
@click.option("--site", required=True, help="Site that it works for.")
@click.option("--nats", "url", help="NATS server; without it, the one of the data folder.")
@click.option("--parent", type=int, help="Process that it must not outlive.")
def command(service: str, *, data: str, site: str, url: str | None, parent: int | None) -> None:
    """Run one service of a plant.

    It runs until it is stopped. `linewright up` runs all of them. A service
    can be killed at any moment: started again, it goes on where it was.
    """
    if parent is not None:
        bind_to_parent(parent)
    logging.basicConfig(level=logging.INFO, format=FORMAT)
    for talkative in TALKATIVE:
        logging.getLogger(talkative).setLevel(logging.WARNING)
    folder = Path(data).absolute()
    user = "up" if service == PAST else service
    try:
        address = BusAddress.of_url(url) if url else BusAddress.read(folder, user)
        asyncio.run(run_service(service, data=folder, site=site, address=address))
    except BusUnavailable as error:
        to_do = error.hint or "see that the NATS server runs and can be reached"
        raise Failed(f"{error.where}: {error.what}", to_do) from error
