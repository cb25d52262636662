"""Shapes with a form of their own: labels, places and times, shifts, flows, amounts."""

import datetime as dt
import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from linewright.plant.address import valid_name
from linewright.plant.calendar.shift import CalendarInvalid, Shift
from linewright.plant.calendar.shift_text import ShiftInvalid, format_shift, parse_shift
from linewright.plant.calendar.work import Holiday
from linewright.plant.frozen import EMPTY, FrozenMap
from linewright.plant.language.shapes.single import (
    BoundsShape,
    DateShape,
    FormulaShape,
    NameShape,
    NumberShape,
    Plain,
    Shape,
    TextShape,
    UnitShape,
    kind_of,
    shown,
)
from linewright.plant.language.syntax.codes import COUNTRIES, CURRENCIES
from linewright.plant.language.syntax.nodes import Map, Node, Scalar, Seq
from linewright.plant.language.syntax.problems import did_you_mean
from linewright.plant.language.syntax.quantities import (
    QuantityInvalid,
    format_number,
    split_quantity,
    unit_of,
)
from linewright.plant.language.syntax.reading import Reading
from linewright.plant.model.markers import Number
from linewright.plant.model.products import Amount

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
LABEL_MAX = 500
"""Longest label."""


class LabelShape:
    """A text for people: one for all languages, or one per language."""

    words = "label"

    def stand_in(self) -> FrozenMap[str, str]:
        """Return no label."""
        return EMPTY

    def read(self, node: Node, reading: Reading) -> FrozenMap[str, str]:
        """Return texts by language; the key "" is the text for all."""
        if isinstance(node, Scalar):
            return FrozenMap({"": self._text(node, reading)})
        if not isinstance(node, Map):
            reading.fail("wrong-kind", node.at, "a list stands where a label is expected")
            return EMPTY
        texts = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if not _LANGUAGE.fullmatch(key.text):
                reading.fail(
                    "value-invalid",
                    key.at,
                    f"{shown(key.text)} is not a language",
                    hint="for example en, es, es-MX, fr, zh",
                )
            elif not isinstance(value, Scalar) or value.empty:
                reading.fail("wrong-kind", value.at, f"{kind_of(value)} is not a text")
            else:
                texts[key.text] = self._text(value, reading)
        return FrozenMap(texts)

    def _text(self, node: Scalar, reading: Reading) -> str:
        if len(node.text) > LABEL_MAX:
            message = f"a label of {len(node.text):,} characters"
            reading.fail("value-invalid", node.at, message, hint=f"at most {LABEL_MAX}")
        return node.text[:LABEL_MAX]

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: a text, or texts by language."""
        by_language = {
            "type": "object",
            "propertyNames": {"pattern": f"^{_LANGUAGE.pattern}$"},
            "additionalProperties": {"type": ["string", "number", "null"]},
        }
        return {"anyOf": [{"type": ["string", "number"]}, by_language]}

    def write(self, value: Mapping[str, str]) -> Plain:
        """Return the text, or the texts by language."""
        return value[""] if list(value) == [""] else dict(value)


class ListedShape(TextShape):
    """A text out of a long published list: time zones, currencies, countries, languages."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.words = {"timezone": "time zone"}.get(kind, kind)
        self.expected = f"a {self.words}"

    def stand_in(self) -> str:
        """Return a value that exists."""
        return {"timezone": "UTC", "currency": "USD", "country": "US", "language": "en"}[self.kind]

    def of_text(self, text: str, at: int, reading: Reading) -> str:
        """Return the text, if the list has it."""
        if self.kind == "language":
            if not _LANGUAGE.fullmatch(text):
                hint = "for example en, es-MX, fr-CA, zh"
                reading.fail("value-invalid", at, f"{shown(text)} is not a language", hint=hint)
                return self.stand_in()
            return text
        known, code, hint = self._list()
        if text in known:
            return text
        near = ""
        if self.kind == "timezone":
            close = get_close_matches(text.replace(" ", "_"), known, 1, 0.9)
            near = f"did you mean `{close[0]}`?" if close else ""
        if text.upper() in known:
            near = f"did you mean `{text.upper()}`?"
        reading.fail(code, at, f"there is no {self.words} {shown(text)}", hint=near or hint)
        return self.stand_in()

    def _list(self) -> tuple[frozenset[str], str, str]:
        if self.kind == "timezone":
            return _timezones(), "timezone-unknown", "for example America/Hermosillo"
        if self.kind == "currency":
            return CURRENCIES, "currency-unknown", "an ISO 4217 code, for example USD"
        return COUNTRIES, "value-invalid", "an ISO 3166-1 code of two letters, for example MX"

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: the list where it is short."""
        if self.kind == "currency":
            return {"enum": sorted(CURRENCIES)}
        if self.kind == "country":
            return {"enum": sorted(COUNTRIES)}
        if self.kind == "language":
            return {"type": "string", "pattern": f"^{_LANGUAGE.pattern}$"}
        return {"type": "string", "examples": ["America/Hermosillo", "America/Chicago"]}


@cache
def _timezones() -> frozenset[str]:
    local = {"localtime", "Factory", "posixrules"}
    return frozenset(name for name in available_timezones() if name not in local)


class ClockShape(TextShape):
    """A time of the day, `HH:MM`, as seconds after midnight."""

    expected = "a time of day, HH:MM"
    words = "`HH:MM`"

    def stand_in(self) -> int:
        """Return midnight."""
        return 0

    def of_text(self, text: str, at: int, reading: Reading) -> int:
        """Return seconds after midnight."""
        match = _CLOCK.fullmatch(text.strip())
        if match is None:
            hint = 'for example "06:00"'
            reading.fail("value-invalid", at, f"{shown(text)} is not a time of day", hint=hint)
            return 0
        return int(match[1]) * 3600 + int(match[2]) * 60

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema with the pattern of the time."""
        return {"type": "string", "pattern": f"^{_CLOCK.pattern}$"}

    def write(self, value: int) -> Plain:
        """Return `HH:MM`."""
        return f"{value // 3600:02d}:{value % 3600 // 60:02d}"


