"""Short texts that stand for a map: distributions and tolerances.

A grammar turns a text into keys and texts, which the element then reads as if
they had been written out, so that both forms are checked by the same rules.
"""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from linewright.plant.language.syntax.quantities import TEXT_MAX


class GrammarInvalid(ValueError):
    """A short text that its grammar does not know: code, what is wrong, what to write."""

    def __init__(self, code: str, what: str, hint: str) -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.hint = hint


class Grammar(msgspec.Struct, frozen=True):
    """Reads a short text into keys and texts, and writes plain data short where it can."""

    parse: Callable[[str], dict[str, str]]
    write: Callable[[dict[str, Any]], Any]
    schema: dict[str, Any]


FAMILIES = (
    "constant",
    "exponential",
    "gamma",
    "lognormal",
    "normal",
    "weibull",
    "triangular",
    "uniform",
)

_Q = r"[+-]?[0-9_.]+(?:[eE][+-]?[0-9]{1,4})?\s*[A-Za-z%]*"
_MEAN = re.compile(rf"({_Q})(?:\s+({'|'.join(FAMILIES[:6])}))?(?:\s+cv\s+([\d.]+\s*%?))?")
_SPAN = re.compile(rf"(?:uniform\s+)?({_Q})\s+to\s+({_Q})")
_CORNERS = re.compile(rf"triangular\s+({_Q})\s*,\s*({_Q})\s*,\s*({_Q})")
_DISTRIBUTION_HINT = (
    "for example `48 s`, `30 h weibull cv 0.6`, `40 s to 60 s` or `triangular 40 s, 48 s, 60 s`"
)


def parse_distribution(text: str) -> dict[str, str]:
    """Return the keys of a distribution written short.

    Examples
    --------
    >>> parse_distribution("30 h weibull cv 0.6")
    {'mean': '30 h', 'family': 'weibull', 'cv': '0.6'}
    >>> parse_distribution("40 s to 60 s")
    {'family': 'uniform', 'low': '40 s', 'high': '60 s'}
    """
    flat = " ".join(text[: TEXT_MAX + 1].split())
    if len(flat) <= TEXT_MAX:
        if match := _CORNERS.fullmatch(flat):
            low, mode, high = match.groups()
            return {"family": "triangular", "low": low, "mode": mode, "high": high}
        if match := _SPAN.fullmatch(flat):
            return {"family": "uniform", "low": match[1], "high": match[2]}
        if match := _MEAN.fullmatch(flat):
            parts = {"mean": match[1]}
            if match[2]:
                parts["family"] = match[2]
            if match[3]:
                parts["cv"] = _share(match[3])
            return parts
    if re.match(r"[+-]?[\d.]", flat) and len(flat.split()) <= 2:  # noqa: PLR2004  # number, unit
        return {"mean": text}
    raise GrammarInvalid(
        "distribution-invalid", f"`{flat[:60]}` is not a duration", _DISTRIBUTION_HINT
    )


def _share(text: str) -> str:
    if text.endswith("%"):
        try:
            return str(Decimal(text[:-1].strip()) / 100)
        except InvalidOperation:
            return text
    return text


def _write_distribution(plain: dict[str, Any]) -> Any:  # noqa: ANN401  # plain data
    keys = set(plain)
    short = None
    if keys == {"mean"}:
        short = plain["mean"]
    elif keys <= {"mean", "family", "cv"} and plain.get("family") not in ("triangular", "uniform"):
        words = [plain.get("mean"), plain.get("family")]
        words += ["cv", plain["cv"]] if "cv" in plain else []
        short = " ".join(str(word) for word in words if word is not None)
    elif keys == {"family", "low", "high"}:
        short = f"{plain['low']} to {plain['high']}"
    elif keys == {"family", "low", "mode", "high"}:
        short = f"triangular {plain['low']}, {plain['mode']}, {plain['high']}"
    return _if_equal(short, plain, parse_distribution)


def _if_equal(short: Any, plain: dict[str, Any], parse: Callable[[str], dict[str, str]]) -> Any:  # noqa: ANN401  # plain data
    """Return the short text if it means exactly the plain data, else the plain data."""
    if not isinstance(short, str):
        return plain
    try:
        parsed = parse(short)
    except GrammarInvalid:
        return plain
    return short if parsed == {key: str(value) for key, value in plain.items()} else plain


