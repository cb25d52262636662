"""The benchmark of the plant file, at tiny sizes."""

import json
from pathlib import Path

import pytest

from benchmarks.measure import Asked, Claim, interleaved, run
from benchmarks.plant_load.__main__ import FOLDER, broken, measure, texts_to_break
from benchmarks.plant_load.mutant_runs import Outcome, Tally, run_mutants
from benchmarks.plant_load.plant_text import plant_text
from linewright.plant.language.load import check_text

WANTED = {claim["name"] for claim in json.loads((FOLDER / "claims.json").read_text())["claims"]}
TINY = {"stations": 7, "tags": 30, "mutants": 6}


@pytest.mark.parametrize(("stations", "tags"), [(1, 1), (2, 0), (9, 100), (60, 601)])
def test_the_generated_plant_is_exact_and_valid(stations: int, tags: int) -> None:
    """It has exactly the stations and tags that are asked for, and no error."""
    checked = check_text(plant_text(stations=stations, tags=tags, seed=4))
    assert checked.errors == ()
    assert checked.plant is not None
    placed = [station for _, station in checked.plant.stations()]
    assert len(placed) == stations
    assert sum(len(station.tags) for station in placed) == tags


def test_a_seed_gives_the_same_text() -> None:
    """Equal seeds give equal texts, others give others."""
    one = plant_text(stations=9, tags=40, seed=1)
    assert one == plant_text(stations=9, tags=40, seed=1)
    assert one != plant_text(stations=9, tags=40, seed=2)


def test_every_claim_is_measured_and_correct() -> None:
    """A tiny run gives every claim of claims.json a value, over a peer where it is a ratio."""
    claims = {c.name: c for c in measure(Asked(quick=True, seed=1, more=TINY))}
    assert claims.keys() >= WANTED
    assert all(claims[name].value is not None for name in WANTED)
    timed = ("load_check_wall", "load_check_memory", "load_check_vs_yaml_parse")
    assert all(claims[name].correct for name in timed)
    peer = claims["load_check_vs_yaml_parse"]
    assert peer.ratio is not None
    assert peer.peer_value is not None
    assert peer.ratio > 0
    assert 10 < (claims["load_check_memory"].value or 0) < 200


def test_a_mutant_that_hangs_or_raises_is_counted() -> None:
    """Hangs, tracebacks, flaws and lines that are not named all show in the claims."""
    tally = Tally()
    tally.add(Outcome(index=0, took_s=9.0))
    tally.add(Outcome(index=1, took_s=0.1, raised="ValueError: x"))
    tally.add(Outcome(index=2, took_s=0.1, invalid=True, named=True))
    tally.add(Outcome(index=3, took_s=0.1, invalid=True, taken=True, flaws=("x",)))
    claims = {claim.name: claim for claim in broken(tally, 4)}
    assert claims["mutants_traceback_or_hang"].value == 2.0
    assert claims["mutants_named_with_line"].value == 0.5
    assert not claims["mutants_named_with_line"].correct
    assert claims["mutants_flawed"].value == 1.0
    assert not broken(tally, 5)[0].correct


def test_mutants_are_run_in_a_process_of_their_own() -> None:
    """Every mutant gets an answer, and most are invalid by construction."""
    tally = run_mutants(texts_to_break(1), 12, seed=3)
    assert tally.done == 12
    assert tally.raised == 0
    assert tally.invalid >= 4


def test_the_first_round_is_not_counted() -> None:
    """Works run in turn, once more than they are measured."""
    ran: list[str] = []
    times = interleaved({"a": lambda: ran.append("a"), "b": lambda: ran.append("b")}, 3)
    assert ran == ["a", "b"] * 4
    assert len(times["a"].wall_s) == len(times["b"].cpu_s) == 3
    assert 0 <= times["a"].wall_s_median < 1


def test_a_claim_that_is_absent_is_not_met(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code tells whether all claims were met; the JSON has the published form."""
    folder = tmp_path / "speed"
    folder.mkdir()
    claim = {"name": "wall", "unit": "s", "must": 2, "aim": 1, "lower_is_better": True}
    claim |= {"judged_by": "value", "quick": True}
    (folder / "claims.json").write_text(json.dumps({"name": "speed", "claims": [claim]}))
    fast = [Claim(name="wall", value=1.5, unit="s", correct=True)]
    output = tmp_path / "speed.json"
    assert run(folder, lambda _: fast, ["--json", "--output", str(output)]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads(output.read_text())
    assert printed.keys() == {"name", "machine", "claims"}
    keys = {"name", "value", "unit", "ratio", "peer", "peer_value", "correct"}
    assert printed["claims"][0].keys() == keys
    assert run(folder, lambda _: [], []) == 1
    assert "NOT MET" in capsys.readouterr().out