class ShiftsShape:
    """Shifts by name, each in its short form."""

    words = "by name: `Mon-Fri 06:00-14:30 break 10:00-10:30`"

    def __init__(self) -> None:
        self._name = NameShape("id")

    def stand_in(self) -> FrozenMap[str, Shift]:
        """Return no shifts."""
        return EMPTY

    def read(self, node: Node, reading: Reading) -> FrozenMap[str, Shift]:
        """Return the shifts."""
        if not isinstance(node, Map):
            reading.fail("wrong-kind", node.at, f"{kind_of(node)} stands where shifts are expected")
            return EMPTY
        shifts = {}
        for key, value in zip(node.keys, node.values, strict=True):
            reading.path.append(key.text)
            shift = read_shift(self._name.read(key, reading), value, reading)
            if shift is not None:
                shifts[key.text] = shift
            reading.path.pop()
        return FrozenMap(shifts)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: texts by name."""
        example = "Mon-Fri 06:00-14:30 break 10:00-10:30"
        return {
            "type": "object",
            "additionalProperties": {"type": "string", "examples": [example]},
        }

    def write(self, value: Mapping[str, Shift]) -> Plain:
        """Return the shifts in their short form."""
        return {name: format_shift(shift) for name, shift in value.items()}


def read_shift(name: str, node: Node, reading: Reading) -> Shift | None:
    """Return a shift from its short form, or None after noting a problem."""
    if not isinstance(node, Scalar) or node.empty:
        hint = "write `Mon-Fri 06:00-14:30 break 10:00-10:30`"
        reading.fail("wrong-kind", node.at, f"{kind_of(node)} is not a shift", hint=hint)
        return None
    try:
        return parse_shift(name, node.text)
    except ShiftInvalid as error:
        message = f"{shown(node.text)}: {error.what}"
        hint = f"did you mean `{error.suggestion}`?" if error.suggestion else ""
        reading.fail("shift-invalid", node.at, message, hint=hint)
    except CalendarInvalid as error:
        reading.fail("shift-invalid", node.at, str(error))
    return None


class HoursShape:
    """Hours of the week, in the short form of shifts; one or several."""

    words = "`Mon-Fri 18:00-22:00`, or a list"

    def stand_in(self) -> tuple[Shift, ...]:
        """Return no hours."""
        return ()

    def read(self, node: Node, reading: Reading) -> tuple[Shift, ...]:
        """Return the hours."""
        items = node.items if isinstance(node, Seq) else [node]
        found = (read_shift(f"hours{index + 1}", item, reading) for index, item in enumerate(items))
        return tuple(shift for shift in found if shift is not None)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: a text or several."""
        text = {"type": "string", "examples": ["Mon-Fri 18:00-22:00"]}
        return {"anyOf": [text, {"type": "array", "items": text}]}

    def write(self, value: tuple[Shift, ...]) -> Plain:
        """Return the hours in their short form."""
        return [format_shift(shift) for shift in value]


