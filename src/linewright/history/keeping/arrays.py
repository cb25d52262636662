"""NumPy and Arrow for the whole room: the one file that imports them.

>>> int(np.array([1, 2]).sum()), pa.array([1]).type
(3, DataType(int64))
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

__all__ = [
    "ROWS",
    "Array",
    "Floats",
    "Ints",
    "concat",
    "np",
    "npt",
    "numbers",
    "pa",
    "pa_csv",
    "pc",
    "pq",
    "repeated",
]

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ROWS = pa.schema(
    [
        ("tag", pa.int32()),
        ("t_ns", pa.int64()),
        ("seen_ns", pa.int64()),
        ("value", pa.float64()),
        ("int", pa.int64()),
        ("text", pa.utf8()),
        ("quality", pa.uint16()),
        ("source", pa.int32()),
        ("n", pa.int64()),
        ("raw_ns", pa.int64()),
    ]
)
"""Rows as the room passes them on: tags and sources by their numbers in the file."""


def numbers(column: Any) -> Array:  # noqa: ANN401 - Arrow's own
    """Values of a column of numbers without nulls.

    Examples
    --------
    >>> numbers(pa.chunked_array([[1, 2], [3]])).tolist()
    [1, 2, 3]
    """
    found: Array = (
        column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy()
    )
    return found


def repeated(value: object, rows: int, kind: Any) -> Any:  # noqa: ANN401 - Arrow's own
    """Column of one value.

    Examples
    --------
    >>> repeated(7, 2, pa.int32()).to_pylist()
    [7, 7]
    """
    return pa.repeat(pa.scalar(value, kind), rows)


def concat(parts: list[Any]) -> Any:  # noqa: ANN401 - Arrow's own
    """Rows of several tables as one; an empty table of `ROWS` where there are none.

    Examples
    --------
    >>> concat([]).num_rows
    0
    """
    return pa.concat_tables(parts) if parts else ROWS.empty_table()
