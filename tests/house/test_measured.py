"""The page that tells how exact and how fast the twin is."""

import json
from pathlib import Path
from typing import Any

from tools.measured import measured_page

CLAIM: dict[str, Any] = {"unit": "x", "correct": True, "ratio": None, "peer": None}


def _kept(root: Path, *claims: dict[str, Any], name: str = "twin") -> str:
    file = root / "benchmarks" / "results" / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    machine = {"cores": 2, "cpu": "one", "python": "3.11"}
    kept = {"command": "c", "machine": machine, "result": {"claims": [CLAIM | c for c in claims]}}
    file.write_text(json.dumps(kept), "utf-8")
    return measured_page(root)


def test_the_page_is_that_of_the_kept_result(checkout: Path) -> None:
    """`docs/twin-measured.md` says what the result says (`python -m tools.pages` writes it)."""
    page = (checkout / "docs" / "twin-measured.md").read_text("utf-8")
    assert page == measured_page(checkout)


def test_each_anchor_has_a_row(tmp_path: Path) -> None:
    """Expected, ours with its half-width, the source, and whether it holds."""
    one = {"name": "K=3, B=0", "expected": 0.5641, "ours": 0.56423, "half_width": 0.00031}
    rows = [one | {"source": "Hunt 1956", "holds": holds} for holds in (True, False)]
    page = _kept(tmp_path, {"name": "anchors_within_interval", "value": 0.5, "rows": rows})
    assert "| K=3, B=0 | 0.5641 | 0.56423 \u00b1 0.00031 | Hunt 1956 | holds |" in page
    assert "| Hunt 1956 | MISSED |" in page


def test_each_simulator_has_a_row(tmp_path: Path) -> None:
    """Theirs, ours and the ratio; an answer that is not right is said."""
    peer = {"value": 50.0, "ratio": 50.0, "peer": "SimPy", "peer_value": 20_000.0}
    page = _kept(tmp_path, peer | {"name": "line_vs_simpy", "correct": False})
    assert "| ten stations, event kernel | SimPy | 20,000 | 1,000,000 | 50 x | NOT right |" in page


def test_what_was_not_measured_is_said_so(tmp_path: Path) -> None:
    """A claim without a value is a row too, and a quick result is called one."""
    page = _kept(tmp_path, {"name": "cold_compile", "value": None}, name="twin.quick")
    assert "| first answer ever, which compiles | not measured |" in page
    assert "The quick version" in page
    assert "The quick version" not in _kept(tmp_path, {"name": "cold_compile", "value": 20.0})


def test_forecasts_stand_beside_what_came(tmp_path: Path) -> None:
    """Each time ahead has a row: how often intervals held, the error, and that of the naive one."""
    ahead = {"hours": 0.25, "forecasts": 132, "mean_pieces": 11.2, "held_80": 0.947}
    ahead |= {"held_90": 0.992, "crps_pieces": 0.55, "skill": 0.77}
    kept = {"plant": "p", "days": 4, "futures": 200, "note": "n", "command": "c", "ahead": [ahead]}
    file = tmp_path / "benchmarks" / "results" / "forecast_scored.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(kept), "utf-8")
    page = _kept(tmp_path, {"name": "cold_compile", "value": 20.0})
    assert "| 0.25 | 132 | 11.2 | 95 % | 99 % | 0.55 | 77 % |" in page
