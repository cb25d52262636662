"""Scenes for the tests of the server: a bracket line at a site of its own, and its page."""

import asyncio
import contextlib
import functools
import itertools
import json
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec

from linewright.bus import Applied, Bus, NatsServer
from linewright.correct import fold_case
from linewright.plant import Address, load, to_text
from linewright.plant.records import (
    BufferNow,
    Candidate,
    Case,
    CaseStage,
    Cause,
    Change,
    Effect,
    How,
    LineState,
    StationNow,
    StationState,
    WearNow,
    encode,
)
from linewright.server import service
from linewright.server.applying import applied_of

ROOT = Path(__file__).resolve().parents[2]
T0_NS = 1_795_447_800_000_000_000
"""2026-11-23 08:30 at the site; a round number of seconds."""

S_NS = 1_000_000_000
_NUMBERS = itertools.count(1)


def new_site() -> str:
    """Return a site that no other test has."""
    return f"reno{next(_NUMBERS)}"


@functools.cache
def bracket() -> str:
    """Return the text of the bracket plant."""
    return to_text(load(ROOT / "plants" / "bracket"))


def applied_at(site: str, *, scenario: str | None = "") -> Applied:
    """Return the bracket plant at a site."""
    return applied_of(bracket().replace("nogales", site), site=site, scenario=scenario)


def line_of(site: str) -> Address:
    """Return the address of the line."""
    return Address(f"{site}/machining/bracket")


def step(site: str, stage: CaseStage, at_s: int, **fields: Any) -> Case:  # noqa: ANN401  # by name
    """Return a step of a case of the mill, made so many seconds after the beginning."""
    return Case(
        address=line_of(site).child("mill"),
        t_ns=T0_NS + at_s * S_NS,
        seen_ns=time.time_ns(),
        plant_rev=applied_at(site).rev,
        how=How.INFERRED,
        source="correct",
        stage=stage,
        **fields,
    )


def effect(mean: float) -> Effect:
    """Return an effect on good parts."""
    return Effect(
        measure="good_parts", unit="parts", mean=mean, low=mean - 2, high=mean + 2, level=0.9
    )


def steps_of(site: str, *, value: float = 80.0, until_s: int = 3600) -> list[Case]:
    """Return the steps of a case up to its proposal."""
    mill = line_of(site).child("mill")
    change = Change(
        address=mill, parameter="speed", value=value, at_ns=T0_NS, until_ns=T0_NS + until_s * S_NS
    )
    nothing = Candidate(name="nothing", text="Do nothing and go on.")
    slower = Candidate(
        name="slow_down", text="Slow the mill.", changes=(change,), effects=(effect(9),),
        call="maintenance", call_at_ns=T0_NS + until_s * S_NS, chosen=True,
    )  # fmt: skip
    opened = step(site, CaseStage.OPEN, 0, kind="cycle_time", title="The mill is 17 % slow.")
    return [
        opened,
        step(
            site, CaseStage.DIAGNOSED, 1, case=opened.id,
            causes=(Cause(cause="end_mill", probability=0.9),),
        ),
        step(site, CaseStage.REHEARSED, 2, case=opened.id, candidates=(nothing, slower)),
        step(
            site, CaseStage.PROPOSED, 3, case=opened.id, proposal=(change,),
            expected=(effect(9),), advice="Change the tool in the break.",
        ),
    ]  # fmt: skip


def line_state(site: str, seen_ns: int) -> LineState:
    """Return a line of which the mill is down."""
    line = line_of(site)
    states = {"saw": "running", "mill": "down", "wash": "starved", "inspect": "running"}
    stations = tuple(
        StationNow(
            address=line.child(name), state=StationState(state), since_ns=T0_NS - 90 * S_NS,
            seen_ns=seen_ns, good=10, scrap=1,
            wear=(WearNow(part="end_mill", used_ratio=0.5),) if name == "mill" else (),
        )
        for name, state in states.items()
    )  # fmt: skip
    return LineState(
        address=line, as_of_ns=T0_NS, plant_rev="r1", counted_since_ns=T0_NS - 9000 * S_NS,
        stations=stations, buffers=(BufferNow(address=line.child("saw-mill"), count=12),),
    )  # fmt: skip


