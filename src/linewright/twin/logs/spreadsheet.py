"""Event logs as CSV: ours, and those of other tools with columns of other names."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

import msgspec

from linewright.twin.faults import TwinFault
from linewright.twin.logs.rows import EventRow, Transition

__all__ = ["COLUMNS", "LogInvalid", "csv_rows", "csv_text", "instant_ns", "instant_text"]

COLUMNS = ("case", "activity", "resource", "timestamp", "transition", "good")
"""Columns that we write."""

SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "case": (
        *("case", "caseid", "casename", "caseconceptname", "traceid", "part", "partid"),
        *("unit", "unitid", "serial", "serialnumber", "lot", "lotid", "job", "jobid"),
        *("order", "orderid", "workorder", "product", "productid"),
    ),
    "activity": (
        *("activity", "activityname", "conceptname", "event", "eventname", "operation", "task"),
        *("step", "process", "workstation"),
    ),
    "resource": (
        *("resource", "orgresource", "machine", "station", "workcenter", "workcentre", "workunit"),
        *("equipment", "worker", "operator", "user"),
    ),
    "start": ("start", "starttime", "starttimestamp", "begin", "begintime", "started", "timestart"),
    "timestamp": (
        *("timestamp", "timetimestamp", "time", "end", "endtime", "endtimestamp", "complete"),
        *("completetime", "completetimestamp", "completed", "finish", "finished", "timeend"),
        *("eventtime", "datetime"),
    ),
    "transition": ("transition", "lifecycletransition", "lifecycle", "eventtype", "status"),
    "good": ("good", "ok", "isgood", "passed", "quality"),
}
"""What other tools call our columns; compared without case, spaces and signs, first one wins."""

NEEDED = ("case", "activity", "timestamp")

FORMATS = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M")
"""Spellings of time that are not ISO 8601; those with slashes are month first."""

ROWS_MAX = 10_000_000
"""Rows of one log; beyond it, split the file."""

FORMULAS = frozenset({"=", "+", "-", "@", "\t", "\r"})
"""What a spreadsheet takes for the beginning of a formula."""
MARK = "'"
"""What keeps a text from being one; reading takes one off again."""

INSTANT_MAX = 2**63 - 1
"""Instants that a clock of 64 bits has lie between minus and plus this, ns since 1970."""

NO_WORDS = frozenset({"0", "false", "no", "n", "bad", "scrap", "nok", "fail", "failed"})
SIGNS = re.compile(r"[^a-z0-9]+")
NS = 10**9


class LogInvalid(TwinFault):
    """An event log that cannot be read: what is missing or wrong, in which row."""


def csv_text(rows: Iterable[EventRow], timezone: str = "UTC") -> Iterator[str]:
    r"""Yield the lines of an event log as CSV (RFC 4180), the headings first.

    Parameters
    ----------
    rows
        The log.
    timezone
        In which its instants are written; with their offset, so that nothing is lost.

    Examples
    --------
    >>> one = EventRow(case="p1", activity="mill", resource="a/b/c/mill", t_ns=60 * 10**9)
    >>> list(csv_text([one]))[1]
    'p1,mill,a/b/c/mill,1970-01-01T00:01:00.000000000+00:00,complete,1\r\n'
    """
    zone = ZoneInfo(timezone)
    yield ",".join(COLUMNS) + "\r\n"
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in rows:
        cells = (_cell(row.case), _cell(row.activity), _cell(row.resource))
        writer.writerow((*cells, instant_text(row.t_ns, zone), row.transition.value, int(row.good)))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def csv_rows(
    text: Iterable[str],
    timezone: str = "UTC",
    columns: Mapping[str, str] | None = None,
) -> Iterator[EventRow]:
    r"""Yield the events of a CSV log, from whatever tool it comes.

    Parameters
    ----------
    text
        Lines, or an open file.
    timezone
        Of instants that do not say their own.
    columns
        What a column is called, where it is none of the usual names: `{"case": "Charge"}`.

    Raises
    ------
    LogInvalid
        When a column is missing, or a row cannot be read.

    Notes
    -----
    A row with a start and an end becomes two events. Where local clocks go back, an end before
    its start is taken for one of the second pass of that hour. Comma, semicolon, tab and bar are
    known as separators. Cost: linear in the rows; nothing is kept.

    Examples
    --------
    >>> text = "Case ID;Activity;Machine;Start;End\n7;mill;M1;2026-01-05 06:00;2026-01-05 06:01\n"
    >>> [(row.resource, row.transition.value) for row in csv_rows(text.splitlines())]
    [('M1', 'start'), ('M1', 'complete')]
    """
    lines = iter(text)
    head = next(lines, "").lstrip("\ufeff").rstrip("\r\n")
    mark = max(",;\t|", key=head.count)
    names = next(csv.reader([head], delimiter=mark), [])
    place = _placed(names, columns or {})
    zone = ZoneInfo(timezone)
    reader = csv.reader(lines, delimiter=mark)
    for number, cells in enumerate(_read(reader), 2):
        if number > ROWS_MAX:
            what = f"more than {ROWS_MAX:,} rows"
            raise LogInvalid("event log", what, "split the file")
        if any(cell.strip() for cell in cells):
            yield from _events(cells, place, zone, number)


def _read(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Yield rows; one that is none, such as a quote that is never closed, is told."""
    number = 1
    try:
        for number, row in enumerate(rows, 2):  # noqa: B007  # told where a row is none
            yield row
    except csv.Error as error:
        where = f"event log, row {number + 1}"
        raise LogInvalid(where, f"it cannot be read: {error}", "export it anew") from None


