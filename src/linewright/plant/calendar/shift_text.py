"""The short form of a shift in the plant file, read and written.

``DAYS START-END [break START-END [BUCKET], ...] [week K of N] [from DATE] [until DATE]``

- DAYS: ``daily``, or days and ranges with commas: ``Mon-Fri``, ``Mon,Wed,Fri``, ``Fri-Mon``;
  three letters or more of the English, Spanish or French name, upper or lower case; written
  back in English.
- times: ``06:00`` or ``06:00:30``. An end that is not after its start is on the next day;
  hours above 24 say so outright: ``06:00-30:00`` is a whole day from 06:00.
- BUCKET: ``meal`` (left out), ``meeting``, ``cleaning`` or ``maintenance``.
- ``week 2 of 3``: a rotation, counted from the week of the ``from`` date.

>>> shift = parse_shift("day", "mon-fri 6:00-14:30 break 10:00-10:30, 12:00-12:10 meeting")
>>> format_shift(shift)
'Mon-Fri 06:00-14:30 break 10:00-10:30, 12:00-12:10 meeting'
"""

import datetime as dt
import re
from difflib import get_close_matches
from itertools import pairwise
from typing import get_args

from linewright.plant.calendar.shift import (
    DAY_S,
    EVERY_WEEKS_MAX,
    FIRST_DATE,
    LAST_DATE,
    WEEK_DAYS,
    Break,
    Bucket,
    Shift,
)

__all__ = ["ShiftInvalid", "format_shift", "parse_shift"]

TEXT_CHARS_MAX = 1_000
"""Longest text of a shift; some forty breaks."""

_BUCKETS: tuple[Bucket, ...] = get_args(Bucket)
_SHORT = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAYS_ELSEWHERE = {
    "es": ("lunes", "martes", "mi\u00e9rcoles", "jueves", "viernes", "s\u00e1bado", "domingo"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLAUSES = ("break", "week", "from", "until")
_DAY_CHARS_MIN = 3
_HOURS_MAX = 48
_SIXTY = 60

_TOKEN = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})"
    r"|(?P<time>\d{1,2}:\d{2}(?::\d{2})?)"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<number>\d+)"
    r"|(?P<dash>[-\u2013\u2014])"  # a dash pasted from an office program is a dash
    r"|(?P<comma>,)"
    r"|(?P<end>\Z)"
    r"|(?P<other>\S)"
)


class ShiftInvalid(ValueError):
    """A text that is no shift: where, why, and what was probably meant.

    Parameters
    ----------
    text
        What was written.
    offset
        Characters before the mistake.
    what
        What is wrong there.
    suggestion
        What to write there instead; None where nothing is near.

    Examples
    --------
    >>> try:
    ...     parse_shift("day", "Mon-Fry 06:00-14:30")
    ... except ShiftInvalid as error:
    ...     error.offset, error.suggestion
    (4, 'Fri')
    """

    def __init__(self, text: str, offset: int, what: str, suggestion: str | None = None) -> None:
        super().__init__(text, offset, what, suggestion)
        self.text = text
        self.offset = offset
        self.what = what
        self.suggestion = suggestion

    def __str__(self) -> str:
        advice = "" if self.suggestion is None else f"; write {self.suggestion}"
        return f"{self.text!r}, character {self.offset + 1}: {self.what}{advice}"


def parse_shift(name: str, text: str) -> Shift:
    """Return the shift that a short form says.

    Parameters
    ----------
    name
        Name of the shift; it is not part of the text.
    text
        As the module's docstring describes.

    Raises
    ------
    ShiftInvalid
        With the place of the first mistake.

    Notes
    -----
    ``format_shift`` is the inverse. Cost linear in the text, which is at most 1,000
    characters.

    Examples
    --------
    >>> night = parse_shift("night", "Mon,Wed,Fri 22:00-06:00 break 02:00-02:30")
    >>> night.days, night.end_s, night.breaks[0].start_s
    ((0, 2, 4), 108000, 93600)
    """
    reader = _Reader(text)
    days = _read_days(reader)
    start_s, end_s = _read_shift_span(reader)
    breaks: tuple[Break, ...] = ()
    dates: dict[str, dt.date] = {}
    offset_weeks, every_weeks = 0, 1
    seen: set[str] = set()
    while reader.kind != "end":
        at = reader.offset
        clause = reader.keyword(_CLAUSES)
        if clause in seen:
            raise reader.mistake(f"`{clause}` is given twice", None, at)
        seen.add(clause)
        if clause == "break":
            breaks = _read_breaks(reader, start_s, end_s)
        elif clause == "week":
            offset_weeks, every_weeks = _read_rotation(reader)
        else:
            dates[clause] = _read_date(reader)
            if "until" in dates and "from" in dates and dates["until"] < dates["from"]:
                raise reader.mistake("the shift ends before it begins", None, at)
    if every_weeks > 1 and "from" not in dates:
        raise reader.mistake(
            "a rotation needs the date from which its weeks count", "from 2026-01-05"
        )
    return Shift(
        name=name,
        days=days,
        start_s=start_s,
        end_s=end_s,
        breaks=breaks,
        from_date=dates.get("from"),
        until_date=dates.get("until"),
        every_weeks=every_weeks,
        offset_weeks=offset_weeks,
    )


