"""Sites of other servers: who they are, how each is reached, and what it last said of its site.

Hides how another server is trusted, asked and waited for, and what is kept of its answers. Verbs:
`Peers` keeps who is followed, `tried` asks another server once before it is kept, `Following` asks
each of them every second, `with_peers` puts what they said beside our own site.

>>> with_peers
<function with_peers at ...>

Nothing of another server is passed on besides its site at a glance; its pages are its own.
"""

from linewright.server.peers.following import Following
from linewright.server.peers.keeping import Peer, Peers
from linewright.server.peers.merging import own_alone, with_peers
from linewright.server.peers.trusting import Wanted
from linewright.server.peers.trying import Tried, tried

__all__ = ["Following", "Peer", "Peers", "Tried", "Wanted", "own_alone", "tried", "with_peers"]
