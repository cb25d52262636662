"""The SMT2020 fab: tables to a plant, the first day, and what is checked; on a tiny fab of its own.

The published tables are read where `LINEWRIGHT_DATA` names them.
"""

from pathlib import Path

import msgspec
import pytest

from benchmarks.twin.smt2020.fab import NS, PIECES, PLACE, Fab, fab, work
from benchmarks.twin.smt2020.part import PEER_BUSY, PEER_LEAD_DAYS, Played, measure_fab
from benchmarks.twin.smt2020.start import first_day
from benchmarks.twin.smt2020.tables import Row, around, due_s, rows
from linewright.plant.records import StationState
from linewright.twin import Model, advance, compile_plant, outcome

MINUTE_NS = 60 * NS
STEP = (
    "STEP DESC STNFAM PDIST PTIME PTIME2 PTUNITS PTPER BATCHMN BATCHMX BatchInterval"
    " BatchIntUnits PartInterval PartIntUnits RWKSTEP REWORK StepPercent"
)
TABLES = {
    "tool.txt.1l": (
        "STNFAM STNQTY STNCAP STNGRP LTIME LTUNITS ULTIME ULTUNITS",
        "Etch 2.0 - Dry 1 min 1 min",
        "Oven 1.0 - Hot 1 min 1 min",
        "Wet 2.0 2.0 Wet 1 min 1 min",
    ),
    "part.txt": ("PART ROUTEFILE", "chip route.txt"),
    "route.txt": (
        STEP,
        "1 a Etch uniform 10 0 min per_lot - - - - - - - - -",
        "2 b Oven uniform 58 0 min per_batch 50 75 - - - - - - -",
        "3 c Wet uniform 20 0 min per_piece - - - - 0.4 min 1 0.0001 -",
        "4 d Etch uniform 18 0 min per_lot - - - - - - - - 50",
    ),
    "order.txt": (
        "LOT PART PRIOR START REPEAT RUNITS DUE",
        "Lot chip 10 01/01/18_00:00:00 60 min 01/02/18_00:00:00",
    ),
    "WIP.txt": (
        "LOT PART PRIOR START CURSTEP DUE",
        "Init_Lot_1 chip 10 01/01/18_00:00:00 2 01/01/18_12:00:00",
        "Init_Lot_2 chip 30 01/01/18_00:00:00 2 01/01/18_13:00:00",
        "Init_Lot_3 chip 10 01/01/18_00:00:00 4 01/01/18_01:00:00",
    ),
    "fromto.txt": ("DTIME DTIME2 DUNITS", "5 0 min"),
    "downcal.txt": (
        "DOWNCALNAME MTTF MTTFUNITS MTTR MTTRUNITS",
        "BREAK_Hot 1000000 day 1 min",
    ),
    "pmcal.txt": (
        "PMCALNAME MTBPM MTBPMUNITS MTTR MTTR2 MTTRUNITS",
        "Etch_MN 4 day 2 0 hr",
        "Oven_WK 100 pieces 1 0 hr",
    ),
    "attach.txt": (
        "CALNAME CALTYPE RESNAME FOA",
        "BREAK_Hot down Hot 1",
        "Etch_MN pm Etch 2",
        "Oven_WK pm Oven 80",
    ),
}
"""Columns by spaces; `-` stands for nothing, `_` in a time for a space."""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny fab: three tool groups, four steps, two lots inside."""
    folder = tmp_path_factory.mktemp("fab")
    for name, lines in TABLES.items():
        cells = [line.split(" ") for line in lines]
        text = ["\t".join("" if one == "-" else one for one in line) for line in cells]
        text = [one.replace("18_", "18 ") for one in text]
        (folder / name).write_text("\n".join(text) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def tiny(tables: Path) -> tuple[Fab, Model]:
    """The tiny fab, and its model."""
    found = fab(tables, 1.0)
    return found, compile_plant(found.plant, PLACE, orders=found.orders)


def test_a_short_row_lacks_its_last_columns(tmp_path: Path) -> None:
    """Rows of the published tables end where nothing follows."""
    (tmp_path / "t.txt").write_text("A\tB\tC\n1\n\n2\t3\t4\n", encoding="utf-8")
    assert rows(tmp_path / "t.txt") == [
        {"A": "1", "B": "", "C": ""},
        {"A": "2", "B": "3", "C": "4"},
    ]


def test_times_of_a_row() -> None:
    """A uniform time is given by its mean and its whole width; a due date by two instants."""
    row = {"M": "7.5", "W": "2.5", "U": "min", "START": "01/01/18 00:00:00", "DUE": ""}
    assert around(row, ("M", "W", "U")) == (450.0, 75.0)
    assert due_s({**row, "DUE": "01/02/18 00:00:01"}) == 86_401.0


@pytest.mark.parametrize(
    ("changed", "cascades", "busy_s", "after_s"),
    [
        ({}, "", 12 * 60.0, 300.0),
        ({"StepPercent": "25"}, "", 3 * 60.0, 300.0),
        ({"PTPER": "per_piece"}, "", 252 * 60.0, 300.0),
        ({"BatchInterval": "4", "BatchIntUnits": "min"}, "2.0", 240.0, 300.0 + 8 * 60.0),
        (
            {"PTPER": "per_piece", "PartInterval": "0.4", "PartIntUnits": "min"},
            "2.0",
            600.0,
            300.0 + (10.0 + 24 * 0.4 + 2.0 - 10.0) * 60.0,
        ),
    ],
)
def test_the_time_of_a_step(changed: Row, cascades: str, busy_s: float, after_s: float) -> None:
    """A tool that cascades is busy for its interval only; a share of lots is one of time."""
    row = dict.fromkeys(STEP.split(), "")
    row |= {"STEP": "1", "STNFAM": "Etch", "PTIME": "10", "PTUNITS": "min", "PTPER": "per_lot"}
    tool = {"LTIME": "1", "LTUNITS": "min", "ULTIME": "1", "ULTUNITS": "min", "STNCAP": cascades}
    found = work("chip", {**row, **changed}, tool, ((300.0, 0.0), 1.0))
    assert found.busy[0] == pytest.approx(busy_s)
    assert found.after[0] == pytest.approx(after_s)


def test_the_tiny_fab(tiny: tuple[Fab, Model]) -> None:
    """Groups are work centres, loads are in lots, a lot at its last step is left out."""
    whole, model = tiny
    assert [str(one) for one in model.stations] == [
        f"fab/tools/{name}/tool_0" for name in ("etch", "oven", "wet")
    ]
    oven = dict(whole.plant.stations())[model.stations[1]]
    assert (oven.places, oven.batch_least, oven.batch) == (1, 2, 75 // PIECES)
    assert [(part, step, first) for part, step, _, _, first in whole.lots] == [
        ("chip", 1, 0),
        ("chip", 1, 9),
    ]
    assert [one.earliest_ns for one in whole.orders[:2]] == [0, 60 * MINUTE_NS]
    assert whole.first_s["etch", "mn"] == (2 * 86_400.0, 4 * 86_400.0)


def test_the_first_day_plays(tiny: tuple[Fab, Model]) -> None:
    """Two lots inside make one load of the oven, and leave when all their steps are done."""
    whole, model = tiny
    begun = first_day(model, whole, seed=1, replication=0)
    assert outcome(model, begun).inside == 2
    leaves = 60 + 5 + 10 + (20 + 24 * 0.4 + 2 - 10) + 5 + 10  # minutes: oven, wet, etch, and ways
    before = advance(model, begun, round((leaves - 0.01) * MINUTE_NS), jit=False)
    after = advance(model, begun, round((leaves + 0.01) * MINUTE_NS), jit=False)
    assert (outcome(model, before).good, outcome(model, after).good) == (0, 2)
    (product,) = outcome(model, after).products
    assert product.lead_s == pytest.approx(11.5 * 3600.0 + leaves * 60.0, abs=1.0)


def test_first_maintenance_is_spread(tiny: tuple[Fab, Model]) -> None:
    """Two tools are first maintained a quarter of the time before and after the table's instant."""
    whole, model = tiny
    state = first_day(model, whole, seed=1, replication=0)
    done = []
    for days in (1.4, 1.8, 2.4, 2.8):
        state = advance(model, state, round(days * 86_400) * NS, jit=False)
        done.append(outcome(model, state).stations[0])
    assert [one.maintained["mn"] for one in done] == [0, 1, 1, 2]
    assert done[-1].seconds[StationState.PLANNED_STOP] == pytest.approx(4 * 3600.0)


