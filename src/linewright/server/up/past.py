"""The past of a play, made by a process of its own before any service runs."""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from linewright.server.applying import ApplyRefused
from linewright.server.children import last_words
from linewright.server.up.told import Told

__all__ = ["PAST", "PastFailed", "made"]

PAST = "past"
"""Its name: what `linewright run` makes it by, and the name of its folder and of its log."""

LOOK_S = 0.2
"""How often it is looked at how far it is."""

SAY_S = 2.0
"""From one word on that to the next."""

END_S = 3.0
"""How long it may take to end; it loses nothing that is not made anew."""


class PastFailed(ApplyRefused):
    """The past could not be made; `log` is the file that says more."""

    def __init__(self, words: str, log: Path) -> None:
        what = f"the past of the play could not be made: {words or 'it says nothing'}"
        super().__init__(what, f"see {log}, or leave out --past")
        self.log = log


async def made(
    command: Sequence[str], log: Path, env: Mapping[str, str], say: Callable[[Told], None]
) -> None:
    """Make the past, and tell how far it is; where it is made already, that takes a moment.

    Parameters
    ----------
    command
        Program and arguments.
    log
        File that takes what it prints.
    env
        Environment variables beside those of this process.
    say
        Takes how far it is.

    Raises
    ------
    PastFailed
        It ended otherwise than well.
    """
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fileno = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    begin = os.fstat(fileno).st_size
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=fileno,
            stderr=fileno,
            env=os.environ | env,
            start_new_session=True,  # Ctrl-C comes to us alone
        )
    finally:
        os.close(fileno)
    ended = asyncio.ensure_future(process.wait())
    try:
        await _watched(ended, lambda: _message(last_words(log, begin)), say)
    finally:
        await _end(process, ended)
    words = _message(last_words(log, begin))
    if ended.result() != 0:
        raise PastFailed(words, log)
    say(Told(name=PAST, state="made", words=words))


async def _watched(
    ended: "asyncio.Future[int]", words: Callable[[], str], say: Callable[[Told], None]
) -> None:
    """Tell now and then how far it is, until it has ended."""
    said, said_s = "", time.monotonic()
    say(Told(name=PAST, state="is made", words="the days before are played and stored"))
    while not ended.done():
        await asyncio.wait({ended}, timeout=LOOK_S)
        found = words()
        if found != said and time.monotonic() - said_s > SAY_S and not ended.done():
            said, said_s = found, time.monotonic()
            say(Told(name=PAST, state="is made", words=found))


async def _end(process: asyncio.subprocess.Process, ended: "asyncio.Future[int]") -> None:
    """End the process where it still runs, for we are told to end."""
    for ending in (process.terminate, process.kill):
        if ended.done():
            return
        with contextlib.suppress(ProcessLookupError):
            ending()
        await asyncio.wait({ended}, timeout=END_S)


def _message(line: str) -> str:
    """Return what a line of a log says, without time, level and name.

    Examples
    --------
    >>> _message("2026-11-23 00:00:00,1 INFO linewright.emulate.past.service: 5 % is played")
    '5 % is played'
    """
    head, colon, message = line.partition(": ")
    return message if colon and "linewright" in head else line