class HolidaysShape:
    """Closed days: date and what it is, or date with label and the shifts that still run."""

    words = "date: label"

    def __init__(self) -> None:
        self._date = DateShape()
        self._label = LabelShape()

    def stand_in(self) -> tuple[Holiday, ...]:
        """Return no holidays."""
        return ()

    def read(self, node: Node, reading: Reading) -> tuple[Holiday, ...]:
        """Return the holidays in the order of their dates."""
        if isinstance(node, Seq):
            return tuple(Holiday(date=self._date.read(item, reading)) for item in node.items)
        if not isinstance(node, Map):
            reading.fail(
                "wrong-kind", node.at, f"{kind_of(node)} stands where holidays are expected"
            )
            return ()
        found: dict[dt.date, Holiday] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            reading.path.append(key.text)
            date = self._date.read(key, reading)
            found[date] = self._holiday(date, value, reading)
            reading.path.pop()
        return tuple(found[date] for date in sorted(found))

    def _holiday(self, date: dt.date, node: Node, reading: Reading) -> Holiday:
        if isinstance(node, Scalar):
            return Holiday(
                date=date, label=EMPTY if node.empty else self._label.read(node, reading)
            )
        label = EMPTY
        still: tuple[str, ...] = ()
        if isinstance(node, Map):
            for key, value in zip(node.keys, node.values, strict=True):
                if key.text == "label":
                    label = self._label.read(value, reading)
                elif key.text == "open":
                    still = self._open(value, reading)
                else:
                    hint = "possible here: label, open"
                    reading.fail(
                        "key-unknown", key.at, f"there is no key {shown(key.text)} here", hint=hint
                    )
        else:
            reading.fail("wrong-kind", node.at, "a list stands where a holiday is expected")
        return Holiday(date=date, label=label, open=still)

    def _open(self, node: Node, reading: Reading) -> tuple[str, ...]:
        items = node.items if isinstance(node, Seq) else [node]
        names = []
        for item in items:
            if isinstance(item, Scalar) and not item.empty:
                reading.refer("shift", item.text, item.at)
                names.append(item.text)
            else:
                reading.fail("wrong-kind", item.at, f"{kind_of(item)} is not a shift")
        return tuple(names)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: labels by date, or dates."""
        date = {"type": "string", "format": "date"}
        details = {
            "type": "object",
            "properties": {
                "label": self._label.schema(),
                "open": {"type": "array", "items": {"type": "string"}},
            },
            "additionalProperties": False,
        }
        label = {"anyOf": [{"type": ["string", "null"]}, details]}
        return {
            "anyOf": [
                {"type": "object", "propertyNames": date, "additionalProperties": label},
                {"type": "array", "items": date},
            ]
        }

    def write(self, value: tuple[Holiday, ...]) -> Plain:
        """Return labels by date."""
        return {day.date: self._written(day) for day in value}

    def _written(self, day: Holiday) -> Plain:
        label = self._label.write(day.label) if day.label else None
        if day.open or isinstance(label, dict):
            return {"label": label, "open": list(day.open)} if day.open else {"label": label}
        return label


class Gap:
    """What stands between two stations of a flow: places, or None for an unbounded rack."""

    __slots__ = ("at", "places")

    def __init__(self, places: int | None, at: int) -> None:
        self.places = places
        self.at = at


class FlowShape:
    """Stations in order with numbers or `rack` between them.

    The names come back as the value; the gaps wait in the reading for the
    line to make them buffers.
    """

    words = "`[saw, 12, mill, rack, wash]`"

    def stand_in(self) -> tuple[str, ...]:
        """Return an empty flow."""
        return ()

    def read(self, node: Node, reading: Reading) -> tuple[str, ...]:
        """Return the names of the stations in order."""
        reading.gaps = {}
        if not isinstance(node, Seq):
            hint = "write `[saw, 12, mill, 8, wash]`"
            reading.fail("wrong-kind", node.at, f"{kind_of(node)} is not a flow", hint=hint)
            return ()
        names: list[str] = []
        gap: Gap | None = None
        for item in node.items:
            found = self._item(item, reading)
            if isinstance(found, Gap):
                gap = self._gap(found, gap, names, reading)
            elif found:
                if names and found not in names:
                    reading.gaps[f"{names[-1]}-{found}"] = gap or Gap(0, item.at)
                if found in names:
                    gap = None
                    reading.fail(
                        "station-duplicate", item.at, f"`{found}` stands twice in the flow"
                    )
                    continue
                names.append(found)
                gap = None
        if gap is not None:
            reading.fail("flow-invalid", gap.at, "the flow ends with a buffer that leads nowhere")
        return tuple(names)

    def _item(self, item: Node, reading: Reading) -> Gap | str:
        if not isinstance(item, Scalar) or item.empty:
            reading.fail("flow-invalid", item.at, f"{kind_of(item)} cannot stand in a flow")
            return ""
        text = item.text
        if text in ("rack", "unbounded"):
            return Gap(None, item.at)
        if re.fullmatch(r"[+-]?[\d_.]+", text):
            return self._places(text, item.at, reading)
        if valid_name(text):
            reading.refer("station", text, item.at)
            return text
        hint = "stations, and between them a number of places or `rack`"
        reading.fail("flow-invalid", item.at, f"{shown(text)} cannot stand in a flow", hint=hint)
        return ""

    def _places(self, text: str, at: int, reading: Reading) -> Gap:
        if not re.fullmatch(r"\d{1,7}", text):
            hint = "a whole number of places from 0 to 9999999, or `rack`"
            reading.fail(
                "flow-invalid", at, f"a buffer cannot have {shown(text)} places", hint=hint
            )
            return Gap(1, at)
        return Gap(int(text), at)

    def _gap(self, found: Gap, gap: Gap | None, names: list[str], reading: Reading) -> Gap | None:
        if not names:
            reading.fail(
                "flow-invalid", found.at, "the flow begins with a buffer that nothing fills"
            )
            return None
        if gap is not None:
            hint = "add the numbers, or name the station between them"
            reading.fail("flow-invalid", found.at, "two buffers stand side by side", hint=hint)
        return found

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: names and numbers."""
        return {"type": "array", "items": {"type": ["string", "integer"]}}

    def write(self, value: tuple[str, ...]) -> Plain:
        """Return the names; the line's writer puts the buffers between them."""
        return list(value)


