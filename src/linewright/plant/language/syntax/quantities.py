"""Numbers with units and money: text to plain numbers and back (owner of Pint).

Pint parses each spelling of a unit once; from then on a quantity costs one
regular expression and one multiplication. Written quantities read back to the
same float, bit by bit.
"""

import math
import re
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from linewright.plant.language.syntax.problems import nearest
from linewright.plant.money import Money

if TYPE_CHECKING:
    import pint

MAGNITUDE_MAX = 1e15
"""Largest magnitude of any quantity; beyond it a float loses whole units."""

SMALLEST = Decimal("1e-9")
"""Smallest amount of money that is no nothing."""

TEXT_MAX = 200
"""Longest text of a quantity."""

_NUMBER = r"[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?"
_QUANTITY = re.compile(rf"\s*({_NUMBER})\s*([^\d\s].*?)?\s*", re.DOTALL | re.ASCII)
_PLAIN_NUMBER = re.compile(_NUMBER, re.ASCII)
_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_SYMBOL = r"[A-Za-z%°µμΩ_]{1,40}(?:(?:\^|\*\*)-?\d{1,2})?"
_UNIT = re.compile(rf"(?:1\s*/\s*)?{_SYMBOL}(?:\s*[*/·]\s*{_SYMBOL}){{0,9}}", re.ASCII)
_MONEY = re.compile(rf"\s*({_NUMBER})\s*([A-Za-z]{{3}})\s*(?:/\s*(.+?)\s*)?", re.ASCII)

SECOND_UNITS: tuple[tuple[str, float], ...] = (
    ("week", 604_800.0),
    ("d", 86_400.0),
    ("h", 3_600.0),
    ("min", 60.0),
    ("s", 1.0),
    ("ms", 0.001),
)
"""Units in which a time is written, longest first."""

KNOWN_UNITS = (
    "s",
    "ms",
    "min",
    "h",
    "d",
    "week",
    "month",
    "year",
    "mm",
    "um",
    "cm",
    "m",
    "km",
    "in",
    "ft",
    "kg",
    "g",
    "t",
    "lb",
    "kW",
    "W",
    "kWh",
    "degC",
    "degF",
    "K",
    "bar",
    "Pa",
    "kPa",
    "MPa",
    "psi",
    "N",
    "kN",
    "N*m",
    "V",
    "A",
    "Hz",
    "rpm",
    "mm/s",
    "mm/min",
    "m/s",
    "l",
    "l/min",
    "m^3/h",
    "%",
    "dB",
    "deg",
    "kg/kWh",
)
"""Units offered when one is misspelled."""

MISREAD = {"C": "degC", "F": "degF"}
"""Spellings that the library takes for coulomb and farad, and people for temperatures."""

UNITS_HINT = "for example s, min, h, mm, kg, kW, degC, %"


