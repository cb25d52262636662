"""Times and their distributions: as CMSD says them, and as the plant file does.

Other tools write other names for one distribution and for its parameters, and some write one
formula (`TRIA(6,8,10)`); these are read. Written are the names of `PARAMETERS`.
"""

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from linewright.plant.cmsd.elements import CmsdInvalid, Notes, tag
from linewright.plant.markup import Node
from linewright.plant.model import Distribution

__all__ = ["UNITS_S", "number", "real", "time_of", "timed"]

UNITS_S = {
    "second": 1.0,
    "minute": 60.0,
    "hour": 3600.0,
    "day": 86_400.0,
    "week": 604_800.0,
    "month": 2_629_800.0,
    "year": 31_557_600.0,
}
"""Units of time in seconds; a year is 365.25 days, a month its twelfth."""

PARAMETERS = {
    "exponential": ("mean",),
    "normal": ("mean", "standardDeviation"),
    "lognormal": ("mean", "standardDeviation"),
    "gamma": ("shape", "scale"),
    "weibull": ("shape", "scale"),
    "triangular": ("minimum", "mode", "maximum"),
    "uniform": ("minimum", "maximum"),
}
"""What is written: the distributions and their parameters."""

FAMILY_NAMES = {
    "constant": "constant fixed deterministic",
    "exponential": "exponential exp expo negexp negativeexponential",
    "normal": "normal norm gaussian gauss",
    "lognormal": "lognormal logn lognorm",
    "gamma": "gamma gamm",
    "weibull": "weibull weib",
    "triangular": "triangular tria triangle",
    "uniform": "uniform unif",
    "erlang": "erlang erla",
}
"""Names in use, in small letters and without anything between them."""

PARAMETER_NAMES = {
    "mean": "mean average mu expectedvalue value meantime constant expomean",
    "deviation": "standarddeviation stdev stddev std sd sigma deviation",
    "variance": "variance var",
    "shape": "shape alpha k form",
    "scale": "scale beta theta",
    "low": "minimum min low lower a",
    "mode": "mode mostlikely likely c",
    "high": "maximum max high upper b",
    "rate": "rate lambda",
    "location": "location offset shift threshold",
    "logmean": "logmean meanlog",
    "logdeviation": "logstandarddeviation logstd sdlog logdeviation",
}
"""Names of parameters in use, written likewise."""

FORMULA = re.compile(r"([A-Za-z]+)\s*\(([-+.,eE\d\s]*)\)")
FORMULA_PARAMETERS = {
    "exponential": ("mean",),
    "normal": ("mean", "deviation"),
    "lognormal": ("mean", "deviation"),
    "triangular": ("low", "mode", "high"),
    "uniform": ("low", "high"),
    "gamma": ("scale", "shape"),
    "weibull": ("scale", "shape"),
    "erlang": ("mean", "shape"),
    "constant": ("mean",),
}
"""Parameters of a formula, in the order of the simulation language that made them common."""

DIGITS = 13
"""Digits of a mean or spread that is reckoned: below them is only rounding."""

SHAPES = (0.05, 200.0)
"""Weibull shapes looked among."""
HALVINGS = 100


