"""Efficiencies of time, output per hour and energy per part (ISO 22400-2:2014).

As in `oee`: one ledger, one division, nan where undefined.
"""

import math

import msgspec

from linewright.plant.kpi.ledger import NS_PER_H, Ledger
from linewright.plant.kpi.ratio import quotient, share

__all__ = [
    "CREW_PEOPLE_MIN",
    "Crew",
    "allocation_efficiency",
    "energy_per_good_part_kwh",
    "energy_per_part_kwh",
    "set_up_ratio",
    "technical_efficiency",
    "throughput_rate_per_h",
    "utilisation_efficiency",
    "worker_efficiency",
]

CREW_PEOPLE_MIN = 5
"""Smallest crew of which a worker efficiency is given; below it a number would point at people."""


def allocation_efficiency(ledger: Ledger) -> float:
    """Return the share of planned busy time spent on orders: ``AUBT / PBT``.

    What is missing to 1 is time blocked, starved or unknown.

    Returns
    -------
    float
        In [0, 1]; nan without planned busy time.

    Notes
    -----
    ISO 22400-2:2014, "Allocation efficiency".

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Times
    >>> times = Times(producing_ns=6, set_up_ns=1, breakdown_ns=1, starved_ns=2)
    >>> allocation_efficiency(Ledger(address="n/m/b/saw", calendar_ns=10, times=times))
    0.8
    """
    return share(ledger.times.busy_ns, ledger.times.planned_busy_ns)


def utilisation_efficiency(ledger: Ledger) -> float:
    """Return the share of busy time that was production: ``APT / AUBT``.

    Returns
    -------
    float
        In [0, 1]; nan without busy time.

    Notes
    -----
    ISO 22400-2:2014, "Utilization efficiency".

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Times
    >>> times = Times(producing_ns=6, set_up_ns=1, breakdown_ns=1, starved_ns=2)
    >>> utilisation_efficiency(Ledger(address="n/m/b/saw", calendar_ns=10, times=times))
    0.75
    """
    return share(ledger.times.producing_ns, ledger.times.busy_ns)


def technical_efficiency(ledger: Ledger) -> float:
    """Return production per production and delays: ``APT / (APT + ADET)``.

    Set-up does not lower it, and neither do the neighbours: blocked and starved are no delays.

    Returns
    -------
    float
        In [0, 1]; nan where there is neither.

    Notes
    -----
    ISO 22400-2:2014, "Technical efficiency".

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Times
    >>> times = Times(producing_ns=6, micro_stop_ns=1, breakdown_ns=1, starved_ns=2)
    >>> technical_efficiency(Ledger(address="n/m/b/saw", calendar_ns=10, times=times))
    0.75
    """
    times = ledger.times
    return share(times.producing_ns, times.producing_ns + times.delay_ns)


def set_up_ratio(ledger: Ledger) -> float:
    """Return the share of processing time spent on set-up: ``AUST / AUPT``.

    Returns
    -------
    float
        In [0, 1]; nan where there is neither set-up nor production.

    Notes
    -----
    ISO 22400-2:2014, "Setup ratio".

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Times
    >>> times = Times(producing_ns=6, set_up_ns=2)
    >>> set_up_ratio(Ledger(address="n/m/b/saw", calendar_ns=8, times=times))
    0.25
    """
    return share(ledger.times.set_up_ns, ledger.times.processing_ns)


def throughput_rate_per_h(ledger: Ledger) -> float:
    """Return produced pieces per hour of planned busy time.

    The standard divides by the order execution time (AOET), which a ledger of a station does
    not hold; planned busy time is the part of it spent at the station. Unknown time is inside,
    so silence lowers the rate.

    Returns
    -------
    float
        Pieces per hour, 0 or more; nan without planned busy time, or where corrections leave
        less than no piece.

    Notes
    -----
    ISO 22400-2:2014, "Throughput rate": ``PQ / AOET``.

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Counts, Times
    >>> row = Counts(product="lid", standard_ns=None, produced=90)
    >>> throughput_rate_per_h(Ledger(address="n/m/b/press", calendar_ns=2 * NS_PER_H,
    ...                              counts=(row,), times=Times(producing_ns=2 * NS_PER_H)))
    45.0
    """
    return quotient(ledger.pieces.produced * NS_PER_H, ledger.times.planned_busy_ns)


def energy_per_part_kwh(ledger: Ledger) -> float:
    """Return energy per produced piece, in kWh.

    All energy of the window counts, also that of pauses and stops.

    Returns
    -------
    float
        kWh per piece; negative only where more energy is fed back than used. nan without
        produced pieces or where the energy was not measured.

    Notes
    -----
    ISO 22400-2:2014, "Comprehensive energy consumption", for one energy.

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Counts, Times
    >>> row = Counts(product="lid", standard_ns=None, produced=100, good=80)
    >>> energy_per_part_kwh(Ledger(address="n/m/b/press", calendar_ns=0, times=Times(),
    ...                            counts=(row,), energy_kwh=40.0))
    0.4
    """
    return _energy_per(ledger, ledger.pieces.produced)


def energy_per_good_part_kwh(ledger: Ledger) -> float:
    """Return energy per good piece, in kWh: what scrap used is carried by the good pieces.

    Returns
    -------
    float
        kWh per good piece; nan without good pieces or where the energy was not measured.

    Notes
    -----
    Not in ISO 22400; the basis of carbon per part.

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Counts, Times
    >>> row = Counts(product="lid", standard_ns=None, produced=100, good=80)
    >>> energy_per_good_part_kwh(Ledger(address="n/m/b/press", calendar_ns=0, times=Times(),
    ...                                 counts=(row,), energy_kwh=40.0))
    0.5
    """
    return _energy_per(ledger, ledger.pieces.good)


def _energy_per(ledger: Ledger, pieces: int) -> float:
    if ledger.energy_kwh is None or pieces <= 0:
        return math.nan
    return ledger.energy_kwh / pieces


class Crew(msgspec.Struct, frozen=True, kw_only=True):
    """Hours of a crew as a whole; who worked them is not in it.

    Parameters
    ----------
    people
        How many were present.
    work_ns
        Personnel work time on orders (APWT), of all together.
    attendance_ns
        Personnel attendance time (APAT), of all together.

    Examples
    --------
    >>> Crew(people=6, work_ns=36, attendance_ns=48).people
    6
    """

    people: int
    work_ns: int
    attendance_ns: int


def worker_efficiency(crew: Crew) -> float:
    """Return work on orders per attendance of a whole crew: ``APWT / APAT``.

    People are never scored: a crew of fewer than `CREW_PEOPLE_MIN` has no number.

    Returns
    -------
    float
        In [0, 1]; nan for a small crew, without attendance, or where the work exceeds it.

    Notes
    -----
    ISO 22400-2:2014, "Worker efficiency".

    Examples
    --------
    >>> worker_efficiency(Crew(people=6, work_ns=36, attendance_ns=48))
    0.75
    >>> worker_efficiency(Crew(people=1, work_ns=6, attendance_ns=8))
    nan
    """
    if crew.people < CREW_PEOPLE_MIN:
        return math.nan
    return share(crew.work_ns, crew.attendance_ns)
