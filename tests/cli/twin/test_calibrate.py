"""`linewright calibrate`: from records to a table, a verdict and a plant file that asks first."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from linewright.plant import load, to_text
from linewright.plant.records import Record, State, decode, encode
from tests.cli.conftest import Ran
from tests.twin.calibrate.recover import NS, WARM_NS, damaged, random_truth, recorded, traced

Run = Callable[..., Ran]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A plant file with wrong numbers, and what its machines did."""
    folder = tmp_path_factory.mktemp("calibrate")
    truth, until_ns = random_truth(3), WARM_NS + 10 * 3600 * NS
    whole = recorded(truth.plant(), traced(truth.plant(), 3, until_ns))
    records = damaged([one for one in whole if one.t_ns >= WARM_NS], 3, WARM_NS, until_ns)
    plant, said = folder / "plant.yaml", folder / "records.jsonl"
    plant.write_text(to_text(truth.believed()), "utf-8")
    said.write_bytes(b"\n".join(encode(one) for one in records))
    return plant, said


def test_a_table_and_a_verdict(line: tuple[Path, Path], run: Run) -> None:
    """Estimates, what was left out, the bottleneck, the verdict and the difference are told."""
    plant, said = line
    ran = run("calibrate", plant, "line", "--records", said, "--runs", "5")
    assert ran.code in (0, 1)
    for word in (
        "does.do0.time.mean",
        "fails.failure.every.mean",
        "left out or repaired",
        "bottleneck:",
    ):
        assert word in ran.out
    assert "the twin on the time held out:" in ran.out
    assert "changed station reno/shop/line/m0" in ran.out


def test_nothing_is_written_without_a_yes(
    line: tuple[Path, Path], tmp_path: Path, run: Run
) -> None:
    """Without --yes and without anybody to ask, nothing is written; with it the plant is."""
    plant, said = line
    target = tmp_path / "new.yaml"
    words = ("calibrate", plant, "line", "--records", said, "--held-out", "0", "--write", target)
    refused = run(*words)
    assert (refused.code, target.exists()) == (2, False)
    ran = run(*words, "--yes")
    assert ran.code == 0
    assert "written:" in ran.out
    assert load(target) != load(plant)
    again = run("calibrate", target, "line", "--records", said, "--held-out", "0")
    assert again.out.endswith("The plant file holds: no value of it changes.\n")


def test_json(line: tuple[Path, Path], run: Run) -> None:
    """JSON holds estimates, settings in the plant's spelling, verdict and difference."""
    plant, said = line
    ran = run("calibrate", plant, "line", "--records", said, "--runs", "4", "--json")
    found = json.loads(ran.out)
    assert found["validity"]["verdict"] in ("valid", "not valid", "cannot tell")
    assert found["settings"]["reno/shop/line/m0.does.do0.time"].split()[1] == "s"
    assert {one["address"] for one in found["estimates"]} == {
        f"reno/shop/line/m{k}" for k in range(3)
    }
    assert found["difference"]["values"]


def test_a_short_record_says_what_is_missing(
    line: tuple[Path, Path], tmp_path: Path, run: Run
) -> None:
    """Of half an hour: how much longer to record, no judgement, and no table of figures."""
    plant, said = line
    short, until_ns = tmp_path / "short.jsonl", WARM_NS + 1800 * NS
    known = (each for each in said.read_bytes().splitlines())
    short.write_bytes(b"\n".join(each for each in known if decode(each, Record).t_ns < until_ns))
    ran = run("calibrate", plant, "line", "--records", short)
    assert ran.code == 0
    assert re.search(r"too little was seen of \d+ of \d+ parameters.*: record some \d+ h", ran.out)
    assert "the twin on the time held out: cannot tell\n" in ran.out
    assert re.search(r"\d+ good parts were seen in 0\.\d+ h, 100 are needed", ran.out)
    assert re.search(r"^  record some \d+ h more, or hold more out", ran.out, re.MULTILINE)
    assert "agrees" not in ran.out
    assert " .. " not in ran.out
    assert "What the records change in the plant file:" in ran.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("line", "--records", "none.jsonl"), "cannot be read"),
        (("nowhere", "--records", "{records}"), "nowhere"),
        (("line", "--records", "{records}", "--since", "1980-01-01"), "ends before it begins"),
        (("line", "--records", "{records}", "--level", "2"), "is no probability"),
        (("line", "--data", "nowhere"), "no plant ever ran"),
    ],
)
def test_wrong_use(words: tuple[str, ...], said: str, line: tuple[Path, Path], run: Run) -> None:
    """What cannot be done ends with 2 and says why."""
    plant, records = line
    ran = run("calibrate", plant, *(word.format(records=records) for word in words))
    assert ran.code == 2
    assert said in ran.err


@pytest.mark.parametrize(
    ("option", "value"),
    [("--seed", 2**63), ("--level", "nan"), ("--level", 2), ("--held-out", "nan")],
)
def test_numbers_out_of_range(
    line: tuple[Path, Path], run: Run, option: str, value: object
) -> None:
    """What is no seed, level or share is wrong use, not a mistake of ours."""
    plant, records = line
    ran = run("calibrate", plant, "line", "--records", records, option, value)
    assert ran.code == 2
    assert "Error" in ran.err


def test_a_record_of_a_wrong_clock_is_told(
    line: tuple[Path, Path], tmp_path: Path, run: Run
) -> None:
    """One record of 1970 does not stretch the time over half a century; --since leaves it out."""
    plant, records = line
    known = (decode(each, Record) for each in records.read_bytes().splitlines())
    one = next(each for each in known if isinstance(each, State))
    both = tmp_path / "both.jsonl"
    both.write_bytes(b"\n".join([encode(_at(one, 1)), encode(_at(one, 1_767_592_800 * NS))]))
    ran = run("calibrate", plant, "line", "--records", both)
    assert ran.code == 2
    assert "more than 20 years, from 1970-01-01 00:00 on" in ran.err
    assert "--since" in ran.err
    assert run("calibrate", plant, "line", "--records", both, "--since", "2026-01-01").code == 0


def _at(one: State, t_ns: int) -> State:
    return msgspec.structs.replace(one, t_ns=t_ns, seen_ns=t_ns, id="")
