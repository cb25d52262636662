"""Quality: how far a value can be trusted, in sixteen bits (after the status codes of OPC UA).

Zero is good, so most columns compress to nothing. Qualities combine by ``|``: what is computed
from several values is as bad as all of them together.

>>> Quality.STALE | Quality.CLOCK
<Quality.CLOCK|STALE: 12>
>>> severity(Quality.BAD | Quality.NOT_CONNECTED)
<Severity.BAD: 2>
"""

import enum

__all__ = ["QUALITY_MAX", "Quality", "Severity", "severity"]

QUALITY_MAX = 0x7FFF
"""Largest quality: bit 15 stays zero, so that the column also fits a signed 16-bit integer."""

_SEVERITY_BITS = 0b11


class Quality(enum.IntFlag):
    """Bits of a sample's or record's quality, u16.

    Bits 0 and 1 are the severity: neither is good, bit 0 alone is uncertain, bit 1 is bad. Every
    other bit says why; a bit that makes a value unusable comes together with `BAD`, one that makes
    it doubtful with `UNCERTAIN`. `CLOCK`, `SIMULATED`, `SUBSTITUTED` and `OVERRIDE` may
    stand on a good value. A number is never reused for another meaning.

    Examples
    --------
    >>> Quality(0), Quality.BAD | Quality.SENSOR_FAILURE
    (<Quality.GOOD: 0>, <Quality.BAD|SENSOR_FAILURE: 130>)
    """

    GOOD = 0
    """Measured, in time, by a source in order."""
    UNCERTAIN = 1 << 0
    """Usable with doubt: another bit says why."""
    BAD = 1 << 1
    """Not usable: no sum, mean or decision takes it."""
    CLOCK = 1 << 2
    """The source's clock was off by more than 2 s: `t_ns` is corrected, the raw time kept."""
    STALE = 1 << 3
    """No newer value came in the expected time."""
    SUBSTITUTED = 1 << 4
    """Put in place of a missing value by a rule."""
    SIMULATED = 1 << 5
    """Produced by the emulated plant or a twin."""
    NOT_CONNECTED = 1 << 6
    """The source was not reached."""
    SENSOR_FAILURE = 1 << 7
    """The device reports that its sensor or channel is out of order."""
    OUT_OF_RANGE = 1 << 8
    """Outside what the sensor can show."""
    NOT_FINITE = 1 << 9
    """The source sent a number that is none (NaN or infinite)."""
    CONFIGURATION = 1 << 10
    """The plant file and the device disagree: no such node, or another type."""
    OVERFLOW = 1 << 11
    """The source lost older values just before this one."""
    OVERRIDE = 1 << 12
    """A person has set the value by hand at the machine."""
    INITIAL = 1 << 13
    """First value after a connection: its time says when it was read, not when it changed."""
    ESTIMATED = 1 << 14
    """Computed or interpolated, not read."""


class Severity(enum.IntEnum):
    """Whether a value may be used.

    Examples
    --------
    >>> [each.name for each in Severity]
    ['GOOD', 'UNCERTAIN', 'BAD']
    """

    GOOD = 0
    UNCERTAIN = 1
    BAD = 2


def severity(quality: int) -> Severity:
    """Severity of a quality, from its two lowest bits; both bits together are bad.

    Parameters
    ----------
    quality
        Any combination of `Quality` bits.

    Returns
    -------
    Severity
        Good, uncertain or bad.

    Examples
    --------
    >>> severity(Quality.UNCERTAIN | Quality.STALE).name
    'UNCERTAIN'
    """
    return Severity(min(quality & _SEVERITY_BITS, Severity.BAD))
