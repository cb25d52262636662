"""Part 7: lines with known parameters, found again from records with holes in them.

Made up, run, recorded, damaged and calibrated as in the tests (`tests/twin/calibrate/recover`).
"""

from benchmarks.measure import Claim, note
from tests.twin.calibrate.recover import coverage, throughput_errors

CASES = 200
MOST = 0.95
"""Share of intervals above which they are too wide to be honest ones of 90 %."""
TWINS = 10
HISTORY_H = 400.0


def measure_calibration(cases: int = CASES, twins: int = TWINS) -> list[Claim]:
    """Return the coverage of intervals, and the worst error of a twin's throughput."""
    found = coverage(cases)
    for kind, (hits, of) in found.items():
        note(f"intervals of {kind}: {hits} of {of} hold")
    hits, of = found["all"]
    errors = throughput_errors(twins, HISTORY_H)
    note(f"throughput of calibrated twins: off by {', '.join(f'{one:.2%}' for one in errors)}")
    covers, worst = hits / of, max(errors)
    return [
        Claim(
            name="calibration_intervals_cover", value=covers, unit="share", correct=covers <= MOST
        ),
        Claim(name="calibrated_throughput_error", value=worst, unit="share", correct=True),
    ]
