"""Shifts, breaks and holidays: a site's calendar out, and any calendar in."""

import datetime as dt
from typing import Any

from linewright.plant.address import suggest_name
from linewright.plant.calendar import Break, CalendarInvalid, Shift, format_shift
from linewright.plant.cmsd.elements import Notes, own, owned, prop, tag
from linewright.plant.cmsd.times import UNITS_S, number, real
from linewright.plant.language.shapes.compiler import element_shape
from linewright.plant.markup import Node
from linewright.plant.model import Site

__all__ = ["Calendars", "assigned", "calendar_of"]

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_S = 86_400
BUCKETS = ("meal", "meeting", "cleaning", "maintenance")
ASSIGNED = "ShiftAssignment"
SHIFTS_MAX = 1000
"""Most shifts of one file."""


def calendar_of(name: str, site: Site) -> Node | None:
    """Return the calendar of a site; None when it has no shifts and no holidays."""
    if not site.shifts and not site.holidays:
        return None
    plain = element_shape(Site).write(site)
    is_told = any(holiday.open for holiday in site.holidays)
    holidays = [
        tag(
            "Holiday",
            tag("Identifier", text=f"holiday:{each.date.isoformat()}"),
            tag("Description", text=next(iter(each.label.values()), "holiday")),
            tag("Date", text=each.date.isoformat()),
        )
        for each in site.holidays
    ]
    shifts = [_shift(each, plain["shifts"][key]) for key, each in site.shifts.items()]
    return tag(
        "Calendar",
        tag("Identifier", text=f"{name}:calendar"),
        *holidays,
        *shifts,
        prop("timezone", site.timezone),
        own("day_starts", plain.get("day_starts")),
        own("holidays", plain["holidays"] if is_told else None),
    )


def _shift(shift: Shift, plain: object) -> Node:
    is_dated = shift.from_date or shift.until_date or shift.every_weeks != 1
    return tag(
        "Shift",
        tag("Identifier", text=shift.name),
        tag("StartTime", text=_clock(shift.start_s)),
        _span("Duration", shift.end_s - shift.start_s),
        *[tag("ApplicableDay", text=DAYS[day]) for day in shift.days],
        *[
            tag(
                "Break",
                tag("Description", text=pause.bucket),
                tag("StartTime", text=_clock(pause.start_s)),
                _span("Duration", pause.end_s - pause.start_s),
            )
            for pause in shift.breaks
        ],
        own("shift", plain if is_dated else None),
    )


def _span(name: str, seconds: int) -> Node:
    return tag(name, tag("Unit", text="second"), tag("Value", text=number(seconds)))


def _clock(seconds: int) -> str:
    minutes, second = divmod(seconds % DAY_S, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}"


def assigned(site: str, shifts: tuple[str, ...]) -> list[Node]:
    """Return the assignments to some shifts of a site's calendar."""
    return [
        tag(
            ASSIGNED,
            tag("CalendarIdentifier", text=f"{site}:calendar"),
            tag("ShiftIdentifier", text=name),
        )
        for name in shifts
    ]


