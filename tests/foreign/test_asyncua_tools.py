"""Tools of others read, subscribe to and write the machines that we emulate."""

import asyncio
import sys
from pathlib import Path

from linewright.emulate import played
from linewright.plant import to_text
from linewright.plant.language import load
from tests.foreign.peers import node_modules

MILL = "nogales/machining/bracket/mill"
HERE = Path(__file__).resolve().parent
TOOL_S = 30.0

LISTEN_S = "10"
"""How long a client listens: at twenty times the speed every tag has had a value by then."""


def tool(name: str) -> str:
    """One of asyncua's own commands, beside the interpreter."""
    return str(Path(sys.executable).with_name(name))


async def run(*command: str, for_s: float = TOOL_S, stops: bool = False, **more: str) -> str:
    """Return what a command printed; one that `stops` runs until then."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env=more or None
    )
    try:
        out, _ = await asyncio.wait_for(process.communicate(), for_s)
    except TimeoutError:
        if not stops:
            raise
        process.terminate()
        out, _ = await process.communicate()
    return out.decode()


async def against(folder: Path, checkout: Path, *commands: tuple[str, ...]) -> list[str]:
    """Outputs of commands that are given the address of the emulated mill."""
    plant = to_text(load(checkout / "plants" / "bracket"))
    scenario = (checkout / "plants/bracket/scenarios/worn-tool.yaml").read_text("utf-8")
    async with played(plant, scenario, folder, speed=20.0) as play:
        url = next(each for place, each in play.endpoints.items() if place == MILL)
        return [await run(*(url if part == "URL" else part for part in one)) for one in commands]


def test_they_see_what_the_plant_file_names(checkout: Path, tmp_path: Path) -> None:
    """`uals` lists nodes, `uaread` reads one that the plant file names."""
    plant = load(checkout / "plants" / "bracket")
    tags = dict(plant.stations())[next(a for a, _ in plant.stations() if a == MILL)].tags
    node = next(tag.source for tag in tags.values() if tag.via == "node" and tag.source)
    listed, read = asyncio.run(
        against(
            tmp_path,
            checkout,
            (tool("uals"), "-u", "URL", "-n", "i=85", "-d", "3"),
            (tool("uaread"), "-u", "URL", "-n", node),
        )
    )
    assert node.rpartition("=")[2] in listed
    assert read.strip()
    assert "Bad" not in read


def test_node_opcua_hears_every_change(checkout: Path, tmp_path: Path) -> None:
    """A client on node-opcua subscribes to all the tags of a machine and hears good values."""
    modules = node_modules("node_opcua")
    plant = load(checkout / "plants" / "bracket")
    station = next(each for place, each in plant.stations() if place == MILL)
    nodes = [tag.source for tag in station.tags.values() if tag.via == "node" and tag.source]

    async def heard() -> str:
        text = to_text(plant)
        scenario = (checkout / "plants/bracket/scenarios/worn-tool.yaml").read_text("utf-8")
        async with played(text, scenario, tmp_path, speed=20.0) as play:
            url = next(each for place, each in play.endpoints.items() if place == MILL)
            command = ("node", str(HERE / "node_opcua_client.js"), url, LISTEN_S, *nodes)
            return await run(*command, NODE_PATH=str(modules), PATH="/usr/local/bin:/usr/bin:/bin")

    out = asyncio.run(heard())
    lines = [line.split() for line in out.splitlines() if line.startswith("heard ")]
    assert {node for _, node, _, _ in lines} == set(nodes), out[-1000:]
    assert all(status == "Good" for _, _, status, _ in lines), lines
    assert max(int(count) for _, _, _, count in lines) > 5
