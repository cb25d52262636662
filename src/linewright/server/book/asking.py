"""What is asked of history: records of a window, the last values, rows of a tag."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import msgspec

from linewright.bus import Bus, BusUnavailable
from linewright.plant.records import RECORDS, Gap, Record, decode
from linewright.server.book.signals import Columns

__all__ = ["HistoryAsked"]

PAGE_ROWS = 5000
"""Rows of one answer: the most that history gives in JSON."""

PAGES_MAX = 400
"""Most answers for one class and window: two million records are no page of a screen."""

ANSWER_S = 10.0
"""How long one answer may take."""


class HistoryAsked:
    """Questions to the history of the site.

    Parameters
    ----------
    bus
        Of the site.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def records(self, name: str, from_ns: int, until_ns: int) -> AsyncIterator[list[Record]]:
        """Yield the records of a class with an event time in a window, page by page.

        An answer is cut where it is too long: the next one begins with the time of its last
        record, so that some come twice; the book knows them by their ids.

        Raises
        ------
        BusUnavailable
            History does not answer, or there is more than `PAGES_MAX` answers hold.
        """
        kind = RECORDS[name]
        seen: set[tuple[str, int]] = set()
        for _ in range(PAGES_MAX):
            wanted = {"class": name, "from_ns": from_ns, "until_ns": until_ns, "limit": PAGE_ROWS}
            lines = (await self._ask("records", wanted)).splitlines()
            page = [decode(line, kind) for line in lines]
            fresh = [each for each in page if (each.id, each.rev) not in seen]
            if not fresh:
                return
            yield fresh
            from_ns = page[-1].t_ns
            seen = {(each.id, each.rev) for each in page if each.t_ns == from_ns}
        raise BusUnavailable(name, "there are too many records", "ask for a shorter time")

    async def last(self) -> list[Mapping[str, Any]]:
        """Return the last value of every tag, in columns, answer by answer."""
        found: list[Mapping[str, Any]] = []
        after = ""
        for _ in range(PAGES_MAX):
            columns = msgspec.json.decode(await self._ask("last", {"after": after}))
            found.append(columns)
            after = columns.get("cursor", "")
            if not after:
                break
        return found

    async def decimated(self, tag: str, from_ns: int, until_ns: int, points: int) -> Columns:
        """Return the few rows of a tag that keep its outline."""
        wanted = {"tag": str(tag), "from_ns": from_ns, "until_ns": until_ns, "points": points}
        return msgspec.json.decode(await self._ask("decimate", wanted), type=Columns)

    async def count(self, tag: str, from_ns: int, until_ns: int) -> int:
        """Return how many rows of a tag there are in a window."""
        wanted: dict[str, Any] = {"tags": [str(tag)], "from_ns": from_ns, "until_ns": until_ns}
        wanted |= {"every_ns": until_ns - from_ns}
        found = msgspec.json.decode(await self._ask("aggregate", wanted))
        return sum(sum(each["rows"]) for each in found["buckets"])

    async def gaps(self, from_ns: int, until_ns: int) -> list[Gap]:
        """Return the gaps that began in a window, each in its last revision."""
        held: dict[str, Gap] = {}
        async for page in self.records("gap", from_ns, until_ns):
            for record in page:
                assert isinstance(record, Gap), "history was asked for gaps"
                held[record.id] = record
        return [each for each in held.values() if not each.void]

    async def rows(
        self, tag: str, from_ns: int, until_ns: int
    ) -> AsyncIterator[tuple[Columns, Sequence[str | None]]]:
        """Yield every row of a tag in a window, page by page, with their texts."""
        cursor: str | None = None
        for _ in range(PAGES_MAX):
            wanted: dict[str, Any] = {"tag": str(tag), "from_ns": from_ns, "until_ns": until_ns}
            wanted |= {"limit": PAGE_ROWS} | ({"cursor": cursor} if cursor else {})
            found = msgspec.json.decode(await self._ask("read", wanted))
            yield (
                Columns(t_ns=found["t_ns"], value=found["value"], quality=found["quality"]),
                found["text"],
            )
            cursor = found.get("cursor")
            if not cursor:
                return

    async def _ask(self, question: str, wanted: Mapping[str, Any]) -> bytes:
        subject = f"lw.ask.{self._bus.site}.history.{question}"
        found = await self._bus.ask(subject, msgspec.json.encode(wanted), timeout_s=ANSWER_S)
        if found.startswith(b'{"error"'):
            raise BusUnavailable(subject, found[:400].decode("utf-8", "replace"))
        return found
