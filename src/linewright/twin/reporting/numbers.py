"""Numbers as people of a language write them, with as many digits as their interval bears."""

import math

from linewright.twin.reporting.study import Value

__all__ = ["decimals_of", "hour_ticks", "interval", "number", "percent", "short", "ticks"]

THIN = "\u202f"
"""Narrow space without a break: thousands in Spanish and French, and between number and unit."""

MARKS = {"en": (",", "."), "zh": (",", "."), "es": (THIN, ","), "fr": (THIN, ",")}
"""Mark of thousands and of decimals."""

SPANISH_MIN = 10_000
"""Spanish parts thousands from five digits on."""

DECIMALS_MAX = 6
SIGNIFICANT = 3
DAY_H = 24.0
HOURS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 6.0, 12.0, DAY_H)
"""Steps of an axis of hours, below several days."""
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
"""Steps of an axis, times a power of ten."""


def number(value: float, decimals: int, language: str = "en") -> str:
    """Return a number with so many decimals.

    Parameters
    ----------
    value
        Any; what is not finite is a dash.
    decimals
        Digits behind the mark.
    language
        `en`, `es`, `fr` or `zh`.

    Examples
    --------
    >>> number(-12345.678, 1), number(1234.5, 1, "es"), number(math.nan, 1)
    ('\u221212,345.7', '1234,5', '\u2013')
    """
    if not math.isfinite(value):
        return "\u2013"
    thousands, mark = MARKS.get(language, MARKS["en"])
    text = f"{abs(value):,.{decimals}f}"
    if language == "es" and abs(value) < SPANISH_MIN:
        thousands = ""
    text = text.replace(",", "\0").replace(".", mark).replace("\0", thousands)
    is_zero = not any(sign in text for sign in "123456789")
    return text if value >= 0 or is_zero else f"\u2212{text}"


def decimals_of(value: Value) -> int:
    """Return how many decimals a value is worth: two significant digits of its half-width.

    Examples
    --------
    >>> decimals_of(Value(61.234, 60.4, 62.1)), decimals_of(Value(61.234)), decimals_of(Value(383))
    (2, 1, 0)
    """
    if value.low is not None and value.high is not None and value.high > value.low:
        return _decimals((value.high - value.low) / 2.0, 2)
    if value.mean == round(value.mean):
        return 0
    return _decimals(value.mean, SIGNIFICANT)


def short(value: float, language: str = "en") -> str:
    """Return a number with three significant digits, as on an axis.

    Examples
    --------
    >>> short(0.12345), short(48.0), short(1234.6), short(0.5)
    ('0.123', '48', '1,235', '0.5')
    """
    decimals = 0 if value == round(value) else _decimals(value, SIGNIFICANT)
    while decimals and round(value, decimals) == round(value, decimals - 1):
        decimals -= 1
    return number(value, decimals, language)


def percent(share: float, language: str = "en", decimals: int = 1) -> str:
    """Return a share in percent.

    Examples
    --------
    >>> percent(0.9371)
    '93.7\u202f%'
    """
    return f"{number(share * 100.0, decimals, language)}{THIN}%"


def interval(value: Value, language: str = "en", to: str = "to") -> str:
    """Return low and high of a value, with the digits of its mean; empty without interval.

    Examples
    --------
    >>> interval(Value(61.2, 60.4, 62.1))
    '60.40 to 62.10'
    """
    if value.low is None or value.high is None:
        return ""
    decimals = decimals_of(value)
    return f"{number(value.low, decimals, language)} {to} {number(value.high, decimals, language)}"


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return round numbers for an axis, that hold the range between the first and the last.

    Parameters
    ----------
    low, high
        What is to be shown.
    about
        How many are wished.

    Examples
    --------
    >>> ticks(0.0, 93.0)
    [0.0, 25.0, 50.0, 75.0, 100.0]
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return [0.0, 1.0]
    if high <= low:
        low, high = min(low, 0.0), max(low, 0.0) or 1.0
    raw = (high - low) / max(1, about - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(each * power for each in STEPS if each * power >= raw * (1.0 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]


def hour_ticks(high: float, about: int = 8) -> list[float]:
    """Return round numbers of hours from 0 up to an end: whole days where there are several.

    Parameters
    ----------
    high
        Hours at the end; no tick lies beyond.
    about
        Most ticks.

    Examples
    --------
    >>> hour_ticks(168.0), hour_ticks(8.0), hour_ticks(0.0)
    ([0.0, 24.0, 48.0, 72.0, 96.0, 120.0, 144.0, 168.0], [0.0, 2.0, 4.0, 6.0, 8.0], [0.0])
    """
    if not math.isfinite(high) or high <= 0.0:
        return [0.0]
    days = math.ceil(high / DAY_H / (about - 1) - 1e-9)
    steps = (*HOURS, DAY_H * max(1, days))
    step = next((each for each in steps if each * (about - 1) >= high - 1e-9), steps[-1])
    return [round(k * step, 12) for k in range(math.floor(high / step + 1e-9) + 1)]


def _decimals(value: float, significant: int) -> int:
    if value == 0.0 or not math.isfinite(value):
        return 0
    return min(DECIMALS_MAX, max(0, significant - 1 - math.floor(math.log10(abs(value)))))
