"""Findings: what in a ledger cannot be right, in words. Nothing is clipped or repaired for it."""

import enum
from collections.abc import Iterator

import msgspec

from linewright.plant.kpi.ledger import Ledger, Pieces

__all__ = ["EFFECTIVENESS_MAX_PERCENT", "Finding", "FindingCode", "findings"]

EFFECTIVENESS_MAX_PERCENT = 110
"""Above this the standard time is doubted; a good day or a rounded standard stays below."""


class FindingCode(enum.StrEnum):
    """What a finding is about; the code is stable, its text may be translated.

    Examples
    --------
    >>> FindingCode("data_missing")
    <FindingCode.DATA_MISSING: 'data_missing'>
    """

    STANDARD_TIME_LONG = "standard_time_long"
    STANDARD_TIME_MISSING = "standard_time_missing"
    PRODUCTION_TIME_MISSING = "production_time_missing"
    COUNT_NEGATIVE = "count_negative"
    COUNTS_DISAGREE = "counts_disagree"
    DATA_MISSING = "data_missing"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not right with the numbers of a ledger, and what to do about it.

    Examples
    --------
    >>> Finding(code=FindingCode.DATA_MISSING, address="n/m/b/saw", text="no data").code.value
    'data_missing'
    """

    code: FindingCode
    address: str
    text: str


def findings(ledger: Ledger) -> tuple[Finding, ...]:
    """Return what is not right with a ledger; often nothing.

    Parameters
    ----------
    ledger
        Of a station, or rolled up.

    Returns
    -------
    tuple of Finding
        In the order of `FindingCode`.

    Notes
    -----
    O(n) in the rows of counts. All comparisons are in integers.

    Examples
    --------
    >>> from linewright.plant.kpi.ledger import Counts, Times
    >>> row = Counts(product="lid", standard_ns=2, produced=23, good=23)
    >>> for found in findings(Ledger(address="n/m/b/press", calendar_ns=40, counts=(row,),
    ...                              times=Times(producing_ns=40))):
    ...     print(found.code, "-", found.text)
    standard_time_long - effectiveness is 115.0 %: the standard time of lid is too long; measure it
    """
    return tuple(
        Finding(code=code, address=ledger.address, text=text)
        for code, text in (*_of_standards(ledger), *_of_counts(ledger), *_of_data(ledger))
    )


def _of_standards(ledger: Ledger) -> Iterator[tuple[FindingCode, str]]:
    produced_ns = ledger.times.producing_ns
    if 0 < produced_ns * EFFECTIVENESS_MAX_PERCENT < ledger.earned_ns * 100:
        products = sorted({row.product for row in ledger.counts if row.produced > 0})
        percent = 100 * ledger.earned_ns / produced_ns
        text = (
            f"effectiveness is {percent:.1f} %: the standard time of {' or '.join(products)} is "
            "too long; measure it"
        )
        yield FindingCode.STANDARD_TIME_LONG, text
    if ledger.unvalued:
        text = (
            f"no standard time for {', '.join(ledger.unvalued)}: effectiveness and OEE are "
            "undefined; give it in the plant file"
        )
        yield FindingCode.STANDARD_TIME_MISSING, text
    if produced_ns == 0 and any(row.produced > 0 for row in ledger.counts):
        text = "parts were counted but no production time; check the station's state signal"
        yield FindingCode.PRODUCTION_TIME_MISSING, text


def _of_counts(ledger: Ledger) -> Iterator[tuple[FindingCode, str]]:
    for row in ledger.counts:
        pieces = {name: getattr(row, name) for name in Pieces.__struct_fields__}
        negative = [f"{name} {count}" for name, count in pieces.items() if count < 0]
        if negative:
            text = (
                f"{row.product}: {', '.join(negative)}; a correction of another window, book it "
                "there"
            )
            yield FindingCode.COUNT_NEGATIVE, text
    for row in ledger.counts:
        if row.unjudged < 0:
            text = (
                f"{row.product}: {row.inspected} pieces were judged but {row.produced} produced; "
                "check which counter misses pieces"
            )
            yield FindingCode.COUNTS_DISAGREE, text


def _of_data(ledger: Ledger) -> Iterator[tuple[FindingCode, str]]:
    unknown_ns = ledger.times.unknown_ns
    if unknown_ns:
        percent = 100 * unknown_ns / ledger.times.planned_busy_ns
        text = (
            f"no data for {percent:.1f} % of planned busy time: OEE is a lower bound; check the "
            "connection or book the time"
        )
        yield FindingCode.DATA_MISSING, text
