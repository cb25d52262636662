"""One played bracket line that runs for all tests of this folder, and one that is stopped."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linewright.history import Arrival, Writer, take_in
from linewright.plant import load, to_text
from linewright.plant.samples import Columns, FrameHeader, encode_frame, frame, samples_subject
from linewright.server.folder import Belongs, write_belongs
from tests.cli.conftest import Ran
from tests.server.test_supervise import ROOT, Up

Run = Callable[..., Ran]

S_NS = 1_000_000_000
T0_NS = 1_795_447_800 * S_NS
"""2026-11-23 08:30 at the site."""

TAG = "nogales/machining/bracket/mill#active_power"
ROWS = 6000
"""More than one page of an answer."""


@pytest.fixture(scope="package")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A played bracket line whose machines are connected and whose history is published.

    It ends with the last test of this folder: it would take a processor from all that follow.
    """
    up = Up(tmp_path_factory.mktemp("looking") / "data", "--emulate", "--speed", "20")
    try:
        up.until_it_runs(90)
        up.until(lambda: "4 connected" in up.said(), 60)
        published = up.data / "history" / "query" / "manifest.json"
        up.until(lambda: published.exists() and "tail" in published.read_text("utf-8"), 60)
        yield up
    finally:
        up.end()


@pytest.fixture(scope="session")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a plant that ran and does not run: 100 minutes of one tag."""
    data = tmp_path_factory.mktemp("stopped") / "data"
    write_belongs(data, Belongs(site="nogales", emulated=True))
    (data / "plant.yaml").write_text(to_text(load(ROOT / "plants" / "bracket")), "utf-8")
    header = FrameHeader(site="nogales", source="mill", epoch=1, n=0)
    times = [T0_NS + n * S_NS for n in range(ROWS)]
    columns = Columns(
        tag=[TAG] * ROWS,
        t_ns=times,
        seen_ns=times,
        value=[float(n % 60) for n in range(ROWS)],
        quality=[0] * ROWS,
    )
    data_of = encode_frame(frame(header, columns))
    arrival = Arrival(
        stream="samples", subject=samples_subject(header), data=data_of, seq=1, stored_ns=times[-1]
    )
    with Writer.open(data / "history") as writer:
        writer.append(take_in([arrival]), plant_rev="r1")
    return data


def rows_of(out: str) -> list[dict[str, object]]:
    """Rows that a command printed as JSON."""
    found: list[dict[str, object]] = json.loads(out)
    return found
