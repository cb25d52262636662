"""Benchmarks are run, judged against their claims and kept."""

import json
from pathlib import Path

import pytest

from tests.house.planting import planted
from tools.bench import judge, names, run, table

CLAIM = {"name": "load", "unit": "s", "must": 4, "aim": 2, "lower_is_better": True}
CLAIM |= {"judged_by": "value", "quick": True}
MAIN = """
import json, sys
assert "--json" in sys.argv
claim = {{"name": "load", "value": {value}, "unit": "s", "ratio": None, "correct": {correct}}}
print(json.dumps({{"name": "plant", "machine": "x", "claims": [claim], "argv": sys.argv[1:]}}))
"""


@pytest.mark.parametrize(
    ("change", "value", "outcome"),
    [
        ({}, 2, "aim"),
        ({}, 4, "must"),
        ({}, 4.1, "NOT MET"),
        ({}, None, "NOT MET"),
        ({"lower_is_better": False}, 4, "aim"),
        ({"must": 2, "aim": 4, "lower_is_better": False}, 3, "must"),
        ({"must": 2, "aim": 4, "lower_is_better": False}, 1, "NOT MET"),
        ({"must": 0, "aim": 0}, 0, "aim"),
        ({"judged_by": "ratio"}, 1, "NOT MET"),
        ({"name": "renamed"}, 1, "NOT MET"),
    ],
)
def test_judging(change: dict[str, object], value: float | None, outcome: str) -> None:
    """A claim meets its must or aim by its direction; absent, empty or renamed is not met."""
    result: dict[str, object] = {"claims": [{"name": "load", "value": value, "correct": True}]}
    assert [v.outcome for v in judge([CLAIM | change], result, quick=False)] == [outcome]


def test_a_wrong_answer_is_not_met() -> None:
    """However fast it was, a claim whose answer was not checked right is not met."""
    for correct in (False, None, "yes"):
        claim = {"name": "load", "value": 1, "correct": correct}
        assert judge([CLAIM], {"claims": [claim]}, quick=False)[0].outcome == "NOT MET"
    assert judge([CLAIM], {}, quick=False)[0].outcome == "NOT MET"


def test_a_stretch_is_held_against_no_one() -> None:
    """A claim without a `must` may miss its aim, but not its answer."""
    stretch = CLAIM | {"must": None, "aim": 1.0, "lower_is_better": True, "judged_by": "value"}
    for value, outcome in ((0.5, "aim"), (2.0, "stretch"), (None, "NOT MET")):
        claim = {"name": CLAIM["name"], "value": value, "correct": True}
        (verdict,) = judge([stretch], {"claims": [claim]}, quick=False)
        assert (verdict.outcome, verdict.must) == (outcome, None)
        assert "none" in table([verdict])


def test_quick_asks_for_quick_claims_only() -> None:
    """In the minute's version the slow claims are not asked for."""
    assert judge([CLAIM | {"quick": False}], {}, quick=True) == []
    assert len(judge([CLAIM], {}, quick=True)) == 1


def _benchmark(root: Path, value: float, *, correct: bool = True) -> None:
    text = MAIN.format(value=value, correct=correct)
    claims = json.dumps({"name": "plant", "claims": [CLAIM]})
    files = {"benchmarks/plant/__main__.py": text, "benchmarks/plant/claims.json": claims}
    planted(root, files)


def test_a_run_keeps_its_result(tmp_path: Path) -> None:
    """A run writes command, commit, machine and result; a quick run does so beside it."""
    _benchmark(tmp_path, 3)
    assert names(tmp_path) == ["plant"]
    assert run(tmp_path, "plant", quick=False, seed=None)
    assert run(tmp_path, "plant", quick=True, seed=5)
    folder = tmp_path / "benchmarks/results"
    kept = json.loads((folder / "plant.json").read_text(encoding="utf-8"))
    assert kept["command"] == "python -m benchmarks.plant --json"
    assert kept["commit"] == "none"
    assert set(kept["machine"]) == {"python", "system", "cores", "cpu"}
    assert kept["result"]["claims"][0]["value"] == 3
    quick = json.loads((folder / "plant.quick.json").read_text(encoding="utf-8"))
    assert quick["result"]["argv"] == ["--json", "--quick", "--seed", "5"]


@pytest.mark.parametrize(("value", "correct"), [(5, True), (1, False)])
def test_a_run_that_misses_its_claim_fails(tmp_path: Path, value: float, *, correct: bool) -> None:
    """A claim that is not met, or not right, makes the run fail."""
    _benchmark(tmp_path, value, correct=correct)
    assert not run(tmp_path, "plant", quick=False, seed=None)


def test_a_run_without_a_result_fails(tmp_path: Path) -> None:
    """A benchmark that dies before it prints its object fails and keeps nothing."""
    _benchmark(tmp_path, 1)
    planted(tmp_path, {"benchmarks/plant/__main__.py": "print('half of'); raise SystemExit(3)\n"})
    assert not run(tmp_path, "plant", quick=False, seed=None)
    assert not (tmp_path / "benchmarks/results").exists()


def test_a_part_replaces_its_own_claims(tmp_path: Path) -> None:
    """The others stay as they were; each new one says which command and commit it is of."""
    _benchmark(tmp_path, 1)
    file = tmp_path / "benchmarks/results/plant.json"
    file.parent.mkdir()
    old = [{"name": "load", "value": 9, "correct": True}, {"name": "other", "value": 7}]
    whole = {"command": "all", "commit": "1", "machine": {}, "result": {"claims": old}}
    file.write_text(json.dumps(whole), encoding="utf-8")
    assert run(tmp_path, "plant", quick=False, seed=None, part=3)
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert kept["command"] == "all"
    other, load = kept["result"]["claims"]
    assert (other, load["value"]) == ({"name": "other", "value": 7}, 1)
    assert load["command"] == "python -m benchmarks.plant --json --part 3"
