"""Production days, shifts and breaks of a site, on its clock and in true time."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tools.recompute.plantfile import Site

SECOND = 10**9
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Days of the week as a shift names them."""


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A shift on one day, in ns since 1970, with its breaks (from, until, category)."""

    name: str
    day: date
    from_ns: int
    until_ns: int
    breaks: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, kw_only=True)
class Window:
    """A stretch of time with the name that the server knows."""

    name: str
    from_ns: int
    until_ns: int


class Calendar:
    """The shifts of a site between two dates."""

    def __init__(self, site: Site, first: date, last: date) -> None:
        self.site = site
        self.zone = ZoneInfo(site.timezone)
        self.first, self.last = first, last
        self.shifts = sorted(self._all(), key=lambda shift: (shift.from_ns, shift.until_ns))

    def at(self, day: date, minutes: int) -> int:
        """The first instant at which the site's clock shows a time or a later one, in ns.

        Of a time that comes twice that is the first; one that is skipped is the change itself.
        """
        wanted = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001 - on the wall
        # With the offsets before and after a change; no clock changes within a minute.
        both = (wanted.replace(tzinfo=self.zone, fold=fold) for fold in (0, 1))
        second = int(min(each.timestamp() for each in both))
        while datetime.fromtimestamp(second, self.zone).replace(tzinfo=None) < wanted:
            second += 60
        return second * SECOND

    def _all(self) -> Iterable[Shift]:
        day = self.first - timedelta(days=8)
        while day <= self.last + timedelta(days=8):
            for name, text in self.site.shifts.items():
                if not _holds(text, day):
                    continue
                if name not in self.site.holidays.get(day.isoformat(), (name,)):
                    continue
                yield self._shift(name, text, day)
            day += timedelta(days=1)

    def _shift(self, name: str, text: str, day: date) -> Shift:
        hours = re.search(r"(\d\d:\d\d)-(\d\d:\d\d)", text)
        if hours is None:
            raise ValueError(f"no hours: {text!r}")
        begin, end = _minutes(hours[1]), _minutes(hours[2])
        if end <= begin:
            end += 24 * 60
        breaks: list[tuple[int, int, str]] = []
        for found in re.finditer(r"(\d\d:\d\d)-(\d\d:\d\d)(?:\s+(meal|meeting|[a-z_]+))?", text):
            if found.start() == hours.start():
                continue
            a, b = _minutes(found[1]), _minutes(found[2])
            if a < begin:
                a, b = a + 24 * 60, b + 24 * 60
            if b <= a:
                b += 24 * 60
            kind = found[3] if found[3] not in (None, "week", "from", "until", "break") else "meal"
            # docs/plant-file.md: it begins by the clock, and keeps its length.
            starts = max(self.at(day, a), breaks[-1][1] if breaks else 0)
            ends = min(starts + (b - a) * 60 * SECOND, self.at(day, end))
            breaks.append((starts, ends, kind or "meal"))
        return Shift(
            name=name,
            day=day,
            from_ns=self.at(day, begin),
            until_ns=self.at(day, end),
            breaks=tuple(breaks),
        )

    def of(self, names: tuple[str, ...] | None) -> list[Shift]:
        """The shifts that a station runs."""
        return [shift for shift in self.shifts if names is None or shift.name in names]

    def day(self, day: date) -> Window:
        """A production day."""
        return Window(
            name=day.isoformat(),
            from_ns=self._begin(day),
            until_ns=self._begin(day + timedelta(days=1)),
        )

    def _begin(self, day: date) -> int:
        begins = self.at(day, _minutes(self.site.day_starts))
        before = [
            shift.until_ns for shift in self.shifts if self.day_of(shift) == day - timedelta(days=1)
        ]
        return max([begins, *before])

    def day_of(self, shift: Shift) -> date:
        """The production day in which a shift starts."""
        begins = self.at(shift.day, _minutes(self.site.day_starts))
        return shift.day if shift.from_ns >= begins else shift.day - timedelta(days=1)

    def windows(self) -> list[Window]:
        """Production days and their shifts."""
        found = []
        day = self.first
        while day <= self.last:
            found.append(self.day(day))
            found += [
                Window(name=f"{day}/{shift.name}", from_ns=shift.from_ns, until_ns=shift.until_ns)
                for shift in self.shifts
                if self.day_of(shift) == day
            ]
            day += timedelta(days=1)
        return found


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def _holds(text: str, day: date) -> bool:
    words = text.split()
    asked = words[0].lower()
    name = DAYS[day.weekday()]
    fits = asked == "daily"
    for part in asked.split(","):
        if "-" in part:
            a, b = (DAYS.index(x[:3]) for x in part.split("-"))
            fits = fits or (day.weekday() - a) % 7 <= (b - a) % 7
        else:
            fits = fits or part[:3] == name
    since = re.search(r"from (\d{4}-\d\d-\d\d)", text)
    until = re.search(r"until (\d{4}-\d\d-\d\d)", text)
    if since and day.isoformat() < since[1]:
        return False
    return fits and not (until and day.isoformat() > until[1])
