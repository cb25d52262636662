"""The shell of forecasts: every line from its live state, again and again, and what came of it.

Runs in the process `think`, beside the loop. It remembers nothing: open forecasts and counted
parts are read from history, so that a restart goes on with what is stored there. The twin runs
in one thread, one line after the other, so that the process goes on saying that it is alive.
"""

import asyncio
import contextlib
import logging
import math
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from linewright.bus import Bus, BusUnavailable
from linewright.plant import Address
from linewright.plant.records import Forecast, LineState, Parts, Record, RecordInvalid, decode
from linewright.twin.faults import TwinFault
from linewright.twin.forecasting.counting import Made
from linewright.twin.forecasting.desk import HOURS, Desk
from linewright.twin.forecasting.recording import records_of, settled

__all__ = ["run"]

SETTING = "LINEWRIGHT_FORECAST_MINUTES"
"""Minutes of plant time between two forecasts of a line; 0: none are made."""

MINUTES = 15.0
MINUTES_MAX = 1440.0
NS = 10**9
NS_PER_MIN = 60 * NS
NS_PER_H = 3600 * NS

LOOK_S = 1.0
"""Between two looks at the lines."""

REST = 10
"""So many times as long as a round took, until the next one: a tenth of a core."""

REST_MAX_S = 3.0
"""Longest such rest: a first round compiles the twin, and a played plant goes on meanwhile."""

LATE_S, LATE_WALL_S = 60.0, 3.0
"""What is counted later than this, in plant time and besides on the wall, is not scored."""

ASK_S = 5.0
STORED_S, STORED_LOOK_S = 3.0, 0.2
"""How long history is waited for until it has what is on the stream, and between two looks."""
ROWS = 5000
PAGES_MAX = 1000
"""Pages of records that are read at once; what lies beyond is left to the next look."""

R = TypeVar("R", bound=Record)

log = logging.getLogger(__name__)


async def run(bus: Bus, folder: Path, stop: asyncio.Event) -> None:
    """Forecast the lines of a site until `stop` is set.

    Parameters
    ----------
    bus
        Connected bus of the site; its plant clock is known.
    folder
        Private folder; nothing is kept there.
    stop
        Set by the supervisor.

    Notes
    -----
    While the bus or history is away it waits. How the lines stand is answered on
    ``lw.ask.<site>.think.forecasts``.
    """
    del folder
    applied = await bus.applied()
    every_min = _minutes(os.environ.get(SETTING, ""))
    desk = Desk(applied.plant(), applied.site, every_ns=round((every_min or MINUTES) * NS_PER_MIN))
    shell = _Forecasts(bus, desk, emulated=applied.emulated, every_min=every_min)
    await bus.answer(f"lw.ask.{bus.site}.think.forecasts", shell.tell)
    if not every_min:
        log.info("no forecasts are made: %s is 0", SETTING)
        await stop.wait()
    said = ""
    while not stop.is_set():
        began_s = time.monotonic()
        try:
            await shell.turn()
            said = ""
        except (BusUnavailable, RecordInvalid) as error:
            if str(error) != said:  # while it stays so, it is not told again
                said = str(error)
                log.warning("forecasts wait: %s", said)
        took_s = time.monotonic() - began_s
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), max(LOOK_S, min(REST * took_s, REST_MAX_S)))


def _minutes(text: str) -> float:
    """Return the minutes of the setting; what is none is told, and the default taken."""
    if not text:
        return MINUTES
    try:
        minutes = float(text)
    except ValueError:
        minutes = math.nan
    if not 0 <= minutes <= MINUTES_MAX:
        log.warning("%s is `%s`: give 0 to %g; %g is taken", SETTING, text, MINUTES_MAX, MINUTES)
        return MINUTES
    return minutes


