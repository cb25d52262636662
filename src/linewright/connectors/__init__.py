"""Connectors: the machines of the applied plant, read for ever and written only under a grant.

Hides protocols, sessions and their loss, clocks of machines, how samples become numbered frames,
what is a gap, and the one place where a command is enforced. The service `connect` is
`linewright.connectors.service.run`; others need only the names of sources and what a connector
can do.

>>> from linewright.plant import Address, PlantBuilder
>>> plant = PlantBuilder("acme")
>>> site = plant.site("reno", timezone="America/Los_Angeles", currency="USD")
>>> _ = site.area("shop").line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
>>> plant.product("p1", route=["turn"])
>>> source_of(plant.done(), Address("reno/shop/pump/turn"))
'turn'

Verbs: `source_of` and `sources_of` say what is read, `emulated_item` and `device_topics` where an
emulator and the field devices find it; `decide` rules on one command; `manifests` lists what the
connectors can. Sub-faces, for whoever writes or tests a connector: `sources`, `values`, `link`,
`feeding`, `manifest`, `protocols`.
"""

from linewright.connectors.enforce import Facts, Ruling, decide
from linewright.connectors.manifest import Manifest, manifests
from linewright.connectors.sources import Source, emulated_item, source_of, sources_of
from linewright.connectors.topics import device_topics

__all__ = [
    "Facts",
    "Manifest",
    "Ruling",
    "Source",
    "decide",
    "device_topics",
    "emulated_item",
    "feeding",
    "link",
    "manifest",
    "manifests",
    "protocols",
    "service",
    "source_of",
    "sources",
    "sources_of",
    "sparkplug",
    "values",
]
