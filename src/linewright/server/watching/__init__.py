"""Watching: resources are made once for all who watch them, and told as what has changed.

Hides versions, patches, conflation and the WebSocket. `Hub` holds what is watched, `Watching`
serves the sockets, `difference` and `merged` are JSON Merge Patch (RFC 7386).

>>> patch = difference({"good": 1, "scrap": 0}, {"good": 2, "scrap": 0})
>>> patch, merged({"good": 1, "scrap": 0}, patch)
({'good': 2}, {'good': 2, 'scrap': 0})
"""

from linewright.server.watching.hub import WATCHES_MAX, Client, Hub, Source
from linewright.server.watching.merge import UNCHANGED, composed, difference, merged
from linewright.server.watching.shared import Shared
from linewright.server.watching.socket import MESSAGE_BYTES_MAX, SOCKETS_MAX, Watching

__all__ = [
    "MESSAGE_BYTES_MAX",
    "SOCKETS_MAX",
    "UNCHANGED",
    "WATCHES_MAX",
    "Client",
    "Hub",
    "Shared",
    "Source",
    "Watching",
    "composed",
    "difference",
    "merged",
]
