"""Questions that only a link can answer: what a device has, and whether its certificate is taken.

=================================  =============================  ================================
asked on                           with                           answer
=================================  =============================  ================================
``lw.ask.<site>.connect.trust``    ``source, fingerprint, by``    ``{"said": ...}``
``lw.ask.<site>.connect.browse``   ``source, node, limit``        ``{"items": [...]}``, as `Browsed`
=================================  =============================  ================================

What goes wrong is ``{"error": ...}`` in words. A decision to trust is audited here, whoever asked:
as `begun` before the certificate is taken, and as `done` or `refused` after.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import Callable
from typing import Annotated

import msgspec
from msgspec import Meta

from linewright.bus import Bus, BusUnavailable
from linewright.connectors.feeding.gaps import PUBLISHER
from linewright.connectors.link import Browsed, Browsing, Clocks, Link, Trusting
from linewright.plant import Address
from linewright.plant.records import Audit, How, RecordInvalid

__all__ = ["Answers"]

QUESTION_BYTES_MAX = 10_000
"""Largest question that is read."""

BROWSE_S = 60.0
"""Longest look through a device for one question."""

BROWSE_MAX = 200_000
"""Most things that one question may ask for."""


FINGERPRINT_CHARS = 200
"""How much of a fingerprint stands in the audit."""

Finding = Callable[[str], Link]
"""Gives the link of a source; raises `LookupError`."""


class _TrustAsked(msgspec.Struct, frozen=True):
    """Which certificate is accepted, and by whom."""

    source: str
    fingerprint: str
    by: str


class _BrowseAsked(msgspec.Struct, frozen=True):
    """What of a device is to be listed."""

    source: str
    node: str = ""
    limit: Annotated[int, Meta(ge=1, le=BROWSE_MAX)] = 200


class Answers:
    """Answers questions about the machines.

    Parameters
    ----------
    finding
        Gives the link of a source.
    bus
        Of the site.
    clocks
        For the audit.
    """

    def __init__(self, finding: Finding, bus: Bus, clocks: Clocks) -> None:
        self._finding = finding
        self._bus = bus
        self._clocks = clocks

    async def serve(self) -> None:
        """Answer until the bus closes."""
        await self._bus.answer(f"lw.ask.{self._bus.site}.connect.trust", self.trust)
        await self._bus.answer(f"lw.ask.{self._bus.site}.connect.browse", self.browse)

    async def trust(self, data: bytes) -> bytes:
        """Have a certificate taken; nothing is taken that cannot be recorded."""
        try:
            asked = msgspec.json.decode(data[:QUESTION_BYTES_MAX], type=_TrustAsked)
            link = self._finding(asked.source)
            if not isinstance(link, Trusting):
                return _failed(f"{asked.source} shows no certificates")
            await self._record(asked, "begun")
        except (msgspec.MsgspecError, LookupError, RecordInvalid, BusUnavailable) as error:
            return _failed(_words(error))
        try:
            said = await link.trust(asked.fingerprint, asked.by)
        except (ValueError, OSError) as error:
            with contextlib.suppress(BusUnavailable):  # that it was begun is recorded
                await self._record(asked, "refused", _words(error))
            return _failed(_words(error))
        with contextlib.suppress(BusUnavailable):
            await self._record(asked, "done", said)
        return msgspec.json.encode({"said": said})

    async def browse(self, data: bytes) -> bytes:
        """List what a device has."""
        items: list[Browsed] = []
        try:
            asked = msgspec.json.decode(data[:QUESTION_BYTES_MAX], type=_BrowseAsked)
            link = self._finding(asked.source)
            if not isinstance(link, Browsing):
                return _failed(f"{asked.source} cannot be looked through")
            async with asyncio.timeout(BROWSE_S):
                items = await link.browse(asked.node, asked.limit)
        except TimeoutError:
            return _failed(f"it took longer than {BROWSE_S:g} s; ask for less, or below a node")
        except (msgspec.MsgspecError, LookupError, ValueError, OSError) as error:
            return _failed(_words(error))
        return msgspec.json.encode({"items": items})

    async def _record(self, asked: _TrustAsked, outcome: str, said: str = "") -> None:
        """Keep in the audit who has a certificate taken.

        Raises
        ------
        RecordInvalid
            Who it is, or the source, is no name.
        BusUnavailable
            It is not known to be stored.
        """
        applied = await self._bus.applied()
        shown = asked.fingerprint[:FINGERPRINT_CHARS]
        text = f"{asked.by} has the certificate {shown} of {asked.source} taken"
        record = Audit(
            address=Address(self._bus.site),
            t_ns=self._clocks.plant.now_ns(),
            seen_ns=self._clocks.wall_ns(),
            plant_rev=applied.rev,
            how=How.MACHINE,
            source=PUBLISHER,
            by=asked.by,
            action="certificate.taken",
            outcome=outcome,
            of=asked.source,
            of_class="source",
            content_sha256=hashlib.sha256(asked.fingerprint.encode()).hexdigest(),
            text=f"{text}: {said}" if said else text,
        )
        await self._bus.publish(record)


def _failed(words: str) -> bytes:
    return msgspec.json.encode({"error": words})


def _words(error: BaseException) -> str:
    return str(error.args[0] if isinstance(error, LookupError) and error.args else error)[:300]
