"""Run every benchmark, judge its claims and keep the result: `python3 tools/task.py bench`.

A benchmark is a folder `benchmarks/<name>` that runs as `python -m benchmarks.<name>`. What it
must show stands in its `claims.json`; a claim that is absent, without a value or not correct is
not met. Results are kept in `benchmarks/results/<name>.json`, those of `--quick` beside them in
`<name>.quick.json`, with command, commit and machine. A benchmark that has parts can measure one
alone (`--part 3`): its claims replace those in the file, each with its own command and commit.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from tools.environment import ROOT, say

BENCHMARKS = "benchmarks"


class Verdict(NamedTuple):
    """One claim beside what was measured; `outcome` is aim, must or NOT MET.

    A claim without a `must` is a `stretch` where its answer is right and short of the aim.
    """

    claim: str
    value: float | None
    unit: str
    must: float | None
    aim: float
    outcome: str


def names(root: Path) -> list[str]:
    """The benchmarks there are, in alphabetical order."""
    return sorted(file.parent.name for file in (root / BENCHMARKS).glob("*/__main__.py"))


def judge(
    wanted: list[dict[str, object]], result: dict[str, object], *, quick: bool
) -> list[Verdict]:
    """What was asked beside what was measured.

    Parameters
    ----------
    wanted
        The claims of `claims.json`: name, unit, must, aim, lower_is_better, judged_by, quick.
    result
        What the benchmark printed.
    quick
        Whether only the claims marked quick are asked for.

    Returns
    -------
    list[Verdict]
        One for each claim that is asked for, in their order.
    """
    claims = result.get("claims")
    measured = {c["name"]: c for c in claims} if isinstance(claims, list) else {}
    verdicts = []
    for claim in wanted:
        if quick and not claim["quick"]:
            continue
        found = measured.get(claim["name"], {})
        value = found.get("ratio" if claim["judged_by"] == "ratio" else "value")
        must = None if claim["must"] is None else float(str(claim["must"]))
        aim = float(str(claim["aim"]))
        outcome = "NOT MET"
        if isinstance(value, int | float) and found.get("correct") is True:
            sign = 1 if claim["lower_is_better"] else -1
            if must is None or sign * value <= sign * must:
                reached = "stretch" if must is None else "must"
                outcome = "aim" if sign * value <= sign * aim else reached
        kept = float(value) if isinstance(value, int | float) else None
        name, unit = str(claim["name"]), str(claim["unit"])
        verdicts.append(Verdict(name, kept, unit, must, aim, outcome))
    return verdicts


def run(root: Path, name: str, *, quick: bool, seed: int | None, part: int = 0) -> bool:
    """Run one benchmark, print its table and keep its result; whether every claim was met."""
    words = ["-m", f"{BENCHMARKS}.{name}", "--json"]
    words += ["--quick"] if quick else []
    words += ["--seed", str(seed)] if seed is not None else []
    words += ["--part", str(part)] if part else []
    command = " ".join(["python", *words])
    say(f"{command}")
    done = subprocess.run(
        [sys.executable, *words], cwd=root, stdout=subprocess.PIPE, text=True, check=False
    )
    try:
        result = json.loads(done.stdout)
        assert isinstance(result, dict), "a benchmark prints one object"
    except json.JSONDecodeError:
        say(f"{name}: exit {done.returncode} and no JSON:\n{done.stdout[-2000:]}")
        return False
    kept = {"command": command, "commit": commit(root), "machine": machine(), "result": result}
    folder = root / BENCHMARKS / "results"
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}{'.quick' if quick else ''}.json"
    if part:
        kept = merged(json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}, kept)
    file.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    wanted = json.loads((root / BENCHMARKS / name / "claims.json").read_text(encoding="utf-8"))
    verdicts = judge(wanted["claims"], result, quick=quick)
    if part:  # what it did not measure is not its business
        verdicts = [verdict for verdict in verdicts if verdict.value is not None]
    print(table(verdicts), flush=True)
    is_well = bool(verdicts) if part else done.returncode == 0
    return is_well and all(verdict.outcome != "NOT MET" for verdict in verdicts)


def merged(before: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """A kept result with the claims of a part in it, each with its own command and commit.

    Examples
    --------
    >>> part = {"command": "c", "commit": "2", "result": {"claims": [{"name": "load"}]}}
    >>> merged({}, part)["result"]["claims"]
    [{'name': 'load', 'command': 'c', 'commit': '2'}]
    """
    own = {key: part[key] for key in ("command", "commit")}
    new = [claim | own for claim in part["result"]["claims"]]
    measured = {claim["name"] for claim in new}
    whole = before or part
    old = [claim for claim in whole["result"]["claims"] if claim["name"] not in measured]
    return whole | {"result": whole["result"] | {"claims": [*old, *new]}}


def table(verdicts: list[Verdict]) -> str:
    """The verdicts as lines of text.

    Examples
    --------
    >>> print(table([Verdict("load", 2.0, "s", 4.0, 1.0, "must")]))
    claim                                      value         must          aim  outcome
    load                                         2 s            4            1  must
    """
    lines = [f"{'claim':34} {'value':>13} {'must':>12} {'aim':>12}  outcome"]
    for claim, value, unit, must, aim, outcome in verdicts:
        shown = "none" if value is None else f"{value:.4g} {unit}"
        least = "none" if must is None else f"{must:g}"
        lines.append(f"{claim:34} {shown:>13} {least:>12} {aim:>12g}  {outcome}")
    return "\n".join(lines)


def commit(root: Path) -> str:
    """The commit that is measured, with a plus when files differ from it; `none` without git."""
    asked = [["git", "rev-parse", "HEAD"], ["git", "status", "--porcelain"]]
    try:
        head, changed = (
            subprocess.run(words, cwd=root, capture_output=True, text=True, check=True).stdout
            for words in asked
        )
    except (OSError, subprocess.CalledProcessError):
        return "none"
    return head.strip() + ("+" if changed.strip() else "")


def machine() -> dict[str, object]:
    """What the numbers were measured on; nothing that names the machine itself."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "cpu": _cpu(),
    }


def main(arguments: list[str]) -> int:
    """Run the benchmarks that are named, or all; 0 when every claim was met."""
    parser = argparse.ArgumentParser(prog="bench", description="Run the benchmarks.")
    parser.add_argument("names", nargs="*", help="benchmarks; all of them when none is named")
    parser.add_argument("--quick", action="store_true", help="the version of about a minute")
    parser.add_argument("--seed", type=int, help="another seed than the benchmark's own")
    parser.add_argument("--part", type=int, default=0, help="one part of a benchmark that has some")
    asked = parser.parse_args(arguments)
    known = names(ROOT)
    unknown = sorted(set(asked.names) - set(known))
    if unknown or not known:
        say(f"no benchmark {', '.join(unknown)}; there are: {', '.join(known) or 'none'}")
        return 1
    met = [
        run(ROOT, name, quick=asked.quick, seed=asked.seed, part=asked.part)
        for name in asked.names or known
    ]
    return 0 if all(met) else 1


def _cpu() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or "unknown"
    models = [line.split(":", 1)[1].strip() for line in text.splitlines() if "model name" in line]
    return models[0] if models else "unknown"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
