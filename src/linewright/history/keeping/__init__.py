"""How rows are kept: hot tables, packed Parquet files, the list of them, and what reads all as one.

Hides NumPy, Arrow and Parquet from the rest of the room.
"""

from linewright.history.keeping.compaction import Compacted, Compactor, Rule
from linewright.history.keeping.files import FileDamaged

__all__ = ["Compacted", "Compactor", "FileDamaged", "Rule"]
