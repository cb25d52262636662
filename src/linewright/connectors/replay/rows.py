"""Recordings as rows: a time that always rises, and the cells of the columns that are wanted.

>>> time_ns("2024-03-01T06:00:00Z") == time_ns("1709272800") == time_ns(1709272800000.0)
True
"""

import csv
import datetime as dt
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from linewright.connectors.feeding.arrays import parquet_blocks, parquet_columns
from linewright.connectors.sources import Point
from linewright.connectors.values import Spoken

__all__ = ["BAD", "UNCERTAIN", "Row", "columns_of", "rows_of", "time_ns", "value_of"]

BLOCK_ROWS = 500
"""Rows that are read at once."""

BAD, UNCERTAIN = 0x80000000, 0x40000000
"""Status codes of cells that cannot be read, and of rows whose time is not known."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_UNITS = ((1e17, 1), (1e14, 1_000), (1e11, 1_000_000), (0.0, 1_000_000_000))
"""From which size on a number counts what: nanoseconds, microseconds, milliseconds, seconds."""

_I64 = 2**63
_YES_NO = {"true": True, "false": False}


class Row(msgspec.Struct, frozen=True):
    """One row: its time, its cells in the order of the wanted columns, and a status of them all."""

    t_ns: int
    cells: Sequence[Any]
    status: int = 0


def columns_of(path: Path) -> tuple[str, ...]:
    """Names of the columns of a file.

    Raises
    ------
    OSError, ValueError
        It cannot be read, or is no such file.
    """
    if path.suffix == ".parquet":
        return parquet_columns(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(next(csv.reader(file), ()))


def rows_of(paths: Sequence[Path], columns: Sequence[str], time_column: str) -> Iterator[Row]:
    """Rows of the files, one after the other; their times always rise.

    A row without a time that is later than the one before comes a nanosecond after that one, and
    is uncertain. Rows before the first time are left out.

    Parameters
    ----------
    paths
        The files.
    columns
        Columns whose cells are wanted; None stands for a cell of one that is not there.
    time_column
        Column with the time.

    Raises
    ------
    OSError, ValueError
        A file cannot be read.
    """
    before_ns: int | None = None
    for path in paths:
        blocks = _parquet if path.suffix == ".parquet" else _csv
        for time, cells, is_whole in blocks(path, columns, time_column):
            found_ns, status = time_ns(time), 0 if is_whole else BAD
            if found_ns is None and before_ns is None:
                continue
            if found_ns is None or (before_ns is not None and found_ns <= before_ns):
                assert before_ns is not None, "a first row has a time"
                found_ns, status = before_ns + 1, status or UNCERTAIN
            before_ns = found_ns
            yield Row(found_ns, cells, status)


def time_ns(cell: object) -> int | None:
    """Time of a cell in ns since 1970; None where it says none.

    Examples
    --------
    >>> time_ns("yesterday") is None, time_ns(0.5)
    (True, 500000000)
    """
    if isinstance(cell, str):
        try:
            cell = float(cell) if "." in cell or "e" in cell.lower() else int(cell)
        except ValueError:
            return _iso_ns(str(cell).strip())
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not math.isfinite(cell):
        return None
    unit = next(unit for least, unit in _UNITS if abs(cell) >= least)
    found = cell * unit if isinstance(cell, int) else round(cell * unit)
    return found if 0 <= found < _I64 else None


def value_of(cell: object, point: Point) -> tuple[Spoken, int]:
    """Value of a cell for a point, and its status.

    Examples
    --------
    >>> from linewright.plant import Address
    >>> count = Point(tag=Address("reno/shop/pump/turn#count"), item="n", type="uint32")
    >>> value_of("12", count), value_of("many", count)
    ((12, 0), (None, 2147483648))
    """
    if point.type == "text":
        return str(cell), 0
    if isinstance(cell, bool | int | float):
        return cell, 0
    if not isinstance(cell, str):
        return None, BAD
    text = cell.strip()
    for read in (int, float):
        try:
            # An underline between digits is a number to Python alone.
            return read(text.replace("_", "?")), 0
        except ValueError:
            continue
    known = _YES_NO.get(text.lower())
    if known is not None:
        return known, 0
    return (text, 0) if point.type is None else (None, BAD)


def _iso_ns(text: str) -> int | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    found = (moment - _EPOCH) // _MICROSECOND * 1000
    return found if found >= 0 else None


def _csv(
    path: Path, columns: Sequence[str], time_column: str
) -> Iterator[tuple[object, list[Any], bool]]:
    """Time, cells and whether the row has as many cells as the header."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        places = {name: place for place, name in enumerate(header)}
        time_place = places.get(time_column, -1)
        wanted = [places.get(name, -1) for name in columns]
        while True:
            try:
                row = next(reader, None)
            except csv.Error:
                # A cell beyond all bounds: what stands in this row is not known.
                yield None, [""] * len(wanted), False
                continue
            if row is None:
                return
            count = len(row)
            cells = [row[place] if 0 <= place < count else None for place in wanted]
            yield row[time_place] if 0 <= time_place < count else None, cells, count <= len(header)


def _parquet(
    path: Path, columns: Sequence[str], time_column: str
) -> Iterator[tuple[object, list[Any], bool]]:
    for names, block in parquet_blocks(path, [time_column, *columns], BLOCK_ROWS):
        places = {name: place for place, name in enumerate(names)}
        for row in zip(*block, strict=True):
            cells = [row[places[name]] if name in places else None for name in columns]
            yield row[places[time_column]] if time_column in places else None, cells, True
