"""Value changes from OPC UA sources into the history: rate, processor time, and how soon."""

import asyncio
import json
import math
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from benchmarks.live_path.sources import Offered, Sources
from benchmarks.live_path.stand import Stand
from benchmarks.measure import Claim, note
from linewright.history import open_history

UMH_TAGS_PER_S = 900.0
"""What UMH's sizing guide gives for two processors and 4 GB: tags at one message a second."""

PROCESSES, NODES = 4, 2_500
"""Sources, and the values of each."""

QUICK_S, FULL_S = 20.0, 300.0
"""How long is measured."""

RATES = (24_000.0, 20_000.0, 14_000.0, 10_000.0)
"""Value changes a second that are offered; the next lower one where not all of them came."""

WARM_S = 5.0
"""From the first stored sample to the beginning of what is measured."""

SETTLE_S = 60.0
"""Longest wait for the last value to be stored."""

ASK_S = 0.1
"""Between two questions for a value that may be stored now."""

KEPT_MIN = 0.99
"""Share of the offered rate that must be stored while it is offered, else it is not sustained."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What one rate came to."""

    offered_per_s: float
    stored_per_s: float
    us_per_value: float
    by_process: dict[str, float]
    """Microseconds of processor time for a value, by process."""
    arrival_s: tuple[float, ...]
    right: bool
    sustained: bool


def measure_opcua(*, quick: bool) -> list[Claim]:
    """Return the rate, the processor time of a value, and the time until a value can be read."""
    for_s = QUICK_S if quick else FULL_S
    tried = list(_tried(for_s))
    seen = tried[-1]
    ordered = sorted(seen.arrival_s)
    p95_s = ordered[int(0.95 * len(ordered))] if ordered else None
    right = seen.right
    return [
        Claim(
            name="opcua_tags_per_s",
            value=seen.stored_per_s,
            unit="1/s",
            correct=right,
            ratio=seen.stored_per_s / UMH_TAGS_PER_S,
            peer="UMH Core sizing guide, 2 vCPU",
            peer_value=UMH_TAGS_PER_S,
        ),
        Claim(name="opcua_cpu_per_value", value=seen.us_per_value, unit="us", correct=right),
        Claim(name="arrival_to_queryable_p95", value=p95_s, unit="s", correct=right),
    ]


def _tried(for_s: float) -> Iterator[Seen]:
    """Offer rates from the highest on, until one is sustained and every value of it is there."""
    for rate in RATES:
        with tempfile.TemporaryDirectory(prefix="linewright-") as name:
            seen = _measured(Path(name), rate, for_s)
        _tell(seen)
        yield seen
        if seen.sustained and seen.right:
            return


def _measured(folder: Path, rate: float, for_s: float) -> Seen:
    per_s = rate / (PROCESSES * NODES)
    with Sources(folder, processes=PROCESSES, nodes=NODES, per_s=per_s) as sources:
        with Stand(folder, _plant(sources)) as stand:
            wanted = PROCESSES * NODES
            stand.wait_until(lambda: stand.stored() > wanted, 120.0, "values flow")
            time.sleep(WARM_S)
            cpu, stored, begun_s = stand.cpu_s(), stand.stored(), time.monotonic()
            arrival_s = asyncio.run(_arrivals(stand, for_s))
            used = {name: now - cpu.get(name, 0.0) for name, now in stand.cpu_s().items()}
            stored, took_s = stand.stored() - stored, time.monotonic() - begun_s
            offered = sources.stop()
            _settle(stand)
        right = exactly_once(stand.folder, stand.site, offered)
    overrun = sum(each.overrun for each in offered)
    if overrun:
        note(f"opcua: {overrun} messages overran the sources' own queues")
    return Seen(
        offered_per_s=rate,
        stored_per_s=stored / took_s,
        us_per_value=sum(used.values()) / max(stored, 1) * 1e6,
        by_process={name: cpu_s / max(stored, 1) * 1e6 for name, cpu_s in used.items()},
        arrival_s=tuple(arrival_s),
        right=right,
        sustained=stored / took_s >= KEPT_MIN * rate and not overrun,
    )


def _plant(sources: Sources) -> str:
    """Return a plant file, which may be JSON: a work centre of stations that only have tags."""
    stations = {name: {"unattended": True, **each} for name, each in sources.stations().items()}
    site = {
        "timezone": "America/Chicago",
        "currency": "USD",
        "areas": {"shop": {"work_centres": {"bench": {"stations": stations}}}},
    }
    return json.dumps({"linewright": 1, "enterprise": "bench", "sites": {"bench": site}})


async def _arrivals(stand: Stand, for_s: float) -> list[float]:
    """Seconds from a value's arrival until `history` gives it, for the values of one tag.

    The question itself, asked every tenth of a second, is part of what is measured.
    """
    tag, found_s = f"{stand.site}/shop/bench/source0#v0", []
    end_s, newest_ns = time.monotonic() + for_s, time.time_ns()
    async with await stand.bus("person") as bus:
        while time.monotonic() < end_s:
            await asyncio.sleep(ASK_S)
            question = {"tag": tag, "from_ns": newest_ns + 1}
            subject = f"lw.ask.{stand.site}.history.read"
            data = await bus.ask(subject, json.dumps(question).encode(), timeout_s=20.0)
            now_ns, columns = time.time_ns(), json.loads(data)
            found_s += [(now_ns - seen_ns) / 1e9 for seen_ns in columns["seen_ns"]]
            newest_ns = max([newest_ns, *columns["t_ns"]])
    return found_s


def _settle(stand: Stand) -> None:
    """Wait until nothing more is stored."""
    end_s, before = time.monotonic() + SETTLE_S, -1
    while time.monotonic() < end_s:
        now = stand.stored()
        if now == before:
            return
        before = now
        time.sleep(2.0)


def exactly_once(folder: Path, site: str, offered: Sequence[Offered]) -> bool:
    """Whether each node's numbers are stored from the first one heard to the last, each once."""
    lost = doubled = 0
    with open_history(folder / "history") as history:
        for each in offered:
            for number, count in enumerate(each.counts):
                tag = f"{site}/shop/bench/{each.station}#v{number}"
                values = [int(value) for value in history.read(tag).value if math.isfinite(value)]
                wanted = set(range(min(values, default=0), count + 1))
                lost += len(wanted - set(values)) + (not values)
                doubled += len(values) - len(set(values))
        gaps = len(history.gaps())
    note(f"opcua: {lost} lost, {doubled} doubled, {gaps} gap records")
    return lost == doubled == 0


def _tell(seen: Seen) -> None:
    parts = ", ".join(f"{name} {us:.1f}" for name, us in seen.by_process.items())
    middle_s = statistics.median(seen.arrival_s) if seen.arrival_s else float("nan")
    note(
        f"opcua: {seen.offered_per_s:.0f}/s offered, {seen.stored_per_s:.0f}/s stored, "
        f"{seen.us_per_value:.1f} us of processor time a value ({parts}); until readable "
        f"{middle_s:.2f} s (median of {len(seen.arrival_s)})"
    )
