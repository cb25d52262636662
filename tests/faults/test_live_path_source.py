"""Faults of a machine: it dies, comes back renumbered, its clock steps, its values are late."""

import time
from pathlib import Path

import pytest

from linewright.plant.records import Quality
from linewright.testing.emitted import rows_of
from tests.faults.bench import STATION, Bench
from tests.foreign.standing import PLACE

pytestmark = pytest.mark.faults

HOUR_MS = 3_600_000
S_NS = 1_000_000_000
LATENESS_NS = 11 * S_NS
"""How long old stamps are taken for late values, and then a little."""

BOUND_NS = 2 * S_NS + S_NS // 2


def test_a_machine_that_dies_and_comes_back(tmp_path: Path) -> None:
    """Killed and started again three times: a gap for each, nothing else."""
    with Bench(tmp_path, "machine killed") as bench:
        bench.connected()
        for _ in range(3):
            since_s = time.monotonic()
            bench.machine.kill()
            bench.silent_since(since_s)
            bench.machine.start().ready()
            bench.connected()
    bench.in_order()


def test_a_machine_that_comes_back_with_renumbered_namespaces(tmp_path: Path) -> None:
    """Its namespace is found by its URI: index 2, then 5, then 3."""
    with Bench(tmp_path, "namespaces renumbered") as bench:
        bench.connected()
        indices = [bench.machine.ready()["namespace_index"]]
        for padding in (3, 1):
            since_s = time.monotonic()
            bench.machine.kill()
            bench.silent_since(since_s)
            bench.machine.settings["padding"] = padding
            indices.append(bench.machine.start().ready()["namespace_index"])
            bench.connected()
    assert len(set(indices)) == 3
    bench.in_order()
    with bench.stand.history() as history:
        rows = rows_of(history, f"{PLACE}/{STATION}#v0")
    assert not any(quality & Quality.CONFIGURATION for quality in rows.quality)


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_steps_by_an_hour(hours: int, tmp_path: Path) -> None:
    """Once it is known not to be mere lateness, values are taken at their true time and marked.

    A clock that went back looks like late values for ten seconds; one that went ahead does not,
    since no value comes early. Back in order, values are taken as they are.
    """
    with Bench(tmp_path, f"clock step {hours:+d} h") as bench:
        bench.connected()
        bench.tell(shift_ms=hours * HOUR_MS)
        stepped_ns = time.time_ns()
        time.sleep(20.0)
        bench.tell(shift_ms=0)
        mended_ns = time.time_ns()
        time.sleep(16.0)
    bench.in_order()
    true = {one.value: one.at_ns for one in bench.stand.emitted(STATION) if one.tag.endswith("#v0")}
    with bench.stand.history() as history:
        rows = rows_of(history, f"{PLACE}/{STATION}#v0")
    late_ns = LATENESS_NS if hours < 0 else 0
    judged = {"stepped": 0, "mended": 0}
    for t_ns, value, quality in zip(rows.t_ns, rows.value, rows.quality, strict=True):
        if quality & (Quality.INITIAL | Quality.NOT_CONNECTED):
            continue
        if stepped_ns + late_ns + S_NS < true[value] < mended_ns - S_NS:
            judged["stepped"] += 1
            assert quality & Quality.CLOCK, value
            assert abs(t_ns - true[value]) < BOUND_NS, value
        elif true[value] > mended_ns + LATENESS_NS + S_NS:
            judged["mended"] += 1
            assert quality == 0, value
            assert abs(t_ns - true[value]) < BOUND_NS, value
    assert min(judged.values()) >= 6


def test_late_samples_and_samples_of_one_time(tmp_path: Path) -> None:
    """Values that bear an old stamp are stored with it or corrected, and never twice."""
    with Bench(tmp_path, "late and repeated stamps") as bench:
        bench.connected()
        for late_ms in (500, 1500, 4000):
            bench.tell(late_ms=late_ms, of=200)
            time.sleep(3.0)
    bench.in_order()
