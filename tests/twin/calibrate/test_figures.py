"""The figures of a line are the same seen in records and told by the kernel."""

import pytest

from linewright.plant.records import Gap, GapReason
from linewright.twin import advance, begin, compile_line, outcome
from linewright.twin.calibrate import by_twin, observe, seen_figures
from tests.twin.calibrate.recover import AT, NS, random_truth, recorded, traced
from tests.twin.calibrate.said import LINE, head, parts, plant_of, states


def test_seen_as_the_kernel_counts_it() -> None:
    """From the records of a run come the very parts and seconds that the kernel tells of it."""
    plant, until_ns = random_truth(1).plant(), 8 * 3600 * NS
    seen = seen_figures(
        plant, observe(plant, AT, recorded(plant, traced(plant, 1, until_ns)), 0, until_ns)
    )
    model = compile_line(plant, AT)
    told = outcome(model, advance(model, begin(model, at_ns=0, seed=1), until_ns))
    assert seen.parts == told.good
    assert seen.hours == 8.0
    for one in told.stations:
        for state in ("blocked", "starved", "running", "down"):
            share = next(s for k, s in one.seconds.items() if k.value == state) / (8 * 3600)
            assert getattr(seen, state)[one.address] == pytest.approx(share, abs=1e-3)


def test_blind_hours_do_not_count() -> None:
    """Where counters tell no reading, the hours of a gap are taken out."""
    gap = Gap(
        **head(20),  # type: ignore[arg-type]  # fields
        of_source="a",
        epoch=1,
        until_ns=56 * NS,
        reason=GapReason.OVERRUN,
    )
    plant = plant_of("a")
    with_reading = observe(plant, LINE, [*states("R0"), *parts([10]), gap], 0, 100 * NS)
    without = observe(plant, LINE, [*states("R0"), gap], 0, 100 * NS)
    assert seen_figures(plant, with_reading).hours == pytest.approx(100 / 3600)
    assert seen_figures(plant, without).hours == pytest.approx(64 / 3600)


def test_the_twin_repeats_itself() -> None:
    """Equal replications give equal figures, others differ; rows tell every figure."""
    plant = random_truth(1).plant()
    run = by_twin(AT, 4.0, seed=3)
    assert run(plant, 1) == run(plant, 1) != run(plant, 2)
    names = {name for name, _, _ in run(plant, 1).rows()}
    assert names == {"throughput_per_h", "blocked", "starved", "buffers"}
