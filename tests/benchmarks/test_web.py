"""The benchmark `web`: its claims are those asked for, and its judges see what is wrong."""

import json
from pathlib import Path

import pytest

from benchmarks.web.lost_part import Drawn, _judged
from benchmarks.web.matrix_part import MAY, ROLES, _by_hand
from benchmarks.web.points_part import EVERY_NS, FIRST_NS
from linewright.server.web import ROWS

ROOT = Path(__file__).resolve().parents[2]
NAMES = (
    "first_paint",
    "change_to_dom_p95",
    "browser_cpu_2000_values",
    "server_cpu_50_clients_10hz",
    "million_points_shown",
    "first_page_bundle_gzip",
    "connection_lost_shown",
    "backfill_gaps",
    "kpi_differences_to_independent_script",
    "axe_serious_violations",
    "permission_matrix_failures",
)


def test_every_claim_is_measured() -> None:
    """Each claim of claims.json stands in the list, and in a part under its exact name."""
    folder = ROOT / "benchmarks" / "web"
    wanted = json.loads((folder / "claims.json").read_text(encoding="utf-8"))["claims"]
    assert tuple(claim["name"] for claim in wanted) == NAMES
    parts = "".join(file.read_text(encoding="utf-8") for file in folder.glob("*_part.py"))
    assert [name for name in NAMES if f'"{name}"' not in parts] == []


def test_the_table_by_hand_is_of_every_route() -> None:
    """Each route of the server has its row in the table by hand; a new one fails here."""
    by_hand = dict(_by_hand())
    assert len(by_hand) == len(ROWS)
    assert set(by_hand.values()) <= set(MAY)
    assert all(roles <= set(ROLES) for roles in MAY.values())


@pytest.mark.parametrize(("drawn", "missed"), [((0, 1, 2, 3, 4), 0), ((0, 1, 3, 4), 1)])
def test_a_row_that_is_not_drawn_is_counted(drawn: tuple[int, ...], missed: int) -> None:
    """Corners of the line are compared with the rows of history, each with its column."""
    corners = [10.0 + 100.0 * each for each in drawn] + [10.0 + 100.0 * 4.5]
    chart = Drawn(from_ms=0.0, until_ms=5000.0, left=10.0, width=500.0, corners=corners)
    rows = {"t_ms": [0, 1000, 2000, 3000, 4000], "value": [1.0, 2.0, 3.0, 2.0, 1.0]}
    claim = _judged(chart, rows, (1500.0, 2500.0), "no connection")
    assert claim.value == missed


def test_the_rows_of_the_million_are_past() -> None:
    """They begin at a whole step, so that the window holds exactly as many as it says."""
    assert FIRST_NS % EVERY_NS == 0