class Calendars:
    """The calendars of a file: the keys of a site, and which shifts an assignment means.

    Parameters
    ----------
    nodes
        The `Calendar` elements.
    unit
        Unit of time where none is written.
    notes
        Gets what cannot be carried over.
    """

    def __init__(self, nodes: list[Node], unit: str, notes: Notes) -> None:
        self.unit, self.notes = unit, notes
        self.site: dict[str, Any] = {}
        self.named: dict[tuple[str, str], tuple[str, ...]] = {}
        shifts: dict[str, str] = {}
        for calendar in nodes:
            self._calendar(calendar, shifts)
        if shifts:
            self.site["shifts"] = shifts

    def of(self, node: Node) -> list[str]:
        """Return the shifts that an entity is assigned to; none: nothing is said."""
        found: dict[str, None] = {}
        for each in node.all(ASSIGNED):
            calendar = each.say("CalendarIdentifier")
            part = each.say("ShiftIdentifier") or each.say("ShiftScheduleIdentifier")
            known = self.named.get((calendar, part)) or self.named.get(("", part))
            if known is None:
                self.notes.add("a shift that no calendar has is left out", part or calendar)
            found.update(dict.fromkeys(known or ()))
        return list(found)

    def _calendar(self, node: Node, shifts: dict[str, str]) -> None:
        name = node.say("Identifier")
        said = owned(node, self.notes)
        zone = next((p.say("Value") for p in node.all("Property") if _is_zone(p)), "")
        if zone:
            self.site["timezone"] = zone
        if said.get("day_starts"):
            self.site["day_starts"] = said["day_starts"]
        made = [self._read(each, name, shifts) for each in node.all("Shift")[:SHIFTS_MAX]]
        self.named[name, ""] = tuple(key for key in made if key)
        for each in node.all("ShiftSchedule"):
            meant = [one.say("ShiftIdentifier") for one in each.all("ApplicableShift")]
            known = [self.named.get((name, one), ()) for one in meant]
            for calendar in (name, ""):
                self.named[calendar, each.say("Identifier")] = tuple(
                    key for keys in known for key in keys
                )
        for each in node.all("ShiftSchedule"):
            if each.all("AvailabilityException") or each.say("EffectiveStartDate"):
                what = "dates and exceptions of a shift schedule are left out"
                self.notes.add(what, each.say("Identifier"))
        days = {
            day: each.say("Description") or "holiday"
            for each in node.all("Holiday")
            if (day := self._date(each))
        }
        if said.get("holidays") or days:
            self.site.setdefault("holidays", {}).update(said.get("holidays") or days)

    def _date(self, node: Node) -> str:
        text = node.say("Date")[:10]
        try:
            return dt.date.fromisoformat(text).isoformat()
        except ValueError:
            self.notes.add("a holiday without a date is left out", node.say("Identifier"))
            return ""

    def _read(self, node: Node, calendar: str, shifts: dict[str, str]) -> str:
        identifier = node.say("Identifier")
        name = suggest_name(identifier or "shift")
        own_text = owned(node, self.notes).get("shift")
        try:
            text = own_text or format_shift(self._shift(node, name))
        except (CalendarInvalid, ValueError) as error:
            self.notes.add(f"a shift is left out ({error})", identifier)
            return ""
        while name in shifts and shifts[name] != text:
            name = f"{name}_{len(shifts)}"
        shifts[name] = text
        self.named[calendar, identifier] = (name,)
        self.named.setdefault(("", identifier), (name,))
        return name

    def _shift(self, node: Node, name: str) -> Shift:
        start = _seconds(node.say("StartTime"))
        return Shift(
            name=name,
            days=self._days(node),
            start_s=start,
            end_s=start + self._duration(node),
            breaks=tuple(sorted((self._break(each, start) for each in node.all("Break")), key=_at)),
        )

    def _break(self, node: Node, start: int) -> Break:
        begin = _seconds(node.say("StartTime"))
        begin += DAY_S if begin < start else 0
        word = node.say("Description").lower()
        bucket = next((each for each in BUCKETS if each == word), "meal")
        return Break(start_s=begin, end_s=begin + self._duration(node), bucket=bucket)  # type: ignore[arg-type]  # one of the buckets

    def _duration(self, node: Node) -> int:
        found = node.all("Duration")
        if not found:
            raise CalendarInvalid("shift", "it has no duration", "give one")
        unit = found[0].say("Unit") or self.unit
        text = found[0].say("Value")
        if not text:
            text, unit = found[0].text.strip(), "hour"
            self.notes.add("the length of a shift without a unit is taken for hours")
        return round(real(text, "Duration") * UNITS_S.get(unit.lower().removesuffix("s"), 1.0))

    def _days(self, node: Node) -> tuple[int, ...]:
        days = set()
        for each in node.all("ApplicableDay"):
            word = each.text.strip().lower()
            if word in DAYS:
                days.add(DAYS.index(word))
            elif word.isdigit() and 1 <= int(word) <= len(DAYS):
                days.add((int(word) - 2) % len(DAYS))
                self.notes.add("a day of the week that is a number is taken with Sunday as 1")
        return tuple(sorted(days)) or tuple(range(len(DAYS)))


def _at(pause: Break) -> int:
    return pause.start_s


def _is_zone(node: Node) -> bool:
    return node.say("Name").lower() == "timezone"


def _seconds(text: str) -> int:
    """Return a time of day in seconds after midnight."""
    return round((dt.datetime.fromisoformat(f"2000-01-01T{text[:8]}") - _MIDNIGHT).total_seconds())


_MIDNIGHT = dt.datetime.fromisoformat("2000-01-01T00:00:00")
