"""Records come from a file or from the history of a stopped plant, every one of them once."""

from pathlib import Path

import pytest

from linewright.cli.ending import Failed
from linewright.cli.twin.recorded import PAGE, of_data, of_file
from linewright.history import Arrival, Writer, take_in
from linewright.plant.records import Record, encode, subject_of
from linewright.server.folder import Belongs, write_belongs
from tests.twin.calibrate.said import NS, parts, states

RECORDS: list[Record] = [*states("R0 D10 R20 S30"), *parts([10 + k // 3 for k in range(PAGE + 50)])]


def _key(one: Record) -> tuple[int, str]:
    return one.t_ns, one.id or ""


def test_a_file(tmp_path: Path) -> None:
    """Records of a file come as they were written; empty lines are passed over."""
    path = tmp_path / "records.jsonl"
    path.write_bytes(b"\n\n".join(encode(one) for one in RECORDS[:20]) + b"\n")
    assert of_file(str(path)) == RECORDS[:20]


def test_a_bad_line(tmp_path: Path) -> None:
    """A line that is no record is told with its number."""
    path = tmp_path / "records.jsonl"
    path.write_bytes(encode(RECORDS[0]) + b'\n{"class":"state"}\n')
    with pytest.raises(Failed, match="line 2"):
        of_file(str(path))


def test_a_stopped_plant(tmp_path: Path) -> None:
    """From history come the records of every class, more than a page of them, before a time."""
    data = tmp_path / "data"
    write_belongs(data, Belongs(site="reno", emulated=True))
    arrivals = [
        Arrival(stream="records", subject=subject_of(one), data=encode(one), seq=k + 1, stored_ns=1)
        for k, one in enumerate({one.id: one for one in RECORDS}.values())
    ]
    with Writer.open(data / "history") as writer:
        writer.append(take_in(arrivals), plant_rev="r1")
    found = of_data(str(data), 1000 * NS)
    kept = {one.id: one for one in RECORDS if one.t_ns < 1000 * NS}
    assert sorted(found, key=_key) == sorted(kept.values(), key=_key)


def test_no_plant(tmp_path: Path) -> None:
    """A folder in which nothing ever ran is told."""
    with pytest.raises(Failed, match="no plant ever ran"):
        of_data(str(tmp_path), NS)
