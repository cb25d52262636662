"""The worn tool of the bracket line: a hidden fault, seen, rehearsed, granted, corrected, verified.

Read this beside `plants/bracket/scenarios/worn-tool.yaml`: the whole product in one scene.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from linewright.plant import Plant
from linewright.plant.records import CaseOutcome, CaseStage
from linewright.plant.scenario import load_scenario
from linewright.testing.scenes import Result

pytestmark = pytest.mark.xdist_group("worn-tool")

MILL = "nogales/machining/bracket/mill"


def test_the_case_goes_through_every_stage_and_closes_as_effective(worn_tool: Result) -> None:
    """One case, each stage once and in order, and the data say that the correction worked."""
    stages = [case.stage for case in worn_tool.cases]
    assert stages == list(CaseStage)
    assert worn_tool.closed is not None
    assert worn_tool.closed.outcome is CaseOutcome.EFFECTIVE
    assert {case.address for case in worn_tool.cases} == {MILL}
    assert len({case.case_id for case in worn_tool.cases}) == 1


def test_the_hidden_cause_is_found(worn_tool: Result) -> None:
    """The worn end mill is the likeliest cause by far, though nothing announced it."""
    found = next(case for case in worn_tool.cases if case.stage is CaseStage.DIAGNOSED)
    assert worn_tool.fault_ns is not None
    assert found.t_ns > worn_tool.fault_ns
    assert found.causes[0].cause == "end_mill"
    assert found.causes[0].probability > 0.8


def test_three_ways_are_rehearsed_and_the_slower_mill_wins(worn_tool: Result) -> None:
    """Nothing, slowing, and a tool change, which is a call to a person and never a write."""
    rehearsed = next(case for case in worn_tool.cases if case.stage is CaseStage.REHEARSED)
    by_name = {each.name: each for each in rehearsed.candidates}
    assert next(iter(by_name)) == "nothing"
    assert set(by_name) == {"nothing", "slow_down", "change_tool"}
    assert [each.name for each in rehearsed.candidates if each.chosen] == ["slow_down"]
    good = next(each for each in by_name["slow_down"].effects if each.measure == "good")
    assert good.low > 0
    assert by_name["change_tool"].call == "maintenance"
    assert not any(change.parameter == "speed" for change in by_name["change_tool"].changes)


def test_one_write_under_one_grant_reaches_the_machine(worn_tool: Result) -> None:
    """The mill took 80 % once, asked for by the one command that the one grant names."""
    assert [(each["address"], each["value"]) for each in worn_tool.writes] == [
        (f"{MILL}#speed", 80.0)
    ]
    assert len(worn_tool.commands) == len(worn_tool.grants) == 1
    assert worn_tool.grants[0].one_shot
    assert worn_tool.grants[0].only_command == worn_tool.commands[0].id
    assert worn_tool.writes_outside == 0


def test_the_effect_is_measured_against_what_was_foreseen(worn_tool: Result) -> None:
    """Cycle time and spindle temperature moved as far as the rehearsal said they would."""
    assert worn_tool.closed is not None
    proposed = next(case for case in worn_tool.cases if case.stage is CaseStage.PROPOSED)
    foreseen = {each.measure: each for each in proposed.expected}
    measured = {each.measure: each for each in worn_tool.closed.measured}
    for tag in (f"{MILL}#cycle_time", f"{MILL}#spindle_temp"):
        assert measured[tag].low <= foreseen[tag].high
        assert measured[tag].high >= foreseen[tag].low
        assert (measured[tag].mean > 0) == (foreseen[tag].mean > 0)


def test_every_sample_that_was_shown_is_stored_once_or_inside_a_gap(worn_tool: Result) -> None:
    """Nothing is lost without a record, nothing is doubled, nothing is invented."""
    account = worn_tool.account
    assert account.shown > 900
    assert account.unaccounted == account.doubled == account.invented == account.differing == 0


def test_an_independent_script_takes_the_audit_chain(worn_tool: Result, checkout: Path) -> None:
    """The chain is whole, and tells grant, write and read-back in their order."""
    script = checkout / "tools" / "check_audit.py"
    arguments = [str(worn_tool.audit_file), "--records", str(worn_tool.records_file)]
    done = subprocess.run(
        [sys.executable, "-I", str(script), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    text = "\n".join(worn_tool.audit)
    wanted: tuple[str, ...] = ("plant.applied", "case.opened", "case.proposed", "grant.issued")
    wanted += ("command.authorised", "command.written", "command.confirmed", "case.closed")
    assert all(f'"action":"{action}"' in text for action in wanted)


def test_the_scenario_says_what_was_true(bracket: Plant, worn_tool: Result, checkout: Path) -> None:
    """Cause, remedy and time are those that the scenario calls true."""
    file = checkout / "plants" / "bracket" / "scenarios" / "worn-tool.yaml"
    truth = load_scenario(file, bracket).truth["end_mill"]
    found = next(case for case in worn_tool.cases if case.stage is CaseStage.DIAGNOSED)
    rehearsed = next(case for case in worn_tool.cases if case.stage is CaseStage.REHEARSED)
    assert found.causes[0].cause == truth.cause
    assert [each.name for each in rehearsed.candidates if each.chosen] == [truth.remedy]
    assert truth.within_s is not None
    proposed = next(case for case in worn_tool.cases if case.stage is CaseStage.PROPOSED)
    assert [(each.parameter, each.value) for each in proposed.proposal] == [("speed", 80.0)]
    assert worn_tool.fault_to_closed_s is not None
    assert worn_tool.fault_to_closed_s <= truth.within_s
    assert "10:00" in proposed.advice
