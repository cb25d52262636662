"""`linewright trust`: what is shown, asked, and passed on to the server."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from linewright.bus import NatsServer
from linewright.cli import main
from tests.cli.conftest import Ran
from tests.cli.test_asking import say_it_runs
from tests.server.scenes import page_of
from tests.server.test_trusting import put_link

Run = Callable[..., Ran]
Look = Callable[[list[object]], None]


def _with_link(nats: NatsServer, data: Path, look: Look, **link: object) -> None:
    """Let a person look at a source; what `connect` is asked is kept."""
    asked: list[object] = []

    async def reply(request: bytes) -> bytes:
        asked.append(msgspec.json.decode(request))
        return b'{"said": "trusted"}'

    async def scene() -> None:
        async with page_of(nats, data) as page:
            say_it_runs(page, data)
            await page.bus.answer(f"lw.ask.{page.site}.connect.trust", reply)
            await put_link(page, why="it shows another certificate", **link)
            await asyncio.to_thread(look, asked)

    asyncio.run(scene())


def test_it_is_shown_and_trusted(nats: NatsServer, tmp_path: Path, run: Run) -> None:
    """Where, why and which certificate are shown; then it is trusted in the person's name."""

    def look(asked: list[object]) -> None:
        words = ["--fingerprint", "AB:12", "--yes", "--data", tmp_path]
        ran = run("trust", "saw", *words)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.splitlines() == [
            "source   saw at opc.tcp://saw",
            "state    untrusted: it shows another certificate",
            "shows    ab12",
            "trusted: saw ab12",
        ]
        assert asked == [{"source": "saw", "fingerprint": "ab12", "by": "p7"}]

    _with_link(nats, tmp_path, look)


@pytest.mark.parametrize(("answer", "code", "times"), [("y", 0, 1), ("n", 1, 0), ("", 1, 0)])
def test_it_asks_first(
    answer: str, code: int, times: int, nats: NatsServer, tmp_path: Path
) -> None:
    """Only yes is yes."""

    def look(asked: list[object]) -> None:
        words = ["trust", "saw", "--data", str(tmp_path)]
        assert CliRunner().invoke(main, words, input=f"{answer}\n").exit_code == code
        assert len(asked) == times

    _with_link(nats, tmp_path, look)


def test_what_is_not_trusted(nats: NatsServer, tmp_path: Path, run: Run) -> None:
    """Another fingerprint, another source and a script without --yes change nothing."""

    def look(asked: list[object]) -> None:
        data = ["--data", tmp_path]
        other = run("trust", "saw", "--fingerprint", "cd34", "--yes", *data)
        assert (other.code, "shows ab12, not cd34" in other.err) == (1, True)
        slip = run("trust", "swa", "--yes", *data)
        assert (slip.code, "did you mean `saw`?" in slip.err) == (2, True)
        assert "say --yes" in run("trust", "saw", *data).err
        assert asked == []

    _with_link(nats, tmp_path, look)


def test_the_one_of_before_is_shown_beside_it(nats: NatsServer, tmp_path: Path, run: Run) -> None:
    """Of a changed certificate both are shown, and the new one is what is accepted."""

    def look(asked: list[object]) -> None:
        ran = run("trust", "saw", "--yes", "--data", tmp_path)
        assert "shows    ab12" in ran.out
        assert "before   cd34, accepted by p9" in ran.out
        assert asked == [{"source": "saw", "fingerprint": "ab12", "by": "p7"}]

    _with_link(nats, tmp_path, look, trusted="cd34", trusted_by="p9")


def test_what_was_taken_on_first_use_is_confirmed(
    nats: NatsServer, tmp_path: Path, run: Run
) -> None:
    """The link works; a person says once that the certificate is the machine's."""

    def look(asked: list[object]) -> None:
        ran = run("trust", "saw", "--yes", "--data", tmp_path)
        assert "taken    on first use; no person has compared it yet" in ran.out
        assert len(asked) == 1

    first = {"state": "connected", "trusted": "ab12", "trusted_by": "first use"}
    _with_link(nats, tmp_path, look, **first)


@pytest.mark.parametrize(
    ("certificate", "code", "said"),
    [("ab12", 0, "it is trusted already"), ("", 2, "shows no certificate")],
)
def test_nothing_to_decide(
    certificate: str, code: int, said: str, nats: NatsServer, tmp_path: Path
) -> None:
    """A link that is trusted, or has no certificate, needs no decision."""

    def look(asked: list[object]) -> None:
        done = CliRunner().invoke(main, ["trust", "saw", "--yes", "--data", str(tmp_path)])
        assert (done.exit_code, said in done.output, asked) == (code, True, [])

    by = {"trusted": certificate, "trusted_by": "p9"}
    _with_link(nats, tmp_path, look, state="connected", certificate=certificate, **by)
