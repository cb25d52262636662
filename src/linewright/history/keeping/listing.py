"""The list of files as a reader knows it: kept in memory while nothing in it changes.

>>> import tempfile
>>> from pathlib import Path
>>> with Database.open(Path(tempfile.mkdtemp())) as database:
...     listing = Listing(database)
...     listing.refresh()
...     listing.places([1], 0, 9), listing.is_all_compacted
([], True)
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence

import msgspec

from linewright.history.keeping.packing import Segment
from linewright.history.store import Database

__all__ = ["CHANGE_COUNT", "Listing", "Place", "note_change"]

CHANGE_COUNT = "listing"
"""Name in the table of counts that rises with every change of the list of files."""

TAGS_KEPT = 20_000
"""Tags whose places stay in memory: some kilobytes each for a year of days."""


SEGMENTS_AT_ONCE = 30_000
"""So many places are read at once, in some 50 ms; of more, only those that are asked for."""


class Place(msgspec.Struct, frozen=True):
    """A segment, and the file that it lies in.

    Examples
    --------
    >>> Place.__struct_fields__
    ('segment', 'file', 'path')
    """

    segment: Segment
    file: int
    path: str


class Listing:
    """Where compacted rows lie; `refresh` brings it to the moment of a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._version = -1
        self._places: OrderedDict[int, list[Place]] = OrderedDict()
        self._companions: dict[int, list[tuple[int, str, int]]] = {}
        self.is_all_compacted = False
        """Whether there are no hot rows."""

    def refresh(self) -> None:
        """Look whether anything has changed, and forget what did."""
        if self._version >= 0 and self._database.is_read_only:
            return
        found = self._database.rows(
            "SELECT (SELECT count FROM tally WHERE name = ?), (SELECT count(*) FROM arrivals)",
            CHANGE_COUNT,
        )
        version = found[0][0] or 0
        self.is_all_compacted = found[0][1] == 0
        if version == self._version:
            return
        self._version = version
        self._places.clear()
        self._companions.clear()
        for file, *rest in self._database.rows("SELECT file, hour, path, part FROM companions"):
            self._companions.setdefault(file, []).append((rest[0], rest[1], rest[2]))
        if self._database.rows("SELECT count(*) FROM segments")[0][0] <= SEGMENTS_AT_ONCE:
            self._load([tag for (tag,) in self._database.rows("SELECT DISTINCT tag FROM segments")])

    def places(self, tags: Sequence[int], from_ns: int, until_ns: int) -> list[Place]:
        """Where the rows of some tags lie, by tag and time.

        Parameters
        ----------
        tags
            Numbers of the tags.
        from_ns, until_ns
            Event times; the first is included, the last not.
        """
        self._load([tag for tag in tags if tag not in self._places])
        found = []
        for tag in sorted(tags):
            self._places.move_to_end(tag)
            found += [
                place
                for place in self._places[tag]
                if place.segment.until_ns >= from_ns and place.segment.from_ns < until_ns
            ]
        while len(self._places) > TAGS_KEPT:
            self._places.popitem(last=False)
        return found

    def companions(self, file: int, first_hour: int, last_hour: int) -> list[tuple[int, str, int]]:
        """Hours of a file, each with its companion and the row group in that.

        Parameters
        ----------
        file
            Its number.
        first_hour, last_hour
            Hours since 1970, both included.
        """
        found = self._companions.get(file, [])
        return [each for each in found if first_hour <= each[0] <= last_hour]

    def _load(self, tags: Iterable[int]) -> None:
        wanted = list(tags)
        if not wanted:
            return
        for tag in wanted:
            self._places[tag] = []
        listed = ", ".join(f"{tag:d}" for tag in wanted)
        found = self._database.rows(
            "SELECT s.tag, s.part, s.first, s.rows, s.from_ns, s.until_ns, s.scale, s.has,"  # noqa: S608 - our numbers
            " s.file, f.path FROM segments s JOIN files f ON f.id = s.file"
            f" WHERE s.tag IN ({listed}) ORDER BY s.tag, s.from_ns, s.file, s.part"
        )
        for tag, part, first, rows, from_ns, until_ns, scale, has, file, path in found:
            segment = Segment(
                tag=tag,
                group=part,
                first=first,
                rows=rows,
                from_ns=from_ns,
                until_ns=until_ns,
                scale=scale,
                has=has,
            )
            self._places[tag].append(Place(segment, file, path))


def note_change(database: Database) -> None:
    """Tell readers that the list of files is another one now, in the transaction that makes it so.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with Database.open(Path(tempfile.mkdtemp())) as database:
    ...     note_change(database), note_change(database)
    ...     database.rows("SELECT name, count FROM tally")
    (None, None)
    [('listing', 2)]
    """
    found = database.rows("SELECT count FROM tally WHERE name = ?", CHANGE_COUNT)
    count = int(found[0][0]) + 1 if found else 1
    database.replace("tally", [(CHANGE_COUNT, count)], key="name")