class AmountShape:
    """How much of something: a number of pieces, or a quantity with its unit."""

    words = "`4`, `0.32 m` or `{amount: 4, when: motor == 'm2'}`"

    def __init__(self) -> None:
        self._when = FormulaShape("options")

    def stand_in(self) -> Amount:
        """Return one piece."""
        return Amount(value=1.0)

    def read(self, node: Node, reading: Reading) -> Amount:
        """Return the amount; more than nothing."""
        when: str | None = None
        if isinstance(node, Map):
            node, when = self._of_map(node, reading)
        if not isinstance(node, Scalar):
            hint = "write `4`, `0.32 m` or `{amount: 4, when: motor == 'm2'}`"
            reading.fail("wrong-kind", node.at, f"{kind_of(node)} is not an amount", hint=hint)
            return self.stand_in()
        try:
            value, unit = split_quantity(node.text)
            unit_of(unit)
        except QuantityInvalid as error:
            reading.fail(error.code, node.at, error.what, hint=error.hint)
            return self.stand_in()
        if value <= 0:
            reading.fail("out-of-range", node.at, f"{shown(node.text)} is not more than nothing")
            return self.stand_in()
        return Amount(value=value, unit=unit, when=when)

    def _of_map(self, node: Map, reading: Reading) -> tuple[Node, str | None]:
        """Return the amount and the condition of the long form."""
        when: str | None = None
        for key, value in zip(node.keys, node.values, strict=True):
            if key.text == "when":
                reading.path.append("when")
                when = self._when.read(value, reading)
                reading.path.pop()
            elif key.text != "amount":
                hint = did_you_mean(key.text, ("amount", "when")) or "possible here: amount, when"
                reading.fail("key-unknown", key.at, f"there is no key {shown(key.text)}", hint=hint)
        return node.get("amount") or node, when

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: a number, text with a unit, or either with a condition."""
        amount = {"type": ["number", "string"], "examples": [4, "0.32 m"]}
        long = {
            "type": "object",
            "properties": {"amount": amount, "when": {"type": "string"}},
            "required": ["amount"],
            "additionalProperties": False,
        }
        return {"anyOf": [amount, long]}

    def write(self, value: Amount) -> Plain:
        """Return the number, or the quantity as text; with its condition where it has one."""
        number = format_number(value.value)
        plain: Plain = int(value.value) if value.value == int(value.value) else value.value
        if value.unit:
            plain = f"{number} {value.unit}"
        return {"amount": plain, "when": value.when} if value.when else plain


class SourceShape(TextShape):
    """Where a value is read or written, in the protocol's own spelling.

    Inside a station `{site}`, `{area}`, `{line}`, `{station}` and `{tag}` stand for
    names, so that one type serves all stations of its kind.
    """

    expected = "an address of the protocol"
    _levels: tuple[tuple[str, int], ...] = (
        ("{site}", 1),
        ("{area}", 3),
        ("{line}", 5),
        ("{station}", 7),
        ("{tag}", 9),
    )

    def of_text(self, text: str, at: int, reading: Reading) -> str:
        """Return the text with the names of the place where it is read."""
        del at
        path = reading.path
        if "{" not in text or not path or path[0] != "sites":
            return text
        for mark, index in self._levels:
            if index < len(path):
                text = text.replace(mark, path[index])
        return text


SPECIALS: dict[str, Shape] = {
    "source": SourceShape(),
    "label": LabelShape(),
    "unit": UnitShape(),
    "timezone": ListedShape("timezone"),
    "currency": ListedShape("currency"),
    "country": ListedShape("country"),
    "language": ListedShape("language"),
    "time_of_day": ClockShape(),
    "shifts": ShiftsShape(),
    "hours": HoursShape(),
    "holidays": HolidaysShape(),
    "flow": FlowShape(),
    "amount": AmountShape(),
    "plain_range": BoundsShape(NumberShape(Number(), whole=False)),
}
"""Shapes by the name that a `Special` marker gives."""
