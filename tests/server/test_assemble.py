"""Wiring: every service has its shell, says that it is alive, and ends when asked."""

import asyncio
import inspect
import os
import signal
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path

import msgspec
import pytest

from linewright.bus import Bus, NatsServer
from linewright.server.assemble import SERVICES, shell_of
from tests.server.scenes import applied_at

LOADED = """
import sys
from linewright.server.assemble import shell_of
before = set(sys.modules)
shell_of(sys.argv[1])
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
"""


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_a_shell(service: str) -> None:
    """Each name leads to a coroutine function of bus, folder and stop."""
    shell = shell_of(service)
    assert inspect.iscoroutinefunction(shell)
    assert list(inspect.signature(shell).parameters) == ["bus", "folder", "stop"]


def test_there_is_no_other_service() -> None:
    """A name that is none is a mistake of the caller."""
    with pytest.raises(KeyError):
        shell_of("nothing")


@pytest.mark.parametrize(
    ("service", "foreign"),
    [("server", {"duckdb", "asyncua", "numba"}), ("history", {"fastapi", "asyncua", "numba"})],
)
def test_no_service_loads_the_engine_of_another(service: str, foreign: set[str]) -> None:
    """The web server loads no database, the history no web framework, neither a kernel."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, service], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "linewright" in loaded
    assert not loaded & foreign


def test_a_service_lives_and_ends(nats: NatsServer, tmp_path: Path) -> None:
    """A service says its pid within seconds and each second again; SIGTERM ends it with 0."""

    async def scene() -> None:
        nats.address.write(tmp_path)
        (tmp_path / "bus" / "up.json").rename(tmp_path / "bus" / "live.json")
        async with (
            asyncio.timeout(25),
            await Bus.connect(nats.address, site="reno", name="t") as bus,
        ):
            await (await bus.bucket("plant")).put("applied", applied_at("reno").encode())
            command = ["run", "live", "--data", str(tmp_path), "--site", "reno"]
            async with aclosing(bus.listen("lw.alive.reno.live")) as messages:
                hearing = asyncio.ensure_future(anext(messages))
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "linewright", *command, "--parent", str(os.getpid()),
                    stderr=asyncio.subprocess.DEVNULL,
                )  # fmt: skip
                said = [(await hearing).data, (await anext(messages)).data]
            assert [msgspec.json.decode(each)["pid"] for each in said] == [process.pid] * 2
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
            assert (tmp_path / "live").is_dir()

    asyncio.run(scene())