def instant_ns(text: str, zone: dt.tzinfo, *, again: bool = False) -> int | None:
    """Return an instant in nanoseconds, or None where the text is none.

    Parameters
    ----------
    text
        ISO 8601 with `T`, space or slashes, or day first with dots, or month first.
    zone
        Of an instant that does not say its own.
    again
        Whether a local time that comes twice is the second one.

    Examples
    --------
    >>> instant_ns("1970/01/01 00:01:00", dt.UTC), instant_ns("soon", dt.UTC)
    (60000000000, None)
    """
    text = text.strip()
    whole, nano = _split(text)
    moment = _moment(whole)
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone, fold=int(again))
    since = moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    t_ns = (since.days * 86_400 + since.seconds) * NS + nano
    return t_ns if abs(t_ns) <= INSTANT_MAX else None


def instant_text(t_ns: int, zone: dt.tzinfo) -> str:
    """Return an instant in ISO 8601 with nanoseconds and offset.

    Examples
    --------
    >>> instant_text(60 * 10**9 + 7, dt.UTC)
    '1970-01-01T00:01:00.000000007+00:00'
    """
    moment = dt.datetime.fromtimestamp(t_ns // NS, zone)
    text = moment.isoformat()
    return f"{text[:19]}.{t_ns % NS:09d}{text[19:]}"


_FRACTION = re.compile(r"^(.*?:\d\d)[.,](\d{1,9})\d*(.*)$")


def _split(text: str) -> tuple[str, int]:
    """Part the fraction of a second from the rest, so that no digit of it is lost."""
    found = _FRACTION.match(text)
    if found is None:
        return text, 0
    return found[1] + found[3], int(found[2].ljust(9, "0"))


def _moment(text: str) -> dt.datetime | None:
    for spelt in (text, f"{text[:10].replace('/', '-')}{text[10:]}"):
        try:
            return dt.datetime.fromisoformat(spelt)
        except ValueError:
            continue
    for form in FORMATS:
        try:
            return dt.datetime.strptime(text, form)  # noqa: DTZ007  # the zone is given beside it
        except ValueError:
            continue
    return None


def _placed(names: list[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Return where each of our columns stands."""
    plain = [SIGNS.sub("", name.lower()) for name in names]
    place: dict[str, int] = {}
    for ours, spellings in SPELLINGS.items():
        given = columns.get(ours)
        wanted = (SIGNS.sub("", given.lower()),) if given else spellings
        found = next((plain.index(each) for each in wanted if each in plain), None)
        if found is not None and found not in place.values():
            place[ours] = found
    missing = [each for each in NEEDED if each not in place]
    if missing:
        there = ", ".join(f"`{name}`" for name in names if name) or "nothing"
        lacking = " and ".join(f"`{each}`" for each in missing)
        what = f"no column for {lacking}; the file has {there}"
        raise LogInvalid("event log", what, "name them, for example case=PartNo")
    return place


def _events(
    cells: list[str], place: Mapping[str, int], zone: dt.tzinfo, number: int
) -> Iterator[EventRow]:
    def cell(name: str) -> str:
        k = place.get(name, -1)
        text = cells[k].strip() if 0 <= k < len(cells) else ""
        return text[1:] if text[:1] == MARK and _is_formula(text) else text

    end = _instant(cell("timestamp"), zone, number)
    case, activity = cell("case"), cell("activity")
    row = EventRow(
        case=case,
        activity=activity,
        resource=cell("resource") or activity,
        t_ns=end,
        transition=_transition(cell("transition")),
        good=cell("good").lower() not in NO_WORDS,
    )
    if not case or not activity:
        where = f"event log, row {number}"
        raise LogInvalid(where, "it has no case or no activity", "complete it, or take it out")
    if "start" in place and cell("start"):
        start = _instant(cell("start"), zone, number)
        if start > end:
            end = _instant(cell("timestamp"), zone, number, again=True)
            row = msgspec.structs.replace(row, t_ns=end)
        if start > end:
            where = f"event log, row {number}"
            raise LogInvalid(where, "it ends before it starts", "mend it, or take it out")
        yield msgspec.structs.replace(row, t_ns=start, transition=Transition.START, good=True)
    yield row


def _instant(text: str, zone: dt.tzinfo, number: int, *, again: bool = False) -> int:
    found = instant_ns(text, zone, again=again)
    if found is None:
        where = f"event log, row {number}"
        raise LogInvalid(where, f"`{text[:40]}` is no instant", "write it as 2026-01-05T06:00:00")
    return found


def _transition(text: str) -> Transition:
    word = text.lower()
    return Transition(word) if word in set(Transition) else Transition.COMPLETE


def _cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return MARK + text if _is_formula(text) else text


def _is_formula(text: str) -> bool:
    """Whether a text is a formula to a spreadsheet, but for marks before it."""
    return text.lstrip(MARK)[:1] in FORMULAS
