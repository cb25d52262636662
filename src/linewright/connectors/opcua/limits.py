"""What a server bears in one request: as it says, as the plant file says, as was learned.

Many servers publish nothing, or more than they bear. A refused batch is halved and the smaller
size is kept for as long as the process lives, over every new session.

>>> limits = Limits(batch=500)
>>> limits.read.size, limits.read.refused(500), limits.read.size
(500, True, 250)
"""

from collections.abc import Mapping

__all__ = ["PUBLISHED", "TOO_MANY", "Limits", "Size"]

PUBLISHED: Mapping[str, int] = {
    "read": 11705,  # MaxNodesPerRead
    "write": 11707,  # MaxNodesPerWrite
    "call": 11709,  # MaxNodesPerMethodCall
    "browse": 11710,  # MaxNodesPerBrowse
    "monitor": 11714,  # MaxMonitoredItemsPerCall
    "continuation_points": 2735,  # MaxBrowseContinuationPoints
    "sessions": 24095,  # MaxSessions
    "items": 24097,  # MaxMonitoredItems
    "subscriptions_per_session": 24098,  # MaxSubscriptionsPerSession
    "items_per_subscription": 24104,  # MaxMonitoredItemsPerSubscription
    "queue": 31916,  # MaxMonitoredItemsQueueSize
}
"""Our names of the limits that a server may publish, with the numbers of their nodes."""

TOO_MANY = frozenset(
    {
        0x80100000,  # BadTooManyOperations
        0x80080000,  # BadEncodingLimitsExceeded
        0x80B80000,  # BadRequestTooLarge
        0x80B90000,  # BadResponseTooLarge
        0x80070000,  # BadDecodingError
        0x80800000,  # BadTcpMessageTooLarge
        0x80030000,  # BadOutOfMemory
        0x80040000,  # BadResourceUnavailable
    }
)
"""Refusals of a whole request that a smaller one may not meet."""


class Size:
    """How many operations go into one request of a kind.

    Examples
    --------
    >>> size = Size(500)
    >>> size.publish(100)
    >>> size.size, size.refused(100), size.refused(50), size.size
    (100, True, True, 25)
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._published: int | None = None
        self._learned: int | None = None

    @property
    def size(self) -> int:
        """Operations that the next request may hold, at least one.

        Examples
        --------
        >>> Size(500).size
        500
        """
        found = self._most
        for bound in (self._published, self._learned):
            if bound is not None:
                found = min(found, bound)
        return max(1, found)

    @property
    def learned(self) -> int | None:
        """What a refusal taught; None where none did.

        Examples
        --------
        >>> Size(500).learned is None
        True
        """
        return self._learned

    def publish(self, number: int | None) -> None:
        """Take what the server says; 0 and nothing say nothing.

        Examples
        --------
        >>> size = Size(500)
        >>> size.publish(0)
        >>> size.size
        500
        """
        self._published = number or None

    def refused(self, sent: int) -> bool:
        """Halve after a request with so many was refused; whether a smaller one can be tried.

        Examples
        --------
        >>> Size(1).refused(1)
        False
        """
        if sent <= 1:
            return False
        self._learned = max(1, min(sent, self.size) // 2)
        return True


class Limits:
    """All that is known of what one server bears.

    Parameters
    ----------
    batch
        Most operations in one request, whatever the server allows.

    Examples
    --------
    >>> limits = Limits(batch=500)
    >>> limits.publish({"monitor": 1000, "items_per_subscription": 1000, "sessions": 0})
    >>> limits.monitor.size, limits.items_per_subscription, limits.told()
    (500, 1000, {'monitor': 1000, 'items_per_subscription': 1000})
    """

    def __init__(self, batch: int) -> None:
        self.read = Size(batch)
        self.browse = Size(batch)
        self.monitor = Size(batch)
        self.items_per_subscription: int | None = None
        self.takes_filters = True
        """Whether the server bears filters of changes; false after the first refusal."""

        self._told: dict[str, int] = {}

    def publish(self, told: Mapping[str, int]) -> None:
        """Take what the server publishes, by the names of `PUBLISHED`.

        Examples
        --------
        >>> limits = Limits(batch=500)
        >>> limits.publish({"read": 100})
        >>> limits.read.size
        100
        """
        self._told = {name: number for name, number in told.items() if number > 0}
        for name in ("read", "browse", "monitor"):
            size: Size = getattr(self, name)
            size.publish(told.get(name))
        self.items_per_subscription = self._told.get("items_per_subscription")

    def told(self) -> dict[str, int]:
        """Return what the server said and what was learned, for people.

        Returns
        -------
        dict[str, int]
            Learned sizes have ``_learned`` behind their name.

        Examples
        --------
        >>> limits = Limits(batch=500)
        >>> _ = limits.read.refused(100)
        >>> limits.told()
        {'read_learned': 50}
        """
        found = dict(self._told)
        for name in ("read", "browse", "monitor"):
            size: Size = getattr(self, name)
            if size.learned is not None:
                found[f"{name}_learned"] = size.learned
        return found
