"""Which folder speaks which protocol. A protocol is imported when a plant first uses it.

Each folder has `link.py` with a function `link` and `manifest.py` with `MANIFEST`.

>>> sorted(PROTOCOLS)
['mqtt', 'opcua', 'replay', 'sparkplug']
"""

import importlib
from collections.abc import Callable, Sequence

from linewright.connectors.feeding.feed import Feed
from linewright.connectors.link import Around, Link
from linewright.connectors.manifest import PROTOCOLS
from linewright.connectors.sources import Endpoint

__all__ = ["PROTOCOLS", "link_of"]

Opening = Callable[[Endpoint, Sequence[Feed], Around], Link]


def link_of(endpoint: Endpoint, feeds: Sequence[Feed], around: Around) -> Link:
    """Link to an endpoint, by its protocol; it does nothing before `keep`.

    Parameters
    ----------
    endpoint
        Where it goes.
    feeds
        The sources there.
    around
        What every link gets.

    Returns
    -------
    Link
        Of the protocol's folder.
    """
    assert endpoint.protocol in PROTOCOLS, f"{endpoint.protocol} has no folder"
    found = importlib.import_module(f"linewright.connectors.{endpoint.protocol}.link")
    opening: Opening = found.link
    return opening(endpoint, feeds, around)