def format_shift(shift: Shift) -> str:
    """Return the canonical short form of a shift, without its name.

    Reading it back gives the same shift.

    Examples
    --------
    >>> format_shift(Shift(name="all", days=(5, 6), start_s=0, end_s=86400))
    'Sat-Sun 00:00-24:00'
    """
    parts = [_format_days(shift.days), _format_span(shift.start_s, shift.end_s)]
    if shift.breaks:
        parts += ["break", ", ".join(_format_break(pause) for pause in shift.breaks)]
    if shift.every_weeks > 1:
        parts.append(f"week {shift.offset_weeks + 1} of {shift.every_weeks}")
    if shift.from_date is not None:
        parts.append(f"from {shift.from_date.isoformat()}")
    if shift.until_date is not None:
        parts.append(f"until {shift.until_date.isoformat()}")
    return " ".join(parts)


class _Reader:
    """The tokens of a text, one at a time, and how to refuse them."""

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text) > TEXT_CHARS_MAX:
            raise self.mistake(
                f"the text is longer than {TEXT_CHARS_MAX} characters", None, TEXT_CHARS_MAX
            )
        self.offset = self._end = 0
        self.kind: str | None = None
        self.take()

    @property
    def here(self) -> str:
        """The present token as written."""
        return self.text[self.offset : self._end]

    def take(self) -> str:
        """Return the present token and go to the next one."""
        present = self.here
        found = _TOKEN.search(self.text, self._end)
        assert found is not None, "the end always matches"
        self.kind = found.lastgroup
        self.offset, self._end = found.span()
        return present

    def mistake(self, what: str, suggestion: str | None, offset: int | None = None) -> ShiftInvalid:
        """Return the error for this place, or for an earlier one."""
        return ShiftInvalid(self.text, self.offset if offset is None else offset, what, suggestion)

    def expect(self, kind: str, what: str, suggestion: str | None) -> str:
        """Take a token of this kind, or say what should stand here."""
        if self.kind != kind:
            raise self.mistake(what, suggestion)
        return self.take()

    def keyword(self, words: tuple[str, ...]) -> str:
        """Take one of the words, any case."""
        word = self.here.lower()
        if word not in words:
            near = get_close_matches(word, words, 1)
            names = " or ".join(f"`{word}`" for word in words)
            raise self.mistake(f"here should be {names}", near[0] if near else None)
        return self.take().lower()


def _read_days(reader: _Reader) -> tuple[int, ...]:
    if reader.here.lower() == "daily":
        reader.take()
        return tuple(range(WEEK_DAYS))
    days: list[int] = []
    more = True
    while more:
        at = reader.offset
        first = last = _read_day(reader)
        if reader.kind == "dash":
            reader.take()
            last = _read_day(reader)
        for step in range((last - first) % WEEK_DAYS + 1):
            day = (first + step) % WEEK_DAYS
            if day in days:
                raise reader.mistake(f"{_SHORT[day]} is named twice", None, at)
            days.append(day)
        more = reader.kind == "comma"
        if more:
            reader.take()
    return tuple(sorted(days))


def _read_day(reader: _Reader) -> int:
    at = reader.offset
    word = reader.expect("word", "here should be a day of the week", "Mon-Fri or daily").lower()
    bare = word.replace("\u00e9", "e").replace("\u00e1", "a")
    for names_of_days in (_DAYS, *_DAYS_ELSEWHERE.values()):
        for day, full in enumerate(names_of_days):
            plain = full.replace("\u00e9", "e").replace("\u00e1", "a")
            if len(bare) >= _DAY_CHARS_MIN and plain.startswith(bare):
                return day
    names = {name.lower(): short for name, short in zip(_DAYS + _SHORT, _SHORT * 2, strict=True)}
    near = get_close_matches(word, [*names, "daily"], 1, 0.5)
    suggestion = names.get(near[0], near[0]) if near else "Mon-Fri or daily"
    raise reader.mistake(f"no day is called {word!r}", suggestion, at)


def _read_time(reader: _Reader) -> int:
    """Return seconds after midnight, up to 48 h."""
    at = reader.offset
    text = reader.expect("time", "here should be a time such as 06:00", "06:00")
    hours, minutes, *rest = (int(part) for part in text.split(":"))
    seconds = rest[0] if rest else 0
    total_s = hours * 3600 + minutes * 60 + seconds
    if minutes >= _SIXTY or seconds >= _SIXTY or total_s > _HOURS_MAX * 3600:
        raise reader.mistake(f"{text} is no time", None, at)
    return total_s


