"""Arrow for this room: columns of a frame, and the tables that a replay reads.

This file alone imports pyarrow here.

>>> tags = tag_names(["nogales#kw", "nogales#temp"])
>>> tag_column([1, 1], tags).to_pylist()
['nogales#temp', 'nogales#temp']
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

__all__ = ["column", "parquet_blocks", "parquet_columns", "tag_column", "tag_names"]

_TYPES = {
    "t_ns": pa.int64(),
    "seen_ns": pa.int64(),
    "value": pa.float64(),
    "int": pa.int64(),
    "text": pa.utf8(),
    "quality": pa.uint16(),
    "raw_ns": pa.int64(),
}


def tag_names(tags: Sequence[str]) -> Any:  # noqa: ANN401 - Arrow's own type
    """Dictionary of the tags of a source, made once."""
    return pa.array([str(tag) for tag in tags], pa.utf8())


def tag_column(numbers: Sequence[int], tags: Any) -> Any:  # noqa: ANN401 - Arrow's own type
    """Column of tags by their numbers; its dictionary has no more tags than the column rows.

    Parameters
    ----------
    numbers
        Of the tags.
    tags
        Made by `tag_names`.
    """
    if len(numbers) >= len(tags):
        return pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int32()), tags)
    used = sorted(set(numbers))
    places = {number: place for place, number in enumerate(used)}
    return pa.DictionaryArray.from_arrays(
        pa.array([places[number] for number in numbers], pa.int32()),
        tags.take(pa.array(used, pa.int32())),
    )


def column(name: str, values: Sequence[Any]) -> Any:  # noqa: ANN401 - Arrow's own type
    """Column of a frame, of its type.

    Examples
    --------
    >>> column("int", [1, None]).to_pylist()
    [1, None]
    """
    return pa.array(values, _TYPES[name])


def parquet_columns(path: Path) -> tuple[str, ...]:
    """Names of the columns of a Parquet file.

    Raises
    ------
    OSError, ValueError
        It cannot be read, or is none.
    """
    return tuple(_parquet().read_schema(path).names)


def parquet_blocks(
    path: Path, columns: Sequence[str], rows: int
) -> Iterator[tuple[list[str], list[list[Any]]]]:
    """Names and values of the columns that are there, so many rows at a time.

    Times come as nanoseconds since 1970, without a zone as UTC.

    Parameters
    ----------
    path
        The file.
    columns
        Columns that are wanted.
    rows
        Most rows of a block.

    Raises
    ------
    OSError, ValueError
        It cannot be read, or is damaged.
    """
    with _parquet().ParquetFile(path) as file:
        names = [name for name in dict.fromkeys(columns) if name in file.schema_arrow.names]
        for batch in file.iter_batches(batch_size=rows, columns=names):
            yield names, [_plain(batch.column(name)) for name in names]


def _plain(values: Any) -> list[Any]:  # noqa: ANN401 - Arrow's own type
    if pa.types.is_timestamp(values.type):
        # Towards nanoseconds nothing is cut off.
        values = values.cast(pa.timestamp("ns", values.type.tz)).cast(pa.int64())
    found: list[Any] = values.to_pylist()
    return found


def _parquet() -> Any:  # noqa: ANN401 - Arrow's own module
    """Arrow's part for Parquet, loaded only where a recording is one."""
    import pyarrow.parquet  # noqa: PLC0415 - most sites have none

    return pyarrow.parquet