class QuantityInvalid(ValueError):  # named for the state, as all our refusals
    """A text that is not the quantity expected: a problem code, what is wrong, what to do."""

    def __init__(self, code: str, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.hint = hint


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """One spelling of a unit: its dimension, and value = number * factor + offset in base units."""

    text: str
    dimension: str
    factor: float
    offset: float = 0.0


@cache
def _registry() -> "pint.UnitRegistry[float]":
    import pint  # noqa: PLC0415  # loaded with the first quantity, not with the room

    registry: pint.UnitRegistry[float] = pint.UnitRegistry(
        on_redefinition="ignore", autoconvert_offset_to_baseunit=True
    )
    registry.define("part = [part] = _ = parts = pcs = piece = pieces")
    # On a shop floor a revolution a minute is 1/min; Pint's own is 2 pi/min.
    registry.define("rpm = 1 / minute")
    return registry


@cache
def unit_of(text: str) -> Unit:
    """Return the unit that a spelling means.

    Parameters
    ----------
    text
        For example `s`, `degC`, `mm/min`, `%`; empty is a plain number.

    Returns
    -------
    Unit
        With factor and offset to the base units of its dimension.

    Raises
    ------
    QuantityInvalid
        `unit-unknown`, with the nearest known spelling.

    Examples
    --------
    >>> unit_of("min").factor
    60.0
    >>> unit_of("degC").dimension == unit_of("K").dimension
    True
    """
    if not text:
        return Unit(text="", dimension="dimensionless", factor=1.0)
    if text in MISREAD:
        hint = f"did you mean `{MISREAD[text]}`?"
        raise QuantityInvalid("unit-unknown", f"`{text}` is ambiguous", hint)
    if len(text) > TEXT_MAX or not _UNIT.fullmatch(text):
        raise QuantityInvalid("unit-unknown", f"`{text[:40]}` is not a unit", UNITS_HINT)
    registry = _registry()
    spelled = text.replace("%", "percent").replace("°C", "degC").replace("°F", "degF")
    try:
        unit = registry.Unit(spelled.replace("·", "*"))
        zero, one, two = (
            float(registry.Quantity(number, unit).to_base_units().magnitude)
            for number in (0.0, 1.0, 2.0)
        )
    except Exception as error:
        near = nearest(text, KNOWN_UNITS)
        raise QuantityInvalid(
            "unit-unknown",
            f"there is no unit `{text[:40]}`",
            f"did you mean `{near}`?" if near else UNITS_HINT,
        ) from error
    factor = _neat(one - zero)
    if not math.isfinite(factor) or factor == 0.0:
        raise QuantityInvalid("unit-unknown", f"`{text[:40]}` is no unit of use", UNITS_HINT)
    if not math.isclose(two - one, one - zero, rel_tol=1e-9):
        # A logarithmic unit (dB): kept as it is, never converted.
        return Unit(text=text, dimension=f"{text} (logarithmic)", factor=1.0)
    return Unit(text=text, dimension=str(unit.dimensionality), factor=factor, offset=zero)


def _neat(rough: float) -> float:
    """Return the float that a person would have written, where it differs by rounding only."""
    neat = float(f"{rough:.12g}")
    return neat if math.isclose(neat, rough, rel_tol=1e-13, abs_tol=0.0) else rough


@cache
def _factor(text: str, into: str) -> tuple[float, float]:
    """Return (factor, offset) from one unit to another of the same dimension."""
    source, target = unit_of(text), unit_of(into)
    if source.dimension != target.dimension:
        raise QuantityInvalid(
            "unit-dimension",
            f"`{text}` measures {_dimension_words(source)}, not {_dimension_words(target)}",
            _dimension_hint(into),
        )
    factor = _neat(source.factor / target.factor)
    return factor, (source.offset - target.offset) / target.factor


def _dimension_hint(into: str) -> str:
    return f"give it in a unit like `{into}`" if into else "give a number without a unit"


_WORDS = {
    "[time]": "time",
    "[length]": "length",
    "[mass]": "mass",
    "dimensionless": "a plain number or share",
    "[temperature]": "temperature",
    "[length] / [time]": "speed",
    "[mass] * [length] ** 2 / [time] ** 3": "power",
    "[length] ** 2 * [mass] / [time] ** 3": "power",
    "[mass] * [length] ** 2 / [time] ** 2": "energy",
    "[length] ** 2 * [mass] / [time] ** 2": "energy",
    "[mass] / [length] / [time] ** 2": "pressure",
    "1 / [time]": "a rate",
    "[mass] * [length] / [time] ** 2": "force",
    "[length] ** 2": "area",
    "[length] ** 3": "volume",
    "[length] ** 3 / [time]": "volume flow",
    "[current]": "current",
    "[mass] * [length] ** 2 / [current] / [time] ** 3": "voltage",
    "[part]": "pieces",
}


def _dimension_words(unit: Unit) -> str:
    return _WORDS.get(unit.dimension, f"what `{unit.text}` measures")


def parse_number(text: str) -> float:
    """Return the plain number that a text says.

    Raises
    ------
    QuantityInvalid
        `number-invalid`, or `out-of-range` when it is not finite.
    """
    match = _PLAIN_NUMBER.fullmatch(text.strip()) if len(text) <= TEXT_MAX else None
    if match is None:
        raise QuantityInvalid("number-invalid", f"`{text[:40]}` is not a number", _comma_hint(text))
    return _finite(float(match[0].replace("_", "")), text)


def _comma_hint(text: str) -> str:
    if _COMMA.search(text[:TEXT_MAX]):
        return "write decimals with a point and thousands without a sign: 1200.5"
    return ""


def _finite(value: float, text: str) -> float:
    if not math.isfinite(value) or abs(value) > MAGNITUDE_MAX:
        raise QuantityInvalid(
            "out-of-range", f"`{text[:40]}` is too large", f"at most {MAGNITUDE_MAX:g}"
        )
    return value


def split_quantity(text: str) -> tuple[float, str]:
    """Return the number and the unit's text; the unit is empty when there is none.

    Examples
    --------
    >>> split_quantity("48 s"), split_quantity("7")
    ((48.0, 's'), (7.0, ''))
    """
    match = _QUANTITY.fullmatch(text) if len(text) <= TEXT_MAX else None
    if match is None:
        raise QuantityInvalid(
            "number-invalid",
            f"`{text[:40]}` is not a number with a unit",
            _comma_hint(text) or "for example `48 s`",
        )
    if match[2] and _COMMA.match(text.strip()):
        raise QuantityInvalid(
            "number-invalid", f"a comma in `{text[:40]}`: decimals or thousands?", _comma_hint(text)
        )
    return _finite(float(match[1].replace("_", "")), text), match[2] or ""


def parse_quantity(text: str, unit: str, *, bare: bool = False, difference: bool = False) -> float:
    """Return a quantity as a plain number in the given unit.

    Parameters
    ----------
    text
        For example `48 s`, `1.5 min`, `2 %`.
    unit
        The unit of the result; empty for a plain number.
    bare
        Whether a number without a unit is taken to be in `unit`.
    difference
        Whether it is a difference of two values: 1 K is then 1 degC.

    Returns
    -------
    float
        Finite, at most `MAGNITUDE_MAX` in size.

    Raises
    ------
    QuantityInvalid
        With the codes `number-invalid`, `unit-missing`, `unit-unknown`,
        `unit-dimension` or `out-of-range`.

    Examples
    --------
    >>> parse_quantity("1.5 min", "s")
    90.0
    >>> parse_quantity("2 %", "1")
    0.02
    """
    number, given = split_quantity(text)
    target = "" if unit == "1" else unit
    if not given:
        if bare or not target:
            return number
        raise QuantityInvalid(
            "unit-missing", f"`{text.strip()[:40]}` has no unit", f"for example `{number:g} {unit}`"
        )
    if given == target:
        return number
    factor, offset = _factor(given, target)
    if offset and not difference:
        return _finite(float(f"{number * factor + offset:.12g}"), text)
    return _finite(_scale(number, factor), text)


def _scale(number: float, factor: float) -> float:
    """Return number * factor, exact for factors like 1/100 that a float cannot hold."""
    if 0.0 < factor < 1.0:
        inverse = 1.0 / factor
        if inverse == round(inverse):
            return number / inverse
    return number * factor


def format_quantity(value: float, unit: str) -> str:
    """Return the shortest text that reads back to exactly this number in this unit.

    Examples
    --------
    >>> format_quantity(108000.0, "s"), format_quantity(0.02, "1"), format_quantity(48.5, "s")
    ('30 h', '2 %', '48.5 s')
    """
    if unit == "s":
        candidates = [name for name, _ in SECOND_UNITS]
    elif unit == "1":
        candidates = ["%", ""]
    else:
        candidates = [unit]
    texts = []
    for name in candidates:
        factor = _factor(name, "" if unit == "1" else unit)[0]
        shown = value / factor
        text = f"{format_number(float(f'{shown:.12g}'))} {name}".rstrip()
        if parse_quantity(text, unit) == value:
            texts.append(text)
    exact = f"{format_number(value)} {'' if unit == '1' else unit}".rstrip()
    texts.append(exact)
    return min(texts, key=_plainness)


def _plainness(text: str) -> tuple[int, int]:
    number = text.split(" ", maxsplit=1)[0]
    return len(number) + number.startswith("0."), len(text)


def format_number(value: float) -> str:
    """Return a float as people write it, without a needless `.0`; reads back exactly."""
    if value == int(value) and abs(value) < MAGNITUDE_MAX:
        return str(int(value))
    return repr(value)


def parse_money(text: str, per: str, currencies: frozenset[str]) -> Money:
    """Return an amount of money per a unit.

    Parameters
    ----------
    text
        For example `45 USD/h`, `0.11 USD/kWh`, `600 MXN`.
    per
        Unit of the result's denominator; empty for an amount.
    currencies
        The codes that exist.

    Raises
    ------
    QuantityInvalid
        With the codes `money-invalid`, `currency-unknown`, `unit-dimension`,
        `unit-unknown`, `unit-missing` or `out-of-range`.

    Examples
    --------
    >>> parse_money("600 USD/d", "h", frozenset({"USD"}))
    Money(amount=Decimal('25'), currency='USD')
    """
    example = f"45 USD/{per}" if per else "45 USD"
    match = _MONEY.fullmatch(text) if len(text) <= TEXT_MAX else None
    if match is None:
        raise QuantityInvalid(
            "money-invalid",
            f"`{text[:40]}` is not an amount of money",
            _comma_hint(text) or f"for example `{example}`",
        )
    currency = match[2].upper()
    if currency not in currencies:
        raise QuantityInvalid(
            "currency-unknown",
            f"there is no currency `{match[2]}`",
            "use an ISO 4217 code, for example USD, MXN, CAD",
        )
    if bool(match[3]) != bool(per):
        raise QuantityInvalid(
            "unit-missing" if per else "unit-dimension",
            f"`{text[:40]}` should be money per {per}" if per else f"`{text[:40]}` is a rate",
            f"for example `{example}`",
        )
    try:
        amount = Decimal(match[1].replace("_", ""))
    except InvalidOperation:  # pragma: no cover  # the pattern lets only numbers through
        raise QuantityInvalid("money-invalid", f"`{text[:40]}` is not a number") from None
    _finite(float(amount), text)
    if amount and abs(amount) < SMALLEST:
        raise QuantityInvalid("out-of-range", f"`{text[:40]}` is too small", f"at least {SMALLEST}")
    if per and match[3] != per:
        factor = _factor(match[3], per)[0]
        amount = _tidy(amount / Decimal(repr(factor)))
    return Money(amount, currency)


def _tidy(amount: Decimal) -> Decimal:
    """Return the amount without the digits that a division leaves behind."""
    rounded = amount.quantize(Decimal("1e-12")) if abs(amount) < Decimal("1e12") else amount
    plain = rounded.normalize()
    exponent = plain.as_tuple().exponent
    return plain.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else plain


def format_money(money: Money, per: str) -> str:
    """Return money as `45 USD/h`; reads back to the same amount."""
    return f"{money.amount:f} {money.currency}" + (f"/{per}" if per else "")
