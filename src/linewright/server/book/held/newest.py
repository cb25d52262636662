"""The newest value of each tag, in columns: what comes 10,000 times a second must cost little.

A frame costs a sort of its times, one look-up for each tag in it, and no object for a row.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from linewright.plant.records import Quality

__all__ = ["TAGS_MAX", "Heard", "Newest", "Value"]

TAGS_MAX = 100_000
"""Most tags that are kept, some 100 bytes each; further ones are passed over and counted."""

TEXT_CHARS_MAX = 400
"""Longest text of a value that is kept: a page shows no more; history has the whole."""


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """The newest value of a tag.

    Examples
    --------
    >>> Value(t_ns=1, seen_ns=2, value=3.0).text is None
    True
    """

    t_ns: int
    seen_ns: int
    value: float
    text: str | None = None
    quality: int = 0
    source: str = ""


class Heard(msgspec.Struct, frozen=True):
    """When a source was last heard: wall clock, and plant time; 0: never.

    Examples
    --------
    >>> Heard().wall_ns
    0
    """

    wall_ns: int = 0
    plant_ns: int = 0


class Newest:
    """Newest values by tag, and when each source was last heard.

    Parameters
    ----------
    tags_max
        Most tags that are kept.

    Examples
    --------
    >>> from linewright.plant.samples import Columns, FrameHeader, frame
    >>> one = Columns(tag=["reno#kw"], t_ns=[7], seen_ns=[8], value=[3.5], quality=[0])
    >>> newest = Newest()
    >>> newest.hear(frame(FrameHeader(site="reno", source="meter", epoch=0, n=0), one), 9, 8)
    >>> newest["reno#kw"].value, newest.sources_of("reno"), newest.version_of("reno")
    (3.5, [Heard(wall_ns=9, plant_ns=8)], 1)
    """

    def __init__(self, tags_max: int = TAGS_MAX) -> None:
        self._tags_max = tags_max
        self._numbers: dict[str, int] = {}
        self._t_ns = array("q")
        self._seen_ns = array("q")
        self._value = array("d")
        self._quality = array("H")
        self._source = array("l")
        self._texts: dict[int, str] = {}
        self._sources: dict[str, int] = {}
        self._names: list[str] = []
        self._heard: list[Heard] = []
        self._spoken: dict[str, set[int]] = {}
        self._versions: dict[str, int] = {}
        self.left_out = 0
        """Rows of tags for which there was no room."""
        self.version = 0
        """Grows with every frame that has rows."""

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, tag: str) -> bool:
        return tag in self._numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __getitem__(self, tag: str) -> Value:
        n = self._numbers[tag]
        return Value(
            t_ns=self._t_ns[n],
            seen_ns=self._seen_ns[n],
            value=self._value[n],
            text=self._texts.get(n),
            quality=self._quality[n],
            source=self._names[self._source[n]],
        )

    def get(self, tag: str) -> Value | None:
        """Return the newest value of a tag; None: nothing came."""
        return self[tag] if tag in self._numbers else None

    def heard(self, source: str) -> Heard:
        """Return when a source was last heard, heartbeats included."""
        number = self._sources.get(source)
        return Heard() if number is None else self._heard[number]

    def sources_of(self, owner: str) -> list[Heard]:
        """Return when each source that ever spoke of a station was last heard."""
        return [self._heard[each] for each in sorted(self._spoken.get(owner, ()))]

    def version_of(self, owner: str) -> int:
        """Return how often values of a station came; 0: never."""
        return self._versions.get(owner, 0)

    def hear(self, frame: Any, wall_ns: int, plant_ns: int) -> None:  # noqa: ANN401  # a `Frame`
        """Take a frame of samples; of each tag in it the newest row.

        Parameters
        ----------
        frame
            A checked `Frame`; without rows it says that its source lives.
        wall_ns, plant_ns
            When it came.
        """
        source = self._source_number(frame.header.source)
        before = self._heard[source]
        self._heard[source] = Heard(max(before.wall_ns, wall_ns), max(before.plant_ns, plant_ns))
        if not frame.rows:
            return
        batch = frame.batch
        tags = batch.column("tag")
        # By time, so that of each tag the last is the newest; of equal times the later row.
        order = batch.column("t_ns").to_numpy().argsort(kind="stable")
        last = dict(zip(tags.indices.to_numpy()[order].tolist(), order.tolist(), strict=True))
        rows = batch.take(list(last.values()))
        names = tags.dictionary.to_pylist()
        columns = {
            name: rows.column(name).to_pylist()
            for name in ("t_ns", "seen_ns", "value", "text", "quality")
        }
        for owner in {name.partition("#")[0] for name in names}:
            self._spoken.setdefault(owner, set()).add(source)
        owners = set()
        for k, code in enumerate(last):
            tag = names[code]
            if self._keep(tag, {name: column[k] for name, column in columns.items()}, source):
                owners.add(tag.partition("#")[0])
        for owner in owners:
            self._versions[owner] = self._versions.get(owner, 0) + 1
        self.version += bool(owners)

    def fill(self, answers: Iterable[Mapping[str, Any]]) -> None:
        """Take the last values that history knows, of tags of which nothing came yet.

        Parameters
        ----------
        answers
            Columns `tag`, `t_ns`, `seen_ns`, `value`, `text`, `quality`; a number that is none is
            null.
        """
        source = self._source_number("")
        names = ("t_ns", "seen_ns", "value", "text", "quality")
        for columns in answers:
            for tag, *cells in zip(columns["tag"], *(columns[name] for name in names), strict=True):
                row = dict(zip(names, cells, strict=True))
                row["value"] = float("nan") if row["value"] is None else row["value"]
                if tag not in self._numbers and self._keep(tag, row, source):
                    owner = tag.partition("#")[0]
                    self._versions[owner] = self._versions.get(owner, 0) + 1
        self.version += 1

    def _source_number(self, source: str) -> int:
        number = self._sources.setdefault(source, len(self._names))
        if number == len(self._names):
            self._names.append(source)
            self._heard.append(Heard())
        return number

    def _keep(self, tag: str, row: Mapping[str, Any], source: int) -> bool:
        """Keep a row if it is news; returns whether it is."""
        number = self._numbers.get(tag)
        if number is None:
            number = len(self._numbers)
            if number >= self._tags_max:
                self.left_out += 1
                return False
            self._numbers[tag] = number
            for column in (self._t_ns, self._seen_ns, self._quality, self._source):
                column.append(0)
            self._value.append(0.0)
        elif row["t_ns"] < self._t_ns[number] and not row["quality"] & Quality.INITIAL:
            return False  # late: what is known is newer
        self._t_ns[number] = row["t_ns"]
        self._seen_ns[number] = row["seen_ns"]
        self._value[number] = row["value"]
        self._quality[number] = row["quality"]
        self._source[number] = source
        if row["text"] is not None:
            self._texts[number] = row["text"][:TEXT_CHARS_MAX]
        else:
            self._texts.pop(number, None)
        return True
