"""One connection to another server: kept, bounded, and never believed beyond its answer."""

import asyncio
import time
from collections.abc import Callable

import pytest

from linewright.server.peers.asking import ANSWER_BYTES_MAX, ANSWER_S, Answer, Ear
from linewright.server.peers.faults import PeerFault
from tests.server.peers.elsewhere import TOKEN, Elsewhere, answer, elsewhere


def heard(says: Callable[[str], bytes], times: int = 1) -> tuple[list[Answer], Elsewhere]:
    """Ask a server so often over one ear."""

    async def scene() -> tuple[list[Answer], Elsewhere]:
        async with elsewhere(says) as there:
            ear = Ear(there.url, None)
            found = [await ear.get("/api/sites", token=TOKEN) for _ in range(times)]
            await ear.close()
            return found, there

    return asyncio.run(scene())


def test_questions_share_a_connection_and_bring_the_token() -> None:
    """Three questions go over one connection, each with the token and the name of the server."""
    found, there = heard(lambda _: answer(b'{"a":1}'), times=3)
    assert found == [Answer(200, "application/json", b'{"a":1}')] * 3
    assert there.connections == 1
    assert all(f"authorization: Bearer {TOKEN}\r\n" in each for each in there.asked)
    assert all(f"host: {there.url[7:]}\r\n" in each for each in there.asked)


def test_a_connection_that_ended_is_opened_anew() -> None:
    """A server that closes after each answer is asked again without a fault."""
    closing = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"
    found, there = heard(lambda _: closing, times=3)
    assert [each.body for each in found] == [b"{}"] * 3
    assert there.connections == 3


def test_one_that_was_closed_while_idle_is_opened_anew() -> None:
    """A kept connection that the server let go meanwhile costs no answer."""

    async def scene() -> tuple[bytes, int]:
        said = iter([answer(b"1"), b"", answer(b"2")])
        async with elsewhere(lambda _: next(said)) as there:
            ear = Ear(there.url, None)
            await ear.get("/")
            found = await ear.get("/")
            await ear.close()
            return found.body, there.connections

    assert asyncio.run(scene()) == (b"2", 2)


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (answer(b"x" * (ANSWER_BYTES_MAX + 1)), "too_large"),
        (b"HTTP/1.1 200 OK\r\nx: " + b"y" * 40_000, "bad_answer"),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "bad_answer"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "bad_answer"),
        (b"", "unreachable"),
    ],
)
def test_what_is_no_answer(says: bytes, why: str) -> None:
    """Too much, garbage and silence at once are faults, each by its word, and no exception else."""
    with pytest.raises(PeerFault) as caught:
        heard(lambda _: says)
    assert caught.value.why == why


def test_a_slow_server_is_not_waited_for() -> None:
    """An answer that comes byte by byte ends after the time of one answer, not of each byte."""

    async def scene() -> float:
        async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readline()
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
            while not reader.at_eof() and not writer.is_closing():
                writer.write(b"x")
                await asyncio.sleep(0.05)
            writer.close()

        async with await asyncio.start_server(drip, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            ear, began_s = Ear(f"http://127.0.0.1:{port}", None), time.monotonic()
            with pytest.raises(PeerFault, match="slow"):
                await ear.get("/")
            took_s = time.monotonic() - began_s
            await asyncio.sleep(0.2)  # the server sees that we left
            return took_s

    assert ANSWER_S <= asyncio.run(scene()) < ANSWER_S + 5


def test_nobody_there() -> None:
    """A port where nobody listens is `unreachable`."""

    async def scene() -> None:
        async with elsewhere(lambda _: b"") as there:
            url = there.url
        await Ear(url, None).get("/")

    with pytest.raises(PeerFault, match="unreachable"):
        asyncio.run(scene())
