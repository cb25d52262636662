"""The tables of SMT2020 as they are published: text, columns by tabulators, a line of names first.

D. Kopp, M. Hassoun, A. Kalir, L. Moench, "SMT2020 - A Semiconductor Manufacturing Testbed", IEEE
Transactions on Semiconductor Manufacturing 2020, doi 10.1109/TSM.2020.3001933.
"""

import datetime as dt
import os
from collections.abc import Mapping
from pathlib import Path

SETTING = "LINEWRIGHT_DATA"
"""Names the folder with the published data sets."""
SECONDS = {"sec": 1.0, "min": 60.0, "hr": 3600.0, "day": 86_400.0}
CLOCK = "%m/%d/%y %H:%M:%S"

Row = Mapping[str, str]


def folder() -> Path | None:
    """Return the folder with the tables of HVLM; None: the setting names none that has them."""
    named = os.environ.get(SETTING)
    found = Path(named) / "smt2020" / "HVLM" if named else None
    return found if found is not None and found.is_dir() else None


def rows(table: Path) -> list[Row]:
    """Return the rows of a table by the names of its columns; a short row lacks the last ones."""
    names, *lines = table.read_text(encoding="utf-8").splitlines()
    columns = names.split("\t")
    return [
        {**dict.fromkeys(columns, ""), **dict(zip(columns, map(str.strip, cells), strict=False))}
        for cells in (line.split("\t") for line in lines if line.strip())
    ]


def seconds(row: Row, amount: str, unit: str) -> float:
    """Return a time of a row in seconds; 0 where the row does not say it."""
    return float(row[amount]) * SECONDS[row[unit]] if row[amount] else 0.0


def around(row: Row, names: tuple[str, str, str]) -> tuple[float, float]:
    """Return the mean of a uniform time and the half of its width; `names`: mean, width, unit."""
    mean, width, unit = names
    return seconds(row, mean, unit), seconds(row, width, unit) / 2.0


def due_s(row: Row) -> float:
    """Return how long after its start a lot is due."""
    begins, due = (dt.datetime.strptime(row[name], CLOCK) for name in ("START", "DUE"))  # noqa: DTZ007  # a difference
    return (due - begins).total_seconds()
