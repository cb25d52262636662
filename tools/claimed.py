"""The page `docs/measured.md`: what each benchmark must show, and what it last showed.

Made by `python -m tools.pages` from `benchmarks/*/claims.json` and `benchmarks/results/`; where
only the quick version was kept, its numbers stand there and the page says so.
"""

import json
from pathlib import Path

from tools.bench import BENCHMARKS, judge, names
from tools.measured import row, told

__all__ = ["claims_page"]

COMMIT_CHARS = 8
NOTHING = "\u2013"


def claims_page(root: Path) -> str:
    """Return the page.

    Parameters
    ----------
    root
        Of the checkout.
    """
    lines = [
        "# What is measured",
        "",
        "Made by `python -m tools.pages` from the kept results; do not edit.",
        "",
        "`make bench` measures all of it again, `make bench ARGS=web` one table,",
        "`make bench QUICK=1` in shorter runs. Each benchmark checks its answers before a time",
        "counts. **must** is what a release needs, **aim** what we want; of a claim without a",
        "must the aim is a stretch.",
        "",
    ]
    for name in names(root):
        lines += _one(root, name)
    return "\n".join(lines)


def _one(root: Path, name: str) -> list[str]:
    """Return the section of a benchmark."""
    folder = root / BENCHMARKS
    wanted = json.loads((folder / name / "claims.json").read_text("utf-8"))["claims"]
    files = [folder / "results" / f"{name}{kind}.json" for kind in ("", ".quick")]
    file = next((each for each in files if each.exists()), None)
    head = [f"## `{name}`", ""]
    if file is None:
        return [*head, f"Nothing is measured yet: `python -m benchmarks.{name}`.", ""]
    kept = json.loads(file.read_text("utf-8"))
    is_quick = file == files[1]
    measured = {one["name"]: one for one in kept["result"]["claims"]}
    limits = {one["name"]: one for one in wanted}
    machine = kept["machine"]
    lines = [
        *head,
        f"Measured by `make bench ARGS={name}{' QUICK=1' if is_quick else ''}`:",
        f"{machine['cores']} cores of {machine['cpu']}, Python {machine['python']};",
        f"kept in `{file.relative_to(root).as_posix()}`.",
        "",
        *(["The quick version: shorter runs, wider intervals.", ""] if is_quick else []),
        row(("claim", "measured", "must", "aim", "reached", "commit")),
        row(("---", "---:", "---:", "---:", "---", "---")),
    ]
    for verdict in judge(wanted, kept["result"], quick=is_quick):
        found = measured.get(verdict.claim, {})
        by_ratio = limits[verdict.claim]["judged_by"] == "ratio"
        unit = "x" if by_ratio else verdict.unit
        must = NOTHING if verdict.must is None else _number(verdict.must)
        figures = (_figure(verdict.value, unit), must, _number(verdict.aim))
        commit = str(found.get("commit", kept["commit"]))[:COMMIT_CHARS]
        lines.append(row((f"`{verdict.claim}`", *figures, verdict.outcome, commit)))
    notes = [one for one in wanted if "note" in one]
    lines += ["", *(f"- `{one['name']}`: {one['note']}." for one in notes)]
    return [*lines, ""] if notes else lines


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return "not measured"
    return f"{_number(value)}{'' if unit == 'count' else f' {unit}'}"


def _number(value: float) -> str:
    """Return a number as it is read: whole ones whole, small ones with three digits."""
    number = float(value)  # a claim may be written as a whole number
    return f"{number:,.0f}" if number.is_integer() else told(number)
