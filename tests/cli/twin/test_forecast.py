"""`linewright forecast` from a kept state: what it prints, and what it refuses."""

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from linewright.cli.twin.forecast import _grouped
from linewright.plant import load
from linewright.plant.records import encode
from linewright.twin import advance, begin, compile_line
from linewright.twin.forecasting import forecast, records_of, settled
from tests.cli.conftest import Ran
from tests.twin.forecasting.lives import line_state

Run = Callable[..., Ran]

PUMP = "reno/shop/pump"
AT_NS = 1_795_438_800 * 10**9
"""2026-11-23 06:00 in Los Angeles."""


@pytest.fixture
def state(plant: Path, tmp_path: Path) -> Path:
    """The state of the small plant's line after two hours, in a file."""
    model = compile_line(load(plant), PUMP)
    later = advance(model, begin(model, at_ns=AT_NS, seed=1), AT_NS + 7200 * 10**9)
    path = tmp_path / "state.json"
    path.write_bytes(encode(line_state(model, later)))
    return path


def test_the_next_hours_in_words(plant: Path, state: Path, run: Run) -> None:
    """Each horizon, each station, the bottleneck, what a minute is worth, what was assumed."""
    ran = run("forecast", plant, "pump", "--from", state, "--hours", 2, "--worth",
              "--replications", 5)  # fmt: skip
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0].startswith(f"{PUMP} from 2026-11-23 07:00:00, 5 futures, seed 1")
    assert [line.split("  ")[0] for line in lines[2:5]] == ["15 min", "1 h", "2 h"]
    tight = "mill: bottleneck with 100 % probability, and stops within 1 h with 0 % probability"
    assert tight in lines
    worths = [line for line in lines if " is worth " in line]
    assert all(line.endswith(" good parts within 2 h") for line in worths)
    assert any(line.startswith("a minute more of mill is worth 1") for line in worths)
    assert any(line.startswith("one more place in saw-mill is worth 0 ") for line in worths)
    assert "-0" not in "".join(worths)
    assert lines[-1].startswith("assumed: material is always there")


def test_the_same_as_json(plant: Path, state: Path, run: Run) -> None:
    """Programs get every quantile; the same seed gives the same bytes."""
    words = ("forecast", plant, "--from", state, "--hours", 1, "--replications", 3, "--json")
    ran = run(*words)
    found = json.loads(ran.out)["forecast"]
    assert (found["address"], len(found["good"][0]["quantiles"])) == (PUMP, 19)
    assert run(*words).out == ran.out


def test_what_cannot_be_done_ends_with_2(
    plant: Path, state: Path, run: Run, tmp_path: Path
) -> None:
    """No such line, no such file, no state in it, no length, nothing that runs."""
    (tmp_path / "none.json").write_text("{}")
    for words, said in (
        (("pmp", "--from", state), "pmp"),
        (("pump", "--from", tmp_path / "absent"), "No such file"),
        (("pump", "--from", tmp_path / "none.json"), "is no state of a line"),
        (("pump", "--from", state, "--hours", 0), "cannot be 0 hours long"),
        (("pump", "--data", tmp_path), "no plant ever ran on"),
    ):
        ran = run("forecast", plant, *words)
        assert (ran.code, said in ran.err) == (2, True), ran.err


def test_scores_are_told_apart_by_place_and_length(plant: Path) -> None:
    """The line first, its lengths in order; what is open or not to be relied on is left out."""
    model = compile_line(load(plant), PUMP)
    line = line_state(model, begin(model, at_ns=AT_NS, seed=1))
    made = forecast(model, line, hours=2, replications=3, seed=1,
                    shift_end_ns=AT_NS + 5000 * 10**9)  # fmt: skip
    records = records_of(made, seen_ns=1)
    done = [settled(one, 50.0, seen_ns=2) for one in records]
    doubtful = msgspec.structs.replace(done[0], valid=False, caveat="old")
    groups = _grouped([doubtful, *done[1:], records[0]])
    assert list(groups)[:3] == [(PUMP, "end of shift"), (PUMP, "1 h"), (PUMP, "2 h")]
    assert list(groups)[3:] == [(f"{PUMP}/{name}", "1 h") for name in ("mill", "saw", "wash")]
