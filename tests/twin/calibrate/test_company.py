"""Real machines: a published log of three, with its holes, gives a plant that can be run."""

import csv
import datetime as dt
import itertools
from pathlib import Path

import pytest

from linewright.plant import Plant, PlantBuilder
from linewright.plant.records import Gap, GapReason, How, Parts, Record, State, StationState
from linewright.twin.calibrate import by_twin, calibrate, observe, seen_figures

NS = 10**9
SILENCE_NS = 1800 * NS
"""Rows come every five minutes; a longer silence is a gap."""
STATES = {
    "0.0": StationState.IDLE,
    "1.0": StationState.SET_UP,
    "2.0": StationState.RUNNING,
    "3.0": StationState.DOWN,
}
Row = dict[str, str]


@pytest.fixture(scope="module")
def rows(data_folder: Path) -> dict[str, list[Row]]:
    """The rows of each machine."""
    path = data_folder / "sme-machine-states" / "company_A_labelled_subset.csv"
    found: dict[str, list[Row]] = {}
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["asset"], []).append(row)
    return found


def _plant() -> Plant:
    plant = PlantBuilder("company")
    shop = plant.site("pisa", timezone="Europe/Rome", currency="EUR").area("shop")
    for asset in "012":
        line = shop.line(f"line{asset}", flow=[f"m{asset}"])
        line.station(f"m{asset}", does={"make": "60 s"}, fails={"every": "8 h", "repair": "5 min"})
    return plant.done()


def _time(row: Row) -> int:
    return int(dt.datetime.fromisoformat(row["ts"]).timestamp()) * NS


def _records(asset: str, rows: list[Row]) -> list[Record]:
    found: list[Record] = []
    before: int | None = None
    for row in rows:
        t_ns = _time(row)
        head = {
            "address": f"pisa/shop/line{asset}/m{asset}",
            "t_ns": t_ns,
            "seen_ns": t_ns,
            "plant_rev": "r1",
            "how": How.IMPORT,
            "source": "log",
        }
        if before is not None and t_ns - before > SILENCE_NS:
            keys = {"of_source": "log", "epoch": 1, "until_ns": t_ns, "reason": GapReason.STOPPED}
            found.append(Gap(**{**head, "t_ns": before, **keys}))  # type: ignore[arg-type]  # fields
        found.append(State(**head, state=STATES[row["status"]]))  # type: ignore[arg-type]  # fields
        items = int(float(row["items"]))
        if items:
            found.append(Parts(**head, from_ns=before, good=items))  # type: ignore[arg-type]  # fields
        before = t_ns
    return found


def _naive(rows: list[Row]) -> float:
    """Return seconds an item while the machine runs from one row to the next, plainly counted."""
    seconds = items = 0.0
    for row, after in itertools.pairwise(rows):
        if row["status"] == after["status"] == "2.0" and _time(after) - _time(row) <= SILENCE_NS:
            seconds += (_time(after) - _time(row)) / NS
            items += float(after["items"])
    return seconds / items


@pytest.mark.parametrize("asset", ["0", "1", "2"])
def test_machines_of_a_small_company(asset: str, rows: dict[str, list[Row]]) -> None:
    """The cycle time is near the plain count, the twin's output near what was made while open."""
    records, at = _records(asset, rows[asset]), f"pisa/shop/line{asset}"
    since_ns, until_ns = _time(rows[asset][0]), _time(rows[asset][-1]) + 1
    made = calibrate(_plant(), at, records, since_ns=since_ns, until_ns=until_ns)
    cycle = made.of(f"{at}/m{asset}", "does.make.time.mean")
    assert cycle.value == pytest.approx(_naive(rows[asset]), rel=0.12)
    assert cycle.n > 5000
    seen = seen_figures(made.plant, observe(_plant(), at, records, since_ns, until_ns))
    busy_h = (
        sum(
            s
            for state, s in made.seen.stations[0].seconds.items()
            if state in (StationState.RUNNING, StationState.DOWN)
        )
        / 3600
    )
    assert by_twin(at, 100.0)(made.plant, 0).per_h <= 1.2 * seen.parts / busy_h
    assert made.left_out()["states told again, as this source does"] > 1000
