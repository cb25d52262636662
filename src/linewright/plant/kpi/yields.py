"""Scrap, rework and first pass yield, in pieces (ISO 22400-2:2014).

These count pieces, of all products of the ledger together; the quality ratio in `oee` weighs
products by their standard time. With one product the two ways agree.
"""

from linewright.plant.kpi.ledger import Ledger
from linewright.plant.kpi.ratio import share

__all__ = ["first_pass_yield", "rework_ratio", "scrap_ratio"]


def scrap_ratio(ledger: Ledger) -> float:
    """Return scrapped per produced pieces: ``SQ / PQ``.

    Returns
    -------
    float
        In [0, 1]; nan without parts, or where corrections leave negative scrap or more scrap
        than parts.

    Notes
    -----
    ISO 22400-2:2014, "Scrap ratio".

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Counts, Times
    >>> row = Counts(product="lid", standard_ns=None, produced=20, good=19, scrap=1)
    >>> scrap_ratio(Ledger(address="n/m/b/press", calendar_ns=0, times=Times(), counts=(row,)))
    0.05
    """
    return share(ledger.pieces.scrap, ledger.pieces.produced)


def rework_ratio(ledger: Ledger) -> float:
    """Return pieces to be reworked per produced pieces: ``RQ / PQ``.

    Returns
    -------
    float
        In [0, 1]; nan without parts, or where corrections leave negative rework or more rework
        than parts: the pieces corrected belong to another window.

    Notes
    -----
    ISO 22400-2:2014, "Rework ratio".

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Counts, Times
    >>> row = Counts(product="lid", standard_ns=None, produced=20, good=21, rework=-1)
    >>> rework_ratio(Ledger(address="n/m/b/press", calendar_ns=0, times=Times(), counts=(row,)))
    nan
    """
    return share(ledger.pieces.rework, ledger.pieces.produced)


def first_pass_yield(ledger: Ledger) -> float:
    """Return good per inspected pieces: ``GP / IP``, where inspected is good, scrap and rework.

    Pieces not judged yet are left out, which is the difference to the quality ratio. A piece
    that comes back from rework must not be counted as good again by its source.

    Returns
    -------
    float
        In [0, 1]; nan where none was inspected, or where corrections leave more good than
        inspected.

    Notes
    -----
    ISO 22400-2:2014, "First pass yield (FPY)".

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Counts, Times
    >>> row = Counts(product="lid", standard_ns=None, produced=25, good=18, scrap=1, rework=1)
    >>> first_pass_yield(Ledger(address="n/m/b/press", calendar_ns=0, times=Times(),
    ...                         counts=(row,)))
    0.9
    """
    return share(ledger.pieces.good, ledger.pieces.inspected)
