"""The plant: what exists, what happens, how it is measured, who may.

Hides the plant file (YAML, its checks and its units), ISA-95 names, calendars
and set-ups, the records that rooms exchange, ISO 22400 arithmetic and the one
decision on authority.

>>> from linewright.plant import PlantBuilder
>>> plant = PlantBuilder("acme")
>>> site = plant.site("reno", timezone="America/Los_Angeles", currency="USD")
>>> line = site.area("shop").line("pump", flow=["turn", 4, "test"])
>>> _ = line.station("turn", does={"turn": "48 s"})
>>> _ = line.station("test", does={"test": "30 s"})
>>> plant.product("p1", route=["turn", "test"])
>>> [address.name for address, _ in plant.done().stations()]
['turn', 'test']

Verbs: `check` and `load` a file, build with `PlantBuilder`, write with `to_text`.
Sub-faces, each with a docstring of its own: `model` (the types), `language`,
`difference`, `records`, `samples`, `authority`, `kpi`, `calendar`, `setups`,
`standard` (times), `configuration` (options), `expressions`, `scenario`, `cmsd` (the plant as
a simulation exchange file, in and out), `markup` (XML without its traps).
"""

from linewright.plant.address import Address, suggest_name, valid_name
from linewright.plant.language.builder import PlantBuilder
from linewright.plant.language.load import Checked, PlantInvalid, check, load
from linewright.plant.language.writing import to_text
from linewright.plant.model.enterprise import Plant

__all__ = [
    "Address",
    "Checked",
    "Plant",
    "PlantBuilder",
    "PlantInvalid",
    "authority",
    "calendar",
    "check",
    "cmsd",
    "configuration",
    "difference",
    "expressions",
    "kpi",
    "language",
    "load",
    "markup",
    "model",
    "records",
    "samples",
    "scenario",
    "setups",
    "standard",
    "suggest_name",
    "to_text",
    "valid_name",
]
