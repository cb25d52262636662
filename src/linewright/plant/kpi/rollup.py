"""Roll-up: several ledgers as one, and a flow line seen as one work unit.

`roll_up` adds. Products, windows, stations, work centres and sites all roll up this way, in any
order and grouping, and an indicator of the whole is computed from the sums, never from the
indicators of the parts. `flow_line` answers another question, what a line gave compared with
what its bottleneck could; it does not add up to a site.
"""

import math
from collections.abc import Iterable, Sequence

import msgspec

from linewright.plant.kpi.categories import TimeCategory
from linewright.plant.kpi.ledger import Counts, Failures, Ledger, Pieces, Times

__all__ = ["LineEmpty", "StandardTimeUnclear", "bottleneck", "flow_line", "roll_up"]


class LineEmpty(ValueError):
    """A flow line without stations, or without the station that is named its bottleneck.

    Parameters
    ----------
    address
        The line.
    stations
        How many ledgers of stations were given.

    Examples
    --------
    >>> try:
    ...     flow_line([], "n/m/b")
    ... except LineEmpty as error:
    ...     error.address
    'n/m/b'
    """

    def __init__(self, address: str, stations: int) -> None:
        super().__init__(address, stations)
        self.address = address
        self.stations = stations

    def __str__(self) -> str:
        return (
            f"{self.address}: {self.stations} ledgers of stations do not hold the bottleneck; "
            "give the ledgers of the line's stations in flow order"
        )


class StandardTimeUnclear(ValueError):
    """The standard time of a product at a station is missing, or changed within the window.

    Parameters
    ----------
    address
        The station.
    product
        The product.
    standards_ns
        What was found: nothing, or several.

    Examples
    --------
    >>> rows = (Counts(product="lid", standard_ns=None, produced=1),)
    >>> mill = Ledger(address="n/m/b/mill", calendar_ns=0, times=Times(), counts=rows)
    >>> try:
    ...     flow_line([mill], "n/m/b")
    ... except StandardTimeUnclear as error:
    ...     error.address, error.product
    ('n/m/b/mill', 'lid')
    """

    def __init__(self, address: str, product: str, standards_ns: tuple[int, ...]) -> None:
        super().__init__(address, product, standards_ns)
        self.address = address
        self.product = product
        self.standards_ns = standards_ns

    def __str__(self) -> str:
        if self.standards_ns:
            return (
                f"{self.address}: product {self.product!r} has several standard times in one "
                f"window ({', '.join(map(str, self.standards_ns))} ns); split the window where "
                "it changed"
            )
        return (
            f"{self.address}: product {self.product!r} has no standard time here; "
            "give it, or name the bottleneck"
        )


def roll_up(ledgers: Iterable[Ledger], address: str) -> Ledger:
    """Add ledgers: of several windows, stations, work centres, lines or sites.

    The calendar time of four stations in 8 h is 32 h. Counts are added per product and standard
    time, so that along a flow they are operations, not parts that left.

    Parameters
    ----------
    ledgers
        In any order; none gives a ledger of zero time.
    address
        What the sum is about.

    Returns
    -------
    Ledger
        Its integers are exact sums, whatever the grouping of the parts. Its energy is that of
        all, or None as soon as one was not measured; it is a float, exact to its rounding.

    Notes
    -----
    O(n) in the ledgers, plus sorting the products.

    Examples
    --------
    >>> one = Ledger(address="n/m/b/saw", calendar_ns=10, times=Times(producing_ns=10))
    >>> two = Ledger(address="n/m/b/mill", calendar_ns=10, times=Times(starved_ns=10))
    >>> line = roll_up([one, two], "n/m/b")
    >>> line.calendar_ns, line.times.producing_ns, line.times.starved_ns
    (20, 10, 10)
    """
    parts = tuple(ledgers)
    used_kwh = [part.energy_kwh for part in parts if part.energy_kwh is not None]
    measured = bool(parts) and len(used_kwh) == len(parts)
    return Ledger(
        address=address,
        calendar_ns=sum(part.calendar_ns for part in parts),
        times=Times.of({one: sum(part.times[one] for part in parts) for one in TimeCategory}),
        counts=_merged(row for part in parts for row in part.counts),
        failures=sum((part.failures for part in parts), start=Failures()),
        energy_kwh=math.fsum(used_kwh) if measured else None,
    )


def _merged(rows: Iterable[Counts]) -> tuple[Counts, ...]:
    """Add the rows of equal product and standard time; products in order, unknown times last."""
    sums: dict[tuple[str, bool, int], Pieces] = {}
    for row in rows:
        key = (row.product, row.standard_ns is None, row.standard_ns or 0)
        sums[key] = sums.get(key, Pieces()) + row
    return tuple(
        _row(product, None if is_missing else standard_ns, sums[product, is_missing, standard_ns])
        for product, is_missing, standard_ns in sorted(sums)
    )


def _row(product: str, standard_ns: int | None, pieces: Pieces) -> Counts:
    return Counts(product=product, standard_ns=standard_ns, **msgspec.structs.asdict(pieces))


