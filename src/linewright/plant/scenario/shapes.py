"""Values that only scenarios hold: local times, moments, and levels that may fall.

>>> Moment(after_s=7200.0).local is None
True
"""

import datetime as dt
import re
from typing import Any

import msgspec

from linewright.plant.language.shapes.single import Plain, TextShape, shown
from linewright.plant.language.shapes.specials import SPECIALS, AmountShape
from linewright.plant.language.syntax.nodes import Node, Scalar
from linewright.plant.language.syntax.quantities import (
    QuantityInvalid,
    format_quantity,
    parse_quantity,
)
from linewright.plant.language.syntax.reading import Reading
from linewright.plant.model.products import Amount

__all__ = ["LevelShape", "LocalTimeShape", "Moment", "MomentShape", "install"]

YEAR_FIRST, YEAR_LAST = 1971, 2199
"""Years in which calendars are defined, with one to spare for the time zone."""


_DATE = re.compile(r"\s*\d{4}-\d")


class Moment(msgspec.Struct, frozen=True):
    """A point of a scenario: so long after its start, or a date and time on the site's clock."""

    after_s: float = 0.0
    local: dt.datetime | None = None


class LocalTimeShape(TextShape):
    """A date and a time of day on the site's clock, without an offset."""

    expected = "a date and time"
    words = "date and time, `2026-11-23 06:00`"

    def stand_in(self) -> Any:  # noqa: ANN401  # as TextShape
        """Return some time."""
        return dt.datetime(2026, 1, 1)  # noqa: DTZ001  # the plant's site gives the zone

    def of_text(self, text: str, at: int, reading: Reading) -> Any:  # noqa: ANN401  # as TextShape
        """Return the time; an offset is refused, for the site has one."""
        found = _local_time(text)
        if found is None:
            message = f"{shown(text)} is not a date and time on the site's clock"
            reading.fail("date-invalid", at, message, hint="for example `2026-11-23 06:00`")
            return self.stand_in()
        return found

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a text."""
        return {"type": "string", "examples": ["2026-11-23 06:00"]}

    def write(self, value: Any) -> Plain:  # noqa: ANN401  # as TextShape
        """Return date and time."""
        return value.isoformat(sep=" ")


def _local_time(text: str) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    fits = found.tzinfo is None and YEAR_FIRST <= found.year <= YEAR_LAST
    return found if fits else None


class MomentShape(TextShape):
    """A time since the start of the scenario, or a date and time on the site's clock."""

    expected = "a time since the start, or a date and time"
    words = "`2 h` after the start, or `2026-11-23 08:00`"
    _local = LocalTimeShape()

    def stand_in(self) -> Moment:
        """Return the start."""
        return Moment()

    def of_text(self, text: str, at: int, reading: Reading) -> Moment:
        """Return the moment."""
        if _DATE.match(text):
            return Moment(local=self._local.of_text(text, at, reading))
        try:
            after_s = parse_quantity(text, "s")
        except QuantityInvalid as error:
            hint = error.hint or "for example `2 h`, or `2026-11-23 08:00`"
            reading.fail(error.code, at, error.what, hint=hint)
            return Moment()
        if after_s < 0:
            reading.fail("out-of-range", at, f"{shown(text)} is before the start")
            return Moment()
        return Moment(after_s=after_s)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a text."""
        return {"type": "string", "examples": ["2 h", "2026-11-23 08:00"]}

    def write(self, value: Moment) -> Plain:
        """Return the time since the start, or date and time."""
        if value.local is None:
            return format_quantity(value.after_s, "s") if value.after_s else "0 s"
        return self._local.write(value.local)


class LevelShape(AmountShape):
    """By how much a value moves: a quantity that may be negative."""

    words = "`18 degC` or `-40 %`"

    def read(self, node: Node, reading: Reading) -> Amount:
        """Return the amount with its sign."""
        if not isinstance(node, Scalar) or not node.text.lstrip().startswith("-"):
            return super().read(node, reading)
        found = super().read(Scalar(node.text.lstrip()[1:], node.at, node.plain), reading)
        return Amount(value=-found.value, unit=found.unit)


def install() -> None:
    """Make the shapes known to the language, before the first scenario is read."""
    SPECIALS["local_time"] = LocalTimeShape()
    SPECIALS["moment"] = MomentShape()
    SPECIALS["level"] = LevelShape()
