"""From the points of a link to those of its sources: one message, told to each feed it concerns.

A link counts the points of all of its feeds as one row, feed by feed in their order.
"""

from collections.abc import Collection, Sequence

from linewright.connectors.feeding.feed import Feed, Now
from linewright.connectors.sources import Point
from linewright.connectors.values import Heard

__all__ = ["Spread"]


class Spread:
    """The feeds behind one link.

    Parameters
    ----------
    feeds
        In the order in which their points are counted.
    """

    def __init__(self, feeds: Sequence[Feed]) -> None:
        self.feeds = tuple(feeds)
        self.points: tuple[Point, ...] = tuple(
            point for feed in self.feeds for point in feed.source.points
        )
        """Points by their numbers."""
        self._owners = tuple(
            (place, index)
            for place, feed in enumerate(self.feeds)
            for index in range(len(feed.source.points))
        )

    def connected(self, missing: Collection[int], *, asked_ns: int, now: Now) -> None:
        """Tell every feed that it is connected, and which of its points are missing."""
        for place, feed in enumerate(self.feeds):
            own = [self._owners[each][1] for each in missing if self._owners[each][0] == place]
            feed.connected(own, asked_ns=asked_ns, now=now)

    def alive(self, now: Now) -> None:
        """Tell every feed that the device behind the link lives, whatever it said."""
        for feed in self.feeds:
            feed.alive(now)

    def heard(self, heard: Heard, now: Now) -> None:
        """Tell every feed what one message brought it.

        For a feed that it brought nothing it is no sign of life: where one device stands behind
        the whole link, `alive` says that it is.
        """
        if len(self.feeds) == 1:
            self.feeds[0].take(heard, now)
            return
        shares: dict[int, list[int]] = {}
        for row, point in enumerate(heard.points):
            shares.setdefault(self._owners[point][0], []).append(row)
        for place, rows in shares.items():
            share = Heard(
                points=[self._owners[heard.points[row]][1] for row in rows],
                values=[heard.values[row] for row in rows],
                statuses=[heard.statuses[row] for row in rows],
                source_ns=[heard.source_ns[row] for row in rows],
                is_first=heard.is_first,
                is_historical=heard.is_historical,
                asked_ns=heard.asked_ns,
            )
            self.feeds[place].take(share, now)

    def lost(self, now: Now) -> None:
        """Tell every feed that its source is not reached, as of the last sign of life."""
        for feed in self.feeds:
            feed.lost(now)
