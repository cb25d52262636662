"""The data folder that these commands work on, whether its plant runs or not."""

import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Concatenate, NamedTuple, ParamSpec

import click

from linewright.cli.ending import Failed
from linewright.cli.running.asking import data_folder, in_use
from linewright.server import read_belongs, read_running
from linewright.server.signing import SigningRefused

__all__ = ["DATA", "Place", "now_ms", "placed"]

P = ParamSpec("P")

DATA = click.option("--data", type=click.Path(file_okay=False), help="Data folder of the plant.")


class Place(NamedTuple):
    """A data folder: its private part, its site, and the address of its page where it runs."""

    private: Path
    site: str
    url: str


def placed(work: Callable[Concatenate[Place, P], None]) -> Callable[P, None]:
    """Return a command that finds its data folder, and tells plainly what is refused.

    Parameters
    ----------
    work
        Does it.
    """

    @wraps(work)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        data = kwargs.pop("data", None)
        try:
            work(_place(None if data is None else str(data)), *args, **kwargs)
        except SigningRefused as error:
            raise Failed(f"{error.where}: {error.what}", error.to_do) from error

    return told


def now_ms() -> int:
    """Return the wall clock, ms since 1970 UTC."""
    return time.time_ns() // 1_000_000


def _place(data: str | None) -> Place:
    """Return the folder that is named, the one in use, or the user's own."""
    folder = _folder(data)
    belongs = read_belongs(folder)
    if belongs is None:
        to_do = "start it once with `linewright up`, or name its folder by --data"
        raise Failed(f"{folder} is no data folder of a plant", to_do)
    running = read_running(folder)
    return Place(folder / "server", belongs.site, running.url if running else "")


def _folder(data: str | None) -> Path:
    if data is not None:
        return data_folder(data, "up")
    found = in_use(None)
    if len(found) > 1:
        names = ", ".join(str(folder) for folder in found)
        raise Failed("several plants run", f"name one by --data: {names}")
    return next(iter(found), data_folder(None, "up"))
