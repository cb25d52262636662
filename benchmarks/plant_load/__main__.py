"""`python -m benchmarks.plant_load`: a check of 20,000 tags, and of thousands of broken files."""

import gc
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import msgspec
import yaml

from benchmarks.measure import Asked, Claim, Times, interleaved, note, run
from benchmarks.plant_load.fresh import Fresh
from benchmarks.plant_load.mutant_runs import Tally, run_mutants
from benchmarks.plant_load.plant_text import plant_text
from linewright.plant import check
from linewright.testing import every_key_text

FOLDER = Path(__file__).parent
ROUNDS = (5, 9)
"""Rounds of timing, quick and full."""

MUTANTS = (500, 10_000)
"""Mutants, quick and full."""

SMALL = (12, 60)
"""Stations and tags of the generated plant that is broken."""

EXAMPLE = FOLDER.parent.parent / "plants" / "bracket" / "plant.yaml"


def measure(asked: Asked) -> list[Claim]:
    """Return every claim; the counts of the plant are asserted before anything is timed."""
    stations, tags = asked.more["stations"], asked.more["tags"]
    text = plant_text(stations=stations, tags=tags, seed=asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plant.yaml"
        file.write_text(text, encoding="utf-8")
        assert_right(file, text, stations, tags)
        note(f"plant: {stations:,} stations, {tags:,} tags, {len(text):,} characters")
        claims = timed(file, text, ROUNDS[not asked.quick])
        claims += in_fresh_process(file, stations)
    count = asked.more["mutants"] or MUTANTS[not asked.quick]
    return claims + broken(run_mutants(texts_to_break(asked.seed), count, asked.seed), count)


def texts_to_break(seed: int) -> tuple[str, ...]:
    """Return valid plants: generated, with every key of the language, and the example's."""
    small = plant_text(stations=SMALL[0], tags=SMALL[1], seed=seed)
    return (small, every_key_text(), EXAMPLE.read_text(encoding="utf-8"))


def assert_right(file: Path, text: str, stations: int, tags: int) -> None:
    """Refuse to measure anything unless the plant is read whole and without a problem."""
    checked = check(file)
    assert not checked.problems, f"the generated plant has a problem: {checked.problems[0]}"
    assert checked.plant is not None, "a plant without a problem is given"
    placed = list(checked.plant.stations())
    assert len(placed) == stations, f"{len(placed)} stations instead of {stations}"
    found = sum(len(station.tags) for _, station in placed)
    assert found == tags, f"{found} tags instead of {tags}"
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    assert isinstance(root, yaml.MappingNode), "the peer reads the same text as a map"


def timed(file: Path, text: str, rounds: int) -> list[Claim]:
    """Return our time, and it over the peer's; the larger of both ratios counts.

    A large part of the peer's time is Python's collector of cycles, which runs as in any program;
    the ratio without it is told beside.
    """
    works: dict[str, Callable[[], object]] = {
        "check": lambda: check(file),
        "compose": lambda: yaml.compose(text, Loader=yaml.CSafeLoader),
        "events": lambda: sum(1 for _ in yaml.parse(text, Loader=yaml.CSafeLoader)),
    }
    times = interleaved(works, rounds)
    gc.disable()
    without = interleaved({name: works[name] for name in ("check", "compose")}, 1)
    gc.enable()
    for name, taken in (*times.items(), *((f"{n}, gc off", t) for n, t in without.items())):
        note(f"{name}: {taken}")
    peer = f"yaml.compose, CSafeLoader, PyYAML {version('pyyaml')}"
    events = f"yaml.parse, CSafeLoader, PyYAML {version('pyyaml')}"
    ours = times["check"]
    return [
        _over("load_check_vs_yaml_parse", ours, times["compose"], peer),
        _over("load_check_vs_yaml_parse_gc_off", without["check"], without["compose"], peer),
        _over("load_check_vs_yaml_events", ours, times["events"], events),
        Claim(name="load_check_wall", value=ours.wall_s_median, unit="s", correct=True),
        Claim(name="load_check_cpu", value=ours.cpu_s_median, unit="s", correct=True),
    ]


def _over(name: str, ours: Times, theirs: Times, peer: str) -> Claim:
    wall = ours.wall_s_median / theirs.wall_s_median
    cpu = ours.cpu_s_median / theirs.cpu_s_median
    note(f"{name}: {wall:.3f} x on the clock, {cpu:.3f} x of the process")
    ratio = max(wall, cpu)
    return Claim(
        name=name,
        value=ratio,
        unit="x",
        ratio=ratio,
        peer=peer,
        peer_value=theirs.wall_s_median,
        correct=True,
    )


def in_fresh_process(file: Path, stations: int) -> list[Claim]:
    """Return the memory and the time of a new process that imports the language and checks."""
    done = subprocess.run(  # noqa: S603  # our own module, in this interpreter
        [sys.executable, "-m", "benchmarks.plant_load.fresh", str(file)],
        capture_output=True,
        text=True,
        check=True,
    )
    fresh = msgspec.json.decode(done.stdout, type=Fresh)
    note(
        f"fresh process: peak {fresh.peak_mb:.1f} MB, after the import {fresh.imported_mb:.1f} MB, "
        f"growth {fresh.peak_mb - fresh.imported_mb:.1f} MB; import {fresh.import_s:.2f} s, "
        f"check {fresh.check_s:.2f} s"
    )
    correct = fresh.stations == stations and fresh.problems == 0
    growth_mb = fresh.peak_mb - fresh.imported_mb
    return [
        Claim(name="load_check_memory", value=fresh.peak_mb, unit="MB", correct=correct),
        Claim(name="load_check_memory_growth", value=growth_mb, unit="MB", correct=correct),
        Claim(name="load_check_wall_fresh", value=fresh.check_s, unit="s", correct=correct),
    ]


def broken(tally: Tally, count: int) -> list[Claim]:
    """Return what came of the mutants; any answer with a flaw makes both claims incorrect."""
    for line in tally.lines():
        note(line)
    run_all = tally.done == count
    flawless = run_all and not tally.flawed
    return [
        Claim(
            name="mutants_traceback_or_hang",
            value=float(tally.raised + tally.hung),
            unit="count",
            correct=run_all,
        ),
        Claim(
            name="mutants_named_with_line",
            value=tally.named / tally.invalid if tally.invalid else None,
            unit="share",
            correct=run_all and tally.taken == 0,
        ),
        Claim(name="mutants_flawed", value=float(tally.flawed), unit="count", correct=flawless),
    ]


if __name__ == "__main__":
    sizes = {"stations": 2_000, "tags": 20_000, "mutants": 0}
    sys.exit(run(FOLDER, measure, sys.argv[1:], sizes))
