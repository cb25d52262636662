"""Runs the service history alone, for tests that kill it: `history_program.py BUS FOLDER`."""

import asyncio
import logging
import sys
from pathlib import Path

from linewright.bus import Bus, BusAddress
from linewright.history.service import run


async def main(bus_folder: Path, folder: Path) -> None:
    """Connect and keep the history until killed."""
    address = BusAddress.read(bus_folder, "history")
    async with await Bus.connect(address, site="nogales", name="history") as bus:
        await run(bus, folder, asyncio.Event())


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
