"""What is watched now: a resource is made once for all its watchers, where it may differ.

The hub knows neither sockets nor routes. A `Source` says how a resource is made, a `Client` holds
what one socket watches and how far it was told. Nothing piles up for a slow client: it is asked
what it still lacks when it can take something, and then gets the newest.
"""

import inspect
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable

import msgspec

from linewright.server.desk import Refusal
from linewright.server.watching.shared import Shared

__all__ = ["WATCHES_MAX", "Client", "Hub", "Source"]

WATCHES_MAX = 64
"""Resources that one socket watches at most: the fullest page has a dozen."""

KEPT_MAX = 2_000
"""Resources that are kept at most, watched or not."""

KEPT_S = 60.0
"""How long one is kept that nobody watches: who comes back within it gets only what changed."""

LONGEST_S = {"fast": 1.0, "slow": 5.0}
"""After so long a resource is made again though nothing it is made from has changed: time itself
has gone on, and with it ages, targets and doubts."""

SHORTEST_S = {"fast": 0.1, "slow": 1.0}
"""Shortest time between two versions that are told."""

COST = 10.0
"""A resource waits so many times as long as it took to make: none takes more than 9 % of a core."""

ACT_COST = 1.0
"""The same after an act of a person, which others see at once: acts are few."""

NOTES_MAX = 256
"""Errors that wait for one socket; more of them than watches only where it asks for them."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """How a resource is made.

    Examples
    --------
    >>> Source(key="/api/x", pace="fast", inputs=lambda: 1, make=lambda: b"{}").pace
    'fast'
    """

    key: str
    """The same for all who watch the same."""
    pace: str
    """`fast` or `slow`."""
    inputs: Callable[[], object]
    """Versions of what it is made from; compared with `==`."""
    make: Callable[[], bytes | Awaitable[bytes]]
    """Gives it as JSON; raises `Refusal` where it cannot."""
    acts: Callable[[], object] = bool
    """Versions of what people did to it: where they differ it is made at once."""


class _Kept:
    """A resource that is watched, or was a moment ago."""

    def __init__(self, source: Source, boot: str) -> None:
        self.source = source
        self.shared = Shared(boot)
        self.watchers: set[tuple[Client, int]] = set()
        self.inputs: object = None
        self.acts: object = None
        self.made_s = -1e9
        self.due_s = 0.0
        self.soon_s = 0.0
        self.left_s = 0.0
        self.error = b""
        self.making = False


class _Watch:
    """How far one client was told of one resource."""

    def __init__(self, kept: _Kept, version: str) -> None:
        self.kept = kept
        self.version = version
        self.error = b""


class Client:
    """What one socket watches; `due` is called when there may be something to send.

    Parameters
    ----------
    due
        Wakes the sender.
    """

    def __init__(self, due: Callable[[], None]) -> None:
        self.due = due
        self.watches: dict[int, _Watch] = {}
        self.notes: deque[bytes] = deque(maxlen=NOTES_MAX)

    def note(self, message: bytes) -> None:
        """Say something that is no change of a resource; the oldest goes where too much waits."""
        self.notes.append(message)
        self.due()

    def take(self) -> bytes | None:
        """Return the next message for this client, None where it has everything."""
        if self.notes:
            return self.notes.popleft()
        for number, watch in self.watches.items():
            said = _owed(watch)
            if said is not None:
                self.watches[number] = self.watches.pop(number)  # the others come first next time
                return b'{"id":%d,%s}' % (number, said)
        return None


def _owed(watch: _Watch) -> bytes | None:
    kept = watch.kept
    if kept.error != watch.error:
        watch.error = kept.error
        if kept.error:
            watch.version = ""  # after an error all of it is told, so that the error ends
            return kept.error
    if kept.error:
        return None
    said = kept.shared.since(watch.version)
    if said is not None:
        watch.version = kept.shared.version
    return said


class Hub:
    """The resources that are watched.

    Parameters
    ----------
    boot
        Word of this start of the server.
    clock
        Monotonic seconds.
    """

    def __init__(self, boot: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._boot = boot
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self.made = 0
        """How often a resource was made, for the metrics."""

    def __len__(self) -> int:
        return len(self._kept)

    def watch(self, client: Client, number: int, source: Source, version: str = "") -> None:
        """Have a client watch a resource under a number; an older watch of it ends.

        Raises
        ------
        Refusal
            The client, or all clients together, watch too much.
        """
        self.unwatch(client, number)
        if len(client.watches) >= WATCHES_MAX:
            what = f"{WATCHES_MAX} resources are watched already"
            raise Refusal(429, what, source.key, "end one of them first")
        kept = self._kept.get(source.key)
        if kept is None:
            if len(self._kept) >= KEPT_MAX:
                self._drop_one(source)
            kept = self._kept[source.key] = _Kept(source, self._boot)
        elif not kept.watchers:
            kept.due_s = 0.0
        client.watches[number] = _Watch(kept, version)
        kept.watchers.add((client, number))
        if kept.shared.n and kept.due_s:
            client.due()

    def unwatch(self, client: Client, number: int) -> None:
        """End one watch of a client; nothing where there is none."""
        watch = client.watches.pop(number, None)
        if watch is not None:
            watch.kept.watchers.discard((client, number))
            watch.kept.left_s = self._clock()

    def leave(self, client: Client) -> None:
        """End all watches of a client."""
        for number in list(client.watches):
            self.unwatch(client, number)

    def due(self) -> list[_Kept]:
        """Return what is to be made now, and forget what nobody has watched for long."""
        now_s = self._clock()
        found = []
        for key, kept in list(self._kept.items()):
            if not kept.watchers:
                if now_s - kept.left_s > KEPT_S:
                    del self._kept[key]
            elif not kept.making and self._differs(kept, now_s):
                found.append(kept)
        return found

    async def make(self, kept: _Kept) -> None:
        """Make a resource, and wake those who watch it where it has changed."""
        began_s = self._clock()
        inputs, acts = kept.inputs, kept.acts
        kept.making = True
        try:
            kept.inputs, kept.acts = kept.source.inputs(), kept.source.acts()
            found = kept.source.make()
            full = await found if inspect.isawaitable(found) else found
            changed = kept.shared.take(full) or bool(kept.error)
            kept.error = b""
        except Refusal as refusal:
            error = error_of(refusal)
            changed = error != kept.error
            kept.error = error
        except BaseException:
            kept.inputs, kept.acts = inputs, acts
            raise
        finally:
            self.made += 1
            now_s = kept.made_s = self._clock()
            pace_s = SHORTEST_S[kept.source.pace]
            kept.due_s = max(began_s + pace_s, now_s + COST * (now_s - began_s))
            kept.soon_s = max(began_s + SHORTEST_S["fast"], now_s + ACT_COST * (now_s - began_s))
            kept.making = False
        if changed:
            for client in {client for client, _ in kept.watchers}:
                client.due()

    def _differs(self, kept: _Kept, now_s: float) -> bool:
        if now_s < kept.due_s:
            return now_s >= kept.soon_s and bool(kept.source.acts() != kept.acts)
        if now_s - kept.made_s >= LONGEST_S[kept.source.pace]:
            return True
        return bool(kept.source.inputs() != kept.inputs)

    def _drop_one(self, source: Source) -> None:
        for key, kept in self._kept.items():
            if not kept.watchers:
                del self._kept[key]
                return
        what = f"{KEPT_MAX} resources are watched already"
        raise Refusal(503, what, source.key, "watch fewer at once, or ask for it once by GET")


def error_of(refusal: Refusal) -> bytes:
    """Return the members of a message that tells a refusal.

    Examples
    --------
    >>> error_of(Refusal(404, "no such line", "/api/line", "see /api/plant"))[:22]
    b'"error":{"status":404,'
    """
    said = {
        "status": refusal.status,
        "what": refusal.what,
        "where": refusal.where,
        "to_do": refusal.to_do,
    }
    return b'"error":' + msgspec.json.encode(said)
