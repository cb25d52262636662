"""`python -m benchmarks.thread`: the demo in processes of its own, from the fault to the lesson."""

import contextlib
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measure import Asked, Claim, note, run
from linewright.plant import Plant, load
from linewright.plant.records import CaseOutcome
from linewright.testing.scenes import Result, Scene
from tools.check_audit import main as check_audit

FOLDER = Path(__file__).parent
PLANT = FOLDER.parent.parent / "plants" / "bracket"
KILLED = ("history", "connect", "live", "think", "server", "bus", "emulate")
"""Services that the full version kills, one in each further run, while the effect is verified."""


Run = tuple[Result, bool]
"""What a run left behind, and whether it is worth counting."""


def measure(asked: Asked) -> list[Claim]:
    """Return every claim; the full version adds a run for each service that is killed."""
    plant = load(PLANT)
    results = {"undisturbed": played(plant, asked.more["speed"], None)}
    if not asked.quick:
        for service in KILLED:
            results[f"{service} killed"] = played(plant, asked.more["speed"], service)
    for name, (result, _) in results.items():
        tell(name, result)
    return claims_of(results)


def played(plant: Plant, speed: int, killed: str | None) -> Run:
    """Play the demo to its closed case; a service may be killed once the command went out."""
    with tempfile.TemporaryDirectory(prefix="linewright-") as folder:
        with Scene(Path(folder), speed=float(speed)) as scene:
            scene.wait_for_data()
            case = scene.wait_for("proposed")
            scene.answer(case["id"])
            if killed is not None:
                scene.wait_for("verifying")
                scene.kill(killed)
            scene.wait_for("closed")
        result = scene.result(plant)
        return result, sound(result)


def tell(name: str, result: Result) -> None:
    """Print what one run came to."""
    outcome = result.closed.outcome if result.closed else None
    account = result.account
    note(
        f"{name}: {outcome or 'not closed'} after {result.fault_to_closed_s or 0:.0f} s of plant "
        f"time; {account.shown} samples shown, {account.stored} stored, {account.in_gaps} in gaps, "
        f"{account.unaccounted} unaccounted, {account.doubled} doubled, {account.invented} "
        f"invented; {len(result.writes)} writes, {len(result.audit)} links of the audit chain"
    )


def claims_of(runs: Mapping[str, Run]) -> list[Claim]:
    """Return the claims over all runs: the first run's case, the worst of everything else."""
    results = [result for result, _ in runs.values()]
    right = all(is_sound for _, is_sound in runs.values())
    seconds = [result.fault_to_closed_s for result in results]
    told = [one for one in seconds if one is not None]
    counts = {
        "bracket_case_closed_effective": min(effective(one) for one in results),
        "commands_outside_grant": sum(one.writes_outside for one in results),
        "unaccounted_samples": sum(one.account.unaccounted for one in results),
        "doubled_samples": sum(one.account.doubled for one in results),
        "invented_samples": sum(one.account.invented for one in results),
    }
    claims = [
        Claim(name=name, value=float(value), unit="count", correct=right)
        for name, value in counts.items()
    ]
    closed_s = seconds[0] if len(told) == len(seconds) else None
    claims += [
        Claim(name="fault_to_closed_case_plant_time", value=closed_s, unit="s", correct=right),
        Claim(
            name="fault_to_closed_case_worst",
            value=max(told, default=None),
            unit="s",
            correct=right,
        ),
    ]
    return claims


def effective(result: Result) -> int:
    """Return how many cases were closed as effective."""
    return sum(case.outcome is CaseOutcome.EFFECTIVE for case in result.cases)


def sound(result: Result) -> bool:
    """Whether the run is worth counting: data came, one write was made, the audit chain holds.

    A row that no machine showed would make the account of the others worthless.
    """
    with contextlib.redirect_stdout(sys.stderr):
        chain = check_audit([str(result.audit_file), "--records", str(result.records_file)])
    is_true = result.account.shown > 0 and result.account.invented == 0
    return is_true and len(result.writes) == 1 and chain == 0


if __name__ == "__main__":
    sys.exit(run(FOLDER, measure, sys.argv[1:], {"speed": 20}))
