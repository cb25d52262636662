"""`linewright audit`: the chain as history gives it, printed or written to a file."""

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from linewright.bus import NatsServer
from linewright.plant.records import Audit, encode
from linewright.plant.records.examples import example
from tests.cli.conftest import Ran
from tests.cli.test_asking import say_it_runs
from tests.server.scenes import page_of

Run = Callable[..., Ran]
COUNT = 5
PAGE = 2
"""Records of one answer, so that several are asked for."""


async def _answer(data: bytes) -> bytes:
    """What history answers: some records after a number, a record a line."""
    after_n = msgspec.json.decode(data)["after_n"]
    links = [
        msgspec.structs.replace(
            example(Audit), n=n, prev_sha256="0" * 64, sha256=None, text=f"Fräse {n}"
        )
        for n in range(after_n + 1, min(after_n + 1 + PAGE, COUNT))
    ]
    return b"".join(encode(link) + b"\n" for link in links)


def _with_history(nats: NatsServer, data: Path, look: Callable[[], None]) -> None:
    async def scene() -> None:
        async with page_of(nats, data) as page:
            say_it_runs(page, data)
            await page.bus.answer(f"lw.ask.{page.site}.history.audit", _answer)
            await asyncio.to_thread(look)

    asyncio.run(scene())


def test_all_of_the_chain(nats: NatsServer, tmp_path: Path, run: Run) -> None:
    """Every record is told once and in order, in words, as JSON and in a file."""

    def look() -> None:
        lines = run("audit", "--data", tmp_path).out.splitlines()
        assert [int(line.split()[0]) for line in lines] == list(range(COUNT))
        assert example(Audit).action in lines[0]
        assert re.match(r" +0  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  ", lines[0]), "when it was"
        printed = json.loads(run("audit", "--json", "--data", tmp_path).out)
        assert [record["n"] for record in printed] == list(range(COUNT))
        path = tmp_path / "audit.jsonl"
        ran = run("audit", "--out", path, "--data", tmp_path)
        assert ran.out == f"written: {path} (5 records)\n"
        assert [json.loads(line) for line in path.read_text("utf-8").splitlines()] == printed

    _with_history(nats, tmp_path, look)


def test_a_file_holds_what_was_hashed(nats: NatsServer, tmp_path: Path, run: Run) -> None:
    """Each line of the file is the text that history gave: in another spelling no hash holds."""

    def look() -> None:
        path = tmp_path / "audit.jsonl"
        run("audit", "--out", path, "--data", tmp_path)
        assert path.read_bytes() == asyncio.run(_all())

    async def _all() -> bytes:
        asked = range(-1, COUNT - 1, PAGE)
        return b"".join([await _answer(b'{"after_n":%d}' % after_n) for after_n in asked])

    _with_history(nats, tmp_path, look)


def test_an_audit_without_records(nats: NatsServer, tmp_path: Path, run: Run) -> None:
    """Before history has stored a record the command says so; a file of it is empty."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            say_it_runs(page, tmp_path)
            await page.bus.answer(f"lw.ask.{page.site}.history.audit", _nothing)
            ran = await asyncio.to_thread(run, "audit", "--data", tmp_path)
            assert (ran.code, ran.out) == (0, "no record yet: history has stored none\n")
            path = tmp_path / "audit.jsonl"
            ran = await asyncio.to_thread(run, "audit", "--out", path, "--data", tmp_path)
            assert (path.read_bytes(), ran.out) == (b"", f"written: {path} (0 records)\n")

    async def _nothing(_data: bytes) -> bytes:
        return b""

    asyncio.run(scene())


def test_without_the_history(nats: NatsServer, tmp_path: Path, run: Run) -> None:
    """While the history service is away, the command says so and ends with 2."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            say_it_runs(page, tmp_path)

            async def damaged(_data: bytes) -> bytes:
                return b'{"error":"audit: the file is damaged"}'

            await page.bus.answer(f"lw.ask.{page.site}.history.audit", damaged)
            ran = await asyncio.to_thread(run, "audit", "--data", tmp_path)
            assert ran.code == 2
            assert "the file is damaged" in ran.err

    asyncio.run(scene())
