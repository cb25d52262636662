"""The benchmark `thread`: what its claims say of results that are good, and of bad ones."""

import json
from pathlib import Path

import msgspec
import pytest

from benchmarks.thread.__main__ import FOLDER, claims_of, effective, sound
from linewright.plant import Address
from linewright.plant.records import Case, CaseOutcome, CaseStage, How, encode
from linewright.testing.accounts import Account
from linewright.testing.scenes import Result
from tests.history.building import audit
from tests.history.test_check_audit import chained

FAULT_NS = 1_000_000_000_000


def closed(outcome: CaseOutcome = CaseOutcome.EFFECTIVE) -> Case:
    """The step that closed a case, 450 s after the fault."""
    return Case(
        address=Address("nogales/machining/bracket/mill"),
        t_ns=FAULT_NS + 450_000_000_000,
        seen_ns=1,
        plant_rev="r1",
        how=How.INFERRED,
        source="correct",
        stage=CaseStage.CLOSED,
        case="a" * 26,
        outcome=outcome,
    )


@pytest.fixture
def result(tmp_path: Path) -> Result:
    """A run without a flaw, but that no write was made."""
    chain, records = tmp_path / "audit.jsonl", tmp_path / "records.jsonl"
    told = audit("plant.applied", "r1")
    chain.write_bytes(b"".join(line + b"\n" for line in chained([told])))
    records.write_bytes(encode(told) + b"\n")
    return Result(
        cases=(closed(),),
        commands=(),
        grants=(),
        acks=(),
        account=Account(shown=10, stored=10),
        writes=(),
        fault_ns=FAULT_NS,
        audit=(),
        audit_file=chain,
        records_file=records,
    )


def test_every_claim_is_named(result: Result) -> None:
    """Each name of claims.json has a value."""
    wanted = json.loads((FOLDER / "claims.json").read_text())["claims"]
    claims = {claim.name: claim for claim in claims_of({"undisturbed": (result, True)})}
    assert all(claims[each["name"]].value is not None for each in wanted)
    assert claims["fault_to_closed_case_plant_time"].value == 450.0
    assert claims["bracket_case_closed_effective"].value == 1.0


def test_a_run_without_its_write_is_not_correct(result: Result) -> None:
    """A number behind which nothing was done does not count."""
    assert not sound(result)
    runs = {"undisturbed": (result, True), "killed": (result, sound(result))}
    assert not any(claim.correct for claim in claims_of(runs))
    written = msgspec.structs.replace(result, writes=({"address": "a#b", "value": 1.0},))
    assert sound(written)


def test_one_bad_run_of_many_shows(result: Result) -> None:
    """The worst of all runs is what is claimed."""
    bad = msgspec.structs.replace(
        result,
        cases=(closed(CaseOutcome.INEFFECTIVE),),
        account=Account(shown=10, stored=8, in_gaps=1, doubled=3),
        writes=({"address": "a#b", "value": 1.0},),
    )
    claims = {
        claim.name: claim.value for claim in claims_of({"one": (result, True), "two": (bad, True)})
    }
    assert effective(bad) == claims["bracket_case_closed_effective"] == 0
    assert claims["unaccounted_samples"] == 1
    assert claims["doubled_samples"] == 3
    assert claims["commands_outside_grant"] == 1


def test_a_case_that_never_closed_has_no_time(result: Result) -> None:
    """Without a closed case in one run the time is not met, whatever the others took."""
    open_one = msgspec.structs.replace(result, cases=())
    runs = {"one": (result, True), "two": (open_one, True)}
    claims = {claim.name: claim.value for claim in claims_of(runs)}
    assert claims["fault_to_closed_case_plant_time"] is None
