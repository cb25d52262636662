"""Grants and the stop of automatic actions: written here and nowhere else.

What is allowed stands in the bucket `grants`; once a second it is confirmed on
`lw.authority.<site>`, and `connect` refuses whatever was not confirmed for 5 s.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from linewright.bus import Bus
from linewright.plant import Address
from linewright.plant.authority import Grant, Limit, Mode
from linewright.plant.records import Command, Role, decode, encode
from linewright.server.folder import read_private, write_private
from linewright.server.known import Stop

__all__ = ["Grants", "Person", "grant_for", "sha256_of"]

LOG = logging.getLogger(__name__)

LIFE_NS = 600 * 1_000_000_000
"""Life of a one-shot grant on the wall clock, 10 min: a command is sent within seconds."""

KEPT_NS = 10 * 86_400 * 1_000_000_000
"""Grants are confirmed for ten days beyond their end: a change may hold until a gap eight days
later, and is then taken back under its grant."""

GRANTS_MAX = 5_000
"""Most grants that are kept in memory: all of them fit one message of half a megabyte."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts at this page, and in which role.

    Examples
    --------
    >>> Person(id="local", role=Role.SUPERVISOR).role.value
    'supervisor'
    """

    id: str
    role: Role


def sha256_of(data: bytes) -> str:
    """Return the hash by which a stored grant is confirmed.

    Examples
    --------
    >>> sha256_of(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(data).hexdigest()


def grant_for(command: Command, person: Person, *, now_ns: int, comment: str = "") -> Grant:
    """Return the grant for exactly one command: its action, its address and its value.

    Parameters
    ----------
    command
        As `linewright.correct.command_of` makes it; it names the grant.
    person
        Who confirms it.
    now_ns
        Wall clock.
    comment
        Why, for the person who reads it later.
    """
    return Grant(
        id=command.grant_id,
        person=person.id,
        roles=(person.role,),
        actions=(command.action,),
        addresses=(Address(command.address),),
        limits=_limits(command),
        count=1,
        from_ns=now_ns,
        until_ns=now_ns + LIFE_NS,
        mode=Mode.ACT,
        for_site=command.for_site,
        one_shot=True,
        only_command=command.id,
        plant_rev=command.plant_rev,
        comment=comment,
    )


def _limits(command: Command) -> tuple[Limit, ...]:
    value = command.value
    if value is None:
        return ()
    if isinstance(value, bool | str):
        choice = str(value).lower() if isinstance(value, bool) else value
        return (Limit(parameter=command.parameter, choices=(choice,)),)
    return (Limit(parameter=command.parameter, low=float(value), high=float(value)),)


class Grants:
    """The grants of a site and its stop, as they stand in the bucket.

    Parameters
    ----------
    bus
        Of the site.
    book
        Private file with the hash of each grant that was issued here: after a restart no other
        is confirmed, whoever put it into the bucket.
    heard
        Called with each stop, at once.
    """

    def __init__(self, bus: Bus, book: Path, heard: Callable[[Stop], object] = bool) -> None:
        self._bus = bus
        self._heard = heard
        self._book = book
        self._issued = read_private(book, dict[str, str]) or {}
        self._by_id: dict[str, tuple[str, int]] = {}
        self.stop = Stop()
        self._stops = 0
        self._storing = asyncio.Lock()

    async def load(self) -> None:
        """Read what was granted before this process started.

        Raises
        ------
        BusUnavailable
            The bus does not answer.
        """
        bucket = await self._bus.bucket("grants")
        for key in await bucket.keys():
            data = await bucket.get(key)
            if data is None:
                continue
            if key == "stop":
                self._take(_stop_of(data))
            elif key.startswith("grant."):
                if self._issued.get(key.removeprefix("grant.")) == sha256_of(data):
                    self._keep(decode(data, Grant), data)
                else:
                    LOG.error("%s was not issued here and is not confirmed", key)

    async def issue(self, grant: Grant) -> None:
        """Put a grant in force, or a changed one in its place.

        Raises
        ------
        BusUnavailable
            The bus does not answer: it may or may not be stored.
        OSError
            The book cannot be written; nothing is granted.
        """
        data = encode(grant)
        self._issued[grant.id] = sha256_of(data)
        while len(self._issued) > GRANTS_MAX:
            del self._issued[next(iter(self._issued))]
        write_private(self._book, msgspec.json.encode(self._issued))
        bucket = await self._bus.bucket("grants")
        await bucket.put(f"grant.{grant.id}", data)
        self._keep(grant, data)

    async def revoke(self, grant: Grant) -> None:
        """End a grant that is not to be used."""
        await self.issue(msgspec.structs.replace(grant, revoked=True))

    async def set_stop(self, stop: Stop) -> None:
        """Stop automatic actions, or let them go on.

        Raises
        ------
        BusUnavailable
            The bus does not answer: it may or may not be stored.
        """
        self._stops += 1
        mine = self._stops
        if stop.stopped:  # said before it is stored: a stop never waits
            self._take(stop)
            await self.confirm(0)
        bucket = await self._bus.bucket("grants")
        async with self._storing:
            if mine == self._stops or stop.stopped:
                await bucket.put("stop", msgspec.json.encode(stop))
            if mine == self._stops:  # else somebody has pressed again meanwhile
                self._take(stop)

    def _take(self, stop: Stop) -> None:
        self.stop = stop
        self._heard(stop)

    async def confirm(self, now_ns: int) -> None:
        """Say what holds now; `now_ns` is the wall clock."""
        data = msgspec.json.encode({"stop": self.stop.stopped, "grants": self.holding(now_ns)})
        await self._bus.tell(f"lw.authority.{self._bus.site}", data)

    def holding(self, now_ns: int) -> Mapping[str, str]:
        """Return the hash of each grant that has not ended long ago."""
        self._by_id = {
            name: kept for name, kept in self._by_id.items() if now_ns < kept[1] + KEPT_NS
        }
        return {name: sha256 for name, (sha256, _) in self._by_id.items()}

    def _keep(self, grant: Grant, data: bytes) -> None:
        while len(self._by_id) >= GRANTS_MAX:
            self._by_id.pop(next(iter(self._by_id)))
        self._by_id[grant.id] = (sha256_of(data), grant.until_ns)


def _stop_of(data: bytes) -> Stop:
    """Return the stored stop; what cannot be read stops."""
    try:
        return msgspec.json.decode(data, type=Stop)
    except msgspec.MsgspecError as error:
        LOG.error("the stored stop is damaged, so automatic actions are stopped: %s", error)  # noqa: TRY400  # what it says is enough
        return Stop(stopped=True)
