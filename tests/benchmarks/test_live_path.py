"""The benchmark `live_path`: its account sees what is lost and doubled; no claim is missing."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.live_path.batches import ROWS, frames_of
from benchmarks.live_path.opcua_part import exactly_once
from benchmarks.live_path.sources import Offered
from benchmarks.live_path.stand import cpu_s
from linewright.history import Arrival, Writer, take_in
from linewright.plant.samples import Columns, FrameHeader, encode_frame, frame

ROOT = Path(__file__).resolve().parents[2]
TAG = "bench/shop/bench/source0#v0"


def kept(folder: Path, numbers: Sequence[float]) -> None:
    """Leave a history with these values of one node."""
    t_ns = [10**18 + n for n in range(len(numbers))]
    columns = Columns(
        tag=[TAG] * len(numbers), t_ns=t_ns, seen_ns=t_ns, value=numbers, quality=[0] * len(numbers)
    )
    data = encode_frame(frame(FrameHeader(site="bench", source="source0", epoch=1, n=0), columns))
    arrival = Arrival(stream="samples", subject="lw.samples.bench.source0", data=data, seq=1)
    with Writer.open(folder / "history") as writer:
        writer.append(take_in([arrival]), plant_rev="r1")


@pytest.mark.parametrize(
    ("numbers", "right"),
    [
        ([1, 2, 3, 4, 5], True),
        ([3, 4, 5], True),
        ([1, 2, 4, 5], False),
        ([1, 2, 3, 3, 4, 5], False),
        ([1, 2, 3, 4], False),
        ([], False),
    ],
)
def test_lost_and_doubled_numbers_are_seen(
    numbers: list[int],
    right: bool,  # noqa: FBT001  # a case
    tmp_path: Path,
) -> None:
    """From the first that was heard every number is there once; before it nothing was asked for."""
    kept(tmp_path, [float(n) for n in numbers])
    offered = [Offered(station="source0", counts=(5,), offered=5, overrun=0, cpu_s=0.0)]
    assert exactly_once(tmp_path, "bench", offered) is right


def test_batches_have_times_of_their_own() -> None:
    """No tag has two rows of one time, so that history may not take one for a repeat."""
    made = frames_of("bench", 2, 2 * ROWS + 10)
    assert [each.rows for each in made] == [ROWS, ROWS, 10]
    rows = [
        pair
        for each in made
        for pair in zip(
            each.batch.column("tag").to_pylist(), each.batch.column("t_ns").to_pylist(), strict=True
        )
    ]
    assert len(set(rows)) == len(rows)


def test_used_time_rises() -> None:
    """It is read for a process that lives, and 0 for one that does not."""
    before = cpu_s(os.getpid())
    sum(n * n for n in range(3_000_000))
    assert cpu_s(os.getpid()) > before
    assert cpu_s(2**22 + 1) == 0.0


def test_every_claim_has_its_part() -> None:
    """Each name of claims.json stands in one of the parts."""
    folder = ROOT / "benchmarks" / "live_path"
    wanted = json.loads((folder / "claims.json").read_text())["claims"]
    text = "".join(part.read_text() for part in folder.glob("*_part.py"))
    assert [claim["name"] for claim in wanted if f'"{claim["name"]}"' not in text] == []
