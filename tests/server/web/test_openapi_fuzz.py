"""schemathesis asks every route what its document allows, and what it does not: never a 500."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from linewright.bus import Bus, NatsServer
from linewright.history import service as history
from linewright.server.web import ROWS
from linewright.server.web.openapi import document
from tests.server.scenes import page_of

ASK_S = 14
"""Time for the questions of one run; the rest of the 25 s of a page is start and end."""

CHECKS = "status_code_conformance,content_type_conformance,response_schema_conformance"
"""A 500 is no status of the document; a 503 is, where a part of the site may be away."""

LEFT_OUT = ("/api/live", "/api/sign-out")
"""One never ends, the other one ends what asks."""

PER_S = "200/s"


async def _asked(page_url: str, key: str, folder: Path, seed: int, *more: str) -> tuple[int, str]:
    """Exit code and words of a run of schemathesis against a server."""
    file = folder / "openapi.json"
    file.write_bytes(msgspec.json.encode(document(ROWS)))
    words = ["--url", page_url, "-H", f"authorization: Bearer {key}", "--checks", CHECKS]
    words += [word for path in LEFT_OUT for word in ("--exclude-path", path)]
    words += ["--max-time", str(ASK_S), "--seed", str(seed), "--rate-limit", PER_S]
    words += ["--generation-database", "none", "--no-color", "--warnings", "off", *more]
    run = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", str(file), *words),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await run.communicate()
    assert run.returncode is not None
    return run.returncode, said.decode("utf-8", "replace")


@contextlib.asynccontextmanager
async def _history(nats: NatsServer, site: str, folder: Path) -> AsyncIterator[None]:
    """The history of a site, so that questions for it are answered at once."""
    stop = asyncio.Event()
    async with await Bus.connect(nats.address, site=site, name="history") as bus:
        work = asyncio.create_task(history.run(bus, folder / "history", stop))
        try:
            yield
        finally:
            stop.set()
            await work


async def _is_sound(nats: NatsServer, folder: Path, seed: int, *more: str) -> None:
    async with (
        page_of(nats, folder, role="admin") as page,
        _history(nats, page.site, folder),
    ):
        code, said = await _asked(page.url, page.key, folder, seed, *more)
        status, _, _ = await page.ask("/api/session")
    assert "No operations" not in said
    assert code == 0, said[-8000:]
    assert status == 200, "the server stands"


def test_no_route_fails_inside(nats: NatsServer, tmp_path: Path) -> None:
    """Within its time: no 5xx but those of the document, no other status, body or type."""
    asyncio.run(_is_sound(nats, tmp_path, 1, "--max-examples", "3", "--no-shrink"))


@pytest.mark.laws
@pytest.mark.parametrize("seed", range(2, 10))
@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_no_route_fails_however_it_is_asked(
    nats: NatsServer, tmp_path: Path, seed: int, mode: str
) -> None:
    """The same with many more questions, those that fit the document and those that do not."""
    asyncio.run(_is_sound(nats, tmp_path, seed, "--max-examples", "60", "--mode", mode))
