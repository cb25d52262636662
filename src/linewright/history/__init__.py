"""History: everything that came on the bus, once, in one file that one process writes.

Hides DuckDB, its transactions and its one-writer rule, the numbers by which repeats and gaps are
told, and the audit chain. The service appends; everybody else reads, from the file while the
service is stopped (`open_history`), or by asking it on the bus.

Verbs: ``append`` (`Writer`), ``read``, ``records``, ``gaps``, ``audit``, ``counts`` (`History`),
`export_audit` for a check with ``tools/check_audit.py``.

>>> import tempfile
>>> from pathlib import Path
>>> folder = Path(tempfile.mkdtemp())
>>> with Writer.open(folder) as writer:
...     writer.append(take_in([]), plant_rev="r1").rows
0
>>> with open_history(folder) as history:
...     history.counts().samples, history.doubled()
(0, 0)
"""

from linewright.history.intake import Arrival, take_in
from linewright.history.reader import (
    Counts,
    History,
    export_audit,
    export_records,
    open_history,
)
from linewright.history.serving.exporting import Wanted, export
from linewright.history.store import HistoryUnusable
from linewright.history.writer import Appended, Writer

__all__ = [
    "Appended",
    "Arrival",
    "Counts",
    "History",
    "HistoryUnusable",
    "Wanted",
    "Writer",
    "buckets",
    "export",
    "export_audit",
    "export_records",
    "keeping",
    "open_history",
    "published",
    "querying",
    "service",
    "take_in",
]
