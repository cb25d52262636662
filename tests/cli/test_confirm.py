"""`linewright confirm`: shows, asks, and does it by the same door as the page."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from linewright.bus import NatsServer
from linewright.cli import main
from linewright.cli.ending import Failed
from linewright.cli.running.confirm import proposal
from linewright.correct import fold_case
from linewright.plant.records import encode
from tests.cli.conftest import Ran
from tests.cli.test_asking import say_it_runs
from tests.server.scenes import Page, page_of, steps_of

Run = Callable[..., Ran]
WORDS = "Set speed of Machining centre to 80 % until 09:30."


def _with_case(nats: NatsServer, data: Path, look: Callable[[Page, str], None]) -> None:
    """Let a person look at a page with one proposal."""

    async def scene() -> None:
        async with page_of(nats, data) as page:
            say_it_runs(page, data)
            case_id = await page.open_case()
            while not (await page.ask("/api/state"))[1]["cases"]:  # noqa: ASYNC110  # a page
                await asyncio.sleep(0.02)
            await asyncio.to_thread(look, page, case_id)

    asyncio.run(scene())


def test_the_only_proposal_is_confirmed(nats: NatsServer, tmp_path: Path, run: Run) -> None:
    """With --yes it is shown and done; a second time it is not, and the code says so."""

    def look(page: Page, case_id: str) -> None:
        del page
        ran = run("confirm", "--data", tmp_path, "--yes")
        assert (ran.code, ran.err) == (0, "")
        assert WORDS in ran.out
        assert "causes: 90 % End mill worn" in ran.out
        assert ran.out.endswith("confirmed: The mill is 17 % slow.\n")
        again = run("confirm", case_id[:8], "--data", tmp_path, "--yes")
        assert again.code == 1
        assert "not done: the case is granted" in again.err

    _with_case(nats, tmp_path, look)


@pytest.mark.parametrize(("answer", "code", "stage"), [("y", 0, "granted"), ("n", 1, "proposed")])
def test_it_asks_first(
    answer: str, code: int, stage: str, nats: NatsServer, tmp_path: Path
) -> None:
    """Only yes is yes; after any other answer nothing was done, and the code is 1."""

    def look(page: Page, case_id: str) -> None:
        done = CliRunner().invoke(main, ["confirm", "--data", str(tmp_path)], input=f"{answer}\n")
        assert done.exit_code == code
        assert "Confirm this? [y/N]" in done.output
        stages.append(asyncio.run(_stage(page, case_id)))

    stages: list[str] = []
    _with_case(nats, tmp_path, look)
    assert stages == [stage]


async def _stage(page: Page, case_id: str) -> str:
    """The stage of a case, as the answer to confirming it tells."""
    _, said, _ = await page.ask(f"/api/cases/{case_id}/confirm", post=True)
    return "granted" if "is granted" in said.get("what", "") else "proposed"


def test_a_case_that_waits_for_nothing(nats: NatsServer, tmp_path: Path, run: Run) -> None:
    """Of a case without a proposal nobody is asked; it says how far it is, and ends with 1."""

    async def scene() -> None:
        async with page_of(nats, tmp_path) as page:
            say_it_runs(page, tmp_path)
            steps = steps_of(page.site)[:2]
            await (await page.bus.bucket("cases")).put(steps[0].id, encode(fold_case(steps)))
            while not (await page.ask("/api/state"))[1]["cases"]:  # noqa: ASYNC110  # a page
                await asyncio.sleep(0.02)
            ran = await asyncio.to_thread(run, "confirm", steps[0].id[:8], "--data", tmp_path)
            assert ran.code == 1
            assert ran.err == "not done: the case is diagnosed, so it waits for no answer\n"

    asyncio.run(scene())


def test_nobody_to_answer(nats: NatsServer, tmp_path: Path, run: Run) -> None:
    """In a script without --yes nothing is done, and it is said what to write."""

    def look(page: Page, case_id: str) -> None:
        ran = run("confirm", "--data", tmp_path)
        assert ran.code == 2
        assert "nobody is there to answer (in a script, say --yes)" in ran.err
        assert asyncio.run(_stage(page, case_id)) == "proposed"

    _with_case(nats, tmp_path, look)


def test_a_refusal(nats: NatsServer, tmp_path: Path, run: Run) -> None:
    """--refuse closes the case, and then nothing waits for an answer."""

    def look(page: Page, case_id: str) -> None:
        del page, case_id
        ran = run("confirm", "--refuse", "--yes", "--data", tmp_path)
        assert (ran.code, ran.out.splitlines()[-1]) == (0, "refused: The mill is 17 % slow.")

    _with_case(nats, tmp_path, look)


def _case(name: str, *, can_confirm: bool) -> dict[str, Any]:
    return {"id": name, "can_confirm": can_confirm}


def test_which_case_is_meant() -> None:
    """The only proposal, or one by the beginning of its id; anything else is asked back."""
    cases = [_case("abc", can_confirm=True), _case("abd", can_confirm=False)]
    assert proposal(cases, None)["id"] == "abc"
    assert proposal(cases, "abd")["id"] == "abd"
    for wanted, said in [("ab", "2 cases are meant"), ("x", "there is no case `x`")]:
        with pytest.raises(Failed, match=said):
            proposal(cases, wanted)
    with pytest.raises(Failed, match="no case waits"):
        proposal(cases[1:], None)
    with pytest.raises(Failed, match="2 cases are meant"):
        proposal([cases[0], _case("abe", can_confirm=True)], None)


def test_cases_are_listed(nats: NatsServer, tmp_path: Path, run: Run) -> None:
    """`linewright cases` tells each with its proposal, in words and as JSON."""

    def look(page: Page, case_id: str) -> None:
        del page
        ran = run("cases", "--data", tmp_path)
        assert ran.out.startswith(f"{case_id}  08:30:03  proposed\n  The mill is 17 % slow.\n")
        assert WORDS in ran.out
        assert "expects good parts +9 parts (7 to 11, 90 %)" in ran.out
        (case,) = json.loads(run("cases", "--json", "--data", tmp_path).out)
        assert (case["id"], case["stage"]) == (case_id, "proposed")

    _with_case(nats, tmp_path, look)
