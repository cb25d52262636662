"""`linewright peers`: a server is tried before it is kept."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from linewright.cli.ending import Code
from linewright.server.folder import Belongs, write_belongs
from linewright.server.peers import Peers
from tests.cli.conftest import Ran
from tests.server.peers.elsewhere import TOKEN, answer, certificate, elsewhere, sites_json

Run = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a data folder of the site nogales, beside a file with a token."""
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    write_belongs(tmp_path / "data", Belongs(site="nogales", emulated=True))
    return tmp_path / "data"


def test_a_server_is_tried_added_listed_and_removed(folder: Path, run: Run) -> None:
    """A trial keeps nothing, adding does; the token is printed by none of them."""

    async def scene() -> list[Ran]:
        async with elsewhere(lambda _: answer(sites_json())) as there:
            token = ("--token-file", folder.parent / "token", "--data", folder)
            tried = await asyncio.to_thread(run, "peers", "try", there.url, *token)
            assert Peers(folder / "server").everyone() == ()
            return [tried, await asyncio.to_thread(run, "peers", "add", there.url, *token)]

    rans = asyncio.run(scene())
    (kept,) = Peers(folder / "server").everyone()
    rans += [run("peers", "list", "--data", folder)]
    assert kept.site in rans[-1].out
    rans += [run("peers", "remove", "reno", "--data", folder)]
    assert [ran.code for ran in rans] == [0, 0, 0, 0]
    assert TOKEN not in "".join(ran.out + ran.err for ran in rans)
    assert Peers(folder / "server").everyone() == ()
    assert "no other server" in run("peers", "list", "--data", folder).out


def test_a_certificate_is_compared_by_a_person(folder: Path, tmp_path: Path, run: Run) -> None:
    """Without a fingerprint what is shown is printed, and nothing is kept; with it, it is."""
    mine, context = certificate(tmp_path / "tls")
    assert mine.authority is not None
    shown = mine.authority.read_bytes()

    def says(head: str) -> bytes:
        return answer(shown if head.startswith("GET /ca.crt") else sites_json())

    async def scene() -> tuple[Ran, Ran]:
        async with elsewhere(says, context) as there:
            more = ("--token-file", folder.parent / "token", "--data", folder)
            without = await asyncio.to_thread(run, "peers", "add", there.url, *more)
            compared = ("--fingerprint", mine.fingerprint, *more)
            return without, await asyncio.to_thread(run, "peers", "add", there.url, *compared)

    without, compared = asyncio.run(scene())
    assert without.code == Code.FAILED
    assert mine.fingerprint in without.out
    assert compared.code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "http://192.0.2.1"), "only a server of this machine"),
        (("add", "http://127.0.0.1:1"), "unreachable"),
        (("remove", "reno"), "no server of `reno`"),
    ],
)
def test_mistakes_are_told(words: tuple[str, ...], said: str, folder: Path, run: Run) -> None:
    """What is wrong and what to do; nothing is kept."""
    more = ("--token-file", folder.parent / "token") if words[0] == "add" else ()
    ran = run("peers", *words, *more, "--data", folder)
    assert (ran.code, said in ran.err) == (Code.FAILED, True), ran.err
    assert Peers(folder / "server").everyone() == ()
