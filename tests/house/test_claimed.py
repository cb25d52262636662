"""The page that tells what every benchmark must show and what it last showed."""

import json
from pathlib import Path
from typing import Any

from tools.claimed import claims_page

LOAD: dict[str, Any] = {"name": "load", "unit": "s", "must": 4.0, "aim": 1.0, "quick": True}
LOAD |= {"lower_is_better": True, "judged_by": "value"}
FAST = LOAD | {"name": "fast", "must": None, "aim": 50, "lower_is_better": False}
FAST |= {"judged_by": "ratio", "note": "beside a peer"}


def _page(root: Path, *measured: dict[str, Any], kind: str = "") -> str:
    folder = root / "benchmarks"
    (folder / "speed").mkdir(parents=True, exist_ok=True)
    (folder / "results").mkdir(exist_ok=True)
    (folder / "speed" / "__main__.py").touch()
    (folder / "speed" / "claims.json").write_text(json.dumps({"claims": [LOAD, FAST]}), "utf-8")
    kept = {"commit": "0123456789abcdef", "result": {"claims": measured}}
    kept["machine"] = {"cores": 2, "cpu": "one", "python": "3.11"}
    file = folder / "results" / f"speed{kind}.json"
    if measured:
        file.write_text(json.dumps(kept), "utf-8")
    return claims_page(root)


def test_the_page_is_that_of_the_kept_results(checkout: Path) -> None:
    """`docs/measured.md` says what the results say (`python -m tools.pages` writes it)."""
    assert (checkout / "docs" / "measured.md").read_text("utf-8") == claims_page(checkout)


def test_each_claim_has_a_row_with_what_it_reached(tmp_path: Path) -> None:
    """Value, must, aim, what was reached, and the commit it was measured on."""
    load = {"name": "load", "value": 2.0, "unit": "s", "correct": True}
    fast = {"name": "fast", "value": 9.0, "unit": "1/s", "correct": True, "ratio": 51.66}
    page = _page(tmp_path, load, fast | {"commit": "fedcba9876543210"})
    assert "| `load` | 2 s | 4 | 1 | must | 01234567 |" in page
    assert "| `fast` | 51.7 x | \u2013 | 50 | aim | fedcba98 |" in page
    assert "- `fast`: beside a peer." in page


def test_a_wrong_answer_is_not_met(tmp_path: Path) -> None:
    """A fast number behind which the answer is wrong reaches nothing; an absent one neither."""
    page = _page(tmp_path, {"name": "load", "value": 0.5, "unit": "s", "correct": False})
    assert "| `load` | 0.5 s | 4 | 1 | NOT MET | 01234567 |" in page
    assert "| `fast` | not measured | \u2013 | 50 | NOT MET | 01234567 |" in page


def test_a_quick_result_is_called_one_and_none_is_said(tmp_path: Path) -> None:
    """Where nothing was kept the command stands there."""
    assert "Nothing is measured yet: `python -m benchmarks.speed`." in _page(tmp_path)
    load = {"name": "load", "value": 0.5, "unit": "s", "correct": True}
    page = _page(tmp_path, load, kind=".quick")
    assert "The quick version" in page
    assert "Measured by `make bench ARGS=speed QUICK=1`:" in page
