"""Questions that only a link can answer: what a device has, and whether its certificate is taken.

=================================  =============================  ================================
asked on                           with                           answer
=================================  =============================  ================================
``lw.ask.<site>.connect.trust``    ``source, fingerprint, by``    ``{"said": ...}``
``lw.ask.<site>.connect.browse``   ``source, node, limit``        ``{"items": [...]}``, as `Browsed`
=================================  =============================  ================================

What goes wrong is ``{"error": ...}`` in words.
"""

import asyncio
from collections.abc import Callable
from typing import Annotated

import msgspec
from msgspec import Meta

from linewright.bus import Bus
from linewright.connectors.link import Browsed, Browsing, Link, Trusting

__all__ = ["Answers"]

QUESTION_BYTES_MAX = 10_000
"""Largest question that is read."""

BROWSE_S = 60.0
"""Longest look through a device for one question."""

BROWSE_MAX = 200_000
"""Most things that one question may ask for."""


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
    """

    def __init__(self, finding: Finding) -> None:
        self._finding = finding

    async def serve(self, bus: Bus) -> None:
        """Answer until the bus closes."""
        await bus.answer(f"lw.ask.{bus.site}.connect.trust", self.trust)
        await bus.answer(f"lw.ask.{bus.site}.connect.browse", self.browse)

    async def trust(self, data: bytes) -> bytes:
        """Have a certificate taken."""
        try:
            asked = msgspec.json.decode(data[:QUESTION_BYTES_MAX], type=_TrustAsked)
            link = self._finding(asked.source)
            if not isinstance(link, Trusting):
                return _failed(f"{asked.source} shows no certificates")
            said = await link.trust(asked.fingerprint, asked.by)
        except (msgspec.MsgspecError, LookupError, ValueError, OSError) as error:
            return _failed(_words(error))
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


def _failed(words: str) -> bytes:
    return msgspec.json.encode({"error": words})


def _words(error: BaseException) -> str:
    return str(error.args[0] if isinstance(error, LookupError) and error.args else error)[:300]
