"""Progress: how far sources and streams have come, by name; what came last counts.

>>> import tempfile
>>> from pathlib import Path
>>> with Database.open(Path(tempfile.mkdtemp())) as database:
...     database.insert("progress", [("position.samples", "1"), ("position.samples", "2")])
...     fold_progress(database), progress(database)
(1, {'position.samples': '2'})
"""

from linewright.history.store import Database

__all__ = ["NUMBERING", "POSITION", "TALLY", "fold_progress", "progress"]

NUMBERING = "numbering."
"""Before the number of a source: its numbering as JSON."""

POSITION = "position."
"""Before the name of a stream: the sequence of its last message that is kept."""

TALLY = "tally."
"""Before the name of a count."""

_NEWEST = "SELECT name, arg_max(state, rowid) AS state FROM progress GROUP BY name"


def progress(database: Database) -> dict[str, str]:
    """State of every name."""
    return dict(database.rows(_NEWEST))


def fold_progress(database: Database) -> int:
    """Leave one row a name; how many these are."""
    kept = database.arrow(f"{_NEWEST} ORDER BY name")
    database.rows("DELETE FROM progress")
    database.insert_rows("progress", kept)
    return int(kept.num_rows)
