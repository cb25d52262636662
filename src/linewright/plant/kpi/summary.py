"""All indicators of one ledger at once, for a screen, a report or a record."""

import msgspec

from linewright.plant.kpi import efficiency, oee, reliability, yields
from linewright.plant.kpi.ledger import Ledger

__all__ = ["Kpis", "kpis"]


class Kpis(msgspec.Struct, frozen=True, kw_only=True):
    """Indicators of one ledger; undefined is nan, which JSON writes as null.

    Each field is the result of the function of the same name in `oee`, `efficiency`, `yields` or
    `reliability`, which says formula, range and undefined cases. Shares are 0 to 1, not per cent.

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Times
    >>> kpis(Ledger(address="n/m/b/saw", calendar_ns=8, times=Times(meal_ns=8))).availability
    nan
    """

    availability: float
    effectiveness: float
    quality_ratio: float
    oee: float
    nee: float
    teep: float
    data_coverage: float
    allocation_efficiency: float
    utilisation_efficiency: float
    technical_efficiency: float
    set_up_ratio: float
    throughput_rate_per_h: float
    scrap_ratio: float
    rework_ratio: float
    first_pass_yield: float
    mtbf_h: float
    mttr_h: float
    energy_per_part_kwh: float
    energy_per_good_part_kwh: float


def kpis(ledger: Ledger) -> Kpis:
    """Return every indicator that a ledger alone determines.

    Parameters
    ----------
    ledger
        Of a station, or rolled up.

    Returns
    -------
    Kpis
        Undefined indicators are nan.

    Notes
    -----
    O(rows of counts); some 60 us for a station with one product.

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Counts, Times
    >>> row = Counts(product="lid", standard_ns=3, produced=20, good=18, scrap=2)
    >>> found = kpis(Ledger(address="n/m/b/press", calendar_ns=100, counts=(row,),
    ...                     times=Times(producing_ns=80, breakdown_ns=20)))
    >>> found.availability, found.effectiveness, found.quality_ratio, found.oee
    (0.8, 0.75, 0.9, 0.54)
    """
    return Kpis(
        availability=oee.availability(ledger),
        effectiveness=oee.effectiveness(ledger),
        quality_ratio=oee.quality_ratio(ledger),
        oee=oee.oee(ledger),
        nee=oee.nee(ledger),
        teep=oee.teep(ledger),
        data_coverage=oee.data_coverage(ledger),
        allocation_efficiency=efficiency.allocation_efficiency(ledger),
        utilisation_efficiency=efficiency.utilisation_efficiency(ledger),
        technical_efficiency=efficiency.technical_efficiency(ledger),
        set_up_ratio=efficiency.set_up_ratio(ledger),
        throughput_rate_per_h=efficiency.throughput_rate_per_h(ledger),
        scrap_ratio=yields.scrap_ratio(ledger),
        rework_ratio=yields.rework_ratio(ledger),
        first_pass_yield=yields.first_pass_yield(ledger),
        mtbf_h=reliability.mtbf_h(ledger),
        mttr_h=reliability.mttr_h(ledger),
        energy_per_part_kwh=efficiency.energy_per_part_kwh(ledger),
        energy_per_good_part_kwh=efficiency.energy_per_good_part_kwh(ledger),
    )