_N = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?"
_U = r"[^\d\s+±<>=-][^±<>=]*?"
_PLUS_MINUS = re.compile(rf"({_N})\s*({_U})?\s*(?:\+/-|±)\s*({_N})\s*({_U})?")
_TWO_SIDED = re.compile(rf"({_N})\s*({_U})?\s*\+\s*({_N})\s*/?\s*-\s*({_N})\s*({_U})?")
_ONE_SIDED = re.compile(rf"(<=|>=|<|>|max|min)\s*({_N})\s*({_U})?")
_BETWEEN = re.compile(rf"({_N})\s*({_U})?\s+to\s+({_N})\s*({_U})?")
_TOLERANCE_HINT = (
    "for example `12.000 mm +/- 0.015 mm`, `12 mm +0.02 -0.01`, `<= 0.8 um` or `attribute`"
)


def parse_tolerance(text: str) -> dict[str, str]:
    """Return the keys of a characteristic written short; limits are exact decimals.

    Examples
    --------
    >>> parse_tolerance("12.000 mm +/- 0.015 mm")
    {'unit': 'mm', 'nominal': '12.000', 'lower': '11.985', 'upper': '12.015'}
    >>> parse_tolerance("<= 0.8 um")
    {'unit': 'um', 'upper': '0.8'}
    """
    flat = " ".join(text[: TEXT_MAX + 1].split())
    if len(flat) <= TEXT_MAX:
        if flat == "attribute":
            return {"kind": "attribute"}
        for pattern, parts in (
            (_PLUS_MINUS, _symmetric),
            (_TWO_SIDED, _two_sided),
            (_ONE_SIDED, _one_sided),
            (_BETWEEN, _between),
        ):
            if match := pattern.fullmatch(flat):
                return parts(match)
    raise GrammarInvalid("value-invalid", f"`{flat[:60]}` is not a tolerance", _TOLERANCE_HINT)


def _unit(first: str | None, second: str | None) -> dict[str, str]:
    units = {unit.strip() for unit in (first, second) if unit and unit.strip()}
    if len(units) > 1:
        one, two = sorted(units)
        raise GrammarInvalid(
            "unit-dimension", f"two units, `{one}` and `{two}`", "write both in the same unit"
        )
    return {"unit": units.pop()} if units else {}


def _text(value: Decimal) -> str:
    return f"{value:f}"


def _symmetric(match: re.Match[str]) -> dict[str, str]:
    nominal, half = Decimal(match[1]), Decimal(match[3])
    if half < 0:
        raise GrammarInvalid("range-upside-down", "a tolerance below nothing", _TOLERANCE_HINT)
    return {
        **_unit(match[2], match[4]),
        "nominal": match[1],
        "lower": _text(nominal - half),
        "upper": _text(nominal + half),
    }


def _two_sided(match: re.Match[str]) -> dict[str, str]:
    nominal = Decimal(match[1])
    return {
        **_unit(match[2], match[5]),
        "nominal": match[1],
        "lower": _text(nominal - Decimal(match[4])),
        "upper": _text(nominal + Decimal(match[3])),
    }


def _one_sided(match: re.Match[str]) -> dict[str, str]:
    side = "upper" if match[1] in ("<=", "<", "max") else "lower"
    return {**_unit(match[3], None), side: match[2]}


def _between(match: re.Match[str]) -> dict[str, str]:
    return {**_unit(match[2], match[4]), "lower": match[1], "upper": match[3]}


def _write_tolerance(plain: dict[str, Any]) -> Any:  # noqa: ANN401  # plain data
    keys = set(plain)
    unit = f" {plain['unit']}" if "unit" in plain else ""
    short = None
    if keys == {"kind"}:
        short = "attribute" if plain["kind"] == "attribute" else None
    elif keys - {"unit"} == {"nominal", "lower", "upper"}:
        nominal, lower, upper = (Decimal(str(plain[key])) for key in ("nominal", "lower", "upper"))
        if upper - nominal == nominal - lower:
            short = f"{nominal}{unit} +/- {upper - nominal}{unit}"
        else:
            short = f"{nominal}{unit} +{upper - nominal} -{nominal - lower}"
    elif keys - {"unit"} == {"upper"}:
        short = f"<= {plain['upper']}{unit}"
    elif keys - {"unit"} == {"lower"}:
        short = f">= {plain['lower']}{unit}"
    return _if_equal(short, plain, parse_tolerance)


GRAMMARS: dict[str, Grammar] = {
    "distribution": Grammar(
        parse_distribution,
        _write_distribution,
        {"type": "string", "examples": ["48 s", "30 h weibull cv 0.6", "40 s to 60 s"]},
    ),
    "tolerance": Grammar(
        parse_tolerance,
        _write_tolerance,
        {"type": "string", "examples": ["12.000 mm +/- 0.015 mm", "<= 0.8 um", "attribute"]},
    ),
}
"""Grammars by the name that an element's `SHORT_GRAMMAR` gives."""
