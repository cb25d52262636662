"""Records that a command reads: of a running plant, of a stopped one, or of a file."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from linewright.cli.ending import Failed
from linewright.cli.looking.place import asked, place_of, reached, run
from linewright.history import HistoryUnusable, open_history
from linewright.plant.records import Record, RecordInvalid, decode

__all__ = ["CLASSES", "of_data", "of_file"]

CLASSES = ("state", "parts", "reason", "maintenance", "gap")
"""Classes of records that tell how a line behaves."""

PAGE = 5000
"""Records of one question."""
PAGES_MAX = 20_000
"""Questions of one class: 100 million records."""

Page = Callable[[str, int], list[str]]
"""The first records of a class from an event time on, as JSON."""


def of_file(path: str) -> list[Record]:
    """Return the records of a file with one JSON object a line.

    Raises
    ------
    Failed
        It cannot be read, or a line is no record.
    """
    found = []
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        what = f"`{path}` cannot be read: {getattr(error, 'strerror', None) or error}"
        raise Failed(what, "give a file of records, one JSON object a line") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(decode(line.encode(), Record))
            except RecordInvalid as error:
                raise Failed(f"`{path}`, line {number}: {error}", "see docs/records.md") from error
    return found


def of_data(data: str | None, until_ns: int) -> list[Record]:
    """Return the records of a data folder before a time, of its service or of its file.

    Raises
    ------
    Failed
        No plant ever ran there, or its history cannot be read.
    """
    place = place_of(data)
    if place.running is not None:

        async def ask(record_class: str, from_ns: int) -> list[str]:
            request = {
                "class": record_class,
                "from_ns": from_ns,
                "until_ns": until_ns,
                "limit": PAGE,
            }
            async with reached(place) as bus:
                answer = await asked(bus, "history", "records", request)
            return [line for line in answer.decode("utf-8").splitlines() if line.strip()]

        return _all(lambda record_class, from_ns: run(ask, record_class, from_ns))
    try:
        history = open_history(place.data / "history")
    except HistoryUnusable as error:
        raise Failed(f"the history cannot be read: {error.what}", error.advice) from error
    with history:
        return _all(lambda name, from_ns: history.texts(name, from_ns, until_ns, PAGE))


def _all(page: Page) -> list[Record]:
    return [decode(text.encode(), Record) for name in CLASSES for text in _texts(page, name)]


def _texts(page: Page, record_class: str) -> Iterator[str]:
    """Yield every record of a class once, page by page; pages meet at one event time."""
    from_ns, known = 0, frozenset[str]()
    for _ in range(PAGES_MAX):
        texts = page(record_class, from_ns)
        yield from (text for text in texts if text not in known)
        last_ns = max((_time(text) for text in texts), default=from_ns)
        if len(texts) < PAGE:
            return
        if last_ns == from_ns:
            what = f"more than {PAGE} {record_class} records stand at one moment"
            raise Failed(what, "name a later --since")
        from_ns, known = last_ns, frozenset(text for text in texts if _time(text) == last_ns)


class _Timed(msgspec.Struct, frozen=True):
    t_ns: int


def _time(text: str) -> int:
    return msgspec.json.decode(text, type=_Timed).t_ns
