"""Limits: what of a plant does not run yet, and nothing of one that runs."""

from pathlib import Path

import pytest

from linewright.cli.running.limits import SPOKEN, limits
from linewright.connectors import manifests
from linewright.plant import PlantBuilder, check

ROOT = Path(__file__).resolve().parents[2]
OPCUA = {"opcua": "opc.tcp://127.0.0.1:4840"}


@pytest.mark.parametrize("emulated", [True, False])
def test_all_of_the_bracket_line_runs(emulated: bool) -> None:  # noqa: FBT001  # a case
    """Of the plant of the demo nothing is left out, real or played."""
    plant = check(ROOT / "plants" / "bracket").plant
    assert plant is not None
    assert limits(plant, "nogales", emulated=emulated) == ()


def test_every_connector_is_known_here() -> None:
    """What is said to be spoken is what there are connectors for."""
    assert {each.protocol for each in manifests()} == set(SPOKEN)


def test_a_line_that_the_twin_cannot_play() -> None:
    """A line is told with what the twin misses in it; its real machines are not concerned."""
    plant = PlantBuilder("acme")
    shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    tags = {"t": {"node": "ns=2;s=t", "role": "cycle_time", "unit": "s"}}
    line = shop.line("pump", flow=["mill", "pack"])
    _ = line.station("mill", does={"cut": {"time": "8 s", "pieces": 4}}, connect=OPCUA, tags=tags)
    _ = line.station("pack", connect=OPCUA)
    (said,) = limits(plant.done(), "reno", emulated=True)
    assert said.startswith("line reno/shop/pump is played without flow, each machine by itself: ")
    assert "it does nothing" in said
    assert limits(plant.done(), "reno", emulated=False) == ()


def test_many_are_counted() -> None:
    """Of many only some are named, and the rest counted; other sites are not told."""
    plant = check(ROOT / "plants" / "corridor").plant
    assert plant is not None
    said = limits(plant, "nogales", emulated=True)
    assert any(
        each.startswith("7 of 25 stations show nothing (not connected 7): nogales/soft/")
        and each.endswith(" and 4 more")
        for each in said
    )
    assert not any("phoenix" in each for each in said)
    (read,) = limits(plant, "nogales", emulated=False)
    assert "since only mqtt, opcua, replay, sparkplug are spoken (" in read
    assert "mtconnect 2, not connected 7" in read
