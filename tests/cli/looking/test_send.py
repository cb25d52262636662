"""`linewright send`: shown first, asked, written to a played machine, and read back."""

import datetime as dt
import json
import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from linewright.cli import main
from linewright.cli.ending import Failed
from linewright.cli.running.send import _refused, value_of
from linewright.plant import Address, load
from linewright.plant.authority import ceiling_of
from tests.cli.conftest import Ran
from tests.server.test_supervise import ROOT, Up

Run = Callable[..., Ran]

pytestmark = pytest.mark.xdist_group("looking")  # they share one plant that runs
ZONE = ZoneInfo("America/Hermosillo")


def test_it_is_written_and_read_back(played: Up, run: Run) -> None:
    """What would be written, its bounds, the present value and the permits are shown first."""
    ran = run("send", "mill#speed", "85 %", "--yes", "--data", played.data)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith("write    85 % to nogales/machining/bracket/mill#speed (Speed)")
    assert lines[1] == "allowed  70 to 100 %"
    assert re.fullmatch(r"present  [0-9.]+ % \(good\)", lines[2])
    assert any(line.startswith("permit   automatic: 1 ") for line in lines)
    assert re.fullmatch(r"confirmed, [0-9.]+ before, 85 read back", lines[-1])


@pytest.mark.parametrize(("answer", "code"), [("n", 1), ("", 1), ("y", 0)])
def test_it_asks_first(answer: str, code: int, played: Up) -> None:
    """Only yes is yes."""
    words = ["send", "mill#speed", "86", "--data", str(played.data)]
    done = CliRunner().invoke(main, words, input=f"{answer}\n")
    assert done.exit_code == code
    assert ("nothing was sent" in done.output) is bool(code)


def test_nobody_is_there_to_answer(played: Up, run: Run) -> None:
    """In a script without --yes nothing is sent, and it is said what to do."""
    ran = run("send", "mill#speed", "87", "--data", played.data)
    assert ran.code == 2
    assert "in a script, say --yes" in ran.err


def test_a_change_with_an_end(played: Up, run: Run) -> None:
    """It is taken back at its plant time, which at twenty times the speed is soon.

    Programs get the id and what became of it.
    """
    at = dt.datetime.fromtimestamp(played.state()["clock"]["t_ms"] // 1000 + 300, ZONE)
    words = ["--until", at.strftime("%Y-%m-%d %H:%M:%S"), "--json", "--data", played.data]
    ran = run("send", "mill#speed", "75", *words)
    told = json.loads(ran.out)
    assert (ran.code, told["outcome"], told["after"]) == (0, "confirmed", 75), told
    sql = "SELECT json FROM records WHERE class = 'command' AND contains(json, 'undo_of')"
    query = ["query", sql, "--format", "json", "--data", played.data]

    def is_taken_back() -> bool:
        commands = [json.loads(row["json"]) for row in json.loads(run(*query).out)]
        mine = [each for each in commands if each["undo_of"] == told["id"]]
        return [each["value"] for each in mine] == [told["before"]]

    played.until(is_taken_back, 120)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["mill#sped", "90"], 2, "did you mean `mill#speed`?"),
        (["mill", "90"], 2, "names no command"),
        (["mill#speed", "fast"], 2, "`fast` is no number"),
        (["mill#speed", "nan"], 2, "`nan` is no number"),
        (["mill#speed", "500", "--yes"], 1, "outside what the plant file allows"),
        (["mill#speed", "500"], 1, "not done: 500 is outside what the plant file allows, 70 to"),
        (["mill#speed", "90", "--until", "2020-01-01"], 2, "over already"),
        (["mill#speed", "90", "--until", "soon"], 2, "`soon` is no time"),
        (["mill#speed", "90", "--until", "2020-01-01", "--yes"], 2, "over already"),
    ],
)
def test_what_cannot_be_sent(words: list[str], code: int, said: str, played: Up, run: Run) -> None:
    """What does not fit is told before anything is sent; a no of the server ends with 1."""
    ran = run("send", *words, "--data", played.data)
    assert (ran.code, said in ran.err) == (code, True)
    assert "write    " not in ran.out


def test_a_plant_file_without_a_ceiling() -> None:
    """It is said that `authority:` has to name the command; else why it cannot be sent."""
    mill = Address("nogales/machining/bracket/mill")
    ceiling = ceiling_of(load(ROOT / "plants" / "bracket"), mill, "speed", "")
    assert "below `authority:`" in _refused(None, f"{mill}#speed", "no").format_message()
    assert _refused(ceiling, f"{mill}#speed", "only read").to_do == "only read"


@pytest.mark.parametrize(
    ("text", "choices", "value"),
    [("90", [], 90.0), ("-1e3", [], -1000.0), ("true", [], True), ("O12", ["O12", "O13"], "O12")],
)
def test_values(text: str, choices: list[str], value: object) -> None:
    """A number, yes or no, or one of the choices."""
    assert value_of(text, {"choices": choices, "unit": "%"}) == value


def test_a_value_that_is_no_choice() -> None:
    """The choices are told."""
    with pytest.raises(Failed, match="is none of its values"):
        value_of("O14", {"choices": ["O12"], "unit": ""})
