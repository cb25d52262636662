"""Overall equipment effectiveness and its factors (ISO 22400-2:2014, clause "KPI descriptions").

Each function reads one `Ledger`, of a station or rolled up, divides two integers once and so
returns the correctly rounded quotient. Undefined is nan, never 0 and never 1. PRI is the planned
run time per piece, PQ and GQ are the produced and the good quantity; with several products the
sums of ``PRI x PQ`` and ``PRI x GQ`` take the place of the products of one.
"""

import math

from linewright.plant.kpi.ledger import Ledger
from linewright.plant.kpi.ratio import quotient, share

__all__ = [
    "availability",
    "data_coverage",
    "effectiveness",
    "nee",
    "oee",
    "quality_ratio",
    "teep",
]


def availability(ledger: Ledger) -> float:
    """Return the share of planned busy time that was production: ``APT / PBT``.

    Planned stops do not lower it, they are no planned busy time. Set-up lowers it, and so does
    unknown time: with silence in the window the number is a lower bound.

    Returns
    -------
    float
        In [0, 1]; nan without planned busy time.

    Notes
    -----
    ISO 22400-2:2014, "Availability".

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Times
    >>> times = Times(producing_ns=6, set_up_ns=1, breakdown_ns=1, meal_ns=2)
    >>> availability(Ledger(address="n/m/b/saw", calendar_ns=10, times=times))
    0.75
    """
    return share(ledger.times.producing_ns, ledger.times.planned_busy_ns)


def data_coverage(ledger: Ledger) -> float:
    """Return the share of planned busy time of which data says what the station did.

    Not in ISO 22400; shown beside OEE, which silence can only lower.

    Returns
    -------
    float
        In [0, 1]; nan without planned busy time.

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Times
    >>> times = Times(producing_ns=9, unknown_ns=3)
    >>> data_coverage(Ledger(address="n/m/b/saw", calendar_ns=12, times=times))
    0.75
    """
    busy_ns = ledger.times.planned_busy_ns
    return share(busy_ns - ledger.times.unknown_ns, busy_ns)


def effectiveness(ledger: Ledger) -> float:
    """Return standard time earned per production time: ``PRI x PQ / APT``, summed over products.

    Also called performance. Never clipped: above 1.1 `findings` names the standard time.

    Returns
    -------
    float
        0 or more, without upper bound; nan without production time, where a counted product has
        no standard time, or where corrections make the earned time negative.

    Notes
    -----
    ISO 22400-2:2014, "Effectiveness".

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Counts, Times
    >>> row = Counts(product="lid", standard_ns=2, produced=23, good=23)
    >>> effectiveness(Ledger(address="n/m/b/press", calendar_ns=40, counts=(row,),
    ...                      times=Times(producing_ns=40)))
    1.15
    """
    if ledger.unvalued:
        return math.nan
    return quotient(ledger.earned_ns, ledger.times.producing_ns)


def quality_ratio(ledger: Ledger) -> float:
    """Return good per produced quantity, ``GQ / PQ``; several products weigh by standard time.

    With one product it is the ratio of pieces. With several, pieces of different work content
    cannot be added: each counts with its standard time, so that OEE stays good standard time
    per planned busy time. Scrap, rework and pieces not judged yet are not good.

    Returns
    -------
    float
        In [0, 1]; nan without parts, where corrections leave more good than produced or less
        than none, or where several products are counted and one has no standard time.

    Notes
    -----
    ISO 22400-2:2014, "Quality ratio".

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Counts, Times
    >>> rows = (Counts(product="lid", standard_ns=1, produced=50, good=40, scrap=10),
    ...         Counts(product="cup", standard_ns=3, produced=50, good=50))
    >>> quality_ratio(Ledger(address="n/m/b/press", calendar_ns=200, counts=rows,
    ...                      times=Times(producing_ns=200)))
    0.95
    """
    if not ledger.unvalued:
        return share(ledger.earned_good_ns, ledger.earned_ns)
    if len({row.product for row in ledger.counts if not row.nothing}) > 1:
        return math.nan
    return share(ledger.pieces.good, ledger.pieces.produced)


def oee(ledger: Ledger) -> float:
    """Return overall equipment effectiveness: good standard time per planned busy time.

    It equals ``availability x effectiveness x quality ratio`` wherever the three are defined.
    Where nothing was produced in planned busy time the factors are not, and OEE is 0: a station
    that was down all day is not left out.

    Returns
    -------
    float
        0 or more, above 1 only with effectiveness above 1; nan without planned busy time, where
        a counted product has no standard time, or where corrections leave more good standard
        time than produced or less than none.

    Notes
    -----
    ISO 22400-2:2014, "Overall equipment effectiveness index (OEE)".

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Counts, Times
    >>> row = Counts(product="lid", standard_ns=3, produced=20, good=18, scrap=2)
    >>> oee(Ledger(address="n/m/b/press", calendar_ns=100, counts=(row,),
    ...            times=Times(producing_ns=80, breakdown_ns=20)))
    0.54
    """
    if not _output_is_sound(ledger):
        return math.nan
    return quotient(ledger.earned_good_ns, ledger.times.planned_busy_ns)


def nee(ledger: Ledger) -> float:
    """Return net equipment effectiveness: ``AUPT / PBT x effectiveness x quality ratio``.

    OEE with set-up forgiven: AUPT is set-up and production together.

    Returns
    -------
    float
        OEE or more; nan where OEE is, and where parts were counted without production time.
        0 where nothing was produced in planned busy time.

    Notes
    -----
    ISO 22400-2:2014, "Net equipment effectiveness index (NEE)".

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Counts, Times
    >>> row = Counts(product="lid", standard_ns=1, produced=60, good=60)
    >>> nee(Ledger(address="n/m/b/press", calendar_ns=100, counts=(row,),
    ...            times=Times(producing_ns=60, set_up_ns=30, starved_ns=10)))
    0.9
    """
    times = ledger.times
    if not _output_is_sound(ledger):
        return math.nan
    if times.producing_ns == 0 and ledger.earned_ns == 0:
        return quotient(0, times.planned_busy_ns)
    return quotient(
        ledger.earned_good_ns * times.processing_ns, times.producing_ns * times.planned_busy_ns
    )


def teep(ledger: Ledger) -> float:
    """Return total effective equipment performance: good standard time per calendar time.

    OEE with calendar time in place of planned busy time: what a further shift could win. Not in
    ISO 22400; the name is the trade's.

    Returns
    -------
    float
        0 or more; nan for an empty window and where OEE's counts leave it undefined.

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Counts, Times
    >>> row = Counts(product="lid", standard_ns=1, produced=60, good=60)
    >>> teep(Ledger(address="n/m/b/press", calendar_ns=240, counts=(row,),
    ...             times=Times(producing_ns=80, no_shift_ns=160)))
    0.25
    """
    if not _output_is_sound(ledger):
        return math.nan
    return quotient(ledger.earned_good_ns, ledger.calendar_ns)


def _output_is_sound(ledger: Ledger) -> bool:
    """Whether the good standard time is known and a part of what was produced."""
    return not ledger.unvalued and 0 <= ledger.earned_good_ns <= ledger.earned_ns