def bottleneck(stations: Sequence[Ledger], address: str) -> int:
    """Return which station of a flow line limits it: the one with the most standard work.

    Each product weighs with what all stations together produced of it, so that every station is
    measured against the same mix. A station without a row for a product does not work on it.

    Parameters
    ----------
    stations
        Ledgers of one window, in flow order.
    address
        The line.

    Returns
    -------
    int
        Index into `stations`; of equals the first in the flow.

    Raises
    ------
    LineEmpty
        When there is no station.
    StandardTimeUnclear
        When a counted product has no standard time at a station, or several.

    Examples
    --------
    >>> def ledger(station: str, standard_ns: int) -> Ledger:
    ...     row = Counts(product="lid", standard_ns=standard_ns, produced=5, good=5)
    ...     return Ledger(address=f"n/m/b/{station}", calendar_ns=0, times=Times(), counts=(row,))
    >>> bottleneck([ledger("saw", 3), ledger("mill", 4), ledger("wash", 2)], "n/m/b")
    1
    """
    if not stations:
        raise LineEmpty(address, 0)
    mix: dict[str, int] = {}
    for row in _merged(row for station in stations for row in station.counts):
        mix[row.product] = mix.get(row.product, 0) + max(row.produced, 0)
    loads_ns = [_load_ns(station, mix) for station in stations]
    return loads_ns.index(max(loads_ns))


def _load_ns(station: Ledger, mix: dict[str, int]) -> int:
    load_ns = 0
    for product in sorted({row.product for row in station.counts} & mix.keys()):
        standard_ns = _standard_ns(station, product)
        if standard_ns is None:
            raise StandardTimeUnclear(station.address, product, ())
        load_ns += standard_ns * mix[product]
    return load_ns


def _standard_ns(station: Ledger, product: str) -> int | None:
    """Return the one standard time of a product at a station; None where it is not known."""
    found = {row.standard_ns for row in station.counts if row.product == product} - {None}
    standards_ns = tuple(sorted(one for one in found if one is not None))
    if len(standards_ns) > 1:
        raise StandardTimeUnclear(station.address, product, standards_ns)
    return standards_ns[0] if standards_ns else None


def flow_line(stations: Sequence[Ledger], address: str, *, limited_by: int | None = None) -> Ledger:
    """Return the ledger of a flow line as one work unit: the bottleneck's time, the exit's output.

    Times and failures are the bottleneck's. Good pieces are the last station's; scrap and rework
    are those of the bottleneck and of the stations after it, for they used its time; scrap
    before it did not. Each piece is worth the bottleneck's standard time. The energy is that of
    all stations. Work in process that builds up or drains behind the bottleneck is speed loss or
    gain of this window and evens out over windows.

    Parameters
    ----------
    stations
        Ledgers of one window, in flow order.
    address
        The line.
    limited_by
        Index of the bottleneck; None: as `bottleneck` finds it.

    Returns
    -------
    Ledger
        A product without a standard time at the bottleneck keeps None, and OEE is nan.

    Raises
    ------
    LineEmpty
        When there is no station, or none with this index.
    StandardTimeUnclear
        As `bottleneck`; also when a product has several standard times at the bottleneck.

    Examples
    --------
    >>> def ledger(station: str, standard_ns: int, good: int, scrap: int) -> Ledger:
    ...     row = Counts(product="lid", standard_ns=standard_ns, produced=good + scrap,
    ...                  good=good, scrap=scrap)
    ...     times = Times(producing_ns=80, starved_ns=20)
    ...     return Ledger(address=f"n/m/b/{station}", calendar_ns=100, times=times, counts=(row,))
    >>> line = flow_line([ledger("mill", 4, 19, 1), ledger("wash", 2, 18, 1)], "n/m/b")
    >>> line.counts
    (Counts(produced=20, good=18, scrap=2, rework=0, product='lid', standard_ns=4),)
    """
    index = bottleneck(stations, address) if limited_by is None else limited_by
    if not 0 <= index < len(stations):
        raise LineEmpty(address, len(stations))
    limit, exit_ = stations[index], stations[-1]
    products = sorted({row.product for station in stations[index:] for row in station.counts})
    counts = []
    for product in products:
        after = _pieces(stations[index:], product)
        out = _pieces((exit_,), product)
        losses = Pieces(scrap=after.scrap, rework=after.rework)
        produced = out.good + losses.scrap + losses.rework + out.unjudged
        line = msgspec.structs.replace(losses, good=out.good, produced=produced)
        counts.append(_row(product, _standard_ns(limit, product), line))
    summed = roll_up(stations, address)
    return msgspec.structs.replace(
        summed,
        calendar_ns=limit.calendar_ns,
        times=limit.times,
        failures=limit.failures,
        counts=tuple(counts),
    )


def _pieces(stations: Iterable[Ledger], product: str) -> Pieces:
    rows = (row for station in stations for row in station.counts if row.product == product)
    return sum(rows, start=Pieces())
