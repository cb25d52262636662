"""Whole example plants played: machines come up, values flow, and the account comes out even."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from asyncua import Client, ua

from linewright.emulate import machines, played
from linewright.plant import Address, Plant, load, to_text
from tests.emulate.playing import S, run, truth_of, until

MORNING_NS = 1795446000 * S
"""08:00 in Phoenix, Hermosillo and Nogales on Monday 2026-11-23."""

START_S_MAX = 20.0
NEAR = 92.0
"""Of a step of 100, what has to be seen of it."""

SITES = ("clarksville", "nogales", "phoenix")


class Heard:
    """Values of one machine by node, with their times in ns."""

    def __init__(self) -> None:
        self.values: dict[str, list[tuple[int, Any]]] = {}

    def datachange_notification(self, node: Any, value: Any, data: Any) -> None:  # noqa: ANN401  # its own
        """Keep a value that is one."""
        shown = data.monitored_item.Value
        if value is not None and shown.SourceTimestamp is not None:
            micro = round(shown.SourceTimestamp.timestamp() * 1e6)
            self.values.setdefault(node.nodeid.to_string(), []).append((micro * 1000, value))


async def listening(url: str, nodes: list[str], heard: Heard, count: int) -> None:
    """Hear some nodes of a machine until so many of them have said something new."""
    async with Client(url) as client:
        subscription = await client.create_subscription(50, heard)
        found = [client.get_node(node) for node in nodes]
        await subscription.subscribe_data_change(found, queuesize=1000)
        await until(lambda: sum(len(one) > 1 for one in heard.values.values()) >= count)
        await subscription.delete()


def items(plant: Plant, site: str) -> dict[Address, list[str]]:
    """Return the signals of the machines of a site."""
    return {
        one.address: [point.item for point in one.points if point.is_signal]
        for one in machines(plant)
        if one.address.site == site
    }


async def scene(text: str, scenario: str, folder: Path, site: str) -> Mapping[Address, Heard]:
    """Play a site, and hear three of its machines."""
    begun_s = time.monotonic()
    at_ns = None if scenario else MORNING_NS
    async with played(text, scenario, folder, at_ns=at_ns, speed=60.0, site=site) as play:
        assert time.monotonic() - begun_s < START_S_MAX
        of = items(load_text_of(text), site)
        assert set(play.endpoints) == set(of)
        some = sorted(of, key=lambda one: -len(of[one]))[:3]
        heard = {one: Heard() for one in some}
        await asyncio.gather(
            *(listening(play.endpoints[one], of[one], heard[one], 1) for one in some)
        )
    return heard


def load_text_of(text: str) -> Plant:
    """Return a plant from text."""
    from linewright.plant.language import load_text  # noqa: PLC0415  # beside its one use

    return load_text(text)


def agrees(heard: Mapping[Address, Heard], folder: Path) -> bool:
    """Return whether everything heard is in the truth."""
    lines = [one for one in truth_of(folder) if "tag" in one]
    truth = {(one["tag"].partition("#")[0], one["t_ns"]) for one in lines}
    return all(
        (str(station), t_ns) in truth
        for station, one in heard.items()
        for values in one.values.values()
        for t_ns, _ in values
    )


@pytest.mark.parametrize("site", SITES)
def test_each_site_of_the_corridor_is_played(checkout: Path, tmp_path: Path, site: str) -> None:
    """Machines of nine protocols are up, and what they show is in the truth first."""
    text = to_text(load(checkout / "plants" / "corridor"))
    heard = run(scene(text, "", tmp_path, site))
    assert all(one.values for one in heard.values())
    assert agrees(heard, tmp_path)


def test_the_job_shop_is_played_with_a_bad_week(checkout: Path, tmp_path: Path) -> None:
    """All 34 connected machines of the shop are up, none stands idle, faults are in the truth."""
    home = checkout / "plants" / "taller"
    scenario = (home / "scenarios" / "dirty.yaml").read_text(encoding="utf-8")
    heard = run(scene(to_text(load(home)), scenario, tmp_path, "hermosillo"))
    assert agrees(heard, tmp_path)
    lines = truth_of(tmp_path)
    events = {one["event"] for one in lines if "event" in one}
    assert {"signals.okuma_clock", "signals.cmm_room"} <= events
    okuma = [one for one in lines if "cnc_lathe_5#" in str(one.get("tag"))]
    assert {one["true_ns"] - one["t_ns"] for one in okuma} == {7 * 60 * S}


def test_a_client_of_a_furnace_moves_its_temperature(checkout: Path, tmp_path: Path) -> None:
    """A set point that is written to a furnace behind a gateway is what it goes to."""
    text = to_text(load(checkout / "plants" / "taller"))

    async def heats() -> tuple[float, float]:
        async with played(text, "", tmp_path, at_ns=MORNING_NS, speed=300.0) as play:
            url = next(url for one, url in play.endpoints.items() if one.name == "furnace_1")
            async with Client(url) as client:
                temp = client.get_node("ns=2;s=temp")
                await until_good(temp)
                before = await temp.read_value()
                wanted = ua.Variant(before + 100.0, ua.VariantType.Double)
                await client.get_node("ns=2;s=setpoint").write_value(wanted)
                now = before
                for _ in range(200):
                    await asyncio.sleep(0.1)
                    now = await temp.read_value()
                    if now - before > NEAR:
                        break
                return before, now

    before, after = run(heats())
    assert after - before == pytest.approx(100.0, abs=100.0 - NEAR)


async def until_good(node: Any) -> None:  # noqa: ANN401  # the library's own
    """Wait until a node has a value."""
    for _ in range(100):
        if (await node.read_data_value(raise_on_bad_status=False)).Value.Value is not None:
            return
        await asyncio.sleep(0.05)