class Page:
    """A running server and a browser that looks at it."""

    def __init__(self, site: str, bus: Bus, url: str, key: str) -> None:
        self.site = site
        self.bus = bus
        self.url = url
        self.key = key

    async def ask(
        self,
        path: str,
        *,
        post: bool = False,
        key: str | None = None,
        host: str = "",
        body: object | None = None,
    ) -> tuple[int, Any, dict[str, str]]:
        """Return status, JSON or text, and headers of an answer; bytes are sent as they are."""
        data = body if isinstance(body, bytes) else msgspec.json.encode(body)
        sent = None if body is None else data
        return await asyncio.to_thread(self._ask, path, sent, post=post, key=key, host=host)

    def _ask(
        self, path: str, body: bytes | None, *, post: bool, key: str | None, host: str
    ) -> tuple[int, Any, dict[str, str]]:
        given = {"authorization": f"Bearer {self.key if key is None else key}"}
        given |= {"host": host} if host else {}
        request = urllib.request.Request(  # noqa: S310  # http on this machine
            self.url + path, body, method="POST" if post else "GET", headers=given
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as found:  # noqa: S310  # as above
                return found.status, _read(found.read()), dict(found.headers)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _read(error.read()), dict(error.headers)

    async def open_case(self, **how: Any) -> str:  # noqa: ANN401  # as `steps_of` takes them
        """Put a proposed case on the bus; returns its id."""
        seq = 0
        steps = steps_of(self.site, **how)
        for each in steps:
            seq = await self.bus.append(each, after=seq)
        await (await self.bus.bucket("cases")).put(steps[0].id, encode(fold_case(steps)))
        return steps[0].id


def _read(data: bytes) -> Any:  # noqa: ANN401  # whatever the server says
    try:
        return json.loads(data)
    except ValueError:
        return data.decode("utf-8", "replace")


@contextlib.asynccontextmanager
async def page_of(
    nats: NatsServer,
    data: Path,
    *,
    site: str = "",
    role: str = "supervisor",
    ticks: bool = True,
    scenario: str | None = "",
) -> AsyncIterator[Page]:
    """A site, whose plant clock ticks unless told otherwise, and its server."""
    site = site or new_site()
    async with asyncio.timeout(25), await Bus.connect(nats.address, site=site, name="t") as bus:
        await (await bus.bucket("plant")).put(
            "applied", applied_at(site, scenario=scenario).encode()
        )
        ticking = asyncio.create_task(_tick(bus) if ticks else asyncio.sleep(0))
        await bus.applied()
        folder = data / "server"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "server.json").write_bytes(msgspec.json.encode({"person": "p7", "role": role}))
        (folder / "http.json").unlink(missing_ok=True)
        stop = asyncio.Event()
        work = asyncio.create_task(service.run(bus, folder, stop))
        while not (folder / "http.json").exists():
            assert not work.done(), work.exception()
            await asyncio.sleep(0.01)
        url = json.loads((folder / "http.json").read_text())["url"]
        try:
            yield Page(site, bus, url, (folder / "key").read_text().strip())
        finally:
            stop.set()
            await work
            ticking.cancel()


async def _tick(bus: Bus) -> None:
    """Play the clock of an emulated plant, ten times as fast."""
    began_s = time.monotonic()
    while True:
        t_ns = T0_NS + int((time.monotonic() - began_s) * 10 * S_NS)
        await bus.tell(f"lw.clock.{bus.site}", msgspec.json.encode({"t_ns": t_ns, "speed": 10.0}))
        await asyncio.sleep(0.05)
