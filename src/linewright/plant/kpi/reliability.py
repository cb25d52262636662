"""Mean times between failures, to failure and to restoration (ISO 22400-2:2014, IEC 60050-191).

A failure event is a breakdown. A window cuts the operating times at its edges; such censored
times are exposure and count, only failures divide them. Without a failure there is no mean: nan,
and never the length of the window.
"""

import math
from collections.abc import Iterable

from linewright.plant.kpi.ledger import NS_PER_H, Ledger
from linewright.plant.kpi.ratio import quotient

__all__ = ["mtbf_h", "mttf_h", "mttr_h"]


def mtbf_h(ledger: Ledger) -> float:
    """Return the mean operating time between failures, in hours: ``(APT + AUST) / FE``.

    Operating time is production and set-up, without delays; the stretches before the first and
    after the last failure of the window count. For a repaired station the standard's MTTF is
    the same number; `mttf_h` is for items that are replaced.

    Returns
    -------
    float
        Hours, 0 or more; nan where no failure began in the window.

    Notes
    -----
    ISO 22400-2:2014, "Mean operating time between failures (MTBF)": the mean of the operating
    times TBF between consecutive failures. Total operating time over failures is the maximum
    likelihood estimate of that mean for a constant failure rate with censored ends, and it adds
    over windows and stations.

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Failures, Times
    >>> times = Times(producing_ns=20 * NS_PER_H, set_up_ns=NS_PER_H, breakdown_ns=3 * NS_PER_H)
    >>> mtbf_h(Ledger(address="n/m/b/saw", calendar_ns=24 * NS_PER_H, times=times,
    ...               failures=Failures(events=2)))
    10.5
    """
    return quotient(ledger.times.processing_ns, ledger.failures.events * NS_PER_H)


def mttr_h(ledger: Ledger) -> float:
    """Return the mean time to restoration, in hours: sum of TTR over restorations.

    A failure's TTR runs on the clock from its start to its end, nights and pauses included, and
    is counted whole in the window in which it ends. One that still goes on is not in the mean.

    Returns
    -------
    float
        Hours, 0 or more; nan where no failure ended in the window.

    Notes
    -----
    ISO 22400-2:2014, "Mean time to restoration (MTTR)".

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Failures, Times
    >>> mttr_h(Ledger(address="n/m/b/saw", calendar_ns=0, times=Times(),
    ...               failures=Failures(restorations=2, restoration_ns=3 * NS_PER_H)))
    1.5
    """
    done = ledger.failures
    return quotient(done.restoration_ns, done.restorations * NS_PER_H)


def mttf_h(failed_ns: Iterable[int], running_ns: Iterable[int] = ()) -> float:
    """Return the mean time to failure of items that are replaced, such as tools, in hours.

    Parameters
    ----------
    failed_ns
        Operating time of each item that failed, ns.
    running_ns
        Operating time so far of each item that has not: censored lives, which are exposure.

    Returns
    -------
    float
        Hours, 0 or more; nan where none failed.

    Notes
    -----
    ISO 22400-2:2014, "Mean time to failure (MTTF)". As for `mtbf_h`, all operating time over
    the failures.

    Examples
    --------
    >>> mttf_h([2 * NS_PER_H, 4 * NS_PER_H], running_ns=[3 * NS_PER_H])
    4.5
    >>> mttf_h([], running_ns=[3 * NS_PER_H])
    nan
    """
    lives = tuple(failed_ns)
    return quotient(sum(lives) + sum(running_ns), len(lives) * NS_PER_H) if lives else math.nan