def number(value: float) -> str:
    """Return a number as XML writes decimals: all its digits, no exponent.

    Examples
    --------
    >>> number(48.0), number(1e-7), number(0.1)
    ('48', '0.0000001', '0.1')
    """
    text = format(Decimal(repr(float(value))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def timed(name: str, time: Distribution, default: str, *more: Node) -> Node:
    """Return an element with a time: its unit, and its value or distribution.

    Parameters
    ----------
    name
        Of the element.
    time, default
        The time, and its family where it does not say one.
    more
        What stands before the time.
    """
    family = time.family or default
    unit = tag("Unit", text="second")
    spread = time.cv or 0.0
    if family not in PARAMETERS or _is_fixed(family, spread):
        return tag(name, *more, unit, tag("Value", text=number(time.expected_s)))
    values = _values(family, time, spread)
    parameters = [
        tag("DistributionParameter", tag("Name", text=key), tag("Value", text=number(value)))
        for key, value in zip(PARAMETERS[family], values, strict=True)
    ]
    return tag(name, *more, unit, tag("Distribution", tag("Name", text=family), *parameters))


def _is_fixed(family: str, spread: float) -> bool:
    return spread == 0.0 and family in ("normal", "lognormal", "gamma", "weibull")


def _values(family: str, time: Distribution, spread: float) -> tuple[float, ...]:
    mean, low, high = time.expected_s, time.low_s or 0.0, time.high_s or 0.0
    if family == "exponential":
        return (mean,)
    if family in ("normal", "lognormal"):
        return mean, mean * spread
    if family == "gamma":
        return 1.0 / (spread * spread), mean * spread * spread
    if family == "weibull":
        shape = _weibull_shape(spread)
        return shape, mean / math.gamma(1.0 + 1.0 / shape)
    return (low, time.mode_s or 0.0, high) if family == "triangular" else (low, high)


def _weibull_shape(spread: float) -> float:
    """Return the Weibull shape of a coefficient of variation, by halving."""
    low, high = SHAPES
    for _ in range(HALVINGS):
        shape = 0.5 * (low + high)
        wide = _weibull_spread(shape) > spread
        low, high = (shape, high) if wide else (low, shape)
    return 0.5 * (low + high)


def _weibull_spread(shape: float) -> float:
    ratio = math.lgamma(1.0 + 2.0 / shape) - 2.0 * math.lgamma(1.0 + 1.0 / shape)
    return math.sqrt(max(0.0, math.expm1(ratio)))


def time_of(node: Node, default: str, unit: str, notes: Notes) -> dict[str, Any] | None:
    """Return a time in the words of the plant file; None where none is said.

    Parameters
    ----------
    node
        Element with `Unit`, and `Value` or `Distribution`.
    default
        Family that the plant file takes where it says none.
    unit
        Unit where the element has none.
    notes
        Gets what cannot be carried over.

    Raises
    ------
    CmsdInvalid
        A number that is none, or a distribution without what it needs.

    Notes
    -----
    A distribution that we do not have becomes its mean; one that starts later than at 0
    (`location`) keeps mean and deviation. Both are noted.
    """
    spoken = node.all("Distribution")
    value = node.say("Value") or (node.text.strip() if not node.children else "")
    if not spoken and value.lower() in ("", "none"):
        return None
    written = node.say("Unit") or unit
    if not written:
        notes.add("a time without a unit is taken for seconds", node.say("Name") or node.name)
        written = "second"
    factor = UNITS_S.get(written.lower().removesuffix("s"))
    if factor is None:
        raise CmsdInvalid(node.name, f"`{written}` is no unit of time", "use second, minute, hour")
    family, given = _distribution(spoken[0]) if spoken else _formula(value, node.name)
    if not given:
        return None
    found = _plain(family, {key: _in_s(key, v, factor) for key, v in given.items()}, notes)
    plain: dict[str, Any] = {
        key: each if key == "cv" else f"{each!r} s" for key, each in found[1].items()
    }
    return plain if found[0] == default else {**plain, "family": found[0]}


def _in_s(key: str, value: float, factor: float) -> float:
    """Return a parameter for seconds, of one for a unit of so many seconds."""
    if key in ("shape", "logdeviation"):
        return value
    if key == "logmean":
        return value + math.log(factor)
    if key == "rate":
        return value / factor
    return value * factor * (factor if key == "variance" else 1.0)


def _word(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


def _known(table: Mapping[str, str], text: str) -> str:
    word = _word(text).removesuffix("distribution")
    return next((key for key, names in table.items() if word in names.split()), word)


def _distribution(node: Node) -> tuple[str, dict[str, float]]:
    given = {}
    for each in node.children:
        if each.name.startswith("DistributionParameter") and each.say("Value"):
            name = _known(PARAMETER_NAMES, each.say("Name"))
            given[name] = real(each.say("Value"), f"distribution {node.say('Name')}")
    return _known(FAMILY_NAMES, node.say("Name") or "constant"), given


def _formula(text: str, where: str) -> tuple[str, dict[str, float]]:
    match = FORMULA.fullmatch(text)
    if match is None:
        return "constant", {"mean": real(text, where)}
    family = _known(FAMILY_NAMES, match[1])
    names = FORMULA_PARAMETERS.get(family, ())
    values = [real(part.strip(), where) for part in match[2].split(",") if part.strip()]
    if len(names) != len(values):
        raise CmsdInvalid(where, f"`{text[:60]}` is no time", "write a number or a Distribution")
    return family, dict(zip(names, values, strict=True))


def real(text: str, where: str) -> float:
    """Return a finite number.

    Raises
    ------
    CmsdInvalid
        When it is none.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise CmsdInvalid(where, f"`{text[:40]}` is no number", "write it as 12.5")
    return value


def _tidy(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _plain(family: str, given: dict[str, float], notes: Notes) -> tuple[str, dict[str, float]]:
    """Return our family and its keys, in seconds."""
    if family in ("triangular", "uniform"):
        return family, _corners(family, given)
    if family == "constant":
        return family, {"mean": _needed(given, "mean", family)}
    if family == "exponential":
        mean = given["mean"] if "mean" in given else _mean_of_rate(given)
        return _shifted(family, mean, mean, given, notes)
    if family in ("normal", "lognormal"):
        return _shifted(family, *_moments(family, given), given, notes)
    if family in ("gamma", "erlang", "weibull"):
        return _shifted(*_shaped(family, given), given, notes)
    mean = _needed(given, "mean", family)
    notes.add("a distribution that we do not have became its mean", family)
    return "constant", {"mean": mean}


def _corners(family: str, given: dict[str, float]) -> dict[str, float]:
    keys = ("low", "mode", "high") if family == "triangular" else ("low", "high")
    return {key: _needed(given, key, family) for key in keys}


def _mean_of_rate(given: dict[str, float]) -> float:
    """Return the mean of an exponential distribution that is given by its rate or scale."""
    rate = given.get("rate", 0.0)
    if rate > 0.0:
        return _tidy(1.0 / rate)
    return _needed(given, "scale", "exponential")


def _needed(given: dict[str, float], key: str, family: str) -> float:
    if key not in given:
        what = f"it has no `{key}`, but {', '.join(given) or 'nothing'}"
        raise CmsdInvalid(f"distribution {family}", what, "write its parameters as docs/cmsd.md")
    return given[key]


def _moments(family: str, given: dict[str, float]) -> tuple[float, float]:
    """Return mean and deviation of a normal or lognormal distribution."""
    if family == "lognormal" and "logmean" in given:
        spread = math.expm1(_needed(given, "logdeviation", family) ** 2)
        mean = math.exp(given["logmean"] + math.log1p(spread) / 2.0)
        return _tidy(mean), mean * math.sqrt(spread)
    mean = _needed(given, "mean", family)
    if "variance" in given:
        return mean, math.sqrt(max(0.0, given["variance"]))
    return mean, _needed(given, "deviation", family)


def _shaped(family: str, given: dict[str, float]) -> tuple[str, float, float]:
    """Return family, mean and deviation of one with a shape."""
    shape = _needed(given, "shape", family)
    if shape <= 0.0:
        raise CmsdInvalid(f"distribution {family}", "its shape is not above 0", "mend it")
    if family == "weibull":
        mean = _needed(given, "scale", family) * math.gamma(1.0 + 1.0 / shape)
        return family, _tidy(mean), mean * _weibull_spread(shape)
    one = given["mean"] if family == "erlang" and "mean" in given else given.get("scale")
    mean = one * shape if one is not None else _needed(given, "mean", family)
    return "gamma", _tidy(mean), mean / math.sqrt(shape)


def _shifted(
    family: str, mean: float, deviation: float, given: dict[str, float], notes: Notes
) -> tuple[str, dict[str, float]]:
    """Return family, mean and spread, with what the distribution starts later than at 0."""
    location = given.get("location", 0.0)
    if location:
        notes.add("a distribution that starts later than at 0 keeps mean and deviation", family)
        mean += location
        family = "gamma" if family == "exponential" else family
    if mean <= 0.0:
        raise CmsdInvalid(f"distribution {family}", "its mean is not above 0", "mend it")
    if family == "exponential":
        return family, {"mean": mean}
    return family, {"mean": mean, "cv": _tidy(deviation / mean)}