class _Forecasts:
    """The running service."""

    def __init__(self, bus: Bus, desk: Desk, *, emulated: bool, every_min: float) -> None:
        self._bus = bus
        self._desk = desk
        self._emulated = emulated
        self._every_min = every_min
        self._made: Made | None = None
        self._restored = False

    async def tell(self, request: bytes) -> bytes:
        """Answer how the lines stand."""
        del request
        return msgspec.json.encode(
            {"every_min": self._every_min, "lines": self._desk.told()}, enc_hook=str
        )

    async def turn(self) -> None:
        """Look at every line once: forecast what is due, score what is over."""
        if not self._restored:
            await self._restore()
        if not self._restored:
            return
        bucket = await self._bus.bucket("line")
        lines: list[LineState] = []
        for address in self._desk.lines:
            data = await bucket.get(address.replace("/", "."))
            if data is not None:
                with contextlib.suppress(RecordInvalid):
                    lines.append(decode(data, LineState))
        due = [each for each in lines if self._desk.is_due(each)]
        over = [each for each in lines if self._desk.over(each.address, each.as_of_ns)]
        if due or over:
            await self._count()
        for each in due:
            await self._forecast(each)
        for each in over:
            await self._settle(each)

    async def _restore(self) -> None:
        """Take up the forecasts that history has and whose time may not be over."""
        if not await self._is_stored(Forecast):
            return
        now_ns = self._bus.clock.now_ns()
        from_ns = max(0, now_ns - round((HOURS + 1) * NS_PER_H))
        self._desk.take(await self._records(Forecast, from_ns, now_ns + 1))
        since_ns = self._desk.since_ns()
        hour_ns = max(0, now_ns - NS_PER_H)
        self._made = Made(hour_ns if since_ns is None else min(since_ns, hour_ns))
        self._restored = True

    async def _count(self) -> None:
        """Count the parts made up to a moment ago."""
        made = self._made
        assert made is not None, "it was restored before"
        late_s = LATE_S + LATE_WALL_S * self._bus.clock.speed
        until_ns = self._bus.clock.now_ns() - round(late_s * NS)
        if until_ns <= made.until_ns or not await self._is_stored(Parts):
            return
        made.add(await self._records(Parts, made.until_ns, until_ns + 1), until_ns)
        since_ns = self._desk.since_ns()
        hour_ns = until_ns - NS_PER_H
        made.forget(hour_ns if since_ns is None else min(since_ns, hour_ns))

    async def _forecast(self, line: LineState) -> None:
        now_ns = self._bus.clock.now_ns()
        began_s = time.monotonic()
        try:
            found = await asyncio.to_thread(self._desk.make, line, now_ns=now_ns)
        except TwinFault as fault:
            if self._desk.refuse(line.address, fault):
                log.warning("%s is not forecast: %s", line.address, fault)
            return
        except Exception:  # whatever the twin meets, the other lines go on
            log.exception("the forecast of %s failed", line.address)
            self._desk.skip(line)
            return
        rates = self._rates(line, (found.address, *(one.address for one in found.stations)))
        records = records_of(found, seen_ns=time.time_ns(), rates=rates, simulated=self._emulated)
        for record in records:
            await self._bus.publish(record)
        self._desk.done(line, records)
        log.info("%s forecast in %.1f s", line.address, time.monotonic() - began_s)

    def _rates(self, line: LineState, addresses: tuple[Address, ...]) -> Mapping[Address, float]:
        """Return the good parts an hour of the last hour, where they are counted."""
        assert self._made is not None, "it was restored before"
        found: dict[Address, float] = {}
        for address in addresses:
            stations = self._desk.counted(address)
            rates = [self._made.rate_h(each, line.counted_since_ns) for each in stations]
            known = [each for each in rates if each is not None]
            if known:
                found[address] = math.fsum(known)
        return found

    async def _settle(self, line: LineState) -> None:
        """Publish what came, for each forecast whose time is over and fully counted."""
        made = self._made
        assert made is not None, "it was restored before"
        before = self._desk.standing(line.address)
        for one in self._desk.over(line.address, min(line.as_of_ns, made.until_ns)):
            stations = self._desk.counted(one.address)
            if one.for_ns < made.from_ns or not stations:
                continue
            came = sum(made.good(each, one.for_ns, one.until_ns) for each in stations)
            record = settled(one, float(came), seen_ns=time.time_ns())
            await self._bus.publish(record)
            self._desk.take([record])
        now = self._desk.standing(line.address)
        if now != before:
            log.info("%s: %s", line.address, now)

    async def _is_stored(self, of: type[Record]) -> bool:
        """Whether history has the newest record of a class on the stream, and so all before it.

        History is a fraction of a second behind: the one that was the newest is waited for.
        """
        name = of.__struct_config__.tag
        places = [str(each).replace("/", ".") for each in self._desk.places()]
        found = [await self._bus.last(f"lw.{name}.{each}") for each in places]
        messages = [each for each in found if each is not None]
        if not messages:
            return True
        newest = decode(max(messages, key=lambda one: one.seq).data, of)
        until_s = time.monotonic() + STORED_S
        while time.monotonic() < until_s:
            around = await self._records(of, newest.t_ns, newest.t_ns + 1)
            if any((one.id, one.rev) == (newest.id, newest.rev) for one in around):
                return True
            await asyncio.sleep(STORED_LOOK_S)
        return False

    async def _records(self, of: type[R], from_ns: int, until_ns: int) -> list[R]:
        """Return what history has of a class in a time, all revisions.

        An answer is cut where it is too long: the next one begins with the time of its last
        record, until nothing new comes.
        """
        found: dict[tuple[str, int], R] = {}
        name = of.__struct_config__.tag
        for _ in range(PAGES_MAX):
            request: dict[str, Any] = {"class": name, "from_ns": from_ns, "until_ns": until_ns}
            page = [decode(each, of) for each in await self._asked(request | {"limit": ROWS})]
            known = len(found)
            found |= {(one.id, one.rev): one for one in page}
            if len(found) == known:
                break
            from_ns = max(page[-1].t_ns, from_ns + (page[-1].t_ns == from_ns))
        return list(found.values())

    async def _asked(self, request: Mapping[str, Any]) -> list[bytes]:
        subject = f"lw.ask.{self._bus.site}.history.records"
        data = await self._bus.ask(subject, msgspec.json.encode(request), timeout_s=ASK_S)
        if data.startswith(b'{"error"'):
            said = msgspec.json.decode(data, type=dict[str, Any])
            raise BusUnavailable(subject, str(said["error"]))
        return data.splitlines()
