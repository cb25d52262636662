"""The benchmark of the twin, at tiny sizes."""

import json

import msgspec
import pytest

from benchmarks.measure import Asked
from benchmarks.twin import foreign_part
from benchmarks.twin.__main__ import FOLDER, measure
from benchmarks.twin.agreement_part import compared, lines
from benchmarks.twin.cost_part import measure_cost
from benchmarks.twin.foreign.bare_line import EVENTS, SHIPPED, BareLine
from benchmarks.twin.foreign.simpy_line import SimpyLine, simpy_queue
from benchmarks.twin.foreign_part import Ran, claims_of, right_wait, table
from benchmarks.twin.line import HALF_WIDTH, THROUGHPUT, is_right, ten_stations
from benchmarks.twin.speed_part import Kernel, Sizes, measure_speed

WANTED = {claim["name"] for claim in json.loads((FOLDER / "claims.json").read_text())["claims"]}
TINY = Sizes(
    rounds=1,
    warm_s=500,
    kernel_s=500,
    simpy_s=500,
    parts=2_000,
    replications=5,
    parts_each=50,
    long_stations=20,
    long_warm_s=500,
    long_s=100,
)
MEASURED = {
    "general_kernel_vs_simpy",
    "events_per_s_per_core",
    "recursion_vs_simpy",
    "thousand_by_thousand_cpu",
    "first_answer_warm_cache",
    "cold_compile",
    "plant_1000_stations_rate_vs_ten",
    "kernel_vs_recursion_max_difference",
    "all_unused_features_cost",
    "anchors_within_interval",
    "workers_bit_identical",
    "interval_coverage_of_1000",
    "calibration_intervals_cover",
    "calibrated_throughput_error",
    "smt2020_hvlm_ten_days_cpu",
}
ELSEWHERE = {
    "first_answer_warm_cache",
    "cold_compile",
    "kernel_vs_recursion_max_difference",
    "all_unused_features_cost",
    "anchors_within_interval",
    "workers_bit_identical",
    "interval_coverage_of_1000",
    "calibration_intervals_cover",
    "calibrated_throughput_error",
    "smt2020_hvlm_ten_days_cpu",
}
"""What other parts than the first one measure."""


def test_every_claim_is_measured() -> None:
    """Nothing of `claims.json` is left out."""
    assert MEASURED == WANTED


def test_speed_at_tiny_sizes() -> None:
    """Every claim about speed has a value, a peer where it is a ratio, and a right answer."""
    claims = {claim.name: claim for claim in measure_speed(TINY, seed=3)}
    assert claims.keys() & MEASURED == MEASURED - ELSEWHERE
    for claim in claims.values():
        assert claim.value is not None
        assert claim.value > 0.0
        assert claim.correct, claim.name
    assert (claims["recursion_vs_simpy"].ratio or 0) > 0


def test_the_bare_kernel_makes_the_same_parts() -> None:
    """Both kernels make the same parts by the same events, so that only their time differs."""
    (claim,) = measure_cost(quick=True, seed=4, seconds=2_000)
    assert claim.correct
    assert claim.value is not None
    assert claim.value < 1.0


def test_another_line_is_another_bare_kernel() -> None:
    """The bare kernel with other places, or another seed, does not make the same parts."""
    made = set()
    for places, seed in ((10, 4), (9, 4), (10, 5)):
        line = BareLine(10, places, (1.0, 100.0, 10.0), seed)
        line.advance(2_000 * 10**9)
        made.add((line.head(SHIPPED), line.head(EVENTS), line.lead_s))
    assert len(made) == 3


def test_a_kernel_that_loses_a_part_is_wrong() -> None:
    """The parts of the warm state are compared with the recursion, to the part."""
    kernel = Kernel(ten_stations(3), 1, 500, 10)
    assert kernel.agrees
    kernel.seed = 2
    assert not kernel.agrees


def test_a_wrong_throughput_is_seen() -> None:
    """The fewer parts, the wider the interval; a throughput outside is wrong."""
    assert is_right(THROUGHPUT + HALF_WIDTH, 1e12)
    assert not is_right(THROUGHPUT + 2 * HALF_WIDTH, 1e12)
    assert is_right(THROUGHPUT + 0.01, 1e5)
    assert not is_right(THROUGHPUT + 0.02, 1e5)


@pytest.mark.parametrize("name", lines())
def test_departures_agree(name: str) -> None:
    """Kernel, recursion and fast path agree on every line, in a short run."""
    found = compared(lines()[name], seed=9, horizon_s=400)
    assert found.worst_ns == 0
    assert found.departures >= found.parts > 0


def test_simpy_models() -> None:
    """SimPy's line and queue come to the same answers as the literature, roughly in short runs."""
    line = SimpyLine(1)
    line.run(500)
    assert is_right(line.run(2_000) / 2_000, 1_280)
    assert right_wait(Ran(5_000, 1.0, simpy_queue(5_000, 1)))


def test_the_table_and_its_claims() -> None:
    """Ratios are to SimPy; a wrong answer is marked and its claim is not correct."""
    ours, simpy = (Ran(1e6, 0.1, 9.0), Ran(1e6, 1.0, 0.6407)), (Ran(1e6, 10.0, 9.0), None)
    rows = {"event kernel": ours, "SimPy 4": simpy, "slow": (Ran(1e6, 50.0, 99.0), None)}
    shown = table(rows)
    assert "100.00" in shown[1]
    assert "!" in shown[3]
    claims = {claim.name: claim for claim in claims_of(rows)}
    assert claims.keys() == {"queue_vs_simpy", "queue_vs_slow"}
    assert claims["queue_vs_slow"].ratio == pytest.approx(500.0)
    assert claims["queue_vs_simpy"].correct
    assert not claims["queue_vs_slow"].correct


def test_the_other_simulators() -> None:
    """Each one that is here answers the line, or the queue where it has no such line."""
    present = [one for one in foreign_part.FOREIGN if foreign_part.python_of(one.name).exists()]
    if not present:
        pytest.skip("no other simulator is installed: `make test-deps` brings them")
    for one in present:
        if one.line:
            ran = foreign_part.asked(one.name, "line", 300, 1)
            assert is_right(ran.value, ran.parts)
        else:
            assert right_wait(foreign_part.asked(one.name, "queue", 300, 1))


def test_one_part_alone_leaves_the_rest() -> None:
    """`--part 2` gives the claim of that part, and no other."""
    claims = measure(Asked(quick=True, seed=1, more={"part": 2}))
    assert [claim.name for claim in claims] == ["kernel_vs_recursion_max_difference"]
    assert msgspec.to_builtins(claims[0])["value"] <= 1e-9
