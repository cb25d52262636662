"""SQL over history, for people and programs that nobody has to trust: the service `query`.

Hides a DuckDB that sees the published files and nothing else, in a process of its own for each
query, which is killed when it takes too long, too much memory, or is not wanted any more.
"""

from linewright.history.querying.engine import Bounds, Layout, QueryRefused

__all__ = ["Bounds", "Layout", "QueryRefused", "service"]