def test_far_from_the_peer_is_wrong() -> None:
    """Lots a day, lead times and busy groups are each compared."""
    same = Played(lots_a_day=60.0, lead_days=PEER_LEAD_DAYS, busy=PEER_BUSY, events=1.0)
    assert same.faults() == []
    for name, wrong in (("lots_a_day", 58.0), ("lead_days", {"part_3": 45.0, "part_4": 27.7})):
        assert len(msgspec.structs.replace(same, **{name: wrong}).faults()) == 1
    assert len(msgspec.structs.replace(same, busy=dict.fromkeys(PEER_BUSY, 0.5)).faults()) == 5


def test_without_the_data_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The claim then has no value, and is not met."""
    monkeypatch.delenv("LINEWRIGHT_DATA", raising=False)
    (claim,) = measure_fab(1)
    assert (claim.value, claim.correct) == (None, False)


def test_the_published_fab(data_folder: Path) -> None:
    """1,443 tools and 2,244 lots; of them some 57 and those of the queues leave within a day."""
    whole = fab(data_folder / "smt2020" / "HVLM", 1.0)
    model = compile_plant(whole.plant, PLACE, orders=whole.orders)
    assert sum(one.places for _, one in whole.plant.stations()) == 1_443
    state = advance(model, first_day(model, whole, seed=1, replication=0), 86_400 * NS)
    found = outcome(model, state)
    assert found.inside + found.good == 2_244 + len(whole.orders)
    assert 40 <= found.good <= 80
