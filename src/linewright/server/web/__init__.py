"""The web server's routes: one table, and everything made from it.

>>> len({(row.method, row.path) for row in ROWS}) == len(ROWS)
True
"""

from linewright.server.web.application import application, source_of
from linewright.server.web.rows import Param, Row
from linewright.server.web.site import Acts, Site
from linewright.server.web.table import ROWS

__all__ = ["ROWS", "Acts", "Param", "Row", "Site", "application", "source_of"]
