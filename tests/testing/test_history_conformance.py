"""The checks themselves: our back end passes each, and one that loses or doubles a row fails."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from linewright.testing.history_conformance import (
    CHECKS,
    Batch,
    DuckHistory,
    Row,
)


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_our_history_passes(tmp_path: Path, name: str) -> None:
    """DuckDB with Parquet answers like plain lists."""
    CHECKS[name](DuckHistory.open, tmp_path)


class Forgetful(DuckHistory):
    """Loses the last row of every batch with many rows."""

    def append(self, batches: Sequence[Batch]) -> None:
        """Keep less than was given."""
        super().append([Batch(source=b.source, n=b.n, rows=b.rows[:-1] or b.rows) for b in batches])


class Stale(DuckHistory):
    """Gives the earliest row as the last one."""

    def last(self) -> list[Row]:
        """Give what is no longer so."""
        return [self.read(row.tag, 0, 2**63 - 1, 1)[0] for row in super().last()]


class Rawless(DuckHistory):
    """Forgets the times that were not believed."""

    def read(self, tag: str, from_ns: int, until_ns: int, limit: int) -> list[Row]:
        """Give only what they were corrected to."""
        rows = super().read(tag, from_ns, until_ns, limit)
        return [msgspec.structs.replace(row, raw_ns=None) for row in rows]


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("late_rows_are_in_order", Forgetful),
        ("late_rows_are_in_order", Stale),
        ("raw_times_come_back", Rawless),
    ],
)
def test_a_history_that_errs_fails(tmp_path: Path, name: str, broken: type[DuckHistory]) -> None:
    """A check that cannot fail would be worth nothing."""
    with pytest.raises(AssertionError):
        CHECKS[name](broken.open, tmp_path)