def _read_span(reader: _Reader) -> tuple[int, int]:
    """Return start and end; the end as written."""
    start_s = _read_time(reader)
    reader.expect("dash", "here should be a dash and the end", "06:00-14:30")
    return start_s, _read_time(reader)


def _read_shift_span(reader: _Reader) -> tuple[int, int]:
    at = reader.offset
    start_s, end_s = _read_span(reader)
    if start_s >= DAY_S:
        raise reader.mistake("a shift starts before 24:00", f"{_clock(start_s - DAY_S)}", at)
    if start_s == end_s:
        whole_day = _format_span(start_s, start_s + DAY_S)
        raise reader.mistake(
            "the shift ends where it starts; for a whole day say so", whole_day, at
        )
    if end_s < start_s:
        end_s += DAY_S
    if end_s - start_s > DAY_S:
        raise reader.mistake("the shift is longer than 24 h", None, at)
    return start_s, end_s


def _read_breaks(reader: _Reader, start_s: int, end_s: int) -> tuple[Break, ...]:
    breaks: list[Break] = []
    more = True
    while more:
        at = reader.offset
        pause = _read_break(reader, start_s, end_s)
        if breaks and pause.start_s < breaks[-1].end_s:
            raise reader.mistake("the break starts before the previous one is over", None, at)
        breaks.append(pause)
        more = reader.kind == "comma"
        if more:
            reader.take()
    return tuple(breaks)


def _read_break(reader: _Reader, shift_start_s: int, shift_end_s: int) -> Break:
    """Return a break on the scale of its shift: after midnight its times exceed 24 h."""
    at = reader.offset
    start_s, end_s = _read_span(reader)
    if start_s == end_s:
        raise reader.mistake("the break ends where it starts", None, at)
    if start_s < shift_start_s:
        start_s += DAY_S
    if end_s < start_s:
        end_s += DAY_S
    if end_s > shift_end_s:
        span = _format_span(shift_start_s, shift_end_s)
        raise reader.mistake(f"the break is not inside the shift, {span}", None, at)
    bucket: Bucket = "meal"
    if reader.kind == "word" and reader.here.lower() not in _CLAUSES:
        wanted = reader.keyword(_BUCKETS + _CLAUSES)
        bucket = next(known for known in _BUCKETS if known == wanted)
    return Break(start_s=start_s, end_s=end_s, bucket=bucket)


def _read_rotation(reader: _Reader) -> tuple[int, int]:
    """Return the offset and the length of a rotation in weeks."""
    at = reader.offset
    week = int(reader.expect("number", "here should be the number of a week", "week 1 of 2"))
    reader.keyword(("of",))
    every = int(reader.expect("number", "here should be the weeks of the rotation", "week 1 of 2"))
    if not 1 < every <= EVERY_WEEKS_MAX:
        raise reader.mistake(f"a rotation has 2 to {EVERY_WEEKS_MAX} weeks", None, at)
    if not 1 <= week <= every:
        raise reader.mistake(f"the weeks of this rotation are 1 to {every}", None, at)
    return week - 1, every


def _read_date(reader: _Reader) -> dt.date:
    at = reader.offset
    text = reader.expect("date", "here should be a date such as 2026-01-05", "2026-01-05")
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        raise reader.mistake(f"{text} is no date", None, at) from None
    if not FIRST_DATE <= date <= LAST_DATE:
        raise reader.mistake(f"{text} is not within 1970 to 2200", None, at)
    return date


def _format_days(days: tuple[int, ...]) -> str:
    if len(days) == WEEK_DAYS:
        return "daily"
    breaks = [index + 1 for index, (one, two) in enumerate(pairwise(days)) if two != one + 1]
    runs = [days[low:high] for low, high in pairwise([0, *breaks, len(days)])]
    return ",".join(
        _SHORT[run[0]] if len(run) == 1 else f"{_SHORT[run[0]]}-{_SHORT[run[-1]]}" for run in runs
    )


def _format_span(start_s: int, end_s: int) -> str:
    # Midnight at the end is written 24:00, a whole day with the hours it has.
    exact = end_s - start_s == DAY_S or end_s == DAY_S
    return f"{_clock(start_s % DAY_S)}-{_clock(end_s if exact else end_s % DAY_S)}"


def _format_break(pause: Break) -> str:
    span = _format_span(pause.start_s, pause.end_s)
    return span if pause.bucket == "meal" else f"{span} {pause.bucket}"


def _clock(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{hours:02}:{minutes:02}" + (f":{rest:02}" if rest else "")
