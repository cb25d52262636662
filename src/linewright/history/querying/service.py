"""The service `query`: SQL over the published history of a site, asked on the bus.

It opens the files that history has published and never the file that history writes. Killed at
any moment it loses nothing but the queries that were open.
"""

import asyncio
import functools
import logging
import shutil
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from linewright.bus import Bus
from linewright.history.querying.desk import Desk
from linewright.history.querying.tables import layout_of
from linewright.history.querying.worker import warm

__all__ = ["run"]

QUESTIONS = ("sql", "next", "cancel")

LOOK_S = 1.0
"""How often queries without a reader are looked for."""

log = logging.getLogger(__name__)


async def run(bus: Bus, folder: Path, stop: asyncio.Event) -> None:
    """Answer queries until `stop`.

    Parameters
    ----------
    bus
        Of the site.
    folder
        Private folder, beside that of history; queries spill there.
    stop
        Ends it.

    Raises
    ------
    BusUnavailable
        The bus is closed.
    """
    spills = folder / "spill"
    shutil.rmtree(spills, ignore_errors=True)  # what a killed one left
    history = folder.parent / "history"
    desk = Desk(functools.partial(layout_of, history), spills, time.monotonic)
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1, "query") as thread:
        await loop.run_in_executor(thread, warm)

        def answering(question: str) -> Callable[[bytes], Awaitable[bytes]]:
            async def reply(request: bytes) -> bytes:
                return await loop.run_in_executor(thread, desk.answer, question, request)

            return reply

        try:
            for question in QUESTIONS:
                await bus.answer(f"lw.ask.{bus.site}.query.{question}", answering(question))
            while not stop.is_set():
                ended = await loop.run_in_executor(thread, desk.forget_idle)
                if ended:
                    log.info("%d queries without a reader were ended", ended)
                await _waited(stop, LOOK_S)
        finally:
            await loop.run_in_executor(thread, desk.close)


async def _waited(stop: asyncio.Event, wait_s: float) -> None:
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({stopping}, timeout=wait_s)
    stopping.cancel()
