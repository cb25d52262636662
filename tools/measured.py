"""The page `docs/twin-measured.md`: how exact and how fast the twin is, from kept results.

Made by `python -m tools.pages` from `benchmarks/results/twin.json`; where there is none, from the
result of the quick version, and the page says so.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["measured_page", "row", "told"]

FULL = Path("benchmarks/results/twin.json")
QUICK = Path("benchmarks/results/twin.quick.json")
SCORED = Path("benchmarks/results/forecast_scored.json")

ANCHORS = "anchors_within_interval"

EXACT = {
    ANCHORS: "exact numbers that lie in our intervals of 99.9 %",
    "kernel_vs_recursion_max_difference": (
        "largest difference of a departure between event kernel and recursion, same random numbers"
    ),
    "workers_bit_identical": "results with 2 and 8 worker processes are those of one, bit by bit",
    "interval_coverage_of_1000": "of 1,000 intervals of 95 %, those that hold the exact value",
    "calibration_intervals_cover": "parameters that lie in the intervals calibrated from records",
    "calibrated_throughput_error": "throughput of the calibrated twin on time it never saw, error",
}
"""Claims of the first table: name and what it is."""

FAST = {
    "events_per_s_per_core": "events a second on one core, ten stations",
    "thousand_by_thousand_cpu": "1,000 replications of 1,000 parts, recursion",
    "thousand_by_thousand_no_jit_cpu": "the same without a compiler",
    "first_answer_warm_cache": "first answer of a fresh process",
    "cold_compile": "first answer ever, which compiles",
    "plant_1000_stations_rate_vs_ten": "events a second on 1,000 stations over those on ten",
    "all_unused_features_cost": "cost of the features that a line does not use",
    "smt2020_hvlm_ten_days_cpu": "ten days of a wafer fab (SMT2020 HVLM)",
}
"""Claims of the second table."""

MODELS = {
    "general_kernel": "ten stations, event kernel",
    "recursion": "ten stations, recursion",
    "line": "ten stations, event kernel",
    "queue": "a queue (M/M/1, load 0.9), event kernel",
}
"""Models of the claims `MODEL_vs_PEER`."""

DIGITS = 3
BIG = 1e4
SHARE, COUNT = "share", "count"
YES_OR_NO = frozenset({"workers_bit_identical"})


def measured_page(root: Path) -> str:
    """Return the page.

    Parameters
    ----------
    root
        Of the checkout.
    """
    file = next((each for each in (FULL, QUICK) if (root / each).exists()), None)
    if file is None:
        return "\n".join([*_head(), "Nothing is measured yet: `make bench`.", ""])
    kept = json.loads((root / file).read_text("utf-8"))
    claims = {one["name"]: one for one in kept["result"]["claims"]}
    machine = kept["machine"]
    lines = [
        *_head(),
        f"Measured by `{kept['command']}`:",
        f"{machine['cores']} cores of {machine['cpu']}, Python {machine['python']};",
        f"kept in `{file.as_posix()}`.",
        "" if file == FULL else "\nThe quick version: shorter runs, wider intervals.\n",
        *_exact(claims),
        *_fast(claims),
        *_scored(root / SCORED),
    ]
    return "\n".join(lines)


def _scored(file: Path) -> list[str]:
    """Return how forecasts did against what the emulated plant then made."""
    if not file.exists():
        return []
    kept = json.loads(file.read_text("utf-8"))
    ahead = kept["ahead"]
    lines = [
        "## Forecasts beside what came",
        "",
        f"Good parts of `{kept['plant']}`, emulated for {kept['days']} days, forecast from the",
        f"live state with {kept['futures']} futures; {kept['note']}.",
        f"Measured by `{kept['command']}`, kept in",
        f"`{SCORED.as_posix()}`. The error is the CRPS, in pieces; against the naive forecast",
        "(the rate of the last hour goes on) it is smaller by the share of the last column.",
        "",
        row(("hours ahead", "forecasts", "mean", "80 % held", "90 % held", "error", "smaller by")),
        row(("---:",) * 7),
    ]
    for one in ahead:
        shares = (_percent(one[name]) for name in ("held_80", "held_90"))
        made = (told(one["hours"]), str(one["forecasts"]), told(one["mean_pieces"]))
        lines.append(row((*made, *shares, told(one["crps_pieces"]), _percent(one["skill"]))))
    return [*lines, ""]


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _head() -> list[str]:
    return [
        "# How exact and how fast the twin is",
        "",
        "Made by `python -m tools.pages` from the last kept result; do not edit.",
        "",
    ]


def _exact(claims: Mapping[str, Mapping[str, Any]]) -> list[str]:
    rows = claims.get(ANCHORS, {}).get("rows", ())
    lines = ["## How exact", ""]
    if rows:
        lines += [
            "Anchors: models whose answer is known exactly, by formula or Markov chain.",
            "Ours is the mean with the half-width of its 99.9 % interval.",
            "",
            row(("anchor", "expected", "ours", "source", "")),
            row(("---", "---:", "---:", "---", "---")),
            *(_anchor(one) for one in rows),
            "",
        ]
    else:
        lines += ["`python -m benchmarks.twin --part 6` prints every anchor beside ours.", ""]
    return [*lines, *_claims(EXACT, claims)]


def _anchor(one: Mapping[str, Any]) -> str:
    ours = f"{told(one['ours'], 5)} \u00b1 {told(one['half_width'], 2)}"
    holds = "holds" if one["holds"] else "MISSED"
    return row((one["name"], told(one["expected"], 6), ours, one["source"], holds))


def _fast(claims: Mapping[str, Mapping[str, Any]]) -> list[str]:
    lines = ["## How fast", "", *_claims(FAST, claims)]
    beside = [one for one in claims.values() if "_vs_" in one["name"] and _model(one)]
    if beside:
        lines += [
            "Beside other simulators: same model, each answer checked before its time counts,",
            "parts a second of the processor.",
            "",
            row(("model", "simulator", "theirs", "ours", "ratio", "answers")),
            row(("---", "---", "---:", "---:", "---:", "---")),
            *(_beside(one) for one in beside),
            "",
        ]
    return lines


def _model(one: Mapping[str, Any]) -> str | None:
    return MODELS.get(one["name"].partition("_vs_")[0])


def _beside(one: Mapping[str, Any]) -> str:
    theirs, ratio = one["peer_value"], one["ratio"]
    answers = "right" if one["correct"] else "NOT right"
    figures = (told(theirs), told(theirs * ratio), f"{told(ratio)} x")
    return row((str(_model(one)), str(one["peer"]), *figures, answers))


def _claims(wanted: Mapping[str, str], claims: Mapping[str, Mapping[str, Any]]) -> list[str]:
    known = [(text, claims[name]) for name, text in wanted.items() if name in claims]
    rows = [row((text, _with_unit(one))) for text, one in known]
    if not rows:
        return []
    return [row(("what", "measured")), row(("---", "---:")), *rows, ""]


def _with_unit(one: Mapping[str, Any]) -> str:
    value, unit = one["value"], one["unit"]
    if value is None:
        return "not measured"
    if one["name"] in YES_OR_NO:
        return "yes" if value else "NO"
    unit = "" if unit == COUNT else f" {unit}"
    text = f"{told(100.0 * value)} %" if one["unit"] == SHARE else f"{told(value)}{unit}"
    return text if one["correct"] else f"{text}, NOT right"


def told(value: float, digits: int = DIGITS) -> str:
    """Return a number with so many digits; large ones with thousands apart.

    Parameters
    ----------
    value
        Any number.
    digits
        That mean something.

    Examples
    --------
    >>> told(11116741.27), told(47.155), told(0.098174), told(0.0)
    ('11,100,000', '47.2', '0.0982', '0')
    """
    if abs(value) >= BIG:
        rounded = float(f"{value:.{digits}g}")
        return f"{rounded:,.0f}"
    return f"{value:.{digits}g}"


def row(cells: Sequence[str] | Iterable[str]) -> str:
    r"""Return a row of a Markdown table.

    Examples
    --------
    >>> row(("a|b", ""))
    '| a\\|b |  |'
    """
    return "| " + " | ".join(each.replace("|", "\\|") for each in cells) + " |"
