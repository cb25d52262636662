"""Messages of a subscription in the order of their numbers.

What is handed on says that everything older is handed on too: after the loss of a session one gap,
from the newest value on, accounts for all that never came.

>>> order = InOrder[str]()
>>> order.take(2, "second"), order.take(1, "first")
([], ['first', 'second'])
"""

from typing import Generic, TypeVar

__all__ = ["HOLES_MAX", "BegunAgain", "InOrder", "MessageMissing"]

T = TypeVar("T")

HOLES_MAX = 8
"""Messages, keep-alives too, that may overtake a missing one before it counts as lost; also how
far behind the next number one may come late. Further behind the numbers began again."""


AHEAD_MAX = 1_000
"""Messages that may be held back; further ahead the numbers do not belong together."""


class MessageMissing(Exception):
    """A numbered message never came; `number` says which."""

    def __init__(self, number: int) -> None:
        super().__init__(f"message {number} of the subscription is missing")
        self.number = number


class BegunAgain(Exception):
    """The numbers of a subscription began again; `number` came where `wanted` was next."""

    def __init__(self, number: int, wanted: int) -> None:
        super().__init__(f"number {number} of the subscription came where {wanted} was next")
        self.number = number
        self.wanted = wanted


class InOrder(Generic[T]):
    """Holds back what overtook a message that has not come yet.

    Examples
    --------
    >>> order = InOrder[str]()
    >>> order.take(1, "first"), order.take(2, None), order.take(1, "again")
    (['first'], [], [])
    """

    def __init__(self) -> None:
        self._next = 1
        self._held: dict[int, T] = {}
        self._overtaken = 0

    def take(self, number: int, message: T | None) -> list[T]:
        """Messages that are next, now that this one came; a repeated one is dropped.

        Parameters
        ----------
        number
            Of the message; a keep-alive carries the number of the next one.
        message
            None for a keep-alive.

        Raises
        ------
        MessageMissing
            Too many came after one that is missing.
        BegunAgain
            It is too far behind to be a late one: as repeats, all that follow would be dropped. Or
            it is so far ahead that all that follow would wait for ever.
        """
        if not self._next - HOLES_MAX <= number <= self._next + AHEAD_MAX:
            raise BegunAgain(number, self._next)
        if message is not None and number >= self._next:
            self._held[number] = message
        ready: list[T] = []
        while self._next in self._held:
            ready.append(self._held.pop(self._next))
            self._next += 1
        is_missing = bool(self._held) or number > self._next
        self._overtaken = self._overtaken + 1 if is_missing and not ready else 0
        if self._overtaken > HOLES_MAX:
            raise MessageMissing(self._next)
        return ready
